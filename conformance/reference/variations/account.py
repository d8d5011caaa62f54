"""What the account may do, which services are there, and which ids it gives."""

from __future__ import annotations

import time
from dataclasses import replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.message import Upload
from conformance.reference.partners import Partners
from conformance.reference.session import forbidden
from conformance.reference.variations import walking
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.request import Invocation
    from conformance.reference.storage import Document
    from conformance.reference.world import World
    from conformance.schema.model import Action, Service

_FIRST_LARGE = 7_000_000_000
_LARGE_PARTNERS = (4_871_052, 5_012_377)
_FEATURES = frozenset({"metadata", "cuePoint", "caption", "schedule", "annotation"})
_MOST_PROFILES = 3
_PNG = b"\x89PNG"
_HOURS_SECONDS = 7_200


@variation("CONTRACT TRAP-04")
def plugin_services_are_forbidden(behaviour: Behaviour) -> Behaviour:
    """Every service of a plugin is forbidden to the account."""
    return _refused(
        behaviour,
        lambda service: service.plugin is not None,
        lambda call: forbidden(call.world, call.action),
    )


@variation("CONTRACT 3.2 FEATURE_FORBIDDEN, TRAP-04")
def features_are_forbidden(behaviour: Behaviour) -> Behaviour:
    """Some plugins' services answer FEATURE_FORBIDDEN."""
    return _refused(
        behaviour,
        lambda service: service.plugin in _FEATURES,
        lambda call: ApiFault(
            "FEATURE_FORBIDDEN", call.world.schema.services[call.action.service].plugin
        ),
    )


@variation("CONTRACT 3.2 PLUGIN_NOT_AVAILABLE_FOR_PARTNER, TRAP-04")
def plugins_are_not_available(behaviour: Behaviour) -> Behaviour:
    """Some plugins' services are not available for the account."""
    return _refused(
        behaviour,
        lambda service: service.plugin in _FEATURES,
        lambda call: ApiFault(
            "PLUGIN_NOT_AVAILABLE_FOR_PARTNER",
            call.world.schema.services[call.action.service].plugin,
            call.session.partner_id,
        ),
    )


@variation("CONTRACT SCHEMA-02, TRAP-03")
def plugins_are_gone(behaviour: Behaviour) -> Behaviour:
    """The published schema is stale: no plugin is installed any more."""
    return _gone(behaviour, lambda service: service.plugin is not None)


@variation("CONTRACT SCHEMA-02, TRAP-03")
def deprecated_services_are_gone(behaviour: Behaviour) -> Behaviour:
    """The published schema is stale: deprecated services have been removed."""
    return _gone(behaviour, lambda service: service.deprecated)


@variation("CONTRACT 5.2, accesscontrolprofile: account maximum")
def account_is_full(behaviour: Behaviour) -> Behaviour:
    """The account may have no more than a few access control profiles."""

    def act(call: Call) -> Any:
        own = call.world.storage.all("KalturaAccessControlProfile")
        if sum(record.partner == call.session.partner_id for record in own) > _MOST_PROFILES:
            raise ApiFault("MAX_NUMBER_OF_ACCESS_CONTROLS_REACHED", _MOST_PROFILES)
        return behaviour.add(call)

    return alteration.instead(
        behaviour, "add", act, when=alteration.in_services("accesscontrolprofile", "accesscontrol")
    )


@variation("CONTRACT FILE-04: blocked MIME type")
def only_pictures_may_be_uploaded(behaviour: Behaviour) -> Behaviour:
    """The account takes files of one type only, and sees by the content which type it is."""

    def act(call: Call) -> Any:
        file = call.arguments.get("fileData")
        whole = call.arguments.get("finalChunk", True) and not call.arguments.get("resume", False)
        if whole and isinstance(file, Upload) and not file.content.startswith(_PNG):
            raise ApiFault("UPLOAD_TOKEN_FILE_TYPE_RESTRICTED_FOR_UPLOAD")
        return behaviour.other(call)

    return alteration.instead(
        behaviour, "other", act, when=lambda call: call.action.id == "uploadtoken.upload"
    )


@variation("CONTRACT SCHEMA-02")
def version_is_another(behaviour: Behaviour) -> Behaviour:
    """The server says that it is of another version than its schema."""

    def change(call: Call, value: Any) -> Any:
        return "Xenon-23.4.1" if call.action.id == "system.getVersion" else value

    return alteration.answer(behaviour, "other", change)


@variation("CONTRACT 1.2: attributes of other back ends are optional extensions")
def schema_has_more_attributes(behaviour: Behaviour) -> Behaviour:
    """The schema has attributes, elements and comments that its grammar does not list."""

    def publish(content: bytes) -> bytes:
        sound = behaviour.publish_schema(content)
        marked = sound.replace(b"<property name=", b'<property nullable="1" pattern="" name=')
        marked = marked.replace(b"<action name=", b'<action path="/a" name=')
        extra = b"<!-- made by hand --><licences><licence name='AGPL'/></licences></xml>"
        return marked.replace(b"</xml>", extra)

    return replace(behaviour, publish_schema=publish)


@variation("no rule binds the number of an account")
def partner_ids_are_large(behaviour: Behaviour) -> Behaviour:
    """The accounts have numbers of seven digits."""

    def prepare(world: World) -> None:
        behaviour.prepare(world)
        pairs = zip(_LARGE_PARTNERS, world.partners.by_id.values(), strict=True)
        moved = {number: structs.replace(partner, id=number) for number, partner in pairs}
        world.partners = Partners(moved)

    return replace(behaviour, prepare=prepare)


@variation("no rule binds the clocks of two machines")
def clock_is_hours_ahead(behaviour: Behaviour) -> Behaviour:
    """The server's clock, and all that it tells of the time, is two hours ahead of the caller's."""
    return _with_clock(behaviour, _HOURS_SECONDS)


@variation("no rule binds the clocks of two machines")
def clock_is_hours_behind(behaviour: Behaviour) -> Behaviour:
    """The server's clock, and all that it tells of the time, is two hours behind the caller's."""
    return _with_clock(behaviour, -_HOURS_SECONDS)


def _with_clock(behaviour: Behaviour, seconds: int) -> Behaviour:
    def prepare(world: World) -> None:
        sound = world.clock
        world.clock = lambda: sound() + seconds
        behaviour.prepare(world)

    def date(given: dict[str, str]) -> dict[str, str]:
        return {**given, "Date": formatdate(time.time() + seconds, usegmt=True)}

    return walking.headers(replace(behaviour, prepare=prepare), date)


@variation("CONTRACT SCHEMA-40: an id's form is not in the contract")
def ids_are_long(behaviour: Behaviour) -> Behaviour:
    """Text ids have another prefix and are longer."""
    return _renamed(behaviour, lambda old, _number: f"17_{old.partition('_')[2]}x7k2m9", text=True)


@variation("CONTRACT SCHEMA-40: an id's form is not in the contract")
def text_ids_are_numeric(behaviour: Behaviour) -> Behaviour:
    """Text ids consist of digits."""
    return _renamed(behaviour, lambda _old, number: str(83_475_012 + number), text=True)


@variation("CONTRACT SCHEMA-40: an id's form is not in the contract")
def numeric_ids_are_large(behaviour: Behaviour) -> Behaviour:
    """Numeric ids do not fit into 32 bits."""
    return _renamed(behaviour, lambda _old, number: _FIRST_LARGE + number, text=False)


@variation("CONTRACT SESS-19")
def user_ids_have_no_case(behaviour: Behaviour) -> Behaviour:
    """A user is found by the id in any case of letters."""

    def find(world: World, value: Any) -> Any:
        if isinstance(value, str) and world.storage.get("KalturaBaseUser", value) is None:
            for record in world.storage.all("KalturaBaseUser"):
                if record.key.lower() == value.lower():
                    return record.key
        return value

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        arguments = behaviour.decode_arguments(world, action, invocation)
        if action.name == "add" or "userId" not in arguments:
            return arguments
        return {**arguments, "userId": find(world, arguments["userId"])}

    return replace(behaviour, decode_arguments=decode)


def _refused(
    behaviour: Behaviour, holds: Callable[[Service], bool], refusal: Callable[[Call], ApiFault]
) -> Behaviour:
    """Refuse every call of some services where permissions are checked (stage S8)."""

    def authorise(call: Call) -> None:
        behaviour.authorise(call)
        if holds(call.world.schema.services[call.action.service]):
            raise refusal(call)

    return replace(behaviour, authorise=authorise)


def _gone(behaviour: Behaviour, holds: Callable[[Service], bool]) -> Behaviour:
    """Some services do not exist, whatever the schema says (stage S1)."""

    def resolve(world: World, invocation: Invocation) -> Action:
        named = world.services.get(invocation.service.lower())
        if named is not None and holds(named):
            raise ApiFault("SERVICE_DOES_NOT_EXISTS", named.id)
        return behaviour.resolve(world, invocation)

    return replace(behaviour, resolve=resolve)


def _renamed(behaviour: Behaviour, name: Callable[[str, int], Any], *, text: bool) -> Behaviour:
    """Give new objects other ids; what mentions the id inside of the object follows."""

    def change(call: Call, document: Document) -> Document:
        room, old = call.room, document.get("id")
        is_new = room is not None and call.world.storage.get(room.family, str(old)) is None
        if room is None or not is_new or not room.has_id or room.numeric_id is text:
            return document
        if old in (None, "") or _is_given(call, old):
            return document
        new = name(str(old), call.world.storage.next_number())
        if not text:
            return {**document, "id": new}
        return {
            key: value.replace(str(old), str(new)) if isinstance(value, str) else value
            for key, value in document.items()
        }

    return alteration.kept(behaviour, change)


def _is_given(call: Call, identity: Any) -> bool:
    """Whether the client gave the id itself, as users' ids are."""
    sent = (value for value in call.arguments.values() if isinstance(value, dict))
    return call.session.user_id == identity or any(each.get("id") == identity for each in sent)
