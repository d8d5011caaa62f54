"""Each planted change is told once, as what it is."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest

from conformance.cli.main import invoke
from conformance.schema.change import Impact
from conformance.schema.diff import schema_diff
from conformance.schema.reader import parse_schema
from tests.schema.planted import PLANTED, Planted, planted

if TYPE_CHECKING:
    from pathlib import Path

OWN = resources.files("conformance.reference") / "files" / "KalturaClient.xml"

FAMILY = """<xml apiVersion="1"><classes>
<class name="KalturaTop"><property name="a" type="int"/></class>
<class name="KalturaMiddle" base="KalturaTop"/>
<class name="KalturaLow" base="{base}"><property name="b" type="{kind}"{flags}/>{more}</class>
</classes></xml>"""


def family(base: str = "KalturaTop", kind: str = "int", flags: str = "", more: str = "") -> bytes:
    return FAMILY.format(base=base, kind=kind, flags=flags, more=more).encode()


def told(old: bytes, new: bytes) -> list[tuple[str, str, str]]:
    changes = schema_diff(parse_schema(old, "old"), parse_schema(new, "new"))
    return [(str(change.impact), change.what, change.place) for change in changes]


@pytest.mark.parametrize("change", PLANTED, ids=lambda change: f"{change.what} {change.place}")
def test_a_planted_change_is_told_as_what_it_is(change: Planted) -> None:
    """Its impact, what happened, and where."""
    content = OWN.read_bytes()

    found = told(content, planted(content, change))

    assert (str(change.impact), change.what, change.place) in found


def test_all_planted_changes_are_told_in_the_real_schema(data_folder: Path) -> None:
    """A release with all of them at once, and no breaking change besides."""
    content = (data_folder / "KalturaClient-22.19.0.xml").read_bytes()

    found = told(content, planted(content, *PLANTED))

    expected = [(str(c.impact), c.what, c.place) for c in PLANTED]
    assert sorted(expected) == sorted(each for each in found if each in expected)
    others = [each for each in found if each not in expected]
    # An error's new parameter comes with the lost one, and the removed class of a base takes
    # its properties along.
    assert ("additive", "error parameter added", "ENTRY_ID_NOT_FOUND") in others
    assert [
        each for each in others if each[0] == "breaking" and each[1] != "property removed"
    ] == []


def test_a_schema_does_not_differ_from_itself() -> None:
    """Nor by its digest or place."""
    content = OWN.read_bytes()

    assert told(content, content) == []


def test_a_property_that_moved_to_the_base_is_no_change() -> None:
    """An object has it as before."""
    moved = (
        family()
        .replace(b'<property name="b" type="int"/>', b"")
        .replace(
            b'<property name="a" type="int"/>',
            b'<property name="a" type="int"/><property name="b" type="int"/>',
        )
    )

    assert told(family(), moved) == [("additive", "property added", "KalturaTop.b")]


def test_a_class_put_in_between_breaks_nobody() -> None:
    """It is still everything that it was."""
    assert told(family(), family("KalturaMiddle")) == [("compatible", "base changed", "KalturaLow")]


def test_a_lost_base_takes_its_properties_along() -> None:
    """The class is no longer what it was, and says so."""
    assert told(family(), family("KalturaObjectBase")) == [
        ("breaking", "base changed", "KalturaLow")
    ]


@pytest.mark.parametrize(
    ("flags", "kind", "impact"),
    [
        ("", "bigint", "breaking"),  # an int's reader cannot hold it
        (' writeOnly="1"', "bigint", "compatible"),  # nobody reads it
        (' writeOnly="1"', "bool", "breaking"),
        (' readOnly="1"', "float", "breaking"),
    ],
)
def test_a_type_may_widen_where_it_is_only_written(flags: str, kind: str, impact: str) -> None:
    """And not where it is read."""
    found = told(family(flags=flags), family(flags=flags, kind=kind))

    assert found == [(impact, "property type changed", "KalturaLow.b")]


def test_the_command_ends_by_the_worst_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 where something breaks, 0 where not, and the counts last."""
    old, worse, better = (tmp_path / name for name in ("old.xml", "worse.xml", "better.xml"))
    old.write_bytes(family())
    worse.write_bytes(family(kind="bool"))
    better.write_bytes(family(more='<property name="c" type="int"/>'))

    codes = [invoke(["schema", "diff", str(old), str(path)]) for path in (worse, better)]

    assert codes == [1, 0]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        "breaking",
        "KalturaLow.b",
        "property",
        "type",
        "changed",
        "int",
        "->",
        "bool",
    ]
    assert lines[1] == "1 breaking, 0 compatible, 0 additive"


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts, with both sides."""
    old, new = tmp_path / "old.xml", tmp_path / "new.xml"
    old.write_bytes(family())
    new.write_bytes(family(kind="bool"))

    invoke(["schema", "diff", str(old), str(new), "--format", "json"])

    assert '"impact": "breaking"' in capsys.readouterr().out


def test_the_impacts_are_ranked_as_people_read_them() -> None:
    """What breaks comes first."""
    assert [impact.rank for impact in Impact] == [0, 1, 2]
