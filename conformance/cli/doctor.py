"""`doctor`: reach the target step by step, and say what to mend."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from conformance.cli.options import doctor_options

if TYPE_CHECKING:
    from conformance.plugin.diagnosis import Step

SIGNS = {"good": ("ok", "green"), "limited": ("!!", "yellow"), "failed": ("no", "red")}
WIDTH = 22
CONTROL = dict.fromkeys((*range(32), *range(127, 160)), "\ufffd")
"""What would let an answer of a server command the terminal."""


@click.command("doctor")
@doctor_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(form: str, **options: Any) -> int:
    """Reach the target step by step: name, TLS, ping, clock, schema, logins, reading, writing.

    Ends at the first step that fails, with what to mend. A few objects are made and removed unless
    --read-only is given. Exits with 0 when a run can go ahead, 3 when the target is not reached or
    refuses the login, 2 when its schema cannot be used, 4 when much could not be judged.
    """
    from conformance.plugin.diagnosis import diagnose  # noqa: PLC0415 - httpx, not for --help
    from conformance.plugin.settings import from_options  # noqa: PLC0415 - as above

    steps: list[Step] = []
    for step in diagnose(from_options(options, quiet=True)):
        steps.append(step)
        if form == "text":
            tell(step)
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(steps), indent=2) + b"\n")
    failed = [step.exit for step in steps if step.state == "failed"]
    return failed[0] if failed else max((step.exit for step in steps), default=0)


def tell(step: Step, *, err: bool = False) -> None:
    """Print a step and what to mend; `err` on stderr."""
    word, colour = SIGNS[step.state]
    told = step.told.translate(CONTROL)
    click.echo(f"{click.style(word, fg=colour)}  {step.name:<{WIDTH}} {told}", err=err)
    if step.mend:
        click.echo(f"{'':<{WIDTH + 5}}→ {step.mend}", err=err)
