"""Faults of inheritance: runtime types, base and extending services, families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, every_object, is_error, is_not_found
from tests.hunt.mutant import answering, around, asking
from tests.hunt.world import like

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World

DERIVED = ("media", "data", "playlist", "mixing", "livestream", "livechannel", "document_documents")
BASES = ("baseEntry", "cuepoint_cuepoint", "syndicationFeed", "schedule_scheduleEvent")


def as_base(found: dict[str, Any], world: World) -> None:
    """Show an object as one of its base class, with the base's properties only."""
    line = world.lineage.ancestors(str(found.get("objectType")))
    if line:
        known = world.lineage.properties(line[0])
        for name in [n for n in found if n not in known and n != "objectType"]:
            del found[name]
        found["objectType"] = line[0]


@answering("get")
def get_shows_the_base_class(_call: Call, value: Any, world: World) -> Any:
    """get shows an object as one of its base class."""
    for found in entities(value):
        as_base(found, world)
    return value


@answering("get", "list", "add", "update")
def the_type_is_named_as_the_base(_call: Call, value: Any, world: World) -> Any:
    """objectType names the base class."""
    for found in entities(value):
        line = world.lineage.ancestors(str(found.get("objectType")))
        if line and "totalCount" not in found:
            found["objectType"] = line[0]
    return value


@answering("get", "list", "add", "update")
def the_type_is_a_siblings(_call: Call, value: Any, world: World) -> Any:
    """objectType names a sibling class."""
    for found in entities(value):
        kind = str(found.get("objectType"))
        line = world.lineage.ancestors(kind)
        siblings = [k for k in world.lineage.concrete(line[0]) if k != kind] if line else []
        if siblings and "totalCount" not in found:
            found["objectType"] = siblings[0]
    return value


@answering("get", "list", "add", "update")
def the_type_is_unrelated(_call: Call, value: Any, _world: World) -> Any:
    """objectType names an unrelated class."""
    for found in entities(value):
        if "totalCount" not in found:
            found["objectType"] = (
                "KalturaUiConf" if found["objectType"] != "KalturaUiConf" else "KalturaUser"
            )
    return value


@answering("get", "list", "add", "update")
def the_type_has_no_prefix(_call: Call, value: Any, _world: World) -> Any:
    """objectType lacks its prefix."""
    for found in every_object(value):
        found["objectType"] = str(found["objectType"]).removeprefix("Kaltura")
    return value


@answering("get", "list", "add", "update")
def nested_types_are_their_base(_call: Call, value: Any, world: World) -> Any:
    """Objects inside objects are shown as of their base class."""
    top = [id(e) for e in entities(value)]
    for found in every_object(value):
        if id(found) not in top and found is not value:
            as_base(found, world)
    return value


@answering("baseEntry.get", "baseEntry.list")
def the_base_service_shows_base_classes(_call: Call, value: Any, world: World) -> Any:
    """baseEntry shows every entry as a KalturaBaseEntry."""
    known = world.lineage.properties("KalturaBaseEntry")
    for found in entities(value):
        if world.lineage.is_a(str(found["objectType"]), "KalturaBaseEntry"):
            for name in [n for n in found if n not in known and n != "objectType"]:
                del found[name]
            found["objectType"] = "KalturaBaseEntry"
    return value


@answering("baseEntry.list")
def the_base_service_lacks_subtypes(_call: Call, value: Any, _world: World) -> Any:
    """baseEntry.list leaves out what is no media entry."""
    rows = entities(value)
    if isinstance(value, dict) and isinstance(value.get("objects"), list):
        kept = [e for e in rows if e.get("objectType") == "KalturaMediaEntry"]
        value["totalCount"] = like(
            value["totalCount"], int(value["totalCount"]) - len(rows) + len(kept)
        )
        value["objects"] = kept
    return value


@around("baseEntry.get")
def the_base_service_knows_no_subtypes(call: Call, world: World) -> Any:
    """baseEntry.get does not find what is no media entry."""
    key = call.id
    value = yield
    other = isinstance(value, dict) and value.get("objectType") != "KalturaMediaEntry"
    if other and not is_error(value):
        return world.error("ENTRY_ID_NOT_FOUND", ENTRY_ID=key)
    return value


@answering("baseEntry.get")
def derived_properties_are_lost_through_the_base(_call: Call, value: Any, world: World) -> Any:
    """baseEntry.get leaves out the properties of the extending class."""
    known = world.lineage.properties("KalturaBaseEntry")
    for found in entities(value):
        for name in [n for n in found if n not in known and n != "objectType"]:
            del found[name]
    return value


@asking("baseEntry.add", "baseEntry.update")
def derived_properties_are_not_stored_through_the_base(call: Call, world: World) -> None:
    """baseEntry.add and .update do not store properties of the extending class."""
    known = world.lineage.properties("KalturaBaseEntry")
    for name in [n for n in call.object if n not in known and n not in ("objectType", "mediaType")]:
        del call.object[name]


@around("baseEntry.update")
def the_base_service_updates_nothing(call: Call, world: World) -> Any:
    """baseEntry.update writes nothing to an entry of an extending class."""
    if not world.would_succeed(call):
        return (yield)
    sent = dict(call.object)
    call.become("baseentry", "get", {"entryId": call.id})
    value = yield
    if isinstance(value, dict) and not is_error(value):
        value.update({k: v for k, v in sent.items() if "__null" not in k})
    return value


@around("baseEntry.delete")
def the_base_service_deletes_nothing(call: Call, _world: World) -> Any:
    """baseEntry.delete deletes nothing."""
    call.become("baseentry", "get", {"entryId": call.id})
    value = yield
    return value if is_error(value) else None


@around("baseEntry.add")
def the_base_service_adds_plain_entries(call: Call, _world: World) -> Any:
    """baseEntry.add ignores the class that is sent."""
    call.object.pop("objectType", None)
    return (yield)


@around(*(f"{service}.list" for service in DERIVED))
def derived_lists_show_siblings(call: Call, world: World) -> Any:
    """The list of an extending service shows entries of other kinds."""
    service, ks = call.service, call.ks
    flt = {k: v for k, v in call.filter.items() if k != "objectType"}
    pager = dict(call.pager)
    value = yield
    if service not in DERIVED or not isinstance(value, dict) or is_error(value):
        return value
    every = world.ask("baseentry", "list", {"filter": flt, "pager": pager}, ks)
    if isinstance(every, dict) and "objects" in every:
        return {**every, "objectType": value.get("objectType")}
    return value


@around(*(f"{service}.get" for service in DERIVED))
def derived_services_read_siblings(call: Call, world: World) -> Any:
    """get of an extending service answers entries of other kinds."""
    service, key, ks = call.service, call.id, call.ks
    value = yield
    if service in DERIVED and is_error(value):
        found = world.ask("baseentry", "get", {"entryId": key}, ks)
        return value if is_error(found) else found
    return value


@around(*(f"{service}.update" for service in DERIVED))
def derived_services_update_siblings(call: Call, world: World) -> Any:
    """update of an extending service writes entries of other kinds."""
    service, key, ks, sent = call.service, call.id, call.ks, dict(call.object)
    sent.pop("objectType", None)
    value = yield
    if service in DERIVED and is_error(value):
        found = world.ask("baseentry", "update", {"entryId": key, "baseEntry": sent}, ks)
        return value if is_error(found) else found
    return value


@around(*(f"{service}.delete" for service in DERIVED))
def derived_services_delete_siblings(call: Call, world: World) -> Any:
    """delete of an extending service removes entries of other kinds."""
    service, key, ks = call.service, call.id, call.ks
    value = yield
    if service in DERIVED and is_error(value):
        found = world.ask("baseentry", "delete", {"entryId": key}, ks)
        return value if is_error(found) else found
    return value


@asking("add", "update")
def sent_types_are_ignored(call: Call, _world: World) -> None:
    """The class that is sent is ignored."""
    call.object.pop("objectType", None)


@asking("add", "update")
def nested_sent_types_are_ignored(call: Call, _world: World) -> None:
    """The classes of objects inside the written object are ignored."""

    def strip(node: Any, depth: int) -> None:
        if isinstance(node, dict):
            if depth:
                node.pop("objectType", None)
            for each in node.values():
                strip(each, depth + 1)
        elif isinstance(node, list):
            for each in node:
                strip(each, depth + 1)

    strip(call.object, 0)


@around("*")
def unrelated_sent_types_are_errors(call: Call, world: World) -> Any:
    """A class that does not fit is an error."""
    param = call.object_param()
    kind = str(call.object.get("objectType", ""))
    declared = str(param.type.name) if param else ""
    odd = kind and param and not world.lineage.is_a(kind, declared)
    value = yield
    if odd and not is_error(value):
        return world.error("INVALID_OBJECT_TYPE", INVALID_OBJ_TYPE=kind)
    return value


@asking("list")
def filter_types_are_ignored(call: Call, _world: World) -> None:
    """The class of a filter is ignored."""
    call.filter.pop("objectType", None)


@answering("baseEntry.list")
def base_lists_are_of_a_derived_type(_call: Call, value: Any, _world: World) -> Any:
    """baseEntry.list answers a KalturaMediaListResponse."""
    if isinstance(value, dict) and "totalCount" in value:
        value["objectType"] = "KalturaMediaListResponse"
    return value


@around("baseEntry.get", "baseEntry.update", "media.update", "data.update", "playlist.update")
def the_base_service_reads_stale_entries(call: Call, world: World) -> Any:
    """baseEntry.get does not see what an extending service updated."""
    action, key = call.action, call.id
    value = yield
    if action == "get" and not is_error(value):
        return dict(world.memory.setdefault(key, dict(value)))
    return value


@answering("playlist.get")
def playlists_of_other_entries_are_not_found(_call: Call, value: Any, world: World) -> Any:
    """playlist.get of another kind of entry is reported as an unknown entry."""
    if is_error(value, "INVALID_PLAYLIST_TYPE") or is_not_found(value):
        return world.error("ENTRY_ID_NOT_FOUND", ENTRY_ID="x")
    return value


@answering("add", "get", "list")
def entry_types_are_wrong(_call: Call, value: Any, _world: World) -> Any:
    """The type of an entry does not fit its class."""
    for found in entities(value):
        if "type" in found and "mediaType" in found:
            found["type"] = like(found["type"], 6)
    return value
