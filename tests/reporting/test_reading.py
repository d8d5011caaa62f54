from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from conformance.exceptions import UsageError
from conformance.reporting.reading import finding_of, read_records, read_results, read_run
from conformance.verdict.result import CheckResult, Footer, Header
from conformance.verdict.run import CheckSet

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.verdict.run import Run

HEADER = Header(1, "0.1.0", "0" * 64, "1" * 64, 7, CheckSet(1, "2" * 64))
RESULT = CheckResult("LIST-A-001 media", "LIST-A-001", "media", "passed")
FOOTER = Footer({"passed": 1}, "3" * 64, "complete")


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
