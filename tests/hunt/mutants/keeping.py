"""Faults of what is kept: texts that look like something else, neighbours of what is written."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, every_object, is_error, is_not_found
from tests.hunt.mutant import answering, around, asking
from tests.hunt.mutants.crud import made_id, writable
from tests.hunt.mutants.losses import is_plain_number
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hunt.message import Call
    from tests.hunt.world import World


def texts_stored_as(call: Call, world: World, change: Callable[[str], str]) -> None:
    """Change the texts that a call writes."""
    for name in writable(call, world):
        call.object[name] = change(call.object[name])


@asking("add", "update")
def zero_as_a_text_is_empty(call: Call, world: World) -> None:
    """The text 0 is stored as an empty one."""
    texts_stored_as(call, world, lambda text: "" if text == "0" else text)


@asking("add", "update")
def leading_zeros_are_lost(call: Call, world: World) -> None:
    """A text of digits loses its leading zeros."""
    texts_stored_as(call, world, lambda t: t.lstrip("0") or "0" if t.isdecimal() else t)


@asking("add", "update")
def words_of_programs_are_values(call: Call, world: World) -> None:
    """The texts null, true and false are stored as empty, 1 and 0."""
    words = {"null": "", "true": "1", "false": "0"}
    texts_stored_as(call, world, lambda text: words.get(text.lower(), text))


@asking("add", "update")
def tabs_become_blanks(call: Call, world: World) -> None:
    """Tabs in texts are stored as blanks."""
    texts_stored_as(call, world, lambda text: text.replace("\t", " "))


@asking("add", "update")
def backslashes_are_lost(call: Call, world: World) -> None:
    """Backslashes in texts are not stored."""
    texts_stored_as(call, world, lambda text: text.replace("\\", ""))


@asking("add", "update")
def percents_are_decoded(call: Call, world: World) -> None:
    """Texts are stored as if they had come in a URL: %41 is A, and plus a blank."""

    def decoded(text: str) -> str:
        text = re.sub("%([0-7][0-9A-Fa-f])", lambda m: chr(int(m[1], 16)), text)
        return text.replace("+", " ")

    texts_stored_as(call, world, decoded)


@asking("add", "update")
def quotes_are_lost(call: Call, world: World) -> None:
    """Quotes and apostrophes in texts are not stored."""
    texts_stored_as(call, world, lambda text: text.replace('"', "").replace("'", ""))


@asking("add", "update")
def other_scripts_are_lost(call: Call, world: World) -> None:
    """Letters beyond Latin ones are stored as question marks."""
    texts_stored_as(call, world, lambda text: re.sub("[\u0370-\uffff]", "?", text))


@asking("update")
def updates_empty_numbers(call: Call, world: World) -> None:
    """update sets numbers that are not sent to 0."""
    param = call.object_param()
    known = world.lineage.properties(str(param.type.name)) if param else {}
    for name, each in known.items():
        free = is_plain_number(each) and not (each.read_only or each.insert_only)
        if free and each.type.kind == "int" and each.min_value is None:
            call.object.setdefault(name, 0)


@around("update")
def updates_empty_arrays(call: Call, world: World) -> Any:
    """update empties arrays that are not sent."""
    param = call.object_param()
    known = world.lineage.properties(str(param.type.name)) if param else {}
    for name, each in known.items():
        free = each.type.kind == "array" and not (each.read_only or each.insert_only)
        if free and not name.startswith("multiLingual_"):
            call.object.setdefault(name, [])
    return (yield)


@asking("update")
def clearing_clears_the_neighbours(call: Call, world: World) -> None:
    """With one property cleared, description and tags are cleared, too."""
    param = call.object_param()
    known = world.lineage.properties(str(param.type.name)) if param else {}
    if [name for name in call.object if name.endswith("__null")]:
        for name in ("description", "tags"):
            if name in known and name not in call.object:
                call.object[f"{name}__null"] = ""


@around("get", "add", "delete")
def the_deleted_are_internal_errors(call: Call, world: World) -> Any:
    """get of what was deleted is an internal error."""
    action, key = call.action, call.key
    value = yield
    if action == "delete" and not is_error(value):
        world.memory[key] = True
    elif action == "get" and world.memory.get(key) and is_not_found(value):
        return world.error("INTERNAL_SERVERL_ERROR")
    return value


@around("update", "delete")
def updates_of_the_deleted_are_internal(call: Call, world: World) -> Any:
    """update and delete of what was deleted are internal errors."""
    action, key = call.action, call.key
    value = yield
    if is_not_found(value) and world.memory.get(key):
        return world.error("INTERNAL_SERVERL_ERROR")
    if action == "delete" and not is_error(value):
        world.memory[key] = True
    return value


@answering("add")
def add_answers_no_times(_call: Call, value: Any, _world: World) -> Any:
    """add answers neither createdAt nor updatedAt."""
    for found in entities(value):
        found.pop("createdAt", None)
        found.pop("updatedAt", None)
    return value


@answering("get")
def read_times_are_a_second_later(_call: Call, value: Any, _world: World) -> Any:
    """get shows createdAt a second later than add answered it."""
    for found in entities(value):
        if number(found.get("createdAt")):
            found["createdAt"] = like(found["createdAt"], int(number(found["createdAt"]) or 0) + 1)
    return value


@around("update")
def updates_answer_the_one_before(call: Call, world: World) -> Any:
    """update answers the object that was updated before."""
    service = call.service
    value = yield
    if is_error(value) or not isinstance(value, dict):
        return value
    last = world.memory.get(service)
    world.memory[service] = copy.deepcopy(value)
    return last or value


@answering("update")
def updates_answer_another_id(_call: Call, value: Any, _world: World) -> Any:
    """update answers an id that is one higher, where ids are numbers."""
    for found in entities(value):
        if isinstance(found.get("id"), int):
            found["id"] += 1
    return value


@around("update")
def equal_updates_fail(call: Call, world: World) -> Any:
    """An update that changes nothing is an internal error."""
    sent = {k: v for k, v in call.object.items() if k != "objectType"}
    key = (*call.key, repr(sorted(sent.items(), key=str)))
    value = yield
    if sent and not is_error(value):
        last = world.memory.get(call.key)
        world.memory[call.key] = key
        if last == key:
            return world.error("INTERNAL_SERVERL_ERROR")
    return value


def arrays_in(value: Any) -> list[list[Any]]:
    """The arrays inside objects."""
    return [
        each
        for found in every_object(value)
        for name, each in found.items()
        if isinstance(each, list) and name != "objects"
    ]


@answering("get", "list", "add", "update")
def arrays_are_reversed(_call: Call, value: Any, _world: World) -> Any:
    """Arrays inside objects come in reverse order."""
    for each in arrays_in(value):
        each.reverse()
    return value


@answering("get", "list", "add", "update")
def array_items_are_the_first(_call: Call, value: Any, _world: World) -> Any:
    """Every item of an array is the first."""
    for each in arrays_in(value):
        each[1:] = [copy.deepcopy(each[0]) for _ in each[1:]]
    return value


@answering("get", "list", "add", "update")
def array_items_lose_their_last_property(_call: Call, value: Any, _world: World) -> Any:
    """Items of arrays lack their last property."""
    for each in arrays_in(value):
        for item in each:
            if isinstance(item, dict) and len(item) > 1:
                item.pop(next(n for n in reversed(item) if n != "objectType"))
    return value


@answering("get", "list", "add", "update")
def nested_texts_are_lost(_call: Call, value: Any, world: World) -> Any:
    """Texts of objects inside objects are absent."""
    outer = {id(each) for each in entities(value)}
    for found in every_object(value):
        if id(found) not in outer and "objects" not in found:
            for name in world.texts(found):
                del found[name]
    return value


@around("add", "update")
def shorter_arrays_keep_their_tail(call: Call, world: World) -> Any:
    """An array that is shorter than the stored one keeps the items that follow in the old."""
    action, service, key = call.action, call.service, call.id
    sent = {n: v for n, v in call.object.items() if isinstance(v, list)}
    if action == "update":
        for name, each in sent.items():
            old = world.memory.get((service, key, name), [])
            call.object[name] = [*each, *old[len(each) :]]
    value = yield
    if not is_error(value):
        key = made_id(value) if action == "add" else key
        for name, each in sent.items():
            world.memory[service, key, name] = each
    return value


def without_enum_errors(call: Call, world: World, *codes: str) -> Any:
    """A fault's body: an update refused for its values is carried out without them."""
    service, params, ks = call.service, copy.deepcopy(call.params), call.ks
    param = call.object_param()
    value = yield
    if not is_error(value, *codes) or param is None or not isinstance(value["args"], dict):
        return value
    bad = str(value["args"].get("PARAM_NAME") or value["args"].get("PROP_NAME")).split("::")[-1]
    kept = {k: v for k, v in params.items() if k not in ("ks", "format", "service", "action")}
    if not isinstance(kept.get(param.name), dict) or bad not in kept[param.name]:
        return value
    del kept[param.name][bad]
    return world.ask(service, "update", kept, ks)


@around("update")
def enums_are_checked_on_add_only(call: Call, world: World) -> Any:
    """update accepts a value that an enum does not know."""
    return (yield from without_enum_errors(call, world, "INVALID_ENUM_VALUE"))


@around("update")
def limits_are_checked_on_add_only(call: Call, world: World) -> Any:
    """update accepts texts and numbers beyond their limits."""
    codes = [f"PROPERTY_VALIDATION_{e}_{w}" for e in ("MIN", "MAX") for w in ("LENGTH", "VALUE")]
    return (yield from without_enum_errors(call, world, *codes))


@asking("add", "update")
def small_times_are_absolute(call: Call, world: World) -> None:
    """Small times of a written object are not taken as relative to now."""
    param = call.object_param()
    known = world.lineage.properties(str(param.type.name)) if param else {}
    for name, each in known.items():
        found = number(call.object.get(name))
        if each.type.is_time and found and 0 < abs(found) < 315360000:
            call.object[name] = 400000000 + int(found)


@asking("add", "update")
def minus_one_is_false(call: Call, world: World) -> None:
    """A KalturaNullableBoolean of -1 is stored as false."""
    param = call.object_param()
    known = world.lineage.properties(str(param.type.name)) if param else {}
    for name, each in known.items():
        if each.type.enum == "KalturaNullableBoolean" and str(call.object.get(name)) == "-1":
            call.object[name] = 0


@around("add", "update", "get")
def sessions_read_caches_of_their_own(call: Call, world: World) -> Any:
    """An object that a session has read, it reads so again whatever another session writes."""
    action, key, ks = call.action, call.key, call.ks
    value = yield
    if is_error(value):
        return value
    if action == "get":
        return copy.deepcopy(world.memory.setdefault((*key, ks), copy.deepcopy(value)))
    for known in [k for k in world.memory if k[:2] == key and k[2] == ks]:
        del world.memory[known]
    return value


@around("add")
def adds_at_one_time_are_one(call: Call, world: World) -> Any:
    """Two calls of add at the same time answer the same object."""
    service = call.service
    waiting = world.memory.setdefault(service, [])
    mark: list[Any] = [None]
    waiting.append(mark)
    value = yield
    if made_id(value):
        others = [each for each in waiting if each is not mark]
        for each in others:
            each[0] = each[0] or copy.deepcopy(value)
        answered = mark[0] or value
    else:
        answered = value
    waiting[:] = [each for each in waiting if each is not mark]
    return answered
