"""From the results of checks to findings, requirement by requirement, and the verdict."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.verdict.finding import Finding, WaivedBy, finding_id
from conformance.verdict.outcome import Outcome, roll_up
from conformance.verdict.run import RequirementResult, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from conformance.requirements.requirement import Requirement
    from conformance.verdict.breach import Breach
    from conformance.verdict.result import CheckResult

EXITS: dict[Verdict, int] = {
    Verdict.CONFORMANT: 0,
    Verdict.NOT_CONFORMANT: 1,
    Verdict.INCONCLUSIVE: 4,
}
"""DESIGN section 3."""

LOST_CONNECTIONS = 0.01
"""The share of requests without an answer above which a run says nothing."""

UNSOUND_SCHEMA = "SCHEMA-SERVE-002"
"""The requirement that a schema breaks of which only a part can be read."""

CALLS_SHOWN = 12
"""Exchanges named in a finding; the rest stays in the results."""


class Conclusion(Struct, frozen=True):
    """What the results amount to."""

    verdict: Verdict
    exit: int
    outcomes: dict[str, int]
    requirements: tuple[RequirementResult, ...]
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]


def conclude(
    results: Sequence[CheckResult],
    requirements: Mapping[str, Requirement],
    *,
    planned: int,
    skipped: int,
    inconclusive_share: float,
    unanswered_share: float = 0.0,
    unread: Sequence[str] = (),
    waiver: Callable[[str, str], WaivedBy | None],
    run: str,
) -> Conclusion:
    """Weigh the results.

    Not conformant when a finding stands unwaived. Inconclusive when checks of the plan have no
    result, the suite itself broke, nothing passed, a judged requirement has only inconclusive
    subjects although others of its kind could be judged, or more than `inconclusive_share` (0..1)
    of the judged checks could not be decided, or more than one request in a hundred
    (`unanswered_share`, 0..1) got no answer at all, or when places of the schema could not be read
    (`unread`) and no result says that this is a breach. `run` names the run's folder in replay
    lines.
    """
    outcomes = Counter(result.outcome for result in results)
    outcomes["skipped"] += skipped
    findings = findings_of(results, requirements, waiver=waiver, run=run)
    standing = any(finding.waived is None for finding in findings)
    reasons = _doubts(results, outcomes, planned=planned, share=inconclusive_share)
    if unanswered_share > LOST_CONNECTIONS:
        reasons.append(f"{unanswered_share:.1%} of the requests got no answer")
    if unread and not any(_tells_of_unsound_schema(result) for result in results):
        reasons.append(f"{len(unread)} places of the schema could not be read: {unread[0]}")
    verdict = Verdict.CONFORMANT
    if standing:
        verdict = Verdict.NOT_CONFORMANT
    elif reasons:
        verdict = Verdict.INCONCLUSIVE
    return Conclusion(
        verdict=verdict,
        exit=EXITS[verdict],
        outcomes={outcome.word: outcomes.get(outcome.word, 0) for outcome in Outcome},
        requirements=tuple(_rolled_up(results, requirements)),
        findings=findings,
        reasons=tuple(reasons),
    )


def _doubts(
    results: Sequence[CheckResult], outcomes: Mapping[str, int], *, planned: int, share: float
) -> list[str]:
    doubts = []
    if len(results) < planned:
        doubts.append(f"{planned - len(results)} checks of the plan were not executed")
    if outcomes.get("broken"):
        first = next(r for r in results if r.outcome == "broken")
        doubts.append(f"{outcomes['broken']} checks broke in the suite itself: {first.reason}")
    judged = sum(outcomes.get(o, 0) for o in ("passed", "waived", "inconclusive", "failed"))
    undecided = outcomes.get("inconclusive", 0)
    if judged and undecided / judged > share:
        doubts.append(f"{undecided} of {judged} judged checks could not be decided")
    if not outcomes.get("passed"):
        doubts.append("no check passed")
    return doubts


def _tells_of_unsound_schema(result: CheckResult) -> bool:
    return result.requirement == UNSOUND_SCHEMA and result.outcome in {"failed", "waived"}


def _rolled_up(
    results: Iterable[CheckResult], requirements: Mapping[str, Requirement]
) -> Iterable[RequirementResult]:
    by_requirement: dict[str, list[Outcome]] = defaultdict(list)
    for result in results:
        by_requirement[result.requirement].append(Outcome.of(result.outcome))
    for requirement in requirements.values():
        outcomes = by_requirement.get(requirement.id)
        if outcomes is None:
            continue
        yield RequirementResult(
            id=requirement.id,
            area=requirement.area,
            level=str(requirement.level),
            outcome=roll_up(outcomes).word,
            passed=outcomes.count(Outcome.PASSED),
            failed=outcomes.count(Outcome.FAILED),
            waived=outcomes.count(Outcome.WAIVED),
            inconclusive=outcomes.count(Outcome.INCONCLUSIVE),
            not_applicable=outcomes.count(Outcome.NOT_APPLICABLE),
            statement=requirement.statement,
            source=requirement.source,
        )


def findings_of(
    results: Iterable[CheckResult],
    requirements: Mapping[str, Requirement],
    *,
    waiver: Callable[[str, str], WaivedBy | None],
    run: str,
) -> tuple[Finding, ...]:
    """One finding for each root cause, the most severe first.

    Breaches of one requirement with the same story (place, expectation and observation with ids and
    names taken out) share a root cause; the first subject stands for them all. A waived breach is
    never merged with one that stands.
    """
    groups: dict[tuple[object, ...], list[tuple[CheckResult, Breach]]] = defaultdict(list)
    for result in results:
        if result.outcome not in {"failed", "waived"}:
            continue
        for breach in result.breaches:
            key = (result.requirement, result.outcome, *_story(breach))
            groups[key].append((result, breach))
    found = [_finding(group, requirements, waiver=waiver, run=run) for group in groups.values()]
    rank = {requirement.id: -requirement.level.rank for requirement in requirements.values()}
    return tuple(sorted(found, key=lambda f: (f.waived is not None, rank[f.requirement])))


_VARIABLE = re.compile(
    r"""
    '[^']*' | "[^"]*"          # what was sent or answered
    | [{\[].*                  # the objects and lists that were answered, cut as they are
    | \b\w+::\w+ | \bKaltura\w+  # classes and their properties
    | \b(?:INVALID_\w+_(?:ID|TYPE)|\w+_NOT_FOUND)\b(?:\ or\ \w+)*  # how services say: unknown
    | \b\w*\d\w*\b            # ids and numbers
    """,
    re.VERBOSE,
)
_PROPERTY = re.compile(r"(?<=\.)[a-z]\w*|\[\d+\]")
"""A step to a property (those of an error's arguments are in capitals) or to an item."""

_CODES = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?: or \b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b)*")
"""The codes that a refusal may have: each service names its own for one and the same rule."""
_OBJECT = re.compile(r"(?<=a result: )[{\[].*", re.DOTALL)
"""An object that came in place of a refusal."""


def _story(breach: Breach) -> tuple[str, str, str]:
    """The breach without what differs from subject to subject and from property to property."""
    where = _PROPERTY.sub("…", breach.where)
    expected = _CODES.sub("…", _VARIABLE.sub("…", breach.expected))
    return where, expected, _VARIABLE.sub("…", _OBJECT.sub("…", breach.actual))


def _finding(
    group: Sequence[tuple[CheckResult, Breach]],
    requirements: Mapping[str, Requirement],
    *,
    waiver: Callable[[str, str], WaivedBy | None],
    run: str,
) -> Finding:
    result, breach = min(group, key=lambda pair: len(pair[0].exchanges))
    identity = finding_id(result.requirement, result.subject, breach.where)
    return Finding(
        id=identity,
        requirement=result.requirement,
        level=str(requirements[result.requirement].level),
        subject=result.subject,
        where=breach.where,
        expected=breach.expected,
        actual=breach.actual,
        hint=breach.hint,
        calls=(breach.exchanges or result.exchanges)[:CALLS_SHOWN],
        reproduce=f"kaltura-conformance replay {run} {identity}",
        subjects=tuple(dict.fromkeys(other.subject for other, _ in group)),
        waived=waiver(result.requirement, result.subject) if result.outcome == "waived" else None,
    )
