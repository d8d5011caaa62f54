"""Faults of what lists show: which objects, how fresh, and in which shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.listing import filter_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Record

    Changed = Callable[[dict[str, Any]], dict[str, Any]]

_MEMBER = "objects"


@fault("LIST-SHAPE-001")
def list_is_a_bare_array(behaviour: Behaviour) -> Behaviour:
    """Lists answer the array alone."""
    return alteration.answer(behaviour, "list", lambda _call, value: value[_MEMBER])


@fault("LIST-SHAPE-002")
def list_demands_a_filter(behaviour: Behaviour) -> Behaviour:
    """A list without a filter is refused, though the filter is optional."""

    def act(call: Call) -> Any:
        if _demanded(call) or not all(param.optional for param in call.action.params):
            return behaviour.list(call)
        if not any(isinstance(value, dict) for value in call.arguments.values()):
            raise ApiFault("MISSING_MANDATORY_PARAMETER", "filter")
        return behaviour.list(call)

    return alteration.instead(behaviour, "list", act)


@fault("LIST-MANDATORY-001")
def mandatory_filter_is_forgotten(behaviour: Behaviour) -> Behaviour:
    """A list that demands a filter answers an empty list without it."""

    def act(call: Call) -> Any:
        try:
            return behaviour.list(call)
        except ApiFault:
            return {"totalCount": 0, _MEMBER: [], "objectType": call.action.result.name}

    return alteration.instead(behaviour, "list", act)


@fault("LIST-FRESH-001")
def newest_object_is_not_listed(behaviour: Behaviour) -> Behaviour:
    """Lists lack the newest object of the account."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        newest = max((r.number for r in call.world.storage.all(_family(call))), default=0)
        return [r for r in behaviour.select(call, records) if r.number != newest]

    return replace(behaviour, select=select)


@fault("LIST-FRESH-002")
def deleted_objects_stay_listed(behaviour: Behaviour) -> Behaviour:
    """Lists go on showing what was deleted."""
    shown: dict[str, dict[str, Any]] = {}

    def change(call: Call, value: Any) -> Any:
        asked = str(filter_of(call).get("idIn") or "").split(",")
        there = {f"{call.action.service}/{each.get('id')}": each for each in value[_MEMBER]}
        shown.update(there)
        gone = [f"{call.action.service}/{one}" for one in asked if one]
        kept = [shown[key] for key in gone if key in shown and key not in there]
        total = value["totalCount"] + len(kept)
        return {**value, _MEMBER: [*value[_MEMBER], *kept], "totalCount": total}

    return alteration.answer(behaviour, "list", change)


@fault("LIST-FRESH-003")
def lists_show_what_was_added(behaviour: Behaviour) -> Behaviour:
    """Lists show an object as it was when a list first showed it."""
    first: dict[str, dict[str, Any]] = {}

    def change(call: Call, value: Any) -> Any:
        objects = [
            first.setdefault(f"{call.action.service}/{each['id']}", each) if "id" in each else each
            for each in value[_MEMBER]
        ]
        return {**value, _MEMBER: objects}

    return alteration.answer(behaviour, "list", change)


@fault("LIST-SAME-001")
def lists_shorten_names(behaviour: Behaviour) -> Behaviour:
    """Lists show the first ten letters of a name."""
    return _objects(
        behaviour, lambda each: {**each, "name": each["name"][:10]} if each.get("name") else each
    )


@fault("LIST-SAME-001")
def playlists_are_listed_without_their_description(behaviour: Behaviour) -> Behaviour:
    """playlist.list leaves the description out."""
    return _objects(
        behaviour,
        lambda each: {name: value for name, value in each.items() if name != "description"},
        when=alteration.in_services("playlist"),
    )


@fault("LIST-COUNT-001")
def count_is_one_too_many(behaviour: Behaviour) -> Behaviour:
    """count answers one object more than there is."""
    return alteration.answer(
        behaviour,
        "other",
        lambda call, value: value + 1 if call.action.name == "count" else value,
    )


@fault("LIST-TYPE-001")
def derived_lists_hold_every_type(behaviour: Behaviour) -> Behaviour:
    """The lists of services for one kind of entry hold all kinds."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        chosen = behaviour.select(call, records)
        asked = str(filter_of(call).get("idIn") or "").split(",")
        family = call.world.storage.all(_family(call))
        return chosen + [r for r in family if r.key in asked and r not in chosen]

    return replace(behaviour, select=select)


@fault("LIST-DEFAULT-001")
def fresh_entries_are_listed(behaviour: Behaviour) -> Behaviour:
    """Lists show entries that are not ready without being asked."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        asked = str(filter_of(call).get("idIn") or "").split(",")
        if filter_of(call).get("statusIn"):
            return behaviour.select(call, records)
        return [record for record in records if record.key in asked or asked == [""]]

    return replace(behaviour, select=select)


@fault("LIST-PROFILE-001")
def lists_ignore_response_profiles(behaviour: Behaviour) -> Behaviour:
    """A list shows whole objects, whatever the response profile says."""

    def profile(call: Call, value: Any) -> Any:
        return value if call.action.name == "list" else behaviour.profile(call, value)

    return replace(behaviour, profile=profile)


def _objects(
    behaviour: Behaviour, change: Changed, *, when: alteration.When = alteration.always
) -> Behaviour:
    """Change every object that a list shows."""
    return alteration.answer(
        behaviour,
        "list",
        lambda _call, value: {**value, _MEMBER: [change(each) for each in value[_MEMBER]]},
        when=when,
    )


def _demanded(call: Call) -> bool:
    return call.action.service in call.world.rules.mandatory_filter


def _family(call: Call) -> str:
    return call.room.family if call.room is not None else ""
