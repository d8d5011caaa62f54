"""Reads a run's folder; a folder that is no run, or was cut, is a clear error."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from conformance.exceptions import UsageError, did_you_mean
from conformance.verdict.result import CheckResult, Footer, Header, Line
from conformance.verdict.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.verdict.finding import Finding


def read_run(folder: str) -> Run:
    """The summary of the run in that folder; UsageError if there is none."""
    path = Path(folder) / "run.json"
    if not path.is_file():
        siblings = Path(folder).parent.glob("*/run.json")
        hint = did_you_mean(Path(folder).name, [sibling.parent.name for sibling in siblings])
        raise UsageError(
            "no run.json: not the folder of a run, or the run did not end", place=folder, hint=hint
        )
    try:
        return msgspec.json.decode(path.read_bytes(), type=Run)
    except msgspec.DecodeError as error:
        raise UsageError(f"not the summary of a run: {error}", place=str(path)) from error


def finding_of(run: Run, name: str, *, folder: str) -> Finding:
    """The finding with that id; UsageError with the nearest ids if there is none."""
    for finding in run.findings:
        if finding.id == name:
            return finding
    known = [finding.id for finding in run.findings]
    hint = did_you_mean(name, known) if known else "The run has no findings"
    raise UsageError(f"no finding '{name}'", place=folder, hint=hint)


def read_results(folder: str) -> tuple[Header, tuple[CheckResult, ...], Footer]:
    """Header, results and footer of `results.jsonl`; UsageError where the file was cut."""
    path = Path(folder) / "results.jsonl"
    decoder = msgspec.json.Decoder(Line)
    lines = []
    for number, text in _lines(path):
        try:
            lines.append(decoder.decode(text))
        except msgspec.DecodeError as error:
            raise UsageError(str(error), place=f"{path}:{number}") from error
    if not lines or not isinstance(lines[0], Header):
        raise UsageError("no header", place=str(path))
    if not isinstance(lines[-1], Footer):
        raise UsageError("no footer: the file was cut", place=str(path))
    results = tuple(line for line in lines if isinstance(line, CheckResult))
    return lines[0], results, lines[-1]


def read_records(folder: str, name: str) -> Iterator[dict[str, Any]]:
    """The values of one of the run's other files (`traffic.jsonl`, `ledger.jsonl`), in order.

    A last line that was cut while the run was killed is passed over.
    """
    path = Path(folder) / name
    for number, text in _lines(path):
        try:
            yield msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError as error:
            if not text.endswith(b"\n"):
                return
            raise UsageError(str(error), place=f"{path}:{number}") from error


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    if not path.is_file():
        raise UsageError("no such file in the run's folder", place=str(path))
    with path.open("rb") as file:
        yield from enumerate(file, 1)
