"""Faults that take three calls or more to show: what a server remembers, and forgets to forget."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.entities import find
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.objects import room_of
from conformance.reference.faults.registry import fault

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Document, Record

    Key = tuple[str, ...]

IDENTITY = ("id", "createdAt", "objectType")
UPDATES_STORED = 2
HALF_A_SECOND, A_FIFTIETH_OF_A_SECOND = 0.5, 0.02


@fault("CRUD-HISTORY-001")
def second_update_is_not_shown(behaviour: Behaviour) -> Behaviour:
    """From the second update of an object on, get answers what the first one left."""
    updates: Counter[Key] = Counter()
    left: dict[Key, Document] = {}

    def update(call: Call) -> Any:
        record = _record(call)
        answer = behaviour.update(call)
        updates[_key(record)] += 1
        if updates[_key(record)] == 1:
            left[_key(record)] = deepcopy(record.document)
        return answer

    def get(call: Call) -> Any:
        record = _record(call)
        return _shown(call, record, left.get(_key(record)))

    return replace(behaviour, update=update, get=get)


@fault("CRUD-HISTORY-001")
def base_update_leaves_a_stale_copy(behaviour: Behaviour) -> Behaviour:
    """An entry that was got and then updated through baseEntry is got as it was before."""
    remembered: dict[Key, Document] = {}

    def get(call: Call) -> Any:
        record = _record(call)
        if call.action.service == "baseentry":
            return behaviour.get(call)
        held = remembered.setdefault(_key(record), deepcopy(record.document))
        return _shown(call, record, held)

    def update(call: Call) -> Any:
        record = _record(call)
        if call.action.service != "baseentry":
            remembered.pop(_key(record), None)
        return behaviour.update(call)

    return replace(behaviour, update=update, get=get)


@fault("CRUD-HISTORY-001")
def session_remembers_what_it_got(behaviour: Behaviour) -> Behaviour:
    """What a session got it gets again, until it updates the object itself."""
    remembered: dict[Key, Document] = {}

    def get(call: Call) -> Any:
        record = _record(call)
        held = remembered.setdefault((*_key(record), call.session.text), deepcopy(record.document))
        return _shown(call, record, held)

    def update(call: Call) -> Any:
        remembered.pop((*_key(_record(call)), call.session.text), None)
        return behaviour.update(call)

    return replace(behaviour, update=update, get=get)


@fault("CRUD-HISTORY-001")
def third_update_is_dropped(behaviour: Behaviour) -> Behaviour:
    """The third update of an object and all later ones are accepted and dropped."""
    updates: Counter[Key] = Counter()

    def update(call: Call) -> Any:
        record = _record(call)
        updates[_key(record)] += 1
        if updates[_key(record)] <= UPDATES_STORED:
            return behaviour.update(call)
        before = deepcopy(record.document)
        answer = behaviour.update(call)
        record.document = before
        call.world.storage.put(record)
        return answer

    return replace(behaviour, update=update)


@fault("CRUD-HISTORY-001")
def update_is_written_to_the_last_one_too(behaviour: Behaviour) -> Behaviour:
    """An update is written to the object of that class that was updated before as well."""
    last: dict[str, Record] = {}

    def update(call: Call) -> Any:
        record = _record(call)
        before = dict(record.document)
        answer = behaviour.update(call)
        other = last.get(record.type)
        if other is not None and other.key != record.key and not other.deleted:
            now = record.document
            changed = {n: v for n, v in now.items() if before.get(n) != v and n not in IDENTITY}
            other.document = {**other.document, **changed}
            call.world.storage.put(other)
        last[record.type] = record
        return answer

    return replace(behaviour, update=update)


@fault("CRUD-HISTORY-001")
def clone_shares_the_row(behaviour: Behaviour) -> Behaviour:
    """An update of a cloned configuration is an update of its original as well."""
    origins: dict[Key, Record] = {}

    def other(call: Call) -> Any:
        answer = behaviour.other(call)
        if call.action.id == "uiconf.clone":
            record = _record(call)
            origins[(record.family, str(answer["id"]))] = record
        return answer

    def update(call: Call) -> Any:
        record = _record(call)
        before = dict(record.document)
        answer = behaviour.update(call)
        origin = origins.get(_key(record))
        if origin is not None:
            now = record.document
            changed = {n: v for n, v in now.items() if before.get(n) != v and n not in IDENTITY}
            origin.document = {**origin.document, **changed}
            call.world.storage.put(origin)
        return answer

    return replace(behaviour, other=other, update=update)


@fault("CRUD-HISTORY-001")
def remade_object_is_the_old_one(behaviour: Behaviour) -> Behaviour:
    """A user who is added again after a delete is as before the delete."""
    buried: dict[Key, Document] = {}

    def delete(call: Call) -> Any:
        record = _record(call)
        if call.action.service == "user":
            buried[_key(record)] = deepcopy(record.document)
        return behaviour.delete(call)

    def add(call: Call) -> Any:
        answer = behaviour.add(call)
        room = room_of(call)
        former = buried.pop((room.family, str(answer.get("id"))), None)
        record = call.world.storage.get(room.family, str(answer.get("id")))
        if call.action.service == "user" and former is not None and record is not None:
            kept = {n: v for n, v in former.items() if n not in {"status", "updatedAt"}}
            record.document = {**record.document, **kept}
            call.world.storage.put(record)
        return answer

    return replace(behaviour, add=add, delete=delete)


@fault("CRUD-HISTORY-001")
def batch_remembers_what_it_got(behaviour: Behaviour) -> Behaviour:
    """A get in a multirequest answers what the first such get of the object answered."""
    remembered: dict[Key, Document] = {}

    def get(call: Call) -> Any:
        record = _record(call)
        if not call.invocation.in_multirequest:
            return behaviour.get(call)
        held = remembered.setdefault(_key(record), deepcopy(record.document))
        return _shown(call, record, held)

    return replace(behaviour, get=get)


@fault("CRUD-HISTORY-002")
def delete_takes_the_object_before_as_well(behaviour: Behaviour) -> Behaviour:
    """A delete removes the object that was added just before this one, too."""

    def delete(call: Call) -> Any:
        record, storage = _record(call), call.world.storage
        before = [
            each
            for each in storage.all(record.family)
            if each.number < record.number and each.partner == record.partner
        ]
        answer = behaviour.delete(call)
        if before and before[-1].type == record.type:
            before[-1].deleted = True
            storage.put(before[-1])
        return answer

    return replace(behaviour, delete=delete)


@fault("CRUD-HISTORY-002")
def second_delete_brings_it_back(behaviour: Behaviour) -> Behaviour:
    """A second delete is refused, and the object there again."""

    def delete(call: Call) -> Any:
        try:
            return behaviour.delete(call)
        except ApiFault:
            for each in _values(call):
                record = call.world.storage.get(room_of(call).family, each)
                if record is not None and record.deleted:
                    record.deleted = False
                    call.world.storage.put(record)
            raise

    return replace(behaviour, delete=delete)


@fault("CRUD-HISTORY-003")
def list_is_remembered_until_an_add(behaviour: Behaviour) -> Behaviour:
    """A list is answered as it was before in the same words, until the service adds an object."""
    remembered: dict[Key, Any] = {}

    def list_(call: Call) -> Any:
        key = (call.action.id, call.session.text, repr(sorted(call.arguments.items(), key=str)))
        if key not in remembered:
            remembered[key] = behaviour.list(call)
        return deepcopy(remembered[key])

    def add(call: Call) -> Any:
        for key in [each for each in remembered if each[0] == f"{call.action.service}.list"]:
            del remembered[key]
        return behaviour.add(call)

    return replace(behaviour, list=list_, add=add)


@fault("CRUD-HISTORY-003")
def count_holds_what_was_updated_and_deleted(behaviour: Behaviour) -> Behaviour:
    """A deleted entry that had been updated is counted for good."""
    updated: set[Key] = set()
    counted: dict[str, set[str]] = {}

    def update(call: Call) -> Any:
        updated.add(_key(_record(call)))
        return behaviour.update(call)

    def delete(call: Call) -> Any:
        record = _record(call)
        answer = behaviour.delete(call)
        if _key(record) in updated:
            counted.setdefault(record.family, set()).add(record.key)
        return answer

    def other(call: Call) -> Any:
        answer = behaviour.other(call)
        if call.action.name != "count" or not isinstance(answer, int):
            return answer
        asked = str((call.arguments.get("filter") or {}).get("idIn") or "").split(",")
        return answer + len(counted.get(room_of(call).family, set()).intersection(asked))

    return replace(behaviour, update=update, delete=delete, other=other)


@fault("CRUD-HISTORY-004")
def id_is_given_again(behaviour: Behaviour) -> Behaviour:
    """A new configuration gets the id of the one that was deleted last."""
    free: list[Any] = []

    def delete(call: Call) -> Any:
        record = _record(call)
        answer = behaviour.delete(call)
        if call.action.service == "uiconf":
            free[:] = [record.document["id"]]
        return answer

    def change(call: Call, document: Document) -> Document:
        if call.action.name == "add" and free:
            document["id"] = free.pop()
        return document

    only = alteration.in_services("uiconf")
    return replace(alteration.kept(behaviour, change, when=only), delete=delete)


@fault("CRUD-HISTORY-005")
def key_of_a_deleted_user_stays_taken(behaviour: Behaviour) -> Behaviour:
    """The id of a deleted user is refused as a double."""
    taken: set[str] = set()

    def delete(call: Call) -> Any:
        taken.update(_values(call) if call.action.service == "user" else ())
        return behaviour.delete(call)

    def act(call: Call) -> Any:
        wanted = str((call.arguments.get("user") or {}).get("id"))
        if wanted in taken:
            raise ApiFault("DUPLICATE_USER_BY_ID", wanted)
        return behaviour.add(call)

    broken = replace(behaviour, delete=delete)
    return alteration.instead(broken, "add", act, when=alteration.in_services("user"))


@fault("CRUD-CONCURRENT-001")
def updates_at_once_are_both_lost(behaviour: Behaviour) -> Behaviour:
    """An update that follows another session's within half a second puts the object back."""
    last: dict[Key, tuple[float, str, Document]] = {}

    def update(call: Call) -> Any:
        record, now = _record(call), call.world.clock()
        before = deepcopy(record.document)
        answer = behaviour.update(call)
        at, session, held = last.get(_key(record), (0.0, call.session.text, before))
        if now - at < HALF_A_SECOND and session != call.session.text:
            record.document = held
            call.world.storage.put(record)
        else:
            held = before
        last[_key(record)] = (now, call.session.text, held)
        return answer

    return replace(behaviour, update=update)


@fault("CRUD-CONCURRENT-002")
def other_sessions_read_late(behaviour: Behaviour) -> Behaviour:
    """For half a second a session reads an object as its own last update left it."""
    left: dict[Key, tuple[float, Document]] = {}

    def update(call: Call) -> Any:
        answer, record = behaviour.update(call), _record(call)
        key = (*_key(record), call.session.text)
        left[key] = (call.world.clock(), deepcopy(record.document))
        return answer

    def get(call: Call) -> Any:
        record = _record(call)
        at, held = left.get((*_key(record), call.session.text), (0.0, None))
        recent = call.world.clock() - at < HALF_A_SECOND
        return _shown(call, record, held if recent else None)

    return replace(behaviour, update=update, get=get)


@fault("CRUD-CONCURRENT-003")
def adds_at_once_are_one(behaviour: Behaviour) -> Behaviour:
    """Two configurations that are added within a fiftieth of a second get one id."""
    last: list[Any] = [0.0, None]

    def change(call: Call, document: Document) -> Document:
        if call.action.name == "add":
            now = call.world.clock()
            if now - last[0] < A_FIFTIETH_OF_A_SECOND and last[1] is not None:
                document["id"] = last[1]
            last[:] = [now, document["id"]]
        return document

    return alteration.kept(behaviour, change, when=alteration.in_services("uiconf"))


def _record(call: Call) -> Record:
    return find(call, room_of(call))


def _key(record: Record) -> Key:
    return (record.family, record.key)


def _values(call: Call) -> tuple[str, ...]:
    return tuple(str(value) for value in call.arguments.values() if isinstance(value, str | int))


def _shown(call: Call, record: Record, document: Document | None) -> Any:
    """The object as a caller sees it, with what it held at another time."""
    if document is None:
        return call.behaviour.show(call, record, None)
    now = record.document
    record.document = document
    try:
        return call.behaviour.show(call, record, None)
    finally:
        record.document = now
