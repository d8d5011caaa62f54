"""From a result to an HTTP reply: format, content type and headers (CONTRACT 2.3, OBSERVED 1-4)."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault, BareFault, describe
from conformance.reference.message import Body, FileAnswer, HttpReply
from conformance.reference.scalars import to_text
from conformance.reference.serialisation.json import to_json, to_jsonp
from conformance.reference.serialisation.php import to_php
from conformance.reference.serialisation.xml import to_xml

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.message import HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.world import World

JSON, XML, PHP, JSONP = 1, 2, 3, 9
_FORMATS = frozenset({JSON, XML, PHP, JSONP})
_NUMERIC = re.compile(r"\s*\d+(?:\.0*)?\s*")
_CALLBACK = re.compile(r"[0-9A-Za-z_.]+")
_HTML = "text/html; charset=UTF-8"

_ALWAYS = (
    (
        "Access-Control-Expose-Headers",
        "Server, Content-Length, Content-Range, Date, X-Kaltura, X-Kaltura-Session, X-Me",
    ),
    ("Access-Control-Allow-Origin", "*"),
)
_NO_CACHE = (
    ("Expires", "Sun, 19 Nov 2000 08:52:00 GMT"),
    ("Cache-Control", "no-store, no-cache, must-revalidate, post-check=0, pre-check=0"),
    ("Pragma", "no-cache"),
)
_PREFLIGHT = (
    (
        "Access-Control-Allow-Headers",
        "Origin, X-Requested-With, Content-Type, Accept, Range, Cache-Control",
    ),
    ("Access-Control-Allow-Methods", "POST, GET, HEAD, OPTIONS"),
    ("Access-Control-Max-Age", "86400"),
    ("X-Me", "127.0.0.1"),
    ("Content-Type", _HTML),
)


def describe_fault(world: World, fault: ApiFault) -> dict[str, Any]:
    """The error object of a refusal."""
    return describe(world.schema, fault)


def format_of(invocation: Invocation) -> int:
    """The format that was asked for; anything unknown is refused in headers only (stage S0)."""
    raw = invocation.params.get("format")
    if raw is None:
        return XML
    text = to_text(raw)
    number = int(float(text)) if _NUMERIC.fullmatch(text) else -1
    if number not in _FORMATS:
        raise BareFault(
            "UNKNOWN_RESPONSE_FORMAT",
            f"Response format provided [{text}] is not recognized by server",
        )
    if number == JSONP and not _CALLBACK.fullmatch(to_text(invocation.params.get("callback"))):
        raise BareFault("MANDATORY_PARAMETER_MISSING", 'Mandatory parameter "callback" is missing')
    return number


def serialise(world: World, invocation: Invocation, value: Any) -> Body:
    """The result in the format that was asked for."""
    if isinstance(value, FileAnswer):
        return _file(value)
    number = format_of(invocation)
    if number == XML:
        names = _names(world)
        null = invocation.params.get("ignoreNull")
        ignore_null = null is True or null == "1"
        content = to_xml(
            value, names_of=names, seconds=_execution_time(world), ignore_null=ignore_null
        )
        body = Body(content, "text/xml;charset=UTF-8")
    elif number == JSON:
        body = Body(to_json(value), "application/json")
    elif number == PHP:
        body = Body(to_php(value), _HTML)
    else:
        callback = to_text(invocation.params.get("callback"))
        body = Body(to_jsonp(value, callback), "application/javascript")
    asked = invocation.params.get("content-type")
    return _with_type(body, to_text(asked)) if asked else body


def reply(world: World, request: HttpRequest, body: Body) -> HttpReply:
    """The reply with the headers that every reply has (CONTRACT WIRE-52)."""
    headers = (
        *_ALWAYS,
        *_NO_CACHE,
        ("X-Kaltura-Session", f"{world.rng.getrandbits(31)}, {world.now()}"),
        *body.headers,
        ("X-Me", "127.0.0.1"),
        ("Content-Type", body.content_type),
    )
    content = b"" if request.method == "HEAD" else body.content
    return HttpReply(200, headers, content)


def preflight() -> HttpReply:
    """The answer to OPTIONS (CONTRACT WIRE-53)."""
    return HttpReply(200, (*_ALWAYS, *_PREFLIGHT), b"")


def bare(fault: BareFault) -> Body:
    """An empty body with the refusal in its headers (CONTRACT WIRE-40, WIRE-51)."""
    headers = (
        ("X-Kaltura", f"error- {fault.code}"),
        ("X-Kaltura-App", f"exiting on error {fault.code} - {fault.explanation}"),
    )
    return Body(b"", fault.content_type, headers)


def not_served() -> HttpReply:
    """The answer to a path outside the API, as the web server in front gives it."""
    text = b"<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>"
    return HttpReply(404, (("Content-Type", "text/html; charset=iso-8859-1"),), text)


def redirect(place: str) -> HttpReply:
    """A permanent redirect."""
    headers = (("Location", place), ("Content-Type", "text/html; charset=iso-8859-1"))
    return HttpReply(301, headers, b"")


def publish_schema(content: bytes) -> bytes:
    """The schema file as it is published."""
    return content


def _file(answer: FileAnswer) -> Body:
    """A served file."""
    name = answer.filename.replace('"', "").encode("ascii", "replace").decode()
    headers = (("Content-Disposition", f'attachment; filename="{name}"'),) if name else ()
    return Body(answer.content, answer.content_type, (*headers, ("Accept-Ranges", "bytes")))


def _with_type(body: Body, asked: str) -> Body:
    """The body with the content type that the request asked for."""
    clean = asked.split("\r", maxsplit=1)[0].split("\n", maxsplit=1)[0]
    return Body(
        body.content, f"{clean};charset=UTF-8" if clean.startswith("text/") else clean, body.headers
    )


def _execution_time(world: World) -> float:
    """Seconds since the call began."""
    started: float = world.notes.get("started", time.perf_counter())
    return round(time.perf_counter() - started, 16)


def _names(world: World) -> Callable[[str], tuple[str, ...]]:
    """The names of a class's properties that XML writes, remembered by class."""
    known: dict[str, tuple[str, ...]] = world.notes.setdefault("xml names", {})

    def names_of(name: str) -> tuple[str, ...]:
        found = known.get(name)
        if found is None:
            properties = world.decoder.properties(name)
            found = known[name] = tuple(
                prop for prop in properties if not prop.startswith("multiLingual_")
            )
        return found

    return names_of
