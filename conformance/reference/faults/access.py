"""Faults of walls: between accounts, between users, before visitors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.entities import change as change_record
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.alteration import in_actions, in_services
from conformance.reference.faults.registry import fault
from conformance.reference.lookup import key_text, key_values
from conformance.reference.partners import FIRST_PARTNER, SECOND_PARTNER
from conformance.reference.session import forbidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Record

    Act = Callable[[Call, Record], Any]


def whoevers(call: Call) -> Record | None:
    """The living object that the call names, whoever's it is."""
    room = call.room
    if room is None:
        return None
    record = call.world.storage.get(room.family, key_text(key_values(call, room)))
    return record if record is not None and not record.deleted else None


def anothers(call: Call) -> Record | None:
    """The object that the call names, if it belongs to another account."""
    record = whoevers(call)
    is_foreign = record is not None and record.partner not in {0, call.session.partner_id}
    return record if is_foreign else None


def for_strangers(behaviour: Behaviour, step: str, act: Act, *services: str) -> Behaviour:
    """Do something else where a step names another account's object."""
    wanted = in_services(*services) if services else alteration.always

    def carried_out(call: Call) -> Any:
        record = anothers(call)
        return act(call, record) if record is not None else None

    return alteration.instead(
        behaviour,
        step,
        carried_out,
        when=lambda call: wanted(call) and anothers(call) is not None,
    )


def allowing(behaviour: Behaviour, when: Callable[[Call], bool]) -> Behaviour:
    """Let some calls pass without a look at who makes them."""
    sound = behaviour.authorise

    def authorise(call: Call) -> None:
        if not when(call):
            sound(call)

    return replace(behaviour, authorise=authorise)


def accepting(behaviour: Behaviour, step: str, code: str) -> Behaviour:
    """Answer a made-up entry where a user is refused with that code."""
    sound: Callable[[Call], Any] = getattr(behaviour, step)

    def accepted(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if refusal.code != code or call.session.kind != "user":
                raise
            return {"id": "0_fault", "objectType": call.action.result.name}

    steps: dict[str, Any] = {step: accepted}
    return replace(behaviour, **steps)


@fault("ACCESS-GET-001")
def categories_are_open_to_all(behaviour: Behaviour) -> Behaviour:
    """category.get answers another account's category."""
    return for_strangers(
        behaviour, "get", lambda call, record: call.behaviour.show(call, record, None), "category"
    )


@fault("ACCESS-GET-002")
def by_ids_is_open_to_all(behaviour: Behaviour) -> Behaviour:
    """baseEntry.getByIds answers another account's entries."""

    def act(call: Call) -> Any:
        found = call.world.storage.get("KalturaBaseEntry", str(call.arguments.get("entryIds")))
        return [call.behaviour.show(call, found, None)] if found is not None else []

    return alteration.instead(behaviour, "other", act, when=in_actions("baseentry.getByIds"))


@fault("ACCESS-LIST-001")
def ids_open_lists(behaviour: Behaviour) -> Behaviour:
    """A list holds whatever object's id is asked for."""

    def change(call: Call, value: Any) -> Any:
        wanted = call.arguments.get("filter") or {}
        family = call.room.family if call.room is not None else ""
        record = call.world.storage.get(family, str(wanted.get("idEqual")))
        if record is None or record.deleted or value["objects"]:
            return value
        shown = call.behaviour.show(call, record, None)
        return {**value, "objects": [shown], "totalCount": 1}

    return alteration.answer(behaviour, "list", change)


@fault("ACCESS-UPDATE-001")
def playlists_are_changed_by_all(behaviour: Behaviour) -> Behaviour:
    """playlist.update changes another account's playlist, and says that it found none."""

    def act(call: Call, record: Record) -> Any:
        room = call.room
        if room is not None:
            change_record(call, room, record, {"name": "changed by a stranger"})
        raise ApiFault("INVALID_ENTRY_ID", record.key)

    return for_strangers(behaviour, "update", act, "playlist")


@fault("ACCESS-DELETE-001")
def strangers_delete(behaviour: Behaviour) -> Behaviour:
    """Any account deletes any object."""

    def act(call: Call, record: Record) -> Any:
        record.deleted = True
        call.world.storage.put(record)

    return for_strangers(behaviour, "delete", act)


@fault("ACCESS-CLONE-001")
def strangers_clone(behaviour: Behaviour) -> Behaviour:
    """Any account makes copies of any playlist."""

    def act(call: Call) -> Any:
        record = anothers(call)
        if record is None:
            return behaviour.other(call)
        return {**call.behaviour.show(call, record, None), "id": "0_stranger"}

    return alteration.instead(behaviour, "other", act, when=in_actions("playlist.clone"))


@fault("ACCESS-CODE-001")
def refusal_tells_that_it_exists(behaviour: Behaviour) -> Behaviour:
    """get of another account's object is forbidden rather than unknown."""

    def act(call: Call, _record: Record) -> Any:
        raise forbidden(call.world, call.action)

    return for_strangers(behaviour, "get", act)


@fault("ACCESS-REF-001")
def thumbnails_hang_anywhere(behaviour: Behaviour) -> Behaviour:
    """thumbAsset.add hangs a thumbnail on another account's entry."""
    sound = behaviour.add

    def add(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if refusal.code != "ENTRY_ID_NOT_FOUND" or call.action.service != "thumbasset":
                raise
            return {"id": "0_fault", "objectType": "KalturaThumbAsset"}

    return replace(behaviour, add=add)


@fault("ACCESS-PARTNER-001")
def partner_is_not_compared(behaviour: Behaviour) -> Behaviour:
    """partnerId may name any account."""
    return replace(behaviour, check_partner=lambda *_: None)


@fault("ACCESS-USER-001")
def users_configure_players(behaviour: Behaviour) -> Behaviour:
    """A user may do to uiConfs what an admin may."""
    return allowing(
        behaviour, lambda call: call.session.kind == "user" and call.action.service == "uiconf"
    )


@fault("ACCESS-USER-002")
def users_read_each_other(behaviour: Behaviour) -> Behaviour:
    """user.get answers any user to a user."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        record = None
        if call.action.id == "user.get":
            record = call.world.storage.get("KalturaBaseUser", str(call.arguments.get("userId")))
        if record is None or record.partner != call.session.partner_id:
            return sound(call)
        return call.behaviour.show(call, record, None)

    return replace(behaviour, other=other)


@fault("ACCESS-OWNER-001")
def users_delete_others_media(behaviour: Behaviour) -> Behaviour:
    """media.delete asks no user whose entry it is."""
    return allowing(behaviour, in_actions("media.delete"))


@fault("ACCESS-OWNER-002")
def ownership_is_told_otherwise(behaviour: Behaviour) -> Behaviour:
    """Somebody else's entry is refused with SERVICE_FORBIDDEN."""
    sound = behaviour.authorise

    def authorise(call: Call) -> None:
        try:
            sound(call)
        except ApiFault as refusal:
            if refusal.code != "INVALID_KS":
                raise
            raise forbidden(call.world, call.action) from refusal

    return replace(behaviour, authorise=authorise)


@fault("ACCESS-OWNER-003")
def owners_are_refused(behaviour: Behaviour) -> Behaviour:
    """media.update is refused to every user, the owner too."""
    sound = behaviour.authorise

    def authorise(call: Call) -> None:
        if call.session.kind == "user" and call.action.id == "media.update":
            raise ApiFault("INVALID_KS", "", "-4", "INVALID_TYPE")
        sound(call)

    return replace(behaviour, authorise=authorise)


@fault("ACCESS-OWNER-005")
def grants_are_for_everything(behaviour: Behaviour) -> Behaviour:
    """A session that may edit one object may edit all."""
    sound = behaviour.authorise

    def authorise(call: Call) -> None:
        if "edit" not in call.session.privilege_map:
            sound(call)

    return replace(behaviour, authorise=authorise)


@fault("ACCESS-OWNER-004")
def entries_are_given_away(behaviour: Behaviour) -> Behaviour:
    """A user may add an entry in another user's name."""
    return accepting(behaviour, "add", "INVALID_KS")


@fault("ACCESS-ADMIN-001")
def users_set_admin_tags(behaviour: Behaviour) -> Behaviour:
    """A user's adminTags are accepted on update."""
    return accepting(behaviour, "update", "PROPERTY_VALIDATION_ADMIN_PROPERTY")


@fault("ACCESS-TOKEN-001")
def tokens_are_shown_to_all(behaviour: Behaviour) -> Behaviour:
    """uploadToken.get answers every token of the account."""
    sound = behaviour.get

    def get(call: Call) -> Any:
        record = whoevers(call) if call.action.service == "uploadtoken" else None
        if record is None or record.partner != call.session.partner_id:
            return sound(call)
        return call.behaviour.show(call, record, None)

    return replace(behaviour, get=get)


@fault("ACCESS-WIDGET-001")
def visitors_write(behaviour: Behaviour) -> Behaviour:
    """A widget's session may do anything."""
    return allowing(behaviour, lambda call: call.session.kind == "widget")


@fault("ACCESS-WIDGET-002")
def visitors_rename_entries(behaviour: Behaviour) -> Behaviour:
    """baseEntry.update asks no widget's session what it may."""
    return allowing(
        behaviour,
        lambda call: call.session.kind == "widget" and call.action.id == "baseentry.update",
    )


@fault("ACCESS-FOREIGN-001")
def lists_mix_accounts(behaviour: Behaviour) -> Behaviour:
    """A list says of its first object that it is another account's."""
    stranger = {FIRST_PARTNER: SECOND_PARTNER, SECOND_PARTNER: FIRST_PARTNER}

    def change(call: Call, value: Any) -> Any:
        for shown in value["objects"][:1]:
            if shown.get("partnerId") == call.session.partner_id:
                shown["partnerId"] = stranger[call.session.partner_id]
        return value

    return alteration.answer(behaviour, "list", change)


@fault("ACCESS-SECRET-001")
def secret_is_shown(behaviour: Behaviour) -> Behaviour:
    """An access control profile is shown with the account's secret."""

    def change(call: Call, value: Any) -> Any:
        secret = call.world.partners.admin_secret(call.session.partner_id)
        return {**value, "description": secret}

    return alteration.answer(behaviour, "get", change, when=in_services("accesscontrolprofile"))
