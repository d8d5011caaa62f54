"""`diff` and `run --baseline`: two runs of the embedded server, one of them with a fault."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from conformance.cli.main import invoke
from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options

if TYPE_CHECKING:
    from pathlib import Path

FAULT = "list.total_is_of_the_page"
SELECTED = {"select": ("LIST-TOTAL-*", "LIST-SHAPE-001"), "seed": 3}


def folder(tmp: Path, name: str, *faults: str) -> str:
    output = tmp / name
    judge(from_options({**SELECTED, "output": str(output)}, quiet=True, faults=faults))
    return str(output)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A run of the sound server, and one of a server whose totals are wrong."""
    tmp = tmp_path_factory.mktemp("runs")
    return folder(tmp, "sound"), folder(tmp, "faulty", FAULT)


def test_a_fault_is_told_as_newly_failing(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """And gates."""
    code = invoke(["diff", *runs])

    told = capsys.readouterr().out
    assert code == 1
    assert told.startswith("NEWLY FAILING")
    assert "REGRESSED" in told.splitlines()[-1]


def test_the_other_way_round_it_is_fixed(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Which gates nothing."""
    code = invoke(["diff", *reversed(runs)])

    told = capsys.readouterr().out
    assert code == 0
    assert told.startswith("FIXED")


def test_json_has_everything(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each requirement and subject."""
    invoke(["diff", *runs, "--format", "json"])

    told = json.loads(capsys.readouterr().out)
    assert {"newly failing"} == {each["shift"] for each in told["differences"]}
    assert all(each["requirement"].startswith("LIST-") for each in told["differences"])


def test_the_page_is_one_document(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the subjects, and nothing fetched from anywhere."""
    invoke(["diff", *runs, "--format", "html"])

    told = capsys.readouterr().out
    assert told.startswith("<!DOCTYPE html>")
    assert "Newly failing" in told
    assert "http://" not in told.replace(runs[0], "").replace(runs[1], "")


def test_markdown_is_a_table(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """For a step's summary."""
    invoke(["diff", *runs, "--format", "markdown"])

    assert "| requirement | level | subjects |" in capsys.readouterr().out


def test_a_known_failure_passes_the_gate(
    runs: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run as bad as its baseline ends with 0; against the sound one it ends with 1."""
    _, faulty = runs
    again = ["run", "--select", "LIST-TOTAL-*", "--seed", "3", "--output", str(tmp_path / "again")]

    code = invoke([*again, "--baseline", faulty])

    assert code == 0
    assert "NOTHING NEW FAILS" in capsys.readouterr().out


def test_a_baseline_that_is_no_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is judged: it would gate nothing."""
    output = tmp_path / "output"

    code = invoke(["run", "--output", str(output), "--baseline", str(tmp_path)])

    assert code == 2
    assert "results.jsonl" in capsys.readouterr().err
    assert not output.exists()


def test_a_run_that_was_cut_is_refused(
    runs: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the file that lacks its end."""
    cut = tmp_path / "cut"
    shutil.copytree(runs[0], cut)
    lines = (cut / "results.jsonl").read_bytes().splitlines(keepends=True)
    (cut / "results.jsonl").write_bytes(b"".join(lines[:-1]))

    code = invoke(["diff", runs[0], str(cut)])

    assert code == 2
    assert "no footer: the file was cut" in capsys.readouterr().err
