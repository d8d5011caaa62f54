"""What an oracle was asked, as JSON, and back: so that a judgement can be made again from a record.

Exchanges of the run are referred to by number, parts of the schema by name; frozen values of ours
are written field by field. What cannot be written down (a function made on the way) is
`Unrecordable`, and whoever judges again says so.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any

import msgspec

from conformance.oracles.actions import Book
from conformance.schema.lineage import Lineage
from conformance.schema.model import Action, Schema, Service
from conformance.wire.exchange import Exchange
from conformance.wire.record import exchange_from_record, exchange_to_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.plugin.execution import Asked
    from conformance.plugin.plan import Check
    from conformance.plugin.traffic import Traffic

    _Write = Callable[["_Writer", Any, int], tuple[str, dict[str, Any]]]

ROOMS = ("conformance.oracles.", "conformance.schema.", "conformance.verdict.", "conformance.wire.")
"""Whose values and functions a record may name: pure ones, that open and send nothing."""
MAX_DEPTH = 60


class Testified(msgspec.Struct, frozen=True):
    """A line of `testimony.jsonl`: which oracle was asked what for a check, or why not written."""

    check: str
    oracle: str
    args: Any = None
    kwargs: Any = None
    unrecordable: str = ""


class Unrecordable(Exception):
    """A value that cannot be written down; the text is its type."""


class Unreadable(Exception):
    """A record that no value can be made of."""


def testified(check: Check, asked: Asked, traffic: Traffic) -> Testified:
    """The line for one question to an oracle."""
    name = f"{asked.oracle.__module__}:{asked.oracle.__qualname__}"
    try:
        args = written(list(asked.args), traffic.exchange)
        kwargs = written(dict(asked.kwargs), traffic.exchange)
    except Unrecordable as reason:
        return Testified(check.name, name, unrecordable=str(reason))
    return Testified(check.name, name, args, kwargs)


def written(value: Any, held: Callable[[int], Exchange | None]) -> Any:
    """The value as JSON can hold it. `held` gives the run's exchange of a number.

    Raises Unrecordable.
    """
    return _Writer(held).plain(value, 0)


def read(
    plain: Any, *, exchange: Callable[[int], Exchange], schema: Schema, lineage: Lineage
) -> Any:
    """The value that was written. Raises Unreadable, and what `exchange` raises."""
    return _Reader(exchange, schema, lineage).value(plain, 0)


def _name(thing: Any) -> str:
    """`module:name` of what is at the top of a module of a pure room."""
    module, name = thing.__module__, thing.__qualname__
    if not module.startswith(ROOMS) or not name.isidentifier():
        raise Unrecordable(f"{module}:{name}")
    return f"{module}:{name}"


@lru_cache(maxsize=256)
def _found(named: str, kind: type) -> Any:
    module, _, name = named.partition(":")
    if not module.startswith(ROOMS) or not name.isidentifier():
        raise Unreadable(f"no value of ours: {named}")
    try:
        thing = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise Unreadable(f"no value of ours: {named}") from error
    if not isinstance(thing, kind):
        raise Unreadable(f"no {kind.__name__}: {named}")
    return thing


class _Writer:
    def __init__(self, held: Callable[[int], Exchange | None]) -> None:
        self._held = held

    def plain(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Unrecordable("too deep")
        if value is None or type(value) in (str, bool, int, float):
            return value
        if isinstance(value, list):
            return [self.plain(each, depth + 1) for each in value]
        for kind, write in _WRITERS:
            if isinstance(value, kind):
                mark, parts = write(self, value, depth + 1)
                return {"$": mark, **parts}
        raise Unrecordable(type(value).__qualname__)

    def exchange(self, exchange: Exchange, _depth: int) -> tuple[str, dict[str, Any]]:
        """By number, or whole where it was made of one, as a member of a batch is."""
        if self._held(exchange.number) is exchange:
            return "exchange", {"n": exchange.number}
        # Its body is that of the whole, so the answer that was taken out of it is kept as well.
        answer = msgspec.to_builtins(exchange.answer)
        return "derived", {"record": exchange_to_record(exchange) | {"answer": answer}}

    def items(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self.plain(each, depth) for each in values]

    def pairs(self, value: Mapping[Any, Any], depth: int) -> list[Any]:
        return [[self.plain(k, depth), self.plain(v, depth)] for k, v in value.items()]

    def fields(self, value: Any, depth: int) -> tuple[str, dict[str, Any]]:
        if isinstance(value, msgspec.Struct):
            names = value.__struct_fields__
        else:
            names = tuple(field.name for field in dataclasses.fields(value))
        held = {name: self.plain(getattr(value, name), depth) for name in names}
        return "value", {"name": _name(type(value)), "fields": held}


class _Dataclass(type):
    """So that `isinstance` knows a value of a dataclass."""

    def __instancecheck__(cls, value: Any) -> bool:
        return dataclasses.is_dataclass(value) and not isinstance(value, type)


class _AnyDataclass(metaclass=_Dataclass):
    pass


_WRITERS: tuple[tuple[Any, _Write], ...] = (
    (Exchange, _Writer.exchange),
    (Schema, lambda _w, _v, _d: ("schema", {})),
    (Lineage, lambda _w, _v, _d: ("lineage", {})),
    (Action, lambda _w, v, _d: ("action", {"of": v.service, "name": v.name})),
    (Service, lambda _w, v, _d: ("service", {"name": v.id})),
    (Book, lambda w, v, d: ("book", {"loose": w.plain(v.loose, d)})),
    (FunctionType, lambda _w, v, _d: ("function", {"name": _name(v)})),
    (Enum, lambda _w, v, _d: ("enum", {"name": _name(type(v)), "value": v.value})),
    (bytes, lambda _w, v, _d: ("bytes", {"base64": base64.b64encode(v).decode()})),
    (Mapping, lambda w, v, d: ("mapping", {"pairs": w.pairs(v, d)})),
    (tuple, lambda w, v, d: ("tuple", {"items": w.items(v, d)})),
    ((set, frozenset), lambda w, v, d: ("set", {"items": sorted(w.items(v, d), key=str)})),
    (msgspec.Struct, _Writer.fields),
    (_AnyDataclass, _Writer.fields),
)
"""How each kind of value is written: its mark and parts, the first kind that fits."""


class _Reader:
    def __init__(
        self, exchange: Callable[[int], Exchange], schema: Schema, lineage: Lineage
    ) -> None:
        self.exchange = exchange
        self.schema = schema
        self.lineage = lineage

    def value(self, plain: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Unreadable("too deep")
        if isinstance(plain, list):
            return self.items(plain, depth + 1)
        if not isinstance(plain, dict):
            return plain
        try:
            return _READERS[plain["$"]](self, plain, depth + 1)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error

    def items(self, plain: Iterable[Any], depth: int) -> list[Any]:
        return [self.value(each, depth) for each in plain]

    def pairs(self, plain: Iterable[Any], depth: int) -> dict[Any, Any]:
        return {self.value(key, depth): self.value(held, depth) for key, held in plain}

    def made(self, plain: dict[str, Any], depth: int) -> Any:
        fields = {name: self.value(held, depth) for name, held in plain["fields"].items()}
        return _found(plain["name"], type)(**fields)


_READERS: Mapping[str, Callable[[_Reader, dict[str, Any], int], Any]] = {
    "exchange": lambda r, p, _d: r.exchange(p["n"]),
    "derived": lambda _r, p, _d: exchange_from_record(p["record"]),
    "schema": lambda r, _p, _d: r.schema,
    "lineage": lambda r, _p, _d: r.lineage,
    "action": lambda r, p, _d: r.schema.services[p["of"]].actions[p["name"]],
    "service": lambda r, p, _d: r.schema.services[p["name"]],
    "book": lambda r, p, d: Book(r.schema, r.lineage, loose=r.value(p["loose"], d)),
    "function": lambda _r, p, _d: _found(p["name"], FunctionType),
    "enum": lambda _r, p, _d: _found(p["name"], type)(p["value"]),
    "bytes": lambda _r, p, _d: base64.b64decode(p["base64"]),
    "mapping": lambda r, p, d: r.pairs(p["pairs"], d),
    "tuple": lambda r, p, d: tuple(r.items(p["items"], d)),
    "set": lambda r, p, d: frozenset(r.items(p["items"], d)),
    "value": _Reader.made,
}
