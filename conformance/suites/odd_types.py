"""Writes under an `objectType` that a service has to read as the class that it declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.plugin.check import NotApplicable
from conformance.schema.standard import entity_param
from conformance.suites.kinship import CHANGED
from conformance.suites.making import add_as
from conformance.suites.shared import Shared
from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from conformance.plugin.context import Context
    from conformance.provisioning.made import Made
    from conformance.schema.lineage import Lineage

MISSING = None
"""Stands for no `objectType` at all."""
UNKNOWN = "KalturaNoSuchThing"
UNRELATED = "KalturaFilterPager"
ROOT = "KalturaObject"
ADDS = 2
"""So many of them are tried on add as well; the others on update only."""


class Trials(Struct, frozen=True, kw_only=True):
    """The writes of one service by the `objectType` that was sent; `last` is the last update."""

    adds: Mapping[str | None, tuple[Exchange, ...]]
    updates: Mapping[str | None, tuple[Exchange, ...]]
    sent: Mapping[str, Any] = {}
    last: Exchange | None = None
    get: Exchange | None = None


def unfit_names(declared: str, lineage: Lineage) -> tuple[str, ...]:
    """Names that no parameter of the declared class can be (CONTRACT INH-04, OBSERVED 18)."""
    return UNKNOWN, UNRELATED, next(iter(lineage.ancestors(declared)), ROOT)


def usual_names(declared: str) -> tuple[str | None, ...]:
    """What stands for the declared class itself (CONTRACT INH-06, OBSERVED 18)."""
    return MISSING, "", declared.lower()


def _play(context: Context, service: str) -> Trials:
    made = context.make(service)
    declared = str(made.type)
    names = (*unfit_names(declared, context.lineage), *usual_names(declared))
    adds = {}
    for name in context.random.sample(names, ADDS):
        values = {} if name is None else {"objectType": name}
        _, exchange = add_as(context, service, None, values)
        adds[name] = (exchange,)
    return _updated(context, made, names, adds)


TRIALS: Shared[Trials] = Shared(_play)


def _updated(
    context: Context,
    made: Made,
    names: tuple[str | None, ...],
    adds: Mapping[str | None, tuple[Exchange, ...]],
) -> Trials:
    keys, property_name = made.keys.get("update"), _changed(context, made)
    action = context.schema.services[made.service].actions.get("update")
    holder = entity_param(action) if action is not None else None
    if keys is None or property_name is None or holder is None or holder.type.name != made.type:
        return Trials(adds=adds, updates={})

    def update(objects_type: Mapping[str, Any]) -> tuple[dict[str, Any], Exchange]:
        sent = {property_name: f"kc type {context.random.getrandbits(40):010x}"}
        entity = {**objects_type, **sent}
        return sent, context.call(made.service, "update", {**keys, holder.name: entity})

    _, plain = update({"objectType": made.type})
    if not isinstance(plain.answer, Result):
        if adds:
            return Trials(adds=adds, updates={})
        raise NotApplicable("a plain update is refused as well")
    updates = {}
    sent: dict[str, Any] = {}
    last = plain
    for name in names:
        sent, last = update({} if name is None else {"objectType": name})
        updates[name] = (last,)
    read = made.keys.get("get")
    get = context.call(made.service, "get", read) if read is not None else None
    return Trials(adds=adds, updates=updates, sent=sent, last=last, get=get)


def _changed(context: Context, made: Made) -> str | None:
    recipe = context.recipe(made.service)
    known = context.lineage.properties(str(made.type))
    return next((n for n in CHANGED if n in known and n in (recipe.update or ())), None)
