"""Faults of add, get, update and delete."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error, is_not_found
from tests.hunt.mutant import answering, around, asking

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World


def made_id(value: Any) -> str:
    """The id in an answer to add."""
    return str(value.get("id", "")) if isinstance(value, dict) and not is_error(value) else ""


def writable(call: Call, world: World) -> list[str]:
    """The plain texts that a call writes."""
    param = call.object_param()
    if param is None or param.type.name is None:
        return []
    kind = str(call.object.get("objectType") or param.type.name)
    known = world.lineage.properties(kind) or world.lineage.properties(param.type.name)
    return [
        name
        for name, each in call.object.items()
        if name in known
        and known[name].type.kind == "string"
        and known[name].type.enum is None
        and isinstance(each, str)
    ]


@around("get")
def reads_are_stale_forever(call: Call, world: World) -> Any:
    """The first answer to get of an object is given forever."""
    key = call.key
    value = yield
    if is_error(value):
        return value
    return copy.deepcopy(world.memory.setdefault((*key, world.is_user(call.ks)), value))


@around("get")
def reads_are_cached_for_seconds(call: Call, world: World) -> Any:
    """get is answered from a cache that lives thirty seconds, whatever is written."""
    key = call.key
    value = yield
    seen, then = world.memory.get(key, (None, 0.0))
    if time.monotonic() - then < 30:
        return copy.deepcopy(seen)
    if not is_error(value):
        world.memory[key] = (copy.deepcopy(value), time.monotonic())
    return value


@around("get", "add")
def read_after_add_fails(call: Call, world: World) -> Any:
    """The first get of a new object says that it does not exist."""
    action, key = call.action, call.key
    value = yield
    if action == "add" and made_id(value):
        world.memory[call.service, made_id(value)] = True
    elif world.memory.pop(key, False):
        return world.error("INVALID_OBJECT_ID", ID=key[1])
    return value


@around("get")
def get_answers_another_object(call: Call, world: World) -> Any:
    """get answers the object that was read before."""
    service = call.service
    value = yield
    if is_error(value):
        return value
    last = world.memory.get(service)
    world.memory[service] = copy.deepcopy(value)
    return last if last is not None else value


@answering("get")
def get_of_the_unknown_is_null(_call: Call, value: Any, _world: World) -> Any:
    """get of an unknown object answers null."""
    return None if is_not_found(value) else value


@around("get")
def get_of_the_unknown_makes_one_up(call: Call, _world: World) -> Any:
    """get of an unknown object answers an empty object."""
    spec, key = call.spec, call.id
    value = yield
    if is_not_found(value) and spec is not None:
        return {"objectType": spec.result.name, "id": key}
    return value


@around("update")
def updates_are_lost(call: Call, world: World) -> Any:
    """update writes nothing and answers as if it had."""
    sent = dict(call.object)
    param = call.id_param()
    offers = world.schema.services[call.service].actions if call.spec else {}
    if param is None or "get" not in offers or not world.would_succeed(call):
        value = yield
        return value
    wanted = next(p.name for p in offers["get"].params)
    call.become(call.service, "get", {wanted: call.id})
    value = yield
    if isinstance(value, dict) and not is_error(value):
        value.update({k: v for k, v in sent.items() if "__null" not in k and k != "objectType"})
    return value


@around("update")
def every_second_update_is_lost(call: Call, world: World) -> Any:
    """Every second update of an object is not stored."""
    if not world.would_succeed(call):
        return (yield)
    count = world.memory[call.key] = world.memory.get(call.key, 0) + 1
    sent = dict(call.object)
    if count % 2 == 0:
        for name in [n for n in call.object if n != "objectType"]:
            del call.object[name]
    value = yield
    if count % 2 == 0 and isinstance(value, dict) and not is_error(value):
        value.update({k: v for k, v in sent.items() if "__null" not in k and k != "objectType"})
    return value


@asking("update")
def updates_write_nothing(call: Call, _world: World) -> None:
    """update writes nothing and answers what was there."""
    kept = {k: v for k, v in call.object.items() if k == "objectType"}
    call.object.clear()
    call.object.update(kept)


@around("update", "get")
def update_answers_the_old(call: Call, world: World) -> Any:
    """update stores but answers the object as it was before."""
    action, key = call.action, call.key
    value = yield
    if is_error(value):
        return value
    if action == "get":
        world.memory[key] = copy.deepcopy(value)
        return value
    return world.memory.get(key, value)


@asking("add")
def add_ignores_a_property(call: Call, world: World) -> None:
    """add ignores the last text that was sent."""
    for name in [n for n in writable(call, world) if n != "name"][-1:]:
        del call.object[name]


@asking("add")
def add_ignores_tags(call: Call, _world: World) -> None:
    """add ignores tags."""
    call.object.pop("tags", None)


@asking("add")
def add_ignores_the_description(call: Call, _world: World) -> None:
    """add ignores the description."""
    call.object.pop("description", None)


@around("add")
def add_pretends_a_property(call: Call, world: World) -> Any:
    """add answers a text that it did not store."""
    lost = {n: call.object.pop(n) for n in [n for n in writable(call, world) if n != "name"][:1]}
    value = yield
    if isinstance(value, dict) and not is_error(value):
        value.update(lost)
    return value


@around("add")
def add_ignores_numbers(call: Call, world: World) -> Any:
    """add ignores numbers that are not enums or times."""
    param = call.object_param()
    known = world.lineage.properties(str(param.type.name)) if param else {}
    for name in list(call.object):
        each = known.get(name)
        if each is None or each.type.enum or each.type.is_time or name.endswith("Id"):
            continue
        if each.type.kind in ("int", "float"):
            del call.object[name]
    return (yield)


@asking("add", "update")
def nested_objects_are_not_stored(call: Call, _world: World) -> None:
    """Objects and arrays inside the written object are not stored."""
    for name in [n for n, v in call.object.items() if isinstance(v, dict | list) and v]:
        del call.object[name]


@answering("add")
def add_answers_only_the_id(_call: Call, value: Any, _world: World) -> Any:
    """add answers nothing but the id."""
    if made_id(value):
        return {"id": value["id"], "objectType": value.get("objectType")}
    return value


@answering("add")
def add_answers_no_id(_call: Call, value: Any, _world: World) -> Any:
    """add answers no id."""
    if made_id(value):
        value.pop("id")
    return value


@around("add")
def add_happens_twice(call: Call, world: World) -> Any:
    """add makes two objects."""
    service, params, ks = call.service, copy.deepcopy(call.params), call.ks
    files = bool(call.files)
    value = yield
    if made_id(value) and not files:
        world.ask(service, "add", {k: v for k, v in params.items() if k != "ks"}, ks)
    return value


@around("add")
def add_makes_nothing(call: Call, world: World) -> Any:
    """add answers an object and removes it again."""
    service, ks = call.service, call.ks
    value = yield
    found = made_id(value)
    offered = world.schema.services[service].actions if service in world.schema.services else {}
    if found and "delete" in offered:
        world.ask(service, "delete", {offered["delete"].params[0].name: found}, ks)
    return value


@around("add")
def an_id_is_used_twice(call: Call, world: World) -> Any:
    """Every second add answers the id of the object made before."""
    value = yield
    if not made_id(value):
        return value
    last = world.memory.pop(call.service, None)
    if last is None:
        world.memory[call.service] = value["id"]
    else:
        value["id"] = last
    return value


@asking("update")
def update_ignores_a_property(call: Call, world: World) -> None:
    """update ignores the first text that was sent."""
    for name in writable(call, world)[:1]:
        del call.object[name]


@asking("update")
def update_ignores_tags(call: Call, _world: World) -> None:
    """update ignores tags."""
    call.object.pop("tags", None)


@asking("update")
def update_ignores_the_name(call: Call, _world: World) -> None:
    """update ignores the name."""
    call.object.pop("name", None)


@asking("update")
def update_ignores_the_description(call: Call, _world: World) -> None:
    """update ignores the description."""
    call.object.pop("description", None)


@around("add", "update")
def update_resets_what_was_not_sent(call: Call, world: World) -> Any:
    """update empties the texts that it was not sent."""
    action, key, service = call.action, call.key, call.service
    texts = [n for n in writable(call, world) if n not in ("name", "systemName", "id")]
    if action == "update":
        for name in world.memory.get(key, []):
            call.object.setdefault(name, "")
    value = yield
    if action == "add" and made_id(value):
        world.memory[service, made_id(value)] = texts
    return value


@around("add", "update")
def update_resets_the_description(call: Call, world: World) -> Any:
    """update empties the description where none is sent."""
    if call.action == "update" and call.object:
        param = call.object_param()
        if param and "description" in world.lineage.properties(str(param.type.name)):
            call.object.setdefault("description", "")
    return (yield)


@asking("update")
def update_trims_nothing_but_cuts(call: Call, world: World) -> None:
    """update stores texts without their last character."""
    for name in writable(call, world):
        call.object[name] = call.object[name][:-1]


@asking("add", "update")
def texts_are_stored_in_lower_case(call: Call, world: World) -> None:
    """Texts are stored in lower case."""
    for name in writable(call, world):
        if name not in ("id", "userId", "objectType"):
            call.object[name] = call.object[name].lower()


@asking("update")
def clearing_is_ignored(call: Call, _world: World) -> None:
    """The __null marker is ignored."""
    for name in [n for n in call.object if n.endswith("__null")]:
        del call.object[name]


@asking("update")
def empty_texts_are_ignored(call: Call, _world: World) -> None:
    """An empty text does not overwrite."""
    for name in [n for n, v in call.object.items() if v == ""]:
        del call.object[name]


@asking("update")
def empty_arrays_are_ignored(call: Call, _world: World) -> None:
    """An empty array does not overwrite."""
    for name in [n for n, v in call.object.items() if v in ([], {}, {"-": ""})]:
        del call.object[name]


@around("update")
def arrays_are_appended(call: Call, world: World) -> Any:
    """update adds to arrays instead of replacing them."""
    key = call.key
    for name, sent in call.object.items():
        if isinstance(sent, list) and sent:
            old = world.memory.setdefault((*key, name), [])
            world.memory[*key, name] = [*old, *sent]
            call.object[name] = [*old, *sent]
    return (yield)


@asking("update")
def false_and_zero_do_not_overwrite(call: Call, _world: World) -> None:
    """A false or a zero does not overwrite."""
    for name in [n for n, v in call.object.items() if v in (0, False, "0", "false") and v != ""]:
        del call.object[name]


@around("update")
def empty_updates_fail(call: Call, world: World) -> Any:
    """An update without properties is an error."""
    empty = not [n for n in call.object if n != "objectType"]
    value = yield
    if empty and not is_error(value):
        return world.error("INTERNAL_SERVERL_ERROR")
    return value


@around("update")
def empty_updates_reset(call: Call, world: World) -> Any:
    """An update without properties empties description and tags."""
    param = call.object_param()
    if param and not [n for n in call.object if n != "objectType"]:
        known = world.lineage.properties(str(param.type.name))
        for name in {"description", "tags"} & set(known):
            call.object[name] = ""
    return (yield)


@around("update")
def update_of_the_unknown_succeeds(call: Call, _world: World) -> Any:
    """update of an unknown object answers as if it had been stored."""
    sent, spec, key = dict(call.object), call.spec, call.id
    value = yield
    if is_not_found(value) and spec is not None:
        return {"objectType": spec.result.name, "id": key, **sent}
    return value


def read_only_names(call: Call, world: World, *, insert_only: bool) -> list[str]:
    """The names in the written object that may not be written."""
    param = call.object_param()
    if param is None:
        return []
    kind = str(call.object.get("objectType") or param.type.name)
    known = world.lineage.properties(kind) or world.lineage.properties(str(param.type.name))
    return [
        name
        for name in call.object
        if (each := known.get(name)) and (each.insert_only if insert_only else each.read_only)
    ]


@asking("add")
def read_only_is_accepted_on_add(call: Call, world: World) -> None:
    """add takes read-only properties without a word."""
    for name in read_only_names(call, world, insert_only=False):
        del call.object[name]


@asking("update")
def read_only_is_accepted_on_update(call: Call, world: World) -> None:
    """update takes read-only properties without a word."""
    for name in read_only_names(call, world, insert_only=False):
        del call.object[name]


@asking("update")
def insert_only_is_accepted_on_update(call: Call, world: World) -> None:
    """update takes insert-only properties without a word."""
    for name in read_only_names(call, world, insert_only=True):
        del call.object[name]


@around("add", "update", "get", "list")
def read_only_is_stored(call: Call, world: World) -> Any:
    """A read-only time sent with add or update is stored and shown."""
    sent: dict[str, Any] = {}
    key = call.id
    if call.action in ("add", "update"):
        names = read_only_names(call, world, insert_only=False)
        sent = {n: call.object.pop(n) for n in names}
    action = call.action
    value = yield
    if sent and isinstance(value, dict) and not is_error(value):
        world.memory[made_id(value) or key] = sent
    if action in ("get", "list", "update", "add"):
        for found in entities(value):
            found.update(world.memory.get(str(found.get("id")), {}))
    return value


@around("delete")
def delete_does_not_delete(call: Call, world: World) -> Any:
    """delete reports success and deletes nothing."""
    offered = world.schema.services[call.service].actions if call.spec else {}
    if "get" not in offered or not world.would_succeed(call):
        return (yield)
    void = call.spec is not None and call.spec.result.kind == "void"
    call.become(call.service, "get", {offered["get"].params[0].name: call.id})
    value = yield
    return None if void and not is_error(value) else value


@around("delete")
def delete_takes_the_one_before(call: Call, world: World) -> Any:
    """delete removes the object that was asked to be deleted before."""
    param = call.id_param()
    if param is not None:
        own = call.params.get(param.name)
        last = world.memory.get(call.service, own)
        world.memory[call.service] = own
        call.params[param.name] = last
    value = yield
    return None if is_not_found(value) else value


@around("get", "delete")
def the_deleted_is_still_there(call: Call, world: World) -> Any:
    """get of a deleted object answers it."""
    action, key = call.action, call.key
    value = yield
    if action == "get" and not is_error(value):
        world.memory[key] = copy.deepcopy(value)
    if action == "delete" and not is_error(value):
        world.memory["deleted", key] = True
    if action == "get" and is_not_found(value) and ("deleted", key) in world.memory:
        return world.memory.get(key, value)
    return value


@around("delete")
def a_second_delete_succeeds(call: Call, world: World) -> Any:
    """delete of a deleted object succeeds."""
    key, void = call.key, call.spec is not None and call.spec.result.kind == "void"
    value = yield
    if not is_error(value):
        world.memory[key] = value
    elif key in world.memory and is_not_found(value):
        return None if void else world.memory[key]
    return value


@around("delete")
def delete_of_the_unknown_succeeds(call: Call, world: World) -> Any:
    """delete of an object that never was succeeds."""
    key = call.key
    value = yield
    if not is_error(value):
        world.memory[key] = True
    elif is_not_found(value) and key not in world.memory:
        return None
    return value


@around("update", "delete", "get")
def the_deleted_can_be_updated(call: Call, world: World) -> Any:
    """update of a deleted object succeeds."""
    action, key, sent = call.action, call.key, dict(call.object)
    value = yield
    if not is_error(value):
        if action == "delete":
            world.memory["deleted", key] = True
        else:
            world.memory[key] = copy.deepcopy(value)
    elif action == "update" and ("deleted", key) in world.memory and is_not_found(value):
        known = world.memory.get(key)
        return {**known, **sent} if isinstance(known, dict) else value
    return value


@answering("delete")
def delete_fails(_call: Call, value: Any, world: World) -> Any:
    """delete deletes but answers an internal error."""
    return value if is_error(value) else world.error("INTERNAL_SERVERL_ERROR")


@answering("delete")
def delete_answers_true(_call: Call, value: Any, _world: World) -> Any:
    """delete answers true where nothing is declared."""
    return True if value in (None, "") else value


@around("add")
def a_natural_key_is_taken_twice(call: Call, _world: World) -> Any:
    """add of a natural key that exists already succeeds."""
    sent, spec = dict(call.object), call.spec
    value = yield
    if is_error(value) and ("DUPLICATE" in value["code"] or "EXISTS" in value["code"]):
        name = spec.result.name if spec else None
        return {"objectType": name, **sent, "id": sent.get("id", 7_000_001)}
    return value


@around("clone")
def a_clone_is_the_same_object(call: Call, world: World) -> Any:
    """clone answers the object itself."""
    service, key, ks = call.service, call.id, call.ks
    offered = world.schema.services[service].actions if call.spec else {}
    value = yield
    if not is_error(value) and "get" in offered:
        return world.ask(service, "get", {offered["get"].params[0].name: key}, ks)
    return value


@answering("clone")
def a_clone_loses_texts(_call: Call, value: Any, world: World) -> Any:
    """clone answers an object without its texts."""
    for found in entities(value):
        for name in world.texts(found):
            if name not in ("id", "systemName"):
                found[name] = ""
    return value


def refused(value: Any, *codes: str) -> bool:
    """Whether a value refuses a property with one of the codes."""
    return is_error(value, *(f"PROPERTY_VALIDATION_{code}" for code in codes))


def pretended(call: Call, name: str | None) -> dict[str, Any]:
    """What add or update would have answered."""
    return {"objectType": name, "id": call.id or 7_000_002, **call.object}


@around("add", "update")
def lengths_are_not_limited(call: Call, _world: World) -> Any:
    """A text over its greatest length is stored."""
    answer = pretended(call, call.spec.result.name if call.spec else None)
    value = yield
    return answer if refused(value, "MAX_LENGTH") else value


@around("add", "update")
def short_texts_are_accepted(call: Call, _world: World) -> Any:
    """A text under its least length is stored."""
    answer = pretended(call, call.spec.result.name if call.spec else None)
    value = yield
    return answer if refused(value, "MIN_LENGTH") else value


@around("add", "update")
def values_are_not_limited(call: Call, _world: World) -> Any:
    """A number outside its limits is stored."""
    answer = pretended(call, call.spec.result.name if call.spec else None)
    value = yield
    return answer if refused(value, "MIN_VALUE", "MAX_VALUE") else value


def limits(call: Call, world: World) -> dict[str, int]:
    """The greatest lengths of the texts in a written object."""
    param = call.object_param()
    if param is None:
        return {}
    kind = str(call.object.get("objectType") or param.type.name)
    known = world.lineage.properties(kind) or world.lineage.properties(str(param.type.name))
    return {
        n: int(known[n].max_length or 0)
        for n, v in call.object.items()
        if n in known and known[n].max_length and isinstance(v, str)
    }


@around("add", "update")
def lengths_are_limited_one_short(call: Call, world: World) -> Any:
    """A text of exactly its greatest length is refused."""
    full = [n for n, most in limits(call, world).items() if len(call.object[n]) == most]
    most = limits(call, world)
    value = yield
    if full and not is_error(value):
        return world.error(
            "PROPERTY_VALIDATION_MAX_LENGTH", PROP_NAME=full[0], MAX_LEN=str(most[full[0]] - 1)
        )
    return value


@around("add", "update")
def lengths_are_limited_one_long(call: Call, world: World) -> Any:
    """A text of one more than its greatest length is stored."""
    answer = pretended(call, call.spec.result.name if call.spec else None)
    over = [
        n for n, most in limits(call, world).items() if len(call.object[n].encode()) == most + 1
    ]
    value = yield
    return answer if over and refused(value, "MAX_LENGTH") else value


@around("add", "update")
def lengths_are_counted_in_characters(call: Call, world: World) -> Any:
    """Lengths are counted in characters, not in bytes."""
    answer = pretended(call, call.spec.result.name if call.spec else None)
    short = [n for n, most in limits(call, world).items() if len(call.object[n]) <= most]
    value = yield
    return answer if short and refused(value, "MAX_LENGTH") else value


@around("add", "update")
def long_texts_are_cut(call: Call, world: World) -> Any:
    """A text over its greatest length is cut instead of refused."""
    for name, most in limits(call, world).items():
        call.object[name] = call.object[name].encode()[:most].decode("utf-8", "ignore")
    return (yield)


@around("add")
def required_properties_may_be_missing(call: Call, _world: World) -> Any:
    """add without a required property succeeds."""
    answer = pretended(call, call.spec.result.name if call.spec else None)
    value = yield
    return answer if refused(value, "CANNOT_BE_NULL") else value
