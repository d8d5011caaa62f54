"""What a list is asked: tools for faults that change its filter or its pager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults import alteration

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.schema.model import Action

    Changed = Callable[[dict[str, Any]], dict[str, Any]]


def filtered(behaviour: Behaviour, change: Changed) -> Behaviour:
    """Change the filter of lists after it was read."""
    return _argument(behaviour, "Filter", change)


def paged(behaviour: Behaviour, change: Changed) -> Behaviour:
    """Change the pager of lists, an empty one where none was sent."""
    return _argument(behaviour, "Pager", change, absent={})


def _argument(
    behaviour: Behaviour, suffix: str, change: Changed, *, absent: dict[str, Any] | None = None
) -> Behaviour:
    def changed(action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        if action.name != "list":
            return arguments
        for param in action.params:
            if (param.type.name or "").endswith(suffix):
                value = arguments.get(param.name, absent)
                if isinstance(value, dict):
                    return {**arguments, param.name: change(value)}
        return arguments

    return alteration.arguments(behaviour, changed)
