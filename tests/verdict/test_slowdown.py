"""Slowness is told when it is sure and large, never for an outlier."""

from __future__ import annotations

from random import Random

import pytest

from conformance.verdict.slowdown import later, slowdowns


def around(milliseconds: float, *, seed: int = 1, count: int = 40) -> list[float]:
    random = Random(seed)
    return [random.gauss(milliseconds, milliseconds / 10) for _ in range(count)]


def test_an_action_that_takes_twice_as_long_is_told() -> None:
    """With both medians."""
    (found,) = slowdowns({"media.get": around(20)}, {"media.get": around(40, seed=2)})

    assert found.action == "media.get"
    assert (found.before_ms, found.after_ms) == pytest.approx((20, 40), rel=0.1)
    assert found.p < 0.001


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (around(20), around(20, seed=2)),
        (around(20), around(24, seed=2)),  # sure, but not large
        (around(2), around(4, seed=2)),  # a difference that nobody feels
        (around(20), [*around(20, seed=2, count=38), 5000.0, 9000.0]),  # outliers
        (around(20, count=7), around(90, seed=2, count=7)),  # too few
        ([5.0] * 20, [5.0] * 20),
    ],
)
def test_what_is_not_sure_and_large_is_not_told(before: list[float], after: list[float]) -> None:
    """A gate that cries wolf is switched off."""
    assert slowdowns({"media.get": before}, {"media.get": after}) == ()


def test_asking_of_many_actions_finds_none_by_chance() -> None:
    """A thousand actions that did not change."""
    before = {str(n): around(20, seed=n, count=10) for n in range(1000)}
    after = {str(n): around(20, seed=5000 + n, count=10) for n in range(1000)}

    assert slowdowns(before, after) == ()


def test_the_probability_is_that_of_the_textbook() -> None:
    """Mann and Whitney's own statistic: of 3 and 3 all above, U is 9, z 1.75 with continuity."""
    assert later([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]) == pytest.approx(0.0404, abs=0.001)


def test_ties_weaken_the_evidence() -> None:
    """All the same is no evidence at all."""
    assert later([1.0] * 9, [1.0] * 9) == 1.0
