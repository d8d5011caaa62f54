from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.reference.conftest import Caller


@pytest.fixture
def entries(server: Caller) -> list[dict[str, Any]]:
    """Five ready entries of one tag, a second apart."""
    made = []
    for name in ("b", "a", "e", "d", "c"):
        server.clock.time += 1
        made.append(server.as_admin("data", "add", dataEntry={"name": name, "tags": "mine"}))
    return made


def names(answer: dict[str, Any]) -> list[str]:
    return [each["name"] for each in answer["objects"]]


def test_a_list_has_objects_and_their_number(server: Caller, entries: list[dict[str, Any]]) -> None:
    """The response class is the declared one (LIST-01)."""
    answer = server.as_admin("data", "list")

    assert answer["objectType"] == "KalturaDataListResponse"
    assert answer["totalCount"] == len(entries)
    assert sorted(names(answer)) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("pager", "expected"),
    [
        ({"pageSize": 2}, ["a", "b"]),
        ({"pageSize": 2, "pageIndex": 3}, ["e"]),
        ({"pageSize": 2, "pageIndex": 0}, ["a", "b"]),
        ({"pageSize": 2, "pageIndex": 9}, []),
        ({"pageSize": 0, "pageIndex": 2}, ["a", "b", "c", "d", "e"]),
    ],
)
def test_pages_are_cut_after_ordering(
    server: Caller, entries: list[dict[str, Any]], pager: dict[str, int], expected: list[str]
) -> None:
    """Sizes and indexes out of range are mended (LIST-03, OBSERVED 28)."""
    answer = server.as_admin("data", "list", filter={"orderBy": "+name"}, pager=pager)

    assert expected == names(answer)
    assert answer["totalCount"] == len(entries)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"nameEqual": "A"}, ["a"]),
        ({"tagsLike": "mine", "nameEqual": "b"}, ["b"]),
        ({"idEqual": ""}, ["a", "b", "c", "d", "e"]),
        ({"idEqual": "0_nosuch99"}, []),
        ({"bogusEqual": 1}, ["a", "b", "c", "d", "e"]),
        ({"createdAtGreaterThanOrEqual": 1_800_000_004}, ["c", "d"]),
        ({"createdAtLessThanOrEqual": 1_800_000_001}, ["b"]),
    ],
)
def test_filters_follow_their_suffix(
    server: Caller, entries: list[dict[str, Any]], wanted: dict[str, Any], expected: list[str]
) -> None:
    """Conditions combine; empty and unknown ones are ignored (LIST-08…10)."""
    assert entries

    answer = server.as_admin("data", "list", filter={"orderBy": "+name", **wanted})

    assert expected == names(answer)


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [("-createdAt", "cdeab"), ("+createdAt", "baedc"), ("+bogus", "baedc"), ("name", "baedc")],
)
def test_orderings_that_are_unknown_are_ignored(
    server: Caller, entries: list[dict[str, Any]], ordering: str, expected: str
) -> None:
    """Only values of the filter's enum order (LIST-15)."""
    assert entries

    assert list(expected) == names(server.as_admin("data", "list", filter={"orderBy": ordering}))


def test_an_entry_without_content_is_hidden_until_asked_for(server: Caller) -> None:
    """`idIn` does not lift the default status, `idEqual` does (LIST-17)."""
    made = server.as_admin("media", "add", entry={"name": "m", "mediaType": 1})

    def found(**wanted: Any) -> int:
        count: int = server.as_admin("media", "list", filter=wanted)["totalCount"]
        return count

    assert found() == 0
    assert found(idIn=made["id"]) == 0
    assert found(idEqual=made["id"]) == found(statusIn="7") == 1


def test_a_count_is_the_total_of_the_list(server: Caller, entries: list[dict[str, Any]]) -> None:
    """The same filter, the same defaults (LIST-23)."""
    assert server.as_admin("baseEntry", "count", filter={"tagsLike": "mine"}) == len(entries)


def test_an_indexed_list_refuses_far_pages(server: Caller) -> None:
    """Beyond 10,000 matches there is nothing to page through (LIST-06)."""
    error = server.as_admin("media", "list", pager={"pageSize": 500, "pageIndex": 21})

    assert error["code"] == "QUERY_EXCEEDED_MAX_MATCHES_ALLOWED"
