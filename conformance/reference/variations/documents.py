"""How documents are written: white space, order, escapes, envelopes."""

from __future__ import annotations

import json
import re
from random import Random
from typing import TYPE_CHECKING, Any

from conformance.reference.variations import walking
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour

_DECLARATION = re.compile(rb"<\?xml[^>]*\?>\s*")
_BETWEEN = re.compile(rb"(</[^>]+>)(<)")
_INSIDE = re.compile(rb"(<(?:xml|result|error|item|objects|args)>)(<(?!/))")
_EMPTY = re.compile(rb"<([A-Za-z_]\w*)></\1>")
_TIME = re.compile(rb"<executionTime>[^<]*</executionTime>")
_TEXT = re.compile(rb"<(name|description|tags|message)>([^<]+)</\1>")


@variation("CONTRACT WIRE-42: the order of JSON members means nothing")
def json_members_are_shuffled(behaviour: Behaviour) -> Behaviour:
    """The members of every JSON object come in another order each time."""
    random = Random(11)  # noqa: S311 - an order, no secret

    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            return [shuffled(item) for item in value]
        if isinstance(value, dict):
            members = [(name, shuffled(member)) for name, member in value.items()]
            random.shuffle(members)
            return dict(members)
        return value

    return _rewritten(behaviour, lambda value: json.dumps(shuffled(value)))


@variation("CONTRACT WIRE-42: white space between JSON tokens means nothing")
def json_is_indented(behaviour: Behaviour) -> Behaviour:
    """JSON is written for people, on many lines, with a line feed at its end."""
    return _rewritten(behaviour, lambda value: json.dumps(value, indent=4) + "\n")


@variation("CONTRACT WIRE-41")
def json_is_plain_utf8(behaviour: Behaviour) -> Behaviour:
    """JSON escapes neither letters nor slashes."""
    return _rewritten(behaviour, lambda value: json.dumps(value, ensure_ascii=False))


@variation("CONTRACT ERR-02")
def no_arguments_are_an_empty_object(behaviour: Behaviour) -> Behaviour:
    """An error without arguments has `{}` for them in place of `[]`."""
    return walking.documents(
        behaviour, walking.JSON, lambda content: content.replace(b'"args":[]', b'"args":{}')
    )


@variation("CONTRACT WIRE-56; OBSERVED 16")
def xml_has_no_declaration(behaviour: Behaviour) -> Behaviour:
    """No XML answer starts with a declaration."""
    return walking.documents(
        behaviour, walking.XML, lambda content: _DECLARATION.sub(b"", content, count=1)
    )


@variation("CONTRACT WIRE-43: white space between elements means nothing")
def xml_is_indented(behaviour: Behaviour) -> Behaviour:
    """XML has line feeds and blanks between elements that follow each other."""

    def change(content: bytes) -> bytes:
        spaced = _BETWEEN.sub(rb"\1\n    \2", content)
        return _INSIDE.sub(rb"\1\n    \2", spaced) + b"\n"

    return walking.documents(behaviour, walking.XML, change)


@variation("CONTRACT 10: clients pass over elements that they do not know")
def xml_envelope_has_more_elements(behaviour: Behaviour) -> Behaviour:
    """The envelope has an element besides the result and the execution time."""

    def change(content: bytes) -> bytes:
        before, end, after = content.rpartition(b"</xml>")
        return before + b"<serverTime>1</serverTime>" + end + after

    return walking.documents(behaviour, walking.XML, change)


@variation("CONTRACT 10: clients read elements alone")
def xml_elements_have_attributes(behaviour: Behaviour) -> Behaviour:
    """The envelope's elements and those of lists have attributes."""

    def change(content: bytes) -> bytes:
        marked = content.replace(b"<xml>", b'<xml version="3.3.0">')
        return marked.replace(b"<result>", b'<result cached="0">').replace(
            b"<objects>", b'<objects count="many">'
        )

    return walking.documents(behaviour, walking.XML, change)


@variation("OBSERVED 17: `<result/>` is the same element")
def xml_empty_elements_close_themselves(behaviour: Behaviour) -> Behaviour:
    """Empty elements are written with one tag, the result of a void action too."""
    return walking.documents(behaviour, walking.XML, lambda content: _EMPTY.sub(rb"<\1/>", content))


@variation("CONTRACT WIRE-43: CDATA is text")
def xml_texts_are_cdata(behaviour: Behaviour) -> Behaviour:
    """Names, descriptions, tags and messages that need no escape are CDATA sections."""

    def section(match: re.Match[bytes]) -> bytes:
        name, text = match.groups()
        return match[0] if b"&" in text else b"<%b><![CDATA[%b]]></%b>" % (name, text, name)

    return walking.documents(behaviour, walking.XML, lambda content: _TEXT.sub(section, content))


@variation("CONTRACT ERR-04")
def xml_errors_have_another_order(behaviour: Behaviour) -> Behaviour:
    """In an XML error the message comes before the code."""
    pair = re.compile(rb"(<code>[^<]*</code>)(<message>[^<]*</message>)")
    return walking.documents(behaviour, walking.XML, lambda content: pair.sub(rb"\2\1", content))


@variation("OBSERVED 16")
def xml_takes_no_time(behaviour: Behaviour) -> Behaviour:
    """The execution time is tiny and written with an exponent."""
    tiny = b"<executionTime>1.1920928955078E-5</executionTime>"
    return walking.documents(behaviour, walking.XML, lambda content: _TIME.sub(tiny, content))


@variation("CONTRACT WIRE-44")
def xml_has_no_related_objects(behaviour: Behaviour) -> Behaviour:
    """XML objects lack the empty element `relatedObjects`."""
    return walking.documents(
        behaviour,
        walking.XML,
        lambda content: content.replace(b"<relatedObjects></relatedObjects>", b""),
    )


def _rewritten(behaviour: Behaviour, write: Callable[[Any], str]) -> Behaviour:
    """Write every JSON answer anew."""
    return walking.documents(
        behaviour, walking.JSON, lambda content: write(json.loads(content)).encode()
    )
