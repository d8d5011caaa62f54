"""How many histories it takes to meet planted stateful faults, and how small they are made.

    python benchmarks/histories.py [--seed 1] [--most 200] [--by machine | walk | hypothesis]

Each fault of the table is planted in an embedded server of its own and looked for by histories of
one service. The fewest calls and the fewest values are stated beforehand; a value has to be the
plainest of its property, such as a text of one letter. `--by machine` is what a run does: the
machine draws, the histories with the most new turns are played, and what fails is reduced by
leaving out. `--by walk` draws by the plain walk that was used before. `--by hypothesis` gives the
same machine to Hypothesis, which plays each draw and shrinks by its own means. A play is a history
that is sent. Exits with 1 unless every fault is found and made minimal.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import HealthCheck, Phase, settings
from plain_walk import walk

from conformance.generation.histories import renamed, shortest
from conformance.generation.history_inputs import inputs_of, smallest
from conformance.generation.history_machine import STEPS, drawn, run
from conformance.generation.reduction import Questions
from conformance.oracles.histories import departures
from conformance.plugin.context import Context
from conformance.plugin.opening import open_bench
from conformance.plugin.settings import from_options
from conformance.suites.history_play import Player

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.generation.histories import Abilities, History, Step


class Least(NamedTuple):
    """The smallest history that shows a fault: its calls, and how many values they write."""

    service: str
    calls: int
    values: int
    told: str


TABLE = {
    "second_update_is_not_shown": Least("data", 4, 2, "add, update, update, get"),
    "base_update_leaves_a_stale_copy": Least("media", 4, 1, "add, get, update through base, get"),
    "session_remembers_what_it_got": Least("uiconf", 4, 1, "add, get, update by another, get"),
    "third_update_is_dropped": Least("playlist", 5, 3, "add, update, update, update, get"),
    "update_is_written_to_the_last_one_too": Least("data", 5, 2, "add, add, update, update, get"),
    "clone_shares_the_row": Least("uiconf", 4, 2, "add, clone, update, get"),
    "remade_object_is_the_old_one": Least("user", 4, 0, "add, delete, recreate, get"),
    "batch_remembers_what_it_got": Least("uiconf", 4, 1, "add, get, update, get, both in a batch"),
    "delete_takes_the_object_before_as_well": Least("uiconf", 4, 0, "add, add, delete, get"),
    "second_delete_brings_it_back": Least("playlist", 4, 0, "add, delete, delete, get"),
    "list_is_remembered_until_an_add": Least("uiconf", 4, 2, "add, list, update or delete, list"),
    "count_holds_what_was_updated_and_deleted": Least("media", 4, 1, "add, update, delete, count"),
    "id_is_given_again": Least("uiconf", 3, 0, "add, delete, add"),
    "key_of_a_deleted_user_stays_taken": Least("user", 3, 0, "add, delete, recreate"),
}

MOST_QUESTIONS = 200
PATIENCE_SECONDS = 0.1
NEVER = 10**6
WAYS = ("machine", "walk", "hypothesis")


class Found(NamedTuple):
    """What it took: histories until it showed, then plays and calls until it was minimal."""

    histories: int
    plays: int
    calls: int
    steps: History


class Bench:
    """Plays histories of one service on a server with one fault, and counts them."""

    def __init__(self, stack: ExitStack, fault: str, service: str) -> None:
        folder = stack.enter_context(TemporaryDirectory(prefix="kc-histories-"))
        options: dict[str, Any] = {"seed": 1, "output": folder}
        opened = open_bench(
            from_options(options, quiet=True, faults=(f"histories.{fault}",)), stack
        )
        self._context = Context(opened.bench, Random(1), attempt=0)  # noqa: S311 - inputs
        self.player = Player(self._context, service)
        self.plays = 0

    @property
    def abilities(self) -> Abilities:
        """What the service offers."""
        return self.player.abilities

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return len(self._context.exchanges)

    def shows(self, steps: Sequence[Step]) -> bool:
        """Whether the history shows a departure."""
        self.plays += 1
        played = self.player.play(steps, patience_seconds=PATIENCE_SECONDS)
        return any(departures(played, self._context.lineage))


def found_by(bench: Bench, histories: Iterator[History], most: int) -> Found:
    """Play histories until one shows it, reduced by leaving out."""
    for number, steps in enumerate(histories, 1):
        if bench.shows(steps):
            plays, calls = bench.plays, bench.calls
            least = _smallest(bench, steps)
            return Found(number, bench.plays - plays, bench.calls - calls, least)
        if number >= most:
            break
    return Found(NEVER, 0, 0, ())


def _smallest(bench: Bench, steps: History) -> History:
    questions: Questions[Step] = Questions(bench.shows, most=MOST_QUESTIONS)
    fewest = renamed(shortest(steps, questions))
    bench.shows(fewest)
    return smallest(bench.player.told, questions, bench.player.plainest)


def by_machine(abilities: Abilities, seed: int) -> Iterator[History]:
    """As runs draw them, one after another."""
    number = 0
    while True:
        number += 1
        yield from drawn(abilities, f"{seed}:{number}", most=1)


def by_walk(abilities: Abilities, seed: int) -> Iterator[History]:
    """As they were drawn before."""
    number = 0
    while True:
        number += 1
        yield walk(Random(f"{seed}:{number}"), abilities)  # noqa: S311 - inputs


def by_hypothesis(bench: Bench, seed: int, most: int) -> Found:
    """The same machine, each draw played, shrunk by Hypothesis. Values are not its to shrink."""
    first: list[tuple[int, int]] = []
    least: list[History] = []

    def play(steps: History) -> None:
        if bench.shows(steps):
            first.append((bench.plays, bench.calls))
            least.append(steps)
            raise AssertionError

    limits = settings(
        max_examples=most,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run(bench.abilities, play, seed=str(seed), limits=limits, closing=False)
    except (AssertionError, BaseExceptionGroup):
        plays, calls = first[0]
        steps = min(least, key=len)
        return Found(plays, bench.plays - plays, bench.calls - calls, steps)
    return Found(NEVER, 0, 0, ())


def look_for(fault: str, *, way: str, seed: int, most: int) -> tuple[Found, bool]:
    """Plant the fault and look for it; whether what was found is as small as stated."""
    least = TABLE[fault]
    with ExitStack() as stack:
        bench = Bench(stack, fault, least.service)
        if way == "hypothesis":
            found = by_hypothesis(bench, seed, most)
        else:
            draw = by_machine if way == "machine" else by_walk
            found = found_by(bench, draw(bench.abilities, seed), most)
        return found, _is_minimal(found, least, bench.player)


def _is_minimal(found: Found, least: Least, player: Player) -> bool:
    """Whether it has no more calls and values than stated, and each value is a plainest one."""
    values = [pair for step in found.steps for pair in step.values or ()]
    plain = all(
        value in [player.plainest(name, number) for number in range(len(found.steps))]
        for name, value in values
    )
    return len(found.steps) == least.calls and len(values) <= least.values and plain


def main() -> int:
    """Look for every fault of the table; print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=200, help="histories for each fault")
    parser.add_argument("--by", choices=WAYS, default="machine")
    parser.add_argument("--fault", action="append", choices=sorted(TABLE))
    options = parser.parse_args()
    met: list[int] = []
    missed = plays = calls = 0
    print(f"{'fault':<42}{'least':>8}{'found at':>9}{'plays':>7}{'calls':>7}{'got':>7}  minimal")
    for fault in options.fault or TABLE:
        started = time.monotonic()
        found, minimal = look_for(fault, way=options.by, seed=options.seed, most=options.most)
        least = TABLE[fault]
        missed += not minimal
        met.append(found.histories)
        plays, calls = plays + found.plays, calls + found.calls
        at = "never" if found.histories == NEVER else str(found.histories)
        stated, got = f"{least.calls}+{least.values}", f"{len(found.steps)}+{_values(found)}"
        print(
            f"{fault:<42}{stated:>8}{at:>9}{found.plays:>7}{found.calls:>7}{got:>7}"
            f"  {'; '.join(map(str, found.steps))}  [{time.monotonic() - started:.0f} s]",
            flush=True,
        )
    print(
        f"{len(met) - missed} found and minimal, {missed} not; met by history {_mean(met)} in the"
        f" mean, {max(met)} at most; then {_mean([plays], len(met))} plays and"
        f" {_mean([calls], len(met))} calls each"
    )
    return 1 if missed else 0


def _values(found: Found) -> str:
    told = any(step.values is not None for step in found.steps)
    return str(len(inputs_of(found.steps))) if told else "?"


def _mean(numbers: Sequence[int], parts: int = 0) -> str:
    return f"{sum(numbers) / (parts or len(numbers)):.1f}"


if __name__ == "__main__":
    sys.exit(main())
