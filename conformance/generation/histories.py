"""Histories: what is done to a few objects of one service, step by step, before anything is sent.

A step names objects by letters and carries a seed for its values, so a history can be played again
with fresh objects, and stays sound when steps are left out. Sends nothing, knows no schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct, structs

from conformance.generation.reduction import reduced, simplified

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from random import Random

    from conformance.generation.reduction import Questions

Rule = Literal["add", "get", "update", "list", "count", "clone", "delete", "recreate"]
Carriage = Literal["json", "form", "multipart", "xml"]

NAMES = "abcdefghijklmnopqrstuvwxyz"
SEEDS = 2**32
MOST_LIVING = 3
"""More objects at once show nothing that three do not, and cost their prerequisites."""
WALK = 16
"""Steps of a walk, before its objects are looked at for the last time."""
ENDS: tuple[Rule, ...] = ("list", "count")
BIRTHS = frozenset({"add", "clone", "recreate"})


class Way(Struct, frozen=True):
    """How a step's call travels; the default is the plainest.

    `related`: through another service of the family. `second`: with another session of the same
    account. `batch`: inside a multirequest.
    """

    related: bool = False
    carriage: Carriage = "json"
    second: bool = False
    batch: bool = False


PLAIN = Way()


class Step(Struct, frozen=True):
    """One step. `who` is the object, new for a birth; `of` the one it is made after.

    `least` changes one property instead of some.
    """

    rule: Rule
    who: str = ""
    of: str = ""
    way: Way = PLAIN
    seed: int = 0
    least: bool = False

    def __str__(self) -> str:
        """As a person reads it: `update a`, `recreate c after b`."""
        words = [self.rule, self.who, f"after {self.of}" if self.of else ""]
        ways = [
            "through a related service" if self.way.related else "",
            f"as {self.way.carriage}" if self.way.carriage != "json" else "",
            "by a second session" if self.way.second else "",
            "in a batch" if self.way.batch else "",
        ]
        told = ", ".join(word for word in ways if word)
        return " ".join(word for word in words if word) + (f" ({told})" if told else "")


class Abilities(Struct, frozen=True):
    """Which rules a service knows, and whether a related service takes its objects."""

    rules: frozenset[Rule]
    related: bool = False

    def can(self, rule: Rule) -> bool:
        """Whether the service offers what the rule does."""
        return rule in self.rules


History = tuple[Step, ...]


def tour(random: Random, abilities: Abilities) -> History:
    """A history with the turns at which caches, indexes and conditions go wrong, in random ways.

    Every read is made before a write as well as after it, so that whatever remembers is filled;
    every write is followed by a look at its object and at another one.
    """
    plan: list[tuple[Rule, str, str]] = [
        ("add", "a", ""),
        ("get", "a", ""),
        ("add", "b", ""),
        ("update", "a", ""),
        ("get", "a", ""),
        ("update", "a", ""),
        ("get", "a", ""),
        ("get", "b", ""),
        ("update", "b", ""),
        ("get", "b", ""),
        ("get", "a", ""),
        ("list", "", ""),
        ("count", "", ""),
        ("delete", "b", ""),
        ("get", "b", ""),
        ("list", "", ""),
        ("count", "", ""),
        ("get", "a", ""),
        ("recreate", "c", "b"),
        ("get", "c", ""),
        ("clone", "d", "a"),
        ("update", "d", ""),
        ("get", "a", ""),
        ("update", "a", ""),
        ("get", "d", ""),
        ("list", "", ""),
        ("delete", "a", ""),
        ("delete", "a", ""),
        ("get", "c", ""),
        ("get", "a", ""),
    ]
    habits: dict[Rule, Way] = {}
    steps = [
        _step(random, abilities, habits, rule, who, of)
        for rule, who, of in plan
        if abilities.can(rule)
    ]
    return without(steps, ())


def walk(random: Random, abilities: Abilities, *, steps: int = WALK) -> History:
    """A random walk over the rules; at its end every object is looked at."""
    habits: dict[Rule, Way] = {}

    def step(rule: Rule, who: str = "", of: str = "") -> Step:
        return _step(random, abilities, habits, rule, who, of)

    living, dead, found = ["a"], list[str](), [step("add", "a")]
    names = iter(NAMES[1:])
    for _ in range(steps):
        rule = _drawn(random, abilities, living, dead)
        if rule in BIRTHS:
            who = next(names)
            source = dead if rule == "recreate" else living
            of = "" if rule == "add" else random.choice(source)
            if rule == "recreate":
                dead.remove(of)
            found.append(step(rule, who, of))
            living.append(who)
        elif rule in {"list", "count"}:
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


def without(history: Sequence[Step], left_out: Collection[int]) -> History:
    """The history without the steps at these places, nor those about objects that are not made."""
    made: set[str] = set()
    kept: list[Step] = []
    for place, step in enumerate(history):
        if place in left_out or (step.of and step.of not in made):
            continue
        if step.rule in BIRTHS:
            made.add(step.who)
        elif step.who and step.who not in made:
            continue
        kept.append(step)
    return tuple(kept)


def shortest(history: Sequence[Step], holds: Questions[Step]) -> History:
    """The history with the fewest and plainest steps of which it still holds."""
    kept = tuple(history)
    while True:
        before = kept
        kept = reduced(kept, holds, leave_out=without)
        plain = tuple(structs.replace(step, way=PLAIN) for step in kept)
        kept = plain if plain != kept and holds(plain) else kept
        kept = simplified(kept, holds, simpler=simpler)
        if kept == before:
            return kept


def simpler(step: Step) -> Iterator[Step]:
    """The step with less to it: an add of its own, a plainer way, one property instead of some."""
    if step.of:
        yield Step("add", step.who, seed=step.seed)
    if step.way != PLAIN:
        yield structs.replace(step, way=PLAIN)
        if step.way.related and step.way != Way(related=True):
            yield structs.replace(step, way=Way(related=True))
        if step.way.second and step.way != Way(second=True):
            yield structs.replace(step, way=Way(second=True))
        if step.way.batch and step.way != Way(batch=True):
            yield structs.replace(step, way=Way(batch=True))
    if step.rule == "update" and not step.least:
        yield structs.replace(step, least=True)


def _step(
    random: Random, abilities: Abilities, habits: dict[Rule, Way], rule: Rule, who: str, of: str
) -> Step:
    """A step whose way is often the last one of its rule: what remembers, remembers by the way."""
    if rule not in habits or random.random() >= HABIT:
        habits[rule] = _way(random, abilities, rule)
    return Step(rule, who, of, way=habits[rule], seed=random.randrange(SEEDS))


def _way(random: Random, abilities: Abilities, rule: Rule) -> Way:
    """Often the plain way: what only shows there has to be met as well."""
    if rule in BIRTHS or random.random() < PLAINNESS:
        return PLAIN
    carriages: tuple[Carriage, ...] = ("json", "form", "multipart")
    return Way(
        related=abilities.related and rule in TAKEN and random.random() < RELATED,
        carriage=random.choice((*carriages, "xml") if rule == "get" else carriages),
        second=random.random() < SECOND,
        batch=random.random() < BATCH,
    )


TAKEN = frozenset({"get", "update", "delete"})
"""What a related service does with another one's objects."""
PLAINNESS, HABIT, RELATED, SECOND, BATCH = 0.4, 0.5, 0.4, 0.4, 0.25
HAUNTED = 0.2
"""How often a deleted object is asked for while others live."""
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


def _drawn(
    random: Random, abilities: Abilities, living: Sequence[str], dead: Sequence[str]
) -> Rule:
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
    """Mostly a living object; now and then a deleted one, which must stay what it is."""
    if dead and (not living or (rule != "update" and random.random() < HAUNTED)):
        return random.choice(dead)
    return random.choice(living)
