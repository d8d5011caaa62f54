"""Faults of the filters of lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.list_question import filtered
from conformance.reference.faults.registry import fault
from conformance.reference.listing import filter_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.storage import Record

_FIRST_EPOCH = 315_360_000


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

    return filtered(behaviour, change)


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
    return filtered(behaviour, lambda asked: _renamed(asked, "MultiLikeOr", "MultiLikeAnd"))


@fault("LIST-FILTER-009")
def multi_like_and_wants_one_word(behaviour: Behaviour) -> Behaviour:
    """`…MultiLikeAnd` finds what has one of the words."""
    return filtered(behaviour, lambda asked: _renamed(asked, "MultiLikeAnd", "MultiLikeOr"))


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

    return filtered(behaviour, change)


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
    return filtered(
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
    return filtered(
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


def _without(behaviour: Behaviour, dropped: Callable[[str], bool]) -> Behaviour:
    """Drop properties from the filters of lists."""
    return filtered(
        behaviour, lambda asked: {name: v for name, v in asked.items() if not dropped(name)}
    )


def _renamed(asked: dict[str, Any], suffix: str, other: str) -> dict[str, Any]:
    return {
        f"{name.removesuffix(suffix)}{other}" if name.endswith(suffix) else name: value
        for name, value in asked.items()
    }


def _shifted(behaviour: Behaviour, suffix: str, by: int) -> Behaviour:
    """Shift the thresholds of one kind of filter property."""
    return filtered(
        behaviour,
        lambda asked: {
            name: value + by if name.endswith(suffix) and isinstance(value, int) else value
            for name, value in asked.items()
        },
    )
