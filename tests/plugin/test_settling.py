"""A run waits for an index that lags, and not for one that never comes."""

from __future__ import annotations

from conformance.plugin.settling import LEAST_SECONDS, MOST_VAIN_WAITS, VAIN_WAITS, Settling


class Clock:
    """A time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def settling(clock: Clock, seconds: float = 20.0) -> Settling:
    return Settling(seconds, pause_seconds=0.5, clock=clock, sleep=clock.sleep)


def wait(patience: Settling, clock: Clock, lag: float) -> tuple[str, ...]:
    until = clock.now + lag
    return patience.until(clock, lambda now: ["absent"] if now < until else [])[1]


def test_what_comes_in_time_is_waited_for() -> None:
    """A lag below the profile's time is nobody's fault."""
    clock = Clock()

    assert wait(settling(clock), clock, lag=19.0) == ()


def test_what_does_not_come_is_told() -> None:
    """After the full time, and not much more."""
    clock = Clock()

    wrong = wait(settling(clock), clock, lag=99.0)

    assert wrong == ("absent",)
    assert 120.0 <= clock.now <= 121.0


def test_after_waits_in_vain_the_run_hurries() -> None:
    """A server that never shows anything is not waited for a thousand times."""
    clock = Clock()
    patience = settling(clock)
    for _ in range(VAIN_WAITS):
        wait(patience, clock, lag=99.0)

    assert patience.seconds == LEAST_SECONDS


def test_a_lag_that_was_seen_is_still_waited_for() -> None:
    """However many other waits were in vain."""
    clock = Clock()
    patience = settling(clock)
    wait(patience, clock, lag=5.0)
    for _ in range(VAIN_WAITS):
        wait(patience, clock, lag=99.0)

    assert wait(patience, clock, lag=8.0) == ()


def test_a_chance_success_does_not_hold_up_a_run() -> None:
    """What mostly never comes, and once came late, is not waited for in the end."""
    clock = Clock()
    patience = settling(clock)
    wait(patience, clock, lag=18.0)
    for _ in range(MOST_VAIN_WAITS):
        wait(patience, clock, lag=99.0)

    assert patience.seconds == LEAST_SECONDS


def test_what_is_right_at_once_is_no_wait() -> None:
    """Nor is what was wrong at the only look: it tells nothing of the index."""
    clock = Clock()
    patience = settling(clock)
    for _ in range(2 * VAIN_WAITS):
        patience.until(clock, lambda _: ["absent"], deadline=clock.now)

    assert patience.seconds == 20.0


def test_a_final_answer_is_not_asked_for_again() -> None:
    """A refusal does not change by waiting."""
    clock = Clock()

    answer, wrong = settling(clock).until(clock, lambda _: ["refused"], final=lambda _: True)

    assert (answer, wrong) == (100.0, ("refused",))
