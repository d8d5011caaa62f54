"""`list`: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

from conformance.cli.options import plan_options
from conformance.exceptions import UsageError, did_you_mean
from conformance.requirements.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.schema.model import Schema

Row = dict[str, Any]


@click.command("list")
@click.argument("what", default="requirements")
@plan_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(what: str, form: str, **options: Any) -> None:
    """List requirements, services, actions, checks, faults, variations or profiles.

    `checks` is the dry-run plan of a run with the same options; services and actions come from the
    schema that such a run would read.
    """
    if what not in LISTS:
        raise UsageError(f"nothing to list called '{what}'", hint=did_you_mean(what, LISTS))
    rows = list(LISTS[what](options))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return
    for row in rows:
        click.echo("  ".join(str(value) for value in row.values() if value not in (None, "")))


def _requirements(_options: Mapping[str, Any]) -> Iterable[Row]:
    from conformance.cli.explain import places  # noqa: PLC0415 - reads sources; not for other lists

    for requirement in read_catalogue().requirements.values():
        oracle = dict(places(requirement.id, requirement.area))["oracle"]
        yield {
            "id": requirement.id,
            "area": requirement.area,
            "level": str(requirement.level),
            "statement": requirement.statement,
            "source": requirement.source,
            "oracle": oracle or None,
            "not_tested": requirement.not_tested,
        }


def _schema(options: Mapping[str, Any]) -> Schema:
    from conformance.plugin.planning import planned_schema  # noqa: PLC0415 - httpx, not for --help

    return planned_schema(options)


def _services(options: Mapping[str, Any]) -> Iterable[Row]:
    for service in _schema(options).services.values():
        yield {
            "id": service.id,
            "name": service.name,
            "plugin": service.plugin,
            "actions": len(service.actions),
            "deprecated": "deprecated" if service.deprecated else None,
        }


def _actions(options: Mapping[str, Any]) -> Iterable[Row]:
    for action in _schema(options).actions:
        result = action.result
        yield {
            "id": action.id,
            "parameters": ", ".join(
                f"[{param.name}]" if param.optional else param.name for param in action.params
            ),
            "result": result.name or (f"{result.element}[]" if result.element else result.kind),
            "session": action.session,
        }


def _checks(options: Mapping[str, Any]) -> Iterable[Row]:
    from conformance.plugin.planning import planned_checks  # noqa: PLC0415 - as above

    for check in planned_checks(options):
        yield {
            "requirement": check.requirement.id,
            "subject": check.subject.name,
            "level": str(check.requirement.level),
            "check": check.function,
        }


def _faults(_options: Mapping[str, Any]) -> Iterable[Row]:
    from conformance.reference.faults import all_faults  # noqa: PLC0415 - the server's room

    for fault in all_faults().values():
        yield {"id": fault.id, "requirement": fault.requirement, "description": fault.description}


def _variations(_options: Mapping[str, Any]) -> Iterable[Row]:
    from conformance.reference.variations import all_variations  # noqa: PLC0415 - the server's room

    for each in all_variations().values():
        yield {"id": each.id, "rule": each.rule, "description": each.description}


def _profiles(_options: Mapping[str, Any]) -> Iterable[Row]:
    from conformance.profile.loading import load_profile  # noqa: PLC0415 - only for this list
    from conformance.profile.location import profile_files  # noqa: PLC0415 - as above

    for name, path in profile_files().items():
        profile = load_profile(name, environ={}).profile
        yield {"name": name, "description": profile.description, "file": str(path)}


LISTS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[Row]]] = {
    "requirements": _requirements,
    "services": _services,
    "actions": _actions,
    "checks": _checks,
    "faults": _faults,
    "variations": _variations,
    "profiles": _profiles,
}
