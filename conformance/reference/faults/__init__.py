"""Seeded faults, one requirement each: how we know that the suite would notice.

`all_faults()` gathers them from the modules of this room; `registry` tells how to write one.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.exceptions import CatalogueError, UsageError, did_you_mean
from conformance.reference.faults.registry import Fault, area_of, faults_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

    from conformance.reference.behaviour import Behaviour

__all__ = ["Fault", "all_faults", "break_with"]

AREAS = (
    "schema",
    "wire",
    "errors",
    "session",
    "access",
    "crud",
    "list",
    "inheritance",
    "actions",
    "multirequest",
    "upload",
    "robustness",
    "workflows",
    "histories",
)
"""The areas in the order of the design, and what takes many calls to show."""


@cache
def all_faults() -> Mapping[str, Fault]:
    """Every fault by its id, in the order of the areas.

    An area's faults stand in the modules whose name begins with it. CatalogueError if two have one
    id, or if a module with faults begins with no area.
    """
    found: dict[str, Fault] = {}
    for module in sorted(_modules(), key=lambda each: _place(each.__name__)):
        for each in faults_of(module):
            other = found.setdefault(each.id, each)
            if other is not each:
                raise CatalogueError(f"two faults are called '{each.id}'", place=module.__name__)
            if area_of(module.__name__) not in AREAS:
                raise CatalogueError(
                    f"'{each.id}' is a fault of no area",
                    place=module.__name__,
                    hint=did_you_mean(area_of(module.__name__), AREAS),
                )
    return MappingProxyType(found)


def break_with(behaviour: Behaviour, ids: Iterable[str]) -> Behaviour:
    """The behaviour with these faults, in their order; an unknown id is a usage error."""
    known = all_faults()
    for fault_id in ids:
        if fault_id not in known:
            raise UsageError(
                f"unknown fault '{fault_id}'", place="--fault", hint=did_you_mean(fault_id, known)
            )
        behaviour = known[fault_id].change(behaviour)
    return behaviour


def _modules() -> Iterator[ModuleType]:
    for each in iter_modules(__path__, f"{__name__}."):
        yield import_module(each.name)


def _place(name: str) -> tuple[int, str]:
    """Where a module stands: by its area, and then by its name."""
    area = area_of(name)
    return AREAS.index(area) if area in AREAS else len(AREAS), name
