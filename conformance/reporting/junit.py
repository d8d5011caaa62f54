"""JUnit XML: a suite an area, a case a check, its labels as properties."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lxml import etree

from conformance.reporting.story import finding_by_check, story_of_result, titled
from conformance.reporting.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.reporting.evidence import Evidence
    from conformance.verdict.finding import Finding
    from conformance.verdict.result import CheckResult

SKIPPED = frozenset({"not_applicable", "skipped", "inconclusive", "waived"})
"""Outcomes that JUnit can only call skipped; the property `outcome` has the exact word."""


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`junit.xml`."""
    run = evidence.run
    by_area: dict[str, list[CheckResult]] = defaultdict(list)
    for result in evidence.results:
        known = evidence.requirements.get(result.requirement)
        by_area[known.area if known else "other"].append(result)
    findings = finding_by_check(evidence)
    root = etree.Element("testsuites", name="kaltura-conformance", time=f"{run.seconds:.3f}")
    _count(root, evidence.results)
    for area, results in by_area.items():
        suite = etree.SubElement(root, "testsuite", name=area, timestamp=_timestamp(run.started))
        suite.set("time", f"{sum(result.seconds for result in results):.3f}")
        _count(suite, results)
        _properties(suite, _facts(evidence))
        for result in results:
            _case(suite, evidence, result, findings.get((result.requirement, result.subject)))
    yield (
        "junit.xml",
        etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True),
    )


def _case(
    suite: etree._Element, evidence: Evidence, result: CheckResult, finding: Finding | None
) -> None:
    case = etree.SubElement(
        suite,
        "testcase",
        classname=result.requirement,
        name=xml_text(result.check.removeprefix(f"{result.requirement} ")),
        time=f"{result.seconds:.3f}",
    )
    known = evidence.requirements.get(result.requirement)
    facts = {"requirement": result.requirement, "outcome": result.outcome}
    if known:
        facts["level"] = known.level
    waived = finding.waived if finding and result.outcome == "waived" else None
    if waived:
        facts["waiver"] = f"until {waived.expires}: {waived.reason}"
    if finding and result.outcome in {"failed", "waived"}:
        facts["finding"] = finding.id
    _properties(case, facts)
    if result.outcome == "failed":
        first = result.breaches[0].actual if result.breaches else ""
        failure = etree.SubElement(case, "failure", type=result.requirement)
        failure.set("message", xml_text(f"{titled(evidence, result.requirement)} Actual: {first}"))
        failure.text = xml_text(story_of_result(result, finding.reproduce if finding else None))
    elif result.outcome == "broken":
        error = etree.SubElement(case, "error", type="broken", message=xml_text(result.reason))
        error.text = xml_text(result.reason)
    elif result.outcome in SKIPPED:
        reason = facts.get("waiver", result.reason)
        word = result.outcome.replace("_", " ")
        etree.SubElement(case, "skipped", message=xml_text(f"{word}: {reason}"))


def _count(element: etree._Element, results: list[CheckResult] | tuple[CheckResult, ...]) -> None:
    element.set("tests", str(len(results)))
    element.set("failures", str(sum(r.outcome == "failed" for r in results)))
    element.set("errors", str(sum(r.outcome == "broken" for r in results)))
    element.set("skipped", str(sum(r.outcome in SKIPPED for r in results)))


def _facts(evidence: Evidence) -> dict[str, str]:
    run = evidence.run
    return {
        "verdict": run.verdict,
        "target": run.target.url,
        "server-version": run.target.server_version,
        "schema-version": run.schema.api_version,
        "seed": str(run.seed),
        "suite-version": run.suite.version,
    }


def _properties(element: etree._Element, facts: Mapping[str, str]) -> None:
    holder = etree.SubElement(element, "properties")
    for name, value in facts.items():
        etree.SubElement(holder, "property", name=name, value=xml_text(value))


def _timestamp(started: str) -> str:
    return datetime.fromisoformat(started).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
