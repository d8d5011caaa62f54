"""Classes, enums and errors of two schemas compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.schema.change import additive, breaking, compatible
from conformance.schema.substitution import accepts, reads_as
from conformance.schema.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.schema.change import Change
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Class, Enum, ErrorTemplate, Property, Schema

_FLOORS = ("min_length", "min_value")
_CEILINGS = ("max_length", "max_value", "utf8_truncate")
_FLAGS = (
    ("read_only", "read-only"),
    ("insert_only", "insert-only"),
    ("write_only", "write-only"),
)


def class_changes(
    old: Schema, new: Schema, old_lineage: Lineage, new_lineage: Lineage
) -> Iterator[Change]:
    """What changed in classes; a property is told at the class that declared it."""
    for found in old.classes.values():
        other = new.classes.get(found.name)
        if other is None:
            yield breaking("class removed", found.name)
            continue
        yield from _class(found, other, old_lineage, new_lineage)
        yield from _properties(found, new_lineage)
    for found in new.classes.values():
        if found.name not in old.classes:
            yield additive("class added", found.name, found.base or "")
            continue
        before = old_lineage.properties(found.name)
        for prop in found.properties:
            if prop.name not in before:
                yield additive("property added", f"{found.name}.{prop.name}", words(prop.type))


def _class(old: Class, new: Class, old_lineage: Lineage, new_lineage: Lineage) -> Iterator[Change]:
    if old.base != new.base:
        before, after = old_lineage.ancestors(old.name), new_lineage.ancestors(old.name)
        kept = set(before) <= set(after)
        told = compatible if kept else breaking
        yield told("base changed", old.name, old.base or "none", new.base or "none")
    if old.abstract != new.abstract:
        told = breaking if new.abstract else compatible
        state = {True: "abstract", False: "concrete"}
        yield told(
            f"class became {state[new.abstract]}",
            old.name,
            state[old.abstract],
            state[new.abstract],
        )
    yield from _permissions(old.name, old.requires_permissions, new.requires_permissions)
    if old.deprecated != new.deprecated:
        yield compatible("deprecated" if new.deprecated else "no longer deprecated", old.name)


def _properties(old: Class, lineage: Lineage) -> Iterator[Change]:
    now: Mapping[str, Property] = lineage.properties(old.name)
    for prop in old.properties:
        place = f"{old.name}.{prop.name}"
        other = now.get(prop.name)
        if other is None:
            yield breaking("property removed", place, words(prop.type))
            continue
        yield from _property(place, prop, other, lineage)


def _property(place: str, old: Property, new: Property, lineage: Lineage) -> Iterator[Change]:
    if old.type != new.type:
        written = old.read_only or accepts(new.type, old.type, lineage)
        read = old.write_only or reads_as(new.type, old.type, lineage)
        told = compatible if written and read else breaking
        yield told("property type changed", place, words(old.type), words(new.type))
    for name, word in _FLAGS:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            told = breaking if now else compatible
            yield told(f"property {'became' if now else 'is no longer'} {word}", place)
    for name in (*_FLOORS, *_CEILINGS):
        yield from _limit(place, name, getattr(old, name), getattr(new, name))
    if old.values_enum != new.values_enum:
        told = compatible if new.values_enum is None else breaking
        yield told(
            "enum of listed values changed", place, old.values_enum or "", new.values_enum or ""
        )
    yield from _permissions(place, old.requires_permissions, new.requires_permissions)
    if old.deprecated != new.deprecated:
        yield compatible("deprecated" if new.deprecated else "no longer deprecated", place)


def _limit(place: str, name: str, old: float | None, new: float | None) -> Iterator[Change]:
    if old == new:
        return
    if new is None:
        narrowed = False
    elif old is None:
        narrowed = True
    else:
        narrowed = new > old if name in _FLOORS else new < old
    told = breaking if narrowed else compatible
    word = name.replace("_", " ")
    yield told(f"{word} {'narrowed' if narrowed else 'widened'}", place, _bound(old), _bound(new))


def _bound(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _permissions(place: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    if set(old) == set(new):
        return
    told = compatible if set(new) <= set(old) else breaking
    yield told(
        "needed permissions changed", place, ", ".join(old) or "none", ", ".join(new) or "none"
    )


def enum_changes(old: Schema, new: Schema) -> Iterator[Change]:
    """What changed in enums: on the wire a constant is its value, its name is for people."""
    for enum in old.enums.values():
        other = new.enums.get(enum.name)
        if other is None:
            yield breaking("enum removed", enum.name)
            continue
        yield from _enum(enum, other)
    for enum in new.enums.values():
        if enum.name not in old.enums:
            yield additive("enum added", enum.name, f"{len(enum.constants)} values")


def _enum(old: Enum, new: Enum) -> Iterator[Change]:
    if old.kind != new.kind:
        yield breaking("enum storage changed", old.name, old.kind, new.kind)
    before, after = _names(old), _names(new)
    for value, names in before.items():
        place = f"{old.name}.{names[0]}"
        if value not in after:
            yield breaking("enum value removed", place, value)
        elif not set(names) & set(after[value]):
            yield compatible("enum value renamed", place, names[0], after[value][0])
    for value, names in after.items():
        if value not in before:
            yield additive("enum value added", f"{old.name}.{names[0]}", value)


def _names(enum: Enum) -> dict[str, list[str]]:
    """The names of each value: some values have several."""
    found: dict[str, list[str]] = {}
    for constant in enum.constants:
        found.setdefault(constant.value, []).append(constant.name)
    return found


def error_changes(old: Schema, new: Schema) -> Iterator[Change]:
    """What changed in errors: clients act on the code and its arguments."""
    for error in old.errors.values():
        other = new.errors.get(error.code)
        if other is None:
            yield breaking("error removed", error.code)
            continue
        yield from _error(error, other)
    for error in new.errors.values():
        if error.code not in old.errors:
            yield additive("error added", error.code)


def _error(old: ErrorTemplate, new: ErrorTemplate) -> Iterator[Change]:
    gone = [name for name in old.parameters if name not in new.parameters]
    came = [name for name in new.parameters if name not in old.parameters]
    if gone:
        yield breaking("error parameter removed", old.code, ", ".join(gone))
    if came:
        yield additive("error parameter added", old.code, ", ".join(came))
    if old.message != new.message:
        yield compatible("error message changed", old.code, old.message, new.message)
