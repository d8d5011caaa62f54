from __future__ import annotations

import json
import urllib.request
from contextlib import contextmanager
from http.client import HTTPException
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest

from tests.hunt import php
from tests.hunt.draw import combinations, drawn
from tests.hunt.mutant import Mutant, Scope, mutants
from tests.hunt.proxy import Proxy
from tests.hunt.report import summary
from tests.hunt.runs import ROOT, Setting, server
from tests.hunt.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTING = Setting(ROOT, None, "ce", 60.0)
SAMPLE = 40


@pytest.fixture(scope="module")
def accounts() -> Iterator[dict[str, Any]]:
    with server(SETTING) as found:
        yield found


@pytest.fixture(scope="module")
def schema() -> Any:
    return SETTING.schema()


class Client:
    """Calls through the proxy as any client would."""

    def __init__(self, url: str, ks: str) -> None:
        self.url, self.ks = url, ks

    def call(self, service: str, action: str = "", *, form: int = 1, **params: Any) -> Any:
        """The value of an answer; its text where it is no JSON."""
        path = f"/api_v3/service/{service}" + (f"/action/{action}" if action else "")
        body = json.dumps({"ks": self.ks, "format": form, **params}).encode()
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.url + path, body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
            text = answer.read().decode()
        return json.loads(text) if form == 1 else text


@contextmanager
def fronted(
    accounts: dict[str, Any], schema: Any, mutant: Mutant | None, scope: str = "everywhere"
) -> Iterator[tuple[Client, Proxy]]:
    """A client behind a proxy with that fault."""
    world = World(accounts, schema, Random(5))
    proxy = Proxy(world, [mutant] if mutant else [], Scope(scope, world.random))
    try:
        yield Client(proxy.url, world.ks(user="hunter")), proxy
    finally:
        proxy.stop()


def test_every_fault_says_what_it_is() -> None:
    """At least 200 faults and 25 variations, each with a sentence of its own."""
    faults, benign = mutants(), mutants("tests.hunt.benign")

    assert len(faults) >= 200
    assert len(benign) >= 25
    for each in (*faults.values(), *benign.values()):
        assert each.fault.endswith((".", ")"))


def test_a_draw_is_the_same_for_the_same_seed(schema: Any) -> None:
    """More than 400 combinations; a sample takes the kinds of scope in turns."""
    every = combinations(mutants(), schema)

    first, again = (drawn(every, 30, Random(7)) for _ in range(2))

    assert len(every) > 400
    assert first == again
    assert {each.kind for each in first} == {"everywhere", "service", "one-in-ten"}


def test_without_a_fault_nothing_is_altered(accounts: dict[str, Any], schema: Any) -> None:
    """What goes through an idle proxy is what the server answers."""
    with fronted(accounts, schema, None) as (client, proxy):
        assert client.call("system", "ping") is True

    assert proxy.altered == 0


@pytest.mark.parametrize("form", [1, 2])
def test_an_answer_is_altered_in_each_format(
    accounts: dict[str, Any], schema: Any, form: int
) -> None:
    """A fault of values is at work in JSON and in XML."""
    fault = mutants()["lists.total_is_one_more"]
    with fronted(accounts, schema, fault) as (client, proxy):
        answer = client.call("uiconf", "list", form=form, filter={"idEqual": 1})

    assert "1" in (str(answer["totalCount"]) if form == 1 else answer.split("totalCount")[1])
    assert proxy.altered == 1


def test_an_old_answer_has_no_length(accounts: dict[str, Any], schema: Any) -> None:
    """It is HTTP/1.0, and a client reads it up to the end of the connection."""
    older = mutants("tests.hunt.benign")["network.a_gateway_speaks_the_older_protocol"]
    with fronted(accounts, schema, older) as (client, proxy):
        url = f"{client.url}/api_v3/service/system/action/ping?format=1"
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - loopback
            assert (answer.version, answer.length) == (10, None)
            assert json.loads(answer.read()) is True

    assert proxy.altered == 1


def test_an_equal_read_comes_from_the_cache(accounts: dict[str, Any], schema: Any) -> None:
    """Byte by byte, as long as nothing was written."""
    cached = mutants("tests.hunt.benign")["deployments.equal_reads_come_from_the_cache"]
    with fronted(accounts, schema, cached) as (client, proxy):
        first, again = (client.call("data", "list", form=2) for _ in range(2))
        client.call("data", "add", dataEntry={"name": "n"})
        later = client.call("data", "list", form=2)

    assert first == again
    assert later != first
    assert proxy.altered == 1


def test_every_other_list_is_of_an_index_behind(accounts: dict[str, Any], schema: Any) -> None:
    """Two equal lists differ by what is new; by its id it is found in both."""
    two = mutants("tests.hunt.benign")["deployments.every_other_index_is_behind"]
    with fronted(accounts, schema, two) as (client, _):
        made = client.call("data", "add", dataEntry={"name": "late"})

        def totals(**wanted: str) -> list[int]:
            return [client.call("data", "list", filter=wanted)["totalCount"] for _ in range(2)]

        assert sorted(totals(nameEqual="late")) == [0, 1]
        assert totals(idEqual=made["id"]) == [1, 1]


def test_serialised_php_is_read_and_written(accounts: dict[str, Any], schema: Any) -> None:
    """A fault of values is at work in serialised PHP, and the rest stays as it was."""
    with fronted(accounts, schema, None) as (client, _):
        sound = client.call("uiconf", "list", form=3).encode()
    with fronted(accounts, schema, mutants()["lists.total_is_one_more"]) as (client, _):
        altered = client.call("uiconf", "list", form=3).encode()

    assert php.write(php.read(sound)) == sound
    assert php.read(altered)["totalCount"] == php.read(sound)["totalCount"] + 1


def test_a_member_of_a_multirequest_is_altered(accounts: dict[str, Any], schema: Any) -> None:
    """Only the slot of the call that is matched changes."""
    fault = mutants()["lists.total_is_one_more"]
    members = {
        "1": {"service": "system", "action": "ping"},
        "2": {"service": "uiconf", "action": "list", "filter": {"idEqual": 1}},
    }
    with fronted(accounts, schema, fault) as (client, _):
        answer = client.call("multirequest", **members)

    assert answer[0] is True
    assert answer[1]["totalCount"] == 1


def test_a_request_is_altered(accounts: dict[str, Any], schema: Any) -> None:
    """A fault of the request reaches the server."""
    fault = mutants()["crud.update_ignores_tags"]
    with fronted(accounts, schema, fault) as (client, proxy):
        made = client.call("media", "add", entry={"name": "a", "mediaType": 1, "tags": "x"})
        entry = {"tags": "y", "description": "z"}
        client.call("media", "update", entryId=made["id"], mediaEntry=entry)
        found = client.call("media", "get", entryId=made["id"])

    assert (found["tags"], found["description"]) == ("x", "z")
    assert proxy.altered == 1


def test_a_lost_update_is_pretended(accounts: dict[str, Any], schema: Any) -> None:
    """update answers what it did not store."""
    with fronted(accounts, schema, mutants()["crud.updates_are_lost"]) as (client, _):
        made = client.call("media", "add", entry={"name": "a", "mediaType": 1})
        told = client.call("media", "update", entryId=made["id"], mediaEntry={"name": "b"})
        found = client.call("media", "get", entryId=made["id"])

    assert (told["name"], found["name"]) == ("b", "a")


def test_a_fault_is_narrowed_to_a_service(accounts: dict[str, Any], schema: Any) -> None:
    """Other services are left alone."""
    fault = mutants()["lists.total_is_one_more"]
    with fronted(accounts, schema, fault, "category") as (client, proxy):
        client.call("uiconf", "list")
        assert proxy.altered == 0
        client.call("category", "list")

    assert proxy.altered == 1


def test_a_fault_is_narrowed_to_one_call_in_ten(accounts: dict[str, Any], schema: Any) -> None:
    """Each call is drawn independently."""
    fault = mutants()["lists.total_is_one_more"]
    with fronted(accounts, schema, fault, "one-in-ten") as (client, proxy):
        for _ in range(100):
            client.call("uiconf", "list", pager={"pageSize": 1})

    assert 2 <= proxy.altered <= 25


def small_life(client: Client) -> None:
    """Some calls of several kinds; what they answer does not matter here."""
    made = client.call("media", "add", entry={"name": "a 'b'", "mediaType": 1, "tags": "x, y"})
    key = made.get("id", "0_x") if isinstance(made, dict) else "0_x"
    client.call("media", "get", entryId=key)
    client.call("media", "update", entryId=key, mediaEntry={"description": "z", "tags": ""})
    listing = {"statusIn": "7", "orderBy": "-createdAt", "nameLike": "a"}
    for form in (1, 2):
        client.call("media", "list", form=form, filter=listing, pager={"pageSize": 2})
        client.call("baseentry", "get", form=form, entryId="0_unknown")
    client.call("category", "list", pager={"pageIndex": 2, "pageSize": 1})
    references = {
        "1": {"service": "media", "action": "list", "filter": listing},
        "2": {"service": "baseentry", "action": "get", "entryId": "{1:result:objects:0:id}"},
    }
    client.call("multirequest", **references)
    client.call("baseentry", "delete", entryId=key)
    client.call("media", "get", entryId=key)


@pytest.mark.parametrize("package", ["tests.hunt.mutants", "tests.hunt.benign"])
def test_faults_do_not_stumble(accounts: dict[str, Any], schema: Any, package: str) -> None:
    """A sample of the faults gets through a small life of an object without an error of its own."""
    every = mutants(package)
    troubles = []
    for name in Random(11).sample(sorted(every), SAMPLE):
        with fronted(accounts, schema, every[name]) as (client, proxy):
            try:
                small_life(client)
            except HTTPError as error:
                error.close()  # the fault broke the answer, as it may
            except (OSError, ValueError, HTTPException):
                continue  # the same
            finally:
                troubles += proxy.troubles

    assert troubles == []


def test_a_report_counts_what_was_exercised() -> None:
    """A fault that altered nothing is not counted as missed."""
    row = {"mutant": "a.b", "area": "a", "scope": "everywhere", "kind": "everywhere"}
    row |= {"schema": "own", "inconclusive": {}, "troubles": [], "benign": False}
    rows = [row | {"altered": 3, "exit": 1}, row | {"altered": 0, "exit": 0}]

    text = summary(rows)

    assert "1 of    1 exercised (100.0 %),    2 tried" in text
