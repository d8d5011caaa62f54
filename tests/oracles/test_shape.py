from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.oracles.shape import Walk
from conformance.schema.lineage import Lineage
from conformance.schema.model import TypeRef
from conformance.schema.reader import parse_schema

if TYPE_CHECKING:
    from conformance.schema.model import Schema

THING = TypeRef("object", name="KalturaThing")
SOUND = {
    "id": "12",
    "name": "a",
    "status": 2,
    "type": "plain",
    "createdAt": 1795413176,
    "size": "1867662",
    "good": 1,
    "parts": [{"objectType": "KalturaThing", "id": 1}],
    "tags": [],
    "objectType": "KalturaThing",
    "newer": {"anything": None},
    "relatedObjects": [],
}


def kinds(schema: Schema, lineage: Lineage, value: Any, **how: Any) -> list[tuple[str, str]]:
    """The kind and place of each misfit."""
    walk = Walk(schema, lineage, **how)
    return [(misfit.kind, misfit.where) for misfit in walk.misfits(value, THING)]


def test_loose_scalars_fit(small_schema: Schema, small_lineage: Lineage) -> None:
    """Numbers as texts, booleans as numbers, unknown members and an empty map are sound."""
    assert kinds(small_schema, small_lineage, SOUND) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": {"a": 1}}, ("kind", "$.name")),
        ({"id": "twelve"}, ("kind", "$.id")),
        ({"parts": "x"}, ("kind", "$.parts")),
        ({"parts": [5]}, ("kind", "$.parts[0]")),
        ({"parts": [{"id": 1}]}, ("class", "$.parts[0].objectType")),
        ({"objectType": "KalturaOther"}, ("class", "$.objectType")),
        ({"objectType": "KalturaAbstractThing"}, ("class", "$.objectType")),
        ({"status": 99}, ("enum", "$.status")),
        ({"status": 0}, ("unset", "$.status")),
        ({"type": ""}, ("unset", "$.type")),
        ({"\0*\0path": 1}, ("odd-name", "$")),
        ({"type": "fancy"}, ("enum", "$.type")),
        ({"createdAt": 1795413176000}, ("time", "$.createdAt")),
        ({"secret": "x"}, ("write-only", "$.secret")),
        ({"secret": ""}, ("write-only", "$.secret")),
        ({"size": None}, ("null", "$.size")),
    ],
)
def test_misfits_are_found(
    small_schema: Schema,
    small_lineage: Lineage,
    change: dict[str, Any],
    expected: tuple[str, str],
) -> None:
    """Each departure is found where it is."""
    assert expected in kinds(small_schema, small_lineage, {**SOUND, **change})


def test_the_class_of_an_answer_is_known_by_its_declared_one(
    small_schema: Schema, small_lineage: Lineage
) -> None:
    """What a profile says of the class of an answer holds of that answer, not of what is in it."""
    part = {"objectType": "KalturaOther", "id": 1}
    value = {**SOUND, "objectType": "KalturaOther", "parts": [part]}

    def loose(kind: str, member: str) -> bool:
        return (kind, member) == ("class", "KalturaThing.objectType")

    assert kinds(small_schema, small_lineage, value, loose=loose) == []
    assert ("class", "$.parts[0].objectType") in kinds(
        small_schema, small_lineage, {**SOUND, "parts": [part]}, loose=loose
    )


def test_another_spelling_is_found(small_schema: Schema, small_lineage: Lineage) -> None:
    """A known property under another spelling is a departure, an unknown one is not."""
    value = {name: item for name, item in SOUND.items() if name != "createdAt"}

    assert kinds(small_schema, small_lineage, {**value, "created_at": 1}) == [
        ("name", "$.created_at")
    ]


@pytest.mark.parametrize("status", [True, "2", "plugin.Value"])
def test_plugin_values_are_sound(small_schema: Schema, small_lineage: Lineage, status: Any) -> None:
    """A plugin's value, a number as a text and a boolean for 1 are no departures."""
    assert kinds(small_schema, small_lineage, {**SOUND, "status": status}) == []


def test_unknown_class_is_read_as_the_declared_one(
    small_schema: Schema, small_lineage: Lineage
) -> None:
    """A newer plugin's class is no departure, and what is known of it is still held against it."""
    value = {**SOUND, "objectType": "KalturaNewerThing"}

    assert kinds(small_schema, small_lineage, value) == []
    assert kinds(small_schema, small_lineage, {**value, "id": "x"}) == [("kind", "$.id")]


PLUGIN = b"""<xml apiVersion="1.0.0" generatedDate="1"><enums/><classes>
  <class name="KalturaRoot" abstract="1" description=""/>
  <class name="KalturaPlain" base="KalturaRoot" description=""/>
  <class name="KalturaOutside" base="KalturaPlain" plugin="outside" description=""/>
  <class name="KalturaOwn" base="KalturaPlain" description=""/>
 </classes><services/><plugins><plugin name="outside"/></plugins><errors/><configurations/></xml>"""


@pytest.mark.parametrize(
    ("declared", "shown_as", "sound"),
    [
        ("KalturaOutside", "KalturaPlain", True),
        ("KalturaOutside", "KalturaRoot", False),
        ("KalturaOutside", "KalturaOwn", False),
        ("KalturaOwn", "KalturaPlain", False),
    ],
)
def test_object_of_a_plugin_may_be_shown_as_a_concrete_ancestor(
    *, declared: str, shown_as: str, sound: bool
) -> None:
    """externalMedia.get declares its own class and answers a KalturaMediaEntry (OBSERVED 27)."""
    schema = parse_schema(PLUGIN, "plugin.xml")
    walk = Walk(schema, Lineage(schema))

    found = list(walk.misfits({"objectType": shown_as}, TypeRef("object", name=declared)))

    assert (not found) is sound


def test_languages_are_a_list_only_when_asked_for(
    small_schema: Schema, small_lineage: Lineage
) -> None:
    """A multi-lingual text is a list under language=multi and nowhere else."""
    value = {**SOUND, "name": [{"language": "EN", "value": "a"}]}

    assert kinds(small_schema, small_lineage, value, multilingual=True) == []
    assert kinds(small_schema, small_lineage, value) == [("kind", "$.name")]


def test_known_departures_are_left_out(small_schema: Schema, small_lineage: Lineage) -> None:
    """A member that the profile knows to differ is not told, also by its base's name."""
    value = {**SOUND, "id": "x"}

    found = kinds(
        small_schema,
        small_lineage,
        value,
        loose=lambda kind, member: (kind, member) == ("kind", "KalturaAbstractThing.id"),
    )

    assert found == []


def test_xml_leaves_are_texts(small_schema: Schema, small_lineage: Lineage) -> None:
    """In XML every leaf is a text and null an empty one."""
    value = {
        "objectType": "KalturaThing",
        "relatedObjects": "",
        "id": "12",
        "size": "",
        "good": "1",
        "status": "",
        "parts": "",
        "secret": "",
    }

    assert kinds(small_schema, small_lineage, value, lexical=True) == []
    assert kinds(small_schema, small_lineage, {**value, "id": "x"}, lexical=True) == [
        ("kind", "$.id")
    ]
