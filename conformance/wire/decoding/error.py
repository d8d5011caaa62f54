"""Recognising an API error in a value (CONTRACT ERR-02)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.wire.answer import ERROR_TYPE, ApiError

_ERROR_KEYS = frozenset({"code", "message", "objectType", "args"})


def error_of(value: Any) -> ApiError | None:
    """The API error that `value` is, or None; also for one slot of a multirequest.

    A damaged error is one too, or its damage would be judged as a wrong result: a mapping
    of an error's keys alone, with a code and at least one that no data class joins to it.
    """
    if not isinstance(value, Mapping):
        return None
    if value.get("objectType") != ERROR_TYPE and not _is_damaged_error(value):
        return None
    args = value.get("args")
    return ApiError(
        code=_text(value.get("code")),
        message=_text(value.get("message")),
        args={str(name): _text(text) for name, text in args.items()}
        if isinstance(args, Mapping)
        else {},
        raw=value,
    )


def _is_damaged_error(value: Mapping[Any, Any]) -> bool:
    if not value.keys() <= _ERROR_KEYS or "code" not in value:
        return False
    return "args" in value or ("message" in value and "objectType" not in value)


def _text(value: Any) -> str:
    """A scalar as text; null and absence are empty."""
    return "" if value is None else str(value)
