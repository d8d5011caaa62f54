"""Oracles of the wire area over a single answer's document: its shape in each format."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.oracles.answers import (
    MEDIA_TYPES,
    REDIRECTS,
    TOO_LARGE,
    asked_format,
    has_body,
    is_core,
    is_document,
    is_standard,
    media_type,
)
from conformance.oracles.claim import oracle
from conformance.oracles.well_typed import is_well_typed
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, DieError, FileContent, Malformed, Result
from conformance.wire.request import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema
    from conformance.wire.exchange import Exchange

OK = 200
SERVER_ERROR = 500
ENVELOPE_KEYS = frozenset({"result", "executionTime", "error"})
CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
UTF_8 = frozenset({"utf-8", "utf8"})
XML_BOOLEANS = frozenset({"", "0", "1"})
LOOSE_BOOLEANS = (None, True, False, 0, 1, "", "0", "1")
"""JSON may hold 0 and 1, also as text, in place of false and true (OBSERVED 36)."""


@oracle("WIRE-DOC-001")
def answer_is_one_document(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """An answer is one complete document of the asked format, with nothing before or after it."""
    asked = asked_format(exchange)
    if asked is None or action.result.kind == "file" or not has_body(exchange):
        return
    status = exchange.response.status
    if status >= SERVER_ERROR or status in REDIRECTS or status in TOO_LARGE:
        return
    problem = _unreadable(exchange, action, asked)
    if problem:
        yield Breach(
            where="$",
            expected=f"one {asked.name} document in UTF-8",
            actual=problem,
            hint=_opening(exchange.response.body),
            exchanges=(exchange.number,),
        )


@oracle("WIRE-TYPE-001")
def content_type_follows_format(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """The Content-Type is that of the asked format, and its charset, if any, UTF-8."""
    asked = asked_format(exchange)
    if asked not in MEDIA_TYPES or action.result.kind == "file" or not is_document(exchange):
        return
    actual = media_type(exchange)
    if actual not in MEDIA_TYPES[asked]:
        yield Breach(
            where="Content-Type",
            expected=" or ".join(sorted(MEDIA_TYPES[asked])),
            actual=actual or "absent",
            hint=f"the answer is readable as {asked.name}, but calls itself something else",
            exchanges=(exchange.number,),
        )
    charset = _charset(exchange)
    if charset and charset not in UTF_8:
        yield Breach(
            where="Content-Type",
            expected="no charset, or UTF-8",
            actual=charset,
            hint="a client that believes it reads other letters",
            exchanges=(exchange.number,),
        )


@oracle("WIRE-STATUS-001")
def result_has_status_200(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """A result comes with HTTP status 200."""
    if action.result.kind == "file" or not isinstance(exchange.answer, Result):
        return
    if exchange.response.status != OK:
        yield Breach(
            where="HTTP status",
            expected="200",
            actual=str(exchange.response.status),
            exchanges=(exchange.number,),
        )


@oracle("WIRE-STATUS-002")
def well_typed_call_is_no_server_error(
    exchange: Exchange, action: Action, schema: Schema, lineage: Lineage
) -> Iterator[Breach]:
    """A call whose parameters are of their declared types is never answered with a 5xx status."""
    if exchange.response.status < SERVER_ERROR or not is_standard(action):
        return
    if exchange.form.raw_body is None and is_well_typed(exchange.call, action, schema, lineage):
        yield Breach(
            where="HTTP status",
            expected="200, as every API answer",
            actual=str(exchange.response.status),
            hint=_opening(exchange.response.body),
            exchanges=(exchange.number,),
        )


@oracle("WIRE-JSON-001")
def json_is_the_bare_value(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """A JSON answer is the value itself, without an envelope."""
    result = exchange.result
    if asked_format(exchange) not in {Format.JSON, Format.JSONP} or result is None:
        return
    if action.result.kind in {"map", "file"} or not isinstance(result.value, Mapping):
        return
    keys = result.value.keys()
    if "objectType" not in keys and ENVELOPE_KEYS & keys:
        yield Breach(
            where="$",
            expected="the value alone",
            actual="an object with " + ", ".join(sorted(map(str, keys))[:6]),
            hint="only XML wraps the value in `result`",
            exchanges=(exchange.number,),
        )


@oracle("WIRE-VOID-001")
def void_is_empty(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """An action without a declared result answers null in JSON and an empty `result` in XML."""
    result = exchange.result
    if action.result.kind != "void" or result is None:
        return
    if not (is_core(action) or is_standard(action)):
        return
    # Only XML has no other null than an empty element; PHP writes `N;`, JSON `null` (OBSERVED 17).
    exact = asked_format(exchange) in {Format.JSON, Format.JSONP, Format.PHP}
    if result.value is not None and (exact or result.value != ""):
        yield Breach(
            where="$",
            expected="null, or an empty result element",
            actual=repr(result.value)[:120],
            exchanges=(exchange.number,),
        )


@oracle("WIRE-BOOL-001")
def booleans_are_booleans(
    exchange: Exchange, action: Action, schema: Schema, lineage: Lineage
) -> Iterator[Breach]:
    """Booleans are written as true and false in JSON and as 1 and 0 in XML."""
    result, asked = exchange.result, asked_format(exchange)
    if result is None or asked is None:
        return
    for where, value in _booleans(result.value, action, schema, lineage):
        if asked is Format.XML:
            sound = value in XML_BOOLEANS
        else:
            sound = not isinstance(value, float) and value in LOOSE_BOOLEANS
        if not sound:
            yield Breach(
                where=where,
                expected="1 or 0" if asked is Format.XML else "true or false",
                actual=repr(value)[:80],
                exchanges=(exchange.number,),
            )


def _charset(exchange: Exchange) -> str:
    """The charset that the Content-Type names, in lower case; empty when it names none."""
    value = exchange.response.header("Content-Type") or ""
    found = CHARSET.search(value)
    return found[1].lower() if found else ""


def _unreadable(exchange: Exchange, action: Action, asked: Format) -> str | None:
    answer, body = exchange.answer, exchange.response.body
    match answer:
        case Result() | ApiError():
            return _stray_bytes(body, asked)
        case Malformed():
            claimed = bool(body) and media_type(exchange) in MEDIA_TYPES.get(asked, ())
            return answer.reason if claimed or is_standard(action) else None
        case DieError() if is_standard(action) and asked is not Format.JSONP:
            return f"an empty body, and {answer.code} in a header"
        case FileContent() if is_standard(action):
            return f"{answer.size} bytes of {answer.content_type or 'no type'}"
    return None


def _stray_bytes(body: bytes, asked: Format) -> str | None:
    if body.startswith(BOM_UTF8):
        return "a byte order mark before the document"
    if asked is Format.PHP:
        return None
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return f"a body that is not UTF-8 at byte {error.start}"
    return None


def _opening(body: bytes) -> str:
    text = body[:80].decode("utf-8", "replace").strip()
    return f"the body opens with {text!r}" if text else "the body is empty"


def _booleans(
    value: Any, action: Action, schema: Schema, lineage: Lineage
) -> Iterator[tuple[str, Any]]:
    if action.result.kind == "bool":
        yield "$", value
        return
    yield from _boolean_properties(value, "$", schema, lineage)


def _boolean_properties(
    value: Any, where: str, schema: Schema, lineage: Lineage
) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _boolean_properties(item, f"{where}[{index}]", schema, lineage)
    elif isinstance(value, Mapping):
        name = str(value.get("objectType") or "")
        declared = lineage.properties(name) if name in schema.classes else {}
        for key, member in value.items():
            if key in declared and declared[key].type.kind == "bool":
                yield f"{where}.{key}", member
            else:
                yield from _boolean_properties(member, f"{where}.{key}", schema, lineage)
