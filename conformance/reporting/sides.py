"""A run's folder as one side of a comparison."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from conformance.exceptions import UsageError
from conformance.reporting.reading import read_records, read_results, read_run
from conformance.schema.diff import schema_diff
from conformance.schema.lineage import Lineage
from conformance.schema.reader import read_judged_schema
from conformance.schema.standard import classes_of
from conformance.verdict.comparison import Comparison, Side, compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.requirements.requirement import Requirement
    from conformance.schema.model import Schema


class Observed(msgspec.Struct, frozen=True):
    """`observed.json`: how often each JSON type was seen at each place."""

    types: dict[str, dict[str, int]]


def compare_folders(before: str, after: str, requirements: Mapping[str, Requirement]) -> Comparison:
    """What changed from one run to another; UsageError for a folder that is no whole run."""
    old, new = read_run(before), read_run(after)
    sides = read_side(before), read_side(after)
    if old.schema.sha256 == new.schema.sha256:
        return compare(*sides, requirements)
    schemas = _schema(before), _schema(after)
    return compare(*sides, requirements, schema=schema_diff(*schemas), classes=_classes(schemas))


def read_side(folder: str) -> Side:
    """Results, observed types and latencies of a run; UsageError where a file lacks or was cut."""
    _, results, _ = read_results(folder)
    return Side(results=results, types=_types(folder), latency=_latency(folder))


def _schema(folder: str) -> Schema:
    return read_judged_schema(Path(folder) / "schema.xml")


def _classes(schemas: Iterable[Schema]) -> dict[str, set[str]]:
    """The classes that each service takes and answers, in any of the schemas."""
    found: dict[str, set[str]] = defaultdict(set)
    for schema in schemas:
        lineage = Lineage(schema)
        for name, service in schema.services.items():
            found[name] |= classes_of(lineage, service)
    return found


def _types(folder: str) -> dict[str, dict[str, int]]:
    path = Path(folder) / "observed.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Observed).types
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", place=str(path)) from error
    except msgspec.DecodeError as error:
        raise UsageError(f"no observed types: {error}", place=str(path)) from error


def _latency(folder: str) -> dict[str, list[float]]:
    """Milliseconds by action. What was kept whole is the same exchange once more."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for record in read_records(folder, "traffic.jsonl"):
        service, action = record.get("service"), record.get("action", "")
        name = f"{service.lower()}.{action}" if service else action
        found[name][record["n"]] = record["elapsed_ms"]
    return {name: list(held.values()) for name, held in found.items()}
