"""Which actions answer later than they did, by a test that outliers do not sway.

The Mann-Whitney U test (Mann and Whitney 1947), by its normal approximation with the correction for
ties, one-sided, with Holm's correction (Holm 1979) for asking of many actions at once. What is
told has to be large as well as sure: half as long again, and 5 ms.
"""

from __future__ import annotations

from collections import Counter
from math import erfc, sqrt
from statistics import median
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEWEST = 8
"""Below this many answers on a side the approximation is poor."""
SURE = 0.001
TIMES = 1.5
MILLISECONDS = 5.0


class Slowdown(Struct, frozen=True):
    """An action that answers later: medians in milliseconds, and the corrected p-value."""

    action: str
    before_ms: float
    after_ms: float
    p: float


def slowdowns(
    before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]]
) -> tuple[Slowdown, ...]:
    """The actions that became slower, the worst first. Milliseconds by action."""
    asked = [
        name
        for name in before
        if len(before[name]) >= FEWEST and len(after.get(name, ())) >= FEWEST
    ]
    by_p = sorted((later(before[name], after[name]), name) for name in asked)
    found = []
    worst = 0.0
    for rank, (p, name) in enumerate(by_p):
        worst = max(worst, min(1.0, p * (len(by_p) - rank)))
        old, new = median(before[name]), median(after[name])
        if worst < SURE and new > old * TIMES and new > old + MILLISECONDS:
            found.append(Slowdown(name, round(old, 2), round(new, 2), worst))
    return tuple(sorted(found, key=lambda each: -each.after_ms / max(each.before_ms, 0.01)))


def later(before: Sequence[float], after: Sequence[float]) -> float:
    """The probability that `after` is so much larger than `before` by chance alone."""
    ranks = _ranks([*before, *after])
    n, m = len(before), len(after)
    total = n + m
    u = sum(ranks[n:]) - m * (m + 1) / 2
    ties = sum(count**3 - count for count in Counter([*before, *after]).values())
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    z = (u - n * m / 2 - 0.5) / sqrt(variance)
    return 0.5 * erfc(z / sqrt(2))


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for position in order[start:end]:
            ranks[position] = (start + end + 1) / 2
        start = end
    return ranks
