"""Which changes of the schema explain that a subject is judged otherwise than before."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from conformance.schema.change import Change, Impact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_WORD = re.compile(r"\w+")


class Explanations:
    """The changes of one schema to another, by what they touch.

    `classes` names, for each service, the classes that its actions take and answer.
    """

    def __init__(
        self, changes: Iterable[Change], classes: Mapping[str, Collection[str]] | None = None
    ) -> None:
        self._classes = classes or {}
        self._touching: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            if change.impact is Impact.ADDITIVE:
                continue  # explains no failure
            for name in _touched(change):
                self._touching[name].append(change)

    def of(self, subject: str, *told: str) -> tuple[Change, ...]:
        """The changes that touch the subject, breaking ones first; `told` is what its breach says.

        A change of a class counts for the services that take or answer it, where the breach speaks
        of what has changed: the class itself, or the property.
        """
        service = subject.partition(".")[0].lower()
        words = {word for text in told for word in _WORD.findall(text)}
        named = [*self._of(subject.lower()), *self._of(service)]
        for name in (subject.partition(".")[0], *sorted(self._classes.get(service, ()))):
            named += (change for change in self._of(name) if _last(change) in words)
        return tuple(sorted(dict.fromkeys(named), key=lambda change: change.impact.rank))

    def _of(self, name: str) -> Iterable[Change]:
        return self._touching.get(name, ())


def _touched(change: Change) -> set[str]:
    """`media.get(id)` touches `media.get` and `media`, `KalturaPlaylist.name` the class."""
    whole = change.place.partition("(")[0]
    owner = whole.partition(".")[0]
    return {whole.lower(), owner.lower(), owner}


def _last(change: Change) -> str:
    return change.place.rpartition(".")[2]
