"""Faults of refusals: their status, shape, words and order."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import HttpReply, HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.world import World
    from conformance.schema.model import Action

    Refusal = Callable[[Action, Invocation, ApiFault], ApiFault]

NOT_FOUND = re.compile(r"NOT_FOUND|NOT_ASSIGNED|INVALID_\w+_ID")


def refusing(behaviour: Behaviour, code: str, instead: Refusal) -> Behaviour:
    """Refuse otherwise where the decoding of arguments refuses with a code (its beginning)."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        try:
            return sound(world, action, invocation)
        except ApiFault as refusal:
            if refusal.code.startswith(code):
                raise instead(action, invocation, refusal) from refusal
            raise

    return replace(behaviour, decode_arguments=decode)


def reworded(error: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """An error with other arguments, also in its message."""
    message = error["message"]
    args = {}
    for name, value in error["args"].items():
        args[name] = change(value)
        message = message.replace(value, args[name]) if value else message
    return {**error, "message": message, "args": args}


@fault("ERR-HTTP-001")
def error_answers_with_status_500(behaviour: Behaviour) -> Behaviour:
    """API errors come with HTTP 500."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        failed = b"KalturaAPIException" in made.body
        return msgspec.structs.replace(made, status=500) if failed else made

    return alteration.reply(behaviour, change)


@fault("ERR-SHAPE-001")
def error_lacks_its_args(behaviour: Behaviour) -> Behaviour:
    """Errors have no args."""
    return alteration.error(
        behaviour, lambda error: {key: value for key, value in error.items() if key != "args"}
    )


@fault("ERR-CODE-001")
def error_code_is_in_lower_case(behaviour: Behaviour) -> Behaviour:
    """The code for an unknown entry is in lower case."""
    return alteration.error(
        behaviour,
        lambda error: {**error, "code": error["code"].lower()},
        code="ENTRY_ID_NOT_FOUND",
    )


@fault("ERR-ARGS-001")
def error_arguments_are_renamed(behaviour: Behaviour) -> Behaviour:
    """The names of arguments are in lower case."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        return {**error, "args": {name.lower(): value for name, value in error["args"].items()}}

    return alteration.error(behaviour, change)


@fault("ERR-MSG-001")
def error_message_keeps_its_placeholders(behaviour: Behaviour) -> Behaviour:
    """The placeholders of a message are not filled in."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        message = error["message"]
        for name, value in error["args"].items():
            message = message.replace(value, f"@{name}@") if value else message
        return {**error, "message": message}

    return alteration.error(behaviour, change)


@fault("ERR-LEAK-001")
def error_message_tells_the_file(behaviour: Behaviour) -> Behaviour:
    """A message ends with the file in which the error was raised."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        return {**error, "message": f"{error['message']} in /opt/kaltura/app/api.php on line 7"}

    return alteration.error(behaviour, change, code="MISSING_MANDATORY_PARAMETER")


@fault("ERR-TRUTH-001")
def parameter_that_was_sent_is_missed(behaviour: Behaviour) -> Behaviour:
    """Now and then a required parameter is called missing although it was sent."""
    now = alteration.one_in(10)

    def change(action: Action, decoded: dict[str, Any]) -> dict[str, Any]:
        for param in action.params if action.service != "session" else ():
            if not param.optional and param.type.kind == "string" and now(action):
                raise ApiFault("MISSING_MANDATORY_PARAMETER", param.name)
        return decoded

    return alteration.arguments(behaviour, change)


@fault("ERR-INTERNAL-001")
def list_breaks_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One list in ten answers an internal error."""
    now = alteration.one_in(10)

    def act(_call: Call) -> Any:
        raise ApiFault("INTERNAL_SERVERL_ERROR")

    return alteration.instead(behaviour, "list", act, when=now)


@fault("ERR-SERVICE-001")
def unknown_service_is_shouted(behaviour: Behaviour) -> Behaviour:
    """The name of an unknown service is echoed in upper case."""
    return alteration.error(
        behaviour, lambda error: reworded(error, str.upper), code="SERVICE_DOES_NOT_EXISTS"
    )


@fault("ERR-SERVICE-002")
def missing_service_is_unknown(behaviour: Behaviour) -> Behaviour:
    """A call without a service is refused as if it named an unknown one."""
    sound = behaviour.resolve

    def resolve(world: World, invocation: Invocation) -> Action:
        if not invocation.service:
            raise ApiFault("SERVICE_DOES_NOT_EXISTS", "")
        return sound(world, invocation)

    return replace(behaviour, resolve=resolve)


def resolving(behaviour: Behaviour, act: Callable[[World, Invocation], None]) -> Behaviour:
    """Do something before an unknown action is refused."""
    sound = behaviour.resolve

    def resolve(world: World, invocation: Invocation) -> Action:
        try:
            return sound(world, invocation)
        except ApiFault as refusal:
            if refusal.code == "ACTION_DOES_NOT_EXISTS":
                act(world, invocation)
            raise

    return replace(behaviour, resolve=resolve)


@fault("ERR-ACTION-001")
def unknown_action_is_an_unknown_service(behaviour: Behaviour) -> Behaviour:
    """An unknown action is refused as an unknown service."""

    def act(_world: World, invocation: Invocation) -> None:
        if invocation.action:
            raise ApiFault("SERVICE_DOES_NOT_EXISTS", f"{invocation.service}.{invocation.action}")

    return resolving(behaviour, act)


@fault("ERR-ACTION-002")
def missing_action_is_forbidden(behaviour: Behaviour) -> Behaviour:
    """A call without an action is refused as forbidden."""

    def act(_world: World, invocation: Invocation) -> None:
        if not invocation.action:
            raise ApiFault("SERVICE_FORBIDDEN", f"{invocation.service}->")

    return resolving(behaviour, act)


@fault("ERR-LANG-001")
def any_language_will_do(behaviour: Behaviour) -> Behaviour:
    """A language is not looked at."""
    sound = behaviour.resolve

    def resolve(world: World, invocation: Invocation) -> Action:
        params = {name: value for name, value in invocation.params.items() if name != "language"}
        return sound(world, msgspec.structs.replace(invocation, params=params))

    return replace(behaviour, resolve=resolve)


@fault("ERR-MISSING-001")
def last_missing_parameter_is_named(behaviour: Behaviour) -> Behaviour:
    """Of several missing parameters the last one is named."""

    def instead(action: Action, _invocation: Invocation, refusal: ApiFault) -> ApiFault:
        needed = [p.name for p in action.params if not p.optional and p.type.kind != "array"]
        return ApiFault(refusal.code, needed[-1])

    return refusing(behaviour, "MISSING_MANDATORY_PARAMETER", instead)


@fault("ERR-ENUM-001")
def foreign_parameter_is_an_unknown_object(behaviour: Behaviour) -> Behaviour:
    """A foreign value of an enum parameter is refused as an unknown object."""

    def instead(action: Action, _invocation: Invocation, refusal: ApiFault) -> ApiFault:
        value, name, *_ = refusal.values
        return ApiFault("INVALID_OBJECT_ID", value) if action.param(name) else refusal

    return refusing(behaviour, "INVALID_ENUM_VALUE", instead)


@fault("ERR-ENUM-002")
def foreign_property_names_no_enum(behaviour: Behaviour) -> Behaviour:
    """The refusal of a foreign property does not say which enum it is of."""

    def instead(action: Action, _invocation: Invocation, refusal: ApiFault) -> ApiFault:
        value, name, *_ = refusal.values
        return refusal if action.param(name) else ApiFault(refusal.code, value, name)

    return refusing(behaviour, "INVALID_ENUM_VALUE", instead)


@fault("ERR-ABSTRACT-001")
def abstract_class_breaks_the_server(behaviour: Behaviour) -> Behaviour:
    """An object of an abstract class answers an internal error."""
    return refusing(
        behaviour, "OBJECT_TYPE_ABSTRACT", lambda *_: ApiFault("INTERNAL_SERVERL_ERROR")
    )


@fault("ERR-OBJECT-001")
def scalar_is_an_unknown_object(behaviour: Behaviour) -> Behaviour:
    """A scalar in the place of an object is refused as an unknown object."""
    return refusing(
        behaviour,
        "PROPERTY_VALIDATION_WRONG_FORMAT",
        lambda _action, _invocation, refusal: ApiFault("INVALID_OBJECT_ID", refusal.values[0]),
    )


@fault("ERR-CHAR-001")
def control_character_blames_a_field(behaviour: Behaviour) -> Behaviour:
    """A control character is refused with another code."""
    return refusing(
        behaviour,
        "INVALID_PARAMETER_CHAR",
        lambda _action, _invocation, refusal: ApiFault("INVALID_FIELD_VALUE", refusal.values[0]),
    )


@fault("ERR-LIMIT-001")
def limit_names_the_class(behaviour: Behaviour) -> Behaviour:
    """The refusal of a value beyond its limit names the property with a class."""

    def instead(_action: Action, _invocation: Invocation, refusal: ApiFault) -> ApiFault:
        name, *rest = refusal.values
        return ApiFault(refusal.code, f"KalturaObject::{name}", *rest)

    return refusing(behaviour, "PROPERTY_VALIDATION_M", instead)


@fault("ERR-LIMIT-001")
def lengths_count_characters(behaviour: Behaviour) -> Behaviour:
    """A published length limits characters, not bytes."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        try:
            return sound(world, action, invocation)
        except ApiFault as refusal:
            if refusal.code != "PROPERTY_VALIDATION_MAX_LENGTH":
                raise
            params = _each_text(invocation.params, lambda text: re.sub(r"[^\x00-\x7f]", "e", text))
            return sound(world, action, msgspec.structs.replace(invocation, params=params))

    return replace(behaviour, decode_arguments=decode)


@fault("ERR-LIMIT-002")
def longest_text_is_too_long(behaviour: Behaviour) -> Behaviour:
    """A text that is just as long as allowed is refused as too long."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        decoded = sound(world, action, invocation)
        params = _each_text(invocation.params, lambda text: f"{text}x")
        try:
            sound(world, action, msgspec.structs.replace(invocation, params=params))
        except ApiFault as refusal:
            if refusal.code == "PROPERTY_VALIDATION_MAX_LENGTH":
                raise
        return decoded

    return replace(behaviour, decode_arguments=decode)


def _each_text(params: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The parameters with every text inside objects changed, but for the names of classes."""

    def changed(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: changed(item, key) for key, item in value.items()}
        return change(value) if isinstance(value, str) and name != "objectType" else value

    return {key: changed(v) if isinstance(v, dict) else v for key, v in params.items()}


@fault("ERR-ORDER-001")
def session_is_checked_after_arguments(behaviour: Behaviour) -> Behaviour:
    """A forged KS is noticed only when the arguments are right."""
    sound = behaviour.authenticate

    def authenticate(world: World, invocation: Invocation) -> Any:
        try:
            return sound(world, invocation)
        except ApiFault:
            action: Action = behaviour.resolve(world, invocation)
            behaviour.decode_arguments(world, action, invocation)
            raise

    return replace(behaviour, authenticate=authenticate)


@fault("ERR-ORDER-002")
def session_is_checked_before_the_action(behaviour: Behaviour) -> Behaviour:
    """A forged KS is noticed before an unknown action."""

    def act(world: World, invocation: Invocation) -> None:
        behaviour.authenticate(world, invocation)

    return resolving(behaviour, act)


@fault("ERR-ORDER-003")
def expiry_is_checked_before_arguments(behaviour: Behaviour) -> Behaviour:
    """An expired KS is noticed before a missing parameter."""
    sound = behaviour.authenticate

    def authenticate(world: World, invocation: Invocation) -> Any:
        session = sound(world, invocation)
        behaviour.check_session(world, session, invocation)
        return session

    return replace(behaviour, authenticate=authenticate)


@fault("ERR-ORDER-004")
def missing_session_hides_a_missing_parameter(behaviour: Behaviour) -> Behaviour:
    """Without a KS a missing parameter is refused as a forbidden service."""

    def instead(action: Action, invocation: Invocation, refusal: ApiFault) -> ApiFault:
        if invocation.params.get("ks"):
            return refusal
        return ApiFault("SERVICE_FORBIDDEN", f"{action.service}->{action.name}")

    return refusing(behaviour, "MISSING_MANDATORY_PARAMETER", instead)


@fault("ERR-FOUND-001")
def unknown_object_is_null(behaviour: Behaviour) -> Behaviour:
    """A get of an unknown id answers null."""
    sound = behaviour.get

    def get(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if NOT_FOUND.search(refusal.code):
                return None
            raise

    return replace(behaviour, get=get)


@fault("ERR-FOUND-002")
def unknown_id_is_another(behaviour: Behaviour) -> Behaviour:
    """The error for an unknown id names another id."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        if not NOT_FOUND.search(error["code"]):
            return error
        return reworded(error, lambda value: value[::-1] + "9")

    return alteration.error(behaviour, change)


@fault("ERR-FOUND-003")
def one_service_has_the_codes_of_another(behaviour: Behaviour) -> Behaviour:
    """An unknown player's set-up is refused as an unknown entry."""
    sound = behaviour.get

    def act(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if refusal.code != "INVALID_UI_CONF_ID":
                raise
            raise ApiFault("ENTRY_ID_NOT_FOUND", *refusal.values) from refusal

    return alteration.instead(behaviour, "get", act, when=alteration.in_services("uiconf"))
