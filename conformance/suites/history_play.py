"""Plays a history: every step through the service, or however its way says, with fresh objects."""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from msgspec import structs

from conformance.generation.histories import BIRTHS, Step
from conformance.oracles.histories import Event, Played, departures
from conformance.oracles.slots import slot
from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.provisioning.address import addresses, identity
from conformance.schema.standard import entity_param, id_param
from conformance.suites import batch
from conformance.suites.history_subjects import (
    abilities_of,
    codes_of,
    frees_keys,
    id_is_given,
    is_buried,
    key_values,
    list_is_complete,
    related_services,
)
from conformance.suites.list_listing import Listing, asking, listing_of
from conformance.suites.list_population import Member, member_of
from conformance.suites.making import add_as
from conformance.wire.answer import Result
from conformance.wire.request import Encoding, Form, Format

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.generation.histories import Abilities, Carriage, History
    from conformance.plugin.context import Context
    from conformance.provisioning.made import Made
    from conformance.wire.exchange import Exchange

FORMS: Mapping[Carriage, Form] = {
    "json": Form(),
    "form": Form(encoding=Encoding.FORM),
    "multipart": Form(encoding=Encoding.MULTIPART),
    "xml": Form(format=Format.XML),
}
SCALAR = (str, int, float, bool)
SECOND_SESSION_PRIVILEGES = "disableentitlement"
"""As the first session has them, so that both see the same (CONTRACT LIST-24)."""
SHORT_SETTLE_SECONDS = 5.0
"""How long a list that no index serves is given: replicas may be behind (CONTRACT CRUD-04)."""


class Player:
    """Plays histories of one service. Its objects are removed at the end of each."""

    def __init__(self, context: Context, service: str) -> None:
        self._context = context
        self._service = context.schema.services[service]
        self._recipe = context.recipe(service)
        self._listing: Listing | None = listing_of(context.schema, context.lineage, self._recipe)
        self._related = related_services(context, service)
        self._told: list[Step] = []
        self._second: str | None = None
        self._patience, self._is_hurried = 0.0, False
        self._begin()

    @property
    def service(self) -> str:
        """Whose histories are played."""
        return self._service.id

    @property
    def abilities(self) -> Abilities:
        """What histories of the service may consist of."""
        return abilities_of(self._context, self._service.id)

    @property
    def told(self) -> History:
        """The history that was played last, with the values that it wrote."""
        return tuple(self._told)

    def plainest(self, name: str, number: int) -> Any:
        """A property's plainest value, another one for each number; None where none is known."""
        drafting = self._context.provisioner.drafting
        value = drafting.plainest(self._kind, name, self._recipe, number)
        return value if isinstance(value, SCALAR) else None

    def play(self, history: Sequence[Step], *, patience_seconds: float | None = None) -> Played:
        """The history as it went. Raises NotApplicable or Inconclusive without an object.

        A list that is wrong is asked for again for so long, by default as long as an index may lag.
        """
        self._begin()
        self._is_hurried = patience_seconds is not None
        self._patience = self._usual_patience() if patience_seconds is None else patience_seconds
        try:
            for step in history:
                self._take(step)
            return self._played()
        finally:
            for made in self._made.values():
                self._context.discard(made)

    def _begin(self) -> None:
        self._events: list[Event] = []
        self._made: dict[str, Made] = {}
        self._members: dict[str, Member] = {}
        self._ids: dict[str, str] = {}
        self._state: dict[str, dict[str, Any]] = {}
        self._told = []
        self._kind = ""

    def _played(self) -> Played:
        context, service = self._context, self._service.id
        return Played(
            service=service,
            kind=self._kind,
            id_property=self._recipe.id or "id",
            events=tuple(self._events),
            ids=dict(self._ids),
            listed={who: member.who for who, member in self._members.items()},
            names=self._listing.names if self._listing else (),
            codes=codes_of(context, service),
            buried=is_buried(context, service),
            freed=frees_keys(service),
            given=id_is_given(self._recipe),
            complete=list_is_complete(context, service),
        )

    def _take(self, step: Step) -> None:
        self._told.append(step)
        if step.rule in BIRTHS:
            if self._made:
                try:
                    self._bear(step)
                except (NotApplicable, Inconclusive):  # the account may be full; go on without it
                    return
            else:
                self._bear(step)
        elif step.rule in {"list", "count"}:
            self._look_up(step)
        elif step.who in self._made:
            {"get": self._get, "update": self._update, "delete": self._delete}[step.rule](step)

    def _bear(self, step: Step) -> None:
        if step.rule == "clone":
            self._clone(step)
            return
        context = self._context
        own = context.random
        # The same step makes the same object, however often it is played.
        context.random = Random(step.seed)  # noqa: S311 - inputs, not secrets
        try:
            made, exchange = self._added(step)
        finally:
            context.random = own
        sent = self._must_return(made) if made is not None else {}
        self._events.append(
            Event(deed="add", exchange=exchange, who=step.who, of=step.of, sent=sent)
        )
        if made is not None:
            self._know(step.who, made)
            self._tell(step, {n: v for n, v in made.entity.items() if n not in self._fixed()})

    def _added(self, step: Step) -> tuple[Made | None, Exchange]:
        """A new object, or one with the key of a deleted one."""
        context, former = self._context, self._made.get(step.of)
        if step.rule == "recreate" and former is not None:
            drawn = None if step.values is None else dict(step.values)
            keys = {name: former.entity[name] for name in self._keys() if name in former.entity}
            return add_as(context, self._service.id, former.type, keys, drawn=drawn)
        keys = key_values(context, self._recipe)
        if step.values is not None:
            holder = entity_param(self._service.actions["add"])
            declared = holder.type.name if holder is not None else None
            kind = context.provisioner.drafting.concrete(declared or "", self._recipe)
            return add_as(context, self._service.id, kind, keys, drawn=dict(step.values))
        made = context.make(self._service.id, properties=keys)
        return made, made.exchange

    def _clone(self, step: Step) -> None:
        """A copy. What it holds at first is its own to tell; from then on it must keep it."""
        original = self._made.get(step.of)
        action = self._service.actions["clone"]
        named = id_param(action)
        if original is None or named is None:
            return
        ledger, names = self._context.provisioner.ledger, self._context.provisioner.names
        number = ledger.intent(self._service.id, "clone", marker=names.marker)
        exchange = self._send(self._service.id, "clone", {named.name: original.id}, step)
        answer = exchange.answer
        if not isinstance(answer, Result) or not isinstance(answer.value, dict):
            ledger.refused(number)
            return
        keys = addresses(self._service, self._recipe, value=answer.value, sent={}, entity={})
        found = identity(self._recipe, answer.value, {}, {})
        ledger.created(number, id=found, delete_params=keys.get("delete"))
        made = structs.replace(
            original, id=found, value=answer.value, entity={}, keys=keys, exchange=exchange,
            record=number,
        )  # fmt: skip
        sent = {
            name: answer.value[name]
            for name in self._must_return(original)
            if name in (self._recipe.update or ()) and isinstance(answer.value.get(name), str)
        }
        self._events.append(
            Event(deed="clone", exchange=exchange, who=step.who, of=step.of, sent=sent)
        )
        self._know(step.who, made)

    def _know(self, who: str, made: Made) -> None:
        self._made[who] = made
        self._kind = self._kind or made.type or ""
        self._state[who] = dict(made.entity)
        if made.id is not None:
            self._ids[who] = str(made.id)
        if self._listing is not None:
            self._members[who] = self._member(made)

    def _member(self, made: Made) -> Member:
        """Who the object is in a list; told from what add answered, without another call."""
        assert self._listing is not None
        silent = structs.replace(made, keys={n: k for n, k in made.keys.items() if n != "get"})
        return member_of(self._context, self._listing, silent)

    def _get(self, step: Step) -> None:
        where, keys = self._place(step, "get")
        if keys is not None:
            self._note(step, "get", self._send(where, "get", keys, step))

    def _delete(self, step: Step) -> None:
        made = self._made[step.who]
        where, keys = self._place(step, "delete")
        if keys is None:
            return
        exchange = self._send(where, "delete", keys, step)
        if isinstance(exchange.answer, Result):
            self._context.provisioner.ledger.removed(made.record)
        self._note(step, "delete", exchange)

    def _update(self, step: Step) -> None:
        made = self._made[step.who]
        where, keys = self._place(step, "update")
        action = self._context.schema.services[where].actions.get("update")
        holder = entity_param(action) if action is not None else None
        if keys is None or action is None or holder is None or made.type is None:
            return
        changed = self._changed(step, where, holder.type.name or "")
        kind = made.type if where == self._service.id else self._sent_class(holder.type.name, made)
        params = {**keys, holder.name: {"objectType": kind, **changed}}
        if not changed or any(not p.optional and p.name not in params for p in action.params):
            return
        self._tell(step, changed)
        exchange = self._send(where, "update", params, step)
        compared = {n: v for n, v in changed.items() if n not in self._recipe.not_compared}
        if isinstance(exchange.answer, Result):
            self._state[step.who] |= changed
        self._note(step, "update", exchange, sent=compared)

    def _changed(self, step: Step, where: str, declared: str) -> dict[str, Any]:
        """The values that the step tells, else new ones, each another than the object has."""
        context, made = self._context, self._made[step.who]
        drafting = context.provisioner.drafting
        if step.values is not None:
            changed = drafting.marked(dict(step.values), self._recipe)
        else:
            random = Random(step.seed)  # noqa: S311 - inputs, not secrets
            before = dict(self._state[step.who])
            shares = drafting.updates(made.type or "", self._recipe, random, before)
            changed = shares[0] if shares else {}
        # A related service does not know what its class does not declare, and may not say so.
        keys = set(self._keys())
        allowed: set[str] | None = None
        if where != self._service.id:
            allowed = set(context.lineage.properties(declared))
            allowed &= set(context.recipe(where).update or ("name", "description"))
        return {
            n: v for n, v in changed.items() if n not in keys and (allowed is None or n in allowed)
        }

    def _sent_class(self, declared: str | None, made: Made) -> str:
        """What a related service is sent: the class that it declares, if it can be made."""
        known = self._context.schema.classes.get(declared or "")
        return str(made.type if known is None or known.abstract else declared)

    def _look_up(self, step: Step) -> None:
        """A list or a count of all the history's objects, again as long as it may lag."""
        asked = tuple(self._members)
        params = self._asking(step.rule)
        if params is None or not asked:
            return

        def act() -> Event:
            exchange = self._send(self._service.id, step.rule, params, step)
            deed: Literal["list", "count"] = "list" if step.rule == "list" else "count"
            return Event(deed=deed, exchange=exchange, asked=asked)

        deadline = time.monotonic() + self._patience
        if self._is_hurried:
            event = act()
            while self._is_wrong(event) and time.monotonic() < deadline:
                time.sleep(self._context.profile.limits.settle_poll_ms / 1000)
                event = act()
        else:
            event, wrong = self._context.settling.until(
                act, lambda seen: (seen,) if self._is_wrong(seen) else (), deadline=deadline
            )
            if wrong:
                # Nothing that lagged behind; the next one is not waited for again.
                self._patience, self._is_hurried = 0.0, True
        self._events.append(event)

    def _is_wrong(self, event: Event) -> bool:
        so_far = structs.replace(self._played(), events=(*self._events, event))
        number = event.exchange.number
        return any(
            each.rule == "lists" and number in each.breach.exchanges
            for each in departures(so_far, self._context.lineage)
        )

    def _usual_patience(self) -> float:
        seconds = self._context.settling.seconds
        indexed = self._context.profile.quirks.why("indexed", self._service.id) is not None
        return seconds if indexed else min(seconds, SHORT_SETTLE_SECONDS)

    def _asking(self, action: str) -> dict[str, Any] | None:
        """The parameters that ask for these objects and no others; None where none do."""
        offered = self._service.actions.get(action)
        if offered is None or self._listing is None or self._listing.filter_param is None:
            return None
        asked = asking(self._context, self._listing, list(self._members.values()))
        if asked is None or not asked.exact:
            return None
        params: dict[str, Any] = {self._listing.filter_param: dict(asked.filter)}
        pager = self._listing.pager_param
        if pager is not None and offered.param(pager) is not None:
            params[pager] = {"pageSize": self._listing.roomy}
        return params

    def _place(self, step: Step, action: str) -> tuple[str, Mapping[str, Any] | None]:
        """Which service the step goes through, and how that one names the object."""
        made = self._made[step.who]
        for other in self._related if step.way.related else ():
            service = self._context.schema.services[other]
            keys = addresses(
                service,
                self._context.recipe(other),
                value=made.value,
                sent=made.sent,
                entity=made.entity,
            )
            if action in keys:
                return other, keys[action]
        return self._service.id, made.keys.get(action)

    def _send(self, service: str, action: str, params: Mapping[str, Any], step: Step) -> Exchange:
        ks = self._second_session() if step.way.second else None
        form, session = FORMS[step.way.carriage], self._recipe.session
        if not step.way.batch:
            return self._context.call(service, action, params, session=session, form=form, ks=ks)
        member = batch.member(service, action, **params)
        return slot(batch.send(self._context, [member], session=session, form=form, ks=ks), 1)

    def _second_session(self) -> str:
        if self._second is None:
            self._second = self._context.build_ks(privileges=SECOND_SESSION_PRIVILEGES)
        return self._second

    def _note(
        self, step: Step, deed: Any, exchange: Exchange, *, sent: Mapping[str, Any] | None = None
    ) -> None:
        self._events.append(Event(deed=deed, exchange=exchange, who=step.who, sent=sent or {}))

    def _tell(self, step: Step, written: Mapping[str, Any]) -> None:
        """Note what a step wrote, so that it can be written again, or less of it."""
        names = self._context.provisioner.names
        values = tuple(
            (name, names.unmarked(name, value))
            for name, value in written.items()
            if isinstance(value, SCALAR)
        )
        self._told[-1] = structs.replace(step, values=values)

    def _fixed(self) -> frozenset[str]:
        """Properties whose values are the recipe's, not drawn."""
        needed = (need.property for need in self._recipe.needs)
        return frozenset({*self._recipe.values, *self._keys(), *filter(None, needed)})

    def _keys(self) -> tuple[str, ...]:
        return self._recipe.natural_keys

    def _must_return(self, made: Made) -> dict[str, Any]:
        """What was sent and has to come back: not write-only, and not known to be normalised."""
        properties = self._context.lineage.properties(made.type or "")
        return {
            name: value
            for name, value in made.entity.items()
            if name in properties
            and not properties[name].write_only
            and name not in self._recipe.not_compared
        }
