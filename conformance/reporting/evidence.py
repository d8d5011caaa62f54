"""All that reports are made from: a run's summary, its results, and the exchanges that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.exceptions import UsageError
from conformance.reporting.reading import check_digest, read_exchanges, read_results, read_run
from conformance.verdict.result import CheckResult
from conformance.verdict.run import RequirementResult, Run
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from conformance.verdict.finding import Finding


class Evidence(Struct, frozen=True):
    """One run, read.

    `requirements` says by id how each judged one fared; `exchanges` holds those that findings name,
    by number, as far as they were kept.
    """

    folder: str
    run: Run
    results: tuple[CheckResult, ...]
    ended: str
    requirements: dict[str, RequirementResult]
    exchanges: dict[int, Exchange]

    def history(self, finding: Finding) -> tuple[Exchange, ...]:
        """The finding's calls in the order in which they were sent."""
        numbers = sorted(set(finding.calls))
        return tuple(self.exchanges[n] for n in numbers if n in self.exchanges)


def read_evidence(folder: str) -> Evidence:
    """Read a run's folder. Raises UsageError where a file is missing, cut, or another run's."""
    run = read_run(folder)
    header, results, footer = read_results(folder)
    check_digest(folder, footer)
    if header.plan != run.plan or header.seed != run.seed:
        raise UsageError(
            "run.json and results.jsonl are of two runs: their plans or seeds differ", place=folder
        )
    wanted = {number for finding in run.findings for number in finding.calls}
    return Evidence(
        folder=folder.rstrip("/") or "/",
        run=run,
        results=results,
        ended=footer.ended,
        requirements={each.id: each for each in run.requirements},
        exchanges=read_exchanges(folder, wanted),
    )
