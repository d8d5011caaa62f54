"""One well-formed call of each service that only reads, for checks that ask all services the same.

What such a check sends is meant to be refused for its session, and harms nothing where it is not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.plugin.check import NotApplicable
from conformance.plugin.subject import Subject
from conformance.suites.misuse import asked, before, is_decoded_as_usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.profile.profile import Profile
    from conformance.schema.model import Action, Service
    from conformance.wire.exchange import Exchange
    from conformance.wire.request import Form

    Fits = Callable[[Action], bool]

READING = re.compile(r"(list|get|count|is|search|check|has|ping)(?=[A-Z]|$)")
"""The first word of an action that changes nothing."""
PREFERRED = ("list", "get", "count")
SINGLE = ("get", "update", "delete")
NONCE = "conformanceNonce"
"""A parameter that no action declares: it changes nothing (WIRE-14), and keeps an answer out of
the cache that callers without a usable KS share (OBSERVED 15)."""
USUAL_SERVICES = ("baseentry", "media", "category", "uiconf", "playlist")


def reading_actions(profile: Profile, service: Service) -> tuple[Action, ...]:
    """The service's actions that read and look at the session; the best one first.

    Also some that must not be carried out: they are asked with sessions that are refused before.
    """
    found = [
        action
        for action in service.actions.values()
        if READING.match(action.name)
        and action.session != "none"
        and action.result.kind != "file"
        and all(param.type.kind != "file" for param in action.params)
        and _may_be_asked(profile, action)
    ]
    return tuple(sorted(found, key=_rank))


def _may_be_asked(profile: Profile, action: Action) -> bool:
    if profile.quirks.why("bare_answers", action.id) or not is_decoded_as_usual(action, profile):
        return False
    if profile.actions.open_without_ks(action.id):
        return False
    if action.name in PREFERRED:
        return profile.actions.denied(action.id) is None
    return profile.actions.probe_only_because(action.id) is None


def services_that_read(scope: Scope) -> Iterator[Subject]:
    """Every service with such an action."""
    for service in scope.schema.services.values():
        if reading_actions(scope.profile, service):
            yield Subject(kind="service", name=service.id, service=service.id)


def guarded_actions(profile: Profile, service: Service) -> tuple[Action, ...]:
    """The service's list and get, where they are closed to callers without a session."""
    return tuple(
        action
        for action in reading_actions(profile, service)
        if action.name in {"list", "get"} and action.session == "always"
    )


def services_that_guard(scope: Scope) -> Iterator[Subject]:
    """Every service whose list or get needs a session."""
    for service in scope.schema.services.values():
        if guarded_actions(scope.profile, service):
            yield Subject(kind="service", name=service.id, service=service.id)


def single_object_actions(context: Context, subject: Subject) -> tuple[Action, ...]:
    """The service's get, update and delete, which find nothing under the ids of `read`."""
    service = context.schema.services[str(subject.service)]
    found = [service.actions[name] for name in SINGLE if name in service.actions]
    return tuple(action for action in found if _is_closed(context.profile, action))


def changing_actions(profile: Profile, service: Service) -> tuple[Action, ...]:
    """The service's update and delete, if it is none of a plugin: visitors may change some there.

    A quiz takes answers of anybody, a live player its chat (CONTRACT section 5.2, SESS-12).
    """
    if service.plugin is not None or "_" in service.id:
        return ()
    found = [service.actions[name] for name in SINGLE[1:] if name in service.actions]
    return tuple(action for action in found if _is_closed(profile, action))


def services_that_change(scope: Scope) -> Iterator[Subject]:
    """Every service with such an action."""
    for service in scope.schema.services.values():
        if changing_actions(scope.profile, service):
            yield Subject(kind="service", name=service.id, service=service.id)


def _is_closed(profile: Profile, action: Action) -> bool:
    """Whether the action is for sessions, is about an object, and harms none that is not there."""
    return (
        action.session == "always"
        and any(not param.optional for param in action.params)
        and all(param.type.kind != "file" for param in action.params)
        and is_decoded_as_usual(action, profile)
        and not profile.actions.open_without_ks(action.id)
        and profile.actions.probe_only_because(action.id) is None
    )


def read(
    context: Context,
    action: Action,
    *,
    ks: str | None = None,
    session: str = "none",
    form: Form | None = None,
) -> Exchange:
    """The call with everything that it requires, and a nonce."""
    params, _files = before(context, action)
    sent: dict[str, Any] = {**params, NONCE: f"{context.random.getrandbits(48):x}"}
    return asked(context, action, sent, session=session, ks=ks, form=form)


def reading_action(context: Context, subject: Subject) -> Action:
    """The best reading action of the subject's service."""
    return reading_actions(context.profile, context.schema.services[str(subject.service)])[0]


def usual_action(context: Context) -> Action:
    """A reading action that represents the target."""
    offered = context.schema.services
    names = [name for name in USUAL_SERVICES if name in offered]
    for name in [*names, *offered]:
        found = reading_actions(context.profile, offered[name])
        if found:
            return found[0]
    raise NotApplicable("no service offers a call that reads and needs a session")


def _rank(action: Action) -> tuple[int, int, int, str]:
    required = sum(not param.optional for param in action.params)
    name = action.name
    place = PREFERRED.index(name) if name in PREFERRED else len(PREFERRED)
    return int(action.session != "always"), place, required, name
