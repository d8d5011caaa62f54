"""What a finding says of the schema becomes a condition that its program can ask."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.plugin.schema_conditions import schema_asked, schema_conditions
from conformance.plugin.script import HELPERS, TEMPLATE
from conformance.plugin.staging import holds
from conformance.verdict.breach import Breach

SOUND = """<xml apiVersion="22.1.0" generatedDate="1700000000">
<enums><enum name="KalturaKind" enumType="int"><const name="A" value="1"/></enum>
<enum name="KalturaNoteOrderBy" enumType="string">
<const name="UP" value="+size"/><const name="DOWN" value="-size"/></enum></enums>
<classes><class name="KalturaBase"><property name="id" type="int"/></class>
<class name="KalturaNote" base="KalturaBase"><property name="size" type="int" isTime="1"/>
<property name="all" type="array" arrayType="KalturaBase"/></class></classes>
<services><service id="note" name="note"><action name="get" enableInMultiRequest="1">
<param name="id" type="int"/><result type="KalturaNote"/></action></service></services>
<plugins/><errors><error name="GONE" code="GONE" message="@ID@"><parameter name="ID"/></error>
</errors></xml>"""
BROKEN = (
    ("22.1.0", "Venus", "apiVersion", "dotted numbers such as 22.19.0", "'Venus'"),
    ('"KalturaKind"', '"Kaltura_Kind"', "Kaltura_Kind", "letters", "'Kaltura_Kind'"),
    ('"int" isTime', '"string" isTime', "KalturaNote.size", "int with isTime", "string"),
    (' arrayType="KalturaBase"', "", "KalturaNote.all", "an arrayType", "array without one"),
    ('name="id" type="int"/></c', 'name="x" type="int"/></c', "KalturaNote.id", "an int", "absent"),
    ('value="-size"', 'value="+size"', "KalturaNoteOrderBy size", "+size and -size", "one of them"),
    ('"get" enableInMultiRequest="1"', '"get"', "note.get enableInMultiRequest", "1", "0"),
    ('<param name="id" type="int"/>', "", "note.get params", "at least the object's id", "none"),
    ('<parameter name="ID"/>', "", "GONE", "parameters ID", "none"),
    ('"A" value="1"/>', '"A" value="1"/><const name="A" value="2"/>', "KalturaKind.A", "one", "2"),
    ('"GONE" code', '"WENT" code', "errors GONE", "the error with its message", "absent"),
    ('<result type="KalturaNote"/>', '<result type="KalturaBase"/>', "note name",
     "a word of KalturaBase", "note"),
    ("</errors></xml>", "", "schema:9", "a readable schema", "not well-formed XML"),
)  # fmt: skip


def answer(text: str) -> dict[str, Any]:
    """The names of a program that has fetched this schema as `r1`."""
    names: dict[str, Any] = {"__name__": "reproduce"}
    program = TEMPLATE.read_text(encoding="utf-8").replace("@PHP@", "").replace("@HELPERS@", "")
    exec(program.partition("class Server")[0].partition("TRIES =")[0], names)  # noqa: S102 - our own text
    exec(HELPERS.read_text(encoding="utf-8"), names)  # noqa: S102 - as above

    class Answer:
        status, headers = 200, {"content-type": "text/xml"}

    found = Answer()
    found.text = text  # type: ignore[attr-defined]
    return {**names, "r1": found}


@pytest.mark.parametrize(
    ("was", "now", "where", "expected", "actual"), BROKEN, ids=[each[2] for each in BROKEN]
)
def test_a_condition_tells_the_broken_schema_from_the_sound_one(
    was: str, now: str, where: str, expected: str, actual: str
) -> None:
    """One at least holds of the sound schema and not of the other."""
    broken = SOUND.replace(was, now)
    breach = Breach(where, expected, actual)

    claims = list(schema_conditions(breach, broken.encode(), "r1", before=None))

    assert broken != SOUND
    telling = [
        claim
        for claim in claims
        if holds(claim, answer(SOUND)) is True and holds(claim, answer(broken)) is False
    ]
    assert telling, claims


def test_a_name_that_would_end_a_path_is_in_none() -> None:
    """What a schema calls things goes into a program; a quote in it makes no condition."""
    hostile = SOUND.replace('"KalturaNote"', "\"Kaltura']|//*['\"")

    claims = list(
        schema_conditions(
            Breach("Kaltura']|//*['.size", "int", "string"), hostile.encode(), "r1", before=None
        )
    )

    assert [claim for claim in claims if "//*" in claim] == []


def test_the_schema_is_asked_for_as_any_client_does() -> None:
    """With a GET and without a session."""
    asked = schema_asked("http://127.0.0.1:1", SOUND.encode())

    assert (asked.request.method, asked.session) == ("GET", "none")
    assert asked.request.url == "http://127.0.0.1:1/api_v3/api_schema.php"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("N;", None),
        ("b:1;", True),
        ("i:-7;", -7),
        ("d:0.5;", 0.5),
        ('s:5:"żółw"', None),
        ('s:7:"żółw";', "żółw"),
        ('a:2:{i:0;s:1:"a";i:1;s:1:"b";}', ["a", "b"]),
        ('O:3:"Foo":1:{s:2:"id";i:3;}', {"objectType": "Foo", "id": 3}),
    ],
)
def test_serialised_php_is_read(text: str, value: object) -> None:
    """By a reader that stands in a program; what is cut has no value there."""
    read = answer(SOUND)["php"]

    try:
        found = read(text)
    except (LookupError, ValueError):
        found = None
    assert found == value
