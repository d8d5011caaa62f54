"""Oracles of the wire area over a single XML answer: envelope, elements, their order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from conformance.oracles.answers import asked_format, is_document, xml_root
from conformance.oracles.claim import oracle
from conformance.verdict.breach import Breach
from conformance.wire.request import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema
    from conformance.wire.exchange import Exchange


@oracle("WIRE-XML-001")
def xml_has_result_and_execution_time(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """An XML answer is an `xml` element that holds one `result` and one `executionTime`."""
    root = _xml(exchange, action)
    if root is None:
        return
    children = [str(child.tag) for child in root]
    if root.tag != "xml" or children.count("result") != 1 or children.count("executionTime") != 1:
        yield Breach(
            where="/",
            expected="xml with result and executionTime",
            actual=f"{root.tag} with {', '.join(children[:6]) or 'no element'}",
            exchanges=(exchange.number,),
        )


@oracle("WIRE-XML-002")
def xml_execution_time_is_seconds(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """The `executionTime` of an XML answer is a number of seconds, zero or more."""
    root = _xml(exchange, action)
    element = root.find("executionTime") if root is not None else None
    if element is None:
        return
    text = element.text or ""
    if not _is_seconds(text):
        yield Breach(
            where="/xml/executionTime",
            expected="a number of seconds",
            actual=repr(text),
            exchanges=(exchange.number,),
        )


@oracle("WIRE-XML-003")
def xml_writes_every_property(
    exchange: Exchange, action: Action, schema: Schema, lineage: Lineage
) -> Iterator[Breach]:
    """An object in XML has an element for each readable property of its class, null or not."""
    if {"ignoreNull", "responseProfile"} & exchange.call.params.keys():
        return
    for where, element, class_name in _xml_objects(exchange, action, schema):
        written = {child.tag for child in element}
        owed = [
            prop.name
            for prop in lineage.properties(class_name).values()
            if not (prop.write_only or prop.requires_permissions)
            and not prop.name.startswith("multiLingual_")
        ]
        missing = [name for name in owed if name not in written]
        if missing:
            yield Breach(
                where=where,
                expected=f"an element for each property of {class_name}",
                actual="without " + ", ".join(missing[:5]),
                hint="a null property is an empty element in XML",
                exchanges=(exchange.number,),
            )


@oracle("WIRE-XML-004")
def xml_orders_properties_base_first(
    exchange: Exchange, action: Action, schema: Schema, lineage: Lineage
) -> Iterator[Breach]:
    """An object in XML starts with `objectType`; its properties run from base to derived class."""
    for where, element, class_name in _xml_objects(exchange, action, schema):
        declared = list(lineage.properties(class_name))
        written = [str(child.tag) for child in element]
        known = [name for name in written if name in declared]
        if written[0] != "objectType" or known != [n for n in declared if n in known]:
            yield Breach(
                where=where,
                expected="objectType, then the properties from base to derived",
                actual=", ".join(written[:6]),
                exchanges=(exchange.number,),
            )


def _xml(exchange: Exchange, action: Action) -> etree._Element | None:
    if action.result.kind == "file" or asked_format(exchange) is not Format.XML:
        return None
    return xml_root(exchange.response.body) if is_document(exchange) else None


def _is_seconds(text: str) -> bool:
    try:
        seconds = float(text)
    except ValueError:
        return False
    return math.isfinite(seconds) and seconds >= 0


def _xml_objects(
    exchange: Exchange, action: Action, schema: Schema
) -> Iterator[tuple[str, etree._Element, str]]:
    root = _xml(exchange, action)
    if root is None:
        return
    tree = root.getroottree()
    for marker in root.iter("objectType"):
        owner, name = marker.getparent(), (marker.text or "").strip()
        if owner is not None and not len(marker) and name in schema.classes:
            yield tree.getpath(owner), owner, name
