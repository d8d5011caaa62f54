from __future__ import annotations

import json
from email.parser import BytesParser
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from conformance.wire.encoding import encode, root_of
from conformance.wire.flattening import flatten
from conformance.wire.request import Call, Encoding, Endpoint, Form, Format, Upload

BASE = "http://127.0.0.1:8080"
PARAMS = {
    "entry": {
        "objectType": "KalturaMediaEntry",
        "name": "ä & b",
        "tags": [],
        "partnerSortValue": 7,
    },
    "ids": ["a", "b"],
    "flag": True,
    "nothing": None,
}


def query_of(url: str) -> dict[str, str]:
    """The query's pairs."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def test_json_is_the_default_and_keeps_the_ks_out_of_the_url() -> None:
    """A modern client's call: names in the path, all else in the body, the bare content type."""
    sent = encode(Call("media", "add", PARAMS), Form(), base_url=BASE, ks="secret-ks")

    assert sent.method == "POST"
    assert sent.url == f"{BASE}/api_v3/service/media/action/add"
    assert sent.headers == (("Content-Type", "application/json"),)
    assert json.loads(sent.body) == {"format": 1, "ks": "secret-ks", **PARAMS}


def test_a_form_uses_colon_paths() -> None:
    """Objects, arrays, empty arrays, nulls and booleans each have their notation."""
    sent = encode(Call("media", "add", PARAMS), Form(Encoding.FORM), base_url=BASE, ks="k")

    assert sent.headers == (("Content-Type", "application/x-www-form-urlencoded"),)
    assert parse_qsl(sent.body.decode(), keep_blank_values=True) == [
        ("format", "1"),
        ("ks", "k"),
        ("entry:objectType", "KalturaMediaEntry"),
        ("entry:name", "ä & b"),
        ("entry:tags:-", ""),
        ("entry:partnerSortValue", "7"),
        ("ids:0", "a"),
        ("ids:1", "b"),
        ("flag", "true"),
        ("nothing__null", ""),
    ]
    assert "?" not in sent.url


def test_objects_in_arrays_are_numbered() -> None:
    """`metaLinkAttributes:0:key` is how a form says an object in an array."""
    params = {"e": {"links": [{"key": "a", "value": False}, {"key": None}]}}

    assert list(flatten(params)) == [
        ("e:links:0:key", "a"),
        ("e:links:0:value", "false"),
        ("e:links:1:key__null", ""),
    ]


@pytest.mark.parametrize("value", [{}, [], ()])
def test_what_a_form_cannot_say_is_left_out(value: Any) -> None:
    """An empty object, and an empty array at the top level, have no notation."""
    assert list(flatten({"x": value})) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize("encoding", [Encoding.JSON, Encoding.FORM, Encoding.QUERY])
def test_methods_without_a_body_use_the_query(method: str, encoding: Encoding) -> None:
    """PHP reads a form's body from a POST alone."""
    sent = encode(
        Call("system", "ping", {"x": 1}), Form(encoding, method=method), base_url=BASE, ks="k"
    )

    assert query_of(sent.url) == {"format": "1", "ks": "k", "x": "1"}
    assert sent.body == b""
    assert sent.headers == ()


def test_a_multipart_body_holds_fields_and_files() -> None:
    """Any multipart reader finds the fields by their paths and the file with its name."""
    call = Call(
        "uploadtoken",
        "upload",
        {"uploadTokenId": "t", "o": {"n": 1}},
        {"fileData": Upload('a"b.png', b"\x00\r\n\xff", "image/png")},
    )

    sent = encode(call, Form(Encoding.MULTIPART), base_url=BASE, ks="k")

    parts = multipart_parts(sent.headers[0][1], sent.body)
    assert {name: content for name, (_, _, content) in parts.items()} == {
        "format": b"1",
        "ks": b"k",
        "uploadTokenId": b"t",
        "o:n": b"1",
        "fileData": b"\x00\r\n\xff",
    }
    assert parts["fileData"][:2] == ("a%22b.png", "image/png")


def test_files_in_a_json_call_travel_beside_a_part_named_json() -> None:
    """A file cannot be in JSON, so the JSON becomes one part of a multipart body."""
    call = Call("x", "y", {"a": [1]}, {"fileData": Upload("f", b"data")})

    sent = encode(call, Form(), base_url=BASE, ks=None)

    parts = multipart_parts(sent.headers[0][1], sent.body)
    assert json.loads(parts["json"][2]) == {"format": 1, "a": [1]}
    assert parts["fileData"][2] == b"data"


def multipart_parts(content_type: str, body: bytes) -> dict[str, tuple[str | None, str, bytes]]:
    """File name, content type and content of each part, by the part's name."""
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts: dict[str, tuple[str | None, str, bytes]] = {}
    for part in message.walk():
        if not part.is_multipart():
            name = part.get_param("name", header="Content-Disposition")
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            parts[str(name)] = (part.get_filename(), part.get_content_type(), content)
    return parts


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        (Endpoint.PATH, "/api_v3/service/media/action/get"),
        (Endpoint.INDEX_PATH, "/api_v3/index.php/service/media/action/get"),
        (Endpoint.INDEX_QUERY, "/api_v3/index.php?service=media&action=get"),
        (Endpoint.BARE, "/api_v3/"),
    ],
)
def test_each_endpoint_has_its_url(endpoint: Endpoint, url: str) -> None:
    """Only the bare endpoint carries service and action among the parameters."""
    sent = encode(Call("media", "get"), Form(endpoint=endpoint), base_url=BASE, ks=None)

    assert sent.url == BASE + url
    names = {"service": "media", "action": "get"} if endpoint is Endpoint.BARE else {}
    assert json.loads(sent.body) == {**names, "format": 1}


def test_a_multirequest_has_no_action() -> None:
    """Its members are numbered objects; in a form their paths begin with the number."""
    call = Call("multirequest", "", {"1": {"service": "system", "action": "ping"}})

    assert encode(call, Form(), base_url=BASE, ks=None).url.endswith("/api_v3/service/multirequest")
    form = encode(call, Form(Encoding.FORM, format=None), base_url=BASE, ks=None)
    assert form.body == b"1%3Aservice=system&1%3Aaction=ping"


def test_names_are_quoted_in_the_path() -> None:
    """A hostile name stays one segment."""
    sent = encode(Call("a/b c", "../x?"), Form(), base_url=BASE, ks=None)

    assert sent.url == f"{BASE}/api_v3/service/a%2Fb%20c/action/..%2Fx%3F"


def test_a_raw_body_is_sent_as_it_is_with_the_format_in_the_url() -> None:
    """A hostile body may be ignored, so the format must not depend on it."""
    form = Form(raw_body=b"{broken", callback="cb", format=Format.JSONP)

    sent = encode(Call("media", "get", {"entryId": "1"}), form, base_url=BASE, ks="k")

    assert sent.body == b"{broken"
    assert query_of(sent.url) == {"format": "9", "callback": "cb"}
    assert sent.headers == (("Content-Type", "application/json"),)


def test_a_content_type_of_the_callers_replaces_ours() -> None:
    """With a charset the server ignores the body, so the format goes into the URL (WIRE-05)."""
    form = Form(headers={"content-type": "application/json; charset=utf-8"})

    sent = encode(Call("media", "get", {"entryId": "1"}), form, base_url=BASE, ks="k")

    assert sent.headers == (("content-type", "application/json; charset=utf-8"),)
    assert query_of(sent.url) == {"format": "1"}
    assert json.loads(sent.body) == {"entryId": "1", "ks": "k"}


@pytest.mark.parametrize("value", ["\ud800", json.loads("[" * 600 + "]" * 600), "x" * 1_000_001])
def test_a_body_that_may_be_ignored_has_its_format_in_the_url_too(value: Any) -> None:
    """The server drops a body of lone surrogates, of great depth or size; XML would come back."""
    sent = encode(Call("media", "get", {"entryId": value}), Form(), base_url=BASE, ks=None)

    assert query_of(sent.url) == {"format": "1"}
    assert json.loads(sent.body) == {"format": 1, "entryId": value}


def test_what_msgspec_refuses_is_sent_nevertheless() -> None:
    """Huge integers, sets and read-only mappings are values that a check may hold."""
    params = {"big": 10**30, "map": MappingProxyType({"a": 1}), "set": {1}}

    sent = encode(Call("x", "y", params), Form(format=None), base_url=BASE, ks=None)

    assert json.loads(sent.body) == {"big": 10**30, "map": {"a": 1}, "set": [1]}


def test_a_parameter_of_the_call_wins_over_a_reserved_one() -> None:
    """A check of impersonation may put a KS of its own among the parameters."""
    sent = encode(Call("x", "y", {"ks": "mine", "format": 2}), Form(), base_url=BASE, ks="given")

    assert json.loads(sent.body) == {"format": 2, "ks": "mine"}


def test_a_callback_is_in_the_query() -> None:
    """The server reads it nowhere else (OBSERVED 10)."""
    form = Form(format=Format.JSONP, callback="cb")

    assert query_of(encode(Call("x", "y"), form, base_url=BASE, ks=None).url) == {"callback": "cb"}


@pytest.mark.parametrize(
    ("given", "root"),
    [
        ("http://h:1", "http://h:1"),
        ("http://h:1/", "http://h:1"),
        ("http://h/api_v3", "http://h"),
        ("http://h/api_v3/index.php", "http://h"),
        ("http://h/kaltura/api_v3/", "http://h/kaltura"),
        ("https://h/kaltura", "https://h/kaltura"),
    ],
)
def test_the_root_is_found_with_or_without_the_api_under_it(given: str, root: str) -> None:
    """Users paste either URL; a path before the API is kept."""
    assert root_of(given) == root
