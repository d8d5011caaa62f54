"""How long a run waits for what a server's index may show later than it was written.

An index may lag by seconds (CONTRACT LIST-20), so whoever looks for an object in a list looks
again until the profile's time is over. A server that *never* shows what is looked for would make
a run wait out that time thousands of times over; after some waits in vain the run goes by what
the waits that were not in vain took.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Answer = TypeVar("Answer")
Wrong = TypeVar("Wrong")

VAIN_WAITS = 6
"""So many waits of the full time are long enough to know a server: each is a breach or nearly."""
MOST_VAIN_WAITS = 24
"""After so many, what a chance success took is no reason to wait for anything any more."""
LEAST_SECONDS = 1.0
TIMES_LONGEST = 2.0


class Settling:
    """One run's patience with its target's index; safe to share between threads."""

    def __init__(
        self,
        full_seconds: float,
        *,
        pause_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start with the full time; `pause_seconds` lie between two looks."""
        self._full = full_seconds
        self._pause = pause_seconds
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._vain = 0
        self._longest = 0.0

    @property
    def seconds(self) -> float:
        """How long a wait that begins now may take."""
        with self._lock:
            if self._vain < VAIN_WAITS:
                return self._full
            seen = self._longest if self._vain < MOST_VAIN_WAITS else 0.0
            return min(self._full, LEAST_SECONDS + TIMES_LONGEST * seen)

    @property
    def deadline(self) -> float:
        """When a wait that begins now is over, by `time.monotonic`."""
        return self._clock() + self.seconds

    def until(
        self,
        act: Callable[[], Answer],
        judge: Callable[[Answer], Iterable[Wrong]],
        *,
        deadline: float | None = None,
        final: Callable[[Answer], bool] = lambda _answer: False,
    ) -> tuple[Answer, tuple[Wrong, ...]]:
        """Act until nothing is wrong or the time is over; the last answer and what is wrong.

        `final` tells answers that waiting will not change. `deadline` is by `time.monotonic`.
        """
        began = self._clock()
        end = began + self.seconds if deadline is None else deadline
        looks = 0
        while True:
            answer = act()
            looks += 1
            wrong = tuple(judge(answer))
            if not wrong:
                self._fulfilled(self._clock() - began if looks > 1 else 0.0)
                return answer, wrong
            if final(answer):
                return answer, wrong
            if self._clock() >= end:
                if looks > 1:
                    self._in_vain()
                return answer, wrong
            self._sleep(self._pause)

    def _fulfilled(self, seconds: float) -> None:
        with self._lock:
            self._longest = max(self._longest, seconds)

    def _in_vain(self) -> None:
        with self._lock:
            self._vain += 1
