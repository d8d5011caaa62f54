"""JSONP answers: JSON in a call of the callback that was asked for (CONTRACT WIRE-40)."""

from __future__ import annotations

import re
from typing import Any

from conformance.wire.decoding.json import read_json
from conformance.wire.decoding.unreadable import UnreadableError, stray_text

_CALL = re.compile(rb"\s*(?P<name>[0-9A-Za-z_.]*)\((?P<value>.*)\)\s*;?\s*\Z", re.DOTALL)
_BEGINNING = re.compile(rb"[0-9A-Za-z_.]*\(")


def read_jsonp(body: bytes, callback: str | None) -> Any:
    """The value; a semicolon may close the call or not."""
    call = _CALL.match(body)
    if call is None:
        reason = stray_text(body, document=_BEGINNING, format_name="JSONP")
        raise UnreadableError(reason or "not JSONP: no whole call of a function")
    name = call["name"].decode()
    if callback is not None and name != callback:
        raise UnreadableError(f"JSONP calls '{name}' instead of '{callback}'")
    return read_json(call["value"])
