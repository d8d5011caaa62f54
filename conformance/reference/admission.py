"""The first stages of a call: which action it is, in which language, with which arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.scalars import to_text

if TYPE_CHECKING:
    from conformance.reference.request import Invocation
    from conformance.reference.world import World
    from conformance.schema.model import Action

_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2})?|multi", re.IGNORECASE)


def resolve(world: World, invocation: Invocation) -> Action:
    """The action by its case-insensitive names (stages S1 and S2)."""
    service = invocation.service.lower()
    if not service:
        raise ApiFault("SERVICE_NOT_SPECIFIED")
    actions = world.actions.get(service)
    if actions is None:
        raise ApiFault("SERVICE_DOES_NOT_EXISTS", service)
    name = invocation.action.lower()
    action = actions.get(name)
    if action is None:
        raise ApiFault("ACTION_DOES_NOT_EXISTS", name, service)
    language = invocation.params.get("language")
    if language not in (None, "") and not _LANGUAGE.fullmatch(to_text(language)):
        raise ApiFault("INVALID_LANGUAGE_CODE", to_text(language))
    return action


def decode_arguments(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
    """The action's arguments by the schema (stage S5)."""
    return world.decoder.decode(action, invocation.params, invocation.files)
