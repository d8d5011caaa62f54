"""Reaches a target step by step and says, at the first step that fails, what to mend.

Whatever is asked only reads, but for a few objects that are made and removed at once where the
profile allows writing.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from msgspec import Struct

from conformance.exceptions import ConformanceError, TargetError
from conformance.plugin.opening import connect, published, reach, trust, whereabouts
from conformance.provisioning.failure import ProvisioningFailed
from conformance.provisioning.ledger import Ledger
from conformance.provisioning.provisioner import Provisioner
from conformance.provisioning.recipe import read_recipes
from conformance.schema.lineage import Lineage
from conformance.schema.reader import read_schema
from conformance.wire.answer import ApiError, Result
from conformance.wire.redaction import Redactor
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.settings import Settings
    from conformance.plugin.target import Target
    from conformance.schema.model import Schema
    from conformance.wire.exchange import Exchange

NOT_REACHED = 3
LIMITED = 4
CERTIFICATE_DAYS = 14
"""A certificate that ends sooner is worth a word."""
WRITTEN = ("uploadtoken", "baseentry", "category")
"""Services of which an object is made and removed: a file's place, an entry, a category."""
NAMES_TOLD = 8
OWN_SESSION = "own session"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Step(Struct, frozen=True):
    """What one step came to.

    `limited` lets a run go on but judges less; after `failed` there is no next step. `exit` is the
    code that the step asks for.
    """

    name: str
    state: Literal["good", "limited", "failed"]
    told: str
    mend: str = ""
    exit: int = 0


def diagnose(settings: Settings) -> Iterator[Step]:
    """The steps as they are done; the last is the one that failed, if any.

    Raises UsageError for settings that cannot be used at all.
    """
    with ExitStack() as stack:
        url, accounts = whereabouts(settings, stack)
        seen: list[Exchange] = []
        redactor = Redactor(accounts.secrets)
        target = connect(settings, url, accounts, redactor=redactor, observe=seen.append)
        stack.callback(target.close)
        for step in _steps(settings, target, seen):
            yield step
            if step.state == "failed":
                return


def _steps(settings: Settings, target: Target, seen: list[Exchange]) -> Iterator[Step]:
    yield _name(target.url)
    yield _transport(settings, target.url)
    yield from _version(target)
    yield _clock(settings, seen)
    found: list[Schema] = []
    yield _schema(settings, target, found)
    yield from _logins(settings, target)
    if settings.profile.capabilities.local_sessions:
        yield _own_session(target)
    yield _reading(settings, target, found[0])
    yield from _writing(settings, target, found[0])


def _name(url: str) -> Step:
    host = urlsplit(url).hostname or ""
    try:
        known = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return Step(
            "name",
            "failed",
            f"'{host}' is no host that is known here: {error.strerror or error}",
            "Is the URL spelt right, and does this machine's resolver know the host?",
            NOT_REACHED,
        )
    addresses = sorted({str(entry[4][0]) for entry in known})
    return Step("name", "good", f"{host} is {', '.join(addresses)}")


def _transport(settings: Settings, url: str) -> Step:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    limits = settings.profile.limits
    try:
        with socket.create_connection((host, port), limits.connect_timeout_seconds) as connection:
            if parts.scheme == "https":
                return _certificate(settings, host, connection)
    except ssl.SSLCertVerificationError as error:
        return Step(
            "TLS",
            "failed",
            f"the certificate is not to be trusted: {error.verify_message}",
            "Name its authority by verify-tls under [target], or mend the certificate",
            NOT_REACHED,
        )
    except OSError as error:
        return Step(
            "connection",
            "failed",
            f"port {port} of {host}: {error.strerror or error}",
            "Is the server up, and does no firewall stand before it?",
            NOT_REACHED,
        )
    if host in LOCAL:
        return Step("connection", "good", f"port {port} is open")
    return Step(
        "TLS",
        "limited",
        f"port {port} is open, without TLS: sessions travel in the clear",
        "Say https:// where the server has it",
    )


def _certificate(settings: Settings, host: str, connection: socket.socket) -> Step:
    verify = trust(settings)
    if verify is False:
        return Step(
            "TLS",
            "limited",
            "the profile says not to check certificates",
            "Name the authority by verify-tls under [target]",
        )
    context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
    with context.wrap_socket(connection, server_hostname=host) as secured:
        told = secured.getpeercert() or {}
        version = secured.version()
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    days = (ends - datetime.now(UTC)).days
    text = f"{version}, certificate good until {ends:%Y-%m-%d}"
    if days < CERTIFICATE_DAYS:
        return Step("TLS", "limited", f"{text}: {days} days", "Renew it")
    return Step("TLS", "good", text)


def _version(target: Target) -> Iterator[Step]:
    try:
        version = reach(target)
    except TargetError as error:
        yield Step("version", "failed", error.problem, error.hint, NOT_REACHED)
        return
    if version == "unknown":
        yield Step(
            "version",
            "failed",
            "something answers, but does not tell a version",
            "Is that the URL of a Kaltura API? Leave out what follows the host, or /api_v3",
            NOT_REACHED,
        )
        return
    yield Step("version", "good", version)
    exchange = target.send(Call("system", "ping"), session="none")
    if isinstance(exchange.answer, Result) and exchange.answer.value in {True, "1"}:
        yield Step("ping", "good", f"answered in {exchange.elapsed_ms:.0f} ms")
    else:
        yield Step("ping", "limited", f"system.ping answers {_said(exchange)}", "See its log")


def _clock(settings: Settings, seen: list[Exchange]) -> Step:
    last = seen[-1]
    told = last.response.header("Date")
    if told is None:
        return Step("clock", "limited", "its answers have no Date", "Let the web server send it")
    try:
        its = parsedate_to_datetime(told).timestamp()
    except ValueError:
        return Step("clock", "limited", f"its Date is '{told}'", "Let it be as HTTP wants it")
    apart = its - last.started_at - last.elapsed_ms / 1000
    allowed = max(settings.profile.limits.clock_skew_seconds, 1.0)
    if abs(apart) > allowed + 1:  # the header counts whole seconds
        way = "ahead of" if apart > 0 else "behind"
        return Step(
            "clock",
            "limited",
            f"its clock is {abs(apart):.0f} s {way} ours, and {allowed:.0f} s are allowed",
            "Set both by NTP, or raise clock-skew-seconds under [limits]",
        )
    return Step("clock", "good", f"within {allowed:.0f} s of ours")


def _schema(settings: Settings, target: Target, found: list[Schema]) -> Step:
    started = time.monotonic()
    try:
        source = settings.schema_source
        schema = read_schema(source) if source else published(settings, target.url)
    except ConformanceError as error:
        return Step(
            "schema",
            "failed",
            str(error),
            "Let the server generate its clients again, or name a file by --schema",
            error.exit_code,
        )
    found.append(schema)
    seconds = time.monotonic() - started
    text = (
        f"{schema.api_version or 'no version'}: {len(schema.services)} services, "
        f"{len(schema.actions)} actions, read in {seconds:.1f} s"
    )
    if schema.unsound:
        return Step(
            "schema",
            "limited",
            f"{text}; not sound: {schema.unsound[0]}",
            "What it names must be in it: generate it again with the plugins that are installed",
        )
    if schema.oddities:
        first = schema.oddities[0]
        oddity = f"line {first.line} <{first.element}>: {first.what}"
        return Step(
            "schema",
            "limited",
            f"{text}; {len(schema.oddities)} oddities, first {oddity}",
            "kaltura-conformance schema lint tells them all",
        )
    return Step("schema", "good", text)


def _logins(settings: Settings, target: Target) -> Iterator[Step]:
    kinds = [("admin", "failed")]
    if settings.profile.capabilities.user_sessions:
        kinds.append(("user", "limited"))
    if target.accounts.other is not None and settings.profile.capabilities.second_account:
        kinds.append(("other-admin", "limited"))
    for session, worst in kinds:
        partner = target.account(session).partner_id
        try:
            target.ks(session)
        except TargetError as error:
            yield Step(
                f"login as {session}",
                "failed" if worst == "failed" else "limited",
                f"partner {partner}: {error.problem}",
                error.hint or "Is the secret that of this account?",
                NOT_REACHED if worst == "failed" else LIMITED,
            )
        else:
            yield Step(f"login as {session}", "good", f"partner {partner}")
    if target.accounts.other is None and settings.profile.capabilities.second_account:
        yield Step(
            "second account",
            "limited",
            "none is given: whether accounts are kept apart cannot be judged",
            "Say --other-partner-id and set KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET",
        )


def _own_session(target: Target) -> Step:
    exchange = target.send(Call("session", "get"), ks=target.build_ks())
    if isinstance(exchange.answer, Result):
        return Step(OWN_SESSION, "good", "a session that is signed here is taken")
    return Step(
        OWN_SESSION,
        "limited",
        f"a session that is signed here is answered by {_said(exchange)}",
        "If the server means it so, say local-sessions = false under [capabilities]",
    )


def _reading(settings: Settings, target: Target, schema: Schema) -> Step:
    denied = settings.profile.actions.denied
    services = [
        service.id
        for service in schema.services.values()
        if service.offers("list") and not denied(f"{service.id}.list")
    ]
    refused = []
    lost = []
    for service in services:
        exchange = target.send(Call(service, "list", {"pager": {"pageSize": 1}}))
        if isinstance(exchange.answer, ApiError):
            if "FORBIDDEN" in exchange.answer.code:
                refused.append(service)
        elif not isinstance(exchange.answer, Result):
            lost.append(f"{service} ({_said(exchange)})")
    text = f"{len(services) - len(refused) - len(lost)} of {len(services)} lists may be read"
    if lost:
        return Step(
            "reading", "limited", f"{text}; broken: {_few(lost)}", "See the server's log", LIMITED
        )
    if refused:
        return Step(
            "reading",
            "limited",
            f"{text}; forbidden: {_few(refused)}",
            "Usual where plugins are off for the account; what is forbidden is not judged",
        )
    return Step("reading", "good", text)


def _writing(settings: Settings, target: Target, schema: Schema) -> Iterator[Step]:
    if settings.profile.read_only:
        yield Step("writing", "good", "not tried: the profile is read-only")
        return
    provisioner = Provisioner(
        schema=schema,
        lineage=Lineage(schema),
        recipes=read_recipes(),
        ledger=Ledger(lambda _: None),
        call=lambda call, session: target.send(call, session=session),
        random=Random(settings.seed),  # noqa: S311 - inputs, not secrets
        run_id=settings.run_id,
    )
    for service in (name for name in WRITTEN if name in schema.services):
        try:
            provisioner.make(service)
        except ProvisioningFailed as failure:
            yield Step(
                f"writing {service}",
                "limited",
                str(failure),
                "May this account add objects? Else say --read-only",
                LIMITED,
            )
        else:
            yield Step(f"writing {service}", "good", "one was made")
    left = provisioner.discard_all()
    if left:
        names = _few([f"{entry.service} {entry.id}" for entry in left])
        yield Step(
            "removing", "limited", f"not removed: {names}", "Remove it by hand; see why", LIMITED
        )
    else:
        yield Step("removing", "good", "what was made is gone")


def _said(exchange: Exchange) -> str:
    answer = exchange.answer
    if isinstance(answer, ApiError):
        return answer.code
    return f"HTTP {exchange.response.status}, {type(answer).__name__}"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - NAMES_TOLD} more" if len(names) > NAMES_TOLD else ""
    return ", ".join(names[:NAMES_TOLD]) + more
