"""Waivers accept a breach for a time."""

from __future__ import annotations

from datetime import date

import pytest

from conformance.profile.profile import Profile
from conformance.profile.waiver import Waiver, unused

LAST_DAY = date(2027, 3, 31)
WAIVER = Waiver(
    requirement="LIST-PAGE-002",
    subjects=("media.*", "baseEntry.list"),
    reason="the index is rebuilt",
    expires=LAST_DAY,
)
PROFILE = Profile(waivers=(WAIVER,))


@pytest.mark.parametrize("subject", ["media.list", "Media.Count", "baseentry.list"])
def test_a_waiver_covers_its_subjects_in_any_case(subject: str) -> None:
    """Services and actions are matched without it by the server, too."""
    assert PROFILE.waiver_for("LIST-PAGE-002", subject, LAST_DAY) == WAIVER


@pytest.mark.parametrize(
    ("requirement", "subject"),
    [("LIST-PAGE-002", "baseentry.get"), ("LIST-PAGE-003", "media.list"), ("", "")],
)
def test_a_waiver_covers_nothing_else(requirement: str, subject: str) -> None:
    """Neither another requirement nor another subject."""
    assert PROFILE.waiver_for(requirement, subject, LAST_DAY) is None


def test_an_expired_waiver_accepts_nothing() -> None:
    """The day after its last, the breach fails again."""
    assert PROFILE.waiver_for("LIST-PAGE-002", "media.list", date(2027, 4, 1)) is None


def test_a_waiver_that_no_breach_needed_is_reported() -> None:
    """So that it does not stay for ever."""
    assert unused(PROFILE.waivers, [("LIST-PAGE-002", "user.list")], LAST_DAY) == (WAIVER,)
    assert unused(PROFILE.waivers, [("LIST-PAGE-002", "media.list")], LAST_DAY) == ()


def test_an_expired_waiver_is_reported_even_where_it_fits() -> None:
    """It accepted nothing."""
    found = [("LIST-PAGE-002", "media.list")]

    assert unused(PROFILE.waivers, found, date(2027, 4, 1)) == (WAIVER,)


def test_a_waiver_without_subjects_covers_all() -> None:
    """The target itself, too."""
    waiver = Waiver(requirement="WIRE-HEAD-001", reason="a proxy is in between", expires=LAST_DAY)

    assert waiver.covers("WIRE-HEAD-001", "target")
