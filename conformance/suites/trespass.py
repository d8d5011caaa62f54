"""Plays what another account tries with an object of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.plugin.check import NotApplicable
from conformance.provisioning.made import Made
from conformance.schema.standard import entity_param, key_params
from conformance.suites.kinship import CHANGED
from conformance.suites.reading import READING
from conformance.suites.shared import Shared
from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.plugin.accounts import Account
    from conformance.plugin.context import Context
    from conformance.schema.model import Action

OTHER = "other-admin"
OTHER_READS = 4
"""So many further reading actions of a service are asked for the object."""


class Trespass(Struct, frozen=True, kw_only=True):
    """What the other account was answered; `before` and `after` are our own reads around it.

    A step that the service does not offer, or that the profile exempts, is None or missing.
    """

    made: Made
    before: Exchange | None
    get: Exchange | None = None
    lists: tuple[Exchange, ...] = ()
    others: tuple[Exchange, ...] = ()
    update: Exchange | None = None
    delete: Exchange | None = None
    clone: Exchange | None = None
    after: Exchange | None = None


def other_account(context: Context) -> Account:
    """The second account; NotApplicable where the target was given none."""
    account = context.other_account
    if account is None:
        raise NotApplicable("the profile names no second account")
    return account


def is_ours(context: Context, made: Made, value: Any) -> bool:
    """Whether an answered object is the one that we made.

    By its id, or by the keys that name it together; where it says whose it is, that decides,
    because some ids are names that every account may use.
    """
    if not isinstance(value, dict):
        return False
    named = identity_of(context, made)
    if not named or any(str(value.get(name)) != str(key) for name, key in named.items()):
        return False
    owner = value.get("partnerId")
    return owner in (None, "") or str(owner) == str(context.partner_id)


def identity_of(context: Context, made: Made) -> dict[str, Any]:
    """The properties that name the object: its id, or several keys together."""
    if made.id is not None:
        return {context.recipe(made.service).id or "id": made.id}
    for action in ("delete", "get", "update"):
        keys = made.keys.get(action)
        if keys and len(keys) > 1:
            return dict(keys)
    return {}


def answered_objects(exchange: Exchange) -> Iterator[tuple[str, Any]]:
    """The objects of an answer with their places: itself, a list's, an array's."""
    value = exchange.result.value if exchange.result else None
    if isinstance(value, list):
        yield from ((f"$[{index}]", item) for index, item in enumerate(value))
    elif isinstance(value, dict):
        yield "$", value
        objects = value.get("objects")
        items = objects if isinstance(objects, list) else []
        yield from ((f"$.objects[{index}]", item) for index, item in enumerate(items))


def _play(context: Context, service: str) -> Trespass:
    other_account(context)
    made = context.make(service)
    stage = _Stage(context, made)
    return stage.play()


TRESPASSES: Shared[Trespass] = Shared(_play)


class _Stage:
    """One trespass in the making. `_exempt` knows what anybody may see (CONTRACT TRAP-20)."""

    def __init__(self, context: Context, made: Made) -> None:
        self._context = context
        self._made = made
        self._service = context.schema.services[made.service]

    def play(self) -> Trespass:
        made = self._made
        if not made.keys and made.id is None:
            raise NotApplicable("nothing names the object")
        before = self._own_get()
        return Trespass(
            made=made,
            before=before,
            get=self._ask("get", made.keys.get("get")),
            lists=tuple(self._lists()),
            others=tuple(self._others()),
            clone=self._clone(),
            update=self._update(),
            delete=self._ask("delete", made.keys.get("delete")),
            after=self._own_get(),
        )

    def _own_get(self) -> Exchange | None:
        keys = self._made.keys.get("get")
        exchange = self._context.call(self._made.service, "get", keys) if keys else None
        return exchange if exchange is not None and isinstance(exchange.answer, Result) else None

    def _ask(self, action: str, params: Mapping[str, Any] | None) -> Exchange | None:
        if params is None or self._exempt(action):
            return None
        return self._context.call(self._made.service, action, params, session=OTHER)

    def _lists(self) -> Iterator[Exchange]:
        """By what names the object, with our account's number, by what it hangs on, and all."""
        action = self._service.actions.get("list")
        if (
            action is None
            or self._exempt("list")
            or "list" in self._context.recipe(action.service).skip
        ):
            return
        asked: list[dict[str, Any]] = []
        filtered = self._filter(action)
        if filtered is not None:
            param, values = filtered
            ours = {**values, "partnerIdEqual": self._context.partner_id}
            asked += [{param: values}, {param: ours}]
            around = {
                name: each for name, each in values.items() if name not in {"idEqual", "idIn"}
            }
            if len(around) > 1:
                asked.append({param: around})
        if self._context.profile.quirks.why("mandatory_filter", action.id) is None:
            asked.append({})
        for params in asked:
            yield self._context.call(self._made.service, "list", params, session=OTHER)

    def _filter(self, action: Action) -> tuple[str, dict[str, Any]] | None:
        """The filter that asks for the object."""
        recipe = self._context.recipe(self._made.service)
        named = identity_of(self._context, self._made)
        if self._made.id is not None:
            named = {"id": self._made.id}
        for param in action.params:
            name = param.type.name or ""
            if name not in self._context.schema.classes or not named:
                continue
            known = self._context.lineage.properties(name)
            values = {f"{key}Equal": value for key, value in named.items()}
            if self._made.id is not None and "idEqual" not in known:
                values = {"idIn": str(self._made.id)}
            if values.keys() <= known.keys():
                more = {n: self._made.property(of) for n, of in recipe.list_filter.items()}
                return param.name, {"objectType": name, **values, **more}
        return None

    def _others(self) -> Iterator[Exchange]:
        """Further actions that read and need nothing but the object's id."""
        found = 0
        for action in self._service.actions.values():
            param = self._only_id(action)
            if param is None or self._made.id is None or found >= OTHER_READS:
                continue
            found += 1
            params = {param: str(self._made.id)}
            yield self._context.call(action.service, action.name, params, session=OTHER)

    def _only_id(self, action: Action) -> str | None:
        known = self._context.profile
        required = [param for param in action.params if not param.optional]
        fits = (
            action.name not in {"get", "list"}
            and READING.match(action.name)
            and action.result.kind in {"object", "array"}
            and len(required) == 1
            and required[0].type.kind in {"string", "int", "bigint"}
            and required[0].name.casefold().endswith(("id", "ids"))
        )
        closed = known.actions.probe_only_because(action.id) or known.quirks.why(
            "bare_answers", action.id
        )
        if not fits or closed or self._exempt(action.name):
            return None
        return required[0].name

    def _update(self) -> Exchange | None:
        action = self._service.actions.get("update")
        keys = self._made.keys.get("update")
        if action is None or keys is None:
            return None
        params: dict[str, Any] = dict(keys)
        holder = entity_param(action)
        if holder is not None:
            params[holder.name] = self._foreign_values()
        for param in action.params:
            if not param.optional and param.name not in params:
                known = self._made.property(param.name)
                if known is None:
                    return None
                params[param.name] = known
        return self._ask("update", params)

    def _clone(self) -> Exchange | None:
        """A copy, where it takes nothing but an id; what is made of it is removed again."""
        action = self._service.actions.get("clone")
        if action is None or self._made.id is None or self._exempt("clone"):
            return None
        required = [param.name for param in action.params if not param.optional]
        context = self._context
        if required != [param.name for param in key_params(action)] or len(required) != 1:
            return None
        if context.profile.actions.probe_only_because(action.id):
            return None
        clone = self._ask("clone", {required[0]: self._made.id})
        value = clone.result.value if clone is not None and clone.result is not None else None
        delete = self._service.actions.get("delete")
        if isinstance(value, dict) and value.get("id") is not None and delete is not None:
            copy = {key_params(delete)[0].name: value["id"]}
            context.call(self._made.service, "delete", copy, session=OTHER)
        return clone

    def _foreign_values(self) -> dict[str, Any]:
        allowed = self._context.recipe(self._made.service).update
        known = self._context.lineage.properties(self._made.type or "")
        values: dict[str, Any] = {"objectType": self._made.type} if self._made.type else {}
        for name in CHANGED:
            if name in known and (allowed is None or name in allowed):
                values[name] = f"kc trespass {self._context.random.getrandbits(40):010x}"
                break
        return values

    def _exempt(self, action: str) -> bool:
        name = f"{self._made.service}.{action}"
        return self._context.profile.quirks.why("isolation_exempt", name) is not None
