"""The pages that are made from the profile's own types: its JSON Schema, and its table of keys.

`python -m conformance.profile.pages` writes them again; a test tells when they are stale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from conformance.profile.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SCHEMA_PAGE = CHECKOUT / "docs" / "formats" / "profile.schema.json"
KEYS_PAGE = CHECKOUT / "profiles" / "README.md"
BEGIN, END = "<!-- keys: made by conformance.profile.pages -->", "<!-- end of keys -->"

_UNITS = {"rate": "requests/s", "max-upload-bytes": "bytes", "max-inconclusive-percent": "%"}
_SUFFIXES = {"-seconds": "s", "-ms": "ms"}


def json_schema() -> str:
    """The JSON Schema (2020-12) of a profile file, for editors."""
    made = msgspec.json.schema(Profile)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | made, indent=2, ensure_ascii=False) + "\n"


def keys() -> str:
    """A Markdown table for each table of a profile: key, value, unit, default, meaning."""
    definitions: Mapping[str, Any] = msgspec.json.schema(Profile)["$defs"]
    top = definitions["Profile"]["properties"]
    plain = {name: each for name, each in top.items() if not _table_of(each)}
    lines = ["### At the top", "", *_rows(plain)]
    for name, each in top.items():
        table = _table_of(each)
        if table:
            definition = definitions[table]
            title = f"[[{name}]]" if each.get("type") == "array" else f"[{name}]"
            text = definition["description"]
            lines += ["", f"### `{title}`", "", text, ""]
            lines += _rows(definition["properties"], definition.get("required", ()))
    return "\n".join(lines) + "\n"


def with_keys(page: str) -> str:
    """The page with a fresh table between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{keys()}\n{END}{after}"


def _table_of(schema: Mapping[str, Any]) -> str | None:
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref")
    return str(reference).rpartition("/")[2] if reference else None


def _rows(
    properties: Mapping[str, Mapping[str, Any]], required: tuple[str, ...] = ()
) -> Iterator[str]:
    yield "| key | value | unit | default | meaning |"
    yield "|---|---|---|---|---|"
    for name, schema in properties.items():
        default = "needed" if name in required else _default(schema)
        cells = (f"`{name}`", _value(schema), _unit(name), default, schema.get("description", ""))
        yield f"| {' | '.join(cells)} |"


def _default(schema: Mapping[str, Any]) -> str:
    if "default" not in schema or schema["default"] in (None, ""):
        return "–"
    return f"`{json.dumps(schema['default'])}`"


def _unit(name: str) -> str:
    by_suffix = (unit for suffix, unit in _SUFFIXES.items() if name.endswith(suffix))
    return _UNITS.get(name) or next(by_suffix, "")


def _value(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        words = [_value(each) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(words)
    if "enum" in schema:
        return " or ".join(f'`"{each}"`' for each in schema["enum"])
    kind = schema.get("format") or schema["type"]
    if kind in {"integer", "number"}:
        word = "whole number" if kind == "integer" else "number"
        low, high = schema.get("minimum"), schema.get("maximum")
        return f"{word}, {low:,} to {high:,}".replace(",", " ").replace("  ", ", ", 1)
    if kind == "object":
        return f"table: glob = {_value(schema['additionalProperties'])}"
    if kind == "array":
        return f"list of {_value(schema['items'])}s"
    return str({"boolean": "true or false", "string": "text"}.get(kind, kind))


def write() -> None:
    """Write both pages into the checkout."""
    SCHEMA_PAGE.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA_PAGE.write_text(json_schema(), encoding="utf-8")
    page = KEYS_PAGE.read_text(encoding="utf-8")
    KEYS_PAGE.write_text(with_keys(page), encoding="utf-8")


if __name__ == "__main__":
    write()
