"""Which checks of a plan are wanted: globs over what a check is about, and a least level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.exceptions import did_you_mean
from conformance.profile.pattern import matches
from conformance.requirements.requirement import AREAS, Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.profile.profile import SelectionKeys


class Selection:
    """Patterns with a memory of what they matched, so that a misspelt one can be told.

    A check is wanted when a `select` pattern fits one of its names (or there is no such pattern)
    and no `deselect` pattern does. Its names are the requirement's id, the area, the service,
    `service.action`, and the subject.
    """

    def __init__(
        self,
        select: Iterable[str] = (),
        deselect: Iterable[str] = (),
        level: Level = Level.MUST,
    ) -> None:
        """Keep the patterns; `level` is the least that is judged."""
        self.select = tuple(select)
        self.deselect = tuple(deselect)
        self.level = level
        self._fitting: dict[str, frozenset[str]] = {}
        self._used: set[str] = set()

    @classmethod
    def of(cls, keys: SelectionKeys) -> Selection:
        """The selection that a profile asks for."""
        return cls(keys.select, keys.deselect, Level(keys.level.upper()))

    def judges(self, level: Level) -> bool:
        """Whether requirements of this level are judged."""
        return level.rank >= self.level.rank

    def matches(
        self,
        requirement_id: str,
        area: str,
        service: str | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> bool:
        """Whether the check is wanted. `action` is the action's own name, `list`."""
        whole = f"{service}.{action}" if service and action else None
        fitting: frozenset[str] = frozenset()
        for name in (requirement_id, area, service, whole, subject):
            if name:
                fitting |= self._patterns_that_fit(name)
        self._used |= fitting
        if not fitting.isdisjoint(self.deselect):
            return False
        return not self.select or not fitting.isdisjoint(self.select)

    def unmatched(self) -> tuple[str, ...]:
        """A line for each pattern that has matched nothing so far, with what is near."""
        patterns = dict.fromkeys((*self.select, *self.deselect))
        return tuple(self._complaint(each) for each in patterns if each not in self._used)

    def _patterns_that_fit(self, name: str) -> frozenset[str]:
        if name not in self._fitting:
            patterns = (*self.select, *self.deselect)
            self._fitting[name] = frozenset(each for each in patterns if matches(each, name))
        return self._fitting[name]

    def _complaint(self, pattern: str) -> str:
        option = "--select" if pattern in self.select else "--deselect"
        known = {*AREAS, *self._fitting}
        by_folded = {name.casefold(): name for name in sorted(known)}
        hint = did_you_mean(pattern.casefold(), by_folded)
        for folded, name in by_folded.items():
            hint = hint.replace(f"'{folded}'", f"'{name}'")
        text = f"{option} {pattern}: matches no check"
        return f"{text}. {hint}" if hint.startswith("Did") else text
