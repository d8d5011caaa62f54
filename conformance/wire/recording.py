"""Exchanges that somebody else's tool recorded, read as ours.

One is a mapping `{"n", "name", "request": {"method", "path", "headers", "body" | "body_b64"},
"response": {"status", "headers", "body" | "body_b64"}, "elapsed"}`; `truncated` marks a body
of which only the beginning was kept.
"""

from __future__ import annotations

import base64
import json
import re
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path  # noqa: TC003 - part of the public signature
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from conformance.wire.answer import Answer, Malformed
from conformance.wire.compression import CompressionError, decompressed
from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Encoding, Form, Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RESERVED = frozenset({"service", "action", "format", "ks", "callback"})
MAX_BYTES = 64 * 1024 * 1024
_SEGMENT = re.compile(r"[:\[\]]+")
_INTEGER = re.compile(r"\d{1,3}(?:\.0+)?")


def read_recordings(path: Path) -> Iterator[dict[str, Any]]:
    """The recorded exchanges of a file of JSON lines, in order."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def exchange_from_recording(recording: Mapping[str, Any], *, expect_file: bool = False) -> Exchange:
    """The recorded exchange as one of ours; its session is `recorded`."""
    asked, answered = recording["request"], recording["response"]
    request = SentRequest(
        asked["method"], asked["path"], tuple(asked["headers"].items()), _content(asked)
    )
    encoding, given = _given(request)
    callback = given.get("callback")
    form = Form(
        encoding=encoding,
        format=_format(given),
        method=request.method,
        callback=callback if isinstance(callback, str) else None,
    )
    headers = tuple((name, value) for name, value in answered["headers"])
    response = Received(answered["status"], headers, _content(answered))
    answer: Answer
    if answered.get("truncated"):
        kept, whole = len(response.body), answered.get("full_length")
        answer = Malformed(f"the recording holds {kept} of {whole} bytes")
    else:
        response = _unpacked(response)
        answer = decode(response, form, expect_file=expect_file)
    params = {name: value for name, value in given.items() if name not in RESERVED}
    return Exchange(
        number=recording["n"],
        call=Call(_text(given.get("service")), _text(given.get("action")), params),
        form=form,
        session="recorded",
        request=request,
        response=response,
        answer=answer,
        started_at=0.0,
        elapsed_ms=float(recording.get("elapsed") or 0) * 1000,
    )


def _given(request: SentRequest) -> tuple[Encoding, dict[str, Any]]:
    """All parameters; the path wins over the query, the query over the body (WIRE-04)."""
    parts = urlsplit(request.url)
    path = _path_pairs(parts.path)
    query = _nested(parse_qsl(parts.query, keep_blank_values=True))
    encoding, body = _body_params(request)
    if not request.body:
        encoding = Encoding.QUERY
    return encoding, {**body, **query, **path}


def _path_pairs(path: str) -> dict[str, Any]:
    """The pairs of `/api_v3/[index.php/]service/S/action/A…`; none in a path of another kind."""
    segments = [unquote(segment) for segment in path.split("/") if segment]
    if segments[:1] != ["api_v3"]:
        return {}
    segments = [segment for segment in segments if segment not in {"api_v3", "index.php"}]
    return dict(zip(segments[::2], segments[1::2], strict=False))


def _body_params(request: SentRequest) -> tuple[Encoding, dict[str, Any]]:
    """The parameters in the body, where the server would read them (WIRE-05 to WIRE-07)."""
    content_type = next(
        (value for name, value in request.headers if name.casefold() == "content-type"), ""
    )
    kind = content_type.partition(";")[0].strip().lower()
    if content_type.lower() == "application/json":
        return Encoding.JSON, _json_object(request.body)
    if kind == "multipart/form-data":
        fields = _multipart_fields(content_type, request.body)
        if "json" in dict(fields):
            return Encoding.MULTIPART_JSON, _json_object(dict(fields)["json"].encode())
        return Encoding.MULTIPART, _nested(fields)
    if kind == "application/x-www-form-urlencoded":
        text = request.body.decode("utf-8", "replace")
        return Encoding.FORM, _nested(parse_qsl(text, keep_blank_values=True))
    return Encoding.FORM, {}


def _json_object(body: bytes) -> dict[str, Any]:
    """The object, or nothing where the server would read none (WIRE-06)."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _multipart_fields(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """The parts that are no files."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    fields: list[tuple[str, str]] = []
    for part in message.iter_parts():
        disposition = part["Content-Disposition"]
        if disposition is None or part.get_filename() is not None:
            continue
        content = part.get_payload(decode=True)
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
        fields.append((str(disposition.params.get("name", "")), text))
    return fields


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Pairs with colon or bracket paths as nested mappings (WIRE-08)."""
    root: dict[str, Any] = {}
    for path, value in pairs:
        *holders, last = [step for step in _SEGMENT.split(path) if step] or [path]
        holder = root
        for step in holders:
            inner = holder.get(step)
            if not isinstance(inner, dict):
                inner = holder[step] = {}
            holder = inner
        if path.endswith("[]"):
            inner = holder.setdefault(last, {})
            if isinstance(inner, dict):
                inner[str(len(inner))] = value
        else:
            holder[last] = value
    return root


def _format(given: Mapping[str, Any]) -> Format | int | str | None:
    """The asked format, a `Format` where it is one."""
    asked = given.get("format")
    if asked is None:
        return None
    text = _text(asked)
    if _INTEGER.fullmatch(text) and float(text) in set(Format):
        return Format(int(float(text)))
    return asked if isinstance(asked, int) else text


def _unpacked(response: Received) -> Received:
    """A body that was recorded compressed, decompressed; most recorders do it themselves."""
    encoding = response.header("Content-Encoding")
    if not encoding or not response.body.startswith(b"\x1f\x8b"):
        return response
    try:
        body = decompressed(response.body, encoding, MAX_BYTES)
    except CompressionError:
        return response
    return Received(response.status, response.headers, body)


def _content(holder: Mapping[str, Any]) -> bytes:
    if "body_b64" in holder:
        return base64.b64decode(holder["body_b64"])
    return str(holder.get("body") or "").encode()


def _text(value: Any) -> str:
    return "" if value is None else str(value)
