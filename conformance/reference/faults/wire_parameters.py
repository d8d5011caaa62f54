"""Faults of what names a call: its service, its action, its format, its other parameters."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.errors import ApiFault
from conformance.reference.faults.registry import fault
from conformance.reference.faults.wire_message import (
    KEPT,
    as_decoded,
    as_read,
    with_params,
)
from conformance.reference.request import group, read_body, read_form
from conformance.reference.scalars import to_text

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import HttpRequest
    from conformance.reference.request import Invocation, Params
    from conformance.reference.world import World
    from conformance.schema.model import Action

OF_EVERY_CALL = KEPT | {
    "p",
    "partnerId",
    "clientTag",
    "apiVersion",
    "kalsig",
    "language",
    "responseProfile",
    "ignoreNull",
    "content-type",
}


@fault("WIRE-XML-005")
def ignore_null_is_not_read(behaviour: Behaviour) -> Behaviour:
    """XML keeps its empty elements whatever is asked."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        params = {name: each for name, each in invocation.params.items() if name != "ignoreNull"}
        return with_params(invocation, params)

    return as_read(behaviour, change)


@fault("WIRE-FORMAT-004")
def json_is_the_default_format(behaviour: Behaviour) -> Behaviour:
    """A call without a format is answered in JSON."""
    return as_read(
        behaviour, lambda _request, call: with_params(call, {"format": 1, **call.params})
    )


@fault("WIRE-FORMAT-005")
def unknown_format_is_json(behaviour: Behaviour) -> Behaviour:
    """A format that nobody knows is taken for JSON."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        if invocation.text("format") in {"1", "2", "3", "9", ""}:
            return invocation
        return with_params(invocation, {**invocation.params, "format": 1})

    return as_read(behaviour, change)


@fault("WIRE-JSONP-002")
def any_callback_is_taken(behaviour: Behaviour) -> Behaviour:
    """A callback is cleaned instead of refused."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        name = re.sub(r"[^0-9A-Za-z_.]", "", invocation.text("callback")) or "callback"
        return with_params(invocation, {**invocation.params, "callback": name})

    return as_read(behaviour, change)


@fault("WIRE-NAME-001")
def service_name_has_a_case(behaviour: Behaviour) -> Behaviour:
    """A service id in capitals is unknown."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        if not invocation.service.isupper():
            return invocation
        return structs.replace(invocation, service=f"{invocation.service}?")

    return as_read(behaviour, change)


@fault("WIRE-NAME-002")
def action_name_has_a_case(behaviour: Behaviour) -> Behaviour:
    """An action name in capitals is unknown."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        if not invocation.action.isupper():
            return invocation
        return structs.replace(invocation, action=f"{invocation.action}?")

    return as_read(behaviour, change)


@fault("WIRE-NAME-003")
def parameter_names_have_no_case(behaviour: Behaviour) -> Behaviour:
    """A parameter is found by its name in any case."""

    def change(action: Action, params: Params) -> Params:
        declared = {param.name.lower(): param.name for param in action.params}
        return {declared.get(name.lower(), name): value for name, value in params.items()}

    return as_decoded(behaviour, change)


@fault("WIRE-IGNORE-001")
def unknown_parameter_is_refused(behaviour: Behaviour) -> Behaviour:
    """A parameter that the action does not have is an error."""

    def change(action: Action, params: Params) -> Params:
        for name in params:
            if action.param(name) is None and name not in OF_EVERY_CALL:
                raise ApiFault("INVALID_PARAMETER_CHAR", name)
        return params

    return as_decoded(behaviour, change)


@fault("WIRE-IGNORE-002")
def old_client_is_refused(behaviour: Behaviour) -> Behaviour:
    """A client of an old version is an error."""

    def change(_action: Action, params: Params) -> Params:
        if to_text(params.get("apiVersion")).startswith("1."):
            raise ApiFault("INVALID_PARAMETER_CHAR", "apiVersion")
        return params

    return as_decoded(behaviour, change)


@fault("WIRE-IGNORE-003")
def unknown_property_is_refused(behaviour: Behaviour) -> Behaviour:
    """A property that the class does not have is an error."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        for param in action.params:
            value = invocation.params.get(param.name)
            if param.type.kind == "object" and isinstance(value, dict):
                declared = {"objectType", *world.decoder.properties(str(param.type.name))}
                for name in value:
                    if name.startswith("conformance") and name not in declared:
                        raise ApiFault("INVALID_PARAMETER_CHAR", name)
        return sound(world, action, invocation)

    return replace(behaviour, decode_arguments=decode)


@fault("WIRE-URL-001")
def index_does_not_read_its_query(behaviour: Behaviour) -> Behaviour:
    """index.php finds no service in its query."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        is_index = request.path.endswith("/index.php")
        return structs.replace(invocation, service="") if is_index else invocation

    return as_read(behaviour, change)


@fault("WIRE-PRECEDENCE-001")
def body_beats_query(behaviour: Behaviour) -> Behaviour:
    """Of two values the one in the body wins."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        if not request.query or not request.body:
            return invocation
        sent = {k: v for k, v in group(read_body(request)[0]).items() if k not in KEPT}
        return with_params(invocation, {**invocation.params, **sent})

    return as_read(behaviour, change)


@fault("WIRE-PRECEDENCE-002")
def query_beats_path(behaviour: Behaviour) -> Behaviour:
    """Of two values the one in the query wins."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        sent = {k: v for k, v in group(read_form(request.query)).items() if k not in KEPT}
        return with_params(invocation, {**invocation.params, **sent})

    return as_read(behaviour, change)


@fault("WIRE-LANG-001")
def language_is_not_read(behaviour: Behaviour) -> Behaviour:
    """Any language is taken."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        params = {name: each for name, each in invocation.params.items() if name != "language"}
        return with_params(invocation, params)

    return as_read(behaviour, change)


@fault("WIRE-FORMAT-006")
def format_is_compared_as_text(behaviour: Behaviour) -> Behaviour:
    """The format 01 is not the format 1."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        if invocation.text("format") != "01":
            return invocation
        return with_params(invocation, {**invocation.params, "format": 77})

    return as_read(behaviour, change)
