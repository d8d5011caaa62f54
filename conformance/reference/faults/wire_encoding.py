"""Faults of how a request is read, by its method and by the encoding of its body."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.faults.wire_message import (
    JSON,
    KEPT,
    as_read,
    is_in,
    with_params,
)
from conformance.reference.request import group, read_json

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import HttpReply, HttpRequest
    from conformance.reference.request import Invocation


@fault("WIRE-METHOD-001")
def get_ignores_its_parameters(behaviour: Behaviour) -> Behaviour:
    """A call by GET has no parameters of its own."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        return _reduced(invocation) if request.method == "GET" else invocation

    return as_read(behaviour, change)


@fault("WIRE-METHOD-003")
def head_is_refused(behaviour: Behaviour) -> Behaviour:
    """HEAD is answered with status 405."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return structs.replace(made, status=405)

    return alteration.reply(behaviour, change, when=lambda request: request.method == "HEAD")


@fault("WIRE-METHOD-004")
def options_tells_no_methods(behaviour: Behaviour) -> Behaviour:
    """OPTIONS tells no methods."""

    def change(made: HttpReply) -> HttpReply:
        headers = tuple(pair for pair in made.headers if pair[0] != "Access-Control-Allow-Methods")
        return structs.replace(made, headers=headers)

    sound = behaviour.preflight
    return replace(behaviour, preflight=lambda: change(sound()))


@fault("WIRE-ENC-001")
def form_does_not_nest(behaviour: Behaviour) -> Behaviour:
    """Nested parameters of an urlencoded form are lost."""
    return _unnested(behaviour, "application/x-www-form-urlencoded")


@fault("WIRE-ENC-002")
def post_ignores_its_query(behaviour: Behaviour) -> Behaviour:
    """A POST without a body has no parameters of its own."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        queried = request.method == "POST" and not request.body
        return _reduced(invocation) if queried else invocation

    return as_read(behaviour, change)


@fault("WIRE-ENC-003")
def multipart_does_not_nest(behaviour: Behaviour) -> Behaviour:
    """Nested parameters of a multipart body are lost."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        is_plain = b'name="json"' not in request.body
        return (
            _flat(invocation) if is_in(request, "multipart/form-data") and is_plain else invocation
        )

    return as_read(behaviour, change)


@fault("WIRE-ENC-004")
def json_part_does_not_nest(behaviour: Behaviour) -> Behaviour:
    """Nested parameters of a part named json are lost."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        has_part = b'name="json"' in request.body
        return (
            _flat(invocation) if is_in(request, "multipart/form-data") and has_part else invocation
        )

    return as_read(behaviour, change)


@fault("WIRE-ENC-005")
def brackets_are_not_read(behaviour: Behaviour) -> Behaviour:
    """Bracket notation is taken for a plain name."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        return _flat(invocation) if b"%5B" in request.body else invocation

    return as_read(behaviour, change)


@fault("WIRE-ENC-006")
def colons_in_json_are_not_read(behaviour: Behaviour) -> Behaviour:
    """A JSON key with colons is taken for a plain name."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        has_colons = is_in(request, JSON) and any(":" in key for key in read_json(request.body))
        return _flat(invocation) if has_colons else invocation

    return as_read(behaviour, change)


@fault("WIRE-BODY-002")
def malformed_json_is_an_error(behaviour: Behaviour) -> Behaviour:
    """JSON that cannot be read makes the whole request unreadable."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        broken = is_in(request, JSON) and request.body not in {b"", b"{}"}
        if broken and not read_json(request.body):
            return structs.replace(invocation, service="")
        return invocation

    return as_read(behaviour, change)


@fault("WIRE-BODY-001")
def charset_is_no_matter(behaviour: Behaviour) -> Behaviour:
    """JSON is read whatever stands behind its content type."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        if not is_in(request, f"{JSON};"):
            return invocation
        params = {**group(read_json(request.body)), **invocation.params}
        return with_params(invocation, params)

    return as_read(behaviour, change)


def _unnested(behaviour: Behaviour, content_type: str) -> Behaviour:
    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        return _flat(invocation) if is_in(request, content_type) else invocation

    return as_read(behaviour, change)


def _reduced(invocation: Invocation) -> Invocation:
    """Without parameters of the action's own."""
    return with_params(invocation, {k: v for k, v in invocation.params.items() if k in KEPT})


def _flat(invocation: Invocation) -> Invocation:
    """Without nested parameters."""
    params = {k: v for k, v in invocation.params.items() if not isinstance(v, dict | list)}
    return with_params(invocation, params)


@fault("WIRE-ENC-007")
def forms_lose_arrays_in_arrays(behaviour: Behaviour) -> Behaviour:
    """Of an array in an array, a form's items are lost."""
    sound = behaviour.read_request

    def without(value: Any, depth: int) -> Any:
        if not isinstance(value, dict):
            return value
        is_array = bool(value) and all(key.isdigit() for key in value)
        if is_array and depth:
            return {}
        return {key: without(each, depth + is_array) for key, each in value.items()}

    def read(request: HttpRequest) -> Invocation:
        invocation = sound(request)
        if request.header("content-type").strip().lower() == JSON:
            return invocation
        grouped = group(invocation.params)
        # A batch's members are numbered too, and are no array.
        params = {k: v if k.isdigit() else without(v, 0) for k, v in grouped.items()}
        return structs.replace(invocation, params=params)

    return replace(behaviour, read_request=read)


@fault("WIRE-METHOD-005")
def get_writes_nothing(behaviour: Behaviour) -> Behaviour:
    """An update by GET answers the object as it is."""
    sound = behaviour.update

    def act(call: Call) -> Any:
        if call.invocation.http.method == "GET":
            return call.behaviour.get(call)
        return sound(call)

    return alteration.instead(behaviour, "update", act)
