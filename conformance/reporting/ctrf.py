"""CTRF, the common test report format: one JSON document that dashboards read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from conformance.reporting.story import finding_by_check, story_of_result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reporting.evidence import Evidence
    from conformance.verdict.finding import Finding
    from conformance.verdict.result import CheckResult

SPEC = "0.0.0"
STATUS = {
    "passed": "passed",
    "failed": "failed",
    "broken": "other",
    "waived": "other",
    "inconclusive": "other",
    "not_applicable": "skipped",
    "skipped": "skipped",
}
"""`rawStatus` has the exact word."""


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`ctrf.json`."""
    run = evidence.run
    start = round(datetime.fromisoformat(run.started).timestamp() * 1000)
    findings = finding_by_check(evidence)
    tests = [
        _test(evidence, result, findings.get((result.requirement, result.subject)), start)
        for result in evidence.results
    ]
    statuses = [test["status"] for test in tests]
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPEC,
        "reportId": str(uuid5(NAMESPACE_URL, f"{run.started} {run.plan.sha256} {run.seed}")),
        "timestamp": run.started,
        "generatedBy": f"kaltura-conformance {run.suite.version}",
        "results": {
            "tool": {"name": "kaltura-conformance", "version": run.suite.version},
            "summary": {
                "tests": len(tests),
                **{word: statuses.count(word) for word in ("passed", "failed", "skipped")},
                "pending": 0,
                "other": statuses.count("other"),
                "flaky": sum(test.get("flaky", False) for test in tests),
                "start": start,
                "stop": start + round(run.seconds * 1000),
                "duration": round(run.seconds * 1000),
                "extra": {"verdict": run.verdict, "seed": run.seed, "findings": len(run.findings)},
            },
            "tests": tests,
            "environment": {
                "appName": run.target.url,
                "appVersion": run.target.server_version,
                "testEnvironment": run.profile.get("name") or "unknown",
                "extra": {"schema": run.schema.api_version, "partner_id": run.target.partner_id},
            },
        },
    }
    yield "ctrf.json", msgspec.json.encode(document) + b"\n"


def _test(
    evidence: Evidence, result: CheckResult, finding: Finding | None, start: int
) -> dict[str, Any]:
    known = evidence.requirements.get(result.requirement)
    began = start + round(result.began * 1000)
    test: dict[str, Any] = {
        "name": result.check,
        "status": STATUS[result.outcome],
        "rawStatus": result.outcome,
        "duration": round(result.seconds * 1000),
        "start": began,
        "stop": began + round(result.seconds * 1000),
        "suite": [known.area if known else "other", result.requirement],
        "tags": [result.requirement, *([known.level] if known else [])],
    }
    if result.attempts > 1 and result.outcome == "inconclusive":
        test["flaky"] = True
        test["retries"] = result.attempts - 1
    told = result.outcome in {"failed", "waived"}
    if told and result.breaches:
        test["message"] = f"{result.breaches[0].where}: {result.breaches[0].actual}"
        test["trace"] = story_of_result(result, finding.reproduce if finding else None)
    elif result.reason:
        test["message"] = result.reason
    if told and finding:
        test["extra"] = {"finding": finding.id}
        if finding.waived:
            test["extra"]["waiver"] = f"until {finding.waived.expires}: {finding.waived.reason}"
    return test
