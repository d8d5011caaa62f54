"""Provokes breaches of the multirequest area: several calls in one, and the same calls alone."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.oracles import multirequest as oracle
from conformance.oracles.shape import Walk
from conformance.oracles.slots import slot
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subjects import target
from conformance.schema.standard import entity_param
from conformance.suites import probe
from conformance.suites.accounts import needs_local_sessions
from conformance.suites.batch import (
    SERVICE,
    compare_slots,
    echo,
    empty_list,
    existing,
    member,
    quiet_probes,
    send,
    strangers,
    unless_absent,
)
from conformance.suites.misuse import before
from conformance.suites.reading import (
    guarded_actions,
    reading_action,
    services_that_guard,
    services_that_read,
    usual_action,
)
from conformance.suites.wire_subjects import services_with
from conformance.wire.request import Encoding, Endpoint, Form, Format, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made
    from conformance.suites.probe import Probe
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

BY_GET = Form(method="GET", encoding=Encoding.QUERY)
ENCODINGS = (
    Form(encoding=Encoding.FORM),
    BY_GET,
    Form(encoding=Encoding.MULTIPART),
    Form(encoding=Encoding.MULTIPART_JSON),
)
FORMATS = (
    Form(format=Format.XML),
    Form(format=Format.PHP),
    Form(
        format=Format.JSONP,
        method="GET",
        encoding=Encoding.QUERY,
        callback="conformance.callback_1",
    ),
)
USUAL_SERVICES = (
    "uiconf",
    "accesscontrolprofile",
    "conversionprofile",
    "media",
    "baseentry",
    "category",
    "user",
)
LISTED_SERVICES = ("accesscontrolprofile", "conversionprofile", "uiconf", "playlist")
MANY = 60
DIFFERENT = 4
PAIR = (1, 2)
ECHOED = re.compile(r"[\w.@+:/-]{1,100}", re.ASCII)
"""Texts that come back as they were sent; not 0, which may count as nothing."""
UNKNOWN_PARTNER = 2_000_000_077
DRAWN_BATCHES = 8
"""At most, of random batches in one check."""
CONTENT = b"conformance: a file in a batch\n"
NAMED_SERVICES = ("data", "playlist", "accesscontrolprofile", "conversionprofile", "uiconf")
"""Services whose objects are cheap to make and have a name."""


def services_with_quiet_calls(scope: Any) -> Iterator[Subject]:
    """Every service that can be asked without anybody noticing."""
    return services_with(quiet_probes)(scope)


# As if asked alone


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
    yield from compare_slots(context, [_some_object(context)], judge, sending=sending)


@check(oracle.members_response_profile_counts, over=target)
def test_members_response_profile_counts(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a response profile inside a member."""
    found = _some_object(context).having(responseProfile=_only_ids(context))
    yield from compare_slots(context, [found], oracle.members_response_profile_counts)


def _only_ids(context: Context) -> dict[str, Any]:
    if "KalturaDetachedResponseProfile" not in context.schema.classes:
        raise NotApplicable("the target has no response profiles")
    return {"objectType": "KalturaDetachedResponseProfile", "type": 1, "fields": "id"}


def _some_object(context: Context) -> Probe:
    """The get of any object that there is."""
    for name in USUAL_SERVICES:
        service = context.schema.services.get(name)
        found = existing(context, service) if service else None
        if found is not None:
            return found
    raise Inconclusive("the account holds no object to be asked for")


# Places and numbers


def _named(context: Context, count: int) -> list[str]:
    """Services that nobody has: a refusal names the one that it refuses (CONTRACT section 3.2)."""
    mark = f"{context.random.getrandbits(32):08x}"
    return [f"conformance{mark}n{index}" for index in range(count)]


def _asking(names: list[str]) -> list[dict[str, Any]]:
    return [member(name, "list") for name in names]


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
        names = _named(context, 12)
        numbered = {str(number): each for number, each in enumerate(_asking(names), 1)}
        keys = context.random.sample(list(numbered), len(numbered))
        shuffled = {key: numbered[key] for key in keys}
        yield from oracle.slots_are_in_order(context.call(SERVICE, "", shuffled, form=form), names)
        yield from oracle.slots_are_in_order(send(context, _asking(names), form=form), names)


@check(oracle.failing_member_stops_no_other, over=target)
def test_failing_member_stops_no_other(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Let members fail in several ways between calls that work."""
    works = member("session", "get")
    alone = context.call("session", "get")
    if alone.result is None:
        raise Inconclusive("session.get does not answer an admin")
    failing = (
        _asking(_named(context, 1))[0],
        member("session", _named(context, 1)[0]),
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
        names = _named(context, 4)
        batch = send(context, _asking(names), first=0, form=form)
        yield from oracle.numbers_may_begin_with_0(batch, names)


@check(oracle.gap_ends_the_batch, over=target)
def test_gap_ends_the_batch(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Leave out a number, and begin with 2."""
    first, second, third = _asking(_named(context, 3))
    for form in (Form(), Form(encoding=Encoding.FORM)):
        gapped = context.call(SERVICE, "", {"1": first, "3": second, "4": third}, form=form)
        yield from oracle.gap_ends_the_batch(gapped, 1)
        late = context.call(SERVICE, "", {"2": first, "3": second}, form=form)
        yield from oracle.gap_ends_the_batch(late, 0)


@check(oracle.nameless_member_ends_the_batch, over=target)
def test_nameless_member_ends_the_batch(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Leave out a member's service, and its action."""
    names = _asking(_named(context, 3))
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
    names = _named(context, MANY)
    yield from oracle.long_batch_is_answered_whole(send(context, _asking(names)), names)


@check(oracle.batch_in_a_batch_is_refused, over=target)
def test_batch_in_a_batch_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a batch as a member of a batch."""
    nested = {"service": SERVICE, "action": "null", "1": _asking(_named(context, 1))[0]}
    yield from oracle.batch_in_a_batch_is_refused(slot(send(context, [nested]), 1))


@check(oracle.void_member_is_null, over=target)
def test_void_member_is_null(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """End a session of our own between two other members; no other KS is near."""
    other = _asking(_named(context, 1))[0]
    for form in (Form(), Form(format=Format.XML), Form(format=Format.PHP)):
        ends = member("session", "end", ks=context.start_session())
        batch = send(context, [other, ends, other], form=form, session="none")
        yield from oracle.void_member_is_null(slot(batch, 2))


# References


@check(oracle.reference_is_the_value, over=target)
def test_reference_is_the_value(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Refer to members of an object in each encoding."""
    ask = _echo(context)
    told = member("session", "get")
    for form in (Form(), *ENCODINGS, *FORMATS[:2]):
        batch = send(
            context, [told, ask("{1:result:partnerId}"), ask("{1:result:expiry}")], form=form
        )
        session = slot(batch, 1).result
        if session is None or not isinstance(session.value, dict):
            raise Inconclusive("session.get does not answer an admin")
        for position, name in ((2, "partnerId"), (3, "expiry")):
            value = str(session.value.get(name))
            yield from oracle.reference_is_the_value(batch, position, value)


@check(oracle.reference_reaches_into_arrays, over=services_with(probe.live))
def test_reference_reaches_into_arrays(context: Context, subject: Subject) -> Iterator[Breach]:
    """Refer to the count and to the objects of the service's list."""
    service = context.schema.services[str(subject.service)]
    listed = probe.live(probe.grounds(context), service)[0]
    ask = _echo(context)
    paths = ("totalCount", "objects:0:id", "objects:1:id")
    members = [member(listed.service, listed.action, **listed.params)]
    members += [ask(f"{{1:result:{path}}}") for path in paths]
    batch = send(context, members)
    for position, path in enumerate(paths, 2):
        value = _at(slot(batch, 1), path)
        if value is not None:
            yield from oracle.reference_reaches_into_arrays(batch, position, value)


@check(oracle.text_around_a_reference_stays, over=target)
def test_text_around_a_reference_stays(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Put text before and behind a reference."""
    ask = _echo(context)
    for _ in range(3):
        batch = send(context, [member("session", "get"), ask("conf_{1:result:partnerId}_ance")])
        value = _at(slot(batch, 1), "partnerId")
        yield from oracle.text_around_a_reference_stays(batch, 2, f"conf_{value}_ance")


@check(oracle.reference_to_an_error_is_no_stop, over=target)
def test_reference_to_an_error_is_no_stop(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Refer to a failed member."""
    ask = _echo(context)
    batch = send(context, [*_asking(_named(context, 1)), ask("{1:result:id}")])
    yield from oracle.reference_to_an_error_is_no_stop(batch, 2)


@check(oracle.reference_to_a_later_result_is_nothing, over=target)
def test_reference_to_a_later_result_is_nothing(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Refer to a later member, and to one that there is not."""
    ask = _echo(context)
    later = [ask("{2:result:partnerId}"), member("session", "get"), ask("{9:result:partnerId}")]
    batch = send(context, later)
    for position in (1, 3):
        yield from oracle.reference_to_a_later_result_is_nothing(batch, position)


@check(oracle.reference_counts_positions, over=target)
def test_reference_counts_positions(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Number from 0, and refer to the first member as 1."""
    ask = _echo(context)
    batch = send(context, [member("session", "get"), ask("{1:result:partnerId}")], first=0)
    value = _at(slot(batch, 1), "partnerId")
    if value is None:
        raise Inconclusive("session.get does not answer an admin")
    yield from oracle.reference_counts_positions(batch, 2, value)


@check(oracle.reference_collects_a_list, over=target, writes=True)
def test_reference_collects_a_list(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Refer to the ids of all objects of a list that holds at least two, of ours if need be."""
    ask = _echo(context)
    for name in LISTED_SERVICES:
        service = context.schema.services.get(name)
        found = probe.live(probe.grounds(context), service) if service else ()
        for listed in found:
            made = _made(context, name)
            try:
                first = member(listed.service, listed.action, **listed.params)
                batch = send(context, [first, ask("{1:result:objects:_all:id}")])
            finally:
                for each in made:
                    context.discard(each)
            ids = [_at(slot(batch, 1), f"objects:{index}:id") for index in range(2)]
            if all(ids):
                joined = ",".join(map(str, ids))
                return oracle.reference_collects_a_list(batch, 2, joined)
    raise NotApplicable("no list holds two objects")


def _made(context: Context, service: str) -> list[Made]:
    """Two objects of the service, or as many as can be made."""
    made: list[Made] = []
    try:
        made.extend(context.make(service) for _ in range(2))
    except (Inconclusive, NotApplicable):
        return made
    return made


@check(oracle.reference_may_be_a_session, over=target)
def test_reference_may_be_a_session(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Start a session and use it in the same batch."""
    account = context.account
    starts = member(
        "session",
        "start",
        secret=account.admin_secret,
        partnerId=account.partner_id,
        type=2,
        userId=account.user_id,
    )
    for form in (Form(), Form(encoding=Encoding.FORM)):
        batch = send(
            context,
            [starts, member("session", "get", ks="{1:result}")],
            session="none",
            form=form,
        )
        yield from oracle.reference_may_be_a_session(batch, 2, account.user_id)


@check(oracle.reference_names_its_member, over=target)
def test_reference_names_its_member(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Ask for several sessions that differ, and refer to each of them, in any order."""
    ask = _echo(context)
    marks = [f"sview:0_{context.random.getrandbits(40):010x}" for _ in range(DIFFERENT)]
    told = [member("session", "get", ks=context.start_session(privileges=mark)) for mark in marks]
    for form in (Form(), *ENCODINGS):
        order = context.random.sample(range(DIFFERENT), DIFFERENT)
        refers = [ask(f"{{{place + 1}:result:privileges}}") for place in order]
        batch = send(context, [*told, *refers], form=form)
        for position, place in enumerate(order, DIFFERENT + 1):
            value = _at(slot(batch, place + 1), "privileges")
            if value is None:
                raise Inconclusive("session.get does not tell the privileges")
            yield from oracle.reference_names_its_member(batch, position, value)


@check(oracle.nested_reference_is_the_value, over=target, writes=True)
def test_nested_reference_is_the_value(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Get two objects, and list each of them by a filter that refers to its id."""
    for name in LISTED_SERVICES:
        service = context.schema.services.get(name)
        nothing = empty_list(probe.grounds(context), service) if service else None
        made = _made(context, name) if nothing else []
        gets = [member(name, "get", **each.keys["get"]) for each in made if "get" in each.keys]
        try:
            if nothing is None or len(gets) < len(PAIR):
                continue
            sought = nothing.params["filter"]
            if not all(_is_listed(context, name, {**sought, "idEqual": e.id}) for e in made):
                continue
            lists = [
                member(name, "list", filter={**sought, "idEqual": f"{{{place}:result:id}}"})
                for place in PAIR
            ]
            for form in (Form(), Form(encoding=Encoding.FORM)):
                batch = send(context, [*gets, *lists], form=form)
                for position, each in enumerate(made, len(gets) + 1):
                    yield from oracle.nested_reference_is_the_value(batch, position, str(each.id))
            return
        finally:
            for each in made:
                context.discard(each)
    raise NotApplicable("no service makes two objects and lists one by its id")


def _is_listed(context: Context, service: str, sought: dict[str, Any]) -> bool:
    """Whether a list finds the object, once index and replicas have settled (LIST-20)."""
    limits = context.profile.limits
    deadline = time.monotonic() + limits.settle_seconds
    while True:
        listed = context.call(service, "list", {"filter": sought})
        value = listed.result.value if listed.result else None
        if isinstance(value, dict) and value.get("objects"):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(limits.settle_poll_ms / 1000)


def _echo(context: Context) -> Any:
    """A maker of members that repeat the id that they were given."""
    service, action, parameter = echo(context)
    return lambda text: member(service, action, **{parameter: text})


def _at(exchange: Exchange, path: str) -> str | None:
    """The text of a scalar at a path into a result; None where there is none worth repeating."""
    value: Any = exchange.result.value if exchange.result else None
    for step in path.split(":"):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    return text if ECHOED.fullmatch(text) and text != "0" else None


# Sessions and accounts


@check(oracle.members_inherit_the_session, over=target)
def test_members_inherit_the_session(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Ask for the session in members without a KS."""
    mark = f"sview:0_{context.random.getrandbits(40):010x}"
    ks = context.start_session(privileges=mark)
    for form in (Form(), *ENCODINGS):
        batch = send(context, [member("session", "get")] * 3, ks=ks, form=form)
        for position in (1, 2, 3):
            yield from oracle.members_inherit_the_session(batch, position, mark)


@check(oracle.members_own_session_wins, over=target)
def test_members_own_session_wins(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Give the middle one of three members a KS of its own."""
    marks = [f"sview:0_{context.random.getrandbits(40):010x}" for _ in range(2)]
    common, own = (context.start_session(privileges=mark) for mark in marks)
    plain = member("session", "get")
    for form in (Form(), *ENCODINGS):
        batch = send(context, [plain, {**plain, "ks": own}, plain], ks=common, form=form)
        for position, mark in enumerate((marks[0], marks[1], marks[0]), 1):
            yield from oracle.members_own_session_wins(batch, position, mark)


@check(oracle.bad_session_is_refused_in_every_slot, over=services_that_read)
def test_bad_session_is_refused_in_every_slot(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Ask the service in batches with a forged KS, with an expired one, and in a member."""
    action = reading_action(context, subject)
    params, _files = before(context, action)
    asks = member(action.service, action.name, **params)
    batch = send(context, [asks, asks], ks=context.forged_ks())
    unless_absent(slot(batch, 1))
    for position in (1, 2):
        yield from oracle.bad_session_is_refused_in_every_slot(slot(batch, position))
    batch = send(context, [asks, {**asks, "ks": context.forged_ks()}])
    yield from oracle.bad_session_is_refused_in_every_slot(slot(batch, 2))
    needs_local_sessions(context)
    batch = send(context, [asks], ks=context.expired_ks())
    yield from oracle.bad_session_is_refused_in_every_slot(slot(batch, 1), "EXPIRED")


@check(oracle.batch_without_a_session_gives_nothing, over=services_that_guard)
def test_batch_without_a_session_gives_nothing(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Ask the service's list and get in a batch without a KS."""
    service = context.schema.services[str(subject.service)]
    asks = [
        member(action.service, action.name, **before(context, action)[0])
        for action in guarded_actions(context.profile, service)
    ]
    batch = send(context, asks, session="none")
    for position in range(1, len(asks) + 1):
        yield from oracle.batch_without_a_session_gives_nothing(slot(batch, position))


@check(oracle.members_inherit_the_account, over=target)
def test_members_inherit_the_account(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Name an account that does not exist beside the members."""
    action = usual_action(context)
    asks = member(action.service, action.name, **before(context, action)[0])
    batch = send(context, [asks, asks], common={"partnerId": UNKNOWN_PARTNER})
    for position in (1, 2):
        yield from oracle.members_inherit_the_account(slot(batch, position))


# What members do


@check(oracle.members_run_one_after_the_other, over=target, writes=True)
def test_members_run_one_after_the_other(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Get an object, give it another name, and get it again, in one batch."""
    for name in NAMED_SERVICES:
        service = context.schema.services.get(name)
        if service is None or not service.offers("add", "get", "update"):
            continue
        entity = entity_param(service.actions["update"])
        try:
            made = context.make(name)
        except (Inconclusive, NotApplicable):
            continue
        old, new = made.property("name"), f"conformance {context.random.getrandbits(40):010x}"
        if entity is None or not isinstance(old, str):
            context.discard(made)
            continue
        try:
            gets = member(name, "get", **made.keys["get"])
            changed = {entity.name: {"objectType": made.type or entity.type.name, "name": new}}
            batch = send(
                context, [gets, member(name, "update", **made.keys["update"], **changed), gets]
            )
        finally:
            context.discard(made)
        return oracle.members_run_one_after_the_other(batch, before=old, after=new)
    raise Inconclusive("no object with a name could be made")


@check(oracle.file_reaches_its_member, over=target, writes=True)
def test_file_reaches_its_member(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Upload a file in the second member of a batch, and look at its token in the third."""
    service = context.schema.services.get("uploadtoken")
    if service is None or "upload" not in service.actions:
        raise NotApplicable("the target takes no uploads")
    if not context.profile.capabilities.uploads:
        raise NotApplicable("the profile says that nothing may be uploaded")
    told = {"fileName": "conformance.txt", "fileSize": len(CONTENT)}
    made = context.make("uploadtoken", properties=told)
    try:
        named = {"uploadTokenId": made.id}
        members = [
            member("uploadtoken", "get", **named),
            member("uploadtoken", "upload", **named),
            member("uploadtoken", "get", **named),
        ]
        upload = Upload("conformance.txt", CONTENT, "text/plain")
        batch = send(context, members, files={"2:fileData": upload})
    finally:
        context.discard(made)
    for position in (2, 3):
        yield from oracle.file_reaches_its_member(batch, position, len(CONTENT))
