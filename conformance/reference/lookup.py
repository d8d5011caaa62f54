"""Finding the object that a call names, and saying how it is missing (CONTRACT ERR-30, SESS-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.families import key_params

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.storage import Document, Record

_GLOBAL_PARTNER = 0
_CHANGES = frozenset({"update", "delete"})


def find(call: Call, room: Room) -> Record:
    """The living object that the call names and its caller may see; else the not-found fault."""
    values = key_values(call, room)
    record = _stored(call, room, values)
    if record is None or not visible(call, room, record):
        wrong = call.world.rules.wrong_class.get(call.action.id)
        if wrong and record is not None and record.partner == call.session.partner_id:
            raise ApiFault(wrong) if not record.deleted else not_found(call, values)
        raise not_found(call, values)
    if call.action.name in _CHANGES and record.partner == _GLOBAL_PARTNER:
        raise not_found(call, values)
    if call.action.id in call.world.rules.exact_class and record.type != room.entity:
        raise not_found(call, values)
    return record


def key_values(call: Call, room: Room) -> dict[str, Any]:
    """The parameters that name the object, with their values."""
    if room.keys and all(name in call.arguments for name in room.keys):
        return {name: call.arguments[name] for name in room.keys}
    for name in key_params(call.action):
        if name in call.arguments:
            return {name: call.arguments[name]}
    return {}


def key_text(values: dict[str, Any]) -> str:
    """The text by which a record is stored and a missing id is echoed."""
    return ",".join(str(value) for value in values.values())


def not_found(call: Call, values: dict[str, Any]) -> ApiFault:
    """The service's way to say that there is no such object."""
    rule = call.world.rules.not_found_of(call.action.service, call.action.name)
    key = key_text(values)
    if rule.args is None:
        template = call.world.schema.errors.get(rule.code)
        slots = len(template.parameters) if template is not None else 1
        return ApiFault(rule.code, *(values.values() if slots == len(values) else (key,)))
    parts = [str(value) for value in values.values()]
    places = {"$id": key, **{f"${number}": part for number, part in enumerate(parts, 1)}}
    named = {name: places.get(text, text) for name, text in rule.args.items()}
    message = rule.message.replace("$id", key) if rule.message else None
    return ApiFault(rule.code, named=named, message=message)


def visible(call: Call, room: Room, record: Record) -> bool:
    """Whether the caller's account, class and ownership let it see a record."""
    rules, session = call.world.rules, call.session
    if record.deleted:
        return False
    is_global = record.partner == _GLOBAL_PARTNER and room.service in rules.global_services
    if session.kind == "none" or not (record.partner == session.partner_id or is_global):
        return False
    is_private = session.kind != "admin" and room.service in rules.own_only
    if is_private and record.owner != session.user_id:
        return False
    return suits(call, room, record)


def suits(call: Call, room: Room, record: Record) -> bool:
    """Whether a service of that class serves objects of the record's class (INH-07, INH-08)."""
    if call.world.lineage.is_a(record.type, room.entity):
        return True
    return room.entity in call.world.rules.alias or record.type in call.world.rules.alias


def exists(call: Call, family: str, key: str, *, class_name: str | None = None) -> bool:
    """Whether the caller's account, or partner 0, has a living object of that key."""
    record = call.world.storage.get(family, key)
    if record is None or record.deleted:
        return False
    if class_name is not None and not call.world.lineage.is_a(record.type, class_name):
        return False
    return record.partner in {call.session.partner_id, _GLOBAL_PARTNER}


def _stored(call: Call, room: Room, values: dict[str, Any]) -> Record | None:
    """The record of these key values, by its key or by its properties."""
    storage = call.world.storage
    if not values:
        return None
    if not room.has_id or (len(values) == 1 and room.lookup == "id"):
        return storage.get(room.family, key_text(values))
    if len(values) == 1:
        values = {room.lookup: next(iter(values.values()))}
    return next(
        (
            record
            for record in storage.all(room.family)
            if record.partner in {call.session.partner_id, _GLOBAL_PARTNER}
            and _agrees(record.document, values)
        ),
        None,
    )


def _agrees(document: Document, values: dict[str, Any]) -> bool:
    """Whether a document has all these values."""
    return all(str(document.get(name)) == str(value) for name, value in values.items())
