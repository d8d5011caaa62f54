"""What a person sees while a run goes on: a live line, or a line now and then in a log."""

from __future__ import annotations

import sys
import time
from threading import Lock
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from conformance.verdict.outcome import Outcome

if TYPE_CHECKING:
    from conformance.plugin.plan import Check
    from conformance.verdict.result import CheckResult

LINES_IN_ALL = 20
"""Without a terminal: about so many lines a run."""
SHOWN = (Outcome.PASSED, Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE)


class Progress:
    """Counts outcomes and shows them on stderr. `quiet` shows nothing."""

    def __init__(self, total: int, *, stream: TextIO | None = None, quiet: bool = False) -> None:
        self._total = total
        self._console = Console(file=stream or sys.stderr, highlight=False)
        self._counts = dict.fromkeys(Outcome, 0)
        self._done = 0
        self._started = time.monotonic()
        self._lock = Lock()
        self._every = max(1, total // LINES_IN_ALL)
        self._quiet = quiet
        self._live: Live | None = None

    def start(self) -> None:
        """Open the live line where there is a terminal for it."""
        if not self._quiet and self._console.is_terminal:
            self._live = Live(console=self._console, transient=True, refresh_per_second=8)
            self._live.start()

    def note(self, check: Check, result: CheckResult) -> None:
        """Count a result, from any thread."""
        with self._lock:
            self._done += 1
            self._counts[Outcome.of(result.outcome)] += 1
            line = self._line(check)
            if self._live is not None:
                self._live.update(line)
            elif not self._quiet and (self._done % self._every == 0 or self._done == self._total):
                self._console.print(line, soft_wrap=True)

    def stop(self) -> None:
        """Take the live line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _line(self, check: Check) -> Text:
        seconds = time.monotonic() - self._started
        parts = [f"{self._done}/{self._total} checks"]
        parts += [
            f"{self._counts[outcome]} {outcome.word.replace('_', ' ')}"
            for outcome in SHOWN
            if self._counts[outcome]
        ]
        parts += [f"{seconds:.0f} s", f"{check.requirement.area}: {check.subject.name}"]
        text = Text(" · ".join(parts), no_wrap=True, overflow="ellipsis")
        if self._counts[Outcome.FAILED]:
            text.stylize("red")
        return text
