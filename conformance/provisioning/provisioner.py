"""Makes objects on the target by recipe, learns what recipes lack, and removes all of it again."""

from __future__ import annotations

import time
from random import Random
from threading import RLock
from typing import TYPE_CHECKING, Any

from conformance.generation.plain import PlainGenerator
from conformance.provisioning.adding import Adding
from conformance.provisioning.draft import Drafting
from conformance.provisioning.failure import ProvisioningFailed
from conformance.provisioning.learning import TRANSIENT, UNKNOWN, Learning, Mending
from conformance.provisioning.naming import Names
from conformance.provisioning.recipe import Need, Recipe, learned_recipe
from conformance.wire.answer import ApiError, Result
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.provisioning.ledger import Entry, Ledger
    from conformance.provisioning.made import Made
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema, Service
    from conformance.wire.exchange import Exchange

    Caller = Callable[[Call, str], Exchange]

DEEPEST = 6
"""How long a chain of prerequisites may be."""
PATIENCE = 4
PAUSE_SECONDS = 0.5


class Provisioner:
    """Objects of every service of one target. Thread-safe.

    The object that is asked for is always fresh. A prerequisite is made once a run and shared,
    unless its recipe says that every object needs one of its own. `call` sends a call as a session
    and returns its exchange; every add is in the ledger before it goes out.
    """

    def __init__(
        self,
        *,
        schema: Schema,
        lineage: Lineage,
        recipes: Mapping[str, Recipe],
        ledger: Ledger,
        call: Caller,
        random: Random,
        run_id: str,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.schema = schema
        self.lineage = lineage
        self.ledger = ledger
        self.names = Names(run_id)
        self.drafting = Drafting(schema, lineage, PlainGenerator(schema, lineage), self.names)
        self.learning = Learning(schema, lineage)
        self._recipes = recipes
        self._call = call
        self._pause = pause
        self._seed = random.getrandbits(64)
        self._lock = RLock()
        self._fixture_lock = RLock()
        self._fixtures: dict[str, Made | ProvisioningFailed] = {}
        self._learned: dict[str, tuple[Mending, ...]] = {}
        self._made: set[str] = set()
        self._failed: dict[str, str] = {}

    @property
    def learned(self) -> Mapping[str, tuple[str, ...]]:
        """What this run learned, told by service; without those of which all was known."""
        with self._lock:
            return {name: tuple(map(str, deeds)) for name, deeds in self._learned.items() if deeds}

    @property
    def made(self) -> frozenset[str]:
        """The services of which this run has made at least one object."""
        with self._lock:
            return frozenset(self._made)

    @property
    def failed(self) -> Mapping[str, str]:
        """The services of which no object could be had, each with the last reason."""
        with self._lock:
            return {name: why for name, why in self._failed.items() if name not in self._made}

    def recipe(self, service_id: str) -> Recipe:
        """The service's recipe; an empty one where there is none."""
        return self._recipes.get(service_id) or learned_recipe(service_id)

    def service(self, service_id: str) -> Service:
        """The service of the schema, or ProvisioningFailed."""
        service = self.schema.services.get(service_id.lower())
        if service is None or "add" not in service.actions:
            raise ProvisioningFailed(service_id, "not-made", reason="the schema has no add for it")
        return service

    def make(
        self,
        service_id: str,
        *,
        properties: Mapping[str, Any] | None = None,
        random: Random | None = None,
        presence: float | None = None,
    ) -> Made:
        """A fresh object of the service. Raises ProvisioningFailed.

        `properties` are set on the object as they are, over what the recipe says; for an add that
        takes no object they are parameters. `presence` is the share (0..1) of the properties that
        may be drawn which are.
        """
        return self._make(service_id.lower(), properties or {}, random, chain=(), presence=presence)

    def fixture(self, service_id: str) -> Made:
        """The run's shared object, which nobody may change. Raises ProvisioningFailed."""
        return self._fixture(service_id.lower(), chain=())

    def adding(
        self,
        service_id: str,
        *,
        properties: Mapping[str, Any] | None = None,
        random: Random | None = None,
    ) -> Adding:
        """An add that is ready to be sent, with its prerequisites and all that was learned."""
        return self._adding(service_id.lower(), properties or {}, random, chain=())

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._pause(seconds)

    def send(self, call: Call, session: str = "admin") -> Exchange:
        """Send a call, again after a pause while the target says that it is only busy."""
        return self.patiently(lambda: self._call(call, session))

    def patiently(self, ask: Callable[[], Exchange]) -> Exchange:
        """What asking answers; asked again after a pause while the target is only busy."""
        exchange = ask()
        for attempt in range(PATIENCE):
            answer = exchange.answer
            if not isinstance(answer, ApiError) or answer.code not in TRANSIENT:
                break
            self._pause(PAUSE_SECONDS * 2**attempt)
            exchange = ask()
        return exchange

    def discard(self, made: Made) -> bool:
        """Remove an object; whether it is gone. One that no action can remove stays a leftover."""
        if not self.ledger.holds(made.record):
            return True
        return self._remove(made.service, made.record, made.keys.get("delete"))

    def discard_all(self) -> tuple[Entry, ...]:
        """Remove all that is left, the newest first, in two rounds; what is still there after."""
        for _ in range(2):
            for entry in reversed(self.ledger.leftovers):
                if entry.certain:
                    self._remove(entry.service, entry.number, entry.delete_params)
        return self.ledger.leftovers

    def _remove(self, service_id: str, number: int, params: Mapping[str, Any] | None) -> bool:
        recipe = self.recipe(service_id)
        if recipe.part_of_need:
            self.ledger.removed(number)
            return True
        if params is None:
            return False
        answer = self.send(Call(service_id, "delete", params), recipe.session).answer
        gone = isinstance(answer, Result) or (
            isinstance(answer, ApiError) and bool(UNKNOWN.search(answer.code))
        )
        if gone:
            self.ledger.removed(number)
        return gone

    def _make(
        self,
        service_id: str,
        properties: Mapping[str, Any],
        random: Random | None,
        chain: tuple[str, ...],
        *,
        presence: float | None = None,
    ) -> Made:
        try:
            adding = self._adding(service_id, properties, random, chain, presence=presence)
            made = adding.run()
        except ProvisioningFailed as failure:
            with self._lock:
                self._failed[service_id] = str(failure)
            raise
        with self._lock:
            self._learned[service_id] = adding.learned
            self._made.add(service_id)
        return made

    def _adding(
        self,
        service_id: str,
        properties: Mapping[str, Any],
        random: Random | None,
        chain: tuple[str, ...],
        *,
        presence: float | None = None,
    ) -> Adding:
        service, recipe = self.service(service_id), self.recipe(service_id)
        if recipe.never:
            raise ProvisioningFailed(service_id, "not-made", reason=recipe.never)
        if service_id in chain or len(chain) >= DEEPEST:
            told = " -> ".join((*chain, service_id))
            raise ProvisioningFailed(service_id, "not-made", reason=f"a circle of needs: {told}")
        here = (*chain, service_id)
        with self._lock:
            learned = self._learned.get(service_id, ())
            random = random or Random(self._next_seed())  # noqa: S311 - inputs, not secrets
        needs = [(need, self._met(need, random, here)) for need in recipe.needs]
        return Adding(
            self,
            service,
            recipe,
            random,
            properties=properties,
            needs=needs,
            learned=learned,
            presence=presence,
            fixture=lambda wanted: self._fixture(wanted, here),
        )

    def _met(self, need: Need, random: Random, chain: tuple[str, ...]) -> Any:
        """The id that a need asks for."""
        if need.fresh or need.made_with:
            made = self._make(need.service, self.names.fill(need.made_with), random, chain)
        else:
            made = self._fixture(need.service, chain)
        return made.property(need.of) if need.of else made.id

    def _fixture(self, service_id: str, chain: tuple[str, ...]) -> Made:
        if service_id in chain:
            told = " -> ".join((*chain, service_id))
            raise ProvisioningFailed(service_id, "not-made", reason=f"a circle of needs: {told}")
        # One lock for all: two threads that follow needs in a circle would block each other.
        with self._fixture_lock:
            held = self._fixtures.get(service_id)
            if held is None:
                held = self._first(service_id, chain)
                self._fixtures[service_id] = held
        if isinstance(held, ProvisioningFailed):
            raise held
        return held

    def _first(self, service_id: str, chain: tuple[str, ...]) -> Made | ProvisioningFailed:
        random = Random(f"{self._seed}:{service_id}")  # noqa: S311 - inputs, not secrets
        try:
            return self._make(service_id, {}, random, chain)
        except ProvisioningFailed as failure:
            return failure

    def _next_seed(self) -> int:
        self._seed = (self._seed * 6364136223846793005 + 1442695040888963407) % 2**64
        return self._seed
