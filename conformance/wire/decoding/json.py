"""JSON answers: the value is the whole document (CONTRACT WIRE-42)."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from conformance.wire.decoding.unreadable import UnreadableError, excerpt, stray_text

_DECODER = msgspec.json.Decoder()
_BEGINNING = re.compile(rb'[\[{"0-9-]|true|false|null')
_BYTE = re.compile(r"byte (\d+)")


def read_json(body: bytes) -> Any:
    """The value; NaN, doubled keys, lone surrogates and anything around the document are refused.

    A server that makes JSON out of maps cannot double a key, so a doubled one was put there.
    """
    try:
        value = _DECODER.decode(body)
        json.loads(body, object_pairs_hook=_without_doubles)
    except msgspec.DecodeError as error:
        raise UnreadableError(_reason(body, str(error))) from error
    except RecursionError as error:
        raise UnreadableError("not JSON: nested too deep") from error
    except ValueError as error:
        raise UnreadableError(f"not JSON: {error}") from error
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> None:
    keys = {key for key, _ in pairs}
    if len(keys) != len(pairs):
        seen = [key for key, _ in pairs]
        doubled = next(key for key in seen if seen.count(key) > 1)
        raise UnreadableError(f"the key '{doubled}' twice in one object")


def _reason(body: bytes, problem: str) -> str:
    if reason := stray_text(body, document=_BEGINNING, format_name="JSON"):
        return reason
    if "truncated" in problem and not _is_json(body):
        return f"body cut: {len(body)} bytes end in the middle of the document"
    place = _BYTE.search(problem)
    if place and "trailing" in problem:
        return f"text after the document: '{excerpt(body[int(place[1]) - 1 :])}'"
    return f"not JSON: {problem}"


def _is_json(body: bytes) -> bool:
    """Whether a laxer reader finds it whole: msgspec calls half of a surrogate pair a cut."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
