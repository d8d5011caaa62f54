from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from conformance.exceptions import UsageError
from conformance.reporting.evidence import read_evidence
from conformance.reporting.reading import (
    check_digest,
    finding_of,
    read_records,
    read_results,
    read_run,
)
from conformance.verdict.result import CheckResult, Footer, Header
from conformance.verdict.run import CheckSet

if TYPE_CHECKING:
    from conformance.reporting.evidence import Evidence
    from conformance.verdict.run import Run

HEADER = Header(1, "0.1.0", "0" * 64, "1" * 64, 7, CheckSet(1, "2" * 64))
RESULT = CheckResult("LIST-A-001 media", "LIST-A-001", "media", "passed")
LINES = b"".join(msgspec.json.encode(line) + b"\n" for line in (HEADER, RESULT))
FOOTER = Footer({"passed": 1}, sha256(LINES).hexdigest(), "complete")


def written(folder: Path, *lines: object) -> str:
    content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    (folder / "results.jsonl").write_bytes(content)
    return str(folder)


def test_a_summary_is_read_as_it_was_written(tmp_path: Path, run: Run) -> None:
    """What goes into run.json comes out of it."""
    (tmp_path / "run.json").write_bytes(msgspec.json.encode(run))

    assert read_run(str(tmp_path)) == run


def test_a_folder_without_a_summary_is_no_run(tmp_path: Path) -> None:
    """The nearest run is named."""
    (tmp_path / "run-1").mkdir()
    (tmp_path / "run-1" / "run.json").write_text("{}")

    with pytest.raises(UsageError, match="Did you mean 'run-1'"):
        read_run(str(tmp_path / "run-2"))


def test_a_summary_of_something_else_is_refused(tmp_path: Path) -> None:
    """JSON that is no run is told by what it lacks."""
    (tmp_path / "run.json").write_text("{}")

    with pytest.raises(UsageError, match="not the summary of a run"):
        read_run(str(tmp_path))


def test_an_unknown_finding_is_answered_with_those_that_are(run: Run) -> None:
    """A misspelt finding costs no look into the file."""
    with pytest.raises(UsageError, match="f-7c1e03aa"):
        finding_of(run, "f-7c1e03ab", folder="reports/x")


def test_results_are_read_whole(tmp_path: Path) -> None:
    """Header, results, footer."""
    folder = written(tmp_path, HEADER, RESULT, FOOTER)

    assert read_results(folder) == (HEADER, (RESULT,), FOOTER)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((), "no header"),
        ((RESULT, FOOTER), "no header"),
        ((HEADER, RESULT), "the file was cut"),
        ((HEADER, {"kind": "other"}, FOOTER), "results.jsonl:2"),
    ],
)
def test_cut_results_are_noticed(tmp_path: Path, lines: tuple[object, ...], problem: str) -> None:
    """A file that is not whole is never taken for one that is."""
    with pytest.raises(UsageError, match=problem):
        read_results(written(tmp_path, *lines))


def test_a_last_line_that_a_kill_has_cut_is_passed_over(tmp_path: Path) -> None:
    """A killed run's ledger is still of use."""
    (tmp_path / "ledger.jsonl").write_text('{"event": "intent"}\n{"event": "crea')

    assert list(read_records(str(tmp_path), "ledger.jsonl")) == [{"event": "intent"}]


def test_a_broken_line_in_the_middle_is_told(tmp_path: Path) -> None:
    """Only the last line can have been cut."""
    (tmp_path / "ledger.jsonl").write_text('{"event"\n{"event": "intent"}\n')

    with pytest.raises(UsageError, match=r"ledger\.jsonl:1"):
        list(read_records(str(tmp_path), "ledger.jsonl"))


def test_a_changed_line_is_noticed(tmp_path: Path) -> None:
    """The footer's digest is over the lines that the run wrote."""
    folder = written(tmp_path, HEADER, RESULT, FOOTER)
    check_digest(folder, FOOTER)
    path = tmp_path / "results.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"passed"', b'"failed"', 1))

    with pytest.raises(UsageError, match="not those that the run wrote"):
        check_digest(folder, FOOTER)


def test_a_newer_format_is_not_guessed_at(tmp_path: Path, run: Run) -> None:
    """What a later suite wrote may mean something else."""
    (tmp_path / "run.json").write_bytes(msgspec.json.encode(replace(run, format=2)))

    with pytest.raises(UsageError, match="format 2, and this suite reads up to 1"):
        read_run(str(tmp_path))


def test_another_runs_results_are_foreign(hostile_folder: str) -> None:
    """Summary and results have to be of one plan and seed."""
    path = Path(hostile_folder) / "run.json"
    path.write_bytes(path.read_bytes().replace(b'"seed": 7', b'"seed": 8'))

    with pytest.raises(UsageError, match="of two runs"):
        read_evidence(hostile_folder)


def test_only_the_exchanges_of_findings_are_read(hostile: Evidence) -> None:
    """The rest of the traffic is passed over; a finding's history is in the order of sending."""
    assert sorted(hostile.exchanges) == [0, 1]
    assert [e.number for e in hostile.history(hostile.run.findings[0])] == [0, 1]


def test_a_broken_exchange_is_told_with_its_line(hostile_folder: str) -> None:
    """What stands in the middle of the file cannot have been cut."""
    path = Path(hostile_folder) / "traffic.jsonl"
    path.write_bytes(b'{"n": 0, "request": {}}\n' + path.read_bytes())

    with pytest.raises(UsageError, match=r"traffic\.jsonl:1: no exchange"):
        read_evidence(hostile_folder)
