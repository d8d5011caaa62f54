"""Faults of lists: filters, order, pages, counts, membership."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hunt.message import Call
    from tests.hunt.world import World


def is_list(value: Any) -> bool:
    """Whether a value is a list with objects in it."""
    return isinstance(value, dict) and isinstance(value.get("objects"), list)


def total(value: Any, change: Callable[[int], int]) -> Any:
    """The value with another totalCount."""
    if isinstance(value, dict) and number(value.get("totalCount")) is not None:
        value["totalCount"] = like(value["totalCount"], change(int(value["totalCount"])))
    return value


def suffixed(call: Call, *suffixes: str) -> list[str]:
    """The filter's properties that end in one of the suffixes."""
    return [n for n in call.filter if n.endswith(suffixes)]


def drop(call: Call, *suffixes: str) -> None:
    """Remove the filter's properties with these suffixes."""
    for name in suffixed(call, *suffixes):
        del call.filter[name]


@answering("list")
def total_is_of_the_page(_call: Call, value: Any, _world: World) -> Any:
    """totalCount counts the page."""
    if is_list(value):
        value["totalCount"] = like(value.get("totalCount"), len(value["objects"]))
    return value


@answering("list")
def total_is_one_more(_call: Call, value: Any, _world: World) -> Any:
    """totalCount is one too high."""
    return total(value, lambda n: n + 1)


@answering("list")
def total_is_one_less(_call: Call, value: Any, _world: World) -> Any:
    """totalCount is one too low."""
    return total(value, lambda n: max(0, n - 1))


@answering("list")
def total_is_zero(_call: Call, value: Any, _world: World) -> Any:
    """totalCount is 0."""
    return total(value, lambda _: 0)


@answering("list")
def total_is_missing(_call: Call, value: Any, _world: World) -> Any:
    """totalCount is missing."""
    if isinstance(value, dict):
        value.pop("totalCount", None)
    return value


@around("list")
def total_counts_everything(call: Call, world: World) -> Any:
    """totalCount ignores the filter."""
    service, ks, filtered = call.service, call.ks, len(call.filter) > 0
    value = yield
    if is_list(value) and filtered:
        every = world.ask(service, "list", {"pager": {"pageSize": 1}}, ks)
        if isinstance(every, dict) and "totalCount" in every:
            value["totalCount"] = like(value["totalCount"], int(every["totalCount"]))
    return value


@answering("list")
def total_is_capped(_call: Call, value: Any, _world: World) -> Any:
    """totalCount never exceeds 2."""
    return total(value, lambda n: min(2, n))


@asking("list")
def the_second_page_is_the_first(call: Call, _world: World) -> None:
    """pageIndex is ignored."""
    call.pager.pop("pageIndex", None)


@asking("list")
def page_sizes_are_ignored(call: Call, _world: World) -> None:
    """pageSize is ignored."""
    call.pager.pop("pageSize", None)


@asking("list")
def pagers_are_ignored(call: Call, _world: World) -> None:
    """The pager is ignored."""
    call.params.pop("pager", None)


def shift(call: Call, name: str, by: int, least: int = 1) -> None:
    """Move a number of the pager."""
    found = number(call.pager.get(name))
    if found is not None and found + by >= least:
        call.pager[name] = int(found) + by


@asking("list")
def pages_are_one_longer(call: Call, _world: World) -> None:
    """A page holds one object more than asked for."""
    shift(call, "pageSize", 1)


@asking("list")
def pages_are_one_shorter(call: Call, _world: World) -> None:
    """A page holds one object less than asked for."""
    shift(call, "pageSize", -1)


@asking("list")
def pages_count_from_zero(call: Call, _world: World) -> None:
    """pageIndex counts from 0."""
    shift(call, "pageIndex", 1)


@answering("list")
def later_pages_skip_one(call: Call, value: Any, _world: World) -> Any:
    """Every page after the first lacks its first object."""
    if is_list(value) and (number(call.pager.get("pageIndex")) or 1) > 1:
        value["objects"] = value["objects"][1:]
    return value


@around("list")
def pages_overlap(call: Call, world: World) -> Any:
    """A page begins with the last object of the one before."""
    page, size = number(call.pager.get("pageIndex")), number(call.pager.get("pageSize"))
    params = {k: v for k, v in copy.deepcopy(call.params).items() if k not in ("ks", "format")}
    service, ks = call.service, call.ks
    value = yield
    if is_list(value) and page and size and page > 1 and value["objects"]:
        params["pager"]["pageIndex"] = int(page) - 1
        last = entities(world.ask(service, "list", params, ks))[-1:]
        value["objects"] = [*last, *value["objects"]][: int(size)]
    return value


@around("list")
def past_the_end_is_the_first_page(call: Call, world: World) -> Any:
    """A page past the end shows the first page again."""
    page = number(call.pager.get("pageIndex"))
    params = {k: v for k, v in copy.deepcopy(call.params).items() if k not in ("ks", "format")}
    service, ks = call.service, call.ks
    value = yield
    if page and page > 1 and is_list(value) and not value["objects"]:
        params["pager"].pop("pageIndex")
        return world.ask(service, "list", params, ks)
    return value


@around("list")
def past_the_end_is_an_error(call: Call, world: World) -> Any:
    """A page past the end is an error."""
    page = number(call.pager.get("pageIndex"))
    value = yield
    if page and page > 1 and isinstance(value, dict) and not value.get("objects"):
        return world.error("INTERNAL_SERVERL_ERROR")
    return value


@answering("list")
def past_the_end_counts_nothing(call: Call, value: Any, _world: World) -> Any:
    """A page past the end has a totalCount of 0."""
    page = number(call.pager.get("pageIndex"))
    if page and page > 1 and isinstance(value, dict) and not value.get("objects"):
        return total(value, lambda _: 0)
    return value


@asking("list")
def the_default_page_is_ten(call: Call, _world: World) -> None:
    """Without a pager a page holds ten objects."""
    if not call.pager:
        call.params["pager"] = {"pageSize": 10}


@asking("list")
def pages_hold_a_hundred_at_most(call: Call, _world: World) -> None:
    """A page holds at most 2 objects, whatever is asked for."""
    if (number(call.pager.get("pageSize")) or 0) > 2:
        call.pager["pageSize"] = 2


@asking("list")
def filters_are_ignored(call: Call, _world: World) -> None:
    """The filter is ignored, but for its order."""
    for name in [n for n in call.filter if n not in ("orderBy", "objectType")]:
        del call.filter[name]


@asking("list", "count")
def the_first_filter_is_ignored(call: Call, _world: World) -> None:
    """The first property of a filter is ignored."""
    for name in [n for n in call.filter if n not in ("orderBy", "objectType")][:1]:
        del call.filter[name]


@asking("list", "count")
def only_the_first_filter_counts(call: Call, _world: World) -> None:
    """Only the first property of a filter counts."""
    for name in [n for n in call.filter if n not in ("orderBy", "objectType")][1:]:
        del call.filter[name]


@around("list")
def filters_are_joined_by_or(call: Call, world: World) -> Any:
    """A filter's properties are joined by OR."""
    found = {n: v for n, v in call.filter.items() if n not in ("orderBy", "objectType")}
    kind = {n: v for n, v in call.filter.items() if n in ("orderBy", "objectType")}
    pager, service, ks = dict(call.pager), call.service, call.ks
    value = yield
    if len(found) < 2 or not is_list(value):
        return value
    known = {str(e.get("id")) for e in entities(value)}
    for name, each in found.items():
        params = {"filter": {**kind, name: each}, "pager": pager}
        for extra in entities(world.ask(service, "list", params, ks)):
            if "totalCount" not in extra and str(extra.get("id")) not in known:
                known.add(str(extra.get("id")))
                value["objects"].append(extra)
                total(value, lambda n: n + 1)
    return value


@asking("list")
def in_keeps_the_first_value(call: Call, _world: World) -> None:
    """In filters use only the first value."""
    for name in suffixed(call, "In"):
        call.filter[name] = str(call.filter[name]).split(",")[0]


@asking("list")
def in_loses_the_last_value(call: Call, _world: World) -> None:
    """In filters lose the last of several values."""
    for name in suffixed(call, "In"):
        values = str(call.filter[name]).split(",")
        call.filter[name] = ",".join(values[:-1] if len(values) > 1 else values)


@asking("list", "count")
def in_is_ignored(call: Call, _world: World) -> None:
    """In filters are ignored."""
    drop(call, "In")


@asking("list")
def not_in_is_in(call: Call, _world: World) -> None:
    """NotIn filters work as In."""
    for name in suffixed(call, "NotIn"):
        call.filter[name[: -len("NotIn")] + "In"] = call.filter.pop(name)


@asking("list", "count")
def not_in_is_ignored(call: Call, _world: World) -> None:
    """NotIn filters are ignored."""
    drop(call, "NotIn")


@asking("list", "count")
def not_equal_is_ignored(call: Call, _world: World) -> None:
    """NotEqual filters are ignored."""
    drop(call, "NotEqual")


@asking("list")
def not_equal_is_equal(call: Call, _world: World) -> None:
    """NotEqual filters work as Equal."""
    for name in suffixed(call, "NotEqual"):
        call.filter[name[: -len("NotEqual")] + "Equal"] = call.filter.pop(name)


@asking("list", "count")
def equal_is_ignored(call: Call, _world: World) -> None:
    """Equal filters are ignored, but for those on ids."""
    for name in suffixed(call, "Equal"):
        if not name.endswith(("OrEqual", "NotEqual", "dEqual")):
            del call.filter[name]


@asking("list", "count")
def id_equal_is_ignored(call: Call, _world: World) -> None:
    """idEqual is ignored."""
    call.filter.pop("idEqual", None)


@asking("list", "count")
def status_filters_are_ignored(call: Call, _world: World) -> None:
    """Filters on the status are ignored."""
    for name in [n for n in call.filter if n.startswith("status")]:
        del call.filter[name]


@asking("list", "count")
def tag_filters_are_ignored(call: Call, _world: World) -> None:
    """Filters on tags are ignored."""
    for name in [n for n in call.filter if n.startswith("tags")]:
        del call.filter[name]


@asking("list", "count")
def like_is_ignored(call: Call, _world: World) -> None:
    """Like filters are ignored."""
    drop(call, "Like", "LikeOr", "LikeAnd", "StartsWith")


@around("list")
def like_is_equality(call: Call, _world: World) -> Any:
    """Like filters want the whole text."""
    wanted = {
        n[: -len("Like")]: str(v).lower() for n, v in call.filter.items() if n.endswith("Like")
    }
    value = yield
    if wanted and is_list(value):
        kept = [
            e
            for e in value["objects"]
            if all(str(e.get(n, "")).lower() == text for n, text in wanted.items())
        ]
        value["objects"] = kept
        value["totalCount"] = like(value["totalCount"], len(kept))
    return value


@around("list")
def like_is_case_sensitive(call: Call, _world: World) -> Any:
    """Like and Equal filters on names mind the case."""
    wanted = [str(v) for n, v in call.filter.items() if n in ("nameLike", "nameEqual")]
    value = yield
    if wanted and is_list(value):
        kept = [e for e in value["objects"] if all(w in str(e.get("name")) for w in wanted)]
        value["objects"] = kept
        value["totalCount"] = like(value["totalCount"], len(kept))
    return value


@asking("list")
def multi_like_or_is_and(call: Call, _world: World) -> None:
    """MultiLikeOr works as MultiLikeAnd."""
    for name in suffixed(call, "MultiLikeOr"):
        call.filter[name[:-2] + "And"] = call.filter.pop(name)


@asking("list")
def multi_like_and_is_or(call: Call, _world: World) -> None:
    """MultiLikeAnd works as MultiLikeOr."""
    for name in suffixed(call, "MultiLikeAnd"):
        call.filter[name[:-3] + "Or"] = call.filter.pop(name)


def bounds(call: Call, suffix: str, by: int) -> None:
    """Move the bounds with a suffix."""
    for name in suffixed(call, suffix):
        found = number(call.filter[name])
        if found is not None:
            call.filter[name] = int(found) + by


@asking("list", "count")
def lower_bounds_are_exclusive(call: Call, _world: World) -> None:
    """GreaterThanOrEqual excludes the bound."""
    bounds(call, "GreaterThanOrEqual", 1)


@asking("list", "count")
def upper_bounds_are_exclusive(call: Call, _world: World) -> None:
    """LessThanOrEqual excludes the bound."""
    bounds(call, "LessThanOrEqual", -1)


@asking("list", "count")
def bounds_are_ignored(call: Call, _world: World) -> None:
    """Filters with bounds are ignored."""
    drop(call, "ThanOrEqual", "Than")


@asking("list")
def bounds_are_swapped(call: Call, _world: World) -> None:
    """GreaterThanOrEqual and LessThanOrEqual work as each other."""
    swapped = {}
    for name in suffixed(call, "GreaterThanOrEqual", "LessThanOrEqual"):
        other = (
            name.replace("GreaterThan", "LessThan")
            if "GreaterThan" in name
            else name.replace("LessThan", "GreaterThan")
        )
        swapped[other] = call.filter.pop(name)
    call.filter.update(swapped)


@asking("list", "count")
def created_filters_are_ignored(call: Call, _world: World) -> None:
    """Filters on createdAt are ignored."""
    for name in [n for n in call.filter if n.startswith("createdAt")]:
        del call.filter[name]


@asking("list", "count")
def updated_filters_use_created(call: Call, _world: World) -> None:
    """Filters on updatedAt look at createdAt."""
    for name in [n for n in call.filter if n.startswith("updatedAt")]:
        call.filter["createdAt" + name[len("updatedAt") :]] = call.filter.pop(name)


@asking("list")
def relative_times_are_absolute(call: Call, _world: World) -> None:
    """Small times in filters are not taken as relative to now."""
    for name, value in call.filter.items():
        found = number(value)
        if "At" in name and "Than" in name and found is not None and abs(found) < 315360000:
            call.filter[name] = 315360001 if found >= 0 else -315360001


@around("list")
def unknown_filters_are_errors(call: Call, world: World) -> Any:
    """A filter property that is not known is an error."""
    param = next((p for p in call.spec.params if p.name == "filter"), None) if call.spec else None
    known = world.lineage.properties(str(param.type.name)) if param else {}
    kind = call.filter.get("objectType")
    more = world.lineage.properties(str(kind)) if kind else {}
    odd = [n for n in call.filter if n not in known and n not in more and n != "objectType"]
    value = yield
    if odd and param:
        return world.error("PROPERTY_VALIDATION_NOT_UPDATABLE", PROP_NAME=odd[0])
    return value


@around("list")
def unknown_filters_match_nothing(call: Call, world: World) -> Any:
    """A filter property that is not known matches nothing."""
    param = next((p for p in call.spec.params if p.name == "filter"), None) if call.spec else None
    known = world.lineage.properties(str(param.type.name)) if param else {}
    kind = call.filter.get("objectType")
    more = world.lineage.properties(str(kind)) if kind else {}
    odd = [n for n in call.filter if n not in known and n not in more and n != "objectType"]
    value = yield
    if odd and param and is_list(value):
        value["objects"], value["totalCount"] = [], like(value["totalCount"], 0)
    return value


@around("list")
def empty_filters_match_nothing(call: Call, _world: World) -> Any:
    """A filter property with an empty text matches nothing."""
    empty = [n for n, v in call.filter.items() if v == "" and n != "orderBy"]
    value = yield
    if empty and is_list(value):
        value["objects"], value["totalCount"] = [], like(value["totalCount"], 0)
    return value


@asking("list")
def order_is_ignored(call: Call, _world: World) -> None:
    """orderBy is ignored."""
    call.filter.pop("orderBy", None)


@asking("list")
def order_is_reversed(call: Call, _world: World) -> None:
    """orderBy sorts the wrong way round."""
    found = call.filter.get("orderBy")
    if isinstance(found, str) and found[:1] in "+-":
        call.filter["orderBy"] = ("-" if found[0] == "+" else "+") + found[1:]


@asking("list")
def only_ascending_order_works(call: Call, _world: World) -> None:
    """Descending order is ignored."""
    if str(call.filter.get("orderBy", "")).startswith("-"):
        del call.filter["orderBy"]


@asking("list")
def order_is_always_by_creation(call: Call, _world: World) -> None:
    """orderBy always sorts by creation."""
    if call.filter.get("orderBy"):
        call.filter["orderBy"] = str(call.filter["orderBy"])[:1] + "createdAt"


@answering("list")
def order_is_as_text(call: Call, value: Any, _world: World) -> Any:
    """Numbers are ordered as texts."""
    by = str(call.filter.get("orderBy", "")).split(",")[0]
    if is_list(value) and by[:1] in ("+", "-"):
        rows = value["objects"]
        if all(isinstance(e, dict) and number(e.get(by[1:])) is not None for e in rows):
            rows.sort(key=lambda e: str(e[by[1:]])[::-1], reverse=by[0] == "-")
    return value


@answering("list")
def pages_are_sorted_one_off(call: Call, value: Any, _world: World) -> Any:
    """The first two objects of an ordered page are swapped."""
    if is_list(value) and call.filter.get("orderBy") and len(value["objects"]) > 1:
        rows = value["objects"]
        rows[0], rows[1] = rows[1], rows[0]
    return value


@around("list")
def unknown_orders_are_errors(call: Call, world: World) -> Any:
    """An unknown orderBy is an error."""
    by = str(call.filter.get("orderBy", ""))
    value = yield
    known = {n for e in entities(value) for n in world.properties(e)}
    if by and by.lstrip("+-").split(",")[0] not in known and entities(value):
        return world.error("INVALID_ENUM_VALUE", ENUM_VAL=by, PARAM_NAME="orderBy", ENUM_TYPE="x")
    return value


@answering("list")
def an_object_is_listed_twice(_call: Call, value: Any, _world: World) -> Any:
    """The first object is listed twice."""
    if is_list(value) and value["objects"]:
        value["objects"] = [value["objects"][0], *value["objects"]]
    return value


@answering("list")
def the_last_object_is_not_listed(_call: Call, value: Any, _world: World) -> Any:
    """The last object of a page is missing."""
    if is_list(value):
        value["objects"] = value["objects"][:-1]
    return value


@answering("list")
def the_first_object_is_not_listed(_call: Call, value: Any, _world: World) -> Any:
    """The first object of a page is missing, and not counted."""
    if is_list(value) and value["objects"]:
        value["objects"] = value["objects"][1:]
        return total(value, lambda n: n - 1)
    return value


@answering("list")
def nothing_is_listed(_call: Call, value: Any, _world: World) -> Any:
    """Lists are empty."""
    if is_list(value):
        value["objects"] = []
        return total(value, lambda _: 0)
    return value


@answering("list")
def objects_is_null(_call: Call, value: Any, _world: World) -> Any:
    """objects is null where there are none."""
    if is_list(value) and not value["objects"]:
        value["objects"] = None
    return value


@answering("list")
def objects_are_missing(_call: Call, value: Any, _world: World) -> Any:
    """objects is missing."""
    if isinstance(value, dict):
        value.pop("objects", None)
    return value


@answering("list")
def objects_are_keyed(_call: Call, value: Any, _world: World) -> Any:
    """objects is an object keyed by id."""
    if is_list(value) and value["objects"]:
        value["objects"] = {f"o{e.get('id')}": e for e in entities(value)}
    return value


@answering("list")
def lists_are_bare_arrays(_call: Call, value: Any, _world: World) -> Any:
    """A list is a bare array."""
    return value["objects"] if is_list(value) else value


@answering("list")
def lists_are_of_the_root_type(_call: Call, value: Any, _world: World) -> Any:
    """The objectType of a list is KalturaListResponse."""
    if is_list(value):
        value["objectType"] = "KalturaListResponse"
    return value


@answering("list")
def lists_show_summaries(_call: Call, value: Any, _world: World) -> Any:
    """Lists show only id and name."""
    for found in entities(value) if is_list(value) else []:
        for name in [n for n in found if n not in ("id", "name", "objectType")]:
            del found[name]
    return value


@answering("list")
def lists_lack_descriptions(_call: Call, value: Any, _world: World) -> Any:
    """Lists leave the description out."""
    for found in entities(value) if is_list(value) else []:
        found.pop("description", None)
    return value


@around("list")
def lists_are_stale_forever(call: Call, world: World) -> Any:
    """The first answer to a list is given forever."""
    key = str((call.service, sorted((k, str(v)) for k, v in call.params.items() if k != "ks")))
    value = yield
    if is_error(value):
        return value
    return copy.deepcopy(world.memory.setdefault((key, world.is_user(call.ks)), value))


@around("list")
def listed_objects_are_stale(call: Call, world: World) -> Any:
    """Objects are listed as they were when they were first listed."""
    value = yield
    if is_list(value):
        value["objects"] = [
            copy.deepcopy(world.memory.setdefault((call.service, str(e.get("id"))), e))
            if isinstance(e, dict) and e.get("id")
            else e
            for e in value["objects"]
        ]
    return value


@around("add", "list")
def new_objects_are_never_listed(call: Call, world: World) -> Any:
    """Objects made now are never listed."""
    action = call.action
    value = yield
    if action == "add" and isinstance(value, dict):
        world.memory[str(value.get("id"))] = True
    elif is_list(value):
        kept = [e for e in value["objects"] if str(e.get("id")) not in world.memory]
        lost = len(value["objects"]) - len(kept)
        value["objects"] = kept
        return total(value, lambda n: n - lost)
    return value


@around("get", "add", "delete", "list")
def deleted_objects_are_listed(call: Call, world: World) -> Any:
    """Deleted objects go on being listed."""
    action, service, key = call.action, call.service, call.id
    value = yield
    if action in ("get", "add") and isinstance(value, dict) and value.get("id"):
        world.memory[service, str(value["id"])] = copy.deepcopy(value)
    elif action == "delete" and not is_error(value) and (service, key) in world.memory:
        world.memory.setdefault(service, []).append(world.memory[service, key])
    elif action == "list" and is_list(value) and world.memory.get(service):
        gone = world.memory[service][-20:]
        wanted = call.filter.get("idEqual") or call.filter.get("idIn")
        if wanted:
            gone = [e for e in gone if str(e.get("id")) in str(wanted).split(",")]
        value["objects"] = [*value["objects"], *copy.deepcopy(gone)]
        return total(value, lambda n: n + len(gone))
    return value


@answering("count")
def counts_are_one_more(_call: Call, value: Any, _world: World) -> Any:
    """count answers one too many."""
    return like(value, int(value) + 1) if number(value) is not None else value


@answering("count")
def counts_are_zero(_call: Call, value: Any, _world: World) -> Any:
    """count answers 0."""
    return like(value, 0) if number(value) is not None else value


@asking("count")
def counts_ignore_the_filter(call: Call, _world: World) -> None:
    """count ignores its filter."""
    call.params.pop("filter", None)


@answering("count")
def counts_are_lists(_call: Call, value: Any, _world: World) -> Any:
    """count answers a list."""
    if number(value) is not None:
        return {"totalCount": value, "objectType": "KalturaListResponse"}
    return value


@answering("list")
def mandatory_filters_are_optional(call: Call, value: Any, _world: World) -> Any:
    """A list that demands a filter answers without."""
    if is_error(value) and call.spec:
        code = str(value.get("code"))
        if code.startswith("MUST_FILTER") or code == "PROPERTY_VALIDATION_CANNOT_BE_NULL":
            return {"objects": [], "totalCount": 0, "objectType": call.spec.result.name}
    return value


@asking("media.list", "baseEntry.list", "liveStream.list")
def unready_entries_are_listed(call: Call, _world: World) -> None:
    """Entries that are not ready are listed by default."""
    asked = any(n.startswith(("status", "idEqual", "redirect")) for n in call.filter)
    if not asked:
        call.params.setdefault("filter", {})
        if isinstance(call.params["filter"], dict):
            call.params["filter"]["statusIn"] = "-2,-1,0,1,2,4,5,6,7"
