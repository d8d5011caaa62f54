"""Whether one value of a TOML document is of a type and in range, and how to say so."""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from msgspec import inspect

from conformance.exceptions import ProfileError, did_you_mean
from conformance.profile.kinds import FAULT_OF, HINT_FOR

if TYPE_CHECKING:
    from collections.abc import Sequence

_BY_TYPE: tuple[tuple[type[inspect.Type], str, tuple[type, ...], tuple[type, ...]], ...] = (
    (inspect.BoolType, "true or false", (bool,), ()),
    (inspect.IntType, "a whole number", (int,), (bool,)),
    (inspect.FloatType, "a number", (int, float), (bool,)),
    (inspect.StrType, "a text", (str,), ()),
    (inspect.DateType, "a date such as 2027-01-31", (date, str), (datetime,)),
    (inspect.VarTupleType, "a list", (list,), ()),
)
"""By type of a profile's field: its words, and the Python types that fit and that do not."""

_LONGEST = 60
"""Characters of a value that are shown in a message."""


def check_value(info: inspect.Type, value: Any, here: str) -> None:
    """Refuse a value that is not of the type; `here` is its place. Raises ProfileError."""
    alternatives = _alternatives(info)
    fitting = next((each for each in alternatives if _fits(each, value)), None)
    if fitting is None:
        raise _misfit(alternatives, value, here)
    if isinstance(value, float) and not isfinite(value):
        raise wrong_type(here, "a finite number", value)
    if isinstance(fitting, inspect.VarTupleType):
        for each in value:
            check_value(fitting.item_type, each, here)
    _check_range(fitting, value, here)
    kind = _kind(info)
    problem = FAULT_OF[kind](value) if kind in FAULT_OF and isinstance(value, str) else None
    if problem:
        raise ProfileError(problem, place=here, hint=HINT_FOR.get(kind, ""))


def wrong_type(here: str, expected: str, value: Any, *, hint: str = "") -> ProfileError:
    """The error for a value of the wrong type."""
    return ProfileError(f"expected {expected}, got {_shown(value)}", place=here, hint=hint)


def bare(info: inspect.Type) -> inspect.Type:
    """The type without what it was annotated with."""
    return bare(info.type) if isinstance(info, inspect.Metadata) else info


def _check_range(info: inspect.Type, value: Any, here: str) -> None:
    if isinstance(info, inspect.IntType | inspect.FloatType):
        low, high = info.ge, info.le
        if (low is not None and value < low) or (high is not None and value > high):
            allowed = f"at least {low}" if high is None else f"{low} to {high}"
            raise ProfileError(f"{value!r} is out of range", place=here, hint=f"Allowed: {allowed}")
    elif isinstance(info, inspect.StrType) and info.min_length and len(value) < info.min_length:
        hint = f"Write at least {info.min_length} characters"
        raise ProfileError(f"{value!r} is too short", place=here, hint=hint)
    elif isinstance(info, inspect.DateType) and isinstance(value, str):
        try:
            date.fromisoformat(value)
        except ValueError:
            raise wrong_type(here, _words(info), value) from None


def _fits(info: inspect.Type, value: Any) -> bool:
    if isinstance(info, inspect.LiteralType):
        return value in info.values
    return any(
        isinstance(info, kind) and isinstance(value, right) and not isinstance(value, wrong)
        for kind, _, right, wrong in _BY_TYPE
    )


def _kind(info: inspect.Type) -> str:
    """The kind that a type or one of its alternatives was annotated with."""
    if isinstance(info, inspect.Metadata):
        named = (info.extra or {}).get("kind")
        return str(named) if named else _kind(info.type)
    if isinstance(info, inspect.UnionType):
        return next((kind for each in info.types if (kind := _kind(each))), "")
    return ""


def _alternatives(info: inspect.Type) -> tuple[inspect.Type, ...]:
    """The types of a union, but for the null that TOML does not have."""
    inner = bare(info)
    types = inner.types if isinstance(inner, inspect.UnionType) else (inner,)
    return tuple(each for each in map(bare, types) if not isinstance(each, inspect.NoneType))


def _misfit(alternatives: Sequence[inspect.Type], value: Any, here: str) -> ProfileError:
    choices = [
        str(choice)
        for each in alternatives
        if isinstance(each, inspect.LiteralType)
        for choice in each.values
    ]
    hint = did_you_mean(value, choices) if isinstance(value, str) and len(choices) > 1 else ""
    expected = " or ".join(_words(each) for each in alternatives)
    return wrong_type(here, expected, value, hint=hint if hint.startswith("Did") else "")


def _words(info: inspect.Type) -> str:
    if isinstance(info, inspect.LiteralType):
        return " or ".join(f'"{choice}"' for choice in info.values)
    return next(words for kind, words, _, _ in _BY_TYPE if isinstance(info, kind))


def _shown(value: Any) -> str:
    """A value as TOML writes it, cut where it is long."""
    match value:
        case bool():
            text = str(value).lower()
        case dict():
            text = "a table"
        case list():
            text = "a list"
        case date():
            text = value.isoformat()
        case _:
            text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
