"""Faults of lists: pages, totals, orderings, filters, and what lists show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.listing import LARGEST_SIZE, filter_of, page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.storage import Record
    from conformance.schema.model import Action

    Changed = Callable[[dict[str, Any]], dict[str, Any]]

_MEMBER = "objects"
_SMALL_PAGE = 20
_FIRST_EPOCH = 315_360_000


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


@fault("LIST-PAGE-001")
def default_page_is_larger(behaviour: Behaviour) -> Behaviour:
    """Without a pager, a page has room for 500."""
    return _paged(behaviour, lambda pager: {"pageSize": LARGEST_SIZE, **pager})


@fault("LIST-PAGE-001")
def default_page_is_smaller(behaviour: Behaviour) -> Behaviour:
    """Without a pager, a page has room for 20."""
    return _paged(behaviour, lambda pager: {"pageSize": _SMALL_PAGE, **pager})


@fault("LIST-PAGE-002")
def pages_are_one_short(behaviour: Behaviour) -> Behaviour:
    """A page holds one object less than was asked for."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        found = behaviour.page(call, records)
        return found[:-1] if 1 < len(found) == page_of(call)[0] else found

    return replace(behaviour, page=page)


@fault("LIST-PAGE-003")
def last_page_repeats_for_ever(behaviour: Behaviour) -> Behaviour:
    """A page past the end holds the last objects."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        return behaviour.page(call, records) or records[-page_of(call)[0] :]

    return replace(behaviour, page=page)


@fault("LIST-PAGE-004")
def pages_overlap(behaviour: Behaviour) -> Behaviour:
    """Every page but the first begins with the last object of the one before."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        size, index = page_of(call)
        return records[max(0, (index - 1) * size - 1) :][:size]

    return replace(behaviour, page=page)


@fault("LIST-PAGE-005")
def pages_skip_objects(behaviour: Behaviour) -> Behaviour:
    """One object between two pages is on neither."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        size, index = page_of(call)
        return records[(index - 1) * (size + 1) :][:size]

    return replace(behaviour, page=page)


@fault("LIST-PAGE-006")
def page_size_zero_is_an_empty_page(behaviour: Behaviour) -> Behaviour:
    """A page size of 0 or less means no objects."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        return [] if _pager(call).get("pageSize", 1) <= 0 else behaviour.page(call, records)

    return replace(behaviour, page=page)


@fault("LIST-PAGE-007")
def page_index_counts_from_zero(behaviour: Behaviour) -> Behaviour:
    """Page 0 is empty."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        return [] if _pager(call).get("pageIndex", 1) < 1 else behaviour.page(call, records)

    return replace(behaviour, page=page)


@fault("LIST-PAGE-008")
def large_pages_are_refused(behaviour: Behaviour) -> Behaviour:
    """A page size above 500 is an error."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        if _pager(call).get("pageSize", 1) > LARGEST_SIZE:
            raise ApiFault("INTERNAL_SERVERL_ERROR")
        return behaviour.page(call, records)

    return replace(behaviour, page=page)


@fault("LIST-TOTAL-001")
def total_is_of_the_page(behaviour: Behaviour) -> Behaviour:
    """totalCount is the number of objects on the page."""
    return alteration.answer(
        behaviour, "list", lambda _call, value: {**value, "totalCount": len(value[_MEMBER])}
    )


@fault("LIST-TOTAL-002")
def total_is_one_too_many(behaviour: Behaviour) -> Behaviour:
    """totalCount counts one object more than there is."""
    return alteration.answer(
        behaviour, "list", lambda _call, value: {**value, "totalCount": value["totalCount"] + 1}
    )


@fault("LIST-TOTAL-002")
def total_is_sometimes_zero(behaviour: Behaviour) -> Behaviour:
    """In one list of ten, totalCount is 0."""
    return alteration.answer(
        behaviour,
        "list",
        lambda _call, value: {**value, "totalCount": 0},
        when=alteration.one_in(10),
    )


@fault("LIST-TOTAL-003")
def total_is_zero_for_profiles(behaviour: Behaviour) -> Behaviour:
    """accessControl.list says that there is nothing, and shows it."""
    return alteration.answer(
        behaviour,
        "list",
        lambda _call, value: {**value, "totalCount": 0},
        when=alteration.in_services("accesscontrol", "uiconf"),
    )


@fault("LIST-ORDER-001")
def ascending_is_descending(behaviour: Behaviour) -> Behaviour:
    """`+property` sorts from the greatest to the least."""
    return _filtered(behaviour, lambda asked: _with_order(asked, "+", "-"))


@fault("LIST-ORDER-002")
def descending_is_ascending(behaviour: Behaviour) -> Behaviour:
    """`-property` sorts from the least to the greatest."""
    return _filtered(behaviour, lambda asked: _with_order(asked, "-", "+"))


@fault("LIST-ORDER-003")
def unknown_order_is_refused(behaviour: Behaviour) -> Behaviour:
    """An ordering that the enum does not name is an error."""

    def order(call: Call, records: list[Record]) -> list[Record]:
        asked = str(filter_of(call).get("orderBy") or "")
        if "NoSuch" in asked or "NoSign" in asked:
            raise ApiFault("INVALID_ENUM_VALUE", asked, "orderBy", "KalturaOrderBy")
        return behaviour.order(call, records)

    return replace(behaviour, order=order)


@fault("LIST-ORDER-004")
def only_the_first_ordering_counts(behaviour: Behaviour) -> Behaviour:
    """Of several orderings, all but the first are dropped."""
    return _filtered(
        behaviour,
        lambda asked: (
            {**asked, "orderBy": str(asked["orderBy"]).split(",")[0]}
            if "orderBy" in asked
            else asked
        ),
    )


@fault("LIST-FILTER-001")
def equal_is_ignored(behaviour: Behaviour) -> Behaviour:
    """`…Equal` restricts nothing, but for ids."""
    return _without(
        behaviour,
        lambda name: name.endswith("Equal") and "Than" not in name and not name.startswith("entry")
        and not name.endswith("NotEqual"),
    )  # fmt: skip


@fault("LIST-FILTER-002")
def not_equal_is_ignored(behaviour: Behaviour) -> Behaviour:
    """`…NotEqual` restricts nothing."""
    return _without(behaviour, lambda name: name.endswith("NotEqual"))


@fault("LIST-FILTER-003")
def in_takes_the_first_value(behaviour: Behaviour) -> Behaviour:
    """`…In` looks at the first value alone, but for ids."""

    def change(asked: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value.split(",")[0]
            if name.endswith("In") and isinstance(value, str) and not name.endswith("NotIn")
            and name not in {"idIn", "statusIn"}
            else value
            for name, value in asked.items()
        }  # fmt: skip

    return _filtered(behaviour, change)


@fault("LIST-FILTER-004")
def not_in_is_ignored(behaviour: Behaviour) -> Behaviour:
    """`…NotIn` restricts nothing."""
    return _without(behaviour, lambda name: name.endswith("NotIn"))


@fault("LIST-FILTER-005")
def greater_or_equal_leaves_the_value_out(behaviour: Behaviour) -> Behaviour:
    """`…GreaterThanOrEqual` leaves the value itself out."""
    return _shifted(behaviour, "GreaterThanOrEqual", 1)


@fault("LIST-FILTER-006")
def less_or_equal_leaves_the_value_out(behaviour: Behaviour) -> Behaviour:
    """`…LessThanOrEqual` leaves the value itself out."""
    return _shifted(behaviour, "LessThanOrEqual", -1)


@fault("LIST-FILTER-007")
def like_finds_everything(behaviour: Behaviour) -> Behaviour:
    """`…Like` restricts nothing."""
    return _without(behaviour, lambda name: name.endswith("Like"))


@fault("LIST-FILTER-008")
def multi_like_or_wants_all_words(behaviour: Behaviour) -> Behaviour:
    """`…MultiLikeOr` finds what has all of the words."""
    return _filtered(behaviour, lambda asked: _renamed(asked, "MultiLikeOr", "MultiLikeAnd"))


@fault("LIST-FILTER-009")
def multi_like_and_wants_one_word(behaviour: Behaviour) -> Behaviour:
    """`…MultiLikeAnd` finds what has one of the words."""
    return _filtered(behaviour, lambda asked: _renamed(asked, "MultiLikeAnd", "MultiLikeOr"))


@fault("LIST-FILTER-010")
def unusual_filters_find_nothing(behaviour: Behaviour) -> Behaviour:
    """A filter by partnerId finds nothing."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        if any(name.startswith("partnerId") for name in filter_of(call)):
            return []
        return behaviour.select(call, records)

    return replace(behaviour, select=select)


@fault("LIST-FILTER-011")
def filters_combine_with_or(behaviour: Behaviour) -> Behaviour:
    """Of two properties besides id, status and type, the second one counts alone."""

    def change(asked: dict[str, Any]) -> dict[str, Any]:
        usual = ("idIn", "statusIn", "objectType")
        dropped = [name for name in asked if not name.startswith(usual)][:-1]
        return {name: value for name, value in asked.items() if name not in dropped}

    return _filtered(behaviour, change)


@fault("LIST-FILTER-012")
def empty_filters_find_nothing(behaviour: Behaviour) -> Behaviour:
    """An empty filter property finds what is empty."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        chosen = behaviour.select(call, records)
        return [] if any(value == "" for value in filter_of(call).values()) else chosen

    return replace(behaviour, select=select)


@fault("LIST-FILTER-013")
def unknown_filters_are_refused(behaviour: Behaviour) -> Behaviour:
    """A property that the filter does not have makes the filter unreadable."""
    return _asked(behaviour, lambda asked: "unreadable" if "kcNoSuchProperty" in asked else asked)


@fault("LIST-FILTER-014")
def small_times_are_long_ago(behaviour: Behaviour) -> Behaviour:
    """A small number for a time is a moment in 1970."""
    name = "createdAtGreaterThanOrEqual"

    def change(asked: dict[str, Any]) -> dict[str, Any]:
        small = isinstance(asked.get(name), int) and 0 < asked[name] < _FIRST_EPOCH
        return {key: value for key, value in asked.items() if key != name or not small}

    return _asked(behaviour, change)


@fault("LIST-FILTER-015")
def untyped_filters_are_ignored(behaviour: Behaviour) -> Behaviour:
    """A filter without an objectType is no filter."""
    return _asked(behaviour, lambda asked: asked if "objectType" in asked else {})


@fault("LIST-FILTER-016")
def unknown_users_are_everybody(behaviour: Behaviour) -> Behaviour:
    """media.list by an unknown user's id lists everybody's entries."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        asked = filter_of(call)
        named = asked.get("userIdEqual")
        is_known = call.world.storage.get("KalturaBaseUser", str(named)) is not None
        if call.action.id != "media.list" or not named or is_known:
            return behaviour.select(call, records)
        rest = {name: value for name, value in asked.items() if name != "userIdEqual"}
        return behaviour.select(
            replace(call, arguments={**call.arguments, "filter": rest}), records
        )

    return replace(behaviour, select=select)


@fault("LIST-FILTER-016")
def one_state_is_all_states(behaviour: Behaviour) -> Behaviour:
    """uiConf.list does not look at objTypeEqual."""
    return _filtered(
        behaviour,
        lambda asked: {name: value for name, value in asked.items() if name != "objTypeEqual"},
    )


@fault("LIST-FILTER-017")
def free_text_finds_everything(behaviour: Behaviour) -> Behaviour:
    """`freeText` restricts nothing."""
    return _without(behaviour, lambda name: name == "freeText")


@fault("LIST-FILTER-018")
def names_mind_their_case(behaviour: Behaviour) -> Behaviour:
    """A name in capitals finds nothing."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        asked = filter_of(call)
        loud = [str(asked[name]) for name in ("nameEqual", "nameLike") if name in asked]
        if any(text != text.lower() and text == text.upper() for text in loud):
            return []
        return behaviour.select(call, records)

    return replace(behaviour, select=select)


@fault("LIST-FILTER-019")
def updates_are_sought_by_creation(behaviour: Behaviour) -> Behaviour:
    """A filter by the time of an update looks at the time of creation."""
    return _filtered(
        behaviour,
        lambda asked: {
            name.replace("updatedAt", "createdAt") if name.startswith("updatedAt") else name: value
            for name, value in asked.items()
        },
    )


@fault("LIST-FILTER-010")
def categories_of_entries_are_all_one(behaviour: Behaviour) -> Behaviour:
    """categoryEntry.list does not look at categoryIdEqual."""
    return _without(behaviour, lambda name: name == "categoryIdEqual")


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


def _asked(behaviour: Behaviour, change: Callable[[dict[str, Any]], Any]) -> Behaviour:
    """Change the filter as it came in."""
    sound = behaviour.read_request

    def read(request: HttpRequest) -> Invocation:
        invocation = sound(request)
        asked = invocation.params.get("filter")
        if invocation.action == "list" and isinstance(asked, dict):
            invocation.params["filter"] = change(asked)
        return invocation

    return replace(behaviour, read_request=read)


def _filtered(behaviour: Behaviour, change: Changed) -> Behaviour:
    """Change the filter of lists after it was read."""
    return _argument(behaviour, "Filter", change)


def _paged(behaviour: Behaviour, change: Changed) -> Behaviour:
    """Change the pager of lists, an empty one where none was sent."""
    return _argument(behaviour, "Pager", change, absent={})


def _argument(
    behaviour: Behaviour, suffix: str, change: Changed, *, absent: dict[str, Any] | None = None
) -> Behaviour:
    def changed(action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        if action.name != "list":
            return arguments
        for param in action.params:
            if (param.type.name or "").endswith(suffix):
                value = arguments.get(param.name, absent)
                if isinstance(value, dict):
                    return {**arguments, param.name: change(value)}
        return arguments

    return alteration.arguments(behaviour, changed)


def _without(behaviour: Behaviour, dropped: Callable[[str], bool]) -> Behaviour:
    """Drop properties from the filters of lists."""
    return _filtered(
        behaviour, lambda asked: {name: v for name, v in asked.items() if not dropped(name)}
    )


def _renamed(asked: dict[str, Any], suffix: str, other: str) -> dict[str, Any]:
    return {
        f"{name.removesuffix(suffix)}{other}" if name.endswith(suffix) else name: value
        for name, value in asked.items()
    }


def _shifted(behaviour: Behaviour, suffix: str, by: int) -> Behaviour:
    """Shift the thresholds of one kind of filter property."""
    return _filtered(
        behaviour,
        lambda asked: {
            name: value + by if name.endswith(suffix) and isinstance(value, int) else value
            for name, value in asked.items()
        },
    )


def _with_order(asked: dict[str, Any], sign: str, other: str) -> dict[str, Any]:
    order = str(asked.get("orderBy") or "")
    return {**asked, "orderBy": other + order[1:]} if order.startswith(sign) else asked


def _pager(call: Call) -> dict[str, Any]:
    """The pager as it was sent, or an empty one."""
    for param in call.action.params:
        value = call.arguments.get(param.name)
        if (param.type.name or "").endswith("Pager") and isinstance(value, dict):
            return value
    return {}


def _demanded(call: Call) -> bool:
    return call.action.service in call.world.rules.mandatory_filter


def _family(call: Call) -> str:
    return call.room.family if call.room is not None else ""
