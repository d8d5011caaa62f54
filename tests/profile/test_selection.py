"""Which checks are wanted."""

from __future__ import annotations

import pytest

from conformance.profile.profile import SelectionKeys
from conformance.profile.selection import Selection
from conformance.requirements.requirement import Level

CHECK = ("LIST-PAGE-002", "list", "baseentry", "list", "baseentry.list")


@pytest.mark.parametrize(
    "pattern",
    [
        "LIST-PAGE-002",
        "list-page-*",
        "LIST-*",
        "list",
        "baseEntry",
        "base*",
        "baseEntry.list",
        "*.list",
    ],
)
def test_a_pattern_selects_by_any_of_a_check_s_names(pattern: str) -> None:
    """Id, area, service, action, subject."""
    assert Selection([pattern]).matches(*CHECK)


@pytest.mark.parametrize("pattern", ["crud", "media", "LIST-PAGE", "baseEntry.get", "Entry"])
def test_a_pattern_that_fits_no_name_selects_nothing(pattern: str) -> None:
    """A part of a name is not enough."""
    assert not Selection([pattern]).matches(*CHECK)


def test_without_patterns_everything_is_selected() -> None:
    """Also what has no service."""
    assert Selection().matches("SCHEMA-REF-001", "schema", subject="KalturaMediaEntry")


def test_deselection_wins() -> None:
    """Over any selection."""
    assert not Selection(["list"], ["baseEntry.*"]).matches(*CHECK)
    assert Selection(["list"], ["media.*"]).matches(*CHECK)


def test_a_subject_is_selected_by_its_name() -> None:
    """Types and parameters are subjects as well."""
    selection = Selection(["KalturaMediaEntry*", "media.add:entry"])

    assert selection.matches("SCHEMA-REF-001", "schema", subject="KalturaMediaEntry.name")
    assert selection.matches("ERR-MISSING-001", "errors", "media", "add", "media.add:entry")


def test_a_pattern_that_matched_nothing_is_told_with_what_is_near() -> None:
    """A typing mistake must not look like a clean run."""
    selection = Selection(["baseentyr.list", "list"], ["mediaa"])
    selection.matches(*CHECK)
    selection.matches("CRUD-ADD-001", "crud", "media", "add", "media.add")

    assert selection.unmatched() == (
        "--select baseentyr.list: matches no check. Did you mean 'baseentry.list' or 'baseentry'?",
        "--deselect mediaa: matches no check. Did you mean 'media' or 'media.add'?",
    )


def test_a_pattern_that_is_like_nothing_is_told_without_a_guess() -> None:
    """No list of a thousand names."""
    selection = Selection(["zzz"])
    selection.matches(*CHECK)

    assert selection.unmatched() == ("--select zzz: matches no check",)


def test_a_pattern_that_only_a_deselected_check_fits_is_matched() -> None:
    """Both patterns were understood; it is their sum that is empty."""
    selection = Selection(["list"], ["baseEntry"])
    selection.matches(*CHECK)

    assert selection.unmatched() == ()


@pytest.mark.parametrize(
    ("least", "judged"),
    [
        ("must", {Level.MUST}),
        ("should", {Level.MUST, Level.SHOULD}),
        ("may", {Level.MUST, Level.SHOULD, Level.MAY}),
    ],
)
def test_the_least_level_and_what_is_above_are_judged(least: str, judged: set[Level]) -> None:
    """As a profile says it."""
    selection = Selection.of(SelectionKeys(level=least))  # type: ignore[arg-type]

    assert judged == {level for level in Level if selection.judges(level)}
