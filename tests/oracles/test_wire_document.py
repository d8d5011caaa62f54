"""Documents on the wire: what is empty, what is a boolean, what XML and JSONP have to hold."""

from __future__ import annotations

import pytest

from conformance.oracles import wire
from conformance.schema.model import (
    Action,
    TypeRef,
)
from conformance.wire.request import Form, Format
from tests.oracles.things import (
    BOOL,
    ERROR_JSON,
    GET,
    GONE,
    IN_XML,
    LINEAGE,
    SCHEMA,
    THING_XML,
    answered,
    where,
)


def test_a_void_answer_is_empty() -> None:
    """Null and the empty element are void, a value is not."""
    void_xml = "<xml><result></result><executionTime>0</executionTime></xml>"

    assert where(wire.void_is_empty(answered("null"), GONE)) == []
    assert where(wire.void_is_empty(answered(void_xml, form=IN_XML), GONE)) == []
    assert where(wire.void_is_empty(answered("true"), GONE)) == ["$"]
    assert where(wire.void_is_empty(answered('""'), GONE)) == ["$"]
    assert where(wire.void_is_empty(answered(ERROR_JSON), GONE)) == []


def test_a_plugins_own_void_actions_may_answer() -> None:
    """Another system's protocol may answer what is declared void."""
    hook = Action("sip_pexip", "handleCall", params=(), result=TypeRef(kind="void"))

    assert list(wire.void_is_empty(answered('{"action":"reject"}'), hook)) == []


@pytest.mark.parametrize("value", ["true", "false", "1", "0", '"1"', "null"])
def test_loose_booleans_are_accepted_in_json(value: str) -> None:
    """Stored 0 and 1 are booleans too."""
    body = f'{{"on":{value},"objectType":"KalturaThing"}}'

    assert list(wire.booleans_are_booleans(answered(body), GET, SCHEMA, LINEAGE)) == []


@pytest.mark.parametrize("value", ['"true"', '"no"', "2", "[]"])
def test_other_booleans_are_breaches_in_json(value: str) -> None:
    """The text true is no boolean."""
    body = f'{{"parts":[{{"on":{value},"objectType":"KalturaThing"}}],"objectType":"KalturaThing"}}'

    found = where(wire.booleans_are_booleans(answered(body), GET, SCHEMA, LINEAGE))
    assert found == ["$.parts[0].on"]


def test_a_written_out_boolean_is_a_breach_in_xml() -> None:
    """XML knows 1 and 0."""
    sound = answered(THING_XML, form=IN_XML)
    broken = answered(THING_XML.replace("<on>1<", "<on>true<"), form=IN_XML)

    assert list(wire.booleans_are_booleans(sound, GET, SCHEMA, LINEAGE)) == []
    assert where(wire.booleans_are_booleans(broken, GET, SCHEMA, LINEAGE)) == ["$.on"]


def test_a_boolean_result_is_judged_too() -> None:
    """The declared result may itself be a boolean."""
    ping = Action("system", "ping", params=(), result=BOOL)

    assert list(wire.booleans_are_booleans(answered("true"), ping, SCHEMA, LINEAGE)) == []
    assert where(wire.booleans_are_booleans(answered('"true"'), ping, SCHEMA, LINEAGE)) == ["$"]


def test_a_property_without_an_element_is_a_breach() -> None:
    """Null is an empty element; write-only and guarded properties are not owed."""
    sound = answered(THING_XML, form=IN_XML)
    broken = answered(THING_XML.replace("<parts></parts>", ""), form=IN_XML)
    reduced = answered(broken.response.body, form=IN_XML, params={"ignoreNull": "1"})

    assert list(wire.xml_writes_every_property(sound, GET, SCHEMA, LINEAGE)) == []
    assert where(wire.xml_writes_every_property(broken, GET, SCHEMA, LINEAGE)) == ["/xml/result"]
    assert list(wire.xml_writes_every_property(reduced, GET, SCHEMA, LINEAGE)) == []


def test_properties_run_from_base_to_derived() -> None:
    """Elements that the schema does not know may stand anywhere."""
    sound = answered(THING_XML, form=IN_XML)
    broken = answered(
        THING_XML.replace("<id>1</id>", "").replace("</parts>", "</parts><id>1</id>"), form=IN_XML
    )

    assert list(wire.xml_orders_properties_base_first(sound, GET, SCHEMA, LINEAGE)) == []
    assert where(wire.xml_orders_properties_base_first(broken, GET, SCHEMA, LINEAGE)) == [
        "/xml/result"
    ]


def test_jsonp_is_a_call_of_the_callback() -> None:
    """A semicolon may close it."""
    form = Form(format=Format.JSONP, callback="cb")
    judge = wire.jsonp_wraps_in_the_callback

    assert where(judge(answered("cb({});", form=form), "cb")) == []
    assert where(judge(answered("cb({})", form=form), "cb")) == []
    assert where(judge(answered("{}", form=form), "cb")) == ["$"]
    assert where(judge(answered("other({});", form=form), "cb")) == ["$"]


def test_ignore_null_leaves_out_nulls_only() -> None:
    """An empty text stays, a null property goes."""
    json = answered('{"objects":[{"id":"1","name":"","objectType":"KalturaThing"}]}')
    item = "<objectType>KalturaThing</objectType><id>1</id><name></name>"
    full = f"<xml><result><objects><item>{item}<size></size></item></objects></result></xml>"
    reduced = full.replace("<size></size>", "")
    judge = wire.ignore_null_drops_empty_elements

    assert where(judge(json, answered(reduced, form=IN_XML), SCHEMA, LINEAGE)) == []
    assert where(judge(json, answered(full, form=IN_XML), SCHEMA, LINEAGE)) == ["$.objects[0]"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text/xml", []),
        ("text/xml;charset=UTF-8", []),
        ('text/xml; charset="utf-8"', []),
        ("text/xml;charset=ISO-8859-1", ["Content-Type"]),
        ("text/html;charset=latin1", ["Content-Type", "Content-Type"]),
    ],
)
def test_charset_is_utf_8_where_it_is_named(kind: str, expected: list[str]) -> None:
    """What the answer says of its letters is true."""
    made = answered(THING_XML, form=IN_XML, headers={"Content-Type": kind})

    assert where(wire.content_type_follows_format(made, GET)) == expected
