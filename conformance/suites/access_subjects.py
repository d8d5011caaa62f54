"""Which services can be asked by somebody whose business it is not, and what that caller may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.plugin.subject import Subject
from conformance.plugin.subjects import action_subject
from conformance.schema.model import STANDARD_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.scope import Scope

ADMINS_ONLY = {
    "accesscontrol": ("add", "get", "list", "update", "delete"),
    "accesscontrolprofile": ("add", "get", "list", "update", "delete"),
    "apptoken": ("add", "get", "list", "update", "delete"),
    "caption_captionparams": ("add", "get", "delete"),
    "category": ("add", "update", "delete"),
    "conversionprofile": ("add", "get", "list", "update", "delete"),
    "conversionprofileassetparams": ("list",),
    "flavorasset": ("delete",),
    "flavorparams": ("add", "get", "list", "update"),
    "livestream": ("add", "delete"),
    "mediainfo": ("list",),
    "partner": ("get", "getInfo"),
    "responseprofile": ("add", "update"),
    "schedule_scheduleevent": ("add", "get", "list", "update", "delete"),
    "session": ("get",),
    "syndicationfeed": ("add", "get", "list", "update", "delete"),
    "thumbasset": ("delete",),
    "uiconf": ("add", "update", "delete"),
    "user": ("add", "list", "update", "delete"),
    "userrole": ("add", "list", "update", "delete"),
}
"""What a user's session was refused with SERVICE_FORBIDDEN on a real server, and an admin's not.

Of accessControlProfile, which shares accessControl's table, appToken and category, the default
roles tell the same (CONTRACT section 5.2).
"""

OWNED = {
    "baseentry": ("update", "delete"),
    "media": ("update", "delete"),
    "mixing": ("update", "delete"),
    "playlist": ("update", "delete"),
    "data": ("delete",),
    "cuepoint_cuepoint": ("update", "delete"),
}
"""What a user may do to an object of that user's own only (CONTRACT SESS-16)."""

ENTRIES = ("baseentry", "media")
"""Services that are known to refuse a user what only an admin may set (recorded)."""

VISITORS_MAY_NOT_ADD = (
    "media", "baseentry", "data", "mixing", "playlist", "category", "accesscontrol",
    "conversionprofile", "flavorparams", "responseprofile", "syndicationfeed", "uiconf", "user",
    "userrole", "uploadtoken", "thumbasset",
)  # fmt: skip
"""What a widget's session cannot add: entries, and what only admins add."""

VISITORS_MAY_NOT_CHANGE = {
    "baseentry": ("update", "delete"),
    "media": ("update", "delete"),
    "data": ("update", "delete"),
    "playlist": ("update", "delete"),
    "category": ("update", "delete"),
    "uiconf": ("update", "delete"),
    "user": ("update", "delete"),
}
"""What a widget's session cannot do to an object: it owns none, and has no right to."""

REFERENCES = {
    "flavorasset": ("entryId", "media"),
    "thumbasset": ("entryId", "media"),
    "caption_captionasset": ("entryId", "media"),
    "attachment_attachmentasset": ("entryId", "media"),
    "cuepoint_cuepoint": ("entryId", "media"),
    "categoryentry": ("entryId", "media"),
    "category": ("parentId", "category"),
}
"""Adds that hang something on an object: the name of what takes its id, and who makes it.

All of them are known to look for the object (CONTRACT section 5.2).
"""


def made_services(scope: Scope) -> Iterator[Subject]:
    """Every service that makes objects and gets, lists, updates or deletes them."""
    for service in scope.schema.services.values():
        used = [name for name in STANDARD_ACTIONS[1:] if name in service.actions]
        if "add" in service.actions and used and _may_be_played(scope, service.id):
            yield _service(service.id)


def made_services_with_clone(scope: Scope) -> Iterator[Subject]:
    """Those of them that also make copies."""
    for subject in made_services(scope):
        if "clone" in scope.schema.services[subject.name].actions:
            yield subject


def guarded_reads(scope: Scope) -> Iterator[Subject]:
    """Every service whose list or get needs a session."""
    for service in scope.schema.services.values():
        for name in ("list", "get"):
            action = service.actions.get(name)
            if action is None or action.session != "always":
                continue
            asked = scope.profile.actions
            is_open = asked.open_without_ks(action.id) or asked.denied(action.id)
            if not is_open and action.param("partnerId") is None:
                yield action_subject(action)
                break


def admin_actions(scope: Scope) -> Iterator[Subject]:
    """Every action that only an admin may call."""
    for service, names in ADMINS_ONLY.items():
        declared = scope.schema.services.get(service)
        for name in names:
            action = declared.actions.get(name) if declared else None
            if action is not None and not scope.profile.actions.denied(action.id):
                yield action_subject(action)


def owned_actions(scope: Scope) -> Iterator[Subject]:
    """Every action that a user may do to that user's own objects only."""
    for service, names in OWNED.items():
        declared = scope.schema.services.get(service)
        for name in names:
            if declared and name in declared.actions and _may_be_played(scope, service):
                yield action_subject(declared.actions[name])


def owned_entry_actions(scope: Scope) -> Iterator[Subject]:
    """Those of entries, whose refusal is known to the letter (recorded)."""
    for subject in owned_actions(scope):
        if subject.service != "cuepoint_cuepoint":
            yield subject


def services_of_users_entries(scope: Scope) -> Iterator[Subject]:
    """The services through which a user makes entries."""
    for service in ENTRIES:
        if service in scope.schema.services and _may_be_played(scope, service):
            yield _service(service)


def closed_to_visitors(scope: Scope) -> Iterator[Subject]:
    """Every service to which a widget's session can add nothing."""
    for service in VISITORS_MAY_NOT_ADD:
        declared = scope.schema.services.get(service)
        if declared and "add" in declared.actions and _may_be_played(scope, service):
            yield action_subject(declared.actions["add"])


def closed_to_visitors_changes(scope: Scope) -> Iterator[Subject]:
    """Every action by which a widget's session can change or remove nothing."""
    for service, names in VISITORS_MAY_NOT_CHANGE.items():
        declared = scope.schema.services.get(service)
        for name in names:
            if declared and name in declared.actions and _may_be_played(scope, service):
                yield action_subject(declared.actions[name])


def referring_services(scope: Scope) -> Iterator[Subject]:
    """Every service whose objects hang on another object."""
    for service, (name, maker) in REFERENCES.items():
        declared = scope.schema.services.get(service)
        if maker not in scope.schema.services:
            continue
        if declared and "add" in declared.actions and _may_be_played(scope, service):
            subject = action_subject(declared.actions["add"])
            yield Subject(
                kind="action",
                name=subject.name,
                service=service,
                action="add",
                parameter=name,
            )


def upload_tokens(scope: Scope) -> Iterator[Subject]:
    """The service of upload tokens, which belong to one user (CONTRACT SESS-17)."""
    if "uploadtoken" in scope.schema.services and _may_be_played(scope, "uploadtoken"):
        yield _service("uploadtoken")


def users(scope: Scope) -> Iterator[Subject]:
    """The service of users."""
    if "user" in scope.schema.services and "get" in scope.schema.services["user"].actions:
        yield _service("user")


def answering_actions(scope: Scope) -> Iterator[Subject]:
    """Every action that answers stored objects, of which each says whose it is."""
    for action in scope.schema.actions:
        exempt = scope.profile.quirks.why("isolation_exempt", action.id)
        told = action.result.kind in {"object", "array"}
        own = action.name in {*STANDARD_ACTIONS, "getByIds", "listByReferenceId"}
        if told and own and not exempt and action.service not in {"partner", "session"}:
            yield action_subject(action)


def _service(service: str) -> Subject:
    return Subject(kind="service", name=service, service=service)


def _may_be_played(scope: Scope, service: str) -> bool:
    actions = scope.schema.services[service].actions
    played = [name for name in STANDARD_ACTIONS if name in actions]
    known = scope.profile.actions
    return not any(known.probe_only_because(f"{service}.{name}") for name in played)
