"""The standard actions of a service, its entity, and which services work on each other's objects.

Parameter names are irregular (CONTRACT CRUD-02), so everything here goes by type and position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.schema.model import STANDARD_ACTIONS

if TYPE_CHECKING:
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Param, Schema, Service, TypeRef

ID_KINDS = frozenset({"int", "bigint", "string"})
LIST_RESPONSE = "KalturaListResponse"


class Pair(Struct, frozen=True):
    """A base service, one that extends it, and the standard actions that both offer."""

    base: str
    extending: str
    actions: tuple[str, ...]


def standard_actions(service: Service) -> tuple[str, ...]:
    """Those of add, get, update, delete, list that the service offers, in this order."""
    return tuple(name for name in STANDARD_ACTIONS if name in service.actions)


def entity_of(schema: Schema, lineage: Lineage, service_id: str) -> str | None:
    """The class that the service's objects are; None for a service without one.

    What `add` answers, else `get`; of two related classes the more special (one real service's
    `get` answers its entity's base); else the element of what `list` answers.
    """
    service = schema.services.get(service_id)
    if service is None:
        return None
    entity: str | None = None
    for name in ("add", "get"):
        action = service.actions.get(name)
        answered = action.result.name if action else None
        if answered and (entity is None or lineage.is_a(answered, entity)):
            entity = answered
    if entity is None and "list" in service.actions:
        entity = list_element(lineage, service.actions["list"].result)
    return entity


def classes_of(lineage: Lineage, service: Service) -> frozenset[str]:
    """The classes that the service's actions take and answer, with all above and below them."""
    named: set[str] = set()
    for action in service.actions.values():
        for written in (action.result, *(param.type for param in action.params)):
            named.update(name for name in (written.name, written.element) if name)
        named.update(filter(None, (list_element(lineage, action.result),)))
    relatives = ((*lineage.ancestors(name), *lineage.descendants(name)) for name in named)
    return frozenset(named.union(*relatives))


def list_element(lineage: Lineage, result: TypeRef) -> str | None:
    """The class of a list's items: of `objects` in a list response, or of a bare array."""
    if result.kind == "array":
        return result.element
    if result.name is None or not lineage.is_a(result.name, LIST_RESPONSE):
        return None
    objects = lineage.properties(result.name).get("objects")
    return objects.type.element if objects else None


def key_params(action: Action) -> tuple[Param, ...]:
    """The parameters that together name the object: several for a composite key.

    The required plain scalars; where there are none, the first optional one that is named as an id.
    A `version` says which state of the object is meant, not which object.
    """
    plain = [
        p
        for p in action.params
        if p.type.kind in ID_KINDS and p.type.enum is None and p.name.casefold() != "version"
    ]
    required = tuple(p for p in plain if not p.optional)
    if required:
        return required
    return tuple(p for p in plain if p.name.casefold().endswith("id"))[:1]


def id_param(action: Action) -> Param | None:
    """The one parameter that names the object; None where there is none, or a composite key."""
    keys = key_params(action)
    if len(keys) == 1:
        return keys[0]
    # Beside a parameter called plainly `id`, other scalars are content, not key.
    return next((p for p in keys if p.name == "id"), None)


def entity_param(action: Action) -> Param | None:
    """The parameter that carries the object: that of the answered class, else the first object."""
    objects = [p for p in action.params if p.type.kind == "object"]
    same = (p for p in objects if p.type.name == action.result.name)
    return next(same, objects[0] if objects else None)


def counts_what_it_lists(service: Service) -> bool:
    """Whether count takes the filter that list takes.

    A filter of another class restricts by itself: mixing.count takes one of media entries, which no
    mix passes (CONTRACT LIST-18, INH-13).
    """
    asked = [
        {param.type.name for param in service.actions[name].params if param.name == "filter"}
        for name in ("count", "list")
        if name in service.actions
    ]
    return len(asked) == len(("count", "list")) and asked[0] == asked[1]


def extending_pairs(schema: Schema, lineage: Lineage) -> tuple[Pair, ...]:
    """Every pair of services where one's entity strictly descends from the other's (INH-07)."""
    entities = {name: entity_of(schema, lineage, name) for name in schema.services}
    pairs = []
    for extending, special in entities.items():
        for base, general in entities.items():
            if not special or not general or special == general:
                continue
            if general not in lineage.ancestors(special):
                continue
            shared = tuple(
                action
                for action in standard_actions(schema.services[base])
                if action in schema.services[extending].actions
            )
            if shared:
                pairs.append(Pair(base, extending, shared))
    return tuple(pairs)
