"""A failing call becomes as small as its failure allows, in few calls."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from conformance.generation.shrinking import Shrinker, size_of
from conformance.schema.lineage import Lineage
from conformance.schema.reader import parse_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA = parse_schema(
    files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes(), "own"
)
ACTIONS = {action.id: action for action in SCHEMA.actions}
SHRINKER = Shrinker(SCHEMA, Lineage(SCHEMA))

ENTRY: dict[str, Any] = {
    "objectType": "KalturaLiveStreamEntry",
    "name": "abcdef ghi",
    "description": "żółw, and more",
    "tags": "alpha, beta",
    "mediaType": 5,
    "startDate": 1_500_000_000,
    "conversionProfileId": 4_321,
    "operationAttributes": [
        {"objectType": "KalturaClipAttributes", "offset": 7, "duration": 90},
        {"objectType": "KalturaClipAttributes", "offset": 8},
    ],
}
CASES: list[tuple[Callable[[Mapping[str, Any]], bool], dict[str, Any]]] = [
    (lambda _p: True, {"entry": {"objectType": "KalturaMediaEntry"}}),
    (
        lambda p: "name" in p["entry"],
        {"entry": {"objectType": "KalturaMediaEntry", "name": "a"}},
    ),
    (
        lambda p: p["entry"].get("conversionProfileId", 0) > 1_000,
        {"entry": {"objectType": "KalturaMediaEntry", "conversionProfileId": 1_001}},
    ),
    (
        lambda p: len(p["entry"].get("name", "")) > 3,
        {"entry": {"objectType": "KalturaMediaEntry", "name": "aaaa"}},
    ),
    (
        lambda p: "," in p["entry"].get("description", ""),
        {"entry": {"objectType": "KalturaMediaEntry", "description": ","}},
    ),
    (
        lambda p: p["entry"]["objectType"] == "KalturaLiveStreamEntry",
        {"entry": {"objectType": "KalturaLiveStreamEntry"}},
    ),
    (
        lambda p: len(p["entry"].get("operationAttributes", [])) == 1,
        {
            "entry": {
                "objectType": "KalturaMediaEntry",
                "operationAttributes": [{"objectType": "KalturaClipAttributes"}],
            }
        },
    ),
]


@pytest.mark.parametrize(("fails", "expected"), CASES)
def test_nothing_is_left_that_does_not_matter(
    fails: Callable[[Mapping[str, Any]], bool], expected: dict[str, Any]
) -> None:
    """Members, classes, lengths and numbers are as small as the failure lets them be."""
    start = {"entry": ENTRY}
    if not fails(start):
        start = {"entry": {**ENTRY, "operationAttributes": ENTRY["operationAttributes"][:1]}}

    shrunk = SHRINKER.shrink(ACTIONS["media.add"], start, fails)

    assert shrunk.params == expected
    assert shrunk.calls <= 60


def test_required_parameters_stay() -> None:
    """Without them the server would answer something else, whatever the bug."""
    start = {"entryId": "0_abcdefgh", "mediaEntry": ENTRY}

    shrunk = SHRINKER.shrink(ACTIONS["media.update"], start, lambda p: "mediaEntry" in p)

    assert shrunk.params == {"entryId": "a", "mediaEntry": {"objectType": "KalturaMediaEntry"}}


def test_no_call_is_made_twice_and_none_beyond_the_limit() -> None:
    """A flaky or slow server is asked as seldom as possible."""
    asked: list[str] = []

    def fails(params: Mapping[str, Any]) -> bool:
        asked.append(repr(params))
        return "name" in params["entry"]

    shrunk = SHRINKER.shrink(ACTIONS["media.add"], {"entry": ENTRY}, fails, most_calls=2)

    assert len(asked) == len(set(asked)) == shrunk.calls == 2
    assert "name" in shrunk.params["entry"]


def test_size_counts_members_before_letters() -> None:
    """A call with fewer members is smaller, however long its texts."""
    assert size_of({"a": {"b": "long text"}}) < size_of({"a": {"b": 1, "c": 2}})
