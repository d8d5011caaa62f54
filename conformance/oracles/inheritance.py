"""What holds of an object that several services of one family share (CONTRACT section 7).

`kind` is the class that an object was made as. A plugin's object may be shown as an ancestor where
the plugin is off (INH-15), a live stream as its admin class (INH-14).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.answers import in_words
from conformance.oracles.claim import oracle
from conformance.oracles.codes import ACCOUNTS_LIMIT, GONE
from conformance.oracles.comparison import changes, shown
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema
    from conformance.wire.exchange import Exchange

VOLATILE = frozenset(
    {
        "updatedAt", "plays", "views", "lastPlayedAt", "rank", "votes", "totalRank", "downloadUrl",
        "thumbnailUrl", "dataUrl", "executeUrl", "feedUrl", "dataContent", "relatedObjects",
        "msDuration", "duration", "liveStatus", "capabilities", "searchText",
    }
)  # fmt: skip
"""Properties that clocks, caches and players change, or that only some services fill in."""


@oracle("INH-GET-001")
def relative_shows_the_object(own: Exchange, other: Exchange, identity: Any) -> Iterator[Breach]:
    """An object is got through every service of its family."""
    if _object(own) is None:  # what its own service shows is judged elsewhere
        return
    value = _object(other)
    if value is None:
        yield _breach("$", f"the object {identity}", in_words(other),
                      f"{own.action} shows it", own, other)  # fmt: skip
    elif str(value.get("id")) != str(identity):
        yield _breach("$.id", str(identity), shown(value.get("id")), "", own, other)


@oracle("INH-GET-002")
def object_keeps_its_class(
    get: Exchange, kind: str, schema: Schema, lineage: Lineage
) -> Iterator[Breach]:
    """get answers an object in the class that it was made as, whatever the service."""
    value = _object(get)
    if value is not None:
        yield from _class("$.objectType", value, kind, schema, lineage, get)


@oracle("INH-GET-003")
def relatives_agree(own: Exchange, other: Exchange, lineage: Lineage) -> Iterator[Breach]:
    """Two services of a family show one object with the same properties."""
    first, second = _object(own), _object(other)
    if first is None or second is None:
        return
    kinds = [str(value.get("objectType")) for value in (first, second)]
    known = lineage.properties(kinds[0]).keys() & lineage.properties(kinds[1]).keys()
    stored = {n: v for n, v in first.items() if n in known and n not in VOLATILE}
    for change in changes(stored, second, kinds[0], lineage):
        hint = f"{own.action} shows it otherwise"
        yield _breach(change.path, change.expected, change.actual, hint, own, other)
    # What the first does not show at all was not looked at yet.
    more = {n: v for n, v in second.items() if n in known - VOLATILE and n not in first}
    for change in changes(more, first, kinds[1], lineage):
        hint = f"{other.action} shows it"
        yield _breach(change.path, change.expected, change.actual, hint, own, other)


@oracle("INH-LIST-001")
def relative_lists_the_object(own: Exchange, listed: Exchange, identity: Any) -> Iterator[Breach]:
    """A list of every service of the family holds the object, once."""
    if not isinstance(own.answer, Result):
        return
    objects = _objects(listed)
    if objects is None:
        yield _breach("$", "a list", in_words(listed), "", listed)
        return
    found = [value for value in objects if str(value.get("id")) == str(identity)]
    if len(found) != 1:
        yield _breach("$.objects", f"the object {identity} once", f"{len(found)} times",
                      f"{own.action} shows it", own, listed)  # fmt: skip


@oracle("INH-LIST-002")
def listed_object_keeps_its_class(
    listed: Exchange, identity: Any, kind: str, schema: Schema, lineage: Lineage
) -> Iterator[Breach]:
    """A list holds each object in the class that it was made as."""
    for index, value in enumerate(_objects(listed) or ()):
        if str(value.get("id")) == str(identity):
            where = f"$.objects[{index}].objectType"
            yield from _class(where, value, kind, schema, lineage, listed)


@oracle("INH-COUNT-001")
def relative_counts_the_object(own: Exchange, counted: Exchange) -> Iterator[Breach]:
    """The count of every service of the family counts the object."""
    if not isinstance(own.answer, Result):
        return
    answer = counted.answer
    if not isinstance(answer, Result) or str(answer.value) != "1":
        yield _breach("$", "1", in_words(counted), "the filter names one id", own, counted)


@oracle("INH-UPDATE-001")
def update_through_a_relative_is_stored(
    sent: Mapping[str, Any],
    update: Exchange,
    reads: Collection[Exchange],
    kind: str,
    lineage: Lineage,
) -> Iterator[Breach]:
    """What one service of the family updates, all of them show."""
    if not isinstance(update.answer, Result):
        yield _breach("$", "a result", in_words(update), "the object exists", update)
        return
    for read in reads:
        for change in changes(sent, _object(read) or {}, kind, lineage):
            hint = f"{update.action} accepted it"
            yield _breach(change.path, change.expected, change.actual, hint, update, read)


@oracle("INH-UPDATE-002")
def update_through_a_relative_keeps_the_rest(
    before: Exchange, update: Exchange, after: Exchange, names: Collection[str], lineage: Lineage
) -> Iterator[Breach]:
    """An update through a base service keeps the class and what was not sent.

    `names` are the properties that were sent on add and not in the update.
    """
    first, second = _object(before), _object(after)
    if first is None or not isinstance(update.answer, Result):
        return
    if second is None:
        yield _breach("$", "the object", in_words(after), "", before, update, after)
        return
    kind, found = str(first.get("objectType")), second.get("objectType")
    if found != kind:
        yield _breach("$.objectType", kind, shown(found), "", before, update, after)
    kept = {name: first[name] for name in names if name in first and name not in VOLATILE}
    for change in changes(kept, second, kind, lineage):
        yield _breach(change.path, change.expected, change.actual, "", before, update, after)


@oracle("INH-DELETE-001")
def delete_through_a_relative_is_final(
    delete: Exchange, get: Exchange, codes: Collection[str]
) -> Iterator[Breach]:
    """What one service of the family deletes is gone for all of them."""
    if not isinstance(delete.answer, Result):
        yield _breach("$", "a result", in_words(delete), "the object exists", delete)
        return
    answer = get.answer
    if isinstance(answer, Result) and not (answer.value is None and "null" in codes):
        yield _breach(
            "$", " or ".join(sorted(codes)), in_words(get), "is it still there?", delete, get
        )
    elif isinstance(answer, ApiError) and answer.code not in codes and not GONE.search(answer.code):
        yield _breach("$.code", " or ".join(sorted(codes)), answer.code, "", delete, get)


@oracle("INH-ADD-001")
def subclass_is_what_it_is_made_as(
    add: Exchange, kind: str, schema: Schema, lineage: Lineage
) -> Iterator[Breach]:
    """An object that is added as a subclass is answered as that subclass."""
    value = _object(add)
    if value is not None:
        yield from _class("$.objectType", value, kind, schema, lineage, add)


@oracle("INH-TYPE-001")
def unfit_object_type_is_passed_over(
    write: Exchange, sent: Any, declared: str, lineage: Lineage
) -> Iterator[Breach]:
    """An objectType that the parameter cannot be is passed over; the declared class is taken."""
    yield from _lenient(write, sent, declared, lineage)


@oracle("INH-TYPE-002")
def object_type_is_optional(
    write: Exchange, sent: Any, declared: str, lineage: Lineage
) -> Iterator[Breach]:
    """An objectType may be missing, empty or in other letter case where the class is concrete."""
    yield from _lenient(write, sent, declared, lineage)


@oracle("INH-TYPE-003")
def write_with_an_odd_object_type_is_stored(
    sent: Mapping[str, Any], write: Exchange, get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """What is written under an odd objectType is stored as under the right one."""
    value = _object(get)
    if value is None or not isinstance(write.answer, Result):
        return
    for change in changes(sent, value, kind, lineage):
        yield _breach(change.path, change.expected, change.actual, "", write, get)


@oracle("INH-FOREIGN-001")
def foreign_object_is_not_shown(
    get: Exchange, codes: Collection[str], made_as: str
) -> Iterator[Breach]:
    """A derived service does not show an object of another kind."""
    yield from _foreign(get, codes, made_as)


@oracle("INH-FOREIGN-002")
def foreign_object_is_not_changed(
    write: Exchange, codes: Collection[str], made_as: str, after: Exchange
) -> Iterator[Breach]:
    """A derived service neither updates nor deletes an object of another kind."""
    yield from _foreign(write, codes, made_as)
    if isinstance(write.answer, ApiError) and not isinstance(after.answer, Result):
        yield _breach("$", f"the {made_as}", in_words(after), "the write was refused", write, after)


@oracle("INH-FOREIGN-003")
def foreign_object_is_not_listed(listed: Exchange, identity: Any, made_as: str) -> Iterator[Breach]:
    """A derived service's list holds no object of another kind."""
    for index, value in enumerate(_objects(listed) or ()):
        if str(value.get("id")) == str(identity):
            yield _breach(f"$.objects[{index}]", "no such object", f"a {made_as}", "", listed)


@oracle("INH-FILTER-001")
def derived_filter_restricts_the_base_list(
    listed: Exchange, wanted: Mapping[str, str], unwanted: Mapping[str, str]
) -> Iterator[Breach]:
    """A base list with a subclass's filter holds the objects of that subclass and no others.

    Both mappings go from the id of an object of ours to its class.
    """
    objects = _objects(listed)
    if objects is None:
        yield _breach("$", "a list", in_words(listed), "", listed)
        return
    found = {str(value.get("id")) for value in objects}
    for identity, kind in wanted.items():
        if identity not in found:
            yield _breach("$.objects", f"the {kind} {identity}", "absent", "", listed)
    for identity, kind in unwanted.items():
        if identity in found:
            yield _breach("$.objects", "objects of the filter's kind", f"a {kind}", "", listed)


@oracle("INH-FILTER-002")
def derived_filter_selects_by_its_own(
    listed: Exchange, wanted: str, unwanted: str, told: str
) -> Iterator[Breach]:
    """A base list with a subclass's filter selects by what only that filter has.

    Both are ids of objects of ours in that subclass; `told` is what was asked for.
    """
    objects = _objects(listed)
    if objects is None:
        yield _breach("$", "a list", in_words(listed), "", listed)
        return
    found = {str(value.get("id")) for value in objects}
    if wanted not in found:
        yield _breach("$.objects", f"{wanted}, for which {told} holds", "absent", "", listed)
    if unwanted in found:
        yield _breach("$.objects", f"objects for which {told} holds", unwanted, "", listed)


def _class(
    where: str, value: Mapping[str, Any], kind: str, schema: Schema, lineage: Lineage,
    exchange: Exchange,
) -> Iterator[Breach]:  # fmt: skip
    found = value.get("objectType")
    if found == kind or (isinstance(found, str) and lineage.is_a(found, kind)):
        return
    known = schema.classes.get(str(found))
    of_plugin = schema.classes[kind].plugin is not None
    if of_plugin and known is not None and not known.abstract and lineage.is_a(kind, known.name):
        return
    yield _breach(where, kind, shown(found), "is the stored class forgotten?", exchange)


def _lenient(write: Exchange, sent: Any, declared: str, lineage: Lineage) -> Iterator[Breach]:
    expected = f"a {declared}, for the objectType {sent!r}"
    value = _object(write)
    if isinstance(write.answer, ApiError):
        if not ACCOUNTS_LIMIT.search(write.answer.code):
            hint = "the class that is declared is concrete"
            yield _breach("$", expected, in_words(write), hint, write)
    elif value is not None:
        found = str(value.get("objectType"))
        if not lineage.is_a(found, declared) and not lineage.is_a(declared, found):
            yield _breach("$.objectType", expected, found, "", write)


def _foreign(exchange: Exchange, codes: Collection[str], made_as: str) -> Iterator[Breach]:
    answer = exchange.answer
    expected = " or ".join(sorted(codes)) or "a code of an unknown object"
    if isinstance(answer, Result):
        yield _breach("$", expected, in_words(exchange), f"the id is of a {made_as}", exchange)
    elif isinstance(answer, ApiError) and answer.code not in codes and not GONE.search(answer.code):
        yield _breach("$.code", expected, answer.code, f"the id is of a {made_as}", exchange)


def _object(exchange: Exchange) -> Mapping[str, Any] | None:
    answer = exchange.answer
    if isinstance(answer, Result) and isinstance(answer.value, dict):
        return answer.value
    return None


def _objects(exchange: Exchange) -> list[Mapping[str, Any]] | None:
    value = _object(exchange)
    if value is None:
        return None
    return [item for item in value.get("objects") or () if isinstance(item, dict)]


def _breach(where: str, expected: str, actual: str, hint: str, *shown_by: Exchange) -> Breach:
    return Breach(where, expected, actual, hint, tuple(e.number for e in shown_by))
