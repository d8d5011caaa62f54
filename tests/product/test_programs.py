"""A finding's program shows it where it is, shows nothing on a sound server, or is not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conformance.reference.faults import all_faults
from tests.product.programs import NONE, NOT_FOUND, RIGHT, UNTOLD, WRONG, sampled, table, tried

if TYPE_CHECKING:
    from pathlib import Path

AN_AREA = int(os.environ.get("KALTURA_CONFORMANCE_PROGRAMS", "3"))
SAMPLE = int(os.environ.get("KALTURA_CONFORMANCE_PROGRAMS_SAMPLE", "1"))
LONGEST_SECONDS = 7_200
FEW = (
    "schema.class_has_an_underscore",
    "access.ids_open_lists",
    "workflows.tree_has_no_branches",
)
"""What shows in a file, in what must not be there, and in an id that another call brought."""
FEWEST_RIGHT = 0.9
"""Of the findings, those with a program; where there is none, it is told why."""


@pytest.mark.timeout(600)
def test_a_few_programs_are_right(tmp_path: Path) -> None:
    """Each finding of the requirement that is broken has one."""
    faults = [all_faults()[name] for name in FEW]

    trials = list(tried(faults, seed=7, jobs=2, keep=tmp_path, narrow=True))

    assert [each for each in trials if each.own and each.ended != RIGHT] == [], table(trials)
    assert [each for each in trials if each.ended == WRONG] == [], table(trials)


@pytest.mark.slow
@pytest.mark.timeout(LONGEST_SECONDS)
def test_of_every_area_no_program_is_wrong(tmp_path: Path) -> None:
    """A sample of the seeded faults, area by area; run with `-s` for the table."""
    faults = sampled(an_area=AN_AREA, seed=SAMPLE)

    trials = list(tried(faults, seed=7, jobs=2, keep=tmp_path))

    print(table(trials))  # noqa: T201 - what a person wants to see of it
    found = [each for each in trials if each.ended != NOT_FOUND]
    assert [each for each in found if each.ended == WRONG] == []
    assert [each for each in found if each.ended == NONE and each.why == UNTOLD] == []
    assert sum(each.ended == RIGHT for each in found) >= FEWEST_RIGHT * len(found)
