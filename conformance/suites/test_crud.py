"""The life of an object in every service that can make one, until it is changed.

One life is judged by many.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from conformance.oracles import crud, crud_refusals, crud_times
from conformance.plugin.check import NotApplicable, check
from conformance.schema.standard import entity_param
from conformance.suites.crud_subjects import (
    TEXTS,
    answers_object,
    chosen_id,
    is_missing,
    is_recorded,
    lives,
    may_be_refused,
    never_worked,
    remove_double,
    services_that_add,
    services_that_get,
    services_that_require,
    services_that_update,
    services_with_keys,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach

SET_BY_SERVER = ("partnerId", "createdAt", "updatedAt", "status")
SET_EVERYWHERE = ("partnerId", "createdAt")
"""Of objects that no recording shows."""


@check(crud.add_is_accepted, over=services_that_add, writes=True)
def test_add_is_accepted(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object that a real server is known to take."""
    name = subject.name
    recipe = context.recipe(name)
    if not recipe.proven or recipe.gated or recipe.never:
        raise NotApplicable("nobody knows of a server that takes such an object")
    refusal = context.refusal_of_add(name)
    if refusal is None:
        yield from crud.add_is_accepted(context.exchanges[-1], may_be_refused=False)
    due = refusal is not None and answers_object(context, name, "add")
    if refusal is not None and refusal.exchanges and (due or refusal.exchanges[-1].error):
        lacking = context.profile.actions.may_be_forbidden(f"{name}.add")
        plugin = context.schema.services[name].plugin
        if never_worked(context, recipe, refusal.exchanges[-1]):
            raise NotApplicable("it breaks inside each time, and nobody has seen it at work")
        if plugin and context.profile.quirks.stale_schema and is_missing(refusal.exchanges[-1]):
            raise NotApplicable("the profile says that the schema is older than the plugins")
        yield from crud.add_is_accepted(
            refusal.exchanges[-1], may_be_refused=bool(lacking or plugin)
        )


@check(crud.add_answers_what_was_sent, over=services_that_add, writes=True)
def test_add_answers_what_was_sent(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with drawn properties."""
    for life in lives(context, subject):
        yield from crud.add_answers_what_was_sent(
            life.must_return, life.add, life.kind or "", context.lineage
        )


@check(crud.add_gives_an_id, over=services_that_add, writes=True)
def test_add_gives_an_id(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look for the id in the answer to add."""
    for life in lives(context, subject):
        declared = context.lineage.properties(life.kind or "")
        if life.recipe.id in declared and answers_object(context, life.service, "add"):
            yield from crud.add_gives_an_id(life.add, life.recipe.id)


@check(crud.ids_are_unique, over=services_that_add, writes=True)
def test_ids_are_unique(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare the ids of every object of the service that the run has added."""
    held = lives(context, subject)
    if len(held) < 2:  # noqa: PLR2004 - a second look has one life; its bystander is the other
        held = (*held, *context.lifecycles(subject.name))
    named = {life.id_property for life in held}
    if len(named) != 1 or None in named or any(chosen_id(life) for life in held):
        raise NotApplicable("the id is not the server's to give")
    adds = {life.add.number: life.add for life in held}
    yield from crud.ids_are_unique(tuple(adds.values()), held[0].recipe.id or "id")


@check(crud.object_belongs_to_its_account, over=services_that_add, writes=True)
def test_object_belongs_to_its_account(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at the partnerId that add and get answer."""
    for life in lives(context, subject):
        for exchange in (life.add, life.get):
            if exchange is not None:
                yield from crud.object_belongs_to_its_account(exchange, context.partner_id)


@check(crud.object_carries_what_the_server_sets, over=services_that_get, writes=True)
def test_object_carries_what_the_server_sets(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Look for the account, the times and the status in what add, get and update answer."""
    for life in lives(context, subject):
        if life.recipe.grounds == "learned" or life.recipe.gated or life.kind is None:
            raise NotApplicable("nobody has seen what such an object carries")
        recorded = is_recorded(life)
        names = SET_BY_SERVER if recorded else SET_EVERYWHERE
        updates = [update.exchange for update in life.updates] if recorded else []
        for answer in (life.add, *life.reads, *updates):
            yield from crud.object_carries_what_the_server_sets(
                answer, life.kind, names, context.lineage
            )


@check(crud_refusals.double_is_refused, over=services_with_keys, writes=True)
def test_double_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add the same object twice."""
    recipe = context.recipe(subject.name)
    keys = {key: f"kc{context.random.getrandbits(40):x}" for key in recipe.natural_keys}
    made = context.make(subject.name, properties=keys)
    try:
        if any(made.entity.get(key) != value for key, value in keys.items()):
            raise NotApplicable("the server would not take the key")
        second = context.call(subject.name, "add", made.sent, session=recipe.session)
        yield from crud_refusals.double_is_refused(made.exchange, second, recipe.duplicate)
        remove_double(context, made, second)
    finally:
        context.discard(made)


@check(crud_refusals.lack_is_refused, over=services_that_require, writes=True)
def test_lack_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with nothing in it."""
    recipe = context.recipe(subject.name)
    holder = entity_param(context.schema.services[subject.name].actions["add"])
    if holder is None:
        raise NotApplicable("add takes no object")
    kind = recipe.type or holder.type.name
    params = {holder.name: {"objectType": kind}}
    yield from crud_refusals.lack_is_refused(
        context.call(subject.name, "add", params, session=recipe.session), recipe.required
    )


@check(crud_times.created_at_is_when_it_was_added, over=services_that_get, writes=True)
def test_created_at_is_when_it_was_added(context: Context, subject: Subject) -> Iterator[Breach]:
    """Hold createdAt against the server's own clock, as its Date header tells it."""
    skew = context.profile.limits.clock_skew_seconds
    for life in lives(context, subject):
        if life.get is not None:
            yield from crud_times.created_at_is_when_it_was_added(
                life.add, life.get, skew_seconds=skew
            )


@check(crud_times.created_at_never_changes, over=services_that_update, writes=True)
def test_created_at_never_changes(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare createdAt before and after the updates."""
    for life in lives(context, subject, rests=True):
        for after in life.reads[1:]:
            yield from crud_times.created_at_never_changes(life.reads[0], after)


@check(crud_times.updated_at_never_goes_back, over=services_that_update, writes=True)
def test_updated_at_never_goes_back(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare updatedAt before and after the updates."""
    for life in lives(context, subject):
        for before, after in pairwise(life.reads):
            yield from crud_times.updated_at_never_goes_back(before, after)


@check(crud_times.updated_at_has_been, over=services_that_get, writes=True)
def test_updated_at_has_been(context: Context, subject: Subject) -> Iterator[Breach]:
    """Hold updatedAt against the server's own clock."""
    skew = context.profile.limits.clock_skew_seconds
    for life in lives(context, subject):
        for read in (life.add, *life.reads):
            yield from crud_times.updated_at_has_been(read, skew_seconds=skew)


@check(crud_times.update_moves_updated_at, over=services_that_update, writes=True)
def test_update_moves_updated_at(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update a text in a later second than the object was added in."""
    for life in lives(context, subject, rests=True):
        for update in life.updates if is_recorded(life) else ():
            changed = update.rested and update.sent.keys() & set(TEXTS)
            if changed and update.before is not None and update.get is not None:
                yield from crud_times.update_moves_updated_at(
                    update.before, update.exchange, update.get
                )


@check(crud.get_answers_the_object_asked_for, over=services_that_get, writes=True)
def test_get_answers_the_object_asked_for(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get an object right after it was added, and after each update."""
    for life in lives(context, subject):
        if life.id_property is None:
            continue
        for read in life.reads:
            if not may_be_refused(context, read):
                yield from crud.get_answers_the_object_asked_for(
                    read, life.made.id, life.id_property
                )


@check(crud.get_answers_what_was_added, over=services_that_get, writes=True)
def test_get_answers_what_was_added(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get an object right after it was added."""
    for life in lives(context, subject):
        if life.get is not None:
            yield from crud.get_answers_what_was_added(
                life.must_return, life.get, life.kind or "", context.lineage
            )


@check(crud.get_changes_nothing, over=services_that_get, writes=True)
def test_get_changes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get an object twice."""
    for life in lives(context, subject):
        if life.get is not None and life.get_again is not None:
            names = (*life.must_return, "createdAt", "partnerId")
            yield from crud.get_changes_nothing(
                life.get, life.get_again, names, life.kind or "", context.lineage
            )
