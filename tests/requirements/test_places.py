"""An id is claimed once: catalogue, oracle, check, oracle test, and for a MUST a fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.cli.explain import places
from conformance.oracles.claims import claims
from conformance.reference.faults import all_faults
from conformance.requirements.catalogue import read_catalogue
from conformance.requirements.requirement import Level, Requirement

TESTS = Path(__file__).resolve().parent.parent / "oracles"
REQUIREMENTS = read_catalogue().requirements.values()
TESTED = [r for r in REQUIREMENTS if r.not_tested is None]


def test_every_claimed_id_is_in_the_catalogue() -> None:
    """No oracle speaks for a requirement that nobody declared."""
    assert set(claims()) - {r.id for r in REQUIREMENTS} == set()


@pytest.mark.parametrize("requirement", TESTED, ids=lambda r: r.id)
def test_every_requirement_has_its_places(requirement: Requirement) -> None:
    """A requirement without a reason why it is not tested has an oracle and a check."""
    found = dict(places(requirement.id, requirement.area))

    assert found["oracle"], "no oracle claims it"
    assert found["suite"], "no check asks its oracle"


@pytest.mark.parametrize("requirement", TESTED, ids=lambda r: r.id)
def test_every_oracle_is_named_by_a_test(requirement: Requirement) -> None:
    """Each oracle, or the module all of whose oracles are tested alike, stands in a test."""
    oracle = claims()[requirement.id]
    pattern = re.compile(rf"\b{oracle.__name__}\b|\"{re.escape(oracle.__module__)}\"")

    assert any(pattern.search(path.read_text()) for path in TESTS.glob("test_*.py"))


@pytest.mark.parametrize(
    "requirement", [r for r in TESTED if r.level is Level.MUST], ids=lambda r: r.id
)
def test_every_must_has_a_fault(requirement: Requirement) -> None:
    """For each MUST there is a seeded fault that breaks it."""
    assert requirement.id in {fault.requirement for fault in all_faults().values()}


def test_every_fault_breaks_a_known_requirement() -> None:
    """A fault names a requirement of the catalogue."""
    known = {r.id for r in REQUIREMENTS}

    assert {f.requirement for f in all_faults().values()} - known == set()
