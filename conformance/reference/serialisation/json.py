"""JSON as the server writes it: bare result, escaped slashes, no null properties (WIRE-42)."""

from __future__ import annotations

import json
from typing import Any

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


def to_json(value: Any) -> bytes:
    """The result as a JSON document; maps and args without members are `[]` (WIRE-45)."""
    return _encode(_shaped(value)).replace("/", "\\/").encode()


def to_jsonp(value: Any, callback: str) -> bytes:
    """The JSON document as the argument of a function call."""
    return callback.encode() + b"(" + to_json(value) + b");"


def _shaped(value: Any) -> Any:
    """The value without nulls in objects and with empty maps as empty arrays."""
    kind = type(value)
    if kind is dict:
        if not value:
            return []
        for member in value.values():
            if member is None or type(member) is dict or type(member) is list:
                return {key: _shaped(each) for key, each in value.items() if each is not None}
        return value
    if kind is list:
        return [_shaped(item) for item in value]
    return value
