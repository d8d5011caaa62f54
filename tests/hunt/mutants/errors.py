"""Faults of refusals: their shape, their code, their arguments, and what is refused at all."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.hunt.codec import Opaque, document
from tests.hunt.message import is_error, is_not_found
from tests.hunt.mutant import answering, around, bytewise

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


def the_error(exchange: Exchange) -> dict[str, Any] | None:
    """The error that an answer as a whole is."""
    try:
        value = document(exchange.answer.body).value
    except Opaque:
        return None
    return value if is_error(value) else None


@answering("*")
def not_found_has_another_code(_call: Call, value: Any, world: World) -> Any:
    """What does not exist is refused as forbidden."""
    return world.error("SERVICE_FORBIDDEN", SERVICE="x->y") if is_not_found(value) else value


@answering("*")
def not_found_is_internal(_call: Call, value: Any, world: World) -> Any:
    """What does not exist is an internal error."""
    return world.error("INTERNAL_SERVERL_ERROR") if is_not_found(value) else value


@answering("get", "update", "delete")
def not_found_is_of_a_sibling(_call: Call, value: Any, world: World) -> Any:
    """What does not exist is refused with another service's code."""
    if not is_not_found(value):
        return value
    code = "CATEGORY_NOT_FOUND" if value["code"] != "CATEGORY_NOT_FOUND" else "ENTRY_ID_NOT_FOUND"
    return world.error(code, **dict.fromkeys(world.schema.errors[code].parameters, "1"))


@answering("*")
def codes_are_lower_case(_call: Call, value: Any, _world: World) -> Any:
    """Error codes come in lower case."""
    if is_error(value):
        value["code"] = str(value["code"]).lower()
    return value


@answering("*")
def codes_are_numbers(_call: Call, value: Any, _world: World) -> Any:
    """Error codes come as numbers."""
    if is_error(value):
        value["code"] = 400
    return value


@answering("*")
def codes_are_missing(_call: Call, value: Any, _world: World) -> Any:
    """Errors have no code."""
    if is_error(value):
        value.pop("code")
    return value


@answering("*")
def messages_are_unfilled(_call: Call, value: Any, world: World) -> Any:
    """Messages show their placeholders."""
    if is_error(value) and value.get("code") in world.schema.errors:
        value["message"] = world.schema.errors[value["code"]].message
    return value


@answering("*")
def messages_are_empty(_call: Call, value: Any, _world: World) -> Any:
    """Messages are empty."""
    if is_error(value):
        value["message"] = ""
    return value


@answering("*")
def messages_are_missing(_call: Call, value: Any, _world: World) -> Any:
    """Errors have no message."""
    if is_error(value):
        value.pop("message", None)
    return value


@answering("*")
def messages_are_another_error(_call: Call, value: Any, _world: World) -> Any:
    """The message is that of another error."""
    if is_error(value):
        value["message"] = "Unable to start session for partner 1"
    return value


@answering("*")
def args_are_missing(_call: Call, value: Any, _world: World) -> Any:
    """Errors have no args."""
    if is_error(value):
        value.pop("args", None)
    return value


@answering("*")
def args_are_always_empty(_call: Call, value: Any, _world: World) -> Any:
    """args is always an empty list."""
    if is_error(value):
        value["args"] = []
    return value


@answering("*")
def args_are_pairs(_call: Call, value: Any, _world: World) -> Any:
    """args is a list of pairs."""
    if is_error(value) and isinstance(value.get("args"), dict):
        value["args"] = [{"name": k, "value": v} for k, v in value["args"].items()]
    return value


@answering("*")
def args_are_a_list_of_values(_call: Call, value: Any, _world: World) -> Any:
    """args is a list of bare values."""
    if is_error(value) and isinstance(value.get("args"), dict):
        value["args"] = list(value["args"].values())
    return value


@answering("*")
def args_are_named_in_lower_case(_call: Call, value: Any, _world: World) -> Any:
    """The names in args are in lower case."""
    if is_error(value) and isinstance(value.get("args"), dict):
        value["args"] = {k.lower(): v for k, v in value["args"].items()}
    return value


@answering("*")
def args_hold_another_value(_call: Call, value: Any, _world: World) -> Any:
    """args do not echo what was asked for."""
    if is_error(value) and isinstance(value.get("args"), dict):
        value["args"] = dict.fromkeys(value["args"], "somethingElse")
    return value


@answering("*")
def args_are_null(_call: Call, value: Any, _world: World) -> Any:
    """args is null."""
    if is_error(value):
        value["args"] = None
    return value


@answering("*")
def errors_have_no_object_type(_call: Call, value: Any, _world: World) -> Any:
    """Errors have no objectType."""
    if is_error(value):
        return {k: v for k, v in value.items() if k != "objectType"}
    return value


@answering("*")
def errors_are_of_another_type(_call: Call, value: Any, _world: World) -> Any:
    """The objectType of errors is KalturaException."""
    return {**value, "objectType": "KalturaException"} if is_error(value) else value


@answering("*")
def errors_in_an_envelope(_call: Call, value: Any, _world: World) -> Any:
    """Errors come in an envelope."""
    return {"error": {**value, "objectType": "KalturaAPIError"}} if is_error(value) else value


@answering("*")
def errors_show_a_stack_trace(_call: Call, value: Any, _world: World) -> Any:
    """Messages end in a stack trace."""
    if is_error(value):
        value["message"] = f"{value.get('message')}\n#0 /opt/kaltura/app/api_v3/lib/Front.php(81)"
    return value


@bytewise()
def errors_are_http_400(exchange: Exchange, _world: World) -> None:
    """Errors are sent with HTTP 400."""
    if the_error(exchange):
        exchange.answer.status = 400


@bytewise()
def not_found_is_http_404(exchange: Exchange, _world: World) -> None:
    """What does not exist is sent with HTTP 404."""
    if is_not_found(the_error(exchange)):
        exchange.answer.status = 404


@bytewise()
def forbidden_is_http_403(exchange: Exchange, _world: World) -> None:
    """What is forbidden is sent with HTTP 403."""
    error = the_error(exchange)
    if error and error.get("code") in ("SERVICE_FORBIDDEN", "INVALID_KS"):
        exchange.answer.status = 403


@bytewise()
def errors_are_http_500(exchange: Exchange, _world: World) -> None:
    """Errors are sent with HTTP 500 and no body."""
    if the_error(exchange):
        exchange.answer.status, exchange.answer.body = 500, b""


@bytewise()
def errors_are_plain_text(exchange: Exchange, _world: World) -> None:
    """Errors are sent as plain text."""
    error = the_error(exchange)
    if error:
        exchange.answer.body = str(error.get("message")).encode()
        exchange.answer.set("Content-Type", "text/plain")


@bytewise()
def errors_are_always_json(exchange: Exchange, _world: World) -> None:
    """Errors are sent as JSON whatever format is asked for."""
    error = the_error(exchange)
    if error:
        exchange.answer.body = json.dumps(error).encode()


@bytewise()
def errors_are_always_xml(exchange: Exchange, _world: World) -> None:
    """Errors are sent as XML whatever format is asked for."""
    error = the_error(exchange)
    if error:
        code, message = error.get("code"), error.get("message")
        exchange.answer.body = (
            f"<xml><result><error><code>{code}</code><message>{message}</message>"
            "<objectType>KalturaAPIException</objectType><args></args></error></result>"
            "<executionTime>0.1</executionTime></xml>"
        ).encode()


@answering("*")
def the_missing_parameter_is_not_named(_call: Call, value: Any, _world: World) -> Any:
    """A missing parameter is reported without its name."""
    if is_error(value, "MISSING_MANDATORY_PARAMETER"):
        value["args"], value["message"] = [], "Missing parameter"
    return value


@answering("*")
def another_parameter_is_named_missing(_call: Call, value: Any, _world: World) -> Any:
    """A missing parameter is reported by another name."""
    if is_error(value, "MISSING_MANDATORY_PARAMETER") and isinstance(value["args"], dict):
        for name, old in value["args"].items():
            value["message"] = str(value["message"]).replace(old, "objectId")
            value["args"][name] = "objectId"
    return value


@answering("*")
def missing_parameters_have_another_code(_call: Call, value: Any, world: World) -> Any:
    """A missing parameter is an internal error."""
    if is_error(value, "MISSING_MANDATORY_PARAMETER"):
        return world.error("INTERNAL_SERVERL_ERROR")
    return value


@answering("*")
def missing_parameters_answer_null(_call: Call, value: Any, _world: World) -> Any:
    """A missing parameter gives null."""
    return None if is_error(value, "MISSING_MANDATORY_PARAMETER") else value


@answering("*", narrow=False)
def unknown_services_have_another_code(_call: Call, value: Any, world: World) -> Any:
    """An unknown service is reported as an unknown action."""
    if is_error(value, "SERVICE_DOES_NOT_EXISTS"):
        return world.error("ACTION_DOES_NOT_EXISTS", ACTION_NAME="x", SERVICE_NAME="y")
    return value


@answering("*")
def unknown_actions_have_another_code(_call: Call, value: Any, world: World) -> Any:
    """An unknown action is reported as forbidden."""
    if is_error(value, "ACTION_DOES_NOT_EXISTS"):
        return world.error("SERVICE_FORBIDDEN", SERVICE="x->y")
    return value


@answering("*")
def unknown_actions_answer_null(_call: Call, value: Any, _world: World) -> Any:
    """An unknown action gives null."""
    return None if is_error(value, "ACTION_DOES_NOT_EXISTS") else value


@around("*")
def enums_are_not_checked(call: Call, _world: World) -> Any:
    """A value that an enum does not know is accepted."""
    name = call.spec.result.name if call.spec else None
    sent = dict(call.object)
    value = yield
    if is_error(value, "INVALID_ENUM_VALUE"):
        if name and name.endswith("ListResponse"):
            return {"objects": [], "totalCount": 0, "objectType": name}
        return {"objectType": name, **sent} if name else None
    return value


@answering("*")
def enum_errors_name_no_enum(_call: Call, value: Any, _world: World) -> Any:
    """A wrong enum value is reported without the enum's name."""
    if is_error(value, "INVALID_ENUM_VALUE") and isinstance(value["args"], dict):
        value["args"].pop("ENUM_TYPE", None)
    return value


@answering("*")
def enum_errors_have_another_code(_call: Call, value: Any, world: World) -> Any:
    """A wrong enum value is an internal error."""
    if is_error(value, "INVALID_ENUM_VALUE"):
        return world.error("INTERNAL_SERVERL_ERROR")
    return value


@around("*")
def abstract_types_are_accepted(call: Call, _world: World) -> Any:
    """An object of an abstract type is accepted."""
    name = call.spec.result.name if call.spec else None
    sent = dict(call.object)
    value = yield
    if is_error(value, "OBJECT_TYPE_ABSTRACT"):
        if name and name.endswith("ListResponse"):
            return {"objects": [], "totalCount": 0, "objectType": name}
        return {"objectType": name, **sent, "id": 7_000_003} if name else None
    return value


@answering("*")
def abstract_types_are_internal_errors(_call: Call, value: Any, world: World) -> Any:
    """An object of an abstract type is an internal error."""
    if is_error(value, "OBJECT_TYPE_ABSTRACT"):
        return world.error("INTERNAL_SERVERL_ERROR")
    return value


@answering("*")
def scalars_for_objects_are_ignored(_call: Call, value: Any, _world: World) -> Any:
    """A text where an object is due is taken for nothing."""
    return None if is_error(value, "PROPERTY_VALIDATION_WRONG_FORMAT") else value


@answering("*")
def control_characters_are_accepted(_call: Call, value: Any, _world: World) -> Any:
    """Characters that XML cannot hold are accepted."""
    return None if is_error(value, "INVALID_PARAMETER_CHAR") else value


@answering("add", "update")
def property_errors_name_no_class(_call: Call, value: Any, _world: World) -> Any:
    """A property that may not be written is named without its class."""
    if is_error(value, "PROPERTY_VALIDATION_NOT_UPDATABLE") and isinstance(value["args"], dict):
        value["args"] = {k: re.sub(r"^\w+::", "", v) for k, v in value["args"].items()}
    return value


@answering("add", "update")
def property_errors_are_internal(_call: Call, value: Any, world: World) -> Any:
    """Refused properties are internal errors."""
    if is_error(value) and str(value["code"]).startswith("PROPERTY_VALIDATION"):
        return world.error("INTERNAL_SERVERL_ERROR")
    return value


@answering("*")
def calls_are_internal_errors(_call: Call, _value: Any, world: World) -> Any:
    """Calls end in an internal error."""
    return world.error("INTERNAL_SERVERL_ERROR")


@answering("*")
def calls_are_forbidden(_call: Call, value: Any, world: World) -> Any:
    """Calls that succeed are answered as forbidden."""
    return value if is_error(value) else world.error("SERVICE_FORBIDDEN", SERVICE="a->b")


@around("*")
def permission_is_checked_before_parameters(call: Call, world: World) -> Any:
    """Without a session a call is forbidden before its parameters are looked at."""
    ks, name = call.ks, f"{call.service}->{call.action}"
    value = yield
    if not ks and is_error(value, "MISSING_MANDATORY_PARAMETER", "INVALID_ENUM_VALUE"):
        return world.error("SERVICE_FORBIDDEN", SERVICE=name)
    return value


@around("*")
def parameters_are_checked_before_the_session(call: Call, world: World) -> Any:
    """A forged session with a missing parameter is reported as the missing parameter."""
    spec, params = call.spec, dict(call.params)
    needed = [p for p in spec.params if not p.optional and p.type.kind != "array"] if spec else []
    missing = [p.name for p in needed if p.name not in params]
    value = yield
    if is_error(value, "INVALID_KS") and missing:
        return world.error("MISSING_MANDATORY_PARAMETER", PARAM_NAME=missing[0])
    return value


@answering("*")
def successes_look_like_errors(_call: Call, value: Any, _world: World) -> Any:
    """Every object carries an empty error beside its properties."""
    if isinstance(value, dict) and not is_error(value):
        return {"error": None, "code": "", **value}
    return value
