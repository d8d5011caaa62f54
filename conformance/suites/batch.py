"""Sends several calls in one request, and compares each slot with the same call made alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.oracles.slots import slot
from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.schema.standard import key_params
from conformance.suites import probe
from conformance.suites.comparison import compare
from conformance.suites.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.plugin.context import Context
    from conformance.schema.model import Service
    from conformance.suites.comparison import Judge
    from conformance.suites.probe import Grounds
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from conformance.wire.request import Form, Upload

SERVICE = "multirequest"
UNKNOWN = 2147480079


def member(service: str, action: str, /, **params: Any) -> dict[str, Any]:
    """One member as it is sent."""
    return {"service": service, "action": action, **params}


def unknown_services(context: Context, count: int) -> list[str]:
    """Services that nobody has: a refusal names the one that it refuses (CONTRACT section 3.2)."""
    mark = f"{context.random.getrandbits(32):08x}"
    return [f"conformance{mark}n{index}" for index in range(count)]


def asking(services: Sequence[str]) -> list[dict[str, Any]]:
    """A member for each service, which asks for its list."""
    return [member(name, "list") for name in services]


def send(
    context: Context,
    members: Sequence[Mapping[str, Any]],
    *,
    first: int = 1,
    form: Form | None = None,
    session: str = "admin",
    ks: str | None = None,
    common: Mapping[str, Any] | None = None,
    files: Mapping[str, Upload] | None = None,
    action: str = "",
) -> Exchange:
    """The members in one request, numbered from `first`; `common` stands beside them."""
    numbered = {str(number): dict(each) for number, each in enumerate(members, first)}
    params = {**(common or {}), **numbered}
    batch = context.call(SERVICE, action, params, form=form, session=session, ks=ks, files=files)
    for position, each in enumerate(members, 1):
        error = slot(batch, position).error
        if error is not None and error.code == "ACTION_BLOCKED":
            raise Inconclusive(f"{each.get('service')}.{each.get('action')} is limited in rate")
    return batch


def quiet_probes(ground: Grounds, service: Service) -> tuple[Probe, ...]:
    """Calls of a service that only read and say the same whoever else is at work.

    Errors, and a list of nothing: by an id that nothing has.
    """
    found = (probe.unknown_id(ground, service), probe.nothing_sent(ground, service))
    nothing = empty_list(ground, service)
    kept = {(each.action, repr(each.params)): each for each in (*found, nothing) if each}
    return tuple(each for each in kept.values() if _may_join(each, ground))


def empty_list(ground: Grounds, service: Service) -> Probe | None:
    """`list` with a filter that nothing fits."""
    listed = probe.listing(ground, service)
    action = service.actions.get("list")
    param = action.param("filter") if action else None
    declared = ground.schema.classes.get(param.type.name or "") if param else None
    if listed is None or declared is None or declared.abstract:
        return None
    by_id = ground.lineage.properties(declared.name).get("idEqual")
    if by_id is None or by_id.type.kind not in probe.SCALARS:
        return None
    if not ground.profile.quirks.selects(f"{listed.service}.list", by_id.name):
        return None  # It would be the list of everything, which others change.
    value = UNKNOWN if by_id.type.kind in probe.NUMBERS else f"0_conformance{UNKNOWN}"
    sought = {"objectType": declared.name, "idEqual": value}
    return Probe(listed.service, "list", {**listed.params, "filter": sought}, listed.result)


def existing(context: Context, service: Service) -> Probe | None:
    """`get` of the first object that the service lists, if there is one."""
    ground = probe.grounds(context)
    listed, action = probe.listing(ground, service), service.actions.get("get")
    if listed is None or action is None or probe.unknown_id(ground, service) is None:
        return None
    keys = key_params(action)
    if len(keys) != 1:
        return None
    answer = context.call(listed.service, listed.action, listed.params)
    value = answer.result.value if answer.result else None
    objects = value.get("objects") if isinstance(value, dict) else None
    first = objects[0] if isinstance(objects, list) and objects else None
    if not isinstance(first, dict) or not isinstance(first.get("id"), int | str):
        return None
    return Probe(service.id, "get", {keys[0].name: first["id"]}, action.result, live=True)


def some_object(context: Context, names: Sequence[str]) -> Probe:
    """The get of an object that there is, of the first of these services that has one."""
    for name in names:
        service = context.schema.services.get(name)
        found = existing(context, service) if service else None
        if found is not None:
            return found
    raise Inconclusive("the account holds no object to be asked for")


def compare_slots(
    context: Context,
    probes: Sequence[Probe],
    judge: Judge,
    *,
    judged: Sequence[int] | None = None,
    sending: Callable[[Sequence[Mapping[str, Any]]], Exchange] | None = None,
) -> Iterator[Breach]:
    """What `judge` sees between each judged slot (1-based; all of them) and its call alone.

    `sending` sends the members in another way. What a live probe answers may change, so its slot
    is of a batch that is sent after the call alone; the others share one.
    """
    members = [member(each.service, each.action, **each.params) for each in probes]
    send_all = sending or partial(send, context)
    shared: list[Exchange] = []

    def ask(position: int, asked: list[int]) -> Exchange:
        if not shared or asked or probes[position - 1].live:
            shared[:] = [send_all(members)]
        asked.append(position)
        return slot(shared[0], position)

    for position in judged or range(1, len(probes) + 1):
        yield from compare(context, probes[position - 1], judge, partial(ask, position, []))


def unless_absent(exchange: Exchange) -> None:
    """NotApplicable when what a slot was asked of is not there, which another check judges."""
    code = exchange.error.code if exchange.error else ""
    if code in {"SERVICE_DOES_NOT_EXISTS", "ACTION_DOES_NOT_EXISTS"}:
        raise NotApplicable(f"{exchange.action} is not there: {code}")


def strangers(context: Context, service: str, count: int) -> list[Probe]:
    """Quiet calls of other services, drawn for this check."""
    ground = probe.grounds(context)
    names = [name for name in context.schema.services if name != service]
    drawn: list[Probe] = []
    for name in context.random.sample(names, len(names)):
        if len(drawn) == count:
            break
        found = quiet_probes(ground, context.schema.services[name])
        if found:
            drawn.append(context.random.choice(found))
    return drawn


def echo(context: Context) -> tuple[str, str, str]:
    """Service, action and parameter of a get whose not-found error repeats the id that was sent."""
    ground, offered = probe.grounds(context), context.schema.services
    for name in ("baseentry", "media", "data", "playlist", "uploadtoken", *offered):
        found = probe.unknown_id(ground, offered[name]) if name in offered else None
        if found is None or found.numeric or len(found.params) != 1 or name == "session":
            continue  # a KS that is not found is an error of the call, not of its object
        nonce = f"0_conformance{context.random.getrandbits(40):010x}"
        alone = context.call(found.service, found.action, {found.parameter: nonce})
        if alone.error is not None and nonce in alone.error.args.values():
            return found.service, found.action, found.parameter
    raise NotApplicable("no get repeats the id that it does not find")


def _may_join(each: Probe, ground: Grounds) -> bool:
    """Whether a call may stand in a batch: no log-in, and nothing that could end the whole."""
    name = f"{each.service}.{each.action}"
    tables = ("bare_answers", "remapped_errors", "internal_errors")
    known = any(ground.profile.quirks.why(table, name) for table in tables)
    return each.result.kind != "file" and each.service != "session" and not known
