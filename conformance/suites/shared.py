"""What several checks judge and one play shows: played once a run, anew for a second look."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

from conformance.plugin.check import Inconclusive, NotApplicable

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.plugin.context import Context
    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange


Play = TypeVar("Play")


@dataclass(slots=True)
class _Held(Generic[Play]):
    """One play, or how it ended without one, and what was sent for it."""

    lock: Lock = field(default_factory=Lock)
    ended: Play | NotApplicable | Inconclusive | None = None
    exchanges: tuple[Exchange, ...] = ()


class Shared(Generic[Play]):
    """Plays by name, kept as long as the run's lineage. Thread-safe.

    A play that ends as not applicable or inconclusive is kept as well: all its checks hear the
    same reason.
    """

    def __init__(self, play: Callable[[Context, str], Play]) -> None:
        self._play = play
        self._lock = Lock()
        self._runs: WeakKeyDictionary[Lineage, dict[str, _Held[Play]]] = WeakKeyDictionary()

    def of(self, context: Context, name: str) -> Play:
        """The run's play of that name; a fresh one where the check is looked at again."""
        if context.attempt > 0:
            return self._play(context, name)
        with self._lock:
            held = self._runs.setdefault(context.lineage, {}).setdefault(name, _Held())
        with held.lock:
            if held.ended is None:
                self._first(context, name, held)
            else:
                context.exchanges.extend(held.exchanges)
        if isinstance(held.ended, NotApplicable | Inconclusive):
            raise type(held.ended)(*held.ended.args)
        if held.ended is None:
            raise Inconclusive(f"nothing was played of {name}")
        return held.ended

    def held(self, context: Context, name: str) -> Play | None:
        """The run's play of that name, if there is one; nothing is played."""
        with self._lock:
            held = self._runs.get(context.lineage, {}).get(name)
        ended = held.ended if held is not None else None
        return None if isinstance(ended, NotApplicable | Inconclusive) else ended

    def _first(self, context: Context, name: str, held: _Held[Play]) -> None:
        before = len(context.exchanges)
        try:
            with context.sharing(name):
                held.ended = self._play(context, name)
        except (NotApplicable, Inconclusive) as end:
            held.ended = end
        held.exchanges = tuple(context.exchanges[before:])
