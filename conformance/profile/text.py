"""A resolved profile as TOML that a person can read, each value with its origin."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.profile.resolved import Key, Resolved

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def show(resolved: Resolved) -> str:
    """The whole profile, defaults included. What it says can be read back as a profile."""
    built_on = " > ".join(resolved.chain) or "defaults"
    lines = [f"# {built_on}", f"# digest {resolved.digest}"]
    content = msgspec.to_builtins(resolved.profile, builtin_types=(date,))
    tables = content.pop("waivers")
    lines += _lines(content, (), resolved)
    for waiver in tables:
        lines += ["", f"[[waivers]]  # {resolved.origin('waivers')}"]
        lines += [f"{key} = {_value(each)}" for key, each in waiver.items() if each is not None]
    return "\n".join(lines) + "\n"


def _lines(table: Mapping[str, Any], path: Key, resolved: Resolved) -> Iterator[str]:
    flat = {key: value for key, value in table.items() if not isinstance(value, dict)}
    given = {key: value for key, value in flat.items() if value not in (None, "") or path[1:]}
    if path and given:
        yield ""
        yield f"[{'.'.join(_key(part) for part in path)}]"
    for key, value in given.items():
        yield f"{_key(key)} = {_value(value)}  # {resolved.origin(*path, key)}"
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _lines(value, (*path, key), resolved)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key)


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(_value(each) for each in value)}]"
        case str():
            # JSON's escapes are TOML's, but for DEL, which TOML refuses bare.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case _:
            return repr(value)
