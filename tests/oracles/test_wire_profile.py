"""Oracles of response profiles accept what a real server leaves, and nothing like everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.oracles import wire_profile as oracle
from conformance.oracles.equivalence import View
from conformance.schema.model import TypeRef
from conformance.wire.recording import exchange_from_recording, read_recordings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

WHOLE: dict[str, Any] = {
    "objectType": "KalturaThing", "id": 5, "name": "a", "type": "plain", "status": 2,
    "createdAt": 1, "size": 3, "good": True,
}  # fmt: skip
FIELDS = ("id", "name")


def places(breaches: Iterable[Breach]) -> list[str]:
    """Where the breaches are."""
    return [breach.where for breach in breaches]


def having(*names: str) -> dict[str, Any]:
    """The object with only these members and its class."""
    return {name: WHOLE[name] for name in ("objectType", *names)}


@pytest.mark.parametrize(
    ("left", "found"),
    [
        (("id", "name"), []),
        (("id", "name", "type"), []),
        (("id", "type"), ["$[0]"]),
        (tuple(WHOLE), ["$[0]"]),
    ],
)
def test_included_fields_are_all(
    answered: Answered, left: tuple[str, ...], found: list[str]
) -> None:
    """The asked ones have to be there; one that is computed may be, most of the others not."""
    whole, reduced = answered(WHOLE), answered(having(*left))

    assert places(oracle.included_fields_are_all(whole, reduced, FIELDS)) == found
    assert places(oracle.stored_profile_counts(whole, reduced, FIELDS)) == found


def test_included_fields_of_a_list(answered: Answered) -> None:
    """Objects that others put between are not compared; an error in place of a list is named."""
    both = answered({"totalCount": 2, "objects": [WHOLE, {**WHOLE, "id": 6}]}, action="list")
    other = answered({"totalCount": 1, "objects": [{**WHOLE, "id": 7}]}, action="list")
    untouched = answered({"totalCount": 1, "objects": [WHOLE]}, action="list")

    assert places(oracle.included_fields_are_all(both, other, FIELDS)) == []
    assert places(oracle.included_fields_are_all(both, untouched, FIELDS)) == ["$[0]"]
    assert places(oracle.included_fields_are_all(both, answered(None), FIELDS)) == [
        "$",
        "$.objectType",
    ]


@pytest.mark.parametrize(
    ("left", "found"),
    [
        (("id", "type", "status", "createdAt"), []),
        (("id", "type", "status", "createdAt", "good"), []),
        (tuple(WHOLE), ["$[0]"]),
        (("name", "size", "good"), ["$[0]", "$[0]"]),
        ((), ["$[0]"]),
    ],
)
def test_excluded_fields_are_left_out(
    answered: Answered, left: tuple[str, ...], found: list[str]
) -> None:
    """The named ones go, the others stay; one of the named may be computed."""
    fields = ("name", "size", "good")
    whole, reduced = answered(WHOLE), answered(having(*left))

    assert places(oracle.excluded_fields_are_left_out(whole, reduced, fields)) == found


def test_unknown_profile_changes_nothing(
    answered: Answered, refused: Refused, small_schema: Schema, small_lineage: Lineage
) -> None:
    """An error and a part of the object are breaches, the same object is none."""
    view = View(
        type=TypeRef(kind="object", name="KalturaThing"),
        schema=small_schema,
        lineage=small_lineage,
    )

    def judged(variant: Any) -> list[str]:
        return places(oracle.unknown_profile_changes_nothing(answered(WHOLE), variant, view))

    assert judged(answered(WHOLE)) == []
    assert judged(answered(having("id", "name", "type"))) != []
    assert judged(refused("RESPONSE_PROFILE_ID_NOT_FOUND")) != []


@pytest.fixture(scope="module")
def recorded(data_folder: Path) -> dict[int, Exchange]:
    """What a real server answered with response profiles, by number."""
    recordings = read_recordings(data_folder / "exchanges-22.19.0.jsonl")
    found = (exchange_from_recording(each) for each in recordings if 1012 <= each["n"] <= 1037)
    return {exchange.number: exchange for exchange in found}


@pytest.mark.parametrize(("whole", "get", "without"), [(1026, 1012, 1014), (1027, 1013, 1015)])
def test_recorded_answers_are_sound(
    recorded: dict[int, Exchange], whole: int, get: int, without: int
) -> None:
    """An unknown profile gives the whole; an entry keeps its type whatever is included."""
    everything = recorded[whole]

    assert not list(oracle.included_fields_are_all(everything, recorded[get], FIELDS))
    assert list(oracle.included_fields_are_all(everything, everything, FIELDS))
    fields = ("description", "tags")
    assert not list(oracle.excluded_fields_are_left_out(everything, recorded[without], fields))
    assert list(oracle.excluded_fields_are_left_out(everything, everything, fields))


def test_recorded_stored_profile_counts(recorded: dict[int, Exchange]) -> None:
    """By its system name."""
    assert not list(oracle.stored_profile_counts(recorded[1026], recorded[1037], ("id",)))
