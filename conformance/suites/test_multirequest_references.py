"""References: a member of a batch that names what another one answered."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from conformance.oracles import multirequest as oracle
from conformance.oracles.slots import slot
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subjects import target
from conformance.suites import probe
from conformance.suites.batch import (
    asking,
    echo,
    empty_list,
    member,
    send,
    unknown_services,
)
from conformance.suites.forms import ENCODINGS, FORMATS
from conformance.suites.wire_subjects import services_with
from conformance.wire.request import Encoding, Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

LISTED_SERVICES = ("accesscontrolprofile", "conversionprofile", "uiconf", "playlist")
DIFFERENT = 4
PAIR = (1, 2)
ECHOED = re.compile(r"[\w.@+:/-]{1,100}", re.ASCII)
"""Texts that come back as they were sent; not 0, which may count as nothing."""


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
    batch = send(context, [*asking(unknown_services(context, 1)), ask("{1:result:id}")])
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
