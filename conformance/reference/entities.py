"""The standard actions on any class: add, get, update and delete (CONTRACT 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.arguments import CLEAR
from conformance.reference.creation import in_order, new_document
from conformance.reference.errors import ApiFault
from conformance.reference.lookup import exists, find, key_values, not_found
from conformance.reference.storage import Record
from conformance.reference.validation import validate_add, validate_update

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.storage import Document
    from conformance.schema.model import Param

ENTRY_FAMILY = "KalturaBaseEntry"
_ADMIN_CLASS = {"KalturaLiveStreamEntry": "KalturaLiveStreamAdminEntry"}
_UNDELETABLE = {
    "KalturaAccessControlProfile": "CANNOT_DELETE_DEFAULT_ACCESS_CONTROL",
    "KalturaConversionProfile": "CANNOT_DELETE_DEFAULT_CONVERSION_PROFILE",
}
# Parameters of adds without an object, where their names differ from the property's.
_PARAMETER_OF = {
    "objectType": "metadataObjectType",
    "xmlData": "xml",
    "xsdData": "xsd",
    "viewsData": "views",
}


def add(call: Call) -> Any:
    """Store a new object and answer it (CONTRACT CRUD-03)."""
    room = _room(call)
    parameter = entity_param(call)
    sent = call.arguments.get(parameter.name) if parameter is not None else None
    sent = dict(sent) if sent is not None else {"objectType": _concrete(call, room)}
    _check_host(call)
    given = _from_parameters(call, sent["objectType"])
    document = {**validate_add(call, room, sent, given), **given}
    _check_owner(call, document)
    if parameter is None or sent.get("type") is None:
        document |= _asked_type(call, document)
    record = store(call, room, document)
    return call.behaviour.show(call, record, _answer_class(room, sent))


def get(call: Call) -> Any:
    """Answer the object that the call names."""
    room = _room(call)
    if call.action.id in call.world.rules.null_when_missing:
        values = key_values(call, room)
        if not exists(call, room.family, str(next(iter(values.values()), ""))):
            return None
    plain = call.world.rules.shown_as.get(call.action.id)
    known = plain if plain in call.world.schema.classes else None
    return call.behaviour.show(call, find(call, room), known)


def update(call: Call) -> Any:
    """Write only what was sent; the rest keeps its value (CONTRACT CRUD-05)."""
    room = _room(call)
    record = find(call, room)
    parameter = entity_param(call)
    sent = call.arguments.get(parameter.name) if parameter is not None else None
    sent = dict(sent) if sent is not None else {"objectType": record.type}
    changes = validate_update(call, room, sent, record)
    _check_owner(call, changes, record)
    changes |= _from_parameters(call, record.type, skip=tuple(key_values(call, room)))
    change(call, room, record, changes)
    return call.behaviour.show(call, record, _answer_class(room, sent))


def delete(call: Call) -> Any:
    """Remove the object; what is answered follows the schema (CONTRACT CRUD-15, CRUD-16)."""
    room = _room(call)
    record = find(call, room)
    if record.document.get("isDefault") and room.family in _UNDELETABLE:
        raise ApiFault(_UNDELETABLE[room.family])
    gone = _deleted_status(call, record)
    if gone is not None:
        record.document["status"] = gone
    record.deleted = room.service not in call.world.rules.soft_deletes
    call.world.storage.put(record)
    if call.action.result.kind == "object":
        return call.behaviour.show(call, record, None)
    return True if call.action.result.kind == "bool" else None


def keep(call: Call, document: Document) -> Document:
    """The document as it is written."""
    return in_order(call.world, document)


def show(call: Call, record: Record, class_name: str | None) -> dict[str, Any]:
    """The object as the caller sees it: of its stored class unless another is asked for.

    Write-only properties are left out (CONTRACT WIRE-48); an admin sees live streams as their
    admin class (INH-02).
    """
    document = record.document
    name = class_name or record.type
    room = call.room
    if (room is not None and record.type != name) or not _fits(call, room, record.type):
        name = name if class_name else room.entity if room else name
    # An add answers the class that was sent (INH-02, OBSERVED 27).
    if call.session.is_admin and call.action.name != "add":
        name = _admin_class(call, name)
    hidden = _hidden(call, name)
    if name == record.type and not hidden:
        return dict(document)
    properties = call.world.decoder.properties(name)
    shown = {
        key: value for key, value in document.items() if key in properties and key not in hidden
    }
    shown["objectType"] = name
    return shown


def store(call: Call, room: Room, document: Document) -> Record:
    """Write a new record for a validated document."""
    world, session = call.world, call.session
    number = world.storage.next_number()
    whole = new_document(
        world, room, document, partner=session.partner_id, user=session.user_id, number=number
    )
    whole = call.behaviour.keep(call, whole)
    key = (
        str(whole["id"])
        if room.has_id and "id" in whole
        else _composite_key(call, room, whole, number)
    )
    record = Record(
        family=room.family,
        key=key,
        number=number,
        partner=session.partner_id,
        owner=str(whole.get("userId", session.user_id)),
        document=whole,
    )
    world.storage.put(record)
    return record


def change(call: Call, room: Room, record: Record, changes: Document) -> None:
    """Write changes into a record."""
    world = call.world
    document = dict(record.document)
    known = world.decoder.properties(record.type)
    for key, value in changes.items():
        if key == "objectType" or key not in known:
            continue
        if value is CLEAR:
            document.pop(key, None)
        else:
            document[key] = value
    if "updatedAt" in known:
        document["updatedAt"] = max(world.now(), int(document.get("updatedAt", 0)))
    document = call.behaviour.keep(call, document)
    if room.has_id and str(document.get("id", record.key)) != record.key:
        world.storage.remove(record)
        record.key = str(document["id"])
    record.document = document
    if "userId" in changes and "userId" in document:
        record.owner = str(document["userId"])
    world.storage.put(record)


def entity_param(call: Call) -> Param | None:
    """The first parameter that is an object: the entity of add and update."""
    return next((param for param in call.action.params if param.type.kind == "object"), None)


def _room(call: Call) -> Room:
    """The room of the call's service, which the dispatcher has made sure of."""
    room = call.room
    if room is None:
        raise ApiFault("INTERNAL_SERVERL_ERROR")
    return room


def _concrete(call: Call, room: Room) -> str:
    """The service's class, or its first concrete descendant."""
    return next(iter(call.world.lineage.concrete(room.entity)), room.entity)


def _check_host(call: Call) -> None:
    """An add to an entry needs that entry (assets, quizzes, bumpers)."""
    entry_id = call.arguments.get("entryId")
    if isinstance(entry_id, str) and not exists(call, ENTRY_FAMILY, entry_id):
        raise ApiFault("ENTRY_ID_NOT_FOUND", entry_id)


def _check_owner(call: Call, document: Document, record: Record | None = None) -> None:
    """A user may not create for, or give to, somebody else (CONTRACT SESS-17)."""
    owner = document.get("userId")
    current = record.owner if record is not None else call.session.user_id
    if call.session.is_admin or owner in (None, "", call.session.user_id, current):
        return
    if _room(call).family == ENTRY_FAMILY:
        raise ApiFault("INVALID_KS", "", "-4", "INVALID_TYPE")


def _from_parameters(call: Call, class_name: str, *, skip: tuple[str, ...] = ()) -> Document:
    """Scalar parameters that are properties of the object as well, such as an asset's entry."""
    known = call.world.decoder.properties(class_name)
    found: Document = {}
    for param in call.action.params:
        name = _PARAMETER_OF.get(param.name, param.name)
        if param.type.kind in {"object", "array", "map", "file"} or param.name in skip:
            continue
        if name in known and param.name in call.arguments and name not in {"type", "id"}:
            found[name] = call.arguments[param.name]
    return found


def _asked_type(call: Call, document: Document) -> Document:
    """The `type` parameter of an add, for objects whose class does not tell it."""
    asked = call.arguments.get("type")
    if asked is None or "type" not in call.world.decoder.properties(document["objectType"]):
        return {}
    return {"type": asked}


def _answer_class(room: Room, sent: Document) -> str | None:
    """Entry services answer in the class that was sent (CONTRACT INH-03)."""
    return str(sent["objectType"]) if room.family == ENTRY_FAMILY else None


def _composite_key(call: Call, room: Room, document: Document, number: int) -> str:
    """The key of an object without id: its key parameters' values, else its number."""
    values = [_key_value(call, document, name) for name in room.keys]
    if not values or any(value is None for value in values):
        return f"#{number}"
    return ",".join(str(value) for value in values)


def _key_value(call: Call, document: Document, parameter: str) -> Any:
    """A key parameter's value: an argument, or the property of its name or of the name's end."""
    if parameter in document:
        return document[parameter]
    if parameter in call.arguments:
        return call.arguments[parameter]
    tails = (name for name in document if parameter.lower().endswith(name.lower()))
    return document.get(next(tails, ""))


def _deleted_status(call: Call, record: Record) -> Any:
    """The `deleted` value of the object's status, where its enum has one."""
    prop = call.world.decoder.properties(record.type).get("status")
    enum = call.world.schema.enums.get((prop.type.enum if prop else None) or "")
    for constant in enum.constants if enum else ():
        if constant.name == "DELETED":
            return int(constant.value) if constant.value.lstrip("-").isdigit() else constant.value
    return None


def _fits(call: Call, room: Room | None, stored: str) -> bool:
    """Whether the stored class is one that the service declares."""
    return room is None or call.world.lineage.is_a(stored, room.entity)


def _admin_class(call: Call, name: str) -> str:
    """The class in which an admin sees objects of a class."""
    other = _ADMIN_CLASS.get(name)
    return other if other is not None and other in call.world.schema.classes else name


def _hidden(call: Call, name: str) -> frozenset[str]:
    """The write-only properties of a class."""
    key = ("hidden", name)
    known: frozenset[str] | None = call.world.notes.get(key)
    if known is None:
        properties = call.world.decoder.properties(name).values()
        known = frozenset(prop.name for prop in properties if prop.write_only)
        call.world.notes[key] = known
    return known


__all__ = ["add", "change", "delete", "find", "get", "keep", "not_found", "show", "store", "update"]
