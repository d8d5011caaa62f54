"""Plays what a user or a visitor tries with an admin's object, and a user with one's own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.plugin.check import NotApplicable
from conformance.provisioning.made import Made
from conformance.schema.standard import entity_param
from conformance.suites.making import add_by
from conformance.suites.shared import Shared
from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.plugin.context import Context

USER = "user"
VISITOR = "widget"
OFTEN = 3
"""So many attempts: a guard that sleeps now and then is met awake and asleep."""
SOMEBODY_ELSE = "kc-somebody-else"
CLIP = {"objectType": "KalturaMediaEntry", "mediaType": 1}
"""An entry that a user may add (recorded)."""


class Attempt(Struct, frozen=True):
    """Somebody's attempts on an admin's object, and what the admin saw after them."""

    made: Made
    attempts: tuple[Exchange, ...]
    after: Exchange


class UsersEntry(Struct, frozen=True, kw_only=True):
    """What a user did with entries of that user's own; `granted` with an admin's, by privilege.

    `beyond` are attempts with the same privilege on another entry.
    """

    add: Exchange
    update: Exchange
    give_away: tuple[Exchange, ...]
    set_admin_tags: tuple[Exchange, ...]
    delete: Exchange
    add_for_another: Exchange
    add_admin_tags: Exchange
    granted_add: Exchange | None = None
    granted: Exchange | None = None
    beyond: tuple[Exchange, ...] = ()


def _attempt(context: Context, action_id: str, *, session: str) -> Attempt:
    service, _, name = action_id.partition(".")
    made = context.make(service)
    keys, read = made.keys.get(name), made.keys.get("get")
    if keys is None or read is None:
        raise NotApplicable("nothing names the object")
    params: dict[str, Any] = dict(keys)
    if name == "update":
        holder = entity_param(context.schema.services[service].actions[name])
        if holder is None:
            raise NotApplicable("update takes no object")
        known = context.lineage.properties(made.type or "")
        texts = ("name", "text", "screenName", "description")
        changed = next((n for n in texts if n in known), "tags")
        text = f"kc other user {context.random.getrandbits(40):010x}"
        params[holder.name] = {"objectType": made.type, changed: text}
    attempts = tuple(context.call(service, name, params, session=session) for _ in range(OFTEN))
    return Attempt(made, attempts, context.call(service, "get", read))


ATTEMPTS: Shared[Attempt] = Shared(partial(_attempt, session=USER))
VISITORS_ATTEMPTS: Shared[Attempt] = Shared(partial(_attempt, session=VISITOR))


def _entry(context: Context, **more: Any) -> dict[str, Any]:
    return {**CLIP, "name": f"kc users {context.random.getrandbits(40):010x}", **more}


def _users_entry(context: Context, service: str) -> UsersEntry:
    actions = context.schema.services[service].actions
    if not {"add", "update", "delete"} <= actions.keys():
        raise NotApplicable("the service does not add, update and delete")
    holder = entity_param(actions["add"])
    if holder is None or "KalturaMediaEntry" not in context.schema.classes:
        raise NotApplicable("there are no clips")
    entry_id, add = add_by(context, USER, service, {holder.name: _entry(context)})
    if not isinstance(add.answer, Result):
        raise NotApplicable(f"users add nothing here: {add.error.code if add.error else ''}")

    def update(values: Mapping[str, Any], *, ks: str | None = None, of: Any = entry_id) -> Exchange:
        target, carried = actions["update"], entity_param(actions["update"])
        named = {target.params[0].name: of, carried.name if carried else "": {**values}}
        return context.call(service, "update", named, session=USER, ks=ks)

    kind = {"objectType": "KalturaMediaEntry"}
    own = update({**kind, "description": "kc mine"})
    tagged = tuple(update({**kind, "adminTags": "kcadmin"}) for _ in range(OFTEN))
    given = tuple(update({**kind, "userId": SOMEBODY_ELSE}) for _ in range(OFTEN))
    granted_add = context.make(service)
    ks = context.start_session(session=USER, privileges=f"edit:{granted_add.id}")
    granted = update({**kind, "description": "kc granted"}, ks=ks, of=granted_add.id)
    ungranted = context.make(service)
    beyond = tuple(
        update({**kind, "description": "kc not granted"}, ks=ks, of=ungranted.id)
        for _ in range(OFTEN)
    )
    delete = context.call(
        service, "delete", {actions["delete"].params[0].name: entry_id}, session=USER
    )
    for_another = add_by(
        context, USER, service, {holder.name: _entry(context, userId=SOMEBODY_ELSE)}
    )
    admin_tags = add_by(context, USER, service, {holder.name: _entry(context, adminTags="kcadmin")})
    return UsersEntry(
        add=add,
        update=own,
        give_away=given,
        set_admin_tags=tagged,
        delete=delete,
        add_for_another=for_another[1],
        add_admin_tags=admin_tags[1],
        granted_add=granted_add.exchange,
        granted=granted,
        beyond=beyond,
    )


USERS_ENTRIES: Shared[UsersEntry] = Shared(_users_entry)
