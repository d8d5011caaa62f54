"""Runs the bodies of checks ahead of reporting, and gives every breach a second look.

A breach is confirmed when it shows again: an active check is run anew with fresh objects; a
check that judges recorded answers is confirmed by a second answer that shows the breach, or by
sending the offending request again. What shows once and never again is inconclusive (DESIGN
section 5).

What all services are asked, a run asks some thirty times; what is asked of the target as a whole,
or of one service, it asks once. Such a check is looked at several times before it passes, where it
needs few requests, or a fault in one call of ten would slip by it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import TYPE_CHECKING

from conformance.exceptions import TargetError
from conformance.oracles.claim import witnessed
from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.plugin.context import Context
from conformance.verdict.outcome import Outcome
from conformance.verdict.result import CheckResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from conformance.oracles.claim import Oracle, Witness
    from conformance.plugin.bench import Bench
    from conformance.plugin.plan import Check
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

SECOND_LOOKS = 20
"""So that a fault in one call of ten is met again with 88 % probability."""
FLAKY_CHECKS = 60
"""After so many checks that had to be looked at often, the rest is looked at twice only."""
SHORT_LOOKS = 3
FEWEST_LOOKS = 10
FEW_REQUESTS = 24
LONG_SECONDS = 3.0
"""The subjects of a check are looked at so often in all, as far as so many requests of each are
enough, if a look does not take long."""
NOTHING_ASKED = "there was nothing to hold against the rule"
"""A body that asked no oracle has judged nothing, and does not pass for that."""
KEPT_BREACHES = 20
"""Of one check; more would only repeat the same story."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to an oracle."""

    oracle: Oracle[...]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


@dataclass(slots=True)
class Attempt:
    """How one execution of a body ended."""

    outcome: Outcome
    reason: str = ""
    breaches: tuple[Breach, ...] = ()
    exchanges: list[Exchange] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    """What oracles were asked, where somebody wants to know."""


class Execution:
    """Executes checks in a pool; `result_of` waits for one. Those marked `last` come last."""

    def __init__(
        self, bench: Bench, checks: Sequence[Check], *, workers: int, deadline: float | None
    ) -> None:
        self._bench = bench
        self._deadline = deadline
        self._checks = checks
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="check")
        self._futures: dict[str, Future[CheckResult]] = {}
        self._flaky = 0
        self._origin = time.monotonic()
        self._lock = Lock()
        self._stopped = False
        self._passive: dict[str, Attempt] = {}
        self.on_result: Callable[[Check, CheckResult], None] = lambda _check, _result: None
        self.on_asked: Callable[[Check, Sequence[Asked]], None] | None = None
        """Told what oracles were asked for a result; None where nobody judges again."""

    def start(self) -> None:
        """Submit every check that does not judge the run as a whole.

        With a time limit, one subject of each requirement comes first, then a second one: what is
        left at the end is more of the same.
        """
        active = [check for check in self._checks if not check.declaration.last]
        if self._deadline is not None:
            active = in_breadth(active)
        for check in active:
            self._futures[check.name] = self._pool.submit(self._run_active, check)

    def result_of(self, check: Check) -> CheckResult:
        """The check's result, once there is one."""
        if check.declaration.last and check.name not in self._futures:
            self._start_passive()
        return self._futures[check.name].result()

    def stop(self) -> None:
        """Start nothing more; what runs is left to end."""
        self._stopped = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def out_of_time(self) -> bool:
        """Whether the run's time limit has passed."""
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _start_passive(self) -> None:
        for future in list(self._futures.values()):
            future.exception()
        passive = [check for check in self._checks if check.declaration.last]
        for check in passive:
            self._passive[check.name] = self.look(check, 0)
        sightings: dict[str, set[int]] = defaultdict(set)
        for check in passive:
            for breach in self._passive[check.name].breaches:
                sightings[check.requirement.id].update(breach.exchanges)
        for check in passive:
            self._futures[check.name] = self._pool.submit(
                self._settle_passive, check, len(sightings[check.requirement.id])
            )

    def _run_active(self, check: Check) -> CheckResult:
        started = time.monotonic()
        if self.out_of_time or self._stopped:
            return self._finish(check, Attempt(Outcome.INCONCLUSIVE, "time limit"), started, 0, 0)
        first, looks = self._first_looks(check, started)
        if not first.breaches:
            return self._finish(check, first, started, looks, 0)
        for number in range(looks, looks + self._looks()):
            if self.out_of_time:
                break
            again = self.look(check, number)
            if again.breaches:
                again.exchanges = first.exchanges + again.exchanges
                return self._finish(check, again, started, number + 1, 2)
        return self._finish(check, self._unconfirmed(first, number + 1), started, number + 1, 1)

    def _first_looks(self, check: Check, started: float) -> tuple[Attempt, int]:
        """The first look, or the first of a few that did not pass, and how many there were.

        A later look that could decide nothing takes nothing away from the first.
        """
        first = self.look(check, 0)
        numbers = {exchange.number for exchange in first.exchanges}
        is_long = time.monotonic() - started > LONG_SECONDS
        if not numbers or first.outcome is not Outcome.PASSED or is_long:
            return first, 1
        if self._deadline is not None:
            return first, 1  # other rules come before the same one once more
        wanted = min(FEWEST_LOOKS // check.among, FEW_REQUESTS // len(numbers))
        for number in range(1, wanted):
            if self._stopped:
                return first, number
            later = self.look(check, number)
            if later.outcome in (Outcome.FAILED, Outcome.BROKEN):
                return later, number + 1
        return first, max(1, wanted)

    def _settle_passive(self, check: Check, sightings: int) -> CheckResult:
        started = time.monotonic()
        first = self._passive[check.name]
        if not first.breaches or sightings > 1:
            return self._finish(check, first, started, 1, sightings)
        offending = self._offending(first)
        for number in range(1, self._looks() + 1):
            resent = tuple(self._bench.send_again(exchange) for exchange in offending)
            again = self.look(check, number, resent=resent)
            if again.breaches:
                return self._finish(check, again, started, number + 1, 2)
            if not resent:
                break
        return self._finish(check, self._unconfirmed(first, number + 1), started, number + 1, 1)

    def _offending(self, attempt: Attempt) -> list[Exchange]:
        numbers = sorted({number for breach in attempt.breaches for number in breach.exchanges})
        held = (self._bench.traffic.exchange(number) for number in numbers)
        return [
            exchange
            for exchange in held
            if exchange is not None and self._bench.may_send_again(exchange)
        ]

    def _looks(self) -> int:
        with self._lock:
            self._flaky += 1
            return SECOND_LOOKS if self._flaky <= FLAKY_CHECKS else SHORT_LOOKS

    def look(
        self, check: Check, number: int, *, resent: tuple[Exchange, ...] | None = None
    ) -> Attempt:
        """Execute a check's body once. `resent` replaces what the run has seen."""
        random = Random(f"{self._bench.seed}:{check.name}:{number}")  # noqa: S311 - inputs, not secrets
        context = Context(self._bench, random, attempt=number, resent=resent)
        asked: list[Asked] = []
        try:
            with witnessed(_noting(asked)):
                breaches = tuple(check.body(context, check.subject))
        except NotApplicable as end:
            return Attempt(Outcome.NOT_APPLICABLE, str(end), (), context.exchanges)
        except Inconclusive as end:
            return Attempt(Outcome.INCONCLUSIVE, str(end), (), context.exchanges)
        except TargetError as end:
            return Attempt(Outcome.INCONCLUSIVE, str(end), (), context.exchanges)
        except Exception as error:  # noqa: BLE001 - the suite's own fault must not end the run
            return Attempt(Outcome.BROKEN, _trace(error), (), context.exchanges)
        if not breaches and not asked:
            return Attempt(Outcome.NOT_APPLICABLE, NOTHING_ASKED, (), context.exchanges)
        outcome = Outcome.FAILED if breaches else Outcome.PASSED
        return Attempt(outcome, "", breaches, context.exchanges, asked)

    def _unconfirmed(self, first: Attempt, looks: int) -> Attempt:
        reason = f"flaky: showed once in {looks} looks: {first.breaches[0].actual}"
        return Attempt(Outcome.INCONCLUSIVE, reason, first.breaches, first.exchanges)

    def _finish(
        self, check: Check, attempt: Attempt, started: float, attempts: int, shown: int
    ) -> CheckResult:
        numbers = {exchange.number for exchange in attempt.exchanges}
        numbers.update(number for breach in attempt.breaches for number in breach.exchanges)
        outcome = attempt.outcome
        if outcome is Outcome.FAILED and self._bench.waiver_for(check) is not None:
            outcome = Outcome.WAIVED
        result = CheckResult(
            check=check.name,
            requirement=check.requirement.id,
            subject=check.subject.name,
            outcome=outcome.word,
            reason=attempt.reason,
            breaches=attempt.breaches[:KEPT_BREACHES],
            exchanges=tuple(sorted(numbers)),
            seconds=round(time.monotonic() - started, 4),
            attempts=attempts,
            shown=shown,
            service=(check.subject.service or "").lower(),
            began=round(started - self._origin, 4),
        )
        if self.on_asked is not None:
            self.on_asked(check, attempt.asked)
        self.on_result(check, result)
        return result


def _noting(asked: list[Asked]) -> Witness:
    def note(oracle: Oracle[...], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        asked.append(Asked(oracle, args, kwargs))

    return note


def in_breadth(checks: Sequence[Check]) -> list[Check]:
    """The checks, the first of each requirement before the second of any."""
    rounds: dict[str, int] = defaultdict(int)
    ranked = []
    for check in checks:
        ranked.append((rounds[check.requirement.id], check))
        rounds[check.requirement.id] += 1
    return [check for _, check in sorted(ranked, key=lambda pair: pair[0])]


def _trace(error: Exception) -> str:
    """The error and the innermost lines of ours that led to it."""
    import traceback  # noqa: PLC0415 - only when the suite itself is at fault

    frames = traceback.extract_tb(error.__traceback__)[-3:]
    path = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__}: {error} ({path})"
