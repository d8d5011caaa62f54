"""Updates: what is stored, kept, cleared and answered, and that nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import crud, crud_update, crud_values
from conformance.plugin.check import NotApplicable, check
from conformance.schema.standard import entity_param
from conformance.suites.crud_subjects import (
    TEXTS,
    answers_object,
    bystanding,
    is_recorded,
    lives,
    may_be_refused,
    never_worked,
    numbers_kept,
    services_of_tagged_entries,
    services_that_clear,
    services_that_update,
    services_with_documents,
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


@check(crud_update.update_is_accepted, over=services_that_update, writes=True)
def test_update_is_accepted(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update a property that a real server is known to take."""
    for life in lives(context, subject):
        for update in life.updates if life.recipe.proven else ():
            if never_worked(context, life.recipe, update.exchange):
                raise NotApplicable("it breaks inside each time, and nobody has seen it at work")
            if not may_be_refused(context, update.exchange):
                yield from crud_update.update_is_accepted(update.exchange)


@check(crud_update.update_is_stored, over=services_that_update, writes=True)
def test_update_is_stored(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update some properties and get the object."""
    for life in lives(context, subject):
        for update in life.updates:
            if update.get is not None:
                yield from crud_update.update_is_stored(
                    life.compared(update),
                    update.exchange,
                    update.get,
                    life.kind or "",
                    context.lineage,
                )


@check(crud.document_is_kept, over=services_with_documents, writes=True)
def test_document_is_kept(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with a document and update it with another one; get it after each."""
    for life in lives(context, subject):
        writes = [(life.add, life.get), (life.empty_update, life.get_after_empty_update)]
        writes += [(update.exchange, update.get) for update in life.updates]
        for param, name in life.recipe.documents.items():
            for write, get in writes:
                if write is not None and get is not None:
                    yield from crud.document_is_kept(write, get, param, name)


@check(crud_update.update_keeps_what_was_not_sent, over=services_that_update, writes=True)
def test_update_keeps_what_was_not_sent(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update some properties and look at the others; update nothing and look at all."""
    for life in lives(context, subject):
        kind, lineage = life.kind or "", context.lineage
        for update in life.updates:
            if update.get is not None:
                yield from crud_update.update_keeps_what_was_not_sent(
                    {**numbers_kept(context, life, update), **life.kept(update)},
                    update.exchange,
                    update.get,
                    kind,
                    lineage,
                )
        if life.empty_update is not None and life.get_after_empty_update is not None:
            yield from crud_update.update_keeps_what_was_not_sent(
                {**writable(context, life), **life.must_return_at_last},
                life.empty_update,
                life.get_after_empty_update,
                kind,
                lineage,
            )


@check(crud_update.update_answers_what_was_sent, over=services_that_update, writes=True)
def test_update_answers_what_was_sent(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look for what was sent in the answer to update."""
    for life in lives(context, subject):
        for update in life.updates if answers_object(context, life.service, "update") else ():
            yield from crud_update.update_answers_what_was_sent(
                life.compared(update), update.exchange, life.kind or "", context.lineage
            )


@check(crud_update.empty_update_is_accepted, over=services_that_update, writes=True)
def test_empty_update_is_accepted(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update with an object that holds nothing."""
    for life in lives(context, subject):
        if life.empty_update is None or may_be_refused(context, life.empty_update):
            continue
        if never_worked(context, life.recipe, life.empty_update):
            raise NotApplicable("it breaks inside each time, and nobody has seen it at work")
        if life.recipe.proven:
            yield from crud_update.empty_update_is_accepted(life.empty_update)


@check(crud_update.update_keeps_the_identity, over=services_that_update, writes=True)
def test_update_keeps_the_identity(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare id, account and class before and after the updates."""
    for life in lives(context, subject):
        if life.get is None or life.id_property is None:
            continue
        names = (life.id_property, "partnerId")
        for read in life.reads[1:]:
            yield from crud_update.update_keeps_the_identity(life.get, read, (*names, "objectType"))
        for update in life.updates if is_recorded(life) else ():
            yield from crud_update.update_keeps_the_identity(life.get, update.exchange, names)


@check(crud_values.text_is_kept_as_written, over=services_with_text, writes=True)
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
            yield from crud_values.text_is_kept_as_written(
                sent, read, made.type or "", context.lineage
            )
    finally:
        context.discard(made)


@check(crud_update.empty_text_clears, over=services_that_clear, writes=True)
def test_empty_text_clears(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with a description, update that to nothing, and get the object."""
    return _cleared(
        context,
        subject,
        {"description": "about it"},
        {"description": ""},
        crud_update.empty_text_clears,
    )


@check(crud_update.null_marker_clears, over=services_of_tagged_entries, writes=True)
def test_null_marker_clears(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an entry with tags, mark them as null, and get the entry."""
    return _cleared(
        context,
        subject,
        {"tags": "conformance"},
        {"tags__null": ""},
        crud_update.null_marker_clears,
    )


@check(crud_update.update_keeps_what_was_not_sent, over=services_of_tagged_entries, writes=True)
def test_clearing_keeps_what_was_not_marked(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an entry with tags and a description, mark the tags as null, and get the entry."""
    made = context.make(subject.name, properties={"tags": "conformance", "description": "about it"})
    try:
        holder = entity_param(context.schema.services[subject.name].actions["update"])
        if holder is None or not {"update", "get"} <= made.keys.keys():
            raise NotApplicable("nothing tells how to change the entry")
        entity = {"objectType": made.type, "tags__null": ""}
        update = context.call(subject.name, "update", {**made.keys["update"], holder.name: entity})
        get = context.call(subject.name, "get", made.keys["get"])
        kept = {name: made.entity[name] for name in ("name", "description") if name in made.entity}
        yield from crud_update.update_keeps_what_was_not_sent(
            kept, update, get, made.type or "", context.lineage
        )
    finally:
        context.discard(made)


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


@check(crud_update.update_touches_no_other_object, over=services_that_update, writes=True)
def test_update_touches_no_other_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read another object before and after the update."""
    for life in lives(context, subject):
        if life.bystander_before is None or life.bystander_after_update is None:
            continue
        between = range(life.bystander_before.number, life.bystander_after_update.number)
        updates = [each.exchange for each in life.updates if each.exchange.number in between]
        yield from crud_update.update_touches_no_other_object(
            life.bystander_before,
            updates,
            life.bystander_after_update,
            bystanding(life),
            life.kind or "",
            context.lineage,
        )
