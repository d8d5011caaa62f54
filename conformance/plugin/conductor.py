"""Leads a run through pytest: collects the plan, executes it ahead of reporting, concludes.

The bodies run in a pool from the moment the plan is complete; pytest's own protocol then collects
the outcomes in plan order, so that every report stays in order (DESIGN section 9).
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import pytest
from msgspec import structs

from conformance import __version__
from conformance.exceptions import EmptySelection
from conformance.plugin.coverage import coverage
from conformance.plugin.execution import Execution
from conformance.plugin.items import CheckItem
from conformance.plugin.opening import open_bench
from conformance.plugin.plan import checks_of, digest
from conformance.plugin.progress import Progress
from conformance.plugin.reproducing import Reproducer
from conformance.plugin.reserve import selected, unjudged, waivers
from conformance.plugin.staging import SoundServers
from conformance.plugin.testimony import testified
from conformance.verdict.conclusion import conclude
from conformance.verdict.quality import shipped_quality
from conformance.verdict.result import Header
from conformance.verdict.run import (
    FORMAT,
    CheckSet,
    Run,
    SchemaFacts,
    SuiteFacts,
    TargetFacts,
    TrafficFacts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.plugin.execution import Asked
    from conformance.plugin.opening import Opened
    from conformance.plugin.plan import Check
    from conformance.plugin.settings import Settings
    from conformance.verdict.breach import Breach
    from conformance.verdict.result import CheckResult

Ending = Literal["complete", "interrupted", "time limit"]


class Conductor:
    """The pytest side of one run. `run` is the summary once the session has ended."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.run: Run | None = None
        self.empty = False
        self.not_collected: list[str] = []
        self._stack = ExitStack()
        self._opened: Opened | None = None
        self._execution: Execution | None = None
        self._checks: list[Check] = []
        self._skipped: Counter[str] = Counter()
        self._results: list[CheckResult] = []
        self._started = datetime.now(UTC)
        self._clock = time.monotonic()

    @property
    def opened(self) -> Opened:
        """The open run; RuntimeError before `open`."""
        if self._opened is None:
            raise RuntimeError("the run is not open")
        return self._opened

    def open(self) -> None:
        """Reach the target, read its schema, log in; raises what makes judging impossible."""
        self._opened = open_bench(self.settings, self._stack)

    def close(self) -> None:
        """Let go of whatever is open."""
        if self._execution is not None:
            self._execution.stop()
        self._stack.close()

    def items(
        self,
        collector: pytest.Module | pytest.Class,
        name: str,
        body: Callable[..., Iterable[Breach]],
    ) -> list[pytest.Item]:
        """An item for each selected check of the body; the others are counted as skipped."""
        chosen: list[pytest.Item] = []
        for check in checks_of(body, self.opened.bench.scope):
            if not self.settings.selects(check):
                self._skipped[check.requirement.id] += 1
                continue
            chosen.append(
                CheckItem.from_parent(
                    collector, name=f"{name}[{check.subject.name}]", conductor=self, check=check
                )
            )
        return chosen

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what went wrong with a suite that could not be collected."""
        if report.failed:
            self.not_collected.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1]}")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the checks that judge the whole run behind all others, and fix the plan."""
        items.sort(key=lambda item: isinstance(item, CheckItem) and item.check.declaration.last)
        self._checks = [item.check for item in items if isinstance(item, CheckItem)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Start executing; pytest's loop then collects the outcomes."""
        self.empty = not self._checks
        if self.empty or session.config.option.collectonly or session.testsfailed:
            return
        opened, settings = self.opened, self.settings
        opened.recording.header(
            Header(
                format=FORMAT,
                suite=__version__,
                schema_sha256=opened.bench.scope.schema.sha256,
                profile_sha256=settings.profile_sha256,
                seed=settings.seed,
                plan=digest(self._checks),
            )
        )
        limit = settings.deadline_seconds
        execution = Execution(
            opened.bench,
            self._checks,
            workers=settings.workers,
            deadline=None if limit is None else self._clock + limit,
        )
        progress = Progress(len(self._checks), quiet=settings.quiet)
        self._stack.callback(progress.stop)
        execution.on_result = lambda check, result: self._note(progress, check, result)
        if settings.testimony:
            execution.on_asked = self._testify
        self._execution = execution
        progress.start()
        execution.start()

    def result_of(self, check: Check) -> CheckResult:
        """The check's result, once there is one."""
        if self._execution is None:
            raise EmptySelection("no check was started")
        return self._execution.result_of(check)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Remove what was made, weigh the results, write the summary."""
        if self._execution is None:
            self.close()
            return
        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        out_of_time = self._execution.out_of_time
        self._execution.stop()
        leftovers = self.opened.bench.provisioner.discard_all()
        self.run = self._summary(len(leftovers), complete=not interrupted)
        ending: Ending = "complete"
        if interrupted:
            ending = "interrupted"
        elif out_of_time:
            ending = "time limit"
        self.opened.recording.observed(self.opened.observed.types())
        self.opened.recording.finish(self.run, counts=self.run.outcomes, ended=ending)
        if self.settings.reproduce and ending == "complete":
            # Programs take their time: what was judged stands already, whatever befalls us here.
            self.run = self._reproduced(self.run)
            self.opened.recording.summary(self.run)
        self._stack.close()
        if not interrupted:
            session.exitstatus = self.run.exit

    def _testify(self, check: Check, asked: Sequence[Asked]) -> None:
        if check.declaration.last:
            return  # it judges the traffic, which can be had again
        for question in asked:
            self.opened.recording.testimony(testified(check, question, self.opened.bench.traffic))

    def _reproduced(self, run: Run) -> Run:
        """The run, each finding with the program that shows it."""
        if not run.findings:
            return run
        wanted = self.settings.profile.target
        requirements = self.opened.bench.scope.catalogue.requirements
        with SoundServers(wanted.user_id) as sound:
            reproducer = Reproducer(
                self.opened.bench,
                self.opened.recording,
                self._results,
                sound,
                own_schema=wanted.url is None and wanted.schema is None,
                verify=wanted.verify_tls is not False,
            )
            return structs.replace(run, findings=reproducer.all(run.findings, requirements))

    def _note(self, progress: Progress, check: Check, result: CheckResult) -> None:
        traffic = self.opened.bench.traffic
        held = (traffic.exchange(number) for number in result.exchanges)
        self.opened.recording.result(result, [e for e in held if e is not None])
        self._results.append(result)
        progress.note(check, result)

    def _summary(self, leftovers: int, *, complete: bool) -> Run:
        bench, settings = self.opened.bench, self.settings
        traffic, schema = bench.traffic, bench.scope.schema
        requirements = bench.scope.catalogue.requirements
        results = [result for result in self._results if result.attempts]
        end = conclude(
            results,
            requirements,
            planned=len(self._checks),
            skipped=self._skipped.total(),
            inconclusive_share=settings.inconclusive_share,
            unread=schema.unsound,
            unanswered_share=traffic.unanswered / max(1, traffic.requests),
            waiver=bench.waiver,
            run=str(settings.output),
        )
        done = {result.check for result in results}
        seconds = time.monotonic() - self._clock
        facts: dict[str, Any] = {
            "suite": SuiteFacts(
                version=__version__, requirements=len(requirements), quality=shipped_quality()
            ),
            "schema": SchemaFacts(
                api_version=schema.api_version,
                sha256=schema.sha256,
                services=len(schema.services),
                actions=len(schema.actions),
                unsound=schema.unsound,
            ),
            "target": TargetFacts(
                url=bench.target.url,
                server_version=self.opened.server_version,
                partner_id=bench.target.accounts.own.partner_id,
            ),
            "traffic": TrafficFacts(
                requests=traffic.requests,
                calls=traffic.calls,
                requests_per_second=round(traffic.requests / seconds, 1) if seconds else 0.0,
                retries=traffic.retries,
                unanswered=traffic.unanswered,
            ),
        }
        executed: CheckSet = digest([check for check in self._checks if check.name in done])
        return Run(
            format=FORMAT,
            verdict=end.verdict,
            exit=end.exit if complete else 130,
            started=self._started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=round(seconds, 2),
            seed=settings.seed,
            plan=digest(self._checks),
            executed=executed,
            outcomes=end.outcomes,
            requirements=end.requirements,
            findings=end.findings,
            coverage=coverage(bench),
            leftovers=leftovers,
            profile=settings.origin,
            reasons=end.reasons,
            selection=selected(settings.profile),
            unjudged=unjudged(
                requirements,
                results,
                planned={check.requirement.id for check in self._checks},
                skipped=self._skipped,
            ),
            waivers=waivers(settings.profile, results, bench.today),
            latency=traffic.latency(action.id for action in schema.actions),
            **facts,
        )
