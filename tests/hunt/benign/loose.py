"""Values that a sound server may write in another way."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, every_object, is_error
from tests.hunt.mutant import answering, around, asking, bytewise
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


@answering("*")
def ints_as_texts(_call: Call, value: Any, world: World) -> Any:
    """Properties of type int come as texts (WIRE-47)."""
    for found in every_object(value):
        for name, each in world.properties(found).items():
            is_int = each.type.kind == "int" and each.type.enum is None
            if is_int and isinstance(found.get(name), int) and not isinstance(found[name], bool):
                found[name] = str(found[name])
    return value


@answering("*")
def ids_as_texts(_call: Call, value: Any, _world: World) -> Any:
    """Numeric ids come as texts (WIRE-47)."""
    for found in entities(value):
        for name in ("id", "partnerId"):
            if isinstance(found.get(name), int):
                found[name] = str(found[name])
    return value


@answering("*")
def big_numbers_as_texts(_call: Call, value: Any, world: World) -> Any:
    """Properties of type bigint come as texts (OBSERVED 36)."""
    for found in every_object(value):
        for name, each in world.properties(found).items():
            if each.type.kind == "bigint" and isinstance(found.get(name), int):
                found[name] = str(found[name])
    return value


@answering("*")
def string_enums_as_numbers(_call: Call, value: Any, world: World) -> Any:
    """String enums with a numeric value come as numbers (OBSERVED 36)."""
    for found in every_object(value):
        for name, each in world.properties(found).items():
            text = found.get(name)
            if each.type.kind == "string" and each.type.enum and isinstance(text, str):
                found[name] = int(text) if text.lstrip("-").isdigit() else text
    return value


@answering("*")
def string_enums_as_texts(_call: Call, value: Any, world: World) -> Any:
    """String enums come as texts throughout (WIRE-47)."""
    for found in every_object(value):
        for name, each in world.properties(found).items():
            is_enum = each.type.kind == "string" and each.type.enum
            if is_enum and isinstance(found.get(name), int):
                found[name] = str(found[name])
    return value


@answering("*")
def nullable_booleans_as_booleans(_call: Call, value: Any, world: World) -> Any:
    """KalturaNullableBoolean comes as true or false (WIRE-47)."""
    for found in every_object(value):
        for name, each in world.properties(found).items():
            if each.type.enum == "KalturaNullableBoolean" and found.get(name) in (0, 1):
                found[name] = bool(found[name])
    return value


@answering("*")
def extra_properties(_call: Call, value: Any, _world: World) -> Any:
    """Objects have properties that the schema does not know (WIRE-49)."""
    for found in every_object(value):
        found["internalShard"] = 3
        found["newerThing"] = {"objectType": "KalturaNewerThing", "level": 1}
    return value


@answering("*")
def related_objects_everywhere(_call: Call, value: Any, _world: World) -> Any:
    """Objects have an empty relatedObjects (WIRE-44)."""
    for found in every_object(value):
        found.setdefault("relatedObjects", [])
    return value


@bytewise()
def keys_in_another_order(exchange: Exchange, world: World) -> None:
    """JSON objects have their keys in another order (ERR-04)."""
    if not exchange.answer.header("Content-Type").startswith("application/json"):
        return

    def shuffled(node: Any) -> Any:
        if isinstance(node, dict):
            keys = list(node)
            world.random.shuffle(keys)
            return {key: shuffled(node[key]) for key in keys}
        return [shuffled(each) for each in node] if isinstance(node, list) else node

    if exchange.answer.body:
        exchange.answer.body = json.dumps(shuffled(json.loads(exchange.answer.body))).encode()


@bytewise()
def json_is_pretty_and_unescaped(exchange: Exchange, _world: World) -> None:
    """JSON is indented and holds letters as they are."""
    is_json = exchange.answer.header("Content-Type").startswith("application/json")
    if is_json and exchange.answer.body:
        value = json.loads(exchange.answer.body)
        exchange.answer.body = json.dumps(value, indent=1, ensure_ascii=False).encode(
            "utf-8", "replace"
        )


@bytewise("session.start")
def session_start_has_no_declaration(exchange: Exchange, _world: World) -> None:
    """session.start in XML lacks its declaration (WIRE-56)."""
    body = exchange.answer.body
    if body.startswith(b"<?xml") and b"<error>" not in body:
        exchange.answer.body = body[body.index(b"?>") + 2 :].lstrip()


@answering("flavorParams.list", "conversionProfile.list")
def totals_depend_on_global_objects(call: Call, value: Any, _world: World) -> Any:
    """totalCount counts global objects that a full page does not show (OBSERVED 33)."""
    # A reference of a multirequest would not see the change.
    few = call.slot is None and (number(call.pager.get("pageSize")) or 30) < 100
    if isinstance(value, dict) and number(value.get("totalCount")) and few:
        value["totalCount"] = like(value["totalCount"], int(value["totalCount"]) + 29)
    return value


@answering("list")
def ties_in_another_order(call: Call, value: Any, world: World) -> Any:
    """Objects with equal keys come in any order (LIST-15)."""
    by = str(call.filter.get("orderBy", ""))
    if isinstance(value, dict) and isinstance(value.get("objects"), list) and by[:1] in ("+", "-"):
        rows = value["objects"]
        groups: list[list[Any]] = []
        for row in rows:
            key = row.get(by[1:]) if isinstance(row, dict) else None
            if groups and groups[-1][0].get(by[1:]) == key and key is not None:
                groups[-1].append(row)
            else:
                groups.append([row])
        for group in groups:
            world.random.shuffle(group)
        value["objects"] = [row for group in groups for row in group]
    return value


@answering("appToken.list", "userEntry.list")
def empty_lists_lack_objects(_call: Call, value: Any, _world: World) -> Any:
    """A list of nothing has no objects (LIST-01)."""
    if isinstance(value, dict) and str(value.get("totalCount")) == "0":
        value.pop("objects", None)
    return value


@answering("get", "list")
def counters_move(_call: Call, value: Any, world: World) -> Any:
    """plays and views move between two reads: others watch."""
    world.memory["n"] = world.memory.get("n", 0) + 1
    for found in entities(value):
        for name in ("plays", "views"):
            if number(found.get(name)) is not None:
                found[name] = like(found[name], int(found[name]) + world.memory["n"])
        if "plays" in found:
            found["lastPlayedAt"] = int(time.time())
    return value


@answering("get")
def updated_at_moves_by_itself(_call: Call, value: Any, world: World) -> Any:
    """Side processes move updatedAt (CRUD-12)."""
    for found in entities(value):
        if number(found.get("updatedAt")):
            key = str(found.get("id"))
            world.memory[key] = world.memory.get(key, 0) + 1
            moved = int(number(found["updatedAt"]) or 0) + world.memory[key]
            found["updatedAt"] = like(found["updatedAt"], min(moved, int(time.time())))
    return value


@answering("get", "list", "add", "update")
def tags_joined_in_another_way(_call: Call, value: Any, _world: World) -> Any:
    """Tags are trimmed, made single and joined again (CRUD-13)."""
    for found in entities(value):
        if isinstance(found.get("tags"), str):
            parts = [part.strip() for part in found["tags"].split(",")]
            found["tags"] = ", ".join(dict.fromkeys(p for p in parts if p))
    return value


@asking("add", "update")
def outer_blanks_are_trimmed(call: Call, _world: World) -> None:
    """Blanks around texts are trimmed (CRUD-13)."""
    for name, each in call.object.items():
        if isinstance(each, str) and name != "objectType":
            call.object[name] = each.strip(" ")


@asking("media.add", "data.add", "playlist.add", "baseEntry.add")
def template_entries_fill_in(call: Call, _world: World) -> None:
    """A new entry takes what was not sent from the account's template (CRUD-22, TRAP-24)."""
    if call.object:
        call.object.setdefault("description", "from the template entry")


@asking("add", "update")
def emoji_become_question_marks(call: Call, _world: World) -> None:
    """Letters beyond three bytes are stored as question marks (OBSERVED 23)."""
    for name, each in call.object.items():
        if isinstance(each, str):
            call.object[name] = "".join("????" if ord(c) > 0xFFFF else c for c in each)


@answering("system.getVersion")
def another_version(_call: Call, value: Any, _world: World) -> Any:
    """The version is not the schema's (SCHEMA-02)."""
    return value if is_error(value) else "23.4.1"


@around("*")
def anonymous_calls_are_cached(call: Call, world: World) -> Any:
    """Calls without a sound session are answered from a cache by their parameters (OBSERVED 15)."""
    anonymous = world.session(call.ks) is None and call.service not in ("session", "user")
    params = {k: v for k, v in call.params.items() if k != "ks"}
    key = json.dumps([call.service, call.action, params, bool(call.ks)], sort_keys=True)
    value = yield
    return world.memory.setdefault(key, value) if anonymous else value


@around("*")
def ended_sessions_linger(call: Call, world: World) -> Any:
    """An ended session is good for another second (SESS-07)."""
    ks, service, action = call.ks, call.service, call.action
    params = {k: v for k, v in call.params.items() if k not in ("ks", "format")}
    if (service, action) == ("session", "end"):
        world.memory.setdefault(ks, time.monotonic())
    value = yield
    ended = is_error(value, "INVALID_KS") and "LOGOUT" in str(value.get("args"))
    if ended and time.monotonic() - world.memory.get(ks, 0.0) < 1.0:
        session = world.session(ks)
        if session is not None:
            fresh = world.ks(session.partner_id, user=session.user_id, kind=session.type)
            return world.ask(service, action, params, fresh)
    return value


@answering("user.add", "user.update", "user.get", "user.list")
def users_have_a_computed_name(_call: Call, value: Any, _world: World) -> Any:
    """Other properties of a user are filled in by the server."""
    for found in entities(value):
        if found.get("objectType") == "KalturaUser":
            found["lastLoginTime"] = found.get("lastLoginTime") or 1_790_000_000
    return value


@answering("*")
def plugin_values_of_enums(_call: Call, value: Any, world: World) -> Any:
    """A string enum holds a value of a plugin that the schema does not know (TRAP-03)."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            served = each.type.kind == "string" and each.type.enum and each.read_only
            if (
                served
                and found.get(name) not in (None, "")
                and name in ("replacementStatus", "recordingStatus")
            ):
                found[name] = "newPlugin.NEW_VALUE"
    return value
