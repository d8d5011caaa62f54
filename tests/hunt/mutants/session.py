"""Faults of sessions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.hunt.message import is_error
from tests.hunt.mutant import answering, around, asking

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World

START = "session.start"


def set_ks(call: Call, ks: str) -> None:
    """Make the call with another session."""
    call.params["ks"] = ks


def retried(call: Call, world: World, *reasons: str) -> Any:
    """A fault's body: a call refused for one of these reasons is made with a good session."""
    service, action, ks = call.service, call.action, call.ks
    params = {k: v for k, v in call.params.items() if k not in ("ks", "format")}
    files = call.files
    value = yield
    if is_error(value, "INVALID_KS") and not files:
        reason = value["args"].get("KSID", "") if isinstance(value["args"], dict) else ""
        if reason in reasons or (ks == reason and "forged" in reasons):
            session = world.session(ks)
            partner = session.partner_id if session else None
            user, kind = (session.user_id, session.type) if session else ("", 2)
            return world.ask(service, action, params, world.ks(partner, user=user, kind=kind))
    return value


@around("*", narrow=True)
def expired_sessions_are_accepted(call: Call, world: World) -> Any:
    """An expired session is accepted."""
    return (yield from retried(call, world, "EXPIRED"))


@around("*", narrow=True)
def ended_sessions_are_accepted(call: Call, world: World) -> Any:
    """A session that was ended is accepted."""
    return (yield from retried(call, world, "LOGOUT"))


@around("*", narrow=True)
def action_limits_are_ignored(call: Call, world: World) -> Any:
    """actionslimit is ignored."""
    return (yield from retried(call, world, "EXCEEDED_ACTIONS_LIMIT"))


@around("*", narrow=True)
def forged_sessions_are_accepted(call: Call, world: World) -> Any:
    """A session that was tampered with is accepted."""
    return (yield from retried(call, world, "forged"))


@around("*", narrow=True)
def ip_and_uri_limits_are_ignored(call: Call, world: World) -> Any:
    """iprestrict and urirestrict are ignored."""
    reasons = ("EXCEEDED_RESTRICTED_IP", "EXCEEDED_RESTRICTED_URI")
    return (yield from retried(call, world, *reasons))


@asking("*")
def bad_sessions_are_no_sessions(call: Call, world: World) -> None:
    """A forged session counts as none."""
    if call.ks and world.session(call.ks) is None:
        call.params.pop("ks", None)
        call.outer.pop("ks", None)


@asking("*")
def no_session_is_an_admins(call: Call, world: World) -> None:
    """A call without a session is made with an admin's."""
    if not call.ks and not call.service.startswith(("session", "system")):
        set_ks(call, world.ks())


@asking("*")
def users_are_admins(call: Call, world: World) -> None:
    """A user's session has an admin's rights."""
    session = world.session(call.ks)
    if session is not None and session.type == 0 and world.is_good(call.ks):
        set_ks(call, world.ks(session.partner_id, user=session.user_id))


@asking("*")
def admins_are_users(call: Call, world: World) -> None:
    """An admin's session has only a user's rights."""
    session = world.session(call.ks)
    if session is not None and session.type != 0 and world.is_good(call.ks):
        set_ks(call, world.ks(session.partner_id, user=session.user_id, kind=0))


@asking(START)
def start_ignores_the_type(call: Call, _world: World) -> None:
    """session.start always makes an admin's session."""
    call.params["type"] = 2


@asking(START)
def start_ignores_the_user(call: Call, _world: World) -> None:
    """session.start ignores the user."""
    call.params.pop("userId", None)


@asking(START)
def start_ignores_privileges(call: Call, _world: World) -> None:
    """session.start ignores privileges."""
    call.params.pop("privileges", None)


@asking(START)
def start_ignores_the_expiry(call: Call, _world: World) -> None:
    """session.start ignores the expiry."""
    call.params.pop("expiry", None)


@asking(START)
def start_accepts_any_secret(call: Call, world: World) -> None:
    """session.start accepts a wrong secret."""
    if "secret" in call.params:
        own = str(call.params.get("partnerId")) == str(world.partner)
        call.params["secret"] = world.accounts["admin_secret" if own else "other_admin_secret"]


@asking(START)
def user_secrets_open_admin_sessions(call: Call, world: World) -> None:
    """The user secret opens an admin's session."""
    if call.params.get("secret") == world.accounts["user_secret"]:
        call.params["secret"] = world.accounts["admin_secret"]


@around(START)
def wrong_secrets_have_another_code(_call: Call, world: World) -> Any:
    """A wrong secret is an invalid KS."""
    value = yield
    if is_error(value, "START_SESSION_ERROR"):
        return world.error("INVALID_KS", KSID="", ERR_CODE="-1", ERR_DESC="INVALID_STR")
    return value


@answering(START)
def start_answers_a_broken_session(_call: Call, value: Any, _world: World) -> Any:
    """session.start answers a session without its last characters."""
    return value[:-6] if isinstance(value, str) else value


@answering(START)
def start_answers_an_object(_call: Call, value: Any, _world: World) -> Any:
    """session.start answers an object with the session in it."""
    return {"ks": value} if isinstance(value, str) else value


@asking("session.end")
def end_ends_nothing(call: Call, _world: World) -> None:
    """session.end ends nothing."""
    call.vanish()


@around("session.end")
def end_answers_nothing_and_ends_nothing(call: Call, _world: World) -> Any:
    """session.end answers as it should and ends nothing."""
    call.vanish()
    yield
    return None


@answering("session.get")
def session_types_are_flipped(_call: Call, value: Any, _world: World) -> Any:
    """session.get shows an admin's session as a user's and the other way round."""
    if isinstance(value, dict) and "sessionType" in value:
        value["sessionType"] = 0 if str(value["sessionType"]) == "2" else 2
    return value


@answering("session.get")
def session_users_are_lost(_call: Call, value: Any, _world: World) -> Any:
    """session.get shows no user."""
    if isinstance(value, dict) and "userId" in value:
        value["userId"] = ""
    return value


@answering("session.get")
def session_privileges_are_lost(_call: Call, value: Any, _world: World) -> Any:
    """session.get shows no privileges."""
    if isinstance(value, dict) and not is_error(value):
        value["privileges"] = ""
    return value


@answering("session.get")
def session_expiry_is_a_duration(_call: Call, value: Any, _world: World) -> Any:
    """session.get shows the seconds that are left, not when the session ends."""
    if isinstance(value, dict) and value.get("expiry"):
        value["expiry"] = int(value["expiry"]) - int(time.time())
    return value


@answering("session.get")
def session_expiry_is_an_hour_late(_call: Call, value: Any, _world: World) -> Any:
    """session.get shows an expiry an hour too late."""
    if isinstance(value, dict) and value.get("expiry"):
        value["expiry"] = int(value["expiry"]) + 3600
    return value


@answering("session.get")
def session_partner_is_lost(_call: Call, value: Any, _world: World) -> Any:
    """session.get shows partner 0."""
    if isinstance(value, dict) and "partnerId" in value:
        value["partnerId"] = 0
    return value


@answering("session.startWidgetSession")
def widget_sessions_are_admins(_call: Call, value: Any, world: World) -> Any:
    """A widget's session is an admin's."""
    if isinstance(value, dict) and value.get("ks"):
        value["ks"] = world.ks()
    return value


@answering("session.startWidgetSession")
def unknown_widgets_open_sessions(_call: Call, value: Any, world: World) -> Any:
    """An unknown widget opens a session."""
    if is_error(value):
        return {
            "partnerId": world.partner,
            "ks": world.ks(kind=0),
            "userId": "0",
            "objectType": "KalturaStartWidgetSessionResponse",
        }
    return value


@answering("session.startWidgetSession")
def widget_sessions_are_missing(_call: Call, value: Any, _world: World) -> Any:
    """startWidgetSession answers without the session."""
    if isinstance(value, dict):
        value.pop("ks", None)
    return value


@answering("*")
def the_reason_of_a_refused_session_is_wrong(_call: Call, value: Any, _world: World) -> Any:
    """Expired and ended sessions are refused for each other's reason."""
    if is_error(value, "INVALID_KS") and isinstance(value["args"], dict):
        swap = {"EXPIRED": "LOGOUT", "LOGOUT": "EXPIRED"}
        value["args"]["KSID"] = swap.get(value["args"].get("KSID", ""), value["args"].get("KSID"))
    return value


@answering("*")
def the_reason_of_a_refused_session_is_missing(_call: Call, value: Any, _world: World) -> Any:
    """A refused session is refused without a reason."""
    if is_error(value, "INVALID_KS"):
        value["args"] = []
    return value


@answering("*")
def refused_sessions_have_another_code(_call: Call, value: Any, world: World) -> Any:
    """A refused session is reported as forbidden."""
    if is_error(value, "INVALID_KS"):
        return world.error("SERVICE_FORBIDDEN", SERVICE="a->b")
    return value


@answering("*")
def missing_sessions_have_another_code(_call: Call, value: Any, world: World) -> Any:
    """What is forbidden is reported as an invalid session."""
    if is_error(value, "SERVICE_FORBIDDEN"):
        return world.error("INVALID_KS", KSID="", ERR_CODE="-1", ERR_DESC="INVALID_STR")
    return value


@around("*")
def sessions_of_version_one_are_refused(call: Call, world: World) -> Any:
    """A session of version 1 is refused."""
    ks = call.ks
    session = world.session(ks)
    value = yield
    if session is not None and session.version == 1:
        return world.error("INVALID_KS", KSID=ks, ERR_CODE="-1", ERR_DESC="INVALID_STR")
    return value


@around("*")
def privileges_are_ignored(call: Call, world: World) -> Any:
    """The privileges in a session have no effect."""
    session = world.session(call.ks)
    if session is not None and session.privileges and session.expires_at > time.time():
        set_ks(call, world.ks(session.partner_id, user=session.user_id, kind=session.type))
    return (yield)


@asking("appToken.startSession")
def app_tokens_need_no_hash(call: Call, world: World) -> None:
    """appToken.startSession accepts any hash: it answers a session all the same."""
    call.become(
        "session",
        "start",
        {
            "secret": world.accounts["admin_secret"],
            "partnerId": world.partner,
            "type": 0,
        },
    )


@answering("appToken.startSession")
def app_token_sessions_are_of_no_user(_call: Call, value: Any, world: World) -> Any:
    """appToken.startSession answers an admin's session of no user."""
    if isinstance(value, dict) and value.get("ks"):
        value["ks"] = world.ks()
    return value


@around("get", "list", narrow=True)
def expired_sessions_may_read(call: Call, world: World) -> Any:
    """An expired session may still read."""
    return (yield from retried(call, world, "EXPIRED"))


@asking("session.get", narrow=False)
def get_tells_of_the_caller(call: Call, _world: World) -> None:
    """session.get tells of the caller's session, whichever it is asked for."""
    call.params.pop("session", None)


@answering("session.startWidgetSession", narrow=False)
def widget_sessions_name_another_account(_call: Call, value: Any, world: World) -> Any:
    """startWidgetSession names another account than that of its session."""
    if isinstance(value, dict) and not is_error(value):
        value["partnerId"] = world.other
    return value


@around("session.start", narrow=False)
def wrong_secrets_name_another_account(_call: Call, _world: World) -> Any:
    """A wrong secret is reported for account 0."""
    value = yield
    if is_error(value, "START_SESSION_ERROR") and isinstance(value.get("args"), dict):
        was = str(value["args"].get("PID"))
        value["args"]["PID"] = "0"
        value["message"] = str(value["message"]).replace(was, "0")
    return value


@asking("add", "update", "delete")
def widgets_may_write(call: Call, world: World) -> None:
    """A widget's session adds, updates and deletes."""
    session = world.session(call.ks)
    if session is not None and "widget:1" in session.privileges and world.is_good(call.ks):
        set_ks(call, world.ks(session.partner_id))


@asking("update", "delete")
def edit_privileges_are_for_all(call: Call, world: World) -> None:
    """A session that may edit one object may edit all."""
    session = world.session(call.ks)
    if session is not None and "edit:" in session.privileges and world.is_good(call.ks):
        set_ks(call, world.ks(session.partner_id, user=session.user_id))
