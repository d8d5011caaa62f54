"""Provokes breaches of the session area: good, spent, forged and missing sessions."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

from conformance.oracles import session as oracle
from conformance.oracles.session import Asked
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subjects import target
from conformance.profile.pattern import nearest
from conformance.suites.accounts import needs_local_sessions, user_secret
from conformance.suites.ending import ended_ks, ending, grace, until_refused
from conformance.suites.reading import (
    changing_actions,
    guarded_actions,
    read,
    reading_action,
    services_that_change,
    services_that_guard,
    services_that_read,
    single_object_actions,
    usual_action,
)
from conformance.suites.tampering import (
    BITS,
    every_byte_flipped,
    flipped,
    mangled,
    of_another_account,
)
from conformance.wire import ks as keys
from conformance.wire.request import Encoding, Form, Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

ADMIN, USER = 2, 0
LIFETIME_SECONDS = 600
A_DAY_SECONDS = 86_400
"""What a session lasts that was not asked to last (CONTRACT SESS-01), if the account allows it."""
HALF_A_DAY_SECONDS = 43_200
"""Longer than the clocks of two machines differ, and a session that is made here."""
PRIVILEGES = "list:*,sview:0_conformance"
"""Harmless to a session that only reads."""
FORMS = (
    Form(),
    Form(encoding=Encoding.FORM),
    Form(encoding=Encoding.MULTIPART),
    Form(method="GET", encoding=Encoding.QUERY),
    Form(format=Format.XML),
    Form(format=Format.PHP),
)
TOLD = 5
"""Breaches of one check over many changes; more say nothing new."""
UNKNOWN_PARTNER = 2_000_000_077
UNKNOWN_WIDGET = "_2000000077"
ELSEWHERE = "192.0.2.1"
"""An address for documentation: nobody calls from there."""
USES = 8
ROUNDS = 3
ADDRESS = "kc.o'neil_1-x@example.com"
"""A user id as people have them, of what ids may hold (CONTRACT SESS-19); nobody is made by it."""
"""So that what fails now and then is likely to fail here."""
DECODING = re.compile(r"^PROPERTY_VALIDATION_|^OBJECT_TYPE_ABSTRACT$|^INVALID_ENUM_VALUE$")


def start(
    context: Context, *, secret: str | None = None, form: Form | None = None, **params: Any
) -> Exchange:
    """session.start for the judged account, with the admin secret unless told otherwise."""
    account = context.account
    sent = {"secret": secret or account.admin_secret, "partnerId": account.partner_id, **params}
    exchange = context.call("session", "start", sent, session="none", form=form)
    if exchange.error is not None and exchange.error.code == "ACTION_BLOCKED":
        raise Inconclusive("session.start is limited in rate")
    return exchange


@check(oracle.started_session_says_what_was_asked, over=target)
def test_started_session_says_what_was_asked(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Start sessions of each kind, in each form, and read what the KS says."""
    needs_local_sessions(context)
    account = context.account
    users = account.user_secret or account.admin_secret
    kinds: tuple[tuple[str, dict[str, Any], Asked], ...] = (
        (account.admin_secret, {"type": ADMIN}, _asked(context, ADMIN, "")),
        (
            account.admin_secret,
            {"type": USER, "userId": ADDRESS, "privileges": PRIVILEGES},
            _asked(context, USER, ADDRESS, PRIVILEGES),
        ),
        (users, {"userId": account.user_id}, _asked(context, USER, account.user_id)),
        (users, {"userId": ADDRESS}, _asked(context, USER, ADDRESS)),
    )
    for form in FORMS:
        for secret, params, asked in kinds:
            exchange = start(context, secret=secret, form=form, **params)
            yield from oracle.started_session_says_what_was_asked(exchange, asked)


@check(oracle.session_lasts_as_long_as_asked, over=target)
def test_session_lasts_as_long_as_asked(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Start short sessions of each kind, and some without a word about their end."""
    needs_local_sessions(context)
    account = context.account
    tolerance = context.profile.limits.clock_skew_seconds + 5
    for kind, user in ((ADMIN, ""), (USER, account.user_id)):
        for seconds in (LIFETIME_SECONDS, LIFETIME_SECONDS // 2):
            exchange = start(context, type=kind, userId=user, expiry=seconds)
            asked = Asked(account.partner_id, account.admin_secret, user, kind, seconds=seconds)
            yield from oracle.session_lasts_as_long_as_asked(
                exchange, asked, tolerance_seconds=tolerance
            )
        unasked = start(context, type=kind, userId=user)
        usual = Asked(account.partner_id, account.admin_secret, user, kind, seconds=A_DAY_SECONDS)
        yield from oracle.session_lasts_as_long_as_asked(
            unasked, usual, tolerance_seconds=tolerance, or_less=True
        )


def _asked(context: Context, kind: int, user: str, privileges: str = "") -> Asked:
    account = context.account
    return Asked(account.partner_id, account.admin_secret, user, kind, privileges)


@check(oracle.wrong_secret_opens_nothing, over=target)
def test_wrong_secret_opens_nothing(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Start sessions with other secrets, some of them close to the right one."""
    right = context.account.admin_secret
    wrong = (secrets.token_hex(16), right[:-1], right + "0", right[::-1] + "x")
    for secret in wrong:
        for kind in (ADMIN, USER):
            exchange = start(context, secret=secret, type=kind)
            yield from oracle.wrong_secret_opens_nothing(exchange)
    for form in FORMS[1:]:
        exchange = start(context, secret=secrets.token_hex(16), type=ADMIN, form=form)
        yield from oracle.wrong_secret_opens_nothing(exchange)


@check(oracle.user_secret_opens_no_admin_session, over=target)
def test_user_secret_opens_no_admin_session(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Start admin sessions with the users' secret."""
    secret = user_secret(context)
    for form in FORMS[:4] * ROUNDS:
        exchange = start(context, secret=secret, type=ADMIN, form=form)
        yield from oracle.user_secret_opens_no_admin_session(exchange)


@check(oracle.unknown_account_opens_nothing, over=target)
def test_unknown_account_opens_nothing(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Start sessions of an account that does not exist."""
    for kind in (ADMIN, USER):
        exchange = start(context, partnerId=UNKNOWN_PARTNER, type=kind)
        yield from oracle.unknown_account_opens_nothing(exchange)


@check(oracle.widget_session_is_a_visitors, over=target)
def test_widget_session_is_a_visitors(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Start the session of the account's own widget, without a KS."""
    needs_local_sessions(context)
    widget = {"widgetId": f"_{context.partner_id}"}
    for form in FORMS[:3] * ROUNDS:
        exchange = context.call("session", "startWidgetSession", widget, session="none", form=form)
        yield from oracle.widget_session_is_a_visitors(exchange, _asked(context, USER, ""))


@check(oracle.visitor_changes_nothing, over=services_that_change)
def test_visitor_changes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update and delete what does not exist, with a widget's session and without any."""
    for action in changing_actions(context.profile, context.schema.services[subject.name]):
        for session in ("widget", "none"):
            exchange = read(context, action, session=session)
            yield from oracle.visitor_changes_nothing(exchange)


@check(oracle.unknown_widget_opens_nothing, over=target)
def test_unknown_widget_opens_nothing(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Start the session of a widget that does not exist."""
    exchange = context.call(
        "session", "startWidgetSession", {"widgetId": UNKNOWN_WIDGET}, session="none"
    )
    yield from oracle.unknown_widget_opens_nothing(exchange, UNKNOWN_WIDGET)


@check(oracle.session_get_tells_the_truth, over=target)
def test_session_get_tells_the_truth(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Ask for the caller's own KS, and for another one of the account."""
    needs_local_sessions(context)
    account = context.account
    known = {account.partner_id: account.admin_secret}
    own = context.build_ks(privileges=PRIVILEGES)
    others = (
        context.build_ks(session="user", privileges=PRIVILEGES),
        context.build_ks(session="user", expires_in_seconds=HALF_A_DAY_SECONDS),
    )
    for _ in range(2 * ROUNDS):
        exchange = context.call("session", "get", ks=own)
        yield from oracle.session_get_tells_the_truth(exchange, keys.parse(own, known))
    for other in others:
        exchange = context.call("session", "get", {"session": other}, ks=own)
        yield from oracle.session_get_tells_the_truth(exchange, keys.parse(other, known))


@check(oracle.session_of_another_account_is_not_told, over=target)
def test_session_of_another_account_is_not_told(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Ask for a KS of the second account."""
    foreign = context.ks("other-admin")
    exchange = context.call("session", "get", {"session": foreign})
    yield from oracle.session_of_another_account_is_not_told(exchange)


@check(oracle.session_signed_by_the_client_is_taken, over=target)
def test_session_signed_by_the_client_is_taken(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Use locally built KSs of every length that the last block can have."""
    needs_local_sessions(context)
    action = usual_action(context)
    for length in range(16):
        ks = context.build_ks(privileges=f"sview:0_{'x' * length}")
        exchange = read(context, action, ks=ks)
        yield from oracle.session_signed_by_the_client_is_taken(exchange)


@check(oracle.session_of_version_1_is_taken, over=target)
def test_session_of_version_1_is_taken(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Use a locally built KS of the older version."""
    needs_local_sessions(context)
    account = context.account
    ks = keys.build_v1(
        partner_id=account.partner_id,
        secret=account.admin_secret,
        user_id=account.user_id,
        type=ADMIN,
        expires_at=int(time.time()) + HALF_A_DAY_SECONDS,
    )
    exchange = read(context, usual_action(context), ks=ks)
    yield from oracle.session_of_version_1_is_taken(exchange)


@check(oracle.expired_session_is_refused, over=services_that_read)
def test_expired_session_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each service with a KS whose time is over, and have it change what does not exist."""
    needs_local_sessions(context)
    action = reading_action(context, subject)
    for session in ("admin", "user"):
        exchange = read(context, action, ks=context.expired_ks(session))
        yield from oracle.expired_session_is_refused(exchange)
    for other in single_object_actions(context, subject):
        exchange = read(context, other, ks=context.expired_ks())
        # Decoding comes first, and its rules are not all published (CONTRACT SCHEMA-13).
        if not (exchange.error and DECODING.search(exchange.error.code)):
            yield from oracle.expired_session_is_refused(exchange)


@check(oracle.session_stops_when_its_time_is_over, over=target)
def test_session_stops_when_its_time_is_over(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Start a session of two seconds and wait."""
    started = start(context, type=ADMIN, expiry=2)
    if started.result is None or not isinstance(started.result.value, str):
        raise Inconclusive("session.start gave no KS")
    refusal = until_refused(context, started.result.value, 2 + grace(context))
    yield from oracle.session_stops_when_its_time_is_over(refusal)


@check(oracle.ended_session_is_refused, over=target)
def test_ended_session_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Use a session, end it, and use it again; twice, once by ending it once more."""
    for session in ("admin", "user") * ROUNDS:
        ks, last = ending(context, session)
        yield from oracle.ended_session_is_refused(last)
        if not oracle.is_taken(last):
            again = context.call("session", "end", ks=ks)
            yield from oracle.ended_session_is_refused(again)


@check(oracle.ended_session_is_refused_by_every_service, over=services_that_read)
def test_ended_session_is_refused_by_every_service(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Ask each service with a KS that was ended."""
    exchange = read(context, reading_action(context, subject), ks=ended_ks(context))
    yield from oracle.ended_session_is_refused_by_every_service(exchange)


@check(oracle.other_sessions_go_on, over=target)
def test_other_sessions_go_on(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """End one of two equal sessions and use the other."""
    action = usual_action(context)
    for session in ("admin", "user"):
        other = context.start_session(session=session)
        if not oracle.is_taken(read(context, action, ks=other)):
            raise Inconclusive("a session just started is not taken")
        ending(context, session)
        exchange = read(context, action, ks=other)
        yield from oracle.other_sessions_go_on(exchange)


@check(oracle.ending_nothing_is_no_error, over=target)
def test_ending_nothing_is_no_error(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """End no session."""
    exchange = context.call("session", "end", session="none")
    yield from oracle.ending_nothing_is_no_error(exchange)


@check(oracle.tampered_session_is_refused, over=target)
def test_tampered_session_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Turn over a bit of every byte of a KS, and mangle it in other ways."""
    action = usual_action(context)
    genuine = genuine_ks(context)
    if not oracle.is_taken(read(context, action, ks=genuine)):
        raise Inconclusive("the KS to be tampered with is not taken as it is")
    yield from islice(_refusals(context, genuine), TOLD)


def _refusals(context: Context, genuine: str) -> Iterator[Breach]:
    action = usual_action(context)
    for change, ks in mangled(genuine, partner_id=context.partner_id + 1):
        yield from oracle.tampered_session_is_refused(read(context, action, ks=ks), change)
    for change, ks in every_byte_flipped(genuine, context.random):
        yield from oracle.tampered_session_is_refused(read(context, action, ks=ks), change)


def genuine_ks(context: Context) -> str:
    """A KS to be changed: made here, or where the server takes none such, started."""
    if context.profile.capabilities.local_sessions:
        return context.build_ks()
    return context.start_session()


@check(oracle.tampered_session_is_refused_by_every_service, over=services_that_read)
def test_tampered_session_is_refused_by_every_service(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Ask each service with a text that is no KS, with a changed one, and with a forged one."""
    action = reading_action(context, subject)
    genuine = genuine_ks(context)
    position = context.random.randrange(len(genuine) // 2)
    changed = flipped(genuine, position, context.random.randrange(BITS))
    texts = (
        ("no KS at all", f"conformance{context.random.getrandbits(64):016x}"),
        (f"byte {position} changed", changed),
        ("of another account's secret", context.forged_ks("user")),
        ("in another account's name", of_another_account(genuine, context.partner_id + 1)),
    )
    for change, ks in texts:
        exchange = read(context, action, ks=ks)
        yield from oracle.tampered_session_is_refused_by_every_service(exchange, change)


@check(oracle.nothing_is_had_without_a_session, over=services_that_guard)
def test_nothing_is_had_without_a_session(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask each service's list and get without a KS, and with an empty one."""
    service = context.schema.services[str(subject.service)]
    for action in guarded_actions(context.profile, service):
        codes = nearest(context.profile.quirks.mandatory_filter, action.id) or ()
        codes = tuple(code for code in codes if code != "MISSING_MANDATORY_PARAMETER")
        for exchange in (
            read(context, action),
            read(context, action, ks=""),
            read(context, action, form=Form(method="GET", encoding=Encoding.QUERY)),
        ):
            yield from oracle.nothing_is_had_without_a_session(exchange, past_the_door=codes)


@check(oracle.session_is_used_up, over=target)
def test_session_is_used_up(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Use a KS for one call again and again."""
    ks = context.start_session(session="user", privileges="actionslimit:1")
    action = usual_action(context)
    yield from oracle.session_is_used_up([read(context, action, ks=ks) for _ in range(USES)])


@check(oracle.session_is_bound_to_its_address, over=target)
def test_session_is_bound_to_its_address(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Use a KS that is good from another address only."""
    ks = context.start_session(session="user", privileges=f"iprestrict:{ELSEWHERE}")
    yield from oracle.session_is_bound_to_its_address(read(context, usual_action(context), ks=ks))


@check(oracle.session_is_bound_to_its_place, over=target)
def test_session_is_bound_to_its_place(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Use a KS that is good for another service only."""
    place = "/api_v3/service/conformance/*"
    ks = context.start_session(session="user", privileges=f"urirestrict:{place}")
    yield from oracle.session_is_bound_to_its_place(read(context, usual_action(context), ks=ks))


@check(oracle.session_of_an_unknown_role_is_refused, over=target)
def test_session_of_an_unknown_role_is_refused(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Use a KS of a role that does not exist."""
    ks = context.start_session(session="user", privileges="setrole:999999999")
    exchange = read(context, usual_action(context), ks=ks)
    yield from oracle.session_of_an_unknown_role_is_refused(exchange)


@check(oracle.app_token_opens_a_session, over=target, writes=True)
def test_app_token_opens_a_session(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Hash the token with the caller's KS, as an application does."""
    user = context.account.user_id
    exchange = _with_app_token(context, user=user)
    yield from oracle.app_token_opens_a_session(exchange, _asked(context, USER, user))


@check(oracle.wrong_hash_of_an_app_token_opens_nothing, over=target, writes=True)
def test_wrong_hash_of_an_app_token_opens_nothing(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Hash something else."""
    exchange = _with_app_token(context, user=context.account.user_id, spoilt=True)
    yield from oracle.wrong_hash_of_an_app_token_opens_nothing(exchange)


@check(oracle.deleted_app_token_opens_nothing, over=target, writes=True)
def test_deleted_app_token_opens_nothing(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Delete the token, and only then ask with the right hash."""
    exchange = _with_app_token(context, user=context.account.user_id, gone=True)
    yield from oracle.deleted_app_token_opens_nothing(exchange)


def _with_app_token(
    context: Context, *, user: str, spoilt: bool = False, gone: bool = False
) -> Exchange:
    """appToken.startSession by a caller who knows the token, or does not.

    Meant for callers with hardly any rights; where those of a widget do not do, a user asks.
    """
    if "apptoken" not in context.schema.services:
        raise NotApplicable("the target has no application tokens")
    made = context.make("apptoken", properties={"hashType": "SHA256", "sessionType": USER})
    try:
        token = made.property("token")
        if not isinstance(token, str):
            raise Inconclusive("the application token does not tell its token")
        if gone:
            deletion = context.call("apptoken", "delete", {"id": made.id})
            if deletion.result is None:
                raise Inconclusive("the application token cannot be deleted")
        for session in ("widget", "user"):
            caller = context.ks(session)
            digest = hashlib.sha256(f"{caller}{token}{'x' if spoilt else ''}".encode()).hexdigest()
            sent = {"id": made.id, "tokenHash": digest, "userId": user, "type": USER}
            exchange = context.call("apptoken", "startSession", sent, ks=caller)
            if exchange.error is None or "FORBIDDEN" not in exchange.error.code:
                return exchange
    finally:
        context.discard(made)
    raise NotApplicable("appToken.startSession is closed to widgets and users")
