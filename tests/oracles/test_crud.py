"""Each oracle of an object's life accepts what a sound server answers, and names one departure."""

from __future__ import annotations

from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import (
    crud,
    crud_delete,
    crud_refusals,
    crud_times,
    crud_update,
    crud_values,
)
from conformance.schema.lineage import Lineage
from conformance.schema.reader import parse_schema
from conformance.wire.answer import DieError, FileContent, Malformed, NoAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.verdict.breach import Breach
    from conformance.wire.answer import Answer
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

    Judge = Callable[[Exchange], Iterable[Breach]]

NOW = 1_795_413_176
KIND = "KalturaThing"
SENT = {"name": "n", "size": 10, "good": True, "objectType": KIND}
OTHER = {**SENT, "name": "m"}
STORED: dict[str, Any] = {
    **SENT,
    "id": 5,
    "partnerId": 102,
    "createdAt": NOW,
    "updatedAt": NOW + 1,
}
NAMES = ("name", "size", "good")
PARTS = [{"objectType": KIND, "name": "only"}]
CODES = frozenset({"THING_NOT_FOUND"})
NOT_UPDATABLE = "PROPERTY_VALIDATION_NOT_UPDATABLE"

UNREADABLE: tuple[Answer, ...] = (
    Malformed("no JSON"),
    FileContent("text/html", 7),
    DieError("X"),
    NoAnswer("timeout", "30 s"),
)


@pytest.fixture
def thing(answered: Answered) -> Callable[..., Exchange]:
    """A maker of exchanges that answered the stored thing, or one that differs."""

    def make(*, number: int = 7, date: str | None = formatdate(NOW), **changed: Any) -> Exchange:
        value = {name: each for name, each in {**STORED, **changed}.items() if each is not None}
        exchange = answered(value)
        headers = () if date is None else (("Date", date),)
        return structs.replace(
            exchange, number=number, response=structs.replace(exchange.response, headers=headers)
        )

    return make


@pytest.fixture
def judges(
    thing: Callable[..., Exchange], answered: Answered, refused: Refused, small_lineage: Lineage
) -> dict[str, dict[str, Judge]]:
    """By the step whose answer they judge: the oracles, with sound answers to every other step."""
    sound, void, lineage, denied = thing(), answered(None), small_lineage, refused("NO")
    get: dict[str, Judge] = {
        "CRUD-GET-001": lambda e: crud.get_answers_the_object_asked_for(e, 5, "id"),
        "CRUD-GET-002": lambda e: crud.get_answers_what_was_added(SENT, e, KIND, lineage),
        "CRUD-GET-003": lambda e: crud.get_changes_nothing(sound, e, NAMES, KIND, lineage),
        "CRUD-ADD-004": lambda e: crud.object_belongs_to_its_account(e, 102),
        "CRUD-ADD-006": lambda e: crud.object_carries_what_the_server_sets(
            e, KIND, ("createdAt", "endedAt"), lineage
        ),
        "CRUD-TIME-001": lambda e: crud_times.created_at_is_when_it_was_added(
            sound, e, skew_seconds=2
        ),
        "CRUD-TIME-002": lambda e: crud_times.created_at_never_changes(sound, e),
        "CRUD-TIME-003": lambda e: crud_times.updated_at_never_goes_back(sound, e),
        "CRUD-TIME-004": lambda e: crud_times.updated_at_has_been(e, skew_seconds=2),
        "CRUD-UPDATE-001": lambda e: crud_update.update_is_stored(SENT, sound, e, KIND, lineage),
        "CRUD-UPDATE-002": lambda e: crud_update.update_keeps_what_was_not_sent(
            SENT, sound, e, KIND, lineage
        ),
        "CRUD-UPDATE-006": lambda e: crud_update.update_keeps_the_identity(
            sound, e, ("id", "partnerId", "objectType")
        ),
    }
    return {
        "add": {
            "CRUD-ADD-001": lambda e: crud.add_answers_what_was_sent(SENT, e, KIND, lineage),
            "CRUD-ADD-002": lambda e: crud.add_gives_an_id(e, "id"),
            "CRUD-ADD-003": lambda e: crud.ids_are_unique([e, thing(number=8, id=6)], "id"),
            "CRUD-ADD-004": lambda e: crud.object_belongs_to_its_account(e, 102),
            "CRUD-ADD-005": lambda e: crud.add_is_accepted(e, may_be_refused=False),
            "CRUD-TIME-001": lambda e: crud_times.created_at_is_when_it_was_added(
                e, sound, skew_seconds=2
            ),
            "CRUD-TIME-004": lambda e: crud_times.updated_at_has_been(e, skew_seconds=2),
        },
        "get": get,
        "update": {
            "CRUD-UPDATE-001": lambda e: crud_update.update_is_stored(
                SENT, e, sound, KIND, lineage
            ),
            "CRUD-UPDATE-002": lambda e: crud_update.update_keeps_what_was_not_sent(
                SENT, e, sound, KIND, lineage
            ),
            "CRUD-UPDATE-003": lambda e: crud_update.update_answers_what_was_sent(
                SENT, e, KIND, lineage
            ),
            "CRUD-UPDATE-004": crud_update.empty_update_is_accepted,
            "CRUD-UPDATE-005": crud_update.update_is_accepted,
        },
        "get after a refused update": {
            "CRUD-UPDATE-007": lambda e: crud_refusals.refused_update_changes_nothing(
                SENT, e, KIND, lineage
            ),
        },
        "get of another after an update": {
            "CRUD-OTHERS-001": lambda e: crud_update.update_touches_no_other_object(
                sound, [], e, NAMES, KIND, lineage
            ),
        },
        "get of another after a delete": {
            "CRUD-OTHERS-002": lambda e: crud_delete.delete_touches_no_other_object(e, 5),
        },
        "get of a text": {
            "CRUD-TEXT-001": lambda e: crud_values.text_is_kept_as_written(SENT, e, KIND, lineage),
            "CRUD-TEXT-002": lambda e: crud_values.long_text_is_kept(SENT, e, KIND, lineage),
        },
        "get of an odd text": {
            "CRUD-TEXT-003": lambda e: crud_values.odd_text_is_kept(
                {"name": SENT["name"]}, sound, e
            ),
        },
        "get after an array": {
            "CRUD-ARRAY-002": lambda e: crud_values.array_is_kept(
                {"parts": PARTS}, e, KIND, lineage
            ),
        },
        "get after a document": {
            "CRUD-XML-001": lambda e: crud.document_is_kept(sound, e, "xmlData", "xml"),
        },
        "get after another array": {
            "CRUD-ARRAY-001": lambda e: crud_values.array_is_replaced(
                {"parts": PARTS}, sound, e, KIND, lineage
            ),
        },
        "second of two equal adds": {
            "CRUD-ADD-010": lambda e: crud.equal_adds_make_two(thing(id=6), e, "id"),
        },
        "list of one name": {
            "CRUD-ADD-011": lambda e: crud.add_makes_one(e, "a", {"5"}),
        },
        "get after a text for a boolean": {
            "CRUD-BOOL-001": lambda e: crud_values.text_is_true_or_false(
                sound, e, "good", expected=True
            ),
        },
        "get after a rest and an update": {
            "CRUD-TIME-005": lambda e: crud_times.update_moves_updated_at(sound, sound, e),
        },
        "list after a refused add": {
            "CRUD-ADD-009": lambda e: crud_refusals.refused_add_stores_nothing(
                denied, e, "name", "mark", {"5"}
            ),
        },
        "get after clearing": {
            "CRUD-CLEAR-001": lambda e: crud_update.empty_text_clears(sound, e, "name"),
            "CRUD-CLEAR-002": lambda e: crud_update.null_marker_clears(sound, e, "name"),
        },
        "delete": {
            "CRUD-DELETE-001": crud_delete.delete_is_accepted,
            "CRUD-DELETE-002": lambda e: crud_delete.deleted_object_is_not_found(e, e, CODES),
        },
        "refused": {
            "CRUD-READONLY-001": lambda e: crud_refusals.read_only_is_refused_on_add(e, KIND, "id"),
            "CRUD-READONLY-002": lambda e: crud_refusals.read_only_is_refused_on_update(
                e, KIND, "id"
            ),
            "CRUD-INSERTONLY-001": lambda e: crud_refusals.insert_only_is_refused_on_update(
                e, KIND, "id"
            ),
        },
        "double": {
            "CRUD-ADD-007": lambda e: crud_refusals.double_is_refused(sound, e, ("THING_EXISTS",)),
        },
        "lacking": {"CRUD-ADD-008": lambda e: crud_refusals.lack_is_refused(e, "name")},
        "gone": {
            "CRUD-DELETE-002": lambda e: crud_delete.deleted_object_is_not_found(void, e, CODES),
            "CRUD-DELETE-003": lambda e: crud_delete.deleted_object_cannot_be_updated(
                void, e, CODES
            ),
            "CRUD-DELETE-004": lambda e: crud_delete.second_delete_fails(void, e, CODES),
        },
    }


OBJECT_IS_DUE = (
    "add",
    "get",
    "update",
    "get after a refused update",
    "get of another after an update",
    "get of another after a delete",
)
STEPS = (
    *OBJECT_IS_DUE,
    "get of a text",
    "get after another array",
    "second of two equal adds",
    "list of one name",
    "get after a text for a boolean",
    "get after a rest and an update",
    "list after a refused add",
    "get after clearing",
    "delete",
    "refused",
    "double",
    "lacking",
    "gone",
)


def broken(judged: dict[str, Judge], exchange: Exchange) -> dict[str, str]:
    """The requirements that are broken, each with the place of its first breach."""
    found = {name: list(judge(exchange)) for name, judge in judged.items()}
    return {name: breaches[0].where for name, breaches in found.items() if breaches}


def test_every_oracle_has_a_judge(judges: dict[str, dict[str, Judge]]) -> None:
    """What is said below of all oracles is said of all."""
    rooms = (crud, crud_delete, crud_refusals, crud_times, crud_update, crud_values)
    claimed = {
        value.requirement
        for room in rooms
        for value in vars(room).values()
        if hasattr(value, "requirement")
    }

    assert claimed == {name for judged in judges.values() for name in judged}


@pytest.mark.parametrize("step", OBJECT_IS_DUE)
def test_sound_object_breaks_nothing(
    step: str, judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange]
) -> None:
    """An answer with the object as it is stored is what every step owes."""
    assert broken(judges[step], thing()) == {}


@pytest.mark.parametrize("step", OBJECT_IS_DUE)
def test_values_in_other_clothes_break_nothing(
    step: str, judges: dict[str, dict[str, Judge]], answered: Answered
) -> None:
    """Numbers as text, truth as a number, more properties and another order are no departure."""
    value = {
        "added": {"a": 1},
        **dict(reversed(STORED.items())),
        "id": "5",
        "size": "10",
        "good": 1,
        "partnerId": "102",
        "createdAt": str(NOW),
    }

    assert broken(judges[step], answered(value)) == {}


@pytest.mark.parametrize("answer", UNREADABLE, ids=lambda answer: type(answer).__name__)
@pytest.mark.parametrize("step", STEPS)
def test_what_cannot_be_read_is_for_others_to_judge(
    step: str,
    answer: Answer,
    judges: dict[str, dict[str, Judge]],
    thing: Callable[..., Exchange],
) -> None:
    """A file, a lost connection or no JSON at all says nothing about an object's life."""
    assert broken(judges[step], structs.replace(thing(), answer=answer)) == {}


@pytest.mark.parametrize(
    ("step", "requirement"),
    [
        ("add", "CRUD-ADD-005"),
        ("get", "CRUD-GET-001"),
        ("update", "CRUD-UPDATE-003"),
        ("get after a refused update", "CRUD-UPDATE-007"),
        ("get of another after an update", "CRUD-OTHERS-001"),
        ("get of another after a delete", "CRUD-OTHERS-002"),
    ],
)
def test_null_for_an_object_breaks_exactly_one(
    step: str, requirement: str, judges: dict[str, dict[str, Judge]], answered: Answered
) -> None:
    """Null where an object is due is one breach."""
    assert broken(judges[step], answered(None)) == {requirement: "$"}


@pytest.mark.parametrize("value", ["5", 5, True, [], [STORED]])
@pytest.mark.parametrize(
    ("step", "requirement"),
    [("add", "CRUD-ADD-002"), ("get", "CRUD-GET-001"), ("update", "CRUD-UPDATE-003")],
)
def test_another_kind_of_value_breaks_exactly_one(
    value: Any,
    step: str,
    requirement: str,
    judges: dict[str, dict[str, Judge]],
    answered: Answered,
) -> None:
    """A text, a number or an array where an object is due is one breach."""
    assert broken(judges[step], answered(value)) == {requirement: "$"}


@pytest.mark.parametrize(
    ("step", "broken_by_it"),
    [
        ("add", {"CRUD-ADD-005"}),
        ("get", {"CRUD-GET-001"}),
        ("update", {"CRUD-UPDATE-004", "CRUD-UPDATE-005"}),
        ("get after a refused update", {"CRUD-UPDATE-007"}),
        ("get of another after an update", {"CRUD-OTHERS-001"}),
        ("get of another after a delete", {"CRUD-OTHERS-002"}),
        ("delete", {"CRUD-DELETE-001"}),
    ],
)
def test_refusal_breaks_what_speaks_of_it(
    step: str, broken_by_it: set[str], judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """An error in place of the object is told by the oracle about that refusal alone."""
    assert broken(judges[step], refused("THING_NOT_FOUND", ID="5")).keys() == broken_by_it


DEPARTURES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "another value on add": ("add", {"name": "x"}, {"CRUD-ADD-001": "$.name"}),
    "a number cut on add": ("add", {"size": 1}, {"CRUD-ADD-001": "$.size"}),
    "a property lost on add": ("add", {"good": None}, {"CRUD-ADD-001": "$.good"}),
    "no id": ("add", {"id": None}, {"CRUD-ADD-002": "$.id"}),
    "an empty id": ("add", {"id": ""}, {"CRUD-ADD-002": "$.id"}),
    "the id of another": ("add", {"id": 6}, {"CRUD-ADD-003": "$.id"}),
    "another account": ("add", {"partnerId": 0}, {"CRUD-ADD-004": "$.partnerId"}),
    "milliseconds on add": ("add", {"createdAt": NOW * 1000}, {"CRUD-TIME-001": "$.createdAt"}),
    "an update tomorrow": ("add", {"updatedAt": NOW + 86_400}, {"CRUD-TIME-004": "$.updatedAt"}),
    "another object": (
        "get",
        {"id": 6},
        {"CRUD-GET-001": "$.id", "CRUD-UPDATE-006": "$.id"},
    ),
    "a value that is lost": (
        "get",
        {"name": None},
        dict.fromkeys(
            ("CRUD-GET-002", "CRUD-GET-003", "CRUD-UPDATE-001", "CRUD-UPDATE-002"), "$.name"
        ),
    ),
    "another account than before": (
        "get",
        {"partnerId": 103},
        {"CRUD-ADD-004": "$.partnerId", "CRUD-UPDATE-006": "$.partnerId"},
    ),
    "an account that is gone": ("get", {"partnerId": None}, {"CRUD-UPDATE-006": "$.partnerId"}),
    "an hour earlier": (
        "get",
        {"createdAt": NOW - 3600},
        {"CRUD-TIME-001": "$.createdAt", "CRUD-TIME-002": "$.createdAt"},
    ),
    "a second later": ("get", {"createdAt": NOW + 1}, {"CRUD-TIME-002": "$.createdAt"}),
    "no time of birth any more": (
        "get",
        {"createdAt": None},
        {"CRUD-ADD-006": "$.createdAt", "CRUD-TIME-002": "$.createdAt"},
    ),
    "another class": (
        "get",
        {"objectType": "KalturaOther"},
        {"CRUD-UPDATE-006": "$.objectType"},
    ),
    "an update that goes back": ("get", {"updatedAt": NOW - 2}, {"CRUD-TIME-003": "$.updatedAt"}),
    "an update before birth": ("get", {"updatedAt": NOW - 9}, {"CRUD-TIME-003": "$.updatedAt"}),
    "an update answered as it was": ("update", {"name": "x"}, {"CRUD-UPDATE-003": "$.name"}),
    "a refused update done": (
        "get after a refused update",
        {"size": 11},
        {"CRUD-UPDATE-007": "$.size"},
    ),
    "another that was changed": (
        "get of another after an update",
        {"good": False},
        {"CRUD-OTHERS-001": "$.good"},
    ),
}


@pytest.mark.parametrize("name", DEPARTURES)
def test_departure_is_told_with_its_place(
    name: str, judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange]
) -> None:
    """One changed property breaks the requirements about it, and no other."""
    step, changed, expected = DEPARTURES[name]

    assert broken(judges[step], thing(**changed)) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"updatedAt": NOW + 60},
        {"updatedAt": NOW},
        {"updatedAt": None},
        {"createdAt": NOW, "updatedAt": NOW + 1, "status": 2},
    ],
)
def test_times_that_may_be_are_accepted(
    changed: dict[str, Any], judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange]
) -> None:
    """updatedAt may move on without an update, a class may have none, two nodes may differ."""
    assert broken(judges["get"], thing(**changed)) == {}


@pytest.mark.parametrize("seconds", [-120, 0, 120])
def test_clocks_of_two_machines_may_differ(seconds: int, thing: Callable[..., Exchange]) -> None:
    """The database's clock need not be the web server's to the second."""
    add = thing(createdAt=NOW + seconds)

    assert list(crud_times.created_at_is_when_it_was_added(add, add, skew_seconds=2)) == []


def test_slow_add_has_as_long_as_it_took(thing: Callable[..., Exchange]) -> None:
    """The answer is dated when it begins; the row may have been written minutes before."""
    add = structs.replace(thing(createdAt=NOW - 300), elapsed_ms=200_000.0)

    assert list(crud_times.created_at_is_when_it_was_added(add, add, skew_seconds=2)) == []


@pytest.mark.parametrize("date", [None, "yesterday", ""])
def test_without_a_clock_no_time_is_wrong(date: str | None, thing: Callable[..., Exchange]) -> None:
    """A server that does not say what time it has cannot be held to it."""
    odd = thing(createdAt=7, updatedAt=NOW * 2, date=date)

    assert list(crud_times.created_at_is_when_it_was_added(odd, odd, skew_seconds=2)) == []
    assert list(crud_times.updated_at_has_been(odd, skew_seconds=2)) == []


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_server_time_is_read_as_utc(zone: str, thing: Callable[..., Exchange]) -> None:
    """Whatever the zone of the machine on which the suite runs."""
    date = formatdate(NOW).replace("-0000", zone)

    assert crud_times.server_time(thing(date=date)) == NOW


@pytest.mark.parametrize("value", ["soon", [], 1e999])
def test_time_that_is_no_number_is_for_others_to_judge(
    value: Any, thing: Callable[..., Exchange]
) -> None:
    """Types are judged by the requirements about types."""
    get = thing(updatedAt=value)

    assert list(crud_times.updated_at_never_goes_back(thing(), get)) == []
    assert list(crud_times.updated_at_has_been(get, skew_seconds=2)) == []


def test_the_same_add_is_no_double(thing: Callable[..., Exchange]) -> None:
    """An exchange that stands in the list twice is one add."""
    add = thing()

    assert list(crud.ids_are_unique([add, add], "id")) == []


def test_double_id_shows_both_adds(thing: Callable[..., Exchange]) -> None:
    """The evidence is the pair; 5 and '5' are one id."""
    found = list(crud.ids_are_unique([thing(number=3), thing(number=9, id="5")], "id"))

    assert [breach.exchanges for breach in found] == [(3, 9)]


@pytest.mark.parametrize(
    "code",
    [
        "MAX_NUMBER_OF_ACCESS_CONTROLS_REACHED",
        "CATEGORIES_LOCKED",
        "LOGIN_USERS_QUOTA_EXCEEDED",
        "FEATURE_FORBIDDEN",
    ],
)
@pytest.mark.parametrize("step", ["add", "update", "delete", "refused", "double", "lacking"])
def test_account_that_is_full_or_busy_is_no_breach(
    step: str, code: str, judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """It says something about the account, not about the server."""
    assert broken(judges[step], refused(code)) == {}


@pytest.mark.parametrize(
    "code", ["PROPERTY_VALIDATION_MAX_LENGTH", "INTERNAL_DATABASE_ERROR", "SERVICE_FORBIDDEN"]
)
def test_refused_add_is_a_breach(
    code: str, judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """A limit of a property is none of the account."""
    assert broken(judges["add"], refused(code)) == {"CRUD-ADD-005": "$"}


def test_account_without_the_right_may_be_refused(refused: Refused) -> None:
    """Where the profile knows accounts that may not, and only for lack of the right."""
    forbidden = refused("SERVICE_FORBIDDEN")
    failed = refused("INVALID_OBJECT_ID")

    assert list(crud.add_is_accepted(forbidden, may_be_refused=True)) == []
    assert len(list(crud.add_is_accepted(failed, may_be_refused=True))) == 1


def test_refused_update_says_nothing_of_what_is_stored(
    thing: Callable[..., Exchange], refused: Refused, small_lineage: Lineage
) -> None:
    """What was not accepted need not be there."""
    update, get = refused("THING_NOT_FOUND"), thing()

    assert list(crud_update.update_is_stored(OTHER, update, get, KIND, small_lineage)) == []
    assert (
        list(crud_update.update_keeps_what_was_not_sent(OTHER, update, get, KIND, small_lineage))
        == []
    )


def test_object_that_could_not_be_read_before_is_not_lost(
    refused: Refused, thing: Callable[..., Exchange], small_lineage: Lineage
) -> None:
    """Without a look before, a look after shows nothing."""
    denied = refused("SERVICE_FORBIDDEN")
    others = crud_update.update_touches_no_other_object(
        denied, [], denied, NAMES, KIND, small_lineage
    )

    assert list(others) == []
    assert list(crud.get_changes_nothing(denied, thing(), NAMES, KIND, small_lineage)) == []
    assert list(crud_times.created_at_never_changes(denied, thing())) == []
    assert list(crud_update.update_keeps_the_identity(denied, thing(), ("id",))) == []
    assert list(crud_times.update_moves_updated_at(denied, thing(), thing())) == []
    assert list(crud_refusals.refused_update_changes_nothing({}, denied, KIND, small_lineage)) == []


def test_property_that_was_not_shown_before_is_not_compared(
    thing: Callable[..., Exchange], small_lineage: Lineage
) -> None:
    """Two reads are held against each other by what the first one showed."""
    first = thing(size=None)

    assert list(crud.get_changes_nothing(first, thing(), NAMES, KIND, small_lineage)) == []


@pytest.mark.parametrize(
    ("name", "kept"), [("n", True), ("N", False), ("n\n", False), (None, False)]
)
def test_text_is_kept_to_the_letter(
    *,
    name: str | None,
    kept: bool,
    judges: dict[str, dict[str, Judge]],
    thing: Callable[..., Exchange],
) -> None:
    """Another letter, or none, is another text."""
    judged = judges["get of a text"]

    assert broken(judged, thing(name=name)) == ({} if kept else dict.fromkeys(judged, "$.name"))


@pytest.mark.parametrize("name", [None, ""])
def test_cleared_text_is_empty_or_absent(
    name: str | None, judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange]
) -> None:
    """A server may answer the empty text or nothing."""
    assert broken(judges["get after clearing"], thing(name=name)) == {}


def test_text_that_stays_is_not_cleared(
    judges: dict[str, dict[str, Judge]],
    thing: Callable[..., Exchange],
    refused: Refused,
) -> None:
    """The old text is a breach, unless the update was refused."""
    judged, denied = judges["get after clearing"], refused("SERVICE_FORBIDDEN")

    assert broken(judged, thing()) == dict.fromkeys(judged, "$.name")
    assert list(crud_update.empty_text_clears(denied, thing(), "name")) == []
    assert list(crud_update.null_marker_clears(denied, thing(), "name")) == []


def test_refusal_that_names_the_property_is_accepted(
    judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """The code, and the class that was sent with the property."""
    exchange = refused(NOT_UPDATABLE, PROP_NAME="KalturaThing::id")

    assert broken(judges["refused"], exchange) == {}


@pytest.mark.parametrize(
    ("code", "named", "where"),
    [
        ("PROPERTY_VALIDATION_ADMIN_PROPERTY", "KalturaThing::id", "$.id"),
        (NOT_UPDATABLE, "KalturaThing::name", "$.args.PROP_NAME"),
        (NOT_UPDATABLE, "KalturaAbstractThing::id", "$.args.PROP_NAME"),
        (NOT_UPDATABLE, "id", "$.args.PROP_NAME"),
        (NOT_UPDATABLE, "", "$.args.PROP_NAME"),
    ],
)
def test_other_refusal_is_a_breach(
    code: str,
    named: str,
    where: str,
    judges: dict[str, dict[str, Judge]],
    refused: Refused,
) -> None:
    """Another code, another property, or the class without the name."""
    exchange = refused(code, PROP_NAME=named)

    assert broken(judges["refused"], exchange) == dict.fromkeys(judges["refused"], where)


def test_double_with_its_code_is_refused(
    judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """The code that the service has for doubles."""
    assert broken(judges["double"], refused("THING_EXISTS")) == {}


def test_double_that_is_taken_or_refused_for_another_reason_is_a_breach(
    judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange], refused: Refused
) -> None:
    """Whether another object came of it or the same, and whatever else the code says."""
    assert broken(judges["double"], thing(id=6)) == {"CRUD-ADD-007": "$"}
    assert broken(judges["double"], thing()) == {"CRUD-ADD-007": "$"}
    assert broken(judges["double"], refused("THING_NOT_FOUND")) == {"CRUD-ADD-007": "$.code"}


def test_without_a_first_there_is_no_double(
    thing: Callable[..., Exchange], refused: Refused
) -> None:
    """Where the first was refused, the second may be taken."""
    assert list(crud_refusals.double_is_refused(refused("NO"), thing(), ("THING_EXISTS",))) == []


@pytest.mark.parametrize("named", ["KalturaThing::name", "name"])
def test_lack_that_is_named_is_accepted(
    named: str, judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """With its class or without."""
    exchange = refused("PROPERTY_VALIDATION_CANNOT_BE_NULL", PROP_NAME=named)

    assert broken(judges["lacking"], exchange) == {}


@pytest.mark.parametrize(
    ("code", "named", "where"),
    [
        ("PROPERTY_VALIDATION_CANNOT_BE_NULL", "KalturaThing::id", "$.args.PROP_NAME"),
        ("PROPERTY_VALIDATION_CANNOT_BE_NULL", "", "$.args.PROP_NAME"),
        ("THING_NOT_FOUND", "KalturaThing::name", "$.code"),
    ],
)
def test_lack_that_is_told_otherwise_is_a_breach(
    code: str, named: str, where: str, judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """Another property, none, or another code."""
    exchange = refused(code, PROP_NAME=named)

    assert broken(judges["lacking"], exchange) == {"CRUD-ADD-008": where}


def test_object_that_lacks_what_is_required_is_not_taken(
    judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange]
) -> None:
    """Whatever the server made of it."""
    assert broken(judges["lacking"], thing()) == {"CRUD-ADD-008": "$"}


@pytest.mark.parametrize("value", [STORED, None])
def test_accepted_read_only_is_a_breach(
    value: Any, judges: dict[str, dict[str, Judge]], answered: Answered
) -> None:
    """Whatever is answered: it was not refused."""
    assert broken(judges["refused"], answered(value)) == dict.fromkeys(judges["refused"], "$.id")


@pytest.mark.parametrize(
    "code",
    [
        "THING_NOT_FOUND",
        "ENTRY_ID_NOT_FOUND",
        "INVALID_USER_ID",
        "INVALID_PLAYLIST_TYPE",
        "ENTRY_IS_NOT_ASSIGNED_TO_CATEGORY",
        "GROUP_USER_DOES_NOT_EXISTS",
    ],
)
def test_code_of_an_unknown_object_is_accepted(
    code: str, judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """The codes that are known, and those that look like one."""
    assert broken(judges["gone"], refused(code)) == {}


@pytest.mark.parametrize(
    "code",
    [
        "INTERNAL_SERVERL_ERROR",
        "SERVICE_FORBIDDEN",
        "INVALID_KS",
        "SERVICE_DOES_NOT_EXISTS",
        "ACTION_DOES_NOT_EXISTS",
        "MISSING_MANDATORY_PARAMETER",
    ],
)
def test_other_code_for_what_is_gone_is_a_breach(
    code: str, judges: dict[str, dict[str, Judge]], refused: Refused
) -> None:
    """A client that looks for the object's code does not find it."""
    assert broken(judges["gone"], refused(code)) == dict.fromkeys(judges["gone"], "$.code")


@pytest.mark.parametrize("value", [STORED, None, True])
def test_result_for_what_is_gone_is_a_breach(
    value: Any, judges: dict[str, dict[str, Judge]], answered: Answered
) -> None:
    """Also null: a second delete that succeeds is one."""
    assert broken(judges["gone"], answered(value)) == dict.fromkeys(judges["gone"], "$")


def test_null_may_be_how_a_service_says_gone(answered: Answered) -> None:
    """Where `null` stands among its codes, null is the answer, and an object is still none."""
    void, codes = answered(None), {"null"}

    assert list(crud_delete.deleted_object_is_not_found(void, void, codes)) == []
    assert len(list(crud_delete.deleted_object_is_not_found(void, answered(STORED), codes))) == 1


def test_object_that_was_not_deleted_may_be_there(
    refused: Refused, thing: Callable[..., Exchange]
) -> None:
    """A delete that was refused is judged by the oracle about that refusal."""
    delete = refused("SERVICE_FORBIDDEN")

    assert list(crud_delete.deleted_object_is_not_found(delete, thing(), CODES)) == []
    assert list(crud_delete.deleted_object_cannot_be_updated(delete, thing(), CODES)) == []
    assert list(crud_delete.second_delete_fails(delete, thing(), CODES)) == []


@pytest.mark.parametrize("updated", [None, NOW - 60, NOW + 2, NOW + 3600])
def test_updated_at_that_moved_or_is_not_there_is_accepted(
    updated: int | None, judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange]
) -> None:
    """That it must not go back is said by another requirement."""
    assert broken(judges["get after a rest and an update"], thing(updatedAt=updated)) == {}


def test_updated_at_that_stands_still_is_a_breach(
    judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange], refused: Refused
) -> None:
    """Unless there was no update."""
    still = thing(updatedAt=STORED["updatedAt"])

    assert broken(judges["get after a rest and an update"], still) == {
        "CRUD-TIME-005": "$.updatedAt"
    }
    assert list(crud_times.update_moves_updated_at(still, refused("NO"), still)) == []


def test_array_that_was_replaced_is_accepted(
    judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange]
) -> None:
    """Its elements may have been filled in."""
    filled = thing(parts=[{**PARTS[0], "id": 3, "size": 0}])

    assert broken(judges["get after another array"], filled) == {}


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ([{"name": "old"}, *PARTS], "$.parts"),
        ([], "$.parts"),
        (None, "$.parts"),
        ([{"name": "old"}], "$.parts[0].name"),
    ],
)
def test_array_that_was_added_to_or_left_is_a_breach(
    parts: Any, where: str, judges: dict[str, dict[str, Judge]], thing: Callable[..., Exchange]
) -> None:
    """The old elements, none, or the old array as it was."""
    assert broken(judges["get after another array"], thing(parts=parts)) == {
        "CRUD-ARRAY-001": where
    }


@pytest.mark.parametrize(
    ("parts", "where"), [(PARTS, None), ([], "$.parts"), ([{"name": "old"}], "$.parts[0].name")]
)
def test_array_is_kept_item_by_item(
    parts: Any, where: str | None, thing: Callable[..., Exchange], small_lineage: Lineage
) -> None:
    """All items with what was sent of each."""
    found = crud_values.array_is_kept({"parts": PARTS}, thing(parts=parts), KIND, small_lineage)

    assert [breach.where for breach in found] == ([where] if where else [])


SOUND_DOCUMENT = '<m><Word a="1" b="2">w</Word></m>'


@pytest.fixture
def write(thing: Callable[..., Exchange]) -> Exchange:
    """An update that was given a document."""
    exchange = thing()
    call = structs.replace(exchange.call, params={"id": 5, "xmlData": SOUND_DOCUMENT})
    return structs.replace(exchange, call=call)


@pytest.mark.parametrize(
    "xml",
    [SOUND_DOCUMENT, '<?xml version="1.0"?>\n<m>\n  <Word b="2" a="1">w</Word>\n</m>\n'],
)
def test_document_may_be_laid_out_anew(
    xml: str, write: Exchange, thing: Callable[..., Exchange]
) -> None:
    """A prolog, blanks between elements and the order of attributes tell nothing."""
    assert list(crud.document_is_kept(write, thing(xml=xml), "xmlData", "xml")) == []


@pytest.mark.parametrize(
    "xml", ["<m/>", '<m><Word a="1" b="2">W</Word></m>', '<m><Word a="1">w</Word></m>', "w", None]
)
def test_another_document_is_a_breach(
    xml: str | None, write: Exchange, thing: Callable[..., Exchange]
) -> None:
    """Without an element, with another text, without an attribute; no XML, or nothing at all."""
    found = list(crud.document_is_kept(write, thing(xml=xml), "xmlData", "xml"))

    assert [breach.where for breach in found] == ["$.xml"]


def test_document_that_was_refused_or_not_sent_is_not_asked_for(
    write: Exchange, thing: Callable[..., Exchange], refused: Refused
) -> None:
    """Nor is one looked for where get answers no object."""
    denied = structs.replace(refused("NO"), call=write.call)

    assert list(crud.document_is_kept(denied, thing(), "xmlData", "xml")) == []
    assert list(crud.document_is_kept(thing(), thing(), "xmlData", "xml")) == []
    assert list(crud.document_is_kept(write, refused("NO"), "xmlData", "xml")) == []


def test_array_of_a_refused_update_need_not_be_there(
    thing: Callable[..., Exchange], refused: Refused, small_lineage: Lineage
) -> None:
    """What was not accepted is not stored."""
    sent = {"parts": PARTS}

    assert (
        list(crud_values.array_is_replaced(sent, refused("NO"), thing(), KIND, small_lineage)) == []
    )


def test_equal_adds_may_be_refused_and_not_be_one(
    thing: Callable[..., Exchange], refused: Refused
) -> None:
    """Two ids are right, and so is a refusal; one id is a breach, as a number or as text."""
    for second in (thing(id=6), refused("DUPLICATE")):
        assert list(crud.equal_adds_make_two(thing(), second, "id")) == []
    for second in (thing(), thing(id="5")):
        assert [b.where for b in crud.equal_adds_make_two(thing(), second, "id")] == ["$.id"]


def test_a_name_of_ours_is_no_strangers(answered: Answered, refused: Refused) -> None:
    """Another object of the name is a breach; one of another name, or one too few, is none."""

    def judge(*objects: dict[str, Any]) -> list[str]:
        listed = answered({"objects": list(objects), "totalCount": len(objects)})
        return [breach.where for breach in crud.add_makes_one(listed, "a", {"5", "6"})]

    ours = ({"id": 5, "name": "a"}, {"id": "6", "name": "a"})
    assert judge(*ours) == judge(ours[0]) == judge(*ours, {"id": 7, "name": "b"}) == []
    assert judge(*ours, {"id": 7, "name": "a"}) == ["$.objects[2]"]
    assert list(crud.add_makes_one(refused("NO"), "a", set())) == []


@pytest.mark.parametrize(
    ("value", "means"),
    [(True, True), (1, True), ("1", True), (False, False), (0, False), ("", False), (None, False)],
)
def test_booleans_look_different_in_each_format(
    *, value: object, means: bool, thing: Callable[..., Exchange], refused: Refused
) -> None:
    """What means the other is a breach; what was refused is none."""
    read = thing(good=value)

    for expected in (True, False):
        found = list(crud_values.text_is_true_or_false(thing(), read, "good", expected=expected))
        assert bool(found) is (expected is not means)
        assert not list(
            crud_values.text_is_true_or_false(refused("X"), read, "good", expected=expected)
        )


@pytest.mark.parametrize(
    "objects",
    [[], [{"id": 5, "name": "mark"}], [{"id": 6, "name": "another"}], [{"id": 6}], None, ["mark"]],
)
def test_list_without_what_was_refused_is_accepted(
    objects: Any, judges: dict[str, dict[str, Judge]], answered: Answered
) -> None:
    """The first of two doubles may be there, and what others made."""
    listed = answered({"objects": objects, "totalCount": 1})

    assert broken(judges["list after a refused add"], listed) == {}


def test_list_with_what_was_refused_is_a_breach(
    judges: dict[str, dict[str, Judge]], answered: Answered, thing: Callable[..., Exchange]
) -> None:
    """Unless the add was taken: then it is right that it is there."""
    listed = answered({"objects": [{"id": 5, "name": "mark"}, {"id": 6, "name": "mark"}]})

    assert broken(judges["list after a refused add"], listed) == {"CRUD-ADD-009": "$.objects[1]"}
    assert list(crud_refusals.refused_add_stores_nothing(thing(), listed, "name", "mark", ())) == []


PLUGIN = """<xml apiVersion="1.0.0" generatedDate="1">
 <enums/>
 <classes>
  <class name="KalturaEntry" description="">
   <property name="name" type="string" readOnly="0" insertOnly="0" writeOnly="0"/></class>
  <class name="KalturaOutsideEntry" base="KalturaEntry" plugin="outside" description="">
   <property name="source" type="string" readOnly="0" insertOnly="0" writeOnly="0"/></class>
  <class name="KalturaOwnEntry" base="KalturaEntry" description="">
   <property name="source" type="string" readOnly="0" insertOnly="0" writeOnly="0"/></class>
 </classes>
 <services/><plugins><plugin name="outside"/></plugins><errors/><configurations/>
</xml>"""


@pytest.mark.parametrize(
    ("kind", "shown_as", "lost"),
    [
        ("KalturaOutsideEntry", "KalturaEntry", set()),
        ("KalturaOutsideEntry", "KalturaOutsideEntry", {"$.source"}),
        ("KalturaOutsideEntry", "KalturaOwnEntry", {"$.source"}),
        ("KalturaOwnEntry", "KalturaEntry", {"$.source"}),
    ],
)
def test_object_of_a_plugin_may_be_shown_as_its_ancestor(
    kind: str, shown_as: str, lost: set[str], answered: Answered
) -> None:
    """externalMedia.get answers a plain KalturaMediaEntry, which has no source (OBSERVED 27)."""
    lineage = Lineage(parse_schema(PLUGIN.encode(), "plugin.xml"))
    get = answered({"objectType": shown_as, "name": "n"})

    found = crud.get_answers_what_was_added({"name": "n", "source": "s"}, get, kind, lineage)

    assert {breach.where for breach in found} == lost
    found = crud.get_answers_what_was_added({"name": "m"}, get, kind, lineage)
    assert {breach.where for breach in found} == {"$.name"}
