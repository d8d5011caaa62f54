"""The model of histories accepts what a sound server answers, and names each departure once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import histories
from conformance.oracles.histories import Event, Played

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

    Answer = Callable[..., Exchange]

KIND = "KalturaThing"
CODES = dict.fromkeys(("get", "update", "delete"), frozenset({"THING_NOT_FOUND"}))
SOUND = Played(
    service="thing",
    kind=KIND,
    id_property="id",
    ids={"a": "1", "b": "2", "c": "3"},
    listed={"a": "1", "b": "2", "c": "3"},
    names=("id",),
    codes={**CODES, "add": frozenset({"THING_EXISTS"})},
    freed=True,
)


class Server:
    """Numbers the events as they come."""

    def __init__(self, answered: Answered, refused: Refused) -> None:
        self._answered = answered
        self._refused = refused
        self._number = 0

    def __call__(
        self, deed: Any, value: Any = None, *, who: str = "", error: str = "", **more: Any
    ) -> Event:
        self._number += 1
        exchange = self._refused(error) if error else self._answered(value)
        return Event(
            deed=deed, exchange=structs.replace(exchange, number=self._number), who=who, **more
        )


@pytest.fixture
def server(answered: Answered, refused: Refused) -> Server:
    """A maker of events."""
    return Server(answered, refused)


def thing(number: int, name: str) -> dict[str, Any]:
    return {"objectType": KIND, "id": number, "name": name}


def page(*things: dict[str, Any]) -> dict[str, Any]:
    return {"objects": list(things), "totalCount": len(things)}


def judged(judge: Any, lineage: Lineage, *events: Event, **known: Any) -> list[Breach]:
    return list(judge(structs.replace(SOUND, events=events, **known), lineage))


def test_a_sound_history_is_accepted_by_all(server: Server, small_lineage: Lineage) -> None:
    """Adds, updates, deletes and lists that fit each other show no departure."""
    events = (
        server("add", thing(1, "one"), who="a", sent={"name": "one"}),
        server("add", thing(2, "two"), who="b", sent={"name": "two"}),
        server("update", thing(1, "new"), who="a", sent={"name": "new"}),
        server("get", thing(1, "new"), who="a"),
        server("list", page(thing(1, "new"), thing(2, "two")), asked=("a", "b")),
        server("count", 2, asked=("a", "b")),
        server("delete", None, who="b"),
        server("get", error="THING_NOT_FOUND", who="b"),
        server("delete", error="THING_NOT_FOUND", who="b"),
        server("add", thing(3, "again"), who="c", of="b", sent={"name": "again"}),
        server("list", page(thing(1, "new"), thing(3, "again")), asked=("a", "b", "c")),
        server("count", 2, asked=("a", "b", "c")),
    )

    for judge in (
        histories.reads_show_the_last_write,
        histories.living_stay_and_deleted_go,
        histories.lists_follow_every_write,
        histories.every_birth_has_its_own_id,
        histories.key_of_a_deleted_object_is_free,
    ):
        assert judged(judge, small_lineage, *events) == []


def test_an_earlier_state_is_named_with_its_write(server: Server, small_lineage: Lineage) -> None:
    """reads_show_the_last_write names the update and the get that does not show it."""
    events = (
        server("add", thing(1, "one"), who="a", sent={"name": "one"}),
        server("update", thing(1, "two"), who="a", sent={"name": "two"}),
        server("get", thing(1, "one"), who="a"),
        server("get", thing(1, "one"), who="a"),
    )

    (breach,) = judged(histories.reads_show_the_last_write, small_lineage, *events)

    assert (breach.where, breach.expected, breach.actual) == ("$.name", "'two'", "'one'")
    assert breach.exchanges == (2, 3)


def test_what_a_refused_update_left_is_not_judged(server: Server, small_lineage: Lineage) -> None:
    """Whether a refused update was carried out in part is not for histories to say."""
    events = (
        server("add", thing(1, "one"), who="a", sent={"name": "one"}),
        server("update", error="LOCK_TIMED_OUT", who="a", sent={"name": "two"}),
        server("get", thing(1, "two"), who="a"),
    )

    assert judged(histories.reads_show_the_last_write, small_lineage, *events) == []


@pytest.mark.parametrize("deed", ["get", "update", "delete"])
def test_a_living_object_that_is_not_found_is_lost(
    server: Server, small_lineage: Lineage, deed: str
) -> None:
    """living_stay_and_deleted_go holds of every action on the object."""
    events = (
        server("add", thing(1, "one"), who="a"),
        server(deed, error="THING_NOT_FOUND", who="a"),
    )

    (breach,) = judged(histories.living_stay_and_deleted_go, small_lineage, *events)

    assert breach.actual == "error THING_NOT_FOUND"


@pytest.mark.parametrize("code", ["SERVICE_FORBIDDEN", "LOCK_TIMED_OUT", "ACTION_DOES_NOT_EXISTS"])
def test_a_refusal_says_nothing_of_life(server: Server, small_lineage: Lineage, code: str) -> None:
    """An account that may not, or a busy server, has not lost the object."""
    events = (server("add", thing(1, "one"), who="a"), server("get", error=code, who="a"))

    assert judged(histories.living_stay_and_deleted_go, small_lineage, *events) == []


def test_a_deleted_object_that_answers_is_a_breach(server: Server, small_lineage: Lineage) -> None:
    """It is not, where deleted objects are known to stay."""
    events = (
        server("add", thing(1, "one"), who="a"),
        server("delete", None, who="a"),
        server("get", thing(1, "one"), who="a"),
    )

    (breach,) = judged(histories.living_stay_and_deleted_go, small_lineage, *events)

    assert breach.expected == "THING_NOT_FOUND"
    kept = judged(histories.living_stay_and_deleted_go, small_lineage, *events, buried=False)
    assert kept == []


def test_another_object_is_a_breach_of_life(server: Server, small_lineage: Lineage) -> None:
    """What get answers has to be who was asked for."""
    events = (server("add", thing(1, "one"), who="a"), server("get", thing(2, "one"), who="a"))

    (breach,) = judged(histories.living_stay_and_deleted_go, small_lineage, *events)

    assert (breach.where, breach.expected, breach.actual) == ("$.id", "1", "2")


@pytest.mark.parametrize(
    ("listed", "actual"),
    [
        (page(thing(2, "two")), "not in the list"),
        (page(thing(1, "one"), thing(1, "one"), thing(2, "two")), "2 times"),
        (page(thing(1, "one"), thing(2, "two"), thing(3, "three")), "the object '3'"),
        (page(thing(1, "old"), thing(2, "two")), "'old'"),
    ],
)
def test_lists_that_lag_for_good_are_named(
    server: Server, small_lineage: Lineage, listed: Any, actual: str
) -> None:
    """lists_follow_every_write: who lives, once, as it is, and nobody who was deleted."""
    events = (
        server("add", thing(1, "one"), who="a", sent={"name": "one"}),
        server("add", thing(2, "two"), who="b", sent={"name": "two"}),
        server("add", thing(3, "three"), who="c", sent={"name": "three"}),
        server("delete", None, who="c"),
        server("list", listed, asked=("a", "b", "c")),
    )

    (breach,) = judged(histories.lists_follow_every_write, small_lineage, *events)

    assert breach.actual == actual


def test_a_count_that_drifts_is_named(server: Server, small_lineage: Lineage) -> None:
    """A count is of the living."""
    events = (
        server("add", thing(1, "one"), who="a"),
        server("delete", None, who="a"),
        server("count", 1, asked=("a",)),
    )

    (breach,) = judged(histories.lists_follow_every_write, small_lineage, *events)

    assert (breach.expected, breach.actual) == ("0", "1")


def test_an_id_that_was_given_before_is_named(server: Server, small_lineage: Lineage) -> None:
    """every_birth_has_its_own_id also holds of clones; not where clients choose ids."""
    events = (
        server("add", thing(1, "one"), who="a"),
        server("clone", thing(1, "one"), who="b", of="a"),
    )

    (breach,) = judged(histories.every_birth_has_its_own_id, small_lineage, *events)

    assert breach.exchanges == (1, 2)
    chosen = judged(histories.every_birth_has_its_own_id, small_lineage, *events, given=False)
    assert chosen == []


def test_a_key_that_stays_taken_is_named(server: Server, small_lineage: Lineage) -> None:
    """key_of_a_deleted_object_is_free: a double of a living object is refused rightly."""
    first = server("add", thing(1, "one"), who="a")
    gone = server("delete", None, who="a")
    again = server("add", error="THING_EXISTS", who="b", of="a")

    (breach,) = judged(histories.key_of_a_deleted_object_is_free, small_lineage, first, gone, again)

    assert breach.actual == "error THING_EXISTS"
    assert judged(histories.key_of_a_deleted_object_is_free, small_lineage, first, again) == []
