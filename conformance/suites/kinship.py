"""Plays an object that one service makes and another one uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.plugin.check import NotApplicable
from conformance.provisioning.address import addresses
from conformance.provisioning.made import Made
from conformance.schema.standard import (
    counts_what_it_lists,
    entity_of,
    entity_param,
    extending_pairs,
)
from conformance.suites.inheritance_subjects import Kinship, variants
from conformance.suites.making import add_as
from conformance.suites.shared import Shared
from conformance.wire.answer import ApiError, Result
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.plugin.context import Context
    from conformance.schema.model import Action

CHANGED = ("description", "text", "name", "summary", "feedDescription", "label", "partnerData")
"""What is changed through the other service: the first that its recipe says may be."""
FAILED = "INTERNAL_SERVER"
"""How the codes of a server's own failures begin: other areas judge them."""
MISSING = frozenset({"SERVICE_DOES_NOT_EXISTS", "ACTION_DOES_NOT_EXISTS"})
MORE_READS = 2


class Visit(Struct, frozen=True, kw_only=True):
    """What was seen of the object; a step that one of the services does not offer is None.

    `own` are reads through the maker, `other` through the visitor, with some `more` of those, so
    that what happens now and then is met. `changes` is what the visitor changed, `back` what the
    maker did after that.
    """

    kin: Kinship
    made: Made
    own: Exchange
    other: Exchange
    more: tuple[Exchange, ...] = ()
    listed: Exchange | None = None
    counted: Exchange | None = None
    changes: Mapping[str, Any] = {}
    update: Exchange | None = None
    own_after_update: Exchange | None = None
    other_after_update: Exchange | None = None
    back: Mapping[str, Any] = {}
    own_update: Exchange | None = None
    other_after_own_update: Exchange | None = None
    delete: Exchange | None = None
    own_after_delete: Exchange | None = None
    gone: frozenset[str] = frozenset()


def _play(context: Context, name: str) -> Visit:
    return _Stage(context, Kinship.of(name)).play()


VISITS: Shared[Visit] = Shared(_play)


def poll(
    context: Context, ask: Callable[[], Exchange], done: Callable[[Exchange], bool]
) -> Exchange:
    """Ask until the answer will do or the index had its time (CONTRACT LIST-20)."""

    def undone(exchange: Exchange) -> list[Exchange]:
        return [] if done(exchange) else [exchange]

    return context.settling.until(ask, undone)[0]


def holds(exchange: Exchange, identity: Any) -> bool:
    """Whether an answered list holds an object of that id; whatever is no list does as well."""
    if not isinstance(exchange.answer, Result) or not isinstance(exchange.answer.value, dict):
        return True
    objects = exchange.answer.value.get("objects") or ()
    return any(isinstance(o, dict) and str(o.get("id")) == str(identity) for o in objects)


def id_filter(context: Context, action: Action, made: Made) -> dict[str, Any] | None:
    """The parameters that make a list or a count ask for the object; None where they cannot."""
    recipe = context.recipe(action.service)
    if made.id is None or "list" in recipe.skip:
        return None
    for param in action.params:
        name = param.type.name or ""
        if name in context.schema.classes and "idEqual" in context.lineage.properties(name):
            more = {n: made.property(of) for n, of in recipe.list_filter.items()}
            return {param.name: {"objectType": name, "idEqual": made.id, **more}}
    return None


class _Stage:
    """One visit in the making."""

    def __init__(self, context: Context, kin: Kinship) -> None:
        self._context = context
        self._kin = kin
        self._maker = context.schema.services[kin.maker]
        self._visitor = context.schema.services[kin.visitor]
        self._recipe = context.recipe(kin.visitor)

    def play(self) -> Visit:
        made = self._made()
        own = self._get(made, self._kin.maker)
        other = self._get(made, self._kin.visitor)
        if own is None or other is None:
            raise NotApplicable("the account may not get such objects, or nothing names one")
        steps: dict[str, Any] = {"more": self._more(made)}
        steps |= {"listed": self._listed(made), "counted": self._counted(made)}
        if self._may_change():
            steps |= self._updates(made)
            steps |= self._end(made) if self._kin.maker != self._kin.visitor else {}
        return Visit(kin=self._kin, made=made, own=own, other=other, **steps)

    def _made(self) -> Made:
        context, kin = self._context, self._kin
        declared = entity_of(context.schema, context.lineage, kin.maker)
        if kin.kind == declared and kin.maker != kin.visitor:
            return context.make(kin.maker)
        values = variants().get(kin.maker, {}).get(kin.kind, {})
        made, exchange = add_as(context, kin.maker, kin.kind, values)
        if made is None:
            error = exchange.error
            raise NotApplicable(f"no {kin.kind} is made here: {error.code if error else 'nothing'}")
        return made

    def _get(self, made: Made, service: str) -> Exchange | None:
        keys = self._keys(made, service).get("get")
        return self._send(service, "get", keys) if keys is not None else None

    def _more(self, made: Made) -> tuple[Exchange, ...]:
        """Further reads through the visitor, where that is another one."""
        often = MORE_READS if self._kin.maker != self._kin.visitor else 0
        reads = (self._get(made, self._kin.visitor) for _ in range(often))
        return tuple(read for read in reads if read is not None)

    def _listed(self, made: Made) -> Exchange | None:
        action = self._visitor.actions.get("list")
        params = id_filter(self._context, action, made) if action else None
        if params is None:
            return None
        return poll(
            self._context,
            lambda: self._context.call(self._kin.visitor, "list", params),
            lambda exchange: holds(exchange, made.id),
        )

    def _counted(self, made: Made) -> Exchange | None:
        action = self._visitor.actions.get("count")
        params = id_filter(self._context, action, made) if action else None
        if action is None or params is None or self._context.profile.actions.denied(action.id):
            return None
        if not counts_what_it_lists(self._visitor):
            return None
        exchange = poll(
            self._context,
            lambda: self._context.call(self._kin.visitor, "count", params),
            lambda seen: seen.result is None or str(seen.result.value) != "0",
        )
        return None if says_nothing(self._context, exchange) else exchange

    def _may_change(self) -> bool:
        """Media's update and delete take clips only, unlike its get (CONTRACT INH-08)."""
        visitor = self._kin.visitor
        entity = entity_of(self._context.schema, self._context.lineage, visitor)
        extends = any(
            pair.extending == visitor
            for pair in extending_pairs(self._context.schema, self._context.lineage)
        )
        return not extends or entity == self._kin.kind

    def _updates(self, made: Made) -> dict[str, Any]:
        skipped = {*self._recipe.skip, *self._context.recipe(self._kin.maker).skip}
        if "update" in skipped:
            return {}
        maker, visitor = self._kin.maker, self._kin.visitor
        changes = self._changes(visitor)
        update = self._update(made, visitor, changes)
        if update is None:
            return {}
        steps: dict[str, Any] = {"changes": changes, "update": update}
        steps["own_after_update"] = self._get(made, maker)
        steps["other_after_update"] = self._get(made, visitor)
        back = self._changes(maker)
        own_update = self._update(made, maker, back)
        if own_update is not None:
            steps |= {"back": back, "own_update": own_update}
            steps["other_after_own_update"] = self._get(made, visitor)
        return steps

    def _changes(self, service: str) -> dict[str, Any]:
        known = self._context.lineage.properties(self._kin.kind)
        allowed = self._context.recipe(service).update
        for name in CHANGED:
            if name in known and (allowed is None or name in allowed):
                return {name: f"kc relative {self._context.random.getrandbits(40):010x}"}
        return {}

    def _update(self, made: Made, service: str, changes: Mapping[str, Any]) -> Exchange | None:
        action = self._context.schema.services[service].actions.get("update")
        keys = self._keys(made, service).get("update")
        holder = entity_param(action) if action is not None else None
        if not changes or keys is None or holder is None or action is None:
            return None
        declared = holder.type.name or self._kin.kind
        abstract = self._context.schema.classes[declared].abstract
        kind = self._kin.kind if abstract else declared
        params = {**keys, holder.name: {"objectType": kind, **changes}}
        if any(not p.optional and p.name not in params for p in action.params):
            return None
        return self._send(service, "update", params)

    def _end(self, made: Made) -> dict[str, Any]:
        keys = self._keys(made, self._kin.visitor).get("delete")
        if keys is None:
            return {}
        delete = self._send(self._kin.visitor, "delete", keys)
        if delete is None:
            return {}
        codes = self._context.recipe(self._kin.maker).not_found_codes("get")
        more = self._context.profile.quirks.not_found_codes(f"{self._kin.maker}.get")
        return {
            "delete": delete,
            "own_after_delete": self._get(made, self._kin.maker),
            "gone": frozenset((*codes, *more)),
        }

    def _keys(self, made: Made, service: str) -> dict[str, dict[str, Any]]:
        """How a service of the family names the object."""
        if service == made.service:
            return {name: dict(keys) for name, keys in made.keys.items()}
        return addresses(
            self._context.schema.services[service],
            self._context.recipe(service),
            value=made.value,
            sent=made.sent,
            entity=made.entity,
        )

    def _send(self, service: str, action: str, params: Mapping[str, Any]) -> Exchange | None:
        exchange = self._context.call(service, action, params)
        return None if says_nothing(self._context, exchange) else exchange


def says_nothing(context: Context, exchange: Exchange) -> bool:
    """Whether it is a refusal that has nothing to do with families.

    The account may not, or a plugin is switched off or gone (CONTRACT TRAP-03, TRAP-04).
    """
    answer = exchange.answer
    if not isinstance(answer, ApiError):
        return False
    if answer.code.startswith(FAILED):
        return True
    plugin = context.schema.services[exchange.call.service.lower()].plugin
    if plugin and answer.code in MISSING:
        return context.profile.quirks.stale_schema
    lacking = context.profile.actions.may_be_forbidden(exchange.action)
    gated = context.recipe(exchange.call.service).gated
    refused = "FORBIDDEN" in answer.code or "NOT_AVAILABLE" in answer.code
    return refused and bool(lacking or gated or plugin)
