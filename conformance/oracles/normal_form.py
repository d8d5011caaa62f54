"""Brings a value into the one form that its schema type has, so that values can be compared.

A server answers what its language happened to hold (CONTRACT WIRE-47): `2`, `"2"` and `2.0` are one
int, `true` and `1` one boolean, and in XML everything is text (WIRE-43).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.schema.model import TypeRef

WHOLE = re.compile(r"[+-]?\d+")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
TRUTH = {"1": True, "0": False, "true": True, "false": False, "": False}


class NotOfThisType(Exception):
    """The value cannot be read as a value of the type; `kind` says what it is instead."""

    def __init__(self, value: Any) -> None:
        super().__init__(repr(value))
        self.value = value


def normal_form(value: Any, ref: TypeRef, *, lexical: bool = False) -> Any:
    """The value as its schema type has it; NotOfThisType when it has no such reading.

    `lexical` reads XML, where a leaf is text and the empty text may be null. Arrays, maps and
    objects are only brought into list or mapping form: their items have types of their own.
    """
    if value is None or (lexical and value == "" and ref.kind != "string"):
        return [] if ref.kind == "array" else {} if ref.kind == "map" else None
    if ref.kind in {"array", "map", "object", "void", "file"}:
        return _whole(value, ref.kind)
    if isinstance(value, list | Mapping):
        raise NotOfThisType(value)
    if ref.enum is not None:
        return as_text(value)
    return _scalar(value, ref.kind)


def as_text(value: Any) -> str:
    """A scalar as the text that identifies an enum's constant: `true` is `1`, `2.0` is `2`."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _scalar(value: Any, kind: str) -> Any:
    if kind == "string":
        return as_text(value)
    if kind == "bool":
        return _bool(value)
    if kind == "float":
        return _float(value)
    return _int(value)


def _bool(value: Any) -> bool:
    text = as_text(value).casefold()
    if text not in TRUTH:
        raise NotOfThisType(value)
    return TRUTH[text]


def _float(value: Any) -> float:
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise NotOfThisType(value)
    return float(value)


def _int(value: Any) -> int:
    if isinstance(value, bool | int):
        return int(value)
    text = str(value)
    if WHOLE.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text) and float(text).is_integer():
        return int(float(text))
    raise NotOfThisType(value)


def _whole(value: Any, kind: str) -> Any:
    if kind == "array":
        return _items(value)
    if kind == "map":
        if isinstance(value, Mapping):
            return value
        if isinstance(value, list):
            return dict(enumerate(value))
        raise NotOfThisType(value)
    if kind == "object" and not isinstance(value, Mapping):
        raise NotOfThisType(value)
    return value


def _items(value: Any) -> list[Any]:
    """A list; also a mapping with numbers for keys, which is how PHP writes a list with gaps."""
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping):
        keys = [str(key) for key in value]
        # Without a gap PHP writes a list, even an empty one: a mapping is somebody else's.
        if all(key.isdigit() for key in keys) and keys != [str(n) for n in range(len(keys))]:
            return list(value.values())
    raise NotOfThisType(value)
