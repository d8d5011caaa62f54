"""`report RUN`: reports of a run, from its files alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.exceptions import UsageError
from conformance.reporting.formats import FORMATS, format_of


@click.command("report")
@click.argument("run")
@click.option(
    "--format",
    "names",
    multiple=True,
    required=True,
    type=click.Choice(list(FORMATS)),
    help="Which report; repeatable.",
)
@click.option(
    "--output",
    metavar="DIR",
    help="Where to; else the run's folder. - prints a single report.",
)
def command(run: str, names: tuple[str, ...], output: str | None) -> int:
    """Make reports of a run.

    Everything comes from the run's files, at any time, without the server. Annotations for GitHub
    are printed unless --output names a folder.
    """
    from conformance.reporting.evidence import read_evidence  # noqa: PLC0415 - not for --help
    from conformance.reporting.formats import render  # noqa: PLC0415 - as above
    from conformance.reporting.writing import write  # noqa: PLC0415 - as above

    evidence = read_evidence(run)
    names = tuple(dict.fromkeys(names))
    if output == "-":
        printed = [content for name in names for _, content in render(evidence, [name])]
        if len(printed) != 1:
            raise UsageError(
                f"{len(printed)} files cannot be printed as one",
                place="--output -",
                hint="Name one format that makes one file, or a folder",
            )
        sys.stdout.buffer.write(printed[0])
        return 0
    spoken = [name for name in names if output is None and format_of(name).to_stdout]
    for _, content in render(evidence, spoken):
        sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    written = [name for name in names if name not in spoken]
    for path in write(render(evidence, written), Path(output or run)):
        click.echo(str(path), err=bool(spoken))
    return 0
