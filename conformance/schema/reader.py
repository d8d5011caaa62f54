"""The way in: a path or URL to a schema. The parsing itself does no I/O and stands in `parsing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.schema.parsing import parse_schema, salvage_schema
from conformance.schema.source import fetch

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.schema.model import Schema

__all__ = ["parse_schema", "read_judged_schema", "read_schema", "salvage_schema"]


def read_schema(
    source: str | Path, *, timeout_seconds: float = 30.0, verify: bool | str = True
) -> Schema:
    """Read the schema at a path or an http(s) URL; `verify` as for a call over TLS.

    Raises SchemaError where the place cannot be read or holds no sound schema.
    """
    return parse_schema(fetch(source, timeout_seconds=timeout_seconds, verify=verify), str(source))


def read_judged_schema(path: Path) -> Schema:
    """The schema by which a run has judged, out of its folder: sound or not, it is read as it was.

    Raises SchemaError where the place cannot be read or holds no schema.
    """
    return salvage_schema(fetch(path), str(path))
