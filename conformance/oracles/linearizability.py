"""Whether concurrent reads and writes of one value can be explained by some order of them.

The search of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) with the states that
were visited remembered, as Lowe does ("Testing for linearizability", 2017): an operation may come
next if none that is left ended before it began. Knows no server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_OPERATIONS = 48
"""More are not judged: the search may visit every set of them."""


class Operation(Struct, frozen=True):
    """A read of a value or a write of one, between two moments of one clock, in seconds."""

    kind: Literal["read", "write"]
    value: str
    began: float
    ended: float


def explainable(operations: Sequence[Operation], initial: str) -> bool:
    """Whether an order exists that keeps to the clock and in which each read shows the last write.

    `initial` is the value before all of them. Raises ValueError for more than can be searched.
    """
    if len(operations) > MOST_OPERATIONS:
        raise ValueError(f"{len(operations)} operations, at most {MOST_OPERATIONS}")
    everything = (1 << len(operations)) - 1
    visited: set[tuple[int, str]] = set()
    waiting = [(0, initial)]
    while waiting:
        done, value = waiting.pop()
        if done == everything:
            return True
        if (done, value) in visited:
            continue
        visited.add((done, value))
        left = [place for place in range(len(operations)) if not done >> place & 1]
        first_end = min(operations[place].ended for place in left)
        for place in left:
            each = operations[place]
            if each.began > first_end or (each.kind == "read" and each.value != value):
                continue
            waiting.append((done | 1 << place, each.value))
    return False
