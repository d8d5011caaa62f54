"""How many histories it takes to meet planted stateful faults, and how short they are made.

    python benchmarks/histories.py [--seed 1] [--most 200] [--hypothesis]

Each fault of the table is planted in an embedded server of its own and looked for by random walks
on one service. The minimal length is stated beforehand. With `--hypothesis`, the same rules are
drawn and shrunk by Hypothesis instead, to compare the plays (a play is a history that is sent).
Exits with 1 unless every fault is found and made minimal.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conformance.generation.histories import BIRTHS, PLAIN, Step, Way, shortest, walk
from conformance.generation.reduction import Questions
from conformance.oracles.histories import departures
from conformance.plugin.context import Context
from conformance.plugin.opening import open_bench
from conformance.plugin.settings import from_options
from conformance.suites.history_play import Player

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.generation.histories import Abilities, History

TABLE = {
    "second_update_is_not_shown": ("data", 4, "add, update, update, get"),
    "base_update_leaves_a_stale_copy": ("media", 4, "add, get, update through base, get"),
    "session_remembers_what_it_got": ("uiconf", 4, "add, get, update by another session, get"),
    "third_update_is_dropped": ("playlist", 5, "add, update, update, update, get"),
    "update_is_written_to_the_last_one_too": ("data", 5, "add, add, update, update, get"),
    "clone_shares_the_row": ("uiconf", 4, "add, clone, update, get"),
    "remade_object_is_the_old_one": ("user", 4, "add, delete, recreate, get"),
    "batch_remembers_what_it_got": ("uiconf", 4, "add, get in a batch, update, get in a batch"),
    "delete_takes_the_object_before_as_well": ("uiconf", 4, "add, add, delete, get"),
    "second_delete_brings_it_back": ("playlist", 4, "add, delete, delete, get"),
    "list_is_remembered_until_an_add": ("uiconf", 4, "add, list, delete, list"),
    "count_holds_what_was_updated_and_deleted": ("media", 4, "add, update, delete, count"),
    "id_is_given_again": ("uiconf", 3, "add, delete, add"),
    "key_of_a_deleted_user_stays_taken": ("user", 3, "add, delete, recreate"),
}
"""By fault: the service, the least number of calls that show it, and which these are."""

MOST_QUESTIONS = 200
PATIENCE_SECONDS = 0.1
NEVER = 10**6


class Found(NamedTuple):
    """What it took: histories until it showed, then plays until it was minimal."""

    histories: int
    plays: int
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
        self._player = Player(self._context, service)
        self.plays = 0

    @property
    def abilities(self) -> Abilities:
        """What the service offers."""
        return self._player.abilities

    def shows(self, steps: Sequence[Step]) -> bool:
        """Whether the history shows a departure."""
        self.plays += 1
        played = self._player.play(steps, patience_seconds=PATIENCE_SECONDS)
        return any(departures(played, self._context.lineage))


def ours(bench: Bench, seed: int, most: int) -> Found:
    """Walks until one shows it, reduced by leaving out."""
    for number in range(1, most + 1):
        steps = walk(Random(f"{seed}:{number}"), bench.abilities)  # noqa: S311 - inputs
        if bench.shows(steps):
            before = bench.plays
            questions: Questions[Step] = Questions(bench.shows, most=MOST_QUESTIONS)
            steps = shortest(steps, questions)
            return Found(number, bench.plays - before, steps)
    return Found(NEVER, 0, ())


def hypothesis(bench: Bench, most: int) -> Found:
    """The same rules drawn and shrunk by Hypothesis."""
    first: list[int] = []
    least: list[History] = []

    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(_drawn_steps(bench.abilities), max_size=20))
    def property_holds(drawn: list[tuple[Any, ...]]) -> None:
        steps = tuple(_sound(drawn))
        if steps and bench.shows(steps):
            first.append(bench.plays)
            least.append(steps)
            raise AssertionError

    try:
        property_holds()
    except (AssertionError, BaseExceptionGroup):
        return Found(first[0], bench.plays - first[0], min(least, key=len))
    return Found(NEVER, 0, ())


def _drawn_steps(abilities: Abilities) -> Any:
    rules = sorted(abilities.rules)
    ways = st.builds(
        Way,
        related=st.booleans() if abilities.related else st.just(value=False),
        second=st.booleans(),
        batch=st.booleans(),
    )
    return st.tuples(st.sampled_from(rules), st.integers(0, 3), ways, st.integers(0, 2**16))


def _sound(drawn: list[tuple[Any, ...]]) -> Iterator[Step]:
    """The drawn steps about objects that there are; the first is an add."""
    made: list[str] = []
    for rule, actor, way, seed in drawn:
        who = "abcdefghijklmnopqrstuvwxyz"[len(made)]
        if rule == "add" or not made:
            yield Step("add", who, seed=seed)
            made.append(who)
        elif rule in BIRTHS:
            yield Step(rule, who, made[actor % len(made)], way=PLAIN, seed=seed)
            made.append(who)
        else:
            name = "" if rule in {"list", "count"} else made[actor % len(made)]
            yield Step(rule, name, way=way, seed=seed)


def main() -> int:
    """Look for every fault of the table; print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=200, help="histories for each fault")
    parser.add_argument("--hypothesis", action="store_true")
    parser.add_argument("--fault", action="append", choices=sorted(TABLE))
    options = parser.parse_args()
    missed = 0
    print(
        f"{'fault':<42}{'service':<10}{'least':>6}{'found at':>9}{'plays':>7}{'calls':>7}  minimal"
    )
    for fault in options.fault or TABLE:
        service, least, _ = TABLE[fault]
        started = time.monotonic()
        with ExitStack() as stack:
            bench = Bench(stack, fault, service)
            found = (
                hypothesis(bench, options.most)
                if options.hypothesis
                else ours(bench, options.seed, options.most)
            )
        missed += len(found.steps) != least
        at = "never" if found.histories == NEVER else str(found.histories)
        print(
            f"{fault:<42}{service:<10}{least:>6}{at:>9}{found.plays:>7}{len(found.steps):>7}"
            f"  {', '.join(map(str, found.steps))}  [{time.monotonic() - started:.0f} s]",
            flush=True,
        )
    print(f"{len(options.fault or TABLE) - missed} found and minimal, {missed} not")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
