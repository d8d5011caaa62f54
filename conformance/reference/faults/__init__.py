"""Seeded faults, one requirement each: how we know that the suite would notice.

`all_faults()` gathers them from the area modules below; `registry` tells how to write one.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.exceptions import UsageError, did_you_mean
from conformance.reference.faults.registry import Fault, faults_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
"""The areas in the order of the design, and what takes many calls to show; one without a module
has no fault yet."""


@cache
def all_faults() -> Mapping[str, Fault]:
    """Every fault by its id, in the order of the areas."""
    names = (f"{__name__}.{area}" for area in AREAS)
    modules = [import_module(name) for name in names if find_spec(name) is not None]
    found = [each for module in modules for each in faults_of(module)]
    return MappingProxyType({each.id: each for each in found})


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
