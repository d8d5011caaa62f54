"""What stands around a server that people really use: indexes, caches, plugins, other clients."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.hunt.benign.neighbours import INDEXED
from tests.hunt.message import entities, is_error, is_not_found
from tests.hunt.mutant import answering, around, bytewise
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World

SLOW_SECONDS = 7.0
LINGER_SECONDS = 4.0
EVENTS = "schedule_scheduleevent"
STEP = 10
READING = ("get", "list", "count", "getVersion", "ping")
PLUGINS_CLASSES = {
    "baseentry": "KalturaHologramEntry",
    "cuepoint_cuepoint": "KalturaHologramCuePoint",
    "schedule_scheduleevent": "KalturaHologramScheduleEvent",
    "schedule_scheduleresource": "KalturaHologramScheduleResource",
    "metadata_metadataprofile": "KalturaHologramProfile",
    "uiconf": "KalturaHologramUiConf",
}
CHANGED = (
    ("data", "dataEntry", "entryId", "name"),
    ("playlist", "playlist", "id", "name"),
    ("category", "category", "id", "description"),
    ("user", "user", "userId", "description"),
    ("uiConf", "uiConf", "id", "description"),
    ("accessControlProfile", "accessControlProfile", "id", "description"),
)
NEEDED: dict[str, dict[str, Any]] = {
    "playlist": {"playlistType": 3},
    "uiConf": {"objType": 1, "creationMode": 2},
}


@around("add", "clone", "list")
def index_is_seven_seconds_behind(call: Call, world: World) -> Any:
    """A busy index: what is added is listed and counted seven seconds later."""
    action, shown = call.action, _lags(call)
    value = yield
    if action != "list":
        _note(value, world)
        return value
    return _without_the_new(value, world) if shown else value


@around("add", "clone", "list")
def every_other_index_is_behind(call: Call, world: World) -> Any:
    """Two indexes answer by turns, and one of them is seven seconds behind."""
    action, shown = call.action, _lags(call)
    value = yield
    if action != "list":
        _note(value, world)
        return value
    world.memory["turn"] = not world.memory.get("turn", False)
    return _without_the_new(value, world) if shown and world.memory["turn"] else value


def _lags(call: Call) -> bool:
    """Whether a list is answered from an index; by one id it is asked for in the database."""
    return call.service in INDEXED and not call.filter.get("idEqual")


def _note(made: Any, world: World) -> None:
    for each in entities(made):
        world.memory[str(each.get("id"))] = time.monotonic()


def _without_the_new(value: Any, world: World) -> Any:
    """A list as an index answers it that is behind."""
    if is_error(value) or not isinstance(value, dict):
        return value
    listed = value.get("objects")
    if isinstance(listed, list):
        since = time.monotonic() - SLOW_SECONDS
        kept = [each for each in listed if world.memory.get(str(each.get("id")), since) <= since]
        total = int(value["totalCount"]) - len(listed) + len(kept)
        value["objects"], value["totalCount"] = kept, like(value["totalCount"], total)
    return value


@bytewise()
def equal_reads_come_from_the_cache(exchange: Exchange, world: World) -> None:
    """A read that was answered before, with nothing written since, is answered by the same bytes.

    That is what a server's cache with conditions does: it says so, and has no session header.
    """
    world.memory.setdefault("writes", 0)
    if exchange.answer.status != 200:
        return
    calls = exchange.calls
    if not calls or any(call.action not in READING for call in calls):
        world.memory["writes"] += 1
        return
    if not all(world.is_good(call.ks) for call in calls):  # also looked at before the cache
        return
    request = exchange.request
    asked = (request.method, request.target, request.body, request.header("Content-Type"))
    asked += (request.header("Accept-Encoding"), world.memory["writes"])
    body = world.memory.setdefault(asked, exchange.answer.body)
    if body is not exchange.answer.body and request.method != "HEAD":
        exchange.answer.body = body
        exchange.answer.drop("X-Kaltura-Session")
        exchange.answer.set("X-Kaltura", "cached-dispatcher,cache_v3-77ab,0.0004")


@answering(*(f"{service}.list" for service in PLUGINS_CLASSES))
def lists_hold_objects_of_newer_plugins(call: Call, value: Any, world: World) -> Any:
    """A list of all there is holds, last, an object of a class that a newer plugin brought."""
    plain = not {k for k, v in call.filter.items() if k != "objectType" and v not in (None, "")}
    first = call.pager.get("pageIndex") in (None, "", 1, "1")
    size = number(call.pager.get("pageSize")) or 30
    if is_error(value) or not plain or not first or not isinstance(value, dict):
        return value
    rows, total = value.get("objects"), number(value.get("totalCount"))
    if not rows or total is None or total != len(rows) or total >= size:
        return value
    model = dict(rows[-1])
    known = world.properties(model)
    shape = {n: v for n, v in model.items() if n in known and n in ("partnerId", "createdAt")}
    kind = PLUGINS_CLASSES[call.service.lower()]
    identity = 99_000_001 if number(model.get("id")) is not None else "0_h9x7q3aa"
    added = {"objectType": kind, "id": identity, "name": "hologram", **shape, "depth": 3}
    value["objects"] = [*rows, added]
    value["totalCount"] = like(value["totalCount"], int(total) + 1)
    return value


@around("get", "list")
def others_change_and_remove_their_objects(_call: Call, world: World) -> Any:
    """Another client renames its objects, replaces them by new ones, and deletes the old."""
    if world.random.random() < 0.15:
        service, param, key, text = world.random.choice(CHANGED)
        ks = world.ks(user="neighbour")
        name = f"neighbour {world.random.getrandbits(40):x}"
        held = world.memory.get(service)
        if held is None:
            sent = {"name": name, **NEEDED.get(service, {})}
            if service == "user":
                sent = {"id": name.replace(" ", "_"), "firstName": "N"}
            made = world.ask(service, "add", {param: sent}, ks)
            world.memory[service] = None if is_error(made) else made.get("id")
        elif world.random.random() < 0.3:
            world.ask(service, "delete", {key: held}, ks)
            world.memory[service] = None
        else:
            changed = world.ask(service, "update", {key: held, param: {text: name}}, ks)
            if is_not_found(changed):
                world.memory[service] = None
    return (yield)


@around(f"{EVENTS}.update", f"{EVENTS}.get", f"{EVENTS}.list")
def events_count_their_updates(call: Call, world: World) -> Any:
    """The sequence of a schedule event is ten higher after each update, as 22.19.0 was seen to."""
    action, key = call.action, call.id
    value = yield
    if is_error(value):
        return value
    if action == "update":
        world.memory[key] = world.memory.get(key, 0) + 1
    for found in entities(value):
        steps = world.memory.get(str(found.get("id")), 0)
        if number(found.get("sequence")) is not None:
            counted = int(found["sequence"]) + STEP * steps
            found["sequence"] = like(found["sequence"], counted)
    return value


@around("*")
def ended_sessions_linger_longer(call: Call, world: World) -> Any:
    """A server's own cache of sessions takes an ended one for four seconds more (SESS-07)."""
    ks, service, action = call.ks, call.service, call.action
    params = {k: v for k, v in call.params.items() if k not in ("ks", "format")}
    if (service, action) == ("session", "end"):
        world.memory.setdefault(ks, time.monotonic())
    value = yield
    ended = is_error(value, "INVALID_KS") and "LOGOUT" in str(value.get("args"))
    if ended and time.monotonic() - world.memory.get(ks, 0.0) < LINGER_SECONDS:
        session = world.session(ks)
        if session is not None:
            fresh = world.ks(session.partner_id, user=session.user_id, kind=session.type)
            return world.ask(service, action, params, fresh)
    return value
