"""Faults of add: what is answered, what is stored, and what ought to be refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.entities import entity_param, store
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.objects import (
    CANNOT_BE_NULL,
    NOT_UPDATABLE,
    dropping,
    room_of,
    sent,
    without,
)
from conformance.reference.faults.registry import fault

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Document

MOST_REQUIRED = 9
"""More properties than any class asks for."""


@fault("CRUD-ADD-005")
def add_is_refused_in_one_service(behaviour: Behaviour) -> Behaviour:
    """No data entry can be added."""

    def act(_call: Call) -> Any:
        raise ApiFault("INVALID_OBJECT_ID", "")

    return alteration.instead(behaviour, "add", act, when=alteration.in_services("data"))


@fault("CRUD-ADD-005")
def add_answers_nothing_in_one_service(behaviour: Behaviour) -> Behaviour:
    """A new syndication feed is stored and null answered."""
    only = alteration.in_services("syndicationfeed")
    return alteration.answer(behaviour, "add", lambda _call, _value: None, when=only)


@fault("CRUD-ADD-001")
def add_answers_another_name(behaviour: Behaviour) -> Behaviour:
    """The answer of add has a name that was not sent."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "name": f"{value['name']} "} if "name" in value else value

    return alteration.answer(behaviour, "add", change)


@fault("CRUD-ADD-001")
def add_now_and_then_answers_no_description(behaviour: Behaviour) -> Behaviour:
    """One answer to add in ten lacks the description."""
    now = alteration.one_in(10)

    def change(_call: Call, value: Any) -> Any:
        return without(value, "description") if "description" in value and now(value) else value

    return alteration.answer(behaviour, "add", change)


@fault("CRUD-ADD-001")
def flavors_of_a_profile_are_lost(behaviour: Behaviour) -> Behaviour:
    """A conversion profile is shown without the flavors that it was given."""
    return _hiding(behaviour, "conversionprofile", "flavorParamsIds")


@fault("CRUD-ADD-001")
def permissions_of_a_role_are_lost(behaviour: Behaviour) -> Behaviour:
    """A role is shown without its permissions."""
    return _hiding(behaviour, "userrole", "permissionNames")


@fault("CRUD-ADD-002")
def add_answers_no_id_in_one_service(behaviour: Behaviour) -> Behaviour:
    """The answer to playlist.add has no id."""
    only = alteration.in_services("playlist")
    return alteration.answer(behaviour, "add", lambda _call, value: without(value, "id"), when=only)


@fault("CRUD-ADD-002")
def add_answers_text_in_one_service(behaviour: Behaviour) -> Behaviour:
    """uploadToken.add answers the id alone."""
    only = alteration.in_services("uploadtoken")
    return alteration.answer(behaviour, "add", lambda _call, value: value["id"], when=only)


@fault("CRUD-ADD-003")
def ids_are_given_twice(behaviour: Behaviour) -> Behaviour:
    """Every response profile gets the id of the first."""
    given: list[Any] = []

    def change(call: Call, document: Document) -> Document:
        if call.action.name == "add":
            given.append(document["id"])
            document["id"] = given[0]
        return document

    return alteration.kept(behaviour, change, when=alteration.in_services("responseprofile"))


@fault("CRUD-ADD-010")
def equal_adds_are_one(behaviour: Behaviour) -> Behaviour:
    """A configuration of the same name as the one before is that one."""
    last: list[Any] = [None, None]

    def change(call: Call, document: Document) -> Document:
        if call.action.name == "add":
            if document.get("name") == last[0]:
                document["id"] = last[1]
            last[:] = [document.get("name"), document["id"]]
        return document

    return alteration.kept(behaviour, change, when=alteration.in_services("uiconf"))


@fault("CRUD-ADD-011")
def adds_in_a_batch_are_carried_out_twice(behaviour: Behaviour) -> Behaviour:
    """A data entry that a batch adds is added twice."""
    sound = behaviour.add

    def add(call: Call) -> Any:
        if call.invocation.in_multirequest and call.action.service == "data":
            sound(call)
        return sound(call)

    return replace(behaviour, add=add)


@fault("CRUD-ADD-004")
def object_belongs_to_nobody(behaviour: Behaviour) -> Behaviour:
    """Access control profiles are shown with the partnerId 0."""
    only = alteration.in_services("accesscontrol", "accesscontrolprofile")
    return alteration.shown(behaviour, lambda _call, seen: {**seen, "partnerId": 0}, when=only)


@fault("CRUD-ADD-006")
def object_has_no_status_in_one_service(behaviour: Behaviour) -> Behaviour:
    """playlist.get answers no status."""
    only = alteration.in_services("playlist")
    return alteration.answer(
        behaviour, "get", lambda _call, value: without(value, "status"), when=only
    )


@fault("CRUD-ADD-006")
def objects_have_no_account(behaviour: Behaviour) -> Behaviour:
    """No answer to get has a partnerId."""
    return alteration.answer(behaviour, "get", lambda _call, value: without(value, "partnerId"))


@fault("CRUD-ADD-007")
def double_answers_the_first(behaviour: Behaviour) -> Behaviour:
    """An add of what there is already answers that."""

    def act(call: Call) -> Any:
        try:
            return behaviour.add(call)
        except ApiFault as refusal:
            if refusal.code not in {rule.code for rule in call.world.rules.unique}:
                raise
            wanted = refusal.values[0].lower()
            for record in call.world.storage.all(room_of(call).family):
                if wanted in {str(value).lower() for value in record.document.values()}:
                    return call.behaviour.show(call, record, None)
            raise

    return alteration.instead(behaviour, "add", act)


@fault("CRUD-ADD-007")
def double_has_another_code_in_one_service(behaviour: Behaviour) -> Behaviour:
    """A second role of one name is refused as an unknown one."""

    def act(call: Call) -> Any:
        try:
            return behaviour.add(call)
        except ApiFault as refusal:
            if refusal.code == "ROLE_NAME_ALREADY_EXISTS":
                raise ApiFault("INVALID_OBJECT_ID", *refusal.values) from refusal
            raise

    return alteration.instead(behaviour, "add", act, when=alteration.in_services("userrole"))


@fault("CRUD-ADD-008")
def lack_is_made_up_for(behaviour: Behaviour) -> Behaviour:
    """A required property that is missing gets a value of the server's."""

    def act(call: Call) -> Any:
        for _ in range(MOST_REQUIRED):
            try:
                return behaviour.add(call)
            except ApiFault as refusal:
                if refusal.code != CANNOT_BE_NULL:
                    raise
                name = refusal.values[0].rpartition(":")[2]
                sent(call)[name] = f"{call.world.rng.getrandbits(32):x}"
        return behaviour.add(call)

    return alteration.instead(behaviour, "add", act)


@fault("CRUD-ADD-008")
def lack_is_told_of_another_property(behaviour: Behaviour) -> Behaviour:
    """What is missing is always the id."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        named = error["args"]["PROP_NAME"]
        args = {**error["args"], "PROP_NAME": f"{named.partition(':')[0]}::id"}
        return {
            **error,
            "args": args,
            "message": error["message"].replace(named, args["PROP_NAME"]),
        }

    return alteration.error(behaviour, change, code=CANNOT_BE_NULL)


@fault("CRUD-ADD-009")
def refused_add_is_stored_all_the_same(behaviour: Behaviour) -> Behaviour:
    """An add with a read-only property is refused when it has been stored without it."""

    def act(call: Call) -> Any:
        refused = _refused_for_read_only(call)
        answered = behaviour.add(call)
        if refused:
            raise ApiFault(NOT_UPDATABLE, refused)
        return answered

    stored = alteration.instead(behaviour, "add", act)
    return dropping(stored, "add", lambda prop: prop.read_only)


@fault("CRUD-ADD-009")
def double_is_stored_all_the_same_in_one_service(behaviour: Behaviour) -> Behaviour:
    """A second response profile of one systemName is refused, and stored."""

    def act(call: Call) -> Any:
        try:
            return behaviour.add(call)
        except ApiFault as refusal:
            if refusal.code == "RESPONSE_PROFILE_DUPLICATE_SYSTEM_NAME":
                store(call, room_of(call), sent(call))
            raise

    only = alteration.in_services("responseprofile")
    return alteration.instead(behaviour, "add", act, when=only)


def _hiding(behaviour: Behaviour, service: str, name: str) -> Behaviour:
    """Show the objects of a service without one of their properties."""
    only = alteration.in_services(service)
    return alteration.shown(behaviour, lambda _call, seen: without(seen, name), when=only)


def _refused_for_read_only(call: Call) -> str:
    """The first read-only property that the call sent, with its class; empty where it sent none."""
    param = entity_param(call)
    raw = call.invocation.params.get(param.name) if param is not None else None
    if not isinstance(raw, dict):
        return ""
    kind = str(sent(call).get("objectType"))
    known = call.world.decoder.properties(kind)
    return next((f"{kind}::{name}" for name in raw if name in known and known[name].read_only), "")
