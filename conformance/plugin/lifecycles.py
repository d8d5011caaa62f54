"""One service's lives, played once a run and judged by many requirements."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from conformance.provisioning.failure import ProvisioningFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from conformance.provisioning.lifecycle import Lifecycle


class Lifecycles:
    """Plays `examples` lives of a service when they are first asked for, and keeps them.

    A failure to provision is kept as well: every requirement of that service hears the same reason.
    """

    def __init__(
        self,
        play: Callable[[str, Random], Lifecycle],
        *,
        examples: int,
        random_for: Callable[[str], Random],
    ) -> None:
        self._play = play
        self._examples = examples
        self._random_for = random_for
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._held: dict[str, tuple[Lifecycle, ...] | ProvisioningFailed] = {}

    def of(self, service: str, *, random: Random, fresh: bool) -> tuple[Lifecycle, ...]:
        """The service's lives; `fresh` plays one anew. Raises ProvisioningFailed."""
        if fresh:
            return (self._play(service, random),)
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
            return tuple(self._play(service, random) for _ in range(self._examples))
        except ProvisioningFailed as failure:
            return failure
