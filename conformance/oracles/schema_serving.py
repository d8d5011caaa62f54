"""How the schema is served, and what the file as a whole says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from conformance.exceptions import SchemaError
from conformance.oracles.claim import oracle
from conformance.schema.model import Service
from conformance.schema.parsing import parse_schema
from conformance.verdict.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.model import Schema
    from conformance.wire.exchange import Exchange

XML_TYPES = frozenset({"text/xml", "application/xml"})
"""The real type, and the one that a proxy or another web server may write for it."""
OK = 200
SHOWN = 5


@oracle("SCHEMA-SERVE-001")
def schema_is_served_as_xml(exchange: Exchange) -> Iterator[Breach]:
    """The schema's URL answers status 200 with an XML content type."""
    status = exchange.response.status
    if status != OK:
        yield Breach(
            "status",
            "200",
            str(status),
            "was the schema generated on the server?",
            (exchange.number,),
        )
        return
    served_as = (exchange.response.header("content-type") or "").partition(";")[0].strip().lower()
    if served_as not in XML_TYPES:
        yield Breach(
            "Content-Type", "text/xml", served_as or "absent", exchanges=(exchange.number,)
        )


@oracle("SCHEMA-SERVE-002")
def served_schema_can_be_read(exchange: Exchange) -> Iterator[Breach]:
    """The served file is a schema: well-formed, no dangling reference, no name twice, no cycle."""
    if exchange.response.status != OK:
        return
    try:
        parse_schema(exchange.response.body, "schema")
    except SchemaError as error:
        yield Breach(
            error.place, "a readable schema", error.problem, error.hint, (exchange.number,)
        )


@oracle("SCHEMA-SERVE-003")
def served_schema_stays_the_same(first: Exchange, second: Exchange) -> Iterator[Breach]:
    """Asked twice in a row, the server gives the same schema."""
    try:
        before, after = (parse_schema(e.response.body, "schema") for e in (first, second))
    except SchemaError:
        return  # SCHEMA-SERVE-002 says so
    numbers = (first.number, second.number)
    for part in ("services", "classes", "enums", "errors", "plugins"):
        old, new = getattr(before, part), getattr(after, part)
        changed = sorted({*old, *new} - {n for n in old if n in new and same(old[n], new[n])})
        if changed:
            yield Breach(
                part,
                "the same in both answers",
                f"{len(changed)} differ: " + ", ".join(changed[:SHOWN]),
                "do two machines with different releases or plugins answer by turns?",
                numbers,
            )


def same(one: Any, other: Any) -> bool:
    """Whether two parts of a schema are equal but for the lines they stand at."""
    return bool(_without_lines(one) == _without_lines(other))


def _without_lines(part: Any) -> Any:
    if isinstance(part, Service):
        actions = {name: _without_lines(action) for name, action in part.actions.items()}
        return replace(part, actions=actions, line=0)
    return replace(part, line=0) if hasattr(part, "line") else part


@oracle("SCHEMA-FILE-001")
def schema_says_its_version_and_date(schema: Schema) -> Iterator[Breach]:
    """The schema says which release it describes, in dotted numbers, and when it was generated."""
    if not re.fullmatch(r"\d+(\.\d+)*", schema.api_version):
        yield Breach("apiVersion", "dotted numbers such as 22.19.0", f"'{schema.api_version}'")
    if schema.generated_at is None:
        yield Breach("generatedDate", "seconds since 1970", "absent or no number")


@oracle("SCHEMA-FILE-002")
def schema_keeps_to_the_grammar(schema: Schema) -> Iterator[Breach]:
    """Nothing stands in the schema that the grammar does not name."""
    for oddity in schema.oddities:
        yield Breach(
            f"line {oddity.line} <{oddity.element}>",
            "elements, attributes and values of the grammar",
            oddity.what,
            "an extension of this product is legal, but clients may not know it",
        )
