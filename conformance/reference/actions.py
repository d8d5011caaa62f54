"""Additional actions: real behaviour for the common ones, a well-typed answer for the rest.

What belongs to sessions and to uploads lives in modules of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference import sessions, uploads
from conformance.reference.entities import ENTRY_FAMILY, change, store
from conformance.reference.errors import ApiFault
from conformance.reference.generated import value_of
from conformance.reference.listing import matching
from conformance.reference.lookup import exists, find, key_values, visible
from conformance.reference.message import FileAnswer
from conformance.reference.scalars import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.storage import Record

_SERVER_VERSION = "22.19.0"
_MENTIONS = (
    ("EntryId", ENTRY_FAMILY, "ENTRY_ID_NOT_FOUND"),
    ("flavorAssetId", "KalturaAsset", "FLAVOR_ASSET_ID_NOT_FOUND"),
    ("conversionProfileId", "KalturaConversionProfile", "CONVERSION_PROFILE_ID_NOT_FOUND"),
)
_IDENTITY = frozenset(
    {"id", "createdAt", "updatedAt", "partnerId", "rootEntryId", "isDefault", "systemName"}
)


def answer(call: Call) -> Any:
    """What an action that is none of the five standard ones answers."""
    refusal = call.world.rules.refused.get(call.action.id)
    if refusal is not None:
        raise ApiFault(*refusal)
    known = KNOWN.get(call.action.id) or KNOWN.get(f"*.{call.action.name}")
    return known(call) if known is not None else typed_answer(call)


def typed_answer(call: Call) -> Any:
    """The object that the call names if it is of the result's class, else a minimal value."""
    record = _named(call)
    result = call.action.result
    if record is None or result.kind != "object":
        return value_of(call.world, result)
    if call.world.lineage.is_a(record.type, result.name or ""):
        return call.behaviour.show(call, record, None)
    return value_of(call.world, result)


def _named(call: Call) -> Record | None:
    """The object that the first parameter names; a missing one is refused."""
    room = call.room
    _check_mentioned(call)
    entry_id = call.arguments.get("entryId")
    if isinstance(entry_id, str) and (room is None or room.family != ENTRY_FAMILY):
        if ENTRY_FAMILY in call.world.schema.classes and not exists(call, ENTRY_FAMILY, entry_id):
            raise ApiFault("ENTRY_ID_NOT_FOUND", entry_id)
        return None
    if room is None or not _names_object(call, room):
        return None
    return find(call, room)


def _check_mentioned(call: Call) -> None:
    """What required parameters mention by name of its kind must exist."""
    for param in call.action.params:
        value = call.arguments.get(param.name)
        if param.optional or not isinstance(value, (str, int)):
            continue
        for suffix, family, code in _MENTIONS:
            if param.name.endswith(suffix) and not exists(call, family, str(value)):
                raise ApiFault(code, value)


def _names_object(call: Call, room: Room) -> bool:
    """Whether the first key parameter is an id of the service's own objects."""
    values = key_values(call, room)
    if len(values) != 1 or not room.has_id:
        return False
    name = next(iter(values))
    own = room.keys[0] if room.keys else "id"
    return name in {"id", own, "entryId", "feedId"} or name == f"{room.service}Id"


def _ping(_call: Call) -> bool:
    return True


def _time(call: Call) -> int:
    return call.world.now()


def _version(_call: Call) -> str:
    return _SERVER_VERSION


def _count(call: Call) -> Any:
    """How many objects the list of the same filter would find (CONTRACT LIST-23)."""
    if call.room is None or call.action.result.kind not in {"int", "bigint"}:
        return typed_answer(call)
    return len(matching(call, call.room))


def _by_ids(call: Call) -> Any:
    """The visible objects of a comma-separated list of ids, in that order."""
    room = call.room
    text = next((value for value in call.arguments.values() if isinstance(value, str)), "")
    if room is None or call.action.result.kind != "array":
        return typed_answer(call)
    found = (
        call.world.storage.get(room.family, key.strip()) for key in text.split(",") if key.strip()
    )
    return [
        call.behaviour.show(call, record, None)
        for record in found
        if record is not None and visible(call, room, record)
    ]


def _clone(call: Call) -> Any:
    """A copy under a new identity."""
    room = call.room
    if room is None or call.action.result.kind != "object":
        return typed_answer(call)
    record = find(call, room)
    copied = {key: value for key, value in record.document.items() if key not in _IDENTITY}
    return call.behaviour.show(call, store(call, room, copied), None)


def _update_status(call: Call) -> Any:
    """Set the status of the object that the call names."""
    room = call.room
    if room is None:
        return typed_answer(call)
    record = find(call, room)
    status = call.arguments.get("status")
    if status is not None and call.action.param("status") is not None:
        change(call, room, record, {"status": status})
    if call.action.result.kind == "object":
        return call.behaviour.show(call, record, None)
    return value_of(call.world, call.action.result)


def _moderate(status: int) -> Callable[[Call], Any]:
    """An approval or a rejection of an entry."""

    def act(call: Call) -> Any:
        room = call.room
        if room is None or room.family != ENTRY_FAMILY:
            return typed_answer(call)
        change(call, room, find(call, room), {"moderationStatus": status})
        return value_of(call.world, call.action.result)

    return act


def _flag(call: Call) -> Any:
    """Flag an entry that exists."""
    flag = next((value for value in call.arguments.values() if isinstance(value, dict)), {})
    entry_id = flag.get("flaggedEntryId")
    if entry_id is None:
        raise ApiFault(
            "PROPERTY_VALIDATION_CANNOT_BE_NULL", "KalturaModerationFlag::flaggedEntryId"
        )
    if not exists(call, ENTRY_FAMILY, to_text(entry_id)):
        raise ApiFault("ENTRY_ID_NOT_FOUND", entry_id)
    return value_of(call.world, call.action.result)


def _by_reference(call: Call) -> Any:
    """The entries of one reference id."""
    wanted = to_text(call.arguments.get("refId"))
    if not wanted:
        raise ApiFault("MISSING_MANDATORY_PARAMETER", "")
    records = call.world.storage.all(ENTRY_FAMILY)
    found = [
        call.behaviour.show(call, record, None)
        for record in records
        if record.partner == call.session.partner_id
        and record.document.get("referenceId") == wanted
    ]
    return {"totalCount": len(found), "objects": found, "objectType": call.action.result.name}


def _list_flags(call: Call) -> Any:
    """No entry has flags that anybody could read."""
    return value_of(call.world, call.action.result)


def _own_partner(call: Call) -> Any:
    """The caller's own account by its id; another's is not there, and none is account 0."""
    asked = call.arguments.get("id", 0)
    if asked != call.session.partner_id:
        raise ApiFault("INVALID_PARTNER_ID", asked)
    return _partner(call)


def _partner(call: Call) -> Any:
    """The account as an object."""
    made: dict[str, Any] = value_of(call.world, call.action.result)
    number = call.session.partner_id
    return {"id": number, "name": f"Partner {number}", **made} if isinstance(made, dict) else made


def _own_user(call: Call) -> Any:
    """A user by id, or the caller, who comes to exist by calling (CONTRACT SESS-18)."""
    room = call.room
    if room is None:
        return typed_answer(call)
    own = call.session.user_id
    asked = call.arguments.get("userId", own)
    if asked != own and not call.session.is_admin:
        raise ApiFault("CANNOT_RETRIEVE_ANOTHER_USER_USING_NON_ADMIN_SESSION", asked)
    if asked == own and own and not exists(call, room.family, own):
        store(call, room, {"objectType": room.entity, "id": own})
    if "userId" not in call.arguments:
        record = call.world.storage.get(room.family, own)
        if record is None:
            raise ApiFault("INVALID_USER_ID")
        return call.behaviour.show(call, record, None)
    return call.behaviour.show(call, find(call, room), None)


def _by_login(call: Call) -> Any:
    """A user by login, which is the e-mail address."""
    room, login = call.room, to_text(call.arguments.get("loginId"))
    for record in call.world.storage.all(room.family) if room else ():
        if record.partner == call.session.partner_id and record.document.get("email") == login:
            return call.behaviour.show(call, record, None)
    raise ApiFault("USER_NOT_FOUND")


def _no_login(_call: Call) -> Any:
    raise ApiFault("USER_NOT_FOUND")


def _wrong_password(_call: Call) -> Any:
    raise ApiFault("USER_WRONG_PASSWORD")


def _request_conversion(call: Call) -> Any:
    """Nothing to convert: an empty text (OBSERVED 17)."""
    if call.room is not None:
        find(call, call.room)
    return ""


def _entry_count(call: Call) -> Any:
    """A feed's entry counts, all zero."""
    if call.room is not None:
        find(call, call.room)
    made: dict[str, Any] = value_of(call.world, call.action.result)
    names = ("totalEntryCount", "actualEntryCount", "requireTranscodingCount")
    return {**dict.fromkeys(names, 0), **made}


def _schema(call: Call) -> FileAnswer:
    """The schema file itself."""
    return FileAnswer(call.world.schema_bytes, "application/xml")


def _execute(call: Call) -> Any:
    """The ready entries of a playlist that exists."""
    if call.room is not None and "id" in call.arguments:
        find(call, call.room)
    return value_of(call.world, call.action.result)


def _serve(call: Call) -> Any:
    """The content kept for the object, or a few bytes."""
    if call.action.result.kind != "file":
        return typed_answer(call)
    record = _named(call)
    made: FileAnswer = value_of(call.world, call.action.result)
    if record is None:
        return made
    kept = call.world.storage.content(f"{record.family}/{record.key}")
    if kept is not None:
        return FileAnswer(
            kept[0], kept[1] or made.content_type, to_text(record.document.get("name"))
        )
    text = record.document.get("dataContent", record.document.get("confFile"))
    return FileAnswer(to_text(text).encode(), made.content_type) if text is not None else made


def _volume_map(call: Call) -> Any:
    """The loudness of a flavor that exists."""
    flavor = to_text(call.arguments.get("flavorId"))
    if not exists(call, "KalturaAsset", flavor):
        raise ApiFault("INVALID_FLAVOR_ASSET_ID", flavor)
    return value_of(call.world, call.action.result)


KNOWN: Mapping[str, Callable[[Call], Any]] = {
    "system.ping": _ping,
    "system.pingDatabase": _ping,
    "system.getTime": _time,
    "system.getVersion": _version,
    "session.start": sessions.start,
    "session.startWidgetSession": sessions.start_widget_session,
    "session.impersonate": sessions.impersonate,
    "session.end": sessions.end,
    "session.get": sessions.get,
    "apptoken.startSession": sessions.start_app_session,
    "uploadtoken.upload": uploads.upload,
    "thumbasset.addFromImage": uploads.add_image,
    "*.addContent": uploads.set_content,
    "*.setContent": uploads.set_content,
    "*.updateContent": uploads.update_content,
    "*.count": _count,
    "*.getByIds": _by_ids,
    "*.clone": _clone,
    "*.updateStatus": _update_status,
    "*.serve": _serve,
    "flavorasset.getVolumeMap": _volume_map,
    "baseentry.approve": _moderate(2),
    "baseentry.reject": _moderate(3),
    "media.approve": _moderate(2),
    "media.reject": _moderate(3),
    "baseentry.flag": _flag,
    "media.flag": _flag,
    "baseentry.listFlags": _list_flags,
    "media.listFlags": _list_flags,
    "baseentry.listByReferenceId": _by_reference,
    "partner.get": _own_partner,
    "partner.getInfo": _partner,
    "partner.update": _partner,
    "user.get": _own_user,
    "user.getByLoginId": _by_login,
    "user.login": _no_login,
    "user.loginByLoginId": _wrong_password,
    "syndicationfeed.requestConversion": _request_conversion,
    "syndicationfeed.getEntryCount": _entry_count,
    "playlist.execute": _execute,
    "schema.serve": _schema,
}
