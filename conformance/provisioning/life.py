"""One object's life on the target, step by step, as the oracles read it. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from conformance.provisioning.made import Made
from conformance.provisioning.recipe import Recipe
from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange


class Attempt(Struct, frozen=True):
    """A write of a property that must not be written; `kind` is the class that was sent."""

    name: str
    value: Any
    kind: str
    exchange: Exchange


class Update(Struct, frozen=True):
    """An update of the life: what it sent, the gets before and after it, and its answer.

    `rested` says that more than a second passed between the object's birth and it.
    """

    sent: Mapping[str, Any]
    before: Exchange | None
    exchange: Exchange
    get: Exchange | None
    rested: bool = False


class Lifecycle(Struct, frozen=True, kw_only=True):
    """A life in the order in which it was played; a step that the service does not offer is None.

    `kind` is the class that was sent, `id_property` the property with the object's id (None for a
    composite key or a bare value). `sent` is the object as it was sent on add, `must_return` the
    part of it that add and get have to answer. The updates share out what may be changed, so that
    each property is changed by one and has to be kept by another. The attempts are made only where
    the recipe knows that a real server refuses. `bystander` is another object of the service that
    nobody changes, read before the updates, after them and after the delete.
    """

    service: str
    recipe: Recipe
    kind: str | None
    id_property: str | None
    made: Made
    sent: Mapping[str, Any]
    must_return: Mapping[str, Any]

    add: Exchange
    read_only_on_add: tuple[Attempt, ...] = ()
    get: Exchange | None = None
    get_again: Exchange | None = None
    listed: Exchange | None = None
    bystander: Made | None = None
    bystander_before: Exchange | None = None

    updates: tuple[Update, ...] = ()
    bystander_after_update: Exchange | None = None
    empty_update: Exchange | None = None
    get_after_empty_update: Exchange | None = None
    read_only_on_update: tuple[Attempt, ...] = ()
    insert_only_on_update: Attempt | None = None
    get_after_attempts: Exchange | None = None

    delete: Exchange | None = None
    get_after_delete: Exchange | None = None
    update_after_delete: Exchange | None = None
    second_delete: Exchange | None = None
    bystander_after_delete: Exchange | None = None

    def kept(self, update: Update) -> dict[str, Any]:
        """What an update did not send and must have left alone, as the get before it answered."""
        before = stored(update.before)
        return {n: before[n] for n in self.must_return if n in before and n not in update.sent}

    def compared(self, update: Update) -> dict[str, Any]:
        """What an update sent and every get after it has to answer."""
        return {n: v for n, v in update.sent.items() if n not in self.recipe.not_compared}

    @property
    def must_return_at_last(self) -> dict[str, Any]:
        """What every get after the updates has to answer."""
        held = dict(self.must_return)
        for update in self.updates:
            if isinstance(update.exchange.answer, Result):
                held |= self.compared(update)
        return held

    @property
    def updated(self) -> Exchange | None:
        """The last get before the empty update."""
        gets = [update.get for update in self.updates if update.get is not None]
        return gets[-1] if gets else self.get

    @property
    def reads(self) -> tuple[Exchange, ...]:
        """Every get of the living object, in order."""
        gets = (self.get, self.get_again, *(update.get for update in self.updates),
                self.get_after_empty_update)  # fmt: skip
        return tuple(get for get in gets if get is not None)

    @property
    def complete(self) -> bool:
        """Whether the life went from add to the end that the service offers, all with success.

        A step that the account was refused is no step.
        """
        first = next((update.exchange for update in self.updates), None)
        steps = {"get": self.get, "update": first or self.empty_update, "delete": self.delete}
        later = (update.exchange for update in self.updates[1:])
        return all(isinstance(step.answer, Result) for step in later) and all(
            step is not None and isinstance(step.answer, Result)
            for action, step in steps.items()
            if action in self.made.keys
        )

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange once, in the order in which they were made."""
        found = {exchange.number: exchange for exchange in self._all()}
        return tuple(found[number] for number in sorted(found))

    def _all(self) -> Iterator[Exchange]:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            for step in value if isinstance(value, tuple) else (value,):
                if isinstance(step, Exchange):
                    yield step
                elif isinstance(step, Attempt):
                    yield step.exchange
                elif isinstance(step, Update):
                    yield from (e for e in (step.exchange, step.get) if e is not None)


def stored(exchange: Exchange | None) -> Mapping[str, Any]:
    """The object that an exchange answered; empty where it answered none."""
    value = exchange.result.value if exchange is not None and exchange.result is not None else None
    return value if isinstance(value, dict) else {}
