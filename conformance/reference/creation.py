"""How a document comes to be: what the server fills in, and the order in which it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.arguments import CLEAR

if TYPE_CHECKING:
    from conformance.reference.families import Room
    from conformance.reference.storage import Document
    from conformance.reference.world import World

_FIRST_NUMBER = 1000
_TOKEN_BITS = 128
_UPLOAD_TOKEN = "KalturaUploadToken"  # noqa: S105 - a class name


def new_document(
    world: World, room: Room, sent: Document, *, partner: int, user: str, number: int
) -> Document:
    """The sent object with identity, times and defaults, in the order of its class."""
    name = sent["objectType"]
    properties = world.decoder.properties(name)
    now = world.now()
    given = {key: value for key, value in sent.items() if value is not CLEAR}
    document = dict(given)
    for key in ("createdAt", "updatedAt"):
        if key in properties:
            document[key] = now
    if "partnerId" in properties:
        document["partnerId"] = partner
    if room.has_id and given.get("id") in (None, ""):
        document["id"] = _new_id(world, room, number)
    filled = {
        "$id": document.get("id", ""),
        "$now": now,
        "$user": given.get("userId", user),
        "$partner": partner,
        "$url": world.url,
        "$name": given.get("name", ""),
        "$access": _default_access(world, partner),
        "$token": f"{world.rng.getrandbits(_TOKEN_BITS):032x}",
    }
    for key, value in class_defaults(world, name).items():
        if key not in given:
            document[key] = _fill(value, filled)
    _take_place(world, room, document)
    if "ownerId" in properties and "ownerId" not in document:
        document["ownerId"] = user
    return in_order(world, document)


def _take_place(world: World, room: Room, document: Document) -> None:
    """Set depth and paths of what stands under another of its family: a category."""
    parent = world.storage.get(room.family, str(document.get("parentId", "")))
    if parent is None or "fullIds" not in document:
        return
    above = parent.document
    document["depth"] = above.get("depth", 0) + 1
    document["fullIds"] = f"{above.get('fullIds', '')}>{document['id']}"
    document["fullName"] = f"{above.get('fullName', '')}>{document.get('name', '')}"


def in_order(world: World, document: Document) -> Document:
    """The document with its properties base to derived and `objectType` last."""
    name = document["objectType"]
    ordered = {
        key: document[key]
        for key in world.decoder.properties(name)
        if document.get(key) is not None
    }
    ordered["objectType"] = name
    return ordered


def class_defaults(world: World, name: str) -> dict[str, Any]:
    """What the server fills in for a class: inherited defaults, and what tells its class."""
    key = ("defaults", name)
    known: dict[str, Any] | None = world.notes.get(key)
    if known is None:
        properties = world.decoder.properties(name)
        chain = (*reversed(world.lineage.ancestors(name)), name)
        known = {}
        for each in chain:
            known.update(world.rules.defaults.get(each, {}))
        for rule in world.rules.discriminator:
            for each in chain:
                if each in rule.values:
                    known[rule.property] = rule.values[each]
        known = {prop: value for prop, value in known.items() if prop in properties}
        world.notes[key] = known
    return known


def _new_id(world: World, room: Room, number: int) -> Any:
    """A fresh id of the kind that the family has."""
    if room.numeric_id:
        return _FIRST_NUMBER + number
    if room.entity == _UPLOAD_TOKEN:
        return f"0_{world.rng.getrandbits(_TOKEN_BITS):032x}"
    return world.random_id()


def _default_access(world: World, partner: int) -> Any:
    """The id of the account's default access control profile, or 0."""
    records = world.storage.all("KalturaAccessControlProfile")
    return next(
        (
            record.document["id"]
            for record in records
            if record.partner == partner and record.document.get("isDefault")
        ),
        0,
    )


def _fill(value: Any, filled: dict[str, Any]) -> Any:
    """A default with its placeholders replaced; a lone placeholder keeps its type."""
    if not isinstance(value, str) or "$" not in value:
        return list(value) if isinstance(value, list) else value
    if value in filled:
        return filled[value]
    for name, text in filled.items():
        value = value.replace(name, str(text))
    return value
