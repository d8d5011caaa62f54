"""Where the ids in a request come from: which exchange of the run made the object.

Goes by what is seen: the answer to an add, a clone or a login that holds the value. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec import Struct

from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CREATING = re.compile(r"^(add|clone|copy|register|start|upload)|Add", re.ASCII)
SHORTEST_ID = 3
"""Shorter numbers are everywhere."""
WORD = re.compile(r"[A-Za-z0-9_\-%=]{3,}")
KS = 60
"""A word that is longer is a session."""
READING = re.compile(r"^(get|list|count|serve|is[A-Z])", re.ASCII)


class Origin(Struct, frozen=True):
    """The exchange that brought a value into the world, and where its answer holds it."""

    exchange: Exchange
    path: str


class Provenance:
    """The origins of all ids in a run's exchanges."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        """Read them once, in the order of their numbers."""
        self._all = sorted(exchanges, key=lambda each: each.number)
        self._origins: dict[str, Origin] = {}
        for exchange in self._all:
            for token, path in _born(exchange):
                self._origins.setdefault(token, Origin(exchange, path))

    @cached_property
    def sessions(self) -> tuple[str, ...]:
        """Every text in the requests that looks like a session, as it was given."""
        found: dict[str, None] = {}
        for each in self._all:
            words = (unquote(word) for word in WORD.findall(_written(each)) if len(word) > KS)
            found.update(dict.fromkeys(words))
        return tuple(found)

    def origin(self, value: Any, *, before: int) -> Origin | None:
        """Where a value was first answered, if that was before the exchange of that number."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        found = self._origins.get(str(value))
        return found if found is not None and found.exchange.number < before else None

    def hashed(self, digest: str, *, before: int) -> tuple[str, str] | None:
        """The session and the application token whose SHA-256 it is (CONTRACT SESS-20)."""
        tokens = [
            token
            for token, origin in self._origins.items()
            if origin.path.endswith(".token") and origin.exchange.number < before
        ]
        return next(
            (
                (session, token)
                for session in self.sessions
                for token in tokens
                if sha256(f"{session}{token}".encode()).hexdigest() == digest
            ),
            None,
        )

    def needed(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """The exchanges that made what this one's request names."""
        found = (self.origin(token, before=exchange.number) for token in tokens(exchange))
        return tuple({o.exchange.number: o.exchange for o in found if o is not None}.values())

    def closure(self, exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
        """The exchanges with all that made what they name, in order."""
        found: dict[int, Exchange] = {}
        waiting = list(exchanges)
        while waiting:
            each = waiting.pop()
            if each.number not in found:
                found[each.number] = each
                waiting.extend(self.needed(each))
        return tuple(found[number] for number in sorted(found))

    def writes(self, core: Iterable[Exchange]) -> tuple[Exchange, ...]:
        """What else changed the objects and sessions that the last of these exchanges names."""
        held = list(core)
        last = max(held, key=lambda each: each.number)
        named = {token for token in tokens(last) if token in self._origins}
        return tuple(
            each
            for each in self.around(held, most=len(self._all))
            if any(
                # A session may be used up by reading as well.
                not READING.match(each.call.action) or len(token) > KS
                for token in named.intersection(tokens(each))
            )
        )

    def around(self, core: Iterable[Exchange], *, most: int) -> tuple[Exchange, ...]:
        """What else named the objects of these exchanges before the last of them; the latest."""
        held = {each.number: each for each in core}
        first, last = min(held), max(held)
        known = {
            token
            for each in held.values()
            for token in tokens(each)
            if token in self._origins and self._origins[token].exchange.number in held
        }
        found = [
            each
            for each in self._all
            if first < each.number < last
            and each.number not in held
            and not known.isdisjoint(tokens(each))
        ]
        return tuple(found[-most:])


def tokens(exchange: Exchange) -> frozenset[str]:
    """The words of a request that may name something."""
    if not exchange.call.service:
        return frozenset(WORD.findall(_written(exchange)))
    found = set(scalars(exchange.call.params))
    if exchange.session == "given":
        # The session may be what the call is about: one that was ended, or is limited.
        found.update(unquote(word) for word in WORD.findall(_written(exchange)) if len(word) > KS)
    return frozenset(found)


def _written(exchange: Exchange) -> str:
    return exchange.request.url + exchange.request.body.decode("utf-8", "replace")


def scalars(value: Any) -> Iterator[str]:
    """Every text and number in a call's parameters, those of a list in one text too."""
    if isinstance(value, Mapping):
        for member in value.values():
            yield from scalars(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from scalars(member)
    elif isinstance(value, str):
        yield value
        if "," in value:
            yield from (part.strip() for part in value.split(","))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def _born(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Values that the answer brings, with their paths."""
    answer, call = exchange.answer, exchange.call
    if not isinstance(answer, Result):
        return
    if call.service.lower() == "multirequest" and isinstance(answer.value, list):
        members = [call.params[key] for key in sorted(call.params, key=_position)
                   if isinstance(call.params[key], Mapping)]  # fmt: skip
        for place, (member, value) in enumerate(zip(members, answer.value, strict=False)):
            for token, path in _brought(str(member.get("action", "")), value):
                yield token, f"$[{place}]{path.removeprefix('$')}"
    else:
        yield from _brought(call.action, answer.value)


def _position(key: str) -> int:
    return int(key) if key.isdigit() else -1


def _brought(action: str, value: Any) -> Iterator[tuple[str, str]]:
    if not CREATING.search(action):
        return
    if isinstance(value, str) and len(value) >= SHORTEST_ID:
        yield value, "$"
    if isinstance(value, Mapping):
        for name in ("id", "ks", "token"):
            found = value.get(name)
            if isinstance(found, str | int) and len(str(found)) >= SHORTEST_ID:
                yield str(found), f"$.{name}"
