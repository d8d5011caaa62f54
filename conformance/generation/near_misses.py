"""Labelled negatives: calls with exactly one rule broken, which one, and the error that must come.

None is valid by accident: a foreign value is compared with its enum, a limit is overstepped by what
is left of it, and everything else about the call is right (CONTRACT ERR-20 says which error comes).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st
from msgspec import Struct

from conformance.generation.placeholders import (
    UNKNOWN_IDS,
    is_required,
    object_params,
    placeholder,
)
from conformance.generation.spots import DECODED, NUMBERS, Rule, Slot, Spot, Spots
from conformance.generation.strategies import Strategies, view_of
from conformance.schema.model import Param, TypeRef
from conformance.schema.standard import entity_param, key_params

if TYPE_CHECKING:
    from random import Random

    from hypothesis.strategies import DrawFn, SearchStrategy

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Property, Schema

Item = TypeVar("Item")
Pick = Callable[[Sequence[Item]], Item]

FOREIGN_INTS = (987_654, 876_543, 765_432, -765_432)
FOREIGN_TEXTS = ("conformance_foreign_value", "conformanceNoSuchValue")
"""Without a dot: `plugin.Value` asks for a plugin first (CONTRACT TRAP-21)."""
CONTROLS = ("\u0000", "\u0001", "\u0008", "\u000b", "\u000c", "\u000e", "\u001f", "\ufffe")
"""What XML 1.0 cannot carry (CONTRACT WIRE-21, OBSERVED 24)."""
LETTERS = ("x", "é")
"""Limits count bytes (OBSERVED 23): half as many of the second are too many already."""
SCALARS = (5, "conformance")
UNKNOWN_CLASS = "KalturaConformanceNoSuchClass"
UNKNOWN_TEXTS = ("0_conformance01", "0_conformance02")
PICKS = st.integers(0, 2**96 - 1).map(lambda number: number.to_bytes(12, "little"))
"""Two bytes a pick on the way to a wrong value, the first ones of any small number.

No bytes are drawn as such: Hypothesis would try them in the place of an object's structure, and run
out of choices.
"""
SLOT_OF = 3
"""One in so many goes through a property that holds objects, where there is one."""

NOT_FOUND = ("*NOT_FOUND*", "*NOT_ASSIGNED*", "*DOES_NOT_EXIST*", "UNKNOWN_*", "INVALID_*ID")
"""The ways of saying that there is no such object (CONTRACT ERR-30)."""

NOT_WRITABLE = ("PROPERTY_VALIDATION_NOT_UPDATABLE", "PROPERTY_VALIDATION_CANNOT_BE_NULL")
"""The second where another property is required that no schema tells of (CONTRACT SCHEMA-14)."""

LIMITS = {
    Rule.TOO_LONG: "PROPERTY_VALIDATION_MAX_LENGTH",
    Rule.TOO_SHORT: "PROPERTY_VALIDATION_MIN_LENGTH",
    Rule.TOO_SMALL: "PROPERTY_VALIDATION_MIN_VALUE",
    Rule.TOO_GREAT: "PROPERTY_VALIDATION_MAX_VALUE",
}


class NearMiss(Struct, frozen=True):
    """One call that must be refused. `codes` are globs; `args` what the error has to say.

    `files` names the file parameters that have to come with it.
    """

    rule: Rule
    action: str
    parameter: str
    where: str
    params: Mapping[str, Any]
    codes: tuple[str, ...]
    args: Mapping[str, str] = {}
    files: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The member that is wrong: the last step of its path."""
        return self.where.rpartition(".")[2].partition("[")[0]


class Spoiled(Struct, frozen=True):
    """A wrong value and the error that it brings."""

    value: Any
    codes: tuple[str, ...]
    args: Mapping[str, str] = {}


class Way(Struct, frozen=True):
    """How to the wrong place: a parameter, then perhaps a class, a slot, and a class in it."""

    param: Param
    spot: Spot
    owner: str | None = None
    slot: Slot | None = None
    inner: str | None = None


class Table(Struct, frozen=True):
    """What can be broken in one action's calls: at its parameters, and inside of those."""

    flat: tuple[Way, ...]
    deep: tuple[tuple[Param, tuple[str, ...]], ...]


class NearMisses:
    """Draws near misses of one schema's actions. Threads may share it, not the random source."""

    def __init__(self, schema: Schema, lineage: Lineage, *, stale: bool = False) -> None:
        self._schema = schema
        self._lineage = lineage
        self._spots = Spots(schema, lineage, stale=stale)
        self._strategies = Strategies(schema, lineage)
        self._actions = {action.id: action for action in schema.actions}
        self._table = lru_cache(maxsize=128)(self._table_of)
        self._calls = lru_cache(maxsize=128)(self._call_without)
        self._inner = lru_cache(maxsize=4096)(self._inner_of)

    def possible(self, action: Action, rules: frozenset[Rule] = DECODED) -> bool:
        """Whether one of these rules can be broken in a call of the action."""
        table = self._table(action.id, rules)
        return bool(table.flat or table.deep)

    def possible_inside(self, action: Action, rules: frozenset[Rule] = DECODED) -> bool:
        """Whether one of these rules can be broken in an object of a call."""
        return bool(self._table(action.id, rules).deep)

    def plain(
        self,
        action: Action,
        random: Random,
        rules: frozenset[Rule] = DECODED,
        *,
        inside: bool = False,
    ) -> NearMiss:
        """One near miss; `inside` looks into objects first. LookupError where none is possible.

        Only what is required before the wrong parameter is given, and nothing after it: such a call
        is never carried out, not even by a server that does not see what is wrong.
        """
        way = self._way(action, rules, random.choice, inside=inside)
        params: dict[str, Any] = {}
        files: list[str] = []
        for earlier in action.params:
            if earlier.name == way.param.name:
                break
            if is_required(earlier) and earlier.type.kind == "file":
                files.append(earlier.name)
            elif is_required(earlier):
                params[earlier.name] = placeholder(
                    earlier.type, self._schema, self._lineage, random
                )
        return self._missed(action, way, params, {}, random.choice, tuple(files))

    def strategy(
        self, action: Action, rules: frozenset[Rule] = DECODED
    ) -> SearchStrategy[NearMiss]:
        """Near misses inside calls that are drawn whole. LookupError where none is possible."""
        if not self.possible(action, rules):
            raise LookupError(action.id)
        files = tuple(p.name for p in action.params if is_required(p) and p.type.kind == "file")

        @st.composite
        def draw_miss(draw: DrawFn) -> NearMiss:
            pick = _picker(draw(PICKS))
            way = self._way(action, rules, pick, inside=False)
            params = draw(self._calls(action.id, way.param.name))
            entity = (
                draw(self._strategies.object(way.owner, view=view_of(action))) if way.owner else {}
            )
            return self._missed(action, way, params, entity, pick, files)

        return draw_miss()

    def _call_without(self, action_id: str, name: str) -> SearchStrategy[dict[str, Any]]:
        """The call around the wrong parameter."""
        return self._strategies.call(self._actions[action_id], without=name)

    def _table_of(self, action_id: str, rules: frozenset[Rule]) -> Table:
        action = self._actions[action_id]
        by_name = {param.name: param for param in action.params}
        flat = [
            Way(by_name[spot.name], spot)
            for spot in self._spots.of_params(action)
            if spot.rule in rules
        ]
        if Rule.UNKNOWN_REFERENCE in rules and action.name in {"get", "update", "delete"}:
            flat += [
                Way(key, Spot(Rule.UNKNOWN_REFERENCE, key.name, key.type))
                for key in key_params(action)
                if not key.optional
            ]
        deep = []
        for param in object_params(action, self._schema):
            inside = _inside(rules, action, param)
            owners = tuple(
                name
                for name in self._spots.owners(str(param.type.name), action.plugin)
                if self._own(name, inside) or self._slots(name, action.plugin, rules & DECODED)
            )
            if owners:
                deep.append((param, owners))
        return Table(tuple(flat), tuple(deep))

    def _own(self, name: str, rules: frozenset[Rule]) -> list[Spot]:
        """Where an object of the class itself can break one of the rules."""
        return [spot for spot in self._spots.of_class(name).own if spot.rule in rules]

    def _slots(self, name: str, plugin: str | None, rules: frozenset[Rule]) -> list[Slot]:
        """Which of the class's slots can hold an object that breaks one of the rules."""
        slots = self._spots.of_class(name).slots
        return [slot for slot in slots if self._inner(slot.declared, plugin, rules)]

    def _inner_of(
        self, declared: str, plugin: str | None, rules: frozenset[Rule]
    ) -> tuple[str | None, ...]:
        """The classes of a slot's objects that can be wrong; None for its abstract class itself."""
        owners = self._spots.owners(declared, plugin)
        found: tuple[str | None, ...] = tuple(name for name in owners if self._own(name, rules))
        is_abstract = self._schema.classes[declared].abstract
        return (*found, None) if is_abstract and Rule.ABSTRACT_CLASS in rules else found

    def _way(self, action: Action, rules: frozenset[Rule], pick: Pick[Any], *, inside: bool) -> Way:
        table = self._table(action.id, rules)
        if not (table.flat or table.deep):
            raise LookupError(action.id)
        if not table.deep or (table.flat and not inside and pick((False, True))):
            chosen: Way = pick(table.flat)
            return chosen
        param, owners = pick(table.deep)
        owner = pick(owners)
        own = self._own(owner, _inside(rules, action, param))
        slots = self._slots(owner, action.plugin, rules & DECODED)
        if not slots or (own and pick(range(SLOT_OF)) != 0):
            return Way(param, _spot(own, pick), owner)
        slot = pick(slots)
        inner = pick(self._inner(slot.declared, action.plugin, rules & DECODED))
        if inner is None:
            abstract = TypeRef(kind="object", name=slot.declared)
            return Way(param, Spot(Rule.ABSTRACT_CLASS, slot.name, abstract), owner, slot)
        return Way(param, _spot(self._own(inner, rules & DECODED), pick), owner, slot, inner)

    def _missed(
        self,
        action: Action,
        way: Way,
        params: dict[str, Any],
        entity: dict[str, Any],
        pick: Pick[Any],
        files: tuple[str, ...],
    ) -> NearMiss:
        """The call with the wrong thing put in its place."""
        spoiled = self._spoiled(way, pick)
        if way.owner is None:
            where = way.param.name
            if way.spot.rule is Rule.MISSING_PARAMETER:
                params.pop(way.param.name, None)
            else:
                params[way.param.name] = spoiled.value
        else:
            where = f"{way.param.name}.{way.spot.name}"
            value = {**entity, "objectType": way.owner}
            if way.slot is None:
                value[way.spot.name] = spoiled.value
            else:
                held = {"objectType": way.inner, way.spot.name: spoiled.value}
                held = spoiled.value if way.inner is None else held
                value[way.slot.name] = [held] if way.slot.is_list else held
                where = f"{way.param.name}.{way.slot.name}"
                where += ("[0]" if way.slot.is_list else "") + (
                    f".{way.spot.name}" if way.inner else ""
                )
            params[way.param.name] = value
        return NearMiss(
            rule=way.spot.rule,
            action=action.id,
            parameter=way.param.name,
            where=where,
            params=params,
            codes=spoiled.codes,
            args=spoiled.args,
            files=tuple(name for name in files if name != way.param.name),
        )

    def _spoiled(self, way: Way, pick: Pick[Any]) -> Spoiled:
        name, ref = way.spot.name, way.spot.type
        match way.spot.rule:
            case Rule.MISSING_PARAMETER:
                return Spoiled(None, ("MISSING_MANDATORY_PARAMETER",), {"PARAM_NAME": name})
            case Rule.FOREIGN_ENUM_VALUE:
                value = self._foreign(str(ref.enum), pick)
                said = {"ENUM_VAL": str(value), "PARAM_NAME": name, "ENUM_TYPE": str(ref.enum)}
                return Spoiled(value, ("INVALID_ENUM_VALUE",), said)
            case Rule.CONTROL_CHARACTER:
                value = f"conformance{pick(CONTROLS)}probe"
                return Spoiled(value, ("INVALID_PARAMETER_CHAR",), {"XML_FIELD": name})
            case Rule.SCALAR_FOR_OBJECT:
                said = {"PROP_NAME": name}
                return Spoiled(pick(SCALARS), ("PROPERTY_VALIDATION_WRONG_FORMAT",), said)
            case Rule.ABSTRACT_CLASS:
                abstract = str(ref.name)
                bare: dict[str, Any] = {}
                named = ({"objectType": abstract}, {"objectType": UNKNOWN_CLASS})
                # Inside an object an empty one may count as not sent (CONTRACT WIRE-27).
                value = pick(named if way.slot is not None else (bare, *named))
                return Spoiled(value, ("OBJECT_TYPE_ABSTRACT",), {"OBJ_TYPE": abstract})
            case Rule.READ_ONLY | Rule.INSERT_ONLY:
                value = placeholder(ref, self._schema, self._lineage, _Picking(pick))
                return Spoiled(value, NOT_WRITABLE)
            case Rule.UNKNOWN_REFERENCE:
                value = pick(UNKNOWN_IDS if ref.kind in NUMBERS else UNKNOWN_TEXTS)
                return Spoiled(value, NOT_FOUND)
            case _:
                value = _beyond(self._limits(way), way.spot.rule, pick)
                return Spoiled(value, (LIMITS[way.spot.rule],), {"PROP_NAME": name})

    def _limits(self, way: Way) -> Property:
        return self._lineage.properties(str(way.inner or way.owner))[way.spot.name]

    def _foreign(self, enum: str, pick: Pick[Any]) -> int | str:
        known = {constant.value for constant in self._schema.enums[enum].constants}
        if self._schema.enums[enum].kind == "int":
            return int(pick([n for n in FOREIGN_INTS if str(n) not in known]))
        return str(pick([text for text in FOREIGN_TEXTS if text not in known]))


def _picker(bytes_: bytes) -> Pick[Any]:
    """Picks by drawn bytes, two each: one choice for all instead of one for each."""
    left = iter(bytes_)

    def pick(items: Sequence[Any]) -> Any:
        if len(items) == 1:
            return items[0]
        return items[(next(left, 0) * 256 + next(left, 0)) % len(items)]

    return pick


def _spot(spots: Sequence[Spot], pick: Pick[Any]) -> Spot:
    """One of the spots, each rule as often as any other."""
    rule = pick(list(dict.fromkeys(spot.rule for spot in spots)))
    chosen: Spot = pick([spot for spot in spots if spot.rule is rule])
    return chosen


def _inside(rules: frozenset[Rule], action: Action, param: Param) -> frozenset[Rule]:
    """The rules that can be broken by what an object of this parameter has itself."""
    is_entity = param == entity_param(action) and action.name in {"add", "update"}
    spared = set() if is_entity else {Rule.READ_ONLY, Rule.INSERT_ONLY}
    if action.name != "update":
        spared.add(Rule.INSERT_ONLY)
    return rules - spared


def _beyond(prop: Property, rule: Rule, pick: Pick[Any]) -> Any:
    """A value just beyond the limit of a property."""
    if rule is Rule.TOO_LONG and prop.max_length is not None:
        letter = pick(LETTERS)
        return letter * (prop.max_length // len(letter.encode()) + 1)
    if rule is Rule.TOO_SHORT and prop.min_length is not None:
        return "x" * (prop.min_length - 1)
    if rule is Rule.TOO_SMALL and prop.min_value is not None:
        return int(prop.min_value) - 1
    return int(prop.max_value or 0) + 1


class _Picking:
    """The two questions that a placeholder asks of a random source, answered by a pick."""

    def __init__(self, pick: Pick[Any]) -> None:
        self._pick = pick

    def randint(self, low: int, high: int) -> int:
        return int(self._pick((low, high)))

    def getrandbits(self, bits: int) -> int:
        return int(self._pick((1, 2**bits - 1)))
