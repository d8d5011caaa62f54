"""Calls of schemathesis, sent and recorded as ours; what they break is shrunk by what we know."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.generation.schemathesis_cases import (
    EXTRA,
    DrawnCase,
    drawn_cases,
    is_installed,
)
from conformance.generation.shrinking import Shrinker
from conformance.plugin.check import NotApplicable
from conformance.plugin.subjects import action_subject
from conformance.suites.hostility import QUIRKS, permitted
from conformance.suites.misuse import is_decoded_as_usual
from conformance.suites.shared import Shared
from conformance.wire.encoding import API_PATH, json_text
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.schema.model import Action
    from conformance.verdict.breach import Breach

    Judge = Callable[[Exchange, str], Iterable[Breach]]

READING = frozenset({"get", "list", "count"})
SHRINKING_CALLS = 60


class Sent(Struct, frozen=True):
    """One drawn call with what was answered."""

    case: DrawnCase
    exchange: Exchange


def drawn_actions(scope: Scope) -> Iterator[Subject]:
    """Every get, list and count that may be called and answers in the ordinary way."""
    for action in scope.schema.actions:
        if action.name not in READING or action.result.kind == "file" or not action.params:
            continue
        if any(param.type.kind == "file" for param in action.params):
            continue
        if scope.profile.actions.probe_only_because(action.id):
            continue
        quirks = scope.profile.quirks
        if is_decoded_as_usual(action, scope.profile) and not any(
            quirks.why(table, action.id) for table in QUIRKS
        ):
            yield action_subject(action)


def judged(context: Context, subject: Subject, judge: Judge, *, valid: bool) -> Iterator[Breach]:
    """The breach of the first drawn call of each phase that has one, by the smallest such call."""
    permitted(context)
    _available(context)
    action = context.schema.services[str(subject.service)].actions[str(subject.action)]
    told: set[str] = set()
    for sent in _SENT.of(context, subject.name):
        phase = sent.case.phase
        if sent.case.is_valid is not valid or phase in told:
            continue
        if any(judge(sent.exchange, "")):
            told.add(phase)
            yield from _smallest(context, action, sent, judge)


def _available(context: Context) -> None:
    if context.profile.generation.schemathesis == 0:
        raise NotApplicable("the profile's generation.schemathesis is 0")
    if not is_installed():
        raise NotApplicable(f"{EXTRA} is not installed: pip install 'kaltura-conformance[{EXTRA}]'")


def _play(context: Context, name: str) -> tuple[Sent, ...]:
    service, _, called = name.partition(".")
    action = context.schema.services[service].actions[called]
    seed = zlib.crc32(f"{context.seed}:{name}".encode())
    most = context.profile.generation.schemathesis
    cases = drawn_cases(context.schema, action, seed=seed, most=most)
    return tuple(Sent(case, _send(context, action, case.params)) for case in cases)


_SENT: Shared[tuple[Sent, ...]] = Shared(_play)


def _send(context: Context, action: Action, params: Mapping[str, Any]) -> Exchange:
    return context.send_raw(
        "POST",
        f"{API_PATH}/service/{action.service}/action/{action.name}",
        headers={"Content-Type": "application/json"},
        body=json_text({**params, "format": 1, "ks": context.ks("admin")}),
    )


def _smallest(context: Context, action: Action, sent: Sent, judge: Judge) -> Iterator[Breach]:
    """The breach again, by the smallest call that shows it; by the drawn one if none does."""
    last = sent.exchange

    def fails(params: Mapping[str, Any]) -> bool:
        nonlocal last
        exchange = _send(context, action, params)
        if not any(judge(exchange, "")):
            return False
        last = exchange
        return True

    shrinker = Shrinker(context.schema, context.lineage)
    shrunk = shrinker.shrink(action, sent.case.params, fails, most_calls=SHRINKING_CALLS)
    what = f"{json_text(shrunk.params).decode()} ({EXTRA}, {sent.case.phase})"
    yield from judge(last, what)
