"""What a fault is: a named function from one behaviour to another that breaks one requirement.

How to write one, in `faults/<area>.py` or, where an area has several, `faults/<area>_<topic>.py`:

    @fault("CRUD-UPDATE-002")
    def update_forgets_what_was_not_sent(behaviour: Behaviour) -> Behaviour:
        \"\"\"An update replaces the object.\"\"\"
        return answer(behaviour, "update", lambda call, value: {…})

The docstring tells the fault, the decorator names the requirement that it breaks, the id is
`<area>.<function name>`. The tools in `faults/alteration.py` change an answer, an object as it is
shown, a document as it is kept, the decoded arguments, an error, a body, or the finished reply;
most can be narrowed to a service, to an action, or to one call in ten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from conformance.reference.behaviour import Behaviour

    Change = Callable[[Behaviour], Behaviour]

_MARK = "__fault__"


class Fault(Struct, frozen=True):
    """A fault: its id, the requirement that it breaks, and what it does to a behaviour."""

    id: str
    requirement: str
    description: str
    change: Change


def fault(requirement: str) -> Callable[[Change], Change]:
    """Mark a function of an area's module as a fault that breaks the requirement."""

    def mark(change: Change) -> Change:
        setattr(change, _MARK, requirement)
        return change

    return mark


def area_of(name: str) -> str:
    """The area that a module of faults belongs to: `list` of `….list` and of `….list_page`."""
    return name.rpartition(".")[2].partition("_")[0]


def faults_of(module: ModuleType) -> tuple[Fault, ...]:
    """The faults that a module declares, in its order."""
    area = area_of(module.__name__)
    return tuple(
        Fault(
            id=f"{area}.{name}",
            requirement=getattr(function, _MARK),
            description=(function.__doc__ or "").strip(),
            change=function,
        )
        for name, function in vars(module).items()
        if hasattr(function, _MARK)
    )
