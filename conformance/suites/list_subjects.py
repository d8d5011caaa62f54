"""Which services have a list to judge, and of which objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.plugin.subject import Subject
from conformance.profile.pattern import nearest
from conformance.schema.standard import counts_what_it_lists, list_element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.scope import Scope

CROWDED = ("uiconf", "data")
"""Services, one over a table and one over an index, of which more objects are made than a page
holds: they are cheap, and any account may make them."""

ENTRIES = {
    "media": "KalturaMediaEntry",
    "data": "KalturaDataEntry",
    "mixing": "KalturaMixEntry",
    "playlist": "KalturaPlaylist",
    "livestream": "KalturaLiveStreamEntry",
    "livechannel": "KalturaLiveChannel",
}
"""The services whose lists hold one kind of entry each (CONTRACT LIST-18)."""

CONDITIONAL = frozenset({"categoryentry", "metadata_metadata"})
"""Services that demand a filter of some callers only (CONTRACT LIST-19)."""


def lists(scope: Scope) -> Iterator[Subject]:
    """Every service with a list that may be asked."""
    for service in scope.schema.services.values():
        action = service.actions.get("list")
        if action is None or list_element(scope.lineage, action.result) is None:
            continue
        if not scope.profile.actions.probe_only_because(action.id):
            yield Subject(kind="service", name=service.id, service=service.id)


def lists_of_made(scope: Scope) -> Iterator[Subject]:
    """Every service that makes objects and lists them."""
    for subject in lists(scope):
        service = scope.schema.services[subject.name]
        if "add" in service.actions and not scope.profile.actions.probe_only_because(
            f"{service.id}.add"
        ):
            yield subject


def lists_with_count(scope: Scope) -> Iterator[Subject]:
    """Every service that makes, lists and counts objects."""
    for subject in lists_of_made(scope):
        action = scope.schema.services[subject.name].actions.get("count")
        if action is None or scope.profile.actions.probe_only_because(action.id):
            continue
        if counts_what_it_lists(scope.schema.services[subject.name]):
            yield subject


def lists_of_changing(scope: Scope) -> Iterator[Subject]:
    """Every service that makes, changes and lists objects."""
    for subject in lists_of_made(scope):
        if "update" in scope.schema.services[subject.name].actions:
            yield subject


def lists_of_deleted(scope: Scope) -> Iterator[Subject]:
    """Every service that makes, removes and lists objects."""
    for subject in lists_of_made(scope):
        if "delete" in scope.schema.services[subject.name].actions:
            yield subject


def lists_that_demand_a_filter(scope: Scope) -> Iterator[Subject]:
    """Every service whose list is only for a part of its objects."""
    for subject in lists(scope):
        demanded = nearest(scope.profile.quirks.mandatory_filter, f"{subject.name}.list")
        if demanded and subject.name not in CONDITIONAL:
            yield subject


def lists_of_entries(scope: Scope) -> Iterator[Subject]:
    """The services whose lists hold one kind of entry each."""
    for subject in lists_of_made(scope):
        if subject.name in ENTRIES:
            yield subject


def lists_of_all_entries(scope: Scope) -> Iterator[Subject]:
    """The services of entries, of one kind or of all: these were recorded most closely."""
    for subject in lists_of_made(scope):
        if subject.name in {*ENTRIES, "baseentry"}:
            yield subject


def lists_that_hide(scope: Scope) -> Iterator[Subject]:
    """The services whose lists show ready entries alone."""
    for subject in lists_of_made(scope):
        if scope.profile.quirks.why("hidden_by_default", subject.name):
            yield subject


def crowded_lists(scope: Scope) -> Iterator[Subject]:
    """The services of which more objects are made than a page holds."""
    for subject in lists_of_made(scope):
        if subject.name in CROWDED:
            yield subject
