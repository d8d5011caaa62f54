"""What a service refuses when an object is added or updated (stage S9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.arguments import CLEAR
from conformance.reference.errors import ApiFault
from conformance.reference.families import family_of
from conformance.reference.lookup import exists
from conformance.reference.scalars import to_text

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.rules import Reference, Unique
    from conformance.reference.storage import Document, Record
    from conformance.schema.model import Property

_USER_ID = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,!#$%&'*+?^_{}~.@-`|"
)
_FORBIDDEN_IN_USER_ID = frozenset(",;<> ")
_USER_ID_LIMIT = 320


def validate_add(call: Call, room: Room, sent: Document, given: Document) -> Document:
    """The sent object without what is ignored on add, or the first fault.

    `given` is what came beside the object, as parameters of their own.
    """
    name = sent["objectType"]
    _check_required(call, name, {**given, **sent})
    if call.world.lineage.is_a(name, "KalturaBaseUser"):
        check_user_id(sent.get("id"))
    if sent.get("autoFinalize") and not sent.get("fileSize"):
        raise ApiFault("UPLOAD_TOKEN_MISSING_FILE_SIZE")
    kept = _without_refused(call, name, sent, None)
    _check_admin_only(call, name, kept)
    check_demanded(call, name, kept)
    check_references(call, name, kept)
    check_unique(call, room, name, kept, None)
    return kept


def validate_update(call: Call, room: Room, sent: Document, record: Record) -> Document:
    """The sent changes without what is ignored on update, or the first fault."""
    name = sent["objectType"]
    changes = _without_refused(call, name, sent, record)
    _check_admin_only(call, name, changes)
    check_references(call, name, changes)
    check_unique(call, room, name, {**record.document, **changes}, record)
    return changes


def check_user_id(value: Any) -> None:
    """A user id holds certain characters only (CONTRACT SESS-19, OBSERVED 24)."""
    text = to_text(value) if value is not CLEAR else ""
    if text == "0":
        raise ApiFault("PROPERTY_VALIDATION_CANNOT_BE_NULL", "KalturaUser::id")
    legal = 0 < len(text) <= _USER_ID_LIMIT and set(text) <= _USER_ID - _FORBIDDEN_IN_USER_ID
    if not legal:
        raise ApiFault("INVALID_FIELD_VALUE", "id")


def check_demanded(call: Call, name: str, sent: Document) -> None:
    """What an object cannot be without, where its absence is told as an unknown object's."""
    for rule in _references(call, name):
        if rule.demanded and sent.get(rule.property) in (None, "", CLEAR):
            raise ApiFault(rule.code)


def check_references(call: Call, name: str, sent: Document) -> None:
    """What an object names must exist in the caller's account."""
    for rule in _references(call, name):
        value = sent.get(rule.property)
        if value is None or value is CLEAR or value == "" or _is_none_id(value):
            continue
        if any(sent.get(key) != wanted for key, wanted in rule.only_when.items()):
            continue
        family = family_of(call.world.lineage, call.world.rules, rule.to)
        for key in to_text(value).split(","):
            if key and not _known(call, rule.to, family, key):
                raise ApiFault(rule.code, key)


def check_unique(call: Call, room: Room, name: str, document: Document, own: Record | None) -> None:
    """No two living objects of an account share a natural key (CONTRACT CRUD-18)."""
    for rule in _uniques(call, name):
        values = [document.get(prop) for prop in rule.properties]
        missing = any(value in (None, "", CLEAR) for value in values)
        if missing and not (rule.even_missing and own is None):
            continue
        wanted = ["" if missing else to_text(value).lower() for value in values]
        for other in call.world.storage.all(room.family):
            if other is own or other.partner not in {call.session.partner_id, 0}:
                continue
            found = [to_text(other.document.get(p) or "").lower() for p in rule.properties]
            if found == wanted and _above(document, rule) == _above(other.document, rule):
                raise ApiFault(rule.code, "N/A" if missing else to_text(values[0]))


def _above(document: Document, rule: Unique) -> str:
    above = to_text(document.get(rule.below) or "") if rule.below else ""
    return "" if above == "0" else above


def _check_required(call: Call, name: str, sent: Document) -> None:
    """The first required property that is missing (CONTRACT 5.2)."""
    for prop in _required(call, name):
        if sent.get(prop) in (None, "", CLEAR):
            raise ApiFault("PROPERTY_VALIDATION_CANNOT_BE_NULL", f"{name}::{prop}")


def _without_refused(call: Call, name: str, sent: Document, stored: Record | None) -> Document:
    """Refuse what may not be set, in the class's order; drop what is ignored (CRUD-08, CRUD-09).

    `stored` is the record that an update changes. An insert-only property may be sent again as
    it is.
    """
    ignored = _ignored(call, name, on_update=stored is not None)
    lenient = call.action.id in call.world.rules.lenient_read_only
    for key, prop in _locked(call, name).items():
        if key not in sent or key in ignored or lenient:
            continue
        if prop.read_only or (stored is not None and stored.document.get(key) != sent[key]):
            raise ApiFault("PROPERTY_VALIDATION_NOT_UPDATABLE", f"{name}::{key}")
    locked = _locked(call, name) if lenient else {}
    return {
        key: value
        for key, value in sent.items()
        if key not in ignored
        and not (key in locked and (locked[key].read_only or stored is not None))
    }


def _locked(call: Call, name: str) -> dict[str, Property]:
    """The read-only and insert-only properties of a class, in its order."""
    key = ("locked", name)
    known: dict[str, Property] | None = call.world.notes.get(key)
    if known is None:
        properties = call.world.decoder.properties(name)
        known = {n: prop for n, prop in properties.items() if prop.read_only or prop.insert_only}
        call.world.notes[key] = known
    return known


def _check_admin_only(call: Call, name: str, sent: Document) -> None:
    """Some properties of entries are for admins to set (OBSERVED 14)."""
    if call.session.is_admin:
        return
    for pattern in call.world.rules.admin_properties:
        owner, _, prop = pattern.partition(".")
        if prop in sent and call.world.lineage.is_a(name, owner):
            raise ApiFault("PROPERTY_VALIDATION_ADMIN_PROPERTY", prop)


def _chain(call: Call, name: str) -> tuple[str, ...]:
    """A class and its ancestors."""
    return (name, *call.world.lineage.ancestors(name))


def _required(call: Call, name: str) -> tuple[str, ...]:
    """Properties required when an object of the class is added by this action."""
    key = ("required", call.action.id, name)
    known: tuple[str, ...] | None = call.world.notes.get(key)
    if known is None:
        rules = call.world.rules.required
        patterns = (call.action.id, *reversed(_chain(call, name)))
        available = call.world.decoder.properties(name)
        found = [
            prop for pattern in patterns for prop in rules.get(pattern, ()) if prop in available
        ]
        known = call.world.notes[key] = tuple(dict.fromkeys(found))
    return known


def _ignored(call: Call, name: str, *, on_update: bool) -> frozenset[str]:
    """Properties of the class that are accepted and dropped."""
    key = ("ignored", name, on_update)
    known: frozenset[str] | None = call.world.notes.get(key)
    if known is None:
        rules = call.world.rules
        patterns = rules.ignored_on_update if on_update else rules.ignored_on_add
        pairs = (pattern.partition(".") for pattern in patterns)
        known = call.world.notes[key] = frozenset(
            prop for owner, _, prop in pairs if call.world.lineage.is_a(name, owner)
        )
    return known


def _references(call: Call, name: str) -> list[Reference]:
    """The reference rules of a class."""
    key = ("references", name)
    if key not in call.world.notes:
        call.world.notes[key] = [
            rule
            for rule in call.world.rules.reference
            if call.world.lineage.is_a(name, rule.class_name)
        ]
    found: list[Reference] = call.world.notes[key]
    return found


def _uniques(call: Call, name: str) -> list[Unique]:
    """The natural keys of a class."""
    key = ("uniques", name)
    if key not in call.world.notes:
        call.world.notes[key] = [
            rule
            for rule in call.world.rules.unique
            if call.world.lineage.is_a(name, rule.class_name)
        ]
    found: list[Unique] = call.world.notes[key]
    return found


def _known(call: Call, class_name: str, family: str, key: str) -> bool:
    """Whether a referenced object exists; `*` stands for any family."""
    if class_name != "*":
        return exists(call, family, key, class_name=class_name)
    return any(exists(call, room.family, key) for room in call.world.rooms.values())


def _is_none_id(value: Any) -> bool:
    """0 and -1 as a reference mean "none"."""
    return value in {0, -1} if isinstance(value, int) else False
