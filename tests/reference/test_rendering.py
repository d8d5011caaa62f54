from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.reference.serialisation.json import to_json
from conformance.reference.serialisation.php import to_php

if TYPE_CHECKING:
    from tests.reference.conftest import Caller

PING = "/api_v3/service/system/action/ping"


@pytest.mark.parametrize(
    ("query", "content_type", "body"),
    [
        ("format=1", "application/json", b"true"),
        ("format=01", "application/json", b"true"),
        ("format=3", "text/html; charset=UTF-8", b"b:1;"),
        ("format=9&callback=f", "application/javascript", b"f(true);"),
    ],
)
def test_each_format_has_its_content_type(
    server: Caller, query: str, content_type: str, body: bytes
) -> None:
    """The formats of CONTRACT WIRE-40."""
    reply = server.send(f"{PING}?{query}", method="GET")

    assert dict(reply.headers)["Content-Type"] == content_type
    assert reply.body == body


def test_xml_is_the_default(server: Caller) -> None:
    """With a prolog, a result and an execution time (WIRE-43)."""
    body = server.send(PING).body.decode()

    assert body.startswith(
        '<?xml version="1.0" encoding="utf-8"?><xml><result>1</result><executionTime>'
    )


@pytest.mark.parametrize(
    "query", ["format=77", "format=", "format=json", "format=9", "format=9&callback=a("]
)
def test_an_unknown_format_is_told_in_a_header_only(server: Caller, query: str) -> None:
    """HTTP 200 and an empty body (WIRE-40)."""
    reply = server.send(f"{PING}?{query}")

    assert (reply.status, reply.body) == (200, b"")
    assert dict(reply.headers)["X-Kaltura"].startswith("error- ")


def test_an_error_is_http_200(server: Caller) -> None:
    """Its args are a list when there are none (ERR-01, ERR-02)."""
    reply = server.send("/api_v3/index.php?format=1")

    assert reply.status == 200
    assert b'"code":"SERVICE_NOT_SPECIFIED"' in reply.body
    assert reply.body.endswith(b'"objectType":"KalturaAPIException","args":[]}')


def test_an_xml_error_lists_its_args(server: Caller) -> None:
    """Name and value of each (ERR-03)."""
    body = server.call(
        "media", "get", {"entryId": "<b>x&"}, ks=server.admin, format=2
    ).body.decode()

    assert "<item><objectType>KalturaApiExceptionArg</objectType><name>ENTRY_ID</name>" in body
    assert "<value>x&amp;</value>" in body


def test_xml_writes_every_property(server: Caller) -> None:
    """Null as an empty element, booleans as digits, `relatedObjects` first (WIRE-43…46)."""
    made = server.as_admin("data", "add", dataEntry={"name": "n"})

    body = server.call(
        "data", "get", {"entryId": made["id"]}, ks=server.admin, format=2
    ).body.decode()

    assert "<objectType>KalturaDataEntry</objectType><relatedObjects></relatedObjects><id>" in body
    assert "<startDate></startDate>" in body
    assert "<retrieveDataContentByGet>1</retrieveDataContentByGet>" in body


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_methods_are_equal(server: Caller, method: str) -> None:
    """There are no verb semantics (WIRE-03)."""
    assert server.send(f"{PING}?format=1", method=method).body == b"true"


def test_options_is_answered_without_a_call(server: Caller) -> None:
    """The preflight names what is allowed (WIRE-53)."""
    reply = server.send(PING, method="OPTIONS")

    assert (reply.status, reply.body) == (200, b"")
    assert dict(reply.headers)["Access-Control-Allow-Methods"] == "POST, GET, HEAD, OPTIONS"


def test_other_paths_are_not_served(server: Caller) -> None:
    """404 outside, 301 without the slash."""
    assert [server.send(path).status for path in ("/x", "/api_v3/nothing", "/api_v3")] == [
        404,
        404,
        301,
    ]


def test_json_leaves_nulls_out_and_escapes_slashes() -> None:
    """PHP's habits (WIRE-41, WIRE-42)."""
    assert (
        to_json({"a": None, "b": "x/é", "c": {}, "d": [None]})
        == b'{"b":"x\\/\\u00e9","c":[],"d":[null]}'
    )


def test_php_counts_bytes() -> None:
    """A string's length is in bytes; an object carries its class."""
    assert (
        to_php({"objectType": "KalturaX", "n": "é"})
        == 'O:8:"KalturaX":1:{s:1:"n";s:2:"é";}'.encode()
    )
