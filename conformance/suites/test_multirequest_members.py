"""What a member of a batch has for itself and what it inherits, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import multirequest as oracle
from conformance.oracles.slots import slot
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subjects import target
from conformance.schema.standard import entity_param
from conformance.suites.accounts import needs_local_sessions
from conformance.suites.batch import (
    member,
    send,
    unless_absent,
)
from conformance.suites.forms import ENCODINGS
from conformance.suites.misuse import before
from conformance.suites.reading import (
    guarded_actions,
    reading_action,
    services_that_guard,
    services_that_read,
    usual_action,
)
from conformance.suites.uploading import BARRED
from conformance.wire.request import Form, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach

UNKNOWN_PARTNER = 2_000_000_077
CONTENT = b"conformance: a file in a batch\n"
NAMED_SERVICES = ("data", "playlist", "accesscontrolprofile", "conversionprofile", "uiconf")
"""Services whose objects are cheap to make and have a name."""


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
    refusal = slot(batch, 2).error
    if refusal is not None and refusal.code == BARRED:
        raise NotApplicable("the account takes files of other types only")
    for position in (2, 3):
        yield from oracle.file_reaches_its_member(batch, position, len(CONTENT))
