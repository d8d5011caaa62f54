"""Makes a failing call small: fewer members first, then shorter and plainer values.

Knows what the schema says of each place, and so asks the server a few dozen times where a shrinker
of choices asks hundreds: what cannot matter there (other classes, values that are of no enum, texts
below their limit) is never tried.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.generation.domain import constants
from conformance.schema.model import Property, TypeRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema

NUMBERS = frozenset({"int", "bigint", "float"})
TYPE = "objectType"
MOST_CALLS = 200
MOST_CANDIDATES = 2000
"""Tried ones count too: of a long text of one letter, most ways to cut it are the same."""


class Shrunk(Struct, frozen=True):
    """The smallest failing call that was found, after so many calls."""

    params: Mapping[str, Any]
    calls: int


class Place(Struct, frozen=True):
    """What the schema says of a value: its type, and the limits of a property."""

    type: TypeRef
    prop: Property | None = None


class OutOfCalls(Exception):
    """The calls that were allowed are used up; what was found so far stands."""


class Shrinker:
    """Shrinks calls of one schema's actions."""

    def __init__(self, schema: Schema, lineage: Lineage) -> None:
        self._schema = schema
        self._lineage = lineage

    def shrink(
        self,
        action: Action,
        params: Mapping[str, Any],
        fails: Callable[[Mapping[str, Any]], bool],
        *,
        most_calls: int = MOST_CALLS,
    ) -> Shrunk:
        """The smallest call like `params`, which fails, that still fails."""
        search = _Search(self, action, params, fails, most_calls)
        with suppress(OutOfCalls):
            search.run()
        return Shrunk(search.best, search.calls)

    def place_of(self, action: Action, path: Sequence[str | int], params: Any) -> Place | None:
        """What the schema says of the value at a path, or None where it says nothing."""
        param = action.param(str(path[0]))
        if param is None:
            return None
        place = Place(param.type)
        value = params[path[0]]
        for step in path[1:]:
            if isinstance(step, int):
                place = Place(_item(place.type))
            else:
                named = value.get(TYPE) or place.type.name
                prop = self._lineage.properties(str(named)).get(step)
                if prop is None:
                    return None
                place = Place(prop.type, prop)
            value = value[step]
        return place

    def plainest_class(self, place: Place | None) -> str | None:
        """The first class that an object of the place can be: the declared one, if it can."""
        found = self._lineage.concrete(place.type.name or "") if place is not None else ()
        return found[0] if found else None

    def simplest(self, place: Place | None, value: Any) -> tuple[Any, ...]:
        """Values for the place that are plainer than this one, the plainest first."""
        if place is None:
            return ()
        ref, prop = place.type, place.prop
        enum = self._schema.enums.get(ref.enum or "")
        if enum is not None:
            known = constants(enum)
            earlier = known[: known.index(value)] if value in known else known
            return earlier[:1] + earlier[1:][-1:]
        if ref.kind == "bool":
            return (False,) if value is True else ()
        if ref.kind in NUMBERS and isinstance(value, int | float):
            low = 0 if prop is None or prop.min_value is None else int(prop.min_value)
            return (low,) if value != low else ()
        if ref.kind == "string" and isinstance(value, str):
            least = 1 if prop is None or prop.min_length is None else prop.min_length
            plain = "a" * least
            return (plain,) if value != plain and len(value) >= least else ()
        return ()


class _Search:
    """One search: the best call so far, what was tried, and how often the server was asked."""

    def __init__(
        self,
        shrinker: Shrinker,
        action: Action,
        params: Mapping[str, Any],
        fails: Callable[[Mapping[str, Any]], bool],
        most_calls: int,
    ) -> None:
        self._shrinker = shrinker
        self._action = action
        self._fails = fails
        self._most_calls = most_calls
        self._tried: set[str] = {_key(params)}
        self.best: dict[str, Any] = json.loads(json.dumps(params))
        self.calls = 0
        self._candidates = 0

    def run(self) -> None:
        """Until nothing is left to be taken away or made plainer."""
        before = ""
        while before != _key(self.best):
            before = _key(self.best)
            self._fewer_members()
            self._plainer_values()

    def _works(self, candidate: dict[str, Any]) -> bool:
        """Whether a call that was not tried yet still fails; it is then the best."""
        self._candidates += 1
        if self._candidates > MOST_CANDIDATES:
            raise OutOfCalls
        key = _key(candidate)
        if key in self._tried:
            return False
        self._tried.add(key)
        if self.calls >= self._most_calls:
            raise OutOfCalls
        self.calls += 1
        if not self._fails(candidate):
            return False
        self.best = candidate
        return True

    def _fewer_members(self) -> None:
        """Take away members, outermost first, in halves and then one by one."""
        for path in list(_containers(self.best)):
            if _at(self.best, path) is not None:
                self._thin(path)

    def _thin(self, path: tuple[str | int, ...]) -> None:
        """Delta debugging over the members of one object or list (Zeller and Hildebrandt 2002)."""
        parts = 1
        while True:
            members = self._removable(path)
            if not members:
                return
            parts = min(parts, len(members))
            size = -(-len(members) // parts)
            chunks = [members[start : start + size] for start in range(0, len(members), size)]
            if any(self._works(_without(self.best, path, chunk)) for chunk in reversed(chunks)):
                parts = max(1, parts - 1)
            elif size == 1:
                return
            else:
                parts *= 2

    def _removable(self, path: tuple[str | int, ...]) -> list[str | int]:
        held = _at(self.best, path)
        if isinstance(held, list):
            return list(range(len(held)))
        if path:
            return [name for name in held if name != TYPE]
        required = {param.name for param in self._action.params if not param.optional}
        return [name for name in held if name not in required]

    def _plainer_values(self) -> None:
        for path in list(_containers(self.best)):
            self._plainer_class(path)
        for path in list(_leaves(self.best)):
            value = _at(self.best, path)
            place = self._shrinker.place_of(self._action, path, self.best)
            for plainer in self._shrinker.simplest(place, value):
                if self._works(_with(self.best, path, plainer)):
                    break
            else:
                self._nearer(path, value, place)

    def _plainer_class(self, path: tuple[str | int, ...]) -> None:
        """Make an object one of the class that is declared there, if that is enough."""
        held = _at(self.best, path)
        if not path or not isinstance(held, dict) or TYPE not in held:
            return
        place = self._shrinker.place_of(self._action, path, self.best)
        plainest = self._shrinker.plainest_class(place)
        if plainest is not None and plainest != held[TYPE]:
            self._works(_with(self.best, (*path, TYPE), plainest))

    def _nearer(self, path: tuple[str | int, ...], value: Any, place: Place | None) -> None:
        """Come as near to the plainest value as the failure lets."""
        if place is None or place.type.enum is not None:
            return
        if isinstance(value, str) and place.type.kind == "string":
            self._shorter(path, value, place)
        elif isinstance(value, int) and not isinstance(value, bool):
            prop = place.prop
            low = 0 if prop is None or prop.min_value is None else int(prop.min_value)
            self._smaller(path, low, value)

    def _smaller(self, path: tuple[str | int, ...], passing: int, failing: int) -> None:
        """Halve the way between a number that does not fail and one that does."""
        while abs(failing - passing) > 1:
            middle = (failing + passing) // 2
            if self._works(_with(self.best, path, middle)):
                failing = middle
            else:
                passing = middle

    def _shorter(self, path: tuple[str | int, ...], text: str, place: Place) -> None:
        """Cut to the shortest length that fails, then drop and flatten what is left."""
        least = 1 if place.prop is None or place.prop.min_length is None else place.prop.min_length
        flat = "a" * len(text)
        if text != flat and self._works(_with(self.best, path, flat)):
            text = flat
        if set(text) == {"a"}:
            self._length(path, "a", least, len(text))
            return
        size = len(text) // 2
        while size >= 1:
            start = 0
            while start < len(text) and len(text) - size >= least:
                cut = text[:start] + text[start + size :]
                if cut and self._works(_with(self.best, path, cut)):
                    text = cut
                else:
                    start += size
            size //= 2

    def _length(self, path: tuple[str | int, ...], letter: str, passing: int, failing: int) -> None:
        while failing - passing > 1:
            middle = (failing + passing) // 2
            if self._works(_with(self.best, path, letter * middle)):
                failing = middle
            else:
                passing = middle


def size_of(params: Any) -> tuple[int, int]:
    """How big a call is: its members and items, then the letters and digits of its values."""
    if isinstance(params, Mapping):
        sizes = [size_of(value) for value in params.values()]
        return len(params) + sum(s[0] for s in sizes), sum(s[1] for s in sizes)
    if isinstance(params, list):
        sizes = [size_of(value) for value in params]
        return len(params) + sum(s[0] for s in sizes), sum(s[1] for s in sizes)
    return 0, len(params if isinstance(params, str) else json.dumps(params))


def _item(ref: TypeRef) -> TypeRef:
    return TypeRef(kind="object", name=ref.element)


def _key(params: Any) -> str:
    return json.dumps(params, sort_keys=True)


def _containers(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
        for name, member in value.items():
            yield from _containers(member, (*path, name))
    elif isinstance(value, list):
        yield path
        for index, member in enumerate(value):
            yield from _containers(member, (*path, index))


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    members: Any = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    elif path and path[-1] != TYPE:
        yield path
    for step, member in members:
        yield from _leaves(member, (*path, step))


def _at(value: Any, path: Sequence[str | int]) -> Any:
    """The value at a path, or None where an earlier step took it away."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _with(value: Any, path: Sequence[str | int], leaf: Any) -> Any:
    """A copy with another value at a path."""
    if not path:
        return leaf
    step, *rest = path
    changed: Any = list(value) if isinstance(value, list) else dict(value)
    changed[step] = _with(value[step], rest, leaf)
    return changed


def _without(value: Any, path: Sequence[str | int], members: Sequence[str | int]) -> Any:
    """A copy without some members of what is at a path."""
    held = _at(value, path)
    gone = set(members)
    if isinstance(held, list):
        return _with(value, path, [item for i, item in enumerate(held) if i not in gone])
    return _with(value, path, {name: m for name, m in held.items() if name not in gone})
