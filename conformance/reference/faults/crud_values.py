"""Faults of values: texts, documents, numbers and arrays, and how they are cleared."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.arguments import CLEAR
from conformance.reference.faults import alteration
from conformance.reference.faults.objects import (
    on_update,
    room_of,
    sent,
)
from conformance.reference.faults.registry import fault
from conformance.reference.lookup import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.storage import Document
    from conformance.schema.model import Action


@fault("CRUD-XML-001")
def documents_lose_their_elements(behaviour: Behaviour) -> Behaviour:
    """Of a metadata document only the root is left."""
    return _with_xml(behaviour, lambda _call, _document: "<metadata/>")


@fault("CRUD-XML-001")
def documents_are_written_once(behaviour: Behaviour) -> Behaviour:
    """An update of a metadata document leaves the one that was added."""

    def first(call: Call, sent: str) -> str:
        added = call.action.name == "add"
        return sent if added else str(find(call, room_of(call)).document.get("xml"))

    return _with_xml(behaviour, first)


@fault("CRUD-TEXT-001")
def text_is_encoded_twice_in_one_service(behaviour: Behaviour) -> Behaviour:
    """The description of a category is stored as if its bytes were Latin-1."""

    def change(_call: Call, document: Document) -> Document:
        text = str(document.get("description", ""))
        return {**document, "description": text.encode().decode("latin-1")}

    return alteration.kept(behaviour, change, when=alteration.in_services("category"))


@fault("CRUD-TEXT-001")
def quotes_are_escaped(behaviour: Behaviour) -> Behaviour:
    """A quote is stored with a backslash before it."""

    def change(_call: Call, document: Document) -> Document:
        texts = {n: v for n, v in document.items() if isinstance(v, str) and n == "description"}
        return {**document, **{n: re.sub(r"(?<!\\)(['\"])", r"\\\1", v) for n, v in texts.items()}}

    return alteration.kept(behaviour, change)


@fault("CRUD-TEXT-003")
def digits_in_texts_are_numbers(behaviour: Behaviour) -> Behaviour:
    """A description of digits is stored without its leading zeros."""

    def change(_call: Call, document: Document) -> Document:
        text = str(document.get("description", ""))
        return {**document, "description": str(int(text))} if text.isdecimal() else document

    return alteration.kept(behaviour, change)


@fault("CRUD-CLEAR-001")
def empty_text_is_taken_for_none(behaviour: Behaviour) -> Behaviour:
    """An update to an empty text changes nothing."""

    def change(_action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: _unless(value, "") for name, value in arguments.items()}

    return _decoding(behaviour, "update", change)


@fault("CRUD-TEXT-002")
def descriptions_are_cut(behaviour: Behaviour) -> Behaviour:
    """A description is kept to 255 letters."""

    def change(_call: Call, document: Document) -> Document:
        text = document.get("description")
        return {**document, "description": text[:255]} if isinstance(text, str) else document

    return alteration.kept(behaviour, change)


@fault("CRUD-TEXT-002")
def lines_are_joined_in_one_service(behaviour: Behaviour) -> Behaviour:
    """playlist keeps a description on one line."""

    def change(_call: Call, document: Document) -> Document:
        text = document.get("description")
        if not isinstance(text, str):
            return document
        return {**document, "description": " ".join(text.split())}

    return alteration.kept(behaviour, change, when=alteration.in_services("playlist"))


@fault("CRUD-UPDATE-001")
def nothing_is_taken_for_not_sent(behaviour: Behaviour) -> Behaviour:
    """An update does not write what is 0 or false."""

    def change(_action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: _unless(value, 0) for name, value in arguments.items()}

    return _decoding(behaviour, "update", change)


@fault("CRUD-UPDATE-001")
def zero_is_not_written_in_one_service(behaviour: Behaviour) -> Behaviour:
    """An update of a category leaves a number that it is to set to 0."""

    def change(call: Call, document: Document) -> Document:
        before = find(call, room_of(call)).document
        zeros = {name for name, value in document.items() if type(value) is int and not value}
        return document | {name: before[name] for name in zeros if name in before}

    return on_update(behaviour, change, "category")


@fault("CRUD-UPDATE-001")
def numbers_lose_their_sign(behaviour: Behaviour) -> Behaviour:
    """A number below nothing is written without its sign."""

    def change(_call: Call, document: Document) -> Document:
        return {name: abs(v) if type(v) is int else v for name, v in document.items()}

    return alteration.kept(behaviour, change)


@fault("CRUD-ARRAY-002")
def arrays_keep_one_item(behaviour: Behaviour) -> Behaviour:
    """Of an array inside of an array's item only the first item is kept."""

    def first(value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {name: first(each, depth) for name, each in value.items()}
        if isinstance(value, list):
            return [first(each, depth + 1) for each in (value[:1] if depth else value)]
        return value

    return alteration.kept(behaviour, lambda _call, document: first(document, 0))


@fault("CRUD-ARRAY-002")
def items_are_shown_as_their_base(behaviour: Behaviour) -> Behaviour:
    """An access rule's condition is shown in the class that all conditions share."""

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(each) for each in value]
        if not isinstance(value, dict):
            return value
        inner = {name: plain(each) for name, each in value.items()}
        condition = str(value.get("objectType")).endswith("Condition")
        return {**inner, "objectType": "KalturaCondition"} if condition else inner

    return alteration.shown(behaviour, lambda _call, seen: plain(seen))


@fault("CRUD-ARRAY-001")
def empty_arrays_are_ignored(behaviour: Behaviour) -> Behaviour:
    """An update with an empty array leaves the one that is there."""

    def change(_action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: _unless(value, []) for name, value in arguments.items()}

    return _decoding(behaviour, "update", change)


@fault("CRUD-ARRAY-001")
def arrays_are_put_together(behaviour: Behaviour) -> Behaviour:
    """An update puts the array it is given behind the one that is there."""

    def change(call: Call, document: Document) -> Document:
        before = find(call, room_of(call)).document
        held = {name: before.get(name) for name in sent(call)}
        return {
            name: [*(held.get(name) or ()), *value] if isinstance(value, list) else value
            for name, value in document.items()
        } | {name: document[name] for name in document.keys() - held.keys()}

    return on_update(behaviour, change)


@fault("CRUD-BOOL-001")
def only_small_letters_are_true(behaviour: Behaviour) -> Behaviour:
    """Of texts, an update takes only true and 1 for true."""

    def change(invocation: Invocation) -> dict[str, Any]:
        return {name: _without_capitals(value) for name, value in invocation.params.items()}

    sound = behaviour.read_request

    def read(request: HttpRequest) -> Invocation:
        invocation = sound(request)
        if invocation.action.lower() != "update":
            return invocation
        return structs.replace(invocation, params=change(invocation))

    return replace(behaviour, read_request=read)


def _without_capitals(value: Any) -> Any:
    """An object in which True is no word for true."""
    if not isinstance(value, dict):
        return value
    return {name: False if each == "True" else each for name, each in value.items()}


@fault("CRUD-CLEAR-002")
def null_marker_is_not_read(behaviour: Behaviour) -> Behaviour:
    """An update that marks a property as null leaves it."""

    def change(_action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: _unless(value, CLEAR) for name, value in arguments.items()}

    return _decoding(behaviour, "update", change)


def _with_xml(behaviour: Behaviour, change: Callable[[Call, str], str]) -> Behaviour:
    """Keep another document than the one that was sent."""

    def changed(call: Call, document: Document) -> Document:
        sent = document.get("xml")
        return {**document, "xml": change(call, sent)} if isinstance(sent, str) else document

    return alteration.kept(behaviour, changed, when=alteration.in_services("metadata_metadata"))


def _decoding(
    behaviour: Behaviour,
    action_name: str,
    change: Callable[[Action, dict[str, Any]], dict[str, Any]],
) -> Behaviour:
    """Change the decoded arguments of one action of every service."""
    return alteration.arguments(
        behaviour,
        lambda action, given: change(action, given) if action.name == action_name else given,
    )


def _unless(value: Any, unwanted: object) -> Any:
    """An object without the properties that hold something unwanted; any other value as it is."""
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if each is not unwanted and each != unwanted}
