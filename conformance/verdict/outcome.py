"""The words for how a check ended, in rising order; a roll-up is `max`."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Outcome(IntEnum):
    """How a check ended. "It broke" (`FAILED`) and "we broke" (`BROKEN`) are different words."""

    NOT_APPLICABLE = 0
    """The requirement asks nothing of this subject on this target."""
    SKIPPED = 1
    """Deselected by the person or the profile."""
    PASSED = 2
    WAIVED = 3
    """Failed, and a waiver of the profile accepts it."""
    INCONCLUSIVE = 4
    """Could not be judged: the set-up failed, or the breach did not show again."""
    FAILED = 5
    """The target broke the requirement, twice."""
    BROKEN = 6
    """The suite's own fault."""

    @property
    def word(self) -> str:
        """The name in files, such as `not_applicable`."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Outcome:
        """The outcome of that word; ValueError if there is none."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(word) from None


def roll_up(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of them; not applicable when there is none."""
    return max(outcomes, default=Outcome.NOT_APPLICABLE)
