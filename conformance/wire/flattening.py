"""Parameters as colon paths, the notation of forms and query strings (CONTRACT WIRE-08)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any


def flatten(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each leaf of `params` as its path and its text, in order.

    What the notation cannot say is left out: an empty object (WIRE-30) and an empty
    array at the top level, which means the same as absence (WIRE-27).
    """
    for key, value in params.items():
        if not (_is_array(value) and not value):
            yield from _leaves(str(key), value)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _leaves(f"{path}:{key}", member)
    elif _is_array(value):
        if not value:
            yield f"{path}:-", ""
        for index, member in enumerate(value):
            yield from _leaves(f"{path}:{index}", member)
    elif value is None:
        yield f"{path}__null", ""
    else:
        yield path, text_of(value)


def text_of(value: Any) -> str:
    """A leaf as text: booleans as `true` and `false`, an enum's member by its value."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _is_array(value: Any) -> bool:
    return isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes)
