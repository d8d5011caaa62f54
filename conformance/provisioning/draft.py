"""What is about to be sent to make an object: a value, mended until the server takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from conformance.generation.domain import Choice, domain_of
from conformance.generation.plainest import plainest_of
from conformance.generation.rules import Range, ValueRules
from conformance.schema.standard import entity_param
from conformance.schema.views import add_view, update_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from conformance.generation.plain import PlainGenerator
    from conformance.provisioning.naming import Names
    from conformance.provisioning.recipe import Recipe
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Property, Schema

USUAL = ("name", "description", "tags")
"""What is set on the objects of a service of which nothing is known."""
USUAL_UPDATES = ("name", "description")
PRESENCE = 0.85
"""So that four lives send every property of a dozen, and few of them all of it."""


class Draft(Struct, frozen=True):
    """The parameters of one add. `drawn` are the entity's properties that may go if they offend."""

    holder: str | None
    type: str | None
    entity: Mapping[str, Any]
    params: Mapping[str, Any]
    drawn: frozenset[str] = frozenset()

    @property
    def sent(self) -> dict[str, Any]:
        """All parameters, the entity among them."""
        if self.holder is None:
            return dict(self.params)
        entity = {"objectType": self.type, **self.entity} if self.type else dict(self.entity)
        return {**self.params, self.holder: entity}

    def with_value(self, name: str, value: Any) -> Draft:
        """The draft with one property of the entity set."""
        return structs.replace(self, entity={**self.entity, name: value})

    def with_param(self, name: str, value: Any) -> Draft:
        """The draft with one parameter set."""
        return structs.replace(self, params={**self.params, name: value})

    def without_param(self, name: str) -> Draft:
        """The draft without one of the parameters beside the entity."""
        return structs.replace(self, params={n: v for n, v in self.params.items() if n != name})

    def without(self, *names: str) -> Draft:
        """The draft without some of the entity's properties."""
        left = {name: value for name, value in self.entity.items() if name not in names}
        return structs.replace(self, entity=left, drawn=self.drawn - set(names))


class Drafting:
    """Makes drafts of adds and of updates from recipes. Keeps nothing between two."""

    def __init__(
        self, schema: Schema, lineage: Lineage, generator: PlainGenerator, names: Names
    ) -> None:
        self._schema = schema
        self._lineage = lineage
        self._generator = generator
        self._names = names

    def add(
        self,
        action: Action,
        recipe: Recipe,
        random: Random,
        properties: Mapping[str, Any],
        *,
        presence: float | None = None,
    ) -> Draft:
        """A draft of the add; prerequisites are not in it yet. `properties` win over everything.

        `presence` is the share (0..1) of drawn properties; None for the usual one.
        """
        param = entity_param(action)
        params = {
            name: self._names.fill(value)
            for name, value in recipe.params.items()
            if action.param(name) is not None
        }
        if param is None:
            return Draft(None, None, {}, {**params, **properties})
        kind = self.concrete(param.type.name or "", recipe)
        known = {prop.name for prop in add_view(self._lineage, kind)}
        fixed = {n: self._names.fill(v) for n, v in recipe.values.items() if n in known}
        avoid = {*recipe.avoid, *fixed, *(need.property for need in recipe.needs)}
        rules = self._rules(
            recipe,
            recipe.properties or USUAL,
            avoid,
            always=("name",),
            presence=PRESENCE if presence is None else presence,
        )
        drawn = self._generator.object(kind, random, rules=rules)
        del drawn["objectType"]
        entity = {**self.marked(drawn, recipe), **fixed, **properties}
        free = frozenset(drawn) - set(properties)
        return Draft(param.name, kind, entity, params, free)

    def updates(
        self, kind: str, recipe: Recipe, random: Random, before: Mapping[str, Any]
    ) -> tuple[dict[str, Any], ...]:
        """New values for all that may be changed, shared out among two updates where it can be.

        So each property is changed by one update and has to be kept by the other; a single one is
        changed by both. Every value differs from the one before it.
        """
        wanted = USUAL_UPDATES if recipe.update is None else recipe.update
        # What was sent on add is proven to be writable here; the others are a last resort.
        names = [p.name for p in update_view(self._lineage, kind) if p.name in wanted]
        sent = [name for name in names if name in before]
        chosen = random.sample(sent or names, len(sent or names))
        half = (len(chosen) + 1) // 2
        shares = (chosen[:half], (chosen[half:] or chosen) if sent else [])
        held, drawn = dict(before), []
        for share in shares:
            drawn.append(self._changed(kind, share, recipe, random, held))
            held |= drawn[-1]
        return tuple(values for values in drawn if values)

    def _changed(
        self,
        kind: str,
        names: Sequence[str],
        recipe: Recipe,
        random: Random,
        before: Mapping[str, Any],
    ) -> dict[str, Any]:
        found = {
            name: self._different(kind, name, recipe, random, before.get(name)) for name in names
        }
        return self.marked({n: v for n, v in found.items() if v is not None}, recipe)

    def concrete(self, declared: str, recipe: Recipe) -> str:
        """The class to send: the recipe's if the schema has it, else the first that can be made."""
        candidates = self._lineage.concrete(declared)
        if recipe.type in candidates:
            return str(recipe.type)
        return candidates[0] if candidates else declared

    def value(self, kind: str, name: str, random: Random, recipe: Recipe) -> Any:
        """A value for one property of a class. LookupError where none can be drawn."""
        prop = self._lineage.properties(kind)[name]
        drawn = self._generator.value(prop, random, rules=self._rules(recipe, (), set()))
        return self._names.mark(name, drawn, several_tags=recipe.several_tags)

    def plainest(self, kind: str, name: str, recipe: Recipe, number: int) -> Any:
        """A property's plainest value, the next plainest for 1 and so on; None if there is none."""
        prop = self._lineage.properties(kind).get(name)
        if prop is None:
            return None
        if edges := recipe.edges.get(name):
            return edges[number % len(edges)]
        rules = self._rules(recipe, (), set())
        domain = domain_of(prop, schema=self._schema, lineage=self._lineage, rules=rules)
        return plainest_of(domain, prop, number)

    def drawn(self, prop: Property, random: Random) -> Any:
        """A value for a parameter. LookupError where none can be drawn."""
        return self._generator.value(prop, random)

    def choices(self, prop: Property) -> tuple[Any, ...]:
        """The values that an enum property can take; empty for any other."""
        domain = domain_of(prop, schema=self._schema, lineage=self._lineage, rules=ValueRules())
        return domain.values if isinstance(domain, Choice) else ()

    def _different(
        self, kind: str, name: str, recipe: Recipe, random: Random, before: Any
    ) -> Any | None:
        prop = self._lineage.properties(kind)[name]
        choices = recipe.edges.get(name) or self.choices(prop)
        others = [value for value in choices if str(value) != str(before)]
        if others:
            return random.choice(others)
        rules = self._rules(recipe, (), set())
        drawn = (self._generator.value(prop, random, rules=rules) for _ in range(8))
        return next((value for value in drawn if str(value) != str(before)), None)

    def marked(self, drawn: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
        """Drawn values with the run's mark where it belongs, as long as the server's columns."""
        return {
            name: _kept(
                self._names.mark(name, value, several_tags=recipe.several_tags),
                recipe.longest.get(name),
            )
            for name, value in drawn.items()
        }

    @staticmethod
    def _rules(
        recipe: Recipe,
        only: tuple[str, ...],
        never: set[str | None],
        *,
        always: tuple[str, ...] = (),
        presence: float = PRESENCE,
    ) -> ValueRules:
        return ValueRules(
            only=frozenset(only),
            always=frozenset(always),
            never=frozenset(name for name in never if name),
            unicode=frozenset(recipe.unicode),
            ranges=tuple(Range(n, low, high) for n, (low, high) in recipe.ranges.items()),
            presence=presence,
            depth=1,
        )


def _kept(value: Any, most_bytes: int | None) -> Any:
    """As much of a text as the server's column holds."""
    if most_bytes is None or not isinstance(value, str):
        return value
    return value.encode()[:most_bytes].decode(errors="ignore").rstrip()
