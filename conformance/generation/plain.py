"""The plain seeded generator: what the strategies draw, many times faster, without shrinking."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from conformance.generation.domain import (
    Choice,
    CsvOf,
    Domain,
    Edge,
    ListOf,
    ObjectOf,
    Real,
    TagList,
    Whole,
    Words,
    domain_of,
)
from conformance.generation.rules import DEFAULT, LETTERS
from conformance.generation.shape import Field, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from conformance.generation.rules import ValueRules, View
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Property, Schema

    Nested = Callable[[str, Random], dict[str, Any]]

TAG_LETTERS = 8
QUARTERS = 4


class PlainGenerator:
    """Draws objects of one schema's classes. Threads may share it, but not the random source."""

    def __init__(self, schema: Schema, lineage: Lineage) -> None:
        self._schema = schema
        self._lineage = lineage
        self._shape = lru_cache(maxsize=4096)(self._shape_of)

    def object(
        self,
        class_name: str,
        random: Random,
        *,
        view: View = "add",
        rules: ValueRules = DEFAULT,
    ) -> dict[str, Any]:
        """A sparse object of a concrete class, with its `objectType`."""
        value: dict[str, Any] = {"objectType": class_name}
        inner = rules.within()

        def nested(name: str, source: Random) -> dict[str, Any]:
            return self.object(name, source, view=view, rules=inner)

        for field in self._shape(class_name, view, rules):
            if field.always or random.random() < rules.presence:
                value[field.name] = draw(field.domain, random, nested)
        return value

    def value(self, prop: Property, random: Random, *, rules: ValueRules = DEFAULT) -> Any:
        """A value for one property. LookupError where nothing can be drawn."""
        domain = domain_of(prop, schema=self._schema, lineage=self._lineage, rules=rules)
        if domain is None:
            raise LookupError(prop.name)
        inner = rules.within()
        return draw(domain, random, lambda name, source: self.object(name, source, rules=inner))

    def _shape_of(self, class_name: str, view: View, rules: ValueRules) -> tuple[Field, ...]:
        return shape_of(self._schema, self._lineage, class_name, view=view, rules=rules)


def plain_object(
    schema: Schema,
    lineage: Lineage,
    class_name: str,
    random: Random,
    *,
    view: View = "add",
    rules: ValueRules = DEFAULT,
) -> dict[str, Any]:
    """One object; whoever draws many keeps a `PlainGenerator`."""
    return PlainGenerator(schema, lineage).object(class_name, random, view=view, rules=rules)


def draw(domain: Domain, random: Random, nested: Nested) -> Any:
    """A value out of a domain; `nested` makes the objects inside."""
    match domain:
        case Words():
            return _words(domain, random)
        case Edge(lengths, usual):
            length = random.choice((0, *lengths))
            return _word(LETTERS, length, random) if length else _words(usual, random)
        case TagList(most):
            return ", ".join(
                _word(LETTERS, TAG_LETTERS, random) for _ in range(random.randint(1, most))
            )
        case Whole(low, high):
            return random.randint(low, high)
        case Real(low, high):
            return random.randint(int(low * QUARTERS), int(high * QUARTERS)) / QUARTERS
        case Choice(values):
            return random.choice(values)
        case CsvOf(values):
            return ",".join(random.sample(values, random.randint(1, min(3, len(values)))))
        case ObjectOf(classes):
            return nested(random.choice(classes), random)
        case ListOf(classes, most):
            return [nested(random.choice(classes), random) for _ in range(random.randint(0, most))]


def _words(domain: Words, random: Random) -> str:
    count = random.randint(1, domain.most_words)
    room = max(1, random.randint(domain.least_bytes, domain.most_bytes) // count - 1)
    text = " ".join(_fitting(domain.letters, room, random) for _ in range(count))
    missing = domain.least_bytes - len(text.encode())
    return domain.before + text + _word(LETTERS, missing, random) + domain.after


def _fitting(letters: str, room: int, random: Random) -> str:
    """A word of at most so many bytes (a letter takes up to three), beginning in ASCII."""
    if letters is LETTERS or letters == LETTERS:
        return _word(letters, room, random)
    word = random.choice(LETTERS) + "".join(random.choices(letters, k=max(0, (room - 1) // 3)))
    return word + _word(LETTERS, room - len(word.encode()), random)


def _word(letters: str, length: int, random: Random) -> str:
    return "".join(random.choices(letters, k=length)) if length > 0 else ""
