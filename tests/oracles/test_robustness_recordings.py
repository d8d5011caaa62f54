"""What a real server answered to hostile requests: only PHP 8's known breakdowns are breaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.oracles import robustness as oracle
from conformance.wire.recording import exchange_from_recording, read_recordings

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("exchanges-22.19.0.jsonl", "sweep-22.19.0.jsonl")
STANDARD = re.compile(r"/action/(?:add|get|update|delete|list|start|ping|getTime)\b", re.IGNORECASE)
BROKEN_DOWN = {"session.start partnerId array", "user.update null firstName"}
"""Values of another kind than their parameter's: why that is only a SHOULD (OBSERVED, PHP 8)."""


def test_only_known_breakdowns_are_breaches(data_folder: Path) -> None:
    """Malformed JSON, broken UTF-8, 12,000 parameters, 5 MB, deep nesting: all were answered."""
    found: set[str] = set()
    asked = 0
    for name in FILES:
        for recording in read_recordings(data_folder / name):
            path = recording["request"]["path"]
            if recording["response"].get("truncated") or not STANDARD.search(path):
                continue
            asked += 1
            exchange = exchange_from_recording(recording)
            breaches = [
                *oracle.unreadable_body_is_answered(exchange, "x"),
                *oracle.hostile_request_shows_no_internals(exchange, "x"),
            ]
            found.update(recording["name"] for _breach in breaches)

    assert asked > 1_000
    assert found == BROKEN_DOWN
