"""A finished run as a bench: its traffic is there to be judged, and nothing can be sent."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from conformance.exceptions import UsageError
from conformance.plugin.accounts import Account, Accounts
from conformance.plugin.bench import Bench
from conformance.plugin.lifecycles import Lifecycles
from conformance.plugin.memory import Memory
from conformance.plugin.scope import Scope
from conformance.plugin.settling import Settling
from conformance.plugin.target import Target
from conformance.plugin.traffic import Traffic
from conformance.profile.profile import Profile
from conformance.provisioning.ledger import Ledger
from conformance.provisioning.provisioner import Provisioner
from conformance.provisioning.recipe import read_recipes
from conformance.reporting.reading import read_records
from conformance.requirements.catalogue import read_catalogue
from conformance.schema.lineage import Lineage
from conformance.schema.reader import read_judged_schema
from conformance.wire.pacing import Pace
from conformance.wire.record import exchange_from_record
from conformance.wire.redaction import Redactor

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from conformance.verdict.run import Run
    from conformance.wire.client import Client


class Sent(Exception):
    """Something would have been sent: what was called for cannot be judged from a record."""


class Nowhere(Target):
    """A target that is not there."""

    @property
    def client(self) -> Client:
        """Raise Sent: a run that is over sends nothing."""
        raise Sent


def offline_scope(folder: Path) -> Scope:
    """What the plan of the run in that folder was made from."""
    path = folder / "profile.json"
    try:
        profile = msgspec.json.decode(path.read_bytes(), type=Profile)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", place=str(path)) from error
    except msgspec.DecodeError as error:
        raise UsageError(f"no profile: {error}", place=str(path)) from error
    schema = read_judged_schema(folder / "schema.xml")
    return Scope(schema, Lineage(schema), profile, read_catalogue())


def offline_bench(folder: Path, run: Run, scope: Scope, *, today: date) -> Bench:
    """The bench of the run in that folder. Raises UsageError for traffic that is not whole."""
    traffic = Traffic()
    for record in read_records(str(folder), "traffic.jsonl"):
        traffic.add(_exchange(record, folder))
    accounts = Accounts(Account(run.target.partner_id, ""))
    target = Nowhere(
        run.target.url,
        accounts,
        observer=lambda _exchange: None,
        redactor=Redactor(),
        pace=Pace(None),
        connect_timeout_seconds=1,
        read_timeout_seconds=1,
        verify=True,
    )
    provisioner = Provisioner(
        schema=scope.schema,
        lineage=scope.lineage,
        recipes=read_recipes(),
        ledger=Ledger(lambda _event: None),
        call=_send,
        random=Random(0),  # noqa: S311 - nothing is drawn
        run_id="offline",
    )
    lifecycles = Lifecycles(_play, examples=1, random_for=lambda _service: Random(0))  # noqa: S311
    return Bench(
        scope=scope,
        target=target,
        traffic=traffic,
        provisioner=provisioner,
        lifecycles=lifecycles,
        settling=Settling(0, pause_seconds=0),
        seed=run.seed,
        memory=Memory(None, "", recalls=False),
        today=today,
    )


def _exchange(record: dict[str, Any], folder: Path) -> Any:
    if "request" not in record:
        raise UsageError(
            f"exchange {record.get('n')} is there by its digest alone",
            place=str(folder / "traffic.jsonl"),
            hint="Only a run with --record all can be judged again",
        )
    try:
        return exchange_from_record(record)
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(
            f"exchange {record.get('n')} is no record of ours: {error}",
            place=str(folder / "traffic.jsonl"),
        ) from error


def _send(_call: Any, _session: str) -> NoReturn:
    raise Sent


def _play(service: str, random: Random, *, whole: bool) -> NoReturn:  # noqa: ARG001 - a Player
    raise Sent
