"""The places of a call where exactly one rule can be broken, and by which value.

Found from the schema alone and kept by class, so that no call has to be looked through.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.generation.placeholders import is_required, object_params
from conformance.schema.model import ROOT_CLASSES, TypeRef
from conformance.schema.views import is_twin

if TYPE_CHECKING:
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Property, Schema

UNDECODED_ENUMS = frozenset({"KalturaNullableBoolean"})
"""Enums whose values are read as something else before they are compared (CONTRACT WIRE-23)."""
RESERVED = frozenset({"ks", "p", "partnerId", "format", "language", "service", "action"})
"""Names that mean something to every call, before its parameters are looked at (WIRE-11)."""
NUMBERS = frozenset({"int", "bigint", "float"})
MOST_LENGTH = 10_000
"""A text beyond a longer limit would be judged by the web server first."""


class Rule(StrEnum):
    """The rules of which a near miss breaks one."""

    MISSING_PARAMETER = "a required parameter is missing"
    FOREIGN_ENUM_VALUE = "a value is not of its enum"
    CONTROL_CHARACTER = "a text has a character that XML cannot carry"
    SCALAR_FOR_OBJECT = "a scalar stands for an object"
    ABSTRACT_CLASS = "an object is of an abstract class"
    TOO_LONG = "a text is longer than its limit"
    TOO_SHORT = "a text is shorter than its limit"
    TOO_SMALL = "a number is below its limit"
    TOO_GREAT = "a number is above its limit"
    READ_ONLY = "a read-only property is sent"
    INSERT_ONLY = "an insert-only property is sent with an update"
    UNKNOWN_REFERENCE = "an id names nothing"


DECODED = frozenset(
    {
        Rule.MISSING_PARAMETER,
        Rule.FOREIGN_ENUM_VALUE,
        Rule.CONTROL_CHARACTER,
        Rule.SCALAR_FOR_OBJECT,
        Rule.ABSTRACT_CLASS,
        Rule.TOO_LONG,
        Rule.TOO_SHORT,
        Rule.TOO_SMALL,
        Rule.TOO_GREAT,
    }
)
"""Those that are judged while the arguments are decoded: the same in every action (ERR-20, S5)."""


class Spot(Struct, frozen=True):
    """A place for one broken rule: a parameter, or a property of a class."""

    rule: Rule
    name: str
    type: TypeRef


class Slot(Struct, frozen=True):
    """A property that holds objects: one, or a list of them."""

    name: str
    declared: str
    is_list: bool


class ClassSpots(Struct, frozen=True):
    """Where an object of one class can go wrong, in itself and in what it holds."""

    own: tuple[Spot, ...]
    slots: tuple[Slot, ...]


NOTHING_WRONG = ClassSpots((), ())


class Spots:
    """The spots of one schema. Threads may share it.

    With `stale` a class of another plugin than the action's is left alone: the server may not have
    it, and then reads the object as one of the declared class (CONTRACT TRAP-03, OBSERVED 18).
    """

    def __init__(self, schema: Schema, lineage: Lineage, *, stale: bool = False) -> None:
        self._schema = schema
        self._lineage = lineage
        self._stale = stale
        self.of_class = lru_cache(maxsize=None)(self._of_class)
        self._owners = lru_cache(maxsize=None)(self._owners_of)

    def of_params(self, action: Action) -> tuple[Spot, ...]:
        """What can be wrong about the parameters themselves."""
        found: list[Spot] = []
        objects = {param.name for param in object_params(action, self._schema)}
        for param in action.params:
            ref = param.type
            if is_required(param):
                found.append(Spot(Rule.MISSING_PARAMETER, param.name, ref))
            if self._is_checked_enum(ref):
                found.append(Spot(Rule.FOREIGN_ENUM_VALUE, param.name, ref))
            elif ref.kind == "string" and ref.enum is None and param.name not in RESERVED:
                found.append(Spot(Rule.CONTROL_CHARACTER, param.name, ref))
            if param.name in objects:
                found.append(Spot(Rule.SCALAR_FOR_OBJECT, param.name, ref))
                if self._schema.classes[str(ref.name)].abstract:
                    found.append(Spot(Rule.ABSTRACT_CLASS, param.name, ref))
        return tuple(found)

    def owners(self, declared: str, plugin: str | None) -> tuple[str, ...]:
        """The classes that an object declared so can be, and that something can be wrong about."""
        return self._owners(declared, plugin)

    def _owners_of(self, declared: str, plugin: str | None) -> tuple[str, ...]:
        return tuple(
            name
            for name in self._lineage.concrete(declared)
            if self._is_there(name, plugin) and self.of_class(name) != NOTHING_WRONG
        )

    def _is_there(self, name: str, plugin: str | None) -> bool:
        of = self._schema.classes[name].plugin
        return not self._stale or of is None or of == plugin

    def _of_class(self, name: str) -> ClassSpots:
        own: list[Spot] = []
        slots: list[Slot] = []
        for prop in self._lineage.properties(name).values():
            if is_twin(prop) or prop.requires_permissions:
                continue
            if prop.read_only:
                own.append(Spot(Rule.READ_ONLY, prop.name, prop.type))
                continue
            if prop.insert_only:
                own.append(Spot(Rule.INSERT_ONLY, prop.name, prop.type))
                continue
            own += self._of_property(prop)
            slot = self._slot(prop)
            if slot is not None:
                slots.append(slot)
        return ClassSpots(tuple(own), tuple(slots))

    def _of_property(self, prop: Property) -> list[Spot]:
        ref = prop.type
        rules: list[Rule] = []
        if self._is_checked_enum(ref):
            rules.append(Rule.FOREIGN_ENUM_VALUE)
        elif ref.kind == "string" and ref.enum is None:
            rules.append(Rule.CONTROL_CHARACTER)
            rules += [Rule.TOO_SHORT] if prop.min_length else []
            is_short = prop.max_length is not None and prop.max_length <= MOST_LENGTH
            rules += [Rule.TOO_LONG] if is_short else []
        elif ref.kind in NUMBERS and ref.enum is None and not ref.is_time:
            rules += [Rule.TOO_SMALL] if prop.min_value is not None else []
            rules += [Rule.TOO_GREAT] if prop.max_value is not None else []
        return [Spot(rule, prop.name, ref) for rule in rules]

    def _slot(self, prop: Property) -> Slot | None:
        declared = prop.type.name if prop.type.kind == "object" else prop.type.element
        if prop.type.kind not in {"object", "array"} or declared in ROOT_CLASSES:
            return None
        if declared is None or declared not in self._schema.classes:
            return None
        return Slot(prop.name, declared, prop.type.kind == "array")

    def _is_checked_enum(self, ref: TypeRef) -> bool:
        return (
            ref.enum is not None
            and ref.enum in self._schema.enums
            and ref.enum not in UNDECODED_ENUMS
        )
