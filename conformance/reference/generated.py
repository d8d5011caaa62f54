"""A well-typed answer for any result type: what an action without behaviour of its own says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.families import LIST_RESPONSE
from conformance.reference.message import FileAnswer

if TYPE_CHECKING:
    from conformance.reference.world import World
    from conformance.schema.model import Property, TypeRef

_FILE = b"embedded server\n"


def value_of(world: World, type_: TypeRef) -> Any:
    """The smallest value of a type: nothing, zero, an empty text or array, a bare object."""
    kind = type_.kind
    if kind == "object":
        return object_of(world, type_.name or "")
    if kind == "file":
        return FileAnswer(_FILE, "text/plain;charset=UTF-8")
    simple: dict[str, Any] = {"string": "", "int": 0, "bigint": 0, "float": 0, "bool": True}
    if kind in {"array", "map"}:
        return []
    if type_.enum is not None:
        return _enum_value(world, type_)
    return simple.get(kind)


def object_of(world: World, name: str) -> dict[str, Any]:
    """An object of the first concrete class that is a `name`; lists are empty."""
    if world.lineage.is_a(name, LIST_RESPONSE):
        return {"totalCount": 0, "objects": [], "objectType": name}
    concrete = next(iter(world.lineage.concrete(name)), name)
    properties = world.decoder.properties(concrete).values()
    filled = {prop.name: _small(world, prop) for prop in properties if prop.read_only}
    made = {key: value for key, value in filled.items() if value is not None}
    made["objectType"] = concrete
    return made


def _small(world: World, prop: Property) -> Any:
    """The smallest value of a scalar property; None for objects and for what names something."""
    if prop.type.kind in {"object", "map", "file"} or prop.name == "id" or prop.write_only:
        return None
    if prop.type.is_time:
        return world.now()
    return value_of(world, prop.type)


def _enum_value(world: World, type_: TypeRef) -> Any:
    """The first constant of an enum."""
    enum = world.schema.enums.get(type_.enum or "")
    text = enum.constants[0].value if enum and enum.constants else "0"
    return int(text) if type_.kind == "int" and text.lstrip("-").isdigit() else text
