"""Globs over names such as `media.list`, `LIST-PAGE-*` or `KalturaMediaEntry.name`.

Case never matters: the server itself matches services and actions without it (CONTRACT WIRE-10).
"""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value = TypeVar("Value")

_WELL_FORMED = re.compile(r"[A-Za-z0-9_.:*?-]+|(?:[A-Za-z0-9_.:*?-]|\[!?[A-Za-z0-9_-]+\])+")
_WILD = re.compile(r"\[[^]]*\]|[*?]")


def fault_of(pattern: str) -> str | None:
    """What is wrong with a glob, or None when it can match a name."""
    if not pattern:
        return "an empty pattern matches nothing"
    if _WELL_FORMED.fullmatch(pattern):
        return None
    if pattern.count("[") != pattern.count("]"):
        return f"{pattern!r} has an unclosed '['"
    return f"{pattern!r} can match no name"


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.casefold()))


def matches(pattern: str, name: str) -> bool:
    """Whether the whole name fits the glob, in any letter case."""
    return _compiled(pattern).match(name.casefold()) is not None


def matches_any(patterns: Iterable[str], name: str) -> bool:
    """Whether the name fits one of the globs."""
    return any(matches(pattern, name) for pattern in patterns)


def nearest(table: Mapping[str, Value], name: str) -> Value | None:
    """The value under the most specific glob that fits, or None.

    The pattern with the most literal characters wins, so `media.get` beats `media.*` beats `*`;
    between equals, the first in alphabetical order.
    """
    fitting = [pattern for pattern in table if matches(pattern, name)]
    if not fitting:
        return None
    return table[min(fitting, key=lambda pattern: (-len(_WILD.sub("", pattern)), pattern))]
