"""Each oracle of the schema area accepts what is sound and rejects one departure from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.oracles import schema as oracle
from conformance.oracles.schema_lint import lint
from conformance.schema.lineage import Lineage
from conformance.schema.reader import parse_schema, read_schema
from conformance.wire.answer import Malformed
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from conformance.schema.model import Schema
    from conformance.verdict.breach import Breach

SOUND = Path(__file__).with_suffix(".xml").read_text(encoding="utf-8")

THING = '<class name="KalturaThing" base="KalturaBaseThing" plugin="plug">'


def read(*changes: tuple[str, str]) -> Schema:
    """The sound schema with parts replaced, each of which must be there."""
    text = SOUND
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse_schema(text.encode(), "s.xml")


def broken(schema: Schema) -> list[tuple[str, str]]:
    """Which requirements are broken, and where."""
    return [(requirement, breach.where) for requirement, breach in lint(schema)]


def exchange(
    body: bytes = SOUND.encode(), status: int = 200, content_type: str | None = "text/xml"
) -> Exchange:
    """An answer to a request for the schema."""
    headers = (("Content-Type", content_type),) if content_type is not None else ()
    return Exchange(
        number=7,
        call=Call("", ""),
        form=Form(),
        session="none",
        request=SentRequest("GET", "http://localhost/api_v3/api_schema.php", (), b""),
        response=Received(status, headers, body),
        answer=Malformed("not JSON"),
        started_at=0.0,
        elapsed_ms=1.0,
    )


def test_sound_schema_breaks_nothing() -> None:
    assert broken(read()) == []


def test_real_schema_breaks_nothing(data_folder: Path) -> None:
    schema = read_schema(data_folder / "KalturaClient-22.19.0.xml")

    assert broken(schema) == []


REJECTED: dict[str, tuple[Any, ...]] = {
    "version": (
        oracle.schema_says_its_version_and_date,
        "apiVersion",
        ('apiVersion="1.2.3"', 'apiVersion="Venus"'),
    ),
    "date": (
        oracle.schema_says_its_version_and_date,
        "generatedDate",
        ('generatedDate="1700000000"', ""),
    ),
    "stray attribute": (
        oracle.schema_keeps_to_the_grammar,
        "line 14 <class>",
        ('<class name="KalturaMulti', '<class readonly="1" name="KalturaMulti'),
    ),
    "underscore in a name": (
        oracle.types_are_named_by_the_pattern,
        "Kaltura_X",
        (THING, f'<class name="Kaltura_X"/>{THING}'),
    ),
    "foreign name": (
        oracle.types_are_named_by_the_pattern,
        "Thing",
        (THING, f'<class name="Thing"/>{THING}'),
    ),
    "class and enum of one name": (
        oracle.types_are_named_by_the_pattern,
        "KalturaColor",
        (THING, f'<class name="KalturaColor"/>{THING}'),
    ),
    "child before its base": (
        oracle.bases_come_before_their_children,
        "KalturaChild",
        ("<classes>", '<classes><class name="KalturaChild" base="KalturaLight"/>'),
    ),
    "array of nothing": (
        oracle.arrays_name_their_elements,
        "KalturaThing.x",
        (THING, f'{THING}<property name="x" type="array"/>'),
    ),
    "map of nothing as a parameter": (
        oracle.arrays_name_their_elements,
        "lights.on:bright",
        ('type="bool" optional="1" default="true"', 'type="map"'),
    ),
    "array of nothing as a result": (
        oracle.arrays_name_their_elements,
        "lights.on result",
        ("<result/>", '<result type="array"/>'),
    ),
    "time as text": (
        oracle.times_are_whole_numbers,
        "KalturaBaseThing.createdAt",
        ('type="int" isTime', 'type="string" isTime'),
    ),
    "redeclared property": (
        oracle.inherited_properties_are_not_redeclared,
        "KalturaThing.id",
        (THING, f'{THING}<property name="id" type="string"/>'),
    ),
    "read-only and insert-only": (
        oracle.read_only_excludes_writing,
        "KalturaBaseThing.id",
        ('name="id" type="int" readOnly="1"', 'name="id" type="int" readOnly="1" insertOnly="1"'),
    ),
    "read-only and write-only": (
        oracle.read_only_excludes_writing,
        "KalturaBaseThing.id",
        ('name="id" type="int" readOnly="1"', 'name="id" type="int" readOnly="1" writeOnly="1"'),
    ),
    "lengths that cannot be": (
        oracle.limits_leave_room,
        "KalturaBaseThing.name",
        ('minLength="1"', 'minLength="10"'),
    ),
    "values that cannot be": (
        oracle.limits_leave_room,
        "KalturaBaseThing.color",
        ('maxValue="2"', 'maxValue="0.5"'),
    ),
    "length below zero": (
        oracle.limits_leave_room,
        "KalturaBaseThing.name",
        ('minLength="1"', 'minLength="-1"'),
    ),
    "string without its twin": (
        oracle.multilingual_strings_have_twins,
        "KalturaThing.shape",
        ('type="string" enumType="KalturaShape"', 'type="string" multiLingual="1"'),
    ),
    "twin without its string": (
        oracle.multilingual_strings_have_twins,
        "KalturaBaseThing.multiLingual_name",
        ('<property name="name"', '<property name="title"'),
    ),
    "twin that is no array": (
        oracle.multilingual_strings_have_twins,
        "KalturaBaseThing.multiLingual_name",
        ('type="array" arrayType="KalturaMultiLingualString"', 'type="string"'),
    ),
    "multi-lingual number": (
        oracle.multilingual_strings_have_twins,
        "KalturaBaseThing.id",
        ('name="id" type="int"', 'name="id" type="int" multiLingual="1"'),
    ),
    "string from an int enum": (
        oracle.enums_match_their_members,
        "KalturaBaseThing.color",
        ('type="int" enumType="KalturaColor"', 'type="string" enumType="KalturaColor"'),
    ),
    "int enum of words": (
        oracle.int_enums_hold_whole_numbers,
        "KalturaColor.RED",
        ('name="RED" value="-1"', 'name="RED" value="red"'),
    ),
    "constant twice": (
        oracle.constants_are_named_once,
        "KalturaColor.RED",
        ('name="ROUGE"', 'name="RED"'),
    ),
    "list of values that is a number": (
        oracle.value_lists_are_strings,
        "KalturaThingFilter.shapeIn",
        ('type="string" valuesEnumType', 'type="int" valuesEnumType'),
    ),
    "order without a sign": (
        oracle.order_by_values_are_signed,
        "KalturaThingOrderBy.ID_ASC",
        ('value="+id"', 'value="id"'),
    ),
    "order that is a number": (
        oracle.order_by_values_are_signed,
        "KalturaThingOrderBy",
        (
            'name="KalturaThingOrderBy" enumType="string"',
            'name="KalturaThingOrderBy" enumType="int"',
        ),
    ),
    "order one way": (
        oracle.order_by_names_properties_both_ways,
        "KalturaThingOrderBy id",
        ('<const name="ID_DESC" value="-id"/>', ""),
    ),
    "order of no property": (
        oracle.order_by_names_properties_both_ways,
        "KalturaThingOrderBy ix",
        ('value="+id"', 'value="+ix"'),
    ),
    "filter without an order": (
        oracle.filters_can_order,
        "KalturaFilter.orderBy",
        ('<property name="orderBy" type="string"/>', ""),
    ),
    "order of another type": (
        oracle.filters_can_order,
        "KalturaThingFilter.orderBy",
        ('<property name="orderBy" type="string"/>', '<property name="orderBy" type="int"/>'),
    ),
    "list without a count": (
        oracle.list_response_counts,
        "KalturaListResponse.totalCount",
        ('<property name="totalCount" type="int" readOnly="1"/>', ""),
    ),
    "count as text": (
        oracle.list_response_counts,
        "KalturaThingListResponse.totalCount",
        ('name="totalCount" type="int"', 'name="totalCount" type="string"'),
    ),
    "list that answers one object": (
        oracle.list_answers_a_list_response,
        "plug_thing.list result",
        ('<result type="KalturaThingListResponse"/>', '<result type="KalturaThing"/>'),
    ),
    "list that answers nothing": (
        oracle.list_answers_a_list_response,
        "plug_thing.list result",
        ('<result type="KalturaThingListResponse"/>', "<result/>"),
    ),
    "list response without objects": (
        oracle.list_answers_a_list_response,
        "KalturaThingListResponse.objects",
        ('<property name="objects" type="array" arrayType="KalturaThing"/>', ""),
    ),
    "list response with one object": (
        oracle.list_answers_a_list_response,
        "KalturaThingListResponse.objects",
        ('type="array" arrayType="KalturaThing"', 'type="KalturaThing"'),
    ),
    "list of strangers": (
        oracle.listed_objects_are_the_entity,
        "plug_thing.list result",
        ('<result type="KalturaThingListResponse"/>', '<result type="KalturaLightListResponse"/>'),
    ),
    "filter that extends no filter": (
        oracle.list_filters_descend_from_filters,
        "plug_thing.list:filter",
        ('Filter" base="KalturaFilter"', 'Filter" base="KalturaBaseThing"'),
    ),
    "nothing to read by": (
        oracle.written_objects_can_be_read,
        "plug_thing",
        ('action name="get"', 'action name="fetch"'),
        ('action name="list"', 'action name="all"'),
    ),
    "add that answers a stranger": (
        oracle.action_answers_the_entity_it_takes,
        "plug_thing.add result",
        ('/><result type="KalturaThing"/>', '/><result type="KalturaLight"/>'),
    ),
    "get of nothing": (
        oracle.object_is_named_by_a_parameter,
        "plug_thing.get params",
        ('action name="get"><param name="id" type="int" optional="0"/>', 'action name="get">'),
    ),
    "service of another name": (
        oracle.service_is_named_after_its_entity,
        "plug_gadget name",
        ('id="plug_thing" name="thing"', 'id="plug_gadget" name="gadget"'),
    ),
    "id in capitals": (
        oracle.service_id_is_its_name_in_lower_case,
        "Lights id",
        ('id="lights"', 'id="Lights"'),
    ),
    "id without its plugin": (
        oracle.service_id_is_its_name_in_lower_case,
        "thing id",
        ('id="plug_thing"', 'id="thing"'),
    ),
    "undeclared plugin": (
        oracle.plugins_are_declared,
        "KalturaThing",
        (THING, THING.replace('"plug"', '"gulp"')),
    ),
    "missing dependency": (
        oracle.plugins_are_declared,
        "plug",
        ('<plugin name="plug"/>', '<plugin name="plug"><dependency pluginName="x"/></plugin>'),
    ),
    "file in a multirequest": (
        oracle.file_answers_stay_out_of_multirequest,
        "plug_thing.serve enableInMultiRequest",
        ('enableInMultiRequest="0"', 'enableInMultiRequest="1"'),
    ),
    "value kept out of multirequests": (
        oracle.file_answers_stay_out_of_multirequest,
        "lights.on enableInMultiRequest",
        ('<action name="on"', '<action enableInMultiRequest="0" name="on"'),
    ),
    "alias of nothing": (
        oracle.aliases_name_actions,
        "plug_thing.serve actionAlias",
        ("plug_Thing.serve", "plug_Thing.nothing"),
    ),
    "parameter twice": (
        oracle.parameters_are_named_once,
        "lights.on:bright",
        ('<param name="bright"', '<param name="bright" type="bool"/><param name="bright"'),
    ),
    "default of another type": (
        oracle.defaults_can_be_read,
        "plug_thing.serve:id default",
        ('default="-1"', 'default="yes"'),
    ),
    "default of a flag": (
        oracle.defaults_can_be_read,
        "lights.on:bright default",
        ('default="true"', 'default="2"'),
    ),
    "default of an object": (
        oracle.defaults_can_be_read,
        "plug_thing.list:filter default",
        ('default="null"', 'default="new"'),
    ),
    "placeholder without a parameter": (
        oracle.error_placeholders_are_parameters,
        "NOT_FOUND",
        ('<parameter name="A"/>', ""),
    ),
    "parameter without a placeholder": (
        oracle.error_placeholders_are_parameters,
        "NOT_FOUND",
        ("No @B@ or @A@", "No @B@"),
    ),
    "code that is a sentence": (
        oracle.error_codes_are_tokens,
        "Not found",
        ('name="NOT_FOUND" code="NOT_FOUND"', 'name="Not found" code="Not found"'),
    ),
    "error of the framework that is not published": (
        oracle.errors_of_the_framework_are_published,
        "errors INVALID_KS",
        ('name="INVALID_KS" code="INVALID_KS"', 'name="INVALID_K" code="INVALID_K"'),
    ),
    "error of another name": (
        oracle.error_codes_are_tokens,
        "NOT_FOUND",
        ('name="NOT_FOUND" code', 'name="GONE" code'),
    ),
}


@pytest.mark.parametrize("name", REJECTED)
def test_departure_is_found_by_its_requirement(name: str) -> None:
    broken_one, where, *changes = REJECTED[name]

    found = broken(read(*changes))

    assert (broken_one.requirement, where) in found


def test_every_oracle_of_a_schema_has_a_departure() -> None:
    oracles = {getattr(oracle, name).requirement for name in oracle.__all__}

    served = {"SCHEMA-SERVE-001", "SCHEMA-SERVE-002", "SCHEMA-SERVE-003"}
    assert oracles - served == {broken_one.requirement for broken_one, *_ in REJECTED.values()}


ACCEPTED = {
    "list response classes that no list answers may be of another form": (
        (THING, f'<class name="KalturaOddListResponse" base="KalturaListResponse"/>{THING}'),
    ),
    "id may be of another declared plugin": (
        ('id="plug_thing"', 'id="other_thing"'),
        ("plug_Thing.serve", "other_thing.serve"),
        ("<plugins>", '<plugins><plugin name="Other"/>'),
    ),
    "schema may declare no plugins at all": (('<plugin name="plug"/>', ""),),
    "number may have an empty default": (('default="-1"', 'default=""'),),
    "code may end in a blank": (('code="NOT_FOUND"', 'code="NOT_FOUND "'),),
    "service may add without reading what is not its own": (
        ('action name="on"', 'action name="add"'),
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_real_servers_do_is_accepted(name: str) -> None:
    assert broken(read(*ACCEPTED[name])) == []


@pytest.mark.parametrize("content_type", ["text/xml", "text/xml;charset=UTF-8", "Application/XML"])
def test_served_xml_is_accepted(content_type: str) -> None:
    answer = exchange(content_type=content_type)

    assert list(oracle.schema_is_served_as_xml(answer)) == []


@pytest.mark.parametrize(
    ("status", "content_type", "where"),
    [(404, "text/xml", "status"), (200, "text/html", "Content-Type"), (200, None, "Content-Type")],
)
def test_schema_served_as_something_else_is_rejected(
    status: int, content_type: str | None, where: str
) -> None:
    answer = exchange(status=status, content_type=content_type)

    breaches = list(oracle.schema_is_served_as_xml(answer))

    assert [(b.where, b.exchanges) for b in breaches] == [(where, (7,))]


def test_served_schema_that_can_be_read_is_accepted() -> None:
    assert list(oracle.served_schema_can_be_read(exchange())) == []


@pytest.mark.parametrize(
    "body",
    [
        SOUND.encode()[:-100],
        SOUND.replace('base="KalturaBaseThing"', 'base="KalturaGone"').encode(),
        b"not generated",
        b"",
    ],
)
def test_served_schema_that_cannot_be_read_is_rejected(body: bytes) -> None:
    breaches = list(oracle.served_schema_can_be_read(exchange(body)))

    assert [breach.exchanges for breach in breaches] == [(7,)]


def test_unreadable_schema_with_an_error_status_is_for_another_requirement() -> None:
    assert list(oracle.served_schema_can_be_read(exchange(b"", status=500))) == []


def test_two_answers_that_differ_in_layout_only_are_accepted() -> None:
    again = SOUND.replace("1700000000", "1800000000").replace("\n<", "\n\n<").encode()

    assert list(oracle.served_schema_stays_the_same(exchange(), exchange(again))) == []


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('id="lights"', 'id="light"', "services"),
        ('<action name="on"', '<action deprecated="1" name="on"', "services"),
        ('maxLength="9"', 'maxLength="8"', "classes"),
        ('value="-1"', 'value="3"', "enums"),
        ("No @B@", "None @B@", "errors"),
        ('<plugin name="plug"/>', '<plugin name="plug"/><plugin name="x"/>', "plugins"),
    ],
)
def test_two_answers_that_differ_in_content_are_rejected(old: str, new: str, part: str) -> None:
    assert old in SOUND
    breaches: list[Breach] = list(
        oracle.served_schema_stays_the_same(
            exchange(), exchange(SOUND.replace(old, new, 1).encode())
        )
    )

    assert [breach.where for breach in breaches] == [part]


def test_lineage_of_a_schema_without_list_responses_is_accepted() -> None:
    schema = parse_schema(b'<xml><classes><class name="KalturaA"/></classes></xml>', "s")

    assert list(oracle.list_response_counts(Lineage(schema))) == []
