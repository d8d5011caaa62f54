from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.reference.conftest import Caller


def test_the_user_secret_opens_no_admin_session(server: Caller) -> None:
    """Either secret opens a user session, only the admin secret an admin one (SESS-01)."""
    own = server.own
    params = {"partnerId": own.id, "secret": own.user_secret, "type": 2}

    assert server.value("session", "start", params)["code"] == "START_SESSION_ERROR"
    assert server.value("session", "start", {**params, "type": 0}).startswith("djJ8")


def test_an_unknown_account_is_blocked(server: Caller) -> None:
    """The framework refuses it before the secret is looked at (SESS-05)."""
    error = server.value("session", "start", {"partnerId": 99_999, "secret": "x"})

    assert error["code"] == "SERVICE_FORBIDDEN_CONTENT_BLOCKED"


def test_an_ended_session_is_logged_out(server: Caller) -> None:
    """The reason travels in KSID (SESS-07)."""
    assert server.value("session", "end", ks=server.admin) is None

    assert server.value("data", "list", ks=server.admin)["args"]["KSID"] == "LOGOUT"


def test_session_get_tells_its_fields(server: Caller) -> None:
    """The numbers travel as text (OBSERVED 36)."""
    info = server.as_admin("session", "get")

    assert info["userId"] == "admin1"
    assert info["expiry"] == str(int(server.clock()) + 86_400)


def test_actions_are_limited(server: Caller) -> None:
    """The call after the last one is refused (SESS-10)."""
    own = server.own
    ks = server.start(own.id, own.user_secret, kind=0, user="u", privileges="actionslimit:1")

    assert server.value("data", "list", ks=ks)["totalCount"] == 0
    assert server.value("data", "list", ks=ks)["args"]["KSID"] == "EXCEEDED_ACTIONS_LIMIT"


def test_a_widget_session_reads_and_does_not_write(server: Caller) -> None:
    """It needs no KS to begin (SESS-06)."""
    started = server.value("session", "startWidgetSession", {"widgetId": f"_{server.own.id}"})

    assert started["partnerId"] == server.own.id
    assert server.value("data", "list", ks=started["ks"])["totalCount"] == 0
    entry = {"entry": {"name": "x", "mediaType": 1}}
    assert server.value("media", "add", entry, ks=started["ks"])["code"] == "SERVICE_FORBIDDEN"
