"""What a check is about: a service, an action, a parameter, a type, an enum, or the target."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

SubjectKind = Literal[
    "target", "service", "action", "parameter", "type", "property", "enum", "error"
]


class Subject(Struct, frozen=True):
    """One subject. `name` is what people select and read; the rest is what a body needs.

    Names: `target`, `media`, `media.add`, `media.add:entry`, `KalturaMediaEntry`,
    `KalturaMediaEntry.name`, an enum, an error code.
    """

    kind: SubjectKind
    name: str
    service: str | None = None
    action: str | None = None
    parameter: str | None = None
    type: str | None = None
    property: str | None = None
