from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("KalturaClient", reason="no official client here: tox run -e client")
pytest.importorskip("Crypto", reason="the client needs pycryptodome to make a KS")

from KalturaClient import KalturaClient
from KalturaClient.exceptions import KalturaException
from KalturaClient.Plugins.Core import KalturaSessionType

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.plugin.embedded import Ready


def test_the_server_can_be_asked_without_a_session(connect: Callable[..., Any]) -> None:
    """What needs no KS answers without one, typed as the schema says."""
    client = connect()

    assert client.system.ping() is True
    assert client.system.getVersion().count(".") == 2
    assert client.system.getTime() > 1_700_000_000


def test_a_session_that_the_server_made_is_accepted(
    connect: Callable[..., Any], server: Ready
) -> None:
    """session.start gives a KS that later calls work with."""
    client = connect()
    client.setKs(
        client.session.start(
            server.admin_secret, "anna", KalturaSessionType.ADMIN, server.partner_id, 3600
        )
    )
    told = client.session.get()

    assert (told.partnerId, told.userId) == (server.partner_id, "anna")
    assert told.sessionType.getValue() == KalturaSessionType.ADMIN


def test_a_session_that_the_client_made_is_accepted(
    connect: Callable[..., Any], server: Ready
) -> None:
    """A KS v2 made by the client alone is decrypted by the server to what the client put in."""
    ks = KalturaClient.generateSessionV2(
        server.admin_secret, "bert", KalturaSessionType.ADMIN, server.partner_id, 3600, "edit:x"
    ).decode()
    told = connect(ks).session.get()

    assert (told.partnerId, told.userId, told.privileges) == (server.partner_id, "bert", "edit:x")


def test_an_old_session_that_the_client_made_is_accepted(
    connect: Callable[..., Any], server: Ready
) -> None:
    """A KS v1 still works."""
    ks = KalturaClient.generateSession(
        server.admin_secret, "cora", KalturaSessionType.ADMIN, server.partner_id
    ).decode()

    assert connect(ks).session.get().userId == "cora"


def test_a_user_session_comes_from_the_user_secret(
    connect: Callable[..., Any], server: Ready
) -> None:
    """The user secret opens user sessions and no administrator's."""
    client = connect()
    ask = client.session.start
    ks = ask(server.user_secret, "dora", KalturaSessionType.USER, server.partner_id)
    with pytest.raises(KalturaException) as refused:
        ask(server.user_secret, "dora", KalturaSessionType.ADMIN, server.partner_id)

    assert ks
    assert refused.value.code == "START_SESSION_ERROR"


def test_a_user_may_not_do_what_administrators_may(
    connect: Callable[..., Any], server: Ready
) -> None:
    """A user session is refused where the server wants an administrator."""
    ks = KalturaClient.generateSessionV2(
        server.admin_secret, "emil", KalturaSessionType.USER, server.partner_id
    ).decode()
    with pytest.raises(KalturaException) as refused:
        connect(ks).session.get()

    assert refused.value.code == "SERVICE_FORBIDDEN"
    assert "session->get" in refused.value.message


def test_a_session_that_was_ended_is_refused(client: Any) -> None:
    """After session.end the KS is worth nothing."""
    client.session.end()
    with pytest.raises(KalturaException) as refused:
        client.media.list()

    assert refused.value.code == "INVALID_KS"
    assert "LOGOUT" in refused.value.message


@pytest.mark.parametrize(
    ("secret", "expiry_seconds"), [("not the secret", 3600), (None, -60)], ids=["forged", "expired"]
)
def test_a_session_that_does_not_hold_is_refused(
    connect: Callable[..., Any], server: Ready, secret: str | None, expiry_seconds: int
) -> None:
    """A KS of another secret, or of yesterday, is INVALID_KS to every call."""
    ks = KalturaClient.generateSessionV2(
        secret or server.admin_secret, "x", 2, server.partner_id, expiry_seconds
    ).decode()
    with pytest.raises(KalturaException) as refused:
        connect(ks).media.list()

    assert refused.value.code == "INVALID_KS"


def test_without_a_session_objects_are_out_of_reach(connect: Callable[..., Any]) -> None:
    """No KS: SERVICE_FORBIDDEN, not an empty list."""
    with pytest.raises(KalturaException) as refused:
        connect().media.list()

    assert refused.value.code == "SERVICE_FORBIDDEN"


def test_a_widget_session_needs_no_secret(connect: Callable[..., Any], server: Ready) -> None:
    """session.startWidgetSession opens a session of the account without a secret."""
    started = connect().session.startWidgetSession(f"_{server.partner_id}")

    assert (started.partnerId, bool(started.ks)) == (server.partner_id, True)
