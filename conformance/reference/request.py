"""From an HTTP request to an invocation: where parameters come from, and which one wins."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec
from msgspec import Struct

from conformance.reference.message import HttpRequest, Upload
from conformance.reference.scalars import to_text

Params = dict[str, Any]

_SCRIPT = frozenset({"api_v3", "api", "index.php"})
_MAX_INPUTS = 10_000
_MAX_DEPTH = 512
_BRACKET = re.compile(rb"[{}\[\]]")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Invocation(Struct, frozen=True):
    """One call as it was asked for, before anything is known of its validity.

    `service` and `action` are as sent; `params` are grouped by their colon paths; `files` are by
    parameter name.
    """

    service: str
    action: str
    params: Params
    files: dict[str, Upload]
    http: HttpRequest
    in_multirequest: bool = False

    def text(self, name: str) -> str:
        """A request-level parameter as text; empty where it is absent."""
        return to_text(self.params.get(name))


def read_request(request: HttpRequest) -> Invocation:
    """Merge path, query, files and body, the former winning (CONTRACT WIRE-04)."""
    params, files = read_body(request)
    if request.query:
        merge(params, read_form(request.query))
    merge(params, read_path(request.path))
    grouped = group(params)
    return Invocation(
        service=to_text(grouped.get("service")),
        action=to_text(grouped.get("action")),
        params=grouped,
        files=files,
        http=request,
    )


def read_path(path: str) -> Params:
    """Key/value pairs of the path; empty and script segments are dropped first (WIRE-02)."""
    segments = [part for part in path.split("/") if part and part not in _SCRIPT]
    params: Params = {}
    for key, value in zip(segments[::2], [*segments[1::2], ""], strict=False):
        if key == "0":
            break
        params[unquote(key)] = unquote(value)
    return params


def read_body(request: HttpRequest) -> tuple[Params, dict[str, Upload]]:
    """The body by its content type; what cannot be read counts as empty (WIRE-05…07)."""
    if not request.body:
        return {}, {}
    content_type = request.header("content-type").strip()
    folded = content_type.lower()
    if folded == "application/json":
        return read_json(request.body), {}
    if folded.startswith("application/x-www-form-urlencoded"):
        return read_form(request.body.decode("utf-8", "surrogateescape")), {}
    if folded.startswith("multipart/form-data"):
        return read_multipart(request.body, content_type)
    return {}, {}


def read_json(body: bytes) -> Params:
    """The JSON object, or nothing where the text is none (CONTRACT WIRE-06)."""
    stripped = body.strip(b" \t\n\r\0\x0b")
    if not (stripped.startswith(b"{") and stripped.endswith(b"}")):
        return {}
    if _too_deep(stripped):
        return {}
    try:
        decoded = msgspec.json.decode(stripped)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _too_deep(text: bytes) -> bool:
    """Whether the JSON nests deeper than PHP reads (CONTRACT WIRE-06)."""
    if text.count(b"{") + text.count(b"[") <= _MAX_DEPTH:
        return False
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", text)):
        depth += 1 if bracket in b"{[" else -1
        deepest = max(deepest, depth)
    return deepest > _MAX_DEPTH


def read_form(text: str) -> Params:
    """A form or query with brackets resolved; the last of doubled keys wins."""
    params: Params = {}
    pairs = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="surrogateescape")
    for key, value in pairs[:_MAX_INPUTS]:
        _put_brackets(
            params, key, value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        )
    return params


def read_multipart(body: bytes, content_type: str) -> tuple[Params, dict[str, Upload]]:
    """Text parts and files; a text part `json` replaces the other text parts (WIRE-07)."""
    marker = content_type.lower().find("boundary=")
    if marker < 0:
        return {}, {}
    boundary = (
        content_type[marker + len("boundary=") :].split(";", maxsplit=1)[0].strip().strip('"')
    )
    texts: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    for part in body.split(b"--" + boundary.encode("latin-1", "replace"))[1:]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if not separator:
            continue
        fields = _disposition(head.decode("utf-8", "replace"))
        content = content.removesuffix(b"\r\n")
        name = fields.get("name", "")
        if "filename" in fields:
            # As PHP does: the folder on the sender's disk is nobody's business.
            filename = fields["filename"].replace("\\", "/").rpartition("/")[2]
            files[name] = Upload(filename, content, fields.get("content-type", ""))
        else:
            texts.append((name, content.decode("utf-8", "replace")))
    return _texts(texts), files


def merge(low: Params, high: Params) -> None:
    """Merge `high` into `low`, nested objects member by member."""
    for key, value in high.items():
        below = low.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merge(below, value)
        else:
            low[key] = value


def group(params: Params) -> Params:
    """Resolve colon paths of the top-level keys (CONTRACT WIRE-08)."""
    if not any(":" in key for key in params):
        return params
    grouped: Params = {}
    for key, value in params.items():
        if ":" not in key:
            grouped[key] = value
            continue
        *path, last = key.split(":")
        place = grouped
        for step in path:
            inner = place.get(step)
            if not isinstance(inner, dict):
                inner = place[step] = dict(enumerate(inner)) if isinstance(inner, list) else {}
            place = inner
        place[last] = value
    return grouped


def _texts(texts: list[tuple[str, str]]) -> Params:
    """The text parts of a multipart body as parameters."""
    params: Params = {}
    for name, text in texts:
        if name == "json":
            try:
                decoded = json.loads(text)
            except ValueError:
                decoded = None
            if isinstance(decoded, dict):
                return decoded
        _put_brackets(params, name, text)
    return params


def _put_brackets(params: Params, key: str, value: str) -> None:
    """Store `a[b][]=value` the way PHP reads it."""
    opening = key.find("[")
    if opening <= 0 or not key.endswith("]"):
        params[key] = value
        return
    steps = [key[:opening], *key[opening + 1 : -1].split("][")]
    place = params
    for step in steps[:-1]:
        name = step or str(len(place))
        inner = place.get(name)
        if not isinstance(inner, dict):
            inner = place[name] = {}
        place = inner
    place[steps[-1] or str(len(place))] = value


def _disposition(head: str) -> dict[str, str]:
    """The fields of a part's head: `name`, `filename`, `content-type`."""
    fields: dict[str, str] = {}
    for line in head.split("\r\n"):
        label, _, rest = line.partition(":")
        if label.strip().lower() == "content-type":
            fields["content-type"] = rest.strip()
        elif label.strip().lower() == "content-disposition":
            for item in rest.split(";")[1:]:
                key, _, text = item.strip().partition("=")
                fields[key.lower()] = text.strip('"')
    return fields
