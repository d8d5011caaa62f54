"""Two runs compared by requirement and subject, never by totals.

Pure: from the results, observed types and latencies of both runs to what changed between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.schema.change import Change
from conformance.verdict.conclusion import EXITS
from conformance.verdict.explanation import Explanations
from conformance.verdict.outcome import Outcome
from conformance.verdict.result import CheckResult
from conformance.verdict.run import Verdict
from conformance.verdict.slowdown import Slowdown, slowdowns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from conformance.requirements.requirement import Requirement
    from conformance.verdict.breach import Breach
    from conformance.verdict.run import Run

SEEN_OFTEN = 3
"""So many answers tell what type a property has; fewer may be chance."""
_NUMERIC = frozenset({"integer", "number"})
_DECIDED = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED})


class Shift(StrEnum):
    """What became of a requirement and subject, the most urgent first."""

    NEWLY_FAILING = "newly failing"
    NO_LONGER_JUDGED = "no longer judged"
    STILL_FAILING = "still failing"
    FIXED = "fixed"
    NEWLY_JUDGED = "newly judged"

    @property
    def rank(self) -> int:
        """0 for newly failing and so on: the order in which people read."""
        return list(Shift).index(self)


class Difference(Struct, frozen=True):
    """One requirement × subject that the two runs judge differently, or both find broken.

    `before` and `after` are outcomes in words, `absent` where a run has no such check. `where`,
    `expected` and `actual` are of the newer breach, of the older where it is fixed. `explained`
    holds the changes of the schema that touch the subject.
    """

    shift: Shift
    requirement: str
    level: str
    subject: str
    before: str
    after: str
    where: str = ""
    expected: str = ""
    actual: str = ""
    reason: str = ""
    explained: tuple[Change, ...] = ()


class TypeShift(Struct, frozen=True):
    """A place whose answers have a JSON type that they had not before, both conformant."""

    place: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Side(Struct, frozen=True):
    """What a comparison needs to know of one run.

    `types` counts JSON types by place, `latency` holds milliseconds by action.
    """

    results: tuple[CheckResult, ...]
    types: Mapping[str, Mapping[str, int]]
    latency: Mapping[str, Sequence[float]]


class Comparison(Struct, frozen=True):
    """All that changed. `regressed` is what a gate asks."""

    differences: tuple[Difference, ...]
    schema: tuple[Change, ...]
    types: tuple[TypeShift, ...]
    slower: tuple[Slowdown, ...]

    @property
    def regressed(self) -> bool:
        """Whether anything fails that did not before."""
        return any(each.shift is Shift.NEWLY_FAILING for each in self.differences)


def compare(
    before: Side,
    after: Side,
    requirements: Mapping[str, Requirement],
    *,
    schema: Sequence[Change] = (),
    classes: Mapping[str, Collection[str]] | None = None,
) -> Comparison:
    """What changed from the run `before` to the run `after`.

    `schema` holds the changes from the one's schema to the other's; `classes` names those that the
    actions of each service take and answer.
    """
    old, new = _by_subject(before.results), _by_subject(after.results)
    explanations = Explanations(schema, classes)
    found = []
    for key in dict.fromkeys((*old, *new)):
        difference = _difference(key, old.get(key), new.get(key), requirements, explanations)
        if difference is not None:
            found.append(difference)
    return Comparison(
        differences=tuple(sorted(found, key=lambda each: each.shift.rank)),
        schema=tuple(schema),
        types=tuple(_type_shifts(before.types, after.types)),
        slower=slowdowns(before.latency, after.latency),
    )


def gate(run: Run, found: Comparison) -> int:
    """The exit code of a run that is gated on the difference only.

    1 where something fails anew, 0 where all failures are known; a run that did not come to a
    verdict about its target keeps its own exit code.
    """
    if found.regressed:
        return EXITS[Verdict.NOT_CONFORMANT]
    if run.exit == EXITS[Verdict.NOT_CONFORMANT]:
        return EXITS[Verdict.CONFORMANT]
    return run.exit


Key = tuple[str, str]


def _by_subject(results: Iterable[CheckResult]) -> dict[Key, CheckResult]:
    """The worst result of each requirement and subject: several checks may share both."""
    worst: dict[Key, CheckResult] = {}
    for result in results:
        key = (result.requirement, result.subject)
        held = worst.get(key)
        if held is None or Outcome.of(result.outcome) > Outcome.of(held.outcome):
            worst[key] = result
    return worst


def _difference(
    key: Key,
    old: CheckResult | None,
    new: CheckResult | None,
    requirements: Mapping[str, Requirement],
    explanations: Explanations,
) -> Difference | None:
    shift = _shift(old, new)
    if shift is None:
        return None
    name, subject = key
    requirement = requirements.get(name)
    told = old if shift is Shift.FIXED else new
    breach: Breach | None = told.breaches[0] if told is not None and told.breaches else None
    return Difference(
        shift=shift,
        requirement=name,
        level=str(requirement.level) if requirement else "",
        subject=subject,
        before=old.outcome if old else "absent",
        after=new.outcome if new else "absent",
        where=breach.where if breach else "",
        expected=breach.expected if breach else "",
        actual=breach.actual if breach else "",
        reason=new.reason if new else "",
        explained=explanations.of(subject, *(_texts(breach) if breach else ())),
    )


def _texts(breach: Breach) -> tuple[str, ...]:
    return breach.where, breach.expected, breach.actual


def _shift(old: CheckResult | None, new: CheckResult | None) -> Shift | None:
    was, now = _outcome(old), _outcome(new)
    if now is Outcome.FAILED:
        return Shift.STILL_FAILING if was is Outcome.FAILED else Shift.NEWLY_FAILING
    if was in _DECIDED and now not in _DECIDED:
        return Shift.NO_LONGER_JUDGED
    if was is Outcome.FAILED:
        return Shift.FIXED
    if now in _DECIDED and was not in _DECIDED:
        return Shift.NEWLY_JUDGED
    return None


def _outcome(result: CheckResult | None) -> Outcome:
    return Outcome.NOT_APPLICABLE if result is None else Outcome.of(result.outcome)


def _type_shifts(
    before: Mapping[str, Mapping[str, int]], after: Mapping[str, Mapping[str, int]]
) -> Iterable[TypeShift]:
    for place, old in before.items():
        new = after.get(place, {})
        if min(_often(old), _often(new)) < SEEN_OFTEN:
            continue
        came = _kinds(new) - _kinds(old)
        if came:
            yield TypeShift(place, tuple(sorted(_plain(old))), tuple(sorted(_plain(new))))


def _often(counts: Mapping[str, int]) -> int:
    return sum(count for kind, count in counts.items() if kind != "null")


def _plain(counts: Mapping[str, int]) -> set[str]:
    return {kind for kind in counts if kind != "null"}


def _kinds(counts: Mapping[str, int]) -> set[str]:
    """Whole and broken numbers are one kind: 0 is written without a fraction."""
    return {"number" if kind in _NUMERIC else kind for kind in _plain(counts)}
