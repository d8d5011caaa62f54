"""The life of an object in every service that can make one. One life is judged by many."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from conformance.oracles import crud as oracles
from conformance.plugin.check import NotApplicable, check
from conformance.provisioning.life import stored
from conformance.schema.standard import entity_param
from conformance.suites.crud_subjects import (
    TEXTS,
    answers_object,
    bystanding,
    chosen_id,
    is_missing,
    is_recorded,
    judged_attempt,
    lives,
    may_be_refused,
    never_worked,
    not_found,
    numbers_kept,
    remove_double,
    services_of_tagged_entries,
    services_that_add,
    services_that_clear,
    services_that_delete,
    services_that_get,
    services_that_require,
    services_that_update,
    services_with_documents,
    services_with_keys,
    services_with_text,
    writable,
    written_texts,
)
from conformance.wire.request import Form, Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

SET_BY_SERVER = ("partnerId", "createdAt", "updatedAt", "status")
SET_EVERYWHERE = ("partnerId", "createdAt")
"""Of objects that no recording shows."""


@check(oracles.add_is_accepted, over=services_that_add, writes=True)
def test_add_is_accepted(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object that a real server is known to take."""
    name = subject.name
    recipe = context.recipe(name)
    if not recipe.proven or recipe.gated or recipe.never:
        raise NotApplicable("nobody knows of a server that takes such an object")
    refusal = context.refusal_of_add(name)
    if refusal is None:
        yield from oracles.add_is_accepted(context.exchanges[-1], may_be_refused=False)
    due = refusal is not None and answers_object(context, name, "add")
    if refusal is not None and refusal.exchanges and (due or refusal.exchanges[-1].error):
        lacking = context.profile.actions.may_be_forbidden(f"{name}.add")
        plugin = context.schema.services[name].plugin
        if never_worked(context, recipe, refusal.exchanges[-1]):
            raise NotApplicable("it breaks inside each time, and nobody has seen it at work")
        if plugin and context.profile.quirks.stale_schema and is_missing(refusal.exchanges[-1]):
            raise NotApplicable("the profile says that the schema is older than the plugins")
        yield from oracles.add_is_accepted(
            refusal.exchanges[-1], may_be_refused=bool(lacking or plugin)
        )


@check(oracles.add_answers_what_was_sent, over=services_that_add, writes=True)
def test_add_answers_what_was_sent(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with drawn properties."""
    for life in lives(context, subject):
        yield from oracles.add_answers_what_was_sent(
            life.must_return, life.add, life.kind or "", context.lineage
        )


@check(oracles.add_gives_an_id, over=services_that_add, writes=True)
def test_add_gives_an_id(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look for the id in the answer to add."""
    for life in lives(context, subject):
        declared = context.lineage.properties(life.kind or "")
        if life.recipe.id in declared and answers_object(context, life.service, "add"):
            yield from oracles.add_gives_an_id(life.add, life.recipe.id)


@check(oracles.ids_are_unique, over=services_that_add, writes=True)
def test_ids_are_unique(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare the ids of every object of the service that the run has added."""
    held = lives(context, subject)
    if len(held) < 2:  # noqa: PLR2004 - a second look has one life; its bystander is the other
        held = (*held, *context.lifecycles(subject.name))
    named = {life.id_property for life in held}
    if len(named) != 1 or None in named or any(chosen_id(life) for life in held):
        raise NotApplicable("the id is not the server's to give")
    adds = {life.add.number: life.add for life in held}
    yield from oracles.ids_are_unique(tuple(adds.values()), held[0].recipe.id or "id")


@check(oracles.object_belongs_to_its_account, over=services_that_add, writes=True)
def test_object_belongs_to_its_account(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at the partnerId that add and get answer."""
    for life in lives(context, subject):
        for exchange in (life.add, life.get):
            if exchange is not None:
                yield from oracles.object_belongs_to_its_account(exchange, context.partner_id)


@check(oracles.object_carries_what_the_server_sets, over=services_that_get, writes=True)
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
            yield from oracles.object_carries_what_the_server_sets(
                answer, life.kind, names, context.lineage
            )


@check(oracles.double_is_refused, over=services_with_keys, writes=True)
def test_double_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add the same object twice."""
    recipe = context.recipe(subject.name)
    keys = {key: f"kc{context.random.getrandbits(40):x}" for key in recipe.natural_keys}
    made = context.make(subject.name, properties=keys)
    try:
        if any(made.entity.get(key) != value for key, value in keys.items()):
            raise NotApplicable("the server would not take the key")
        second = context.call(subject.name, "add", made.sent, session=recipe.session)
        yield from oracles.double_is_refused(made.exchange, second, recipe.duplicate)
        remove_double(context, made, second)
    finally:
        context.discard(made)


@check(oracles.lack_is_refused, over=services_that_require, writes=True)
def test_lack_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with nothing in it."""
    recipe = context.recipe(subject.name)
    holder = entity_param(context.schema.services[subject.name].actions["add"])
    if holder is None:
        raise NotApplicable("add takes no object")
    kind = recipe.type or holder.type.name
    params = {holder.name: {"objectType": kind}}
    yield from oracles.lack_is_refused(
        context.call(subject.name, "add", params, session=recipe.session), recipe.required
    )


@check(oracles.created_at_is_when_it_was_added, over=services_that_get, writes=True)
def test_created_at_is_when_it_was_added(context: Context, subject: Subject) -> Iterator[Breach]:
    """Hold createdAt against the server's own clock, as its Date header tells it."""
    skew = context.profile.limits.clock_skew_seconds
    for life in lives(context, subject):
        if life.get is not None:
            yield from oracles.created_at_is_when_it_was_added(
                life.add, life.get, skew_seconds=skew
            )


@check(oracles.created_at_never_changes, over=services_that_update, writes=True)
def test_created_at_never_changes(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare createdAt before and after the updates."""
    for life in lives(context, subject, rests=True):
        for after in life.reads[1:]:
            yield from oracles.created_at_never_changes(life.reads[0], after)


@check(oracles.updated_at_never_goes_back, over=services_that_update, writes=True)
def test_updated_at_never_goes_back(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare updatedAt before and after the updates."""
    for life in lives(context, subject):
        for before, after in pairwise(life.reads):
            yield from oracles.updated_at_never_goes_back(before, after)


@check(oracles.updated_at_has_been, over=services_that_get, writes=True)
def test_updated_at_has_been(context: Context, subject: Subject) -> Iterator[Breach]:
    """Hold updatedAt against the server's own clock."""
    skew = context.profile.limits.clock_skew_seconds
    for life in lives(context, subject):
        for read in (life.add, *life.reads):
            yield from oracles.updated_at_has_been(read, skew_seconds=skew)


@check(oracles.update_moves_updated_at, over=services_that_update, writes=True)
def test_update_moves_updated_at(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update a text in a later second than the object was added in."""
    for life in lives(context, subject, rests=True):
        for update in life.updates if is_recorded(life) else ():
            changed = update.rested and update.sent.keys() & set(TEXTS)
            if changed and update.before is not None and update.get is not None:
                yield from oracles.update_moves_updated_at(
                    update.before, update.exchange, update.get
                )


@check(oracles.get_answers_the_object_asked_for, over=services_that_get, writes=True)
def test_get_answers_the_object_asked_for(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get an object right after it was added, and after each update."""
    for life in lives(context, subject):
        if life.id_property is None:
            continue
        for read in life.reads:
            if not may_be_refused(context, read):
                yield from oracles.get_answers_the_object_asked_for(
                    read, life.made.id, life.id_property
                )


@check(oracles.get_answers_what_was_added, over=services_that_get, writes=True)
def test_get_answers_what_was_added(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get an object right after it was added."""
    for life in lives(context, subject):
        if life.get is not None:
            yield from oracles.get_answers_what_was_added(
                life.must_return, life.get, life.kind or "", context.lineage
            )


@check(oracles.get_changes_nothing, over=services_that_get, writes=True)
def test_get_changes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get an object twice."""
    for life in lives(context, subject):
        if life.get is not None and life.get_again is not None:
            names = (*life.must_return, "createdAt", "partnerId")
            yield from oracles.get_changes_nothing(
                life.get, life.get_again, names, life.kind or "", context.lineage
            )


@check(oracles.update_is_accepted, over=services_that_update, writes=True)
def test_update_is_accepted(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update a property that a real server is known to take."""
    for life in lives(context, subject):
        for update in life.updates if life.recipe.proven else ():
            if never_worked(context, life.recipe, update.exchange):
                raise NotApplicable("it breaks inside each time, and nobody has seen it at work")
            if not may_be_refused(context, update.exchange):
                yield from oracles.update_is_accepted(update.exchange)


@check(oracles.update_is_stored, over=services_that_update, writes=True)
def test_update_is_stored(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update some properties and get the object."""
    for life in lives(context, subject):
        for update in life.updates:
            if update.get is not None:
                yield from oracles.update_is_stored(
                    life.compared(update),
                    update.exchange,
                    update.get,
                    life.kind or "",
                    context.lineage,
                )


@check(oracles.document_is_kept, over=services_with_documents, writes=True)
def test_document_is_kept(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with a document and update it with another one; get it after each."""
    for life in lives(context, subject):
        writes = [(life.add, life.get), (life.empty_update, life.get_after_empty_update)]
        writes += [(update.exchange, update.get) for update in life.updates]
        for param, name in life.recipe.documents.items():
            for write, get in writes:
                if write is not None and get is not None:
                    yield from oracles.document_is_kept(write, get, param, name)


@check(oracles.update_keeps_what_was_not_sent, over=services_that_update, writes=True)
def test_update_keeps_what_was_not_sent(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update some properties and look at the others; update nothing and look at all."""
    for life in lives(context, subject):
        kind, lineage = life.kind or "", context.lineage
        for update in life.updates:
            if update.get is not None:
                yield from oracles.update_keeps_what_was_not_sent(
                    {**numbers_kept(context, life, update), **life.kept(update)},
                    update.exchange,
                    update.get,
                    kind,
                    lineage,
                )
        if life.empty_update is not None and life.get_after_empty_update is not None:
            yield from oracles.update_keeps_what_was_not_sent(
                {**writable(context, life), **life.must_return_at_last},
                life.empty_update,
                life.get_after_empty_update,
                kind,
                lineage,
            )


@check(oracles.update_answers_what_was_sent, over=services_that_update, writes=True)
def test_update_answers_what_was_sent(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look for what was sent in the answer to update."""
    for life in lives(context, subject):
        for update in life.updates if answers_object(context, life.service, "update") else ():
            yield from oracles.update_answers_what_was_sent(
                life.compared(update), update.exchange, life.kind or "", context.lineage
            )


@check(oracles.empty_update_is_accepted, over=services_that_update, writes=True)
def test_empty_update_is_accepted(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update with an object that holds nothing."""
    for life in lives(context, subject):
        if life.empty_update is None or may_be_refused(context, life.empty_update):
            continue
        if never_worked(context, life.recipe, life.empty_update):
            raise NotApplicable("it breaks inside each time, and nobody has seen it at work")
        if life.recipe.proven:
            yield from oracles.empty_update_is_accepted(life.empty_update)


@check(oracles.update_keeps_the_identity, over=services_that_update, writes=True)
def test_update_keeps_the_identity(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare id, account and class before and after the updates."""
    for life in lives(context, subject):
        if life.get is None or life.id_property is None:
            continue
        names = (life.id_property, "partnerId")
        for read in life.reads[1:]:
            yield from oracles.update_keeps_the_identity(life.get, read, (*names, "objectType"))
        for update in life.updates if is_recorded(life) else ():
            yield from oracles.update_keeps_the_identity(life.get, update.exchange, names)


@check(oracles.text_is_kept_as_written, over=services_with_text, writes=True)
def test_text_is_kept_as_written(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with such texts and get it in JSON and in XML."""
    made = context.make(subject.name, properties=written_texts(context, subject.name))
    try:
        if "get" not in made.keys:
            raise NotApplicable("nothing tells how to get the object")
        sent = {name: made.entity[name] for name in TEXTS if name in made.entity}
        forms = (Form(), Form(format=Format.XML))
        reads = [context.call(subject.name, "get", made.keys["get"], form=form) for form in forms]
        for read in (made.exchange, *reads):
            yield from oracles.text_is_kept_as_written(sent, read, made.type or "", context.lineage)
    finally:
        context.discard(made)


@check(oracles.empty_text_clears, over=services_that_clear, writes=True)
def test_empty_text_clears(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with a description, update that to nothing, and get the object."""
    return _cleared(
        context,
        subject,
        {"description": "about it"},
        {"description": ""},
        oracles.empty_text_clears,
    )


@check(oracles.null_marker_clears, over=services_of_tagged_entries, writes=True)
def test_null_marker_clears(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an entry with tags, mark them as null, and get the entry."""
    return _cleared(
        context, subject, {"tags": "conformance"}, {"tags__null": ""}, oracles.null_marker_clears
    )


def _cleared(
    context: Context,
    subject: Subject,
    first: dict[str, str],
    then: dict[str, str],
    judge: Callable[[Exchange, Exchange, str], Iterator[Breach]],
) -> Iterator[Breach]:
    (name,) = first
    made = context.make(subject.name, properties=first)
    try:
        holder = entity_param(context.schema.services[subject.name].actions["update"])
        if holder is None or not {"update", "get"} <= made.keys.keys() or name not in made.entity:
            raise NotApplicable(f"the object has no {name}")
        entity = {"objectType": made.type, **then}
        update = context.call(subject.name, "update", {**made.keys["update"], holder.name: entity})
        yield from judge(update, context.call(subject.name, "get", made.keys["get"]), name)
    finally:
        context.discard(made)


@check(oracles.update_touches_no_other_object, over=services_that_update, writes=True)
def test_update_touches_no_other_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read another object before and after the update."""
    for life in lives(context, subject):
        if life.bystander_before is None or life.bystander_after_update is None:
            continue
        between = range(life.bystander_before.number, life.bystander_after_update.number)
        updates = [each.exchange for each in life.updates if each.exchange.number in between]
        yield from oracles.update_touches_no_other_object(
            life.bystander_before,
            updates,
            life.bystander_after_update,
            bystanding(life),
            life.kind or "",
            context.lineage,
        )


@check(oracles.delete_touches_no_other_object, over=services_that_delete, writes=True)
def test_delete_touches_no_other_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read another object after the delete."""
    for life in lives(context, subject):
        # Whether it was there before does not matter: an earlier delete may have taken it along.
        can_read = bool(stored(life.get))
        if life.bystander is not None and life.bystander_after_delete is not None and can_read:
            yield from oracles.delete_touches_no_other_object(
                life.bystander_after_delete, life.bystander.id
            )


@check(oracles.read_only_is_refused_on_add, over=services_that_add, writes=True)
def test_read_only_is_refused_on_add(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with a property that only the server sets."""
    for life in lives(context, subject):
        for tried in life.read_only_on_add:
            attempt = judged_attempt(context, tried, "read_only_ignored", "add", life)
            if attempt is not None:
                yield from oracles.read_only_is_refused_on_add(
                    attempt.exchange, attempt.kind, attempt.name
                )


@check(oracles.read_only_is_refused_on_update, over=services_that_update, writes=True)
def test_read_only_is_refused_on_update(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update a property that only the server sets."""
    for life in lives(context, subject):
        for tried in life.read_only_on_update:
            attempt = judged_attempt(context, tried, "read_only_ignored", "update", life)
            if attempt is not None:
                yield from oracles.read_only_is_refused_on_update(
                    attempt.exchange, attempt.kind, attempt.name
                )


@check(oracles.insert_only_is_refused_on_update, over=services_that_update, writes=True)
def test_insert_only_is_refused_on_update(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update a property that can only be set on add."""
    for life in lives(context, subject):
        attempt = judged_attempt(
            context, life.insert_only_on_update, "insert_only_ignored", "update", life
        )
        if attempt is not None:
            yield from oracles.insert_only_is_refused_on_update(
                attempt.exchange, attempt.kind, attempt.name
            )


@check(oracles.refused_update_changes_nothing, over=services_that_update, writes=True)
def test_refused_update_changes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at the object after updates that had to be refused."""
    for life in lives(context, subject):
        attempts = [a for a in (*life.read_only_on_update, life.insert_only_on_update) if a]
        if life.get_after_attempts is None or any(a.exchange.error is None for a in attempts):
            continue
        before = stored(life.get_after_empty_update or life.updated)
        # A refused time may be one that the server moves for reasons of its own.
        tried = [attempt.name for attempt in attempts if attempt.name != "updatedAt"]
        held = {name: before[name] for name in (*life.must_return, *tried) if name in before}
        yield from oracles.refused_update_changes_nothing(
            held, life.get_after_attempts, life.kind or "", context.lineage
        )


@check(oracles.delete_is_accepted, over=services_that_delete, writes=True)
def test_delete_is_accepted(context: Context, subject: Subject) -> Iterator[Breach]:
    """Delete the object."""
    for life in lives(context, subject):
        if life.delete is None or may_be_refused(context, life.delete):
            continue
        if life.recipe.proven:
            yield from oracles.delete_is_accepted(life.delete)


@check(oracles.deleted_object_is_not_found, over=services_that_delete, writes=True)
def test_deleted_object_is_not_found(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get the object that was deleted."""
    for life in lives(context, subject):
        codes = not_found(context, life, "get")
        if life.delete is not None and life.get_after_delete is not None:
            yield from oracles.deleted_object_is_not_found(
                life.delete, life.get_after_delete, codes
            )


@check(oracles.deleted_object_cannot_be_updated, over=services_that_delete, writes=True)
def test_deleted_object_cannot_be_updated(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update the object that was deleted."""
    for life in lives(context, subject):
        codes = not_found(context, life, "update")
        if life.delete is not None and life.update_after_delete is not None:
            yield from oracles.deleted_object_cannot_be_updated(
                life.delete, life.update_after_delete, codes
            )


@check(oracles.second_delete_fails, over=services_that_delete, writes=True)
def test_second_delete_fails(context: Context, subject: Subject) -> Iterator[Breach]:
    """Delete the object that was deleted."""
    for life in lives(context, subject):
        codes = not_found(context, life, "delete")
        if life.delete is not None and life.second_delete is not None:
            yield from oracles.second_delete_fails(life.delete, life.second_delete, codes)
