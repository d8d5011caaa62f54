"""The plan of a run without the run: what `list checks` shows."""

from __future__ import annotations

from importlib import import_module, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.plugin.judging import SUITES
from conformance.plugin.opening import published
from conformance.plugin.plan import checks_of
from conformance.plugin.scope import Scope
from conformance.plugin.settings import from_options
from conformance.requirements.catalogue import read_catalogue
from conformance.schema.lineage import Lineage
from conformance.schema.reader import read_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.plugin.plan import Check
    from conformance.plugin.settings import Settings
    from conformance.schema.model import Schema

OWN_SCHEMA = Path("files") / "KalturaClient.xml"
"""The embedded server's schema, inside the reference room; read as data, nothing is imported."""


def planned_schema(options: Mapping[str, Any]) -> Schema:
    """The schema that a run with these options would read."""
    return _schema(from_options(options, quiet=True))


def planned_checks(options: Mapping[str, Any]) -> Iterator[Check]:
    """The checks that a run with these options would hold, in the order of its plan.

    Raises EmptySelection where there are none.
    """
    settings = from_options(options, quiet=True)
    schema = _schema(settings)
    scope = Scope(
        schema=schema,
        lineage=Lineage(schema),
        profile=settings.profile,
        catalogue=read_catalogue(),
    )
    checks = checks_in(scope, settings.selects)
    if not checks:
        raise settings.nothing_selected()
    yield from checks


def checks_in(scope: Scope, selects: Callable[[Check], bool]) -> list[Check]:
    """Every check of the scope that is selected, in the order of a run's plan."""
    checks = [
        check
        for path in sorted(SUITES.glob("test_*.py"))
        for body in vars(import_module(f"conformance.suites.{path.stem}")).values()
        if hasattr(body, "__check__")
        for check in checks_of(body, scope)
        if selects(check)
    ]
    return sorted(checks, key=lambda check: check.declaration.last)


def _schema(settings: Settings) -> Schema:
    target = settings.profile.target
    if target.schema is not None:
        return read_schema(target.schema)
    if target.url is not None:
        return published(settings, target.url)
    return read_schema(str(resources.files("conformance.reference") / str(OWN_SCHEMA)))
