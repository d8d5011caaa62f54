"""Plants the objects that every account is born with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.creation import in_order, new_document
from conformance.reference.families import Room, family_of
from conformance.reference.storage import Record

if TYPE_CHECKING:
    from conformance.reference.rules import Seed
    from conformance.reference.world import World

_GLOBAL_PARTNER = 0


def plant(world: World) -> None:
    """Make what is not there yet; classes that the schema lacks are passed over."""
    for seed in world.rules.seed:
        if seed.class_name not in world.schema.classes:
            continue
        partners = sorted(world.partners.by_id) if seed.per_partner else [_GLOBAL_PARTNER]
        for partner in partners:
            _plant(world, seed, partner)


def _plant(world: World, seed: Seed, partner: int) -> None:
    """One seed for one account."""
    properties = world.decoder.properties(seed.class_name)
    identity = properties.get("id")
    room = Room(
        service="",
        entity=seed.class_name,
        family=family_of(world.lineage, world.rules, seed.class_name),
        numeric_id=identity is not None and identity.type.kind in {"int", "bigint"},
    )
    given = {key: value for key, value in seed.properties.items() if key in properties}
    document = {"objectType": seed.class_name, **given}
    if seed.id is not None:
        document["id"] = f"{seed.id}{partner}" if seed.per_partner else seed.id
    name = given.get("systemName", given.get("name"))
    for record in world.storage.all(room.family):
        if (
            record.partner == partner
            and record.document.get("systemName", record.document.get("name")) == name
        ):
            return
    whole = in_order(
        world,
        new_document(
            world, room, document, partner=partner, user="", number=world.storage.next_number()
        ),
    )
    world.storage.put(
        Record(
            family=room.family,
            key=str(whole.get("id")),
            number=world.storage.next_number(),
            partner=partner,
            owner="",
            document=whole,
        )
    )
