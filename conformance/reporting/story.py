"""A finding in plain lines, for reports that hold text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.reporting.evidence import Evidence
    from conformance.verdict.breach import Breach
    from conformance.verdict.finding import Finding
    from conformance.verdict.result import CheckResult

BREACHES_TOLD = 5


def story_of(breach: Breach | Finding) -> Iterator[str]:
    """Where, expected, actual, hint."""
    yield f"at         {breach.where}"
    yield f"expected   {breach.expected}"
    yield f"actual     {breach.actual}"
    if breach.hint:
        yield f"hint       {breach.hint}"


def story_of_result(result: CheckResult, replay: str | None = None) -> str:
    """The breaches of a failed check, and how to see them again."""
    lines: list[str] = []
    for breach in result.breaches[:BREACHES_TOLD]:
        lines += [*story_of(breach), ""]
    if len(result.breaches) > BREACHES_TOLD:
        lines.append(f"… and {len(result.breaches) - BREACHES_TOLD} more breaches")
    if replay:
        lines.append(f"replay     {replay}")
    return "\n".join(lines).rstrip()


def finding_by_check(evidence: Evidence) -> dict[tuple[str, str], Finding]:
    """The first finding of each requirement and subject."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in evidence.run.findings:
        for subject in finding.subjects or (finding.subject,):
            found.setdefault((finding.requirement, subject), finding)
    return found


def subjects_in_words(names: Sequence[str], most: int) -> str:
    """The first names, and how many there are besides."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def titled(evidence: Evidence, requirement: str) -> str:
    """The requirement's sentence, or its id where the run's summary lacks it."""
    known = evidence.requirements.get(requirement)
    return known.statement if known and known.statement else requirement
