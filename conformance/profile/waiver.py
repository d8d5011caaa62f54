"""A waiver accepts a breach that is known, for a time, with a reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from conformance.profile.kinds import Glob, RequirementId
from conformance.profile.pattern import matches_any

if TYPE_CHECKING:
    from collections.abc import Iterable


class Waiver(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """One accepted breach: it stops a finding from failing the run until it expires."""

    requirement: Annotated[
        RequirementId,
        Meta(description="The requirement that is broken, for example LIST-PAGE-002."),
    ]
    subjects: Annotated[
        tuple[Glob, ...],
        Meta(description="Globs over subjects (`media.list`); every subject when left out."),
    ] = ("*",)
    reason: Annotated[str, Meta(description="Why it is accepted, in words.", min_length=10)]
    expires: Annotated[
        date, Meta(description="The last day on which it holds; afterwards the breach fails again.")
    ]
    issue: Annotated[str | None, Meta(description="Where the mending is followed.")] = None
    owner: Annotated[str | None, Meta(description="Who answers for it.")] = None

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return today > self.expires

    def covers(self, requirement: str, subject: str) -> bool:
        """Whether it is about this requirement and subject, expired or not."""
        return self.requirement == requirement and matches_any(self.subjects, subject)


def waiver_for(
    waivers: Iterable[Waiver], requirement: str, subject: str, today: date
) -> Waiver | None:
    """The first waiver that covers the breach and still holds today, or None."""
    fitting = (w for w in waivers if w.covers(requirement, subject) and not w.expired(today))
    return next(fitting, None)


def unused(
    waivers: Iterable[Waiver], breaches: Iterable[tuple[str, str]], today: date
) -> tuple[Waiver, ...]:
    """The waivers that no breach needed: expired ones, and those whose trouble is over.

    `breaches` are the (requirement, subject) pairs that the run found broken.
    """
    found = tuple(breaches)
    return tuple(
        w for w in waivers if w.expired(today) or not any(w.covers(*pair) for pair in found)
    )
