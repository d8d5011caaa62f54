"""One object, several services: made by one of a family, used through another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles import inheritance as oracles
from conformance.plugin.check import NotApplicable, check
from conformance.suites.foreigners import foreign_to, made_of_kind, named, refusals_of
from conformance.suites.inheritance_subjects import (
    Kinship,
    adoptions,
    base_lists,
    entry_services,
    kinships,
    lenient_services,
    media_lists,
    variants,
)
from conformance.suites.kinship import VISITS, Visit, holds, id_filter, poll, says_nothing
from conformance.suites.list_listing import of_moderation
from conformance.suites.making import add_as
from conformance.suites.odd_types import TRIALS, unfit_names, usual_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

MEDIA, VIDEO, PICTURE = "KalturaMediaEntry", 1, 2
OFTEN = 5
"""There are two such lists: what happens now and then is met by asking again."""
ANY_STATUS = "-2,-1,0,1,2,3,4,5,6,7"
"""Lifts an entry list's own restriction to what is ready (CONTRACT LIST-17)."""


def visit(context: Context, subject: Subject) -> Visit:
    """The run's visit of that name, or a fresh one."""
    return VISITS.of(context, subject.name)


@check(oracles.relative_shows_the_object, over=kinships, writes=True)
def test_relative_shows_the_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get an object through the service that made it and through another one."""
    seen = visit(context, subject)
    for other in (seen.other, *seen.more):
        yield from oracles.relative_shows_the_object(seen.own, other, seen.made.id)


@check(oracles.object_keeps_its_class, over=kinships, writes=True)
def test_object_keeps_its_class(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at the class that both services show."""
    seen = visit(context, subject)
    reads = {read.number: read for read in (seen.own, seen.other, *seen.more)}
    for exchange in reads.values():
        yield from oracles.object_keeps_its_class(
            exchange, seen.kin.kind, context.schema, context.lineage
        )


@check(oracles.relatives_agree, over=kinships, writes=True)
def test_relatives_agree(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare what both services show, property by property."""
    seen = visit(context, subject)
    for other in (seen.other, *seen.more):
        yield from oracles.relatives_agree(seen.own, other, context.lineage)


@check(oracles.relative_lists_the_object, over=kinships, writes=True)
def test_relative_lists_the_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """List with the object's id through the other service."""
    seen = visit(context, subject)
    if seen.kin.maker == seen.kin.visitor:
        raise NotApplicable("a service's own list is judged among the lists")
    if seen.listed is None:
        raise NotApplicable("no list can be asked for an id")
    yield from oracles.relative_lists_the_object(seen.own, seen.listed, seen.made.id)


@check(oracles.listed_object_keeps_its_class, over=kinships, writes=True)
def test_listed_object_keeps_its_class(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at the class in the other service's list."""
    seen = visit(context, subject)
    if seen.listed is None:
        raise NotApplicable("no list can be asked for an id")
    yield from oracles.listed_object_keeps_its_class(
        seen.listed, seen.made.id, seen.kin.kind, context.schema, context.lineage
    )


@check(oracles.relative_counts_the_object, over=kinships, writes=True)
def test_relative_counts_the_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Count with the object's id through the other service."""
    seen = visit(context, subject)
    if seen.kin.maker == seen.kin.visitor:
        raise NotApplicable("a service's own count is judged among the lists")
    if seen.counted is None:
        raise NotApplicable("no count can be asked for an id")
    yield from oracles.relative_counts_the_object(seen.own, seen.counted)


@check(oracles.update_through_a_relative_is_stored, over=kinships, writes=True)
def test_update_through_a_relative_is_stored(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Update through either service and read through both."""
    seen, lineage = visit(context, subject), context.lineage
    if seen.update is None:
        raise NotApplicable("the other service updates no such object")
    reads = [read for read in (seen.own_after_update, seen.other_after_update) if read]
    yield from oracles.update_through_a_relative_is_stored(
        seen.changes, seen.update, reads, seen.kin.kind, lineage
    )
    if seen.own_update is not None and seen.other_after_own_update is not None:
        yield from oracles.update_through_a_relative_is_stored(
            seen.back, seen.own_update, [seen.other_after_own_update], seen.kin.kind, lineage
        )


@check(oracles.update_through_a_relative_keeps_the_rest, over=kinships, writes=True)
def test_update_through_a_relative_keeps_the_rest(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Update with the bare base class and look at all that was not sent."""
    seen = visit(context, subject)
    if seen.update is None or seen.own_after_update is None:
        raise NotApplicable("the other service updates no such object")
    left_alone = context.recipe(seen.kin.maker).not_compared
    names = [n for n in seen.made.entity if n not in {*seen.changes, *left_alone}]
    yield from oracles.update_through_a_relative_keeps_the_rest(
        seen.own, seen.update, seen.own_after_update, names, context.lineage
    )


@check(oracles.delete_through_a_relative_is_final, over=kinships, writes=True)
def test_delete_through_a_relative_is_final(context: Context, subject: Subject) -> Iterator[Breach]:
    """Delete through the other service and get through the one that made it."""
    seen = visit(context, subject)
    if seen.delete is None or seen.own_after_delete is None:
        raise NotApplicable("the other service deletes no such object")
    yield from oracles.delete_through_a_relative_is_final(
        seen.delete, seen.own_after_delete, seen.gone
    )


@check(oracles.subclass_is_what_it_is_made_as, over=adoptions, writes=True)
def test_subclass_is_what_it_is_made_as(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add a subclass through a service that declares its base."""
    seen = visit(context, subject)
    for exchange in (seen.made.exchange, seen.own):
        yield from oracles.subclass_is_what_it_is_made_as(
            exchange, seen.kin.kind, context.schema, context.lineage
        )


@check(oracles.unfit_object_type_is_passed_over, over=lenient_services, writes=True)
def test_unfit_object_type_is_passed_over(context: Context, subject: Subject) -> Iterator[Breach]:
    """Write with classes that do not exist, are unrelated, or too general."""
    declared = str(subject.type)
    trials = TRIALS.of(context, subject.name)
    for sent in unfit_names(declared, context.lineage):
        for write in (*trials.adds.get(sent, ()), *trials.updates.get(sent, ())):
            yield from oracles.unfit_object_type_is_passed_over(
                write, sent, declared, context.lineage
            )


@check(oracles.object_type_is_optional, over=lenient_services, writes=True)
def test_object_type_is_optional(context: Context, subject: Subject) -> Iterator[Breach]:
    """Write without a class, with an empty one and in lower case."""
    declared = str(subject.type)
    trials = TRIALS.of(context, subject.name)
    for sent in usual_names(declared):
        for write in (*trials.adds.get(sent, ()), *trials.updates.get(sent, ())):
            yield from oracles.object_type_is_optional(write, sent, declared, context.lineage)


@check(oracles.write_with_an_odd_object_type_is_stored, over=lenient_services, writes=True)
def test_write_with_an_odd_object_type_is_stored(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Get the object after the last such update."""
    trials = TRIALS.of(context, subject.name)
    if trials.last is None or trials.get is None:
        raise NotApplicable("the service updates and shows no such object")
    yield from oracles.write_with_an_odd_object_type_is_stored(
        trials.sent, trials.last, trials.get, str(subject.type), context.lineage
    )


@check(oracles.foreign_object_is_not_shown, over=entry_services, writes=True)
def test_foreign_object_is_not_shown(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get entries of other kinds by their ids."""
    takes_all = context.profile.quirks.why("foreign_types", f"{subject.name}.get")
    if takes_all:
        raise NotApplicable(takes_all)
    codes = refusals_of(context, subject.name, "get")
    for kind, made in foreign_to(context, subject):
        exchange = context.call(subject.name, "get", named(context, subject.name, "get", made.id))
        if not says_nothing(context, exchange):
            yield from oracles.foreign_object_is_not_shown(exchange, codes, kind)


@check(oracles.foreign_object_is_not_changed, over=entry_services, writes=True)
def test_foreign_object_is_not_changed(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update and delete entries of other kinds; each attempt has an entry of its own."""
    for kind in ("update", "delete"):
        action = context.schema.services[subject.name].actions.get(kind)
        if action is None or kind in context.recipe(subject.name).skip:
            continue
        for made_as, made in made_of_kind(context, subject):
            params = named(context, subject.name, kind, made.id)
            if kind == "update":
                holder = next(p.name for p in action.params if p.type.kind == "object")
                params[holder] = {"objectType": subject.type, "name": "kc foreign"}
            write = context.call(subject.name, kind, params)
            if says_nothing(context, write):
                continue
            after = context.call("baseentry", "get", {"entryId": made.id})
            codes = refusals_of(context, subject.name, kind)
            yield from oracles.foreign_object_is_not_changed(write, codes, made_as, after)


@check(oracles.foreign_object_is_not_listed, over=entry_services, writes=True)
def test_foreign_object_is_not_listed(context: Context, subject: Subject) -> Iterator[Breach]:
    """List with the ids of entries of other kinds."""
    action = context.schema.services[subject.name].actions.get("list")
    if action is None:
        raise NotApplicable("the service lists nothing")
    for kind, made in foreign_to(context, subject):
        params = id_filter(context, action, made)
        if params is not None:
            listed = context.call(subject.name, "list", params)
            yield from oracles.foreign_object_is_not_listed(listed, made.id, kind)


@check(oracles.derived_filter_restricts_the_base_list, over=base_lists, writes=True)
def test_derived_filter_restricts_the_base_list(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """List objects of two kinds with the filter of one."""
    wanted, unwanted = Kinship.of(subject.name).kind, str(subject.parameter)
    service = str(subject.service)
    objects = {}
    # What has to be there comes last: once an index has it, it has the other.
    for kind in (unwanted, wanted):
        made, exchange = add_as(context, service, kind, variants()[service][kind])
        if made is None:
            raise NotApplicable(f"no {kind} is made here: {exchange.error}")
        objects[kind] = made
    more: dict[str, Any] = {}
    if service == "baseentry":
        more = {"statusIn": ANY_STATUS, **of_moderation(made.value for made in objects.values())}
    for name, of in context.recipe(service).list_filter.items():
        more[name] = objects[wanted].property(of)
    ids = {kind: str(made.id) for kind, made in objects.items()}
    asked = {"objectType": f"{wanted}Filter", "idIn": ",".join(ids.values()), **more}

    def ask_often() -> list[Exchange]:
        # An index may have several servers, of which one is behind the others.
        return [context.call(service, "list", {"filter": asked}) for _ in range(OFTEN)]

    def judge(lists: list[Exchange]) -> list[Breach]:
        return [
            breach
            for listed in lists
            for breach in oracles.derived_filter_restricts_the_base_list(
                listed, {ids[wanted]: wanted}, {ids[unwanted]: unwanted}
            )
        ]

    yield from context.settling.until(
        ask_often,
        judge,
        # What should not be there is no matter of time.
        final=lambda lists: any(holds(listed, ids[unwanted]) for listed in lists),
    )[1]


@check(oracles.derived_filter_selects_by_its_own, over=media_lists, writes=True)
def test_derived_filter_selects_by_its_own(context: Context, subject: Subject) -> Iterator[Breach]:
    """List a video and a picture through the base service, by the type of media."""
    ids, values = {}, []
    for media_type in (VIDEO, PICTURE):
        made, exchange = add_as(context, subject.name, MEDIA, {"mediaType": media_type})
        if made is None:
            raise NotApplicable(f"no {MEDIA} is made here: {exchange.error}")
        ids[media_type] = str(made.id)
        values.append(made.value)
    for media_type, other in ((VIDEO, PICTURE), (PICTURE, VIDEO)):
        listed = _of_type(context, subject.name, ids, media_type, of_moderation(values))
        yield from oracles.derived_filter_selects_by_its_own(
            listed, ids[media_type], ids[other], f"mediaTypeEqual {media_type}"
        )


def _of_type(
    context: Context,
    service: str,
    ids: Mapping[int, str],
    media_type: int,
    more: Mapping[str, str],
) -> Exchange:
    """The objects of that type of media, once the list has settled."""
    asked = {
        "objectType": f"{MEDIA}Filter",
        "idIn": ",".join(ids.values()),
        "statusIn": ANY_STATUS,
        "mediaTypeEqual": media_type,
        **more,
    }
    return poll(
        context,
        lambda: context.call(service, "list", {"filter": asked}),
        lambda exchange: holds(exchange, ids[media_type]),
    )
