"""Tries conditions on sets of calls: one that a sound server keeps, and the judged one breaks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, structs

from conformance.plugin.conditions import conditions
from conformance.plugin.contrasts import contrasts
from conformance.plugin.schema_conditions import schema_conditions
from conformance.plugin.script import SEEN, Story, Writer
from conformance.plugin.staging import Stage, holds
from conformance.verdict.breach import Breach
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST_CALLS = 60
MOST_TRIES = 40
"""For what shows now and then: one in ten shows in 98 of 100 runs of a program."""
FEW_TRIES = 3
"""What a fresh server does from the second time on shows as well."""
FEW_CALLS = 4
LOOKS = 4
"""How often a condition must be broken in a row to count as broken each time."""

LONGEST_LOOKS_SECONDS = 8.0


class Players(Protocol):
    """Who writes the run's calls, and makes them anew."""

    def writer(self) -> Writer:
        """Writes calls as they were made in the run."""

    def recorded(self, calls: Sequence[Exchange], story: Story) -> dict[str, Any]:
        """The names of their program, with the answers that the run recorded."""

    def played(self, calls: Sequence[Exchange], story: Story) -> dict[str, Any] | None:
        """The names of their program, after they were made anew on the judged server."""


class Case(Struct, frozen=True):
    """A breach with the exchanges that show it and all of its check's, and what a head tells."""

    breach: Breach
    shown: tuple[Exchange, ...]
    check: tuple[Exchange, ...]
    story: Story
    sound: Stage
    schema: bytes | None = None
    """The schema as it was served, where it is what the finding is about."""


class Trial:
    """Tries conditions on the answers to sets of calls; each set is made on a sound server once."""

    def __init__(self, players: Players, case: Case) -> None:
        self._players = players
        self._case = case
        self._candidates: dict[tuple[int, ...], list[str]] = {}
        self._sound: dict[tuple[int, ...], dict[str, Any] | None] = {}
        self._sometimes: set[tuple[tuple[int, ...], str]] = set()
        self._asked: set[tuple[tuple[int, ...], str]] = set()
        self._reasons: dict[str, None] = {}

    @property
    def why(self) -> str:
        """Why no condition was taken."""
        return "; ".join(self._reasons)

    def story(self, calls: Sequence[Exchange], claim: str) -> Story:
        """The head of the program, with as many tries as the condition needs."""
        story = self._case.story
        rare = (_key(calls), claim) in self._sometimes
        return structs.replace(story, tries=MOST_TRIES) if rare else story

    def candidates(self, calls: Sequence[Exchange]) -> list[str]:
        """All conditions that may be meant, the plainest first, whatever they say of any answer."""
        key = _key(calls)
        if key not in self._candidates:
            self._candidates[key] = list(dict.fromkeys(self._conditions(calls)))
        return self._candidates[key]

    def _conditions(self, calls: Sequence[Exchange]) -> Iterator[str]:
        case, writer = self._case, self._players.writer()
        names = writer.names(calls)
        last = max(each.number for each in case.shown)
        writer.program(calls, "True", case.story)

        def source(value: Any) -> str:
            return writer.value(value, before=last + 1)

        if case.schema is not None:
            first = names[case.shown[0].number] if len(case.shown) > 1 else None
            yield from schema_conditions(case.breach, case.schema, names[last], before=first)
            return
        yield from conditions(case.breach, case.shown, names, source)
        sound = self._on_sound(calls)
        if sound is not None:
            recorded = self._players.recorded(calls, case.story)
            for each in reversed(case.shown):
                name = names[each.number]
                if name in sound:
                    answers = (recorded[name], sound[name])
                    yield from contrasts(
                        case.breach, name, *answers, at=sound["at"], nonce=sound["NONCE"]
                    )

    def claim(self, calls: Sequence[Exchange], wanted: Callable[[str], bool]) -> str | None:
        """The first condition that a sound server keeps, and the judged one breaks once more."""
        if len(calls) > MOST_CALLS:
            self._reasons[f"it takes {len(calls)} calls, more than {MOST_CALLS}"] = None
            return None
        sound = self._on_sound(calls)
        if sound is None:
            self._reasons["its calls cannot be made on a sound server"] = None
            return None
        recorded = self._players.recorded(calls, self._case.story)
        broken = [
            each
            for each in self.candidates(calls)
            if wanted(each) and holds(each, recorded) is False
        ]
        kept = [each for each in broken if holds(each, sound)]
        if not broken:
            self._reasons["no plain condition on the answers says it"] = None
        elif not kept:
            self._reasons["each condition that says it is broken on a sound server too"] = None
        untried = [each for each in kept if (_key(calls), each) not in self._asked]
        found = self._broken(calls, untried)
        self._asked.update((_key(calls), each) for each in untried if each != found)
        if untried and found is None:
            self._reasons["its calls alone do not show it again"] = None
        return found

    def _broken(self, calls: Sequence[Exchange], claims: Sequence[str]) -> str | None:
        """The first of the claims that the judged server breaks when the calls are made anew."""
        if not claims:
            return None
        found: str | None = None
        rare = False
        # What shows now and then may have been confirmed at once; a few calls are soon made again.
        tries = MOST_TRIES if len(calls) <= FEW_CALLS else self._case.story.tries
        began = time.monotonic()
        for turn in range(tries):
            names = self._players.played(calls, self._case.story)
            if names is None:
                self._reasons["its calls cannot be made again, or not in time"] = None
                return None
            found = next((each for each in claims if holds(each, names) is False), None)
            if found is not None:
                rare = turn >= FEW_TRIES
                break
        for _ in range(0 if rare or found is None else LOOKS):
            if time.monotonic() - began > LONGEST_LOOKS_SECONDS:
                break  # a program that waits is looked at twice, at least, when it is written
            names = self._players.played(calls, self._case.story)
            if names is None or holds(str(found), names) is not False:
                rare = True
                break
        if rare and found is not None:
            self._sometimes.add((_key(calls), found))
        return found

    def _on_sound(self, calls: Sequence[Exchange]) -> dict[str, Any] | None:
        key = _key(calls)
        if key not in self._sound:
            program = self._players.writer().program(calls, SEEN, self._case.story)
            self._sound[key] = self._case.sound.answers(program)
        return self._sound[key]


def _key(calls: Sequence[Exchange]) -> tuple[int, ...]:
    return tuple(each.number for each in calls)
