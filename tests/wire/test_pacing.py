from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.wire.pacing import Pace


def test_requests_are_spaced_evenly() -> None:
    """At 10 a second each waits until a tenth after the one before."""
    waits: list[float] = []
    pace = Pace(10, clock=lambda: 100.0, sleep=waits.append)

    for _ in range(4):
        pace.wait()

    assert waits == pytest.approx([0.1, 0.2, 0.3])


def test_an_idle_time_is_not_saved_up() -> None:
    """After a pause there is no burst."""
    times = iter([0.0, 10.0, 10.0])
    waits: list[float] = []
    pace = Pace(1, clock=lambda: next(times), sleep=waits.append)

    for _ in range(3):
        pace.wait()

    assert waits == [1.0]


def test_threads_share_one_pace() -> None:
    """No two threads get the same turn."""
    waits: list[float] = []
    pace = Pace(100, clock=lambda: 0.0, sleep=waits.append)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(80):
            pool.submit(pace.wait)

    assert sorted(waits) == pytest.approx([index / 100 for index in range(1, 80)])


def test_no_limit_never_waits() -> None:
    """None is the default of a run."""
    pace = Pace(None, sleep=lambda seconds: pytest.fail(f"waited {seconds} s"))

    pace.wait()

    assert pace.requests_per_second is None


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_pace_must_be_above_zero(rate: float) -> None:
    """Zero would stand still."""
    with pytest.raises(ValueError, match="above 0"):
        Pace(rate)
