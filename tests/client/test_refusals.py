"""What the official client raises when the server refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("KalturaClient", reason="no official client here: tox run -e client")

from KalturaClient.exceptions import KalturaException
from KalturaClient.Plugins.Core import KalturaCategory, KalturaMediaEntry, KalturaResource

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.plugin.embedded import Ready


def unknown_media(client: Any) -> None:
    client.media.get("0_nothere1")


def unknown_playlist(client: Any) -> None:
    client.playlist.get("0_nothere1")


def unknown_category(client: Any) -> None:
    client.category.get(999_999_999)


def unknown_user(client: Any) -> None:
    client.user.get("nobody.here")


def unknown_token(client: Any) -> None:
    client.uploadToken.get("0_nothere1")


def foreign_enum_value(client: Any) -> None:
    entry = KalturaMediaEntry()
    entry.mediaType = 4711
    client.media.add(entry)


def read_only_property(client: Any) -> None:
    entry = KalturaMediaEntry()
    entry.mediaType = 1
    added = client.media.add(entry)
    change = KalturaMediaEntry()
    change.mediaType = 2
    client.media.update(added.id, change)


def nameless_category(client: Any) -> None:
    client.category.add(KalturaCategory())


def abstract_resource(client: Any) -> None:
    client.media.addContent("0_nothere1", KalturaResource())


@pytest.mark.parametrize(
    ("call", "code", "part"),
    [
        (unknown_media, "ENTRY_ID_NOT_FOUND", "0_nothere1"),
        (unknown_playlist, "INVALID_ENTRY_ID", "0_nothere1"),
        (unknown_category, "CATEGORY_NOT_FOUND", "999999999"),
        (unknown_user, "INVALID_USER_ID", "nvalid user id"),
        (unknown_token, "UPLOAD_TOKEN_NOT_FOUND", "pload token"),
        (foreign_enum_value, "INVALID_ENUM_VALUE", "4711"),
        (read_only_property, "PROPERTY_VALIDATION_NOT_UPDATABLE", "mediaType"),
        (nameless_category, "PROPERTY_VALIDATION_CANNOT_BE_NULL", "name"),
        (abstract_resource, "OBJECT_TYPE_ABSTRACT", "KalturaResource"),
    ],
)
def test_a_refusal_has_its_code_and_its_message(
    client: Any, call: Callable[[Any], None], code: str, part: str
) -> None:
    """The client raises KalturaException with the code and with the values in the message."""
    with pytest.raises(KalturaException) as refused:
        call(client)

    assert refused.value.code == code
    assert part in refused.value.message


def test_what_is_another_account_s_is_not_found(
    connect: Callable[..., Any], client: Any, server: Ready
) -> None:
    """An account learns nothing of the entries of another, not even that they are there."""
    entry = KalturaMediaEntry()
    entry.mediaType = 1
    added = client.media.add(entry)
    stranger = connect()
    stranger.setKs(
        stranger.session.start(server.other_admin_secret, "spy", 2, server.other_partner_id)
    )
    with pytest.raises(KalturaException) as refused:
        stranger.media.get(added.id)

    assert refused.value.code == "ENTRY_ID_NOT_FOUND"
