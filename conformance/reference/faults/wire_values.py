"""Faults of what becomes of a text, a number and a time on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.faults.wire_message import (
    KEPT,
    XML,
    as_decoded,
    as_read,
    as_written,
    is_in,
    with_params,
)
from conformance.reference.scalars import to_int

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import HttpRequest
    from conformance.reference.request import Invocation, Params
    from conformance.reference.storage import Document
    from conformance.schema.model import Action


@fault("WIRE-CAST-001")
def text_is_no_number(behaviour: Behaviour) -> Behaviour:
    """An int given as text with letters behind it is 0."""

    def change(action: Action, params: Params) -> Params:
        numbers = {param.name for param in action.params if param.type.kind == "int"}
        return {
            name: 0 if name in numbers and isinstance(value, str) and not value.isdigit() else value
            for name, value in params.items()
        }

    return as_decoded(behaviour, change)


@fault("WIRE-TEXT-001")
def form_is_read_as_latin(behaviour: Behaviour) -> Behaviour:
    """The text of an urlencoded form is read as Latin-1."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        if not is_in(request, "application/x-www-form-urlencoded"):
            return invocation
        params = {
            name: value.encode("utf-8", "replace").decode("latin-1")
            if isinstance(value, str)
            else value
            for name, value in invocation.params.items()
        }
        return with_params(invocation, params)

    return as_read(behaviour, change)


@fault("WIRE-TEXT-001")
def form_loses_plus_signs(behaviour: Behaviour) -> Behaviour:
    """A plus sign of an urlencoded form is a blank even where it was encoded."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        if not is_in(request, "application/x-www-form-urlencoded"):
            return invocation
        params = {
            name: value.replace("+", " ") if isinstance(value, str) and name not in KEPT else value
            for name, value in invocation.params.items()
        }
        return with_params(invocation, params)

    return as_read(behaviour, change)


@fault("WIRE-TEXT-002")
def names_are_stored_in_latin(behaviour: Behaviour) -> Behaviour:
    """Letters that Latin-1 does not have are stored as question marks."""

    def change(_call: Call, document: Document) -> Document:
        name = document.get("name")
        if isinstance(name, str):
            document["name"] = name.encode("latin-1", "replace").decode("latin-1")
        return document

    return alteration.kept(behaviour, change)


@fault("WIRE-TEXT-001")
def xml_does_not_escape(behaviour: Behaviour) -> Behaviour:
    """An ampersand in a text stands in XML as it is."""
    return as_written(behaviour, XML, lambda content: content.replace(b"&amp;", b"&"))


@fault("WIRE-TIME-001")
def small_times_are_stored_as_they_are(behaviour: Behaviour) -> Behaviour:
    """A relative time is taken for one soon after the beginning of time."""

    def change(call: Call, document: Document) -> Document:
        entity = next((v for v in call.arguments.values() if isinstance(v, dict)), {})
        raw = [v for v in call.invocation.params.values() if isinstance(v, dict)]
        sent = next((to_int(each["startDate"]) for each in raw if "startDate" in each), None)
        if sent is None or "startDate" not in entity:
            return document
        return {**document, "startDate": sent}

    return alteration.kept(behaviour, change)
