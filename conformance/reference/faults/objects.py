"""The object that a call is about: what it is, and how what is written of it is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.entities import entity_param
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.request import Invocation
    from conformance.reference.storage import Document, Record
    from conformance.reference.world import World
    from conformance.schema.model import Action, Property

    Rewrite = Callable[[Call, Document], Document]

NOT_UPDATABLE = "PROPERTY_VALIDATION_NOT_UPDATABLE"
CANNOT_BE_NULL = "PROPERTY_VALIDATION_CANNOT_BE_NULL"


def room_of(call: Call) -> Room:
    """The room of a standard action's service, which the dispatcher has made sure of."""
    if call.room is None:
        raise ApiFault("INTERNAL_SERVERL_ERROR")
    return call.room


def sent(call: Call) -> dict[str, Any]:
    """The object that a write was given; empty where it was given none."""
    param = entity_param(call)
    found: dict[str, Any] = call.arguments.get(param.name) or {} if param is not None else {}
    return found


def neighbours(call: Call, record: Record) -> list[Record]:
    """The living objects of the record's family and account, the oldest first."""
    found = call.world.storage.all(record.family)
    return [each for each in found if each.partner == record.partner]


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """The document without some of its properties."""
    return {name: value for name, value in document.items() if name not in names}


def moved(document: dict[str, Any], name: str, by: int) -> dict[str, Any]:
    """The document with a number changed, where it has it."""
    return {**document, name: document[name] + by} if name in document else document


def on_update(behaviour: Behaviour, change: Rewrite, *services: str) -> Behaviour:
    """Change what an update writes, in these services or in all."""
    only = alteration.in_services(*services) if services else alteration.always
    return alteration.kept(
        behaviour, change, when=lambda call: call.action.name == "update" and only(call)
    )


def dropping(
    behaviour: Behaviour, action_name: str, drops: Callable[[Property], bool]
) -> Behaviour:
    """Leave properties out of the object before anybody refuses them."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        arguments = sound(world, action, invocation)
        if action.name != action_name:
            return arguments
        for name, value in arguments.items():
            if isinstance(value, dict) and "objectType" in value:
                known = world.decoder.properties(value["objectType"])
                refused = [key for key in value if key in known and drops(known[key])]
                arguments[name] = without(value, *refused)
        return arguments

    return replace(behaviour, decode_arguments=decode)
