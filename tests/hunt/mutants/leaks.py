"""Faults by which one call reaches into another: its object, its session, its answer."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking
from tests.hunt.mutants.crud import made_id, writable

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World


def written_too(service: str, key: str, found: dict[str, Any], ks: str, world: World) -> None:
    """Update another object behind the client's back."""
    offered = world.schema.services[service].actions
    if "update" not in offered or not found:
        return
    params = offered["update"].params
    target = next((p.name for p in params if p.type.kind == "object"), None)
    if target:
        world.ask(service, "update", {params[0].name: key, target: found}, ks)


@around("add", "update")
def updates_write_the_object_before(call: Call, world: World) -> Any:
    """update of one object writes the description of the one that was made before, too."""
    service, action, key, ks = call.service, call.action, call.id, call.ks
    text = call.object.get("description") if action == "update" else None
    value = yield
    if action == "add" and made_id(value):
        world.memory.setdefault(service, []).append(made_id(value))
    elif text and not is_error(value):
        others = [each for each in world.memory.get(service, [])[-4:] if each != key]
        if others:
            written_too(service, others[-1], {"description": text}, ks, world)
    return value


@around("update")
def updates_write_another_property(call: Call, world: World) -> Any:
    """update of the name without a description writes the name as description, too."""
    param = call.object_param()
    known = world.lineage.properties(str(param.type.name)) if param else {}
    if "description" in known and isinstance(call.object.get("name"), str):
        call.object.setdefault("description", call.object["name"])
    return (yield)


@around("add", "delete")
def deletes_take_the_newest_too(call: Call, world: World) -> Any:
    """delete removes the object that was made last, beside the one that was named."""
    service, action, key, ks = call.service, call.action, call.id, call.ks
    value = yield
    if action == "add" and made_id(value):
        world.memory.setdefault(service, []).append(made_id(value))
    elif action == "delete" and not is_error(value):
        newest = [each for each in world.memory.get(service, []) if each != key][-1:]
        name = world.schema.services[service].actions["delete"].params[0].name
        for each in newest:
            world.memory[service].remove(each)
            world.ask(service, "delete", {name: each}, ks)
    return value


@around("clone", "update")
def clones_share_their_state(call: Call, world: World) -> Any:
    """An update of a clone is an update of its original."""
    service, action, key, ks = call.service, call.action, call.id, call.ks
    sent = copy.deepcopy(call.object)
    value = yield
    if action == "clone" and made_id(value):
        world.memory["original", made_id(value)] = key
    elif action == "update" and not is_error(value) and ("original", key) in world.memory:
        written_too(service, world.memory["original", key], sent, ks, world)
    return value


@around("get", "list")
def profiles_stay_for_the_next_call(call: Call, world: World) -> Any:
    """A response profile is applied to the same service's next get or list, too."""
    profile = call.params.get("responseProfile")
    if isinstance(profile, dict):
        world.memory[call.service] = copy.deepcopy(profile)
    elif call.service in world.memory:
        call.params["responseProfile"] = world.memory.pop(call.service)
    return (yield)


@asking("*")
def members_inherit_the_parameters_before(call: Call, world: World) -> None:
    """A member of a multirequest takes a filter that it lacks from the member before."""
    if call.slot is None:
        return
    if "filter" in call.params:
        world.memory[call.service] = copy.deepcopy(call.params["filter"])
    elif call.action in ("list", "count") and call.service in world.memory:
        call.params["filter"] = world.memory.pop(call.service)


@asking("*")
def a_members_session_stays(call: Call, world: World) -> None:
    """A member's own session is that of the members after it, too."""
    if call.slot is None or not str(call.slot).isdigit():
        return
    slot = int(call.slot)
    last, ks = world.memory.get("last", (slot, ""))
    if slot <= last:
        ks = ""
    if call.params.get("ks"):
        ks = str(call.params["ks"])
    elif ks and world.is_good(ks):
        call.params["ks"] = ks
    world.memory["last"] = (slot, ks)


@around("session.end", "*", narrow=False)
def ends_end_the_users_other_sessions(call: Call, world: World) -> Any:
    """session.end ends the other sessions of that user that were used before, too."""
    ks, ends = call.ks, (call.service, call.action) == ("session", "end")
    session = world.session(ks)
    whose = (session.partner_id, session.user_id) if session else None
    value = yield
    if whose is None or not whose[1] or is_error(value):
        return value
    if ends:
        known = world.memory.get(("used", whose), set())
        world.memory.setdefault("over", set()).update(known - {ks})
    elif ks in world.memory.get("over", ()):
        return world.error("INVALID_KS", KSID="LOGOUT", ERR_CODE="-1", ERR_DESC="INVALID_STR")
    else:
        world.memory.setdefault(("used", whose), set()).add(ks)
    return value


@around("*", narrow=False)
def answers_of_users_are_shared(call: Call, world: World) -> Any:
    """A get is answered from a cache that does not tell whose session asks, for other users."""
    key = (call.service, call.action, call.id)
    other = (world.is_user(call.ks), world.is_stranger(call.ks))
    value = yield
    if call.action != "get" or not world.is_good(call.ks):
        return value
    seen = world.memory.get(key)
    if seen is not None and seen[0] != other and is_error(value):
        return copy.deepcopy(seen[1])
    if not is_error(value):
        world.memory[key] = (other, copy.deepcopy(value))
    return value


@around("add")
def identical_adds_are_one(call: Call, world: World) -> Any:
    """Two equal calls of add in a row answer the same object."""
    key, sent = call.service, copy.deepcopy(call.params)
    value = yield
    last, was = world.memory.get(key, (None, None))
    if sent == last and made_id(value):
        return copy.deepcopy(was)
    if made_id(value):
        world.memory[key] = (sent, copy.deepcopy(value))
    return value


@around("add", "get")
def tags_are_those_of_the_object_before(call: Call, world: World) -> Any:
    """get shows the tags of the object that was read before."""
    action, service = call.action, call.service
    value = yield
    if action != "get" or not isinstance(value, dict) or not value.get("tags"):
        return value
    last = world.memory.get(service)
    world.memory[service] = value["tags"]
    if last is not None:
        value["tags"] = last
    return value


@answering("list")
def listed_times_are_the_firsts(_call: Call, value: Any, _world: World) -> Any:
    """Every object of a list shows the createdAt of the first."""
    rows = entities(value)
    for found in rows[1:]:
        if "createdAt" in found and "createdAt" in rows[0]:
            found["createdAt"] = rows[0]["createdAt"]
    return value


@asking("add")
def names_are_made_unique(call: Call, world: World) -> None:
    """A name that was used before in the service is stored with a number behind it."""
    name = call.object.get("name")
    if isinstance(name, str) and "name" in writable(call, world):
        count = world.memory[call.service, name] = world.memory.get((call.service, name), 0) + 1
        if count > 1:
            call.object["name"] = f"{name} ({count})"
