"""More faults of lists: what is asked of them in odd places."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking
from tests.hunt.mutants.crud import made_id
from tests.hunt.mutants.inheritance import as_base
from tests.hunt.mutants.lists import is_list, suffixed, total
from tests.hunt.world import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hunt.message import Call
    from tests.hunt.world import World


def cut(value: Any, keeps: Callable[[dict[str, Any]], bool]) -> Any:
    """A list without some objects, and its count without them."""
    if not is_list(value):
        return value
    kept = [each for each in value["objects"] if keeps(each)]
    gone = len(value["objects"]) - len(kept)
    value["objects"] = kept
    return total(value, lambda n: max(0, n - gone)) if gone else value


@answering("list")
def listed_objects_are_of_their_base_class(_call: Call, value: Any, world: World) -> Any:
    """Objects are listed as of their base class; get shows them as they are."""
    if is_list(value):
        for found in value["objects"]:
            as_base(found, world)
    return value


@around("add", "list")
def the_newest_is_not_listed(call: Call, world: World) -> Any:
    """The object that was made last in a service is not listed, nor counted."""
    service, action = call.service, call.action
    value = yield
    if action == "add" and made_id(value):
        world.memory[service] = made_id(value)
        return value
    newest = world.memory.get(service)
    return cut(value, lambda each: str(each.get("id")) != newest)


@around("update", "list")
def the_updated_are_not_listed(call: Call, world: World) -> Any:
    """An object that was updated is not listed any more, nor counted."""
    service, action, key = call.service, call.action, call.id
    value = yield
    if action == "update":
        if not is_error(value):
            world.memory.setdefault(service, set()).add(key)
        return value
    return cut(value, lambda each: str(each.get("id")) not in world.memory.get(service, ()))


@answering("list")
def totals_shrink_with_the_pages(call: Call, value: Any, _world: World) -> Any:
    """On later pages totalCount counts only what is left."""
    page, size = number(call.pager.get("pageIndex")), number(call.pager.get("pageSize"))
    if page and size and page > 1 and size > 0:
        return total(value, lambda n: max(0, n - int((page - 1) * size)))
    return value


@around("list")
def big_pages_are_errors(call: Call, world: World) -> Any:
    """A pageSize over 500 is an error."""
    size = number(call.pager.get("pageSize")) or 0
    value = yield
    return world.error("INTERNAL_SERVERL_ERROR") if size > 500 and is_list(value) else value


@around("list")
def pages_before_the_first_are_empty(call: Call, _world: World) -> Any:
    """A pageIndex below 1 gives no objects."""
    page = number(call.pager.get("pageIndex"))
    value = yield
    if page is not None and page < 1 and is_list(value):
        value["objects"] = []
    return value


@asking("list")
def filtered_lists_have_no_pages(call: Call, _world: World) -> None:
    """With a filter the pager is ignored."""
    if [name for name in call.filter if name not in ("objectType", "orderBy")]:
        call.params.pop("pager", None)


@asking("list")
def later_pages_are_not_filtered(call: Call, _world: World) -> None:
    """On pages after the first, filters but those on ids are ignored."""
    if (number(call.pager.get("pageIndex")) or 1) > 1:
        for name in list(call.filter):
            if name not in ("objectType", "orderBy") and not name.startswith(("id", "entryId")):
                del call.filter[name]


@asking("list")
def filtered_lists_have_no_order(call: Call, _world: World) -> None:
    """With a filter orderBy is ignored."""
    if [name for name in call.filter if name not in ("objectType", "orderBy")]:
        call.filter.pop("orderBy", None)


@asking("list")
def order_by_update_is_by_creation(call: Call, _world: World) -> None:
    """Ordered by updatedAt, a list is ordered by createdAt."""
    if isinstance(call.filter.get("orderBy"), str):
        call.filter["orderBy"] = call.filter["orderBy"].replace("updatedAt", "createdAt")


@asking("list")
def not_in_keeps_the_first_value(call: Call, _world: World) -> None:
    """NotIn filters use only the first value."""
    for name in suffixed(call, "NotIn"):
        call.filter[name] = str(call.filter[name]).split(",")[0]


@asking("list")
def equal_is_a_prefix(call: Call, _world: World) -> None:
    """nameEqual, systemNameEqual and their like are met by every text that begins so."""
    for name in [n for n in suffixed(call, "ameEqual", "tagsEqual") if call.filter[n]]:
        call.filter[name.removesuffix("Equal") + "Like"] = call.filter.pop(name)


@asking("list")
def zeros_do_not_filter(call: Call, _world: World) -> None:
    """A filter whose value is 0 or false is ignored."""
    for name in list(call.filter):
        if str(call.filter[name]).lower() in ("0", "false") and name != "orderBy":
            del call.filter[name]


@answering("list")
def nothing_is_null(_call: Call, value: Any, _world: World) -> Any:
    """A list of nothing is null."""
    return None if is_list(value) and not value["objects"] else value


@asking("list")
def equal_stops_at_a_blank(call: Call, _world: World) -> None:
    """A value with a blank or a comma in an Equal filter is used up to there."""
    for name in suffixed(call, "Equal"):
        if isinstance(call.filter[name], str):
            call.filter[name] = call.filter[name].split(",")[0].split(" ")[0]


@asking("list")
def two_ids_are_enough(call: Call, _world: World) -> None:
    """idIn uses at most two values."""
    if isinstance(call.filter.get("idIn"), str):
        call.filter["idIn"] = ",".join(call.filter["idIn"].split(",")[:2])


@answering("list")
def listed_tags_are_lost(_call: Call, value: Any, _world: World) -> Any:
    """Lists show no tags."""
    if is_list(value):
        for found in value["objects"]:
            found.pop("tags", None)
    return value


@answering("list")
def listed_states_are_ready(_call: Call, value: Any, _world: World) -> Any:
    """Lists show every entry as ready."""
    for found in entities(value):
        if str(found.get("status")) in ("7", "-1", "0", "1", "4") and "moderationStatus" in found:
            found["status"] = 2
    return value


@around("list", "count")
def counts_are_stale(call: Call, world: World) -> Any:
    """totalCount of an equal list is what it was when it was first asked for."""
    key = (call.service, repr(call.filter))
    value = yield
    if isinstance(value, dict) and "totalCount" in value:
        first = world.memory.setdefault(key, copy.copy(value["totalCount"]))
        value["totalCount"] = first
    return value
