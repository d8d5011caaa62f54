"""Schemathesis as a second generator: its calls are sent, judged and recorded as ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options
from conformance.reporting.reading import read_results

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.verdict.run import Run

ASKED = ("media.list", "media.get", "category.get")
OTHERS = (
    "schema", "wire", "errors", "session", "access", "crud", "list", "inheritance", "actions",
    "multirequest", "upload", "workflows",
)  # fmt: skip


def run_of(folder: Path, *, faults: tuple[str, ...] = (), calls: int = 30) -> Run:
    options: dict[str, Any] = {
        "select": ASKED,
        "deselect": OTHERS,
        "schemathesis": calls,
        "seed": 7,
        "output": str(folder),
    }
    return judge(from_options(options, quiet=True, faults=faults))


def test_the_sound_server_has_no_finding(tmp_path: Path) -> None:
    """Examples, coverage and fuzzing of three actions, in and against the document."""
    run = run_of(tmp_path)

    assert (run.exit, run.findings) == (0, ())
    assert run.outcomes["passed"] == 2 * len(ASKED)
    assert run.traffic.requests > 100


@pytest.mark.parametrize(
    ("fault", "requirement", "smallest"),
    [
        ("quote_breaks_the_query", "ROBUST-FUZZ-001", {"entryId": "'"}),
        ("list_for_an_id_breaks_down", "ROBUST-KIND-001", {"id": []}),
        ("rich_filter_breaks_down", "ROBUST-FUZZ-001", None),
        ("blank_breaks_down", "ROBUST-FUZZ-001", None),
    ],
)
def test_a_fault_is_found_and_shrunk(
    tmp_path: Path, fault: str, requirement: str, smallest: dict[str, Any] | None
) -> None:
    """The finding is one of ours, and tells the smallest call and the phase that drew it."""
    run = run_of(tmp_path, faults=(f"robustness.{fault}",))

    assert run.exit == 1
    assert requirement in {finding.requirement for finding in run.findings}
    hints = [f.hint for f in run.findings if f.requirement == requirement]
    assert all("(schemathesis, " in hint for hint in hints)
    if smallest is not None:
        told = [json.loads(h.removeprefix("sent: ").rpartition(" (")[0]) for h in hints]
        told = [hint.removeprefix("sent: ") if isinstance(hint, str) else hint for hint in told]
        assert smallest in told


def reasons(folder: Path) -> set[tuple[str, str]]:
    """How the run's checks ended, and why."""
    _, results, _ = read_results(str(folder))
    return {(result.outcome, result.reason) for result in results}


def test_without_it_the_checks_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not asked for, or not installed: not applicable, with the reason."""
    off, absent = tmp_path / "off", tmp_path / "absent"

    run_of(off, calls=0)
    monkeypatch.setattr("conformance.suites.second_generator.is_installed", lambda: False)
    run_of(absent)

    assert reasons(off) == {("not_applicable", "the profile's generation.schemathesis is 0")}
    assert reasons(absent) == {
        (
            "not_applicable",
            "schemathesis is not installed: pip install 'kaltura-conformance[schemathesis]'",
        )
    }
