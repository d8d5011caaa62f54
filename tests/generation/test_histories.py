"""Histories are sound as they are drawn, and stay so when steps are left out."""

from __future__ import annotations

from random import Random

import pytest

from conformance.generation.histories import (
    BIRTHS,
    PLAIN,
    Abilities,
    Step,
    Way,
    simpler,
    tour,
    walk,
    without,
)

ALL = Abilities(
    frozenset({"add", "get", "update", "list", "count", "clone", "delete", "recreate"}),
    related=True,
)
BARE = Abilities(frozenset({"add", "get", "delete"}))


def is_sound(history: tuple[Step, ...]) -> bool:
    """Whether each step is about objects that were made before, and no name is given twice."""
    made: set[str] = set()
    for step in history:
        if step.rule in BIRTHS:
            if step.who in made or (step.of and step.of not in made):
                return False
            made.add(step.who)
        elif step.who and step.who not in made:
            return False
    return True


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("abilities", [ALL, BARE], ids=["all", "bare"])
def test_histories_are_sound_and_keep_to_the_abilities(seed: int, abilities: Abilities) -> None:
    """Whatever the service offers."""
    random = Random(seed)

    for history in (tour(random, abilities), walk(random, abilities)):
        assert is_sound(history)
        assert {step.rule for step in history} <= abilities.rules
        assert abilities.related or not any(step.way.related for step in history)


def test_the_same_seed_draws_the_same_history() -> None:
    """And another one another."""
    assert walk(Random(7), ALL) == walk(Random(7), ALL)
    assert walk(Random(7), ALL) != walk(Random(8), ALL)


@pytest.mark.parametrize("seed", range(40))
def test_leaving_steps_out_leaves_a_sound_history(seed: int) -> None:
    """What was about an object that is not made goes with it."""
    random = Random(seed)
    history = walk(random, ALL)
    left_out = set(random.sample(range(len(history)), random.randint(0, len(history))))

    shorter = without(history, left_out)

    assert is_sound(shorter)
    assert len(shorter) <= len(history) - len(left_out)


def test_a_simpler_step_is_plainer() -> None:
    """The plainest comes first."""
    step = Step("update", "a", way=Way(second=True, batch=True))

    first, *others = simpler(step)

    assert first.way == PLAIN
    assert all(other.way != step.way or other.least for other in others)
    assert list(simpler(Step("get", "a"))) == []


def test_a_step_reads_as_a_sentence() -> None:
    """As it stands in a finding's hint."""
    assert str(Step("recreate", "c", "b")) == "recreate c after b"
    by_batch = Step("get", "a", way=Way(carriage="xml", batch=True))
    assert str(by_batch) == "get a (as xml, in a batch)"
