"""What a server owes of an update: it writes what was sent, and that alone (CONTRACT section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import shown
from conformance.oracles.crud_answer import (
    altered,
    breach,
    lost,
    no_object,
    not_accepted,
    object_of,
)
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange


@oracle("CRUD-UPDATE-001")
def update_is_stored(
    sent: Mapping[str, Any], update: Exchange, get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """After update, get answers what was sent."""
    if not isinstance(update.answer, Result):
        return
    yield from altered(sent, get, kind, lineage, "was the update accepted and dropped?", update)


@oracle("CRUD-UPDATE-002")
def update_keeps_what_was_not_sent(
    kept: Mapping[str, Any], update: Exchange, get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """update writes only what is in the request; everything else keeps its value."""
    if not isinstance(update.answer, Result):
        return
    hint = "was the object replaced instead of patched?"
    yield from altered(kept, get, kind, lineage, hint, update)


@oracle("CRUD-UPDATE-003")
def update_answers_what_was_sent(
    sent: Mapping[str, Any], update: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """The answer to update holds what was sent."""
    yield from no_object(update, "the object that was updated", "")
    yield from altered(sent, update, kind, lineage, "does update answer the object as it was?")


@oracle("CRUD-UPDATE-004")
def empty_update_is_accepted(update: Exchange) -> Iterator[Breach]:
    """An update with an empty object succeeds."""
    yield from not_accepted(update, "update is partial: nothing is required")


@oracle("CRUD-UPDATE-005")
def update_is_accepted(update: Exchange) -> Iterator[Breach]:
    """An update that clients may make succeeds on an existing object."""
    yield from not_accepted(update, "the object exists, and add accepted the same properties")


@oracle("CRUD-UPDATE-006")
def update_keeps_the_identity(
    before: Exchange, after: Exchange, names: Sequence[str]
) -> Iterator[Breach]:
    """update changes neither the id nor the account nor the class of an object."""
    first, second = object_of(before), object_of(after)
    if first is None or second is None:
        return
    for name in names:
        if first.get(name) is not None and str(first[name]) != str(second.get(name)):
            yield breach(f"$.{name}", shown(first[name]), shown(second.get(name)), "",
                          before, after)  # fmt: skip


@oracle("CRUD-CLEAR-001")
def empty_text_clears(update: Exchange, get: Exchange, name: str) -> Iterator[Breach]:
    """A text that is updated to an empty one is empty from then on."""
    yield from _cleared(update, get, name, "is an empty text taken for none at all?")


@oracle("CRUD-CLEAR-002")
def null_marker_clears(update: Exchange, get: Exchange, name: str) -> Iterator[Breach]:
    """An update that marks a property as null clears it."""
    yield from _cleared(update, get, name, f"is {name}__null read?")


@oracle("CRUD-OTHERS-001")
def update_touches_no_other_object(
    before: Exchange,
    updates: Sequence[Exchange],
    after: Exchange,
    names: Collection[str],
    kind: str,
    lineage: Lineage,
) -> Iterator[Breach]:
    """Updating one object leaves every other one as it was."""
    value = object_of(before)
    if value is None:
        return
    yield from lost(after, "the other object", "an update of another object removed it")
    stored = {name: value[name] for name in names if name in value}
    hint = "an update of another object changed it"
    yield from altered(stored, after, kind, lineage, hint, before, *updates)


def _cleared(update: Exchange, get: Exchange, name: str, hint: str) -> Iterator[Breach]:
    value = object_of(get)
    if not isinstance(update.answer, Result) or value is None:
        return
    if value.get(name) not in (None, ""):
        yield breach(f"$.{name}", "empty or absent", shown(value[name]), hint, update, get)
