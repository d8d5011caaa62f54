"""From settings to an open run: the target reached, its schema read, logged in, files open."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

from conformance.exceptions import SchemaError, TargetUnreachable, UsageError
from conformance.plugin.accounts import Account, Accounts
from conformance.plugin.bench import Bench
from conformance.plugin.embedded import EmbeddedServer
from conformance.plugin.lifecycles import Lifecycles
from conformance.plugin.memory import Memory
from conformance.plugin.observed import Observed
from conformance.plugin.recording import Recording
from conformance.plugin.scope import Scope
from conformance.plugin.settling import Settling
from conformance.plugin.target import Target
from conformance.plugin.traffic import Traffic
from conformance.provisioning.ledger import Ledger
from conformance.provisioning.lifecycle import begin
from conformance.provisioning.normalised import without_normalised
from conformance.provisioning.provisioner import Provisioner
from conformance.provisioning.recipe import read_recipes
from conformance.requirements.catalogue import read_catalogue
from conformance.schema.lineage import Lineage
from conformance.schema.reader import parse_schema, salvage_schema
from conformance.schema.source import fetch, is_url
from conformance.wire.answer import NoAnswer, Result
from conformance.wire.encoding import root_of
from conformance.wire.pacing import Pace
from conformance.wire.redaction import Redactor
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from conformance.plugin.settings import Settings
    from conformance.provisioning.lifecycle import Beginning
    from conformance.schema.model import Schema
    from conformance.wire.exchange import Exchange

SCHEMA_PATH = "/api_v3/api_schema.php"
"""Where a server publishes its schema (CONTRACT SCHEMA-01)."""
READINGS = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """An open run."""

    bench: Bench
    recording: Recording
    observed: Observed
    server_version: str


def open_bench(settings: Settings, stack: ExitStack) -> Opened:
    """Open everything a run needs; what must be closed goes onto the stack.

    Raises TargetUnreachable, LoginRefused, SchemaError or UsageError: nothing is judged then.
    """
    # Before anything is started or asked: a file that is no schema is nobody's fault but ours.
    source = settings.schema_source
    content = fetch(source) if source else None
    schema = parse_schema(content, source) if source and content is not None else None
    url, accounts = whereabouts(settings, stack)
    redactor = Redactor(accounts.secrets)
    recording = Recording(settings.output, redactor, record_all=settings.record_all)
    stack.callback(recording.close)
    traffic, observed = Traffic(), Observed()

    def observe(exchange: Exchange) -> None:
        traffic.add(exchange)
        observed.add(exchange)
        recording.exchange(exchange)

    target = connect(settings, url, accounts, redactor=redactor, observe=observe)
    stack.callback(target.close)
    version = reach(target)
    if schema is None or content is None:
        content, schema = _published(settings, url)
    if not schema.actions and not schema.unsound:
        raise SchemaError(
            "it describes no action of any service: nothing could be judged by it",
            place=schema.source,
            hint="Was it generated without the services?",
        )
    recording.schema(content)
    recording.profile(settings.profile)
    target.ks("admin")
    recording.ledger(_head(settings, target))
    scope = Scope(
        schema=schema,
        lineage=Lineage(schema),
        profile=settings.profile,
        catalogue=read_catalogue(),
    )
    bench = _bench(settings, scope, target, traffic, recording)
    return Opened(bench, recording, observed, version)


def connect(
    settings: Settings,
    url: str,
    accounts: Accounts,
    *,
    redactor: Redactor,
    observe: Callable[[Exchange], None],
) -> Target:
    """The connection to the target, as the profile wants it; nothing is asked yet."""
    limits = settings.profile.limits
    return Target(
        url,
        accounts,
        observer=observe,
        redactor=redactor,
        pace=Pace(limits.requests_per_second),
        connect_timeout_seconds=limits.connect_timeout_seconds,
        read_timeout_seconds=limits.read_timeout_seconds,
        verify=trust(settings),
    )


def published(settings: Settings, url: str) -> Schema:
    """The schema that the target publishes about itself, asked for as patiently as anything.

    What is published unsound is a breach to be judged (SCHEMA-SERVE-002), not an obstacle: the rest
    of it is read. Raises SchemaError where nothing can be.
    """
    return _published(settings, url)[1]


def _published(settings: Settings, url: str) -> tuple[bytes, Schema]:
    """The bytes and what they say; asked for again where they may have been spoilt on their way."""
    source = root_of(url) + SCHEMA_PATH
    found = _reading(settings, source)
    for _ in range(READINGS - 1):
        if not isinstance(found, SchemaError) and not found[1].unsound:
            break
        found = _reading(settings, source)
    if isinstance(found, SchemaError):
        raise found
    return found


def _reading(settings: Settings, source: str) -> tuple[bytes, Schema] | SchemaError:
    timeout = settings.profile.limits.read_timeout_seconds
    content = fetch(source, timeout_seconds=timeout, verify=trust(settings))
    try:
        return content, salvage_schema(content, source)
    except SchemaError as error:
        return error


def trust(settings: Settings) -> bool | str:
    """Whether to check certificates, or the file to check them by; UsageError if it is none."""
    verify = settings.profile.target.verify_tls
    if isinstance(verify, str):
        try:
            ssl.create_default_context(cafile=verify)
        except OSError as error:
            raise UsageError(
                f"no certificates to trust: {error.strerror or error}", place=f"verify-tls {verify}"
            ) from error
    return verify


def _head(settings: Settings, target: Target) -> dict[str, Any]:
    """The ledger's first line: where the objects are, for who cleans up after a killed run."""
    return {
        "event": "target",
        "number": 0,
        "url": target.url,
        "partner_id": target.accounts.own.partner_id,
        "profile": settings.profile_file,
        "schema": settings.schema_source,
        "embedded": settings.profile.target.url is None,
    }


def _bench(
    settings: Settings, scope: Scope, target: Target, traffic: Traffic, recording: Recording
) -> Bench:
    def send(call: Call, session: str) -> Exchange:
        return target.send(call, session=session)

    provisioner = Provisioner(
        schema=scope.schema,
        lineage=scope.lineage,
        recipes=without_normalised(
            read_recipes(), scope.schema, scope.lineage, scope.profile.quirks.normalised
        ),
        ledger=Ledger(recording.ledger),
        call=send,
        random=Random(f"{settings.seed}:provisioning"),  # noqa: S311 - inputs, not secrets
        run_id=settings.run_id,
    )

    def random_for(service: str) -> Random:
        return Random(f"{settings.seed}:lifecycle:{service}")  # noqa: S311 - as above

    def life(service: str, random: Random, *, whole: bool) -> Beginning:
        return begin(provisioner, send, service, random=random, whole=whole)

    lifecycles = Lifecycles(
        life,
        examples=settings.lives,
        random_for=random_for,
    )
    return Bench(
        scope=scope,
        target=target,
        traffic=traffic,
        provisioner=provisioner,
        lifecycles=lifecycles,
        settling=Settling(
            settings.profile.limits.settle_seconds,
            pause_seconds=settings.profile.limits.settle_poll_ms / 1000,
        ),
        seed=settings.seed,
        today=datetime.now(UTC).date(),
        memory=Memory(
            settings.memory,
            settings.profile.target.url or "embedded",
            recalls=settings.recalls,
        ),
    )


def whereabouts(settings: Settings, stack: ExitStack) -> tuple[str, Accounts]:
    """Where the target is and who we are there; starts the embedded server where none is named."""
    wanted = settings.profile.target
    if wanted.url is None:
        if settings.schema_source and is_url(settings.schema_source):
            raise UsageError(
                "the embedded server takes a schema file, no URL",
                place=settings.schema_source,
                hint="Say --target URL to judge the server there",
            )
        ready = stack.enter_context(
            EmbeddedServer(
                schema=settings.schema_source,
                faults=settings.faults,
                variations=settings.variations,
            )
        )
        own = Account(ready.partner_id, ready.admin_secret, ready.user_secret, wanted.user_id)
        second = Account(
            ready.other_partner_id,
            ready.other_admin_secret,
            ready.other_user_secret,
            wanted.user_id,
        )
        return ready.url, Accounts(own, second)
    if wanted.partner_id is None:
        raise UsageError(
            "which account? No partner id is given",
            place=settings.profile_name,
            hint="Say --partner-id N, or partner-id under [target] in the profile",
        )
    given = settings.secrets
    if given.admin is None:
        raise UsageError(
            "no admin secret is given",
            place="KALTURA_CONFORMANCE_ADMIN_SECRET",
            hint="Set it, or KALTURA_CONFORMANCE_ADMIN_SECRET_FILE, in the environment",
        )
    own = Account(wanted.partner_id, given.admin, given.user, wanted.user_id)
    other_secret = given.other_admin
    other: Account | None = None
    if wanted.other_partner_id is not None and other_secret:
        other = Account(wanted.other_partner_id, other_secret, None, wanted.user_id)
    return wanted.url, Accounts(own, other)


def reach(target: Target) -> str:
    """Ask for the version, which needs no KS; TargetUnreachable when nothing answers."""
    exchange = target.send(Call("system", "getVersion"), session="none")
    if isinstance(exchange.answer, NoAnswer):
        raise TargetUnreachable(
            f"no answer ({exchange.answer.kind}: {exchange.answer.detail})",
            place=target.url,
            hint="Is the URL right, and is the server up?",
        )
    answer = exchange.answer
    return str(answer.value) if isinstance(answer, Result) and answer.value else "unknown"
