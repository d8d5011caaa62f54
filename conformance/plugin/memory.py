"""What failed before: histories of earlier runs, kept in Hypothesis's database in the user's cache.

Kept are the steps as data, already shrunk: they outlive a change of the machine that drew them, and
the few calls that show a failure are all that the next run spends to ask whether it is still there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from conformance.generation.histories import History, is_sound

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.generation.histories import Abilities

MOST_RECALLED = 3
"""Of one service; what fails in more ways than that will be found again."""


class Memory:
    """Failing histories of one target's services. Without a folder it keeps nothing. Thread-safe.

    Without `recalls` it still notes what fails, but the run is as if nothing had been before.
    """

    def __init__(self, folder: Path | None, target: str, *, recalls: bool) -> None:
        self._database: ExampleDatabase | None = (
            DirectoryBasedExampleDatabase(folder) if folder is not None else None
        )
        self._target = target
        self._recalls = recalls

    def recalled(self, service: str, abilities: Abilities) -> tuple[History, ...]:
        """What failed before and can still be played, the shortest first; the rest is dropped."""
        if self._database is None or not self._recalls:
            return ()
        found = []
        try:
            kept = tuple(self._database.fetch(self._key(service)))
        except OSError:
            return ()  # a cache that cannot be read is none
        for held in kept:
            history = _read(held)
            if is_sound(history) and history and all(abilities.can(s.rule) for s in history):
                found.append(history)
            else:
                self._database.delete(self._key(service), held)
        return tuple(sorted(found, key=lambda each: (len(each), _written(each))))[:MOST_RECALLED]

    def note(self, service: str, history: History) -> None:
        """Keep a history that failed."""
        if self._database is not None:
            self._database.save(self._key(service), _written(history))

    def drop(self, service: str, history: History) -> None:
        """Forget a history that does not fail any more."""
        if self._database is not None:
            self._database.delete(self._key(service), _written(history))

    def _key(self, service: str) -> bytes:
        return f"kaltura-conformance history {self._target} {service}".encode()


def _written(history: History) -> bytes:
    return msgspec.json.encode(history)


def _read(held: bytes) -> History:
    """The history; an empty one where an earlier version wrote what we cannot read."""
    try:
        return msgspec.json.decode(held, type=History)
    except msgspec.DecodeError:
        return ()
