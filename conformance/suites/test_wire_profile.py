"""Response profiles: inline and stored, to include and to exclude, by list and by get."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.oracles import wire_profile as oracle
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subject import Subject
from conformance.plugin.subjects import target
from conformance.suites import probe
from conformance.suites.batch import existing, some_object
from conformance.suites.calling import read_arguments
from conformance.suites.comparison import ask, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.suites.probe import Probe
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

INLINE = "KalturaDetachedResponseProfile"
INCLUDE, EXCLUDE = 1, 2
INCLUDED = ("id", "name")
EXCLUDABLE = (
    "description", "tags", "createdAt", "updatedAt", "name", "systemName", "partnerId", "userId",
)  # fmt: skip
"""Plain properties of many classes, the dullest first; of a class, those that it shows."""
AT_MOST = 4
UNKNOWN_ID = 2_000_000_081
UNKNOWN_NAME = "conformanceNoSuchProfile"
USUAL_SERVICES = ("media", "baseentry", "uiconf", "accesscontrolprofile", "category", "user")


def profiled_services(scope: Scope) -> Iterator[Subject]:
    """The services that are known to hand a profile on, where the target has profiles."""
    ground = probe.grounds(scope)
    if INLINE not in scope.schema.classes:
        return
    for name in read_arguments().profiled["services"]:
        service = scope.schema.services.get(name)
        if service is not None and probe.listing(ground, service):
            yield Subject(kind="service", name=service.id, service=service.id)


@check(oracle.included_fields_are_all, over=profiled_services)
def test_included_fields_are_all(context: Context, subject: Subject) -> Iterator[Breach]:
    """List, and get what was listed, with a profile of two fields."""
    listed, whole = _listed(context, subject)
    only = profile(INCLUDE, INCLUDED)
    yield from oracle.included_fields_are_all(whole, _with(context, listed, only), INCLUDED)
    found = existing(context, context.schema.services[str(subject.service)])
    if found is not None:
        whole = ask(context, found)
        yield from oracle.included_fields_are_all(whole, _with(context, found, only), INCLUDED)


@check(oracle.excluded_fields_are_left_out, over=profiled_services)
def test_excluded_fields_are_left_out(context: Context, subject: Subject) -> Iterator[Breach]:
    """List with a profile that excludes what the objects show without it."""
    listed, whole = _listed(context, subject)
    shown = set(oracle.profiled_objects(whole)[0])
    fields = tuple(name for name in EXCLUDABLE if name in shown)[:AT_MOST]
    if not fields:
        raise NotApplicable("the objects show none of the properties that could be excluded")
    reduced = _with(context, listed, profile(EXCLUDE, fields))
    yield from oracle.excluded_fields_are_left_out(whole, reduced, fields)


def _listed(context: Context, subject: Subject) -> tuple[Probe, Exchange]:
    """The service's list of the first objects, and what it answers without a profile."""
    service = context.schema.services[str(subject.service)]
    listed = probe.listing(probe.grounds(context), service)
    whole = ask(context, listed) if listed else None
    if listed is None or whole is None or not oracle.profiled_objects(whole):
        raise NotApplicable("lists nothing")
    return listed, whole


def profile(kind: int, fields: tuple[str, ...]) -> dict[str, Any]:
    """A profile as it is sent inline."""
    return {"objectType": INLINE, "type": kind, "fields": ",".join(fields)}


def _with(context: Context, asked: Probe, responding: dict[str, Any]) -> Exchange:
    exchange = ask(context, asked.having(responseProfile=responding))
    if exchange.error is not None and exchange.error.code == "ACTION_BLOCKED":
        raise Inconclusive(f"{exchange.action} is limited in rate")
    return exchange


@check(oracle.stored_profile_counts, over=target, writes=True)
def test_stored_profile_counts(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Store a profile, and name it by its id and by its system name."""
    if "responseprofile" not in context.schema.services:
        raise NotApplicable("the target stores no response profiles")
    found = some_object(context, USUAL_SERVICES)
    name = f"conformance{context.random.getrandbits(48):x}"
    stored = {"systemName": name, "type": INCLUDE, "fields": ",".join(INCLUDED)}
    made = context.make("responseprofile", properties=stored)
    try:
        whole = ask(context, found)
        for named in ({"id": made.id}, {"systemName": name}):
            reduced = _with(context, found, named)
            yield from oracle.stored_profile_counts(whole, reduced, INCLUDED)
    finally:
        context.discard(made)


@check(oracle.unknown_profile_changes_nothing, over=target)
def test_unknown_profile_changes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Name a profile that does not exist, by an id and by a system name."""
    if INLINE not in context.schema.classes:
        raise NotApplicable("the target has no response profiles")
    found = some_object(context, USUAL_SERVICES)
    for named in ({"id": UNKNOWN_ID}, {"systemName": UNKNOWN_NAME}):
        variant = partial(ask, context, found.having(responseProfile=named))
        yield from compare(context, found, oracle.unknown_profile_changes_nothing, variant)
