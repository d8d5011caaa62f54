"""PHP's serialised form, format 3: scalars, arrays, and objects by class name."""

from __future__ import annotations

from typing import Any

from conformance.reference.errors import EXCEPTION_TYPE


def to_php(value: Any) -> bytes:
    """The value as PHP would serialise it; lengths count bytes."""
    return "".join(_parts(value)).encode("utf-8", "replace")


def _parts(value: Any) -> list[str]:
    """The pieces of one value."""
    if value is None:
        return ["N;"]
    if isinstance(value, bool):
        return [f"b:{int(value)};"]
    if isinstance(value, int):
        return [f"i:{value};"]
    if isinstance(value, float):
        return [f"d:{value!r};"]
    if isinstance(value, list):
        members = [part for n, item in enumerate(value) for part in (f"i:{n};", *_parts(item))]
        return [f"a:{len(value)}:{{", *members, "}"]
    if isinstance(value, dict):
        return _object(value)
    text = str(value)
    return [f's:{len(text.encode("utf-8", "replace"))}:"{text}";']


def _object(value: dict[str, Any]) -> list[str]:
    """An object with its class name, or an array for errors and maps."""
    name = value.get("objectType")
    if isinstance(name, str) and name != EXCEPTION_TYPE:
        members = {
            key: each for key, each in value.items() if key != "objectType" and each is not None
        }
        head = f'O:{len(name)}:"{name}":{len(members)}:{{'
    else:
        members = value
        head = f"a:{len(members)}:{{"
    return [
        head,
        *(part for key, each in members.items() for part in (*_parts(key), *_parts(each))),
        "}",
    ]
