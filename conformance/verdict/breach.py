"""What an oracle saw: one departure from a rule, before it is confirmed and named a finding."""

from __future__ import annotations

from msgspec import Struct


class Breach(Struct, frozen=True):
    """One departure: where (`$.objects[3].tags`), what was expected, what was there, a hint.

    `exchanges` are the numbers of the exchanges that show it.
    """

    where: str
    expected: str
    actual: str
    hint: str = ""
    exchanges: tuple[int, ...] = ()
