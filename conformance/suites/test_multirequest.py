"""Provokes breaches of the multirequest area: several calls in one, and the same calls alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.oracles import multirequest as oracle
from conformance.oracles.shape import Walk
from conformance.oracles.slots import slot
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subjects import target
from conformance.suites import probe
from conformance.suites.batch import (
    SERVICE,
    asking,
    compare_slots,
    existing,
    member,
    quiet_probes,
    send,
    some_object,
    strangers,
    unknown_services,
)
from conformance.suites.forms import ENCODINGS, FORMATS
from conformance.suites.wire_subjects import services_with
from conformance.wire.request import Encoding, Endpoint, Form, Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.suites.probe import Probe
    from conformance.verdict.breach import Breach

USUAL_SERVICES = (
    "uiconf",
    "accesscontrolprofile",
    "conversionprofile",
    "media",
    "baseentry",
    "category",
    "user",
)
MANY = 60
DRAWN_BATCHES = 8
"""At most, of random batches in one check."""


def services_with_quiet_calls(scope: Any) -> Iterator[Subject]:
    """Every service that can be asked without anybody noticing."""
    return services_with(quiet_probes)(scope)


def _own_probes(context: Context, subject: Subject) -> list[Probe]:
    service = context.schema.services[str(subject.service)]
    return list(quiet_probes(probe.grounds(context), service))


def _mixed(context: Context, subject: Subject, own: list[Probe]) -> tuple[list[Probe], list[int]]:
    """The service's calls among others' calls, the first also at the end; and where its own are."""
    others = strangers(context, str(subject.service), len(own))
    mixed: list[Probe] = []
    places: list[int] = []
    for index, each in enumerate([*own, own[0]]):
        mixed.append(each)
        places.append(len(mixed))
        mixed.extend(others[index : index + 1])
    return mixed, places


@check(oracle.member_equals_the_call_alone, over=services_with_quiet_calls)
def test_member_equals_the_call_alone(context: Context, subject: Subject) -> Iterator[Breach]:
    """Make the service's calls alone, and at the first, a middle and the last place of a batch."""
    found = existing(context, context.schema.services[str(subject.service)])
    own = [*([found] if found else []), *_own_probes(context, subject)]
    mixed, places = _mixed(context, subject, own)
    yield from compare_slots(context, mixed, oracle.member_equals_the_call_alone, judged=places)


@check(oracle.batch_is_read_alike_in_every_encoding, over=services_with_quiet_calls)
def test_batch_is_read_alike_in_every_encoding(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Send the service's calls among others' in one of the other encodings."""
    mixed, places = _mixed(context, subject, _own_probes(context, subject))
    sending = partial(send, context, form=context.random.choice(ENCODINGS))
    judge = oracle.batch_is_read_alike_in_every_encoding
    yield from compare_slots(context, mixed, judge, judged=places, sending=sending)


@check(oracle.batch_is_answered_alike_in_every_format, over=services_with_quiet_calls)
def test_batch_is_answered_alike_in_every_format(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Ask for the service's calls among others' in one of the other formats."""
    mixed, places = _mixed(context, subject, _own_probes(context, subject))
    sending = partial(send, context, form=context.random.choice(FORMATS))
    judge = oracle.batch_is_answered_alike_in_every_format
    yield from compare_slots(context, mixed, judge, judged=places, sending=sending)


@check(oracle.drawn_batch_equals_its_calls, over=target)
def test_drawn_batch_equals_its_calls(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Draw calls of any services, and send them in each encoding and format."""
    forms = (Form(), *ENCODINGS, *FORMATS)
    for index in range(min(context.profile.limits.examples, DRAWN_BATCHES)):
        drawn = strangers(context, "", context.random.randint(2, 8))
        if not drawn:
            raise NotApplicable("no service offers a call that is safe to ask")
        sending = partial(send, context, form=forms[index % len(forms)])
        yield from compare_slots(
            context, drawn, oracle.drawn_batch_equals_its_calls, sending=sending
        )


@check(oracle.slot_is_of_its_actions_type, over=services_with(probe.live))
def test_slot_is_of_its_actions_type(context: Context, subject: Subject) -> Iterator[Breach]:
    """List the service's objects in a batch, between two calls that fail."""
    service = context.schema.services[str(subject.service)]
    listed = probe.live(probe.grounds(context), service)[0]
    failing = _own_probes(context, subject)[:1] or strangers(context, service.id, 1)
    probes = [*failing, listed, *failing]
    batch = send(context, [member(each.service, each.action, **each.params) for each in probes])
    quirks = context.profile.quirks
    walk = Walk(
        context.schema,
        context.lineage,
        loose=lambda _kind, name: quirks.why("untyped_properties", name) is not None,
    )
    for position, each in enumerate(probes, 1):
        yield from oracle.slot_is_of_its_actions_type(slot(batch, position), each.result, walk)


@check(oracle.batch_is_found_at_every_endpoint, over=target)
def test_batch_is_found_at_every_endpoint(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send one batch to each form of the endpoint."""
    drawn = strangers(context, "", 3)
    judge = oracle.batch_is_found_at_every_endpoint
    for endpoint in (Endpoint.INDEX_PATH, Endpoint.INDEX_QUERY, Endpoint.BARE):
        sending = partial(send, context, form=Form(endpoint=endpoint))
        yield from compare_slots(context, drawn, judge, sending=sending)
    sending = partial(send, context, action="null")
    yield from compare_slots(context, drawn, judge, sending=sending)


@check(oracle.common_response_profile_is_no_members, over=target)
def test_common_response_profile_is_no_members(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Send a response profile beside the members."""
    profile = {"responseProfile": _only_ids(context)}
    sending = partial(send, context, common=profile)
    judge = oracle.common_response_profile_is_no_members
    yield from compare_slots(
        context, [some_object(context, USUAL_SERVICES)], judge, sending=sending
    )


@check(oracle.members_response_profile_counts, over=target)
def test_members_response_profile_counts(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a response profile inside a member."""
    found = some_object(context, USUAL_SERVICES).having(responseProfile=_only_ids(context))
    yield from compare_slots(context, [found], oracle.members_response_profile_counts)


def _only_ids(context: Context) -> dict[str, Any]:
    if "KalturaDetachedResponseProfile" not in context.schema.classes:
        raise NotApplicable("the target has no response profiles")
    return {"objectType": "KalturaDetachedResponseProfile", "type": 1, "fields": "id"}


@check(oracle.every_member_has_its_slot, over=target)
def test_every_member_has_its_slot(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send batches of one to ten members in every encoding and format."""
    for form in (Form(), *ENCODINGS, *FORMATS):
        for count in (1, context.random.randint(2, 10)):
            drawn = strangers(context, "", count)
            members = [member(each.service, each.action, **each.params) for each in drawn]
            yield from oracle.every_member_has_its_slot(send(context, members, form=form))


@check(oracle.slots_are_in_order, over=target)
def test_slots_are_in_order(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send members in the order of their numbers, and in any other, more than nine of them."""
    for form in (Form(), *ENCODINGS, *FORMATS, Form()):
        names = unknown_services(context, 12)
        numbered = {str(number): each for number, each in enumerate(asking(names), 1)}
        keys = context.random.sample(list(numbered), len(numbered))
        shuffled = {key: numbered[key] for key in keys}
        yield from oracle.slots_are_in_order(context.call(SERVICE, "", shuffled, form=form), names)
        yield from oracle.slots_are_in_order(send(context, asking(names), form=form), names)


@check(oracle.failing_member_stops_no_other, over=target)
def test_failing_member_stops_no_other(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Let members fail in several ways between calls that work."""
    works = member("session", "get")
    alone = context.call("session", "get")
    if alone.result is None:
        raise Inconclusive("session.get does not answer an admin")
    failing = (
        asking(unknown_services(context, 1))[0],
        member("session", unknown_services(context, 1)[0]),
        member("session", "start"),
        {**works, "ks": f"conformance{context.random.getrandbits(64):016x}"},
    )
    for form in (Form(), Form(encoding=Encoding.FORM), Form(format=Format.XML)):
        for fails in failing:
            batch = send(context, [works, fails, works, fails, works], form=form)
            yield from oracle.failing_member_stops_no_other(batch, failing=(2, 4), sound=(1, 3, 5))


@check(oracle.numbers_may_begin_with_0, over=target)
def test_numbers_may_begin_with_0(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Number the members from 0."""
    for form in (Form(), *ENCODINGS):
        names = unknown_services(context, 4)
        batch = send(context, asking(names), first=0, form=form)
        yield from oracle.numbers_may_begin_with_0(batch, names)


@check(oracle.gap_ends_the_batch, over=target)
def test_gap_ends_the_batch(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Leave out a number, and begin with 2."""
    first, second, third = asking(unknown_services(context, 3))
    for form in (Form(), Form(encoding=Encoding.FORM)):
        gapped = context.call(SERVICE, "", {"1": first, "3": second, "4": third}, form=form)
        yield from oracle.gap_ends_the_batch(gapped, 1)
        late = context.call(SERVICE, "", {"2": first, "3": second}, form=form)
        yield from oracle.gap_ends_the_batch(late, 0)


@check(oracle.nameless_member_ends_the_batch, over=target)
def test_nameless_member_ends_the_batch(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Leave out a member's service, and its action."""
    names = asking(unknown_services(context, 3))
    for lacking in ("service", "action"):
        nameless = {key: value for key, value in names[1].items() if key != lacking}
        batch = send(context, [names[0], nameless, names[2]])
        yield from oracle.nameless_member_ends_the_batch(batch, 1)


@check(oracle.empty_batch_is_an_empty_list, over=target)
def test_empty_batch_is_an_empty_list(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send no member."""
    for session in ("admin", "none"):
        yield from oracle.empty_batch_is_an_empty_list(send(context, [], session=session))


@check(oracle.long_batch_is_answered_whole, over=target)
def test_long_batch_is_answered_whole(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send sixty members."""
    names = unknown_services(context, MANY)
    yield from oracle.long_batch_is_answered_whole(send(context, asking(names)), names)


@check(oracle.batch_in_a_batch_is_refused, over=target)
def test_batch_in_a_batch_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a batch as a member of a batch."""
    nested = {"service": SERVICE, "action": "null", "1": asking(unknown_services(context, 1))[0]}
    yield from oracle.batch_in_a_batch_is_refused(slot(send(context, [nested]), 1))


@check(oracle.void_member_is_null, over=target)
def test_void_member_is_null(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """End a session of our own between two other members; no other KS is near."""
    other = asking(unknown_services(context, 1))[0]
    for form in (Form(), Form(format=Format.XML), Form(format=Format.PHP)):
        ends = member("session", "end", ks=context.start_session())
        batch = send(context, [other, ends, other], form=form, session="none")
        yield from oracle.void_member_is_null(slot(batch, 2))
