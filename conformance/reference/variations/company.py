"""What else is in the account: objects that were there before, and other clients at work."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from conformance.reference.creation import in_order, new_document
from conformance.reference.faults import alteration
from conformance.reference.storage import Record
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.world import World

_MANY = 120
_MOST_GUESTS = 40
_GLOBAL_PARTNER = 0
_STRANGER = "someone.else"
_UNKNOWN_CLASS = "KalturaFooPluginEntry"
_CALLS_UNTIL_VISITED = 3


@variation("DESIGN 5: judge lists on the objects of the run")
def account_is_full_of_objects(behaviour: Behaviour) -> Behaviour:
    """Every service that keeps objects holds a hundred and more from before."""

    def prepare(world: World) -> None:
        behaviour.prepare(world)
        for partner in world.partners.by_id:
            for room in _rooms(world):
                for number in range(_MANY):
                    _plant(world, room, partner, f"from before {number:03}")

    return replace(behaviour, prepare=prepare)


@variation("CONTRACT SESS-15; OBSERVED 33")
def global_objects_are_in_lists(behaviour: Behaviour) -> Behaviour:
    """Lists that show partner 0's objects show several of them."""

    def prepare(world: World) -> None:
        behaviour.prepare(world)
        for room in _rooms(world):
            if room.service in world.rules.global_services:
                for number in range(25):
                    _plant(world, room, _GLOBAL_PARTNER, f"global {number}")

    return replace(behaviour, prepare=prepare)


@variation("CONTRACT INH-01, SCHEMA-02")
def lists_hold_unknown_classes(behaviour: Behaviour) -> Behaviour:
    """Some objects that others made are of a class that the schema does not know."""
    sound = account_is_full_of_objects(behaviour)

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        if "startDate" in seen or not str(seen.get("name", "")).startswith("from before 11"):
            return seen
        return {**seen, "fooLevel": 4, "objectType": _UNKNOWN_CLASS}

    return alteration.shown(sound, change, when=lambda call: call.action.name == "list")


@variation("DESIGN 5: other clients write at the same time")
def others_write_all_the_time(behaviour: Behaviour) -> Behaviour:
    """Between the calls of the suite another client adds, changes and removes its own objects."""
    random = Random(23)  # noqa: S311 - somebody's whim, no secret
    guests: list[Record] = []
    asked = iter(range(1, 2**62))

    def authorise(call: Call) -> None:
        behaviour.authorise(call)
        if next(asked) % _CALLS_UNTIL_VISITED:
            return
        world, number = call.world, next(asked)
        rooms = _rooms(world)
        room = call.room if call.room in rooms else random.choice(rooms)
        if len(guests) < _MOST_GUESTS or random.random() < 0.4:  # noqa: PLR2004 - a whim
            partner = call.session.partner_id or next(iter(world.partners.by_id))
            guests.append(_plant(world, room, partner, f"other client {number}"))
            return
        guest = random.choice(guests)
        if random.random() < 0.5:  # noqa: PLR2004 - a whim
            guests.remove(guest)
            guest.deleted = True
        else:
            guest.document = {**guest.document, "name": f"other client, again {number}"}
        world.storage.put(guest)

    return replace(behaviour, authorise=authorise)


def _rooms(world: World) -> list[Room]:
    """Where objects can be planted: concrete classes with an id and a name, users aside."""
    found: list[Room] = world.notes.setdefault("rooms for company", [])
    if not found:
        for room in world.rooms.values():
            known = world.decoder.properties(room.entity)
            is_concrete = room.entity in world.lineage.concrete(room.entity)
            if room.has_id and is_concrete and {"id", "name"} <= set(known):
                found.append(room)
    return found


def _plant(world: World, room: Room, partner: int, name: str) -> Record:
    """Store an object of the room's class, made by somebody else."""
    known = world.decoder.properties(room.entity)
    sent: dict[str, Any] = {"objectType": room.entity, "name": name}
    if "status" in known and room.family == "KalturaBaseEntry":
        sent["status"] = 2
    number = world.storage.next_number()
    if not room.numeric_id and room.lookup == "id" and room.family == "KalturaBaseUser":
        sent["id"] = f"{_STRANGER}.{number}"
    document = in_order(
        world,
        new_document(world, room, sent, partner=partner, user=_STRANGER, number=number),
    )
    record = Record(
        family=room.family,
        key=str(document["id"]),
        number=number,
        partner=partner,
        owner=_STRANGER,
        document=document,
    )
    world.storage.put(record)
    return record
