"""More faults of values: what is stored otherwise than it was sent, or shown otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking
from tests.hunt.mutants.crud import writable
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hunt.message import Call
    from tests.hunt.world import World


def sent(call: Call, world: World, wanted: Callable[[Any], bool]) -> list[str]:
    """The properties that a call writes and whose declaration is wanted."""
    param = call.object_param()
    if param is None or param.type.name is None:
        return []
    kind = str(call.object.get("objectType") or param.type.name)
    known = world.lineage.properties(kind) or world.lineage.properties(param.type.name)
    return [name for name in call.object if name in known and wanted(known[name])]


def is_enum(each: Any) -> bool:
    """Whether a property has the values of an enum, and may change."""
    return bool(each.type.enum) and not each.insert_only


def is_plain_number(each: Any) -> bool:
    """Whether a property is a number of no further meaning."""
    return each.type.kind in ("int", "bigint", "float") and not (
        each.type.enum or each.type.is_time or each.name.lower().endswith("id")
    )


@asking("update")
def update_ignores_numbers(call: Call, world: World) -> None:
    """update ignores numbers."""
    for name in sent(call, world, is_plain_number):
        del call.object[name]


@asking("update")
def update_ignores_enums(call: Call, world: World) -> None:
    """update ignores values of enums."""
    for name in sent(call, world, is_enum):
        del call.object[name]


@asking("update")
def update_ignores_times(call: Call, world: World) -> None:
    """update ignores times."""
    for name in sent(call, world, lambda each: each.type.is_time):
        del call.object[name]


@asking("update")
def update_ignores_all_but_the_first(call: Call, _world: World) -> None:
    """update writes only the first property that is sent."""
    for name in [n for n in call.object if n != "objectType"][1:]:
        del call.object[name]


@answering("update")
def update_answers_what_was_sent(call: Call, value: Any, _world: World) -> Any:
    """update answers the id and what was sent, nothing else."""
    if isinstance(value, dict) and not is_error(value) and call.object:
        return {k: v for k, v in value.items() if k in ("id", "objectType", *call.object)}
    return value


@asking("add", "update")
def line_breaks_become_blanks(call: Call, world: World) -> None:
    """Line breaks in texts are stored as blanks."""
    for name in writable(call, world):
        call.object[name] = " ".join(call.object[name].split("\n"))


@asking("add", "update")
def fractions_are_cut(call: Call, world: World) -> None:
    """Fractions of numbers are not stored."""
    for name in sent(call, world, lambda each: each.type.kind == "float"):
        found = number(call.object[name])
        if found is not None:
            call.object[name] = int(found)


@answering("get", "list", "add", "update")
def numbers_wrap_at_sixteen_bits(_call: Call, value: Any, world: World) -> Any:
    """Plain numbers over 65,535 begin at 0 again."""
    for found in entities(value):
        for name in world.numbers(found):
            known = world.properties(found)[name]
            if not name.lower().endswith("id") and not known.read_only:
                found[name] = like(found[name], int(number(found[name]) or 0) % 65536)
    return value


@answering("get", "list", "add", "update")
def created_at_is_zero(_call: Call, value: Any, _world: World) -> Any:
    """createdAt is 0."""
    for found in entities(value):
        if "createdAt" in found:
            found["createdAt"] = 0
    return value


@answering("get", "list", "add", "update")
def statuses_are_anothers(_call: Call, value: Any, world: World) -> Any:
    """status is another one of its enum."""
    for found in entities(value):
        known = world.properties(found).get("status")
        enum = world.schema.enums.get(known.type.enum or "") if known else None
        if enum and "status" in found:
            others = [c.value for c in enum.constants if c.value != str(found["status"])]
            if others:
                found["status"] = int(others[0]) if others[0].lstrip("-").isdigit() else others[0]
    return value


@around("add", "get")
def references_are_to_themselves(_call: Call, _world: World) -> Any:
    """The ids of other objects that an object shows are its own id."""
    value = yield
    if isinstance(value, dict) and not is_error(value):
        for name in (
            "entryId",
            "parentId",
            "categoryId",
            "metadataProfileId",
            "conversionProfileId",
        ):
            if value.get(name) and value.get("id"):
                value[name] = like(value[name], number(value["id"]) or value["id"])
    return value


@asking("add", "update")
def inner_blanks_are_single(call: Call, world: World) -> None:
    """Texts are stored without a last full stop, and with single blanks."""
    for name in writable(call, world):
        call.object[name] = call.object[name].replace("  ", " ").removesuffix(".")


@asking("add", "update")
def long_texts_are_cut_at_a_hundred(call: Call, world: World) -> None:
    """Texts are stored up to their hundredth character."""
    for name in writable(call, world):
        if name != "tags":
            call.object[name] = call.object[name][:100]


@asking("add", "update")
def the_last_tag_is_not_stored(call: Call, _world: World) -> None:
    """The last tag of several is not stored."""
    tags = call.object.get("tags")
    if isinstance(tags, str) and "," in tags:
        call.object["tags"] = tags.rpartition(",")[0]


@answering("update")
def updates_answer_an_old_time(_call: Call, value: Any, _world: World) -> Any:
    """update answers an updatedAt of a day ago."""
    if isinstance(value, dict) and number(value.get("updatedAt")):
        value["updatedAt"] = like(value["updatedAt"], int(number(value["updatedAt"]) or 0) - 86400)
    return value
