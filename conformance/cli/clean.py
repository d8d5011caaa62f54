"""`clean RUN`: removes what a run left on its target, by the run's ledger."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from conformance.exceptions import UsageError
from conformance.reporting.reading import read_records, read_run

if TYPE_CHECKING:
    from conformance.plugin.cleaning import Cleaned
    from conformance.provisioning.ledger import Entry

LEDGER = "ledger.jsonl"


@click.command("clean")
@click.argument("run")
@click.option("--profile", metavar="NAME|FILE", help="Another profile than the run's.")
@click.option("--target", metavar="URL", help="Where the run's server is now.")
@click.option("--partner-id", type=int, metavar="N", help="The account, if not the run's.")
def command(run: str, **given: Any) -> int:
    """Remove what a run left on its target.

    Exits with 0 when nothing is left, with 1 otherwise. A run that was killed can be cleaned as
    well. Secrets come from the environment, as for `run`.
    """
    from conformance.plugin.cleaning import clean  # noqa: PLC0415 - httpx, not for --help
    from conformance.plugin.settings import from_options  # noqa: PLC0415 - as above
    from conformance.provisioning.ledger import read_leftovers  # noqa: PLC0415 - as above

    events = list(read_records(run, LEDGER))
    entries = read_leftovers(_checked(events, run))
    if not entries:
        click.echo("nothing is left")
        return 0
    origin = _origin(run, events)
    if origin.pop("embedded", False) and not given["target"]:
        click.echo(f"{len(entries)} objects went with the embedded server: nothing is left")
        return 0
    options = origin | {name: value for name, value in given.items() if value is not None}
    left = 0
    for cleaned in clean(from_options(options), entries):
        click.echo(f"{_named(cleaned.entry)}  {cleaned.told}")
        left += not cleaned.gone
        if cleaned.gone:
            _note(run, cleaned)
    click.echo(f"{len(entries) - left} of {len(entries)} removed, {left} left")
    return 1 if left else 0


def _checked(events: list[dict[str, Any]], run: str) -> list[dict[str, Any]]:
    """The events, if they are a ledger's."""
    needed = {"event", "number"}
    for number, event in enumerate(events, 1):
        more = {"intent": {"service", "action"}, "created": {"id", "params"}}
        missing = (needed | more.get(str(event.get("event")), set())) - event.keys()
        if missing:
            raise UsageError(
                f"no event of a ledger: it has no '{min(missing)}'",
                place=f"{run}/{LEDGER}:{number}",
            )
    return events


def _origin(run: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    """The options that lead to the run's target: from the ledger's head, or from the summary."""
    head = next((event for event in events if event["event"] == "target"), None)
    if head is not None:
        origin = {name: head.get(name) for name in ("profile", "schema", "partner_id", "embedded")}
        return origin | {"target": head.get("url")}
    summary = read_run(run)
    return {
        "profile": summary.profile.get("name"),
        "schema": summary.profile.get("schema") or None,
        "partner_id": summary.target.partner_id,
        "target": summary.target.url,
        "embedded": summary.profile.get("embedded") == "yes",
    }


def _named(entry: Entry) -> str:
    if not entry.certain:
        return f"{entry.service} marked {entry.marker}"
    keys = entry.delete_params or {"id": entry.id}
    return f"{entry.service} {', '.join(map(str, keys.values()))}"


def _note(run: str, cleaned: Cleaned) -> None:
    """Say it in the ledger, so that the next `clean` does not look for it."""
    entry = cleaned.entry
    line = {
        "event": "removed",
        "number": entry.number,
        "service": entry.service,
        "action": entry.action,
        "id": entry.id,
        "at": round(time.time(), 3),
    }
    path = Path(run) / LEDGER
    content = path.read_bytes()
    with path.open("r+b") as file:
        # Half a line of the killed run would spoil the line that is appended to it.
        file.seek(content.rfind(b"\n") + 1)
        file.truncate()
        file.write(msgspec.json.encode(line) + b"\n")
