"""Which refusal wins when several are due (CONTRACT ERR-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.reference.conftest import Caller


def code(value: Any) -> str:
    return str(value["code"])


def test_an_unknown_action_wins_over_a_forged_ks(server: Caller) -> None:
    """Names come first."""
    assert code(server.value("media", "nosuch", ks="garbage")) == "ACTION_DOES_NOT_EXISTS"


def test_a_forged_ks_wins_over_a_missing_parameter(server: Caller) -> None:
    """The signature is checked before the arguments."""
    assert code(server.value("media", "get", ks="garbage")) == "INVALID_KS"


def test_a_missing_parameter_wins_over_an_expired_ks(server: Caller) -> None:
    """Expiry is checked after the arguments."""
    server.clock.time += 100_000

    assert code(server.value("media", "get", ks=server.admin)) == "MISSING_MANDATORY_PARAMETER"
    expired = server.value("media", "get", {"entryId": "0_x"}, ks=server.admin)
    assert expired["args"]["KSID"] == "EXPIRED"


def test_a_missing_parameter_wins_over_a_missing_ks(server: Caller) -> None:
    """Permission comes last."""
    assert code(server.value("media", "list", {"filter": 5})) == "PROPERTY_VALIDATION_WRONG_FORMAT"
    assert code(server.value("media", "list")) == "SERVICE_FORBIDDEN"


@pytest.mark.parametrize("name", ["media.list", "MEDIA.LIST"])
def test_a_refusal_names_service_and_action_as_declared(server: Caller, name: str) -> None:
    """Names are matched without case; the echo is the declared spelling (OBSERVED 6)."""
    service, action = name.split(".")

    assert server.value(service, action)["args"] == {"SERVICE": "media->list"}


def test_a_user_may_not_touch_anothers_entry(server: Caller) -> None:
    """Ownership is refused as an invalid KS (SESS-16); an absent entry as not found."""
    entry = server.as_admin("media", "add", entry={"name": "m", "mediaType": 1})

    refused = server.as_user("media", "update", entryId=entry["id"], mediaEntry={"name": "x"})
    absent = server.as_user("media", "update", entryId="0_nosuch99", mediaEntry={"name": "x"})

    assert refused["args"] == {"KSID": "", "ERR_CODE": "-4", "ERR_DESC": "INVALID_TYPE"}
    assert code(absent) == "ENTRY_ID_NOT_FOUND"


def test_a_privilege_lets_a_user_edit(server: Caller) -> None:
    """`edit:*` stands for ownership (SESS-16)."""
    entry = server.as_admin("media", "add", entry={"name": "m", "mediaType": 1})
    own = server.own
    editor = server.start(own.id, own.user_secret, kind=0, user="e", privileges="edit:*")

    params = {"entryId": entry["id"], "mediaEntry": {"name": "x"}}
    assert server.value("media", "update", params, ks=editor)["name"] == "x"
