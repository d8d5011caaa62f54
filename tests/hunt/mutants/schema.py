"""Faults of the schema that a server publishes about itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.hunt.mutant import bytewise

if TYPE_CHECKING:
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


def sub(exchange: Exchange, pattern: bytes, to: bytes, count: int = 0) -> None:
    """Change the schema's text."""
    exchange.answer.body = re.sub(pattern, to, exchange.answer.body, count=count, flags=re.DOTALL)


@bytewise("api_schema", "*", narrow=False)
def it_is_cut(exchange: Exchange, _world: World) -> None:
    """The schema is cut."""
    exchange.answer.body = exchange.answer.body[: len(exchange.answer.body) // 2]


@bytewise("*", narrow=False)
def it_is_a_notice(exchange: Exchange, _world: World) -> None:
    """The schema is a notice that it was not made."""
    exchange.answer.body = b"KalturaClient.xml was not found"


@bytewise("*", narrow=False)
def it_is_json(exchange: Exchange, _world: World) -> None:
    """The schema is sent as application/json."""
    exchange.answer.set("Content-Type", "application/json")


@bytewise("*", narrow=False)
def a_base_class_is_missing(exchange: Exchange, _world: World) -> None:
    """The class KalturaPlayableEntry is not defined."""
    sub(exchange, rb'<class name="KalturaPlayableEntry".*?</class>', b"")


@bytewise("*", narrow=False)
def an_enum_is_missing(exchange: Exchange, _world: World) -> None:
    """The enum KalturaMediaType is not defined."""
    sub(exchange, rb'<enum name="KalturaMediaType".*?</enum>', b"")


@bytewise("*", narrow=False)
def an_unknown_type_is_used(exchange: Exchange, _world: World) -> None:
    """A property is of a type that does not exist."""
    sub(exchange, rb'name="createdAt" type="int"', b'name="createdAt" type="timestamp"', 3)


@bytewise("*", narrow=False)
def times_are_not_marked(exchange: Exchange, _world: World) -> None:
    """Times are not marked as times."""
    sub(exchange, rb' isTime="1"', b"")


@bytewise("*", narrow=False)
def a_service_is_missing(exchange: Exchange, _world: World) -> None:
    """The service media is not published."""
    sub(exchange, rb'<service id="media".*?</service>', b"")


@bytewise("*", narrow=False)
def an_action_is_missing(exchange: Exchange, _world: World) -> None:
    """playlist.update is not published."""
    sub(
        exchange,
        rb'(<service id="playlist".*?)<action name="update".*?</action>',
        rb"\1",
        1,
    )


@bytewise("*", narrow=False)
def an_action_is_made_up(exchange: Exchange, _world: World) -> None:
    """An action is published that does not exist."""
    action = (
        b'<action name="frobnicate" enableInMultiRequest="1" sessionRequired="always">'
        b"<result/></action>"
    )
    sub(exchange, rb'(<service id="playlist"[^>]*>)', rb"\1" + action, 1)


@bytewise("*", narrow=False)
def a_parameter_is_optional(exchange: Exchange, _world: World) -> None:
    """Required parameters are published as optional."""
    sub(exchange, rb'optional="0"', b'optional="1"')


@bytewise("*", narrow=False)
def a_result_is_of_another_type(exchange: Exchange, _world: World) -> None:
    """Actions that answer a category are published as answering a user."""
    sub(exchange, rb'<result type="KalturaCategory"\s*/>', b'<result type="KalturaUser"/>')


@bytewise("*", narrow=False)
def read_only_is_not_marked(exchange: Exchange, _world: World) -> None:
    """Read-only properties are published as writable."""
    sub(exchange, rb'readOnly="1"', b'readOnly="0"')


@bytewise("*", narrow=False)
def limits_are_higher(exchange: Exchange, _world: World) -> None:
    """Published greatest lengths are too high."""
    sub(exchange, rb'maxLength="(\d+)"', rb'maxLength="\g<1>0"')


@bytewise("*", narrow=False)
def classes_are_concrete(exchange: Exchange, _world: World) -> None:
    """Abstract classes are not marked."""
    sub(exchange, rb' abstract="1"', b"")


@bytewise("*", narrow=False)
def a_value_is_missing(exchange: Exchange, _world: World) -> None:
    """The media type AUDIO is not published."""
    sub(
        exchange,
        rb'(<enum name="KalturaMediaType".*?)<const name="VIDEO"[^>]*/>',
        rb"\1",
        1,
    )


@bytewise("*", narrow=False)
def ids_keep_their_case(exchange: Exchange, _world: World) -> None:
    """Service ids are not in lower case."""
    sub(exchange, rb'<service id="baseentry"', b'<service id="baseEntry"')


@bytewise("*", narrow=False)
def a_name_is_doubled(exchange: Exchange, _world: World) -> None:
    """A class is defined twice."""
    sub(exchange, rb'(<class name="KalturaPlaylist".*?</class>)', rb"\1\1", 1)


@bytewise("*", narrow=False)
def a_base_is_itself(exchange: Exchange, _world: World) -> None:
    """A class is its own base."""
    sub(
        exchange,
        rb'<class name="KalturaPlaylist" base="[^"]*"',
        b'<class name="KalturaPlaylist" base="KalturaPlaylist"',
        1,
    )


@bytewise("*", narrow=False)
def error_parameters_are_missing(exchange: Exchange, _world: World) -> None:
    """Errors are published without their parameters."""
    sub(exchange, rb'<parameter name="[^"]*"\s*/>', b"")


@bytewise("*", narrow=False)
def an_optional_parameter_is_required(exchange: Exchange, _world: World) -> None:
    """The parameters filter and pager are published as required."""
    sub(exchange, rb'(<param name="(?:filter|pager)"[^>]*optional=)"1"', rb'\1"0"')


@bytewise("*", narrow=False)
def a_class_is_renamed(exchange: Exchange, _world: World) -> None:
    """KalturaUiConf is published as KalturaUserInterface, wherever it stands."""
    sub(exchange, rb'"KalturaUiConf"', b'"KalturaUserInterface"')


@bytewise("*", narrow=False)
def a_value_is_another(exchange: Exchange, _world: World) -> None:
    """The media type VIDEO is published as 11."""
    sub(
        exchange,
        rb'(<enum name="KalturaMediaType".*?name="VIDEO" value=)"1"',
        rb'\1"11"',
        1,
    )


@bytewise("*", narrow=False)
def a_text_is_a_number(exchange: Exchange, _world: World) -> None:
    """description is published as an int."""
    sub(
        exchange,
        rb'<property name="description" type="string"',
        b'<property name="description" type="int"',
    )


@bytewise("*", narrow=False)
def insert_only_is_not_marked(exchange: Exchange, _world: World) -> None:
    """Insert-only properties are published as changeable."""
    sub(exchange, rb' insertOnly="1"', b' insertOnly="0"')


@bytewise("*", narrow=False)
def lists_hold_another_class(exchange: Exchange, _world: World) -> None:
    """Lists of categories are published as lists of users."""
    sub(exchange, rb'arrayType="KalturaCategory"', b'arrayType="KalturaUser"')


@bytewise("*", narrow=False)
def it_is_another_each_time(exchange: Exchange, world: World) -> None:
    """Every second reading of the schema lacks the service playlist."""
    count = world.memory["count"] = world.memory.get("count", 0) + 1
    if count % 2 == 0:
        sub(exchange, rb'<service id="playlist".*?</service>', b"")


@bytewise("*", narrow=False)
def limits_are_lower(exchange: Exchange, _world: World) -> None:
    """Published greatest lengths are too low."""
    sub(exchange, rb'maxLength="(\d+)\d"', rb'maxLength="\1"')


@bytewise("*", narrow=False)
def errors_are_not_published(exchange: Exchange, _world: World) -> None:
    """The schema publishes no errors."""
    sub(exchange, rb"<errors>.*?</errors>", b"<errors></errors>")
