"""What a filter's properties mean, read off their names (CONTRACT LIST-08…14)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.reference.scalars import to_float, to_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from conformance.reference.storage import Document

_WORD = re.compile(r"\w+")
_MAX_VALUES = 500
_TEXT_FIELDS = ("name", "tags", "description", "fullName", "screenName", "email")
# Filter stems that are no property, and the property that answers for them.
_STEMS = {"categoryAncestorId": "categoriesIds", "searchText": "", "freeText": ""}


class Condition(Struct, frozen=True):
    """One filter property: the fields that it looks at, and its test."""

    name: str
    fields: tuple[str, ...]
    test: Callable[[Any, Any], bool]

    def holds(self, document: Document, wanted: Any) -> bool:
        """Whether any of the fields passes."""
        return any(self.test(document.get(field), wanted) for field in self.fields)


def conditions(names: Collection[str], known: Collection[str]) -> dict[str, Condition]:
    """The conditions that a filter's property names stand for; others mean nothing."""
    found = {name: condition(name, known) for name in names}
    return {name: each for name, each in found.items() if each is not None}


def condition(name: str, known: Collection[str]) -> Condition | None:
    """The condition of one filter property, by its longest suffix."""
    if name == "freeText":
        return (
            Condition(name, ("",), _never) if not known else Condition(name, _texts(known), _like)
        )
    for suffix, test in _TESTS:
        if name.endswith(suffix) and len(name) > len(suffix):
            fields = _fields(name[: -len(suffix)], known)
            if fields:
                return Condition(name, fields, test)
    return None


def plain(value: Any) -> str:
    """A value as filters compare it: text without case, booleans as 1 and 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return to_text(value).lower()


def _texts(known: Collection[str]) -> tuple[str, ...]:
    """The fields that free text looks into."""
    return tuple(field for field in _TEXT_FIELDS if field in known)


def _fields(stem: str, known: Collection[str]) -> tuple[str, ...]:
    """The property, or the run of properties, that a stem names."""
    if stem in _STEMS:
        named = _STEMS[stem]
        return (named,) if named else _texts(known)
    if stem in known:
        return (stem,)
    parts: list[str] = []
    rest = stem
    while rest:
        lowered = rest[0].lower() + rest[1:]
        part = next(
            (p for p in sorted(known, key=len, reverse=True) if p and lowered.startswith(p)), None
        )
        if part is None:
            return ()
        parts.append(part)
        rest = rest[len(part) :]
    return tuple(parts)


def _values(wanted: Any) -> list[str]:
    """The values of a comma-separated list."""
    return [
        plain(item.strip()) for item in to_text(wanted).split(",")[:_MAX_VALUES] if item.strip()
    ]


def _same(value: Any, wanted: Any) -> bool:
    left, right = plain(value), plain(wanted)
    if left == right:
        return True
    return _numeric(left) and _numeric(right) and float(left) == float(right)


def _numeric(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit() and text not in {"", "-"}


def _is_in(value: Any, wanted: Any) -> bool:
    return plain(value) in _values(wanted)


def _less(value: Any, wanted: Any) -> bool:
    return value is not None and to_float(value) < to_float(wanted)


def _less_or_same(value: Any, wanted: Any) -> bool:
    return value is not None and to_float(value) <= to_float(wanted)


def _more(value: Any, wanted: Any) -> bool:
    return value is not None and to_float(value) > to_float(wanted)


def _more_or_same(value: Any, wanted: Any) -> bool:
    return value is not None and to_float(value) >= to_float(wanted)


def _like(value: Any, wanted: Any) -> bool:
    """All words of the term are words of the text."""
    text, term = plain(value), plain(wanted)
    words = set(_WORD.findall(text))
    asked = _WORD.findall(term)
    return bool(asked) and words.issuperset(asked)


def _like_any(value: Any, wanted: Any) -> bool:
    return any(_like(value, term) for term in to_text(wanted).split(",") if term.strip())


def _like_all(value: Any, wanted: Any) -> bool:
    return all(_like(value, term) for term in to_text(wanted).split(",") if term.strip())


def _empty(value: Any, wanted: Any) -> bool:
    asked = plain(wanted)
    if asked == "-1":
        return True
    return (value in (None, "", [])) is (asked == "1")


def _bit_and(value: Any, wanted: Any) -> bool:
    mask = int(to_float(wanted))
    return int(to_float(value)) & mask == mask


def _bit_or(value: Any, wanted: Any) -> bool:
    return int(to_float(value)) & int(to_float(wanted)) != 0


def _never(_value: Any, _wanted: Any) -> bool:
    return False


def _or_null(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: value is None or test(value, wanted)


def _no(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: not test(value, wanted)


_TESTS: tuple[tuple[str, Callable[[Any, Any], bool]], ...] = tuple(
    sorted(
        {
            "Equal": _same,
            "NotEqual": _no(_same),
            "EqualOrNull": _or_null(_same),
            "In": _is_in,
            "NotIn": _no(_is_in),
            "InOrNull": _or_null(_is_in),
            "LessThan": _less,
            "LessThanOrNull": _or_null(_less),
            "LessThanOrEqual": _less_or_same,
            "LessThanOrEqualOrNull": _or_null(_less_or_same),
            "GreaterThan": _more,
            "GreaterThanOrNull": _or_null(_more),
            "GreaterThanOrEqual": _more_or_same,
            "GreaterThanOrEqualOrNull": _or_null(_more_or_same),
            "Like": _like,
            "MultiLikeOr": _like_any,
            "MultiLikeAnd": _like_all,
            "MatchOr": _like_any,
            "MatchAnd": _like_all,
            "NotContains": _no(_like_any),
            "StartsWith": lambda value, wanted: plain(value).startswith(plain(wanted)),
            "EndsWith": lambda value, wanted: plain(value).endswith(plain(wanted)),
            "Empty": _empty,
            "BitAnd": _bit_and,
            "BitOr": _bit_or,
        }.items(),
        key=lambda item: -len(item[0]),
    )
)
