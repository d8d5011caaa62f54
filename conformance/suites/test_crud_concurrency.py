"""Several sessions of one account at once: on one object, and on objects of their own.

Gentle: four sessions, a few calls each, on services that a real server was seen to take.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles import concurrency as oracles
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.provisioning.recipe import read_recipes
from conformance.schema.standard import entity_param
from conformance.suites.history_subjects import id_is_given, services_with_histories
from conformance.suites.shared import Shared
from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made
    from conformance.verdict.breach import Breach

SESSIONS = 4
ROUNDS = 2
"""Updates of each session, with a get after each."""
TOGETHER_SECONDS = 10.0
"""How long the sessions wait for each other before they begin."""
PRIVILEGES = "disableentitlement"
CHANGED = ("description", "feedDescription", "text", "partnerData")
"""What is changed: the first of these texts that the recipe says may be."""

POOL = ThreadPoolExecutor(max_workers=4 * SESSIONS, thread_name_prefix="session")
"""Its threads keep their connections from check to check."""


class Meeting(Struct, frozen=True):
    """Sessions that met on one object. `writes` are by the value that each wrote."""

    name: str
    before: str
    writes: Mapping[str, Exchange]
    reads: tuple[Exchange, ...]
    after: tuple[Exchange, ...]


def services_that_meet(scope: Scope) -> Iterator[Subject]:
    """Services whose objects any account may change and remove, one property at least."""
    for subject in services_with_histories(scope):
        recipe, offered = read_recipes()[subject.name], scope.schema.services[subject.name].actions
        known = recipe.grounds == "recorded" and not recipe.gated and "delete" in offered
        if known and _changed(subject.name) is not None:
            yield subject


def services_that_give_ids(scope: Scope) -> Iterator[Subject]:
    """Those of them whose ids are the server's to give."""
    for subject in services_that_meet(scope):
        if id_is_given(read_recipes()[subject.name]):
            yield subject


def _play(context: Context, service: str) -> Meeting:
    name = _changed(service)
    made = context.make(service)
    try:
        if name is None or name in context.recipe(service).not_compared:
            raise NotApplicable("nothing of it is known to be kept as it was sent")
        if "get" not in made.keys or "update" not in made.keys:
            raise NotApplicable("nothing of it is known to be changed")
        return _met(context, made, name)
    finally:
        context.discard(made)


MEETINGS: Shared[Meeting] = Shared(_play)


@check(oracles.last_write_is_one_of_those_that_met, over=services_that_meet, writes=True)
def test_last_write_is_one_of_those_that_met(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Update one property by several sessions at once and get it by each."""
    met = MEETINGS.of(context, subject.name)
    yield from oracles.last_write_is_one_of_those_that_met(
        met.before, met.writes, met.after, met.name
    )


@check(oracles.reads_keep_to_an_order_of_the_writes, over=services_that_meet, writes=True)
def test_reads_keep_to_an_order_of_the_writes(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Look at what the sessions got between their updates."""
    met = MEETINGS.of(context, subject.name)
    yield from oracles.reads_keep_to_an_order_of_the_writes(
        met.before, met.writes, (*met.reads, *met.after), met.name
    )


@check(oracles.objects_made_at_once_are_kept_apart, over=services_that_give_ids, writes=True)
def test_objects_made_at_once_are_kept_apart(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Add an object in every session at once and get each."""
    recipe = context.recipe(subject.name)
    provisioner = context.provisioner
    addings = [provisioner.adding(subject.name, random=context.random) for _ in range(SESSIONS)]
    made = _at_once([partial(adding.send, adding.draft) for adding in addings])
    for _, exchange in made:
        context.exchanges.append(exchange)
    held = [each for each, _ in made if each is not None]
    try:
        if len(held) < SESSIONS or any("get" not in each.keys for each in held):
            raise NotApplicable("an add was refused; another requirement judges that")
        gets = [
            context.call(subject.name, "get", each.keys["get"], session=recipe.session)
            for each in held
        ]
        yield from oracles.objects_made_at_once_are_kept_apart(
            [_returned(context, each) for each in held],
            [each.exchange for each in held],
            gets,
            recipe.id,
            held[0].type or "",
            context.lineage,
        )
    finally:
        for each in held:
            context.discard(each)


def _met(context: Context, made: Made, name: str) -> Meeting:
    service, names = made.service, context.provisioner.names
    action = context.schema.services[service].actions["update"]
    holder = entity_param(action)
    if holder is None or any(
        not p.optional and p.name not in {holder.name, *made.keys["update"]} for p in action.params
    ):
        raise NotApplicable("its update asks for more than is known")
    sessions = [context.build_ks(privileges=PRIVILEGES) for _ in range(SESSIONS)]
    first = context.call(service, "get", made.keys["get"])
    before = _value(first, name)
    writes: dict[str, Exchange] = {}
    reads: list[Exchange] = []

    def act(ks: str, values: Sequence[str]) -> None:
        for value in values:
            entity = {"objectType": made.type, name: value}
            params = {**made.keys["update"], holder.name: entity}
            writes[value] = context.call(service, "update", params, ks=ks)
            reads.append(context.call(service, "get", made.keys["get"], ks=ks))

    plans = [[f"meeting {names.unique()}" for _ in range(ROUNDS)] for _ in sessions]
    _at_once([partial(act, ks, plan) for ks, plan in zip(sessions, plans, strict=True)])
    if any(not isinstance(each.answer, Result) for each in writes.values()):
        raise Inconclusive("an update was refused while others were made")
    after = [context.call(service, "get", made.keys["get"], ks=ks) for ks in sessions[:2]]
    return Meeting(name, before, writes, tuple(reads), tuple(after))


def _at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all at once, each in a thread of its own; what they came to, or the first's exception."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(TOGETHER_SECONDS)
        except BrokenBarrierError as error:
            raise Inconclusive("the sessions did not come together in time") from error
        return act()

    futures = [POOL.submit(begin, act) for act in acts]
    return [future.result() for future in futures]


def _changed(service: str) -> str | None:
    recipe = read_recipes()[service]
    skipped = {*recipe.not_compared, *recipe.natural_keys}
    allowed = ("description",) if recipe.update is None else recipe.update
    return next((name for name in CHANGED if name in allowed and name not in skipped), None)


def _value(exchange: Exchange, name: str) -> str:
    value = exchange.result.value if exchange.result is not None else None
    if not isinstance(value, dict):
        raise NotApplicable("the object is not answered; another requirement judges that")
    found = value.get(name)
    return "" if found is None else str(found)


def _returned(context: Context, made: Made) -> dict[str, Any]:
    """What was sent and has to come back."""
    properties = context.lineage.properties(made.type or "")
    skipped = context.recipe(made.service).not_compared
    return {
        name: value
        for name, value in made.entity.items()
        if name in properties and not properties[name].write_only and name not in skipped
    }
