"""The plain seeded walk that drew histories before the machine: kept to compare them with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.generation.histories import (
    BIRTHS,
    ENDS,
    LOOKS,
    MOST_LIVING,
    NAMES,
    habitual_step,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from conformance.generation.histories import Abilities, History, Rule, Step, Way

STEPS = 16
HAUNTED = 0.2
WEIGHTS: dict[Rule, int] = {
    "add": 2,
    "get": 8,
    "update": 6,
    "list": 2,
    "count": 2,
    "clone": 1,
    "delete": 3,
    "recreate": 3,
}


def walk(random: Random, abilities: Abilities, *, steps: int = STEPS) -> History:
    """A random walk over the rules; at its end every object is looked at."""
    habits: dict[Rule, Way] = {}

    def step(rule: Rule, who: str = "", of: str = "") -> Step:
        return habitual_step(random, abilities, habits, rule, who, of)

    living, dead, found = ["a"], list[str](), [step("add", "a")]
    names = iter(NAMES[1:])
    for _ in range(steps):
        rule = _rule(random, abilities, living, dead)
        if rule in BIRTHS:
            who = next(names)
            of = "" if rule == "add" else random.choice(dead if rule == "recreate" else living)
            if rule == "recreate":
                dead.remove(of)
            found.append(step(rule, who, of))
            living.append(who)
        elif rule in LOOKS - {"get"}:
            found.append(step(rule))
        else:
            who = _actor(random, rule, living, dead)
            found.append(step(rule, who))
            if rule == "delete" and who in living:
                living.remove(who)
                dead.append(who)
    found += [step("get", name) for name in (*living, *dead[-1:]) if abilities.can("get")]
    found += [step(rule) for rule in ENDS if abilities.can(rule)]
    return tuple(found)


def _rule(random: Random, abilities: Abilities, living: Sequence[str], dead: Sequence[str]) -> Rule:
    full = len(living) >= MOST_LIVING
    possible = [
        rule
        for rule in WEIGHTS
        if abilities.can(rule)
        and not (rule in BIRTHS and full)
        and not (rule == "recreate" and not dead)
        and not (rule in {"update", "clone"} and not living)
    ]
    return random.choices(possible, [WEIGHTS[rule] for rule in possible])[0]


def _actor(random: Random, rule: Rule, living: Sequence[str], dead: Sequence[str]) -> str:
    if dead and (not living or (rule != "update" and random.random() < HAUNTED)):
        return random.choice(dead)
    return random.choice(living)
