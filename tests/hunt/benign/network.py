"""Networks, gateways and machines between a client and a sound server."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from tests.hunt.codec import Opaque, document
from tests.hunt.mutant import bytewise

if TYPE_CHECKING:
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


@bytewise()
def answers_are_late(exchange: Exchange, world: World) -> None:
    """Answers take up to twenty milliseconds longer."""
    exchange.answer.delay_seconds = world.random.random() * 0.02


@bytewise()
def some_answers_are_very_late(exchange: Exchange, world: World) -> None:
    """One answer in five hundred takes two seconds."""
    if world.random.random() < 0.002:
        exchange.answer.delay_seconds = 2.0


@bytewise()
def connections_end_after_each_answer(exchange: Exchange, _world: World) -> None:
    """The connection is closed after each answer."""
    exchange.answer.set("Connection", "close")


@bytewise()
def answers_are_compressed(exchange: Exchange, _world: World) -> None:
    """Answers are compressed where the client takes it (WIRE-57)."""
    asked = "gzip" in exchange.request.header("Accept-Encoding")
    if asked and exchange.answer.body and not exchange.answer.header("Content-Encoding"):
        exchange.answer.body = gzip.compress(exchange.answer.body, mtime=0)
        exchange.answer.set("Content-Encoding", "gzip")
        exchange.answer.set("Vary", "Accept-Encoding")


@bytewise()
def optional_headers_are_missing(exchange: Exchange, _world: World) -> None:
    """X-Me and X-Kaltura are missing (WIRE-52, WIRE-54)."""
    exchange.answer.drop("X-Me", "Server")


@bytewise()
def gateways_add_headers(exchange: Exchange, _world: World) -> None:
    """A gateway adds headers of its own."""
    exchange.answer.headers += [
        ("Via", "1.1 gateway"),
        ("Strict-Transport-Security", "max-age=63072000"),
        ("Set-Cookie", "route=a7; path=/; HttpOnly"),
        ("X-Cache", "MISS"),
        ("X-Request-Id", "8d1e"),
    ]


@bytewise()
def header_names_in_lower_case(exchange: Exchange, _world: World) -> None:
    """Header names are in lower case, as gateways write them."""
    exchange.answer.headers = [(name.lower(), value) for name, value in exchange.answer.headers]


@bytewise()
def session_headers_are_doubled(exchange: Exchange, _world: World) -> None:
    """X-Kaltura-Session comes twice (WIRE-52)."""
    found = exchange.answer.header("X-Kaltura-Session")
    if found:
        exchange.answer.headers.append(("X-Kaltura-Session", found))


@bytewise()
def anonymous_answers_come_from_the_cache(exchange: Exchange, world: World) -> None:
    """An answer from the cache says so, and has no session header (OBSERVED 2)."""
    anonymous = all(world.session(call.ks) is None for call in exchange.calls)
    api = exchange.answer.header("X-Kaltura-Session")
    if anonymous and api and not exchange.answer.header("X-Kaltura"):
        exchange.answer.drop("X-Kaltura-Session")
        exchange.answer.set("X-Kaltura", "cached-dispatcher,cache_v3-1f3a,6.7E-5")


@bytewise()
def xml_types_lack_the_charset(exchange: Exchange, _world: World) -> None:
    """XML is sent as text/xml, without a charset (WIRE-41)."""
    if exchange.answer.header("Content-Type").lower().startswith("text/xml;"):
        exchange.answer.set("Content-Type", "text/xml")


@bytewise()
def answers_are_written_again(exchange: Exchange, _world: World) -> None:
    """A gateway reads each answer and writes it again."""
    try:
        exchange.answer.body = document(exchange.answer.body).bytes()
    except Opaque:
        return


@bytewise()
def a_gateway_speaks_the_older_protocol(exchange: Exchange, _world: World) -> None:
    """Answers are HTTP/1.0: no length, and the body ends with the connection."""
    exchange.answer.is_old = True
