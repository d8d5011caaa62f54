"""The pages that are made from the catalogue: every requirement, and rule by rule who covers it.

`python -m conformance.requirements.pages` writes them again; a test tells when they are stale.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conformance.requirements.catalogue import read_catalogue
from conformance.requirements.requirement import AREAS
from conformance.requirements.rules import coverage, read_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.requirements.requirement import Requirement
    from conformance.requirements.rules import Coverage

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
REQUIREMENTS_PAGE = DOCS / "requirements.md"
RULES_PAGE = DOCS / "rules.md"

_MADE = "<!-- made by python -m conformance.requirements.pages -->"


def requirements_page(requirements: Iterable[Requirement]) -> str:
    """Every requirement by area: what is owed, to which subjects, why, and by which rule."""
    known = tuple(requirements)
    return "\n".join(_requirements(known)) + "\n"


def rules_page(covered: Iterable[Coverage]) -> str:
    """Every rule with the requirements that cover it, or the reason why none does."""
    return "\n".join(_rules(tuple(covered))) + "\n"


def _requirements(known: tuple[Requirement, ...]) -> Iterator[str]:
    tested = sum(each.not_tested is None for each in known)
    yield "# Requirements"
    yield ""
    yield _MADE
    yield ""
    yield f"{len(known)} requirements over {len(AREAS)} areas, {tested} of them tested. What the"
    yield "sources name is said in [rules.md](rules.md); `kaltura-conformance explain ID` shows"
    yield "where a requirement lives in the code."
    for area in AREAS:
        of_area = [each for each in known if each.area == area]
        if not of_area:
            continue
        levels = ", ".join(
            f"{sum(each.level == level for each in of_area)} {level}"
            for level in ("MUST", "SHOULD", "MAY")
        )
        yield ""
        yield f"## {area}"
        yield ""
        yield f"{levels}."
        yield ""
        yield "| id | level | what is owed | applies to | source |"
        yield "|---|---|---|---|---|"
        for each in of_area:
            said = _cell(each.statement)
            if each.not_tested is not None:
                said += f" *Not tested: {_cell(each.not_tested)}*"
            cells = (f"`{each.id}`", each.level, said, _cell(each.applies_to), _cell(each.source))
            yield f"| {' | '.join(cells)} |"


def _rules(covered: tuple[Coverage, ...]) -> Iterator[str]:
    judged = sum(bool(each.requirements) for each in covered)
    yield "# Rules"
    yield ""
    yield _MADE
    yield ""
    yield "What real servers were found to do, a sentence each. The first families were read off"
    yield "the public source of release 22.19.0, OBSERVED off a live server of it, which wins where"
    yield f"the two differ. {judged} of {len(covered)} rules are covered by requirements; of the"
    yield "others it is said why not."
    family = ""
    for each in covered:
        name = each.rule.partition("-")[0].partition(" ")[0]
        if name != family:
            family = name
            yield ""
            yield f"## {family}"
            yield ""
            yield "| rule | says | covered by |"
            yield "|---|---|---|"
        by = ", ".join(f"`{found}`" for found in each.requirements) or f"– {each.reason}"
        yield f"| {each.rule} | {_cell(each.says)} | {_cell(by)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def write() -> None:
    """Write both pages into the checkout."""
    requirements = read_catalogue().requirements.values()
    REQUIREMENTS_PAGE.write_text(requirements_page(requirements), encoding="utf-8")
    covered = coverage(requirements, read_rules())
    RULES_PAGE.write_text(rules_page(covered), encoding="utf-8")


if __name__ == "__main__":
    write()
