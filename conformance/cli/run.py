"""`run`: judge a target, write the evidence, say the verdict."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from conformance.cli.closing import report, tell
from conformance.cli.options import run_options
from conformance.reporting.formats import FORMATS
from conformance.requirements.catalogue import read_catalogue

if TYPE_CHECKING:
    from conformance.verdict.run import Run


@click.command("run")
@run_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the verdict is printed; json prints run.json.",
)
@click.option(
    "--baseline",
    metavar="RUN",
    help="An earlier run: only what fails anew since then makes the exit code 1.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Choice(list(FORMATS)),
    help="Also make this report at the end; repeatable. The page is always made.",
)
@click.option("--show-profile", is_flag=True, help="Print the resolved profile and stop.")
def command(
    form: str,
    baseline: str | None,
    reports: tuple[str, ...],
    *,
    show_profile: bool,
    **options: Any,
) -> int:
    """Judge a target.

    Without --target or a profile that names one, the embedded server is started and judged.
    Secrets come from the environment: KALTURA_CONFORMANCE_ADMIN_SECRET, …_USER_SECRET,
    …_OTHER_ADMIN_SECRET, each also as …_FILE.
    """
    from conformance.plugin.judging import judge  # noqa: PLC0415 - pytest and httpx, not for --help
    from conformance.plugin.settings import from_options, resolve  # noqa: PLC0415 - as above

    if show_profile:
        from conformance.profile.text import show  # noqa: PLC0415 - as above

        click.echo(show(resolve(options)))
        return 0
    if baseline is not None:
        from conformance.reporting.sides import read_side  # noqa: PLC0415 - as above

        read_side(baseline)  # one that cannot be read would gate nothing, so nothing is judged
    settings = from_options(options, quiet=form == "json")
    run = judge(settings)
    for complaint in settings.selection.unmatched():
        click.echo(f"kaltura-conformance: {complaint}", err=True)
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n")
    else:
        tell(run, str(settings.output))
    report(str(settings.output), reports, quiet=form == "json")
    if baseline is None:
        return run.exit
    return _gated(run, baseline, str(settings.output), err=form == "json")


def _gated(run: Run, baseline: str, folder: str, *, err: bool) -> int:
    """Tell what changed since the baseline; the exit code by that alone."""
    from conformance.reporting.comparison import text  # noqa: PLC0415 - only with a baseline
    from conformance.reporting.sides import compare_folders  # noqa: PLC0415 - as above
    from conformance.verdict.comparison import gate  # noqa: PLC0415 - as above

    found = compare_folders(baseline, folder, read_catalogue().requirements)
    for line in text(found):
        click.echo(line, err=err)
    return gate(run, found)
