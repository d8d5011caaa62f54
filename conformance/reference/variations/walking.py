"""Tools for variations: change every object, every property, or the written document of an answer.

Each takes a behaviour and a function, and gives the changed behaviour; what is stored stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.errors import is_error
from conformance.reference.faults import alteration
from conformance.reference.message import FileAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import Body, HttpReply, HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.world import World
    from conformance.schema.model import Property

    Object = dict[str, Any]

JSON, XML = "application/json", "text/xml"


def results(behaviour: Behaviour, change: Callable[[World, Any], Any]) -> Behaviour:
    """Change each result before it is written; the change must leave its argument as it is."""
    sound = behaviour.serialise

    def changed(world: World, invocation: Invocation, value: Any) -> Body:
        if isinstance(value, FileAnswer):
            return sound(world, invocation, value)
        return sound(world, invocation, change(world, value))

    return replace(behaviour, serialise=changed)


def objects(behaviour: Behaviour, change: Callable[[World, Object], Object]) -> Behaviour:
    """Change each object of every answer, the innermost first; errors are left alone."""

    def walk(world: World, value: Any) -> Any:
        if isinstance(value, list):
            return [walk(world, item) for item in value]
        if not isinstance(value, dict) or is_error(value):
            return value
        inner = {name: walk(world, member) for name, member in value.items()}
        return change(world, inner) if "objectType" in inner else inner

    return results(behaviour, walk)


def properties(behaviour: Behaviour, change: Callable[[Property, Any], Any]) -> Behaviour:
    """Change the value of each declared property of every object, but not what it holds inside."""

    def alter(world: World, value: Object) -> Object:
        declared = world.decoder.properties(str(value["objectType"]))
        return {
            name: change(declared[name], member) if name in declared else member
            for name, member in value.items()
        }

    return objects(behaviour, alter)


def errors(behaviour: Behaviour, change: Callable[[Object], Object]) -> Behaviour:
    """Change every error object, also those inside a multirequest."""
    return alteration.error(behaviour, change)


def documents(behaviour: Behaviour, kind: str, change: Callable[[bytes], bytes]) -> Behaviour:
    """Change the bytes of the answers of one media type."""

    def changed(_invocation: Invocation, value: Any, made: Body) -> Body:
        if isinstance(value, FileAnswer) or not made.content_type.startswith(kind):
            return made
        return structs.replace(made, content=change(made.content))

    return alteration.body(behaviour, changed)


def headers(behaviour: Behaviour, change: Callable[[dict[str, str]], dict[str, str]]) -> Behaviour:
    """Change the headers of every reply."""

    def changed(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return structs.replace(made, headers=tuple(change(dict(made.headers)).items()))

    return alteration.reply(behaviour, changed)
