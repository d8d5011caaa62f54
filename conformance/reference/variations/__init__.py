"""Benign variations: what sound servers do differently, and what must never raise a finding.

`all_variations()` gathers them from the modules below; `registry` tells how to write one.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.exceptions import UsageError, did_you_mean
from conformance.reference.variations.registry import Variation, variations_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.reference.behaviour import Behaviour

__all__ = ["Variation", "all_variations", "vary_with"]

KINDS = (
    "values",
    "documents",
    "headers",
    "network",
    "account",
    "sessions",
    "errors",
    "objects",
    "lists",
    "company",
)
"""The modules, from what is on the wire to what is in the account."""


@cache
def all_variations() -> Mapping[str, Variation]:
    """Every variation by its id, in the order of the modules."""
    names = (f"{__name__}.{kind}" for kind in KINDS)
    modules = [import_module(name) for name in names if find_spec(name) is not None]
    found = [each for module in modules for each in variations_of(module)]
    return MappingProxyType({each.id: each for each in found})


def vary_with(behaviour: Behaviour, ids: Iterable[str]) -> Behaviour:
    """The behaviour with these variations, in their order; an unknown id is a usage error."""
    for variation_id in ids:
        known = all_variations()
        if variation_id not in known:
            raise UsageError(
                f"unknown variation '{variation_id}'",
                place="--variation",
                hint=did_you_mean(variation_id, known),
            )
        behaviour = known[variation_id].change(behaviour)
    return behaviour
