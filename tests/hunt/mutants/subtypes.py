"""More faults of inheritance: what extending classes lose on their way through base services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import is_error
from tests.hunt.mutant import answering, around, asking
from tests.hunt.mutants.inheritance import BASES, as_base
from tests.hunt.mutants.lists import is_list
from tests.hunt.world import like

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World

ADDS = tuple(f"{base}.add" for base in BASES)
LISTS = tuple(f"{base}.list" for base in BASES)


def extends(kind: Any, declared: str | None, world: World) -> bool:
    """Whether a class is a true extension of another."""
    return bool(declared) and kind != declared and world.lineage.is_a(str(kind), str(declared))


@around(*ADDS)
def the_base_service_refuses_extending_classes(call: Call, world: World) -> Any:
    """add of a base service refuses objects of extending classes."""
    param = call.object_param()
    refused = extends(call.object.get("objectType"), param.type.name if param else None, world)
    value = yield
    if refused and not is_error(value):
        return world.error("INVALID_OBJECT_TYPE", INVALID_OBJ_TYPE="the base class is due")
    return value


@around(*LISTS)
def extending_filters_are_errors(call: Call, world: World) -> Any:
    """list of a base service refuses filters of extending classes."""
    spec = call.spec
    declared = (
        next((p.type.name for p in spec.params if p.name == "filter"), None) if spec else None
    )
    refused = extends(call.filter.get("objectType"), declared, world)
    value = yield
    return world.error("INTERNAL_SERVERL_ERROR") if refused and is_list(value) else value


@asking(*LISTS)
def extending_filters_lose_their_properties(call: Call, world: World) -> None:
    """list of a base service ignores the filter properties of extending classes."""
    spec = call.spec
    declared = (
        next((p.type.name for p in spec.params if p.name == "filter"), None) if spec else None
    )
    known = world.lineage.properties(str(declared))
    for name in [n for n in call.filter if n not in known and n != "objectType"]:
        del call.filter[name]


@answering("clone")
def clones_are_of_the_base_class(_call: Call, value: Any, world: World) -> Any:
    """clone answers an object of the base class."""
    if isinstance(value, dict) and not is_error(value):
        as_base(value, world)
    return value


@around("baseEntry.update", "get", narrow=False)
def updates_through_the_base_take_the_class(call: Call, world: World) -> Any:
    """An entry that was updated through baseEntry is shown as a KalturaBaseEntry."""
    action, key = call.action, call.id
    value = yield
    if is_error(value) or not isinstance(value, dict):
        return value
    if action == "update":
        world.memory[key] = True
    elif key in world.memory and world.lineage.is_a(
        str(value.get("objectType")), "KalturaBaseEntry"
    ):
        while value["objectType"] != "KalturaBaseEntry":
            as_base(value, world)
    return value


@around("baseEntry.count", narrow=False)
def the_base_service_counts_media_only(call: Call, world: World) -> Any:
    """baseEntry.count counts only media entries."""
    params = {"filter": {**call.filter, "objectType": "KalturaMediaEntryFilter"}}
    ks = call.ks
    value = yield
    if isinstance(value, int) and not isinstance(value, bool):
        media = world.ask("media", "count", params, ks)
        return media if isinstance(media, int) else value
    return value


@around("baseEntry.list", "baseEntry.get", narrow=False)
def the_base_service_knows_one_type(_call: Call, _world: World) -> Any:
    """baseEntry shows every entry that is no media entry as one of type 1."""
    value = yield
    rows = value["objects"] if is_list(value) else [value]
    for found in rows:
        if isinstance(found, dict) and not is_error(found) and "type" in found:
            found["type"] = like(found["type"], 1)
    return value


@asking("update")
def extending_properties_are_not_updated(call: Call, world: World) -> None:
    """update writes only what the base class of the object declares."""
    param = call.object_param()
    line = world.lineage.ancestors(str(param.type.name)) if param else ()
    if line and world.lineage.properties(line[0]):
        known = world.lineage.properties(line[0])
        for name in [n for n in call.object if n not in known and n != "objectType"]:
            del call.object[name]
