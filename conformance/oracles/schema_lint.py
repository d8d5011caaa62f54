"""Every oracle of the area that needs nothing but a schema, asked in the area's order."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

from conformance.oracles import schema as area
from conformance.schema.lineage import Lineage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.model import Schema
    from conformance.verdict.breach import Breach

GIVEN = {"schema", "lineage", "service"}
"""What an oracle's parameters may be named for it to be asked here."""


def lint(schema: Schema) -> Iterator[tuple[str, Breach]]:
    """Each breach with the requirement that it breaks."""
    lineage = Lineage(schema)
    for oracle in (getattr(area, name) for name in area.__all__):
        needed = list(signature(oracle).parameters)
        if not GIVEN.issuperset(needed):
            continue
        services = schema.services.values() if "service" in needed else (None,)
        for service in services:
            given: dict[str, Any] = {"schema": schema, "lineage": lineage, "service": service}
            for breach in oracle(*(given[name] for name in needed)):
                yield oracle.requirement, breach
