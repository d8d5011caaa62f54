"""Faults of families: a base service and its relatives see one object differently."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.entities import ENTRY_FAMILY
from conformance.reference.errors import ApiFault
from conformance.reference.families import key_params
from conformance.reference.faults import alteration
from conformance.reference.faults.alteration import in_actions, in_services
from conformance.reference.faults.registry import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.request import Invocation
    from conformance.reference.storage import Document, Record
    from conformance.reference.world import World
    from conformance.schema.model import Action


def any_entry(call: Call) -> Record | None:
    """The living entry that the call's first key parameter names, whatever its kind."""
    key = next((call.arguments.get(name) for name in key_params(call.action)), None)
    record = call.world.storage.get(ENTRY_FAMILY, str(key))
    return record if record is not None and not record.deleted else None


def sent_types(call_params: dict[str, Any]) -> Iterator[Any]:
    """The objectType of every object parameter as it was sent, None where it was not."""
    for value in call_params.values():
        if isinstance(value, dict):
            yield value.get("objectType")


@fault("INH-GET-001")
def base_knows_no_data(behaviour: Behaviour) -> Behaviour:
    """baseEntry.get does not find data entries."""

    def change(call: Call, value: Any) -> Any:
        if value.get("objectType") == "KalturaDataEntry":
            raise ApiFault("ENTRY_ID_NOT_FOUND", call.arguments["entryId"])
        return value

    return alteration.answer(behaviour, "get", change, when=in_services("baseentry"))


@fault("INH-GET-002")
def base_forgets_the_class(behaviour: Behaviour) -> Behaviour:
    """baseEntry.get answers every entry as a KalturaBaseEntry."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "objectType": "KalturaBaseEntry"}

    return alteration.answer(behaviour, "get", change, when=in_services("baseentry"))


@fault("INH-GET-003")
def base_shows_another_creator(behaviour: Behaviour) -> Behaviour:
    """baseEntry.get shows a creator that no other service does."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "creatorId": "nobody"}

    return alteration.answer(behaviour, "get", change, when=in_services("baseentry"))


@fault("INH-GET-003")
def base_loses_a_property_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One answer in ten of baseEntry.get lacks the tags."""
    now = alteration.one_in(10)

    def change(call: Call, value: Any) -> Any:
        return {n: v for n, v in value.items() if n != "tags"} if now(call) else value

    return alteration.answer(behaviour, "get", change, when=in_services("baseentry"))


@fault("INH-LIST-001")
def base_list_leaves_out_playlists(behaviour: Behaviour) -> Behaviour:
    """baseEntry.list holds no playlist."""

    def change(_call: Call, value: Any) -> Any:
        objects = [o for o in value["objects"] if o["objectType"] != "KalturaPlaylist"]
        return {**value, "objects": objects, "totalCount": len(objects)}

    return alteration.answer(behaviour, "list", change, when=in_services("baseentry"))


@fault("INH-LIST-002")
def list_calls_all_annotations(behaviour: Behaviour) -> Behaviour:
    """cuePoint.list answers every cue point as an annotation."""

    def change(_call: Call, value: Any) -> Any:
        objects = [{**o, "objectType": "KalturaAnnotation"} for o in value["objects"]]
        return {**value, "objects": objects}

    return alteration.answer(behaviour, "list", change, when=in_services("cuepoint_cuepoint"))


@fault("INH-COUNT-001")
def base_counts_nothing(behaviour: Behaviour) -> Behaviour:
    """baseEntry.count is always 0."""
    return alteration.instead(
        behaviour, "other", lambda _call: 0, when=in_actions("baseentry.count")
    )


@fault("INH-UPDATE-001")
def base_update_is_dropped(behaviour: Behaviour) -> Behaviour:
    """baseEntry.update succeeds and stores nothing."""
    return alteration.instead(
        behaviour, "update", lambda call: call.behaviour.get(call), when=in_services("baseentry")
    )


@fault("INH-UPDATE-002")
def base_update_flattens(behaviour: Behaviour) -> Behaviour:
    """baseEntry.update drops what a plain entry does not have."""

    def change(call: Call, document: Document) -> Document:
        known = call.world.decoder.properties("KalturaBaseEntry")
        return {name: v for name, v in document.items() if name in known or name == "objectType"}

    return alteration.kept(behaviour, change, when=in_actions("baseentry.update"))


@fault("INH-DELETE-001")
def base_delete_removes_nothing(behaviour: Behaviour) -> Behaviour:
    """baseEntry.delete succeeds and removes nothing."""
    return alteration.instead(
        behaviour, "delete", lambda _call: None, when=in_services("baseentry")
    )


@fault("INH-ADD-001")
def base_add_makes_base_entries(behaviour: Behaviour) -> Behaviour:
    """baseEntry.add stores a plain entry, whatever it is sent."""

    def change(_call: Call, document: Document) -> Document:
        return {**document, "objectType": "KalturaBaseEntry"}

    return alteration.kept(behaviour, change, when=in_actions("baseentry.add"))


@fault("INH-TYPE-001")
def unknown_class_is_refused(behaviour: Behaviour) -> Behaviour:
    """An objectType that the schema does not name is refused."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        for name in sent_types(invocation.params):
            if isinstance(name, str) and name == "KalturaNoSuchThing":
                raise ApiFault("OBJECT_TYPE_ABSTRACT", name)
        return sound(world, action, invocation)

    return replace(behaviour, decode_arguments=decode)


@fault("INH-TYPE-002")
def update_demands_a_class(behaviour: Behaviour) -> Behaviour:
    """An update without an objectType is refused."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        if action.name == "update" and None in sent_types(invocation.params):
            raise ApiFault("MISSING_MANDATORY_PARAMETER", "objectType")
        return sound(world, action, invocation)

    return replace(behaviour, decode_arguments=decode)


@fault("INH-TYPE-003")
def lower_case_update_is_dropped(behaviour: Behaviour) -> Behaviour:
    """An update whose objectType is in lower case succeeds and stores nothing."""

    def is_lower(call: Call) -> bool:
        names = sent_types(call.invocation.params)
        return any(isinstance(name, str) and name.islower() for name in names)

    return alteration.instead(
        behaviour, "update", lambda call: call.behaviour.get(call), when=is_lower
    )


@fault("INH-FOREIGN-001")
def data_shows_any_entry(behaviour: Behaviour) -> Behaviour:
    """data.get answers entries of every kind."""
    sound = behaviour.get

    def get(call: Call) -> Any:
        record = any_entry(call) if call.action.service == "data" else None
        return call.behaviour.show(call, record, "KalturaDataEntry") if record else sound(call)

    return replace(behaviour, get=get)


@fault("INH-FOREIGN-002")
def playlist_deletes_any_entry(behaviour: Behaviour) -> Behaviour:
    """playlist.delete removes entries of every kind."""
    sound = behaviour.delete

    def delete(call: Call) -> Any:
        record = any_entry(call) if call.action.service == "playlist" else None
        if record is None:
            return sound(call)
        record.deleted = True
        call.world.storage.put(record)
        return None

    return replace(behaviour, delete=delete)


@fault("INH-FOREIGN-003")
def data_lists_any_entry(behaviour: Behaviour) -> Behaviour:
    """data.list holds an entry of any kind whose id is asked for."""

    def change(call: Call, value: Any) -> Any:
        wanted = call.arguments.get("filter") or {}
        record = call.world.storage.get(ENTRY_FAMILY, str(wanted.get("idEqual")))
        if record is None or value["objects"]:
            return value
        shown = call.behaviour.show(call, record, "KalturaDataEntry")
        return {**value, "objects": [shown], "totalCount": 1}

    return alteration.answer(behaviour, "list", change, when=in_services("data"))


@fault("INH-FILTER-001")
def base_list_forgets_the_filters_class(behaviour: Behaviour) -> Behaviour:
    """baseEntry.list reads every filter as a KalturaBaseEntryFilter."""

    def change(action: Action, decoded: dict[str, Any]) -> dict[str, Any]:
        if action.id == "baseentry.list" and isinstance(decoded.get("filter"), dict):
            decoded["filter"]["objectType"] = "KalturaBaseEntryFilter"
        return decoded

    return alteration.arguments(behaviour, change)


@fault("INH-FILTER-002")
def base_list_forgets_what_only_media_have(behaviour: Behaviour) -> Behaviour:
    """baseEntry.list passes over mediaTypeEqual."""

    def change(action: Action, decoded: dict[str, Any]) -> dict[str, Any]:
        if action.id == "baseentry.list" and isinstance(decoded.get("filter"), dict):
            decoded["filter"].pop("mediaTypeEqual", None)
        return decoded

    return alteration.arguments(behaviour, change)
