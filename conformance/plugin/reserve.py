"""What a verdict leaves open: what was not asked for, what has no check, what was waived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from conformance.verdict.run import SelectionFacts, Unjudged, WaiverFacts

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from datetime import date

    from conformance.profile.profile import Profile
    from conformance.profile.waiver import Waiver
    from conformance.requirements.requirement import Requirement
    from conformance.verdict.result import CheckResult


def selected(profile: Profile) -> SelectionFacts:
    """What the profile and the options asked for."""
    chosen = profile.selection
    return SelectionFacts(
        level=chosen.level.upper(),
        select=tuple(chosen.select),
        deselect=tuple(chosen.deselect),
        read_only=profile.read_only,
    )


def unjudged(
    requirements: Mapping[str, Requirement],
    results: Iterable[CheckResult],
    *,
    planned: Container[str],
    skipped: Mapping[str, int],
) -> tuple[Unjudged, ...]:
    """The requirements without a result, in the catalogue's order.

    `planned` are those with a check in the plan; `skipped` counts checks that were not selected.
    """
    judged = {result.requirement for result in results}
    return tuple(
        Unjudged(
            id=each.id,
            area=each.area,
            level=str(each.level),
            statement=each.statement,
            reason=_why(each, planned, skipped),
        )
        for each in requirements.values()
        if each.id not in judged
    )


def waivers(
    profile: Profile, results: Sequence[CheckResult], today: date
) -> tuple[WaiverFacts, ...]:
    """Every waiver of the profile: applied, expired, or not needed."""
    broken = [(r.requirement, r.subject) for r in results if r.outcome in {"failed", "waived"}]
    return tuple(
        WaiverFacts(
            requirement=waiver.requirement,
            subjects=waiver.subjects,
            reason=waiver.reason,
            expires=waiver.expires.isoformat(),
            state=_state(waiver, broken, today),
            issue=waiver.issue,
            owner=waiver.owner,
        )
        for waiver in profile.waivers
    )


def _why(requirement: Requirement, planned: Container[str], skipped: Mapping[str, int]) -> str:
    if requirement.id in planned:
        return "not reached before the run ended"
    if requirement.not_tested:
        return f"no check exists: {requirement.not_tested}"
    if skipped.get(requirement.id):
        return "not selected"
    return "nothing in the schema that it applies to"


def _state(
    waiver: Waiver, broken: Iterable[tuple[str, str]], today: date
) -> Literal["applied", "expired", "not needed"]:
    if waiver.expired(today):
        return "expired"
    return "applied" if any(waiver.covers(*pair) for pair in broken) else "not needed"
