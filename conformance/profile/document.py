"""A profile file as a plain table, and how two tables become one."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from conformance.exceptions import ProfileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_BYTES = 1_000_000
"""A profile is written by hand; what is bigger is some other file."""

Table = dict[str, Any]

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read(path: Path, *, place: str) -> Table:
    """The file's table. Raises ProfileError with the line where it is not TOML."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProfileError(f"cannot be read ({error.strerror or error})", place=place) from error
    return parse(content, place=place)


def parse(content: bytes, *, place: str) -> Table:
    """The table in these bytes. Raises ProfileError with the line where they are not TOML."""
    if len(content) > MOST_BYTES:
        raise ProfileError(f"{len(content)} bytes are too much for a profile", place=place)
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ProfileError("not UTF-8 text", place=f"{place}: line {line}") from error
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), place) from error
    except RecursionError as error:
        raise ProfileError("nested too deep for a profile", place=place) from error


def _syntax_error(text: str, place: str) -> ProfileError:
    found = _PLACE.search(text)
    problem = f"not TOML: {_PLACE.sub('', text)}"
    if found and found[1]:
        return ProfileError(problem, place=f"{place}: line {found[1]}, column {found[2]}")
    return ProfileError(problem, place=f"{place}: at the end")


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Table:
    """The base with what lies over it: tables merge, anything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        result[key] = merged(below, value) if both else value  # type: ignore[arg-type]
    return result


def leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every value that is no table, by the keys that lead to it."""
    found: dict[tuple[str, ...], Any] = {}
    for key, value in table.items():
        here = (*path, key)
        found |= leaves(value, here) if isinstance(value, dict) else {here: value}
    return found
