"""Faults of delete: what is left of the object, and what goes along with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.objects import (
    neighbours,
    room_of,
)
from conformance.reference.faults.registry import fault
from conformance.reference.lookup import find, key_text, key_values, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Record


@fault("CRUD-DELETE-001")
def delete_is_refused_in_one_service(behaviour: Behaviour) -> Behaviour:
    """playlist.delete finds no playlist."""

    def act(call: Call) -> Any:
        raise not_found(call, key_values(call, room_of(call)))

    return alteration.instead(behaviour, "delete", act, when=alteration.in_services("playlist"))


@fault("CRUD-DELETE-002")
def delete_leaves_the_object(behaviour: Behaviour) -> Behaviour:
    """Delete succeeds and removes nothing."""
    return alteration.instead(
        behaviour,
        "delete",
        lambda call: call.behaviour.get(call) if call.action.result.kind == "object" else None,
    )


@fault("CRUD-DELETE-002")
def deleted_object_is_readable_in_one_service(behaviour: Behaviour) -> Behaviour:
    """category.get answers deleted categories."""
    return _after_deletion(behaviour, "get", "category")


@fault("CRUD-DELETE-003")
def deleted_object_can_be_updated(behaviour: Behaviour) -> Behaviour:
    """An update of what was deleted answers it."""
    return _after_deletion(behaviour, "update")


@fault("CRUD-DELETE-004")
def delete_can_be_repeated(behaviour: Behaviour) -> Behaviour:
    """Deleting what was deleted succeeds."""
    return _after_deletion(behaviour, "delete")


@fault("CRUD-DELETE-004")
def second_delete_breaks_in_one_service(behaviour: Behaviour) -> Behaviour:
    """Deleting a category twice answers an unknown service."""

    def act(call: Call) -> Any:
        if _deleted(call) is not None:
            raise ApiFault("SERVICE_DOES_NOT_EXISTS", "category")
        return behaviour.delete(call)

    return alteration.instead(behaviour, "delete", act, when=alteration.in_services("category"))


@fault("CRUD-OTHERS-002")
def delete_takes_the_neighbours_along(behaviour: Behaviour) -> Behaviour:
    """Deleting one cue point deletes all of its entry."""

    def act(call: Call) -> Any:
        record = find(call, room_of(call))
        answered = behaviour.delete(call)
        for other in list(neighbours(call, record)):
            if other.document.get("entryId") == record.document.get("entryId"):
                other.deleted = True
                call.world.storage.put(other)
        return answered

    only = alteration.in_services("cuepoint_cuepoint")
    return alteration.instead(behaviour, "delete", act, when=only)


def _after_deletion(behaviour: Behaviour, step: str, *services: str) -> Behaviour:
    """Let a step succeed on a deleted object, and answer it where an object is due."""
    sound: Callable[[Call], Any] = getattr(behaviour, step)

    def act(call: Call) -> Any:
        record = _deleted(call)
        if record is None:
            return sound(call)
        due = call.action.result.kind == "object"
        return call.behaviour.show(call, record, None) if due else None

    only = alteration.in_services(*services) if services else alteration.always
    return alteration.instead(behaviour, step, act, when=only)


def _deleted(call: Call) -> Record | None:
    """The deleted object of the caller's account that the call names."""
    room = room_of(call)
    record = call.world.storage.get(room.family, key_text(key_values(call, room)))
    if record is None or not record.deleted or record.partner != call.session.partner_id:
        return None
    return record
