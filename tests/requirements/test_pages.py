"""The pages made from the catalogue are fresh."""

from __future__ import annotations

from pathlib import Path

from conformance.requirements import pages
from conformance.requirements.catalogue import read_catalogue
from conformance.requirements.rules import coverage, read_rules

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
"""The pages lie in the checkout; the package under test may be installed elsewhere."""

MEND = "run: python -m conformance.requirements.pages"


def test_the_page_of_requirements_is_fresh() -> None:
    """What is published is what is judged."""
    page = pages.requirements_page(read_catalogue().requirements.values())

    assert page == (DOCS / "requirements.md").read_text(encoding="utf-8"), MEND


def test_the_page_of_rules_is_fresh() -> None:
    """Rule by rule, who covers it."""
    covered = coverage(read_catalogue().requirements.values(), read_rules())

    assert pages.rules_page(covered) == (DOCS / "rules.md").read_text(encoding="utf-8"), MEND
