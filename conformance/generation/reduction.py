"""Leaves out of a sequence whatever can go while something still holds of the rest.

The delta debugging of Zeller and Hildebrandt ("Simplifying and isolating failure-inducing input",
2002), complement steps only, down to single parts. Each question may be a dozen calls to a server
that is not ours, so the number of questions is bounded, and none is asked twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

Part = TypeVar("Part")


class Questions(Generic[Part]):
    """Asks whether it holds, at most so many times; what is not asked any more does not hold."""

    def __init__(self, holds: Callable[[tuple[Part, ...]], bool], *, most: int) -> None:
        self.ask = holds
        self.most = most
        self._known: dict[Hashable, bool] = {}

    @property
    def asked(self) -> int:
        """How many were asked."""
        return len(self._known)

    def __call__(self, parts: Sequence[Part]) -> bool:
        """Whether it holds of these parts."""
        key = tuple(parts)
        if key not in self._known:
            if self.asked >= self.most:
                return False
            self._known[key] = self.ask(key)
        return self._known[key]


def reduced(
    parts: Sequence[Part],
    holds: Questions[Part],
    *,
    leave_out: Callable[[Sequence[Part], Collection[int]], tuple[Part, ...]],
) -> tuple[Part, ...]:
    """The fewest parts of which it still holds; it is taken to hold of all of them.

    `leave_out` makes the sequence without the parts at some places, and without those that make no
    sense any more. Of the answer no single part can be left out, unless the questions ran out.
    """
    kept = tuple(parts)
    size = max(1, len(kept) // 2)
    while size:
        shorter = _shorter(kept, size, holds, leave_out)
        if shorter is not None:
            kept = shorter
            size = min(size, max(1, len(kept) // 2))
        else:
            size //= 2
    return kept


def simplified(
    parts: Sequence[Part], holds: Questions[Part], *, simpler: Callable[[Part], Iterable[Part]]
) -> tuple[Part, ...]:
    """The parts, each replaced by the first simpler one of which it still holds."""
    kept = list(parts)
    for place in range(len(kept)):
        for candidate in simpler(kept[place]):
            if holds([*kept[:place], candidate, *kept[place + 1 :]]):
                kept[place] = candidate
                break
    return tuple(kept)


def _shorter(
    kept: tuple[Part, ...],
    size: int,
    holds: Questions[Part],
    leave_out: Callable[[Sequence[Part], Collection[int]], tuple[Part, ...]],
) -> tuple[Part, ...] | None:
    """The first that holds without so many neighbours, from the end; None where none does."""
    for end in range(len(kept), 0, -size):
        candidate = leave_out(kept, range(max(0, end - size), end))
        if candidate and len(candidate) < len(kept) and holds(candidate):
            return candidate
    return None
