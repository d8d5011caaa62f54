"""What is read of a request, and what is written of an answer: tools for faults."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.faults import alteration

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import Body, HttpRequest
    from conformance.reference.request import Invocation, Params
    from conformance.reference.world import World
    from conformance.schema.model import Action

JSON, XML, PHP, JSONP = "application/json", "text/xml", "text/html", "application/javascript"
KEPT = frozenset({"service", "action", "format", "ks", "callback"})
"""What a broken reader still reads, so that the fault shows in one place only."""


def as_written(behaviour: Behaviour, kind: str, change: Callable[[bytes], bytes]) -> Behaviour:
    """Change the bytes of answers of one media type."""

    def changed(_invocation: Invocation, _value: Any, made: Body) -> Body:
        if not made.content_type.startswith(kind):
            return made
        return structs.replace(made, content=change(made.content))

    return alteration.body(behaviour, changed)


def as_read(
    behaviour: Behaviour, change: Callable[[HttpRequest, Invocation], Invocation]
) -> Behaviour:
    """Change what is read of a request."""
    sound = behaviour.read_request
    return replace(behaviour, read_request=lambda request: change(request, sound(request)))


def as_decoded(behaviour: Behaviour, change: Callable[[Action, Params], Params]) -> Behaviour:
    """Change the parameters just before they are decoded."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        return sound(world, action, with_params(invocation, change(action, invocation.params)))

    return replace(behaviour, decode_arguments=decode)


def with_params(invocation: Invocation, params: Params) -> Invocation:
    """The call with other parameters."""
    return structs.replace(invocation, params=params)


def is_in(request: HttpRequest, content_type: str) -> bool:
    """Whether the request's body is of this media type."""
    return request.header("content-type").lower().startswith(content_type)
