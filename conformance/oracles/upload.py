"""What a server owes from an upload token to a whole file in it (CONTRACT section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import shown
from conformance.oracles.upload_answer import answered, breach, in_status, number, object_of, plain
from conformance.oracles.upload_answer import refused as _refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

PENDING, PARTIAL, FULL = 0, 1, 2
"""Statuses of a token before its file is used."""

UNKNOWN_TOKEN = frozenset({"UPLOAD_TOKEN_NOT_FOUND"})
TOKEN_CANNOT_TAKE = frozenset({"UPLOAD_TOKEN_INVALID_STATUS_FOR_UPLOAD"})


@oracle("FILE-TOKEN-001")
def new_token_is_pending(add: Exchange) -> Iterator[Breach]:
    """A new upload token has an id, the status pending, and nothing uploaded."""
    token = yield from answered(add)
    if token is None:
        return
    # An id of digits may come as a number, as every text may (CONTRACT WIRE-47).
    if not isinstance(token.get("id"), str | int) or not token["id"]:
        yield breach("$.id", "an id", shown(token.get("id")), "", add)
    if number(token.get("status")) != PENDING:
        yield breach("$.status", "0 (pending)", shown(token.get("status")), "", add)
    if number(token.get("uploadedFileSize")) not in {None, 0}:
        yield breach("$.uploadedFileSize", "nothing yet", shown(token["uploadedFileSize"]), "", add)


@oracle("FILE-TOKEN-002")
def finalizing_itself_needs_a_size(add: Exchange) -> Iterator[Breach]:
    """A token that shall finalize itself is refused without the size that it waits for."""
    yield from _refused(add, frozenset({"UPLOAD_TOKEN_MISSING_FILE_SIZE"}))


@oracle("FILE-UPLOAD-001")
def one_piece_fills_the_token(upload: Exchange, token_id: str) -> Iterator[Breach]:
    """A file that is sent in one piece makes the token full."""
    yield from in_status(upload, token_id, FULL, "2 (full)")


@oracle("FILE-UPLOAD-002")
def size_is_what_was_sent(upload: Exchange, size: int) -> Iterator[Breach]:
    """uploadedFileSize is the number of bytes that were sent."""
    token = object_of(upload)
    if token is not None and number(token.get("uploadedFileSize")) != size:
        hint = "were bytes lost, doubled or recoded?"
        yield breach(
            "$.uploadedFileSize", str(size), shown(token.get("uploadedFileSize")), hint, upload
        )


@oracle("FILE-UPLOAD-003")
def file_name_is_known(upload: Exchange, name: str) -> Iterator[Breach]:
    """A token without a file name takes that of the file; one that has a name keeps it."""
    token = object_of(upload)
    if token is not None and token.get("fileName") != name:
        yield breach("$.fileName", repr(name), shown(token.get("fileName")), "", upload)


@oracle("FILE-UPLOAD-004")
def get_shows_the_upload(upload: Exchange, get: Exchange) -> Iterator[Breach]:
    """get answers the token as the upload left it."""
    left = object_of(upload)
    if left is None:
        return
    token = yield from answered(get)
    if token is None:
        return
    for name in ("id", "status", "uploadedFileSize", "fileName"):
        before, after = (plain(value.get(name)) for value in (left, token))
        if before != after:
            yield breach(
                f"$.{name}", shown(left.get(name)), shown(token.get(name)),
                "the upload answered otherwise", upload, get,
            )  # fmt: skip


@oracle("FILE-UPLOAD-005")
def list_shows_the_upload(upload: Exchange, listed: Exchange) -> Iterator[Breach]:
    """A list shows the token as the upload left it; without it, freshness is another rule's."""
    left, page = object_of(upload), object_of(listed)
    objects = page.get("objects") if page is not None else None
    if left is None or not isinstance(objects, list):
        return
    for index, token in enumerate(objects):
        if isinstance(token, dict) and token.get("id") == left.get("id"):
            for name in ("status", "uploadedFileSize", "fileName"):
                if plain(left.get(name)) != plain(token.get(name)):
                    yield breach(
                        f"$.objects[{index}].{name}", shown(left.get(name)),
                        shown(token.get(name)), "the upload answered otherwise", upload, listed,
                    )  # fmt: skip


@oracle("FILE-CHUNK-001")
def first_chunk_leaves_the_token_partial(
    upload: Exchange, token_id: str, size: int
) -> Iterator[Breach]:
    """A chunk that is not the final one makes the token partial, with the chunk's size."""
    yield from in_status(upload, token_id, PARTIAL, "1 (partial)")
    token = object_of(upload)
    if token is not None and number(token.get("uploadedFileSize")) != size:
        yield breach(
            "$.uploadedFileSize", str(size), shown(token.get("uploadedFileSize")), "", upload
        )


@oracle("FILE-CHUNK-002")
def chunks_make_the_whole(last: Exchange, token_id: str, size: int) -> Iterator[Breach]:
    """Chunks at their offsets, in whatever order, make a full token of the whole size."""
    yield from in_status(last, token_id, FULL, "2 (full)")
    token = object_of(last)
    if token is not None and number(token.get("uploadedFileSize")) != size:
        hint = "was a chunk put in the wrong place?"
        yield breach(
            "$.uploadedFileSize", str(size), shown(token.get("uploadedFileSize")), hint, last
        )


@oracle("FILE-CHUNK-003")
def empty_last_chunk_ends_the_upload(last: Exchange, token_id: str) -> Iterator[Breach]:
    """The final chunk may be empty."""
    yield from in_status(last, token_id, FULL, "2 (full)")


@oracle("FILE-CHUNK-004")
def chunk_in_between_is_taken(upload: Exchange, token_id: str) -> Iterator[Breach]:
    """A resumed chunk that is not the final one is taken and leaves the token partial."""
    yield from in_status(upload, token_id, PARTIAL, "1 (partial)")


@oracle("FILE-ERROR-001")
def unknown_token_is_refused(exchange: Exchange) -> Iterator[Breach]:
    """An unknown upload token is answered UPLOAD_TOKEN_NOT_FOUND, without arguments."""
    yield from _refused(exchange, UNKNOWN_TOKEN)
    error = exchange.error
    if error is not None and error.code in UNKNOWN_TOKEN and error.args:
        yield breach("$.args", "empty", shown(dict(error.args)), "", exchange)


@oracle("FILE-ERROR-002")
def full_token_takes_no_more(upload: Exchange) -> Iterator[Breach]:
    """An upload to a token that is full or closed is refused for its status."""
    yield from _refused(upload, TOKEN_CANNOT_TAKE)


@oracle("FILE-ERROR-003")
def resuming_needs_a_beginning(upload: Exchange) -> Iterator[Breach]:
    """A resumed chunk is refused while the token has no data at all."""
    yield from _refused(upload, frozenset({"UPLOAD_TOKEN_CANNOT_RESUME"}))


@oracle("FILE-ERROR-004")
def text_is_no_file(exchange: Exchange) -> Iterator[Breach]:
    """A text in the place of a file is answered UPLOAD_ERROR."""
    yield from _refused(exchange, frozenset({"UPLOAD_ERROR"}))


@oracle("FILE-ERROR-005")
def absent_file_is_missed(exchange: Exchange, param: str) -> Iterator[Breach]:
    """A file that is not sent is answered MISSING_MANDATORY_PARAMETER with the parameter's name."""
    yield from _refused(exchange, frozenset({"MISSING_MANDATORY_PARAMETER"}))
    error = exchange.error
    if error is None or error.code != "MISSING_MANDATORY_PARAMETER":
        return
    if param not in error.args.values():
        yield breach("$.args", repr(param), shown(dict(error.args)), "", exchange)


@oracle("FILE-ERROR-006")
def refused_upload_changes_nothing(
    before: Exchange, refused: Exchange, after: Exchange
) -> Iterator[Breach]:
    """An upload that was refused leaves the token as it was."""
    held, now = object_of(before), object_of(after)
    if held is None or now is None or refused.error is None:
        return
    for name in ("status", "uploadedFileSize", "fileName"):
        if plain(held.get(name)) != plain(now.get(name)):
            yield breach(
                f"$.{name}", shown(held.get(name)), shown(now.get(name)), "", before, refused, after
            )


@oracle("FILE-ERROR-007")
def wrong_size_is_noticed(upload: Exchange) -> Iterator[Breach]:
    """A final size other than the one announced is refused."""
    yield from _refused(upload, frozenset({"UPLOAD_TOKEN_CANNOT_MATCH_EXPECTED_SIZE"}))


@oracle("FILE-OWN-001")
def user_sees_own_tokens_only(
    listed: Exchange, own: str, strangers: Collection[str]
) -> Iterator[Breach]:
    """A user's list of tokens holds the user's own and nobody else's."""
    answer = object_of(listed)
    objects = answer.get("objects") if answer is not None else None
    if not isinstance(objects, list):
        return
    ids = [str(each.get("id")) for each in objects if isinstance(each, dict)]
    for found in sorted(set(ids) & set(strangers)):
        yield breach("$.objects", "the user's own tokens", f"{found}, another's", "", listed)
    if own not in ids:
        yield breach("$.objects", f"{own} among them", shown(ids), "", listed)


@oracle("FILE-OWN-002")
def token_of_another_is_not_found(exchange: Exchange) -> Iterator[Breach]:
    """A user cannot read, fill or remove another user's token: it is not found."""
    yield from _refused(exchange, UNKNOWN_TOKEN)
