"""A call in the form in which it travels: URL, headers and body (CONTRACT WIRE-01 to WIRE-09)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import msgspec

from conformance.wire.exchange import SentRequest
from conformance.wire.flattening import flatten, text_of
from conformance.wire.multipart import multipart_body
from conformance.wire.request import Encoding, Endpoint, Format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.wire.request import Call, Form

API_PATH = "/api_v3"
FORM_TYPE = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json"
"""Exactly this: with a charset behind it the server ignores the body (WIRE-05)."""
SAFE_BYTES = 1_000_000
SAFE_DEPTH = 500
"""PHP reads JSON to a depth of 512 (OBSERVED 8)."""


def encode(call: Call, form: Form, *, base_url: str, ks: str | None) -> SentRequest:
    """The request that carries `call` in `form` to the server at `base_url`.

    `format`, `ks` and `callback` travel with the parameters, so a KS is in the URL only
    with `Encoding.QUERY` or a method other than POST. With a raw body or a content type of
    the caller's, `format` and `callback` go into the URL, since the body may be ignored.
    What `call.params` says of them wins. A body that the server may ignore for its depth,
    size or lone surrogates has its `format` repeated in the URL, or the answer would be XML.
    """
    parameters, query = _parameters(call, form, ks)
    content_type, body, body_query = _body(call, form, parameters)
    url = _url(root_of(base_url), call, form.endpoint)
    query += body_query
    if _may_be_ignored(body) and form.raw_body is None and "format" in parameters:
        query.append(("format", text_of(parameters["format"])))
    if query:
        url += ("&" if "?" in url else "?") + urlencoded(query)
    headers = dict(form.headers)
    if content_type and not any(name.casefold() == "content-type" for name in headers):
        headers = {"Content-Type": content_type, **headers}
    return SentRequest(form.method, url, tuple(headers.items()), body)


@lru_cache(maxsize=64)
def root_of(base_url: str) -> str:
    """The server's root, whether or not the URL names the API under it."""
    root = base_url.strip().rstrip("/")
    for suffix in ("/index.php", API_PATH):
        root = root.removesuffix(suffix).rstrip("/")
    return root


def urlencoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as `a=1&b=2`; a character that UTF-8 cannot hold is written as its three bytes."""
    return "&".join(f"{_escaped(key)}={_escaped(value)}" for key, value in pairs)


def json_text(value: Any) -> bytes:
    """`value` as JSON; what msgspec refuses (lone surrogates, huge integers) is escaped."""
    try:
        return _JSON.encode(value)
    except (UnicodeEncodeError, OverflowError):
        return json.dumps(value, separators=(",", ":"), default=_plain).encode()


def _parameters(
    call: Call, form: Form, ks: str | None
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The parameters with the reserved ones, and what has to go into the URL."""
    reserved: dict[str, Any] = {}
    if form.format is not None:
        reserved["format"] = int(form.format) if isinstance(form.format, Format) else form.format
    if form.callback is not None:
        reserved["callback"] = form.callback
    query: list[tuple[str, str]] = []
    if form.raw_body is not None or any(name.casefold() == "content-type" for name in form.headers):
        query = [(key, str(value)) for key, value in reserved.items() if key not in call.params]
        reserved = {}
    elif form.callback is not None and _carries_body(form, call):
        # The server reads the callback from the query alone (OBSERVED 10).
        query = [("callback", str(reserved.pop("callback")))]
    if ks is not None:
        reserved["ks"] = ks
    if form.endpoint is Endpoint.BARE:
        reserved = {**_names(call), **reserved}
    return {**reserved, **call.params}, query


def _carries_body(form: Form, call: Call) -> bool:
    return bool(call.files) or (form.method == "POST" and form.encoding is not Encoding.QUERY)


def _body(
    call: Call, form: Form, parameters: dict[str, Any]
) -> tuple[str, bytes, list[tuple[str, str]]]:
    """Content type and body, or the pairs for the URL where there is no body."""
    if form.raw_body is not None:
        json_like = form.encoding in {Encoding.JSON, Encoding.MULTIPART_JSON}
        return (JSON_TYPE if json_like else FORM_TYPE), form.raw_body, []
    if not _carries_body(form, call):
        return "", b"", list(flatten(parameters))
    if form.encoding is Encoding.MULTIPART_JSON or (call.files and form.encoding is Encoding.JSON):
        fields = [("json", json_text(parameters).decode())]
        return (*multipart_body(fields, call.files), [])
    if form.encoding is Encoding.MULTIPART or call.files:
        return (*multipart_body(flatten(parameters), call.files), [])
    if form.encoding is Encoding.JSON:
        return JSON_TYPE, json_text(parameters), []
    return FORM_TYPE, urlencoded(flatten(parameters)).encode(), []


def _may_be_ignored(body: bytes) -> bool:
    return (
        len(body) > SAFE_BYTES
        or b"\\ud" in body
        or body.count(b"{") + body.count(b"[") > SAFE_DEPTH
    )


def _names(call: Call) -> dict[str, str]:
    """Service and action as parameters; a multirequest has no action."""
    names = {"service": call.service, "action": call.action}
    return {key: name for key, name in names.items() if name}


def _url(root: str, call: Call, endpoint: Endpoint) -> str:
    """The URL without the parameters of the call."""
    if endpoint is Endpoint.BARE:
        return f"{root}{API_PATH}/"
    if endpoint is Endpoint.INDEX_QUERY:
        return f"{root}{API_PATH}/index.php?{urlencoded(_names(call).items())}"
    script = "/index.php" if endpoint is Endpoint.INDEX_PATH else ""
    return f"{root}{API_PATH}{script}{_path(call.service, call.action)}"


@lru_cache(maxsize=4096)
def _path(service: str, action: str) -> str:
    """The path's pairs; an empty name is left out, for an empty segment shifts them (WIRE-02)."""
    path = f"/service/{quote(service, safe='')}" if service else "/"
    return f"{path}/action/{quote(action, safe='')}" if action else path


def _escaped(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def _plain(value: Any) -> Any:
    """What JSON has no word for, as its nearest plain value."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return list(value)
    return str(value)


_JSON = msgspec.json.Encoder(enc_hook=_plain)
