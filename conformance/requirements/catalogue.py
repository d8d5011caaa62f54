"""Reads the catalogue: every requirement once, an unknown or doubled id is an error."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from conformance.exceptions import CatalogueError, UsageError, did_you_mean
from conformance.requirements.requirement import AREAS, Level, Requirement

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "schema": "SCHEMA",
        "wire": "WIRE",
        "errors": "ERR",
        "session": "SESS",
        "access": "ACCESS",
        "crud": "CRUD",
        "list": "LIST",
        "inheritance": "INH",
        "actions": "ACT",
        "multirequest": "MULTI",
        "upload": "FILE",
        "robustness": "ROBUST",
        "workflows": "FLOW",
    }
)
"""The first word of an area's ids."""

FOLDER = Path(__file__).resolve().parent / "catalogue"


class _Entry(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    id: str
    level: Level
    statement: str
    source: str
    applies_to: str
    why: str = ""
    breach: str = ""
    not_tested: str | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    requirement: list[_Entry]


class Catalogue(msgspec.Struct, frozen=True):
    """All requirements by id, in the order of the areas and of their files."""

    requirements: Mapping[str, Requirement]

    def get(self, requirement_id: str) -> Requirement:
        """The requirement with that id; UsageError with the nearest ids if there is none."""
        found = self.requirements.get(requirement_id.upper())
        if found is None:
            raise UsageError(
                f"no requirement '{requirement_id}'",
                hint=did_you_mean(requirement_id.upper(), self.requirements),
            )
        return found

    def area(self, area: str) -> tuple[Requirement, ...]:
        """The requirements of an area."""
        return tuple(r for r in self.requirements.values() if r.area == area)


def read_area(area: str, path: Path) -> tuple[Requirement, ...]:
    """Read one area's file; CatalogueError names file and entry."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = msgspec.convert(document, _File).requirement
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CatalogueError(str(error), place=path.name) from error
    for entry in entries:
        _check(entry, area, path)
    return tuple(
        Requirement(area=area, **{name: getattr(entry, name) for name in _Entry.__struct_fields__})
        for entry in entries
    )


def _check(entry: _Entry, area: str, path: Path) -> None:
    prefix, _, rest = entry.id.partition("-")
    if prefix != PREFIXES[area] or not rest or not rest[-3:].isdigit():
        raise CatalogueError(
            f"'{entry.id}' is not of the form {PREFIXES[area]}-TOPIC-NNN", place=path.name
        )
    if not entry.statement.endswith("."):
        raise CatalogueError(f"{entry.id}: the statement is not a sentence", place=path.name)


@lru_cache(maxsize=1)
def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read every area's file of the folder.

    Raises CatalogueError for a file of no area, a doubled id, or an entry out of form.
    """
    strays = sorted(p.stem for p in folder.glob("*.toml") if p.stem not in AREAS)
    if strays:
        raise CatalogueError(f"no area '{strays[0]}'", place=str(folder))
    found: dict[str, Requirement] = {}
    for area in AREAS:
        path = folder / f"{area}.toml"
        for requirement in read_area(area, path) if path.exists() else ():
            if requirement.id in found:
                raise CatalogueError(f"{requirement.id} is declared twice", place=path.name)
            found[requirement.id] = requirement
    return Catalogue(requirements=MappingProxyType(found))
