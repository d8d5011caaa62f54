"""What happens between the server and the suite, and in front of the server."""

from __future__ import annotations

import gzip
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from msgspec import structs

from conformance.reference.faults import alteration
from conformance.reference.message import HttpReply
from conformance.reference.variations import walking
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import HttpRequest

_MEAN_SECONDS, _JITTER_SECONDS = 0.05, 0.03
_CALLS_UNTIL_LOST = 50
_CALLS_UNTIL_BUSY = 150


@variation("CONTRACT WIRE-57")
def answers_are_compressed(behaviour: Behaviour) -> Behaviour:
    """Answers are compressed for a client that takes gzip."""

    def change(request: HttpRequest, made: HttpReply) -> HttpReply:
        if "gzip" not in request.header("accept-encoding") or not made.body:
            return made
        added = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
        return structs.replace(
            made, headers=(*made.headers, *added), body=gzip.compress(made.body, 1)
        )

    return alteration.reply(behaviour, change)


@variation("HTTP: a body may come in chunks")
def answers_come_in_chunks(behaviour: Behaviour) -> Behaviour:
    """Answers have no length; their bodies come in chunks."""
    return walking.headers(behaviour, lambda given: {**given, "Transfer-Encoding": "chunked"})


@variation("HTTP: a connection may be closed behind an answer")
def connections_are_not_kept(behaviour: Behaviour) -> Behaviour:
    """The server closes the connection behind every answer."""
    return walking.headers(behaviour, lambda given: {**given, "Connection": "close"})


@variation("HTTP: a kept connection may be closed at any moment")
def kept_connections_are_lost(behaviour: Behaviour) -> Behaviour:
    """One request in fifty finds that its kept connection is no more."""
    asked = iter(range(1, 2**62))
    known: set[tuple[str, int]] = set()

    def hang_up(request: HttpRequest) -> bool:
        place = (request.client, request.port)
        if place not in known:
            known.add(place)
            return False
        lost = next(asked) % _CALLS_UNTIL_LOST == 0
        if lost:
            known.discard(place)
        return lost

    return replace(behaviour, hang_up=hang_up)


@variation("no rule binds the time that an answer takes")
def answers_take_their_time(behaviour: Behaviour) -> Behaviour:
    """Every answer takes 20 to 80 milliseconds."""
    random = Random(5)  # noqa: S311 - a delay, no secret

    def delay(_request: HttpRequest) -> float:
        return _MEAN_SECONDS + random.uniform(-_JITTER_SECONDS, _JITTER_SECONDS)

    return replace(behaviour, delay=delay)


@variation("HTTP: 503 with Retry-After asks to come again")
def server_is_busy_now_and_then(behaviour: Behaviour) -> Behaviour:
    """Now and then the balancer has no server free and says when to come again."""
    return _turned_away(behaviour, 503, "1")


@variation("CONTRACT TRAP-17; HTTP: 429 asks to come again")
def too_many_requests_now_and_then(behaviour: Behaviour) -> Behaviour:
    """Now and then the limit of requests is reached; the answer does not say until when."""
    return _turned_away(behaviour, 429, None)


def _turned_away(behaviour: Behaviour, status: int, wait: str | None) -> Behaviour:
    """Turn one request in many away before it is read; when it comes again it is served."""
    asked = iter(range(1, 2**62))
    later = (("Retry-After", wait),) if wait else ()
    refusal = HttpReply(status, (("Content-Type", "text/html"), *later), b"<h1>later</h1>")

    def turn_away(_request: HttpRequest) -> HttpReply | None:
        return refusal if next(asked) % _CALLS_UNTIL_BUSY == 0 else None

    return replace(behaviour, turn_away=turn_away)
