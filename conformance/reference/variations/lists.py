"""How lists are found, ordered and counted."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from conformance.reference.faults import alteration
from conformance.reference.listing import filter_of, page_of
from conformance.reference.scalars import to_text
from conformance.reference.storage import Document
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Record

_LAG_SECONDS = 3.0
_WORD = re.compile(r"\w+")
_CATEGORY_PAGE = 1_500
_MODERATED = frozenset({"media", "baseentry", "livestream"})
_WAITING = 1
_LEFT_OUT = (_WAITING, 3)
_FIELDS_LACKING = {
    "widget.list": frozenset({"idIn", "partnerIdEqual"}),
    "flavorparams.list": frozenset({"systemNameEqual", "systemNameIn"}),
    "thumbparams.list": frozenset({"systemNameEqual", "systemNameIn"}),
    "conversionprofile.list": frozenset(
        {"nameEqual", "systemNameEqual", "systemNameIn", "statusEqual", "typeEqual"}
    ),
}
"""Filter properties that the filter inside of a real server had no field for."""


class Indexed(Struct, frozen=True):
    """What the index still holds of an object: None where it does not know it yet."""

    until: float
    document: Document | None


@variation("CONTRACT LIST-20")
def index_lags_behind(behaviour: Behaviour) -> Behaviour:
    """Lists and counts over an index see a write three seconds later; idEqual sees it at once."""
    return _lagging(behaviour, alteration.always)


@variation("CONTRACT LIST-17")
def entries_wait_for_moderation(behaviour: Behaviour) -> Behaviour:
    """New media wait to be approved; a list shows them only by their id or moderation status."""

    def keep(call: Call, document: Document) -> Document:
        written = behaviour.keep(call, document)
        if call.action.name == "add" and call.action.service in _MODERATED:
            written = {**written, "moderationStatus": _WAITING}
        return written

    def select(call: Call, records: list[Record]) -> list[Record]:
        chosen, wanted = behaviour.select(call, records), filter_of(call)
        asked = {name for name, value in wanted.items() if value not in (None, "")}
        if "idEqual" in asked or any(name.startswith("moderationStatus") for name in asked):
            return chosen
        return [each for each in chosen if each.document.get("moderationStatus") not in _LEFT_OUT]

    return replace(behaviour, keep=keep, select=select)


@variation("CONTRACT LIST-20: an index may have several servers")
def one_of_two_indexes_lags_behind(behaviour: Behaviour) -> Behaviour:
    """Every other list over an index sees a write three seconds later."""
    return _lagging(behaviour, alteration.one_in(2))


def _lagging(behaviour: Behaviour, is_behind: Callable[[object], bool]) -> Behaviour:
    """Lists that `is_behind` holds for are found in the index as it was three seconds ago."""
    held: dict[tuple[str, str], Indexed] = {}

    def note(call: Call, key: str, document: Document | None) -> None:
        if call.room is not None and call.action.service in call.world.rules.indexed:
            place, now = (call.room.family, key), call.world.clock()
            before = held.get(place)
            if before is None or before.until < now:
                held[place] = Indexed(now + _LAG_SECONDS, document)

    def keep(call: Call, document: Document) -> Document:
        written = behaviour.keep(call, document)
        key, room = str(written.get("id")), call.room
        record = call.world.storage.get(room.family, key) if room is not None else None
        note(call, key, dict(record.document) if record is not None else None)
        return written

    def select(call: Call, records: list[Record]) -> list[Record]:
        is_indexed = call.action.service in call.world.rules.indexed
        by_id = filter_of(call).get("idEqual") not in (None, "")
        if not is_indexed or by_id or not is_behind(call):
            return behaviour.select(call, records)
        now, fresh, shadows = call.world.clock(), {}, []
        for record in records:
            old = held.get((record.family, record.key))
            if old is None or old.until < now:
                shadows.append(record)
            elif old.document is not None:
                shadows.append(structs.replace(record, document=old.document))
            fresh[record.key] = record
        return [fresh[shadow.key] for shadow in behaviour.select(call, shadows)]

    return replace(behaviour, keep=keep, select=select)


@variation("CONTRACT LIST-20, LIST-02")
def index_still_counts_what_is_deleted(behaviour: Behaviour) -> Behaviour:
    """For three seconds a list over an index counts deleted objects, without showing them."""
    gone: dict[str, list[tuple[float, Record]]] = {}

    def delete(call: Call) -> Any:
        room = call.room
        if room is None or call.action.service not in call.world.rules.indexed:
            return behaviour.delete(call)
        living = list(call.world.storage.all(room.family))
        held = {record.key: dict(record.document) for record in living}
        value = behaviour.delete(call)
        until = call.world.clock() + _LAG_SECONDS
        for record in living:
            if record.deleted:
                ghost = structs.replace(record, document=held[record.key])
                gone.setdefault(room.family, []).append((until, ghost))
        return value

    def select(call: Call, records: list[Record]) -> list[Record]:
        room = call.room
        if room is None or filter_of(call).get("idEqual") not in (None, ""):
            return behaviour.select(call, records)
        now = call.world.clock()
        left = gone[room.family] = [pair for pair in gone.get(room.family, []) if pair[0] > now]
        own = [record for _, record in left if record.partner == call.session.partner_id]
        return behaviour.select(call, [*records, *own])

    def page(call: Call, records: list[Record]) -> list[Record]:
        return [record for record in behaviour.page(call, records) if not record.deleted]

    return replace(behaviour, delete=delete, select=select, page=page)


@variation("CONTRACT LIST-15: without orderBy no order is owed")
def newest_come_first(behaviour: Behaviour) -> Behaviour:
    """Unordered lists have the newest object first; so have ties."""

    def order(call: Call, records: list[Record]) -> list[Record]:
        return behaviour.order(call, list(reversed(records)))

    return replace(behaviour, order=order)


@variation("CONTRACT LIST-15: without orderBy no order is owed")
def unordered_lists_are_mixed(behaviour: Behaviour) -> Behaviour:
    """Unordered lists and ties follow a hash of the id."""

    def order(call: Call, records: list[Record]) -> list[Record]:
        return behaviour.order(call, sorted(records, key=lambda record: record.key[::-1]))

    return replace(behaviour, order=order)


@variation("CONTRACT LIST-13; OBSERVED 30")
def like_finds_whole_words(behaviour: Behaviour) -> Behaviour:
    """Over an index Like finds whole words alone, never a part of one."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        chosen = behaviour.select(call, records)
        if call.action.service not in call.world.rules.indexed:
            return chosen
        for name, value in filter_of(call).items():
            stem = name.removesuffix("Like")
            if stem != name and isinstance(value, str) and "Multi" not in name:
                wanted = set(_WORD.findall(value.lower()))
                chosen = [r for r in chosen if wanted <= _words(r.document.get(stem), r)]
        return chosen

    return replace(behaviour, select=select)


@variation("CONTRACT LIST-01, TRAP-22")
def early_ends_have_no_objects(behaviour: Behaviour) -> Behaviour:
    """App tokens of an unknown user are a total of 0 and no `objects` at all."""

    def change(call: Call, value: Any) -> Any:
        asked = filter_of(call).get("sessionUserIdEqual")
        if value.get("totalCount") != 0 or asked in (None, ""):
            return value
        return {name: each for name, each in value.items() if name != "objects"}

    return alteration.answer(behaviour, "list", change, when=alteration.in_actions("apptoken.list"))


@variation("OBSERVED 33")
def flavors_are_counted_by_the_page(behaviour: Behaviour) -> Behaviour:
    """The total of flavorParams.list depends on the page size."""

    def change(call: Call, value: Any) -> Any:
        size, _ = page_of(call)
        total = value["totalCount"]
        return {**value, "totalCount": total + 29 if total > size else total}

    return alteration.answer(
        behaviour, "list", change, when=alteration.in_actions("flavorparams.list")
    )


@variation("CONTRACT LIST-07")
def categories_without_a_pager_are_many(behaviour: Behaviour) -> Behaviour:
    """category.list without a pager has pages of 1500."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        if call.action.id == "category.list" and call.arguments.get("pager") is None:
            return records[:_CATEGORY_PAGE]
        return behaviour.page(call, records)

    return replace(behaviour, page=page)


@variation("CONTRACT LIST-10: a filter's properties may be offered and do nothing")
def inner_filters_lack_fields(behaviour: Behaviour) -> Behaviour:
    """Some lists drop filter properties and orderings that the schema offers, without a word."""

    def select(call: Call, records: list[Record]) -> list[Record]:
        dropped = _FIELDS_LACKING.get(call.action.id, frozenset())
        asked = filter_of(call)
        if dropped.isdisjoint(asked):
            return behaviour.select(call, records)
        every = records
        if "idIn" in dropped and call.room is not None:
            own = call.world.storage.all(call.room.family)
            every = [each for each in own if each.partner == call.session.partner_id]
        rest = {name: value for name, value in asked.items() if name not in dropped}
        return behaviour.select(replace(call, arguments={**call.arguments, "filter": rest}), every)

    def order(call: Call, records: list[Record]) -> list[Record]:
        asked = to_text(filter_of(call).get("orderBy"))
        if call.action.id == "uiconf.list" and asked[1:] == "name":
            return records
        return behaviour.order(call, records)

    return replace(behaviour, select=select, order=order)


def _words(value: Any, record: Record) -> set[str]:
    """The words of a text; of names, descriptions and tags where the filter's field is none."""
    document = record.document
    texts = (
        [value] if value is not None else [document.get(n) for n in ("name", "tags", "description")]
    )
    return set(_WORD.findall(" ".join(map(to_text, texts)).lower()))
