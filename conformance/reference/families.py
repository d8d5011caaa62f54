"""Which services share a store: those of the same topmost ancestor (CONTRACT INH-07, INH-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.schema.model import ROOT_CLASSES, STANDARD_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.rules import Rules
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema, Service

LIST_RESPONSE = "KalturaListResponse"


class Room(Struct, frozen=True):
    """How one service keeps its objects.

    `entity` is the service's class, `family` the store it shares, `keys` the parameters that
    together name an object where there is no single id.
    """

    service: str
    entity: str
    family: str
    keys: tuple[str, ...] = ()
    lookup: str = "id"
    has_id: bool = True
    numeric_id: bool = False


def make_rooms(schema: Schema, lineage: Lineage, rules: Rules) -> Mapping[str, Room]:
    """A room for each service that keeps objects of some class."""
    rooms = {}
    for service in schema.services.values():
        entity = entity_class(schema, service)
        if entity is not None:
            rooms[service.id] = _room(lineage, rules, service, entity)
    return rooms


def family_of(lineage: Lineage, rules: Rules, name: str) -> str:
    """The family that objects of a class belong to."""
    chain = [name, *(base for base in lineage.ancestors(name) if base not in ROOT_CLASSES)]
    return rules.alias.get(chain[-1], chain[-1])


def entity_class(schema: Schema, service: Service) -> str | None:
    """The class of a service's objects: what add, get or update answer, or a list's items."""
    for name in STANDARD_ACTIONS[:3]:
        action = service.actions.get(name)
        if action is not None and action.result.kind == "object" and action.result.name:
            return action.result.name
    listing = service.actions.get("list")
    return item_class(schema, listing) if listing is not None else None


def item_class(schema: Schema, action: Action) -> str | None:
    """The class of the items of a list response."""
    response = schema.classes.get(action.result.name or "")
    if response is None:
        return None
    return next((p.type.element for p in response.properties if p.name == "objects"), None)


def _room(lineage: Lineage, rules: Rules, service: Service, entity: str) -> Room:
    """The room of one service."""
    properties = lineage.properties(entity)
    identity = properties.get("id")
    return Room(
        service=service.id,
        entity=entity,
        family=family_of(lineage, rules, entity),
        keys=_keys(service),
        lookup=rules.lookup.get(service.id, "id"),
        has_id=identity is not None,
        numeric_id=identity is not None and identity.type.kind in {"int", "bigint"},
    )


def _keys(service: Service) -> tuple[str, ...]:
    """The required scalar parameters that name an object in get, else delete, else update."""
    for name in ("get", "delete", "update"):
        action = service.actions.get(name)
        keys = key_params(action) if action is not None else ()
        if keys:
            return keys
    return ()


def key_params(action: Action) -> tuple[str, ...]:
    """The required parameters of an action that can name an object."""
    return tuple(
        param.name
        for param in action.params
        if not param.optional and param.type.kind in {"int", "bigint", "string"}
    )
