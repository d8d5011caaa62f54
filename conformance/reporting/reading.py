"""Reads a run's folder; a folder that is no run, or was cut, is a clear error."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from conformance.exceptions import UsageError, did_you_mean
from conformance.verdict.result import CheckResult, Footer, Header, Line
from conformance.verdict.run import FORMAT, Run
from conformance.wire.record import exchange_from_record

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from conformance.verdict.finding import Finding
    from conformance.wire.exchange import Exchange


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
        run = msgspec.json.decode(path.read_bytes(), type=Run)
    except msgspec.DecodeError as error:
        raise UsageError(f"not the summary of a run: {error}", place=str(path)) from error
    if run.format > FORMAT:
        raise UsageError(
            f"format {run.format}, and this suite reads up to {FORMAT}",
            place=str(path),
            hint="Use the suite that made the run, or a newer one",
        )
    return run


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
    lines: list[Line] = []
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


def check_digest(folder: str, footer: Footer) -> None:
    """Raise UsageError where the lines before the footer are not those that the run wrote."""
    path = Path(folder) / "results.jsonl"
    content = path.read_bytes()
    lines = content[: content.rstrip(b"\n").rfind(b"\n") + 1]
    if sha256(lines).hexdigest() != footer.sha256:
        raise UsageError("its lines are not those that the run wrote", place=str(path))


def read_exchanges(folder: str, numbers: Container[int]) -> dict[int, Exchange]:
    """Those exchanges of the run that were kept whole, by number."""
    path = Path(folder) / "traffic.jsonl"
    glance = msgspec.json.Decoder(_Glance)
    found: dict[int, Exchange] = {}
    for line, text in _lines(path):
        try:
            seen = glance.decode(text)
            if seen.request is msgspec.UNSET or seen.n not in numbers:
                continue
            found[seen.n] = exchange_from_record(msgspec.json.decode(text))
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            if not text.endswith(b"\n"):
                break
            raise UsageError(f"no exchange: {error}", place=f"{path}:{line}") from error
    return found


class _Glance(msgspec.Struct):
    """Enough of a line of traffic to know whether it is wanted."""

    n: int
    request: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


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
