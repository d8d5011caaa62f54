"""The least that makes a call whole: well-typed values for what is required, ids of nothing.

What goes before the wrong thing in a near miss, and what stands for an object that cannot be had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from conformance.schema.model import ROOT_CLASSES

if TYPE_CHECKING:
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Param, Schema, TypeRef

UNKNOWN_IDS = (2_000_000_000, 2_147_000_000)
"""Inside a signed 32-bit column, above every id that a server has given so far."""

PRESENT_UNLESS_MISSING = frozenset({"array", "map"})
"""Kinds that are never missing: absent is empty (CONTRACT WIRE-27)."""


class Source(Protocol):
    """What of a random source is asked for; `random.Random` is one."""

    def randint(self, low: int, high: int, /) -> int:
        """A whole number between two, both included."""

    def getrandbits(self, bits: int, /) -> int:
        """A whole number of so many bits."""


def is_required(parameter: Param) -> bool:
    """Whether a call without the parameter is refused."""
    return not parameter.optional and parameter.type.kind not in PRESENT_UNLESS_MISSING


def placeholder(ref: TypeRef, schema: Schema, lineage: Lineage, random: Source) -> Any:
    """The least well-typed value of a type, for an id one that nothing has.

    LookupError where no class can be what is declared.
    """
    if ref.enum and ref.enum in schema.enums and schema.enums[ref.enum].constants:
        enum = schema.enums[ref.enum]
        value = enum.constants[0].value
        return int(value) if enum.kind == "int" else value
    if ref.kind == "object":
        return {"objectType": concrete_class(ref.name or "", schema, lineage)}
    if ref.kind in {"int", "bigint"}:
        return random.randint(*UNKNOWN_IDS)
    plain: dict[str, Any] = {"float": 1.0, "bool": False, "array": [], "map": {}}
    return plain.get(ref.kind, f"0_{random.getrandbits(40):010x}")


def concrete_class(name: str, schema: Schema, lineage: Lineage) -> str:
    """A class that an object of the declared class can be; LookupError when there is none."""
    declared = schema.classes.get(name)
    if declared is not None and not declared.abstract:
        return name
    fitting = list(lineage.concrete(name))
    if not fitting:
        raise LookupError(f"no class can be a {name}")
    # A plugin may have been switched off since the schema was made (CONTRACT TRAP-03).
    near = {None, declared.plugin if declared is not None else None}
    return min(fitting, key=lambda each: schema.classes[each].plugin not in near)


def object_params(action: Action, schema: Schema) -> tuple[Param, ...]:
    """The parameters that take an object of a known class."""
    return tuple(
        p
        for p in action.params
        if p.type.kind == "object"
        and p.type.name in schema.classes
        and p.type.name not in ROOT_CLASSES
    )
