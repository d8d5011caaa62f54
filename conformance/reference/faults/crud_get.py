"""Faults of get: which object it answers, and how that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults import alteration
from conformance.reference.faults.objects import (
    neighbours,
    room_of,
    without,
)
from conformance.reference.faults.registry import fault
from conformance.reference.lookup import find, key_values, not_found

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Document

SIXTEEN_BITS = 65_536


@fault("CRUD-GET-001")
def get_answers_another_object(behaviour: Behaviour) -> Behaviour:
    """uiConf.get answers the first user interface of the account, whichever is asked for."""

    def act(call: Call) -> Any:
        record = find(call, room_of(call))
        first = next(each for each in neighbours(call, record) if each.partner == record.partner)
        return call.behaviour.show(call, first, None)

    return alteration.instead(behaviour, "get", act, when=alteration.in_services("uiconf"))


@fault("CRUD-GET-001")
def get_finds_nothing_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One get in ten says that there is no such object."""
    now = alteration.one_in(10)

    def act(call: Call) -> Any:
        find(call, room_of(call))
        raise not_found(call, key_values(call, room_of(call)))

    return alteration.instead(behaviour, "get", act, when=now)


@fault("CRUD-GET-001")
def get_answers_null_in_one_service(behaviour: Behaviour) -> Behaviour:
    """conversionProfile.get answers null."""
    only = alteration.in_services("conversionprofile")
    return alteration.answer(behaviour, "get", lambda _call, _value: None, when=only)


@fault("CRUD-GET-002")
def get_loses_a_property_in_one_service(behaviour: Behaviour) -> Behaviour:
    """category.get answers no referenceId."""
    only = alteration.in_services("category")
    return alteration.answer(
        behaviour, "get", lambda _call, value: without(value, "referenceId"), when=only
    )


@fault("CRUD-GET-002")
def numbers_are_kept_in_sixteen_bits(behaviour: Behaviour) -> Behaviour:
    """get answers partnerSortValue without its upper bits."""

    def change(_call: Call, value: Any) -> Any:
        number = value.get("partnerSortValue")
        return value if number is None else {**value, "partnerSortValue": number % SIXTEEN_BITS}

    return alteration.answer(behaviour, "get", change)


@fault("CRUD-GET-003")
def reading_changes_the_object(behaviour: Behaviour) -> Behaviour:
    """Every second get lacks the tags."""
    asked = alteration.one_in(2)

    def change(_call: Call, value: Any) -> Any:
        return value if asked(value) else without(value, "tags")

    return alteration.answer(behaviour, "get", change)


@fault("CRUD-GET-002")
def booleans_are_inverted(behaviour: Behaviour) -> Behaviour:
    """What is true is shown as false, and the other way round."""

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        return {name: not v if isinstance(v, bool) else v for name, v in seen.items()}

    return alteration.shown(behaviour, change)


@fault("CRUD-GET-002")
def cue_points_start_at_nothing(behaviour: Behaviour) -> Behaviour:
    """Every cue point is kept at the start of its entry."""

    def change(_call: Call, document: Document) -> Document:
        return {**document, "startTime": 0} if "startTime" in document else document

    return alteration.kept(behaviour, change)
