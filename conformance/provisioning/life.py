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


class Lifecycle(Struct, frozen=True, kw_only=True):
    """A life in the order in which it was played; a step that the service does not offer is None.

    `kind` is the class that was sent, `id_property` the property with the object's id (None for a
    composite key or a bare value). `sent` is the object as it was sent on add, `must_return` the
    part of it that add and get have to answer. `changed` is what the update sent. The three
    attempts are made only where the recipe knows that a real server refuses. `bystander` is another
    object of the service that nobody changes, read before the update, after it and after the
    delete.
    """

    service: str
    recipe: Recipe
    kind: str | None
    id_property: str | None
    made: Made
    sent: Mapping[str, Any]
    must_return: Mapping[str, Any]

    add: Exchange
    read_only_on_add: Attempt | None = None
    get: Exchange | None = None
    get_again: Exchange | None = None
    listed: Exchange | None = None
    bystander: Made | None = None
    bystander_before: Exchange | None = None

    changed: Mapping[str, Any] = {}
    update: Exchange | None = None
    get_after_update: Exchange | None = None
    bystander_after_update: Exchange | None = None
    empty_update: Exchange | None = None
    get_after_empty_update: Exchange | None = None
    read_only_on_update: Attempt | None = None
    insert_only_on_update: Attempt | None = None
    get_after_attempts: Exchange | None = None

    delete: Exchange | None = None
    get_after_delete: Exchange | None = None
    update_after_delete: Exchange | None = None
    second_delete: Exchange | None = None
    bystander_after_delete: Exchange | None = None

    @property
    def kept(self) -> dict[str, Any]:
        """What the update did not send and must have left alone, as the get before it answered."""
        before = stored(self.get)
        return {n: before[n] for n in self.must_return if n in before and n not in self.changed}

    @property
    def must_return_at_last(self) -> dict[str, Any]:
        """What every get after the update has to answer."""
        updated = self.update is not None and isinstance(self.update.answer, Result)
        compared = {n: v for n, v in self.changed.items() if n not in self.recipe.not_compared}
        return {**self.must_return, **compared} if updated else dict(self.must_return)

    @property
    def complete(self) -> bool:
        """Whether the life went from add to the end that the service offers, all with success.

        A step that the account was refused is no step.
        """
        steps = {
            "get": self.get,
            "update": self.update or self.empty_update,
            "delete": self.delete,
        }
        return all(
            step is not None and isinstance(step.answer, Result)
            for action, step in steps.items()
            if action in self.made.keys
        )

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange, in the order in which they were made."""
        return tuple(sorted(self._all(), key=lambda exchange: exchange.number))

    def _all(self) -> Iterator[Exchange]:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Exchange):
                yield value
            elif isinstance(value, Attempt):
                yield value.exchange


def stored(exchange: Exchange | None) -> Mapping[str, Any]:
    """The object that an exchange answered; empty where it answered none."""
    value = exchange.result.value if exchange is not None and exchange.result is not None else None
    return value if isinstance(value, dict) else {}
