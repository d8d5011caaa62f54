"""Each upload oracle accepts what a sound server answers and names what a broken one does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import upload, upload_answer, upload_content
from conformance.wire.answer import DieError, FileContent
from conformance.wire.exchange import Received

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

    Judge = Callable[[Exchange], Iterable[Breach]]

ID = "0_token"
FULL = {
    "id": ID,
    "status": 2,
    "fileName": "a.png",
    "uploadedFileSize": "1500",
    "objectType": "KalturaUploadToken",
}
PARTIAL = {**FULL, "status": 1}
ENTRY = {"id": "0_entry", "status": 2, "objectType": "KalturaMediaEntry"}
CONTENT = b"hello <b>&\r\n"

ANSWERS: list[tuple[Judge, dict[str, Any], dict[str, Any], str]] = [
    (upload.new_token_is_pending, {"id": ID, "status": 0}, {"status": 2}, "$.status"),
    (upload.new_token_is_pending, {"id": ID, "status": "0"}, {"id": ""}, "$.id"),
    (
        upload.new_token_is_pending,
        {"id": ID, "status": 0},
        {"uploadedFileSize": 9},
        "$.uploadedFileSize",
    ),
    (lambda e: upload.one_piece_fills_the_token(e, ID), FULL, {"status": 1}, "$.status"),
    (lambda e: upload.one_piece_fills_the_token(e, ID), FULL, {"id": "0_other"}, "$.id"),
    (
        lambda e: upload.size_is_what_was_sent(e, 1500),
        FULL,
        {"uploadedFileSize": 1498},
        "$.uploadedFileSize",
    ),
    (lambda e: upload.file_name_is_known(e, "a.png"), FULL, {"fileName": None}, "$.fileName"),
    (
        lambda e: upload.first_chunk_leaves_the_token_partial(e, ID, 1500),
        PARTIAL,
        {"status": 2},
        "$.status",
    ),
    (
        lambda e: upload.first_chunk_leaves_the_token_partial(e, ID, 1500),
        PARTIAL,
        {"uploadedFileSize": 0},
        "$.uploadedFileSize",
    ),
    (
        lambda e: upload.chunks_make_the_whole(e, ID, 1500),
        FULL,
        {"uploadedFileSize": 3000},
        "$.uploadedFileSize",
    ),
    (lambda e: upload.empty_last_chunk_ends_the_upload(e, ID), FULL, {"status": 1}, "$.status"),
    (lambda e: upload.chunk_in_between_is_taken(e, ID), PARTIAL, {"status": 2}, "$.status"),
    (lambda e: upload_content.content_is_taken(e, "0_entry"), ENTRY, {"status": 7}, "$.status"),
    (lambda e: upload_content.content_is_taken(e, "0_entry"), ENTRY, {"id": "0_other"}, "$.id"),
    (upload_content.used_token_is_closed, {"id": ID, "status": 3}, {"status": 2}, "$.status"),
    (
        lambda e: upload_content.image_becomes_a_thumbnail(e, "0_entry", 100),
        {"entryId": "0_entry", "size": 100, "sizeInBytes": "100"},
        {"entryId": ""},
        "$.entryId",
    ),
    (
        lambda e: upload_content.image_becomes_a_thumbnail(e, "0_entry", 100),
        {"entryId": "0_entry", "size": 100},
        {"size": 99},
        "$.size",
    ),
]

REFUSALS: list[tuple[Judge, str]] = [
    (upload.finalizing_itself_needs_a_size, "UPLOAD_TOKEN_MISSING_FILE_SIZE"),
    (upload.unknown_token_is_refused, "UPLOAD_TOKEN_NOT_FOUND"),
    (upload.full_token_takes_no_more, "UPLOAD_TOKEN_INVALID_STATUS_FOR_UPLOAD"),
    (upload.resuming_needs_a_beginning, "UPLOAD_TOKEN_CANNOT_RESUME"),
    (upload.text_is_no_file, "UPLOAD_ERROR"),
    (upload.wrong_size_is_noticed, "UPLOAD_TOKEN_CANNOT_MATCH_EXPECTED_SIZE"),
    (upload.token_of_another_is_not_found, "UPLOAD_TOKEN_NOT_FOUND"),
    (upload_content.content_is_added_once, "ENTRY_ALREADY_WITH_CONTENT"),
    (upload_content.content_of_an_unknown_token_is_refused, "UPLOAD_TOKEN_NOT_FOUND"),
    (upload_content.used_token_gives_no_second_content, "UPLOADED_FILE_NOT_FOUND_BY_TOKEN"),
    (
        upload_content.used_token_gives_no_second_content,
        "UPLOAD_TOKEN_INVALID_STATUS_FOR_ADD_ENTRY",
    ),
]


def places(breaches: Iterable[Breach]) -> list[str]:
    """Where each breach is."""
    return [breach.where for breach in breaches]


def served(exchange: Exchange, content: bytes, *, location: str | None = None) -> Exchange:
    """The exchange as if a file had come back."""
    response = Received(302 if location else 200, (), content)
    answer = FileContent("text/plain", len(content), location)
    return structs.replace(exchange, response=response, answer=answer)


def died(exchange: Exchange, code: str, *, told: str | None = None) -> Exchange:
    """The exchange as if an error had come back in the header."""
    headers = (("X-Kaltura", f"error- {code}"),)
    sentence = (("X-Kaltura-App", told),) if told is not None else ()
    response = Received(200, headers + sentence, b"")
    return structs.replace(exchange, response=response, answer=DieError(code))


@pytest.mark.parametrize(("judge", "sound", "change", "where"), ANSWERS)
def test_departing_answer_is_a_breach(
    answered: Answered, judge: Judge, sound: dict[str, Any], change: dict[str, Any], where: str
) -> None:
    """The sound answer passes; with one property changed it is a breach there."""
    accepted = places(judge(answered(sound)))
    rejected = places(judge(answered({**sound, **change})))

    assert (accepted, rejected) == ([], [where])


@pytest.mark.parametrize(("judge", "code"), REFUSALS)
def test_only_the_due_refusal_passes(
    answered: Answered, refused: Refused, judge: Judge, code: str
) -> None:
    """The due code passes; another code, and a result, are breaches."""
    due = places(judge(refused(code)))
    other = places(judge(refused("ACTION_FORBIDDEN")))
    taken = places(judge(answered(FULL)))

    assert (due, other, taken) == ([], ["$.code"], ["$"])


def test_refusal_where_an_object_was_due_is_a_breach(refused: Refused) -> None:
    """An upload that is refused is told with its error."""
    (found,) = upload.one_piece_fills_the_token(refused("UPLOAD_ERROR", "Upload failed"), ID)

    assert "UPLOAD_ERROR" in found.actual


def test_unknown_token_has_no_arguments(refused: Refused) -> None:
    """A token's id is never echoed (ERR-31)."""
    found = places(upload.unknown_token_is_refused(refused("UPLOAD_TOKEN_NOT_FOUND", ID="x")))

    assert found == ["$.args"]


def test_get_is_held_against_the_upload(answered: Answered) -> None:
    """Another way of writing the same size is no difference; another size is."""
    sent = answered(FULL)
    same = answered({**FULL, "uploadedFileSize": 1500})
    other = answered({**FULL, "uploadedFileSize": 2000})

    assert places(upload.get_shows_the_upload(sent, same)) == []
    assert places(upload.get_shows_the_upload(sent, other)) == ["$.uploadedFileSize"]


def test_list_shows_the_upload(answered: Answered, refused: Refused) -> None:
    """Of other tokens, of a list without the token and of a refused upload nothing is said."""
    sent, other = answered(FULL), {**FULL, "id": "0_other", "status": 0}
    same = answered({"objects": [other, {**FULL, "uploadedFileSize": "1500"}], "totalCount": 2})
    stale = answered({"objects": [{**FULL, "status": 0}], "totalCount": 1})

    assert places(upload.list_shows_the_upload(sent, same)) == []
    assert places(upload.list_shows_the_upload(sent, stale)) == ["$.objects[0].status"]
    assert places(upload.list_shows_the_upload(sent, answered({"objects": [other]}))) == []
    assert places(upload.list_shows_the_upload(refused("X"), stale)) == []


def test_absent_file_is_missed_by_name(refused: Refused) -> None:
    """The error names the parameter; another name is a breach."""
    missing = "MISSING_MANDATORY_PARAMETER"

    named = places(upload.absent_file_is_missed(refused(missing, PARAM_NAME="f"), "f"))
    other = places(upload.absent_file_is_missed(refused(missing, PARAM_NAME="g"), "f"))
    failed = places(upload.absent_file_is_missed(refused("UPLOAD_ERROR"), "f"))

    assert (named, other, failed) == ([], ["$.args"], ["$.code"])


def test_refused_upload_leaves_the_token(answered: Answered, refused: Refused) -> None:
    """What a refused upload changed is a breach; what an accepted one changes is not."""
    before, after = answered(FULL), answered({**FULL, "fileName": "b.png"})
    no = refused("UPLOAD_TOKEN_INVALID_STATUS_FOR_UPLOAD")

    assert places(upload.refused_upload_changes_nothing(before, no, before)) == []
    assert places(upload.refused_upload_changes_nothing(before, no, after)) == ["$.fileName"]
    assert places(upload.refused_upload_changes_nothing(before, before, after)) == []


def test_strangers_tokens_are_not_listed(answered: Answered) -> None:
    """The user's own must be there, another's must not."""
    own = answered({"objects": [{"id": "0_own"}], "totalCount": 1})
    both = answered({"objects": [{"id": "0_own"}, {"id": "0_other"}], "totalCount": 2})
    none = answered({"objects": [], "totalCount": 0})

    def judge(listed: Exchange) -> int:
        return len(list(upload.user_sees_own_tokens_only(listed, "0_own", {"0_other"})))

    assert [judge(listed) for listed in (own, both, none)] == [0, 1, 1]


def test_attached_token_brings_its_content(answered: Answered, refused: Refused) -> None:
    """Any step refused, an entry that still waits, and a token of another entry are breaches."""
    entry, sent = answered(ENTRY), answered({**FULL, "attachedObjectId": "0_entry"})
    waiting = answered({**ENTRY, "status": 7})
    elsewhere = answered({**FULL, "attachedObjectId": "0_other"})
    no = refused("UPLOADED_FILE_NOT_FOUND_BY_TOKEN")

    def judge(attached: Exchange, upload_: Exchange, get: Exchange) -> list[str]:
        return places(upload_content.token_may_be_filled_later(attached, upload_, get, "0_entry"))

    assert judge(entry, sent, entry) == []
    assert judge(no, sent, entry) == ["$"]
    assert judge(entry, sent, waiting) == ["$.status"]
    assert judge(entry, elsewhere, entry) == ["$.attachedObjectId"]


def test_served_bytes_are_compared(answered: Answered, refused: Refused) -> None:
    """One byte less is a breach and says where; a redirect is none."""
    made = answered(None)
    cut, elsewhere = served(made, CONTENT[:-1]), served(made, b"", location="http://127.0.0.1/f")

    def judge(exchange: Exchange, *, must: bool = True) -> list[str]:
        found = upload_content.served_bytes_are_those_given(exchange, CONTENT, must_be_served=must)
        return [breach.hint for breach in found]

    assert judge(served(made, CONTENT)) == []
    assert judge(cut) == ["they differ from byte 11 on"]
    assert judge(elsewhere) == []
    assert judge(refused("ENTRY_ID_NOT_FOUND")) == [""]
    assert judge(refused("ENTRY_ID_NOT_FOUND"), must=False) == []


def test_newest_content_is_served(answered: Answered, refused: Refused) -> None:
    """What was there before is a breach; a redirect or an error tells nothing of it."""
    made = answered(None)

    def judge(exchange: Exchange) -> list[str]:
        return places(upload_content.newest_content_is_served(exchange, CONTENT))

    assert judge(served(made, CONTENT)) == []
    assert judge(served(made, b"before")) == ["$"]
    assert judge(served(made, b"", location="http://127.0.0.1/f")) == []
    assert judge(refused("ENTRY_ID_NOT_FOUND")) == []


def test_chunks_are_in_their_places(answered: Answered) -> None:
    """Parts that have changed places are found, though no byte is missing."""
    made = answered(None)

    def judge(body: bytes) -> list[str]:
        return places(upload_content.chunks_are_in_their_places(served(made, body), CONTENT))

    assert judge(CONTENT) == []
    assert judge(CONTENT[6:] + CONTENT[:6]) == ["$"]


def test_error_of_a_file_stands_in_the_header(answered: Answered, refused: Refused) -> None:
    """In the body it is a breach; in the header the sentence has to speak of the same code."""
    known = {"ENTRY_ID_NOT_FOUND"}
    made = answered(None)
    in_header = died(made, "ENTRY_ID_NOT_FOUND", told="exiting on error ENTRY_ID_NOT_FOUND - x")
    of_another = died(made, "ENTRY_ID_NOT_FOUND", told="exiting on error OTHER - x")

    def judge(exchange: Exchange) -> list[str]:
        return places(upload_content.error_of_a_file_is_in_the_header(exchange, known))

    assert judge(in_header) == []
    assert judge(died(made, "ENTRY_ID_NOT_FOUND")) == []
    assert judge(of_another) == ["X-Kaltura-App"]
    assert judge(refused("ENTRY_ID_NOT_FOUND")) == ["$"]
    assert judge(refused("SERVICE_FORBIDDEN")) == []


def test_nothing_comes_of_nothing(answered: Answered) -> None:
    """Bytes for an unknown id are a breach, an error in the header is none."""
    made = answered(None)
    judge = upload_content.nothing_is_served_for_what_is_not_there

    assert places(judge(served(made, b"x"))) == ["$"]
    assert places(judge(died(made, "ENTRY_ID_NOT_FOUND"))) == []


@pytest.mark.parametrize(
    ("written", "read"), [(5, 5), ("5", 5), (5.0, 5), (None, None), ("", None), ("five", -1)]
)
def test_number_reads_what_servers_write(written: Any, read: int | None) -> None:
    """Sizes are numbers or texts (OBSERVED 36)."""
    assert upload_answer.number(written) == read
