"""Several calls in one request, made and read by the official client."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("KalturaClient", reason="no official client here: tox run -e client")

from KalturaClient.exceptions import KalturaException
from KalturaClient.Plugins.Core import (
    KalturaDataEntry,
    KalturaDataEntryFilter,
    KalturaMediaEntry,
)


def media(name: str) -> KalturaMediaEntry:
    entry = KalturaMediaEntry()
    entry.name, entry.mediaType = name, 1
    return entry


def text(name: str) -> KalturaDataEntry:
    entry = KalturaDataEntry()
    entry.name, entry.tags = name, name
    return entry


def test_answers_come_in_the_order_of_the_calls(client: Any, word: str) -> None:
    """Each answer is at the place of its call, of the type of its call."""
    client.startMultiRequest()
    client.system.getVersion()
    client.media.add(media(word))
    client.data.list()
    version, added, listed = client.doMultiRequest()

    assert version.count(".") == 2
    assert (type(added), added.name) == (KalturaMediaEntry, word)
    assert type(listed).__name__ == "KalturaDataListResponse"


def test_a_later_call_uses_an_earlier_answer(client: Any, word: str) -> None:
    """A reference to the id of an earlier answer is replaced by it."""
    client.startMultiRequest()
    client.media.add(media(word))
    earlier = client.getMultiRequestResult()
    client.media.get(earlier.id)
    client.media.delete(earlier.id)
    client.media.get(earlier.id)
    added, read, _, gone = client.doMultiRequest()

    assert (read.id, read.name) == (added.id, word)
    assert (type(gone), gone.code) == (KalturaException, "ENTRY_ID_NOT_FOUND")


def test_a_reference_reaches_into_a_list(client: Any, word: str) -> None:
    """A reference may name a place in the objects of a list."""
    made = client.data.add(text(word))
    wanted = KalturaDataEntryFilter()
    wanted.tagsLike = word
    client.startMultiRequest()
    client.data.list(wanted)
    client.data.get(client.getMultiRequestResult().objects[0].id)
    _, read = client.doMultiRequest()

    assert read.id == made.id


def test_a_failure_stays_at_its_place(client: Any, word: str) -> None:
    """What follows a call that failed is done."""
    client.startMultiRequest()
    client.media.get("0_nothere1")
    client.media.add(media(word))
    failed, added = client.doMultiRequest()

    assert (type(failed), failed.code) == (KalturaException, "ENTRY_ID_NOT_FOUND")
    assert added.name == word


def test_a_reference_to_a_failure_is_a_failure(client: Any) -> None:
    """Nothing can be read from an answer that is an error."""
    client.startMultiRequest()
    client.media.get("0_nothere1")
    client.media.get(client.getMultiRequestResult().id)
    answers = client.doMultiRequest()

    assert [type(answer) for answer in answers] == [KalturaException, KalturaException]


def test_no_call_is_no_answer(client: Any) -> None:
    """A multirequest without calls answers nothing, and the client can go on."""
    client.startMultiRequest()

    assert client.doMultiRequest() == []
    assert client.system.ping() is True
