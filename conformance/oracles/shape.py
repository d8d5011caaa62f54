"""Walks a value over the schema model and names every place where the two disagree.

Unknown classes and properties are left alone: a server may be newer than its schema (CONTRACT
WIRE-49, INH-01).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from conformance.oracles.normal_form import NotOfThisType, as_text, normal_form
from conformance.schema.model import ROOT_CLASSES, TypeRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Property, Schema

MisfitKind = Literal[
    "kind", "class", "enum", "unset", "write-only", "null", "name", "odd-name", "time"
]

LATEST_SECOND = 10**11
"""No time of day in seconds is larger before the year 5138; milliseconds have been since 1973."""

SHOWN = 60
"""Characters of a value that a person is shown."""

UNSET = frozenset({"", "0"})
"""What an unset column holds, whatever the enum says (OBSERVED 37)."""

NAME = re.compile(r"\w[\w.:-]*")
"""What can be a property's name; PHP writes a private one with NUL characters (OBSERVED 37)."""


class Misfit(Struct, frozen=True):
    """One place of a value that does not agree with the schema. `member` is `Class.property`."""

    kind: MisfitKind
    where: str
    expected: str
    actual: str
    member: str = ""
    hint: str = ""


class Walk:
    """The rules of one answer: its format, and the members that are known to differ.

    `lexical` reads XML; `nulls` says that a null property is a departure (JSON, CONTRACT WIRE-42);
    `multilingual` that texts may come as lists, one a language (OBSERVED 36).
    """

    def __init__(
        self,
        schema: Schema,
        lineage: Lineage,
        *,
        lexical: bool = False,
        nulls: bool = True,
        multilingual: bool = False,
        loose: Callable[[str, str], bool] = lambda _kind, _member: False,
    ) -> None:
        self._schema = schema
        self._lineage = lineage
        self._lexical = lexical
        self._nulls = nulls and not lexical
        self._multilingual = multilingual
        self._loose = loose

    def misfits(self, value: Any, ref: TypeRef, *, where: str = "$") -> Iterator[Misfit]:
        """Every disagreement of a value with its declared type."""
        for misfit in self._value(value, ref, where, ""):
            if not self._is_known(misfit):
                yield misfit

    def _is_known(self, misfit: Misfit) -> bool:
        """Whether the member, as its class or an ancestor names it, is known to differ."""
        owner, _, name = misfit.member.partition(".")
        line = (owner, *self._lineage.ancestors(owner)) if name else ()
        return any(self._loose(misfit.kind, f"{each}.{name}") for each in line)

    def _value(self, value: Any, ref: TypeRef, where: str, member: str) -> Iterator[Misfit]:
        if ref.kind in {"void", "file"}:
            return
        try:
            normal = normal_form(value, ref, lexical=self._lexical)
        except NotOfThisType:
            yield Misfit("kind", where, described(ref), shown(value), member)
            return
        if normal is None:
            return
        if ref.kind == "object":
            yield from self._object(normal, ref.name or "KalturaObject", where, member)
        elif ref.kind in {"array", "map"}:
            yield from self._elements(normal, ref, where, member)
        else:
            yield from self._scalar(normal, ref, where, member)

    def _elements(self, value: Any, ref: TypeRef, where: str, member: str) -> Iterator[Misfit]:
        element = element_type(ref, self._schema)
        if element is None:
            return
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, item in pairs:
            yield from self._value(item, element, f"{where}[{key}]", member)

    def _scalar(self, value: Any, ref: TypeRef, where: str, member: str) -> Iterator[Misfit]:
        enum = self._schema.enums.get(ref.enum) if ref.enum else None
        if enum is not None:
            known = {constant.value for constant in enum.constants}
            if value in known or "." in value or (self._lexical and not value):
                return
            kind: MisfitKind = "unset" if value in UNSET else "enum"
            yield Misfit(kind, where, f"a value of {enum.name}", shown(value), member)
        elif ref.is_time and isinstance(value, int) and abs(value) > LATEST_SECOND:
            hint = "are these milliseconds?"
            yield Misfit("time", where, "epoch seconds", shown(value), member, hint)

    def _object(
        self, value: Mapping[str, Any], declared: str, where: str, member: str
    ) -> Iterator[Misfit]:
        named = value.get("objectType")
        # What no property holds, the answer itself, is known by the class that is declared for it.
        member = member or f"{declared}.objectType"
        if not isinstance(named, str) or not named:
            yield Misfit(
                "class", f"{where}.objectType", f"{declared} or a subclass", shown(named), member
            )
            named = declared
        yield from self._runtime_class(named, declared, where, member)
        effective = named if named in self._schema.classes else declared
        properties = (
            self._lineage.properties(effective) if effective in self._schema.classes else {}
        )
        for name, item in value.items():
            if name in {"objectType", "relatedObjects"}:
                continue
            place = f"{where}.{name}"
            if name in properties:
                yield from self._property(item, properties[name], place, f"{effective}.{name}")
            elif NAME.fullmatch(name):
                yield from misspelt(name, value, properties, place, effective)
            else:
                member = f"{effective}.{name}"
                yield Misfit(
                    "odd-name", where, "a name", shown(name), member, "a private property?"
                )

    def _runtime_class(
        self, named: str, declared: str, where: str, member: str
    ) -> Iterator[Misfit]:
        known = self._schema.classes.get(named)
        if known is None:
            return
        expected = f"{declared} or a subclass"
        # A plugin's object may be shown as an ancestor (CONTRACT INH-15; OBSERVED 27).
        plain = self._lineage.of_plugin(declared) and named in self._lineage.ancestors(declared)
        admitted = plain or self._lineage.is_a(named, declared)
        if declared in self._schema.classes and not admitted:
            yield Misfit("class", f"{where}.objectType", expected, named, member)
        elif known.abstract and named not in ROOT_CLASSES:
            hint = f"{named} is abstract: no object can be of exactly this class"
            yield Misfit(
                "class", f"{where}.objectType", f"a concrete {declared}", named, member, hint
            )

    def _property(
        self, value: Any, declared: Property, where: str, member: str
    ) -> Iterator[Misfit]:
        if value is None:
            if self._nulls:
                yield Misfit("null", where, "absent", "null", member)
            return
        # XML writes an empty element for what it does not tell; JSON leaves it out.
        if declared.write_only and (value != "" or self._nulls):
            yield Misfit(
                "write-only", where, "absent: the property is write-only", "present", member
            )
            return
        if declared.multilingual and self._multilingual and isinstance(value, list):
            return
        if declared.name == "objects" and isinstance(value, list):
            yield from self._elements(value, as_list(declared.type), where, member)
            return
        yield from self._value(value, declared.type, where, member)


def as_list(ref: TypeRef) -> TypeRef:
    """The type of a list's `objects`; some lists declare the class of an item in its place."""
    return TypeRef(kind="array", element=ref.name) if ref.kind == "object" else ref


def misspelt(
    name: str,
    value: Mapping[str, Any],
    properties: Mapping[str, Property],
    where: str,
    owner: str,
) -> Iterator[Misfit]:
    """A name that is a known property's but for letter case or underscores."""
    folded = _folded(name)
    for known in properties:
        if _folded(known) == folded and known not in value:
            yield Misfit("name", where, known, name, f"{owner}.{known}")


def element_type(ref: TypeRef, schema: Schema) -> TypeRef | None:
    """The type of an array's or map's items, or None where the schema does not name it."""
    if ref.element is None:
        return None
    if ref.element in schema.classes or ref.element in ROOT_CLASSES:
        return TypeRef(kind="object", name=ref.element)
    if ref.element in schema.enums:
        return TypeRef(kind=schema.enums[ref.element].kind, enum=ref.element)
    if ref.element in {"int", "bigint", "float", "bool", "string"}:
        return TypeRef(kind=ref.element)  # type: ignore[arg-type]
    return None


def described(ref: TypeRef) -> str:
    """A type as a person reads it."""
    if ref.kind == "object":
        return f"an object of {ref.name}"
    if ref.kind in {"array", "map"}:
        return f"{ref.kind} of {ref.element}" if ref.element else ref.kind
    return f"{ref.kind} ({ref.enum})" if ref.enum else ref.kind


def shown(value: Any) -> str:
    """A value as a finding quotes it: its JSON kind is visible, its length bounded."""
    if value is None:
        return "absent"
    text = repr(value) if isinstance(value, str) else as_text(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()
