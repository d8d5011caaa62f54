"""A reduced sequence still holds, and no part of it can go; the number of questions is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.generation.reduction import Questions, reduced, simplified

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def leave_out(parts: Sequence[int], places: Collection[int]) -> tuple[int, ...]:
    return tuple(part for place, part in enumerate(parts) if place not in places)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_exactly_what_is_needed_is_left(drawn: tuple[int, set[int]]) -> None:
    """Where it needs certain parts together, these and no others are left."""
    length, needed = drawn
    needed = needed or {0}
    questions: Questions[int] = Questions(lambda parts: needed <= set(parts), most=10_000)

    assert reduced(range(length), questions, leave_out=leave_out) == tuple(sorted(needed))


def test_no_question_is_asked_twice() -> None:
    """Each costs a dozen calls."""
    asked: list[tuple[int, ...]] = []

    def holds(parts: tuple[int, ...]) -> bool:
        asked.append(parts)
        return {3, 11} <= set(parts)

    reduced(range(16), Questions(holds, most=1000), leave_out=leave_out)

    assert len(asked) == len(set(asked))
    assert len(asked) < 30


@pytest.mark.parametrize("most", [0, 1, 5])
def test_when_the_questions_run_out_it_still_holds(most: int) -> None:
    """Then it is longer than it need be, never wrong."""
    questions: Questions[int] = Questions(lambda parts: {3, 11} <= set(parts), most=most)

    left = reduced(range(16), questions, leave_out=leave_out)

    assert {3, 11} <= set(left)
    assert questions.asked <= most


def test_parts_become_simpler_while_it_holds() -> None:
    """The first simpler one of which it holds is taken."""
    questions: Questions[int] = Questions(lambda parts: sum(parts) >= 10, most=100)

    assert simplified([9, 9, 0], questions, simpler=range) == (1, 9, 0)
