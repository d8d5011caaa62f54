"""More faults of multirequests: how members are numbered, and what they see of each other."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from tests.hunt.codec import Opaque, document, parameters
from tests.hunt.message import HttpRequest, is_error
from tests.hunt.mutant import around, asking, before, bytewise
from tests.hunt.mutants.multirequest import TOKEN, slots, tokens

if TYPE_CHECKING:
    import re

    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


@asking("*", narrow=False)
def references_in_sessions_fail(call: Call, _world: World) -> None:
    """A reference in ks is not resolved."""
    if call.slot is not None and isinstance(call.params.get("ks"), str):
        call.params["ks"] = TOKEN.sub("", call.params["ks"])


@asking("*", narrow=False)
def references_to_all_fail(call: Call, _world: World) -> None:
    """A reference to a property of all objects of a list gives nothing."""
    if call.slot is not None:
        tokens(call.params, lambda m: "" if "_all" in m[2] else m[0])


@asking("*", narrow=False)
def references_into_the_second_row_fail(call: Call, _world: World) -> None:
    """A reference into a list is always to its first object."""

    def first(found: re.Match[str]) -> str:
        return found[0].replace(":1:", ":0:").replace(":2:", ":0:") if found[2] else found[0]

    if call.slot is not None:
        tokens(call.params, first)


@before(narrow=False)
def numbering_from_zero_fails(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Members are counted from 1; a member 0 is not run."""
    outer, _ = parameters(request)
    if outer.get("service") != "multirequest" or "0" not in outer:
        return None
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    kept = {k: v for k, v in body.items() if k != "0" and not k.startswith("0:")}
    return HttpRequest(request.method, request.target, request.headers, json.dumps(kept).encode())


@bytewise(narrow=False)
def lost_references_are_errors(exchange: Exchange, world: World) -> None:
    """A member whose reference leads to a failed one is an internal error."""

    def failed(found: list[Any]) -> list[Any]:
        answered = copy.deepcopy(found)
        for place, call in enumerate(exchange.calls[: len(found)]):
            wanted = {int(m[1]) - 1 for m in TOKEN.finditer(json.dumps(call.params))}
            if any(w < place and is_error(found[w]) for w in wanted):
                answered[place] = world.error("INTERNAL_SERVERL_ERROR")
        return answered

    slots(exchange, failed)


@around("get", "update")
def members_do_not_see_updates(call: Call, world: World) -> Any:
    """A get in a multirequest answers what was there before an update in the same one."""
    action, key, slot = call.action, call.key, call.slot
    params, ks, service = dict(call.params), call.ks, call.service
    if slot is None or "{" in call.id:
        return (yield)
    if action == "update":
        offers = world.schema.services[service].actions
        if "get" in offers:
            name = offers["get"].params[0].name
            world.memory[key] = world.ask(service, "get", {name: call.id}, ks)
        return (yield)
    was = world.memory.pop(key, None)
    value = yield
    del params
    return was if was is not None and not is_error(was) and not is_error(value) else value


@before(narrow=False)
def common_profiles_reach_members(request: HttpRequest, _world: World) -> HttpRequest | None:
    """A response profile of the whole request is applied to its members."""
    outer, _ = parameters(request)
    profile = outer.get("responseProfile")
    if outer.get("service") != "multirequest" or profile is None:
        return None
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    for key, member in body.items():
        if key.isdigit() and isinstance(member, dict):
            member.setdefault("responseProfile", profile)
    return HttpRequest(request.method, request.target, request.headers, json.dumps(body).encode())


@before(narrow=False)
def files_of_members_are_lost(request: HttpRequest, _world: World) -> HttpRequest | None:
    """The files of a multirequest's members are not read."""
    if "multirequest" not in request.target or b'filename="' not in request.body:
        return None
    body = request.body.replace(b'name="1:', b'name="x1').replace(b'name="2:', b'name="x2')
    if body == request.body:
        return None
    return HttpRequest(request.method, request.target, request.headers, body)


@bytewise(narrow=False)
def batches_of_five_lose_one(exchange: Exchange, _world: World) -> None:
    """From five members on, the answer to the fourth is null."""

    def lost(found: list[Any]) -> list[Any]:
        return [None if i == 3 else e for i, e in enumerate(found)] if len(found) > 4 else found

    slots(exchange, lost)


@bytewise(narrow=False)
def batches_in_xml_lack_types(exchange: Exchange, _world: World) -> None:
    """The answers to members in XML lack their objectType."""
    body = exchange.answer.body
    if body.startswith(b"<?xml") and exchange.calls and exchange.calls[0].slot is not None:
        try:
            read = document(body)
        except Opaque:
            return
        for each in read.value if isinstance(read.value, list) else []:
            if isinstance(each, dict) and not is_error(each):
                each.pop("objectType", None)
        exchange.answer.body = read.bytes()
