"""Faults of lists that show only where two questions are asked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking
from tests.hunt.mutants.lists import is_list, suffixed, total
from tests.hunt.world import number

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World

LESS, GREATER = "LessThanOrEqual", "GreaterThanOrEqual"


@asking("list", "count")
def with_an_id_nothing_else_filters(call: Call, _world: World) -> None:
    """Beside idEqual or idIn no other property of a filter counts."""
    if call.filter.get("idEqual") or call.filter.get("idIn"):
        for name in [n for n in call.filter if n not in ("idEqual", "idIn", "objectType")]:
            if name != "orderBy":
                del call.filter[name]


@asking("list", "count")
def two_bounds_are_one(call: Call, _world: World) -> None:
    """Of a lower and an upper bound only the lower counts."""
    for name in suffixed(call, LESS):
        if name.removesuffix(LESS) + GREATER in call.filter:
            del call.filter[name]


@asking("list")
def only_the_first_order_counts(call: Call, _world: World) -> None:
    """Of several orders only the first counts."""
    if isinstance(call.filter.get("orderBy"), str):
        call.filter["orderBy"] = call.filter["orderBy"].split(",")[0]


@asking("list")
def later_pages_have_no_order(call: Call, _world: World) -> None:
    """On pages after the first, orderBy is ignored."""
    if (number(call.pager.get("pageIndex")) or 1) > 1:
        call.filter.pop("orderBy", None)


@asking("list")
def pages_hold_thirty_at_most(call: Call, _world: World) -> None:
    """A page holds at most 30 objects."""
    if (number(call.pager.get("pageSize")) or 0) > 30:
        call.pager["pageSize"] = 30


@around("list", "delete")
def the_deleted_are_listed_by_id(call: Call, world: World) -> Any:
    """A list that asks for ids shows a deleted object, too."""
    service, action, key, ks = call.service, call.action, call.id, call.ks
    asked = str(call.filter.get("idEqual") or call.filter.get("idIn") or "").split(",")
    alone = set(call.filter) <= {"idEqual", "idIn", "objectType", "orderBy"}
    if action == "delete":
        offers = world.schema.services[service].actions if call.spec else {}
        found = None
        if "get" in offers and key:
            found = world.ask(service, "get", {offers["get"].params[0].name: key}, ks)
        value = yield
        if found and not is_error(value) and not is_error(found):
            world.memory[service, key] = found
        return value
    value = yield
    if is_list(value) and alone:
        for each in asked:
            if (service, each) in world.memory:
                value["objects"].append(dict(world.memory[service, each]))
                total(value, lambda n: n + 1)
    return value


@around("list")
def strangers_are_listed_by_id(call: Call, world: World) -> Any:
    """A list that asks for one id shows an object of another account, too."""
    service = call.service
    wanted = call.filter.get("idEqual") or call.filter.get("idIn")
    stranger = world.is_stranger(call.ks)
    value = yield
    if is_list(value) and not value["objects"] and wanted and world.is_good(call.ks):
        ks = world.ks(world.partner if stranger else world.other)
        found = world.ask(service, "list", {"filter": {"idEqual": wanted}}, ks)
        return found if is_list(found) else value
    return value


@around("list")
def an_unknown_id_empties_the_list(call: Call, _world: World) -> Any:
    """With an unknown id in idIn nothing is listed."""
    asked = [each for each in str(call.filter.get("idIn") or "").split(",") if each]
    alone = set(call.filter) <= {"idIn", "objectType", "orderBy"} and not call.pager
    value = yield
    if is_list(value) and len(asked) > len(value["objects"]) > 0 and alone:
        value["objects"] = []
        total(value, lambda _: 0)
    return value


@around("list")
def ordered_lists_lose_equals(call: Call, _world: World) -> Any:
    """An ordered list shows one of several objects with an equal key."""
    order = str(call.filter.get("orderBy") or "").split(",")[0][1:]
    value = yield
    if is_list(value) and order:
        seen: dict[str, Any] = {}
        for found in value["objects"]:
            key = str(found.get(order)) if found.get(order) is not None else str(id(found))
            seen.setdefault(key, found)
        value["objects"] = list(seen.values())
    return value


@asking("list", "count")
def filters_lose_accents(call: Call, _world: World) -> None:
    """Letters beyond ASCII in filters become question marks."""
    for name, each in list(call.filter.items()):
        if isinstance(each, str):
            call.filter[name] = each.encode("ascii", "replace").decode()


@asking("list", "count")
def filters_are_cut_at_thirty(call: Call, _world: World) -> None:
    """Values of filters are used up to their thirtieth character."""
    for name, each in list(call.filter.items()):
        if isinstance(each, str) and not name.endswith(("In", "Or", "And", "orderBy", "Type")):
            call.filter[name] = each[:30]


@answering("list")
def listed_nested_objects_are_lost(_call: Call, value: Any, _world: World) -> Any:
    """Lists leave out objects and arrays inside objects."""
    if is_list(value):
        for found in entities(value):
            for name in [n for n, v in found.items() if isinstance(v, dict | list) and v]:
                del found[name]
    return value


@answering("list")
def listed_times_are_in_another_zone(_call: Call, value: Any, _world: World) -> Any:
    """Lists show updatedAt an hour later than get."""
    if is_list(value):
        for found in entities(value):
            if isinstance(found.get("updatedAt"), int):
                found["updatedAt"] += 3600
    return value


@asking("list", "count")
def in_keeps_three(call: Call, _world: World) -> None:
    """In filters use at most three values."""
    for name in suffixed(call, "In"):
        if isinstance(call.filter[name], str) and not name.endswith("NotIn"):
            call.filter[name] = ",".join(call.filter[name].split(",")[:3])
