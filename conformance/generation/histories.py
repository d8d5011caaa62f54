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
ENDS: tuple[Rule, ...] = ("list", "count")
BIRTHS = frozenset({"add", "clone", "recreate"})
LOOKS = frozenset({"get", "list", "count"})


Values = tuple[tuple[str, str | int | float | bool], ...]
"""Properties and what is written to them, without the run's own marks."""


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

    `values` are written in the place of what the seed would draw; None until somebody makes them
    smaller.
    """

    rule: Rule
    who: str = ""
    of: str = ""
    way: Way = PLAIN
    seed: int = 0
    values: Values | None = None

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
        sent = ", ".join(f"{name} {value!r}" for name, value in self.values or ())
        step = " ".join(word for word in words if word) + (f" ({told})" if told else "")
        return f"{step} with {sent}" if sent else step


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
        habitual_step(random, abilities, habits, rule, who, of)
        for rule, who, of in plan
        if abilities.can(rule)
    ]
    return without(steps, ())


def is_sound(history: Sequence[Step]) -> bool:
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


Turn = tuple[object, ...]
"""What a look can go wrong after: how the object was written, looked at and forgotten."""


def turns(history: Sequence[Step]) -> frozenset[Turn]:
    """The turns of a history: for each look, in few words, what went before it.

    A list or a count looks at every object that was made.
    """
    lives: dict[str, _Life] = {}
    found: set[Turn] = set()
    for step in history:
        if step.rule in LOOKS:
            looked = [step.who] if step.who else list(lives)
            for who in looked:
                found.update(lives[who].turns(step))
        else:
            if step.rule in BIRTHS:
                lives[step.who] = _Life(step.rule)
            for who, life in lives.items():
                life.note(step, own=who == step.who)
    return frozenset(found)


class _Life:
    """What befell one object, as far as turns tell."""

    def __init__(self, birth: Rule) -> None:
        self._birth = birth
        self._writes: list[tuple[Rule, Way]] = []
        self._before: set[tuple[Rule, Way]] = set()
        self._since: set[tuple[Rule, Way]] = set()
        self._other: Rule | None = None

    def note(self, step: Step, *, own: bool) -> None:
        """A write to this object, or to another one."""
        if not own:
            self._other = step.rule
            return
        self._writes.append((step.rule, step.way))
        self._before |= self._since
        self._since, self._other = set(), None

    def turns(self, step: Step) -> Iterator[Turn]:
        """The turns that a look at the object makes; it is remembered."""
        last, way = self._writes[-1]
        look = (step.rule, step.way)
        remembered = look in self._before
        yield ("way", step.rule, _kind(step.way), last, _kind(way))
        yield ("before", step.rule, _kind(step.way), last, remembered)
        yield ("often", step.rule, self._birth, tuple(each for each, _ in self._writes[1:][-3:]))
        yield ("other", step.rule, last, self._other)
        self._since.add(look)


def _kind(way: Way) -> str:
    """The way but for its carriage."""
    words = ("base" * way.related, "second" * way.second, "batch" * way.batch)
    return " ".join(filter(None, words))


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


def renamed(history: Sequence[Step]) -> History:
    """The history with its objects named in their order: what is left of a longer one reads so."""
    names = dict(zip((s.who for s in history if s.rule in BIRTHS), NAMES, strict=False))
    return tuple(
        structs.replace(step, who=names.get(step.who, ""), of=names.get(step.of, ""))
        for step in history
    )


def simpler(step: Step) -> Iterator[Step]:
    """The step with less to it: an add of its own, a look instead of a change, a plainer way."""
    if step.of:
        yield Step("add", step.who, seed=step.seed)
    if step.rule == "update":
        yield Step("get", step.who)
    if step.way != PLAIN:
        yield structs.replace(step, way=PLAIN)
        if step.way.related and step.way != Way(related=True):
            yield structs.replace(step, way=Way(related=True))
        if step.way.second and step.way != Way(second=True):
            yield structs.replace(step, way=Way(second=True))
        if step.way.batch and step.way != Way(batch=True):
            yield structs.replace(step, way=Way(batch=True))


def habitual_step(
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
