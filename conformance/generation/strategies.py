"""Hypothesis strategies for the values of a schema. They never filter: no example is rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from conformance.generation.domain import (
    Choice,
    CsvOf,
    Domain,
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
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from conformance.generation.rules import ValueRules, View
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema, TypeRef

    Nested = Callable[[str], SearchStrategy[dict[str, Any]]]

QUARTERS = 4
TAG_LETTERS = (5, 8)


def objects(
    schema: Schema,
    lineage: Lineage,
    class_name: str,
    *,
    view: View = "add",
    values: ValueRules = DEFAULT,
) -> SearchStrategy[dict[str, Any]]:
    """Sparse objects of a concrete class, with their `objectType`; shrunk to few properties."""

    def nested(name: str) -> SearchStrategy[dict[str, Any]]:
        return st.deferred(
            lambda: objects(schema, lineage, name, view=view, values=values.within())
        )

    required: dict[str, SearchStrategy[Any]] = {"objectType": st.just(class_name)}
    optional: dict[str, SearchStrategy[Any]] = {}
    for field in shape_of(schema, lineage, class_name, view=view, rules=values):
        place = required if field.always else optional
        place[field.name] = from_domain(field.domain, nested=nested)
    return st.fixed_dictionaries(required, optional=optional)


def from_property(
    prop: Property, *, schema: Schema, lineage: Lineage, values: ValueRules = DEFAULT
) -> SearchStrategy[Any]:
    """Values of one property. LookupError where none can be drawn, such as files and maps."""
    domain = domain_of(prop, schema=schema, lineage=lineage, rules=values)
    if domain is None:
        raise LookupError(prop.name)
    return from_domain(
        domain,
        nested=lambda name: st.deferred(
            lambda: objects(schema, lineage, name, values=values.within())
        ),
    )


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
        case TagList(most):
            tag = st.text(LETTERS, min_size=TAG_LETTERS[0], max_size=TAG_LETTERS[1])
            return st.lists(tag, min_size=1, max_size=most, unique=True).map(", ".join)
        case Whole(low, high):
            return st.integers(low, high)
        case Real(low, high):
            scaled = st.integers(int(low * QUARTERS), int(high * QUARTERS))
            return scaled.map(lambda number: number / QUARTERS)
        case Choice(values):
            return st.sampled_from(values)
        case CsvOf(values):
            chosen = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
            return chosen.map(",".join)
        case ObjectOf(classes):
            return st.sampled_from(classes).flatmap(nested)
        case ListOf(classes, most):
            return st.lists(st.sampled_from(classes).flatmap(nested), max_size=most)


def _words(domain: Words) -> SearchStrategy[str]:
    """Words within the bytes: every letter is reckoned with three of them beyond ASCII."""
    width = 1 if domain.letters == LETTERS else 3
    count = max(1, min(domain.most_words, domain.most_bytes // (2 * width + 1)))
    longest = max(1, (domain.most_bytes + 1) // count - 1)
    letters = max(1, (longest - 1) // width)
    word = st.builds(
        str.__add__,
        st.sampled_from(LETTERS),
        st.text(domain.letters, min_size=0, max_size=max(0, letters - 1)),
    )
    texts = st.lists(word, min_size=1, max_size=count).map(" ".join)
    return texts.map(lambda text: domain.before + _padded(text, domain) + domain.after)


def _padded(text: str, domain: Words) -> str:
    return text + "a" * (domain.least_bytes - len(text.encode()))
