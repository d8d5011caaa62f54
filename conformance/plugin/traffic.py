"""Every exchange of a run, in memory, for the oracles that judge what the run has seen."""

from __future__ import annotations

from collections import defaultdict
from threading import Lock
from typing import TYPE_CHECKING

from conformance.verdict.percentiles import latency_of
from conformance.wire.answer import ApiError, NoAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.verdict.percentiles import Latency
    from conformance.wire.exchange import Exchange

KEPT_PER_ACTION = 400
"""Beyond this many exchanges an action's further answers are counted but not kept whole."""


class Traffic:
    """Thread-safe store of exchanges by number and by action."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_number: dict[int, Exchange] = {}
        self._by_action: dict[str, list[Exchange]] = defaultdict(list)
        self._called: set[str] = set()
        self._answered: set[str] = set()
        self._elapsed: dict[str, list[float]] = defaultdict(list)
        self.errors: dict[str, int] = defaultdict(int)
        self.requests = 0
        self.calls = 0
        self.retries = 0
        self.unanswered = 0

    def add(self, exchange: Exchange) -> None:
        """Count the exchange and keep it."""
        action = exchange.action.lower()
        members = _batch_members(exchange)
        with self._lock:
            self.requests += 1 + exchange.retries
            self.retries += exchange.retries
            self.calls += len(members) or 1
            self._called.update(members or (action,))
            if isinstance(exchange.answer, NoAnswer):
                self.unanswered += 1
            else:
                self._answered.update(members or (action,))
                self._elapsed[action].append(exchange.elapsed_ms)
            if isinstance(exchange.answer, ApiError):
                self.errors[exchange.answer.code] += 1
            kept = self._by_action[action]
            if len(kept) < KEPT_PER_ACTION:
                kept.append(exchange)
            self._by_number[exchange.number] = exchange

    def seen(self, action: str) -> tuple[Exchange, ...]:
        """The kept exchanges of `service.action`, oldest first."""
        with self._lock:
            return tuple(self._by_action.get(action.lower(), ()))

    def all(self) -> tuple[Exchange, ...]:
        """Every exchange that is still held, by number."""
        with self._lock:
            return tuple(self._by_number[number] for number in sorted(self._by_number))

    def exchange(self, number: int) -> Exchange | None:
        """The exchange of that number, if it is still held."""
        with self._lock:
            return self._by_number.get(number)

    def forget(self, number: int) -> None:
        """Let go of an exchange that no oracle will ask for by number."""
        with self._lock:
            self._by_number.pop(number, None)

    def was_called(self, action: str) -> bool:
        """Whether `service.action` was asked at all, alone or in a batch."""
        return action.lower() in self._called

    def was_answered(self, action: str) -> bool:
        """Whether `service.action` gave any answer."""
        return action.lower() in self._answered

    def latency(self, actions: Iterable[str]) -> dict[str, Latency]:
        """How long the answers of these actions took, by `service.action`; all that answered."""
        with self._lock:
            return {
                action: latency_of(self._elapsed[action.lower()])
                for action in actions
                if action.lower() in self._elapsed
            }


def _batch_members(exchange: Exchange) -> tuple[str, ...]:
    if exchange.call.service.lower() != "multirequest":
        return ()
    return tuple(
        f"{str(member.get('service', '')).lower()}.{str(member.get('action', '')).lower()}"
        for member in exchange.call.params.values()
        if isinstance(member, dict)
    )
