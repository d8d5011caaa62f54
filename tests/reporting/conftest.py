"""A run's summary, and the folder of a run against a hostile server, to make reports of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.reporting.evidence import read_evidence
from conformance.verdict.finding import Finding, WaivedBy
from conformance.verdict.run import (
    CheckSet,
    RequirementResult,
    Run,
    SchemaFacts,
    SuiteFacts,
    TargetFacts,
    TrafficFacts,
    Verdict,
)

from .hostile import write_hostile_run

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.reporting.evidence import Evidence


@pytest.fixture
def finding() -> Finding:
    """A finding with three subjects."""
    return Finding(
        id="f-7c1e03aa",
        requirement="CRUD-UPDATE-002",
        level="MUST",
        subject="playlist",
        where="$.tags",
        expected="'a, b'",
        actual="absent",
        hint="was the object replaced instead of patched?",
        calls=(3, 4),
        reproduce="kaltura-conformance replay reports/x f-7c1e03aa",
        subjects=("playlist", "media", "data"),
    )


@pytest.fixture
def waived(finding: Finding) -> Finding:
    """A finding that a waiver accepts."""
    return Finding(
        **{name: getattr(finding, name) for name in Finding.__struct_fields__ if name != "waived"},
        waived=WaivedBy("known since May", "2030-01-01"),
    )


@pytest.fixture
def run(finding: Finding) -> Run:
    """A run with one finding."""
    return Run(
        format=1,
        verdict=Verdict.NOT_CONFORMANT,
        exit=1,
        started="2026-11-23T06:10:00Z",
        seconds=12.5,
        seed=7,
        suite=SuiteFacts("0.1.0", 180),
        schema=SchemaFacts("22.19.0", "0" * 64, 146, 1004),
        target=TargetFacts("http://127.0.0.1:8080", "22.19.0", 102),
        plan=CheckSet(10, "0" * 64),
        executed=CheckSet(10, "0" * 64),
        outcomes={"passed": 9, "failed": 1, "waived": 0},
        traffic=TrafficFacts(40, 44, 3.2, 1),
        requirements=(
            RequirementResult(
                "CRUD-UPDATE-002",
                "crud",
                "MUST",
                "failed",
                9,
                1,
                statement="update writes only what is in the request.",
                source="CONTRACT CRUD-08",
            ),
        ),
        findings=(finding,),
        coverage={"actions": {"called": 5, "answered": 4, "total": 1004}},
        leftovers=2,
    )


@pytest.fixture
def hostile_folder(tmp_path: Path) -> str:
    """A run's folder whose every text tries to break out."""
    return write_hostile_run(tmp_path / "run")


@pytest.fixture
def hostile(hostile_folder: str) -> Evidence:
    """The same, read."""
    return read_evidence(hostile_folder)
