"""Schemathesis as a second generator: its requests are sent, judged and recorded as ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.plugin import settings
from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options
from conformance.reference.faults import robustness
from conformance.reference.faults.registry import faults_of
from conformance.reporting.reading import read_results

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.plugin.plan import Check
    from conformance.verdict.run import Run

pytest.importorskip("schemathesis")

ASKED = ("media", "category", "uiconf", "uploadtoken", "target")
OTHERS = (
    "schema", "wire", "errors", "session", "access", "crud", "list", "inheritance", "actions",
    "multirequest", "upload", "workflows",
)  # fmt: skip
APART = {
    "robustness.huge_number_overflows": "ROBUST-NUMBER-001",
    "robustness.list_for_an_id_breaks_down": "ROBUST-KIND-001",
    "robustness.cut_upload_breaks_down": "ROBUST-UPLOAD-001",
    "robustness.content_type_may_break_the_line": "ROBUST-HEADER-001",
    "robustness.long_url_is_too_much": "ROBUST-URL-001",
    "robustness.rich_filter_breaks_down": "ROBUST-FUZZ-001",
    "robustness.broken_json_is_answered_with_a_page": "ROBUST-BODY-001",
}
"""Faults that show in different requests, so that one run finds all of them."""
ROBUSTNESS = {found.id: found.requirement for found in faults_of(robustness)}
SEEDS = (7, 11, 101)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the checks whose requests schemathesis draws belong to the plan."""
    usual = settings.selects

    def drawn(check: Check, *rest: Any) -> bool:
        return check.body.__module__.endswith("_drawn") and usual(check, *rest)

    monkeypatch.setattr(settings, "selects", drawn)


def run_of(folder: Path, *, broken: tuple[str, ...] = (), **options: Any) -> Run:
    given: dict[str, Any] = {
        "select": ASKED,
        "deselect": OTHERS,
        "level": "may",
        "schemathesis": 24,
        "seed": 7,
        "output": str(folder),
        **options,
    }
    return judge(from_options(given, quiet=True, faults=broken))


def found_in(run: Run) -> set[str]:
    return {finding.requirement for finding in run.findings}


def test_the_sound_server_has_no_finding(tmp_path: Path) -> None:
    """Everything that is drawn for a few services and for the target; what was made is gone."""
    run = run_of(tmp_path, schemathesis=12)

    assert (run.exit, run.findings, run.leftovers) == (0, (), 0)
    judged_of = run.outcomes["passed"] + run.outcomes["not_applicable"]
    assert run.outcomes["passed"] >= 25
    assert judged_of == run.plan.checks
    assert '"event":"removed"' in (tmp_path / "ledger.jsonl").read_text()


def test_several_faults_are_found_in_one_run(tmp_path: Path) -> None:
    """Each by the requirement that it breaks, told by the smallest request and its phase."""
    run = run_of(tmp_path, broken=tuple(APART))

    assert run.exit == 1
    assert found_in(run) >= set(APART.values())
    hints = {finding.requirement: finding.hint for finding in run.findings}
    assert all("(schemathesis, " in hint for hint in hints.values())
    told = hints["ROBUST-NUMBER-001"].removeprefix("sent: ").rpartition(" (")[0]
    assert [abs(number) > 2**63 for number in json.loads(told).values()] == [True]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", sorted(ROBUSTNESS))
def test_a_fault_is_found_by_the_requirement_that_it_breaks(tmp_path: Path, fault: str) -> None:
    """Over all services, by what schemathesis draws alone."""
    run = run_of(tmp_path, broken=(fault,), select=("robustness",))

    assert ROBUSTNESS[fault] in found_in(run)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("real", [False, True], ids=["own schema", "real schema"])
def test_no_seed_finds_anything(
    tmp_path: Path, request: pytest.FixtureRequest, seed: int, *, real: bool
) -> None:
    """The sound server, with its own and with the real schema."""
    schema: dict[str, Any] = {}
    if real:
        folder = request.getfixturevalue("data_folder")
        schema = {"schema": str(folder / "KalturaClient-22.19.0.xml")}
    run = run_of(tmp_path, select=("robustness",), schemathesis=24, seed=seed, **schema)

    assert (run.exit, run.findings, run.leftovers) == (0, (), 0)
    assert run.outcomes["inconclusive"] == run.outcomes["broken"] == 0


def reasons(folder: Path) -> set[tuple[str, str]]:
    """How the run's checks ended, and why."""
    _, results, _ = read_results(str(folder))
    return {(result.outcome, result.reason) for result in results}


def test_without_it_the_checks_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not asked for, or not installed: not applicable, with the reason; the plan is the same."""
    off, absent = tmp_path / "off", tmp_path / "absent"

    first = run_of(off, schemathesis=0)
    monkeypatch.setattr("conformance.suites.second_generator.is_installed", lambda: False)
    second = run_of(absent)

    assert reasons(off) == {("not_applicable", "the profile's generation.schemathesis is 0")}
    assert reasons(absent) == {
        (
            "not_applicable",
            "schemathesis is not installed: pip install 'kaltura-conformance[schemathesis]'",
        )
    }
    assert first.plan == second.plan
