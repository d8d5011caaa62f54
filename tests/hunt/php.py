"""Serialised PHP to values and back (format 3), so that a fault shows in every format alike."""

from __future__ import annotations

from typing import Any

from tests.hunt.message import ERROR


def read(data: bytes) -> Any:
    """The value in a serialised text. Raises ValueError for what is none."""
    try:
        value, end = _value(data, 0)
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError("not serialised PHP") from error
    if end != len(data):
        raise ValueError("not serialised PHP: something follows")
    return value


def _value(data: bytes, at: int) -> tuple[Any, int]:
    kind = data[at : at + 2]
    if kind == b"N;":
        return None, at + 2
    if kind in (b"i:", b"d:", b"b:"):
        end = data.index(b";", at)
        text = data[at + 2 : end].decode()
        found: Any = text == "1" if kind == b"b:" else int(text) if kind == b"i:" else float(text)
        return found, end + 1
    if kind == b"s:":
        colon = data.index(b":", at + 2)
        start = colon + 2
        end = start + int(data[at + 2 : colon])
        return data[start:end].decode(), end + 2
    if kind == b"O:":
        colon = data.index(b":", at + 2)
        end = colon + 2 + int(data[at + 2 : colon])
        pairs, after = _pairs(data, end + 2)
        return {"objectType": data[colon + 2 : end].decode()} | _keyed(pairs), after
    if kind != b"a:":
        raise ValueError("not serialised PHP")
    pairs, after = _pairs(data, at + 2)
    is_list = list(pairs) == list(range(len(pairs)))
    return (list(pairs.values()) if is_list else _keyed(pairs)), after


def _pairs(data: bytes, at: int) -> tuple[dict[Any, Any], int]:
    """Keys and values from where their count stands, and where they end."""
    colon = data.index(b":", at)
    count, at = int(data[at:colon]), colon + 2
    pairs: dict[Any, Any] = {}
    for _ in range(count):
        key, at = _value(data, at)
        pairs[key], at = _value(data, at)
    return pairs, at + 1


def _keyed(pairs: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in pairs.items()}


def write(value: Any) -> bytes:
    """A value as a serialised text."""
    if value is None:
        return b"N;"
    if isinstance(value, bool):
        return b"b:%d;" % value
    if isinstance(value, int):
        return b"i:%d;" % value
    if isinstance(value, float):
        return f"d:{value!r};".encode()
    if isinstance(value, str):
        raw = value.encode()
        return b's:%d:"%s";' % (len(raw), raw)
    if isinstance(value, dict) and value.get("objectType") not in (None, ERROR):
        name = str(value["objectType"]).encode()
        members = [(key, each) for key, each in value.items() if key != "objectType"]
        body = b"".join(write(key) + write(each) for key, each in members)
        return b'O:%d:"%s":%d:{%s}' % (len(name), name, len(members), body)
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    body = b"".join(write(key) + write(each) for key, each in pairs)
    return b"a:%d:{%s}" % (len(value), body)
