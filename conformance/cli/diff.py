"""`diff RUN_A RUN_B`: what changed between two runs, and whether anything fails anew."""

from __future__ import annotations

import click
import msgspec

from conformance.requirements.catalogue import read_catalogue

REGRESSED = 1


@click.command("diff")
@click.argument("before", metavar="RUN_A")
@click.argument("after", metavar="RUN_B")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    show_default=True,
    help="How it is printed; json has everything.",
)
def command(before: str, after: str, form: str) -> int:
    """Tell what changed from one run to another, by requirement and subject.

    Newly failing, fixed, still failing, no longer judged, newly judged; what changed in the
    schema; answers whose types changed although both are conformant; actions that became slower.
    Exit 1 if anything fails anew.
    """
    from conformance.reporting import comparison, comparison_page  # noqa: PLC0415 - not for --help
    from conformance.reporting.sides import compare_folders  # noqa: PLC0415 - as above

    found = compare_folders(before, after, read_catalogue().requirements)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    elif form == "html":
        click.echo(comparison_page.page(found, before=before, after=after))
    else:
        lines = comparison.text if form == "text" else comparison.markdown
        click.echo("\n".join(lines(found)))
    return REGRESSED if found.regressed else 0
