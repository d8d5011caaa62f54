"""Files that the official client sends up and fetches again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

pytest.importorskip("KalturaClient", reason="no official client here: tox run -e client")

from KalturaClient.exceptions import KalturaException
from KalturaClient.Plugins.Core import (
    KalturaDataEntry,
    KalturaEntryStatus,
    KalturaMediaEntry,
    KalturaMediaType,
    KalturaUploadedFileTokenResource,
    KalturaUploadToken,
    KalturaUploadTokenStatus,
)

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"0123456789" * 30


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A file on disk."""
    path = tmp_path / "picture.png"
    path.write_bytes(CONTENT)
    return path


def image(client: Any, word: str) -> KalturaMediaEntry:
    entry = KalturaMediaEntry()
    entry.name, entry.mediaType = word, KalturaMediaType.IMAGE
    return client.media.add(entry)


def from_token(token: KalturaUploadToken) -> KalturaUploadedFileTokenResource:
    resource = KalturaUploadedFileTokenResource()
    resource.token = token.id
    return resource


def test_a_token_waits_for_its_file(client: Any) -> None:
    """A fresh token is pending and belongs to who asked for it."""
    token = client.uploadToken.add(KalturaUploadToken())

    assert token.status.getValue() == KalturaUploadTokenStatus.PENDING
    assert token.userId == "client-admin"


def test_a_file_is_uploaded_whole(client: Any, picture: Path) -> None:
    """After one upload the token is full and knows the file's name and size."""
    token = client.uploadToken.add(KalturaUploadToken())
    with picture.open("rb") as file:
        client.uploadToken.upload(token.id, file)
    read = client.uploadToken.get(token.id)

    assert read.status.getValue() == KalturaUploadTokenStatus.FULL_UPLOAD
    assert read.uploadedFileSize == len(CONTENT)
    assert read.fileName == "picture.png"


def test_a_file_is_uploaded_in_pieces(client: Any, tmp_path: Path) -> None:
    """Until the final piece has come the token is partial; the size is what has come so far."""
    token = client.uploadToken.add(KalturaUploadToken())
    seen = []
    for number, (piece, final) in enumerate(((CONTENT[:100], False), (CONTENT[100:], True))):
        path = tmp_path / f"piece{number}"
        path.write_bytes(piece)
        with path.open("rb") as file:
            told = client.uploadToken.upload(token.id, file, number > 0, final, 100 * number)
        seen.append((told.status.getValue(), told.uploadedFileSize))

    assert seen == [
        (KalturaUploadTokenStatus.PARTIAL_UPLOAD, 100),
        (KalturaUploadTokenStatus.FULL_UPLOAD, len(CONTENT)),
    ]


def test_an_uploaded_file_becomes_the_content_of_an_entry(
    client: Any, picture: Path, word: str
) -> None:
    """media.addContent takes the token; an image is ready at once, and the token is spent."""
    entry = image(client, word)
    token = client.uploadToken.add(KalturaUploadToken())
    with picture.open("rb") as file:
        client.uploadToken.upload(token.id, file)
    client.media.addContent(entry.id, from_token(token))

    assert entry.status.getValue() == KalturaEntryStatus.NO_CONTENT
    assert client.media.get(entry.id).status.getValue() == KalturaEntryStatus.READY
    with pytest.raises(KalturaException) as again:
        client.media.addContent(entry.id, from_token(token))
    assert again.value.code == "ENTRY_ALREADY_WITH_CONTENT"


def test_an_unknown_token_brings_no_content(client: Any, word: str) -> None:
    """The token of a resource must be one that was given."""
    entry = image(client, word)
    token = KalturaUploadToken()
    token.id = "0_nothere1"
    with pytest.raises(KalturaException) as refused:
        client.media.addContent(entry.id, from_token(token))

    assert refused.value.code == "UPLOAD_TOKEN_NOT_FOUND"


@pytest.mark.parametrize("content", ["hello <b>&\n", "größer, 漢字", "x" * 20_000])
def test_the_text_of_a_data_entry_is_served(client: Any, word: str, content: str) -> None:
    """data.get answers the text, and the URL that the client makes serves it byte by byte."""
    entry = KalturaDataEntry()
    entry.name, entry.dataContent = word, content
    added = client.data.add(entry)
    read = client.data.get(added.id)
    url = client.data.serve(added.id)
    served = httpx.get(url, follow_redirects=True)

    assert read.dataContent == content
    assert (served.status_code, served.content.decode()) == (200, content)
