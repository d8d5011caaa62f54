"""Faults of update: what is stored, what is kept, what is answered, and whom it touches."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.objects import (
    CANNOT_BE_NULL,
    NOT_UPDATABLE,
    moved,
    neighbours,
    on_update,
    room_of,
    sent,
    without,
)
from conformance.reference.faults.registry import fault
from conformance.reference.lookup import find

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Document


@fault("CRUD-UPDATE-001")
def update_is_accepted_and_dropped(behaviour: Behaviour) -> Behaviour:
    """playlist.update answers the new values and keeps the old ones."""

    def act(call: Call) -> Any:
        record = find(call, room_of(call))
        before = deepcopy(record.document)
        answered = behaviour.update(call)
        record.document = before
        call.world.storage.put(record)
        return answered

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("playlist"))


@fault("CRUD-UPDATE-001")
def update_loses_a_property_in_one_service(behaviour: Behaviour) -> Behaviour:
    """user.update does not store the description."""

    def change(call: Call, document: Document) -> Document:
        before = find(call, room_of(call)).document.get("description")
        return {**document, "description": before}

    return on_update(behaviour, change, "user")


@fault("CRUD-UPDATE-001")
def get_is_stale_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One get in ten answers the object as it was before its last update."""
    now = alteration.one_in(10)
    before: dict[tuple[str, str], Any] = {}

    def update(call: Call) -> Any:
        record = find(call, room_of(call))
        held = deepcopy(record)
        answered = behaviour.update(call)
        before[record.family, record.key] = held
        return answered

    def get(call: Call) -> Any:
        record = find(call, room_of(call))
        held = before.get((record.family, record.key))
        if held is None or not now(call):
            return behaviour.get(call)
        return call.behaviour.show(call, held, None)

    return replace(behaviour, update=update, get=get)


@fault("CRUD-UPDATE-002")
def update_forgets_what_was_not_sent(behaviour: Behaviour) -> Behaviour:
    """An update drops the description and tags that it was not given."""

    def change(call: Call, document: Document) -> Document:
        missing = {"description", "tags", "systemName"} - sent(call).keys()
        return without(document, *missing)

    return on_update(behaviour, change)


@fault("CRUD-UPDATE-002")
def update_resets_a_property_in_one_service(behaviour: Behaviour) -> Behaviour:
    """cuePoint.update empties the partnerData that it was not given."""

    def change(call: Call, document: Document) -> Document:
        return document if "partnerData" in sent(call) else {**document, "partnerData": ""}

    return on_update(behaviour, change, "cuepoint_cuepoint")


@fault("CRUD-UPDATE-003")
def update_answers_the_object_as_it_was(behaviour: Behaviour) -> Behaviour:
    """The answer to update shows the object before it."""

    def act(call: Call) -> Any:
        before = call.behaviour.show(call, deepcopy(find(call, room_of(call))), None)
        behaviour.update(call)
        return before

    return alteration.instead(behaviour, "update", act)


@fault("CRUD-UPDATE-003")
def update_answers_null_in_one_service(behaviour: Behaviour) -> Behaviour:
    """thumbParams.update answers null."""
    only = alteration.in_services("thumbparams")
    return alteration.answer(behaviour, "update", lambda _call, _value: None, when=only)


@fault("CRUD-UPDATE-004")
def empty_update_is_refused(behaviour: Behaviour) -> Behaviour:
    """An update must hold something."""

    def act(call: Call) -> Any:
        if not sent(call).keys() - {"objectType"}:
            raise ApiFault(CANNOT_BE_NULL, "name")
        return behaviour.update(call)

    return alteration.instead(behaviour, "update", act)


@fault("CRUD-UPDATE-005")
def update_is_forbidden_in_one_service(behaviour: Behaviour) -> Behaviour:
    """uiConf.update with anything in it is forbidden to the account's own admin."""

    def act(call: Call) -> Any:
        if sent(call).keys() - {"objectType"}:
            raise ApiFault("SERVICE_FORBIDDEN", "uiConf->update")
        return behaviour.update(call)

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("uiconf"))


@fault("CRUD-UPDATE-006")
def update_forgets_the_class(behaviour: Behaviour) -> Behaviour:
    """A syndication feed that was updated is shown as one of another kind."""
    updated: set[str] = set()

    def update(call: Call) -> Any:
        updated.add(find(call, room_of(call)).key)
        return behaviour.update(call)

    def get(call: Call) -> Any:
        value = behaviour.get(call)
        if call.action.service != "syndicationfeed" or str(value.get("id")) not in updated:
            return value
        return {**value, "objectType": "KalturaGoogleVideoSyndicationFeed"}

    return replace(behaviour, update=update, get=get)


@fault("CRUD-UPDATE-006")
def update_gives_the_object_away(behaviour: Behaviour) -> Behaviour:
    """An updated object shows another partnerId."""

    def change(_call: Call, document: Document) -> Document:
        return moved(document, "partnerId", 1)

    return on_update(behaviour, change)


@fault("CRUD-UPDATE-007")
def refused_update_is_carried_out(behaviour: Behaviour) -> Behaviour:
    """An update of what is read-only is refused, and the tags are gone."""

    def act(call: Call) -> Any:
        try:
            return behaviour.update(call)
        except ApiFault as refusal:
            if refusal.code == NOT_UPDATABLE:
                record = find(call, room_of(call))
                record.document = without(record.document, "tags", "description")
                call.world.storage.put(record)
            raise

    return alteration.instead(behaviour, "update", act)


@fault("CRUD-UPDATE-007")
def refused_property_is_written(behaviour: Behaviour) -> Behaviour:
    """An update of the partnerId of a role is refused, and it is another one afterwards."""

    def act(call: Call) -> Any:
        try:
            return behaviour.update(call)
        except ApiFault:
            record = find(call, room_of(call))
            record.document = moved(record.document, "partnerId", 1)
            call.world.storage.put(record)
            raise

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("userrole"))


@fault("CRUD-UPDATE-001")
def second_update_is_lost_in_one_service(behaviour: Behaviour) -> Behaviour:
    """Every second update of a role is answered and not stored."""
    return _losing_the_second(behaviour, "userrole")


@fault("CRUD-UPDATE-001")
def second_update_is_lost_where_little_can_be_changed(behaviour: Behaviour) -> Behaviour:
    """Every second update of a response profile, of which we change the name only, is lost."""
    return _losing_the_second(behaviour, "responseprofile")


@fault("CRUD-OTHERS-001")
def update_changes_the_whole_table(behaviour: Behaviour) -> Behaviour:
    """An update of one role writes its description into all of the account."""

    def act(call: Call) -> Any:
        answered = behaviour.update(call)
        record = find(call, room_of(call))
        text = record.document.get("description", "")
        for other in neighbours(call, record):
            if other is not record:
                other.document = {**other.document, "description": text}
                call.world.storage.put(other)
        return answered

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("userrole"))


def _losing_the_second(behaviour: Behaviour, service: str) -> Behaviour:
    """Answer every second update of each object of a service, and store what was there before."""
    updates: dict[str, int] = {}

    def act(call: Call) -> Any:
        record = find(call, room_of(call))
        before, key = record.document, record.key
        answered = behaviour.update(call)
        updates[key] = updates.get(key, 0) + 1
        if updates[key] % 2 == 0:
            record = find(call, room_of(call))
            record.document = before
            call.world.storage.put(record)
        return answered

    return alteration.instead(behaviour, "update", act, when=alteration.in_services(service))
