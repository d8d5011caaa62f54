"""The recorded upload of a real server, step by step, held against the oracles of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.oracles import actions_called, upload, upload_content
from conformance.wire.recording import exchange_from_recording, read_recordings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

TOKEN = "0_eb7a79298def7aa5f9b97c3e0bca92f9"
ENTRY = "0_xqysr4fn"
CHUNK, WHOLE = 2000, 10618
SERVED = 368
DIED = (597, 3304)
"""Of the sweep: file actions that answered an error in the header."""


@pytest.fixture(scope="module")
def seen(data_folder: Path) -> Mapping[int, Exchange]:
    """The recorded exchanges by their numbers."""
    return {
        recording["n"]: exchange_from_recording(recording, expect_file=recording["n"] == SERVED)
        for recording in read_recordings(data_folder / "exchanges-22.19.0.jsonl")
    }


@pytest.fixture(scope="module")
def died(data_folder: Path) -> tuple[Exchange, ...]:
    """Recorded file actions that came to an error."""
    return tuple(
        exchange_from_recording(recording, expect_file=True)
        for recording in read_recordings(data_folder / "sweep-22.19.0.jsonl")
        if recording["n"] in DIED
    )


def none(breaches: Iterable[Breach]) -> bool:
    """Whether an oracle has nothing to say."""
    return not list(breaches)


def test_real_upload_keeps_every_rule(seen: Mapping[int, Exchange]) -> None:
    """A token, two chunks, and a get in between."""
    add, first, get, last = (seen[number] for number in range(1656, 1660))

    assert none(upload.new_token_is_pending(add))
    assert none(upload.first_chunk_leaves_the_token_partial(first, TOKEN, CHUNK))
    assert none(upload.get_shows_the_upload(first, get))
    assert none(upload.file_name_is_known(first, "a.png"))
    assert none(upload.chunks_make_the_whole(last, TOKEN, WHOLE))


def test_real_refusals_are_the_due_ones(seen: Mapping[int, Exchange]) -> None:
    """No file, a text in its place, an unknown token."""
    assert none(upload.absent_file_is_missed(seen[1662], "fileData"))
    assert none(upload.text_is_no_file(seen[1663]))
    assert none(upload.unknown_token_is_refused(seen[1664]))


def test_real_content_is_taken_once(seen: Mapping[int, Exchange]) -> None:
    """A picture's content, its entry after it, and a second attempt."""
    assert none(upload_content.content_is_taken(seen[1667], ENTRY))
    assert none(upload_content.content_is_taken(seen[1668], ENTRY))
    assert none(upload_content.content_is_added_once(seen[1669]))
    assert none(upload_content.image_becomes_a_thumbnail(seen[1675], "0_obsetid3", WHOLE))


def test_real_text_is_served_as_it_is(seen: Mapping[int, Exchange]) -> None:
    """The text of a data entry, byte for byte."""
    served = upload_content.served_bytes_are_those_given(
        seen[SERVED], b"hello <b>&", must_be_served=True
    )

    assert none(served)


def test_real_errors_of_files_stand_in_the_header(died: tuple[Exchange, ...]) -> None:
    """With the code in both headers, and no body."""
    codes = {"INVALID_FLAVOR_ASSET_ID", "DISTRIBUTION_PROFILE_NOT_FOUND"}

    assert len(died) == len(DIED)
    for exchange in died:
        assert none(upload_content.error_of_a_file_is_in_the_header(exchange, codes))
        assert none(upload_content.nothing_is_served_for_what_is_not_there(exchange))


def test_real_additional_actions_keep_every_rule(seen: Mapping[int, Exchange]) -> None:
    """Clones, ids, a reference, a feed's counts and conversions, in JSON and in XML."""
    assert none(actions_called.clone_is_another_object(seen[774], "0_obsetid3"))
    assert none(actions_called.clone_is_another_object(seen[1276], "0_tf8krqmd"))
    assert none(actions_called.asked_ids_are_answered(seen[2593], ["0_ahucobav"], []))
    assert none(actions_called.asked_ids_are_answered(seen[2615], ["0_ahucobav"], []))
    assert none(actions_called.asked_ids_are_answered(seen[2642], [], ["0_ahucobav"]))
    assert none(
        actions_called.reference_leads_to_its_entry(seen[770], "0_obsetid3", "ref1795413176")
    )
    assert none(actions_called.feed_counts_its_entries(seen[1175]))
    assert none(actions_called.conversion_is_requested_quietly(seen[1186]))
    assert none(actions_called.conversion_is_requested_quietly(seen[1177]))
    assert none(actions_called.fresh_entry_has_no_assets(seen[1672]))
