"""Upload tokens and the content that they bring to an object (CONTRACT 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.entities import ENTRY_FAMILY, change, store
from conformance.reference.errors import ApiFault
from conformance.reference.generated import value_of
from conformance.reference.lookup import exists, find
from conformance.reference.message import Upload
from conformance.reference.scalars import to_int, to_text

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.storage import Record

TOKEN_FAMILY = "KalturaUploadToken"  # noqa: S105 - a class name
_PENDING, _PARTIAL, _FULL, _CLOSED = 0, 1, 2, 3
_NO_CONTENT, _READY, _IMPORTING = 7, 2, 0


def upload(call: Call) -> Any:
    """Take a file or a chunk of one (CONTRACT FILE-02, FILE-03)."""
    room = call.room
    file = call.arguments.get("fileData")
    if room is None or not isinstance(file, Upload):
        raise ApiFault("UPLOAD_ERROR")
    record = find(call, room)
    status = to_int(record.document.get("status"))
    if status not in {_PENDING, _PARTIAL}:
        raise ApiFault("UPLOAD_TOKEN_INVALID_STATUS_FOR_UPLOAD")
    resume = bool(call.arguments.get("resume", False))
    if resume and status == _PENDING:
        raise ApiFault("UPLOAD_TOKEN_CANNOT_RESUME")
    content = _joined(call, record, file.content) if resume else file.content
    call.world.storage.put_content(_place(record), content, file.content_type)
    final = bool(call.arguments.get("finalChunk", True))
    size = to_int(record.document.get("fileSize"))
    if final and size and size != len(content):
        raise ApiFault("UPLOAD_TOKEN_CANNOT_MATCH_EXPECTED_SIZE")
    done = final or (bool(record.document.get("autoFinalize")) and size == len(content))
    changes: dict[str, Any] = {
        "status": _FULL if done else _PARTIAL,
        "uploadedFileSize": len(content),
    }
    if not record.document.get("fileName"):
        changes["fileName"] = file.filename
    change(call, room, record, changes)
    if done:
        _deliver(call, record)
    return call.behaviour.show(call, record, None)


def add_image(call: Call) -> Any:
    """A thumbnail of an entry, made from the image that was sent (CONTRACT FILE-08)."""
    room, file = call.room, call.arguments.get("fileData")
    if room is None or not isinstance(file, Upload):
        raise ApiFault("UPLOAD_ERROR")
    entry_id = to_text(call.arguments.get("entryId"))
    if not exists(call, ENTRY_FAMILY, entry_id):
        raise ApiFault("ENTRY_ID_NOT_FOUND", entry_id)
    size = len(file.content)
    made: dict[str, Any] = {
        "objectType": room.entity,
        "entryId": entry_id,
        "size": size,
        "sizeInBytes": size,
        "fileExt": file.filename.rpartition(".")[2],
    }
    record = store(call, room, made)
    record.document["status"] = _READY
    call.world.storage.put(record)
    call.world.storage.put_content(f"{record.family}/{record.key}", file.content, file.content_type)
    return call.behaviour.show(call, record, None)


def set_content(call: Call) -> Any:
    """Give an object its first content."""
    return _with_content(call, again=False)


def update_content(call: Call) -> Any:
    """Give an object new content."""
    return _with_content(call, again=True)


def _with_content(call: Call, *, again: bool) -> Any:
    """Find the object, take the resource's bytes, and make the object ready."""
    room = call.room
    if room is None:
        return value_of(call.world, call.action.result)
    record = find(call, room)
    place = f"{record.family}/{record.key}"
    if not again and room.family == ENTRY_FAMILY and call.world.storage.content(place):
        raise ApiFault("ENTRY_ALREADY_WITH_CONTENT")
    resource = next((v for v in call.arguments.values() if _is_resource(call, v)), None)
    token = _token_of(call, resource)
    if token is not None and to_int(token.document.get("status")) in {_PENDING, _PARTIAL}:
        _attach(call, record, token)
        change(call, room, record, {"status": _IMPORTING} if room.family == ENTRY_FAMILY else {})
    else:
        content, content_type = _bytes_of(call, resource, token)
        call.world.storage.put_content(place, content, content_type)
        _make_ready(call, room, record, len(content))
    if call.action.result.kind == "object":
        return call.behaviour.show(call, record, None)
    return value_of(call.world, call.action.result)


def _is_resource(call: Call, value: Any) -> bool:
    """Whether an argument says where content comes from."""
    return isinstance(value, dict) and call.world.lineage.is_a(
        to_text(value.get("objectType")), "KalturaResource"
    )


def _token_of(call: Call, resource: dict[str, Any] | None) -> Record | None:
    """The token that a resource names; None where it names none."""
    if resource is None or "token" not in resource:
        return None
    token = call.world.storage.get(TOKEN_FAMILY, to_text(resource["token"]))
    if token is None or token.deleted or token.partner != call.session.partner_id:
        raise ApiFault("UPLOAD_TOKEN_NOT_FOUND")
    if to_int(token.document.get("status")) not in {_PENDING, _PARTIAL, _FULL}:
        raise ApiFault("UPLOAD_TOKEN_INVALID_STATUS_FOR_ADD_ENTRY")
    return token


def _bytes_of(
    call: Call, resource: dict[str, Any] | None, token: Record | None
) -> tuple[bytes, str]:
    """The content of a resource: an uploaded file, a text, or a stand-in for a remote one."""
    if token is not None:
        return _consume(call, token)
    if resource is None:
        return b"", ""
    if "content" in resource:
        return to_text(resource["content"]).encode(), "text/plain"
    return b"content from elsewhere", ""


def _consume(call: Call, token: Record) -> tuple[bytes, str]:
    """The bytes of a token, which is closed by that."""
    token.document["status"] = _CLOSED
    call.world.storage.put(token)
    return call.world.storage.content(_place(token)) or (b"", "")


def _attach(call: Call, record: Record, token: Record) -> None:
    """The object waits for the token's file (CONTRACT FILE-06)."""
    token.document["attachedObjectType"] = record.type
    token.document["attachedObjectId"] = record.key
    call.world.notes[("waiting", token.key)] = record
    call.world.storage.put(token)


def _deliver(call: Call, token: Record) -> None:
    """A token that is full gives its file to the object that waits for it."""
    record = call.world.notes.pop(("waiting", token.key), None)
    if record is None or record.deleted:
        return
    content, content_type = _consume(call, token)
    place = f"{record.family}/{record.key}"
    call.world.storage.put_content(place, content, content_type)
    if "status" in record.document:
        record.document["status"] = _READY
    call.world.storage.put(record)


def _make_ready(call: Call, room: Room, record: Record, size: int) -> None:
    """The object is ready: no conversion is waited for."""
    known = call.world.decoder.properties(record.type)
    changes: dict[str, Any] = {}
    if "status" in known and record.document.get("status") in {_NO_CONTENT, 0, None}:
        changes["status"] = _READY
    if "size" in known:
        changes["size"] = size
    change(call, room, record, changes)


def _joined(call: Call, record: Record, chunk: bytes) -> bytes:
    """What is there with the chunk at its offset; -1 appends."""
    before = (call.world.storage.content(_place(record)) or (b"", ""))[0]
    offset = to_int(call.arguments.get("resumeAt", -1))
    if offset < 0:
        return before + chunk
    head = before[:offset].ljust(offset, b"\0")
    return head + chunk + before[offset + len(chunk) :]


def _place(record: Record) -> str:
    """Where a token's bytes are kept."""
    return f"{TOKEN_FAMILY}/{record.key}"
