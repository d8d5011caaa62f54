"""A run from settings to files, against the embedded server."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.exceptions import EmptySelection
from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options
from conformance.reporting.reading import read_records, read_results, read_run
from conformance.verdict.run import Run, Verdict

if TYPE_CHECKING:
    from pathlib import Path

SELECTED = ("ERR-SERVICE-001", "CRUD-GET-*", "ERR-HTTP-001")
FAULT = "errors.error_answers_with_status_500"


def run_of(folder: Path, *, faults: tuple[str, ...] = (), **options: Any) -> Run:
    chosen = {"select": SELECTED, "seed": 7, "output": str(folder), "record": "all", **options}
    return judge(from_options(chosen, quiet=True, faults=faults))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run against the sound embedded server."""
    folder = tmp_path_factory.mktemp("sound") / "run"
    run_of(folder)
    return folder


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run against the embedded server with one fault."""
    folder = tmp_path_factory.mktemp("broken") / "run"
    run_of(folder, faults=(FAULT,))
    return folder


def test_the_sound_server_is_conformant(sound: Path) -> None:
    """Zero findings, exit 0, and everything that was planned was executed."""
    run = read_run(str(sound))

    assert (run.verdict, run.exit, run.findings) == (Verdict.CONFORMANT, 0, ())
    assert run.plan == run.executed
    assert run.plan.checks > 100


def test_the_summary_has_the_keys_that_scripts_read(sound: Path) -> None:
    """`run.json` is the contract of DESIGN section 4."""
    document = json.loads((sound / "run.json").read_text())

    assert {
        "format", "verdict", "exit", "started", "seconds", "seed", "suite", "schema", "target",
        "plan", "executed", "outcomes", "traffic", "requirements", "findings", "coverage",
        "leftovers",
    } <= document.keys()  # fmt: skip
    assert set(document["coverage"]) == {"actions", "lifecycles", "types", "enums", "errors"}
    assert set(document["traffic"]) == {
        "requests",
        "calls",
        "requests_per_second",
        "retries",
        "unanswered",
    }
    assert set(document["outcomes"]) == {
        "passed", "failed", "waived", "inconclusive", "not_applicable", "skipped", "broken",
    }  # fmt: skip


def test_the_summary_says_what_was_left_open(sound: Path) -> None:
    """What was asked for, what had no check and why, and how long answers took."""
    run = read_run(str(sound))
    assert run.selection is not None
    reasons = {each.id: each.reason for each in run.unjudged}
    judged = {each.id for each in run.requirements}

    assert (run.selection.level, run.selection.select) == ("SHOULD", SELECTED)
    assert not judged & reasons.keys()
    assert len(judged) + len(reasons) == run.suite.requirements
    assert reasons["LIST-PAGE-004"] == "not selected"
    assert run.latency["media.get"].requests > 0
    assert run.latency["media.get"].p50 <= run.latency["media.get"].max


def test_a_result_knows_its_service_and_its_time(sound: Path) -> None:
    """So that reports can place it."""
    _, results, _ = read_results(str(sound))
    by_subject = {result.subject: result.service for result in results}

    assert by_subject["media"] == "media"
    assert {s.split(".")[0].lower() for s in by_subject if "." in s} <= set(by_subject.values())
    assert max(result.began for result in results) > 0


def test_what_became_of_each_waiver_is_told(tmp_path: Path) -> None:
    """Applied, expired, or not needed."""
    profile = tmp_path / "p.toml"
    waiver = '[[waivers]]\nrequirement = "{}"\nreason = "known since May"\nexpires = {}\n'
    profile.write_text(
        'extends = "reference"\n'
        + waiver.format("ERR-HTTP-001", "2999-01-01")
        + waiver.format("ERR-HTTP-001", "2001-01-01")
        + waiver.format("CRUD-GET-001", "2999-01-01")
    )
    run = run_of(tmp_path / "run", faults=(FAULT,), profile=str(profile))

    assert [waiver.state for waiver in run.waivers] == ["applied", "expired", "not needed"]
    assert run.verdict is Verdict.CONFORMANT
    assert run.findings[0].waived is not None


def test_the_results_are_whole(sound: Path) -> None:
    """A header with the plan, a line for each check, a footer."""
    header, results, footer = read_results(str(sound))

    assert header.plan.checks == len(results)
    assert footer.ended == "complete"
    assert footer.counts["passed"] == sum(r.outcome == "passed" for r in results)


def test_the_same_seed_gives_the_same_plan(sound: Path, tmp_path: Path) -> None:
    """The plan's digest depends on schema, profile and suite alone."""
    again = run_of(tmp_path / "run", seed=8)

    assert again.plan == read_run(str(sound)).plan


def test_what_was_made_is_in_the_ledger_and_removed(sound: Path) -> None:
    """Every created object is intended first and removed at the end, or is a leftover."""
    events = [e for e in read_records(str(sound), "ledger.jsonl") if e["number"]]
    by_number: dict[int, list[str]] = {}
    for event in events:
        by_number.setdefault(event["number"], []).append(event["event"])

    assert all(told[0] == "intent" for told in by_number.values())
    made = [told for told in by_number.values() if "created" in told]
    left = [told for told in made if "removed" not in told]
    assert len(made) > 20
    assert len(left) == read_run(str(sound)).leftovers


def test_a_fault_is_a_finding_with_evidence(broken: Path) -> None:
    """A finding names requirement and subject, and its exchanges are kept whole."""
    run = read_run(str(broken))
    (finding,) = [f for f in run.findings if f.requirement == "ERR-HTTP-001"]
    kept = {r["n"] for r in read_records(str(broken), "traffic.jsonl") if "response" in r}

    assert (run.verdict, run.exit) == (Verdict.NOT_CONFORMANT, 1)
    assert finding.actual == "500"
    assert len(finding.subjects) > 50
    assert set(finding.calls) <= kept


def test_no_secret_is_in_any_file(sound: Path, broken: Path) -> None:
    """No KS or account secret is written, plain or base64-encoded."""
    for folder in (sound, broken):
        for path in folder.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert b"djJ8" not in content, path
            assert base64.b64encode(b"djJ8") not in content, path
            for record in read_records(str(folder), "traffic.jsonl"):
                params = record.get("params", {})
                assert not {"ks", "secret"} & params.keys() or "redacted" in json.dumps(params)


def test_a_selection_without_checks_is_no_run(tmp_path: Path) -> None:
    """Nothing judged is an end of its own, never exit 0."""
    with pytest.raises(EmptySelection):
        run_of(tmp_path / "run", select=("LIST-NOTHING-999",))


def test_the_summary_says_what_was_made_and_what_was_learned(sound: Path) -> None:
    """Of every service with an add: made, or why not; and what no recipe had told."""
    coverage = json.loads((sound / "run.json").read_text())["coverage"]
    objects = coverage["lifecycles"]["objects"]

    assert objects["made"] + len(objects["not_made"]) == objects["total"]
    assert objects["made"] > 20
    assert isinstance(objects["learned"], dict)
