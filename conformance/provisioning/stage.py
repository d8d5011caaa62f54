"""Plays a life: one method a step, in the order in which `Lifecycle` lists them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.provisioning.failure import ProvisioningFailed
from conformance.provisioning.learning import FORBIDDEN
from conformance.provisioning.life import Attempt, Lifecycle, Update, stored
from conformance.schema.standard import entity_param
from conformance.schema.views import add_view
from conformance.wire.answer import ApiError, Result
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from conformance.provisioning.made import Made
    from conformance.provisioning.provisioner import Caller, Provisioner
    from conformance.schema.model import Property
    from conformance.wire.exchange import Exchange

READ_ONLY_PROBES = ("partnerId", "createdAt", "updatedAt", "id")
"""Read-only properties that nearly every class has: recordings show each of them refused."""
PROBES_A_LIFE = 2
BESIDE = ("description", "text", "name")
"""What is sent along with a property that has to be refused: the first that may be changed."""
REST_SECONDS = 1.2
"""After so long a time in whole seconds is another one, clocks a little apart or not."""
LITTLE_KNOWN = ("name", "description")
"""What every server keeps as it was sent, in services of which nothing else is known."""
PROBE_TIME = 1_400_000_000


@dataclass(frozen=True, slots=True)
class Beginning:
    """A life that is still to be changed and ended; `born` is when, by the monotonic clock."""

    stage: Stage
    made: Made
    born: float
    steps: dict[str, Any]

    def finish(self, *, rests: bool) -> Lifecycle:
        """The whole life; one that `rests` does so until the second of its birth is over."""
        return self.stage.finish(self, rests=rests)


class Stage:
    """One life in the making. Used once, by one thread."""

    def __init__(
        self,
        provisioner: Provisioner,
        call: Caller,
        service_id: str,
        random: Random,
        *,
        whole: bool,
    ) -> None:
        self._provisioner = provisioner
        self._call = call
        self._random = random
        self._whole = whole
        self._service = provisioner.service(service_id)
        self._recipe = provisioner.recipe(service_id)

    def begin(self) -> Beginning:
        """The life up to its first update. Raises ProvisioningFailed when the add is refused."""
        presence = 1.0 if self._whole else None
        made = self._provisioner.make(self._service.id, random=self._random, presence=presence)
        born = time.monotonic()
        steps: dict[str, Any] = {"read_only_on_add": self._read_only_on_add(made)}
        steps["get"] = self._get(made)
        steps["get_again"] = self._get(made)
        steps["listed"] = self._list(made)
        bystander = self._bystander()
        steps["bystander"] = bystander
        steps["bystander_before"] = self._get(bystander)
        return Beginning(self, made, born, steps)

    def finish(self, begun: Beginning, *, rests: bool) -> Lifecycle:
        """The rest of the life, and the whole of it told."""
        made, steps = begun.made, begun.steps
        rest = max(0.0, begun.born + REST_SECONDS - time.monotonic()) if rests else 0.0
        steps |= self._updates(made, steps["get"], steps["bystander"], rest if rests else None)
        steps |= self._end(made, steps["bystander"])
        returned = self._must_return(made)
        return Lifecycle(
            service=self._service.id,
            recipe=self._recipe,
            kind=made.type,
            id_property=self._id_property(made),
            made=made,
            sent=dict(made.entity),
            must_return=returned,
            add=made.exchange,
            **steps,
        )

    def _updates(
        self, made: Made, get: Exchange | None, bystander: Made | None, rest: float | None
    ) -> dict[str, Any]:
        before = stored(get)
        updates = tuple(self._changes(made, get, rest))
        steps: dict[str, Any] = {"updates": updates}
        if updates:
            steps["bystander_after_update"] = self._get(bystander)
        steps["empty_update"] = self._update(made, {}, before)
        if steps["empty_update"] is not None:
            steps["get_after_empty_update"] = self._get(made)
        steps["read_only_on_update"] = self._read_only_on_update(made, before)
        steps["insert_only_on_update"] = self._insert_only_on_update(made, before)
        if steps["read_only_on_update"] or steps["insert_only_on_update"]:
            steps["get_after_attempts"] = self._get(made)
        return steps

    def _changes(self, made: Made, get: Exchange | None, rest: float | None) -> Iterator[Update]:
        """The updates that change something, until one is none of the account's business.

        `rest` is how long to wait first, in seconds; None not to care.
        """
        shares = self._new_values(made)
        rested = bool(shares) and rest is not None
        if shares and rest:
            self._provisioner.pause(rest)
        for sent in shares or (({},) if self._extra() else ()):
            exchange = self._update(made, sent, stored(get))
            if exchange is None:
                return
            before, get = get, self._get(made)
            yield Update(sent, before, exchange, get, rested)
            rested = False

    def _end(self, made: Made, bystander: Made | None) -> dict[str, Any]:
        delete = self._delete(made)
        if delete is None:
            return {}
        if isinstance(delete.answer, Result):
            self._provisioner.ledger.removed(made.record)
        return {
            "delete": delete,
            "get_after_delete": self._get(made),
            "update_after_delete": self._update(made, {}, {}),
            "second_delete": self._delete(made),
            "bystander_after_delete": self._get(bystander),
        }

    def _send(self, action: str, params: Mapping[str, Any]) -> Exchange | None:
        """A step; None where the recipe knows accounts that may not, and this is one of them."""
        call, session = Call(self._service.id, action, params), self._recipe.session
        exchange = self._provisioner.patiently(lambda: self._call(call, session))
        answer = exchange.answer
        refused = isinstance(answer, ApiError) and answer.code in FORBIDDEN
        return None if refused and self._recipe.gated else exchange

    def _get(self, made: Made | None) -> Exchange | None:
        keys = made.keys.get("get") if made else None
        return self._send("get", keys) if keys is not None else None

    def _delete(self, made: Made) -> Exchange | None:
        keys = made.keys.get("delete")
        return self._send("delete", keys) if keys is not None else None

    def _list(self, made: Made) -> Exchange | None:
        """A list that asks for this object by its id, where the filter can."""
        action = self._service.actions.get("list")
        if action is None or "list" in self._recipe.skip or made.id is None:
            return None
        for param in action.params:
            name = param.type.name
            if name and "idEqual" in self._provisioner.lineage.properties(name):
                more = {n: made.property(of) for n, of in self._recipe.list_filter.items()}
                asked = {"objectType": name, "idEqual": made.id, **more}
                return self._send("list", {param.name: asked})
        return None

    def _bystander(self) -> Made | None:
        if "get" not in self._service.actions or "get" in self._recipe.skip:
            return None
        try:
            return self._provisioner.fixture(self._service.id)
        except ProvisioningFailed:  # the object under judgement exists; the other is a bonus
            return None

    def _update(
        self, made: Made, entity: Mapping[str, Any], before: Mapping[str, Any]
    ) -> Exchange | None:
        """An update; None where there is none, or where nothing is known for what it demands."""
        action = self._service.actions.get("update")
        keys = made.keys.get("update")
        if action is None or keys is None:
            return None
        params: dict[str, Any] = {**self._extra(), **keys}
        holder = entity_param(action)
        if holder is not None:
            params[holder.name] = {"objectType": made.type, **entity} if made.type else {**entity}
        for param in action.params:
            if not param.optional and param.name not in params:
                known = before.get(param.name)
                if known is None:
                    return None
                params[param.name] = known
        return self._send("update", params)

    def _extra(self) -> dict[str, Any]:
        filled: dict[str, Any] = self._provisioner.names.fill(self._recipe.update_params)
        return filled

    def _new_values(self, made: Made) -> tuple[dict[str, Any], ...]:
        action = self._service.actions.get("update")
        if action is None or made.type is None or entity_param(action) is None:
            return ()
        drafting = self._provisioner.drafting
        return drafting.updates(made.type, self._recipe, self._random, made.entity)

    def _read_only_on_add(self, made: Made) -> tuple[Attempt, ...]:
        if self._recipe.read_only_on_add != "refused" or made.type is None:
            return ()
        return tuple(self._added(probe, made) for probe in self._read_only(made.type))

    def _added(self, probe: Property, made: Made) -> Attempt:
        value = self._foreign(probe, made.property(probe.name))
        adding = self._provisioner.adding(self._service.id, random=self._random)
        accepted, exchange = adding.send(adding.draft.with_value(probe.name, value))
        if accepted is not None:
            self._provisioner.discard(accepted)
        return Attempt(probe.name, value, str(made.type), exchange)

    def _read_only_on_update(self, made: Made, before: Mapping[str, Any]) -> tuple[Attempt, ...]:
        if self._recipe.read_only_on_update != "refused" or made.type is None:
            return ()
        tried = (self._attempt(probe, made, before) for probe in self._read_only(made.type))
        return tuple(attempt for attempt in tried if attempt is not None)

    def _insert_only_on_update(self, made: Made, before: Mapping[str, Any]) -> Attempt | None:
        if self._recipe.insert_only_on_update != "refused" or made.type is None:
            return None
        return self._attempt(self._insert_only(made.type), made, before)

    def _attempt(
        self, probe: Property | None, made: Made, before: Mapping[str, Any]
    ) -> Attempt | None:
        if probe is None or made.type is None:
            return None
        value = self._foreign(probe, before.get(probe.name, made.property(probe.name)))
        exchange = self._update(made, {**self._sound_change(made), probe.name: value}, before)
        return Attempt(probe.name, value, made.type, exchange) if exchange else None

    def _sound_change(self, made: Made) -> dict[str, Any]:
        """Another text beside what has to be refused: it must not be written either."""
        if self._recipe.grounds != "recorded":
            return {}
        known = [n for n in BESIDE if n in (self._recipe.update or ()) and n in made.entity]
        return {name: f"refused {self._provisioner.names.unique()}" for name in known[:1]}

    def _read_only(self, kind: str) -> list[Property]:
        """Some of the class's read-only properties; other lives take others."""
        properties = self._provisioner.lineage.properties(kind)
        found = [properties[name] for name in READ_ONLY_PROBES if name in properties]
        probes = [prop for prop in found if prop.read_only]
        return self._random.sample(probes, min(PROBES_A_LIFE, len(probes)))

    def _insert_only(self, kind: str) -> Property | None:
        properties = self._provisioner.lineage.properties(kind)
        if self._recipe.insert_only_probe:
            return properties.get(self._random.choice(self._recipe.insert_only_probe))
        return next(
            (p for p in add_view(self._provisioner.lineage, kind) if p.insert_only and _probed(p)),
            None,
        )

    def _foreign(self, prop: Property, present: Any) -> Any:
        """A value of the type that is not the present one."""
        choices = self._provisioner.drafting.choices(prop)
        if choices:
            return next((value for value in choices if str(value) != str(present)), choices[0])
        if prop.type.kind == "string":
            return self._provisioner.names.unique()
        if prop.type.is_time:
            return PROBE_TIME
        return (int(present) if str(present).isdigit() else 0) + 1

    def _must_return(self, made: Made) -> dict[str, Any]:
        """What was sent and has to come back: not write-only, and not known to be normalised."""
        properties = self._provisioner.lineage.properties(made.type or "")
        little = self._recipe.grounds == "learned"
        return {
            name: value
            for name, value in made.entity.items()
            if name in properties
            and not properties[name].write_only
            and name not in self._recipe.not_compared
            and (name in LITTLE_KNOWN or not little)
        }

    def _id_property(self, made: Made) -> str | None:
        named = self._recipe.id
        return named if isinstance(made.value, dict) and named in made.value else None


def _probed(prop: Property) -> bool:
    """Whether an insert-only property is of a kind that a value can be made up for."""
    return prop.type.kind in {"string", "int", "bigint"} and not prop.write_only
