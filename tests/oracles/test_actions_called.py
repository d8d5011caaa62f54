"""Each oracle of additional actions accepts what is due and names what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.oracles import actions_called as oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

    Judge = Callable[[Exchange], Iterable[Breach]]

COUNTS = {"totalEntryCount": 0, "actualEntryCount": "2", "requireTranscodingCount": 0}


def places(breaches: Iterable[Breach]) -> list[str]:
    """Where each breach is."""
    return [breach.where for breach in breaches]


def test_existing_object_is_not_missed(answered: Answered, refused: Refused) -> None:
    """Only a not-found error that names an own object is a breach."""
    own = ["0_own"]
    missed = refused("ENTRY_ID_NOT_FOUND", ENTRY_ID="0_own")
    of_another = refused("ENTRY_ID_NOT_FOUND", ENTRY_ID="0_other")
    other_error = refused("ACTION_FORBIDDEN", ID="0_own")

    assert places(oracle.existing_object_is_found(missed, own)) == ["$"]
    for exchange in (of_another, other_error, answered(None)):
        assert places(oracle.existing_object_is_found(exchange, own)) == []


@pytest.mark.parametrize(
    ("value", "where"), [({"id": 6}, []), ({"id": 5}, ["$.id"]), ({}, ["$.id"]), (None, ["$"])]
)
def test_clone_has_its_own_id(answered: Answered, value: Any, where: list[str]) -> None:
    """The original's id, no id and no object are breaches."""
    assert places(oracle.clone_is_another_object(answered(value), "5")) == where


def test_clone_resembles_its_original(answered: Answered, small_lineage: Lineage) -> None:
    """Another name or class is a breach."""
    same = answered({"id": 6, "name": "a", "objectType": "KalturaThing"})
    renamed = answered({"id": 6, "name": "b", "objectType": "KalturaThing"})
    other = answered({"id": 6, "name": "a", "objectType": "KalturaOther"})

    def judge(clone: Exchange) -> list[str]:
        expected = {"name": "a"}
        return places(
            oracle.clone_is_like_its_original(clone, expected, "KalturaThing", small_lineage)
        )

    assert [judge(each) for each in (same, renamed, other)] == [[], ["$.name"], ["$.objectType"]]


def test_clone_is_kept(answered: Answered, refused: Refused) -> None:
    """A clone that get does not find, or under another id, is a breach."""
    clone = answered({"id": 6})

    assert places(oracle.clone_stays(clone, answered({"id": "6"}))) == []
    assert places(oracle.clone_stays(clone, answered({"id": 7}))) == ["$.id"]
    assert places(oracle.clone_stays(clone, refused("THING_NOT_FOUND"))) == ["$"]


def test_new_status_is_read_back(answered: Answered, refused: Refused) -> None:
    """Judged only where updateStatus took it."""
    old, new = answered({"status": 2}), answered({"status": "1"})

    assert places(oracle.new_status_is_stored(answered(None), new, 1)) == []
    assert places(oracle.new_status_is_stored(answered(None), old, 1)) == ["$.status"]
    assert places(oracle.new_status_is_stored(refused("SERVICE_FORBIDDEN"), old, 1)) == []


@pytest.mark.parametrize(
    ("ids", "breaches"),
    [(["a", "b"], 0), (["b", "a"], 0), (["a"], 1), (["a", "b", "c"], 1), (["a", "b", "b"], 1)],
)
def test_asked_ids_come_back_once(answered: Answered, ids: list[str], breaches: int) -> None:
    """A missing, a deleted and a doubled object are breaches; the order is free."""
    value = [{"id": each} for each in ids]

    found = list(oracle.asked_ids_are_answered(answered(value), ["a", "b"], ["c"]))

    assert len(found) == breaches


def test_no_ids_are_an_empty_answer(answered: Answered, refused: Refused) -> None:
    """Empty XML is an empty list; an error is a breach."""
    empty = answered("", xml=True)

    assert places(oracle.asked_ids_are_answered(empty, [], ["c"])) == []
    assert places(oracle.asked_ids_are_answered(refused("THING_NOT_FOUND"), [], ["c"])) == ["$"]


def test_moderation_is_read_back(answered: Answered, refused: Refused) -> None:
    """A refused approval is a breach, an internal error is judged elsewhere."""
    approved, pending = answered({"moderationStatus": 2}), answered({"moderationStatus": 6})
    broken = refused("INTERNAL_SERVERL_ERROR")

    def judge(act: Exchange, get: Exchange) -> list[str]:
        return places(oracle.moderation_is_stored(act, get, oracle.APPROVED))

    assert judge(answered(None), approved) == []
    assert judge(answered(None), pending) == ["$.moderationStatus"]
    assert judge(refused("ACTION_FORBIDDEN"), pending) == ["$"]
    assert judge(broken, pending) == []


def test_reference_finds_its_entry_only(answered: Answered) -> None:
    """The entry must be there, and none of another reference."""
    own = {"id": "0_own", "referenceId": "r"}
    stray = {"id": "0_other", "referenceId": "s"}

    def judge(*objects: dict[str, str]) -> list[str]:
        listed = answered({"objects": list(objects), "totalCount": len(objects)})
        return places(oracle.reference_leads_to_its_entry(listed, "0_own", "r"))

    assert judge(own) == []
    assert judge() == ["$.objects"]
    assert judge(own, stray) == ["$.objects[1].referenceId"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({}, []),
        ({"actualEntryCount": -1}, ["$.actualEntryCount"]),
        ({"totalEntryCount": None}, ["$.totalEntryCount"]),
    ],
)
def test_feed_has_its_counts(answered: Answered, change: dict[str, Any], where: list[str]) -> None:
    """Negative and absent counts are breaches."""
    assert places(oracle.feed_counts_its_entries(answered({**COUNTS, **change}))) == where


def test_requested_conversion_is_a_text(answered: Answered, refused: Refused) -> None:
    """An object and an error are breaches."""
    judge = oracle.conversion_is_requested_quietly

    assert [places(judge(answered(value))) for value in ("", None, {"a": 1})] == [[], [], ["$"]]
    assert places(judge(refused("ACTION_FORBIDDEN"))) == ["$"]


def test_default_profile_says_so(answered: Answered) -> None:
    """A profile that says nothing of it is none the worse."""
    judge = oracle.default_profile_is_the_default

    assert places(judge(answered({"isDefault": True}))) == []
    assert places(judge(answered({}))) == []
    assert places(judge(answered({"isDefault": False}))) == ["$.isDefault"]


def test_fresh_entry_is_without_assets(answered: Answered, refused: Refused) -> None:
    """Any asset, and an error, are breaches."""
    judge = oracle.fresh_entry_has_no_assets

    assert places(judge(answered([]))) == []
    assert places(judge(answered("", xml=True))) == []
    assert places(judge(answered([{"id": "0_a"}]))) == ["$"]
    assert places(judge(refused("ENTRY_ID_NOT_FOUND"))) == ["$"]
