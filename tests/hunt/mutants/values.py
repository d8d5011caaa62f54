"""Faults of the values in an answer."""

from __future__ import annotations

import html
import time
import unicodedata
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, every_object, is_error
from tests.hunt.mutant import answering, around
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hunt.message import Call
    from tests.hunt.world import World

READS = ("get", "list", "add", "update")


def each_text(value: Any, world: World, change: Callable[[str], str]) -> Any:
    """The value with every writable text of its entities changed."""
    for found in entities(value):
        for name in world.texts(found):
            found[name] = change(found[name])
    return value


def each_time(value: Any, world: World, change: Callable[[float], float]) -> Any:
    """The value with every time of its entities changed."""
    for found in entities(value):
        for name in world.times(found):
            found[name] = like(found[name], change(number(found[name]) or 0))
    return value


@answering(*READS)
def numbers_rounded_to_tens(_call: Call, value: Any, world: World) -> Any:
    """Numbers are rounded to tens."""
    for found in entities(value):
        for name in world.numbers(found):
            if not name.lower().endswith("id"):
                found[name] = like(found[name], int(round(number(found[name]) or 0, -1)))
    return value


@answering(*READS)
def numbers_off_by_one(_call: Call, value: Any, world: World) -> Any:
    """Numbers that a client may write come back one too high."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            if name in world.numbers(found) and not each.read_only and not name.endswith("Id"):
                found[name] = like(found[name], (number(found[name]) or 0) + 1)
    return value


@answering(*READS)
def negative_numbers_lose_their_sign(_call: Call, value: Any, world: World) -> Any:
    """Negative numbers come back positive."""
    for found in entities(value):
        for name in world.numbers(found):
            found[name] = like(found[name], abs(number(found[name]) or 0))
    return value


@answering(*READS)
def texts_cut_at_twenty(_call: Call, value: Any, world: World) -> Any:
    """Texts are cut at twenty characters."""
    return each_text(value, world, lambda text: text[:20])


@answering(*READS)
def texts_lose_the_last_character(_call: Call, value: Any, world: World) -> Any:
    """Texts lose their last character."""
    return each_text(value, world, lambda text: text[:-1])


@answering(*READS)
def texts_html_escaped(_call: Call, value: Any, world: World) -> Any:
    """Texts come back with HTML entities for markup and quotes."""
    return each_text(value, world, lambda text: html.escape(text, quote=True))


@answering(*READS)
def texts_lose_inner_blanks(_call: Call, value: Any, world: World) -> Any:
    """Blanks inside texts are lost."""
    return each_text(value, world, lambda text: text.replace(" ", ""))


@answering(*READS)
def texts_mojibake(_call: Call, value: Any, world: World) -> Any:
    """UTF-8 is read as Latin-1 once too often."""
    return each_text(value, world, lambda text: text.encode().decode("latin-1"))


@answering(*READS)
def texts_ascii_only(_call: Call, value: Any, world: World) -> Any:
    """Letters beyond ASCII become question marks."""
    return each_text(value, world, lambda text: text.encode("ascii", "replace").decode())


@answering(*READS)
def texts_lose_accents(_call: Call, value: Any, world: World) -> Any:
    """Accents are stripped from texts."""

    def plain(text: str) -> str:
        parts = unicodedata.normalize("NFD", text)
        return "".join(c for c in parts if not unicodedata.combining(c))

    return each_text(value, world, plain)


@answering(*READS)
def texts_slashes_doubled(_call: Call, value: Any, world: World) -> Any:
    """Quotes in texts come back with a backslash before them (magic quotes)."""
    return each_text(value, world, lambda text: text.replace("'", "\\'").replace('"', '\\"'))


@answering(*READS)
def names_lower_cased(_call: Call, value: Any, _world: World) -> Any:
    """Names come back in lower case."""
    for found in entities(value):
        if isinstance(found.get("name"), str):
            found["name"] = found["name"].lower()
    return value


@answering(*READS)
def tags_lower_cased(_call: Call, value: Any, _world: World) -> Any:
    """Tags come back in lower case."""
    for found in entities(value):
        if isinstance(found.get("tags"), str):
            found["tags"] = found["tags"].lower()
    return value


@answering(*READS)
def tags_lose_all_but_the_first(_call: Call, value: Any, _world: World) -> Any:
    """Only the first tag comes back."""
    for found in entities(value):
        if isinstance(found.get("tags"), str):
            found["tags"] = found["tags"].split(",")[0]
    return value


@answering(*READS)
def name_and_description_swapped(_call: Call, value: Any, _world: World) -> Any:
    """name and description come back in each other's place."""
    for found in entities(value):
        if found.get("name") and found.get("description"):
            found["name"], found["description"] = found["description"], found["name"]
    return value


@answering(*READS)
def name_falls_back_to_the_id(_call: Call, value: Any, _world: World) -> Any:
    """The name shown is the id."""
    for found in entities(value):
        if found.get("name") and found.get("id") not in (None, ""):
            found["name"] = str(found["id"])
    return value


@answering(*READS)
def times_an_hour_late(_call: Call, value: Any, world: World) -> Any:
    """Times are off by a time zone."""
    return each_time(value, world, lambda seconds: seconds + 3600)


@answering(*READS)
def times_in_milliseconds(_call: Call, value: Any, world: World) -> Any:
    """Times come in milliseconds."""
    return each_time(value, world, lambda seconds: seconds * 1000)


@answering(*READS)
def times_as_iso_text(_call: Call, value: Any, world: World) -> Any:
    """Times come as ISO texts."""
    for found in entities(value):
        for name in world.times(found):
            moment = time.gmtime(number(found[name]) or 0)
            found[name] = time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)
    return value


@answering(*READS)
def times_rounded_to_the_day(_call: Call, value: Any, world: World) -> Any:
    """Times lose their time of day."""
    return each_time(value, world, lambda seconds: seconds - seconds % 86400)


@answering(*READS)
def created_and_updated_swapped_and_shifted(_call: Call, value: Any, _world: World) -> Any:
    """createdAt lies after updatedAt."""
    for found in entities(value):
        if number(found.get("createdAt")) and number(found.get("updatedAt")):
            found["createdAt"] = like(found["createdAt"], (number(found["updatedAt"]) or 0) + 5)
    return value


@answering("get", "list")
def created_now(_call: Call, value: Any, _world: World) -> Any:
    """createdAt is the time of the read."""
    for found in entities(value):
        if number(found.get("createdAt")):
            found["createdAt"] = like(found["createdAt"], int(time.time()) + 2)
    return value


@answering("update", "get")
def created_moves_with_updates(call: Call, value: Any, world: World) -> Any:
    """createdAt moves when the object is updated."""
    moved = world.memory
    for found in entities(value):
        key = str(found.get("id"))
        if call.action == "update":
            moved[key] = moved.get(key, 0) + 60
        if number(found.get("createdAt")) and key in moved:
            found["createdAt"] = like(
                found["createdAt"], (number(found["createdAt"]) or 0) + moved[key]
            )
    return value


@answering(*READS)
def updated_at_is_missing(_call: Call, value: Any, _world: World) -> Any:
    """updatedAt is never shown."""
    for found in entities(value):
        found.pop("updatedAt", None)
    return value


@answering("update", "get", "list")
def updated_at_is_created_at(_call: Call, value: Any, _world: World) -> Any:
    """updatedAt stays what createdAt is."""
    for found in entities(value):
        if number(found.get("updatedAt")) and number(found.get("createdAt")):
            found["updatedAt"] = found["createdAt"]
    return value


@answering("update", "get")
def updated_at_goes_back(call: Call, value: Any, _world: World) -> Any:
    """updatedAt goes back at an update."""
    for found in entities(value):
        if call.action == "update" and number(found.get("updatedAt")):
            found["updatedAt"] = like(found["updatedAt"], (number(found["updatedAt"]) or 0) - 3600)
    return value


@answering(*READS)
def booleans_as_texts(_call: Call, value: Any, _world: World) -> Any:
    """Booleans come as the texts true and false."""
    for found in every_object(value):
        for name, each in found.items():
            if isinstance(each, bool):
                found[name] = "true" if each else "false"
    return value


@answering(*READS)
def booleans_inverted(_call: Call, value: Any, world: World) -> Any:
    """Booleans are inverted."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            if (
                each.type.kind == "bool"
                and name in found
                and found[name] in (True, False, "0", "1")
            ):
                text = isinstance(found[name], str)
                found[name] = ("0" if found[name] == "1" else "1") if text else not found[name]
    return value


@answering(*READS)
def nulls_are_written(_call: Call, value: Any, world: World) -> Any:
    """Properties without a value are null instead of absent."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            if not each.write_only and not name.startswith("multiLingual_"):
                found.setdefault(name, None)
    return value


@answering(*READS)
def enums_by_name(_call: Call, value: Any, world: World) -> Any:
    """Enum values come as the constants' names."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            enum = world.schema.enums.get(each.type.enum or "")
            if enum is None or name not in found:
                continue
            names = {constant.value: constant.name for constant in enum.constants}
            found[name] = names.get(str(found[name]), found[name])
    return value


@answering(*READS)
def int_enums_out_of_their_set(_call: Call, value: Any, world: World) -> Any:
    """status holds a number that its enum does not know."""
    for found in entities(value):
        each = world.properties(found).get("status")
        if each and each.type.enum and number(found.get("status")) is not None:
            found["status"] = like(found["status"], 9731)
    return value


@answering(*READS)
def arrays_as_objects(_call: Call, value: Any, world: World) -> Any:
    """Arrays inside objects come as objects with numbers for keys."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            if each.type.kind == "array" and isinstance(found.get(name), list) and found[name]:
                found[name] = {str(i): item for i, item in enumerate(found[name])}
    return value


@answering(*READS)
def arrays_keep_one_item(_call: Call, value: Any, world: World) -> Any:
    """Arrays inside objects keep only their first item."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            if each.type.kind == "array" and isinstance(found.get(name), list):
                found[name] = found[name][:1]
    return value


@answering(*READS)
def arrays_are_lost(_call: Call, value: Any, world: World) -> Any:
    """Arrays inside objects are always empty."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            if each.type.kind == "array" and found.get(name):
                found[name] = []
    return value


@answering(*READS)
def nested_objects_are_lost(_call: Call, value: Any, world: World) -> Any:
    """Objects inside objects are absent."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            if each.type.kind == "object":
                found.pop(name, None)
    return value


@answering(*READS)
def nested_objects_flattened_to_text(_call: Call, value: Any, world: World) -> Any:
    """Objects inside objects come as a text."""
    for found in entities(value):
        for name, each in world.properties(found).items():
            if each.type.kind == "object" and isinstance(found.get(name), dict):
                found[name] = "[object Object]"
    return value


@answering(*READS)
def partner_id_is_zero(_call: Call, value: Any, world: World) -> Any:
    """partnerId is 0 for the account's own objects."""
    for found in entities(value):
        if str(found.get("partnerId")) == str(world.partner):
            found["partnerId"] = like(found["partnerId"], 0)
    return value


@answering(*READS)
def partner_id_is_the_others(_call: Call, value: Any, world: World) -> Any:
    """partnerId is that of another account."""
    for found in entities(value):
        if str(found.get("partnerId")) == str(world.partner):
            found["partnerId"] = like(found["partnerId"], world.other)
    return value


@answering(*READS)
def user_id_is_internal(_call: Call, value: Any, _world: World) -> Any:
    """userId shows an internal number instead of the user's id."""
    for found in entities(value):
        if found.get("userId") and not is_error(value):
            found["userId"] = str(abs(hash(str(found["userId"]))) % 100000)
    return value


@answering(*READS)
def user_id_is_lost(_call: Call, value: Any, _world: World) -> Any:
    """userId is empty."""
    for found in entities(value):
        if found.get("userId"):
            found["userId"] = ""
    return value


@answering("get", "list")
def ids_upper_cased(_call: Call, value: Any, _world: World) -> Any:
    """Text ids come back in upper case."""
    for found in entities(value):
        if isinstance(found.get("id"), str):
            found["id"] = found["id"].upper()
    return value


@answering(*READS)
def property_names_in_snake_case(_call: Call, value: Any, _world: World) -> Any:
    """Property names come in snake_case."""
    for found in entities(value):
        for name in [n for n in found if n != "objectType"]:
            snake = "".join("_" + c.lower() if c.isupper() else c for c in name)
            found[snake] = found.pop(name)
    return value


@answering(*READS)
def property_names_in_lower_case(_call: Call, value: Any, _world: World) -> Any:
    """Property names come in lower case."""
    for found in entities(value):
        for name in [n for n in found if n != "objectType"]:
            found[name.lower()] = found.pop(name)
    return value


@around("user.add", "user.get", "user.update", "user.list", narrow=False)
def passwords_are_shown(call: Call, world: World) -> Any:
    """A write-only property is shown: the password of a user."""
    if call.object.get("password"):
        world.memory[str(call.object.get("id") or call.id)] = call.object["password"]
    value = yield
    for found in entities(value):
        found["password"] = world.memory.get(str(found.get("id")), "")
    return value


@answering("get")
def a_property_is_never_read(_call: Call, value: Any, world: World) -> Any:
    """get leaves a written text out."""
    for found in entities(value):
        for name in world.texts(found)[-1:]:
            found.pop(name, None)
    return value


@answering("get")
def description_is_not_read(_call: Call, value: Any, _world: World) -> Any:
    """get leaves the description out."""
    for found in entities(value):
        found.pop("description", None)
    return value


@answering("*")
def scalars_in_an_array(_call: Call, value: Any, _world: World) -> Any:
    """A bare text or number as result comes wrapped in an array."""
    return [value] if isinstance(value, str | int | float) and value != "" else value


@answering("*")
def results_in_an_envelope(_call: Call, value: Any, _world: World) -> Any:
    """Results come in an envelope: {"result": ...}."""
    return {"result": value}


@answering("delete")
def void_is_an_empty_text(_call: Call, value: Any, _world: World) -> Any:
    """A void result is the text OK."""
    return "OK" if value in (None, "") else value


@answering("*")
def results_are_null(_call: Call, _value: Any, _world: World) -> Any:
    """The result is null."""
    return None


@answering("*")
def object_types_are_missing(_call: Call, value: Any, _world: World) -> Any:
    """objectType is missing from objects."""
    for found in every_object(value):
        found.pop("objectType", None)
    return value
