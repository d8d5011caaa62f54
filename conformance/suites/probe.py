"""Calls that may be asked of any server at any time: they change nothing and always say the same.

Best are errors: which one comes is fixed by the rules (CONTRACT ERR-20), no data of other clients
can change it, and every service has some. Lists of live data come second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from conformance.schema.model import STANDARD_ACTIONS, Schema, TypeRef

if TYPE_CHECKING:
    from conformance.profile.profile import Profile
    from conformance.schema.model import Action, Param, Service

SCALARS = frozenset({"int", "bigint", "float", "bool", "string"})
NUMBERS = frozenset({"int", "bigint"})
READING = ("get", "list", "count", "ping")
RESERVED = frozenset({"partnerId", "p", "ks", "format", "language", "service", "action"})
"""Names that mean something to every call (CONTRACT WIRE-11), so no check may play with them."""

UNKNOWN_NUMBER = 2147480077
UNKNOWN_TEXT = "0_conformance77"
OTHER_NUMBER = 2147480078
OTHER_TEXT = "0_conformance78"
FOREIGN_NUMBER = 987654
FOREIGN_TEXT = "conformanceNoSuchValue"


class Probe(Struct, frozen=True):
    """One call with its declared result. `parameter` is the scalar parameter that it turns on.

    `nested` is the object parameter that holds properties, if the call has one. What a `live`
    probe answers may change at any time.
    """

    service: str
    action: str
    params: dict[str, Any]
    result: TypeRef
    parameter: str = ""
    numeric: bool = False
    nested: str = ""
    live: bool = False

    def having(self, **params: Any) -> Probe:
        """The same call with more parameters, or with others in their place."""
        return structs.replace(self, params={**self.params, **params})

    def without_params(self) -> Probe:
        """The same action, with nothing sent."""
        return structs.replace(self, params={})


class Grounds(Struct, frozen=True):
    """What probes are made from; scope and context both have it."""

    schema: Schema
    lineage: Any
    profile: Any


def grounds(source: Any) -> Grounds:
    """The grounds of a scope or a context."""
    return Grounds(source.schema, source.lineage, source.profile)


def unknown_id(ground: Grounds, service: Service) -> Probe | None:
    """`get` of an object that does not exist."""
    action = _allowed(ground.profile, service, "get")
    if action is None:
        return None
    wanted = [param for param in action.params if not param.optional] or list(action.params[:1])
    if not wanted or any(param.type.kind not in SCALARS or param.type.enum for param in wanted):
        return None
    first = wanted[0]
    params = {param.name: _unknown(param) for param in wanted}
    numeric = first.type.kind in NUMBERS
    return Probe(service.id, action.name, params, action.result, first.name, numeric)


def foreign_enum(ground: Grounds, service: Service) -> Probe | None:
    """`list` with a filter on a value that the property's enum does not have."""
    action = _allowed(ground.profile, service, "list")
    param = action.param("filter") if action else None
    if action is None or param is None or not _is_concrete(param, ground.schema):
        return None
    for prop in ground.lineage.properties(str(param.type.name)).values():
        if prop.type.enum and prop.type.kind in {"int", "string"} and prop.name.endswith("Equal"):
            if prop.type.enum == "KalturaNullableBoolean":
                continue
            value = FOREIGN_NUMBER if prop.type.kind == "int" else FOREIGN_TEXT
            params = {"filter": {"objectType": param.type.name, prop.name: value}}
            return Probe(service.id, action.name, params, action.result, nested="filter")
    return None


def listing(ground: Grounds, service: Service) -> Probe | None:
    """`list` of the first objects."""
    action = _allowed(ground.profile, service, "list")
    if action is None or any(not param.optional for param in action.params):
        return None
    pager = action.param("pager")
    if pager is None or pager.type.kind != "object":
        return None
    params = {"pager": {"objectType": pager.type.name, "pageSize": 2, "pageIndex": 1}}
    return Probe(service.id, action.name, params, action.result, nested="pager", live=True)


def nothing_sent(ground: Grounds, service: Service) -> Probe | None:
    """An action that needs a parameter, without any."""
    for action in sorted(service.actions.values(), key=_harmlessness):
        lacking = [
            p for p in action.params if not p.optional and p.type.kind not in {"array", "map"}
        ]
        if lacking and _allowed(ground.profile, service, action.name):
            return Probe(service.id, action.name, {}, action.result, lacking[0].name)
    ping = _allowed(ground.profile, service, "ping")
    return Probe(service.id, ping.name, {}, ping.result) if ping else None


def nesting(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """The best call with a nested parameter."""
    found = foreign_enum(ground, service) or listing(ground, service)
    return (found,) if found else ()


def speaking(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """Calls that show whether parameters arrive: one nested, one flat."""
    unknown = unknown_id(ground, service)
    found = (*nesting(ground, service), *((unknown,) if unknown else ()))
    return found or showing(ground, service)


def showing(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """Calls that show how answers are written: live data, and an error."""
    error = unknown_id(ground, service) or nothing_sent(ground, service)
    return tuple(probe for probe in (listing(ground, service), error) if probe)


def plain(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """The one cheapest call that shows whether the service was reached."""
    found = unknown_id(ground, service) or nothing_sent(ground, service) or listing(ground, service)
    return (found,) if found else ()


def flat(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """A call that turns on one scalar parameter whose name is free."""
    found = unknown_id(ground, service)
    return (found,) if found and found.parameter not in RESERVED else ()


def numeric(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """A call that turns on one int parameter."""
    return tuple(probe for probe in flat(ground, service) if probe.numeric)


def textual(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """A call that turns on one parameter of text."""
    return tuple(probe for probe in flat(ground, service) if not probe.numeric)


def live(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """A list of what is there now."""
    found = listing(ground, service)
    return (found,) if found else ()


def keeping(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """A `get` that waits for the keys of an object to be made."""
    add, get = (_allowed(ground.profile, service, name) for name in ("add", "get"))
    return (Probe(service.id, get.name, {}, get.result),) if add and get else ()


def lacking(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """A call that an error answers because a parameter is missing."""
    found = nothing_sent(ground, service)
    return (found,) if found and found.parameter else ()


def _allowed(profile: Profile, service: Service, name: str) -> Action | None:
    action = service.actions.get(name)
    if action is None or action.result.kind == "file" or profile.actions.denied(action.id):
        return None
    return action


def _unknown(param: Param) -> Any:
    return UNKNOWN_NUMBER if param.type.kind in NUMBERS else UNKNOWN_TEXT


def _is_concrete(param: Param, schema: Schema) -> bool:
    declared = schema.classes.get(param.type.name or "")
    return declared is not None and not declared.abstract


def _harmlessness(action: Action) -> tuple[int, str]:
    if action.name in READING:
        return READING.index(action.name), action.name
    if action.name.startswith(("get", "list", "search")):
        return 10, action.name
    return (20 if action.name in STANDARD_ACTIONS else 30), action.name
