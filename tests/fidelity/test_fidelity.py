from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.schema.reader import parse_schema
from tests.fidelity.causes import by_cause, cause_of
from tests.fidelity.replay import Comparison, replay

if TYPE_CHECKING:
    from conformance.schema.model import Schema

HERE = Path(__file__).parent.parent.parent
FIDELITY = 0.95


@pytest.fixture(scope="module")
def schema(data_folder: Path) -> Schema:
    """The schema of the recorded server."""
    file = data_folder / "KalturaClient-22.19.0.xml"
    return parse_schema(file.read_bytes(), file.name)


def test_recorded_exchanges_are_answered_alike(data_folder: Path, schema: Schema) -> None:
    """The same error with the same arguments, or a result of the same type and shape."""
    compared = tuple(replay(data_folder, schema))

    different = [each for each in compared if not each.equal]

    assert 1 - len(different) / len(compared) >= FIDELITY, different[:40]


def test_the_program_says_so(data_folder: Path) -> None:
    """Exit 0, the share in its last lines, the rest by cause."""
    ran = _program(str(data_folder))

    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    assert "recorded exchanges are answered alike" in ran.stdout
    assert "a defect of the real server that ours does not have: " in ran.stdout


def test_without_recordings_nothing_is_claimed(tmp_path: Path) -> None:
    """A folder without them is exit 2, and the message says what is missing and where to say it."""
    ran = _program(str(tmp_path))

    assert ran.returncode == 2
    assert "KalturaClient-22.19.0.xml" in ran.stderr
    assert "KALTURA_CONFORMANCE_DATA" in ran.stderr


def test_an_error_is_alike_by_its_code_and_equal_by_its_arguments() -> None:
    """Two measures, the first of which the program's exit goes by."""
    found = Comparison("x", "media.get", ("error", "NOT", '{"ID": "N"}'), ("error", "NOT", "[]"))

    assert found.alike
    assert not found.equal


def test_of_an_answer_that_was_cut_only_the_shape_counts() -> None:
    """Its class stood at its end."""
    found = Comparison("x", "media.list", ("object",), ("object", "KalturaX"), cut=True)

    assert found.alike
    assert not Comparison("x", "media.list", ("object",), ("array",), cut=True).alike


@pytest.mark.parametrize(
    ("theirs", "ours", "cause"),
    [
        (("error", "INTERNAL_SERVERL_ERROR"), ("object", "A"), "a defect of the real server"),
        (("object", "A"), ("error", "INTERNAL_SERVERL_ERROR"), "a defect of ours"),
        (("object", "A"), ("object", "B"), "another type or shape"),
        (("error", "SERVICE_FORBIDDEN"), ("object", "A"), "who may call it"),
        (("object", "A"), ("error", "INVALID_KS"), "refused here, allowed there"),
        (("error", "INVALID_ENUM_VALUE"), ("object", "A"), "how parameters are read"),
        (("error", "A_NOT_FOUND"), ("error", "B_NOT_FOUND"), "another error comes first"),
        (("error", "DUPLICATE_X"), ("object", "A"), "a refusal of the action's own"),
        (("object", "A"), ("error", "A_NOT_FOUND"), "refused here for an object"),
    ],
)
def test_a_difference_has_one_cause(
    theirs: tuple[str, ...], ours: tuple[str, ...], cause: str
) -> None:
    """The one that would have to be mended."""
    assert cause_of(Comparison("x", "a.b", theirs, ours)).startswith(cause)


def test_the_most_frequent_cause_comes_first() -> None:
    """And what is alike has none."""
    alike = Comparison("1", "a.b", ("int",), ("int",))
    shape = Comparison("2", "a.b", ("int",), ("str",))
    refused = [Comparison(str(n), "a.b", ("error", "X"), ("int",)) for n in (3, 4)]

    groups = by_cause([alike, shape, *refused])

    assert [len(members) for members in groups.values()] == [2, 1]


def _program(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fidelity", *arguments]
    return subprocess.run(  # noqa: S603 - our own program
        command, cwd=HERE, capture_output=True, text=True, check=False
    )
