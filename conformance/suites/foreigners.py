"""Entries of kinds that a service of another kind must not touch (CONTRACT INH-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.suites.shared import Shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made

MAKERS = {
    "media": "KalturaMediaEntry",
    "data": "KalturaDataEntry",
    "playlist": "KalturaPlaylist",
    "mixing": "KalturaMixEntry",
    "livestream": "KalturaLiveStreamEntry",
}
"""The services whose entries are handed to the others, with their classes."""

OTHER_CODES = frozenset({"INVALID_PLAYLIST_TYPE", "INVALID_ENTRY_TYPE"})
"""Words for an entry of the wrong kind, besides those for an unknown one (OBSERVED 27)."""

SOME = 2

_MADE: Shared[Made] = Shared(lambda context, service: context.make(service))


def foreign_to(context: Context, subject: Subject) -> Iterator[tuple[str, Made]]:
    """An entry of each other kind, with its class; the run's own, which nobody changes."""
    for service, kind in _kinds(context, subject):
        try:
            yield kind, _MADE.of(context, service)
        except (NotApplicable, Inconclusive):  # another check reports that it cannot be made
            continue


def made_of_kind(context: Context, subject: Subject) -> Iterator[tuple[str, Made]]:
    """A fresh entry of each of some other kinds, with its class."""
    kinds = list(_kinds(context, subject))
    for service, kind in context.random.sample(kinds, min(SOME, len(kinds))):
        yield kind, context.make(service)


def refusals_of(context: Context, service: str, action: str) -> frozenset[str]:
    """The codes by which the service says that it has no such entry."""
    codes = context.profile.quirks.not_found_codes(f"{service}.{action}")
    return OTHER_CODES.union(codes, context.recipe(service).not_found_codes(action))


def named(context: Context, service: str, action: str, identity: Any) -> dict[str, Any]:
    """The action's first parameter with that id."""
    return {context.schema.services[service].actions[action].params[0].name: identity}


def _kinds(context: Context, subject: Subject) -> Iterator[tuple[str, str]]:
    own = str(subject.type)
    for service, kind in MAKERS.items():
        if service not in context.schema.services or kind not in context.schema.classes:
            continue
        if not context.lineage.is_a(kind, own) and not context.lineage.is_a(own, kind):
            yield service, kind
