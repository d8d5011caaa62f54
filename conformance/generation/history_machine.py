"""The machine that draws histories: Hypothesis decides which rule comes next, on which object.

While it draws, only the model lives: which objects there are, and which are gone. Nothing is sent,
so a draw costs no call; what is worth its calls is played afterwards, once.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from conformance.generation.histories import (
    ENDS,
    MOST_LIVING,
    NAMES,
    PLAIN,
    Step,
    Way,
    is_sound,
    turns,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.generation.histories import Abilities, Carriage, History, Rule, Turn

STEPS = 17
"""Steps of a history, its first add among them, before its objects are looked at last."""
DRAWS, MOST_SPARE_DRAWS = 10, 200
"""Histories that are drawn for each that is played: a draw costs milliseconds, a play calls."""

_LOCK = Lock()
"""One thread draws at a time: it is all computation, and Hypothesis seeds the global source."""

LOOKING: tuple[Carriage, ...] = ("json", "form", "multipart", "xml")
CHANGING: tuple[Carriage, ...] = ("json", "form", "multipart")


def _ways(carriages: Sequence[Carriage], *, related: bool = False) -> st.SearchStrategy[Way | None]:
    """As the rule's last step went (None), plainly, or in another way, mostly in one respect."""
    bases = (False, True) if related else (False,)
    every = [
        Way(related=base, carriage=carriage, second=second, batch=batch)
        for base in bases
        for carriage in carriages
        for second in (False, True)
        for batch in (False, True)
    ]
    single = [Way(second=True), Way(batch=True), *([Way(related=True)] * related)]
    return st.one_of(
        st.sampled_from((None, PLAIN)),
        st.sampled_from((None, *single, *(Way(carriage=each) for each in carriages[1:]))),
        st.sampled_from((None, *single)),
        st.sampled_from(every),
    )


class HistoryMachine(RuleBasedStateMachine):
    """Draws the history of a few objects of one service. `ended` is told it.

    `closing`: every object is looked at in the end, too, so that no write goes unseen. `salt`
    makes the seeds of its steps; they are no draws, for no two steps may write the same.
    """

    living: Bundle[str] = Bundle("living")
    dead: Bundle[str] = Bundle("dead")
    looks = _ways(LOOKING)
    looks_of_family = _ways(LOOKING, related=True)
    changes = _ways(CHANGING)
    changes_of_family = _ways(CHANGING, related=True)

    def __init__(
        self,
        abilities: Abilities,
        ended: Callable[[History], None],
        *,
        salt: int = 0,
        closing: bool = True,
    ) -> None:
        super().__init__()
        self._abilities = abilities
        self._ended = ended
        self._salt = salt
        self._closing = closing
        self._around = sys.exception()
        self._names = iter(NAMES)
        self._habits: dict[Rule, Way] = {}
        self.steps: list[Step] = []
        self.alive: list[str] = []
        self.gone: list[str] = []
        self.touched = ""
        self.written = ""

    @initialize(target=living)
    def first(self) -> str:
        """An object, for there is no history without one."""
        return self._born("add")

    @precondition(lambda self: self.has_room)
    @rule(target=living)
    def add(self) -> str:
        """Make one more object."""
        return self._born("add")

    @precondition(lambda self: self.has_room)
    @rule(target=living, of=living)
    def clone(self, of: str) -> str:
        """Copy an object."""
        return self._born("clone", of)

    @precondition(lambda self: self.has_room)
    @rule(target=living, of=consumes(dead))
    def recreate(self, of: str) -> str:
        """Make an object with the natural key of one that is gone."""
        self.gone.remove(of)
        return self._born("recreate", of)

    @rule(who=living, way=looks_of_family)
    def get(self, who: str, way: Way | None) -> None:
        """Look at an object."""
        self._do("get", who, way)

    @precondition(lambda self: self.touched in self.alive)
    @rule(way=looks_of_family)
    def get_at_once(self, way: Way | None) -> None:
        """Look at the object that the last step was about."""
        self._do("get", self.touched, way)

    @precondition(lambda self: any(name != self.touched for name in self.alive))
    @rule(data=st.data(), way=looks_of_family)
    def get_another(self, data: st.DataObject, way: Way | None) -> None:
        """Look at an object that the last step was not about."""
        others = [name for name in self.alive if name != self.touched]
        self._do("get", data.draw(st.sampled_from(others)), way)

    @rule(who=living, way=changes_of_family)
    def update(self, who: str, way: Way | None) -> None:
        """Change an object."""
        self._do("update", who, way)

    @precondition(lambda self: self.written in self.alive)
    @rule(way=changes_of_family)
    def update_again(self, way: Way | None) -> None:
        """Change the object that was written last."""
        self._do("update", self.written, way)

    @rule(who=living, way=changes_of_family, look=looks_of_family)
    def update_and_get(self, who: str, way: Way | None, look: Way | None) -> None:
        """Change an object and look at it."""
        self._do("update", who, way)
        self._do("get", who, look)

    @rule(way=changes)
    def list(self, way: Way | None) -> None:
        """List all objects of the history."""
        self._do("list", "", way)

    @rule(way=changes)
    def count(self, way: Way | None) -> None:
        """Count all objects of the history."""
        self._do("count", "", way)

    @rule(target=dead, who=consumes(living), way=changes_of_family)
    def delete(self, who: str, way: Way | None) -> str:
        """Remove an object."""
        self._do("delete", who, way)
        self.alive.remove(who)
        self.gone.append(who)
        return who

    @rule(who=dead, way=changes_of_family)
    def delete_again(self, who: str, way: Way | None) -> None:
        """Remove an object that is gone."""
        self._do("delete", who, way)

    @rule(who=dead, way=looks_of_family)
    def get_deleted(self, who: str, way: Way | None) -> None:
        """Look for an object that is gone."""
        self._do("get", who, way)

    @invariant()
    def the_model_is_sound(self) -> None:
        """Every step is about an object that was made before, and no name is given twice."""
        assert is_sound(self.steps)

    def teardown(self) -> None:
        """Hand over what was drawn."""
        if sys.exception() is not self._around:
            return  # Hypothesis gave up this draw half-way
        if not self._closing:
            self._ended(tuple(self.steps))
            return
        ends = [Step("get", name) for name in (*self.alive, *self.gone[-1:])]
        ends += [Step(each) for each in ENDS]
        kept = (step for step in ends if self._abilities.can(step.rule))
        self._ended((*self.steps, *kept))

    @property
    def has_room(self) -> bool:
        """Whether one more object may live."""
        return len(self.alive) < MOST_LIVING

    def _born(self, deed: Rule, of: str = "") -> str:
        who = next(self._names)
        self._note(Step(deed, who, of, seed=self._seed()))
        self.alive.append(who)
        self.written = who
        return who

    def _do(self, deed: Rule, who: str, way: Way | None) -> None:
        """A step whose way is often the last one of its rule: what remembers, remembers by it."""
        chosen = self._habits.get(deed, PLAIN) if way is None else way
        if chosen.related and not self._abilities.related:
            chosen = Way(carriage=chosen.carriage, second=chosen.second, batch=chosen.batch)
        self._habits[deed] = chosen
        self._note(Step(deed, who, way=chosen, seed=self._seed()))
        if deed == "update":
            self.written = who

    def _note(self, step: Step) -> None:
        self.steps.append(step)
        self.touched = step.who or self.touched

    def _seed(self) -> int:
        return self._salt + len(self.steps)


RULES: dict[Rule, tuple[str, ...]] = {
    "add": ("add",),
    "get": ("get", "get_at_once", "get_another", "get_deleted"),
    "update": ("update", "update_again", "update_and_get"),
    "list": ("list",),
    "count": ("count",),
    "clone": ("clone",),
    "delete": ("delete", "delete_again"),
    "recreate": ("recreate",),
}
"""Which of the machine's rules do what of a service's actions."""


@lru_cache(maxsize=256)
def machine_of(abilities: Abilities) -> type[HistoryMachine]:
    """The machine of a service family: without the rules that it does not offer."""
    lacking = {
        name: None for deed, names in RULES.items() if not abilities.can(deed) for name in names
    }
    return type("HistoryMachine", (HistoryMachine,), lacking)


def drawn(
    abilities: Abilities, seed: str, *, most: int, besides: Sequence[History] = ()
) -> tuple[History, ...]:
    """Up to so many histories with the most turns that are new `besides` these. By seed alone.

    Hypothesis begins with the simplest and likes to repeat itself; many are drawn for one kept.
    """
    found: dict[History, frozenset[Turn]] = {}

    def keep(history: History) -> None:
        found[history] = turns(history)

    run(abilities, keep, seed=seed, limits=_drawing(min(most * DRAWS, most + MOST_SPARE_DRAWS)))
    seen = {turn for history in besides for turn in turns(history)}
    chosen: list[History] = []
    while found and len(chosen) < most:
        best = max(found, key=lambda each: len(found[each] - seen))
        seen |= found.pop(best)
        chosen.append(best)
    return tuple(chosen)


def run(
    abilities: Abilities,
    ended: Callable[[History], None],
    *,
    seed: str,
    limits: settings,
    closing: bool = True,
) -> None:
    """Let Hypothesis run the machine; `ended` is told each history, and may fail it."""
    kind = machine_of(abilities)
    salt = int.from_bytes(sha256(seed.encode()).digest()[:4])

    def machine() -> HistoryMachine:
        return kind(abilities, ended, salt=salt, closing=closing)

    factory: Any = seeded(seed)(machine)  # a function will do, though the types know classes only
    with _LOCK:
        run_state_machine_as_test(factory, settings=limits)


def _drawing(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        # They are about tests: nothing is slow here, and a service of few rules is no mistake.
        suppress_health_check=list(HealthCheck),
    )
