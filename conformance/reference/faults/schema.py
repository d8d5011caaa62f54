"""Faults of the published schema: the server knows better than what it tells.

Each rewrites the first place of the file that its pattern fits. Only the published bytes change, so
the server itself goes on by the sound schema.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from msgspec import structs

from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import HttpReply, HttpRequest

SCHEMA_SCRIPT = "/api_schema.php"
PARAMS = rb"(?:\s*<param [^>]*/>)*\s*"
LIST_RESULT = rb'(<action name="list"[^>]*>' + PARAMS + rb'<result type=)"Kaltura\w+ListResponse"'
ADD_RESULT = rb'(<action name="add"[^>]*>' + PARAMS + rb'<result type=)"Kaltura\w+"'


# How it is served


@fault("SCHEMA-SERVE-001")
def schema_is_served_as_a_page(behaviour: Behaviour) -> Behaviour:
    """The schema is labelled as a web page."""
    return _replied(
        behaviour, lambda made: structs.replace(made, headers=_labelled(made, "text/html"))
    )


@fault("SCHEMA-SERVE-001")
def schema_is_served_once(behaviour: Behaviour) -> Behaviour:
    """Who asks for the schema a second time is told that it is not there."""
    asked = count()

    def change(made: HttpReply) -> HttpReply:
        return made if next(asked) == 0 else structs.replace(made, status=404)

    return _replied(behaviour, change)


@fault("SCHEMA-SERVE-002")
def schema_is_cut_off(behaviour: Behaviour) -> Behaviour:
    """The schema ends in the middle."""
    return replace(behaviour, publish_schema=lambda content: content[: len(content) // 2])


@fault("SCHEMA-SERVE-002")
def property_is_of_an_unknown_class(behaviour: Behaviour) -> Behaviour:
    """A property is of a class that the schema does not have."""
    return _rewritten(behaviour, rb'arrayType="Kaltura\w+"', rb'arrayType="KalturaGone"')


@fault("SCHEMA-SERVE-002")
def class_descends_from_itself(behaviour: Behaviour) -> Behaviour:
    """A class extends itself."""
    pattern = rb'<class name="(Kaltura\w+)" base="Kaltura\w+"'
    return _rewritten(behaviour, pattern, rb'<class name="\1" base="\1"')


@fault("SCHEMA-SERVE-002")
def class_is_declared_twice(behaviour: Behaviour) -> Behaviour:
    """Two classes have one name."""
    pattern = rb'(<class name="KalturaListResponse")'
    return _rewritten(behaviour, pattern, rb'<class name="KalturaListResponse"/>\1')


@fault("SCHEMA-SERVE-003")
def two_schemas_take_turns(behaviour: Behaviour) -> Behaviour:
    """Every second time, the schema lacks the first order of the first sorted class."""
    asked = count()
    change = _rewriting(rb'(<enum name="\w+OrderBy"[^>]*>\s*)<const [^>]*/>', rb"\1")
    return replace(
        behaviour,
        publish_schema=lambda content: change(content) if next(asked) % 2 else content,
    )


# The file as a whole


@fault("SCHEMA-FILE-001")
def schema_says_no_version(behaviour: Behaviour) -> Behaviour:
    """The schema's version is a name."""
    return _rewritten(behaviour, rb'apiVersion="[^"]*"', rb'apiVersion="Venus"')


# Types


@fault("SCHEMA-TYPE-001")
def class_has_an_underscore(behaviour: Behaviour) -> Behaviour:
    """The schema has a class Kaltura_Note."""
    return _rewritten(behaviour, rb"<classes>", rb'<classes><class name="Kaltura_Note"/>')


@fault("SCHEMA-TYPE-001")
def class_has_the_name_of_an_enum(behaviour: Behaviour) -> Behaviour:
    """The first enum's name is that of a class as well."""
    pattern = rb'(<enum name="(Kaltura\w+)".*?<classes>)'
    return _rewritten(behaviour, pattern, rb'\1<class name="\2"/>')


@fault("SCHEMA-TYPE-002")
def child_comes_first(behaviour: Behaviour) -> Behaviour:
    """A filter stands before the filter that it extends."""
    added = rb'<classes><class name="KalturaEarlyFilter" base="KalturaFilter"/>'
    return _rewritten(behaviour, rb"<classes>", added)


@fault("SCHEMA-TYPE-003")
def array_has_no_items(behaviour: Behaviour) -> Behaviour:
    """An array does not say of what."""
    pattern = rb'(<property name="(?!objects")\w+" type="array") arrayType="\w+"'
    return _rewritten(behaviour, pattern, rb"\1")


@fault("SCHEMA-TYPE-004")
def time_is_text(behaviour: Behaviour) -> Behaviour:
    """A time is a string."""
    return _rewritten(behaviour, rb'type="int" isTime="1"', rb'type="string" isTime="1"')


@fault("SCHEMA-PROP-001")
def property_is_never_to_be_set(behaviour: Behaviour) -> Behaviour:
    """A read-only property is insert-only as well."""
    pattern = rb'readOnly="1" insertOnly="0"'
    return _rewritten(behaviour, pattern, rb'readOnly="1" insertOnly="1"')


@fault("SCHEMA-PROP-002")
def shortest_is_longer_than_longest(behaviour: Behaviour) -> Behaviour:
    """A text's least length is above its greatest."""
    pattern = rb'(<property (?![^>]*minLength)[^>]*)maxLength="'
    return _rewritten(behaviour, pattern, rb'\1minLength="99999999" maxLength="')


@fault("SCHEMA-PROP-003")
def languages_have_no_twin(behaviour: Behaviour) -> Behaviour:
    """A multi-lingual string has no array beside it."""
    return _rewritten(behaviour, rb'<property name="multiLingual_\w+"[^>]*/>', b"")


@fault("SCHEMA-ENUM-001")
def number_is_drawn_as_text(behaviour: Behaviour) -> Behaviour:
    """A property that draws from an int enum is a string."""
    pattern = rb'(<property name="\w+" type=)"int"( enumType=)'
    return _rewritten(behaviour, pattern, rb'\1"string"\2')


@fault("SCHEMA-ENUM-002")
def number_is_a_word(behaviour: Behaviour) -> Behaviour:
    """A constant of an int enum is a word."""
    pattern = rb'(<enum name="\w+" enumType="int"[^>]*>\s*<const name="\w+" value=)"[^"]*"'
    return _rewritten(behaviour, pattern, rb'\1"on"')


@fault("SCHEMA-ENUM-003")
def constant_is_named_twice(behaviour: Behaviour) -> Behaviour:
    """An enum has one constant twice."""
    return _rewritten(behaviour, rb"(<const [^>]*/>)", rb"\1\1")


@fault("SCHEMA-ENUM-004")
def list_of_values_is_a_number(behaviour: Behaviour) -> Behaviour:
    """A property that lists values of an enum is an int."""
    pattern = rb'type="string"([^>]*valuesEnumType=)'
    return _rewritten(behaviour, pattern, rb'type="int"\1')


# Lists


@fault("SCHEMA-ORDER-001")
def order_has_no_sign(behaviour: Behaviour) -> Behaviour:
    """An order is the bare name of its property."""
    pattern = rb'(<enum name="\w+OrderBy"[^>]*>\s*<const name="\w+" value=")[+-]'
    return _rewritten(behaviour, pattern, rb"\1")


@fault("SCHEMA-ORDER-002")
def order_goes_one_way(behaviour: Behaviour) -> Behaviour:
    """A property can be sorted by upwards only."""
    return _rewritten(behaviour, rb'<const name="\w+_DESC"[^>]*/>', b"")


@fault("SCHEMA-FILTER-001")
def filter_cannot_order(behaviour: Behaviour) -> Behaviour:
    """Filters have no orderBy."""
    pattern = rb'(<class name="KalturaFilter"[^>]*>\s*)<property name="orderBy"[^>]*/>'
    return _rewritten(behaviour, pattern, rb"\1")


@fault("SCHEMA-LIST-001")
def count_is_text(behaviour: Behaviour) -> Behaviour:
    """totalCount is a string."""
    pattern = rb'(<property name="totalCount" type=)"int"'
    return _rewritten(behaviour, pattern, rb'\1"string"')


@fault("SCHEMA-LIST-002")
def list_answers_a_filter(behaviour: Behaviour) -> Behaviour:
    """A list action answers a filter."""
    return _rewritten(behaviour, LIST_RESULT, rb'\1"KalturaFilter"')


@fault("SCHEMA-LIST-003")
def list_answers_strangers(behaviour: Behaviour) -> Behaviour:
    """A list action answers objects of another service."""
    return _rewritten(behaviour, LIST_RESULT, rb'\1"KalturaUiConfListResponse"')


# Services


@fault("SCHEMA-STANDARD-002")
def add_answers_a_stranger(behaviour: Behaviour) -> Behaviour:
    """An add answers an object of another kind than it takes."""
    return _rewritten(behaviour, ADD_RESULT, rb'\1"KalturaFilter"')


@fault("SCHEMA-STANDARD-003")
def delete_names_nothing(behaviour: Behaviour) -> Behaviour:
    """A delete has no parameter."""
    pattern = rb'(<action name="delete"[^>]*>)' + PARAMS + b"<"
    return _rewritten(behaviour, pattern, rb"\1<")


@fault("SCHEMA-SERVICE-001")
def service_lost_its_plugin(behaviour: Behaviour) -> Behaviour:
    """A plugin's service has an id without the plugin's name."""
    return _rewritten(behaviour, rb'<service id="[a-z]+_(\w+)"', rb'<service id="\1"')


@fault("SCHEMA-PLUGIN-001")
def plugin_is_not_declared(behaviour: Behaviour) -> Behaviour:
    """A class is of a plugin that is not declared."""
    added = rb'<classes><class name="KalturaStray" plugin="stray"/>'
    return _rewritten(behaviour, rb"<classes>", added)


@fault("SCHEMA-ACTION-001")
def get_stays_out_of_multirequest(behaviour: Behaviour) -> Behaviour:
    """A get may not be part of a multirequest."""
    pattern = rb'(<action name="get"[^>]*enableInMultiRequest=)"1"'
    return _rewritten(behaviour, pattern, rb'\1"0"')


@fault("SCHEMA-ACTION-002")
def alias_leads_nowhere(behaviour: Behaviour) -> Behaviour:
    """An alias names an action that there is not."""
    return _rewritten(behaviour, rb'actionAlias="(\w+)\.\w+"', rb'actionAlias="\1.nowhere"')


@fault("SCHEMA-ACTION-003")
def parameter_is_declared_twice(behaviour: Behaviour) -> Behaviour:
    """An action has one parameter twice."""
    return _rewritten(behaviour, rb"(<param [^>]*/>)", rb"\1\1")


@fault("SCHEMA-ERROR-001")
def error_has_no_parameter(behaviour: Behaviour) -> Behaviour:
    """An error's message has a placeholder that no parameter fills."""
    return _rewritten(behaviour, rb"(<error [^>]*@[^>]*>\s*)<parameter [^>]*/>", rb"\1")


@fault("SCHEMA-ERROR-003")
def error_of_the_framework_is_missing(behaviour: Behaviour) -> Behaviour:
    """INVALID_ENUM_VALUE is not published."""
    return _rewritten(behaviour, rb'<error name="INVALID_ENUM_VALUE".*?</error>', b"")


def _rewritten(behaviour: Behaviour, pattern: bytes, replacement: bytes) -> Behaviour:
    """Rewrite the first place of the published schema that the pattern fits."""
    return replace(behaviour, publish_schema=_rewriting(pattern, replacement))


def _rewriting(pattern: bytes, replacement: bytes) -> Callable[[bytes], bytes]:
    found = re.compile(pattern, re.DOTALL)
    return lambda content: found.sub(replacement, content, count=1)


def _later(behaviour: Behaviour, change: Callable[[bytes], bytes]) -> Behaviour:
    """Publish the schema changed from the second time on: a run has to read it once."""
    asked = count()
    return replace(
        behaviour,
        publish_schema=lambda content: content if next(asked) == 0 else change(content),
    )


def _replied(behaviour: Behaviour, change: Callable[[HttpReply], HttpReply]) -> Behaviour:
    """Change the reply that carries the schema."""

    def changed(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return change(made)

    return alteration.reply(
        behaviour, changed, when=lambda request: request.path.endswith(SCHEMA_SCRIPT)
    )


def _labelled(made: HttpReply, content_type: str) -> tuple[tuple[str, str], ...]:
    kept = (pair for pair in made.headers if pair[0] != "Content-Type")
    return (*kept, ("Content-Type", content_type))
