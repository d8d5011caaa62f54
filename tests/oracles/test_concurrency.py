"""Concurrent reads and writes: what some order explains is accepted, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import concurrency
from conformance.oracles.linearizability import MOST_OPERATIONS, Operation, explainable

if TYPE_CHECKING:
    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused


def write(value: str, began: float, ended: float) -> Operation:
    return Operation("write", value, began, ended)


def read(value: str, began: float, ended: float) -> Operation:
    return Operation("read", value, began, ended)


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [read("0", 0, 1)],
        [write("1", 0, 1), read("1", 2, 3)],
        [write("1", 0, 5), read("0", 1, 2), read("1", 3, 4)],
        [write("1", 0, 2), write("2", 1, 3), read("1", 4, 5), read("1", 6, 7)],
        [write("1", 0, 9), write("2", 0, 9), read("2", 1, 2), read("1", 3, 4)],
        [write("1", 0, 1), read("1", 1, 2)],
    ],
)
def test_what_an_order_explains_is_accepted(operations: list[Operation]) -> None:
    """Operations that overlap may take effect in either order."""
    assert explainable(operations, "0")


@pytest.mark.parametrize(
    "operations",
    [
        [read("1", 0, 1)],
        [write("1", 0, 1), read("0", 2, 3)],
        [write("1", 0, 5), read("1", 1, 2), read("0", 3, 4)],
        [write("1", 0, 2), write("2", 1, 3), read("1", 4, 5), read("2", 6, 7)],
        [write("1", 0, 1), write("2", 2, 3), read("1", 4, 5)],
        [write("1", 0, 9), read("2", 1, 2)],
    ],
)
def test_what_no_order_explains_is_rejected(operations: list[Operation]) -> None:
    """A value that nobody wrote, one that was over, one that came back."""
    assert not explainable(operations, "0")


def test_many_operations_at_once_are_searched_in_time() -> None:
    """The visited states are remembered, or sixteen writes at once would take 16! orders."""
    operations = [write(str(n), 0, 1) for n in range(16)] + [read("17", 2, 3)]

    assert not explainable(operations, "0")


def test_too_many_are_refused() -> None:
    """Rather than searched for ever."""
    with pytest.raises(ValueError, match="at most"):
        explainable([read("0", 0, 1)] * (MOST_OPERATIONS + 1), "0")


def spanned(exchange: Exchange, number: int, began: float, ended: float) -> Exchange:
    return structs.replace(
        exchange, number=number, started_at=began, elapsed_ms=(ended - began) * 1000
    )


@pytest.fixture
def writes(answered: Answered) -> dict[str, Exchange]:
    """Two updates that met."""
    return {
        "one": spanned(answered({"name": "one"}), 1, 0, 2),
        "two": spanned(answered({"name": "two"}), 2, 1, 3),
    }


@pytest.mark.parametrize(("seen", "right"), [("one", True), ("two", True), ("0", False)])
def test_either_of_two_may_win(
    answered: Answered, writes: dict[str, Exchange], seen: str, *, right: bool
) -> None:
    """last_write_is_one_of_those_that_met: but one of them has to."""
    after = [spanned(answered({"name": seen}), 3, 4, 5)]

    found = list(concurrency.last_write_is_one_of_those_that_met("0", writes, after, "name"))

    assert (found == []) is right


def test_all_sessions_read_the_same(answered: Answered, writes: dict[str, Exchange]) -> None:
    """Two gets after all updates that differ are a breach."""
    after = [spanned(answered({"name": v}), n, n, n + 0.5) for n, v in ((4, "one"), (5, "two"))]

    (breach,) = concurrency.last_write_is_one_of_those_that_met("0", writes, after, "name")

    assert breach.exchanges == (1, 2, 4, 5)


def test_reads_in_between_fit_an_order(answered: Answered, writes: dict[str, Exchange]) -> None:
    """reads_keep_to_an_order_of_the_writes: a new value, then the old one again, fits none."""
    forth = [spanned(answered({"name": v}), n, t, t + 0.1) for n, v, t in
             ((3, "0", 0.5), (4, "one", 1.5), (5, "two", 3.5))]  # fmt: skip
    back = [spanned(answered({"name": v}), n, t, t + 0.1) for n, v, t in
            ((3, "one", 0.5), (4, "0", 1.5))]  # fmt: skip
    judge = concurrency.reads_keep_to_an_order_of_the_writes

    assert list(judge("0", writes, forth, "name")) == []
    (breach,) = judge("0", writes, back, "name")
    assert breach.actual == "a value that was over"


def test_objects_made_at_once_have_their_own(
    answered: Answered, refused: Refused, small_lineage: Lineage
) -> None:
    """objects_made_at_once_are_kept_apart: ids, values, and that they are there."""

    def judged(births: list[Any], gets: list[Exchange]) -> list[str]:
        made = [spanned(answered(value), n, 0, 1) for n, value in enumerate(births)]
        sent = [{"name": "one"}, {"name": "two"}]
        return [
            breach.where
            for breach in concurrency.objects_made_at_once_are_kept_apart(
                sent, made, gets, "id", "KalturaThing", small_lineage
            )
        ]

    one, two = {"id": 1, "name": "one"}, {"id": 2, "name": "two"}
    assert judged([one, two], [answered(one), answered(two)]) == []
    assert judged([one, {**two, "id": 1}], [answered(one), answered(two)]) == ["$.id"]
    assert judged([one, two], [answered(one), answered({**two, "name": "one"})]) == ["$.name"]
    assert judged([one, two], [answered(one), refused("THING_NOT_FOUND")]) == ["$"]
