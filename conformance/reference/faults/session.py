"""Faults of sessions: who is let in, with what rights, and for how long."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference import ks, sessions
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.alteration import in_actions
from conformance.reference.faults.registry import fault
from conformance.reference.scalars import to_int, to_text
from conformance.reference.session import Session, forbidden, invalid_ks

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.request import Invocation
    from conformance.reference.world import World
    from conformance.schema.model import Action

    Arguments = dict[str, Any]

START, WIDGET, END, GET = (
    in_actions(f"session.{name}") for name in ("start", "startWidgetSession", "end", "get")
)
TOKEN = in_actions("apptoken.startSession")
ADMIN = 2
DAY = 86_400
UNGUARDED = "category"
KNOWN_LETTERS = 48
"""The beginning of a KS: its account and the first sealed block and more."""


@fault("SESS-START-001")
def every_session_is_an_admins(behaviour: Behaviour) -> Behaviour:
    """Who knows the admin secret gets an admin session, whatever was asked for."""

    def act(call: Call) -> dict[str, Any]:
        right = call.world.partners.admin_secret(to_int(call.arguments.get("partnerId")))
        return {"type": ADMIN} if call.arguments.get("secret") == right else {}

    return _with_arguments(behaviour, START, act)


@fault("SESS-START-002")
def every_session_lasts_a_day(behaviour: Behaviour) -> Behaviour:
    """A session lasts a day, whatever was asked for."""
    return _with_arguments(behaviour, START, lambda _call: {"expiry": DAY})


@fault("SESS-START-002")
def session_without_an_end_lasts_for_years(behaviour: Behaviour) -> Behaviour:
    """A session that was not asked to end lasts ten years."""

    def change(call: Call, value: Any) -> Any:
        if "expiry" in call.invocation.params or not isinstance(value, str):
            return value
        return _resealed(call, value, expires=call.world.now() + 3_650 * DAY)

    return alteration.answer(behaviour, "other", change, when=START)


@fault("SESS-START-003")
def beginning_of_a_secret_is_enough(behaviour: Behaviour) -> Behaviour:
    """A secret with letters missing at its end is taken."""

    def act(call: Call) -> dict[str, Any]:
        right = call.world.partners.admin_secret(to_int(call.arguments.get("partnerId"))) or ""
        said = to_text(call.arguments.get("secret"))
        return {"secret": right} if said and right.startswith(said) else {}

    return _with_arguments(behaviour, START, act)


@fault("SESS-START-004")
def user_secret_opens_admin_sessions(behaviour: Behaviour) -> Behaviour:
    """The secret of users opens admin sessions too."""

    def act(call: Call) -> dict[str, Any]:
        partner = call.world.partners.get(to_int(call.arguments.get("partnerId")))
        is_users = partner is not None and call.arguments.get("secret") == partner.user_secret
        return {"secret": partner.admin_secret} if partner and is_users else {}

    return _with_arguments(behaviour, START, act)


@fault("SESS-START-005")
def unknown_account_becomes_the_first(behaviour: Behaviour) -> Behaviour:
    """A session of an unknown account is one of the first account."""
    sound = behaviour.check_partner

    def check(world: World, session: Session, action: Action, invocation: Invocation) -> None:
        if action.id != "session.start":
            sound(world, session, action, invocation)

    def act(call: Call) -> dict[str, Any]:
        partners = call.world.partners
        if partners.get(to_int(call.arguments.get("partnerId"))) is not None:
            return {}
        first = next(iter(partners.by_id.values()))
        return {"partnerId": first.id, "secret": first.admin_secret}

    return _with_arguments(replace(behaviour, check_partner=check), START, act)


@fault("SESS-WIDGET-001")
def widget_session_is_an_admins(behaviour: Behaviour) -> Behaviour:
    """A widget's session is of the admin type."""

    def change(call: Call, value: Any) -> Any:
        return {**value, "ks": _resealed(call, value["ks"], kind=ADMIN)}

    return alteration.answer(behaviour, "other", change, when=WIDGET)


@fault("SESS-WIDGET-002")
def unknown_widget_is_the_first_accounts(behaviour: Behaviour) -> Behaviour:
    """A widget that does not exist is the first account's own."""
    sound = behaviour.other

    def act(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault:
            first = next(iter(call.world.partners.by_id))
            arguments = {**call.arguments, "widgetId": f"_{first}"}
            return sound(replace(call, arguments=arguments))

    return alteration.instead(behaviour, "other", act, when=WIDGET)


@fault("SESS-WIDGET-003")
def visitors_may_write_in_one_service(behaviour: Behaviour) -> Behaviour:
    """In one service a widget's session updates and deletes as an admin does."""
    sound = behaviour.authorise

    def authorise(call: Call) -> None:
        writes = call.action.service == UNGUARDED and call.action.name in {"update", "delete"}
        if not (writes and call.session.kind == "widget"):
            sound(call)

    return replace(behaviour, authorise=authorise)


@fault("SESS-GET-001")
def session_get_tells_an_hour_too_much(behaviour: Behaviour) -> Behaviour:
    """session.get tells an expiry that is an hour late."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "expiry": str(int(value["expiry"]) + 3600)}

    return alteration.answer(behaviour, "other", change, when=GET)


@fault("SESS-GET-002")
def session_get_tells_of_strangers(behaviour: Behaviour) -> Behaviour:
    """session.get tells who another account's KS belongs to."""
    sound = behaviour.other

    def act(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault:
            text = to_text(call.arguments.get("session"))
            fields = ks.parse(text, call.world.partners.admin_secret)
            if fields is None:
                raise
            return {"partnerId": str(fields.partner_id), "objectType": call.action.result.name}

    return alteration.instead(behaviour, "other", act, when=GET)


@fault("SESS-LOCAL-001")
def only_own_sessions_are_taken(behaviour: Behaviour) -> Behaviour:
    """A KS that the server did not make is refused."""
    made: set[str] = set()

    def change(_call: Call, value: Any) -> Any:
        made.add(value["ks"] if isinstance(value, dict) and "ks" in value else to_text(value))
        return value

    def admit(_invocation: Invocation, session: Session) -> Session:
        if session.text and session.text not in made:
            raise invalid_ks(session.text)
        return session

    starts = in_actions("session.start", "session.startWidgetSession", "apptoken.startSession")
    return _admitting(alteration.answer(behaviour, "other", change, when=starts), admit)


@fault("SESS-LOCAL-002")
def version_1_is_refused(behaviour: Behaviour) -> Behaviour:
    """A KS of version 1 is refused."""

    def admit(_invocation: Invocation, session: Session) -> Session:
        if session.text and not session.text.startswith("djJ8"):
            raise invalid_ks(session.text)
        return session

    return _admitting(behaviour, admit)


@fault("SESS-EXPIRED-001")
def one_service_takes_expired_sessions(behaviour: Behaviour) -> Behaviour:
    """One service does not look at the clock."""
    return _forgiving(behaviour, "EXPIRED", lambda _s, invocation: _unguarded(invocation))


@fault("SESS-EXPIRED-001")
def one_action_takes_expired_sessions(behaviour: Behaviour) -> Behaviour:
    """One service's delete does not look at the clock, its other actions do."""
    return _forgiving(
        behaviour,
        "EXPIRED",
        lambda _s, invocation: _unguarded(invocation) and invocation.action.lower() == "delete",
    )


@fault("SESS-EXPIRED-002")
def known_sessions_never_expire(behaviour: Behaviour) -> Behaviour:
    """A KS that was good once stays good."""
    good: set[str] = set()
    sound = behaviour.check_session

    def check(world: World, session: Session, invocation: Invocation) -> None:
        try:
            sound(world, session, invocation)
        except ApiFault as refusal:
            if refusal.values[:1] != ("EXPIRED",) or session.text not in good:
                raise
        good.add(session.text)

    return replace(behaviour, check_session=check)


@fault("SESS-END-001")
def ending_changes_nothing(behaviour: Behaviour) -> Behaviour:
    """session.end does not end the session."""
    return alteration.instead(behaviour, "other", lambda _call: None, when=END)


@fault("SESS-END-002")
def one_service_takes_ended_sessions(behaviour: Behaviour) -> Behaviour:
    """One service does not ask whether a session was ended."""
    return _forgiving(behaviour, "LOGOUT", lambda _s, invocation: _unguarded(invocation))


@fault("SESS-END-003")
def ending_ends_the_one_before_as_well(behaviour: Behaviour) -> Behaviour:
    """Ending a plain admin session ends the one that was started before it as well."""
    started: list[str] = []
    sound = behaviour.other

    def act(call: Call) -> Any:
        value = sound(call)
        if START(call):
            plain = not call.arguments.get("privileges")
            if plain and to_int(call.arguments.get("type")) == ADMIN:
                started.append(value)
        elif call.session.text in started[1:]:
            call.world.ended.add(started[started.index(call.session.text) - 1])
        return value

    return alteration.instead(
        behaviour, "other", act, when=in_actions("session.start", "session.end")
    )


@fault("SESS-END-004")
def ending_nothing_is_forbidden(behaviour: Behaviour) -> Behaviour:
    """session.end without a KS is refused."""
    sound = behaviour.other

    def act(call: Call) -> Any:
        if call.session.kind == "none":
            raise forbidden(call.world, call.action)
        return sound(call)

    return alteration.instead(behaviour, "other", act, when=END)


@fault("SESS-TAMPER-001")
def beginning_of_a_session_is_enough(behaviour: Behaviour) -> Behaviour:
    """A KS that begins like one that was good is taken for it."""
    known: dict[str, Session] = {}

    def rescue(_world: World, invocation: Invocation) -> Session | None:
        return known.get(invocation.text("ks")[:KNOWN_LETTERS])

    def admit(_invocation: Invocation, session: Session) -> Session:
        if session.text:
            known[session.text[:KNOWN_LETTERS]] = session
        return session

    return _rescuing(_admitting(behaviour, admit), rescue)


@fault("SESS-TAMPER-002")
def one_service_checks_no_signature(behaviour: Behaviour) -> Behaviour:
    """One service takes any text for an admin's KS."""

    def rescue(world: World, invocation: Invocation) -> Session | None:
        return _an_admin(world) if _unguarded(invocation) else None

    return _rescuing(behaviour, rescue)


@fault("SESS-NONE-001")
def one_list_is_open(behaviour: Behaviour) -> Behaviour:
    """One list is answered to everybody as to an admin."""
    sound = behaviour.authenticate

    def authenticate(world: World, invocation: Invocation) -> Session:
        session = sound(world, invocation)
        is_open = _unguarded(invocation) and invocation.action == "list"
        if session.kind == "none" and is_open and not invocation.in_multirequest:
            return _an_admin(world)
        return session

    return replace(behaviour, authenticate=authenticate)


@fault("SESS-LIMIT-001")
def used_up_sessions_are_expired(behaviour: Behaviour) -> Behaviour:
    """A KS that was used up is said to be expired."""
    sound = behaviour.check_session

    def check(world: World, session: Session, invocation: Invocation) -> None:
        try:
            sound(world, session, invocation)
        except ApiFault as refusal:
            if refusal.values[:1] == ("EXCEEDED_ACTIONS_LIMIT",):
                raise invalid_ks("EXPIRED") from refusal
            raise

    return replace(behaviour, check_session=check)


@fault("SESS-IP-001")
def address_of_a_session_is_ignored(behaviour: Behaviour) -> Behaviour:
    """The address in a KS is ignored."""
    return _without_privilege(behaviour, "iprestrict")


@fault("SESS-URI-001")
def place_of_a_session_is_ignored(behaviour: Behaviour) -> Behaviour:
    """The URI in a KS is ignored."""
    return _without_privilege(behaviour, "urirestrict")


@fault("SESS-ROLE-001")
def role_of_a_session_is_ignored(behaviour: Behaviour) -> Behaviour:
    """The role in a KS is ignored."""
    return _without_privilege(behaviour, "setrole")


@fault("SESS-TOKEN-001")
def app_token_opens_admin_sessions(behaviour: Behaviour) -> Behaviour:
    """The session of an application token is of the admin type."""

    def change(call: Call, value: Any) -> Any:
        return {**value, "ks": _resealed(call, value["ks"], kind=ADMIN)}

    return alteration.answer(behaviour, "other", change, when=TOKEN)


@fault("SESS-TOKEN-002")
def any_hash_opens_a_session(behaviour: Behaviour) -> Behaviour:
    """The hash of an application token is not compared."""

    def act(call: Call) -> dict[str, Any]:
        record = call.world.storage.get("KalturaAppToken", to_text(call.arguments.get("id")))
        if record is None:
            return {}
        name = to_text(record.document.get("hashType", "SHA1")).lower()
        plain = (call.session.text + to_text(record.document.get("token"))).encode()
        return {"tokenHash": hashlib.new(name, plain, usedforsecurity=False).hexdigest()}

    return _with_arguments(behaviour, TOKEN, act)


@fault("SESS-TOKEN-003")
def deleted_tokens_open_sessions(behaviour: Behaviour) -> Behaviour:
    """An application token opens sessions after it was deleted, too."""
    sound = behaviour.other

    def act(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault:
            storage = call.world.storage
            record = storage.get("KalturaAppToken", to_text(call.arguments.get("id")))
            if record is None or not record.deleted:
                raise
            record.deleted = False
            try:
                return sound(call)
            finally:
                record.deleted = True

    return alteration.instead(behaviour, "other", act, when=TOKEN)


def _with_arguments(
    behaviour: Behaviour, when: Callable[[Call], bool], change: Callable[[Call], Arguments]
) -> Behaviour:
    """The action carried out with some arguments changed."""
    sound = behaviour.other

    def act(call: Call) -> Any:
        return sound(replace(call, arguments={**call.arguments, **change(call)}))

    return alteration.instead(behaviour, "other", act, when=when)


def _admitting(behaviour: Behaviour, admit: Callable[[Invocation, Session], Session]) -> Behaviour:
    """A second word on every session that was found genuine."""
    sound = behaviour.authenticate

    def authenticate(world: World, invocation: Invocation) -> Session:
        return admit(invocation, sound(world, invocation))

    return replace(behaviour, authenticate=authenticate)


def _rescuing(
    behaviour: Behaviour, rescue: Callable[[World, Invocation], Session | None]
) -> Behaviour:
    """A session for some of those whose KS is not genuine."""
    sound = behaviour.authenticate

    def authenticate(world: World, invocation: Invocation) -> Session:
        try:
            return sound(world, invocation)
        except ApiFault:
            found = rescue(world, invocation)
            if found is None:
                raise
            return found

    return replace(behaviour, authenticate=authenticate)


def _forgiving(
    behaviour: Behaviour, reason: str, when: Callable[[Session, Invocation], bool]
) -> Behaviour:
    """A session that is over for that reason is taken all the same."""
    sound = behaviour.check_session

    def check(world: World, session: Session, invocation: Invocation) -> None:
        try:
            sound(world, session, invocation)
        except ApiFault as refusal:
            if refusal.values[:1] != (reason,) or not when(session, invocation):
                raise

    return replace(behaviour, check_session=check)


def _without_privilege(behaviour: Behaviour, name: str) -> Behaviour:
    """One privilege of a KS is not looked at."""

    def admit(_invocation: Invocation, session: Session) -> Session:
        kept = {key: value for key, value in session.privilege_map.items() if key != name}
        return structs.replace(session, privilege_map=kept)

    return _admitting(behaviour, admit)


def _unguarded(invocation: Invocation) -> bool:
    return invocation.service.lower() == UNGUARDED


def _an_admin(world: World) -> Session:
    first = next(iter(world.partners.by_id))
    return Session(kind="admin", partner_id=first, expires=world.now() + DAY)


def _resealed(call: Call, text: str, **changed: int) -> str:
    fields = ks.parse(text, call.world.partners.admin_secret)
    return text if fields is None else sessions.seal(call, structs.replace(fields, **changed))
