"""Faults of how an answer is written: its document, its media type, its status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.errors import is_error
from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.faults.wire_message import (
    JSON,
    JSONP,
    PHP,
    XML,
    as_written,
)
from conformance.reference.message import HttpReply

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import Body, HttpRequest
    from conformance.reference.request import Invocation

EMPTY_ELEMENT = re.compile(rb"<(?!result|objects|args|relatedObjects)(\w+)></\1>")


@fault("WIRE-DOC-001")
def json_carries_a_warning_before_the_document(behaviour: Behaviour) -> Behaviour:
    """One JSON object in ten has a PHP warning before it."""
    now_and_then = alteration.one_in(10)

    def change(content: bytes) -> bytes:
        if not content.startswith(b"{") or not now_and_then(content):
            return content
        return b"<br />\n<b>Warning</b>: Undefined variable\n" + content

    return as_written(behaviour, JSON, change)


@fault("WIRE-DOC-001")
def xml_is_cut(behaviour: Behaviour) -> Behaviour:
    """XML answers lack their last bytes."""
    return as_written(behaviour, XML, lambda content: content[:-9])


@fault("WIRE-TYPE-001")
def json_is_declared_as_html(behaviour: Behaviour) -> Behaviour:
    """JSON answers have the content type text/html."""

    def change(_invocation: Invocation, _value: Any, made: Body) -> Body:
        return structs.replace(made, content_type=PHP) if made.content_type == JSON else made

    return alteration.body(behaviour, change)


@fault("WIRE-TYPE-001")
def xml_names_another_charset(behaviour: Behaviour) -> Behaviour:
    """XML says that it is Latin-1."""

    def change(_invocation: Invocation, _value: Any, made: Body) -> Body:
        if not made.content_type.startswith(XML):
            return made
        return structs.replace(made, content_type=f"{XML};charset=ISO-8859-1")

    return alteration.body(behaviour, change)


@fault("WIRE-STATUS-001")
def result_has_status_201(behaviour: Behaviour) -> Behaviour:
    """What an add created comes with status 201."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        created = b"objectType" in made.body and b"KalturaAPIException" not in made.body
        return structs.replace(made, status=201) if created else made

    return alteration.reply(behaviour, change)


@fault("WIRE-STATUS-002")
def list_breaks_down_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One list in ten ends with status 500 and an empty body."""
    now_and_then = alteration.one_in(10)

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return HttpReply(500, made.headers, b"") if now_and_then(made) else made

    return alteration.reply(
        behaviour, change, when=lambda request: request.path.lower().endswith("/action/list")
    )


@fault("WIRE-JSON-001")
def json_has_an_envelope(behaviour: Behaviour) -> Behaviour:
    """JSON objects are wrapped as XML results are."""

    def change(_invocation: Invocation, value: Any, made: Body) -> Body:
        if made.content_type != JSON or is_error(value) or not isinstance(value, dict):
            return made
        content = b'{"result":' + made.content + b',"executionTime":0.01}'
        return structs.replace(made, content=content)

    return alteration.body(behaviour, change)


@fault("WIRE-VOID-001")
def delete_answers_true(behaviour: Behaviour) -> Behaviour:
    """A void delete answers true."""
    return alteration.answer(
        behaviour, "delete", lambda _call, value: True if value is None else value
    )


@fault("WIRE-BOOL-001")
def json_booleans_are_text(behaviour: Behaviour) -> Behaviour:
    """Booleans of JSON objects are the texts true and false."""
    return as_written(
        behaviour, JSON, lambda content: re.sub(rb":(true|false)\b", rb':"\1"', content)
    )


@fault("WIRE-XML-001")
def xml_lacks_the_execution_time(behaviour: Behaviour) -> Behaviour:
    """XML answers have no executionTime."""
    pattern = re.compile(rb"<executionTime>.*?</executionTime>")
    return as_written(behaviour, XML, lambda content: pattern.sub(b"", content))


@fault("WIRE-XML-002")
def xml_execution_time_has_a_unit(behaviour: Behaviour) -> Behaviour:
    """The executionTime is written with its unit."""
    return as_written(
        behaviour,
        XML,
        lambda content: content.replace(b"</executionTime>", b" s</executionTime>"),
    )


@fault("WIRE-XML-003")
def xml_leaves_out_nulls(behaviour: Behaviour) -> Behaviour:
    """XML has no element for what is empty."""
    return as_written(behaviour, XML, lambda content: EMPTY_ELEMENT.sub(b"", content))


@fault("WIRE-FORMAT-001")
def xml_counts_differently(behaviour: Behaviour) -> Behaviour:
    """A list's totalCount in XML has one digit more."""
    return as_written(
        behaviour, XML, lambda content: content.replace(b"<totalCount>", b"<totalCount>1")
    )


@fault("WIRE-FORMAT-002")
def php_counts_differently(behaviour: Behaviour) -> Behaviour:
    """A list's totalCount in serialised PHP has one digit more."""
    return as_written(
        behaviour,
        PHP,
        lambda content: content.replace(b's:10:"totalCount";i:', b's:10:"totalCount";i:1'),
    )


@fault("WIRE-FORMAT-003")
def jsonp_counts_differently(behaviour: Behaviour) -> Behaviour:
    """A list's totalCount in JSONP has one digit more."""
    return as_written(
        behaviour, JSONP, lambda content: content.replace(b'"totalCount":', b'"totalCount":1')
    )


@fault("WIRE-JSONP-001")
def jsonp_is_bare_json(behaviour: Behaviour) -> Behaviour:
    """JSONP answers are not wrapped in the callback."""

    def change(content: bytes) -> bytes:
        return content.partition(b"(")[2].rstrip(b";\n").removesuffix(b")")

    return as_written(behaviour, JSONP, change)
