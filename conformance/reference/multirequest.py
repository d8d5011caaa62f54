"""Several calls in one request: run in order, each may use results of those before (CONTRACT 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from conformance.reference.errors import is_error
from conformance.reference.request import group
from conformance.reference.scalars import to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.request import Invocation

NAME = "multirequest"
_INHERITED = ("ks", "partnerId", "clientTag")
_TOKEN = re.compile(r"\{(\d+):result(?::([^{}]*))?\}")


def members(invocation: Invocation) -> list[Invocation]:
    """The calls, up to the first gap or the first without a name (CONTRACT MULTI-01, MULTI-02)."""
    params = invocation.params
    number = 0 if "0" in params else 1
    found = []
    while isinstance(member := params.get(str(number)), dict):
        inner = group(member)
        if not inner.get("service") or not inner.get("action"):
            break
        for name in _INHERITED:
            if name in params and name not in inner:
                inner = {**inner, name: params[name]}
        prefix = f"{number}:"
        found.append(
            replace(
                invocation,
                service=to_text(inner["service"]),
                action=to_text(inner["action"]),
                params=inner,
                files={
                    name.removeprefix(prefix): file
                    for name, file in invocation.files.items()
                    if name.startswith(prefix)
                },
                in_multirequest=True,
            )
        )
        number += 1
    return found


def run(invocation: Invocation, perform: Callable[[Invocation], Any]) -> list[Any]:
    """The results in order; a failing member leaves its error in its place (MULTI-03)."""
    results: list[Any] = []
    for member in members(invocation):
        params = resolve(member.params, results)
        member = replace(  # noqa: PLW2901 - the member with its references filled in
            member,
            params=params,
            service=to_text(params["service"]),
            action=to_text(params["action"]),
        )
        results.append(perform(member))
    return results


def resolve(value: Any, results: list[Any]) -> Any:
    """A value with its references to earlier results filled in (MULTI-05, MULTI-06)."""
    if isinstance(value, dict):
        return {key: resolve(each, results) for key, each in value.items()}
    if isinstance(value, list):
        return [resolve(each, results) for each in value]
    if not isinstance(value, str) or ":result" not in value:
        return value

    def found(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 1 <= number <= len(results):
            return match[0]
        return _at(results[number - 1], match[2] or "")

    return _TOKEN.sub(found, value)


def _at(value: Any, path: str) -> str:
    """The text at a path into a result; empty where there is nothing."""
    steps = [step for step in path.split(":") if step]
    for place, step in enumerate(steps):
        if is_error(value):
            return ""
        if isinstance(value, list) and step == "_all":
            rest = ":".join(steps[place + 1 :])
            return "".join(f"{_at(item, rest)}," for item in value)
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return "" if isinstance(value, (dict, list)) else to_text(value)
