"""Additional actions called with objects that exist; their answers are judged by type as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import actions_called as oracles
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subject import Subject
from conformance.schema.standard import key_params
from conformance.suites.calling import (
    arguments,
    called,
    read_arguments,
    reading_actions,
    safe_actions,
)
from conformance.suites.misuse import action_of, asked
from conformance.wire.request import Form, Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.provisioning.made import Made
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

XML = Form(format=Format.XML)


def _services(scope: Scope, *names: str) -> Iterator[Subject]:
    for service in scope.schema.services.values():
        free = all(not scope.profile.actions.probe_only_because(f"{service.id}.{n}") for n in names)
        if service.offers(*names) and free:
            yield Subject(kind="service", name=service.id, service=service.id)


@check(oracles.existing_object_is_found, over=reading_actions, writes=True)
def test_reading_action_finds_what_exists(context: Context, subject: Subject) -> Iterator[Breach]:
    """Call a reading action with existing objects, in JSON and in XML."""
    action = action_of(context, subject)
    call = arguments(context, action)
    for form in (None, XML):
        exchange = called(context, action, call.params, form=form)
        yield from oracles.existing_object_is_found(exchange, call.own.values())


@check(oracles.existing_object_is_found, over=safe_actions, writes=True)
def test_safe_action_finds_what_exists(context: Context, subject: Subject) -> Iterator[Breach]:
    """Call a harmless action with fresh objects, in JSON and in XML."""
    action = action_of(context, subject)
    for form in (None, XML):
        call = arguments(context, action, fresh=True)
        exchange = called(context, action, call.params, form=form)
        yield from oracles.existing_object_is_found(exchange, call.own.values())


def cloning_services(scope: Scope) -> Iterator[Subject]:
    """Services whose clone needs nothing but an object."""
    for subject in _services(scope, "add", "get", "clone"):
        if subject.name in read_arguments().kept:
            yield subject


def _cloned(context: Context, subject: Subject) -> tuple[Made, Exchange]:
    """A fresh object and the answer to cloning it."""
    action = context.schema.services[subject.name].actions["clone"]
    made = context.make(subject.name)
    return made, called(context, action, {key_params(action)[0].name: made.id})


@check(oracles.clone_is_another_object, over=cloning_services, writes=True)
def test_clone_is_another_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Clone an object and compare the ids."""
    made, clone = _cloned(context, subject)
    _unless_forbidden(context, clone)
    yield from oracles.clone_is_another_object(clone, str(made.id))


@check(oracles.clone_is_like_its_original, over=cloning_services, writes=True)
def test_clone_is_like_its_original(context: Context, subject: Subject) -> Iterator[Breach]:
    """Clone objects with drawn properties."""
    kept = read_arguments().kept[subject.name]
    for _ in range(2):
        made, clone = _cloned(context, subject)
        expected = {name: made.entity[name] for name in kept if name in made.entity}
        yield from oracles.clone_is_like_its_original(
            clone, expected, made.type or "", context.lineage
        )


@check(oracles.clone_stays, over=cloning_services, writes=True)
def test_clone_stays(context: Context, subject: Subject) -> Iterator[Breach]:
    """Clone an object and get the clone."""
    _made, clone = _cloned(context, subject)
    value = clone.result.value if clone.result is not None else None
    if not isinstance(value, dict) or value.get("id") is None:
        raise NotApplicable("nothing was cloned")
    key = key_params(context.schema.services[subject.name].actions["get"])[0]
    get = context.call(subject.name, "get", {key.name: value["id"]})
    yield from oracles.clone_stays(clone, get)


def services_with_status(scope: Scope) -> Iterator[Subject]:
    """Services whose objects can be given a status."""
    for subject in _services(scope, "add", "get", "updateStatus"):
        if subject.name in read_arguments().status:
            yield subject


@check(oracles.new_status_is_stored, over=services_with_status, writes=True)
def test_new_status_is_stored(context: Context, subject: Subject) -> Iterator[Breach]:
    """Give a fresh object another status and get it."""
    status = read_arguments().status[subject.name]
    action = context.schema.services[subject.name].actions["updateStatus"]
    for _ in range(2):
        made = context.make(subject.name)
        keys = made.keys.get("get")
        if keys is None:
            raise NotApplicable("no get names the object")
        sent = {key_params(action)[0].name: made.id, "status": status}
        update = asked(context, action, sent)
        yield from oracles.new_status_is_stored(
            update, context.call(subject.name, "get", keys), status
        )


def services_by_ids(scope: Scope) -> Iterator[Subject]:
    """Services that answer several entries by their ids."""
    yield from _services(scope, "add", "get", "delete", "getByIds")


@check(oracles.asked_ids_are_answered, over=services_by_ids, writes=True)
def test_asked_ids_are_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for fresh objects, a deleted one and an id of nothing, in JSON and in XML."""
    action = context.schema.services[subject.name].actions["getByIds"]
    living = [str(context.make(subject.name).id) for _ in range(3)]
    gone = context.make(subject.name)
    context.discard(gone)
    others = [str(gone.id), "0_conformancenosuch"]
    context.random.shuffle(living)
    name = action.params[0].name
    for form in (None, XML, None, XML):
        for ids in (living, [*others, *living], others[1:]):
            answered = context.call(subject.name, "getByIds", {name: ",".join(ids)}, form=form)
            wanted = living if len(ids) > 1 else []
            yield from oracles.asked_ids_are_answered(answered, wanted, others)


def moderating_services(scope: Scope) -> Iterator[Subject]:
    """Services that approve and reject entries."""
    yield from _services(scope, "add", "get", "approve", "reject")


@check(oracles.moderation_is_stored, over=moderating_services, writes=True)
def test_moderation_is_stored(context: Context, subject: Subject) -> Iterator[Breach]:
    """Approve an entry and reject another one, and get both."""
    if "entryId" not in {
        p.name for p in context.schema.services[subject.name].actions["approve"].params
    }:
        raise NotApplicable("approves something else than entries")
    for name, status in (("approve", oracles.APPROVED), ("reject", oracles.REJECTED)):
        made = context.make(subject.name)
        act = context.call(subject.name, name, {"entryId": made.id})
        get = context.call(subject.name, "get", {"entryId": made.id})
        yield from oracles.moderation_is_stored(act, get, status)


def services_by_reference(scope: Scope) -> Iterator[Subject]:
    """The service that finds entries by their reference id."""
    yield from _services(scope, "add", "listByReferenceId")


@check(oracles.reference_leads_to_its_entry, over=services_by_reference, writes=True)
def test_reference_leads_to_its_entry(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look for an entry by a reference id that nothing else has, until the index has settled."""
    reference = f"conformance{context.random.getrandbits(48):x}"
    made = context.make(subject.name, properties={"referenceId": reference})
    yield from context.settling.until(
        lambda: context.call(subject.name, "listByReferenceId", {"refId": reference}),
        lambda listed: oracles.reference_leads_to_its_entry(listed, str(made.id), reference),
    )[1]


def counting_feeds(scope: Scope) -> Iterator[Subject]:
    """The service of syndication feeds, where it counts their entries."""
    yield from _services(scope, "add", "getEntryCount")


@check(oracles.feed_counts_its_entries, over=counting_feeds, writes=True)
def test_feed_counts_its_entries(context: Context, subject: Subject) -> Iterator[Breach]:
    """Count the entries of a fresh feed, in JSON and in XML."""
    made = context.make(subject.name)
    for form in (None, XML):
        counted = context.call(subject.name, "getEntryCount", {"feedId": made.id}, form=form)
        yield from oracles.feed_counts_its_entries(counted)


def converting_feeds(scope: Scope) -> Iterator[Subject]:
    """The service of syndication feeds, where it asks for their conversion."""
    for subject in _services(scope, "add", "requestConversion"):
        if subject.name == "syndicationfeed":
            yield subject


@check(oracles.conversion_is_requested_quietly, over=converting_feeds, writes=True)
def test_conversion_is_requested_quietly(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for the conversion of a fresh feed's entries, of which there are none to convert."""
    made = context.make(subject.name)
    for form in (None, XML):
        requested = context.call(subject.name, "requestConversion", {"feedId": made.id}, form=form)
        yield from oracles.conversion_is_requested_quietly(requested)


def profile_services(scope: Scope) -> Iterator[Subject]:
    """The service of conversion profiles."""
    yield from _services(scope, "add", "getDefault")


@check(oracles.default_profile_is_the_default, over=profile_services)
def test_default_profile_is_the_default(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get the default conversion profile."""
    for form in (None, XML):
        got = context.call(subject.name, "getDefault", {}, form=form)
        yield from oracles.default_profile_is_the_default(got)


def asset_services(scope: Scope) -> Iterator[Subject]:
    """The services of flavors and thumbnails."""
    for subject in _services(scope, "add", "getByEntryId"):
        if subject.name in {"flavorasset", "thumbasset"} and "media" in scope.schema.services:
            yield subject


@check(oracles.fresh_entry_has_no_assets, over=asset_services, writes=True)
def test_fresh_entry_has_no_assets(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for the assets of an entry that was just made."""
    made = context.make("media")
    for form in (None, XML):
        params = {"entryId": made.id}
        listed = context.call(subject.name, "getByEntryId", params, form=form)
        yield from oracles.fresh_entry_has_no_assets(listed)


def _unless_forbidden(context: Context, exchange: Exchange) -> None:
    """NotApplicable where the profile knows accounts that are refused the action."""
    error = exchange.error
    if error is None or "FORBIDDEN" not in error.code:
        return
    why = context.profile.actions.may_be_forbidden(exchange.action)
    if why:
        raise NotApplicable(why)
