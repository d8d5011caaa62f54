"""Oracles of the wire area over a single answer's headers.

What Apache's configuration decides (`X-Me`, compression, pages of its own) is not judged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.oracles.answers import has_body, is_document
from conformance.oracles.claim import oracle
from conformance.verdict.breach import Breach
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.model import Action
    from conformance.wire.exchange import Exchange

SESSION_HEADER = re.compile(r"\d+,\s*\d{9,11}(\s*,\s*\d+,\s*\d{9,11})*")
"""A number and the epoch second, maybe more than once (CONTRACT WIRE-52)."""

KEYLESS_SESSIONS = frozenset({"none", "widget"})
"""Answers to these may be cached by the server for minutes (OBSERVED 15)."""

WRITES = frozenset({"add", "update", "delete"})
"""No cache answers these, so every answer is from the server itself."""

EXPOSED = frozenset({"content-length", "x-kaltura", "x-kaltura-session"})


@oracle("WIRE-HEAD-001")
def any_origin_is_allowed(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """Every API answer allows any origin to read it."""
    if action.result.kind == "file" or not is_document(exchange):
        return
    allowed = exchange.response.header("Access-Control-Allow-Origin")
    if allowed is None or allowed.strip() != "*":
        yield Breach(
            where="Access-Control-Allow-Origin",
            expected="*",
            actual=allowed or "absent",
            hint="players in browsers on other sites cannot read this answer",
            exchanges=(exchange.number,),
        )


@oracle("WIRE-HEAD-002")
def api_headers_are_exposed(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """Every API answer exposes the API's own headers to scripts of other origins."""
    if action.result.kind == "file" or not is_document(exchange):
        return
    value = exchange.response.header("Access-Control-Expose-Headers") or ""
    exposed = {name.strip().lower() for name in value.split(",")}
    if "*" not in exposed and not exposed >= EXPOSED:
        yield Breach(
            where="Access-Control-Expose-Headers",
            expected="at least " + ", ".join(sorted(EXPOSED)),
            actual=value or "absent",
            exchanges=(exchange.number,),
        )


@oracle("WIRE-HEAD-003")
def answer_to_a_session_is_not_stored(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """An answer to a call with a session's KS forbids caches to keep it."""
    if action.result.kind == "file" or not is_document(exchange):
        return
    if exchange.session in KEYLESS_SESSIONS or "kalsig" in exchange.call.params:
        return
    value = (exchange.response.header("Cache-Control") or "").lower()
    directives = {part.strip() for part in value.split(",")}
    if not directives & {"no-store", "no-cache", "private"} or "public" in directives:
        yield Breach(
            where="Cache-Control",
            expected="no-store, no-cache",
            actual=value or "absent",
            hint="a shared cache may hand this answer to somebody else",
            exchanges=(exchange.number,),
        )


@oracle("WIRE-HEAD-004")
def answer_carries_expires_and_pragma(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """An answer to a call with a session's KS has a Pragma and an Expires for old caches."""
    if action.result.kind == "file" or not is_document(exchange):
        return
    if exchange.session in KEYLESS_SESSIONS or "kalsig" in exchange.call.params:
        return
    missing = [name for name in ("Expires", "Pragma") if exchange.response.header(name) is None]
    if missing:
        yield Breach(
            where=missing[0],
            expected="Expires in the past and Pragma no-cache",
            actual="without " + " and ".join(missing),
            exchanges=(exchange.number,),
        )


@oracle("WIRE-HEAD-005")
def session_header_is_number_and_second(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """The `X-Kaltura-Session` header, where present, is a number and the epoch second."""
    value = exchange.response.header("X-Kaltura-Session")
    if action.result.kind == "file" or value is None:
        return
    if not SESSION_HEADER.fullmatch(value.strip()):
        yield Breach(
            where="X-Kaltura-Session",
            expected="<number>, <epoch second>",
            actual=value,
            exchanges=(exchange.number,),
        )


@oracle("WIRE-HEAD-006")
def fresh_answer_names_its_session(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """An answer that no cache gave carries `X-Kaltura-Session`."""
    if action.result.kind == "file" or not is_document(exchange) or not has_body(exchange):
        return
    origin = exchange.response.header("X-Kaltura") or ""
    if exchange.response.header("X-Kaltura-Session") is None and "cached-" not in origin:
        yield Breach(
            where="X-Kaltura-Session",
            expected="<number>, <epoch second>",
            actual="absent",
            hint="support asks for this number to find the call in the server's logs",
            exchanges=(exchange.number,),
        )


@oracle("WIRE-HEAD-007")
def answer_to_a_write_names_its_session(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """What an admin's add, update or delete answers carries `X-Kaltura-Session`."""
    if action.name not in WRITES or exchange.session != "admin" or not has_body(exchange):
        return
    if not isinstance(exchange.answer, Result):
        return
    yield from fresh_answer_names_its_session(exchange, action)
