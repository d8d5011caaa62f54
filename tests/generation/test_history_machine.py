"""The machine draws sound histories of what a family can do, by its seed alone."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from statistics import mean
from typing import TYPE_CHECKING

import pytest

from conformance.generation.histories import Abilities, is_sound, turns
from conformance.generation.history_machine import (
    DRAWS,
    RULES,
    STEPS,
    HistoryMachine,
    drawn,
    machine_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.generation.histories import History

ALL = Abilities(
    frozenset({"add", "get", "update", "list", "count", "clone", "delete", "recreate"}),
    related=True,
)
USUAL = Abilities(frozenset({"add", "get", "update", "list", "delete"}))
BARE = Abilities(frozenset({"add", "get", "delete"}))
SEEDS = ("1", "2", "3")

PROGRAM = """
import other_module_with_numbers
from conformance.generation.histories import Abilities
from conformance.generation.history_machine import drawn
abilities = Abilities(frozenset({"add", "get", "update", "list", "delete"}))
print(drawn(abilities, "7", most=2))
"""


def histories(abilities: Abilities) -> list[History]:
    return [each for seed in SEEDS for each in drawn(abilities, seed, most=3)]


@pytest.mark.parametrize("abilities", [ALL, USUAL, BARE], ids=["all", "usual", "bare"])
def test_histories_are_sound_and_keep_to_the_abilities(abilities: Abilities) -> None:
    """Whatever the family offers; none is cut short, and none is drawn twice."""
    found = histories(abilities)

    assert len(set(found)) == len(found) == 3 * len(SEEDS)
    for history in found:
        assert is_sound(history)
        assert {step.rule for step in history} <= abilities.rules
        assert abilities.related or not any(step.way.related for step in history)
        assert len(history) >= STEPS


def test_a_machine_has_the_rules_of_its_family_and_no_others() -> None:
    """What a service does not offer is no rule of its machine."""
    every = {name for names in RULES.values() for name in names}

    def names(abilities: Abilities) -> set[str]:
        return {rule.function.__name__ for rule in machine_of(abilities).setup_state().rules}

    assert names(ALL) == every
    assert every - names(BARE) == {
        *RULES["update"],
        *RULES["list"],
        *RULES["count"],
        *RULES["clone"],
        *RULES["recreate"],
    }
    assert issubclass(machine_of(ALL), HistoryMachine)


def test_all_is_drawn() -> None:
    """Every rule, every carriage, both sessions, batches and the related service."""
    steps = [step for seed in range(6) for each in drawn(ALL, str(seed), most=3) for step in each]

    assert {step.rule for step in steps} == ALL.rules
    assert {step.way.carriage for step in steps} == {"json", "form", "multipart", "xml"}
    assert any(step.way.related for step in steps)
    assert any(step.way.second for step in steps)
    assert any(step.way.batch for step in steps)


def test_no_two_steps_of_a_history_write_the_same() -> None:
    """Equal writes to two objects could not be told apart."""
    for history in histories(ALL):
        seeds = [step.seed for step in history if step.seed]

        assert len(set(seeds)) == len(seeds)


def test_what_is_kept_has_more_turns_than_what_is_drawn() -> None:
    """Hypothesis likes to repeat itself; what repeats is not worth its calls."""
    best = mean(len(turns(drawn(USUAL, str(seed), most=1)[0])) for seed in range(5))
    every = [each for seed in range(5) for each in drawn(USUAL, str(seed), most=DRAWS)]

    assert best > mean(len(turns(each)) for each in every)


def test_the_same_seed_draws_the_same_in_any_thread() -> None:
    """And another seed something else."""
    alone = drawn(USUAL, "7", most=2)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: drawn(USUAL, seed, most=2), ["7", "8", "7", "7"]))

    assert together == [alone, drawn(USUAL, "8", most=2), alone, alone]
    assert together[0] != together[1]


def test_the_same_seed_draws_the_same_in_any_process(tmp_path: Path) -> None:
    """Hypothesis learns numbers from whatever modules are loaded; no draw may hang on them."""
    for number in (0, 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        numbers = list(range(number, 400, 7))
        (folder / "other_module_with_numbers.py").write_text(f"NUMBERS = {numbers}\n")
    said = [
        subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": str(number), "PYTHONPATH": f"{tmp_path}/{number}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in (0, 1)
    ]

    assert said[0] == said[1]
    assert said[0].strip() == repr(drawn(USUAL, "7", most=2))
