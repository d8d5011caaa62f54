"""Which services and actions a second generator may draw for.

Safety comes first, for a generator draws whatever the document allows:

* Reading actions are asked anything: the standard ones, and those additional ones with plain
  parameters that the area `actions` calls too. They change nothing, whatever they are sent.
* Bodies that may be unreadable, and methods other than POST, go to reading actions without a KS.
* An add is one that `provisioning` has drafted, with objects of this run in all its references and
  in the ledger before it goes out; only its free texts are drawn ones. So are those of the update
  after it, which goes to the object that was just made.
* A file goes to an upload token that does not exist.

All other actions are left out: it cannot be known of them that a drawn value is refused before
anything is done, nor that an id drawn for a delete names no object of somebody else's. Parameters
of files other than that of upload tokens are left out for the same reason.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from conformance.generation.rules import FREE_TEXT, TAG_LISTS
from conformance.plugin.subject import Subject
from conformance.schema.standard import entity_param, key_params
from conformance.suites import probe
from conformance.suites.calling import reading_actions
from conformance.suites.crud_subjects import services_that_delete
from conformance.suites.hostility import QUIRKS
from conformance.suites.misuse import is_decoded_as_usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.schema.model import Action, Service

    Source = Scope | Context
    """Both have schema, lineage and profile."""

READING = ("get", "list", "count")
ADDITIONAL = 1
"""So many additional reading actions of a service are asked; which ones, the seed says."""
TEXTS = FREE_TEXT | TAG_LISTS


def drawn_services(scope: Scope) -> Iterator[Subject]:
    """Every service with an action that may be asked anything."""
    yield from _services(scope, lambda _action: True)


def drawn_text_services(scope: Scope) -> Iterator[Subject]:
    """Those whose get takes a text."""
    yield from _services(scope, lambda action: _key_kind(action) == "text")


def drawn_number_services(scope: Scope) -> Iterator[Subject]:
    """Those whose get takes a number."""
    yield from _services(scope, lambda action: _key_kind(action) == "number")


def drawn_adds(scope: Scope) -> Iterator[Subject]:
    """Services that can make an object with a free text, and remove it."""
    for subject in services_that_delete(scope):
        if free_texts(scope, scope.schema.services[subject.name]):
            yield subject


def drawn_actions(source: Source, service: Service, *, seed: int) -> tuple[Action, ...]:
    """What is asked of a service in a run of that seed."""
    more = _additional(source).get(service.id, [])
    chosen = Random(seed).sample(more, min(ADDITIONAL, len(more)))  # noqa: S311 - inputs, not secrets
    return (*_standard(source, service), *chosen)


def free_texts(source: Source, service: Service) -> frozenset[str]:
    """The texts for people that the service's add takes."""
    taken = entity_param(service.actions["add"])
    declared = source.lineage.properties(str(taken.type.name)) if taken is not None else {}
    return frozenset(
        name
        for name, prop in declared.items()
        if name in TEXTS
        and prop.type.kind == "string"
        and prop.type.enum is None
        and not (prop.read_only or prop.requires_permissions)
    )


def _services(scope: Scope, holds: Callable[[Action], bool]) -> Iterator[Subject]:
    additional, ground = _additional(scope), probe.grounds(scope)
    for service in scope.schema.services.values():
        asked = (*_standard(scope, service), *additional.get(service.id, []))
        if any(holds(action) for action in asked) and probe.plain(ground, service):
            yield Subject(kind="service", name=service.id, service=service.id)


def _standard(source: Source, service: Service) -> tuple[Action, ...]:
    found = (service.actions[name] for name in READING if name in service.actions)
    return tuple(action for action in found if _is_asked(source, action))


def _is_asked(source: Source, action: Action) -> bool:
    quirks = source.profile.quirks
    return (
        action.result.kind != "file"
        and bool(action.params)
        and all(param.type.kind != "file" for param in action.params)
        and source.profile.actions.probe_only_because(action.id) is None
        and is_decoded_as_usual(action, source.profile)
        and not any(quirks.why(table, action.id) for table in QUIRKS)
    )


def _additional(source: Source) -> dict[str, list[Action]]:
    found: dict[str, list[Action]] = {}
    for subject in reading_actions(source):
        action = source.schema.services[str(subject.service)].actions[str(subject.action)]
        plain = all(param.type.kind in probe.SCALARS for param in action.params)
        if plain and _is_asked(source, action):
            found.setdefault(action.service, []).append(action)
    return found


def _key_kind(action: Action) -> str:
    """What a get takes for an id: a text, a number, or nothing that may be played with."""
    keys = key_params(action)
    if action.name != "get" or not keys or keys[0].name in probe.RESERVED:
        return ""
    return "text" if keys[0].type.kind == "string" else "number"
