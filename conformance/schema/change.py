"""One difference between two schemas, and what it means to the clients that exist."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Impact(StrEnum):
    """What a change does to a client that was made for the older schema."""

    BREAKING = "breaking"
    """Calls fail, or values go missing or change their meaning."""
    COMPATIBLE = "compatible"
    """What exists has changed, in a way that such a client does not notice."""
    ADDITIVE = "additive"
    """Something is new that such a client does not ask for."""

    @property
    def rank(self) -> int:
        """0 for breaking, 1 for compatible, 2 for additive: the order in which people read."""
        return ("breaking", "compatible", "additive").index(self.value)


class Change(Struct, frozen=True):
    """One change: `what` happened at `place` (`media.get`, `KalturaMediaEntry.name`).

    `before` and `after` are the two sides in words, empty where there is none.
    """

    impact: Impact
    what: str
    place: str
    before: str = ""
    after: str = ""


def breaking(what: str, place: str, before: str = "", after: str = "") -> Change:
    """A change that clients notice."""
    return Change(Impact.BREAKING, what, place, before, after)


def compatible(what: str, place: str, before: str = "", after: str = "") -> Change:
    """A change that they do not notice."""
    return Change(Impact.COMPATIBLE, what, place, before, after)


def additive(what: str, place: str, after: str = "") -> Change:
    """Something new."""
    return Change(Impact.ADDITIVE, what, place, "", after)
