"""Looks at one finding again: the same check on the same subject, without the rest of the run."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.exceptions import UsageError
from conformance.plugin.execution import Execution
from conformance.plugin.judging import SUITES
from conformance.plugin.opening import open_bench
from conformance.plugin.plan import checks_of
from conformance.verdict.breach import Breach
from conformance.verdict.outcome import Outcome
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.plugin.bench import Bench
    from conformance.plugin.plan import Check
    from conformance.plugin.settings import Settings
    from conformance.verdict.finding import Finding

LOOKS = 20
"""As many as the run itself takes before it calls a breach flaky."""


class Replayed(Struct, frozen=True):
    """What the new looks saw. `shown` is empty when the finding no longer stands.

    Unless one of them was `decided`, they say nothing of the server.
    """

    looks: int
    shown: tuple[Breach, ...]
    reason: str
    exchanges: tuple[Exchange, ...]
    decided: bool = True


def replay(
    settings: Settings,
    finding: Finding,
    *,
    recorded: Sequence[Exchange],
    narrate: Callable[[str], None],
) -> Replayed:
    """Send the finding's calls again, with fresh objects and sessions, until the breach shows.

    `recorded` are the finding's exchanges: where a check judges recorded answers, their requests
    are sent again. Raises UsageError when the suite has no such check any more.
    """
    with ExitStack() as stack:
        opened = open_bench(settings, stack)
        check = _check(opened.bench, finding)
        execution = Execution(opened.bench, [check], workers=1, deadline=None)
        stack.callback(execution.stop)
        stack.callback(opened.bench.provisioner.discard_all)
        seen: list[Exchange] = []
        reason = ""
        decided = False
        for number in range(1, LOOKS + 1):
            resent = None
            if check.declaration.last:
                again = [e for e in recorded if opened.bench.may_send_again(e)]
                if not again:
                    reason = "none of its calls can be sent again by itself"
                    return Replayed(number - 1, (), reason, (), decided=False)
                resent = tuple(opened.bench.send_again(e) for e in again)
            attempt = execution.look(check, number, resent=resent)
            seen = [*(resent or ()), *attempt.exchanges]
            reason = attempt.reason
            decided = decided or attempt.outcome is Outcome.PASSED
            narrate(f"look {number}: {attempt.outcome.word}")
            if attempt.breaches:
                return Replayed(number, attempt.breaches, reason, tuple(seen))
        return Replayed(LOOKS, (), reason, tuple(seen), decided=decided)


def _check(bench: Bench, finding: Finding) -> Check:
    area = bench.scope.catalogue.get(finding.requirement).area
    for path in sorted(SUITES.glob(f"test_{area}*.py")):
        for body in vars(import_module(f"conformance.suites.{path.stem}")).values():
            declaration = getattr(body, "__check__", None)
            if declaration is None or declaration.requirement != finding.requirement:
                continue
            for check in checks_of(body, bench.scope):
                if check.subject.name == finding.subject:
                    return check
    raise UsageError(
        f"no check of {finding.requirement} on {finding.subject}",
        hint="Is this the schema of the run?",
    )
