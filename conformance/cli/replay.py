"""`replay RUN FINDING`: whether the finding still stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from conformance.reporting.reading import finding_of, read_records, read_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.verdict.run import Run
    from conformance.wire.exchange import Exchange


UNDECIDED = 4
"""As a run ends that is inconclusive."""


@click.command("replay")
@click.argument("run")
@click.argument("finding")
@click.option("--target", metavar="URL", help="Another server than the run's.")
@click.option("--fault", "faults", multiple=True, hidden=True)
def command(run: str, finding: str, target: str | None, faults: Sequence[str]) -> int:
    """Send the calls of a finding again, with fresh objects and sessions.

    Exits with 1 when the finding still stands, with 0 when it no longer shows, with 4 when that
    could not be judged. Secrets come from the environment, as for `run`.
    """
    from conformance.plugin.replaying import replay  # noqa: PLC0415 - pytest and httpx, not for --help
    from conformance.plugin.settings import from_options  # noqa: PLC0415 - as above

    summary = read_run(run)
    wanted = finding_of(summary, finding, folder=run)
    recorded = _recorded(run, wanted.calls)
    settings = from_options(_options(summary, run, target), quiet=True, faults=tuple(faults))
    # The seed alone does not say which history showed it, if that was one of an earlier run.
    settings = replace(settings, recalls=True)
    seen = replay(
        settings, wanted, recorded=recorded, narrate=lambda text: click.echo(text, err=True)
    )
    for exchange in seen.exchanges:
        click.echo(f"{exchange.request.method} {exchange.action}  {exchange.response.status}")
        click.echo(f"  {exchange.response.body[:300].decode(errors='replace')}")
    if seen.shown:
        breach = seen.shown[0]
        click.echo(f"{wanted.requirement}  {wanted.subject}: still stands, at look {seen.looks}")
        click.echo(f"  at         {breach.where}")
        click.echo(f"  expected   {breach.expected}")
        click.echo(f"  actual     {breach.actual}")
        return 1
    why = f" ({seen.reason})" if seen.reason else ""
    if not seen.decided:
        click.echo(f"{wanted.requirement}  {wanted.subject}: not judged in {seen.looks} looks{why}")
        return UNDECIDED
    click.echo(f"{wanted.requirement}  {wanted.subject}: not shown in {seen.looks} looks{why}")
    return 0


def _options(summary: Run, folder: str, target: str | None) -> dict[str, Any]:
    """The options that lead to the run's target again."""
    embedded = summary.profile.get("embedded") == "yes"
    options: dict[str, Any] = {
        "profile": summary.profile["name"],
        "schema": summary.profile.get("schema") or None,
        "seed": summary.seed,
        "level": "may",
        "output": f"{folder.rstrip('/')}/replay",
    }
    if target or not embedded:
        options |= {"target": target or summary.target.url}
        options |= {"partner_id": summary.target.partner_id}
    return options


def _recorded(folder: str, numbers: Iterable[int]) -> list[Exchange]:
    from conformance.wire.record import exchange_from_record  # noqa: PLC0415 - only where needed

    wanted = set(numbers)
    return [
        exchange_from_record(record)
        for record in read_records(folder, "traffic.jsonl")
        if record.get("n") in wanted and "request" in record
    ]
