"""The orderings that a list's filter offers, and which of them tell the population apart."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles.list_answer import whole
from conformance.oracles.list_order import compared
from conformance.schema.model import TypeRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.plugin.context import Context
    from conformance.schema.model import Schema
    from conformance.suites.list_listing import Listing
    from conformance.suites.list_population import Population

FILTER_SUFFIX = "Filter"
GIVEN_ONCE = frozenset({"id", "createdAt"})
"""Properties that the server gives and never changes; of the others, only what was sent is sure
to stay: statistics, states and counters move while one looks."""
UPDATED_AT = "updatedAt"
"""Stays mostly, and whoever orders by it has to look again whether it did (CONTRACT CRUD-12)."""


class Ordering(Struct, frozen=True):
    """A constant of the `OrderBy` enum, the type of its property, and what each member holds."""

    constant: str
    ref: TypeRef
    values: dict[str, Any]


def orderings(context: Context, people: Population, sign: str) -> Iterator[Ordering]:
    """Every ordering of that sign by which at least two members must come in a certain order."""
    if context.recipe(people.listing.service).grounds == "learned":
        return  # The enum may offer what its server does not order by (CONTRACT LIST-16).
    for constant in constants_of(context.schema, people.listing):
        name = constant[1:]
        ref = people.type_of(context, name)
        if not constant.startswith(sign) or ref is None or not _stays(people, name):
            continue
        if context.profile.quirks.why("order_loose", f"{people.listing.service}.list:{name}"):
            continue
        values = people.values(name)
        if any(compared(one, other, ref) for one, other in combinations(values.values(), 2)):
            yield Ordering(constant, ref, values)


def strict_ordering(context: Context, people: Population) -> str | None:
    """An ordering that leaves no two members equal, or None."""
    for sign in "+-":
        for each in orderings(context, people, sign):
            if each.constant[1:] != UPDATED_AT and _strict(each.values, each.ref):
                return each.constant
    return None


def tied_orderings(context: Context, people: Population) -> Iterator[tuple[str, Ordering]]:
    """An ordering that leaves all members equal, and one to break the ties: up, then down.

    One of the two is not the order in which the members were made.
    """
    tied = [
        constant
        for constant in constants_of(context.schema, people.listing)
        if (ref := people.type_of(context, constant[1:])) is not None
        and constant[1:] in {"status", "type", "mediaType", "partnerId"}
        and len({str(value) for value in people.values(constant[1:]).values()}) == 1
        and ref.kind != "array"
    ]
    if not tied:
        return
    for sign in "+-":
        each = next(orderings(context, people, sign), None)
        if each is not None:
            yield tied[0], each


def _stays(people: Population, name: str) -> bool:
    if name == UPDATED_AT and _was_touched(people):
        return True
    return name in GIVEN_ONCE or all(name in member.made.entity for member in people.members)


def _was_touched(people: Population) -> bool:
    """Whether an object was updated in a later second than it was made, so that its times differ.

    Only objects of lists that are known to look at the time of an update are.
    """
    created, updated = people.values("createdAt"), people.values(UPDATED_AT)
    times = [(whole(created[who]), whole(updated[who])) for who in created]
    return any(made is not None and at is not None and at > made for made, at in times)


def constants_of(schema: Schema, listing: Listing) -> tuple[str, ...]:
    """Every ordering that the schema names for the list's filter."""
    kind = (listing.filter_class or "").removesuffix(FILTER_SUFFIX)
    enum = schema.enums.get(f"{kind}OrderBy")
    return tuple(each.value for each in enum.constants if each.value[:1] in "+-") if enum else ()


def _strict(values: Mapping[str, Any], ref: TypeRef) -> bool:
    return all(compared(one, other, ref) for one, other in combinations(values.values(), 2))
