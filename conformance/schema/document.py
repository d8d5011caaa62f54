"""Bytes of a schema file to its elements. The one module that touches XML; it knows no model.

What is not a schema at all (a notice, an HTML page, an API answer, an entity bomb) is refused here.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from lxml import etree

from conformance.exceptions import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_BYTES = 64 * 1024 * 1024
"""No schema is nearly as large; more is junk."""

ROOT = "xml"
SECTIONS = ("enums", "classes", "services", "plugins", "errors", "configurations")
UNITS = ("enum", "class", "service", "plugin", "error", "client", "request")
"""The elements that a file is read by, one at a time, so that the whole tree is never held."""

SHOWN_CHARACTERS = 80
NOTICE_BYTES = 2_000


def elements(content: bytes, source: str) -> Iterator[etree._Element]:
    """The root as it opens, then every unit, and every section after its units.

    SchemaError for what is no schema, or breaks off.
    What was yielded is emptied when the next one is asked for, but for its name and line.
    """
    _refuse_strangers(content, source)
    events = etree.iterparse(
        BytesIO(content),
        events=("start", "end"),
        tag=(ROOT, *SECTIONS, *UNITS, "result", "error", "executionTime"),
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        yield from _units(events, source)
    except etree.XMLSyntaxError as error:
        text = (error.msg or "no element found").partition(", line ")[0]
        cut = "premature end" in text.lower() or not content.rstrip().endswith(b">")
        raise SchemaError(
            f"not well-formed XML: {text}",
            place=f"{source}:{error.lineno or 1}",
            hint="Was the file cut?" if cut else "",
        ) from error


def place(source: str, element: etree._Element) -> str:
    """`source:line <element name>`, as every SchemaError says it."""
    label = " ".join(
        part for part in (element.tag, element.get("name") or element.get("id")) if part
    )
    return f"{source}:{line_of(element)} <{label}>"


def line_of(element: etree._Element) -> int:
    """The element's line, 0 where the parser does not know it."""
    # The stubs give this attribute the type of `...`.
    line: Any = element.sourceline
    return int(line or 0)


def _units(events: etree.iterparse, source: str) -> Iterator[etree._Element]:
    depth = 0
    for event, element in events:
        if event == "start":
            depth += 1
            if depth == 1:
                yield _root(element, source)
            elif depth == 2:  # noqa: PLR2004 - a child of the root
                _check_section(element, source)
            continue
        depth -= 1
        if element.tag in {1: SECTIONS, 2: UNITS}.get(depth, ()):
            yield element
            element.clear()
        elif depth == 0:
            yield from (child for child in element if child.tag not in SECTIONS)
    # A file without any of our elements has raised no event.
    _root(events.root, source)


def _root(seen: etree._Element, source: str) -> etree._Element:
    """The root, of whatever element was seen first."""
    dtd = seen.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):  # type: ignore[attr-defined]
        raise _entities(source)
    root = seen.getroottree().getroot()
    if root.tag != ROOT:
        raise SchemaError(
            f"the root element is <{root.tag}>, not <{ROOT}>",
            place=place(source, root),
            hint="Is this the server's api_schema.php?",
        )
    return root


def _check_section(element: etree._Element, source: str) -> None:
    if element.tag in {"result", "error", "executionTime"}:
        raise SchemaError(
            "an answer of the API, not a schema",
            place=place(source, element),
            hint="The schema is served at /api_v3/api_schema.php",
        )


def _refuse_strangers(content: bytes, source: str) -> None:
    if not content.strip():
        raise SchemaError("empty", place=source, hint="Was the schema not generated on the server?")
    if len(content) > LARGEST_BYTES:
        raise too_large(source, len(content))
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise SchemaError(
            "an HTML page, not a schema",
            place=f"{source}:1",
            hint="Is the URL that of the API? The schema is served at /api_v3/api_schema.php",
        )
    if b"<!ENTITY" in content:
        raise _entities(source)
    if not head.startswith((b"<", b"\xfe\xff", b"\xff\xfe", b"\x00")):
        raise _not_xml(content, source)


def _not_xml(content: bytes, source: str) -> SchemaError:
    start = content.strip()[:SHOWN_CHARACTERS].decode("utf-8", "replace")
    shown = "".join(c if c.isprintable() else "." for c in start)
    if content.lstrip()[:1] in {b"{", b"["}:
        return SchemaError(
            f"JSON, not XML: '{shown}'",
            place=f"{source}:1",
            hint="The schema is served at /api_v3/api_schema.php, as XML only",
        )
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in content[:NOTICE_BYTES])  # noqa: PLR2004 - ASCII
    if len(content) <= NOTICE_BYTES and printable >= 0.9 * len(content):
        return SchemaError(
            f"schema not generated on the server: it answers the text '{shown}'",
            place=f"{source}:1",
            hint="Generate it there (the generator writes KalturaClient.xml), or give a file",
        )
    return SchemaError(f"not XML: it starts with '{shown}'", place=f"{source}:1")


def _entities(source: str) -> SchemaError:
    return SchemaError(
        "the file declares XML entities, which no schema does",
        place=f"{source}:1 <!DOCTYPE>",
        hint="It is refused unread, because entities can be made to explode",
    )


def too_large(source: str, size: int | None) -> SchemaError:
    """The error for more bytes than any schema has; `size` is None where reading was given up."""
    known = f"{size:,} bytes" if size is not None else "the answer"
    return SchemaError(
        f"{known} is more than the {LARGEST_BYTES:,} bytes that a schema may have", place=source
    )
