"""What a variation is: a named function from one behaviour to another that breaks nothing.

How to write one, in `variations/<kind>.py`:

    @variation("CONTRACT WIRE-49")
    def objects_have_newer_properties(behaviour: Behaviour) -> Behaviour:
        \"\"\"Every object has a property that the schema does not know.\"\"\"
        return walking.objects(behaviour, lambda world, value: {**value, …})

The docstring tells how the server differs, the decorator names the rule that lets it; where a rule
forbids it, it is a fault. The id is `<kind>.<function name>`. The tools are those of the faults,
and `variations/walking.py` for what holds of all objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from conformance.reference.behaviour import Behaviour

    Change = Callable[[Behaviour], Behaviour]

_MARK = "__variation__"


class Variation(Struct, frozen=True):
    """A variation: its id, the rule that lets a server be so, and what it does to a behaviour."""

    id: str
    rule: str
    description: str
    change: Change


def variation(rule: str) -> Callable[[Change], Change]:
    """Mark a function as a variation that this rule of CONTRACT or OBSERVED allows."""

    def mark(change: Change) -> Change:
        setattr(change, _MARK, rule)
        return change

    return mark


def variations_of(module: ModuleType) -> tuple[Variation, ...]:
    """The variations that a module declares, in its order."""
    kind = module.__name__.rpartition(".")[2]
    return tuple(
        Variation(
            id=f"{kind}.{name}",
            rule=getattr(function, _MARK),
            description=(function.__doc__ or "").strip(),
            change=function,
        )
        for name, function in vars(module).items()
        if hasattr(function, _MARK)
    )
