"""What a server owes from an object's creation to its end (CONTRACT section 5).

Every function compares what was sent with what came back, by exchanges of one object's life. A step
that the server refused is judged by the one oracle about that refusal; the others pass it over.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from lxml import etree

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import changes, shown
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange

GONE = re.compile(
    r"NOT_FOUND|NOT_ASSIGNED|(?<!^SERVICE_)(?<!^ACTION_)DOES_NOT_EXISTS|^INVALID_.*(ID|TYPE)$"
)
"""How the code of an unknown object looks where no list of codes is known (CONTRACT ERR-30)."""

NULL = "null"
"""Stands among codes for a null result (CONTRACT section 5.2, storageProfile)."""

NOT_UPDATABLE = "PROPERTY_VALIDATION_NOT_UPDATABLE"
CLOCK_TOLERANCE_SECONDS = 2
CLOCKS_APART_SECONDS = 120
"""How far a database's clock may be from the web server's, whose Date header is all we see."""

ACCOUNTS_LIMIT = re.compile(
    r"^(?!PROPERTY_VALIDATION_).*"
    r"(MAX_|LIMIT|QUOTA|EXCEED|LOCK|NOT_AVAILABLE|FEATURE_FORBIDDEN)"
)
"""Codes by which an account that is full, busy or without a feature is refused."""

TRUE, FALSE = frozenset({"true", "1"}), frozenset({"false", "0", "none", ""})
"""How booleans look in the formats; XML and PHP have no other word for false than nothing."""

MISSING = frozenset({"SERVICE_DOES_NOT_EXISTS", "ACTION_DOES_NOT_EXISTS"})

REFUSAL = re.compile(r"FORBIDDEN|UNAUTHORIZED")
"""Codes by which an account is refused an action at all."""


@oracle("CRUD-ADD-005")
def add_is_accepted(add: Exchange, *, may_be_refused: bool) -> Iterator[Breach]:
    """An object with all that is required is accepted."""
    answer = add.answer
    expected, hint = "the object that was added", "a real server took the same object"
    if isinstance(answer, Result) and answer.value is None:
        yield _breach("$", expected, "null", hint, add)
    if not isinstance(answer, ApiError) or ACCOUNTS_LIMIT.search(answer.code):
        return
    if not (may_be_refused and REFUSAL.search(answer.code)):
        yield _breach("$", expected, f"error {answer.code}: {answer.message}", hint, add)


@oracle("CRUD-ADD-001")
def add_answers_what_was_sent(
    sent: Mapping[str, Any], add: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """The answer to add holds every property that was sent, with its value."""
    yield from _kept(sent, add, kind, lineage, "was the property lost or altered on the way in?")


@oracle("CRUD-XML-001")
def document_is_kept(write: Exchange, get: Exchange, param: str, name: str) -> Iterator[Breach]:
    """A document that add or update was given is what get answers, however it is laid out."""
    value, sent = _object(get), write.call.params.get(param)
    if not isinstance(write.answer, Result) or value is None or sent is None:
        return
    answered = value.get(name)
    if _canonical(answered) != _canonical(sent):
        hint = "was the document cut, or an older one answered?"
        yield _breach(f"$.{name}", shown(sent), shown(answered), hint, write, get)


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
    yield from _no_object(add, "the object that was added", "", null_too=False)
    value = _object(add)
    if value is not None and value.get(id_property) in (None, ""):
        yield _breach(f"$.{id_property}", "an id", shown(value.get(id_property)), "", add)


@oracle("CRUD-ADD-003")
def ids_are_unique(adds: Sequence[Exchange], id_property: str) -> Iterator[Breach]:
    """Two objects never get the same id."""
    first: dict[str, Exchange] = {}
    for add in adds:
        value = _object(add)
        identity = None if value is None else value.get(id_property)
        if identity is None:
            continue
        earlier = first.setdefault(str(identity), add)
        if earlier is not add:
            yield _breach(
                f"$.{id_property}", "an id that no object has yet", shown(identity),
                "two adds answered the same id", earlier, add,
            )  # fmt: skip


@oracle("CRUD-ADD-010")
def equal_adds_make_two(first: Exchange, second: Exchange, id_property: str) -> Iterator[Breach]:
    """Adding the same object again makes another one; a server that refuses it makes none."""
    one, other = _object(first), _object(second)
    if one is None or other is None or one.get(id_property) in (None, ""):
        return
    if str(one[id_property]) == str(other.get(id_property)):
        hint = "was the second call taken for a repetition of the first?"
        yield _breach(
            f"$.{id_property}", "another id", shown(other[id_property]), hint, first, second
        )


@oracle("CRUD-ADD-011")
def add_makes_one(listed: Exchange, name: str, ids: Collection[str]) -> Iterator[Breach]:
    """One call of add makes one object, alone or in a batch.

    `ids` are those of all objects that the run gave this name, which is its own.
    """
    value = _object(listed)
    objects = value.get("objects") if value is not None else None
    for index, each in enumerate(objects if isinstance(objects, list) else ()):
        if isinstance(each, dict) and each.get("name") == name and str(each.get("id")) not in ids:
            hint = "was one of the calls carried out twice?"
            yield _breach(
                f"$.objects[{index}]", f"only the {len(ids)} that were answered",
                f"{each.get('id')}, of the same name", hint, listed,
            )  # fmt: skip


@oracle("CRUD-ADD-004")
def object_belongs_to_its_account(exchange: Exchange, partner_id: int) -> Iterator[Breach]:
    """An object that an account adds carries that account's partnerId."""
    value = _object(exchange)
    found = None if value is None else value.get("partnerId")
    if found is not None and str(found) != str(partner_id):
        yield _breach("$.partnerId", str(partner_id), shown(found), "", exchange)


@oracle("CRUD-ADD-006")
def object_carries_what_the_server_sets(
    exchange: Exchange, kind: str, names: Sequence[str], lineage: Lineage
) -> Iterator[Breach]:
    """An object carries what the server sets on it, as far as its class has it."""
    value = _object(exchange)
    if value is None:
        return
    declared = lineage.properties(kind)
    for name in names:
        if name in declared and value.get(name) is None:
            hint = f"{kind} has it: was it lost, or renamed, on the way out?"
            yield _breach(f"$.{name}", f"the object's {name}", "absent", hint, exchange)


@oracle("CRUD-ADD-007")
def double_is_refused(
    first: Exchange, second: Exchange, codes: Collection[str]
) -> Iterator[Breach]:
    """A second object with a key that has to be unique is refused with the code for doubles."""
    answer = second.answer
    if not isinstance(first.answer, Result):
        return
    expected = " or ".join(codes)
    if isinstance(answer, Result):
        actual = f"a result: {shown(answer.value)}"
        yield _breach("$", expected, actual, "is the key looked for?", first, second)
    elif isinstance(answer, ApiError) and answer.code not in codes and not _beside(answer):
        yield _breach("$.code", expected, answer.code, "", first, second)


@oracle("CRUD-ADD-008")
def lack_is_refused(add: Exchange, name: str) -> Iterator[Breach]:
    """An object without what is required is refused with the code that names it."""
    answer, expected = add.answer, f"PROPERTY_VALIDATION_CANNOT_BE_NULL of {name}"
    if isinstance(answer, Result):
        actual = f"a result: {shown(answer.value)}"
        yield _breach("$", expected, actual, "is the object validated at all?", add)
    elif isinstance(answer, ApiError) and not _beside(answer):
        named = answer.args.get("PROP_NAME", "")
        if answer.code != "PROPERTY_VALIDATION_CANNOT_BE_NULL":
            yield _breach("$.code", expected, answer.code, "", add)
        elif named.rpartition(":")[2] != name:
            yield _breach("$.args.PROP_NAME", f"…::{name}", shown(named), "", add)


@oracle("CRUD-ADD-009")
def refused_add_stores_nothing(
    add: Exchange, listed: Exchange, key: str, value: Any, known: Collection[str]
) -> Iterator[Breach]:
    """After an add that was refused, no list holds an object with what only that add sent.

    `known` are the ids of those objects with the same value that may be there.
    """
    if not isinstance(add.answer, ApiError):
        return
    for index, found in enumerate(_listed(listed)):
        if str(found.get(key)) == str(value) and str(found.get("id")) not in known:
            expected = f"no object with the {key} {value!r}"
            hint = "is it stored before it is looked at?"
            yield _breach(f"$.objects[{index}]", expected, shown(dict(found)), hint, add, listed)


@oracle("CRUD-TIME-001")
def created_at_is_when_it_was_added(
    add: Exchange, get: Exchange, *, skew_seconds: float
) -> Iterator[Breach]:
    """createdAt is the second of the add, by the server's own clock."""
    now = server_time(add)
    if now is None:
        return
    tolerance = max(skew_seconds, CLOCKS_APART_SECONDS) + add.elapsed_ms / 1000
    for shown_by in (add, get):
        created = _seconds(_object(shown_by), "createdAt")
        if created is not None and abs(created - now) > tolerance:
            hint = "is the time taken from the request, or not in seconds?"
            yield _breach("$.createdAt", f"about {now:.0f}", str(created), hint, add, shown_by)
            return


@oracle("CRUD-TIME-002")
def created_at_never_changes(before: Exchange, after: Exchange) -> Iterator[Breach]:
    """createdAt stays what it was, whatever is updated."""
    first, later = _seconds(_object(before), "createdAt"), _object(after)
    if first is None or later is None:
        return
    if first != _seconds(later, "createdAt"):
        yield _breach("$.createdAt", str(first), shown(later.get("createdAt")), "", before, after)


@oracle("CRUD-TIME-003")
def updated_at_never_goes_back(before: Exchange, after: Exchange) -> Iterator[Breach]:
    """updatedAt is not before createdAt, and an update does not move it back."""
    created = _seconds(_object(after), "createdAt")
    first, second = (_seconds(_object(e), "updatedAt") for e in (before, after))
    if second is None:
        return
    if created is not None and second < created - CLOCK_TOLERANCE_SECONDS:
        yield _breach("$.updatedAt", f"{created} or later", str(second), "", after)
    # The second of the two nodes that answered may be a little behind the first.
    if first is not None and second < first - CLOCK_TOLERANCE_SECONDS:
        yield _breach("$.updatedAt", f"{first} or later", str(second), "", before, after)


@oracle("CRUD-TIME-004")
def updated_at_has_been(read: Exchange, *, skew_seconds: float) -> Iterator[Breach]:
    """updatedAt is a time that has been, by the server's own clock."""
    updated, now = _seconds(_object(read), "updatedAt"), server_time(read)
    if updated is None or now is None:
        return
    if updated > now + max(skew_seconds, CLOCKS_APART_SECONDS):
        yield _breach("$.updatedAt", f"{now:.0f} or earlier", str(updated), "", read)


@oracle("CRUD-TIME-005")
def update_moves_updated_at(
    before: Exchange, update: Exchange, after: Exchange
) -> Iterator[Breach]:
    """An update of a text, in a later second than the last write, moves updatedAt on."""
    first, second = (_seconds(_object(read), "updatedAt") for read in (before, after))
    if not isinstance(update.answer, Result) or first is None or second is None:
        return
    if second == first:
        hint = "is it set when the object is added only?"
        yield _breach("$.updatedAt", f"later than {first}", str(second), hint,
                      before, update, after)  # fmt: skip


@oracle("CRUD-GET-001")
def get_answers_the_object_asked_for(
    get: Exchange, identity: Any, id_property: str
) -> Iterator[Breach]:
    """get answers the object with the id that was asked."""
    yield from _lost(get, f"the object {identity}", "the object was just added")
    value = _object(get)
    if value is None:
        return
    found = value.get(id_property)
    if str(found) != str(identity):
        yield _breach(f"$.{id_property}", str(identity), shown(found), "", get)


@oracle("CRUD-GET-002")
def get_answers_what_was_added(
    sent: Mapping[str, Any], get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """get answers every property that was sent on add, with its value, at once."""
    yield from _kept(sent, get, kind, lineage, "was the property stored?")


@oracle("CRUD-GET-003")
def get_changes_nothing(
    first: Exchange, second: Exchange, names: Collection[str], kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """Two gets with no write between them answer the same stored properties."""
    value = _object(first)
    if value is None or _object(second) is None:
        return
    stored = {name: value[name] for name in names if name in value}
    yield from _kept(stored, second, kind, lineage, "did a read change the object?", first)


@oracle("CRUD-UPDATE-001")
def update_is_stored(
    sent: Mapping[str, Any], update: Exchange, get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """After update, get answers what was sent."""
    if not isinstance(update.answer, Result):
        return
    yield from _kept(sent, get, kind, lineage, "was the update accepted and dropped?", update)


@oracle("CRUD-UPDATE-002")
def update_keeps_what_was_not_sent(
    kept: Mapping[str, Any], update: Exchange, get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """update writes only what is in the request; everything else keeps its value."""
    if not isinstance(update.answer, Result):
        return
    hint = "was the object replaced instead of patched?"
    yield from _kept(kept, get, kind, lineage, hint, update)


@oracle("CRUD-UPDATE-003")
def update_answers_what_was_sent(
    sent: Mapping[str, Any], update: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """The answer to update holds what was sent."""
    yield from _no_object(update, "the object that was updated", "")
    yield from _kept(sent, update, kind, lineage, "does update answer the object as it was?")


@oracle("CRUD-UPDATE-004")
def empty_update_is_accepted(update: Exchange) -> Iterator[Breach]:
    """An update with an empty object succeeds."""
    yield from _accepted(update, "update is partial: nothing is required")


@oracle("CRUD-UPDATE-005")
def update_is_accepted(update: Exchange) -> Iterator[Breach]:
    """An update that clients may make succeeds on an existing object."""
    yield from _accepted(update, "the object exists, and add accepted the same properties")


@oracle("CRUD-UPDATE-006")
def update_keeps_the_identity(
    before: Exchange, after: Exchange, names: Sequence[str]
) -> Iterator[Breach]:
    """update changes neither the id nor the account nor the class of an object."""
    first, second = _object(before), _object(after)
    if first is None or second is None:
        return
    for name in names:
        if first.get(name) is not None and str(first[name]) != str(second.get(name)):
            yield _breach(f"$.{name}", shown(first[name]), shown(second.get(name)), "",
                          before, after)  # fmt: skip


@oracle("CRUD-TEXT-001")
def text_is_kept_as_written(
    sent: Mapping[str, Any], read: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """A text with accents, capitals and quotes is kept as it was written."""
    hint = "a wrong character set, or an escaping that is not undone?"
    yield from _kept(sent, read, kind, lineage, hint)


@oracle("CRUD-TEXT-002")
def long_text_is_kept(
    sent: Mapping[str, Any], read: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """A text of several lines with tabs and backslashes, and a long one, are kept as written."""
    hint = "are lines joined, or is the text cut?"
    yield from _kept(sent, read, kind, lineage, hint)


@oracle("CRUD-TEXT-003")
def odd_text_is_kept(sent: Mapping[str, str], update: Exchange, get: Exchange) -> Iterator[Breach]:
    """A text that looks like a number, a word of programs or an escape is kept as written."""
    value = _object(get)
    if not isinstance(update.answer, Result) or value is None:
        return
    hint = f"was it taken for what it looks like, or misread in {update.form.encoding}?"
    for name, text in sent.items():
        if value.get(name) != text:
            yield _breach(f"$.{name}", shown(text), shown(value.get(name)), hint, update, get)


@oracle("CRUD-ARRAY-002")
def array_is_kept(
    sent: Mapping[str, Any], answer: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """An array of objects comes back as it was sent: all items, in their order and classes."""
    yield from _kept(sent, answer, kind, lineage, "was an item lost, or its class?")


@oracle("CRUD-ARRAY-001")
def array_is_replaced(
    sent: Mapping[str, Any], update: Exchange, get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """An update with an array leaves exactly that one, whatever was there before."""
    if not isinstance(update.answer, Result):
        return
    hint = "was the new array put to the old one, or left out?"
    yield from _kept(sent, get, kind, lineage, hint, update)


@oracle("CRUD-BOOL-001")
def text_is_true_or_false(
    update: Exchange, get: Exchange, name: str, *, expected: bool
) -> Iterator[Breach]:
    """A text in a boolean property is false if it is 0 or false, in any case, and else true."""
    value = _object(get)
    if not isinstance(update.answer, Result) or value is None:
        return
    answered = value.get(name)
    if str(answered).casefold() not in (TRUE if expected else FALSE):
        hint = "was a text of another spelling not understood?"
        yield _breach(f"$.{name}", str(expected).lower(), shown(answered), hint, update, get)


@oracle("CRUD-CLEAR-001")
def empty_text_clears(update: Exchange, get: Exchange, name: str) -> Iterator[Breach]:
    """A text that is updated to an empty one is empty from then on."""
    yield from _cleared(update, get, name, "is an empty text taken for none at all?")


@oracle("CRUD-CLEAR-002")
def null_marker_clears(update: Exchange, get: Exchange, name: str) -> Iterator[Breach]:
    """An update that marks a property as null clears it."""
    yield from _cleared(update, get, name, f"is {name}__null read?")


@oracle("CRUD-OTHERS-001")
def update_touches_no_other_object(
    before: Exchange,
    updates: Sequence[Exchange],
    after: Exchange,
    names: Collection[str],
    kind: str,
    lineage: Lineage,
) -> Iterator[Breach]:
    """Updating one object leaves every other one as it was."""
    value = _object(before)
    if value is None:
        return
    yield from _lost(after, "the other object", "an update of another object removed it")
    stored = {name: value[name] for name in names if name in value}
    hint = "an update of another object changed it"
    yield from _kept(stored, after, kind, lineage, hint, before, *updates)


@oracle("CRUD-OTHERS-002")
def delete_touches_no_other_object(after: Exchange, identity: Any) -> Iterator[Breach]:
    """Deleting one object leaves every other one readable."""
    yield from _lost(after, f"the object {identity}", "only another object was deleted")


@oracle("CRUD-READONLY-001")
def read_only_is_refused_on_add(add: Exchange, kind: str, name: str) -> Iterator[Breach]:
    """A read-only property in the object that is added is refused, and named."""
    yield from _refused(add, kind, name)


@oracle("CRUD-READONLY-002")
def read_only_is_refused_on_update(update: Exchange, kind: str, name: str) -> Iterator[Breach]:
    """A read-only property in an update is refused, and named."""
    yield from _refused(update, kind, name)


@oracle("CRUD-INSERTONLY-001")
def insert_only_is_refused_on_update(update: Exchange, kind: str, name: str) -> Iterator[Breach]:
    """A property that may be set only once is refused in an update."""
    yield from _refused(update, kind, name)


@oracle("CRUD-UPDATE-007")
def refused_update_changes_nothing(
    expected: Mapping[str, Any], get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """An update that is refused leaves the object as it was."""
    if not expected:
        return
    yield from _lost(get, "the object", "did a refused update remove it?")
    yield from _kept(expected, get, kind, lineage, "was a refused update carried out in part?")


@oracle("CRUD-DELETE-001")
def delete_is_accepted(delete: Exchange) -> Iterator[Breach]:
    """Deleting an object that exists succeeds."""
    yield from _accepted(delete, "the object exists and is nobody else's")


@oracle("CRUD-DELETE-002")
def deleted_object_is_not_found(
    delete: Exchange, get: Exchange, codes: Collection[str]
) -> Iterator[Breach]:
    """After delete, get answers the code of an unknown object."""
    yield from _gone(delete, get, codes)


@oracle("CRUD-DELETE-003")
def deleted_object_cannot_be_updated(
    delete: Exchange, update: Exchange, codes: Collection[str]
) -> Iterator[Breach]:
    """After delete, update answers the code of an unknown object."""
    yield from _gone(delete, update, codes)


@oracle("CRUD-DELETE-004")
def second_delete_fails(
    delete: Exchange, second: Exchange, codes: Collection[str]
) -> Iterator[Breach]:
    """Deleting twice fails the second time, with the code of an unknown object."""
    yield from _gone(delete, second, codes)


def _kept(
    expected: Mapping[str, Any],
    exchange: Exchange,
    kind: str,
    lineage: Lineage,
    hint: str,
    *others: Exchange,
) -> Iterator[Breach]:
    value = _object(exchange)
    if value is None:
        return
    for change in changes(_within(expected, value, kind, lineage), value, kind, lineage):
        yield _breach(change.path, change.expected, change.actual, hint, *others, exchange)


def _within(
    expected: Mapping[str, Any], value: Mapping[str, Any], kind: str, lineage: Lineage
) -> Mapping[str, Any]:
    """What the class that is answered can hold.

    A plugin's object may be shown as an ancestor (CONTRACT INH-15; OBSERVED 27: externalMedia.get).
    """
    found = str(value.get("objectType"))
    if found == kind or not lineage.of_plugin(kind) or found not in lineage.ancestors(kind):
        return expected
    known = lineage.properties(found)
    return {name: each for name, each in expected.items() if name in known}


def _cleared(update: Exchange, get: Exchange, name: str, hint: str) -> Iterator[Breach]:
    value = _object(get)
    if not isinstance(update.answer, Result) or value is None:
        return
    if value.get(name) not in (None, ""):
        yield _breach(f"$.{name}", "empty or absent", shown(value[name]), hint, update, get)


def _beside(answer: ApiError) -> bool:
    """Whether it is the account that is refused, not the object, or nobody is there to refuse it.

    That every action of the schema exists is judged once, by its own oracle.
    """
    limited = ACCOUNTS_LIMIT.search(answer.code) or REFUSAL.search(answer.code)
    return bool(limited or answer.code in MISSING)


def _accepted(exchange: Exchange, hint: str) -> Iterator[Breach]:
    """A breach where a call was refused, but not because the account is full or busy."""
    answer = exchange.answer
    if isinstance(answer, ApiError) and not ACCOUNTS_LIMIT.search(answer.code):
        yield _breach("$", "a result", f"error {answer.code}: {answer.message}", hint, exchange)


def _lost(exchange: Exchange, expected: str, hint: str) -> Iterator[Breach]:
    """A breach where an object that was there before is not answered any more."""
    if isinstance(exchange.answer, ApiError):
        yield _breach("$", expected, f"error {exchange.answer.code}", hint, exchange)
    yield from _no_object(exchange, expected, hint)


def _no_object(
    exchange: Exchange, expected: str, hint: str, *, null_too: bool = True
) -> Iterator[Breach]:
    """A breach where the result is no object; `null_too` says whether null is a breach as well."""
    answer = exchange.answer
    if not isinstance(answer, Result) or isinstance(answer.value, dict):
        return
    if answer.value is not None or null_too:
        actual = "null" if answer.value is None else shown(answer.value)
        yield _breach("$", expected, actual, hint, exchange)


def _refused(exchange: Exchange, kind: str, name: str) -> Iterator[Breach]:
    expected = f"{NOT_UPDATABLE} for {kind}::{name}"
    answer = exchange.answer
    if isinstance(answer, Result):
        yield _breach(f"$.{name}", expected, "accepted", "", exchange)
    elif isinstance(answer, ApiError):
        named = str(answer.args.get("PROP_NAME", ""))
        if ACCOUNTS_LIMIT.search(answer.code):
            return
        if answer.code != NOT_UPDATABLE:
            yield _breach(f"$.{name}", expected, f"error {answer.code}", "", exchange)
        elif named != f"{kind}::{name}":
            yield _breach("$.args.PROP_NAME", f"{kind}::{name}", shown(named), "", exchange)


def _gone(delete: Exchange, exchange: Exchange, codes: Collection[str]) -> Iterator[Breach]:
    if not isinstance(delete.answer, Result):
        return
    answer = exchange.answer
    expected = " or ".join(sorted(codes)) or "a code of an unknown object"
    if isinstance(answer, Result) and answer.value is None and NULL in codes:
        return
    if isinstance(answer, Result):
        yield _breach("$", expected, f"a result: {shown(answer.value)}", "is it still there?",
                      delete, exchange)  # fmt: skip
    elif isinstance(answer, ApiError) and answer.code not in codes and not GONE.search(answer.code):
        yield _breach("$.code", expected, answer.code, "", delete, exchange)


def server_time(exchange: Exchange) -> float | None:
    """The epoch second at which the server says that it answered, or None."""
    header = exchange.response.header("Date")
    try:
        said = None if header is None else parsedate_to_datetime(header)
    except ValueError:
        return None
    if said is None:
        return None
    # `-0000` comes out without a zone, and means UTC.
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()


def _object(exchange: Exchange) -> Mapping[str, Any] | None:
    """The object that an exchange answered, or None."""
    answer = exchange.answer
    if isinstance(answer, Result) and isinstance(answer.value, dict):
        return answer.value
    return None


def _listed(exchange: Exchange) -> Iterator[Mapping[str, Any]]:
    """The objects of an answered list."""
    for found in (_object(exchange) or {}).get("objects") or ():
        if isinstance(found, dict):
            yield found


def _seconds(value: Mapping[str, Any] | None, name: str) -> int | None:
    found = None if value is None else value.get(name)
    try:
        return None if found in (None, "") else int(found)
    except (TypeError, ValueError, OverflowError):
        return None


def _breach(where: str, expected: str, actual: str, hint: str, *shown_by: Exchange) -> Breach:
    return Breach(where, expected, actual, hint, tuple(e.number for e in shown_by))
