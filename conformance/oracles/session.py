"""Sessions: what a KS says, what makes it unusable, and that nothing is had without one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles.claim import oracle
from conformance.oracles.clocks import clocks
from conformance.oracles.refusals import NOT_FOUND, refused
from conformance.oracles.shape import shown
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, DieError, Result
from conformance.wire.ks import KsError, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.wire.exchange import Exchange
    from conformance.wire.ks import KsInfo

ANY_SESSION = re.compile(
    r"KS$|FORBIDDEN|RESTRICTED|BLOCKED|UNAUTHORIZED|NOT_AVAILABLE|NOT_PERMITTED|ACCESS"
)
"""The ways of saying that the caller may not (CONTRACT section 3.2, S6 to S8)."""


class Asked(Struct, frozen=True):
    """A session as it was asked for. `seconds` is how long it is meant to last."""

    partner_id: int
    secret: str
    user_id: str
    type: int
    privileges: str = ""
    seconds: int | None = None


@oracle("SESS-START-001")
def started_session_says_what_was_asked(exchange: Exchange, asked: Asked) -> Iterator[Breach]:
    """A started session is a KS of the asked account, type, user and privileges."""
    text = exchange.result.value if exchange.result else None
    if not isinstance(text, str) or not text:
        yield _breach(exchange, "$", "a KS", _what(exchange))
        return
    yield from _says(exchange, "$", text, asked)


@oracle("SESS-START-002")
def session_lasts_as_long_as_asked(
    exchange: Exchange, asked: Asked, *, tolerance_seconds: float, or_less: bool = False
) -> Iterator[Breach]:
    """A started session ends when it was asked to; with `or_less`, then at the latest."""
    text = exchange.result.value if exchange.result else None
    if not isinstance(text, str) or asked.seconds is None:
        return
    try:
        info = parse(text, {asked.partner_id: asked.secret})
    except KsError:
        return
    lasts = [info.expires_at - begun for begun in clocks(exchange)]
    late = [seconds - asked.seconds for seconds in lasts]
    if all(
        each > tolerance_seconds or (each < -tolerance_seconds and not or_less) for each in late
    ):
        expected = f"{asked.seconds} seconds from now{' or before' if or_less else ''}"
        yield _breach(exchange, "$ (expiry)", expected, f"{lasts[0]:.0f} seconds from now")


@oracle("SESS-START-003")
def wrong_secret_opens_nothing(exchange: Exchange) -> Iterator[Breach]:
    """A secret that is not the account's is refused with START_SESSION_ERROR."""
    yield from refused(exchange, "START_SESSION_ERROR")


@oracle("SESS-START-004")
def user_secret_opens_no_admin_session(exchange: Exchange) -> Iterator[Breach]:
    """The secret of users opens no admin session."""
    yield from refused(exchange, "START_SESSION_ERROR")


@oracle("SESS-START-005")
def unknown_account_opens_nothing(exchange: Exchange) -> Iterator[Breach]:
    """An account that does not exist has no sessions."""
    yield from refused(
        exchange, "SERVICE_FORBIDDEN_CONTENT_BLOCKED", "START_SESSION_ERROR", "SERVICE_FORBIDDEN"
    )


@oracle("SESS-WIDGET-001")
def widget_session_is_a_visitors(exchange: Exchange, asked: Asked) -> Iterator[Breach]:
    """A widget's session needs no KS and is of the account, without an admin's rights."""
    value = exchange.result.value if exchange.result else None
    if not isinstance(value, Mapping):
        yield _breach(exchange, "$", "an object with a KS", _what(exchange))
        return
    if str(value.get("partnerId")) != str(asked.partner_id):
        expected = str(asked.partner_id)
        yield _breach(exchange, "$.partnerId", expected, shown(value.get("partnerId")))
    text = value.get("ks")
    if not isinstance(text, str) or not text:
        yield _breach(exchange, "$.ks", "a KS", shown(text))
        return
    try:
        info = parse(text, {asked.partner_id: asked.secret})
    except KsError as problem:
        yield _breach(exchange, "$.ks", "a KS of the account", str(problem))
        return
    if info.type != 0:
        yield _breach(exchange, "$.ks (type)", "0: a user's", str(info.type))
    if "widget" not in {part.partition(":")[0] for part in info.privileges.split(",")}:
        yield _breach(exchange, "$.ks (privileges)", "widget:1 among them", info.privileges)


@oracle("SESS-WIDGET-002")
def unknown_widget_opens_nothing(exchange: Exchange, widget: str) -> Iterator[Breach]:
    """A widget that does not exist has no session."""
    yield from refused(exchange, "INVALID_WIDGET_ID", WIDGET_ID=widget)


@oracle("SESS-WIDGET-003")
def visitor_changes_nothing(exchange: Exchange) -> Iterator[Breach]:
    """An update or delete by a visitor is refused before anybody looks for the object."""
    error = exchange.error
    if isinstance(exchange.answer, Result):
        yield _breach(exchange, "$", "SERVICE_FORBIDDEN or the like", _what(exchange))
    elif error and NOT_FOUND.search(error.code) and not ANY_SESSION.search(error.code):
        yield _breach(exchange, "$.code", "SERVICE_FORBIDDEN or the like", error.code)


@oracle("SESS-GET-001")
def session_get_tells_the_truth(exchange: Exchange, info: KsInfo) -> Iterator[Breach]:
    """session.get tells account, user, type, expiry and privileges of the KS."""
    value = exchange.result.value if exchange.result else None
    if not isinstance(value, Mapping):
        yield _breach(exchange, "$", "what the KS says", _what(exchange))
        return
    expected = {
        "partnerId": info.partner_id,
        "userId": info.user_id,
        "sessionType": info.type,
        "expiry": info.expires_at,
    }
    for name, said in expected.items():
        if _text(value.get(name)) != _text(said):
            yield _breach(exchange, f"$.{name}", repr(said), shown(value.get(name)))
    told = _text(value.get("privileges"))
    if set(told.split(",")) != set(info.privileges.split(",")):
        yield _breach(exchange, "$.privileges", repr(info.privileges), repr(told))


@oracle("SESS-GET-002")
def session_of_another_account_is_not_told(exchange: Exchange) -> Iterator[Breach]:
    """session.get tells nothing of another account's KS."""
    if isinstance(exchange.answer, Result):
        yield _breach(exchange, "$", "PARTNER_ACCESS_FORBIDDEN", _what(exchange))


@oracle("SESS-LOCAL-001")
def session_signed_by_the_client_is_taken(exchange: Exchange) -> Iterator[Breach]:
    """A KS of version 2 that the client signed with the account's secret is taken."""
    yield from _is_taken(exchange)


@oracle("SESS-LOCAL-002")
def session_of_version_1_is_taken(exchange: Exchange) -> Iterator[Breach]:
    """A KS of version 1 that the client signed with the account's secret is taken."""
    yield from _is_taken(exchange)


@oracle("SESS-EXPIRED-001")
def expired_session_is_refused(exchange: Exchange) -> Iterator[Breach]:
    """A KS whose time is over is refused, and EXPIRED is said to be the reason."""
    yield from refused(exchange, "INVALID_KS", KSID="EXPIRED")


@oracle("SESS-EXPIRED-002")
def session_stops_when_its_time_is_over(exchange: Exchange) -> Iterator[Breach]:
    """A KS that the server made stops working when its time is over."""
    yield from refused(exchange, "INVALID_KS", KSID="EXPIRED")


@oracle("SESS-END-001")
def ended_session_is_refused(exchange: Exchange) -> Iterator[Breach]:
    """A KS that was ended is refused, and LOGOUT is said to be the reason."""
    yield from refused(exchange, "INVALID_KS", KSID="LOGOUT")


@oracle("SESS-END-002")
def ended_session_is_refused_by_every_service(exchange: Exchange) -> Iterator[Breach]:
    """Every service refuses a KS that was ended."""
    yield from refused(exchange, "INVALID_KS", KSID="LOGOUT")


@oracle("SESS-END-003")
def other_sessions_go_on(exchange: Exchange) -> Iterator[Breach]:
    """Ending one session leaves the user's other sessions usable."""
    yield from _is_taken(exchange)


@oracle("SESS-END-004")
def ending_nothing_is_no_error(exchange: Exchange) -> Iterator[Breach]:
    """session.end without a KS ends nothing and is no error."""
    if not isinstance(exchange.answer, Result) or exchange.answer.value not in (None, ""):
        yield _breach(exchange, "$", "nothing", _what(exchange))


@oracle("SESS-TAMPER-001")
def tampered_session_is_refused(exchange: Exchange, change: str) -> Iterator[Breach]:
    """A KS of which any byte was changed is refused."""
    yield from _is_no_session(exchange, change)


@oracle("SESS-TAMPER-002")
def tampered_session_is_refused_by_every_service(
    exchange: Exchange, change: str
) -> Iterator[Breach]:
    """Every service refuses a text that is no KS of anybody."""
    yield from _is_no_session(exchange, change)


@oracle("SESS-NONE-001")
def nothing_is_had_without_a_session(
    exchange: Exchange, *, past_the_door: Sequence[str] = ()
) -> Iterator[Breach]:
    """A list or get that needs a session gives nothing to a caller without one.

    `past_the_door` are the codes by which the action's own code answers such a call. A not-found
    error is right for a get: some show public data to everybody (CONTRACT SESS-13).
    """
    error = exchange.error
    if isinstance(exchange.answer, Result):
        yield _breach(exchange, "$", "SERVICE_FORBIDDEN or the like", _what(exchange))
    elif error is not None and error.code in past_the_door and not _is_a_door(error.code):
        yield _breach(exchange, "$.code", "SERVICE_FORBIDDEN or the like", error.code)


@oracle("SESS-LIMIT-001")
def session_is_used_up(exchanges: Sequence[Exchange]) -> Iterator[Breach]:
    """A KS that is good for one call is good for one, and refused for no other reason after it.

    How soon it is refused is not judged: a cache may know the KS for good (CONTRACT SESS-10).
    """
    for index, exchange in enumerate(exchanges):
        error = exchange.error
        if error is None or error.code != "INVALID_KS":
            continue
        if index == 0:
            yield _breach(exchange, "$.code", "the first call goes through", _what(exchange))
        else:
            yield from refused(exchange, "INVALID_KS", KSID="EXCEEDED_ACTIONS_LIMIT")


@oracle("SESS-IP-001")
def session_is_bound_to_its_address(exchange: Exchange) -> Iterator[Breach]:
    """A KS that is restricted to another address is refused."""
    yield from refused(exchange, "INVALID_KS", KSID="EXCEEDED_RESTRICTED_IP")


@oracle("SESS-URI-001")
def session_is_bound_to_its_place(exchange: Exchange) -> Iterator[Breach]:
    """A KS that is restricted to another URI is refused."""
    yield from refused(exchange, "INVALID_KS", KSID="EXCEEDED_RESTRICTED_URI")


@oracle("SESS-ROLE-001")
def session_of_an_unknown_role_is_refused(exchange: Exchange) -> Iterator[Breach]:
    """A KS with a role that does not exist is refused."""
    yield from refused(exchange, "INVALID_OBJECT_ID", "INVALID_KS", "SERVICE_FORBIDDEN")


@oracle("SESS-TOKEN-001")
def app_token_opens_a_session(exchange: Exchange, asked: Asked) -> Iterator[Breach]:
    """Who knows an application token is given a session of its account, for the asked user."""
    value = exchange.result.value if exchange.result else None
    if not isinstance(value, Mapping) or not isinstance(value.get("ks"), str):
        yield _breach(exchange, "$", "an object with a KS", _what(exchange))
        return
    yield from _says(exchange, "$.ks", value["ks"], asked)


@oracle("SESS-TOKEN-002")
def wrong_hash_of_an_app_token_opens_nothing(exchange: Exchange) -> Iterator[Breach]:
    """A wrong hash of an application token opens no session."""
    yield from refused(exchange, "INVALID_APP_TOKEN_HASH")


@oracle("SESS-TOKEN-003")
def deleted_app_token_opens_nothing(exchange: Exchange) -> Iterator[Breach]:
    """A deleted application token opens no session; it is unknown, or no longer active."""
    if exchange.error is None or exchange.error.code != "APP_TOKEN_NOT_ACTIVE":
        yield from refused(exchange, "APP_TOKEN_ID_NOT_FOUND")


def is_taken(exchange: Exchange) -> bool:
    """Whether the server took the call's KS for a session, whatever it made of the call."""
    error = exchange.error
    return isinstance(exchange.answer, Result | ApiError) and (
        error is None or error.code not in {"INVALID_KS", "MISSING_KS"}
    )


def _is_taken(exchange: Exchange) -> Iterator[Breach]:
    if not is_taken(exchange):
        yield _breach(exchange, "$", "a session that is taken", _what(exchange))


def _is_no_session(exchange: Exchange, change: str) -> Iterator[Breach]:
    if isinstance(exchange.answer, DieError) and exchange.answer.code == "INVALID_KS":
        return
    for breach in refused(exchange, "INVALID_KS"):
        yield Breach(breach.where, breach.expected, breach.actual, change, breach.exchanges)


def _is_a_door(code: str) -> bool:
    return ANY_SESSION.search(code) is not None or NOT_FOUND.search(code) is not None


def _says(exchange: Exchange, where: str, text: str, asked: Asked) -> Iterator[Breach]:
    """Breaches unless the KS is the account's, and says what was asked."""
    try:
        info = parse(text, {asked.partner_id: asked.secret})
    except KsError as problem:
        yield _breach(exchange, where, "a KS signed with the account's secret", str(problem))
        return
    pairs: Iterable[tuple[str, Any, Any]] = (
        ("partner", asked.partner_id, info.partner_id),
        ("type", asked.type, info.type),
        ("user", asked.user_id.casefold(), info.user_id.casefold()),
    )
    for name, expected, actual in pairs:
        if expected != actual:
            yield _breach(exchange, f"{where} ({name})", repr(expected), repr(actual))
    missing = _parts(asked.privileges) - _parts(info.privileges)
    if missing:
        expected = ",".join(sorted(_parts(asked.privileges)))
        yield _breach(exchange, f"{where} (privileges)", expected, repr(info.privileges))


def _parts(privileges: str) -> set[str]:
    return {part.strip() for part in privileges.split(",") if part.strip()}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _what(exchange: Exchange) -> str:
    """An answer in a few words."""
    answer = exchange.answer
    if isinstance(answer, ApiError):
        return f"{answer.code} {answer.args.get('KSID', '')}".strip()
    if isinstance(answer, Result):
        return f"a result: {shown(answer.value)}"
    return f"{type(answer).__name__} (HTTP {exchange.response.status})"


def _breach(exchange: Exchange, where: str, expected: str, actual: str) -> Breach:
    return Breach(where, expected, actual, exchanges=(exchange.number,))
