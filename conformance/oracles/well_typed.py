"""Whether what was sent is of the declared types.

PHP answers some ill-typed values with an uncaught error (OBSERVED, HTTP 500 on PHP 8), so the
oracles that judge failures ask here first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema, TypeRef
    from conformance.wire.request import Call

RESERVED_SCALARS = frozenset({"ks", "p", "partnerId", "language", "clientTag", "apiVersion"})
"""Parameters of every call (CONTRACT WIRE-11) that have to be scalars."""

NUMBERS = frozenset({"int", "bigint", "float"})
DEPTH_LIMIT = 30


def is_well_typed(call: Call, action: Action, schema: Schema, lineage: Lineage) -> bool:
    """Whether every declared parameter and nested property has a value of its kind's shape."""
    for name, value in call.params.items():
        param = action.param(name.partition(":")[0])
        if name.endswith("__null") or ":" in name:
            return False
        if param is None:
            if name in RESERVED_SCALARS and isinstance(value, Mapping | list | tuple):
                return False
        elif not _fits(value, param.type, schema, lineage, DEPTH_LIMIT):
            return False
    return True


def _fits(value: Any, type_: TypeRef, schema: Schema, lineage: Lineage, depth: int) -> bool:
    if depth == 0 or value is None:
        return False
    if type_.kind == "object":
        return isinstance(value, Mapping) and _members_fit(value, type_, schema, lineage, depth)
    if type_.kind in {"array", "map"}:
        items = value.values() if isinstance(value, Mapping) else value
        return isinstance(value, Mapping | list | tuple) and all(
            isinstance(item, Mapping) and _members_fit(item, type_, schema, lineage, depth - 1)
            for item in items
        )
    if isinstance(value, Mapping | list | tuple):
        return False
    return type_.kind not in NUMBERS or not isinstance(value, str) or _is_number(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _members_fit(
    value: Mapping[str, Any], type_: TypeRef, schema: Schema, lineage: Lineage, depth: int
) -> bool:
    named = value.get("objectType", type_.name or type_.element)
    if not isinstance(named, str):
        return False
    declared = lineage.properties(named) if named in schema.classes else {}
    return all(
        not name.endswith("__null")
        and (name not in declared or _fits(member, declared[name].type, schema, lineage, depth - 1))
        for name, member in value.items()
    )
