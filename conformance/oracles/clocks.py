"""When a call was: by our clock, and by those of the machines that answered it."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.wire.exchange import Exchange

TIME_TOLERANCE_SECONDS = 300
"""By any of the clocks that tell when a call was; a wrong time zone is further off."""

SERVER_SECOND = re.compile(r"\d+,\s*(\d{9,11})\b")
"""The second in `X-Kaltura-Session` (CONTRACT WIRE-52)."""


def clocks(exchange: Exchange) -> Iterator[float]:
    """Epoch seconds: the call's begin and end by our clock, and what the headers tell, if any."""
    yield exchange.started_at
    yield exchange.started_at + exchange.elapsed_ms / 1000
    if told := SERVER_SECOND.search(exchange.response.header("X-Kaltura-Session") or ""):
        yield float(told[1])
    try:
        yield parsedate_to_datetime(exchange.response.header("Date") or "").timestamp()
    except ValueError:
        return
