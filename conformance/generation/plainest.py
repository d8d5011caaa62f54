"""The plainest values of a property: what a failing input is made of once it is small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.generation.domain import Choice, CsvOf, Domain, Edge, Real, TagList, Whole, Words
from conformance.generation.rules import LETTERS

if TYPE_CHECKING:
    from conformance.schema.model import Property

TAG_LENGTH = 2
"""Real servers drop words of one letter (`rules.TAG_LISTS`)."""


def plainest_of(domain: Domain | None, prop: Property, number: int) -> Any:
    """A domain's plainest value, the next plainest for 1 and so on; None where none is known.

    They stay within what is drawn, so that a sound server gives them back as they were sent.
    """
    letter = LETTERS[number % len(LETTERS)]
    match domain:
        case Words(before=before, after=after) | Edge(usual=Words(before=before, after=after)):
            return before + letter * max(1, (prop.min_length or 1) - len(before + after)) + after
        case TagList():
            return letter * TAG_LENGTH
        case Whole(low, high) | Real(low, high):
            return min(low + number, high)
        case Choice(values) | CsvOf(values):
            return values[number % len(values)]
    return None
