"""What a profile knows of properties that are stored otherwise than they are sent (CRUD-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from conformance.profile.pattern import matches_any
from conformance.provisioning.recipe import learned_recipe
from conformance.schema.standard import entity_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from conformance.provisioning.recipe import Recipe
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema


def without_normalised(
    recipes: Mapping[str, Recipe], schema: Schema, lineage: Lineage, patterns: Collection[str]
) -> Mapping[str, Recipe]:
    """The recipes, with the properties that fit one of the `Class.property` globs not compared.

    A property is named by the class that declares it, or by any that has it.
    """
    if not patterns:
        return recipes
    known = dict(recipes)
    for service in schema.services:
        names = frozenset(_fitting(entity_of(schema, lineage, service), lineage, patterns))
        if names:
            recipe = known.get(service) or learned_recipe(service)
            left_out = tuple(dict.fromkeys((*recipe.not_compared, *sorted(names))))
            known[service] = structs.replace(recipe, not_compared=left_out)
    return known


def _fitting(entity: str | None, lineage: Lineage, patterns: Collection[str]) -> Iterator[str]:
    if entity is None:
        return
    for name in (entity, *lineage.descendants(entity)):
        for prop in lineage.properties(name):
            owners = (name, *lineage.ancestors(name))
            if any(
                prop in lineage.properties(owner) and matches_any(patterns, f"{owner}.{prop}")
                for owner in owners
            ):
                yield prop
