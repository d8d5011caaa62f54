"""Faults of answers: they are not what the schema declares."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import msgspec

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.generated import value_of
from conformance.reference.lookup import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import Body
    from conformance.reference.request import Invocation
    from conformance.reference.world import World
    from conformance.schema.model import Action


def showing(behaviour: Behaviour, change: Callable[[dict[str, Any]], None]) -> Behaviour:
    """Change every object as it is shown."""

    def changed(_call: Call, value: dict[str, Any]) -> dict[str, Any]:
        change(value)
        return value

    return alteration.shown(behaviour, changed)


@fault("ACT-EXISTS-001")
def one_service_is_gone(behaviour: Behaviour) -> Behaviour:
    """The service `category`, which the schema names, does not exist."""
    sound = behaviour.resolve

    def resolve(world: World, invocation: Invocation) -> Action:
        if invocation.service.lower() == "category":
            raise ApiFault("SERVICE_DOES_NOT_EXISTS", "category")
        return sound(world, invocation)

    return replace(behaviour, resolve=resolve)


@fault("ACT-READ-001")
def filter_is_demanded(behaviour: Behaviour) -> Behaviour:
    """A list is refused without its optional filter."""

    def change(action: Action, decoded: dict[str, Any]) -> dict[str, Any]:
        if action.name == "list" and action.param("filter") and "filter" not in decoded:
            raise ApiFault("MISSING_MANDATORY_PARAMETER", "filter")
        return decoded

    return alteration.arguments(behaviour, change)


@fault("ACT-TYPE-001")
def time_is_in_words(behaviour: Behaviour) -> Behaviour:
    """createdAt is a text in words."""

    def change(value: dict[str, Any]) -> None:
        if "createdAt" in value:
            value["createdAt"] = "yesterday"

    return showing(behaviour, change)


@fault("ACT-CLASS-001")
def object_is_of_an_unrelated_class(behaviour: Behaviour) -> Behaviour:
    """Every object says that it is a pager."""
    return showing(behaviour, lambda value: value.update(objectType="KalturaFilterPager"))


@fault("ACT-ENUM-001")
def status_is_no_status(behaviour: Behaviour) -> Behaviour:
    """A status has a value that no enum knows."""

    def change(value: dict[str, Any]) -> None:
        if "status" in value:
            value["status"] = 99

    return showing(behaviour, change)


@fault("ACT-SECRET-001")
def password_is_shown(behaviour: Behaviour) -> Behaviour:
    """A user is shown with a password."""

    def change(value: dict[str, Any]) -> None:
        if value.get("objectType") == "KalturaUser":
            value["password"] = "opensesame"  # noqa: S105 - a fault's word

    return showing(behaviour, change)


@fault("ACT-NULL-001")
def absent_description_is_null(behaviour: Behaviour) -> Behaviour:
    """In JSON an object without a description has one that is null."""

    def change(_invocation: Invocation, _value: Any, made: Body) -> Body:
        if not made.content_type.startswith("application/json"):
            return made
        content = json.dumps(_with_nulls(json.loads(made.content))).encode()
        return msgspec.structs.replace(made, content=content)

    return alteration.body(behaviour, change)


def _with_nulls(value: Any) -> Any:
    """The value with a null description wherever a named object has none."""
    if isinstance(value, list):
        return [_with_nulls(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {name: _with_nulls(item) for name, item in value.items()}
    if "objectType" in changed and "name" in changed:
        changed.setdefault("description", None)
    return changed


@fault("ACT-NAME-001")
def time_is_spelt_otherwise(behaviour: Behaviour) -> Behaviour:
    """createdAt is spelt created_at."""

    def change(value: dict[str, Any]) -> None:
        if "createdAt" in value:
            value["created_at"] = value.pop("createdAt")

    return showing(behaviour, change)


@fault("ACT-TIME-001")
def time_is_in_milliseconds(behaviour: Behaviour) -> Behaviour:
    """createdAt is in milliseconds."""

    def change(value: dict[str, Any]) -> None:
        if isinstance(value.get("createdAt"), int):
            value["createdAt"] *= 1000

    return showing(behaviour, change)


@fault("ACT-RESULT-001")
def list_is_null_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One list in ten answers null."""
    return alteration.instead(behaviour, "list", lambda _call: None, when=alteration.one_in(10))


@fault("ACT-LIST-001")
def list_has_no_total(behaviour: Behaviour) -> Behaviour:
    """A list response has no totalCount."""

    def change(_call: Call, value: Any) -> Any:
        if isinstance(value, dict):
            value.pop("totalCount", None)
        return value

    return alteration.answer(behaviour, "list", change)


def of_actions(*actions: str) -> Callable[[Call], bool]:
    """Holds for calls of these additional actions, whatever their service."""
    return lambda call: call.action.name in actions


def changing(behaviour: Behaviour, name: str, change: Callable[[Any], Any]) -> Behaviour:
    """Change what every additional action of that name answers."""
    return alteration.answer(
        behaviour, "other", lambda _call, value: change(value), when=of_actions(name)
    )


@fault("ACT-CALL-001")
def additional_actions_know_no_feeds(behaviour: Behaviour) -> Behaviour:
    """getEntryCount misses the feed that get answers."""

    def miss(call: Call) -> Any:
        raise ApiFault("INVALID_FEED_ID", call.arguments.get("feedId"))

    return alteration.instead(behaviour, "other", miss, when=of_actions("getEntryCount"))


@fault("ACT-CLONE-001")
def clone_is_the_original(behaviour: Behaviour) -> Behaviour:
    """clone answers the object itself."""

    def itself(call: Call) -> Any:
        room = call.room
        return {} if room is None else call.behaviour.show(call, find(call, room), None)

    return alteration.instead(behaviour, "other", itself, when=of_actions("clone"))


@fault("ACT-CLONE-002")
def clone_has_no_tags(behaviour: Behaviour) -> Behaviour:
    """A clone has no tags."""
    return changing(behaviour, "clone", lambda value: {**value, "tags": ""})


@fault("ACT-CLONE-003")
def clone_is_not_kept(behaviour: Behaviour) -> Behaviour:
    """clone answers an object that is nowhere."""
    return changing(behaviour, "clone", lambda value: {**value, "id": "0_nowhere1"})


@fault("ACT-STATUS-001")
def status_is_not_updated(behaviour: Behaviour) -> Behaviour:
    """updateStatus takes a status and forgets it."""

    def nothing(call: Call) -> Any:
        return value_of(call.world, call.action.result)

    return alteration.instead(behaviour, "other", nothing, when=of_actions("updateStatus"))


@fault("ACT-IDS-001")
def last_id_is_passed_over(behaviour: Behaviour) -> Behaviour:
    """getByIds answers all objects but the last one."""
    return changing(behaviour, "getByIds", lambda value: value[:-1])


@fault("ACT-MODERATE-001")
def rejection_is_forgotten(behaviour: Behaviour) -> Behaviour:
    """reject answers null and rejects nothing."""
    return alteration.instead(behaviour, "other", lambda _call: None, when=of_actions("reject"))


@fault("ACT-REFERENCE-001")
def reference_leads_nowhere(behaviour: Behaviour) -> Behaviour:
    """listByReferenceId finds nothing."""
    return changing(
        behaviour, "listByReferenceId", lambda value: {**value, "objects": [], "totalCount": 0}
    )


@fault("ACT-FEED-001")
def feed_counts_backwards(behaviour: Behaviour) -> Behaviour:
    """A feed has minus one entries."""
    return changing(behaviour, "getEntryCount", lambda value: {**value, "actualEntryCount": -1})


@fault("ACT-FEED-002")
def conversion_is_not_known(behaviour: Behaviour) -> Behaviour:
    """requestConversion of a feed is refused."""

    def refuse(_call: Call) -> Any:
        raise ApiFault("ACTION_FORBIDDEN", "requestConversion")

    return alteration.instead(behaviour, "other", refuse, when=of_actions("requestConversion"))


@fault("ACT-DEFAULT-001")
def default_is_no_default(behaviour: Behaviour) -> Behaviour:
    """The default conversion profile says that it is none."""
    return changing(behaviour, "getDefault", lambda value: {**value, "isDefault": False})


@fault("ACT-ASSETS-001")
def assets_of_anybody_are_answered(behaviour: Behaviour) -> Behaviour:
    """getByEntryId answers an asset of another entry."""

    def another(call: Call) -> Any:
        kind = str(call.action.result.element)
        return [{"id": "0_another1", "entryId": "0_another2", "objectType": kind}]

    return alteration.instead(behaviour, "other", another, when=of_actions("getByEntryId"))


@fault("ACT-SYSTEM-001")
def ping_is_false_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One ping in ten is answered by false."""
    now = alteration.one_in(10)
    return _of_system(behaviour, "ping", lambda value: False if now(value) else value)


@fault("ACT-SYSTEM-002")
def server_time_is_in_milliseconds(behaviour: Behaviour) -> Behaviour:
    """The server tells its time in milliseconds."""
    return _of_system(behaviour, "getTime", lambda value: value * 1000)


@fault("ACT-SYSTEM-002")
def time_goes_back(behaviour: Behaviour) -> Behaviour:
    """Every time that the server tells is two minutes before the last one."""
    asked = count()
    return _of_system(behaviour, "getTime", lambda value: value + 240 - 120 * (next(asked) % 5))


@fault("ACT-SYSTEM-003")
def version_is_empty(behaviour: Behaviour) -> Behaviour:
    """The server does not tell its version."""
    return _of_system(behaviour, "getVersion", lambda _value: "")


def _of_system(behaviour: Behaviour, action: str, change: Callable[[Any], Any]) -> Behaviour:
    return alteration.answer(
        behaviour,
        "other",
        lambda _call, value: change(value),
        when=alteration.in_actions(f"system.{action}"),
    )
