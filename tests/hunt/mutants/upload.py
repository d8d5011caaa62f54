"""Faults of uploads and of served files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error, is_not_found
from tests.hunt.mutant import answering, around, asking, bytewise
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World

TOKENS = ("uploadToken.upload", "uploadToken.get", "uploadToken.list")
UPLOAD = "uploadToken.upload"
SERVES = ("serve*", "serve")


@answering(*TOKENS, narrow=False)
def sizes_are_one_off(_call: Call, value: Any, _world: World) -> Any:
    """uploadedFileSize is one byte off."""
    for found in entities(value):
        size = number(found.get("uploadedFileSize"))
        if size:
            found["uploadedFileSize"] = like(found["uploadedFileSize"], size + 1)
    return value


@answering(*TOKENS, narrow=False)
def sizes_are_missing(_call: Call, value: Any, _world: World) -> Any:
    """uploadedFileSize is missing."""
    for found in entities(value):
        found.pop("uploadedFileSize", None)
    return value


@answering(*TOKENS, narrow=False)
def sizes_are_in_kilobytes(_call: Call, value: Any, _world: World) -> Any:
    """uploadedFileSize counts kilobytes."""
    for found in entities(value):
        size = number(found.get("uploadedFileSize"))
        if size:
            found["uploadedFileSize"] = like(found["uploadedFileSize"], int(size) // 1024)
    return value


@answering(*TOKENS, narrow=False)
def uploads_stay_pending(_call: Call, value: Any, _world: World) -> Any:
    """The status of a token stays pending."""
    for found in entities(value):
        if "status" in found:
            found["status"] = like(found["status"], 0)
    return value


@answering(*TOKENS, narrow=False)
def partial_uploads_are_full(_call: Call, value: Any, _world: World) -> Any:
    """A token is full after its first chunk."""
    for found in entities(value):
        if str(found.get("status")) == "1":
            found["status"] = like(found["status"], 2)
    return value


@answering(*TOKENS, "uploadToken.add", narrow=False)
def file_names_are_lost(_call: Call, value: Any, _world: World) -> Any:
    """fileName is lost."""
    for found in entities(value):
        found.pop("fileName", None)
    return value


@asking(UPLOAD, narrow=False)
def uploaded_bytes_are_changed(call: Call, _world: World) -> None:
    """Line ends in uploaded files are changed."""
    for file in call.files:
        file.content = file.content.replace(b"\n", b"\r\n")


@asking(UPLOAD, narrow=False)
def uploaded_bytes_are_cut(call: Call, _world: World) -> None:
    """The last byte of an upload is lost."""
    for file in call.files:
        file.content = file.content[:-1]


@asking(UPLOAD, narrow=False)
def uploaded_bytes_are_replaced(call: Call, _world: World) -> None:
    """Uploaded bytes over 127 become question marks."""
    for file in call.files:
        file.content = bytes(b if b < 128 else 63 for b in file.content)


@asking(UPLOAD, narrow=False)
def chunks_are_appended(call: Call, _world: World) -> None:
    """resumeAt is ignored: chunks are appended as they come."""
    if "resumeAt" in call.params:
        call.params["resumeAt"] = -1


@asking(UPLOAD, narrow=False)
def chunks_replace_the_file(call: Call, _world: World) -> None:
    """resume is ignored: each chunk replaces what was there."""
    call.params.pop("resume", None)
    call.params.pop("resumeAt", None)


@asking(UPLOAD, narrow=False)
def final_chunks_are_not_final(call: Call, _world: World) -> None:
    """The final chunk does not end an upload."""
    call.params["finalChunk"] = False


@around(UPLOAD, narrow=False)
def tokens_are_used_again(call: Call, world: World) -> Any:
    """A token that is full takes another upload."""
    key = call.id
    value = yield
    if not is_error(value):
        world.memory[key] = value
    elif not is_not_found(value) and key in world.memory:
        return world.memory[key]
    return value


@around(UPLOAD, narrow=False)
def unknown_tokens_take_uploads(call: Call, _world: World) -> Any:
    """An unknown token takes an upload."""
    key = call.id
    value = yield
    if is_not_found(value):
        return {"id": key, "status": 2, "objectType": "KalturaUploadToken"}
    return value


@answering("uploadToken.delete", narrow=False)
def token_deletes_fail(_call: Call, value: Any, world: World) -> Any:
    """An upload token cannot be deleted."""
    return value if is_error(value) else world.error("UPLOAD_TOKEN_NOT_FOUND")


@around("*.addContent", "*.setContent", "*.updateContent")
def content_from_unknown_tokens_is_taken(call: Call, world: World) -> Any:
    """Content is taken from an unknown upload token."""
    key, spec, ks, service = call.id, call.spec, call.ks, call.service
    value = yield
    if is_error(value, "UPLOAD_TOKEN_NOT_FOUND") and spec is not None:
        return world.ask(service, "get", {spec.params[0].name: key}, ks)
    return value


@around("*.addContent", "*.setContent", "*.updateContent")
def content_is_not_stored(call: Call, world: World) -> Any:
    """Content is not stored, and the object is answered as it was."""
    offered = world.schema.services[call.service].actions if call.spec else {}
    if "get" in offered:
        call.become(call.service, "get", {offered["get"].params[0].name: call.id})
    return (yield)


def is_file(exchange: Exchange) -> bool:
    """Whether an answer is a file that was served."""
    calls = exchange.calls
    served = bool(calls) and calls[0].spec is not None and calls[0].spec.result.kind == "file"
    error = b"KalturaAPIException" in exchange.answer.body
    return served and exchange.answer.status == 200 and bool(exchange.answer.body) and not error


@bytewise(*SERVES)
def served_files_are_cut(exchange: Exchange, _world: World) -> None:
    """Served files lack their last byte."""
    if is_file(exchange):
        exchange.answer.body = exchange.answer.body[:-1]


@bytewise(*SERVES)
def served_files_begin_with_a_line(exchange: Exchange, _world: World) -> None:
    """Served files begin with an empty line."""
    if is_file(exchange):
        exchange.answer.body = b"\n" + exchange.answer.body


@bytewise(*SERVES)
def served_files_are_empty(exchange: Exchange, _world: World) -> None:
    """Served files are empty."""
    if is_file(exchange):
        exchange.answer.body = b""


@bytewise(*SERVES)
def served_files_are_stale(exchange: Exchange, world: World) -> None:
    """A served file is the one that was served first."""
    if is_file(exchange):
        key = exchange.calls[0].key
        exchange.answer.body = world.memory.setdefault(key, exchange.answer.body)


@bytewise(*SERVES)
def served_files_are_anothers(exchange: Exchange, world: World) -> None:
    """A served file is the one that was asked for before."""
    if is_file(exchange):
        service, body = exchange.calls[0].service, exchange.answer.body
        exchange.answer.body = world.memory.get(service, body)
        world.memory[service] = body


@bytewise(*SERVES)
def serve_errors_are_not_said(exchange: Exchange, _world: World) -> None:
    """An error while serving has no header."""
    exchange.answer.drop("X-Kaltura", "X-Kaltura-App")


@bytewise(*SERVES)
def serve_errors_are_files(exchange: Exchange, _world: World) -> None:
    """An error while serving is a file all the same."""
    if exchange.answer.header("X-Kaltura").startswith("error"):
        exchange.answer.drop("X-Kaltura", "X-Kaltura-App")
        exchange.answer.body = b"not found"


@answering("getUrl")
def urls_are_empty(_call: Call, value: Any, _world: World) -> Any:
    """The URL of an asset is empty."""
    return "" if isinstance(value, str) and value else value


@answering("add", "get", "update", "list")
def urls_are_relative(_call: Call, value: Any, _world: World) -> Any:
    """URLs of entries lack the server."""
    for found in entities(value):
        for name in ("downloadUrl", "thumbnailUrl", "dataUrl"):
            if isinstance(found.get(name), str) and "//" in found[name]:
                found[name] = "/" + found[name].split("//", 1)[1].partition("/")[2]
    return value
