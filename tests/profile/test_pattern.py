"""Globs over names."""

from __future__ import annotations

import pytest

from conformance.profile.pattern import fault_of, matches, nearest


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("media.list", "media.list"),
        ("Media.LIST", "media.list"),
        ("media.*", "media.add:entry"),
        ("*.exportToCsv", "user.exporttocsv"),
        ("LIST-*", "LIST-PAGE-002"),
        ("med?a", "media"),
        ("[am]*", "media"),
    ],
)
def test_a_glob_matches_the_whole_name_in_any_case(pattern: str, name: str) -> None:
    """As the server matches services and actions."""
    assert matches(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("media", "media.list"), ("list", "playlist"), ("media.*", "media"), ("a.b", "axb")],
)
def test_a_glob_does_not_match_a_part(pattern: str, name: str) -> None:
    """Neither a prefix nor a suffix, and a dot is a dot."""
    assert not matches(pattern, name)


def test_the_most_specific_glob_counts() -> None:
    """The one with the most literal characters, not the first."""
    table = {"*": 1, "media.*": 2, "*.get": 3, "media.get": 4}

    found = [nearest(table, name) for name in ("media.get", "media.add", "user.get", "user.add")]

    assert found == [4, 2, 3, 1]


def test_nothing_is_found_where_no_glob_fits() -> None:
    """None, not a default."""
    assert nearest({"media.*": 1}, "user.get") is None


@pytest.mark.parametrize("pattern", ["", "a b", "a[b", "a]b", "a\n", "ü", "a[]", "a/b"])
def test_a_glob_that_can_match_no_name_is_a_fault(pattern: str) -> None:
    """It would silently select nothing."""
    assert fault_of(pattern)


@pytest.mark.parametrize("pattern", ["*", "a.b:c", "LIST-PAGE-*", "a[bc]d", "a[!bc]?", "x_y.Z9"])
def test_a_usable_glob_has_no_fault(pattern: str) -> None:
    """Every character of a name, and the wild ones."""
    assert fault_of(pattern) is None
