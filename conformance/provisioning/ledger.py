"""What a run created on the target, written down before the call that creates it goes out.

A run that is killed leaves a file from which every object can be found again. The sink writes one
event a line; nothing here opens a file.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Entry(Struct, frozen=True):
    """One creation. `delete_params` is None where no action can remove the object.

    Without an `id` the add went out and its answer is not known: the object, if there is one,
    carries the `marker` in its name or tags.
    """

    number: int
    service: str
    action: str
    marker: str
    id: Any = None
    delete_params: Mapping[str, Any] | None = None
    certain: bool = False


class Ledger:
    """An append-only record of creations and removals. Thread-safe; the sink is called in order."""

    def __init__(
        self, sink: Callable[[dict[str, Any]], None], *, clock: Callable[[], float] = time.time
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._lock = Lock()
        self._open: dict[int, Entry] = {}
        self._count = 0

    def intent(self, service: str, action: str, *, marker: str) -> int:
        """An add is about to be sent; the number ties the later events to it."""
        with self._lock:
            self._count += 1
            entry = Entry(self._count, service, action, marker)
            self._open[entry.number] = entry
            self._write("intent", entry, marker=marker)
            return entry.number

    def created(self, number: int, *, id: Any, delete_params: Mapping[str, Any] | None) -> None:  # noqa: A002 - the file's key
        """The add was answered with an object."""
        with self._lock:
            entry = structs.replace(
                self._open[number], id=id, delete_params=delete_params, certain=True
            )
            self._open[number] = entry
            self._write("created", entry, id=id, params=delete_params)

    def refused(self, number: int) -> None:
        """The add was answered with an error: there is nothing to remove."""
        self._close("refused", number)

    def removed(self, number: int) -> None:
        """The object is gone."""
        self._close("removed", number)

    @property
    def leftovers(self) -> tuple[Entry, ...]:
        """What is, or may be, still there; the oldest first."""
        with self._lock:
            return tuple(self._open.values())

    def holds(self, number: int) -> bool:
        """Whether an object is still there as far as we know."""
        with self._lock:
            return number in self._open

    def _close(self, event: str, number: int) -> None:
        with self._lock:
            entry = self._open.pop(number, None)
            if entry is not None:
                self._write(event, entry, id=entry.id)

    def _write(self, event: str, entry: Entry, **facts: Any) -> None:
        line = {"event": event, "number": entry.number, "service": entry.service}
        self._sink({**line, "action": entry.action, **facts, "at": round(self._clock(), 3)})


def read_leftovers(events: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """What a ledger's events leave on the target, the oldest first; for a run that is over.

    Lines of a kind that is not known are passed over, so that an older suite reads a newer ledger.
    """
    found: dict[int, Entry] = {}
    for event in events:
        number = int(event["number"])
        if event["event"] == "intent":
            marker = str(event.get("marker", ""))
            found[number] = Entry(number, event["service"], event["action"], marker)
        elif event["event"] == "created" and number in found:
            found[number] = structs.replace(
                found[number], id=event["id"], delete_params=event["params"], certain=True
            )
        elif event["event"] in {"refused", "removed"}:
            found.pop(number, None)
    return tuple(found.values())
