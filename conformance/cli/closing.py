"""How a run ends on the terminal: its summary, then its reports."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.reporting.formats import format_of, render
from conformance.reporting.summary import USUAL, summary

if TYPE_CHECKING:
    from conformance.verdict.run import Run

ALWAYS = ("html",)
COLOURS = {"conformant": "green", "not conformant": "red", "inconclusive": "yellow"}


def tell(run: Run, folder: str) -> None:
    """Print the summary, as wide as the terminal and in its colours, unless NO_COLOR is set."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else USUAL
    colour = False if os.environ.get("NO_COLOR") else None
    for line in summary(run, folder=folder, width=width).splitlines():
        click.echo(_styled(line, run.verdict), color=colour)


def report(folder: str, names: tuple[str, ...] = (), *, quiet: bool = False) -> None:
    """Make the reports that were asked for, and those that are always made."""
    from conformance.reporting.evidence import read_evidence  # noqa: PLC0415 - not for --help
    from conformance.reporting.markdown import markdown  # noqa: PLC0415 - as above
    from conformance.reporting.writing import append, write  # noqa: PLC0415 - as above

    evidence = read_evidence(folder)
    for path in write(render(evidence, dict.fromkeys((*ALWAYS, *names))), Path(folder)):
        if not quiet:
            click.echo(f"  report     {path}")
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        append(markdown(evidence), Path(page))
    # A job's log is read for annotations; they would not be JSON among JSON.
    for name in names:
        if format_of(name).to_stdout:
            text = b"".join(content for _, content in render(evidence, [name])).decode()
            click.echo(text, nl=False, err=quiet)


def _styled(line: str, verdict: str) -> str:
    """Titles stand out, the verdict most; click takes the colours away where nobody sees them."""
    if line.startswith(verdict.upper()):
        return click.style(line, bold=True, fg=COLOURS[verdict])
    return line if line.startswith((" ", "…")) or not line else click.style(line, bold=True)
