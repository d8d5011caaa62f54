"""Allure results, in Allure's own model: epic area, feature requirement, story subject.

Ids and file names follow from the run and the check, so that history works and a report made again
is the same.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from conformance.exceptions import UsageError
from conformance.reporting.history import shown_call
from conformance.reporting.story import finding_by_check, story_of_result, titled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from conformance.reporting.evidence import Evidence
    from conformance.reporting.history import ShownCall
    from conformance.verdict.finding import Finding
    from conformance.verdict.result import CheckResult

FOLDER = "allure-results"
STATUS = {
    "passed": "passed",
    "failed": "failed",
    "broken": "broken",
    "inconclusive": "unknown",
    "waived": "skipped",
    "not_applicable": "skipped",
    "skipped": "skipped",
}
SEVERITY = {"MUST": "critical", "SHOULD": "minor", "MAY": "trivial"}
ANYTHING = r"[\s\S]*"
"""Any text, to both of Allure's generators: one is JavaScript, one is Java."""
CATEGORIES = (
    ("A MUST is broken", ["failed"], f"^MUST {ANYTHING}"),
    ("A SHOULD is broken", ["failed"], f"^SHOULD {ANYTHING}"),
    ("A MAY is broken", ["failed"], f"^MAY {ANYTHING}"),
    ("Waived", ["skipped"], f"^waived {ANYTHING}"),
    ("Could not be judged", ["unknown"], ANYTHING),
    ("The suite itself broke", ["broken"], ANYTHING),
    ("Asks nothing of this subject", ["skipped"], f"^not applicable{ANYTHING}"),
)


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """The files of `allure-results/`; UsageError where Allure's library is not installed."""
    try:
        from allure_commons import model2  # noqa: PLC0415 - an extra, needed here only
    except ModuleNotFoundError as error:
        raise UsageError(
            "Allure's library is not installed",
            place="--format allure",
            hint="pip install 'kaltura-conformance[allure]'",
        ) from error
    yield f"{FOLDER}/categories.json", _json(_categories())
    yield f"{FOLDER}/allurerc.mjs", _settings()
    yield f"{FOLDER}/environment.properties", _environment(evidence).encode()
    yield f"{FOLDER}/executor.json", _json(_executor(evidence))
    findings = finding_by_check(evidence)
    shown: set[str] = set()
    for result in evidence.results:
        finding = findings.get((result.requirement, result.subject))
        told = finding if result.outcome in {"failed", "waived"} else None
        # The history belongs to the subject that it was recorded of.
        own = told and told.subject == result.subject and told.id not in shown
        calls = [shown_call(e) for e in evidence.history(told)] if told and own else []
        shown.update([told.id] if told and own else [])
        case = _Case(model2, evidence, result, told)
        yield from case.files(calls)


class _Case:
    """One check's result in Allure's words."""

    def __init__(
        self, model: ModuleType, evidence: Evidence, result: CheckResult, finding: Finding | None
    ) -> None:
        self._model = model
        self._evidence = evidence
        self._result = result
        self._finding = finding
        begin = datetime.fromisoformat(evidence.run.started).timestamp() + result.began
        self._start = round(begin * 1000)
        self._stop = self._start + round(result.seconds * 1000)
        self._uuid = str(uuid5(NAMESPACE_URL, f"{evidence.run.started} {result.check}"))

    def files(self, calls: list[ShownCall]) -> Iterator[tuple[str, bytes]]:
        """The result, and an attachment for each request and answer."""
        model, result, run = self._model, self._result, self._evidence.run
        steps = []
        for position, call in enumerate(calls, 1):
            attachments = []
            for kind, text in (("request", call.request), ("answer", call.answer)):
                source = f"{uuid5(NAMESPACE_URL, f'{self._uuid} {position} {kind}')}-attachment.txt"
                yield f"{FOLDER}/{source}", text.encode()
                attachments.append(model.Attachment(name=kind, source=source, type="text/plain"))
            steps.append(
                model.TestStepResult(
                    name=f"{position}. {call.action} ({call.session}) → {call.says}",
                    status=STATUS[result.outcome] if call is calls[-1] else "passed",
                    stage="finished",
                    attachments=attachments,
                    start=self._start,
                    stop=self._stop,
                )
            )
        key = sha256(result.check.encode()).hexdigest()[:32]
        case = model.TestResult(
            uuid=self._uuid,
            historyId=key,
            testCaseId=key,
            fullName=result.check,
            name=f"{result.subject}: {titled(self._evidence, result.requirement)}",
            status=STATUS[result.outcome],
            stage="finished",
            statusDetails=self._details(),
            labels=list(self._labels()),
            links=list(self._links()),
            parameters=[model.Parameter(name="seed", value=str(run.seed), excluded=True)],
            steps=steps,
            titlePath=[self._area, result.requirement],
            start=self._start,
            stop=self._stop,
        )
        yield f"{FOLDER}/{self._uuid}-result.json", _json(_plain(case))

    @property
    def _area(self) -> str:
        known = self._evidence.requirements.get(self._result.requirement)
        return known.area if known else "other"

    @property
    def _level(self) -> str:
        known = self._evidence.requirements.get(self._result.requirement)
        return known.level if known else "MUST"

    def _labels(self) -> Iterator[Any]:
        result = self._result
        for name, value in (
            ("epic", self._area),
            ("feature", result.requirement),
            ("story", result.subject),
            ("severity", SEVERITY[self._level]),
            ("parentSuite", self._area),
            ("suite", result.requirement),
            ("tag", self._level),
            ("framework", "kaltura-conformance"),
            ("host", self._evidence.run.target.url),
        ):
            yield self._model.Label(name=name, value=value)

    def _links(self) -> Iterator[Any]:
        if self._finding is None:
            return
        waived = self._finding.waived
        if waived and waived.issue:
            yield self._model.Link(type="issue", url=waived.issue, name=waived.issue)
        yield self._model.Link(type="link", url=self._evidence.run.target.url, name="target")

    def _details(self) -> Any:
        result, finding = self._result, self._finding
        if result.outcome in {"failed", "waived"} and result.breaches:
            statement = titled(self._evidence, result.requirement)
            words = f"{self._level} {result.requirement}: {statement}"
            if finding and finding.waived:
                words = f"waived until {finding.waived.expires}: {finding.waived.reason}\n{words}"
            return self._model.StatusDetails(
                known=result.outcome == "waived",
                message=f"{words}\nactual: {result.breaches[0].actual}",
                trace=story_of_result(result, finding.reproduce if finding else None),
            )
        if result.reason:
            word = result.outcome.replace("_", " ")
            flaky = result.outcome == "inconclusive" and result.shown > 0
            return self._model.StatusDetails(message=f"{word}: {result.reason}", flaky=flaky)
        return None


def _categories() -> list[dict[str, Any]]:
    return [
        {"name": name, "matchedStatuses": statuses, "messageRegex": pattern}
        for name, statuses, pattern in CATEGORIES
    ]


def _settings() -> bytes:
    """The same categories for Allure 3, which takes them from its settings alone."""
    return b"export default " + msgspec.json.format(_json({"categories": _categories()})) + b";\n"


def _environment(evidence: Evidence) -> str:
    run = evidence.run
    facts = {
        "target": run.target.url,
        "partner": str(run.target.partner_id),
        "server.version": run.target.server_version,
        "schema.version": run.schema.api_version,
        "suite.version": run.suite.version,
        "profile": run.profile.get("name", ""),
        "seed": str(run.seed),
        "verdict": run.verdict,
    }
    return "".join(f"{name} = {_property(value)}\n" for name, value in facts.items())


def _property(value: str) -> str:
    flat = value.replace("\\", "\\\\").replace("\r", " ").replace("\n", " ")
    return flat.encode("ascii", "backslashreplace").decode()


def _executor(evidence: Evidence) -> dict[str, Any]:
    run = evidence.run
    return {
        "name": "kaltura-conformance",
        "type": "kaltura-conformance",
        "buildName": run.started,
        "reportName": f"{run.target.url}: {run.verdict}",
    }


def _plain(item: Any) -> Any:
    """An item of Allure's model as its own writer lays it out."""
    from attr import asdict  # noqa: PLC0415 - comes with Allure's library

    return asdict(item, filter=lambda _, value: bool(value) or value is False)


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)
