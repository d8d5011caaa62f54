"""Which codes refusals have, and when passing troubles are reported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.request import Invocation
    from conformance.reference.world import World
    from conformance.schema.model import Action

_RECURRENCE = "2"
_GENERIC = "INVALID_OBJECT_ID"
_CODES_OF_PLUGINS = frozenset(
    {"METADATA_NOT_FOUND", "METADATA_PROFILE_NOT_FOUND", "INVALID_CUE_POINT_ID"}
)
_CALLS_UNTIL_LOCKED = 7
_CALLS_UNTIL_BLOCKED = 60
_LIMITED = frozenset(
    {"baseentry.list", "media.list", "user.list", "session.start", "category.list"}
)


@variation("CONTRACT ERR-30")
def unknown_ids_have_the_generic_code(behaviour: Behaviour) -> Behaviour:
    """Services of plugins answer INVALID_OBJECT_ID for every unknown id."""

    def describe(world: World, fault: ApiFault) -> dict[str, Any]:
        if fault.code not in _CODES_OF_PLUGINS:
            return behaviour.describe_fault(world, fault)
        return behaviour.describe_fault(world, ApiFault(_GENERIC, *fault.values[:1]))

    return replace(behaviour, describe_fault=describe)


@variation("CONTRACT ERR-30, WIRE-49: a newer server has codes that its schema lacks")
def unknown_ids_have_newer_codes(behaviour: Behaviour) -> Behaviour:
    """Services of plugins refuse unknown ids by codes that the schema does not know."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        identity = next(iter(error["args"].values()), "") if error["args"] else ""
        return {
            **error,
            "code": "FOO_PLUGIN_OBJECT_NOT_FOUND",
            "message": f"The object [{identity}] was not found by foo",
            "args": {"OBJECT": identity, "PLUGIN": "foo"},
        }

    for code in ("CAPTION_ASSET_ID_NOT_FOUND", "ATTACHMENT_ASSET_ID_NOT_FOUND"):
        behaviour = alteration.error(behaviour, change, code=code)
    return behaviour


@variation("CONTRACT ERR-34")
def ambiguous_codes_have_their_other_template(behaviour: Behaviour) -> Behaviour:
    """Codes with two templates use the one that the schema does not show."""

    def bracketed(error: dict[str, Any]) -> dict[str, Any]:
        given = error["args"]
        text = f"Invalid KS [{given['KSID']}]. Error [{given['ERR_CODE']},{given['ERR_DESC']}]"
        return {**error, "message": text}

    def told(error: dict[str, Any]) -> dict[str, Any]:
        return {**error, "message": "Unknown user id [N/A]", "args": {"USER_ID": "N/A"}}

    behaviour = alteration.error(behaviour, bracketed, code="INVALID_KS")
    return alteration.error(behaviour, told, code="INVALID_USER_ID")


@variation("CONTRACT ERR-21, TRAP-09")
def missing_action_is_an_unknown_one(behaviour: Behaviour) -> Behaviour:
    """A call without an action is told that its action, of an empty name, does not exist."""

    def resolve(world: World, invocation: Invocation) -> Action:
        try:
            return behaviour.resolve(world, invocation)
        except ApiFault as fault:
            if fault.code == "ACTION_NOT_SPECIFIED":
                service = invocation.service.lower()
                raise ApiFault("ACTION_DOES_NOT_EXISTS", "", service) from fault
            raise

    return replace(behaviour, resolve=resolve)


@variation("CONTRACT TRAP-15")
def categories_are_locked_now_and_then(behaviour: Behaviour) -> Behaviour:
    """Now and then another change holds the category tree: the call has to come again."""
    asked = iter(range(1, 2**62))

    def authorise(call: Call) -> None:
        behaviour.authorise(call)
        writes = call.action.name in {"add", "update", "delete"}
        is_locked = call.action.service == "category" and writes
        if is_locked and next(asked) % _CALLS_UNTIL_LOCKED == 0:
            raise ApiFault("CATEGORIES_LOCKED")

    return replace(behaviour, authorise=authorise)


@variation("CONTRACT TRAP-15")
def adds_wait_for_a_lock_now_and_then(behaviour: Behaviour) -> Behaviour:
    """Now and then an add does not get its lock in time."""
    asked = iter(range(1, 2**62))

    def authorise(call: Call) -> None:
        behaviour.authorise(call)
        if call.action.name == "add" and next(asked) % _CALLS_UNTIL_BLOCKED == 0:
            raise ApiFault("LOCK_TIMED_OUT")

    return replace(behaviour, authorise=authorise)


@variation("CONTRACT TRAP-17, ERR-20 stage S4")
def some_actions_are_limited_in_rate(behaviour: Behaviour) -> Behaviour:
    """A few actions answer ACTION_BLOCKED now and then."""
    asked = iter(range(1, 2**62))

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        if action.id in _LIMITED and next(asked) % _CALLS_UNTIL_BLOCKED == 0:
            raise ApiFault("ACTION_BLOCKED", action.name, action.service)
        return behaviour.decode_arguments(world, action, invocation)

    return replace(behaviour, decode_arguments=decode)


@variation("CONTRACT section 3.2: an action may refuse a constant; schedule events do in 22.19.0")
def one_constant_is_refused_by_its_action(behaviour: Behaviour) -> Behaviour:
    """A schedule event cannot be one part of a series by itself, though its enum has the value."""

    def check(call: Call) -> None:
        for value in call.arguments.values():
            if isinstance(value, dict) and str(value.get("recurrenceType")) == _RECURRENCE:
                enum = "KalturaScheduleEventRecurrenceType"
                raise ApiFault("INVALID_ENUM_VALUE", _RECURRENCE, "recurrenceType", enum)

    def before(step: Callable[[Call], Any]) -> Callable[[Call], Any]:
        def act(call: Call) -> Any:
            if call.action.service == "schedule_scheduleevent":
                check(call)
            return step(call)

        return act

    return replace(behaviour, add=before(behaviour.add), update=before(behaviour.update))


@variation("OBSERVED: a release has services of old code that break inside")
def old_code_breaks(behaviour: Behaviour) -> Behaviour:
    """Mixes cannot be added and widgets not be updated: the server breaks inside of them."""

    def breaking(step: Callable[[Call], Any], action: str) -> Callable[[Call], Any]:
        def act(call: Call) -> Any:
            value = step(call)
            if call.action.id == action:
                raise ApiFault("INTERNAL_SERVERL_ERROR")
            return value

        return act

    return replace(
        behaviour,
        add=breaking(behaviour.add, "mixing.add"),
        update=breaking(behaviour.update, "widget.update"),
    )
