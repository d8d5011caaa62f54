"""Makes the inputs of a failing history small: few properties, then the plainest values.

What is dropped and what is made plain is decided for the whole history at once where that is
enough: a question is a play of it, and each step of it a call to somebody's server.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.generation.histories import BIRTHS, LOOKS, PLAIN, Step
from conformance.generation.reduction import Questions, reduced
from conformance.generation.rules import LETTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from conformance.generation.histories import History

    Plainest = Callable[[str, int], Any]
    Input = tuple[int, str]

MOST_ALIKE = 4
"""Properties that are tried for all writes alike, those that most of them have first."""


def smallest(history: History, holds: Questions[Step], plainest: Plainest) -> History:
    """The history with the fewest and plainest values of which it still holds.

    Its steps have their values told; it is taken to hold of it. `plainest` gives a property's
    plainest value, another one for each number, or None.
    """
    if holds(only(history, ())):
        return only(history, ())
    kept = next((each for each in _alike(history, plainest) if holds(each)), history)
    return _plainest(_thinned(kept, holds), holds, plainest)


def controls(history: History) -> Iterator[History]:
    """For each write, the shorter history of it alone and the same looks.

    What shows there shows because the server does not keep the value, not because of the history.
    """
    births = {step.who: step for step in history if step.rule in BIRTHS}
    looks = {step.rule for step in history} & LOOKS
    for step in history:
        if not step.values:
            continue
        own = births[step.who]
        made = Step("add", step.who, seed=own.seed, values=own.values)
        written = (made,) if step.rule in BIRTHS else (made, structs.replace(step, way=PLAIN))
        ends = (Step(rule, step.who if rule == "get" else "") for rule in sorted(looks))
        control = (*written, *ends)
        if len(control) < len(history):
            yield control


def inputs_of(history: Sequence[Step]) -> tuple[Input, ...]:
    """Every value of a history, by the place of its step and by the property."""
    return tuple(
        (place, name) for place, step in enumerate(history) for name, _ in step.values or ()
    )


def only(history: History, inputs: Collection[Input]) -> History:
    """The history with these of its values and no others."""
    return tuple(
        step
        if step.values is None
        else structs.replace(
            step, values=tuple(pair for pair in step.values if (place, pair[0]) in inputs)
        )
        for place, step in enumerate(history)
    )


def _alike(history: History, plainest: Plainest) -> Iterator[History]:
    """Histories whose updates, or adds as well, all write one and the same property, plainly.

    They say most with least, and what is drawn seldom holds them: other updates, other properties.
    """
    updates = [place for place, step in enumerate(history) if step.rule == "update"]
    names = Counter(name for place in updates for name, _ in history[place].values or ())
    writes = [place for place, step in enumerate(history) if step.values is not None]
    for places in (updates, writes):
        for name, _ in names.most_common(MOST_ALIKE):
            found = list(only(history, ()))
            for number, place in enumerate(places):
                value = plainest(name, number)
                if value is not None:
                    found[place] = structs.replace(found[place], values=((name, value),))
            yield tuple(found)


def _thinned(history: History, holds: Questions[Step]) -> History:
    """Without the values that it holds without, found by parts."""

    def leave_out(inputs: Sequence[Input], places: Collection[int]) -> tuple[Input, ...]:
        return tuple(each for place, each in enumerate(inputs) if place not in places)

    questions: Questions[Input] = Questions(
        lambda inputs: holds(only(history, inputs)), most=holds.most
    )
    return only(history, reduced(inputs_of(history), questions, leave_out=leave_out))


def _plainest(history: History, holds: Questions[Step], plainest: Plainest) -> History:
    """Each value the plainest; each step's another one, for equal writes cannot be told apart."""
    writes = [place for place, step in enumerate(history) if step.values]
    plain = history
    for number, place in enumerate(writes):
        for name, _ in history[place].values or ():
            plain = _with(plain, place, name, plainest(name, number))
    if plain == history or holds(plain):
        return plain
    kept = history
    for number, place in enumerate(writes):
        for name, value in history[place].values or ():
            candidate = _with(kept, place, name, plainest(name, number))
            if candidate == kept or holds(candidate):
                kept = candidate
            else:
                kept = _nearest(kept, holds, place, name, value, plainest(name, number))
    return kept


def _nearest(
    history: History, holds: Questions[Step], place: int, name: str, value: Any, plain: Any
) -> History:
    """As near to the plainest value as it holds: texts by their length, numbers by halves."""

    def sized(size: int) -> Any:
        return plain[0] * size if isinstance(plain, str) else size

    if isinstance(value, str) and isinstance(plain, str) and set(plain) <= set(LETTERS):
        flat = _with(history, place, name, sized(len(value)))
        if not holds(flat):
            return history
        history, least, most = flat, len(plain), len(value)
    elif isinstance(value, int) and isinstance(plain, int) and not isinstance(value, bool):
        least, most = plain, value
    else:
        return history
    while most - least > 1:
        middle = (least + most) // 2
        candidate = _with(history, place, name, sized(middle))
        if holds(candidate):
            history, most = candidate, middle
        else:
            least = middle
    return history


def _with(history: History, place: int, name: str, value: Any) -> History:
    """The history with another value; as it is where there is none."""
    if value is None:
        return history
    step = history[place]
    values = tuple((n, value if n == name else held) for n, held in step.values or ())
    changed = structs.replace(step, values=values)
    return (*history[:place], changed, *history[place + 1 :])
