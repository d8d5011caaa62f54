"""XML answers: `xml/result` and `xml/executionTime` (CONTRACT WIRE-43 to WIRE-45, ERR-03)."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from conformance.wire.decoding.unreadable import UnreadableError, excerpt, stray_text

_BEGINNING = re.compile(rb"<\?xml|<xml[\s>/]", re.IGNORECASE)
_NEAR = 10


def read_xml(body: bytes) -> Any:
    """The value: text, a list, or a mapping; an error in the shape that it has in JSON.

    An empty element is `""`: null, the empty text and the empty list look alike.
    """
    result = _document(body).find("result")
    if result is None:
        raise UnreadableError("no 'result' element under 'xml'")
    return _value(result)


def execution_time(body: bytes) -> str | None:
    """The text of `xml/executionTime` in seconds; None without one, or in no sound document."""
    try:
        return _document(body).findtext("executionTime")
    except UnreadableError:
        return None


def _document(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(_reason(body, str(error), error.position)) from error
    if root.tag != "xml":
        if str(root.tag).lower() == "html":
            raise UnreadableError(_reason(body, "an HTML page", (0, 0)))
        raise UnreadableError(f"the root element is '{root.tag}' instead of 'xml'")
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("a document type, which an answer never has")
    return root


def _reason(body: bytes, problem: str, position: tuple[int, int]) -> str:
    if reason := stray_text(body, document=_BEGINNING, format_name="XML"):
        return reason
    if not body.rstrip().endswith(b"</xml>") and b"</xml>" in body:
        return f"text after the document: '{excerpt(body.rpartition(b'</xml>')[2])}'"
    lines = body.split(b"\n")
    line, column = position
    at_the_end = line >= len(lines) and column + _NEAR >= len(lines[-1])
    if b"</xml>" not in body and at_the_end:
        return f"body cut: {len(body)} bytes end in the middle of the document"
    return f"not XML: {problem}"


def _value(element: etree._Element) -> Any:
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        return element.text or ""
    _refuse_text_between(element, children)
    tags = [str(child.tag) for child in children]
    if tags == ["error"] and _is_error(children[0]):
        return _error(children[0])
    if all(tag == "item" for tag in tags):
        return _items(children)
    if len(set(tags)) != len(tags):
        doubled = next(tag for tag in tags if tags.count(tag) > 1)
        raise UnreadableError(f"the element '{doubled}' twice in one object")
    return {tag: _value(child) for tag, child in zip(tags, children, strict=True)}


def _items(items: list[etree._Element]) -> Any:
    """A list, or a mapping where every item has an `itemKey`."""
    keys = [item.findtext("itemKey") for item in items]
    if any(key is None for key in keys):
        return [_value(item) for item in items]
    values = [_value(item) for item in items]
    return {
        str(key): {name: member for name, member in value.items() if name != "itemKey"}
        for key, value in zip(keys, values, strict=True)
    }


def _is_error(element: etree._Element) -> bool:
    return element.find("code") is not None and element.find("message") is not None


def _error(element: etree._Element) -> dict[str, Any]:
    """The error with its arguments as a mapping, or `[]` where there are none, as in JSON."""
    args = element.find("args")
    members = {
        str(child.tag): _value(child)
        for child in element
        if isinstance(child.tag, str) and child is not args
    }
    if args is not None:
        named = {item.findtext("name") or "": item.findtext("value") or "" for item in args}
        members["args"] = named or []
    return members


def _refuse_text_between(element: etree._Element, children: list[etree._Element]) -> None:
    """A message that a server prints while it writes lands between the elements."""
    for text in (element.text, *(child.tail for child in children)):
        if text and not text.isspace():
            raise UnreadableError(f"text inside the document: '{excerpt(text.encode())}'")
