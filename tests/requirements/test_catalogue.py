from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.exceptions import CatalogueError, UsageError
from conformance.requirements.catalogue import read_area, read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """
[[requirement]]
id = "{name}"
level = "{level}"
statement = "{statement}"
source = "CONTRACT LIST-01"
applies-to = "every list"
{more}
"""


def entry(
    *, name: str = "LIST-PAGE-001", level: str = "MUST", statement: str = "It is.", more: str = ""
) -> str:
    return ENTRY.format(name=name, level=level, statement=statement, more=more)


def test_the_catalogue_of_the_suite_reads() -> None:
    """Every area's file is in order, and ids are unique over all of them."""
    assert len(read_catalogue().requirements) > 100


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (entry(name="CRUD-PAGE-001"), "not of the form LIST-TOPIC-NNN"),
        (entry(name="LIST-PAGE-1"), "not of the form"),
        (entry(level="OUGHT"), "OUGHT"),
        (entry(statement="no full stop"), "not a sentence"),
        (entry(more="colour = 'red'"), "colour"),
        ("[[requirement]]\nid = ", "Invalid value"),
        ("[[requirement]]\nid = 'LIST-A-001'", "missing required field"),
    ],
)
def test_a_file_out_of_order_is_refused_by_name(tmp_path: Path, text: str, problem: str) -> None:
    """The error names the file and what is wrong in it."""
    path = tmp_path / "list.toml"
    path.write_text(text)

    with pytest.raises(CatalogueError, match=problem) as caught:
        read_area("list", path)

    assert caught.value.place == "list.toml"


def test_a_doubled_id_is_refused(tmp_path: Path) -> None:
    """An id is declared once."""
    (tmp_path / "list.toml").write_text(entry() + entry())

    with pytest.raises(CatalogueError, match="LIST-PAGE-001 is declared twice"):
        read_catalogue(tmp_path)


def test_a_file_of_no_area_is_refused(tmp_path: Path) -> None:
    """A misspelt file name does not hide its requirements."""
    (tmp_path / "lists.toml").write_text(entry())

    with pytest.raises(CatalogueError, match="no area 'lists'"):
        read_catalogue(tmp_path)


def test_an_unknown_id_is_answered_with_the_nearest() -> None:
    """`explain` helps with a misspelt id."""
    known = next(iter(read_catalogue().requirements))

    with pytest.raises(UsageError, match="Did you mean"):
        read_catalogue().get(known[:-1] + "X")
