"""`report`, and what `run` makes of itself."""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.cli.main import invoke

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = Path(__file__).parent.parent / "reporting" / "hostile.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run's folder."""
    write: Callable[[Path], str] = runpy.run_path(str(HOSTILE))["write_hostile_run"]
    return Path(write(tmp_path / "run"))


@pytest.fixture
def small_run(tmp_path: Path) -> tuple[str, ...]:
    """The options of a run that is over at once."""
    chosen = ("--select", "SCHEMA-SERVE-001", "--seed", "7")
    return ("run", *chosen, "--output", str(tmp_path / "made"))


def test_reports_land_beside_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each path is said; the run's own files are left alone."""
    before = (folder / "run.json").read_bytes()
    code = invoke(("report", str(folder), "--format", "junit", "--format", "badge"))

    assert code == 0
    told = capsys.readouterr().out.split()
    assert told == [str(folder / n) for n in ("junit.xml", "badge.json", "badge.svg")]
    assert all(Path(path).is_file() for path in told)
    assert (folder / "run.json").read_bytes() == before
    assert not list(folder.glob("*.partial"))


def test_a_run_can_be_read_only(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--output` names another place, which is made."""
    held = sorted(path.name for path in folder.iterdir())

    assert invoke(("report", str(folder), "--format", "har", "--output", str(tmp_path / "x"))) == 0
    assert sorted(path.name for path in folder.iterdir()) == held
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["findings.har"]
    assert capsys.readouterr().out.strip().endswith("findings.har")


def test_one_report_can_be_printed(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """For a pipe; two would be one unreadable file."""
    assert invoke(("report", str(folder), "--format", "ctrf", "--output", "-")) == 0
    assert json.loads(capfdbinary.readouterr().out)["reportFormat"] == "CTRF"
    two = ("report", str(folder), "--format", "badge", "--output", "-")
    assert invoke(two) == 2
    assert b"2 files cannot be printed as one" in capfdbinary.readouterr().err


def test_annotations_are_printed_where_a_job_reads_them(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """And nothing else is."""
    formats = ("--format", "annotations-github", "--format", "markdown")

    assert invoke(("report", str(folder), *formats)) == 0
    printed = capfdbinary.readouterr()
    assert all(line.startswith(b"::error ") for line in printed.out.rstrip(b"\n").split(b"\n"))
    assert b"summary.md" in printed.err


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("run.json", "no run.json: not the folder of a run, or the run did not end"),
        ("results.jsonl", "no such file in the run's folder"),
        ("traffic.jsonl", "no such file in the run's folder"),
    ],
)
def test_a_folder_that_is_no_run_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], broken: str, told: str
) -> None:
    """What is missing is named, and nothing is made."""
    (folder / broken).unlink()

    assert invoke(("report", str(folder), "--format", "html")) == 2
    assert told in capsys.readouterr().err
    assert not (folder / "certificate.html").exists()


def test_a_cut_file_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A killed run has no footer."""
    path = folder / "results.jsonl"
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[:4]) + b"\n")

    assert invoke(("report", str(folder), "--format", "junit")) == 2
    assert "no footer: the file was cut" in capsys.readouterr().err


def test_a_run_makes_its_page_and_what_was_asked_for(
    small_run: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The page always; a job's page where there is one, behind what others wrote."""
    job = tmp_path / "job.md"
    job.write_text("# mine\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(job))

    assert invoke((*small_run, "--report", "junit")) == 0
    made = tmp_path / "made"
    assert (made / "certificate.html").read_text().startswith("<!DOCTYPE html>")
    assert (made / "junit.xml").is_file()
    assert job.read_text().startswith("# mine\n## ✅ Kaltura API: conformant\n")
    told = capsys.readouterr().out
    assert f"report     {made / 'certificate.html'}" in told
    assert "\x1b[" not in told


def test_json_stays_json(
    small_run: tuple[str, ...], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Reports are made, and nothing but the summary is on stdout."""
    assert invoke((*small_run, "--format", "json", "--report", "annotations-github")) == 0
    assert json.loads(capfdbinary.readouterr().out)["verdict"] == "conformant"
    assert (tmp_path / "made" / "certificate.html").is_file()


def test_reports_need_nothing_of_the_target(folder: Path, tmp_path: Path) -> None:
    """A run is moved to another place, and read there."""
    moved = shutil.copytree(folder, tmp_path / "elsewhere")

    assert invoke(("report", str(moved), "--format", "html")) == 0
    assert (moved / "certificate.html").is_file()
