"""More faults of sessions: what a session is worth, and whom it names."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.hunt.message import is_error
from tests.hunt.mutant import around, asking

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World


def refused(world: World, reason: str) -> dict[str, Any]:
    """A session that is refused for a reason."""
    return world.error("INVALID_KS", KSID=reason, ERR_CODE="-1", ERR_DESC="INVALID_STR")


@around("*")
def sessions_end_an_hour_early(call: Call, world: World) -> Any:
    """A session expires an hour before its time."""
    session = world.session(call.ks)
    value = yield
    if session and session.expires_at - 3600 < time.time() and not is_error(value):
        return refused(world, "EXPIRED")
    return value


@asking("session.start", narrow=False)
def users_lose_their_domain(call: Call, _world: World) -> None:
    """session.start cuts the user's id at an @."""
    if isinstance(call.params.get("userId"), str):
        call.params["userId"] = call.params["userId"].split("@")[0]


@around("*")
def unknown_roles_are_accepted(call: Call, world: World) -> Any:
    """An unknown role in a session's privileges is ignored."""
    session = world.session(call.ks)
    service, action, params = call.service, call.action, dict(call.params)
    value = yield
    if is_error(value, "INVALID_OBJECT_ID") and session and "setrole" in session.privileges:
        kept = {k: v for k, v in params.items() if k not in ("ks", "format")}
        return world.ask(service, action, kept, world.ks(user=session.user_id, kind=session.type))
    return value


@around("session.get", narrow=False)
def strangers_sessions_are_told(call: Call, world: World) -> Any:
    """session.get tells of a session of another account."""
    wanted = str(call.params.get("session") or "")
    value = yield
    if is_error(value) and world.is_good(wanted) and world.is_good(call.ks):
        partner = world.session(wanted)
        if partner:
            return world.ask("session", "get", {}, world.ks(partner.partner_id))
    return value


@around("*")
def the_own_account_may_not_be_named(call: Call, world: World) -> Any:
    """A call that names its own account as partnerId is forbidden."""
    named = call.params.get("partnerId") or call.outer.get("partnerId")
    of_session = call.service in ("session", "user", "partner", "apptoken")
    text = f"{call.service}->{call.action}"
    value = yield
    if named and str(named) == str(world.partner) and not of_session and not is_error(value):
        return world.error("SERVICE_FORBIDDEN", SERVICE=text)
    return value


@around("apptoken.delete", "apptoken.startSession", narrow=False)
def deleted_app_tokens_start_sessions(call: Call, world: World) -> Any:
    """A deleted application token still starts sessions."""
    action = call.action
    value = yield
    if action == "startSession" and is_error(value, "APP_TOKEN_ID_NOT_FOUND"):
        return {
            "objectType": "KalturaSessionInfo",
            "ks": world.ks(kind=0),
            "partnerId": world.partner,
            "sessionType": 0,
            "expiry": int(time.time()) + 86400,
        }
    return value


@around("*", narrow=False)
def version_two_has_no_users(call: Call, world: World) -> Any:
    """What a user's session adds belongs to nobody."""
    if call.action == "add" and world.is_user(call.ks) and world.is_good(call.ks):
        value = yield
        if isinstance(value, dict) and "userId" in value and not is_error(value):
            value["userId"] = ""
        return value
    return (yield)


@around("*")
def privileges_make_calls_fail(call: Call, world: World) -> Any:
    """A session with more than one privilege is refused."""
    session = world.session(call.ks)
    value = yield
    if session and session.privileges.count(",") and not is_error(value):
        return refused(world, "")
    return value


@around("*")
def ended_sessions_may_read(call: Call, world: World) -> Any:
    """A session that was ended still reads, lists and counts."""
    service, action, ks = call.service, call.action, call.ks
    params = {k: v for k, v in call.params.items() if k not in ("ks", "format")}
    value = yield
    if is_error(value, "INVALID_KS") and action in ("get", "list", "count"):
        session = world.session(ks)
        if ks in world.ended and session and session.partner_id == world.partner:
            fresh = world.ks(user=session.user_id, kind=session.type)
            return world.ask(service, action, params, fresh)
    return value
