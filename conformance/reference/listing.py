"""Lists: select, order, page, and the typed response (CONTRACT 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.arguments import CLEAR
from conformance.reference.errors import ApiFault
from conformance.reference.filters import Condition, conditions, plain
from conformance.reference.lookup import visible
from conformance.reference.scalars import to_text

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.families import Room
    from conformance.reference.storage import Document, Record

DEFAULT_SIZE = 30
LARGEST_SIZE = 500
_MAX_MATCHES = 10_000
_FILTER_SUFFIX = "Filter"
_LIST_HIDDEN = frozenset({"dataContent"})


def list_(call: Call) -> Any:
    """The page that was asked for, and how many match in all."""
    room = call.room
    if room is None:
        raise ApiFault("INTERNAL_SERVERL_ERROR")
    selected = matching(call, room)
    page_ = call.behaviour.page(call, call.behaviour.order(call, selected))
    objects = [_item(call.behaviour.show(call, record, None)) for record in page_]
    return {
        "totalCount": len(selected),
        "objects": objects,
        "objectType": call.action.result.name,
    }


def matching(call: Call, room: Room) -> list[Record]:
    """The records that the caller may see and the filter selects."""
    wanted = filter_of(call)
    _check_mandatory(call, room, wanted)
    candidates = _candidates(call, room, wanted)
    seen = [record for record in candidates if visible(call, room, record)]
    return call.behaviour.select(call, seen)


def select(call: Call, records: list[Record]) -> list[Record]:
    """What all conditions of the filter let through (CONTRACT LIST-08, LIST-17)."""
    room = call.room
    wanted = filter_of(call)
    if room is None:
        return records
    known = _conditions(call, room, str(wanted.get("objectType", "")))
    asked = [
        (known[name], value)
        for name, value in wanted.items()
        if name in known and value != "" and value is not None
    ]
    if any(value is CLEAR for _, value in asked):
        raise ApiFault("INTERNAL_SERVERL_ERROR")
    kind = _restriction(call, room, wanted)
    chosen = [
        record
        for record in records
        if (kind is None or call.world.lineage.is_a(record.type, kind))
        and all(each.holds(record.document, value) for each, value in asked)
    ]
    return _without_defaults(call, room, wanted, chosen)


def order(call: Call, records: list[Record]) -> list[Record]:
    """Sort by the orderings that the filter's enum knows; others are ignored (LIST-15)."""
    wanted = filter_of(call)
    keys = [part.strip() for part in to_text(wanted.get("orderBy")).split(",")]
    name = str(wanted.get("objectType", ""))
    allowed = _orderings(call, name)
    for key in reversed(keys):
        if key[:1] in {"+", "-"} and (allowed is None or key in allowed):
            field = key[1:]
            records = sorted(
                records,
                key=lambda record: _sort_key(record.document.get(field)),
                reverse=key[0] == "-",
            )
    return records


def page(call: Call, records: list[Record]) -> list[Record]:
    """One page; sizes and indexes out of range are mended, not refused (LIST-03, OBSERVED 28)."""
    size, index = page_of(call)
    if call.action.service in call.world.rules.indexed and size * index > _MAX_MATCHES:
        raise ApiFault("QUERY_EXCEEDED_MAX_MATCHES_ALLOWED")
    return records[(index - 1) * size : index * size]


def page_of(call: Call) -> tuple[int, int]:
    """The size and the 1-based index of the page that was asked for."""
    pager = next(
        (
            value
            for param in call.action.params
            if param.type.kind == "object"
            and (param.type.name or "").endswith("Pager")
            and isinstance(value := call.arguments.get(param.name), dict)
        ),
        {},
    )
    size = pager.get("pageSize", DEFAULT_SIZE)
    size = 0 if size is CLEAR else size
    if size <= 0:
        return LARGEST_SIZE, 1
    index = pager.get("pageIndex", 1)
    return min(size, LARGEST_SIZE), max(1, index) if isinstance(index, int) else 1


def filter_of(call: Call) -> Document:
    """The filter argument, or an empty one of the declared class."""
    for param in call.action.params:
        name = param.type.name or ""
        if param.type.kind == "object" and not name.endswith("Pager"):
            value = call.arguments.get(param.name)
            if isinstance(value, dict):
                return value
            return {"objectType": name}
    return {}


def _item(shown: dict[str, Any]) -> dict[str, Any]:
    """An object as lists carry it."""
    for name in _LIST_HIDDEN:
        shown.pop(name, None)
    return shown


def _candidates(call: Call, room: Room, wanted: Document) -> list[Record]:
    """The records to look at: those named by id, or the family."""
    storage = call.world.storage
    named = wanted.get("idEqual") or wanted.get("idIn")
    if isinstance(named, (str, int)) and room.has_id and named not in {"", 0}:
        ids = dict.fromkeys(part.strip() for part in to_text(named).split(",")[:LARGEST_SIZE])
        found = [storage.get(room.family, key) for key in ids]
        return sorted((r for r in found if r is not None), key=lambda record: record.number)
    return list(storage.all(room.family))


def _check_mandatory(call: Call, room: Room, wanted: Document) -> None:
    """Some lists demand a filter (CONTRACT LIST-19)."""
    rule = call.world.rules.mandatory_filter.get(room.service)
    if (
        rule is None
        or call.action.name != "list"
        or any(wanted.get(name) not in (None, "") for name in rule.properties)
    ):
        return
    if rule.code == "PROPERTY_VALIDATION_CANNOT_BE_NULL":
        class_name = f"{room.entity}{_FILTER_SUFFIX}"
        names = "/".join(f"{class_name}::{name}" for name in rule.properties)
        raise ApiFault(rule.code, names)
    raise ApiFault(rule.code)


def _conditions(call: Call, room: Room, filter_class: str) -> dict[str, Condition]:
    """The conditions of a filter class over a family's properties."""
    key = ("conditions", room.family, filter_class)
    found: dict[str, Condition] | None = call.world.notes.get(key)
    if found is None:
        lineage = call.world.lineage
        classes = (room.entity, room.family, *lineage.descendants(room.family))
        known = {name for each in classes for name in lineage.properties(each)}
        found = conditions(tuple(lineage.properties(filter_class)), known)
        call.world.notes[key] = found
    return found


def _restriction(call: Call, room: Room, wanted: Document) -> str | None:
    """The class that the filter's own class restricts a list to (LIST-18, INH-13)."""
    if _has_alias(call, room):
        return None
    name = str(wanted.get("objectType", ""))
    entity = name.removesuffix("ForPlaylist").removesuffix(_FILTER_SUFFIX)
    for candidate in (entity, entity.removesuffix("Base")):
        if candidate in call.world.schema.classes and call.world.lineage.is_a(
            candidate, room.entity
        ):
            return candidate
    return None


def _has_alias(call: Call, room: Room) -> bool:
    """Whether the family holds classes without a common ancestor."""
    return room.family in call.world.rules.alias.values()


def _without_defaults(
    call: Call, room: Room, wanted: Document, records: list[Record]
) -> list[Record]:
    """Apply what a family's lists leave out unless asked for."""
    rule = call.world.rules.list_default.get(room.family)
    if rule is None or any(wanted.get(name) not in (None, "") for name in rule.lifted_by):
        return records
    return [record for record in records if record.document.get(rule.property) in rule.equals]


def _orderings(call: Call, filter_class: str) -> frozenset[str] | None:
    """The orderings of a filter class; None where the schema has no enum of them."""
    key = ("orderings", filter_class)
    if key not in call.world.notes:
        enum = call.world.schema.enums.get(filter_class.removesuffix(_FILTER_SUFFIX) + "OrderBy")
        values = frozenset(constant.value for constant in enum.constants) if enum else None
        call.world.notes[key] = values
    found: frozenset[str] | None = call.world.notes[key]
    return found


def _sort_key(value: Any) -> tuple[int, float, str]:
    """Absent values first, then numbers, then text without case."""
    if value is None:
        return (0, 0.0, "")
    if isinstance(value, (int, float)):
        return (1, float(value), "")
    return (2, 0.0, plain(value))
