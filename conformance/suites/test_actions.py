"""Actions: every one is there, every read is asked, and every answer is of its declared type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from conformance.oracles import actions as oracles
from conformance.oracles.actions import Book
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subjects import action_subject, actions
from conformance.schema.standard import id_param
from conformance.suites.misuse import action_of, asked, before, callable_actions
from conformance.wire.answer import ApiError, Result
from conformance.wire.request import Form, Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.profile.quirks import Quirks
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

READING = re.compile(r"(get|list|count|is|search|ping|check|has|find)(?=[A-Z]|$)")
"""The first word of an action that changes nothing."""

ASKED_OFTEN = 11
"""So that what fails in one call of ten fails here."""
LISTED_OBJECTS = 2
"""Of a service's list, got one by one."""

TABLES = {
    "enum": "unpublished_values",
    "unset": "unpublished_values",
    "kind": "untyped_properties",
    "class": "untyped_properties",
}
"""Which table of the profile knows that a property departs from the schema in that way."""

_BOOKS: WeakKeyDictionary[Lineage, Book] = WeakKeyDictionary()


def book_of(context: Context) -> Book:
    """The run's one book: it remembers which answers were walked."""
    book = _BOOKS.get(context.lineage)
    if book is None:
        quirks = context.profile.quirks
        book = Book(context.schema, context.lineage, loose=lambda k, m: is_loose(quirks, k, m))
        _BOOKS[context.lineage] = book
    return book


def is_loose(quirks: Quirks, kind: str, member: str) -> bool:
    """Whether the profile knows that a `Class.property` or `service.action` departs so."""
    if kind == "objects":
        return quirks.why("no_objects", member) is not None
    table = TABLES.get(kind)
    return table is not None and bool(member) and quirks.why(table, member) is not None


def results(context: Context, subject: Subject) -> tuple[Exchange, ...]:
    """What the run has heard of an action, if its results are of the declared type at all."""
    quirks = context.profile.quirks
    for table in ("bare_answers", "remapped_errors"):
        if why := quirks.why(table, subject.name):
            raise NotApplicable(why)
    exchanges = context.seen(subject.name)
    if not exchanges:
        raise NotApplicable("not called")
    return exchanges


@check(oracles.action_exists, over=actions, last=True)
def test_action_exists(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every answer of the action; a forged KS asked even the forbidden ones."""
    exchanges = context.seen(subject.name)
    if not exchanges:
        raise NotApplicable("not called")
    found = [breach for exchange in exchanges for breach in oracles.action_exists(exchange)]
    telling = [each for each in exchanges if isinstance(each.answer, Result | ApiError)]
    if len(found) == len(telling) and _may_be_gone(context, subject):
        raise NotApplicable("the profile says that the schema is older than the server's plugins")
    yield from found


def _may_be_gone(context: Context, subject: Subject) -> bool:
    """Whether the profile allows that a plugin of the schema is not on the server (TRAP-03)."""
    action = action_of(context, subject)
    plugin = action.plugin or context.schema.services[action.service].plugin
    return plugin is not None and context.profile.quirks.stale_schema


@check(oracles.value_is_of_its_declared_kind, over=actions, last=True)
def test_value_is_of_its_declared_kind(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.value_is_of_its_declared_kind(exchange, action, book)


@check(oracles.object_is_of_its_declared_class, over=actions, last=True)
def test_object_is_of_its_declared_class(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.object_is_of_its_declared_class(exchange, action, book)


@check(oracles.enum_value_is_in_its_enum, over=actions, last=True)
def test_enum_value_is_in_its_enum(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.enum_value_is_in_its_enum(exchange, action, book)


@check(oracles.unset_enum_is_left_out, over=actions, last=True)
def test_unset_enum_is_left_out(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.unset_enum_is_left_out(exchange, action, book)


@check(oracles.write_only_stays_hidden, over=actions, last=True)
def test_write_only_stays_hidden(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.write_only_stays_hidden(exchange, action, book)


@check(oracles.null_is_left_out, over=actions, last=True)
def test_null_is_left_out(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every JSON result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.null_is_left_out(exchange, action, book)


@check(oracles.property_keeps_its_spelling, over=actions, last=True)
def test_property_keeps_its_spelling(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.property_keeps_its_spelling(exchange, action, book)


@check(oracles.property_has_a_name, over=actions, last=True)
def test_property_has_a_name(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.property_has_a_name(exchange, action, book)


@check(oracles.time_is_in_seconds, over=actions, last=True)
def test_time_is_in_seconds(context: Context, subject: Subject) -> Iterator[Breach]:
    """Walk every result of the action."""
    action, book = action_of(context, subject), book_of(context)
    for exchange in results(context, subject):
        yield from oracles.time_is_in_seconds(exchange, action, book)


@check(oracles.declared_object_is_there, over=actions, last=True)
def test_declared_object_is_there(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every result of the action."""
    if "null" in context.profile.quirks.not_found_codes(subject.name):
        raise NotApplicable("answers null for what does not exist")
    action = action_of(context, subject)
    for exchange in results(context, subject):
        yield from oracles.declared_object_is_there(exchange, action)


@check(oracles.list_has_count_and_objects, over=actions, last=True)
def test_list_has_count_and_objects(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every list response of the action."""
    action, book = action_of(context, subject), book_of(context)
    if not book.is_list(action.result):
        raise NotApplicable("answers no list")
    for exchange in results(context, subject):
        yield from oracles.list_has_count_and_objects(exchange, action, book)


def _reads(action: Action, scope: Scope) -> bool:
    return (
        READING.match(action.name) is not None
        and action.result.kind != "file"
        and not any(p.type.kind == "file" for p in action.params)
        and not scope.profile.quirks.why("bare_answers", action.id)
        # Such a call is carried out: it would take jobs of the batch system, or ask strangers.
        and not scope.profile.actions.probe_only_because(action.id)
    )


@check(oracles.well_formed_call_is_understood, over=callable_actions(_reads))
def test_well_formed_call_is_understood(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask with what is required and nothing else, as an admin and as a user, in JSON and in XML."""
    action = action_of(context, subject)
    params, _ = before(context, action)
    yield from oracles.well_formed_call_is_understood(asked(context, action, params), action)
    as_user = context.call(action.service, action.name, params, session="user")
    in_xml = context.call(action.service, action.name, params, form=Form(format=Format.XML))
    for exchange in (as_user, in_xml):
        yield from oracles.well_formed_call_is_understood(exchange, action)


def system_action(name: str) -> Callable[[Scope], Iterator[Subject]]:
    """One action of the service that tells of the server itself, where there is one."""

    def subjects(scope: Scope) -> Iterator[Subject]:
        service = scope.schema.services.get("system")
        if service is not None and name in service.actions:
            yield action_subject(service.actions[name])

    return subjects


def _told(context: Context, name: str) -> Iterator[Exchange]:
    """What the server tells of itself, with a KS and without, in JSON and in XML.

    Without a KS an answer may be minutes old (OBSERVED 15), but for a parameter that is never the
    same.
    """
    for number in range(ASKED_OFTEN):
        params = {"conformanceNonce": f"{context.random.getrandbits(48):x}"}
        form = Form(format=Format.XML if number % 3 == 0 else Format.JSON)
        session = "none" if number % 2 == 0 else "admin"
        exchange = context.call("system", name, params, session=session, form=form)
        if exchange.error is not None and "FORBIDDEN" in exchange.error.code:
            raise NotApplicable(f"system.{name} is closed here: {exchange.error.code}")
        yield exchange


@check(oracles.ping_is_true, over=system_action("ping"))
def test_ping_is_true(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Ask whether the server is there."""
    for exchange in _told(context, "ping"):
        yield from oracles.ping_is_true(exchange)


@check(oracles.time_is_now, over=system_action("getTime"))
def test_time_is_now(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Ask for the server's time, again and again."""
    yield from oracles.time_is_now(tuple(_told(context, "getTime")))


@check(oracles.version_is_a_text, over=system_action("getVersion"))
def test_version_is_a_text(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Ask for the server's version, again and again."""
    yield from oracles.version_is_a_text(tuple(_told(context, "getVersion")))


def gets_with_a_list(scope: Scope) -> Iterator[Subject]:
    """The get actions of services that can also list."""
    for service in scope.schema.services.values():
        if not service.offers("get", "list") or id_param(service.actions["get"]) is None:
            continue
        actions = scope.profile.actions
        if not any(actions.probe_only_because(f"{service.id}.{a}") for a in ("get", "list")):
            yield action_subject(service.actions["get"])


@check(oracles.well_formed_call_is_understood, over=gets_with_a_list)
def test_listed_object_can_be_asked_for(context: Context, subject: Subject) -> Iterator[Breach]:
    """List a few objects and get the first of them, in JSON and in XML."""
    action = action_of(context, subject)
    listed = context.call(action.service, "list", {"pager": {"pageSize": LISTED_OBJECTS}})
    ids = _ids(listed)
    if not ids:
        raise NotApplicable("lists nothing")
    key = id_param(action)
    for number, found in enumerate(ids[:LISTED_OBJECTS]):
        form = Form(format=Format.XML if number else Format.JSON)
        params = {str(key and key.name): found}
        exchange = context.call(action.service, action.name, params, form=form)
        yield from oracles.well_formed_call_is_understood(exchange, action)


def _ids(listed: Exchange) -> list[str | int]:
    """The ids in a list response."""
    value = listed.result.value if listed.result else None
    objects = value.get("objects") if isinstance(value, dict) else None
    items = objects if isinstance(objects, list) else []
    found = (item.get("id") for item in items if isinstance(item, dict))
    return [each for each in found if isinstance(each, str | int)]
