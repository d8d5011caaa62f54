from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import actions
from conformance.oracles.actions import Book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

    Judge = Callable[[Exchange, Action, Book], Iterable[Breach]]

SOUND = {"id": 1, "name": "a", "status": 2, "createdAt": 1795413176, "objectType": "KalturaThing"}
CASES: list[tuple[Judge, dict[str, Any], str]] = [
    (actions.value_is_of_its_declared_kind, {"id": []}, "$.id"),
    (actions.object_is_of_its_declared_class, {"objectType": "KalturaOther"}, "$.objectType"),
    (actions.enum_value_is_in_its_enum, {"status": 99}, "$.status"),
    (actions.unset_enum_is_left_out, {"status": 0}, "$.status"),
    (actions.property_has_a_name, {"\0*\0path": "x"}, "$"),
    (actions.write_only_stays_hidden, {"secret": "x"}, "$.secret"),
    (actions.null_is_left_out, {"size": None}, "$.size"),
    (actions.property_keeps_its_spelling, {"SIZE": 1}, "$.SIZE"),
    (actions.time_is_in_seconds, {"createdAt": 1795413176000}, "$.createdAt"),
]


@pytest.fixture
def book(small_schema: Schema, small_lineage: Lineage) -> Book:
    """The small schema's book; one a test, because it remembers answers."""
    return Book(small_schema, small_lineage)


@pytest.fixture
def get(small_schema: Schema) -> Action:
    """An action that declares an object."""
    return small_schema.services["thing"].actions["get"]


@pytest.fixture
def list_(small_schema: Schema) -> Action:
    """An action that declares a list response."""
    return small_schema.services["thing"].actions["list"]


def places(breaches: Iterable[Breach]) -> list[str]:
    """Where each breach is."""
    return [breach.where for breach in breaches]


@pytest.mark.parametrize(("judge", "change", "where"), CASES)
def test_departure_is_a_breach_of_its_own_requirement(
    answered: Answered, get: Action, book: Book, judge: Judge, change: dict[str, Any], where: str
) -> None:
    """Each departure is told by the oracle of its kind, and by no other."""
    exchange = answered({**SOUND, **change})

    assert places(judge(exchange, get, book)) == [where]
    for other, _, _ in CASES:
        if other is not judge:
            assert places(other(exchange, get, book)) == []


@pytest.mark.parametrize(("judge", "change", "where"), CASES)
def test_sound_answer_is_no_breach(
    answered: Answered, get: Action, book: Book, judge: Judge, change: dict[str, Any], where: str
) -> None:
    """A sound answer passes every oracle."""
    assert change
    assert where
    assert places(judge(answered(SOUND), get, book)) == []


def test_long_list_is_told_in_short(answered: Answered, list_: Action, book: Book) -> None:
    """Of an answer with the same departure everywhere only the first few are told."""
    things = [{**SOUND, "id": "x"}] * 500
    value = {"totalCount": 500, "objects": things, "objectType": "KalturaThingListResponse"}

    found = places(actions.value_is_of_its_declared_kind(answered(value), list_, book))

    assert found == [f"$.objects[{number}].id" for number in range(5)]


def test_missing_action_is_a_breach(refused: Refused, answered: Answered) -> None:
    """Only the two codes for what is not there count."""
    assert places(actions.action_exists(refused("ACTION_DOES_NOT_EXISTS"))) == ["$.code"]
    assert places(actions.action_exists(refused("SERVICE_DOES_NOT_EXISTS"))) == ["$.code"]
    assert places(actions.action_exists(refused("INVALID_KS"))) == []
    assert places(actions.action_exists(answered(SOUND))) == []


def test_well_formed_call_is_not_malformed(refused: Refused, get: Action) -> None:
    """An error of the action is sound; one that blames a declared parameter is not."""
    judge = actions.well_formed_call_is_understood

    assert places(judge(refused("THING_NOT_FOUND", ID="1"), get)) == []
    assert places(judge(refused("MISSING_MANDATORY_PARAMETER", PARAM_NAME="userId"), get)) == []
    assert places(judge(refused("MISSING_MANDATORY_PARAMETER", PARAM_NAME="id"), get)) == ["$.code"]
    assert places(judge(refused("INVALID_KS", KSID="x"), get)) == ["$.code"]


def test_declared_object_is_not_null(answered: Answered, get: Action) -> None:
    """Null in the place of an object is a breach, in both formats."""
    assert places(actions.declared_object_is_there(answered(None), get)) == ["$"]
    assert places(actions.declared_object_is_there(answered("", xml=True), get)) == ["$"]
    assert places(actions.declared_object_is_there(answered(SOUND), get)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"totalCount": "0"}, []),
        ({"totalCount": -1}, ["$.totalCount"]),
        ({"totalCount": None}, ["$.totalCount"]),
    ],
)
def test_list_has_its_total(
    answered: Answered, list_: Action, book: Book, change: dict[str, Any], expected: list[str]
) -> None:
    """The total is a number from 0 up."""
    value = {"totalCount": 0, "objects": [], "objectType": "KalturaThingListResponse", **change}

    assert places(actions.list_has_count_and_objects(answered(value), list_, book)) == expected


def test_list_has_its_objects(
    answered: Answered, list_: Action, small_schema: Schema, small_lineage: Lineage
) -> None:
    """A list without objects is a breach unless the profile knows of it."""
    value = {"totalCount": 0, "objectType": "KalturaThingListResponse"}
    strict = Book(small_schema, small_lineage)
    loose = Book(
        small_schema,
        small_lineage,
        loose=lambda kind, member: (kind, member) == ("objects", "thing.list"),
    )

    assert places(actions.list_has_count_and_objects(answered(value), list_, strict)) == [
        "$.objects"
    ]
    assert places(actions.list_has_count_and_objects(answered(value), list_, loose)) == []


def test_ping_is_true(answered: Answered, refused: Refused) -> None:
    """True is written in a few ways; nothing else is true."""
    sound = [answered(value=True), answered("1", xml=True)]
    broken = [answered(value) for value in (False, None, {}, "yes")]
    broken += [answered("0", xml=True), refused("X")]

    assert [list(actions.ping_is_true(each)) for each in sound] == [[], []]
    assert all(list(actions.ping_is_true(each)) for each in broken)


def test_time_is_now(answered: Answered, refused: Refused) -> None:
    """The second may be that of any clock that tells when the call was, and may come as text."""
    now = 1795413176

    def told(value: Any, *, at: float = now, xml: bool = False) -> Exchange:
        return structs.replace(answered(value, xml=xml), started_at=at)

    def judged(*exchanges: Exchange) -> int:
        return len(list(actions.time_is_now(exchanges)))

    behind = told(now, at=now - 86_400)
    header = (("X-Kaltura-Session", f"7, {now}"),)
    by_server = structs.replace(behind, response=structs.replace(behind.response, headers=header))

    assert judged(told(now), told(now + 1), told(now - 30), told(str(now), xml=True)) == 0
    assert judged(by_server) == 0
    for wrong in (now * 1000, now - 3600, "", "now", None, 0):
        assert judged(told(wrong)) == 1
    assert judged(refused("X")) == 1
    assert judged(told(now + 200), told(now)) == 1


def test_version_is_a_text(answered: Answered, refused: Refused) -> None:
    """A text with a number in it; nothing, a number or an error tells no version."""
    for version in ("Venus-22.19.0", "18.1"):
        assert not list(actions.version_is_a_text([answered(version)]))
    for wrong in (answered(""), answered(22), answered(None), refused("X")):
        assert list(actions.version_is_a_text([wrong]))
