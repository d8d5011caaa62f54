"""`init`: write a first profile of a target, by asking it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.doctor import tell
from conformance.cli.options import doctor_options
from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from conformance.plugin.diagnosis import Step


@click.command("init")
@doctor_options
@click.option(
    "--output",
    default="profile.toml",
    show_default=True,
    metavar="FILE",
    help="Where to; - prints it.",
)
def command(output: str, **options: Any) -> int:
    """Write a profile of a target, by asking it what it can do.

    The target is diagnosed as by `doctor`; what does not work is switched off in the profile. Needs
    --target and --partner-id, or a profile that has them. An existing file is left alone.
    """
    from conformance.plugin.diagnosis import diagnose  # noqa: PLC0415 - httpx, not for --help
    from conformance.plugin.first_profile import first_profile  # noqa: PLC0415 - as above
    from conformance.plugin.settings import from_options  # noqa: PLC0415 - as above

    settings = from_options(options, quiet=True)
    if settings.profile.target.url is None:
        raise UsageError("which server? No URL is given", hint="Say --target URL")
    path = Path(output)
    if output != "-" and path.exists():
        raise UsageError("is there already", place=output, hint="Name another file by --output")
    steps: list[Step] = []
    for step in diagnose(settings):
        steps.append(step)
        tell(step, err=True)
    if steps[-1].state == "failed":
        return steps[-1].exit
    text = first_profile(steps, settings.profile.target, extends=settings.profile_file)
    if output == "-":
        click.echo(text, nl=False)
        return 0
    path.write_text(text, encoding="utf-8")
    click.echo(f"{output}: run it with kaltura-conformance run --profile {_named(path)}")
    return 0


def _named(path: Path) -> str:
    """The path as `--profile` takes it for one: with a slash, or ending in .toml."""
    return str(path) if path.suffix == ".toml" or "/" in str(path) else f"./{path}"
