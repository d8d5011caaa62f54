"""Orderings of lists, each constant that can tell the run's own objects apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import list as oracles
from conformance.plugin.check import NotApplicable, check
from conformance.suites.list_orderings import UPDATED_AT, Ordering, orderings, tied_orderings
from conformance.suites.list_population import Population, ask, judged, population, unchanged
from conformance.suites.list_subjects import lists_of_made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

UNKNOWN = ("+kcNoSuchProperty", "kcNoSign")


@check(oracles.list_ascends, over=lists_of_made, writes=True)
def test_list_ascends(context: Context, subject: Subject) -> Iterator[Breach]:
    """Order by every `+property`."""
    people = population(context, subject.name)
    for each in _some(orderings(context, people, "+")):
        yield from _ordered(context, people, each.constant, each, oracles.list_ascends)


@check(oracles.list_descends, over=lists_of_made, writes=True)
def test_list_descends(context: Context, subject: Subject) -> Iterator[Breach]:
    """Order by every `-property`."""
    people = population(context, subject.name)
    for each in _some(orderings(context, people, "-")):
        yield from _ordered(context, people, each.constant, each, oracles.list_descends)


@check(oracles.later_orderings_break_ties, over=lists_of_made, writes=True)
def test_later_orderings_break_ties(context: Context, subject: Subject) -> Iterator[Breach]:
    """Order by a property that all have in common, then by one that they have not."""
    people = population(context, subject.name)
    pairs = list(tied_orderings(context, people))
    if not pairs:
        raise NotApplicable("no ordering leaves the objects equal")
    for tied, each in pairs:
        told = f"{tied},{each.constant}"
        yield from _ordered(context, people, told, each, oracles.later_orderings_break_ties)


@check(oracles.unknown_order_is_ignored, over=lists_of_made, writes=True)
def test_unknown_order_is_ignored(context: Context, subject: Subject) -> Iterator[Breach]:
    """Order by a property that is none, and by one without a sign."""
    people = population(context, subject.name)
    plain = ask(context, people.listing, people.asking)
    for constant in UNKNOWN:
        yield from judged(
            context,
            people,
            {"orderBy": constant},
            lambda listed: oracles.unknown_order_is_ignored(
                listed, plain, people.names, people.ids
            ),
        )


def _some(found: Iterator[Ordering]) -> list[Ordering]:
    held = list(found)
    if not held:
        raise NotApplicable("no ordering tells the objects apart")
    return held


def _ordered(
    context: Context,
    people: Population,
    constant: str,
    each: Ordering,
    oracle: Callable[..., Iterator[Breach]],
) -> tuple[Breach, ...]:
    def judge(listed: Exchange) -> Iterator[Breach]:
        return oracle(listed, each.values, people.names, each.constant, each.ref)

    breaches = judged(context, people, {"orderBy": constant}, judge)
    name = each.constant[1:]
    if breaches and name == UPDATED_AT and not unchanged(context, people, name):
        return ()
    return breaches
