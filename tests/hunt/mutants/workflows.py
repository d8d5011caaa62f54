"""Faults of what several calls do together, and of actions beyond the standard ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World


def swallowed(call: Call, world: World, answer: Any = None) -> Any:
    """A fault's body: the call is not made, and an answer given, by default a void one."""
    if not world.would_succeed(call):
        return (yield)
    call.vanish()
    yield
    return answer


def swallowed_with(call: Call, world: World) -> Any:
    """A fault's body: the call is not made, and the object answered as it is."""
    if not world.would_succeed(call):
        return (yield)
    offered = world.schema.services[call.service].actions
    call.become(call.service, "get", {offered["get"].params[0].name: call.id})
    return (yield)


@around("categoryEntry.add", narrow=False)
def entries_are_not_put_into_categories(_call: Call, world: World) -> Any:
    """categoryEntry.add answers and stores nothing."""
    value = yield
    if isinstance(value, dict) and not is_error(value):
        ids = {"entryId": value.get("entryId"), "categoryId": value.get("categoryId")}
        world.ask("categoryentry", "delete", ids, world.ks())
    return value


@around("categoryEntry.delete", narrow=False)
def entries_stay_in_categories(call: Call, world: World) -> Any:
    """categoryEntry.delete removes nothing."""
    return (yield from swallowed(call, world))


@asking("categoryEntry.list", narrow=False)
def category_filters_are_ignored(call: Call, _world: World) -> None:
    """categoryEntry.list ignores the category."""
    for name in [n for n in call.filter if n.startswith("categoryId")]:
        del call.filter[name]


@answering("categoryEntry.*", narrow=False)
def category_and_entry_are_swapped(_call: Call, value: Any, _world: World) -> Any:
    """categoryEntry shows entry and category in each other's place."""
    for found in entities(value):
        if "entryId" in found and "categoryId" in found:
            found["entryId"], found["categoryId"] = found["categoryId"], found["entryId"]
    return value


@answering("category.*", narrow=False)
def full_names_are_names(_call: Call, value: Any, _world: World) -> Any:
    """fullName of a category lacks its parents."""
    for found in entities(value):
        if "fullName" in found and "name" in found:
            found["fullName"] = found["name"]
    return value


@answering("category.*", narrow=False)
def depths_are_zero(_call: Call, value: Any, _world: World) -> Any:
    """The depth of a category is always 0."""
    for found in entities(value):
        if number(found.get("depth")):
            found["depth"] = like(found["depth"], 0)
    return value


@asking("category.add", narrow=False)
def parents_are_ignored(call: Call, _world: World) -> None:
    """A new category is always a root."""
    call.object.pop("parentId", None)


@around("category.move", narrow=False)
def moves_are_swallowed(call: Call, world: World) -> Any:
    """category.move moves nothing."""
    return (yield from swallowed(call, world, answer=True))


@around("categoryUser.activate", "categoryUser.deactivate", narrow=False)
def activation_is_swallowed(call: Call, world: World) -> Any:
    """categoryUser.activate and .deactivate change nothing."""
    if not world.would_succeed(call):
        return (yield)
    params = {k: call.params[k] for k in ("categoryId", "userId") if k in call.params}
    call.become("categoryuser", "get", params)
    return (yield)


@around("*.approve", "*.reject", narrow=False)
def moderation_is_swallowed(call: Call, world: World) -> Any:
    """approve and reject change nothing."""
    return (yield from swallowed(call, world))


@around("*.flag", narrow=False)
def flags_are_swallowed(call: Call, world: World) -> Any:
    """flag changes nothing."""
    return (yield from swallowed(call, world))


@around("*.updateStatus", narrow=False)
def status_changes_are_swallowed(call: Call, world: World) -> Any:
    """updateStatus changes nothing."""
    return (yield from swallowed(call, world))


@around("*.setAsDefault", narrow=False)
def defaults_are_swallowed(call: Call, world: World) -> Any:
    """setAsDefault changes nothing."""
    return (yield from swallowed_with(call, world))


@around("*.recycle", narrow=False)
def recycling_is_swallowed(call: Call, world: World) -> Any:
    """recycle changes nothing."""
    return (yield from swallowed_with(call, world))


@around("media.addContent", "baseEntry.addContent", narrow=False)
def content_is_swallowed(call: Call, world: World) -> Any:
    """addContent changes nothing."""
    return (yield from swallowed_with(call, world))


@answering("baseEntry.getByIds", narrow=False)
def get_by_ids_lacks_the_last(_call: Call, value: Any, _world: World) -> Any:
    """getByIds lacks the last entry."""
    return value[:-1] if isinstance(value, list) else value


@answering("getByIds", "getByEntryId", "getMixesByMediaId")
def arrays_are_list_responses(_call: Call, value: Any, _world: World) -> Any:
    """An action that answers an array answers a list response."""
    if isinstance(value, list):
        return {
            "objects": value,
            "totalCount": len(value),
            "objectType": "KalturaBaseEntryListResponse",
        }
    return value


@answering("playlist.execute*", narrow=False)
def playlists_are_empty(_call: Call, value: Any, _world: World) -> Any:
    """playlist.execute answers no entries."""
    return [] if isinstance(value, list) else value


@answering("playlist.execute*", narrow=False)
def playlists_are_reversed(_call: Call, value: Any, _world: World) -> Any:
    """playlist.execute answers entries in reverse order."""
    return value[::-1] if isinstance(value, list) else value


@asking("playlist.add", "playlist.update", narrow=False)
def playlist_content_is_lost(call: Call, _world: World) -> None:
    """The content of a playlist is cut to its first entry."""
    if isinstance(call.object.get("playlistContent"), str):
        call.object["playlistContent"] = call.object["playlistContent"].split(",")[0]


@answering("metadata_metadata.update", "metadata_metadata.get", narrow=False)
def metadata_versions_stand_still(_call: Call, value: Any, _world: World) -> Any:
    """The version of metadata stays 1."""
    for found in entities(value):
        if number(found.get("version")) is not None:
            found["version"] = like(found["version"], 1)
    return value


@asking("metadata_metadata.update", narrow=False)
def metadata_updates_are_lost(call: Call, _world: World) -> None:
    """metadata.update stores nothing."""
    call.params.pop("xmlData", None)


@answering("metadata_metadata.*", narrow=False)
def metadata_loses_its_elements(_call: Call, value: Any, _world: World) -> Any:
    """The XML of metadata is empty."""
    for found in entities(value):
        if found.get("xml"):
            found["xml"] = "<metadata/>"
    return value


@answering("user.delete", "userRole.delete", "permission.delete", narrow=False)
def deletes_that_answer_objects_are_void(_call: Call, value: Any, _world: World) -> Any:
    """delete answers nothing where the deleted object is declared."""
    return None if isinstance(value, dict) and not is_error(value) else value


@answering("system.ping", narrow=False)
def ping_is_false(_call: Call, _value: Any, _world: World) -> Any:
    """system.ping answers false."""
    return False


@answering("system.getTime", narrow=False)
def the_time_is_an_hour_off(_call: Call, value: Any, _world: World) -> Any:
    """system.getTime is an hour off."""
    return like(value, int(value) + 3600) if number(value) else value


@answering("system.getVersion", narrow=False)
def the_version_is_an_object(_call: Call, value: Any, _world: World) -> Any:
    """system.getVersion answers an object."""
    return {"version": value}


@answering("tagsearch_tag.search", narrow=False)
def tags_are_not_found(_call: Call, value: Any, _world: World) -> Any:
    """tag.search finds nothing."""
    if isinstance(value, dict) and "objects" in value:
        value["objects"], value["totalCount"] = [], like(value["totalCount"], 0)
    return value


@around("groupUser.add", "categoryUser.add", narrow=False)
def memberships_are_not_stored(call: Call, world: World) -> Any:
    """Memberships are answered and not stored."""
    service, ks = call.service, call.ks
    value = yield
    if isinstance(value, dict) and not is_error(value):
        names = [p.name for p in world.schema.services[service].actions["delete"].params]
        world.ask(service, "delete", {n: value.get(n) for n in names if n in value}, ks)
    return value


@answering("cuepoint_cuepoint.*", "annotation_annotation.*", narrow=False)
def cue_points_start_at_zero(_call: Call, value: Any, _world: World) -> Any:
    """startTime of a cue point is always 0."""
    for found in entities(value):
        if number(found.get("startTime")):
            found["startTime"] = like(found["startTime"], 0)
    return value


@answering("schedule_scheduleevent.*", narrow=False)
def events_end_before_they_start(_call: Call, value: Any, _world: World) -> Any:
    """An event's start and end are swapped."""
    for found in entities(value):
        if "startDate" in found and "endDate" in found:
            found["startDate"], found["endDate"] = found["endDate"], found["startDate"]
    return value


@answering("appToken.*", narrow=False)
def app_tokens_are_hidden(_call: Call, value: Any, _world: World) -> Any:
    """appToken shows no token."""
    for found in entities(value):
        found.pop("token", None)
    return value


@answering(
    "caption_captionasset.*", "attachment_attachmentasset.*", "thumbAsset.*", "flavorAsset.*"
)
def assets_belong_to_no_entry(_call: Call, value: Any, _world: World) -> Any:
    """entryId of an asset is empty."""
    for found in entities(value):
        if "entryId" in found:
            found["entryId"] = ""
    return value


@answering("conversionProfile.*", narrow=False)
def flavors_of_profiles_are_lost(_call: Call, value: Any, _world: World) -> Any:
    """flavorParamsIds of a conversion profile is empty."""
    for found in entities(value):
        if found.get("flavorParamsIds"):
            found["flavorParamsIds"] = ""
    return value


@answering("userRole.*", narrow=False)
def permission_names_are_lost(_call: Call, value: Any, _world: World) -> Any:
    """permissionNames of a role is empty."""
    for found in entities(value):
        if found.get("permissionNames"):
            found["permissionNames"] = ""
    return value


@answering("session.get", "system.getTime", "*.count", "*.getUrl", "*.search", "*.listTemplates")
def odd_actions_answer_null(_call: Call, value: Any, _world: World) -> Any:
    """Actions beyond the standard ones answer null."""
    return value if is_error(value) else None
