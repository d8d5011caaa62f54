"""What a server owes of an object that is added and got (CONTRACT section 5).

Every function compares what was sent with what came back, by exchanges of one object's life. A step
that the server refused is judged by the one oracle about that refusal; the others pass it over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from conformance.oracles.claim import oracle
from conformance.oracles.codes import ACCOUNTS_LIMIT, REFUSAL
from conformance.oracles.comparison import shown
from conformance.oracles.crud_answer import altered, breach, lost, no_object, object_of
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange


@oracle("CRUD-ADD-005")
def add_is_accepted(add: Exchange, *, may_be_refused: bool) -> Iterator[Breach]:
    """An object with all that is required is accepted."""
    answer = add.answer
    expected, hint = "the object that was added", "a real server took the same object"
    if isinstance(answer, Result) and answer.value is None:
        yield breach("$", expected, "null", hint, add)
    if not isinstance(answer, ApiError) or ACCOUNTS_LIMIT.search(answer.code):
        return
    if not (may_be_refused and REFUSAL.search(answer.code)):
        yield breach("$", expected, f"error {answer.code}: {answer.message}", hint, add)


@oracle("CRUD-ADD-001")
def add_answers_what_was_sent(
    sent: Mapping[str, Any], add: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """The answer to add holds every property that was sent, with its value."""
    yield from altered(sent, add, kind, lineage, "was the property lost or altered on the way in?")


@oracle("CRUD-XML-001")
def document_is_kept(write: Exchange, get: Exchange, param: str, name: str) -> Iterator[Breach]:
    """A document that add or update was given is what get answers, however it is laid out."""
    value, sent = object_of(get), write.call.params.get(param)
    if not isinstance(write.answer, Result) or value is None or sent is None:
        return
    answered = value.get(name)
    if _canonical(answered) != _canonical(sent):
        hint = "was the document cut, or an older one answered?"
        yield breach(f"$.{name}", shown(sent), shown(answered), hint, write, get)


def _canonical(text: Any) -> bytes | None:
    """A document without what tells nothing: layout, the order of attributes; None for no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    try:
        root = etree.fromstring(str(text or "").encode(), parser)
    except etree.XMLSyntaxError:
        return None
    return etree.tostring(root, method="c14n")


@oracle("CRUD-ADD-002")
def add_gives_an_id(add: Exchange, id_property: str) -> Iterator[Breach]:
    """The answer to add holds the id that the server gave."""
    yield from no_object(add, "the object that was added", "", null_too=False)
    value = object_of(add)
    if value is not None and value.get(id_property) in (None, ""):
        yield breach(f"$.{id_property}", "an id", shown(value.get(id_property)), "", add)


@oracle("CRUD-ADD-003")
def ids_are_unique(adds: Sequence[Exchange], id_property: str) -> Iterator[Breach]:
    """Two objects never get the same id."""
    first: dict[str, Exchange] = {}
    for add in adds:
        value = object_of(add)
        identity = None if value is None else value.get(id_property)
        if identity is None:
            continue
        earlier = first.setdefault(str(identity), add)
        if earlier is not add:
            yield breach(
                f"$.{id_property}", "an id that no object has yet", shown(identity),
                "two adds answered the same id", earlier, add,
            )  # fmt: skip


@oracle("CRUD-ADD-010")
def equal_adds_make_two(first: Exchange, second: Exchange, id_property: str) -> Iterator[Breach]:
    """Adding the same object again makes another one; a server that refuses it makes none."""
    one, other = object_of(first), object_of(second)
    if one is None or other is None or one.get(id_property) in (None, ""):
        return
    if str(one[id_property]) == str(other.get(id_property)):
        hint = "was the second call taken for a repetition of the first?"
        yield breach(
            f"$.{id_property}", "another id", shown(other[id_property]), hint, first, second
        )


@oracle("CRUD-ADD-011")
def add_makes_one(listed: Exchange, name: str, ids: Collection[str]) -> Iterator[Breach]:
    """One call of add makes one object, alone or in a batch.

    `ids` are those of all objects that the run gave this name, which is its own.
    """
    value = object_of(listed)
    objects = value.get("objects") if value is not None else None
    for index, each in enumerate(objects if isinstance(objects, list) else ()):
        if isinstance(each, dict) and each.get("name") == name and str(each.get("id")) not in ids:
            hint = "was one of the calls carried out twice?"
            yield breach(
                f"$.objects[{index}]", f"only the {len(ids)} that were answered",
                f"{each.get('id')}, of the same name", hint, listed,
            )  # fmt: skip


@oracle("CRUD-ADD-004")
def object_belongs_to_its_account(exchange: Exchange, partner_id: int) -> Iterator[Breach]:
    """An object that an account adds carries that account's partnerId."""
    value = object_of(exchange)
    found = None if value is None else value.get("partnerId")
    if found is not None and str(found) != str(partner_id):
        yield breach("$.partnerId", str(partner_id), shown(found), "", exchange)


@oracle("CRUD-ADD-006")
def object_carries_what_the_server_sets(
    exchange: Exchange, kind: str, names: Sequence[str], lineage: Lineage
) -> Iterator[Breach]:
    """An object carries what the server sets on it, as far as its class has it."""
    value = object_of(exchange)
    if value is None:
        return
    declared = lineage.properties(kind)
    for name in names:
        if name in declared and value.get(name) is None:
            hint = f"{kind} has it: was it lost, or renamed, on the way out?"
            yield breach(f"$.{name}", f"the object's {name}", "absent", hint, exchange)


@oracle("CRUD-GET-001")
def get_answers_the_object_asked_for(
    get: Exchange, identity: Any, id_property: str
) -> Iterator[Breach]:
    """get answers the object with the id that was asked."""
    yield from lost(get, f"the object {identity}", "the object was just added")
    value = object_of(get)
    if value is None:
        return
    found = value.get(id_property)
    if str(found) != str(identity):
        yield breach(f"$.{id_property}", str(identity), shown(found), "", get)


@oracle("CRUD-GET-002")
def get_answers_what_was_added(
    sent: Mapping[str, Any], get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """get answers every property that was sent on add, with its value, at once."""
    yield from altered(sent, get, kind, lineage, "was the property stored?")


@oracle("CRUD-GET-003")
def get_changes_nothing(
    first: Exchange, second: Exchange, names: Collection[str], kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """Two gets with no write between them answer the same stored properties."""
    value = object_of(first)
    if value is None or object_of(second) is None:
        return
    stored = {name: value[name] for name in names if name in value}
    yield from altered(stored, second, kind, lineage, "did a read change the object?", first)
