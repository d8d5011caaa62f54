"""Schemathesis as a second generator: what it draws is sent, judged and recorded as ours."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from conformance.generation import drawable
from conformance.generation.schemathesis_cases import (
    EXTRA,
    drawn_bodies,
    drawn_queries,
    drawn_requests,
    drawn_texts,
    drawn_uploads,
    is_installed,
)
from conformance.plugin.check import NotApplicable
from conformance.provisioning.failure import ProvisioningFailed
from conformance.schema.standard import entity_param
from conformance.suites import probe
from conformance.suites.drawn_sending import Sent, send, smallest
from conformance.suites.drawn_subjects import drawn_actions, free_texts
from conformance.suites.hostility import before_all, permitted, plainly, usual
from conformance.suites.shared import Shared
from conformance.suites.uploading import SERVICE as UPLOADS
from conformance.suites.uploading import UNKNOWN_TOKEN, needs_uploads
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.generation.drawn import DrawnRequest
    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made
    from conformance.schema.model import Action
    from conformance.verdict.breach import Breach

    Judge = Callable[[Exchange, str], Iterable[Breach]]
    Choice = Callable[[DrawnRequest], bool]

TARGET_SHARE = 2
"""Of what the target is asked as a whole, each kind is half of what a service is asked."""
ADDED_SHARE = 12
"""Adds cost three calls each, and an object; one of a dozen calls is enough."""
MARKED = re.compile(r"kc[0-9a-f]{12}")
"""How a hostile text shows that nothing can be called so by chance."""
URL_TEXTS = {"clientTag": drawable.LONG_TEXT}
HEADER_TEXTS = dict.fromkeys(("content-type", "callback", "clientTag"), drawable.BROKEN_LINE)
"""Parameters that servers are known to write into headers (CONTRACT WIRE-11)."""


class Trial(Struct, frozen=True):
    """What one service was asked, between two plain calls."""

    before: Exchange
    sent: tuple[Sent, ...]
    after: Exchange

    @property
    def told(self) -> tuple[str, ...]:
        """What was sent, in words: how much of it, and what came last."""
        last = tuple(_what(each.drawn) for each in self.sent[-1:])
        return (f"{len(self.sent)} drawn requests, the last of them", *last)


def is_call(drawn: DrawnRequest) -> bool:
    """A well-typed call, but for those of a get, which are about ids."""
    return drawn.aim == "call" and not _is_get(drawn)


def is_id(drawn: DrawnRequest) -> bool:
    """A well-typed call of a get."""
    return drawn.aim == "call" and _is_get(drawn)


def is_odd_id(drawn: DrawnRequest) -> bool:
    """A well-typed call of a get with a text that surely names nothing."""
    given = (drawn.params or {}).values()
    return is_id(drawn) and any(isinstance(v, str) and MARKED.search(v) for v in given)


def is_kind(drawn: DrawnRequest) -> bool:
    """A call with values of another kind, or with what is not declared."""
    return drawn.aim == "kind"


def is_body(drawn: DrawnRequest) -> bool:
    """A request that holds no parameters as usual."""
    return drawn.aim == "body"


def is_any(drawn: DrawnRequest) -> bool:  # noqa: ARG001 - the shape of every choice
    """Whatever was drawn."""
    return True


def trial(context: Context, service: str) -> Trial:
    """The service's trial of this run; a fresh one, of the same requests, for another look."""
    _available(context)
    return _TRIALS.of(context, service)


def judged(
    context: Context, subject: Subject, judge: Judge, choice: Choice = is_any
) -> Iterator[Breach]:
    """The breaches of the service's requests that are chosen."""
    chosen = [sent for sent in trial(context, subject.name).sent if choice(sent.drawn)]
    yield from _made_small(context, chosen, judge)


def big_bodies_judged(context: Context, judge: Judge) -> Iterator[Breach]:
    """The breaches of calls with texts of up to megabytes."""
    yield from _of_target(context, judge, drawn_bodies)


def long_urls_judged(context: Context, judge: Judge) -> Iterator[Breach]:
    """The breaches of calls with long texts in the URL."""
    yield from _of_target(context, judge, drawn_queries, query=URL_TEXTS)


def broken_lines_judged(context: Context, judge: Judge) -> Iterator[Breach]:
    """The breaches of calls with broken lines in the URL."""
    yield from _of_target(context, judge, drawn_queries, query=HEADER_TEXTS)


def uploads_judged(context: Context, judge: Judge) -> Iterator[Breach]:
    """The breaches of uploads to a token that does not exist."""
    _available(context)
    needs_uploads(context)
    action = context.schema.services[UPLOADS].actions["upload"]
    drawn = drawn_uploads(context.schema, action, seed=_seed(context, action), most=_most(context))
    safe = [_for_nobody(each) for each in drawn]
    yield from _made_small(context, [send(context, each) for each in safe], judge)


def additions_judged(context: Context, subject: Subject, judge: Judge) -> Iterator[Breach]:
    """The breaches of adds with drawn texts, and of updates of what they made."""
    _available(context)
    service = context.schema.services[subject.name]
    action = service.actions["add"]
    only = sorted(free_texts(context, service))
    taken = entity_param(action)
    if taken is None:
        raise NotApplicable(f"{action.id} takes no object")
    drawn = drawn_texts(
        context.schema, action, seed=_seed(context, action),
        most=_most(context, ADDED_SHARE), only=only,
    )  # fmt: skip
    for each in drawn:
        given = (each.params or {}).get(taken.name) or {}
        texts = {name: text for name, text in given.items() if name in only}
        made, exchange = _added(context, subject.name, texts)
        yield from judge(exchange, _what(each))
        if made is None:
            continue
        if "update" in made.keys:
            yield from judge(_updated(context, made, texts), f"an update to {_what(each)}")
        context.discard(made)


def _available(context: Context) -> None:
    permitted(context)
    if context.profile.generation.schemathesis == 0:
        raise NotApplicable("the profile's generation.schemathesis is 0")
    if not is_installed():
        raise NotApplicable(f"{EXTRA} is not installed: pip install 'kaltura-conformance[{EXTRA}]'")


def _seed(context: Context, action: Action | str) -> int:
    name = action if isinstance(action, str) else action.id
    return zlib.crc32(f"{context.seed}:{name}".encode())


def _most(context: Context, share: int = TARGET_SHARE) -> int:
    return -(-context.profile.generation.schemathesis // share)


def _play(context: Context, name: str) -> Trial:
    service, seed = context.schema.services[name], _seed(context, name)
    asked = probe.plain(probe.grounds(context), service)[0]
    before = before_all(context, asked)
    most = context.profile.generation.schemathesis
    actions = drawn_actions(context, service, seed=seed)
    drawn = drawn_requests(context.schema, actions, seed=seed, most=most)
    sent = tuple(send(context, each) for each in drawn)
    return Trial(before, sent, plainly(context, asked))


_TRIALS: Shared[Trial] = Shared(_play)


def _of_target(context: Context, judge: Judge, draw: Any, **given: Any) -> Iterator[Breach]:
    """The breaches of what is drawn for the one action that represents the target."""
    _available(context)
    asked = usual(context)
    action = context.schema.services[asked.service].actions[asked.action]
    seed, most = _seed(context, action), _most(context)
    drawn = draw(context.schema, action, seed=seed, most=most, **given)
    yield from _made_small(context, [send(context, each) for each in drawn], judge)


def _made_small(context: Context, chosen: Sequence[Sent], judge: Judge) -> Iterator[Breach]:
    """The breaches of each action's first request that has any, by the smallest such request."""

    def fails(sent: Sent) -> bool:
        return any(judge(sent.exchange, ""))

    told: set[str] = set()
    for sent in chosen:
        if not any(judge(sent.exchange, "")) or sent.drawn.action in told:
            continue
        told.add(sent.drawn.action)
        small = smallest(context, sent, fails)
        yield from judge(small.exchange, _what(small.drawn))


def _for_nobody(drawn: DrawnRequest) -> DrawnRequest:
    """The upload with a token that does not exist, whatever was drawn for it."""
    if drawn.params is None:
        return drawn
    return structs.replace(drawn, params={**drawn.params, "uploadTokenId": UNKNOWN_TOKEN})


def _what(drawn: DrawnRequest) -> str:
    return f"{drawn.written} ({EXTRA}, {drawn.phase})"


def _is_get(drawn: DrawnRequest) -> bool:
    return drawn.action.endswith(".get")


def _added(context: Context, service: str, texts: dict[str, Any]) -> tuple[Made | None, Exchange]:
    """Add an object with these texts and the run's mark; everything else is as its recipe says."""
    provisioner = context.provisioner
    try:
        adding = provisioner.adding(
            service, properties=_marked(context, texts), random=context.random
        )
    except ProvisioningFailed as failure:
        context.exchanges.extend(failure.exchanges)
        raise NotApplicable(str(failure)) from failure
    made, exchange = adding.send(adding.draft)
    context.exchanges.append(exchange)
    return made, exchange


def _updated(context: Context, made: Made, texts: dict[str, Any]) -> Exchange:
    action = context.schema.services[made.service].actions["update"]
    taken = entity_param(action)
    entity = {**({"objectType": made.type} if made.type else {}), **_marked(context, texts)}
    params = {**made.keys["update"], **({taken.name: entity} if taken is not None else {})}
    return context.call(
        made.service, "update", params, session=context.recipe(made.service).session
    )


def _marked(context: Context, texts: dict[str, Any]) -> dict[str, Any]:
    """The texts with the mark by which a run's objects are found again."""
    names = context.provisioner.names
    return {name: names.mark(name, text, several_tags=True) for name, text in texts.items()}
