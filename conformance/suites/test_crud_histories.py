"""Histories of a few objects, played against a model. One play of a service is judged by many.

A second look plays the same steps again with fresh objects, and leaves out what it can.
"""

from __future__ import annotations

import time
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from msgspec import Struct, structs

from conformance.generation.histories import Step, renamed, shortest, tour
from conformance.generation.history_inputs import controls, smallest
from conformance.generation.history_machine import drawn
from conformance.generation.reduction import Questions
from conformance.oracles import histories as oracles
from conformance.oracles.histories import Played
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.suites import history_subjects as subjects
from conformance.suites.history_play import Player
from conformance.suites.shared import Shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.generation.histories import History
    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach

    Judge = Callable[[Played, Lineage], Iterator[Breach]]

EXAMPLES_A_HISTORY = 20
"""A history takes two dozen calls, so the machine's are few."""
MOST_CONTROLS = 6
"""Writes of a small history that are played alone: a server has to keep what they write."""
MOST_QUESTIONS = 90
"""How often a history may be played again to find what of it can go."""
REDUCED_FOR_SECONDS = 40.0
"""How long one history is made shorter."""
SHORT_PATIENCE_SECONDS = 0.5
"""For a list, while a history is made shorter; the shortest is played with all of it."""
REDUCED_PER_RULE = 3
"""Of one rule so many services' histories are reduced; one cause shows in all of them alike."""


class Told(Struct, frozen=True):
    """A history that was played: its steps, and how it went."""

    steps: tuple[Step, ...]
    played: Played


class Reductions:
    """How many histories of a run were reduced for a rule. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._runs: WeakKeyDictionary[Lineage, dict[str, int]] = WeakKeyDictionary()

    def may(self, lineage: Lineage, rule: str) -> bool:
        """Whether one more may be; it is counted."""
        with self._lock:
            counts = self._runs.setdefault(lineage, {})
            counts[rule] = counts.get(rule, 0) + 1
            return counts[rule] <= REDUCED_PER_RULE


def _play(context: Context, service: str) -> tuple[Told, ...]:
    """What failed in earlier runs, then a tour of the service and what the machine draws."""
    player = Player(context, service)
    recalled = context.memory.recalled(service, player.abilities)
    found = []
    for steps in (*recalled, *_plans(context, player)):
        played = player.play(steps)
        found.append(Told(steps, played))
        if steps in recalled and not any(oracles.departures(played, context.lineage)):
            context.memory.drop(service, steps)
    return tuple(found)


def _plans(context: Context, player: Player) -> tuple[History, ...]:
    """A tour, and as many histories of the machine as the profile's examples allow."""
    first = tour(context.random, player.abilities)
    most = ceil(context.profile.limits.examples / EXAMPLES_A_HISTORY)
    seed = str(context.random.getrandbits(64))
    return (first, *drawn(player.abilities, seed, most=most, besides=(first,)))


HISTORIES: Shared[tuple[Told, ...]] = Shared(_play)
REDUCTIONS = Reductions()


@check(oracles.reads_show_the_last_write, over=subjects.services_with_histories, writes=True)
def test_reads_show_the_last_write(context: Context, subject: Subject) -> Iterator[Breach]:
    """Play histories and hold every get against what was written last."""
    yield from _judged(context, subject, oracles.reads_show_the_last_write)


@check(oracles.living_stay_and_deleted_go, over=subjects.services_with_histories, writes=True)
def test_living_stay_and_deleted_go(context: Context, subject: Subject) -> Iterator[Breach]:
    """Play histories and ask for the living and for the deleted."""
    yield from _judged(context, subject, oracles.living_stay_and_deleted_go)


@check(oracles.lists_follow_every_write, over=subjects.services_with_lists, writes=True)
def test_lists_follow_every_write(context: Context, subject: Subject) -> Iterator[Breach]:
    """Play histories and list and count their objects in between."""
    yield from _judged(context, subject, oracles.lists_follow_every_write)


@check(oracles.every_birth_has_its_own_id, over=subjects.services_that_give_ids, writes=True)
def test_every_birth_has_its_own_id(context: Context, subject: Subject) -> Iterator[Breach]:
    """Play histories and compare the ids of all that was added and cloned."""
    yield from _judged(context, subject, oracles.every_birth_has_its_own_id)


@check(oracles.key_of_a_deleted_object_is_free, over=subjects.services_that_free_keys, writes=True)
def test_key_of_a_deleted_object_is_free(context: Context, subject: Subject) -> Iterator[Breach]:
    """Play histories in which an object takes the key of a deleted one."""
    yield from _judged(context, subject, oracles.key_of_a_deleted_object_is_free)


def _judged(context: Context, subject: Subject, judge: Judge) -> Iterator[Breach]:
    """The breaches of the run's plays; on a second look, of what showed them, played again."""
    if not context.attempt:
        for told in HISTORIES.of(context, subject.name):
            yield from judge(told.played, context.lineage)
        return
    player = Player(context, subject.name)
    first = HISTORIES.held(context, subject.name) or ()
    failing = [told for told in first if any(judge(told.played, context.lineage))]
    plans = [told.steps for told in failing] or _plans(context, player)
    steps = plans[(context.attempt - 1) % len(plans)]
    played = player.play(steps)
    breaches = tuple(judge(played, context.lineage))
    if breaches and REDUCTIONS.may(context.lineage, judge.__name__):
        breaches = _reduced(context, player, steps, judge) or breaches
    elif breaches:
        context.memory.note(subject.name, steps)
    yield from breaches


def _reduced(
    context: Context, player: Player, steps: Sequence[Step], judge: Judge
) -> tuple[Breach, ...]:
    """The breach of the shortest history that still shows one, played once more."""
    deadline = time.monotonic() + REDUCED_FOR_SECONDS

    def shown(candidate: Sequence[Step], patience_seconds: float | None) -> tuple[Breach, ...]:
        try:
            played = player.play(candidate, patience_seconds=patience_seconds)
        except (NotApplicable, Inconclusive):
            return ()
        whole = tuple(dict.fromkeys(event.exchange.number for event in played.events))
        return tuple(
            structs.replace(each, exchanges=whole) for each in judge(played, context.lineage)
        )

    def holds(candidate: tuple[Step, ...]) -> bool:
        return time.monotonic() < deadline and bool(shown(candidate, SHORT_PATIENCE_SECONDS))

    questions = Questions(holds, most=MOST_QUESTIONS)
    fewest = _smallest(player, shortest(steps, questions), questions)
    before = len(context.exchanges)
    found = shown(fewest, None)[:1]
    if found:
        # The evidence is the shortest play, not the way to it.
        del context.exchanges[:before]
    context.memory.note(player.service, fewest if found else tuple(steps))
    told = f"shrunk to {len(fewest)} calls: {'; '.join(map(str, fewest))}"
    return tuple(
        structs.replace(each, hint=f"{each.hint}; {told}".removeprefix("; ")) for each in found
    )


def _smallest(player: Player, fewest: History, questions: Questions[Step]) -> History:
    """The history with the smallest inputs, its objects named in their order."""
    named = renamed(fewest)
    if not questions(named):
        return fewest
    try:
        # The play before may have been of another one: what was asked is not played again.
        player.play(named, patience_seconds=SHORT_PATIENCE_SECONDS)
    except (NotApplicable, Inconclusive):
        return named
    told = player.told
    if not questions(told):
        return named
    small = smallest(told, questions, player.plainest)
    asked_apart = Questions(questions.ask, most=MOST_CONTROLS)
    return named if any(asked_apart(each) for each in controls(small)) else small
