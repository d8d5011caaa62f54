"""Histories are sound as they are drawn, and stay so when steps are left out."""

from __future__ import annotations

from random import Random

import pytest

from conformance.generation.histories import (
    PLAIN,
    Abilities,
    Step,
    Way,
    is_sound,
    renamed,
    simpler,
    tour,
    turns,
    without,
)

ALL = Abilities(
    frozenset({"add", "get", "update", "list", "count", "clone", "delete", "recreate"}),
    related=True,
)
BARE = Abilities(frozenset({"add", "get", "delete"}))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("abilities", [ALL, BARE], ids=["all", "bare"])
def test_a_tour_is_sound_and_keeps_to_the_abilities(seed: int, abilities: Abilities) -> None:
    """Whatever the service offers."""
    history = tour(Random(seed), abilities)

    assert is_sound(history)
    assert {step.rule for step in history} <= abilities.rules
    assert abilities.related or not any(step.way.related for step in history)


@pytest.mark.parametrize(
    "steps",
    [
        (Step("get", "a"),),
        (Step("add", "a"), Step("add", "a")),
        (Step("add", "a"), Step("clone", "b", "c")),
        (Step("list"), Step("delete", "a")),
    ],
)
def test_what_is_not_sound_is_told(steps: tuple[Step, ...]) -> None:
    """A step about nothing, a name given twice, a copy of nothing."""
    assert not is_sound(steps)


@pytest.mark.parametrize("seed", range(40))
def test_leaving_steps_out_leaves_a_sound_history(seed: int) -> None:
    """What was about an object that is not made goes with it."""
    random = Random(seed)
    history = tour(random, ALL)
    left_out = set(random.sample(range(len(history)), random.randint(0, len(history))))

    shorter = without(history, left_out)

    assert is_sound(shorter)
    assert len(shorter) <= len(history) - len(left_out)


def test_a_simpler_step_is_plainer() -> None:
    """The plainest comes first."""
    step = Step("update", "a", way=Way(second=True, batch=True))

    look, first, *others = simpler(step)

    assert look == Step("get", "a")
    assert (first.rule, first.way) == ("update", PLAIN)
    assert others
    assert all(other.way != step.way for other in others)
    assert list(simpler(Step("get", "a"))) == []


def test_a_step_reads_as_a_sentence() -> None:
    """As it stands in a finding's hint."""
    assert str(Step("recreate", "c", "b")) == "recreate c after b"
    by_batch = Step("get", "a", way=Way(carriage="xml", batch=True))
    assert str(by_batch) == "get a (as xml, in a batch)"
    changed = Step("update", "a", way=Way(related=True), values=(("name", "b"), ("width", 1)))
    assert str(changed) == "update a (through a related service) with name 'b', width 1"


def test_objects_are_named_in_their_order() -> None:
    """What is left of a longer history begins with a again."""
    history = (Step("add", "d"), Step("add", "f"), Step("delete", "d"), Step("recreate", "g", "d"))

    assert [(step.who, step.of) for step in renamed(history)] == [
        ("a", ""),
        ("b", ""),
        ("a", ""),
        ("c", "a"),
    ]


def test_a_look_that_is_made_again_after_a_write_is_a_turn_of_its_own() -> None:
    """What remembers shows only so; a look before a write alone is no turn of the write."""
    after = (Step("add", "a"), Step("update", "a"), Step("get", "a"))
    around = (Step("add", "a"), Step("get", "a"), Step("update", "a"), Step("get", "a"))

    assert turns(around) - turns(after)
    assert turns((Step("add", "a"), Step("update", "a"))) == frozenset()
