"""The values that a property can take, as data: what is drawn, not how.

One value of these types is all that either generator looks at, so both draw from one distribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.generation.rules import ENDS, FUTURE, PAST, TAG_LISTS, ValueRules

if TYPE_CHECKING:
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Enum, Property, Schema, TypeRef

NULLABLE_BOOLEAN = "KalturaNullableBoolean"
"""An int enum of -1, 0, 1; -1 means "not sent" (CONTRACT WIRE-23) and is never drawn."""
EDGE_BYTES = 10_000
"""A limit beyond is none that anybody meets."""
PLAYABLE_HOST = "example.com"
"""Reserved for examples: nothing that is drawn reaches anybody (RFC 2606)."""


class Words(Struct, frozen=True):
    """One to three words of letters with single spaces, within a number of UTF-8 bytes."""

    letters: str
    least_bytes: int
    most_bytes: int
    most_words: int = 3
    before: str = ""
    after: str = ""


class Edge(Struct, frozen=True):
    """A text of exactly one of some lengths in bytes, or one of the usual texts."""

    lengths: tuple[int, ...]
    usual: Words


class TagList(Struct, frozen=True):
    """Different lower-case words, joined by a comma and a blank."""

    most: int = 3


class Whole(Struct, frozen=True):
    """A whole number between two, both included."""

    low: int
    high: int


class Real(Struct, frozen=True):
    """A number with at most two binary places, so that no encoding rounds it."""

    low: float
    high: float


class Choice(Struct, frozen=True):
    """One of some values."""

    values: tuple[Any, ...]


class CsvOf(Struct, frozen=True):
    """A comma-separated list of different values out of some."""

    values: tuple[str, ...]


class ObjectOf(Struct, frozen=True):
    """An object of one of some concrete classes."""

    classes: tuple[str, ...]


class ListOf(Struct, frozen=True):
    """Up to some objects of one of some concrete classes."""

    classes: tuple[str, ...]
    most: int


Domain = Words | Edge | TagList | Whole | Real | Choice | CsvOf | ObjectOf | ListOf


def domain_of(
    prop: Property, *, schema: Schema, lineage: Lineage, rules: ValueRules
) -> Domain | None:
    """What can be drawn for a property; None where nothing can: files, maps, spent depth."""
    if known := rules.known_for(prop.name):
        return Choice(known)
    scalar = _enumerated(prop.type, prop.values_enum, schema, rules)
    if scalar is not None:
        return scalar if scalar.values else None
    if prop.type.kind == "object":
        classes = _concrete(prop.type.name, lineage, rules)
        return ObjectOf(classes) if classes else None
    if prop.type.kind == "array":
        classes = _concrete(prop.type.element, lineage, rules)
        return ListOf(classes, rules.most_items) if classes else None
    if prop.type.kind in {"int", "bigint", "float"}:
        return _number(prop, rules)
    if prop.type.kind == "bool":
        return Choice((False, True))
    return _text(prop, rules) if prop.type.kind == "string" else None


def _enumerated(
    ref: TypeRef, values_enum: str | None, schema: Schema, rules: ValueRules
) -> Choice | CsvOf | None:
    enum = schema.enums.get(ref.enum or values_enum or "")
    if enum is None:
        return None
    values = constants(enum, plugin_values=rules.plugin_values)
    if ref.enum is None:
        return CsvOf(tuple(str(value) for value in values))
    return Choice(values)


def constants(enum: Enum, *, plugin_values: bool = False) -> tuple[Any, ...]:
    """The values of an enum as they are sent; those of plugins (`plugin.CONST`) only if asked."""
    values = [
        int(constant.value) if enum.kind == "int" else constant.value
        for constant in enum.constants
        if plugin_values or "." not in constant.value
    ]
    if enum.name == NULLABLE_BOOLEAN:
        values = [value for value in values if value in {0, 1}]
    return tuple(dict.fromkeys(values))


def _concrete(name: str | None, lineage: Lineage, rules: ValueRules) -> tuple[str, ...]:
    return lineage.concrete(name) if name and rules.depth > 1 else ()


def _number(prop: Property, rules: ValueRules) -> Whole | Real | None:
    given = rules.range_of(prop.name)
    if given is not None:
        low, high = given.low, given.high
    elif prop.type.is_time:
        low, high = FUTURE if prop.name.casefold().startswith(ENDS) else PAST
    else:
        low, high = rules.low, rules.high
    low = low if prop.min_value is None else max(low, prop.min_value)
    high = high if prop.max_value is None else min(high, prop.max_value)
    if low > high:  # the schema's limits lie outside of ours
        low = prop.min_value if prop.min_value is not None else high
        high = prop.max_value if prop.max_value is not None else low
    if prop.type.kind == "float":
        return Real(low, high)
    return Whole(int(low), int(high))


def _text(prop: Property, rules: ValueRules) -> Words | Edge | TagList | None:
    most = min(
        [
            rules.text_bytes,
            *(n for n in (prop.max_length, prop.utf8_truncate) if n is not None),
        ]
    )
    least = max(prop.min_length or 1, min(6, most))
    most = max(most, least)
    folded = prop.name.casefold()
    if prop.name in TAG_LISTS:
        return TagList(rules.most_items)
    if "email" in folded:
        return _affixed(least, most, before="", after=f"@{PLAYABLE_HOST}")
    if folded.endswith("url"):
        return _affixed(least, most, before=f"https://{PLAYABLE_HOST}/", after="")
    letters = rules.letters_for(prop.name)
    words = 3 if len(letters) > 26 or folded in {"description", "text"} else 1  # noqa: PLR2004 - the ASCII letters
    usual = Words(letters, least, most, words)
    lengths = _edges(prop) if rules.edges else ()
    return Edge(lengths, usual) if lengths else usual


def _edges(prop: Property) -> tuple[int, ...]:
    """The lengths at a text's published limits that are still within them (CONTRACT CRUD-20)."""
    high = [n for n in (prop.max_length, prop.utf8_truncate) if n is not None]
    low = prop.min_length or 1
    near = [low, low + 1, *([min(high), min(high) - 1] if high else [])]
    within = [n for n in near if low <= n and (not high or n <= min(high)) and n <= EDGE_BYTES]
    return tuple(dict.fromkeys(within)) if high or prop.min_length else ()


def _affixed(least: int, most: int, *, before: str, after: str) -> Words:
    room = most - len(before) - len(after)
    if room < least:
        return Words("abcdefghijklmnopqrstuvwxyz", least, most, 1)
    return Words("abcdefghijklmnopqrstuvwxyz", least, room, 1, before, after)
