"""How a suite says that a function is a check: which oracle it asks, over which subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.oracles.claim import Oracle
    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach

    Body = Callable[[Context, Subject], Iterable[Breach]]
    Subjects = Callable[[Scope], Iterable[Subject]]


class Declaration(Struct, frozen=True):
    """What `@check` leaves on a function.

    `writes` marks bodies that create, change or delete on the target; `last` those that judge what
    the whole run has seen and therefore come after all others.
    """

    oracle: Any
    over: Any
    writes: bool = False
    last: bool = False

    @property
    def requirement(self) -> str:
        """The requirement's id, as the oracle claims it."""
        return str(self.oracle.requirement)


def check(
    oracle: Oracle[...], *, over: Subjects, writes: bool = False, last: bool = False
) -> Callable[[Body], Body]:
    """Make a function `(context, subject) -> breaches` a check of the oracle's requirement."""

    def declare(body: Body) -> Body:
        body.__check__ = Declaration(oracle=oracle, over=over, writes=writes, last=last)  # type: ignore[attr-defined]
        return body

    return declare


class NotApplicable(Exception):
    """Raised by a body when the requirement asks nothing of this subject on this target."""


class Inconclusive(Exception):
    """Raised by a body when the subject could not be judged; the text says why."""
