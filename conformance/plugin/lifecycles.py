"""One service's lives, played once a run and judged by many requirements."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Protocol

from conformance.provisioning.failure import ProvisioningFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from conformance.provisioning.lifecycle import Beginning, Lifecycle

WHOLE = 0.5
"""The share of second looks at an object with every property."""
RESTING = 2
"""So many lives of a service rest, so that what moves a time now and then is met."""


class Player(Protocol):
    """Begins one life of a service."""

    def __call__(self, service: str, random: Random, *, whole: bool) -> Beginning:
        """A life up to its first update; a `whole` one with all that its recipe draws."""


class Lifecycles:
    """Plays `examples` lives of a service when they are first asked for, and keeps them.

    The first has every property that its recipe knows, the others have some of them each. Some rest
    before they are updated, so that a time that moves shows. A failure to provision is kept as
    well: every requirement of that service hears the same reason.
    """

    def __init__(
        self,
        begin: Player,
        *,
        examples: int,
        random_for: Callable[[str], Random],
    ) -> None:
        self._begin = begin
        self._examples = examples
        self._random_for = random_for
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._held: dict[str, tuple[Lifecycle, ...] | ProvisioningFailed] = {}

    def of(
        self, service: str, *, random: Random, fresh: bool, rests: bool = False
    ) -> tuple[Lifecycle, ...]:
        """The service's lives; `fresh` plays one anew, which `rests`. Raises ProvisioningFailed."""
        if fresh:
            # What was seen may have been seen on a life of either kind.
            whole = random.random() < WHOLE
            return (self._begin(service, random, whole=whole).finish(rests=rests),)
        with self._lock:
            lock = self._locks.setdefault(service, Lock())
        with lock:
            held = self._held.get(service)
            if held is None:
                held = self._held[service] = self._first(service)
        if isinstance(held, ProvisioningFailed):
            raise held
        return held

    @property
    def completed(self) -> tuple[str, ...]:
        """The services of which at least one life went from add to delete."""
        return tuple(
            service
            for service, lives in self._held.items()
            if not isinstance(lives, ProvisioningFailed) and any(life.complete for life in lives)
        )

    def _first(self, service: str) -> tuple[Lifecycle, ...] | ProvisioningFailed:
        random = self._random_for(service)
        try:
            resting = [
                self._begin(service, random, whole=not number)
                for number in range(min(RESTING, self._examples))
            ]
            # The others meanwhile: on a server of usual latency nobody need wait any more.
            others = tuple(
                self._begin(service, random, whole=False).finish(rests=False)
                for _ in range(len(resting), self._examples)
            )
            return (*(life.finish(rests=True) for life in resting), *others)
        except ProvisioningFailed as failure:
            return failure
