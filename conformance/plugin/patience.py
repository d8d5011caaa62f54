"""Asks again where a server says that it is busy: a held lock, a limit of calls.

Such a refusal comes before the action has done anything (CONTRACT TRAP-15, TRAP-17), so the same
call may be sent again. A server that always says so is not waited for long.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

from conformance.wire.answer import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.wire.exchange import Exchange

PASSING = frozenset({"ACTION_BLOCKED", "CATEGORIES_LOCKED", "LOCK_TIMED_OUT"})
PAUSES_SECONDS = (0.1, 0.4, 1.0)
MOST_IN_VAIN = 20
"""After so many calls that stayed refused, no call of the run is asked again."""


class Patience:
    """One run's patience; safe to share between threads."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Start with all of it."""
        self._sleep = sleep
        self._lock = Lock()
        self._in_vain = 0

    def ask(self, send: Callable[[], Exchange]) -> Exchange:
        """What `send` brings, sent again while the server is busy."""
        exchange = send()
        if not _is_busy(exchange) or self._in_vain >= MOST_IN_VAIN:
            return exchange
        for pause in PAUSES_SECONDS:
            self._sleep(pause)
            exchange = send()
            if not _is_busy(exchange):
                return exchange
        with self._lock:
            self._in_vain += 1
        return exchange


def _is_busy(exchange: Exchange) -> bool:
    return isinstance(exchange.answer, ApiError) and exchange.answer.code in PASSING
