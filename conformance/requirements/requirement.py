"""A requirement: what a server owes, stated once."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How much is owed (RFC 2119 words)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"

    @property
    def rank(self) -> int:
        """2 for MUST, 1 for SHOULD, 0 for MAY."""
        return ("MAY", "SHOULD", "MUST").index(self.value)


AREAS = (
    "schema",
    "wire",
    "errors",
    "session",
    "access",
    "crud",
    "list",
    "inheritance",
    "actions",
    "multirequest",
    "upload",
    "robustness",
    "workflows",
)
"""The areas, in the order in which a newcomer meets them."""


class Requirement(Struct, frozen=True):
    """One requirement of the catalogue.

    `id` is `AREA-TOPIC-NNN`, never reused. `source` names the rule (`CONTRACT ERR-02`).
    `applies_to` says in words which subjects it concerns; `not_tested` why no check exists.
    """

    id: str
    area: str
    level: Level
    statement: str
    source: str
    applies_to: str
    why: str = ""
    breach: str = ""
    """An example of a breach, for `explain`."""
    not_tested: str | None = None
