"""What may be drawn for a value so that a sound server takes it and gives it back unchanged.

Everything that both generators agree on is here; how they draw is theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from conformance.schema.model import Property

View = Literal["add", "update", "filter"]
"""Which of a class's properties may be sent (CONTRACT CRUD-08, CRUD-09)."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
FOREIGN_LETTERS = "äöüßéèñçåøłğжшящдαβγδאבגדלעبتسمकखगあいうカキ東京日本語한국어"
"""Letters of the Basic Multilingual Plane that have one normal form and no case surprises."""

FREE_TEXT = frozenset({"name", "description", "title", "text", "summary", "comment", "notes"})
"""What people write in their own language; everything else is drawn from ASCII letters."""

TAG_LISTS = frozenset({"tags", "adminTags", "partnerTags"})
"""Comma-separated words; words of one letter are dropped by real servers, others are kept."""

PAST = (1_400_000_000, 1_700_000_000)
FUTURE = (1_900_000_000, 2_100_000_000)
"""Absolute epoch seconds: below 3.2e8 a time is relative (WIRE-24), from 2^31 it overflows."""
ENDS = ("end", "expir", "until", "due")
"""How the names of times begin that should lie ahead."""


class Range(Struct, frozen=True):
    """The least and the greatest value of a property, where the schema does not say."""

    name: str
    low: float
    high: float


class Known(Struct, frozen=True):
    """Values of a property that are known to be right, such as the ids of objects that live."""

    name: str
    values: tuple[Any, ...]


class ValueRules(Struct, frozen=True):
    """What is drawn. The defaults suit a server of which nothing is known.

    `only`, `always` and `never` name properties of the object itself, not of those inside it.
    `unicode` names the properties that get letters beyond ASCII; None means those of `FREE_TEXT`.
    `known` are drawn in the place of what the type would allow, also inside. With `edges`, texts
    are at and just within their published limits as often as anywhere else. Lengths are bytes.
    """

    only: frozenset[str] | None = None
    always: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    unicode: frozenset[str] | None = None
    ranges: tuple[Range, ...] = ()
    known: tuple[Known, ...] = ()
    edges: bool = False
    plugin_values: bool = False
    presence: float = 0.6
    depth: int = 3
    most_items: int = 3
    text_bytes: int = 40
    low: int = 1
    high: int = 10_000

    def range_of(self, name: str) -> Range | None:
        """The range that is given for a property, or None."""
        return next((each for each in self.ranges if each.name == name), None)

    def known_for(self, name: str) -> tuple[Any, ...]:
        """The values that are given for a property; empty where none are."""
        return next((each.values for each in self.known if each.name == name), ())

    def admits(self, prop: Property) -> bool:
        """Whether a property of the object itself may be sent at all."""
        return prop.name not in self.never and (self.only is None or prop.name in self.only)

    def within(self) -> ValueRules:
        """The rules for the objects inside: one level less, and no names of the outer object."""
        return ValueRules(
            unicode=self.unicode,
            known=self.known,
            edges=self.edges,
            plugin_values=self.plugin_values,
            presence=self.presence,
            depth=self.depth - 1,
            most_items=self.most_items,
            text_bytes=self.text_bytes,
            low=self.low,
            high=self.high,
        )

    def letters_for(self, name: str) -> str:
        """The alphabet of a text property."""
        foreign = name in (FREE_TEXT if self.unicode is None else self.unicode)
        return LETTERS + FOREIGN_LETTERS if foreign else LETTERS


DEFAULT = ValueRules()

Value = Any
