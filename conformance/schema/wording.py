"""Types in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.schema.model import TypeRef


def words(type_ref: TypeRef) -> str:
    """A type as people write it: `array of KalturaString`, `int KalturaEntryStatus`, `int time`."""
    text = type_ref.name or type_ref.kind
    if type_ref.element:
        text += f" of {type_ref.element}"
    if type_ref.enum:
        text += f" {type_ref.enum}"
    return f"{text} time" if type_ref.is_time else text
