from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conformance.wire.answer import ApiError, DieError, FileContent, Malformed, Result
from conformance.wire.record import exchange_from_record, exchange_to_record
from conformance.wire.recording import exchange_from_recording, read_recordings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.wire.exchange import Exchange

EXCHANGES, SWEEP = "exchanges-22.19.0.jsonl", "sweep-22.19.0.jsonl"
UNSOUND = {
    (EXCHANGES, 18): "HTML instead of XML",  # a path outside the API: the web server's page, 404
    (EXCHANGES, 22): "an empty body (status 500)",  # the schema before it was generated
    (EXCHANGES, 72): "HTML instead of JSON",  # a URL of 9,000 characters: 414
    (EXCHANGES, 102): "an empty body (status 500)",  # service[]=x, a crash of PHP
    (EXCHANGES, 129): "an empty body (status 500)",  # an array for partnerId, a crash of PHP
    (EXCHANGES, 1158): "an empty body (status 500)",  # firstName__null, a crash of PHP
    (SWEEP, 3137): "an empty body (status 400)",  # zoomvendor.deAuthorization
    (SWEEP, 3138): "an empty body (status 400)",
    (SWEEP, 3152): "HTML instead of JSON",  # zoomvendor: pages for a browser
    (SWEEP, 3153): "HTML instead of JSON",
    (SWEEP, 3154): "HTML instead of JSON",
    (SWEEP, 3155): "HTML instead of JSON",
    (SWEEP, 3159): "an empty body (status 200)",  # zoomvendor.recordingComplete, a webhook
    (SWEEP, 3160): "an empty body (status 200)",
    (SWEEP, 3161): "an empty body (status 200)",
}
"""The whole answers that are none of the API: what they are, by file and number."""


@pytest.fixture(scope="module")
def recorded(data_folder: Path) -> list[tuple[str, dict[str, Any], Exchange]]:
    """Every recorded exchange of both files, decoded."""
    return list(_decoded(data_folder))


def _decoded(folder: Path) -> Iterator[tuple[str, dict[str, Any], Exchange]]:
    for name in (EXCHANGES, SWEEP):
        for recording in read_recordings(folder / name):
            path = recording["request"]["path"]
            file = "getFeed.php" in path or path.split("?")[0].endswith("/action/serve")
            yield name, recording, exchange_from_recording(recording, expect_file=file)


def test_every_recorded_exchange_is_decoded(
    recorded: list[tuple[str, dict[str, Any], Exchange]],
) -> None:
    """3,756 of them; 27 hold only the beginning of the answer and are called so."""
    cut = [entry for entry in recorded if entry[1]["response"].get("truncated")]
    kinds = Counter(type(exchange.answer) for _, _, exchange in recorded)

    assert len(recorded) == 3756
    assert len(cut) == 27
    for _, recording, exchange in cut:
        whole = recording["response"]["full_length"]
        assert exchange.answer == Malformed(f"the recording holds 20000 of {whole} bytes")
    assert kinds == {
        ApiError: 2746,
        Result: 934,
        FileContent: 16,
        DieError: 18,
        Malformed: len(UNSOUND) + len(cut),
    }


def test_no_sound_recorded_answer_is_malformed(
    recorded: list[tuple[str, dict[str, Any], Exchange]],
) -> None:
    """Those that are, are listed with what they are."""
    malformed = {
        (name, exchange.number): exchange.answer.reason
        for name, recording, exchange in recorded
        if isinstance(exchange.answer, Malformed) and not recording["response"].get("truncated")
    }

    assert malformed.keys() == UNSOUND.keys()
    assert all(malformed[key].startswith(reason) for key, reason in UNSOUND.items())


def test_every_recorded_error_is_whole(
    recorded: list[tuple[str, dict[str, Any], Exchange]],
) -> None:
    """Code, message, type and arguments, whatever the format was (ERR-02).

    One action of the real server has a sentence for its code, and no message.
    """
    errors = [exchange.error for _, _, exchange in recorded if exchange.error is not None]
    without_message = {
        exchange.action
        for _, _, exchange in recorded
        if exchange.error and not exchange.error.message
    }

    assert all(set(error.raw) == {"code", "message", "objectType", "args"} for error in errors)
    assert all(error.code for error in errors)
    assert without_message == {"vendor_vendorintegration.add"}
    assert {type(error.raw["args"]) for error in errors} == {dict, list}


def test_recorded_requests_are_read(
    recorded: list[tuple[str, dict[str, Any], Exchange]],
) -> None:
    """Service, action and parameters come from path, query and body alike."""
    by_number = {exchange.number: exchange for name, _, exchange in recorded if name == EXCHANGES}

    started = by_number[117]
    assert started.action == "session.start"
    assert started.form.encoding == "multipart"
    assert started.call.params["partnerId"] == "102"
    assert by_number[93].call.service == "system"
    members = by_number[1085].call.params
    assert members["3"] == {"service": "media", "action": "get", "entryId": "{2:result:id}"}
    assert by_number[61].form.format is None


def test_recorded_exchanges_survive_our_own_record(
    recorded: list[tuple[str, dict[str, Any], Exchange]],
) -> None:
    """What is written to traffic.jsonl is read back equal."""
    for _, _, exchange in recorded:
        assert exchange_from_record(exchange_to_record(exchange)).answer == exchange.answer
