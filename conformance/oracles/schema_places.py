"""Every place of a schema that has a type, with the name that a breach calls it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.model import Schema, TypeRef


def typed_places(schema: Schema) -> Iterator[tuple[str, TypeRef]]:
    """Each place and its type.

    Places: `Class.property`, `service.action:parameter`, `service.action result`.
    """
    for declared in schema.classes.values():
        for prop in declared.properties:
            yield f"{declared.name}.{prop.name}", prop.type
    for action in schema.actions:
        for param in action.params:
            yield f"{action.id}:{param.name}", param.type
        yield f"{action.id} result", action.result
