"""Every source leads to a rule, and every rule to a requirement or a reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from conformance.exceptions import CatalogueError
from conformance.requirements.catalogue import read_catalogue
from conformance.requirements.requirement import Level, Requirement
from conformance.requirements.rules import Rules, coverage, read_rules, rules_named

if TYPE_CHECKING:
    from pathlib import Path


def requirement(source: str) -> Requirement:
    return Requirement(
        id="LIST-PAGE-001",
        area="list",
        level=Level.MUST,
        statement="It is.",
        source=source,
        applies_to="every list",
    )


def rules(**unjudged: str) -> Rules:
    return Rules({"LIST-01": "One.", "LIST-02": "Two."}, unjudged)


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("CONTRACT LIST-01, SESS-16b", ["LIST-01", "SESS-16b"]),
        ("CONTRACT WIRE-42 to WIRE-44", ["WIRE-42", "WIRE-43", "WIRE-44"]),
        ("CONTRACT ERR-20 (S1 before S3); OBSERVED 13 to 15", ["ERR-20", 13, 14, 15]),
        ("CONTRACT ERR-05, ERR-34; SCHEMA-26", ["ERR-05", "ERR-34", "SCHEMA-26"]),
        ("CONTRACT section 5.2; DESIGN 1", []),
        ("CONTRACT CRUD-03; recorded: exchange 12, LIST-99", ["CRUD-03"]),
        ("OBSERVED 10, 11", [10, 11]),
    ],
)
def test_a_source_names_its_rules(source: str, named: list[str | int]) -> None:
    """Ranges are spelled out; sections, recordings and the design are no rules."""
    expected = [f"OBSERVED {each}" if isinstance(each, int) else each for each in named]

    assert expected == list(rules_named(source))


def test_each_rule_is_covered_or_has_a_reason() -> None:
    """And none has both."""
    covered = coverage(read_catalogue().requirements.values(), read_rules())

    assert [each.rule for each in covered if bool(each.requirements) == bool(each.reason)] == []


def test_a_rule_that_there_is_not_is_refused() -> None:
    """A misspelt source leads nowhere."""
    with pytest.raises(CatalogueError, match="names LIST-77, no rule"):
        coverage([requirement("CONTRACT LIST-77")], rules())


def test_a_rule_without_requirement_needs_a_reason() -> None:
    """Nobody can tell an oversight from a decision otherwise."""
    with pytest.raises(CatalogueError, match="LIST-02: no requirement refers to it"):
        coverage([requirement("CONTRACT LIST-01")], rules())


def test_a_reason_goes_when_a_requirement_comes() -> None:
    """A reason that no longer holds is worse than none."""
    with pytest.raises(CatalogueError, match="so it is not unjudged"):
        coverage([requirement("CONTRACT LIST-01, LIST-02")], rules(**{"LIST-02": "Hard."}))


def test_a_reason_for_no_rule_is_refused(tmp_path: Path) -> None:
    """The error names the file and the rule."""
    path = tmp_path / "rules.toml"
    path.write_text('[says]\nLIST-01 = "One."\n[unjudged]\nLIST-10 = "Hard."\n')

    with pytest.raises(CatalogueError, match="'LIST-10', which is no rule") as caught:
        read_rules(path)

    assert caught.value.place == "rules.toml"


def test_every_rule_of_the_contract_is_known(data_folder: Path) -> None:
    """The list of rules is that of the papers that lie beside the recordings."""
    papers = data_folder.parent
    contract = papers / "CONTRACT.md"
    if not contract.is_file():
        pytest.skip(f"no CONTRACT.md in {papers}")
    named = re.findall(r"^\| ([A-Z]+-\d+b?) \|", contract.read_text(encoding="utf-8"), re.MULTILINE)
    observed = re.findall(r"^(\d+)\. ", (papers / "OBSERVED.md").read_text("utf-8"), re.MULTILINE)

    assert [*named, *(f"OBSERVED {number}" for number in observed)] == list(read_rules().says)
