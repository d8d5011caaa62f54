"""Schemathesis draws from our document: three phases, the same calls for the same seed."""

from __future__ import annotations

from importlib.resources import files

import pytest

from conformance.generation.schemathesis_cases import drawn_cases, is_installed
from conformance.schema.reader import parse_schema

pytest.importorskip("schemathesis")

SCHEMA = parse_schema(
    files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes(), "own"
)
ACTIONS = {action.id: action for action in SCHEMA.actions}


def test_every_phase_draws_within_its_budget() -> None:
    """Examples, coverage and fuzzing; of coverage both what fits and what does not."""
    cases = drawn_cases(SCHEMA, ACTIONS["category.get"], seed=3, most=12)
    by_phase = {
        phase: [c for c in cases if c.phase == phase]
        for phase in ("examples", "coverage", "fuzzing")
    }

    assert all(0 < len(found) <= 12 for found in by_phase.values())
    assert {case.is_valid for case in by_phase["coverage"]} == {True, False}
    assert all(case.is_valid for case in by_phase["examples"] + by_phase["fuzzing"])


def test_the_same_seed_gives_the_same_calls() -> None:
    """A finding can be looked at again."""
    one, other = (drawn_cases(SCHEMA, ACTIONS["media.list"], seed=9, most=10) for _ in range(2))

    assert one == other
    assert one != drawn_cases(SCHEMA, ACTIONS["media.list"], seed=10, most=10)


def test_whether_it_is_there_is_known_without_loading_it() -> None:
    """The extra is optional."""
    assert is_installed()
