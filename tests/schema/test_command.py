"""`schema show` and `schema lint` from the outside: output, exit code, and what goes to stderr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.cli.main import invoke

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = """<xml apiVersion="1.2" generatedDate="1">
<enums><enum name="KalturaColor" enumType="int"><const name="RED" value="1"/></enum></enums>
<classes><class name="KalturaThing" abstract="1">
<property name="id" type="int" readOnly="1"/></class>
<class name="KalturaBox" base="KalturaThing">
<property name="color" type="int" enumType="KalturaColor"/></class></classes>
<services><service id="box" name="Box"><action name="get">
<param name="id" type="int" optional="0"/><result type="KalturaBox"/></action></service></services>
<errors><error name="GONE" code="GONE" message="No @ID@"><parameter name="ID"/></error></errors>
</xml>"""


@pytest.fixture
def sound(tmp_path: Path) -> str:
    """A small schema that breaks no rule."""
    path = tmp_path / "sound.xml"
    path.write_text(SCHEMA, encoding="utf-8")
    return str(path)


@pytest.fixture
def unsound(tmp_path: Path) -> str:
    """The small schema with an array of nothing, and without a version."""
    path = tmp_path / "unsound.xml"
    text = SCHEMA.replace('type="int" readOnly', 'type="array" readOnly')
    path.write_text(text.replace('"1.2"', '""'), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("box", "service box  (Box)"),
        ("BOX.GET", "  required  id: int"),
        ("kalturabox", "  ^ id: int  [read-only]"),
        ("Thing", "abstract class KalturaThing"),
        ("KalturaColor", "  RED = 1"),
        ("gone", "  parameters  ID"),
    ],
)
def test_show_tells_about_what_is_named_in_any_letter_case(
    sound: str, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = invoke(["schema", "show", sound, name])

    assert code == 0
    assert told in capsys.readouterr().out.splitlines()


def test_show_without_a_name_sums_up(sound: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = invoke(["schema", "show", sound])

    out = capsys.readouterr().out
    assert code == 0
    assert "classes      2, 1 abstract" in out


def test_show_without_a_source_is_about_the_embedded_servers_schema(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = invoke(["schema", "show", "media"])

    assert code == 0
    assert capsys.readouterr().out.startswith("service media")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("bocks.get", "'box.get'"), ("boxx", "'box'"), ("KalturaBoks", "'KalturaBox'")],
)
def test_show_of_an_unknown_name_guesses_what_was_meant(
    sound: str, name: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = invoke(["schema", "show", sound, name])

    assert code == 2
    assert f"Did you mean {hint}" in capsys.readouterr().err


def test_lint_of_a_sound_schema_finds_nothing(
    sound: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = invoke(["schema", "lint", sound])

    assert (code, capsys.readouterr().out) == (0, "no finding\n")


def test_lint_lists_what_must_hold_first_and_exits_with_1(
    unsound: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = invoke(["schema", "lint", unsound])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert lines[0].startswith("MUST    SCHEMA-TYPE-003  KalturaThing.id  expected an arrayType")
    assert lines[1].startswith("SHOULD  SCHEMA-FILE-001")
    assert lines[2] == "2 findings"


def test_lint_as_json_is_an_array_of_findings(
    unsound: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = invoke(["schema", "lint", unsound, "--format", "json"])

    rows = json.loads(capsys.readouterr().out)
    assert code == 1
    assert [row["requirement"] for row in rows] == ["SCHEMA-TYPE-003", "SCHEMA-FILE-001"]


def test_lint_exits_with_0_where_only_a_recommendation_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.xml"
    path.write_text(SCHEMA.replace('"1.2"', '""'), encoding="utf-8")

    code = invoke(["schema", "lint", str(path)])

    assert code == 0
    assert "1 finding\n" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["show", "lint"])
def test_schema_that_cannot_be_read_is_one_error_and_exit_2(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.xml"
    path.write_text(SCHEMA[:-20], encoding="utf-8")

    code = invoke(["schema", command, str(path)])

    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert captured.err.startswith(f"kaltura-conformance: {path}:")
    assert "Traceback" not in captured.err
