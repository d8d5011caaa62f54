"""How the server turns what it was sent into a scalar: cast, hardly ever refused (WIRE-20)."""

from __future__ import annotations

import re
from typing import Any

_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)")
_NUMERIC = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LARGEST = 2**63 - 1


def to_int(value: Any) -> int:
    """The integer that a numeric prefix gives; 0 where there is none, saturating at 64 bits."""
    if type(value) is int:
        return value
    number = to_float(value)
    if number != number:  # noqa: PLR0124 - the test for "not a number"
        return 0
    if abs(number) >= _LARGEST:
        return _LARGEST if number > 0 else -_LARGEST - 1
    if type(value) is str and (text := value.strip()).lstrip("+-").isascii():
        digits = text.lstrip("+-")
        if digits.isdigit():
            return int(text)
    return int(number)


def to_float(value: Any) -> float:
    """The number that a numeric prefix gives; 0 where there is none."""
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, (list, dict)):
        return 1.0 if value else 0.0
    if value is None:
        return 0.0
    found = _NUMBER.match(str(value))
    return float(found.group(1)) if found else 0.0


def to_bool(value: Any) -> bool:
    """False for `false` in any case, an empty text, 0 and null; true for anything else."""
    if isinstance(value, str):
        return value.lower() not in {"false", "", "0"}
    return bool(value)


def to_text(value: Any) -> str:
    """The text of a scalar; `Array` for what is none (CONTRACT WIRE-32)."""
    if isinstance(value, str):
        return value
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, (list, dict)):
        return "Array"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004 - PHP's precision
    return str(value)


def has_illegal_character(text: str) -> bool:
    """Whether XML 1.0 could not carry the text (CONTRACT WIRE-21)."""
    return not text.isprintable() and _ILLEGAL.search(text) is not None


def loosely_equal(value: str, constant: str) -> bool:
    """Equality of two texts, by number where both are numeric (CONTRACT WIRE-22)."""
    if value == constant:
        return True
    if _NUMERIC.fullmatch(value) and _NUMERIC.fullmatch(constant):
        return float(value) == float(constant)
    return False


def cut_bytes(text: str, limit: int) -> str:
    """The text cut to so many bytes of UTF-8, never inside a character."""
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= limit else raw[:limit].decode("utf-8", "ignore")
