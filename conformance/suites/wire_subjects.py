"""What the wire area's checks range over: services that a probe can be made for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.oracles.wire_headers import WRITES
from conformance.plugin.check import NotApplicable
from conformance.plugin.subject import Subject
from conformance.plugin.subjects import actions
from conformance.suites import probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.schema.model import Service
    from conformance.suites.probe import Grounds, Probe

    Finder = Callable[[Grounds, Service], tuple[Probe, ...]]

USUAL_SERVICES = ("baseentry", "media", "category", "uiconf", "system")
"""Where the target as a whole is asked: services that every product offers."""


@lru_cache(maxsize=32)
def services_with(find: Finder) -> Callable[[Scope], Iterator[Subject]]:
    """The services for which `find` finds a probe."""

    def services(scope: Scope) -> Iterator[Subject]:
        ground = probe.grounds(scope)
        for service in scope.schema.services.values():
            if find(ground, service):
                yield Subject(kind="service", name=service.id, service=service.id)

    return services


def writes(scope: Scope) -> Iterator[Subject]:
    """Every action that no cache answers."""
    for subject in actions(scope):
        if subject.action in WRITES:
            yield subject


def usual_probe(context: Context) -> Probe:
    """One plain call that represents the target."""
    ground, offered = probe.grounds(context), context.schema.services
    names = [name for name in USUAL_SERVICES if name in offered] or list(offered)
    for name in names:
        for found in probe.plain(ground, offered[name]):
            return found
    raise NotApplicable("no service offers a call that is safe to ask")
