"""What was deleted is gone, and nothing else is (CONTRACT CRUD-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.codes import GONE, NULL
from conformance.oracles.comparison import shown
from conformance.oracles.crud_answer import breach, lost, not_accepted
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange


@oracle("CRUD-OTHERS-002")
def delete_touches_no_other_object(after: Exchange, identity: Any) -> Iterator[Breach]:
    """Deleting one object leaves every other one readable."""
    yield from lost(after, f"the object {identity}", "only another object was deleted")


@oracle("CRUD-DELETE-001")
def delete_is_accepted(delete: Exchange) -> Iterator[Breach]:
    """Deleting an object that exists succeeds."""
    yield from not_accepted(delete, "the object exists and is nobody else's")


@oracle("CRUD-DELETE-002")
def deleted_object_is_not_found(
    delete: Exchange, get: Exchange, codes: Collection[str]
) -> Iterator[Breach]:
    """After delete, get answers the code of an unknown object."""
    yield from _gone(delete, get, codes)


@oracle("CRUD-DELETE-003")
def deleted_object_cannot_be_updated(
    delete: Exchange, update: Exchange, codes: Collection[str]
) -> Iterator[Breach]:
    """After delete, update answers the code of an unknown object."""
    yield from _gone(delete, update, codes)


@oracle("CRUD-DELETE-004")
def second_delete_fails(
    delete: Exchange, second: Exchange, codes: Collection[str]
) -> Iterator[Breach]:
    """Deleting twice fails the second time, with the code of an unknown object."""
    yield from _gone(delete, second, codes)


def _gone(delete: Exchange, exchange: Exchange, codes: Collection[str]) -> Iterator[Breach]:
    if not isinstance(delete.answer, Result):
        return
    answer = exchange.answer
    expected = " or ".join(sorted(codes)) or "a code of an unknown object"
    if isinstance(answer, Result) and answer.value is None and NULL in codes:
        return
    if isinstance(answer, Result):
        yield breach("$", expected, f"a result: {shown(answer.value)}", "is it still there?",
                      delete, exchange)  # fmt: skip
    elif isinstance(answer, ApiError) and answer.code not in codes and not GONE.search(answer.code):
        yield breach("$.code", expected, answer.code, "", delete, exchange)
