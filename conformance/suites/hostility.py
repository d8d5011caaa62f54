"""Hostile requests to one service, played once: every check of the area judges the same answers.

They go past the record by action, because the checks of every answer take a caller of good will for
granted. Bodies that may be unreadable are sent without a KS, so that nothing can come of them.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.generation.hostile import NUMBERS as EVERY_NUMBER
from conformance.generation.hostile import (
    HostileBody,
    hostile_bodies,
    hostile_texts,
    wrong_kinds,
)
from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.plugin.patience import PASSING
from conformance.plugin.subject import Subject
from conformance.suites import probe
from conformance.suites.comparison import ask
from conformance.suites.misuse import is_decoded_as_usual
from conformance.suites.reading import NONCE
from conformance.suites.shared import Shared
from conformance.suites.wire_subjects import usual_probe
from conformance.wire.encoding import API_PATH, json_text
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.suites.probe import Probe

TEXTS = 3
NUMBERS = 2
BODIES = 3
"""So many are tried of each service; together the services are asked all of them."""
QUIRKS = ("internal_errors", "bare_answers")


class Said(Struct, frozen=True):
    """One hostile request: what it was in words, and what came of it."""

    what: str
    exchange: Exchange


class Ordeal(Struct, frozen=True):
    """What was done to one service, between two plain calls."""

    before: Exchange
    texts: tuple[Said, ...]
    numbers: tuple[Said, ...]
    bodies: tuple[Said, ...]
    after: Exchange

    @property
    def values(self) -> tuple[Said, ...]:
        """The well-formed calls with a hostile value."""
        return (*self.texts, *self.numbers)

    @property
    def every(self) -> tuple[Said, ...]:
        """Every hostile request."""
        return (*self.values, *self.bodies)


def tried_services(scope: Scope) -> Iterator[Subject]:
    """Every service that can be asked something plain."""
    yield from _services(scope, numeric=None)


def text_services(scope: Scope) -> Iterator[Subject]:
    """Services whose get takes a text."""
    yield from _services(scope, numeric=False)


def number_services(scope: Scope) -> Iterator[Subject]:
    """Services whose get takes a number."""
    yield from _services(scope, numeric=True)


def _services(scope: Scope, *, numeric: bool | None) -> Iterator[Subject]:
    ground = probe.grounds(scope)
    for service in scope.schema.services.values():
        found = probe.plain(ground, service)
        if not found or not _is_usual(scope, found[0]):
            continue
        if numeric is None or (_takes_value(found[0]) and found[0].numeric is numeric):
            yield Subject(kind="service", name=service.id, service=service.id)


def _is_usual(scope: Scope, asked: Probe) -> bool:
    """Whether the action answers in the ordinary way, as far as is known."""
    action = scope.schema.services[asked.service].actions[asked.action]
    quirks = scope.profile.quirks
    return is_decoded_as_usual(action, scope.profile) and not any(
        quirks.why(table, action.id) for table in QUIRKS
    )


def _takes_value(asked: Probe) -> bool:
    return (
        asked.action == "get"
        and asked.parameter in asked.params
        and asked.parameter not in probe.RESERVED
    )


def permitted(context: Context) -> None:
    """NotApplicable where the profile wants no hostile requests."""
    if not context.profile.capabilities.hostile_requests:
        raise NotApplicable("the profile says that no hostile requests may be sent")


def ordeal(context: Context, service: str) -> Ordeal:
    """The service's ordeal of this run; a fresh one, with the same choice, for another look."""
    permitted(context)
    return _ORDEALS.of(context, service)


def _play(context: Context, service: str) -> Ordeal:
    asked = probe.plain(probe.grounds(context), context.schema.services[service])[0]
    before = before_all(context, asked)
    choice = Random(f"{context.seed}:{service}")  # noqa: S311 - inputs, not secrets
    texts: tuple[Said, ...] = ()
    numbers: tuple[Said, ...] = ()
    if _takes_value(asked) and asked.numeric:
        chosen = choice.sample(EVERY_NUMBER, NUMBERS)
        numbers = tuple(_with_value(context, asked, f"the number {n!r}", n) for n in chosen)
    elif _takes_value(asked):
        drawn = hostile_texts(context.random, choice=choice, most=TEXTS)
        texts = tuple(_with_value(context, asked, each.label, each.text) for each in drawn)
    bodies = hostile_bodies(asked.parameter or "id", context.random, choice=choice, most=BODIES)
    said = tuple(with_body(context, asked, body) for body in bodies)
    after = plainly(context, asked)
    return Ordeal(before, texts, numbers, said, after)


_ORDEALS: Shared[Ordeal] = Shared(_play)


def before_all(context: Context, asked: Probe) -> Exchange:
    """The probe's plain call, before anything hostile; NotApplicable where it is not there."""
    exchange = plainly(context, asked)
    code = exchange.error.code if exchange.error else ""
    if code in {"SERVICE_DOES_NOT_EXISTS", "ACTION_DOES_NOT_EXISTS"}:
        raise NotApplicable(f"{asked.service}.{asked.action} is not there: {code}")
    return exchange


def plainly(context: Context, asked: Probe) -> Exchange:
    """The probe's plain call; Inconclusive where the server only says that it is busy."""
    exchange = ask(context, asked)
    if exchange.error is not None and exchange.error.code in PASSING:
        raise Inconclusive(f"{asked.service}.{asked.action} is limited in rate")
    return exchange


def _with_value(context: Context, asked: Probe, what: str, value: Any) -> Said:
    params = {**asked.params, asked.parameter: value}
    return Said(f"{what} for {asked.parameter}", with_params(context, asked, params))


def with_params(context: Context, asked: Probe, params: dict[str, Any]) -> Exchange:
    """The probe's action with these parameters, as the account's admin."""
    return context.send_raw(
        "POST",
        path_of(asked),
        headers={"Content-Type": "application/json"},
        body=json_text({"format": 1, "ks": context.ks("admin"), **params}),
    )


def with_body(context: Context, asked: Probe, body: HostileBody) -> Said:
    """The probe's action with a body that says whatever it says, without a KS.

    The format is in the URL, for the body may be lost; the nonce keeps the answer out of the cache
    that callers without a KS share (OBSERVED 15).
    """
    headers = dict(body.headers)
    if body.content_type is not None:
        headers["Content-Type"] = body.content_type
    path = f"{path_of(asked)}?format=1&{NONCE}={context.random.getrandbits(48):x}"
    exchange = context.send_raw("POST", path, headers=headers, body=body.content)
    return Said(body.label, exchange)


def kinds(context: Context, service: str) -> Iterator[Said]:
    """Values of other kinds than the probe's parameter, and for the KS."""
    permitted(context)
    asked = probe.plain(probe.grounds(context), context.schema.services[service])[0]
    names = [name for name in (asked.parameter, asked.nested) if name]
    for name in names:
        for label, value in wrong_kinds(context.random):
            exchange = with_params(context, asked, {**asked.params, name: value})
            yield Said(f"{label} for {name}", exchange)
    for name in ("ks", "language", "responseProfile", "clientTag"):
        exchange = with_params(context, asked, {**asked.params, name: [1]})
        yield Said(f"a list for {name}", exchange)


def usual(context: Context) -> Probe:
    """The one plain call that represents the target."""
    permitted(context)
    return usual_probe(context)


def path_of(asked: Probe) -> str:
    """Where the probe's action is asked."""
    return f"{API_PATH}/service/{asked.service}/action/{asked.action}"
