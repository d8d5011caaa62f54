"""How sessions are made, how long they live, and what callers without one are told."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference import ks
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.message import Body, FileAnswer
from conformance.reference.rules import matches
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import HttpReply, HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.session import Session
    from conformance.reference.world import World

_CAP_SECONDS = 7_200
_GRACE_SECONDS = 1.5
_READING = ("get", "list", "count", "serve")
_OUTSIDE_THE_KEY = frozenset({"ks", "clientTag", "kalsig", "callback", "apiVersion"})
_JSONP = "9"


@variation("CONTRACT SESS-09")
def sessions_are_of_the_first_version(behaviour: Behaviour) -> Behaviour:
    """session.start answers a KS of version 1."""

    def change(call: Call, value: Any) -> Any:
        if call.action.id != "session.start" or not isinstance(value, str):
            return value
        fields = ks.parse(value, call.world.partners.admin_secret)
        if fields is None:
            return value
        secret = call.world.partners.admin_secret(fields.partner_id) or ""
        number = call.world.rng.getrandbits(20)
        parts = (
            fields.partner_id,
            fields.partner_id,
            fields.expires,
            fields.kind,
            f"{call.world.clock():.4f}{number}",
            fields.user_id,
            fields.privileges,
            "",
            "",
        )
        info = ";".join(map(str, parts))
        digest = hashlib.sha1((secret + info).encode("latin-1"), usedforsecurity=False).hexdigest()
        return base64.b64encode(f"{digest}|{info}".encode("latin-1")).decode()

    return alteration.answer(behaviour, "other", change)


@variation("CONTRACT SESS-02")
def sessions_are_capped(behaviour: Behaviour) -> Behaviour:
    """No session lasts longer than two hours, whatever was asked."""

    def change(action: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        if action.id not in {"session.start", "session.startWidgetSession"}:
            return arguments
        asked = arguments.get("expiry", _CAP_SECONDS)
        return {**arguments, "expiry": min(asked, _CAP_SECONDS)}

    return alteration.arguments(behaviour, change)


@variation("CONTRACT SESS-07: a short grace of the cache")
def ended_sessions_live_on_a_while(behaviour: Behaviour) -> Behaviour:
    """A session that was ended can be used for another second and a half."""
    noticed: dict[str, float] = {}

    def check(world: World, session: Session, invocation: Invocation) -> None:
        if session.text in world.ended:
            first = noticed.setdefault(session.text, world.clock())
            if world.clock() - first < _GRACE_SECONDS:
                return
        behaviour.check_session(world, session, invocation)

    def change(call: Call, value: Any) -> Any:
        if call.action.id == "session.end":
            noticed.setdefault(call.session.text, call.world.clock())
        return value

    return alteration.answer(replace(behaviour, check_session=check), "other", change)


@variation("CONTRACT SESS-10: a cached validity is not counted down")
def uses_of_a_session_are_not_counted(behaviour: Behaviour) -> Behaviour:
    """`actionslimit` is not looked at while a cache holds the session's validity."""

    def check(world: World, session: Session, invocation: Invocation) -> None:
        kept = {
            name: text for name, text in session.privilege_map.items() if name != "actionslimit"
        }
        behaviour.check_session(world, structs.replace(session, privilege_map=kept), invocation)

    return replace(behaviour, check_session=check)


@variation("CONTRACT WIRE-56; OBSERVED 2, 16")
def sessions_are_started_on_the_fast_path(behaviour: Behaviour) -> Behaviour:
    """session.start is answered before the dispatcher: no declaration, no session header."""
    fast: set[int] = set()

    def serialise(world: World, invocation: Invocation, value: Any) -> Body:
        made = behaviour.serialise(world, invocation, value)
        is_start = (invocation.service + invocation.action).lower() == "sessionstart"
        if not is_start or not isinstance(value, str):
            return made
        fast.add(id(invocation.http))
        header = ("X-Kaltura", "cached-dispatcher,00f6f1d5,0.00012")
        content = made.content.partition(b"?>")[2] if made.content[:5] == b"<?xml" else made.content
        return structs.replace(made, content=content, headers=(*made.headers, header))

    def change(request: HttpRequest, made: HttpReply) -> HttpReply:
        if id(request) not in fast:
            return made
        fast.discard(id(request))
        kept = tuple(pair for pair in made.headers if pair[0] != "X-Kaltura-Session")
        return structs.replace(made, headers=kept)

    return alteration.reply(replace(behaviour, serialise=serialise), change)


@variation("CONTRACT ERR-23")
def missing_session_has_its_own_code(behaviour: Behaviour) -> Behaviour:
    """Who has no KS is told MISSING_KS in place of SERVICE_FORBIDDEN."""

    def authorise(call: Call) -> None:
        try:
            behaviour.authorise(call)
        except ApiFault as fault:
            if call.session.kind == "none" and fault.code == "SERVICE_FORBIDDEN":
                raise ApiFault("MISSING_KS") from fault
            raise

    return replace(behaviour, authorise=authorise)


@variation("CONTRACT SESS-13; OBSERVED 13")
def public_reads_find_nothing(behaviour: Behaviour) -> Behaviour:
    """Who has no KS may get public entries, assets and feeds, finds none, and lists nothing."""
    public = frozenset(
        {
            "baseentry.get", "media.get", "uiconf.get", "syndicationfeed", "thumbasset.list",
            "caption_captionasset", "attachment_attachmentasset", "metadata_metadata.list",
        }
    )  # fmt: skip

    def authorise(call: Call) -> None:
        action = call.action
        reads = action.name in {"get", "list"}
        if call.session.kind == "none" and reads and matches(public, action.service, action.name):
            return
        behaviour.authorise(call)

    return replace(behaviour, authorise=authorise)


@variation("CONTRACT ERR-22")
def unusable_sessions_have_other_numbers(behaviour: Behaviour) -> Behaviour:
    """The number and word behind an unusable KS are others; the reason is still in KSID."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        if error["args"].get("ERR_CODE") != "-1":
            return error
        arguments = {**error["args"], "ERR_CODE": "-2", "ERR_DESC": "UNKNOWN"}
        message = f'Invalid KS "{arguments["KSID"]}", Error "-2,UNKNOWN"'
        return {**error, "args": arguments, "message": message}

    return alteration.error(behaviour, change, code="INVALID_KS")


@variation("OBSERVED 11")
def dead_answers_are_cached(behaviour: Behaviour) -> Behaviour:
    """JSONP that was asked for once without a callback dies for anonymous callers ever after."""
    dead: set[str] = set()

    def read(request: HttpRequest) -> Invocation:
        invocation = behaviour.read_request(request)
        if invocation.text("format") != _JSONP or invocation.text("ks"):
            return invocation
        key, callback = _names_and_params(invocation), invocation.text("callback")
        if not callback:
            dead.add(key)
        elif key in dead:
            params = {name: each for name, each in invocation.params.items() if name != "callback"}
            return structs.replace(invocation, params=params)
        return invocation

    return replace(behaviour, read_request=read)


@variation("OBSERVED 2, 15; CONTRACT WIRE-55, TRAP-19")
def anonymous_answers_are_cached(behaviour: Behaviour) -> Behaviour:
    """Answers to callers without a KS, with a bad one or a widget's are minutes old.

    All bad KSs share one key, so an error may name another caller's KS; a cached answer has no
    session header.
    """
    kept: dict[str, Body] = {}
    cached: set[int] = set()

    def serialise(world: World, invocation: Invocation, value: Any) -> Body:
        key = _cache_key(behaviour, world, invocation, value)
        if key is None:
            return behaviour.serialise(world, invocation, value)
        held = kept.get(key)
        if held is not None:
            cached.add(id(invocation.http))
            return held
        made = behaviour.serialise(world, invocation, value)
        kept[key] = structs.replace(
            made, headers=(*made.headers, ("X-Kaltura", "cached-dispatcher,5d41402abc4b2a76,0.01"))
        )
        return structs.replace(
            made,
            headers=(*made.headers, ("X-Kaltura", "cache-key,5d41402abc4b2a76b9719d911017c592")),
        )

    def change(request: HttpRequest, made: HttpReply) -> HttpReply:
        if id(request) not in cached:
            return made
        cached.discard(id(request))
        names = {"X-Kaltura-Session"}
        return structs.replace(made, headers=tuple(p for p in made.headers if p[0] not in names))

    return alteration.reply(replace(behaviour, serialise=serialise), change)


def _cache_key(
    behaviour: Behaviour, world: World, invocation: Invocation, value: Any
) -> str | None:
    """What an anonymous answer is kept under; None where it is not kept."""
    if isinstance(value, FileAnswer) or invocation.service.lower() == "multirequest":
        return None
    kind = _kind_of_caller(behaviour, world, invocation)
    is_error = isinstance(value, dict) and value.get("objectType") == "KalturaAPIException"
    reads = invocation.action.lower().startswith(_READING)
    if kind not in {"none", "bad", "widget"} or not (is_error or reads):
        return None
    # The callback is put around a cached answer anew.
    return f"{kind} {_names_and_params(invocation)} {invocation.text('callback')}"


def _names_and_params(invocation: Invocation) -> str:
    """What is asked, without what does not matter to the answer."""
    params = sorted(
        (name, repr(each))
        for name, each in invocation.params.items()
        if name not in _OUTSIDE_THE_KEY
    )
    return repr((f"{invocation.service}.{invocation.action}".lower(), params))


def _kind_of_caller(behaviour: Behaviour, world: World, invocation: Invocation) -> str:
    """The kind of the caller's session, `bad` where its KS cannot be read."""
    try:
        return behaviour.authenticate(world, invocation).kind
    except ApiFault:
        return "bad"
