"""What becomes of an uploaded file: content of an entry, and served again (CONTRACT section 9)."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import structs

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import shown
from conformance.oracles.upload_answer import answered, breach, not_taken, number, object_of
from conformance.oracles.upload_answer import refused as _refused
from conformance.wire.answer import ApiError, DieError, FileContent, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

CLOSED = 3
"""The status of a token whose file was taken."""
NO_CONTENT = 7
"""The status of an entry that waits for its content (CONTRACT CRUD-21)."""

TOKEN_IS_USED_UP = frozenset(
    {
        "UPLOAD_TOKEN_INVALID_STATUS_FOR_ADD_ENTRY",
        "UPLOADED_FILE_NOT_FOUND_BY_TOKEN",
        "UPLOAD_TOKEN_NOT_FOUND",
    }
)
"""Codes for a token whose file is gone: by its status, or by the file's absence."""

OWN_FILE = 200
SHOWN_BYTES = 40
SHOWN_DIGITS = 12


@oracle("FILE-CONTENT-001")
def content_is_taken(attached: Exchange, entry_id: str) -> Iterator[Breach]:
    """An entry takes the file of a full token, and waits for content no longer."""
    entry = yield from answered(attached)
    if entry is None:
        return
    if str(entry.get("id")) != entry_id:
        yield breach("$.id", repr(entry_id), shown(entry.get("id")), "", attached)
    if number(entry.get("status")) == NO_CONTENT:
        yield breach("$.status", "another than 7 (no content)", "7", "", attached)


@oracle("FILE-CONTENT-002")
def used_token_is_closed(get: Exchange) -> Iterator[Breach]:
    """A token whose file was taken is closed."""
    token = yield from answered(get)
    if token is not None and number(token.get("status")) != CLOSED:
        yield breach("$.status", "3 (closed)", shown(token.get("status")), "", get)


@oracle("FILE-CONTENT-003")
def content_is_added_once(again: Exchange) -> Iterator[Breach]:
    """An entry that has content refuses to have content added."""
    yield from _refused(again, frozenset({"ENTRY_ALREADY_WITH_CONTENT"}))


@oracle("FILE-CONTENT-004")
def content_of_an_unknown_token_is_refused(attached: Exchange) -> Iterator[Breach]:
    """An unknown token is refused as a source of content."""
    yield from _refused(attached, frozenset({"UPLOAD_TOKEN_NOT_FOUND"}))


@oracle("FILE-CONTENT-005")
def used_token_gives_no_second_content(attached: Exchange) -> Iterator[Breach]:
    """The file of a token is taken once; a second entry cannot have it."""
    yield from _refused(attached, TOKEN_IS_USED_UP)


@oracle("FILE-CONTENT-006")
def token_may_be_filled_later(
    attached: Exchange, upload: Exchange, entry: Exchange, entry_id: str
) -> Iterator[Breach]:
    """A token may be attached before its upload; the entry has the content after it."""
    for step in (attached, upload, entry):
        if not isinstance(step.answer, Result | DieError):
            yield not_taken(step)
            return
    held, left = object_of(entry), object_of(upload)
    if held is not None and number(held.get("status")) == NO_CONTENT:
        yield breach("$.status", "another than 7 (no content)", "7", "", attached, upload, entry)
    named = left.get("attachedObjectId") if left is not None else None
    if named not in (None, "") and str(named) != str(entry_id):
        yield breach("$.attachedObjectId", repr(entry_id), shown(named), "", upload)


@oracle("FILE-SERVE-001")
def served_bytes_are_those_given(
    serve: Exchange, content: bytes, *, must_be_served: bool
) -> Iterator[Breach]:
    """What was stored is served byte for byte, or by a redirect to it."""
    answer = serve.answer
    if isinstance(answer, FileContent) and answer.location is not None:
        return
    if isinstance(answer, FileContent | Result):
        body = serve.response.body
        if serve.response.status == OWN_FILE and body != content:
            yield breach("$", _bytes(content), _bytes(body), _difference(content, body), serve)
        return
    if must_be_served:
        yield not_taken(serve)


@oracle("FILE-SERVE-004")
def newest_content_is_served(
    serve: Exchange, content: bytes, earlier: Sequence[Exchange] = ()
) -> Iterator[Breach]:
    """What was stored again is served as it was stored last, after it was served `earlier`."""
    numbers = tuple(each.number for each in earlier)
    for found in served_bytes_are_those_given(serve, content, must_be_served=False):
        yield structs.replace(found, exchanges=(*numbers, *found.exchanges))


@oracle("FILE-CHUNK-005")
def chunks_are_in_their_places(serve: Exchange, content: bytes) -> Iterator[Breach]:
    """A file that came in chunks, in any order, is served as the whole that it was cut from."""
    yield from served_bytes_are_those_given(serve, content, must_be_served=False)


@oracle("FILE-SERVE-002")
def error_of_a_file_is_in_the_header(serve: Exchange, known: Collection[str]) -> Iterator[Breach]:
    """An error inside a file action is an empty answer with the error's code in a header.

    `known` are codes of an object that is not there: told in the body, they came the wrong way.
    """
    answer = serve.answer
    if isinstance(answer, ApiError) and answer.code in known:
        yield breach(
            "$", f"an empty body and the header X-Kaltura: error- {answer.code}",
            f"the error {answer.code} in the body", "", serve,
        )  # fmt: skip
    if not isinstance(answer, DieError):
        return
    if not answer.code:
        yield breach("X-Kaltura", "error- and a code", "error- without one", "", serve)
    told = serve.response.header("X-Kaltura-App")
    if told is not None and answer.code not in told:
        yield breach("X-Kaltura-App", f"a sentence about {answer.code}", shown(told), "", serve)
    if serve.response.status != OWN_FILE:
        yield breach("status", "200", str(serve.response.status), "", serve)


@oracle("FILE-SERVE-003")
def nothing_is_served_for_what_is_not_there(serve: Exchange) -> Iterator[Breach]:
    """A file of an object that does not exist is not served."""
    answer = serve.answer
    if isinstance(answer, FileContent) and answer.location is None and answer.size > 0:
        yield breach("$", "no file", _bytes(serve.response.body), "", serve)


@oracle("FILE-DIRECT-001")
def image_becomes_a_thumbnail(added: Exchange, entry_id: str, size: int) -> Iterator[Breach]:
    """A thumbnail made from a sent image belongs to its entry and is as big as the image."""
    asset = yield from answered(added)
    if asset is None:
        return
    if str(asset.get("entryId")) != entry_id:
        yield breach("$.entryId", repr(entry_id), shown(asset.get("entryId")), "", added)
    for name in ("size", "sizeInBytes"):
        if number(asset.get(name)) not in {None, 0, size}:
            yield breach(f"$.{name}", str(size), shown(asset[name]), "", added)


def _bytes(content: bytes) -> str:
    """Their number, the start of their digest, and their first; the digest tells them apart."""
    told = f"{len(content)} bytes, sha256 {sha256(content).hexdigest()[:SHOWN_DIGITS]}"
    head = content[:SHOWN_BYTES]
    return f"{told}: {head!r}{'…' if len(content) > SHOWN_BYTES else ''}"


def _difference(expected: bytes, actual: bytes) -> str:
    pairs = zip(expected, actual, strict=False)
    place = next((i for i, (one, other) in enumerate(pairs) if one != other), None)
    if place is None:
        place = min(len(expected), len(actual))
    return f"they differ from byte {place} on"
