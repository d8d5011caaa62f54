"""Which properties an object of a class is made of, in one view, each with its domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.generation.domain import Choice, Domain, domain_of
from conformance.schema.views import add_view, filter_view, update_view

if TYPE_CHECKING:
    from conformance.generation.rules import ValueRules, View
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema

VIEWS = {"add": add_view, "update": update_view, "filter": filter_view}


class Field(Struct, frozen=True):
    """One property that may be sent; `always` says that it is in every object."""

    name: str
    domain: Domain
    always: bool


def shape_of(
    schema: Schema, lineage: Lineage, class_name: str, *, view: View, rules: ValueRules
) -> tuple[Field, ...]:
    """The fields of a class in a view. Deprecated ones are drawn only when they are named."""
    named = rules.only or frozenset()
    fields = []
    for prop in VIEWS[view](lineage, class_name):
        if not rules.admits(prop) or (prop.deprecated and prop.name not in named):
            continue
        domain = domain_of(prop, schema=schema, lineage=lineage, rules=rules)
        if view == "filter" and prop.name == "orderBy":
            domain = _order(schema, class_name) or domain
        if domain is not None:
            fields.append(Field(prop.name, domain, prop.name in rules.always))
    return tuple(fields)


def _order(schema: Schema, filter_class: str) -> Choice | None:
    """The orders that a filter takes, which the schema tells only by the enum's name (LIST-15)."""
    enum = schema.enums.get(filter_class.removesuffix("Filter") + "OrderBy")
    if enum is None or not enum.constants:
        return None
    return Choice(tuple(constant.value for constant in enum.constants))
