"""Faults of the times that the server keeps of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults import alteration
from conformance.reference.faults.objects import (
    moved,
    on_update,
    room_of,
    without,
)
from conformance.reference.faults.registry import fault
from conformance.reference.lookup import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Document

    Rewrite = Callable[[Call, Document], Document]

HOUR, DAY = 3_600, 86_400


@fault("CRUD-TIME-001")
def created_at_is_in_another_time_zone(behaviour: Behaviour) -> Behaviour:
    """createdAt is an hour early."""
    return _on_add(behaviour, lambda _call, document: moved(document, "createdAt", -HOUR))


@fault("CRUD-TIME-001")
def created_at_is_in_milliseconds_in_one_service(behaviour: Behaviour) -> Behaviour:
    """The createdAt of a category is in milliseconds."""

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        return {**seen, "createdAt": seen["createdAt"] * 1000} if "createdAt" in seen else seen

    return alteration.shown(behaviour, change, when=alteration.in_services("category"))


@fault("CRUD-TIME-002")
def created_at_is_moved_by_updates(behaviour: Behaviour) -> Behaviour:
    """An update makes an object a minute older."""
    return on_update(behaviour, lambda _call, document: moved(document, "createdAt", -60))


@fault("CRUD-TIME-002")
def created_at_is_set_by_updates_in_one_service(behaviour: Behaviour) -> Behaviour:
    """categories are as old as their last update."""

    def change(call: Call, document: Document) -> Document:
        return {**document, "createdAt": call.world.now()}

    return on_update(behaviour, change, "category")


@fault("CRUD-TIME-002")
def update_forgets_when_in_one_service(behaviour: Behaviour) -> Behaviour:
    """A user that was updated has no createdAt any more."""
    return on_update(behaviour, lambda _call, document: without(document, "createdAt"), "user")


@fault("CRUD-TIME-003")
def updated_at_goes_back(behaviour: Behaviour) -> Behaviour:
    """An update moves updatedAt an hour back."""
    return on_update(behaviour, lambda _call, document: moved(document, "updatedAt", -HOUR))


@fault("CRUD-TIME-005")
def updated_at_is_set_on_add_only(behaviour: Behaviour) -> Behaviour:
    """No update moves updatedAt."""
    return on_update(behaviour, _with_the_old_time)


@fault("CRUD-TIME-005")
def updated_at_stands_still_in_one_service(behaviour: Behaviour) -> Behaviour:
    """uiConf.update does not move updatedAt."""
    return on_update(behaviour, _with_the_old_time, "uiconf")


@fault("CRUD-TIME-004")
def updated_at_is_tomorrow(behaviour: Behaviour) -> Behaviour:
    """updatedAt is a day ahead."""

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        return moved(seen, "updatedAt", DAY)

    return alteration.shown(behaviour, change)


def _on_add(behaviour: Behaviour, change: Rewrite) -> Behaviour:
    """Change what is written of a new object."""
    return alteration.kept(behaviour, change, when=lambda call: call.action.name == "add")


def _with_the_old_time(call: Call, document: Document) -> Document:
    """What an update writes, with the updatedAt from before it."""
    before = find(call, room_of(call)).document.get("updatedAt")
    return document if before is None else {**document, "updatedAt": before}
