"""Filters of lists: every property that divides the run's own objects, by what its name says."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from conformance.oracles import list as oracles
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.suites.list_population import Population, judged, population, unchanged
from conformance.suites.list_questions import (
    WORD,
    loud_questions,
    nobodys_questions,
    other_questions,
    questions,
    relative_questions,
    update_questions,
)
from conformance.suites.list_subjects import lists_of_all_entries, lists_of_made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.oracles.list_filter import Question
    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

UNKNOWN = "kcNoSuchProperty"
UPDATE_ROUNDS = 3
"""There is one such question for a service; what is wrong now and then shows only when repeated."""
FREE_TEXT = ("name", "tags")
"""Where the words of a free text are taken from; it is looked for elsewhere as well."""
EMPTY = ("nameEqual", "systemNameEqual", "tagsLike", "nameLike", "idEqual", "tagsMultiLikeOr")
"""Filter properties that are sent empty: the first that a filter has."""


@check(oracles.equal_finds_that_value, over=lists_of_made, writes=True)
def test_equal_finds_that_value(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each `…Equal` for a value that one of the objects has."""
    yield from _asked(context, subject, oracles.equal_finds_that_value, "Equal")


@check(oracles.not_equal_leaves_that_value_out, over=lists_of_made, writes=True)
def test_not_equal_leaves_that_value_out(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each `…NotEqual` for a value that one of the objects has."""
    yield from _asked(context, subject, oracles.not_equal_leaves_that_value_out, "NotEqual")


@check(oracles.in_finds_each_value, over=lists_of_made, writes=True)
def test_in_finds_each_value(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each `…In` for the values of some of the objects."""
    yield from _asked(context, subject, oracles.in_finds_each_value, "In")


@check(oracles.not_in_leaves_each_value_out, over=lists_of_made, writes=True)
def test_not_in_leaves_each_value_out(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each `…NotIn` for the values of some of the objects."""
    yield from _asked(context, subject, oracles.not_in_leaves_each_value_out, "NotIn")


@check(oracles.greater_finds_what_is_greater, over=lists_of_made, writes=True)
def test_greater_finds_what_is_greater(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for numbers and times from one on."""
    operators = ("GreaterThan", "GreaterThanOrEqual")
    yield from _asked(context, subject, oracles.greater_finds_what_is_greater, *operators)


@check(oracles.less_finds_what_is_less, over=lists_of_made, writes=True)
def test_less_finds_what_is_less(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for numbers and times up to one."""
    operators = ("LessThan", "LessThanOrEqual")
    yield from _asked(context, subject, oracles.less_finds_what_is_less, *operators)


@check(oracles.like_finds_a_word, over=lists_of_made, writes=True)
def test_like_finds_a_word(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each `…Like` for a whole word of one of the objects."""
    yield from _asked(context, subject, oracles.like_finds_a_word, "Like")


@check(oracles.multi_like_or_finds_any_word, over=lists_of_made, writes=True)
def test_multi_like_or_finds_any_word(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each `…MultiLikeOr` for words of two objects."""
    yield from _asked(context, subject, oracles.multi_like_or_finds_any_word, "MultiLikeOr")


@check(oracles.multi_like_and_finds_all_words, over=lists_of_made, writes=True)
def test_multi_like_and_finds_all_words(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each `…MultiLikeAnd` for words of one object, and for words of two."""
    yield from _asked(context, subject, oracles.multi_like_and_finds_all_words, "MultiLikeAnd")


@check(oracles.other_filters_do_as_they_are_called, over=lists_of_made, writes=True)
def test_other_filters_do_as_they_are_called(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Ask some of the other filter properties."""
    people = population(context, subject.name)
    found = other_questions(context, people)
    yield from _all_asked(context, people, found, oracles.other_filters_do_as_they_are_called)


@check(oracles.relative_times_count_from_now, over=lists_of_made, writes=True)
def test_relative_times_count_from_now(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for what was created since a day ago, and from an hour ahead on."""
    people = population(context, subject.name)
    found = relative_questions(context, people)
    yield from _all_asked(context, people, found, oracles.relative_times_count_from_now)


@check(oracles.filters_combine_with_and, over=lists_of_made, writes=True)
def test_filters_combine_with_and(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for one object by two of its values, and for two objects' values at once."""
    people = population(context, subject.name)
    found = questions(context, people, "Equal", "In", "Like")
    context.random.shuffle(found)
    pairs = _pairs(found)
    if not pairs:
        raise NotApplicable("its filter has no two properties to combine")
    for asked in pairs:
        more = {each.term.name: each.asked for each in asked}
        yield from _judged(context, people, more, oracles.filters_combine_with_and, asked)


@check(oracles.empty_filters_change_nothing, over=lists_of_made, writes=True)
def test_empty_filters_change_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask with a filter property that is empty."""
    people = population(context, subject.name)
    known = context.lineage.properties(people.listing.filter_class or "")
    names = [
        name
        for name in EMPTY
        if name in known and known[name].type.kind == "string" and name not in people.asking.filter
    ]
    if not names:
        raise NotApplicable("its filter has no such property")
    for name in names[:2]:
        more = {name: ""}
        oracle = oracles.empty_filters_change_nothing
        yield from _judged(context, people, more, oracle, name, people.ids)


@check(oracles.unknown_filters_change_nothing, over=lists_of_made, writes=True)
def test_unknown_filters_change_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask with a property that no filter has."""
    people = population(context, subject.name)
    more, oracle = {UNKNOWN: "kc"}, oracles.unknown_filters_change_nothing
    yield from _judged(context, people, more, oracle, UNKNOWN, people.ids)


@check(oracles.filters_go_by_their_declared_type, over=lists_of_made, writes=True)
def test_filters_go_by_their_declared_type(context: Context, subject: Subject) -> Iterator[Breach]:
    """Leave `objectType` out of the filter; name a class that there is not."""
    people = population(context, subject.name)
    service = context.schema.services[subject.name]
    declared = service.actions["list"].param(people.listing.filter_param or "")
    if declared is None or declared.type.name != people.listing.filter_class:
        raise NotApplicable("its filter is of an abstract class")
    oracle = oracles.filters_go_by_their_declared_type
    for told, kind in (("no objectType", None), ("an unknown objectType", "KalturaNoSuchFilter")):
        yield from _judged(context, people, {"objectType": kind}, oracle, told, people.ids)


@check(oracles.names_are_sought_without_case, over=lists_of_all_entries, writes=True)
def test_names_are_sought_without_case(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for one object's name, and for a word of it, in capitals."""
    people = population(context, subject.name)
    found = loud_questions(context, people)
    yield from _all_asked(context, people, found, oracles.names_are_sought_without_case)


@check(oracles.updated_objects_are_found_by_their_update, over=lists_of_made, writes=True)
def test_updated_objects_are_found_by_their_update(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Ask for what was updated since the last update of an object that is older than that."""
    people = population(context, subject.name)
    found = update_questions(context, people) * UPDATE_ROUNDS
    yield from _all_asked(context, people, found, oracles.updated_objects_are_found_by_their_update)


@check(oracles.nobodys_value_finds_nothing, over=lists_of_made, writes=True)
def test_nobodys_value_finds_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for an id, a user, a name or a state that none of the objects has."""
    people = population(context, subject.name, at_least=1)
    found = nobodys_questions(context, people)
    yield from _all_asked(context, people, found, oracles.nobodys_value_finds_nothing)


@check(oracles.free_text_finds_a_word, over=lists_of_all_entries, writes=True)
def test_free_text_finds_a_word(context: Context, subject: Subject) -> Iterator[Breach]:
    """Search for a word of one object's name, for one of all tags, and for one of nobody."""
    people = population(context, subject.name)
    if "freeText" not in context.lineage.properties(people.listing.filter_class or ""):
        raise NotApplicable("its filter knows no freeText")
    held = {
        member.who: {
            word.lower()
            for name in FREE_TEXT
            for word in WORD.findall(str(member.shown.get(name) or ""))
        }
        for member in people.members
    }
    texts = {
        member.who: " ".join(str(value).lower() for value in member.shown.values())
        for member in people.members
    }
    own = sorted(set.union(*held.values()) - set.intersection(*held.values()))
    words = [context.random.choice(own)] if own else []
    words += [context.provisioner.names.tag, f"kcnobody{context.provisioner.names.unique()}"]
    for word in words:
        found = {who for who, known in held.items() if word in known}
        left_out = {who for who, text in texts.items() if word not in text}
        told = word, found, left_out
        yield from _judged(
            context, people, {"freeText": word}, oracles.free_text_finds_a_word, *told
        )


def _asked(
    context: Context,
    subject: Subject,
    oracle: Callable[..., Iterator[Breach]],
    *operators: str,
) -> Iterator[Breach]:
    people = population(context, subject.name)
    yield from _all_asked(context, people, questions(context, people, *operators), oracle)


def _all_asked(
    context: Context,
    people: Population,
    found: Sequence[Question],
    oracle: Callable[..., Iterator[Breach]],
) -> Iterator[Breach]:
    if not found:
        raise NotApplicable("its filter has no property to ask for what its objects hold")
    for each in found:
        breaches = _judged(context, people, {each.term.name: each.asked}, oracle, each)
        if breaches and not unchanged(context, people, each.term.stem):
            raise Inconclusive(f"somebody changes the objects' {each.term.stem} meanwhile")
        yield from breaches


def _judged(
    context: Context,
    people: Population,
    more: Mapping[str, Any],
    oracle: Callable[..., Iterator[Breach]],
    *told: Any,
) -> tuple[Breach, ...]:
    def judge(listed: Exchange) -> Iterator[Breach]:
        return oracle(listed, *told, people.names, all_shown=people.asking.exact)

    return judged(context, people, more, judge)


def _pairs(found: Sequence[Question]) -> list[tuple[Question, Question]]:
    """Two questions that some object answers both, and two that none does."""
    different = [pair for pair in combinations(found, 2) if pair[0].term.stem != pair[1].term.stem]
    some = [(one, other) for one, other in different if one.found & other.found]
    none = [
        (one, other)
        for one, other in different
        if one.found and other.found and not one.found & other.found
    ]
    return [*some[:1], *none[:1]]
