"""A journey is judged up to its first broken step, which names the requirement behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.oracles import workflows as oracle
from conformance.oracles.workflows import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.verdict.breach import Breach
    from tests.oracles.conftest import Answered, Refused

    Judge = Callable[[Sequence[Step]], Iterable[Breach]]

JOURNEYS: list[Judge] = [
    oracle.contributor_publishes_a_picture,
    oracle.player_shows_an_entry,
    oracle.manager_pages_through_the_content,
    oracle.manager_files_content_in_a_tree,
    oracle.playlist_becomes_a_feed,
    oracle.account_is_set_up,
]


@pytest.mark.parametrize("judge", JOURNEYS)
def test_journey_breaks_where_a_step_does(
    answered: Answered, refused: Refused, judge: Judge
) -> None:
    """The first refused step is told with its place and what is behind it, and no later one."""
    first = Step("make it", "CRUD-ADD-001", answered({"id": "5"}), {"id": 5})
    second = Step("get it", "CRUD-GET-001", refused("THING_NOT_FOUND"))
    third = Step("look", "CRUD-GET-002", answered({"id": 6}), {"id": 5})

    assert list(judge([first])) == []
    (found,) = judge([first, second, third])
    assert found.where == "step 2, get it: $"
    assert found.hint == "behind it: CRUD-GET-001"


def test_step_shows_what_it_has_to(answered: Answered) -> None:
    """A property that differs, one that should differ, and an object that a list lacks."""
    value = {"id": 5, "status": 7, "objects": [{"id": "a"}, {"entryId": "b"}]}
    step = Step("look", "X", answered(value), {"id": 6}, ("a", "b", "c"), {"status": 7})

    found = [breach.where for breach in oracle.account_is_set_up([step])]

    assert [where.rpartition("$")[2] for where in found] == [".id", ".status", ".objects"]


def test_account_that_may_not_ends_the_journey(answered: Answered, refused: Refused) -> None:
    """Only where the step says that it may be refused, or the account is full."""
    no = refused("SERVICE_FORBIDDEN")
    after = Step("look", "X", answered({"id": 6}), {"id": 5})

    def judge(step: Step) -> int:
        return len(list(oracle.player_shows_an_entry([step, after])))

    assert judge(Step("ask", "X", no, may_be_refused=True)) == 0
    assert judge(Step("ask", "X", no)) == 1
    assert judge(Step("ask", "X", refused("MAX_CATEGORIES_REACHED"))) == 0


@pytest.mark.parametrize(
    ("found", "wanted"), [(5, "5"), ("1", True), (None, ""), ("", None), (True, True), (5.0, 5)]
)
def test_same_value_may_be_written_otherwise(
    answered: Answered, found: object, wanted: object
) -> None:
    """Numbers as texts, flags as numbers, and nothing as the empty text."""
    step = Step("look", "X", answered({"value": found}), {"value": wanted})

    assert list(oracle.account_is_set_up([step])) == []
