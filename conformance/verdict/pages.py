"""The JSON Schemas of a run's files, made from the types that write them.

`python -m conformance.verdict.pages` writes them again; a test tells when they are stale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from conformance.verdict.result import Line
from conformance.verdict.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "formats"
PAGES: Mapping[str, tuple[Any, str]] = {
    "run.schema.json": (Run, "run.json: the summary of a run"),
    "results.schema.json": (Line, "results.jsonl: each line of the results of a run"),
}
"""By the page's name: the type, and what is written in it."""


def json_schema(name: str) -> str:
    """The page's JSON Schema (2020-12). Readers have to accept keys that they do not know."""
    kind, title = PAGES[name]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps(head | msgspec.json.schema(kind), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the pages of the checkout."""
    for name in PAGES:
        (FOLDER / name).write_text(json_schema(name), encoding="utf-8")


if __name__ == "__main__":
    main()
