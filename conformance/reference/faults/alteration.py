"""Tools for faults: change one thing at one seam, everywhere, in one service, or now and then.

Each takes a behaviour and a function, and gives the changed behaviour.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import Body, HttpReply, HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.storage import Document, Record
    from conformance.reference.world import World
    from conformance.schema.model import Action

    When = Callable[[Call], bool]


def in_services(*services: str) -> When:
    """Holds for calls of these services (wire ids)."""
    wanted = frozenset(services)
    return lambda call: call.action.service in wanted


def in_actions(*actions: str) -> When:
    """Holds for calls of these actions, written `service.action`."""
    wanted = frozenset(actions)
    return lambda call: call.action.id in wanted


def one_in(count: int) -> Callable[[object], bool]:
    """Holds for the first of every `count` times that it is asked."""
    asked = iter(range(2**62))
    return lambda _subject: next(asked) % count == 0


def always(_subject: object) -> bool:
    """Holds every time."""
    return True


def answer(
    behaviour: Behaviour,
    step: str,
    change: Callable[[Call, Any], Any],
    *,
    when: When = always,
) -> Behaviour:
    """Change the result of a step: `add`, `get`, `update`, `delete`, `list` or `other`.

    The change gets a copy of its own.
    """
    sound: Callable[[Call], Any] = getattr(behaviour, step)

    def changed(call: Call) -> Any:
        value = sound(call)
        return change(call, deepcopy(value)) if when(call) else value

    steps: dict[str, Any] = {step: changed}
    return replace(behaviour, **steps)


def instead(
    behaviour: Behaviour, step: str, act: Callable[[Call], Any], *, when: When = always
) -> Behaviour:
    """Do something else in place of a step."""
    sound: Callable[[Call], Any] = getattr(behaviour, step)

    def changed(call: Call) -> Any:
        return act(call) if when(call) else sound(call)

    steps: dict[str, Any] = {step: changed}
    return replace(behaviour, **steps)


def arguments(
    behaviour: Behaviour,
    change: Callable[[Action, dict[str, Any]], dict[str, Any]],
) -> Behaviour:
    """Change the decoded arguments of a call."""
    sound = behaviour.decode_arguments

    def changed(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        return change(action, sound(world, action, invocation))

    return replace(behaviour, decode_arguments=changed)


def kept(
    behaviour: Behaviour,
    change: Callable[[Call, Document], Document],
    *,
    when: When = always,
) -> Behaviour:
    """Change a document as it is written."""
    sound = behaviour.keep

    def changed(call: Call, document: Document) -> Document:
        written = sound(call, document)
        return change(call, dict(written)) if when(call) else written

    return replace(behaviour, keep=changed)


def shown(
    behaviour: Behaviour,
    change: Callable[[Call, dict[str, Any]], dict[str, Any]],
    *,
    when: When = always,
) -> Behaviour:
    """Change an object as a caller sees it."""
    sound = behaviour.show

    def changed(call: Call, record: Record, class_name: str | None) -> dict[str, Any]:
        seen = sound(call, record, class_name)
        return change(call, deepcopy(seen)) if when(call) else seen

    return replace(behaviour, show=changed)


def error(
    behaviour: Behaviour,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    code: str | None = None,
) -> Behaviour:
    """Change error objects, of all codes or of one."""
    sound = behaviour.describe_fault

    def changed(world: World, fault: Any) -> dict[str, Any]:
        described = sound(world, fault)
        return change(described) if code in {None, described["code"]} else described

    return replace(behaviour, describe_fault=changed)


def body(
    behaviour: Behaviour,
    change: Callable[[Invocation, Any, Body], Body],
) -> Behaviour:
    """Change a serialised result; the change sees the result itself as well."""
    sound = behaviour.serialise

    def changed(world: World, invocation: Invocation, value: Any) -> Body:
        return change(invocation, value, sound(world, invocation, value))

    return replace(behaviour, serialise=changed)


def reply(
    behaviour: Behaviour,
    change: Callable[[HttpRequest, HttpReply], HttpReply],
    *,
    when: Callable[[HttpRequest], bool] = always,
) -> Behaviour:
    """Change the finished HTTP reply."""
    sound = behaviour.reply

    def changed(world: World, request: HttpRequest, content: Body) -> HttpReply:
        made = sound(world, request, content)
        return change(request, made) if when(request) else made

    return replace(behaviour, reply=changed)
