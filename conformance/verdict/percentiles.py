"""How long an action took, in a few numbers that say more than a mean."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Latency(Struct, frozen=True):
    """Requests of one action, and percentiles of their time in milliseconds."""

    requests: int
    p50: float
    p90: float
    p99: float
    max: float


def latency_of(samples_ms: Iterable[float]) -> Latency:
    """The latency of these samples (milliseconds); ValueError where there is none."""
    ordered = sorted(samples_ms)
    if not ordered:
        raise ValueError("no samples")
    p50, p90, p99 = (round(_percentile(ordered, share), 2) for share in (0.5, 0.9, 0.99))
    return Latency(requests=len(ordered), p50=p50, p90=p90, p99=p99, max=round(ordered[-1], 2))


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank: always a value that was measured."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
