"""Faults of the headers that every answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import HttpReply, HttpRequest


@fault("WIRE-HEAD-001")
def cross_origin_header_is_absent(behaviour: Behaviour) -> Behaviour:
    """No answer allows other origins."""
    return _with_header(behaviour, "Access-Control-Allow-Origin", None)


@fault("WIRE-HEAD-003")
def answers_may_be_stored(behaviour: Behaviour) -> Behaviour:
    """Every answer may be kept by shared caches."""
    return _with_header(behaviour, "Cache-Control", "public, max-age=300")


@fault("WIRE-HEAD-005")
def session_header_names_a_host(behaviour: Behaviour) -> Behaviour:
    """X-Kaltura-Session holds a host name."""
    return _with_header(behaviour, "X-Kaltura-Session", "web-7")


@fault("WIRE-HEAD-002")
def api_headers_are_kept_to_the_server(behaviour: Behaviour) -> Behaviour:
    """No answer lets scripts of other origins read the API's own headers."""
    return _with_header(behaviour, "Access-Control-Expose-Headers", None)


@fault("WIRE-HEAD-004")
def old_caches_are_not_told(behaviour: Behaviour) -> Behaviour:
    """No answer has a Pragma."""
    return _with_header(behaviour, "Pragma", None)


@fault("WIRE-HEAD-007")
def session_header_is_absent(behaviour: Behaviour) -> Behaviour:
    """No answer has X-Kaltura-Session."""
    return _with_header(behaviour, "X-Kaltura-Session", None)


def _with_header(behaviour: Behaviour, name: str, value: str | None) -> Behaviour:
    """Replace a header of every reply, or leave it out."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        headers = tuple(pair for pair in made.headers if pair[0] != name)
        added = () if value is None else ((name, value),)
        return structs.replace(made, headers=headers + added)

    return alteration.reply(behaviour, change)
