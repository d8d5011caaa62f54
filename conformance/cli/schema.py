"""`schema show`, `lint`, `diff` and `openapi`: what a schema holds, and what can be made of it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from conformance.cli.description import change_lines, describe, summary
from conformance.exceptions import UsageError, did_you_mean
from conformance.requirements.catalogue import read_catalogue
from conformance.requirements.requirement import Level
from conformance.schema.change import Impact
from conformance.schema.diff import schema_diff
from conformance.schema.reader import read_schema
from conformance.schema.source import is_url

if TYPE_CHECKING:
    from conformance.schema.model import Schema

NOT_CONFORMANT = 1


@click.group("schema")
def command() -> None:
    """Show, lint, compare or convert schemas: files, or URLs of a server's api_schema.php."""


@command.command("show")
@click.argument("arguments", nargs=-1, metavar="[SOURCE] [NAME]")
def show(arguments: tuple[str, ...]) -> None:
    """Print a summary, or all about one service, action, class, enum or error.

    SOURCE is a file or URL; without it, the embedded server's own schema. NAME is a service,
    `service.action`, class, enum or error code, in any letter case.
    """
    source, name = _split(arguments)
    schema = _read(source)
    for line in summary(schema) if name is None else describe(schema, name):
        click.echo(line)


@command.command("lint")
@click.argument("source", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def lint_command(source: str | None, form: str) -> int:
    """Judge a schema by the rules of the schema area, without a server.

    Exit 1 if a rule that MUST hold is broken, 2 if the schema cannot be read.
    """
    from conformance.oracles.schema_lint import lint  # noqa: PLC0415 - `show` needs no oracle

    catalogue = read_catalogue()
    rows: list[dict[str, Any]] = []
    for requirement, breach in lint(_read(source)):
        level = catalogue.get(requirement).level
        rows.append(
            {
                "requirement": requirement,
                "level": str(level),
                "where": breach.where,
                "expected": breach.expected,
                "actual": breach.actual,
                "hint": breach.hint,
            }
        )
    rows.sort(key=lambda row: -Level(row["level"]).rank)
    _print(rows, form)
    return NOT_CONFORMANT if any(row["level"] == Level.MUST for row in rows) else 0


@command.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def diff_command(old: str, new: str, form: str) -> int:
    """Tell what changed from one schema to another, for the clients that exist.

    Each change is breaking, compatible or additive. Exit 1 if one is breaking, 2 if a schema cannot
    be read.
    """
    changes = schema_diff(_read(old), _read(new))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(changes), indent=2).decode())
    else:
        for line in change_lines(changes):
            click.echo(line)
    return NOT_CONFORMANT if any(c.impact is Impact.BREAKING for c in changes) else 0


@command.command("openapi")
@click.argument("source", required=False)
@click.option("--service", "services", multiple=True, metavar="ID", help="Only these; repeatable.")
@click.option("--output", type=click.Path(dir_okay=False), help="A file instead of stdout.")
def openapi_command(source: str | None, services: tuple[str, ...], output: str | None) -> None:
    """Write a schema as an OpenAPI 3.1 document, in JSON.

    Classes are flat, `objectType` is a constant, and a place that takes many subtypes names eight.
    """
    from conformance.schema.openapi import openapi  # noqa: PLC0415 - `show` needs none

    schema = _read(source)
    for name in services:
        if name not in schema.services:
            hint = did_you_mean(name, schema.services)
            raise UsageError(f"no service '{name}'", place="--service", hint=hint)
    document = msgspec.json.encode(openapi(schema, services=services or None))
    text = msgspec.json.format(document, indent=1)
    if output is None:
        click.echo(text)
        return
    try:
        Path(output).write_bytes(text + b"\n")
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        raise UsageError(problem, place=f"--output {output}") from error


def _print(rows: list[dict[str, Any]], form: str) -> None:
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return
    table = [(r["level"], r["requirement"], r["where"], _told(r)) for r in rows]
    widths = [max((len(row[i]) for row in table), default=0) for i in range(3)]
    for row in table:
        click.echo("  ".join((*(row[i].ljust(widths[i]) for i in range(3)), row[3])))
    count = len(rows)
    click.echo("no finding" if not count else "1 finding" if count == 1 else f"{count} findings")


def _told(row: dict[str, Any]) -> str:
    text = f"expected {row['expected']}; is {row['actual']}"
    return f"{text} ({row['hint']})" if row["hint"] else text


def _split(arguments: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Which of the arguments is the source: one alone may be either."""
    if len(arguments) > 2:  # noqa: PLR2004 - a source and a name
        raise UsageError(f"{len(arguments)} arguments", hint="Give a SOURCE and a NAME at most")
    if len(arguments) == 1:
        only = arguments[0]
        return (only, None) if _is_source(only) else (None, only)
    return (arguments[0], arguments[1]) if arguments else (None, None)


def _is_source(text: str) -> bool:
    return is_url(text) or "/" in text or text.endswith(".xml") or Path(text).exists()


def _read(source: str | None) -> Schema:
    own = resources.files("conformance.reference") / "files" / "KalturaClient.xml"
    return read_schema(source or str(own))
