from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import list as oracles
from conformance.oracles.list_filter import (
    Question,
    question,
    read_term,
    satisfies,
    unanswered,
)
from conformance.oracles.list_order import compared
from conformance.schema.model import TypeRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

NAMES = ("id",)
TEXT, INT = TypeRef("string"), TypeRef("int")
TIME = TypeRef("int", is_time=True)
THING = "KalturaThing"


def listed(answered: Answered, *ids: int, total: int | None = None, **more: Any) -> Exchange:
    """A list of things with these ids."""
    objects = [{"id": each, "objectType": THING, **more} for each in ids]
    return answered({"objects": objects, "totalCount": len(ids) if total is None else total})


def asked(name: str, value: Any, values: dict[str, Any], ref: TypeRef = TEXT) -> Question:
    """A question of a filter property."""
    term = read_term(name)
    assert term is not None
    return question(term, value, values, ref)


def told(breaches: Iterator[Breach]) -> list[str]:
    """Where the breaches are."""
    return [breach.where for breach in breaches]


@pytest.mark.parametrize(
    ("name", "stem", "operator"),
    [
        ("createdAtGreaterThanOrEqual", "createdAt", "GreaterThanOrEqual"),
        ("startDateLessThanOrEqualOrNull", "startDate", "LessThanOrEqualOrNull"),
        ("tagsMultiLikeOr", "tags", "MultiLikeOr"),
        ("statusNotIn", "status", "NotIn"),
        ("nameLike", "name", "Like"),
    ],
)
def test_the_longest_suffix_wins(name: str, stem: str, operator: str) -> None:
    """A filter property is read by its longest suffix."""
    term = read_term(name)

    assert term is not None
    assert (term.stem, term.operator) == (stem, operator)


def test_a_name_without_a_suffix_says_nothing() -> None:
    """freeText and a bare suffix are no terms."""
    assert read_term("freeText") is None
    assert read_term("Equal") is None


@pytest.mark.parametrize(
    ("operator", "value", "wanted", "ref", "expected"),
    [
        ("Equal", "a", "a", TEXT, True),
        ("Equal", "a", "b", TEXT, False),
        ("Equal", "A", "a", TEXT, None),
        ("Equal", "é", "e", TEXT, None),
        ("Equal", "2", 2, INT, True),
        ("Equal", None, "a", TEXT, False),
        ("NotEqual", "a", "b", TEXT, True),
        ("NotEqual", None, "b", TEXT, None),
        ("In", 2, "1,2", INT, True),
        ("NotIn", 2, "1,2", INT, False),
        ("GreaterThanOrEqual", 5, 5, INT, True),
        ("GreaterThan", 5, 5, INT, False),
        ("LessThanOrEqual", 5, 5, INT, True),
        ("LessThan", 4, 5, INT, True),
        ("GreaterThanOrEqual", 1_800_000_000, 1_800_000_000, TIME, True),
        ("GreaterThanOrEqual", 1_800_000_000, 1_800_000_001, TIME, None),
        ("LessThanOrEqual", 1_800_000_000, 1_800_000_000, TIME, None),
        ("LessThanOrEqual", 1_800_000_000, 1_800_003_600, TIME, True),
        ("Like", "alpha beta", "beta", TEXT, True),
        ("Like", "alphabet", "beta", TEXT, False),
        ("Like", "alphabeta", "beta", TEXT, None),
        ("MultiLikeOr", "one, two", "two,three", TEXT, True),
        ("MultiLikeAnd", "one, two", "two,three", TEXT, False),
        ("MultiLikeAnd", "one, two", "two,one", TEXT, True),
        ("EqualOrNull", None, "a", TEXT, True),
        ("Empty", None, "1", TEXT, None),
    ],
)
def test_operators_say_who_is_found(
    operator: str, value: Any, wanted: Any, ref: TypeRef, *, expected: bool | None
) -> None:
    """Yes, no, or nothing where a collation, a token or rounding decides."""
    assert satisfies(operator, value, wanted, ref) is expected


@pytest.mark.parametrize(
    ("one", "other", "ref", "expected"),
    [
        (1, 2, INT, -1),
        ("10", 9, INT, 1),
        (None, 2, INT, 0),
        ("bx1", "Cx1", TEXT, -1),
        ("9", "a", TEXT, -1),
        ("_a", "b", TEXT, 0),
        ("éa", "b", TEXT, 0),
        ("abcdz", "abcda", TEXT, 0),
    ],
)
def test_only_sure_orders_are_compared(one: Any, other: Any, ref: TypeRef, expected: int) -> None:
    """Numbers that differ, and texts that differ early in a letter or digit."""
    assert compared(one, other, ref) == expected


@pytest.mark.parametrize(
    "judge",
    [
        oracles.equal_finds_that_value,
        oracles.not_equal_leaves_that_value_out,
        oracles.in_finds_each_value,
        oracles.not_in_leaves_each_value_out,
        oracles.greater_finds_what_is_greater,
        oracles.less_finds_what_is_less,
        oracles.like_finds_a_word,
        oracles.multi_like_or_finds_any_word,
        oracles.multi_like_and_finds_all_words,
        oracles.other_filters_do_as_they_are_called,
        oracles.relative_times_count_from_now,
        oracles.names_are_sought_without_case,
        oracles.updated_objects_are_found_by_their_update,
    ],
)
def test_a_filter_finds_what_matches_and_nothing_else(
    answered: Answered, refused: Refused, judge: Callable[..., Iterator[Breach]]
) -> None:
    """An object too many, an object too few and an error are breaches; strangers are none."""
    by_name = asked("nameEqual", "a", {"1": "a", "2": "b", "3": "A"})

    assert not told(judge(listed(answered, 1), by_name, NAMES))
    assert not told(judge(listed(answered, 1, 3, 77), by_name, NAMES))
    assert told(judge(listed(answered), by_name, NAMES)) == ["$.objects"]
    assert told(judge(listed(answered, 1, 2), by_name, NAMES)) == ["$.objects"]
    assert told(judge(refused("INTERNAL_SERVERL_ERROR"), by_name, NAMES)) == ["$"]


def test_nobodys_value_finds_nobody(answered: Answered, refused: Refused) -> None:
    """One of ours is a breach; a stranger is none, nor is an empty list; an error is one."""
    term = read_term("userIdEqual")
    assert term is not None
    nobodys = unanswered(term, "nobody", {"1", "2"})

    assert not told(oracles.nobodys_value_finds_nothing(listed(answered), nobodys, NAMES))
    assert not told(oracles.nobodys_value_finds_nothing(listed(answered, 77), nobodys, NAMES))
    assert told(oracles.nobodys_value_finds_nothing(listed(answered, 1), nobodys, NAMES))
    assert told(oracles.nobodys_value_finds_nothing(refused("X"), nobodys, NAMES)) == ["$"]


def test_free_text_finds_a_word(answered: Answered) -> None:
    """Who has the word must be found, who has it nowhere must not be."""

    def judge(exchange: Exchange) -> list[str]:
        return told(oracles.free_text_finds_a_word(exchange, "word", {"1"}, {"2"}, NAMES))

    assert not judge(listed(answered, 1))
    assert not judge(listed(answered, 1, 3))
    assert judge(listed(answered, 3)) == ["$.objects"]
    assert judge(listed(answered, 1, 2)) == ["$.objects"]


def test_a_response_profile_decides_what_is_shown(answered: Answered, refused: Refused) -> None:
    """What it wants is there, what it leaves out is not; nothing is said of the rest."""

    def judge(each: dict[str, Any]) -> list[str]:
        return told(
            oracles.response_profile_decides_what_is_shown(
                answered(each), (("$", each),), wanted={"id"}, unwanted={"tags"}
            )
        )

    assert not judge({"id": 1, "type": 1, "objectType": THING})
    assert not judge({"id": 1, "tags": None})
    assert judge({"id": 1, "tags": "a"}) == ["$.tags"]
    assert judge({"type": 1}) == ["$.id"]
    assert told(
        oracles.response_profile_decides_what_is_shown(refused("X"), (), wanted={"id"}, unwanted=())
    ) == ["$"]


def test_an_object_on_a_later_page_is_not_missing(answered: Answered) -> None:
    """Where the list may hold strangers, only a page with everything shows who is missing."""
    by_name = asked("nameEqual", "a", {"1": "a"})

    def judge(exchange: Exchange) -> list[str]:
        return told(oracles.equal_finds_that_value(exchange, by_name, NAMES, all_shown=False))

    assert not judge(listed(answered, 77, total=2))
    assert judge(listed(answered, 77, total=1)) == ["$.objects"]


def test_filters_combine_with_and(answered: Answered) -> None:
    """What only one of two filters finds is a breach."""
    both = [
        asked("nameEqual", "a", {"1": "a", "2": "a"}),
        asked("statusEqual", 7, {"1": 7, "2": 2}, INT),
    ]

    assert not told(oracles.filters_combine_with_and(listed(answered, 1), both, NAMES))
    assert told(oracles.filters_combine_with_and(listed(answered, 1, 2), both, NAMES))


@pytest.mark.parametrize(
    "judge",
    [
        oracles.empty_filters_change_nothing,
        oracles.unknown_filters_change_nothing,
        oracles.filters_go_by_their_declared_type,
    ],
)
def test_what_restricts_nothing_changes_nothing(
    answered: Answered, judge: Callable[..., Iterator[Breach]]
) -> None:
    """Neither may an object vanish, nor may the rest of the filter be forgotten."""
    assert not told(judge(listed(answered, 1, 2), "x", {"1", "2"}, NAMES))
    assert told(judge(listed(answered, 1), "x", {"1", "2"}, NAMES))
    assert told(judge(listed(answered, 1, 2, 77), "x", {"1", "2"}, NAMES))
    assert not told(judge(listed(answered, 1, 2, 77), "x", {"1", "2"}, NAMES, all_shown=False))


def test_orderings_are_kept(answered: Answered) -> None:
    """A smaller value after a greater one is a breach of `+`, and the other way round of `-`."""
    values = {"1": 10, "2": 20, "3": 20}
    up, down = listed(answered, 1, 3, 2), listed(answered, 2, 77, 1)

    assert not told(oracles.list_ascends(up, values, NAMES, "+x", INT))
    assert told(oracles.list_ascends(down, values, NAMES, "+x", INT)) == ["$.objects[2]"]
    assert not told(oracles.list_descends(down, values, NAMES, "-x", INT))
    assert told(oracles.list_descends(up, values, NAMES, "-x", INT)) == ["$.objects[1]"]
    assert not told(oracles.later_orderings_break_ties(up, values, NAMES, "+x", INT))
    assert told(oracles.later_orderings_break_ties(down, values, NAMES, "+x", INT))


def test_unknown_orderings_are_ignored(answered: Answered, refused: Refused) -> None:
    """Another order is fine; other objects and an error are not."""
    plain = listed(answered, 1, 2)

    assert not told(
        oracles.unknown_order_is_ignored(listed(answered, 2, 1), plain, NAMES, ("1", "2"))
    )
    assert told(oracles.unknown_order_is_ignored(listed(answered, 1), plain, NAMES, ("1", "2")))
    assert told(
        oracles.unknown_order_is_ignored(refused("INVALID_ENUM_VALUE"), plain, NAMES, ("1", "2"))
    )


def test_pages_have_their_sizes(answered: Answered) -> None:
    """The default, the size that was asked for, the largest, and all for none."""
    two = listed(answered, 1, 2)

    assert not told(oracles.page_has_its_default_size(two, size=2))
    assert told(oracles.page_has_its_default_size(two, size=1))
    assert told(oracles.page_has_its_default_size(two, size=30, known=3))
    assert not told(oracles.page_has_the_asked_size(two, size=5, left=2))
    assert told(oracles.page_has_the_asked_size(two, size=1, left=2))
    assert not told(oracles.page_has_a_largest_size(two, largest=500, expected=2))
    assert told(oracles.page_has_a_largest_size(two, largest=1, expected=1))
    assert told(oracles.page_has_a_largest_size(two, largest=500, expected=3))
    assert not told(oracles.page_without_a_size_holds_all(two, expected=2))
    assert told(oracles.page_without_a_size_holds_all(two, expected=3))


def test_pages_past_the_end_are_empty(answered: Answered) -> None:
    """With the usual total, where it is judged."""
    empty = listed(answered, total=0)

    assert not told(oracles.page_past_the_end_is_empty(empty, total=None))
    assert told(oracles.page_past_the_end_is_empty(empty, total=4)) == ["$.totalCount"]
    assert told(oracles.page_past_the_end_is_empty(listed(answered, 1, total=4), total=4))


def test_pages_are_disjoint_and_complete(answered: Answered) -> None:
    """Every object once; none missing, none besides."""
    pages = [listed(answered, 1, 2), listed(answered, 3)]
    overlapping = [listed(answered, 1, 2), listed(answered, 2, 3)]

    assert not told(oracles.pages_are_disjoint(pages, NAMES))
    assert told(oracles.pages_are_disjoint(overlapping, NAMES)) == ["$.objects[0]"]
    assert not told(oracles.pages_are_complete(pages, NAMES, {"1", "2", "3"}))
    assert told(oracles.pages_are_complete(pages, NAMES, {"1", "2", "3", "4"}))
    assert told(oracles.pages_are_complete(pages, NAMES, {"1", "2"}))


def test_an_index_below_one_is_the_first_page(answered: Answered, refused: Refused) -> None:
    """Another page and an error are breaches."""
    first = listed(answered, 1, 2)

    assert not told(oracles.index_below_one_is_the_first_page(first, first, NAMES))
    assert told(oracles.index_below_one_is_the_first_page(listed(answered, 3), first, NAMES))
    assert told(oracles.index_below_one_is_the_first_page(refused("X"), first, NAMES))


def test_totals_count_what_matches(answered: Answered) -> None:
    """On every page alike, and never less than the page shows."""
    one, two = listed(answered, 1, total=2), listed(answered, 1, 2, total=2)
    wrong = listed(answered, 1, 2, total=1)

    assert not told(oracles.total_is_the_same_on_every_page([one, two]))
    assert told(oracles.total_is_the_same_on_every_page([one, wrong])) == ["$.totalCount"]
    assert not told(oracles.total_counts_what_matches(one, expected=2))
    assert told(oracles.total_counts_what_matches(wrong, expected=2)) == ["$.totalCount"]
    assert not told(oracles.page_holds_no_more_than_the_total(two))
    assert told(oracles.page_holds_no_more_than_the_total(wrong)) == ["$.totalCount"]


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"objects": [], "totalCount": 0}, []),
        ({"objects": [], "totalCount": "3"}, []),
        ({"totalCount": 0}, ["$.objects"]),
        ({"objects": [], "totalCount": -1}, ["$.totalCount"]),
        ({"objects": {}}, ["$.totalCount", "$.objects"]),
        ([], ["$"]),
    ],
)
def test_a_list_has_objects_and_a_total(answered: Answered, value: Any, places: list[str]) -> None:
    """Both, of their kinds; numbers may come as text."""
    found = oracles.list_answers_objects_and_a_total(answered(value), objects_may_lack=False)

    assert told(found) == places


def test_an_empty_list_may_lack_its_objects_where_that_is_known(answered: Answered) -> None:
    """Only with a total of 0."""
    lacking = answered({"totalCount": 0})

    assert not told(oracles.list_answers_objects_and_a_total(lacking, objects_may_lack=True))


def test_an_optional_filter_may_be_left_out(answered: Answered, refused: Refused) -> None:
    """An account without the right is no breach."""
    assert not told(oracles.list_needs_no_filter(listed(answered, 1)))
    assert not told(oracles.list_needs_no_filter(refused("SERVICE_FORBIDDEN")))
    assert told(oracles.list_needs_no_filter(refused("INTERNAL_SERVERL_ERROR"))) == ["$"]


def test_a_mandatory_filter_is_demanded(answered: Answered, refused: Refused) -> None:
    """With its own code."""
    codes = {"MUST_FILTER_USERS_OR_CATEGORY"}

    assert not told(oracles.mandatory_filter_is_demanded(refused(*codes), codes))
    assert not told(oracles.mandatory_filter_is_demanded(refused("SERVICE_FORBIDDEN"), codes))
    assert told(oracles.mandatory_filter_is_demanded(refused("OTHER"), codes)) == ["$.code"]
    assert told(oracles.mandatory_filter_is_demanded(listed(answered), codes)) == ["$"]


def test_objects_come_and_go(answered: Answered, refused: Refused) -> None:
    """What was added is listed, what was deleted is not."""
    done = answered(None)

    assert not told(oracles.created_object_appears(listed(answered, 1), {"1"}, NAMES))
    assert told(oracles.created_object_appears(listed(answered), {"1"}, NAMES))
    assert not told(oracles.deleted_object_disappears(listed(answered), done, "1", NAMES))
    assert told(oracles.deleted_object_disappears(listed(answered, 1), done, "1", NAMES))
    assert not told(
        oracles.deleted_object_disappears(listed(answered, 1), refused("X"), "1", NAMES)
    )


def test_updates_are_shown_in_lists(answered: Answered, small_lineage: Lineage) -> None:
    """The old value in a list is a breach."""
    old, new = listed(answered, 1, name="old"), listed(answered, 1, name="new")

    def judge(exchange: Exchange) -> list[str]:
        update, changed = answered({"id": 1}), {"name": "new"}
        return told(
            oracles.updated_object_is_found_anew(
                exchange, update, "1", changed, NAMES, small_lineage
            )
        )

    assert not judge(new)
    assert judge(old) == ["$.objects[0].name"]


def test_lists_show_what_get_shows(answered: Answered, small_lineage: Lineage) -> None:
    """A value that differs is a breach, and so is one that lacks."""
    get = answered({"id": 1, "objectType": THING, "name": "n"})

    def judge(exchange: Exchange) -> list[str]:
        return told(oracles.list_shows_what_get_shows(exchange, get, NAMES, small_lineage))

    assert not judge(listed(answered, 1, name="n"))
    assert judge(listed(answered, 1, name="other")) == ["$.objects[0].name"]
    assert judge(listed(answered, 1)) == ["$.objects[0].name"]
    assert not judge(listed(answered, 2, name="other"))


def test_list_shows_the_second_in_which_an_object_was_made(
    answered: Answered, small_lineage: Lineage
) -> None:
    """Other times may differ by a second or two; what is not there is for another rule."""
    get = answered({"objectType": THING, "id": 1, "createdAt": 1700000000})

    def judge(**values: object) -> list[str]:
        exchange = listed(answered, 1, **values)
        return told(oracles.list_shows_what_get_shows(exchange, get, NAMES, small_lineage))

    assert not judge(createdAt=1700000000)
    assert not judge(createdAt="1700000000")
    assert judge(createdAt=1700000001) == ["$.objects[0].createdAt"]
    assert judge(createdAt=1700000009) == ["$.objects[0].createdAt"]


def test_count_agrees(answered: Answered, refused: Refused) -> None:
    """As a number or as text."""
    assert not told(oracles.count_agrees_with_the_list(answered("4"), expected=4))
    assert told(oracles.count_agrees_with_the_list(answered(5), expected=4)) == ["$"]
    assert told(oracles.count_agrees_with_the_list(refused("X"), expected=4)) == ["$"]


def test_derived_lists_hold_their_own_types(answered: Answered) -> None:
    """A sibling's object is a breach."""
    foreign = {"2": "KalturaOther"}

    def judge(exchange: Exchange) -> list[str]:
        return told(oracles.derived_list_holds_its_own_types(exchange, foreign, NAMES, THING))

    assert not judge(listed(answered, 1))
    assert judge(listed(answered, 1, 2)) == ["$.objects[1]"]


def test_fresh_entries_are_hidden(answered: Answered) -> None:
    """Until their very id is asked for."""
    empty, shown = listed(answered), listed(answered, 1)

    def judge(plain: Exchange, named: Exchange) -> list[str]:
        one = structs.replace(named, number=9)
        return told(oracles.fresh_entries_are_hidden_until_asked_for(plain, one, "1", NAMES))

    assert not judge(empty, shown)
    assert judge(shown, shown) == ["$.objects"]
    assert judge(empty, empty) == ["$.objects"]
