"""More faults of multirequests and response profiles."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking, bytewise
from tests.hunt.mutants.lists import is_list
from tests.hunt.mutants.multirequest import slots, tokens

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


@bytewise(narrow=False)
def slots_are_in_the_order_of_texts(exchange: Exchange, _world: World) -> None:
    """From ten members on, answers are in the order of their numbers as texts."""

    def sort(found: list[Any]) -> list[Any]:
        order = sorted(range(len(found)), key=lambda i: str(i + 1))
        return [found[i] for i in order]

    slots(exchange, sort)


@bytewise(narrow=False)
def errors_come_last(exchange: Exchange, _world: World) -> None:
    """Errors stand behind the results."""
    slots(exchange, lambda found: sorted(found, key=is_error))


@bytewise(narrow=False)
def slots_are_nested(exchange: Exchange, _world: World) -> None:
    """The list of answers stands in a list."""
    slots(exchange, lambda found: [found])


@bytewise(narrow=False)
def long_batches_are_cut(exchange: Exchange, _world: World) -> None:
    """No more than twenty answers come."""
    slots(exchange, lambda found: found[:20])


@around("*")
def members_are_carried_out_twice(call: Call, world: World) -> Any:
    """A member that adds is carried out twice."""
    service, action, ks = call.service, call.action, call.ks
    params = {k: v for k, v in copy.deepcopy(call.params).items() if k != "ks"}
    alone = call.slot is None or action != "add" or bool(call.files)
    value = yield
    if not alone and not is_error(value):
        world.ask(service, action, params, ks)
    return value


@answering("*")
def lists_in_slots_are_bare(call: Call, value: Any, _world: World) -> Any:
    """A list as a member's answer is a bare array."""
    return value["objects"] if call.slot is not None and is_list(value) else value


@answering("*")
def objects_in_slots_are_short(call: Call, value: Any, _world: World) -> Any:
    """An object as a member's answer shows no times."""
    if call.slot is not None:
        for found in entities(value):
            found.pop("createdAt", None)
            found.pop("updatedAt", None)
    return value


@asking("*")
def references_to_other_than_ids_fail(call: Call, _world: World) -> None:
    """Only references to ids are resolved; others become nothing."""
    if call.slot is not None:
        tokens(call.params, lambda m: m[0] if m[2].lower().endswith(("id", "result")) else "")


@around("list")
def profiles_do_not_reach_lists(call: Call, _world: World) -> Any:
    """A response profile is not applied to the objects of a list."""
    call.params.pop("responseProfile", None)
    return (yield)


@answering("list")
def profiles_hide_the_total(call: Call, value: Any, _world: World) -> Any:
    """With a response profile a list has no totalCount."""
    if call.params.get("responseProfile") and is_list(value):
        value.pop("totalCount", None)
    return value


@around("add", "update")
def profiles_decide_what_is_stored(call: Call, _world: World) -> Any:
    """With a response profile only its fields are stored."""
    profile = call.params.get("responseProfile")
    if isinstance(profile, dict) and str(profile.get("type")) == "1" and profile.get("fields"):
        known = [field.strip() for field in str(profile["fields"]).split(",")]
        for name in [n for n in call.object if n not in (*known, "objectType", "id")]:
            del call.object[name]
    return (yield)


@answering("list")
def related_objects_are_the_firsts(_call: Call, value: Any, _world: World) -> Any:
    """Every object shows the related objects of the first."""
    rows = [each for each in entities(value) if each.get("relatedObjects")]
    for found in rows[1:]:
        found["relatedObjects"] = copy.deepcopy(rows[0]["relatedObjects"])
    return value
