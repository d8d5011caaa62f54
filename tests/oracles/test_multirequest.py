"""Each multirequest oracle accepts what a sound server answers and names what a broken one does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from msgspec import structs

from conformance.oracles import multirequest as oracle
from conformance.oracles.equivalence import View
from conformance.oracles.shape import Walk
from conformance.oracles.slots import echo_of, members, slot, slots
from conformance.schema.model import TypeRef
from conformance.wire.answer import Malformed
from conformance.wire.recording import exchange_from_recording, read_recordings
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered

    Judge = Callable[[Exchange], Iterable[Breach]]

THING = {"objectType": "KalturaThing", "id": 5, "name": "a"}
SESSION = {"objectType": "KalturaSessionInfo", "userId": "anna", "privileges": "sview:0_a"}


class Batched(Protocol):
    """Makes the exchange of a batch."""

    def __call__(self, value: Any, *, sent: int = 3, xml: bool = False) -> Exchange:
        """`value` is what the batch answered to `sent` members."""


@pytest.fixture(scope="session")
def batched(answered: Answered) -> Batched:
    """A maker of batches."""

    def make(value: Any, *, sent: int = 3, xml: bool = False) -> Exchange:
        numbered = {str(n): {"service": "thing", "action": "get", "id": n} for n in range(sent)}
        made = answered(value, xml=xml)
        return structs.replace(made, call=Call("multirequest", "", {"ks": "k", **numbered}))

    return make


def error(code: str = "THING_NOT_FOUND", **args: str) -> dict[str, Any]:
    """An error as it stands in a slot."""
    return {"code": code, "message": "m", "objectType": "KalturaAPIException", "args": args or []}


def test_slot_is_the_members_own_exchange(batched: Batched) -> None:
    """A slot has the call of its member, and its answer as a result or an error."""
    batch = batched([THING, error(ID="1"), None])

    assert len(members(batch)) == 3
    assert slot(batch, 2).call == Call("thing", "get", {"id": 1})
    assert slot(batch, 2).error is not None
    assert slot(batch, 3).result is not None
    assert isinstance(slot(batch, 4).answer, Malformed)
    assert isinstance(slot(batched({}), 1).answer, Malformed)


def test_empty_element_is_an_empty_list(batched: Batched) -> None:
    """XML cannot tell an empty list from nothing."""
    assert slots(batched("", xml=True)) == ()
    assert slots(batched(None)) is None


def test_every_member_has_its_slot(batched: Batched) -> None:
    """One item a member; a list of another length, or no list, is a breach."""
    judge = oracle.every_member_has_its_slot

    assert not list(judge(batched([None, None, error()])))
    assert list(judge(batched([None, None])))
    assert list(judge(batched(None)))
    assert list(judge(batched(error())))


ORDERED: list[Callable[[Exchange, list[str]], Iterable[Breach]]] = [
    oracle.slots_are_in_order,
    oracle.numbers_may_begin_with_0,
    oracle.long_batch_is_answered_whole,
]


@pytest.mark.parametrize("judge", ORDERED)
def test_order_is_told_by_the_refusals(
    judge: Callable[[Exchange, list[str]], Iterable[Breach]], batched: Batched
) -> None:
    """Each refusal names the service that its member asked for."""
    named = [error("SERVICE_DOES_NOT_EXISTS", SRV_NAME=name) for name in ("a", "b", "c")]

    assert not list(judge(batched(named), ["A", "b", "c"]))
    assert list(judge(batched([named[0], named[2], named[1]]), ["a", "b", "c"]))
    assert list(judge(batched(named[:2]), ["a", "b", "c"]))


def test_failing_member_stops_no_other(batched: Batched) -> None:
    """Errors where they belong, results everywhere else."""
    sound = batched([THING, error(), THING])
    stopped = batched([THING, error(), None])
    missing = batched([THING, error()])
    swallowed = batched([THING, None, THING])
    judge = oracle.failing_member_stops_no_other

    assert not list(judge(sound, failing=(2,), sound=(1, 3)))
    assert list(judge(missing, failing=(2,), sound=(1, 3)))
    assert list(judge(swallowed, failing=(2,), sound=(1, 3)))
    assert list(judge(stopped, failing=(2,), sound=(1, 3)))


SAME = [
    oracle.member_equals_the_call_alone,
    oracle.drawn_batch_equals_its_calls,
    oracle.batch_is_read_alike_in_every_encoding,
    oracle.batch_is_answered_alike_in_every_format,
    oracle.batch_is_found_at_every_endpoint,
    oracle.common_response_profile_is_no_members,
    oracle.members_response_profile_counts,
]


@pytest.mark.parametrize("judge", SAME)
def test_slot_equals_the_call_alone(
    judge: Callable[[Exchange, Exchange, View], Iterable[Breach]],
    batched: Batched,
    answered: Answered,
    small_schema: Schema,
    small_lineage: Lineage,
) -> None:
    """Equal values in whatever scalar form are the same; others, errors and absence are not."""
    view = View(TypeRef("object", name="KalturaThing"), small_schema, small_lineage)
    alone = answered({**THING, "id": "5"})

    assert not list(judge(alone, slot(batched([THING]), 1), view))
    assert list(judge(alone, slot(batched([{**THING, "name": "b"}]), 1), view))
    assert list(judge(alone, slot(batched([error()]), 1), view))
    assert list(judge(alone, slot(batched([]), 1), view))
    assert list(judge(answered(error(ID="1")), slot(batched([error(ID="2")]), 1), view))
    unreadable = structs.replace(alone, answer=Malformed("cut"))
    assert not list(judge(unreadable, slot(batched([error()]), 1), view))


def test_slot_is_of_its_actions_type(
    batched: Batched, small_schema: Schema, small_lineage: Lineage
) -> None:
    """A slot holds the declared class, or a whole error."""
    walk = Walk(small_schema, small_lineage)
    ref = TypeRef("object", name="KalturaThing")
    damaged = {key: value for key, value in error().items() if key != "args"}

    def judge(value: Any) -> list[Breach]:
        return list(oracle.slot_is_of_its_actions_type(slot(batched([value]), 1), ref, walk))

    assert not judge(THING)
    assert not judge(error())
    assert not judge(None)
    assert judge({**THING, "objectType": "KalturaOther"})
    assert judge([THING])
    assert judge(damaged)


ECHOES: list[Callable[[Exchange, int, str], Iterable[Breach]]] = [
    oracle.reference_is_the_value,
    oracle.reference_reaches_into_arrays,
    oracle.text_around_a_reference_stays,
    oracle.reference_counts_positions,
    oracle.reference_collects_a_list,
    oracle.reference_names_its_member,
]


@pytest.mark.parametrize("judge", ECHOES)
def test_reference_is_known_by_its_echo(
    judge: Callable[[Exchange, int, str], Iterable[Breach]], batched: Batched
) -> None:
    """The id that a member did not find, or the object that it found, tells what it was sent."""
    assert not list(judge(batched([THING, error(ID="5")]), 2, "5"))
    assert not list(judge(batched([THING, THING]), 2, "5"))
    for wrong in (error(ID=""), error(ID="{1:result:id}"), error("SERVICE_FORBIDDEN"), None):
        assert list(judge(batched([THING, wrong]), 2, "5"))


def test_nested_reference_is_known_by_what_it_finds(batched: Batched) -> None:
    """The list holds the one object that the filter names; nothing, others or an error is wrong."""
    judge = oracle.nested_reference_is_the_value

    def listed(*ids: int) -> dict[str, Any]:
        return {"totalCount": len(ids), "objects": [{"id": each} for each in ids]}

    assert not list(judge(batched([THING, listed(5)]), 2, "5"))
    for wrong in (listed(), listed(6), listed(5, 6), error(ID="5"), None):
        assert list(judge(batched([THING, wrong]), 2, "5"))


def test_collected_list_may_end_with_a_comma(batched: Batched) -> None:
    """Each joined value has a comma behind it."""
    batch = batched([THING, error(ID="5,6,")])

    assert not list(oracle.reference_collects_a_list(batch, 2, "5,6"))


@pytest.mark.parametrize(
    "judge",
    [oracle.reference_to_an_error_is_no_stop, oracle.reference_to_a_later_result_is_nothing],
)
def test_reference_to_nothing(
    judge: Callable[[Exchange, int], Iterable[Breach]], batched: Batched
) -> None:
    """Nothing, or the reference itself, stands where there is no value; a value is a breach."""
    for said in ("", "{2:result:id}"):
        assert not list(judge(batched([error(ID=said)]), 1))
    assert list(judge(batched([error(ID="5")]), 1))
    assert list(judge(batched([THING]), 1))
    assert list(judge(batched([]), 1))


COUNTED = [oracle.gap_ends_the_batch, oracle.nameless_member_ends_the_batch]


@pytest.mark.parametrize("judge", COUNTED)
def test_batch_ends(judge: Callable[[Exchange, int], Iterable[Breach]], batched: Batched) -> None:
    """Neither more items nor fewer."""
    assert not list(judge(batched([None]), 1))
    assert list(judge(batched([None, None]), 1))
    assert list(judge(batched([]), 1))
    assert list(judge(batched(error()), 1))


@pytest.mark.parametrize(
    ("judge", "mark"),
    [
        (oracle.members_inherit_the_session, "sview:0_a"),
        (oracle.members_own_session_wins, "sview:0_a"),
        (oracle.reference_may_be_a_session, "anna"),
    ],
)
def test_session_of_a_member(
    judge: Callable[[Exchange, int, str], Iterable[Breach]], mark: str, batched: Batched
) -> None:
    """The session that a member had is the one with the mark."""
    assert not list(judge(batched([None, SESSION]), 2, mark))
    assert list(judge(batched([None, {**SESSION, "userId": "b", "privileges": ""}]), 2, mark))
    assert list(judge(batched([None, error("SERVICE_FORBIDDEN")]), 2, mark))


REFUSED: list[tuple[Judge, dict[str, Any]]] = [
    (oracle.bad_session_is_refused_in_every_slot, error("INVALID_KS", KSID="x")),
    (
        lambda e: oracle.bad_session_is_refused_in_every_slot(e, "EXPIRED"),
        error("INVALID_KS", KSID="EXPIRED"),
    ),
    (oracle.batch_without_a_session_gives_nothing, error("SERVICE_FORBIDDEN")),
    (oracle.members_inherit_the_account, error("SERVICE_FORBIDDEN_CONTENT_BLOCKED")),
    (
        oracle.batch_in_a_batch_is_refused,
        error("SERVICE_DOES_NOT_EXISTS", SRV_NAME="multirequest"),
    ),
]


@pytest.mark.parametrize(("judge", "right"), REFUSED)
def test_refusal_in_a_slot(judge: Judge, right: dict[str, Any], batched: Batched) -> None:
    """The refusal is right, and a result in its place is not."""
    assert not list(judge(slot(batched([right]), 1)))
    assert list(judge(slot(batched([{"objects": []}]), 1)))


def test_void_member_is_null(batched: Batched) -> None:
    """Null, or in XML the empty element; nothing else, and not absent."""
    judge = oracle.void_member_is_null

    assert not list(judge(slot(batched([None]), 1)))
    assert not list(judge(slot(batched("<item/><item>1</item>", xml=True), 1)))
    assert list(judge(slot(batched([True]), 1)))
    assert list(judge(slot(batched([]), 1)))


def test_empty_batch_is_an_empty_list(batched: Batched) -> None:
    """An empty list, and neither null nor an error."""
    judge = oracle.empty_batch_is_an_empty_list

    assert not list(judge(batched([])))
    assert list(judge(batched(None)))
    assert list(judge(batched(error("SERVICE_NOT_SPECIFIED"))))


def test_members_run_one_after_the_other(batched: Batched) -> None:
    """The get before the update has the old name, the one after it the new."""
    old, new = THING, {**THING, "name": "b"}
    judge = oracle.members_run_one_after_the_other

    assert not list(judge(batched([old, new, new]), before="a", after="b"))
    assert not list(judge(batched([old, error("SERVICE_FORBIDDEN"), old]), before="a", after="b"))
    assert list(judge(batched([old, new, old]), before="a", after="b"))
    assert list(judge(batched([new, new, new]), before="a", after="b"))
    assert list(judge(batched([old, new, error()]), before="a", after="b"))


def lived(batched: Batched, *answers: Any) -> Exchange:
    """A batch that adds a thing, gets it, updates it, gets and deletes it."""
    actions = ("add", "get", "update", "get", "delete")
    made = batched(list(answers), sent=len(actions))
    told = {
        str(number): {"service": "thing", "action": name} for number, name in enumerate(actions, 1)
    }
    return structs.replace(made, call=Call("multirequest", "", told))


def test_batch_holds_a_life(batched: Batched) -> None:
    """The object is got, also as it was updated; a refused member is no breach."""
    judge = partial(oracle.batch_holds_a_life, identity="id", text="name", mark="m")
    new = {**THING, "name": "m of 5"}

    assert not list(judge(lived(batched, THING, THING, new, new, None)))
    assert not list(judge(lived(batched, THING, THING, error("SERVICE_FORBIDDEN"), THING, None)))
    assert not list(judge(lived(batched, error("SERVICE_FORBIDDEN"), *[error()] * 4)))
    assert not list(judge(lived(batched, THING, THING, new, THING, None), text=None)), (
        "nothing was written"
    )
    for broken in (
        (THING, error(), new, new, None),
        (THING, {**THING, "id": 6}, new, new, None),
        (THING, None, new, new, None),
        (THING, THING, error(), THING, None),
        (THING, THING, new, THING, None),
        (THING, THING, new, {**THING, "name": "m of {1:result:id}"}, None),
        (THING, THING, new, new, error()),
        (THING, THING, new, new),
    ):
        assert list(judge(lived(batched, *broken))), broken


def test_a_members_session_is_not_left_to_the_next(batched: Batched) -> None:
    """What was granted is not refused after a member with a KS of its own; a lock may come."""
    judge = partial(oracle.batch_holds_a_life, identity="id", text=None, mark="m")
    actions = ("add", "update", "get", "update", "delete")
    told = {str(i): {"service": "thing", "action": name} for i, name in enumerate(actions, 1)}
    told["3"]["ks"] = "somebody's"

    def batch(*found: Any) -> Exchange:
        return structs.replace(batched([THING, *found]), call=Call("multirequest", "", told))

    assert not list(judge(batch(THING, error("SERVICE_FORBIDDEN"), THING, None)))
    assert not list(judge(batch(THING, THING, error("CATEGORIES_LOCKED"), None)))
    assert not list(
        judge(batch(error("SERVICE_FORBIDDEN"), THING, error("SERVICE_FORBIDDEN"), None))
    )
    assert list(judge(batch(THING, THING, error("SERVICE_FORBIDDEN"), None)))
    for code in ("INVALID_KS", "INTERNAL_SERVERL_ERROR"):
        assert list(judge(batch(THING, THING, error(code), None))), code


def test_file_reaches_its_member(batched: Batched) -> None:
    """The token tells the size of what arrived, as a number or as text."""
    judge = oracle.file_reaches_its_member

    for size in (31, "31", 31.0):
        assert not list(judge(batched([{"uploadedFileSize": size}]), 1, 31))
    assert list(judge(batched([{"uploadedFileSize": 0}]), 1, 31))
    assert list(judge(batched([{}]), 1, 31))
    assert list(judge(batched([error("MISSING_MANDATORY_PARAMETER")]), 1, 31))


def recorded(folder: Path) -> dict[str, Exchange]:
    """The recorded batches by name."""
    return {
        recording["name"]: exchange_from_recording(recording)
        for recording in read_recordings(folder / "exchanges-22.19.0.jsonl")
        if recording["name"].startswith("multi.") and not recording["response"].get("truncated")
    }


def test_real_batches_have_a_slot_for_each_member(data_folder: Path) -> None:
    """A real server answered every whole batch in full, in every encoding and format."""
    broken_off = {
        "multi.missing action member",
        "multi.start at 2",
        "multi.tmp ks",
        "multi.json array body",
    }
    seen = recorded(data_folder)

    assert len(seen) > 30
    assert [
        name
        for name, batch in seen.items()
        if name not in broken_off and list(oracle.every_member_has_its_slot(batch))
    ] == []


def test_real_batches_follow_the_rules(data_folder: Path) -> None:
    """What a real server answered to each trick is what the oracles expect."""
    seen = recorded(data_folder)
    found = [
        *oracle.empty_batch_is_an_empty_list(seen["multi.empty"]),
        *oracle.gap_ends_the_batch(seen["multi.start at 2"], 0),
        *oracle.nameless_member_ends_the_batch(seen["multi.missing action member"], 1),
        *oracle.batch_in_a_batch_is_refused(slot(seen["multi.nested multirequest"], 1)),
        *oracle.void_member_is_null(slot(seen["multi.void member"], 2)),
        *oracle.reference_to_a_later_result_is_nothing(seen["multi.token forward"], 1),
        *oracle.reference_to_a_later_result_is_nothing(seen["multi.token out of range"], 2),
        *oracle.batch_without_a_session_gives_nothing(slot(seen["multi.no ks"], 2)),
    ]
    for name in ("multi.one failing f1", "multi.one failing f2", "multi.one failing f3"):
        found += oracle.failing_member_stops_no_other(seen[name], failing=(2,), sound=(1, 3))
    for position in (1, 2):
        batch = seen["multi.garbage ks"]
        found += oracle.bad_session_is_refused_in_every_slot(slot(batch, position))

    assert found == []


def test_real_references_are_echoed(data_folder: Path) -> None:
    """A real server filled the ids of earlier results in."""
    seen = recorded(data_folder)
    for name in ("multi.token id f2", "multi.token nested objects:0:id"):
        batch = seen[name]
        first = slot(batch, 1).result
        assert first is not None
        held = first.value.get("objects", [first.value])[0]
        assert echo_of(slot(batch, 2)) == held["id"], name
