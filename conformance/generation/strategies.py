"""Hypothesis strategies for the values of a schema. They never filter: no example is rejected.

An object costs one choice for its structure (which properties, as bytes) and one for each plain
value. So few choices keep Hypothesis quick, and small: its mutations seldom run out of choices, and
its shrinker drops a property with a byte.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

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
from conformance.generation.shape import shape_of
from conformance.schema.model import Property

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from conformance.generation.rules import ValueRules, View
    from conformance.generation.shape import Field
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Param, Schema, TypeRef

    Nested = Callable[[str], SearchStrategy[dict[str, Any]]]

QUARTERS = 4
TAG_LETTERS = 8
MOST_VALUES = 3
STRUCTURE_BYTES = {3: 24, 2: 5}
LEAF_BYTES = 4
"""So many optional properties are drawn at most, by how deep objects may still nest.

Of the outermost object five are usual.
"""
KEPT_SHAPES = 1024
"""Compiled objects that are kept: more than any action's parameters reach, less than a schema."""


class Strategies:
    """The strategies of one schema, each compiled once. Threads may share it."""

    def __init__(self, schema: Schema, lineage: Lineage) -> None:
        self._schema = schema
        self._lineage = lineage
        self._object = lru_cache(maxsize=KEPT_SHAPES)(self._compiled)

    def object(
        self, class_name: str, *, view: View = "add", values: ValueRules = DEFAULT
    ) -> SearchStrategy[dict[str, Any]]:
        """Sparse objects of a concrete class, with their `objectType`."""
        return self._object(class_name, view, values)

    def property(self, prop: Property, *, values: ValueRules = DEFAULT) -> SearchStrategy[Any]:
        """Values of one property. LookupError where none can be drawn: files, maps, bare types."""
        found = self._of_property(prop, "add", values, inner=values.within())
        if found is None:
            raise LookupError(prop.name)
        return found

    def call(
        self, action: Action, *, values: ValueRules = DEFAULT, without: str | None = None
    ) -> SearchStrategy[dict[str, Any]]:
        """Parameters of a call: everything that is required, and some of what is not.

        Files are left out: they travel beside the parameters. So is the parameter `without`.
        """
        view = view_of(action)
        required: list[tuple[str, SearchStrategy[Any]]] = []
        optional: list[tuple[str, SearchStrategy[Any]]] = []
        for param in action.params:
            if param.name == without:
                continue
            drawn = self._of_property(_as_property(param), view, values, inner=values)
            if drawn is None:
                drawn = _substitute(param)
            if drawn is not None:
                (optional if param.optional else required).append((param.name, drawn))
        return _call(required, optional)

    def _of_property(
        self, prop: Property, view: View, values: ValueRules, *, inner: ValueRules
    ) -> SearchStrategy[Any] | None:
        domain = domain_of(prop, schema=self._schema, lineage=self._lineage, rules=values)
        if domain is None:
            return None
        return from_domain(domain, nested=lambda name: self._object(name, view, inner))

    def _compiled(
        self, class_name: str, view: View, values: ValueRules
    ) -> SearchStrategy[dict[str, Any]]:
        fields = shape_of(self._schema, self._lineage, class_name, view=view, rules=values)
        inner = values.within()
        most = STRUCTURE_BYTES.get(values.depth, LEAF_BYTES)
        return _object(class_name, fields, most, lambda name: self._object(name, view, inner))


def view_of(action: Action) -> View:
    """Which properties the action's objects may have."""
    if action.name.startswith("update"):
        return "update"
    return "filter" if action.name.startswith(("list", "count")) else "add"


def objects(
    schema: Schema,
    lineage: Lineage,
    class_name: str,
    *,
    view: View = "add",
    values: ValueRules = DEFAULT,
) -> SearchStrategy[dict[str, Any]]:
    """Objects of one class; whoever draws of many keeps a `Strategies`."""
    return Strategies(schema, lineage).object(class_name, view=view, values=values)


def from_property(
    prop: Property, *, schema: Schema, lineage: Lineage, values: ValueRules = DEFAULT
) -> SearchStrategy[Any]:
    """Values of one property. LookupError where none can be drawn, such as files and maps."""
    return Strategies(schema, lineage).property(prop, values=values)


def from_type(
    ref: TypeRef,
    *,
    schema: Schema,
    lineage: Lineage,
    name: str = "value",
    values: ValueRules = DEFAULT,
) -> SearchStrategy[Any]:
    """Values of a type, for an action's parameter of that name."""
    prop = Property(name=name, type=ref)
    return from_property(prop, schema=schema, lineage=lineage, values=values)


def from_domain(domain: Domain, *, nested: Nested) -> SearchStrategy[Any]:
    """Values out of a domain; `nested` gives the objects inside."""
    match domain:
        case Words():
            return _words(domain)
        case Edge(lengths, usual):
            return _at_edges(lengths, usual)
        case TagList(most):
            return _tags(most)
        case Whole(low, high):
            return st.integers(low, high)
        case Real(low, high):
            scaled = st.integers(int(low * QUARTERS), int(high * QUARTERS))
            return scaled.map(lambda number: number / QUARTERS)
        case Choice(values):
            return _sampled(values)
        case CsvOf(values):
            return _csv(values)
        case ObjectOf(classes):
            return _one_of(classes, nested)
        case ListOf(classes, most):
            return _list_of(classes, most, nested)


@lru_cache(maxsize=1024)
def below(count: int) -> SearchStrategy[int]:
    """Whole numbers from 0 to one less than `count`: places in a sequence."""
    return st.integers(0, count - 1)


def _sampled(values: tuple[Any, ...]) -> SearchStrategy[Any]:
    return _sampled_of(values, tuple(map(type, values)))


@lru_cache(maxsize=256)
def _sampled_of(values: tuple[Any, ...], _kinds: tuple[type, ...]) -> SearchStrategy[Any]:
    """Kept by value and type: 0 and 1 equal False and True."""
    return st.sampled_from(values)


@lru_cache(maxsize=16)
def _structure(most: int) -> SearchStrategy[bytes]:
    return st.binary(max_size=most)


def _object(
    class_name: str, fields: Sequence[Field], most: int, nested: Nested
) -> SearchStrategy[dict[str, Any]]:
    always = [field for field in fields if field.always]
    optional = [field for field in fields if not field.always]
    structure = _structure(most)
    compiled: dict[str, SearchStrategy[Any]] = {}

    def value_of(field: Field) -> SearchStrategy[Any]:
        # Compiled when first drawn: few of a class's properties ever are.
        found = compiled.get(field.name)
        if found is None:
            found = compiled[field.name] = from_domain(field.domain, nested=nested)
        return found

    @st.composite
    def draw_object(draw: DrawFn) -> dict[str, Any]:
        value: dict[str, Any] = {"objectType": class_name}
        for field in always:
            value[field.name] = draw(value_of(field))
        if optional:
            for byte in draw(structure):
                field = optional[byte % len(optional)]
                if field.name not in value:
                    value[field.name] = draw(value_of(field))
        return value

    return draw_object()


def _call(
    required: Sequence[tuple[str, SearchStrategy[Any]]],
    optional: Sequence[tuple[str, SearchStrategy[Any]]],
) -> SearchStrategy[dict[str, Any]]:
    structure = _structure(LEAF_BYTES)

    @st.composite
    def draw_call(draw: DrawFn) -> dict[str, Any]:
        params = {name: draw(drawn) for name, drawn in required}
        if optional:
            for byte in draw(structure):
                name, drawn = optional[byte % len(optional)]
                if name not in params:
                    params[name] = draw(drawn)
        return params

    return draw_call()


def _one_of(classes: tuple[str, ...], nested: Nested) -> SearchStrategy[dict[str, Any]]:
    @st.composite
    def draw_one(draw: DrawFn) -> dict[str, Any]:
        return draw(nested(draw(_sampled(classes))))

    return draw_one()


def _list_of(
    classes: tuple[str, ...], most: int, nested: Nested
) -> SearchStrategy[list[dict[str, Any]]]:
    @st.composite
    def draw_list(draw: DrawFn) -> list[dict[str, Any]]:
        return [draw(nested(draw(_sampled(classes)))) for _ in range(draw(below(most + 1)))]

    return draw_list()


def _tags(most: int) -> SearchStrategy[str]:
    """Different words of one drawn text: a choice for all of them instead of one for each."""

    def cut(text: str, count: int) -> str:
        starts = range(0, TAG_LETTERS * (count + 1), TAG_LETTERS)
        return ", ".join(dict.fromkeys(text[start : start + TAG_LETTERS] for start in starts))

    letters = TAG_LETTERS * most
    return st.builds(cut, st.text(LETTERS, min_size=letters, max_size=letters), below(most))


def _csv(values: tuple[str, ...]) -> SearchStrategy[str]:
    """Up to three neighbours among the values, beginning anywhere."""

    def joined(start: int, more: int) -> str:
        chosen = (values[(start + step) % len(values)] for step in range(more + 1))
        return ",".join(dict.fromkeys(chosen))

    return st.builds(joined, below(len(values)), below(MOST_VALUES))


def _words(domain: Words) -> SearchStrategy[str]:
    """Words within the bytes."""
    letters = domain.letters + (" " if domain.most_words > 1 else "")
    least = min(domain.least_bytes, domain.most_bytes) if domain.letters == LETTERS else 1
    drawn = st.text(letters, min_size=max(1, least), max_size=domain.most_bytes)
    return drawn.map(lambda text: _tidy(text, domain))


def _at_edges(lengths: tuple[int, ...], usual: Words) -> SearchStrategy[str]:
    """The usual text, or its letters repeated up to one of the lengths."""

    def fitted(text: str, length: int) -> str:
        if not length:
            return text
        letters = "".join(letter for letter in text if letter in LETTERS) or "a"
        return (letters * length)[:length]

    return st.builds(fitted, _words(usual), _sampled((0, *lengths)))


def _tidy(text: str, domain: Words) -> str:
    """The words with single blanks between them, begun in ASCII, cut and filled to the bytes."""
    joined = " ".join(text.split()[: domain.most_words])
    if not joined[:1].isascii():
        joined = "a" + joined[1:]
    if not joined.isascii():
        joined = joined.encode()[: domain.most_bytes].decode("utf-8", "ignore").strip()
    padded = joined + "a" * (domain.least_bytes - len(joined.encode()))
    return domain.before + (padded or "a") + domain.after


def _as_property(param: Param) -> Property:
    return Property(name=param.name, type=param.type)


def _substitute(param: Param) -> SearchStrategy[Any] | None:
    """What stands for a parameter that has no domain: an empty map or array; nothing for a file."""
    if param.optional or param.type.kind == "file":
        return None
    empty: dict[str, Any] = {"array": [], "map": {}}
    return st.just(empty[param.type.kind]) if param.type.kind in empty else None
