"""Of an unsound schema what can be read is read, and what is read is sound."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from conformance.exceptions import SchemaError
from conformance.schema.reader import parse_schema, salvage_schema

from .writing import written

OWN = (resources.files("conformance.reference") / "files" / "KalturaClient.xml").read_bytes()
WHOLE = parse_schema(OWN, "own")

DAMAGES = {
    "a class is gone": (rb'<class name="KalturaPlayableEntry".*?</class>', b""),
    "an enum is gone": (rb'<enum name="KalturaMediaType".*?</enum>', b""),
    "a type is unknown": (rb'name="createdAt" type="int"', b'name="createdAt" type="moment"'),
    "a class is doubled": (rb'(<class name="KalturaPlaylist".*?</class>)', rb"\1\1"),
    "a class is its own ancestor": (
        rb'<class name="KalturaPlayableEntry" base="\w+"',
        b'<class name="KalturaPlayableEntry" base="KalturaMediaEntry"',
    ),
    "a limit is no number": (rb'maxLength="\d+"', b'maxLength="long"'),
    "a property has no name": (rb'<property name="tags"', b"<property"),
    "a parameter has no type": (rb'<param name="entryId" type="string"', b'<param name="entryId"'),
    "a result is unknown": (rb'<result type="KalturaPlaylist"', b'<result type="KalturaPlayList"'),
    "an action is doubled": (rb'(<action name="get".*?</action>)', rb"\1\1"),
    "a service has no name": (rb'<service id="media" name="media"', b'<service id="media"'),
    "it is cut in the services": (rb'(<service id="playlist".{200}).*', rb"\1"),
    "it is cut in the classes": (rb'(<class name="KalturaPlaylist".{80}).*', rb"\1"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_read_of_a_damaged_schema_is_sound(damage: str) -> None:
    """Little is lost, what was lost is told with its place, and the rest could be published."""
    pattern, replacement = DAMAGES[damage]
    content, count = re.subn(pattern, replacement, OWN, count=1, flags=re.DOTALL)
    assert count == 1
    with pytest.raises(SchemaError) as refused:
        parse_schema(content, "own")

    salvaged = salvage_schema(content, "own")

    assert str(refused.value) in salvaged.unsound
    sound = parse_schema(written(salvaged), "again")
    assert set(sound.classes) == set(salvaged.classes) <= set(WHOLE.classes)
    assert {a.id for a in sound.actions} == {a.id for a in salvaged.actions}
    if not damage.startswith("it is cut"):
        assert len(salvaged.actions) > len(WHOLE.actions) / 2


@given(names=st.sets(st.sampled_from([*WHOLE.classes, *WHOLE.enums]), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_missing_the_rest_is_sound(names: set[str]) -> None:
    """Nothing that is kept names what is gone."""
    root = etree.fromstring(OWN)
    for declared in [each for each in root.iter("class", "enum") if each.get("name") in names]:
        declared.getparent().remove(declared)
    salvaged = salvage_schema(etree.tostring(root), "own")
    sound = parse_schema(written(salvaged), "again")
    assert not names & {*sound.classes, *sound.enums}


def test_a_sound_schema_is_read_as_ever() -> None:
    """Nothing is left out of what is sound."""
    assert salvage_schema(OWN, "own") == WHOLE
    assert WHOLE.unsound == ()


@pytest.mark.parametrize(
    "content", [b"", b"KalturaClient.xml was not found", b"<html></html>", b"<xml>", b"{}"]
)
def test_what_is_no_schema_is_refused(content: bytes) -> None:
    """There is nothing to be judged by."""
    with pytest.raises(SchemaError):
        salvage_schema(content, "own")
