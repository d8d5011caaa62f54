from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.reference.conftest import Caller

PING = {"service": "system", "action": "ping"}


def run(server: Caller, *members: Any, **common: Any) -> Any:
    numbered = {
        str(number): member for number, member in enumerate(members, 1) if member is not None
    }
    return send(server, {"ks": server.admin, **numbered, **common})


def send(server: Caller, params: dict[str, Any]) -> Any:
    headers = {"content-type": "application/json"}
    body = json.dumps({"format": 1, **params}).encode()
    return json.loads(server.send("/api_v3/service/multirequest", headers=headers, body=body).body)


def test_results_come_in_order_with_errors_in_place(server: Caller) -> None:
    """A failing member stops nobody (MULTI-03)."""
    missing = {"service": "data", "action": "get", "entryId": "0_nosuch99"}

    first, second, third = run(server, PING, missing, PING)

    assert (first, second["code"], third) == (True, "ENTRY_ID_NOT_FOUND", True)


def test_a_reference_is_the_value_of_an_earlier_result(server: Caller) -> None:
    """Also inside text, and through lists (MULTI-05)."""
    made, got, text = run(
        server,
        {"service": "data", "action": "add", "dataEntry": {"name": "n"}},
        {"service": "data", "action": "get", "entryId": "{1:result:id}"},
        {"service": "data", "action": "add", "dataEntry": {"name": "is {1:result:id}!"}},
    )

    assert got["id"] == made["id"]
    assert text["name"] == f"is {made['id']}!"


def test_a_reference_to_nothing_is_empty_and_to_the_future_literal(server: Caller) -> None:
    """The dependent call still runs (MULTI-06)."""
    missing = {"service": "data", "action": "get", "entryId": "0_nosuch99"}
    _, dead, ahead = run(
        server,
        missing,
        {**missing, "entryId": "{1:result:id}"},
        {**missing, "entryId": "{4:result:id}"},
    )

    assert dead["args"] == {"ENTRY_ID": ""}
    assert ahead["args"] == {"ENTRY_ID": "{4:result:id}"}


def test_all_of_a_list_joins_with_commas(server: Caller) -> None:
    """`_all` over an array, one property of each."""
    for name in "ab":
        server.as_admin("data", "add", dataEntry={"name": name})

    listed, found = run(
        server,
        {"service": "data", "action": "list"},
        {"service": "baseEntry", "action": "getByIds", "entryIds": "{1:result:objects:_all:id}"},
    )

    assert [each["id"] for each in found] == [each["id"] for each in listed["objects"]]


def test_a_gap_ends_the_request(server: Caller) -> None:
    """So does a member without an action; a start above one gives nothing (MULTI-02)."""
    assert run(server, PING, None, PING) == [True]
    assert run(server, PING, {"service": "system"}, PING) == [True]
    assert send(server, {"2": PING}) == []
    assert send(server, {"0": PING, "1": PING}) == [True, True]


def test_a_nested_multirequest_is_an_unknown_service(server: Caller) -> None:
    """There is no such service inside (MULTI-11)."""
    (error,) = run(server, {"service": "multirequest", "action": "null", "1": PING})

    assert error["code"] == "SERVICE_DOES_NOT_EXISTS"
