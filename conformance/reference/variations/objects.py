"""What a server makes of the objects that it is given."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.entities import ENTRY_FAMILY
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.lookup import find
from conformance.reference.scalars import cut_bytes
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Document

_NAME_BYTES = 256
_TAG_BYTES = 100
_CLOCK_SECONDS = 2
_MARKUP = re.compile(r"<[^>]*>")
_DOCUMENTS = frozenset({"xml", "xsd", "xslt", "views"})
_BEYOND_THE_PLANE = re.compile("[\U00010000-\U0010ffff]")
_TEMPLATE = {
    "description": "from the template entry",
    "tags": "template, company",
    "partnerData": "template",
    "startDate": 1_500_000_000,
    "creditUserName": "template",
}
_ROLE_NAME_BYTES = 100
_EVENT = "KalturaScheduleEvent"
_EVENT_STEP = 10
_QUEUED = 0
_PRECONVERT = 1
_READY = 2


@variation("CONTRACT CRUD-22, TRAP-24")
def entries_are_made_from_a_template(behaviour: Behaviour) -> Behaviour:
    """An entry that is added takes what was not sent from the account's template entry."""

    def change(call: Call, document: Document) -> Document:
        if call.action.name != "add" or not _is_entry(call, document):
            return document
        known = call.world.decoder.properties(str(document["objectType"]))
        taken = {name: value for name, value in _TEMPLATE.items() if name in known}
        sent = {name: value for name, value in document.items() if value not in (None, "")}
        return {**document, **taken, **sent, "objectType": document["objectType"]}

    return alteration.kept(behaviour, change)


@variation("CONTRACT CRUD-13")
def tags_are_normalised(behaviour: Behaviour) -> Behaviour:
    """Tags are trimmed, lose doubles and are joined with a comma and a blank."""

    def change(_call: Call, document: Document) -> Document:
        for name in ("tags", "adminTags"):
            if isinstance(document.get(name), str):
                parts = (part.strip() for part in document[name].split(","))
                kept = dict.fromkeys(cut_bytes(part, _TAG_BYTES) for part in parts if part)
                document[name] = ", ".join(kept)
        return document

    return alteration.kept(behaviour, change)


@variation("CONTRACT CRUD-13")
def texts_are_trimmed(behaviour: Behaviour) -> Behaviour:
    """Blanks around a text are dropped."""
    return _texts(behaviour, str.strip)


@variation("CONTRACT CRUD-13")
def markup_is_purified(behaviour: Behaviour) -> Behaviour:
    """HTML is taken out of texts, and a bare ampersand or bracket is escaped."""

    def purified(text: str) -> str:
        plain = _MARKUP.sub("", text)
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    written = ("name", "description", "dataContent", "confFile")
    return _texts(behaviour, purified, names=written)


@variation("CONTRACT CRUD-13, 3.2: UNSAFE_HTML_TAGS")
def markup_is_refused(behaviour: Behaviour) -> Behaviour:
    """A text with HTML in it is refused, but where documents are kept."""

    def change(_call: Call, document: Document) -> Document:
        for name, value in document.items():
            if isinstance(value, str) and name not in _DOCUMENTS and _MARKUP.search(value):
                raise ApiFault("UNSAFE_HTML_TAGS", str(document["objectType"]), name)
        return document

    return alteration.kept(behaviour, change)


@variation("CONTRACT CRUD-13; OBSERVED 23")
def names_are_cut(behaviour: Behaviour) -> Behaviour:
    """A name is cut to 256 bytes, never inside of a character."""
    return _texts(behaviour, lambda text: cut_bytes(text, _NAME_BYTES), names=("name",))


@variation("OBSERVED 23")
def texts_have_three_bytes_a_character(behaviour: Behaviour) -> Behaviour:
    """Characters beyond the Basic Multilingual Plane are stored as question marks."""
    return _texts(behaviour, lambda text: _BEYOND_THE_PLANE.sub("????", text))


@variation("OBSERVED 24")
def brackets_in_category_names_are_replaced(behaviour: Behaviour) -> Behaviour:
    """A greater-than sign in a category's name becomes an underscore."""

    def change(call: Call, document: Document) -> Document:
        if call.action.service == "category" and isinstance(document.get("name"), str):
            document["name"] = document["name"].replace(">", "_")
        return document

    return alteration.kept(behaviour, change)


@variation("profile clock-skew-seconds: the database has a clock of its own")
def times_are_of_another_clock(behaviour: Behaviour) -> Behaviour:
    """createdAt and updatedAt are two seconds behind the web server's time."""

    def change(call: Call, document: Document) -> Document:
        is_new = document.get("createdAt") == call.world.now()
        for name in ("createdAt", "updatedAt"):
            if is_new and isinstance(document.get(name), int):
                document[name] -= _CLOCK_SECONDS
        return document

    return alteration.kept(behaviour, change)


@variation("CONTRACT CRUD-12")
def side_processes_touch_objects(behaviour: Behaviour) -> Behaviour:
    """updatedAt moves without an update: jobs and statistics write too."""

    def change(call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        return {**seen, "updatedAt": call.world.now()} if "updatedAt" in seen else seen

    return alteration.shown(behaviour, change)


@variation("CONTRACT CRUD-12")
def statistics_grow(behaviour: Behaviour) -> Behaviour:
    """Plays, views, votes and ranks of an entry grow from one read to the next."""
    asked = iter(range(1, 2**62))

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        grown: dict[str, Any] = {
            name: next(asked) for name in ("plays", "views", "votes", "rank") if name in seen
        }
        return {**seen, **grown}

    return alteration.shown(behaviour, change)


@variation("CONTRACT CRUD-12")
def empty_updates_touch_nothing(behaviour: Behaviour) -> Behaviour:
    """An update that changes no column leaves updatedAt as it was."""

    def change(call: Call, document: Document) -> Document:
        room = call.room
        if call.action.name != "update" or room is None:
            return document
        record = call.world.storage.get(room.family, str(document.get("id")))
        before = dict(record.document) if record is not None else {}
        now = {**document, "updatedAt": before.get("updatedAt")}
        return now if before.get("updatedAt") is not None and now == before else document

    return alteration.kept(behaviour, change)


@variation("CRUD-12: what follows from other things; recorded of schedule events in 22.19.0")
def events_count_their_updates(behaviour: Behaviour) -> Behaviour:
    """The sequence of a schedule event is higher after each update, as calendars ask for."""

    def change(call: Call, document: Document) -> Document:
        is_event = call.world.lineage.is_a(str(document["objectType"]), _EVENT)
        if is_event and call.action.name == "update":
            document["sequence"] = int(document.get("sequence") or 0) + _EVENT_STEP
        return document

    return alteration.kept(behaviour, change)


@variation("CONTRACT CRUD-13: a clone may be named by the server; names have a length")
def clones_of_roles_have_names_of_their_own(behaviour: Behaviour) -> Behaviour:
    """A cloned role is named after its original and the time; 100 bytes of a name are kept."""
    is_clone = alteration.in_actions("userrole.clone")

    def named(text: Any) -> str:
        return f"{text} copy (Thu 26 Nov o, 18:33:01.)"

    def kept(call: Call, document: Document) -> Document:
        if call.action.service == "userrole" and isinstance(document.get("name"), str):
            name = named(document["name"]) if is_clone(call) else document["name"]
            document["name"] = cut_bytes(name, _ROLE_NAME_BYTES)
        return document

    def answered(call: Call, value: Any) -> Any:
        # What is answered is not read again from the column.
        room = call.room
        record = find(call, room) if room is not None else None
        return {**value, "name": named(record.document["name"])} if record is not None else value

    return alteration.answer(alteration.kept(behaviour, kept), "other", answered, when=is_clone)


@variation("CONTRACT CRUD-16: some deletes only change the status")
def deleted_permissions_stay(behaviour: Behaviour) -> Behaviour:
    """A deleted permission is still found by its name: read, updated, deleted again."""

    def delete(call: Call) -> Any:
        room = call.room
        if room is None or call.action.service != "permission":
            return behaviour.delete(call)
        record = find(call, room)
        value = behaviour.delete(call)
        record.deleted = False
        call.world.storage.put(record)
        return value

    return replace(behaviour, delete=delete)


@variation("CONTRACT FILE-07, CRUD-21")
def content_is_processed_later(behaviour: Behaviour) -> Behaviour:
    """No batch worker runs: an entry with content stays in the queue for conversion."""

    def change(call: Call, document: Document) -> Document:
        gets_content = call.action.name in {"addContent", "updateContent", "setContent"}
        if gets_content and document.get("status") == _READY:
            document["status"] = _PRECONVERT if _is_entry(call, document) else _QUEUED
        return document

    return alteration.kept(behaviour, change)


@variation("CONTRACT FILE-07, CRUD-12: batch workers run")
def content_is_processed_meanwhile(behaviour: Behaviour) -> Behaviour:
    """Batch workers run: an entry with content goes from import to conversion and gets ready."""
    looks: dict[str, int] = {}

    def change(call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        if seen.get("status") != _READY or not _is_entry(call, seen):
            return seen
        place = f"{ENTRY_FAMILY}/{seen.get('id')}"
        if call.world.storage.content(place) is None:
            return seen
        look = looks[place] = looks.get(place, -1) + 1
        status = (_QUEUED, _PRECONVERT, _PRECONVERT, _READY)[min(look, 3)]
        return {**seen, "status": status, "updatedAt": call.world.now()}

    return alteration.shown(behaviour, change)


@variation("CONTRACT FILE-09; OBSERVED 36")
def upload_tokens_name_a_host(behaviour: Behaviour) -> Behaviour:
    """An upload token says where to upload, and its sizes are texts."""

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        if seen.get("objectType") != "KalturaUploadToken":
            return seen
        sizes: dict[str, Any] = {
            n: str(seen[n]) for n in ("fileSize", "uploadedFileSize") if n in seen
        }
        return {**seen, **sizes, "uploadUrl": "http://127.0.0.1:9/upload"}

    return alteration.shown(behaviour, change)


def _texts(behaviour: Behaviour, change: Any, *, names: tuple[str, ...] = ()) -> Behaviour:
    """Change the texts of documents as they are written: those named, or all but the identity."""
    kept = ("objectType", "id", "systemName")

    def changed(call: Call, document: Document) -> Document:
        known = call.world.decoder.properties(str(document["objectType"]))
        return {
            name: change(value)
            if isinstance(value, str) and (name in names if names else _is_text(known, name, kept))
            else value
            for name, value in document.items()
        }

    return alteration.kept(behaviour, changed)


def _is_text(known: Any, name: str, kept: tuple[str, ...]) -> bool:
    """Whether a property is a text that people write."""
    prop = known.get(name)
    return (
        prop is not None and prop.type.kind == "string" and not prop.type.enum and name not in kept
    )


def _is_entry(call: Call, document: Document) -> bool:
    """Whether a document is an entry's."""
    return call.world.lineage.is_a(str(document["objectType"]), ENTRY_FAMILY)
