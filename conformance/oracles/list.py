"""What a server owes when objects are listed (CONTRACT section 6).

Pages, orderings and filters have modules of their own beside this one. Lists are judged by the
objects of the run: other clients write at the same time, and an index may lag behind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import TIME_TOLERANCE_SECONDS, changes, shown
from conformance.oracles.list_answer import (
    breach,
    identities,
    identity,
    page_of,
    refused,
    whole,
)
from conformance.oracles.list_filter import (
    empty_filters_change_nothing,
    equal_finds_that_value,
    filters_combine_with_and,
    filters_go_by_their_declared_type,
    free_text_finds_a_word,
    greater_finds_what_is_greater,
    in_finds_each_value,
    less_finds_what_is_less,
    like_finds_a_word,
    multi_like_and_finds_all_words,
    multi_like_or_finds_any_word,
    names_are_sought_without_case,
    nobodys_value_finds_nothing,
    not_equal_leaves_that_value_out,
    not_in_leaves_each_value_out,
    other_filters_do_as_they_are_called,
    relative_times_count_from_now,
    unknown_filters_change_nothing,
    updated_objects_are_found_by_their_update,
)
from conformance.oracles.list_order import (
    later_orderings_break_ties,
    list_ascends,
    list_descends,
    unknown_order_is_ignored,
)
from conformance.oracles.list_page import (
    index_below_one_is_the_first_page,
    page_has_a_largest_size,
    page_has_its_default_size,
    page_has_the_asked_size,
    page_holds_no_more_than_the_total,
    page_past_the_end_is_empty,
    page_without_a_size_holds_all,
    pages_are_complete,
    pages_are_disjoint,
    total_counts_what_matches,
    total_is_the_same_on_every_page,
)
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

__all__ = [
    "count_agrees_with_the_list",
    "created_object_appears",
    "deleted_object_disappears",
    "derived_list_holds_its_own_types",
    "empty_filters_change_nothing",
    "equal_finds_that_value",
    "filters_combine_with_and",
    "filters_go_by_their_declared_type",
    "free_text_finds_a_word",
    "fresh_entries_are_hidden_until_asked_for",
    "greater_finds_what_is_greater",
    "in_finds_each_value",
    "index_below_one_is_the_first_page",
    "later_orderings_break_ties",
    "less_finds_what_is_less",
    "like_finds_a_word",
    "list_answers_objects_and_a_total",
    "list_ascends",
    "list_descends",
    "list_needs_no_filter",
    "list_shows_what_get_shows",
    "mandatory_filter_is_demanded",
    "multi_like_and_finds_all_words",
    "multi_like_or_finds_any_word",
    "names_are_sought_without_case",
    "nobodys_value_finds_nothing",
    "not_equal_leaves_that_value_out",
    "not_in_leaves_each_value_out",
    "other_filters_do_as_they_are_called",
    "page_has_a_largest_size",
    "page_has_its_default_size",
    "page_has_the_asked_size",
    "page_holds_no_more_than_the_total",
    "page_past_the_end_is_empty",
    "page_without_a_size_holds_all",
    "pages_are_complete",
    "pages_are_disjoint",
    "relative_times_count_from_now",
    "response_profile_decides_what_is_shown",
    "total_counts_what_matches",
    "total_is_the_same_on_every_page",
    "unknown_filters_change_nothing",
    "unknown_order_is_ignored",
    "updated_object_is_found_anew",
    "updated_objects_are_found_by_their_update",
]

REFUSAL = re.compile(r"FORBIDDEN|UNAUTHORIZED|NOT_AVAILABLE|DOES_NOT_EXISTS|INVALID_KS")
"""Codes by which an account is refused an action, or a plugin is switched off."""

MOVING = frozenset(
    {"updatedAt", "plays", "views", "lastPlayedAt", "lastLoginTime", "votes", "rank", "totalRank"}
)
"""What changes while one looks, without anybody's update."""

CREATED_AT = "createdAt"
NOT_IN_LISTS = frozenset({"dataContent"})
"""What real servers leave out of lists."""


@oracle("LIST-SHAPE-001")
def list_answers_objects_and_a_total(
    listed: Exchange, *, objects_may_lack: bool
) -> Iterator[Breach]:
    """A list answers the array `objects` and the number `totalCount`."""
    answer = listed.answer
    if not isinstance(answer, Result):
        return
    value = answer.value
    if not isinstance(value, dict):
        yield breach("$", "an object with objects and totalCount", shown(value), "", listed)
        return
    total = whole(value.get("totalCount"))
    if total is None or total < 0:
        actual = shown(value.get("totalCount"))
        yield breach("$.totalCount", "a number from 0 up", actual, "", listed)
    if "objects" not in value and objects_may_lack and total == 0:
        return
    if not isinstance(value.get("objects"), list):
        yield breach("$.objects", "an array", shown(value.get("objects")), "", listed)


@oracle("LIST-SHAPE-002")
def list_needs_no_filter(listed: Exchange) -> Iterator[Breach]:
    """A list whose filter is optional answers without one."""
    answer = listed.answer
    if isinstance(answer, ApiError) and not REFUSAL.search(answer.code):
        actual = f"error {answer.code}: {answer.message}"
        yield breach("$", "a list", actual, "the schema says that nothing is required", listed)


@oracle("LIST-MANDATORY-001")
def mandatory_filter_is_demanded(listed: Exchange, codes: Collection[str]) -> Iterator[Breach]:
    """A list that is only for a part of the objects refuses to answer without its filter."""
    expected = f"error {' or '.join(sorted(codes))}"
    answer = listed.answer
    if isinstance(answer, Result):
        yield breach("$", expected, f"a result: {shown(answer.value)}", "", listed)
    elif isinstance(answer, ApiError) and not (answer.code in codes or REFUSAL.search(answer.code)):
        yield breach("$.code", expected, f"error {answer.code}", "", listed)


@oracle("LIST-FRESH-001")
def created_object_appears(
    listed: Exchange, expected: Collection[str], names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """An object that was added is in its service's list, once an index had its time."""
    yield from refused(listed, "a list")
    page = page_of(listed)
    if page is None:
        return
    complete = all_shown or (page.total is not None and page.total <= len(page.objects))
    missing = sorted(set(expected) - set(identities(listed, names)))
    if complete and missing:
        yield breach("$.objects", ", ".join(missing), "absent", "it was added before", listed)


@oracle("LIST-FRESH-002")
def deleted_object_disappears(
    listed: Exchange, delete: Exchange, deleted: str, names: Sequence[str]
) -> Iterator[Breach]:
    """An object that was deleted is in no list, once an index had its time."""
    if not isinstance(delete.answer, Result):
        return
    if deleted in identities(listed, names):
        yield breach("$.objects", f"no {deleted}", "still there", "", delete, listed)


@oracle("LIST-FRESH-003")
def updated_object_is_found_anew(
    listed: Exchange,
    update: Exchange,
    updated: str,
    changed: Mapping[str, Any],
    names: Sequence[str],
    lineage: Lineage,
) -> Iterator[Breach]:
    """After an update, lists show the new values."""
    page = page_of(listed)
    if not isinstance(update.answer, Result) or page is None:
        return
    for index, each in enumerate(page.objects):
        if identity(each, names) == updated:
            kind = str(each.get("objectType"))
            for change in changes(changed, each, kind, lineage, path=f"$.objects[{index}]"):
                yield breach(change.path, change.expected, change.actual, "", update, listed)


@oracle("LIST-SAME-001")
def list_shows_what_get_shows(
    listed: Exchange, get: Exchange, names: Sequence[str], lineage: Lineage, *,
    left_out: Collection[str] = (),
) -> Iterator[Breach]:  # fmt: skip
    """An object in a list has the properties and values that get answers for its id."""
    page, value = page_of(listed), get.result.value if get.result else None
    if page is None or not isinstance(value, dict):
        return
    for index, each in enumerate(page.objects):
        if identity(each, names) == identity(value, names):
            yield from _same(value, each, f"$.objects[{index}]", lineage, left_out, get, listed)


@oracle("LIST-COUNT-001")
def count_agrees_with_the_list(count: Exchange, *, expected: int) -> Iterator[Breach]:
    """count answers how many objects the same filter lists."""
    yield from refused(count, str(expected))
    answer = count.answer
    if isinstance(answer, Result) and whole(answer.value) != expected:
        yield breach("$", str(expected), shown(answer.value), "as many are listed", count)


@oracle("LIST-TYPE-001")
def derived_list_holds_its_own_types(
    listed: Exchange, foreign: Mapping[str, str], names: Sequence[str], kind: str
) -> Iterator[Breach]:
    """The list of a service for one type never holds an object of a sibling type.

    `foreign` are the types of the siblings' objects, by id.
    """
    for index, one in enumerate(identities(listed, names)):
        if one in foreign:
            actual = f"{one}, a {foreign[one]}"
            yield breach(f"$.objects[{index}]", f"only objects of {kind}", actual, "", listed)


@oracle("LIST-DEFAULT-001")
def fresh_entries_are_hidden_until_asked_for(
    plain: Exchange, named: Exchange, hidden: str, names: Sequence[str]
) -> Iterator[Breach]:
    """An entry that is not ready is in no list by default, but in one that asks for its very id."""
    if hidden in identities(plain, names):
        hint = "without a status filter, only ready entries are listed"
        yield breach("$.objects", f"no {hidden}", "there", hint, plain)
    yield from refused(named, f"the entry {hidden}")
    if page_of(named) is not None and hidden not in identities(named, names):
        yield breach("$.objects", hidden, "absent", "idEqual lifts the status filter", named)


@oracle("LIST-PROFILE-001")
def response_profile_decides_what_is_shown(
    answered: Exchange,
    objects: Sequence[tuple[str, Any]],
    *,
    wanted: Collection[str],
    unwanted: Collection[str],
) -> Iterator[Breach]:
    """With a response profile, every object shows what the profile includes, and no more.

    `wanted` and `unwanted` are properties that the objects surely have without a profile.
    """
    yield from refused(answered, "the same objects, with fewer properties")
    for where, each in objects:
        if not isinstance(each, dict):
            continue
        for name in sorted(wanted):
            if name not in each:
                yield breach(f"{where}.{name}", "there", "absent", "the profile wants it", answered)
        for name in sorted(unwanted):
            if each.get(name) is not None:
                hint = "is the response profile ignored?"
                yield breach(f"{where}.{name}", "absent", shown(each[name]), hint, answered)


def _same(
    value: Mapping[str, Any],
    each: Mapping[str, Any],
    path: str,
    lineage: Lineage,
    left_out: Collection[str],
    get: Exchange,
    listed: Exchange,
) -> Iterator[Breach]:
    kinds = str(value.get("objectType")), str(each.get("objectType"))
    if not all(map(lineage.properties, kinds)):
        return
    shared = lineage.common_ancestor(*kinds)
    if shared is None or shared not in kinds:
        yield breach(f"{path}.objectType", kinds[0], kinds[1], "", get, listed)
        return
    compared = {
        name: held
        for name, held in value.items()
        if name not in MOVING and name not in NOT_IN_LISTS and name not in left_out
    }
    hint = "as get answers it"
    for change in changes(compared, each, shared, lineage, path=path):
        yield breach(change.path, change.expected, change.actual, hint, get, listed)
    # Other times may be worked out anew at each answer; this one was written once.
    told, shown_at = whole(value.get(CREATED_AT)), whole(each.get(CREATED_AT))
    if (
        told is not None
        and shown_at is not None
        and 0 < abs(told - shown_at) <= TIME_TOLERANCE_SECONDS
    ):
        yield breach(f"{path}.{CREATED_AT}", str(told), str(shown_at), hint, get, listed)
