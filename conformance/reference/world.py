"""The state that one embedded server holds."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from conformance.reference.arguments import Decoder
from conformance.reference.families import make_rooms
from conformance.reference.partners import make_partners

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from conformance.reference.rules import Rules
    from conformance.reference.session import Session
    from conformance.reference.storage import Storage
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema

_ALPHABET = string.ascii_lowercase + string.digits


class World:
    """Schema, rules, accounts, objects, clock and chance of one server."""

    def __init__(
        self,
        schema: Schema,
        *,
        lineage: Lineage,
        rules: Rules,
        storage: Storage,
        clock: Callable[[], float],
        rng: Random,
        url: str,
        schema_bytes: bytes = b"",
    ) -> None:
        """Derive from the schema what every call needs."""
        self.schema = schema
        self.lineage = lineage
        self.rules = rules
        self.storage = storage
        self.clock = clock
        self.rng = rng
        self.url = url
        self.schema_bytes = schema_bytes
        self.partners = make_partners(storage, rng)
        self.rooms = make_rooms(schema, lineage, rules)
        self.decoder = Decoder(schema, lineage, rules, self.now)
        self.services = {
            service_id.lower(): service for service_id, service in schema.services.items()
        }
        self.actions: dict[str, dict[str, Action]] = {
            service_id: {name.lower(): action for name, action in service.actions.items()}
            for service_id, service in self.services.items()
        }
        self.sessions: dict[str, Session] = {}
        self.ended: set[str] = set()
        self.uses: dict[str, int] = {}
        self.notes: dict[Any, Any] = {}
        """Precomputed facts of filters, classes and actions, by whoever computes them."""

    def now(self) -> int:
        """The time in epoch seconds."""
        return int(self.clock())

    def random_id(self) -> str:
        """A string id of the form that entries have."""
        return "0_" + "".join(self.rng.choices(_ALPHABET, k=8))
