"""Types as they are written, and whether what they name exists, which only the whole file tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct

from conformance.exceptions import SchemaError, did_you_mean
from conformance.schema.document import place
from conformance.schema.model import ROOT_CLASSES, Kind, TypeRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

    from conformance.schema.model import Class, Enum

SCALARS: Mapping[str, Kind] = {
    kind: kind for kind in get_args(Kind) if kind not in {"object", "void"}
}
"""The words that `type` may be besides a class name (CONTRACT SCHEMA-10)."""

RESULT = "result type"
"""The one place where an enum's bare name is a type (CONTRACT SCHEMA-11)."""


class Mention(Struct, frozen=True):
    """Where a name was used first, and what it must be."""

    name: str
    kind: Literal["class", "enum"]
    place: str
    role: str


class References:
    """Makes types of attributes and remembers every name they mention until all names are known."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._known: dict[tuple[str | None, ...], TypeRef] = {}
        self._mentions: dict[tuple[str, str], Mention] = {}

    def type_of(self, element: _Element, found: Mapping[str, str]) -> TypeRef:
        """The type that the element's attributes say; void where there is no `type`.

        A result of an enum's type is written as the bare name (CONTRACT SCHEMA-11), so a name may
        turn out to be an enum: `settle` tells.
        """
        written = found.get("type")
        role = RESULT if element.tag == "result" else "type"
        key = (role, written, *map(found.get, ("arrayType", "enumType", "isTime")))
        type_ref = self._known.get(key)
        if type_ref is None:
            type_ref = self._known[key] = self._make(element, role, *key[1:])
        return type_ref

    def mention(
        self, element: _Element, name: str, kind: Literal["class", "enum"], role: str
    ) -> None:
        """Remember that this element names a class or an enum."""
        if (name, kind) not in self._mentions:
            self._mentions[name, kind] = Mention(name, kind, place(self._source, element), role)

    def check(self, classes: Mapping[str, Class], enums: Mapping[str, Enum]) -> None:
        """SchemaError at the first mention of a class or an enum that the file does not have."""
        for mention in self._mentions.values():
            known: Mapping[str, object] = classes if mention.kind == "class" else enums
            if mention.name in known or (mention.kind == "class" and mention.name in ROOT_CLASSES):
                continue
            if mention.role == RESULT and mention.name in enums:
                continue
            raise SchemaError(
                f"{mention.role} names the {mention.kind} '{mention.name}', "
                "which the schema does not have",
                place=mention.place,
                hint=did_you_mean(
                    mention.name, {*known, *SCALARS} if mention.role in {"type", RESULT} else known
                ),
            )

    def _make(
        self,
        element: _Element,
        role: str,
        written: str | None,
        element_name: str | None,
        enum: str | None,
        time: str | None,
    ) -> TypeRef:
        if element_name:
            self.mention(element, element_name, "class", "arrayType")
        if enum:
            self.mention(element, enum, "enum", "enumType")
        is_time = time in {"1", "true"}
        if not written:
            return TypeRef("void", element=element_name or None, enum=enum or None)
        scalar = SCALARS.get(written)
        if scalar is not None:
            return TypeRef(scalar, element=element_name or None, enum=enum or None, is_time=is_time)
        self.mention(element, written, "class", role)
        return TypeRef(
            "object", written, element=element_name or None, enum=enum or None, is_time=is_time
        )


def as_enum(type_ref: TypeRef, enums: Mapping[str, Enum]) -> TypeRef:
    """The type with a bare enum name read as a scalar drawn from that enum (CONTRACT SCHEMA-11)."""
    enum = enums.get(type_ref.name) if type_ref.name else None
    return type_ref if enum is None else TypeRef(enum.kind, enum=enum.name)


def check_bases(classes: Mapping[str, Class], source: str) -> None:
    """SchemaError where a class is its own ancestor."""
    settled: set[str] = set()
    for start in classes.values():
        path: list[str] = []
        current: Class | None = start
        while current is not None and current.name not in settled:
            if current.name in path:
                raise _cycle(current, path[path.index(current.name) :], source)
            path.append(current.name)
            current = classes.get(current.base) if current.base else None
        settled.update(path)


def _cycle(first: Class, circle: Iterable[str], source: str) -> SchemaError:
    return SchemaError(
        "the class is its own ancestor: " + " > ".join((*circle, first.name)),
        place=f"{source}:{first.line} <class {first.name}>",
    )
