"""Faults of a server that trusts its callers: what nobody well-behaved sends breaks it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import structs

from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.message import HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import HttpRequest

JSON = "application/json"
BROKEN_DOWN = 500
QUOTED = re.compile(rb"[:\[,]\s*\"(?:[^\"\\]|\\.)*'")
LIST_FOR_AN_ID = re.compile(rb'"\w*[iI]d(?:Equal)?":\s*\[')
BLANK = re.compile(rb'"filter":\s*\{[^{}]*"\w+":\s*""')
BEYOND_64_BITS = re.compile(rb"[:\[,]\s*-?\d{20,}")
TRACE = "Stack trace:\n#0 /opt/server/api_v3/lib/Dispatcher.php(57): read()\n#1 {main}"
BIG = 100_000
LONG_LINE = 8_000
RICH = 4


@fault("ROBUST-TEXT-001")
def quote_breaks_the_query(behaviour: Behaviour) -> Behaviour:
    """A quote in a value ends the query in the middle, and the call with status 500."""
    return _breaks_down(behaviour, lambda request: bool(QUOTED.search(request.body[:BIG])))


@fault("ROBUST-TEXT-001")
def long_id_breaks_down_now_and_then(behaviour: Behaviour) -> Behaviour:
    """Of the ids of thousands of letters every other one ends with status 500."""
    every_other = alteration.one_in(2)
    long = re.compile(rb"x{5000}")
    return _breaks_down(
        behaviour, lambda request: bool(long.search(request.body[:20_000])) and every_other(request)
    )


@fault("ROBUST-NUMBER-001")
def huge_number_overflows(behaviour: Behaviour) -> Behaviour:
    """A number beyond 64 bits is answered with status 500 and an empty body."""
    return _breaks_down(behaviour, lambda request: bool(BEYOND_64_BITS.search(request.body)))


@fault("ROBUST-BODY-001")
def broken_json_is_answered_with_a_page(behaviour: Behaviour) -> Behaviour:
    """JSON that cannot be decoded is answered with a page for people."""
    page = b"<!DOCTYPE html><html><body><h1>Bad input</h1></body></html>"

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return structs.replace(made, body=page)

    return alteration.reply(behaviour, change, when=_is_broken_json)


@fault("ROBUST-SIZE-001")
def big_body_is_too_much(behaviour: Behaviour) -> Behaviour:
    """A body of more than a hundred kilobytes is answered with status 502."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return HttpReply(502, made.headers, b"<html><h1>Bad Gateway</h1></html>")

    return alteration.reply(behaviour, change, when=lambda request: len(request.body) > BIG)


@fault("ROBUST-URL-001")
def long_url_is_too_much(behaviour: Behaviour) -> Behaviour:
    """A request line of more than eight thousand characters is answered with status 500."""
    return _breaks_down(behaviour, lambda request: len(request.query) > LONG_LINE)


@fault("ROBUST-UPLOAD-001")
def cut_upload_breaks_down(behaviour: Behaviour) -> Behaviour:
    """A multipart body without its last boundary is answered with status 500."""

    def is_cut(request: HttpRequest) -> bool:
        multipart = request.header("content-type").startswith("multipart/form-data")
        return multipart and not request.body.rstrip().endswith(b"--")

    return _breaks_down(behaviour, is_cut)


@fault("ROBUST-INJECT-001")
def quoted_id_finds_any_object(behaviour: Behaviour) -> Behaviour:
    """An id with a quote in it is a query that finds the first object that there is."""

    def first(call: Call) -> Any:
        room = call.room
        family = room.entity if room is not None else "KalturaObject"
        return {"objectType": family, "id": "0_first000"}

    def is_quoted(call: Call) -> bool:
        return any("'" in str(value) for value in call.arguments.values())

    return alteration.instead(behaviour, "get", first, when=is_quoted)


@fault("ROBUST-LEAK-001")
def broken_json_shows_a_trace(behaviour: Behaviour) -> Behaviour:
    """The error that answers JSON which cannot be decoded tells how the server got there."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        try:
            error = msgspec.json.decode(made.body)
        except msgspec.DecodeError:
            return made
        if not isinstance(error, dict) or "message" not in error:
            return made
        told = {**error, "message": f"{error['message']} {TRACE}"}
        return structs.replace(made, body=msgspec.json.encode(told))

    return alteration.reply(behaviour, change, when=_is_broken_json)


@fault("ROBUST-HEADER-001")
def content_type_may_break_the_line(behaviour: Behaviour) -> Behaviour:
    """What follows a line break in the asked content type becomes a header of its own."""

    def change(request: HttpRequest, made: HttpReply) -> HttpReply:
        asked = dict(parse_qsl(request.query)).get("content-type", "")
        pairs = (line.partition(":") for line in asked.splitlines()[1:] if ":" in line)
        added = tuple((name.strip(), value.strip()) for name, _, value in pairs)
        return structs.replace(made, headers=(*made.headers, *added))

    return alteration.reply(behaviour, change)


@fault("ROBUST-ALIVE-001")
def worker_remembers_broken_json(behaviour: Behaviour) -> Behaviour:
    """A worker that met JSON which cannot be decoded fails its connection's next call."""
    shaken: set[int] = set()
    error = msgspec.json.encode(
        {
            "code": "INTERNAL_SERVERL_ERROR",
            "message": "Internal server error occurred",
            "objectType": "KalturaAPIException",
            "args": [],
        }
    )

    def change(request: HttpRequest, made: HttpReply) -> HttpReply:
        if _is_broken_json(request):
            shaken.add(request.port)
            return made
        if request.port not in shaken:
            return made
        shaken.discard(request.port)
        return structs.replace(made, body=error)

    return alteration.reply(behaviour, change)


@fault("ROBUST-KIND-001")
def list_for_an_id_breaks_down(behaviour: Behaviour) -> Behaviour:
    """A list in the place of an id is answered with status 500 and an empty body."""
    return _breaks_down(behaviour, lambda request: bool(LIST_FOR_AN_ID.search(request.body[:BIG])))


@fault("ROBUST-FUZZ-001")
def blank_breaks_down(behaviour: Behaviour) -> Behaviour:
    """A call with an empty text in its filter is answered with status 500."""
    return _breaks_down(behaviour, lambda request: bool(BLANK.search(request.body[:BIG])))


@fault("ROBUST-FUZZ-001")
def rich_filter_breaks_down(behaviour: Behaviour) -> Behaviour:
    """A list by a filter of four properties and more ends with status 500."""

    def is_rich(request: HttpRequest) -> bool:
        if b'"filter"' not in request.body[:BIG] or len(request.body) > BIG:
            return False
        try:
            sent = msgspec.json.decode(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        asked = sent.get("filter") if isinstance(sent, dict) else None
        return isinstance(asked, dict) and len(set(asked) - {"objectType"}) >= RICH

    return _breaks_down(behaviour, is_rich)


def _is_broken_json(request: HttpRequest) -> bool:
    if request.header("content-type").lower() != JSON or not request.body:
        return False
    try:
        msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True
    return False


def _breaks_down(behaviour: Behaviour, when: Callable[[HttpRequest], bool]) -> Behaviour:
    """A request for which `when` holds ends with status 500 and an empty body."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return HttpReply(BROKEN_DOWN, made.headers, b"")

    return alteration.reply(behaviour, change, when=when)
