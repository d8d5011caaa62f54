"""Faults of an object's life: what add, get, update and delete do to it."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.arguments import CLEAR
from conformance.reference.entities import entity_param, store
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.lookup import find, key_text, key_values, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.message import HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.storage import Document, Record
    from conformance.reference.world import World
    from conformance.schema.model import Action, Property

    Rewrite = Callable[[Call, Document], Document]

HOUR, DAY = 3_600, 86_400
NOT_UPDATABLE = "PROPERTY_VALIDATION_NOT_UPDATABLE"
CANNOT_BE_NULL = "PROPERTY_VALIDATION_CANNOT_BE_NULL"
SIXTEEN_BITS = 65_536
MOST_REQUIRED = 9
"""More properties than any class asks for."""


# add


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
        return _without(value, "description") if "description" in value and now(value) else value

    return alteration.answer(behaviour, "add", change)


@fault("CRUD-ADD-001")
def flavors_of_a_profile_are_lost(behaviour: Behaviour) -> Behaviour:
    """A conversion profile is shown without the flavors that it was given."""
    return _hiding(behaviour, "conversionprofile", "flavorParamsIds")


@fault("CRUD-ADD-001")
def permissions_of_a_role_are_lost(behaviour: Behaviour) -> Behaviour:
    """A role is shown without its permissions."""
    return _hiding(behaviour, "userrole", "permissionNames")


@fault("CRUD-XML-001")
def documents_lose_their_elements(behaviour: Behaviour) -> Behaviour:
    """Of a metadata document only the root is left."""
    return _with_xml(behaviour, lambda _call, _sent: "<metadata/>")


@fault("CRUD-XML-001")
def documents_are_written_once(behaviour: Behaviour) -> Behaviour:
    """An update of a metadata document leaves the one that was added."""

    def first(call: Call, sent: str) -> str:
        added = call.action.name == "add"
        return sent if added else str(find(call, _room(call)).document.get("xml"))

    return _with_xml(behaviour, first)


@fault("CRUD-ADD-002")
def add_answers_no_id_in_one_service(behaviour: Behaviour) -> Behaviour:
    """The answer to playlist.add has no id."""
    only = alteration.in_services("playlist")
    return alteration.answer(
        behaviour, "add", lambda _call, value: _without(value, "id"), when=only
    )


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
        behaviour, "get", lambda _call, value: _without(value, "status"), when=only
    )


@fault("CRUD-ADD-006")
def objects_have_no_account(behaviour: Behaviour) -> Behaviour:
    """No answer to get has a partnerId."""
    return alteration.answer(behaviour, "get", lambda _call, value: _without(value, "partnerId"))


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
            for record in call.world.storage.all(_room(call).family):
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
                _sent(call)[name] = f"{call.world.rng.getrandbits(32):x}"
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
    return _dropping(stored, "add", lambda prop: prop.read_only)


@fault("CRUD-ADD-009")
def double_is_stored_all_the_same_in_one_service(behaviour: Behaviour) -> Behaviour:
    """A second response profile of one systemName is refused, and stored."""

    def act(call: Call) -> Any:
        try:
            return behaviour.add(call)
        except ApiFault as refusal:
            if refusal.code == "RESPONSE_PROFILE_DUPLICATE_SYSTEM_NAME":
                store(call, _room(call), _sent(call))
            raise

    only = alteration.in_services("responseprofile")
    return alteration.instead(behaviour, "add", act, when=only)


# Times


@fault("CRUD-TIME-001")
def created_at_is_in_another_time_zone(behaviour: Behaviour) -> Behaviour:
    """createdAt is an hour early."""
    return _on_add(behaviour, lambda _call, document: _moved(document, "createdAt", -HOUR))


@fault("CRUD-TIME-001")
def created_at_is_in_milliseconds_in_one_service(behaviour: Behaviour) -> Behaviour:
    """The createdAt of a category is in milliseconds."""

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        return {**seen, "createdAt": seen["createdAt"] * 1000} if "createdAt" in seen else seen

    return alteration.shown(behaviour, change, when=alteration.in_services("category"))


@fault("CRUD-TIME-002")
def created_at_is_moved_by_updates(behaviour: Behaviour) -> Behaviour:
    """An update makes an object a minute older."""
    return _on_update(behaviour, lambda _call, document: _moved(document, "createdAt", -60))


@fault("CRUD-TIME-002")
def created_at_is_set_by_updates_in_one_service(behaviour: Behaviour) -> Behaviour:
    """categories are as old as their last update."""

    def change(call: Call, document: Document) -> Document:
        return {**document, "createdAt": call.world.now()}

    return _on_update(behaviour, change, "category")


@fault("CRUD-TIME-002")
def update_forgets_when_in_one_service(behaviour: Behaviour) -> Behaviour:
    """A user that was updated has no createdAt any more."""
    return _on_update(behaviour, lambda _call, document: _without(document, "createdAt"), "user")


@fault("CRUD-TIME-003")
def updated_at_goes_back(behaviour: Behaviour) -> Behaviour:
    """An update moves updatedAt an hour back."""
    return _on_update(behaviour, lambda _call, document: _moved(document, "updatedAt", -HOUR))


@fault("CRUD-TIME-005")
def updated_at_is_set_on_add_only(behaviour: Behaviour) -> Behaviour:
    """No update moves updatedAt."""
    return _on_update(behaviour, _with_the_old_time)


@fault("CRUD-TIME-005")
def updated_at_stands_still_in_one_service(behaviour: Behaviour) -> Behaviour:
    """uiConf.update does not move updatedAt."""
    return _on_update(behaviour, _with_the_old_time, "uiconf")


@fault("CRUD-TIME-004")
def updated_at_is_tomorrow(behaviour: Behaviour) -> Behaviour:
    """updatedAt is a day ahead."""

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        return _moved(seen, "updatedAt", DAY)

    return alteration.shown(behaviour, change)


# get


@fault("CRUD-GET-001")
def get_answers_another_object(behaviour: Behaviour) -> Behaviour:
    """uiConf.get answers the first user interface of the account, whichever is asked for."""

    def act(call: Call) -> Any:
        record = find(call, _room(call))
        first = next(each for each in _neighbours(call, record) if each.partner == record.partner)
        return call.behaviour.show(call, first, None)

    return alteration.instead(behaviour, "get", act, when=alteration.in_services("uiconf"))


@fault("CRUD-GET-001")
def get_finds_nothing_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One get in ten says that there is no such object."""
    now = alteration.one_in(10)

    def act(call: Call) -> Any:
        find(call, _room(call))
        raise not_found(call, key_values(call, _room(call)))

    return alteration.instead(behaviour, "get", act, when=now)


@fault("CRUD-GET-001")
def get_answers_null_in_one_service(behaviour: Behaviour) -> Behaviour:
    """conversionProfile.get answers null."""
    only = alteration.in_services("conversionprofile")
    return alteration.answer(behaviour, "get", lambda _call, _value: None, when=only)


@fault("CRUD-GET-002")
def get_loses_a_property_in_one_service(behaviour: Behaviour) -> Behaviour:
    """category.get answers no referenceId."""
    only = alteration.in_services("category")
    return alteration.answer(
        behaviour, "get", lambda _call, value: _without(value, "referenceId"), when=only
    )


@fault("CRUD-GET-002")
def numbers_are_kept_in_sixteen_bits(behaviour: Behaviour) -> Behaviour:
    """get answers partnerSortValue without its upper bits."""

    def change(_call: Call, value: Any) -> Any:
        number = value.get("partnerSortValue")
        return value if number is None else {**value, "partnerSortValue": number % SIXTEEN_BITS}

    return alteration.answer(behaviour, "get", change)


@fault("CRUD-GET-003")
def reading_changes_the_object(behaviour: Behaviour) -> Behaviour:
    """Every second get lacks the tags."""
    asked = alteration.one_in(2)

    def change(_call: Call, value: Any) -> Any:
        return value if asked(value) else _without(value, "tags")

    return alteration.answer(behaviour, "get", change)


# update


@fault("CRUD-UPDATE-001")
def update_is_accepted_and_dropped(behaviour: Behaviour) -> Behaviour:
    """playlist.update answers the new values and keeps the old ones."""

    def act(call: Call) -> Any:
        record = find(call, _room(call))
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
        before = find(call, _room(call)).document.get("description")
        return {**document, "description": before}

    return _on_update(behaviour, change, "user")


@fault("CRUD-UPDATE-001")
def get_is_stale_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One get in ten answers the object as it was before its last update."""
    now = alteration.one_in(10)
    before: dict[tuple[str, str], Any] = {}

    def update(call: Call) -> Any:
        record = find(call, _room(call))
        held = deepcopy(record)
        answered = behaviour.update(call)
        before[record.family, record.key] = held
        return answered

    def get(call: Call) -> Any:
        record = find(call, _room(call))
        held = before.get((record.family, record.key))
        if held is None or not now(call):
            return behaviour.get(call)
        return call.behaviour.show(call, held, None)

    return replace(behaviour, update=update, get=get)


@fault("CRUD-UPDATE-002")
def update_forgets_what_was_not_sent(behaviour: Behaviour) -> Behaviour:
    """An update drops the description and tags that it was not given."""

    def change(call: Call, document: Document) -> Document:
        missing = {"description", "tags", "systemName"} - _sent(call).keys()
        return _without(document, *missing)

    return _on_update(behaviour, change)


@fault("CRUD-UPDATE-002")
def update_resets_a_property_in_one_service(behaviour: Behaviour) -> Behaviour:
    """cuePoint.update empties the partnerData that it was not given."""

    def change(call: Call, document: Document) -> Document:
        return document if "partnerData" in _sent(call) else {**document, "partnerData": ""}

    return _on_update(behaviour, change, "cuepoint_cuepoint")


@fault("CRUD-UPDATE-003")
def update_answers_the_object_as_it_was(behaviour: Behaviour) -> Behaviour:
    """The answer to update shows the object before it."""

    def act(call: Call) -> Any:
        before = call.behaviour.show(call, deepcopy(find(call, _room(call))), None)
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
        if not _sent(call).keys() - {"objectType"}:
            raise ApiFault(CANNOT_BE_NULL, "name")
        return behaviour.update(call)

    return alteration.instead(behaviour, "update", act)


@fault("CRUD-UPDATE-005")
def update_is_forbidden_in_one_service(behaviour: Behaviour) -> Behaviour:
    """uiConf.update with anything in it is forbidden to the account's own admin."""

    def act(call: Call) -> Any:
        if _sent(call).keys() - {"objectType"}:
            raise ApiFault("SERVICE_FORBIDDEN", "uiConf->update")
        return behaviour.update(call)

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("uiconf"))


@fault("CRUD-UPDATE-006")
def update_forgets_the_class(behaviour: Behaviour) -> Behaviour:
    """A syndication feed that was updated is shown as one of another kind."""
    updated: set[str] = set()

    def update(call: Call) -> Any:
        updated.add(find(call, _room(call)).key)
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
        return _moved(document, "partnerId", 1)

    return _on_update(behaviour, change)


@fault("CRUD-UPDATE-007")
def refused_update_is_carried_out(behaviour: Behaviour) -> Behaviour:
    """An update of what is read-only is refused, and the tags are gone."""

    def act(call: Call) -> Any:
        try:
            return behaviour.update(call)
        except ApiFault as refusal:
            if refusal.code == NOT_UPDATABLE:
                record = find(call, _room(call))
                record.document = _without(record.document, "tags", "description")
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
            record = find(call, _room(call))
            record.document = _moved(record.document, "partnerId", 1)
            call.world.storage.put(record)
            raise

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("userrole"))


@fault("CRUD-TEXT-001")
def text_is_encoded_twice_in_one_service(behaviour: Behaviour) -> Behaviour:
    """The description of a category is stored as if its bytes were Latin-1."""

    def change(_call: Call, document: Document) -> Document:
        text = str(document.get("description", ""))
        return {**document, "description": text.encode().decode("latin-1")}

    return alteration.kept(behaviour, change, when=alteration.in_services("category"))


@fault("CRUD-TEXT-001")
def quotes_are_escaped(behaviour: Behaviour) -> Behaviour:
    """A quote is stored with a backslash before it."""

    def change(_call: Call, document: Document) -> Document:
        texts = {n: v for n, v in document.items() if isinstance(v, str) and n == "description"}
        return {**document, **{n: re.sub(r"(?<!\\)(['\"])", r"\\\1", v) for n, v in texts.items()}}

    return alteration.kept(behaviour, change)


@fault("CRUD-CLEAR-001")
def empty_text_is_taken_for_none(behaviour: Behaviour) -> Behaviour:
    """An update to an empty text changes nothing."""

    def change(_action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: _unless(value, "") for name, value in arguments.items()}

    return _decoding(behaviour, "update", change)


@fault("CRUD-TEXT-002")
def descriptions_are_cut(behaviour: Behaviour) -> Behaviour:
    """A description is kept to 255 letters."""

    def change(_call: Call, document: Document) -> Document:
        text = document.get("description")
        return {**document, "description": text[:255]} if isinstance(text, str) else document

    return alteration.kept(behaviour, change)


@fault("CRUD-TEXT-002")
def lines_are_joined_in_one_service(behaviour: Behaviour) -> Behaviour:
    """playlist keeps a description on one line."""

    def change(_call: Call, document: Document) -> Document:
        text = document.get("description")
        if not isinstance(text, str):
            return document
        return {**document, "description": " ".join(text.split())}

    return alteration.kept(behaviour, change, when=alteration.in_services("playlist"))


@fault("CRUD-UPDATE-001")
def nothing_is_taken_for_not_sent(behaviour: Behaviour) -> Behaviour:
    """An update does not write what is 0 or false."""

    def change(_action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: _unless(value, 0) for name, value in arguments.items()}

    return _decoding(behaviour, "update", change)


@fault("CRUD-UPDATE-001")
def zero_is_not_written_in_one_service(behaviour: Behaviour) -> Behaviour:
    """An update of a category leaves a number that it is to set to 0."""

    def change(call: Call, document: Document) -> Document:
        before = find(call, _room(call)).document
        zeros = {name for name, value in document.items() if type(value) is int and not value}
        return document | {name: before[name] for name in zeros if name in before}

    return _on_update(behaviour, change, "category")


@fault("CRUD-UPDATE-001")
def numbers_lose_their_sign(behaviour: Behaviour) -> Behaviour:
    """A number below nothing is written without its sign."""

    def change(_call: Call, document: Document) -> Document:
        return {name: abs(v) if type(v) is int else v for name, v in document.items()}

    return alteration.kept(behaviour, change)


@fault("CRUD-UPDATE-001")
def second_update_is_lost_in_one_service(behaviour: Behaviour) -> Behaviour:
    """Every second update of a role is answered and not stored."""
    return _losing_the_second(behaviour, "userrole")


@fault("CRUD-UPDATE-001")
def second_update_is_lost_where_little_can_be_changed(behaviour: Behaviour) -> Behaviour:
    """Every second update of a response profile, of which we change the name only, is lost."""
    return _losing_the_second(behaviour, "responseprofile")


@fault("CRUD-GET-002")
def booleans_are_inverted(behaviour: Behaviour) -> Behaviour:
    """What is true is shown as false, and the other way round."""

    def change(_call: Call, seen: dict[str, Any]) -> dict[str, Any]:
        return {name: not v if isinstance(v, bool) else v for name, v in seen.items()}

    return alteration.shown(behaviour, change)


@fault("CRUD-GET-002")
def cue_points_start_at_nothing(behaviour: Behaviour) -> Behaviour:
    """Every cue point is kept at the start of its entry."""

    def change(_call: Call, document: Document) -> Document:
        return {**document, "startTime": 0} if "startTime" in document else document

    return alteration.kept(behaviour, change)


@fault("CRUD-ARRAY-002")
def arrays_keep_one_item(behaviour: Behaviour) -> Behaviour:
    """Of an array inside of an array's item only the first item is kept."""

    def first(value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {name: first(each, depth) for name, each in value.items()}
        if isinstance(value, list):
            return [first(each, depth + 1) for each in (value[:1] if depth else value)]
        return value

    return alteration.kept(behaviour, lambda _call, document: first(document, 0))


@fault("CRUD-ARRAY-002")
def items_are_shown_as_their_base(behaviour: Behaviour) -> Behaviour:
    """An access rule's condition is shown in the class that all conditions share."""

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(each) for each in value]
        if not isinstance(value, dict):
            return value
        inner = {name: plain(each) for name, each in value.items()}
        condition = str(value.get("objectType")).endswith("Condition")
        return {**inner, "objectType": "KalturaCondition"} if condition else inner

    return alteration.shown(behaviour, lambda _call, seen: plain(seen))


@fault("CRUD-ARRAY-001")
def empty_arrays_are_ignored(behaviour: Behaviour) -> Behaviour:
    """An update with an empty array leaves the one that is there."""

    def change(_action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: _unless(value, []) for name, value in arguments.items()}

    return _decoding(behaviour, "update", change)


@fault("CRUD-ARRAY-001")
def arrays_are_put_together(behaviour: Behaviour) -> Behaviour:
    """An update puts the array it is given behind the one that is there."""

    def change(call: Call, document: Document) -> Document:
        before = find(call, _room(call)).document
        held = {name: before.get(name) for name in _sent(call)}
        return {
            name: [*(held.get(name) or ()), *value] if isinstance(value, list) else value
            for name, value in document.items()
        } | {name: document[name] for name in document.keys() - held.keys()}

    return _on_update(behaviour, change)


@fault("CRUD-BOOL-001")
def only_small_letters_are_true(behaviour: Behaviour) -> Behaviour:
    """Of texts, an update takes only true and 1 for true."""

    def change(invocation: Invocation) -> dict[str, Any]:
        return {name: _without_capitals(value) for name, value in invocation.params.items()}

    sound = behaviour.read_request

    def read(request: HttpRequest) -> Invocation:
        invocation = sound(request)
        if invocation.action.lower() != "update":
            return invocation
        return structs.replace(invocation, params=change(invocation))

    return replace(behaviour, read_request=read)


def _without_capitals(value: Any) -> Any:
    """An object in which True is no word for true."""
    if not isinstance(value, dict):
        return value
    return {name: False if each == "True" else each for name, each in value.items()}


@fault("CRUD-CLEAR-002")
def null_marker_is_not_read(behaviour: Behaviour) -> Behaviour:
    """An update that marks a property as null leaves it."""

    def change(_action: Action, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: _unless(value, CLEAR) for name, value in arguments.items()}

    return _decoding(behaviour, "update", change)


@fault("CRUD-OTHERS-001")
def update_changes_the_whole_table(behaviour: Behaviour) -> Behaviour:
    """An update of one role writes its description into all of the account."""

    def act(call: Call) -> Any:
        answered = behaviour.update(call)
        record = find(call, _room(call))
        text = record.document.get("description", "")
        for other in _neighbours(call, record):
            if other is not record:
                other.document = {**other.document, "description": text}
                call.world.storage.put(other)
        return answered

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("userrole"))


# What must be refused


@fault("CRUD-READONLY-001")
def add_accepts_read_only_properties(behaviour: Behaviour) -> Behaviour:
    """Read-only properties on add are dropped without a word."""
    return _dropping(behaviour, "add", lambda prop: prop.read_only)


@fault("CRUD-READONLY-001")
def refusal_names_the_declared_class(behaviour: Behaviour) -> Behaviour:
    """What may not be written is named with the class of the parameter, not that of the object."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        named = error["args"]["PROP_NAME"].replace("KalturaAnnotation::", "KalturaCuePoint::")
        message = error["message"].replace(error["args"]["PROP_NAME"], named)
        return {**error, "message": message, "args": {**error["args"], "PROP_NAME": named}}

    return alteration.error(behaviour, change, code=NOT_UPDATABLE)


@fault("CRUD-READONLY-002")
def update_accepts_read_only_properties(behaviour: Behaviour) -> Behaviour:
    """Read-only properties in an update are dropped without a word."""
    return _dropping(behaviour, "update", lambda prop: prop.read_only)


@fault("CRUD-READONLY-002")
def read_only_is_refused_as_forbidden_in_one_service(behaviour: Behaviour) -> Behaviour:
    """media.update with a read-only property answers another code."""

    def act(call: Call) -> Any:
        try:
            return behaviour.update(call)
        except ApiFault as refusal:
            if refusal.code == NOT_UPDATABLE:
                raise ApiFault("PROPERTY_VALIDATION_NO_UPDATE_PERMISSION", "x") from refusal
            raise

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("media"))


@fault("CRUD-INSERTONLY-001")
def update_accepts_insert_only_properties(behaviour: Behaviour) -> Behaviour:
    """Insert-only properties in an update are dropped without a word."""
    return _dropping(behaviour, "update", lambda prop: prop.insert_only)


# delete


@fault("CRUD-DELETE-001")
def delete_is_refused_in_one_service(behaviour: Behaviour) -> Behaviour:
    """playlist.delete finds no playlist."""

    def act(call: Call) -> Any:
        raise not_found(call, key_values(call, _room(call)))

    return alteration.instead(behaviour, "delete", act, when=alteration.in_services("playlist"))


@fault("CRUD-DELETE-002")
def delete_leaves_the_object(behaviour: Behaviour) -> Behaviour:
    """Delete succeeds and removes nothing."""
    return alteration.instead(
        behaviour,
        "delete",
        lambda call: call.behaviour.get(call) if call.action.result.kind == "object" else None,
    )


@fault("CRUD-DELETE-002")
def deleted_object_is_readable_in_one_service(behaviour: Behaviour) -> Behaviour:
    """category.get answers deleted categories."""
    return _after_deletion(behaviour, "get", "category")


@fault("CRUD-DELETE-003")
def deleted_object_can_be_updated(behaviour: Behaviour) -> Behaviour:
    """An update of what was deleted answers it."""
    return _after_deletion(behaviour, "update")


@fault("CRUD-DELETE-004")
def delete_can_be_repeated(behaviour: Behaviour) -> Behaviour:
    """Deleting what was deleted succeeds."""
    return _after_deletion(behaviour, "delete")


@fault("CRUD-DELETE-004")
def second_delete_breaks_in_one_service(behaviour: Behaviour) -> Behaviour:
    """Deleting a category twice answers an unknown service."""

    def act(call: Call) -> Any:
        if _deleted(call) is not None:
            raise ApiFault("SERVICE_DOES_NOT_EXISTS", "category")
        return behaviour.delete(call)

    return alteration.instead(behaviour, "delete", act, when=alteration.in_services("category"))


@fault("CRUD-OTHERS-002")
def delete_takes_the_neighbours_along(behaviour: Behaviour) -> Behaviour:
    """Deleting one cue point deletes all of its entry."""

    def act(call: Call) -> Any:
        record = find(call, _room(call))
        answered = behaviour.delete(call)
        for other in list(_neighbours(call, record)):
            if other.document.get("entryId") == record.document.get("entryId"):
                other.deleted = True
                call.world.storage.put(other)
        return answered

    only = alteration.in_services("cuepoint_cuepoint")
    return alteration.instead(behaviour, "delete", act, when=only)


def _hiding(behaviour: Behaviour, service: str, name: str) -> Behaviour:
    """Show the objects of a service without one of their properties."""
    only = alteration.in_services(service)
    return alteration.shown(behaviour, lambda _call, seen: _without(seen, name), when=only)


def _with_xml(behaviour: Behaviour, change: Callable[[Call, str], str]) -> Behaviour:
    """Keep another document than the one that was sent."""

    def changed(call: Call, document: Document) -> Document:
        sent = document.get("xml")
        return {**document, "xml": change(call, sent)} if isinstance(sent, str) else document

    return alteration.kept(behaviour, changed, when=alteration.in_services("metadata_metadata"))


def _losing_the_second(behaviour: Behaviour, service: str) -> Behaviour:
    """Answer every second update of each object of a service, and store what was there before."""
    updates: dict[str, int] = {}

    def act(call: Call) -> Any:
        record = find(call, _room(call))
        before, key = record.document, record.key
        answered = behaviour.update(call)
        updates[key] = updates.get(key, 0) + 1
        if updates[key] % 2 == 0:
            record = find(call, _room(call))
            record.document = before
            call.world.storage.put(record)
        return answered

    return alteration.instead(behaviour, "update", act, when=alteration.in_services(service))


def _on_add(behaviour: Behaviour, change: Rewrite) -> Behaviour:
    """Change what is written of a new object."""
    return alteration.kept(behaviour, change, when=lambda call: call.action.name == "add")


def _on_update(behaviour: Behaviour, change: Rewrite, *services: str) -> Behaviour:
    """Change what an update writes, in these services or in all."""
    only = alteration.in_services(*services) if services else alteration.always
    return alteration.kept(
        behaviour, change, when=lambda call: call.action.name == "update" and only(call)
    )


def _with_the_old_time(call: Call, document: Document) -> Document:
    """What an update writes, with the updatedAt from before it."""
    before = find(call, _room(call)).document.get("updatedAt")
    return document if before is None else {**document, "updatedAt": before}


def _refused_for_read_only(call: Call) -> str:
    """The first read-only property that the call sent, with its class; empty where it sent none."""
    param = entity_param(call)
    raw = call.invocation.params.get(param.name) if param is not None else None
    if not isinstance(raw, dict):
        return ""
    kind = str(_sent(call).get("objectType"))
    known = call.world.decoder.properties(kind)
    return next((f"{kind}::{name}" for name in raw if name in known and known[name].read_only), "")


def _dropping(
    behaviour: Behaviour, action_name: str, drops: Callable[[Property], bool]
) -> Behaviour:
    """Leave properties out of the object before anybody refuses them."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        arguments = sound(world, action, invocation)
        if action.name != action_name:
            return arguments
        for name, value in arguments.items():
            if isinstance(value, dict) and "objectType" in value:
                known = world.decoder.properties(value["objectType"])
                refused = [key for key in value if key in known and drops(known[key])]
                arguments[name] = _without(value, *refused)
        return arguments

    return replace(behaviour, decode_arguments=decode)


def _decoding(
    behaviour: Behaviour,
    action_name: str,
    change: Callable[[Action, dict[str, Any]], dict[str, Any]],
) -> Behaviour:
    """Change the decoded arguments of one action of every service."""
    return alteration.arguments(
        behaviour,
        lambda action, given: change(action, given) if action.name == action_name else given,
    )


def _unless(value: Any, unwanted: object) -> Any:
    """An object without the properties that hold something unwanted; any other value as it is."""
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if each is not unwanted and each != unwanted}


def _after_deletion(behaviour: Behaviour, step: str, *services: str) -> Behaviour:
    """Let a step succeed on a deleted object, and answer it where an object is due."""
    sound: Callable[[Call], Any] = getattr(behaviour, step)

    def act(call: Call) -> Any:
        record = _deleted(call)
        if record is None:
            return sound(call)
        due = call.action.result.kind == "object"
        return call.behaviour.show(call, record, None) if due else None

    only = alteration.in_services(*services) if services else alteration.always
    return alteration.instead(behaviour, step, act, when=only)


def _deleted(call: Call) -> Record | None:
    """The deleted object of the caller's account that the call names."""
    room = _room(call)
    record = call.world.storage.get(room.family, key_text(key_values(call, room)))
    if record is None or not record.deleted or record.partner != call.session.partner_id:
        return None
    return record


def _neighbours(call: Call, record: Record) -> list[Record]:
    """The living objects of the record's family and account, the oldest first."""
    found = call.world.storage.all(record.family)
    return [each for each in found if each.partner == record.partner]


def _room(call: Call) -> Room:
    """The room of a standard action's service, which the dispatcher has made sure of."""
    if call.room is None:
        raise ApiFault("INTERNAL_SERVERL_ERROR")
    return call.room


def _sent(call: Call) -> dict[str, Any]:
    """The object that a write was given; empty where it was given none."""
    param = entity_param(call)
    found: dict[str, Any] = call.arguments.get(param.name) or {} if param is not None else {}
    return found


def _without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """The document without some of its properties."""
    return {name: value for name, value in document.items() if name not in names}


def _moved(document: dict[str, Any], name: str, by: int) -> dict[str, Any]:
    """The document with a number changed, where it has it."""
    return {**document, name: document[name] + by} if name in document else document
