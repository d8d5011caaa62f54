"""Lists: what they answer, how they follow adds, updates and deletes, and how they are paged."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.oracles import list as oracles
from conformance.oracles.answers import is_core
from conformance.oracles.list_answer import page_of
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.profile.pattern import nearest
from conformance.suites import list_subjects as subjects
from conformance.suites.list_crowd import crowd
from conformance.suites.list_orderings import strict_ordering
from conformance.suites.list_passage import changing, deleting
from conformance.suites.list_population import (
    POPULATIONS,
    Population,
    ask,
    judged,
    population,
    settle,
    until,
)
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

INCLUDE, EXCLUDE = 1, 2
"""The kinds of response profile (CONTRACT PROF-03)."""
PROFILED = ("description", "tags", "createdAt", "partnerId")
"""What a response profile leaves out; not `type`, which is always shown (OBSERVED 35)."""
MORE = 2
"""More lists than the first are held against get: there may be few services with such a list."""
LOOKS_BETWEEN = 20
"""So often what a list once showed otherwise is looked for again: it may be one list of ten."""
PAST_THE_END = 90
"""A page that no population reaches, and an index still answers (CONTRACT LIST-06)."""


@check(oracles.list_answers_objects_and_a_total, over=subjects.lists)
def test_list_answers_objects_and_a_total(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at a plain list, and at the population's."""
    quirk = context.profile.quirks.why("no_objects", f"{subject.name}.list")
    for listed in (_bare(context, subject), *_first(context, subject)):
        yield from oracles.list_answers_objects_and_a_total(listed, objects_may_lack=bool(quirk))


@check(oracles.list_needs_no_filter, over=subjects.lists)
def test_list_needs_no_filter(context: Context, subject: Subject) -> Iterator[Breach]:
    """List without any argument."""
    action = context.schema.services[subject.name].actions["list"]
    quirks = context.profile.quirks
    if any(not param.optional for param in action.params):
        raise NotApplicable("the schema says that it needs an argument")
    if nearest(quirks.mandatory_filter, action.id) or quirks.why("internal_errors", action.id):
        raise NotApplicable("known to demand a filter, or to fail without one")
    if not is_core(action) and context.recipe(subject.name).grounds != "recorded":
        raise NotApplicable("nobody has seen what a real server answers")
    yield from oracles.list_needs_no_filter(context.call(subject.name, "list"))


@check(oracles.mandatory_filter_is_demanded, over=subjects.lists_that_demand_a_filter)
def test_mandatory_filter_is_demanded(context: Context, subject: Subject) -> Iterator[Breach]:
    """List without the filter that is demanded."""
    codes = nearest(context.profile.quirks.mandatory_filter, f"{subject.name}.list") or ()
    yield from oracles.mandatory_filter_is_demanded(context.call(subject.name, "list"), codes)


@check(oracles.created_object_appears, over=subjects.lists_of_made, writes=True)
def test_created_object_appears(context: Context, subject: Subject) -> Iterator[Breach]:
    """Make some objects and list them."""
    people = POPULATIONS.of(context, subject.name)
    recipe = context.recipe(subject.name)
    if recipe.grounds == "learned" or (recipe.gated and recipe.grounds != "recorded"):
        raise NotApplicable("nobody has seen which objects its list shows")
    everybody = people.ids | {member.who for member in people.unseen}
    yield from oracles.created_object_appears(
        people.first, everybody, people.names, all_shown=people.asking.exact
    )


@check(oracles.deleted_object_disappears, over=subjects.lists_of_deleted, writes=True)
def test_deleted_object_disappears(context: Context, subject: Subject) -> Iterator[Breach]:
    """Make an object, see it in the list, delete it, and list again."""
    yield from deleting(context, subject)


@check(oracles.updated_object_is_found_anew, over=subjects.lists_of_changing, writes=True)
def test_updated_object_is_found_anew(context: Context, subject: Subject) -> Iterator[Breach]:
    """Make an object, update it, and list it."""
    yield from changing(context, subject)


@check(oracles.list_shows_what_get_shows, over=subjects.lists_of_made, writes=True)
def test_list_shows_what_get_shows(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get every object and find it in the list."""
    people = population(context, subject.name, at_least=1)
    recipe = context.recipe(subject.name)
    lists = (people.first, *(ask(context, people.listing, people.asking) for _ in range(MORE)))
    for member in people.members:
        if member.get is None:
            raise NotApplicable("the service has no get")
        keys = member.made.keys["get"]
        get = partial(context.call, subject.name, "get", keys, session=recipe.session)
        differs = any(any(_same(context, people, each, member.get)) for each in lists)
        if differs or (context.attempt and any(_looks_between(context, people, get))):
            settle(context, people)
            yield from _looks_between(context, people, get)


@check(oracles.count_agrees_with_the_list, over=subjects.lists_with_count, writes=True)
def test_count_agrees_with_the_list(context: Context, subject: Subject) -> Iterator[Breach]:
    """Count the population by the filter that lists it."""
    people = _exactly(context, subject)

    def act() -> Exchange:
        count = ask(context, people.listing, people.asking, action="count")
        if count.error is not None and oracles.REFUSAL.search(count.error.code):
            raise NotApplicable(f"the account may not count: {count.error.code}")
        return count

    yield from until(
        context,
        act,
        lambda count: oracles.count_agrees_with_the_list(count, expected=len(people.members)),
        deadline=people.settled_at,
    )[1]


@check(oracles.derived_list_holds_its_own_types, over=subjects.lists_of_entries, writes=True)
def test_derived_list_holds_its_own_types(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask the list for entries of other kinds."""
    kind = subjects.ENTRIES[subject.name]
    own = population(context, subject.name, at_least=1)
    foreign: dict[str, str] = {}
    for service, other in subjects.ENTRIES.items():
        if service == subject.name or service not in context.schema.services:
            continue
        if context.lineage.is_a(other, kind) or context.lineage.is_a(kind, other):
            continue
        try:
            people = population(context, service, at_least=1)
        except (NotApplicable, Inconclusive):  # another check reports that there are none
            continue
        foreign |= dict.fromkeys(people.ids, other)
    if not foreign:
        raise NotApplicable("there are no entries of other kinds")
    more = {"idIn": ",".join(sorted(own.ids | foreign.keys())), "statusIn": "2,7,-2,-1,0,1"}
    yield from judged(
        context,
        own,
        more,
        lambda listed: oracles.derived_list_holds_its_own_types(listed, foreign, own.names, kind),
    )


@check(oracles.fresh_entries_are_hidden_until_asked_for, over=subjects.lists_that_hide, writes=True)
def test_fresh_entries_are_hidden(context: Context, subject: Subject) -> Iterator[Breach]:
    """List an entry without content by idIn and by idEqual, without asking for a status."""
    people = population(context, subject.name, at_least=1)
    for member in people.members:
        if str(member.shown.get("status")) == "2":
            continue
        plain = ask(context, people.listing, people.asking, {"statusIn": None})
        only = {"statusIn": None, "idIn": None, "idEqual": member.who}
        named = ask(context, people.listing, people.asking, only)
        yield from oracles.fresh_entries_are_hidden_until_asked_for(
            plain, named, member.who, people.names
        )
        return
    raise NotApplicable("its objects are ready at once")


@check(
    oracles.response_profile_decides_what_is_shown,
    over=subjects.lists_of_all_entries,
    writes=True,
)
def test_response_profile_decides_what_is_shown(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Get and list with a profile of two properties, and with one that leaves some out."""
    people = population(context, subject.name, at_least=1)
    member = people.members[0]
    if member.get is None:
        raise NotApplicable("the service has no get")
    held = {name for name in PROFILED if member.shown.get(name) not in (None, "")}
    if not held:
        raise NotApplicable("its objects show nothing that a profile could leave out")
    keys, session = member.made.keys["get"], context.recipe(subject.name).session
    for kind, fields, wanted, unwanted in (
        (INCLUDE, "id,name", {"id"}, held),
        (EXCLUDE, ",".join(sorted(held)), {"id"}, held),
    ):
        told = {"objectType": "KalturaDetachedResponseProfile", "type": kind, "fields": fields}
        beside = {"responseProfile": told}
        get = context.call(subject.name, "get", {**keys, **beside}, session=session)
        listed = ask(context, people.listing, people.asking, beside=beside)
        for answered in (get, listed):
            yield from oracles.response_profile_decides_what_is_shown(
                answered, tuple(_shown_by(answered)), wanted=wanted, unwanted=unwanted
            )


@check(oracles.page_has_its_default_size, over=subjects.lists)
def test_page_has_its_default_size(context: Context, subject: Subject) -> Iterator[Breach]:
    """List what there is without a pager."""
    yield from oracles.page_has_its_default_size(
        _bare(context, subject), size=_default_size(context, subject)
    )


@check(oracles.page_has_its_default_size, over=subjects.crowded_lists, writes=True)
def test_crowd_fills_a_page(context: Context, subject: Subject) -> Iterator[Breach]:
    """List more objects than a page holds, without a pager."""
    yield from crowd(context, subject).without_pager(_default_size(context, subject))


@check(oracles.pages_are_complete, over=subjects.crowded_lists, writes=True)
def test_crowd_is_paged_completely(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read more objects than a page holds, page by page without a size."""
    yield from crowd(context, subject).page_by_page(_default_size(context, subject))


@check(oracles.page_has_the_asked_size, over=subjects.crowded_lists, writes=True)
def test_crowd_fits_on_one_page(context: Context, subject: Subject) -> Iterator[Breach]:
    """List more objects than a page usually holds, on a page that has room for them."""
    yield from crowd(context, subject).on_one_page()


@check(oracles.page_has_the_asked_size, over=subjects.lists_of_made, writes=True)
def test_page_has_the_asked_size(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for pages of one, of a few, and of just as many as there are."""
    people = _paged(context, subject)
    total = len(people.members)
    for size in (1, total - 1, total):
        yield from judged(
            context,
            people,
            {},
            partial(oracles.page_has_the_asked_size, size=size, left=total),
            pager=_pager(size, 1),
        )


@check(oracles.page_past_the_end_is_empty, over=subjects.lists_of_made, writes=True)
def test_page_past_the_end_is_empty(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for the page after the last one, and for one far away."""
    people = _paged(context, subject)
    total = None if _counts_loosely(context, subject) else len(people.members)
    for size, index in ((len(people.members), 2), (100, PAST_THE_END)):
        yield from judged(
            context,
            people,
            {},
            partial(oracles.page_past_the_end_is_empty, total=total),
            pager=_pager(size, index),
        )


@check(oracles.pages_are_disjoint, over=subjects.lists_of_made, writes=True)
def test_pages_are_disjoint(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read the population in pages of two."""
    people = _paged(context, subject)
    yield from _together(
        context, people, lambda pages: oracles.pages_are_disjoint(pages, people.names)
    )


@check(oracles.pages_are_complete, over=subjects.lists_of_made, writes=True)
def test_pages_are_complete(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read the population in pages of two."""
    people = _paged(context, subject)
    yield from _together(
        context, people, lambda pages: oracles.pages_are_complete(pages, people.names, people.ids)
    )


@check(oracles.page_without_a_size_holds_all, over=subjects.lists_of_made, writes=True)
def test_page_without_a_size_holds_all(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for a page of 0 and of less than 0."""
    people = _paged(context, subject)
    for pager in ({"pageSize": 0}, {"pageSize": -1, "pageIndex": 2}):
        yield from judged(
            context,
            people,
            {},
            lambda listed: oracles.page_without_a_size_holds_all(
                listed, expected=len(people.members)
            ),
            pager=pager,
        )


@check(oracles.index_below_one_is_the_first_page, over=subjects.lists_of_made, writes=True)
def test_index_below_one_is_the_first_page(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for page 0 and for page -3."""
    people = _paged(context, subject)
    order = _strict_order(context, people)
    for index in (0, -3):
        yield from _together(
            context,
            people,
            lambda pages: oracles.index_below_one_is_the_first_page(
                pages[1], pages[0], people.names
            ),
            pagers=(_pager(2, 1), _pager(2, index)),
            order=order,
        )


@check(oracles.page_has_a_largest_size, over=subjects.lists_of_made, writes=True)
def test_page_has_a_largest_size(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for a page of a thousand."""
    people = _paged(context, subject)
    largest = context.profile.limits.max_page_size
    yield from judged(
        context,
        people,
        {},
        lambda listed: oracles.page_has_a_largest_size(
            listed, largest=largest, expected=len(people.members)
        ),
        pager={"pageSize": 2 * largest},
    )


@check(oracles.total_is_the_same_on_every_page, over=subjects.lists_of_made, writes=True)
def test_total_is_the_same_on_every_page(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for pages of several sizes."""
    people = _paged(context, subject)
    if _counts_loosely(context, subject):
        raise NotApplicable("its total is known to be no count of the matches")
    yield from _together(
        context,
        people,
        oracles.total_is_the_same_on_every_page,
        pagers=(_pager(1, 1), _pager(2, 2), _pager(50, 1)),
        order={},
    )


@check(oracles.total_counts_what_matches, over=subjects.lists_of_made, writes=True)
def test_total_counts_what_matches(context: Context, subject: Subject) -> Iterator[Breach]:
    """List the population, whole and by the first page of one."""
    people = _exactly(context, subject)
    if _counts_loosely(context, subject):
        raise NotApplicable("its total is known to be no count of the matches")
    for pager in (None, {"pageSize": 1}):
        yield from judged(
            context,
            people,
            {},
            lambda listed: oracles.total_counts_what_matches(listed, expected=len(people.members)),
            pager=pager,
        )


@check(oracles.page_holds_no_more_than_the_total, over=subjects.lists)
def test_page_holds_no_more_than_the_total(context: Context, subject: Subject) -> Iterator[Breach]:
    """List what there is."""
    quirks = context.profile.quirks
    if _counts_loosely(context, subject) or quirks.why("indexed", subject.name):
        raise NotApplicable("its total may be behind, or is no count of the matches")
    yield from oracles.page_holds_no_more_than_the_total(_bare(context, subject))


def _shown_by(answered: Exchange) -> Iterator[tuple[str, Any]]:
    """The objects of a list, or the one that get answers."""
    value = answered.result.value if answered.result is not None else None
    page = page_of(answered) if isinstance(value, dict) and "objects" in value else None
    if page is not None:
        yield from ((f"$.objects[{index}]", each) for index, each in enumerate(page.objects))
    elif isinstance(value, dict) and "totalCount" not in value:
        yield "$", value


def _bare(context: Context, subject: Subject) -> Exchange:
    """A list without any argument, or NotApplicable."""
    action = context.schema.services[subject.name].actions["list"]
    if any(not param.optional for param in action.params):
        raise NotApplicable("the schema says that it needs an argument")
    listed = context.call(subject.name, "list")
    if not isinstance(listed.answer, Result):
        raise NotApplicable("it answers no list without an argument")
    return listed


def _first(context: Context, subject: Subject) -> tuple[Exchange, ...]:
    """The population's list, where there is one."""
    if "add" not in context.schema.services[subject.name].actions:
        return ()
    try:
        return (POPULATIONS.of(context, subject.name).first,)
    except (NotApplicable, Inconclusive):  # the plain list is judged all the same
        return ()


def _exactly(context: Context, subject: Subject) -> Population:
    """A population that can be asked for alone."""
    people = population(context, subject.name)
    if not people.asking.exact:
        raise NotApplicable("its list cannot be asked for certain objects alone")
    return people


def _paged(context: Context, subject: Subject) -> Population:
    """A population that can be asked for alone, page by page."""
    people = _exactly(context, subject)
    if people.listing.pager_param is None:
        raise NotApplicable("its list takes no pager")
    if context.profile.quirks.why("pager_ignored", f"{subject.name}.list"):
        raise NotApplicable("its list is known to ignore the pager")
    return people


def _together(
    context: Context,
    people: Population,
    judge: Callable[[list[Exchange]], Iterable[Breach]],
    *,
    pagers: Sequence[dict[str, int]] = (),
    order: dict[str, str] | None = None,
) -> tuple[Breach, ...]:
    """Judge several pages by each other; all of them again as long as an index may be behind.

    An index has more than one server, and they need not be equally far. Without pagers: all pages
    of two, in an order without ties.
    """
    ordered = _strict_order(context, people) if order is None else order
    asked = pagers or tuple(
        _pager(2, index) for index in range(1, math.ceil(len(people.members) / 2) + 1)
    )

    def pages() -> list[Exchange]:
        return [
            ask(context, people.listing, people.asking, ordered, pager=pager) for pager in asked
        ]

    return context.settling.until(pages, judge, deadline=people.settled_at)[1]


def _looks_between(
    context: Context, people: Population, get: Callable[[], Exchange]
) -> list[Breach]:
    """What a list shows otherwise than get, of up to so many lists."""
    looks = (_between(context, people, get) for _ in range(LOOKS_BETWEEN))
    return next(filter(None, looks), [])


def _between(context: Context, people: Population, get: Callable[[], Exchange]) -> list[Breach]:
    """What a list shows otherwise than get answers before it and after it as well."""
    before = get()
    listed = ask(context, people.listing, people.asking)
    places = {breach.where for breach in _same(context, people, listed, before)}
    if not places:
        return []
    return [each for each in _same(context, people, listed, get()) if each.where in places]


def _pager(size: int, index: int) -> dict[str, int]:
    return {"pageSize": size, "pageIndex": index}


def _strict_order(context: Context, people: Population) -> dict[str, str]:
    """An ordering that leaves no ties, so that pages are stable; none where there is none."""
    constant = strict_ordering(context, people)
    return {} if constant is None else {"orderBy": constant}


def _same(
    context: Context, people: Population, listed: Exchange, get: Exchange
) -> Iterator[Breach]:
    recipe = context.recipe(people.listing.service)
    return oracles.list_shows_what_get_shows(
        listed, get, people.names, context.lineage, left_out=recipe.not_compared
    )


def _default_size(context: Context, subject: Subject) -> int:
    """How many objects a page without a pager may hold; no limit where the pager is ignored."""
    quirks, action = context.profile.quirks, f"{subject.name}.list"
    if quirks.why("pager_ignored", action):
        raise NotApplicable("its list is known to ignore the pager")
    if context.schema.services[subject.name].actions["list"].result.kind == "array":
        raise NotApplicable("it answers no list response")
    return nearest(quirks.page_size, action) or context.profile.limits.page_size


def _counts_loosely(context: Context, subject: Subject) -> bool:
    return context.profile.quirks.why("total_count_loose", f"{subject.name}.list") is not None
