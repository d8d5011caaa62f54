"""What was sent is held against what came back by the types of the schema, no more and no less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.oracles.comparison import DEEPEST, changes, same_scalar, shown
from conformance.schema.lineage import Lineage
from conformance.schema.model import TypeRef
from conformance.schema.reader import parse_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

FLAGS = 'readOnly="0" insertOnly="0" writeOnly="0"'
SCHEMA = f"""<xml><enums>
 <enum name="KalturaColor" enumType="int"><const name="RED" value="1"/></enum>
 <enum name="KalturaShape" enumType="string"><const name="CUBE" value="2"/></enum>
</enums><classes>
 <class name="KalturaPart"><property name="code" type="string" {FLAGS}/></class>
 <class name="KalturaBigPart" base="KalturaPart"><property name="size" type="int" {FLAGS}/></class>
 <class name="KalturaHugePart" base="KalturaBigPart"/>
 <class name="KalturaThing">
  <property name="name" type="string" {FLAGS}/>
  <property name="count" type="int" {FLAGS}/>
  <property name="bytes" type="bigint" {FLAGS}/>
  <property name="ratio" type="float" {FLAGS}/>
  <property name="good" type="bool" {FLAGS}/>
  <property name="color" type="int" enumType="KalturaColor" {FLAGS}/>
  <property name="shape" type="string" enumType="KalturaShape" {FLAGS}/>
  <property name="startDate" type="int" isTime="1" {FLAGS}/>
  <property name="password" type="string" readOnly="0" insertOnly="0" writeOnly="1"/>
  <property name="part" type="KalturaPart" {FLAGS}/>
  <property name="parts" type="array" arrayType="KalturaPart" {FLAGS}/>
  <property name="partsIds" type="string" {FLAGS}/>
  <property name="labels" type="map" arrayType="KalturaPart" {FLAGS}/>
  <property name="inner" type="KalturaThing" {FLAGS}/>
 </class>
</classes></xml>"""
LINEAGE = Lineage(parse_schema(SCHEMA.encode(), "things.xml"))


def places(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    """Where a thing is not what it should be."""
    return [change.path for change in changes(expected, actual, "KalturaThing", LINEAGE)]


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ({"name": "a"}, {"name": "a", "count": 7, "extra": None}),
        ({"name": ""}, {}),
        ({"name": "12"}, {"name": 12}),
        ({"count": 12}, {"count": "12"}),
        ({"count": 12}, {"count": 12.0}),
        ({"bytes": 9_007_199_254_740_993}, {"bytes": "9007199254740993"}),
        ({"ratio": 0.1}, {"ratio": "0.1000000001"}),
        ({"ratio": 2.0}, {"ratio": 2}),
        ({"good": True}, {"good": 1}),
        ({"good": False}, {"good": "0"}),
        ({"color": 1}, {"color": True}),
        ({"shape": "2"}, {"shape": 2}),
        ({"startDate": 1_800_000_000}, {"startDate": "1800000002"}),
        ({"objectType": "KalturaThing"}, {"objectType": "KalturaOther"}),
        ({"nobodyKnows": 1}, {}),
        ({"password": "secret"}, {}),
        ({"part": {}}, {}),
        ({"part": {"code": "a"}}, {"part": {"objectType": "KalturaPart", "code": "a"}}),
        ({"parts": []}, {}),
        ({"parts": [{"code": "a"}]}, {"parts": {"1": {"code": "a"}}}),
        ({"labels": {"a": {"code": "b"}}}, {}),
        ({"partsIds": "0,2,7"}, {"partsIds": "7,0,2"}),
        ({"partsIds": "2"}, {"partsIds": 2}),
    ],
)
def test_the_same_in_other_clothes_is_no_change(
    sent: dict[str, Any], answered: dict[str, Any]
) -> None:
    """What a server may write otherwise, fill in, keep to itself or has never heard of."""
    assert places(sent, answered) == []


@pytest.mark.parametrize(
    ("sent", "answered", "where"),
    [
        ({"name": "a"}, {"name": "A"}, "$.name"),
        ({"name": "a"}, {"name": "a "}, "$.name"),
        ({"name": "a"}, {}, "$.name"),
        ({"name": "a"}, {"name": None}, "$.name"),
        ({"name": "a"}, {"name": ["a"]}, "$.name"),
        ({"count": 12}, {"count": 1}, "$.count"),
        ({"count": 12}, {"count": "many"}, "$.count"),
        ({"count": 0}, {}, "$.count"),
        ({"bytes": 9_007_199_254_740_993}, {"bytes": 9_007_199_254_740_992}, "$.bytes"),
        ({"ratio": 0.5}, {"ratio": 0}, "$.ratio"),
        ({"good": True}, {"good": 0}, "$.good"),
        ({"good": False}, {}, "$.good"),
        ({"color": 1}, {"color": 2}, "$.color"),
        ({"startDate": 1_800_000_000}, {"startDate": 1_800_000_003}, "$.startDate"),
        ({"part": {"code": "a"}}, {}, "$.part"),
        ({"part": {"code": "a"}}, {"part": "a"}, "$.part"),
        ({"part": {"code": "a"}}, {"part": {"code": "b"}}, "$.part.code"),
        ({"parts": [{"code": "a"}]}, {}, "$.parts"),
        ({"parts": [{"code": "a"}]}, {"parts": "a"}, "$.parts"),
        ({"parts": []}, {"parts": [{"code": "a"}]}, "$.parts"),
        (
            {"parts": [{"code": "a"}, {"code": "b"}]},
            {"parts": [{"code": "a"}, {"code": "a"}]},
            "$.parts[1].code",
        ),
        ({"parts": [{"code": "a"}, {"code": "b"}]}, {"parts": [{"code": "a"}]}, "$.parts"),
        ({"partsIds": "0,2"}, {"partsIds": "0"}, "$.partsIds"),
        ({"partsIds": "0,2"}, {"partsIds": "0,2,2"}, "$.partsIds"),
        ({"partsIds": "0,2"}, {}, "$.partsIds"),
        ({"name": "0,2"}, {"name": "2,0"}, "$.name"),
    ],
)
def test_another_value_is_a_change_with_its_path(
    sent: dict[str, Any], answered: dict[str, Any], where: str
) -> None:
    """Each departure is told once, as deep as it goes."""
    assert places(sent, answered) == [where]


def test_subclass_is_compared_by_its_own_properties() -> None:
    """A member of a derived class has more than the property's class declares."""
    sent = {"part": {"objectType": "KalturaBigPart", "size": 1}}

    assert places(sent, {"part": {"objectType": "KalturaBigPart", "size": 2}}) == ["$.part.size"]


@pytest.mark.parametrize("found", ["KalturaBigPart", "KalturaHugePart", "KalturaOfTomorrow", None])
def test_member_may_be_finer_than_it_was_sent(found: str | None) -> None:
    """The class that was sent, one below it, one that the schema does not know; or not told."""
    answered = {"objectType": found} if found else {}

    assert places({"parts": [{"objectType": "KalturaBigPart"}]}, {"parts": [answered]}) == []


@pytest.mark.parametrize("found", ["KalturaPart", "KalturaThing"])
def test_member_of_another_class_is_a_change(found: str) -> None:
    """The base is not what was sent, and a stranger is not either."""
    sent, answered = {"objectType": "KalturaBigPart"}, {"objectType": found}

    assert places({"part": sent}, {"part": answered}) == ["$.part.objectType"]
    assert places({"part": {"objectType": "KalturaPart"}}, {"part": answered}) == []


def test_comparison_ends_somewhere() -> None:
    """An object within itself is compared to a depth that no real one reaches."""
    sent: dict[str, Any] = {"name": "a"}
    for _ in range(DEEPEST + 1):
        sent = {"inner": sent}

    assert places(sent, {"inner": {}}) == ["$.inner.inner"]
    assert places(sent, sent) == []


def test_change_says_both_sides() -> None:
    """As a person reads them: what is missing is absent, what is long is cut."""
    told = next(changes({"name": "a" * 500}, {}, "KalturaThing", LINEAGE))

    assert told.expected == f"'{'a' * 118}…"
    assert told.actual == "absent"


@pytest.mark.parametrize(
    ("value", "expected"), [(None, "absent"), ("", "''"), (0, "0"), ([], "[]")]
)
def test_shown_tells_nothing_from_empty(value: Any, expected: str) -> None:
    """Null is absent; the empty text, zero and the empty list are something."""
    assert shown(value) == expected


def test_time_that_is_text_is_compared_as_text() -> None:
    """A schema may mark a string as a time; that is for the schema's requirements."""
    text = TypeRef(kind="string", is_time=True)

    assert same_scalar("noon", "noon", text)
    assert not same_scalar("noon", "night", text)


def test_what_cannot_be_read_as_its_type_is_the_same_where_it_did_not_change() -> None:
    """That it cannot be read is another rule's matter."""
    time = TypeRef("int", is_time=True)

    assert same_scalar("yesterday", "yesterday", time)
    assert not same_scalar("yesterday", "today", time)
