"""Faults that break a journey: every step answers, and the whole of it does not fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults import alteration
from conformance.reference.faults.alteration import in_actions, one_in
from conformance.reference.faults.registry import fault
from conformance.reference.lookup import find

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Document
    from conformance.schema.model import Action

PICTURE = 2


@fault("FLOW-CONTRIBUTE-001")
def picture_is_never_there(behaviour: Behaviour) -> Behaviour:
    """A picture that was given content is got as one that waits for it."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "status": 7} if value.get("mediaType") == PICTURE else value

    return alteration.answer(behaviour, "get", change, when=in_actions("media.get"))


@fault("FLOW-PLAY-001")
def viewer_sees_another_entry(behaviour: Behaviour) -> Behaviour:
    """A widget's session gets an entry under another id."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "id": "0_another1"}

    def viewed(call: Call) -> bool:
        return call.action.id == "baseentry.get" and call.session.kind == "widget"

    return alteration.answer(behaviour, "get", change, when=viewed)


@fault("FLOW-CONSOLE-001")
def third_update_is_lost(behaviour: Behaviour) -> Behaviour:
    """Of three updates of media entries one is answered and not stored."""
    third = one_in(3)

    def shown(call: Call) -> Any:
        room = call.room
        record = find(call, room) if room is not None else None
        return {} if record is None else {**record.document, **call.arguments["mediaEntry"]}

    return alteration.instead(
        behaviour,
        "update",
        shown,
        when=lambda call: call.action.id == "media.update" and third(call),
    )


@fault("FLOW-CONSOLE-002")
def tree_has_no_branches(behaviour: Behaviour) -> Behaviour:
    """A category made inside another one ends up beside it."""

    def change(_call: Call, document: Document) -> Document:
        return {**document, "parentId": 0}

    return alteration.kept(behaviour, change, when=in_actions("category.add"))


@fault("FLOW-SYNDICATE-001")
def feed_forgets_its_playlist(behaviour: Behaviour) -> Behaviour:
    """A feed is got without the playlist that it was made of."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "playlistId": ""}

    return alteration.answer(behaviour, "get", change, when=in_actions("syndicationfeed.get"))


@fault("FLOW-ACCOUNT-001")
def entry_follows_no_set_up(behaviour: Behaviour) -> Behaviour:
    """An entry is made under the account's default access control, whatever was asked."""

    def change(action: Action, decoded: dict[str, Any]) -> dict[str, Any]:
        if action.id == "media.add":
            decoded.get("entry", {}).pop("accessControlId", None)
        return decoded

    return alteration.arguments(behaviour, change)
