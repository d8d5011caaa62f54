"""What answers looked like, apart from whether they were right: JSON types, property by property.

Two servers may both conform and still differ (a number that became a text): `diff` tells it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from threading import Lock
from typing import TYPE_CHECKING, Any

from conformance.wire.answer import Result
from conformance.wire.request import Format

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange

_KINDS = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


class Observed:
    """Thread-safe count of JSON types by `Class.property`, and by action for bare results."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._types: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, exchange: Exchange) -> None:
        """Note the types of a JSON result; other formats and errors tell none."""
        answer = exchange.answer
        if not isinstance(answer, Result) or exchange.form.format != Format.JSON:
            return
        seen = [(exchange.action, _kind(answer.value))]
        pending = [answer.value]
        while pending:
            node = pending.pop()
            if isinstance(node, list):
                pending.extend(node)
            elif isinstance(node, dict):
                owner = node.get("objectType")
                if isinstance(owner, str):
                    seen.extend((f"{owner}.{name}", _kind(v)) for name, v in node.items())
                pending.extend(child for child in node.values() if isinstance(child, dict | list))
        with self._lock:
            for place, kind in seen:
                self._types[place][kind] += 1

    def types(self) -> dict[str, dict[str, int]]:
        """How often each JSON type was seen at each place, in the order of the places."""
        with self._lock:
            return {
                place: dict(sorted(self._types[place].items())) for place in sorted(self._types)
            }


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), type(value).__name__)
