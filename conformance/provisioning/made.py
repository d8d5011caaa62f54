"""An object that we made on the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from conformance.wire.exchange import Exchange


class Made(Struct, frozen=True):
    """An object, the answer that it came with, and what was sent for it.

    `id` is None for an object that only a composite key names. `value` is what add answered: a
    mapping for objects, the bare value of the few services that answer a scalar. `sent` are all
    parameters of the call, `entity` the object in them, `keys` the parameters that address it, by
    action. `record` is its number in the ledger.
    """

    service: str
    id: Any
    type: str | None
    value: Any
    sent: Mapping[str, Any]
    entity: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, Any]]
    exchange: Exchange
    record: int

    def property(self, name: str) -> Any:
        """A property of the answered object, else of the one that was sent, else None."""
        if isinstance(self.value, dict) and self.value.get(name) is not None:
            return self.value[name]
        return self.entity.get(name)
