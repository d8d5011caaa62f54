"""The rules behind the catalogue, and which requirement covers which.

A requirement's `source` refers to rules by name (`CONTRACT LIST-01, LIST-03 to LIST-05; OBSERVED
28`). `rules.toml` says each rule in a sentence, so that a reference leads somewhere.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from conformance.exceptions import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.requirements.requirement import Requirement

FILE = Path(__file__).resolve().parent / "rules.toml"

_RULE = re.compile(r"\b([A-Z]+)-(\d\d)(b?)(?: to (?:[A-Z]+-)?(\d\d))?\b")
_OBSERVED = re.compile(r"\b(\d+)(?: to (\d+))?\b")


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each rule says, and why no requirement covers it where none does."""

    says: Mapping[str, str]
    unjudged: Mapping[str, str]


class Coverage(msgspec.Struct, frozen=True):
    """A rule with the ids of the requirements that refer to it, or the reason why none does."""

    rule: str
    says: str
    requirements: tuple[str, ...]
    reason: str | None


@lru_cache(maxsize=1)
def read_rules(path: Path = FILE) -> Rules:
    """Read the rules; CatalogueError names the file and what is out of form in it."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Rules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CatalogueError(str(error), place=path.name) from error
    strays = sorted(found.unjudged.keys() - found.says.keys())
    if strays:
        raise CatalogueError(f"[unjudged] names '{strays[0]}', which is no rule", place=path.name)
    return Rules(MappingProxyType(dict(found.says)), MappingProxyType(dict(found.unjudged)))


def rules_named(source: str) -> Iterator[str]:
    """The rules to which a source refers, ranges spelled out; sections and recordings are none."""
    for part in source.split(";"):
        text = part.split("recorded", 1)[0]
        if text.strip().startswith("OBSERVED"):
            for first, last in _OBSERVED.findall(text):
                yield from (f"OBSERVED {n}" for n in range(int(first), int(last or first) + 1))
            continue
        for family, first, letter, last in _RULE.findall(text):
            numbers = range(int(first), int(last or first) + 1)
            yield from (f"{family}-{number:02d}{letter}" for number in numbers)


def coverage(requirements: Iterable[Requirement], rules: Rules) -> tuple[Coverage, ...]:
    """Every rule in the order of the file, with who covers it.

    Raises CatalogueError where a requirement refers to a rule that there is not, and where a rule
    has neither a requirement nor a reason, or both.
    """
    covering: dict[str, list[str]] = {rule: [] for rule in rules.says}
    for requirement in requirements:
        for rule in dict.fromkeys(rules_named(requirement.source)):
            if rule not in covering:
                raise CatalogueError(f"its source names {rule}, no rule", place=requirement.id)
            covering[rule].append(requirement.id)
    for rule, ids in covering.items():
        if not ids and rule not in rules.unjudged:
            raise CatalogueError("no requirement refers to it and no reason is given", place=rule)
        if ids and rule in rules.unjudged:
            raise CatalogueError(f"{ids[0]} refers to it, so it is not unjudged", place=rule)
    return tuple(
        Coverage(rule, rules.says[rule], tuple(covering[rule]), rules.unjudged.get(rule))
        for rule in rules.says
    )
