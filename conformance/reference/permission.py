"""What a session may do: roles by kind of session, and ownership (stages S7 and S8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.errors import ApiFault
from conformance.reference.rules import matches
from conformance.reference.session import forbidden

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.session import Session
    from conformance.reference.storage import Record
    from conformance.reference.world import World
    from conformance.schema.model import Action


def authorise(call: Call) -> None:
    """Refuse what the caller does not own, then what its role lacks."""
    _check_ownership(call)
    if not allowed(call.world, call.session, call.action):
        raise forbidden(call.world, call.action)


def allowed(world: World, session: Session, action: Action) -> bool:
    """Whether the default role of this kind of session has the action."""
    access = world.rules.access
    service, name = action.service, action.name
    is_open = action.session == "none" or matches(access.anonymous, service, name)
    if session.kind == "none":
        return is_open
    if matches(access.internal, service, name):
        return False
    if session.kind == "admin":
        return True
    if matches(access.admin_only, service, name):
        return False
    if session.kind == "widget" and not is_open:
        return name in access.widget_actions and f"{service}.{name}" not in access.widget_not
    return True


def _check_ownership(call: Call) -> None:
    """A user changes only what is that user's own (CONTRACT SESS-16)."""
    if call.session.kind not in {"user", "widget"}:
        return
    if f"{call.action.service}.{call.action.name}" not in call.world.rules.access.owned:
        return
    record = _touched(call)
    if record is not None and not may_edit(call.session, record):
        raise ApiFault("INVALID_KS", "", "-4", "INVALID_TYPE")


def may_edit(session: Session, record: Record) -> bool:
    """Whether the session owns the object or has the privilege to edit it."""
    if session.is_admin or record.owner.lower() == session.user_id.lower():
        return True
    granted = session.privilege_map.get("edit")
    if granted is not None and (granted in {"", "*"} or record.key in granted.split("/")):
        return True
    editors = str(record.document.get("entitledUsersEdit", ""))
    return session.user_id in editors.split(",") if editors else False


def _touched(call: Call) -> Record | None:
    """The object that the call's first parameter names, in the entry family or the service's."""
    first = next((param for param in call.action.params if param.type.kind != "file"), None)
    key = call.arguments.get(first.name) if first is not None else None
    if not isinstance(key, (str, int)):
        return None
    family = "KalturaBaseEntry" if first is not None and first.name == "entryId" else None
    if family is None and call.room is not None:
        family = call.room.family
    record = call.world.storage.get(family or "", str(key))
    if record is None or record.deleted or record.partner != call.session.partner_id:
        return None
    return record
