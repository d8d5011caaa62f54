"""The plan of a run: its checks in order, and the digest that names the set."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from conformance.verdict.run import CheckSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.plugin.check import Declaration
    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.requirements.requirement import Requirement
    from conformance.verdict.breach import Breach


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement × one subject, with the body that provokes it.

    `among` is over how many subjects the body ranges in this scope, whatever of them is selected.
    """

    requirement: Requirement
    subject: Subject
    body: Callable[[Context, Subject], Iterable[Breach]]
    declaration: Declaration
    function: str
    among: int = 1

    @property
    def name(self) -> str:
        """What names the check in files: `LIST-PAGE-002 media.list test_pages_are_disjoint`."""
        return f"{self.requirement.id} {self.subject.name} {self.function}"


def checks_of(body: Callable[..., Iterable[Breach]], scope: Scope) -> Iterator[Check]:
    """A check for each subject that the body's declaration ranges over in this scope."""
    declaration: Declaration = body.__check__  # type: ignore[attr-defined]
    requirement = scope.catalogue.get(declaration.requirement)
    subjects = tuple(declaration.over(scope))
    for subject in subjects:
        yield Check(requirement, subject, body, declaration, body.__name__, len(subjects))


def digest(checks: Iterable[Check]) -> CheckSet:
    """How many checks, and the SHA-256 over their names in order."""
    names = [check.name for check in checks]
    return CheckSet(checks=len(names), sha256=sha256("\n".join(names).encode()).hexdigest())
