"""What an object may not hold is refused, and nothing of it is stored (CONTRACT section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.codes import ACCOUNTS_LIMIT, MISSING, REFUSAL
from conformance.oracles.comparison import shown
from conformance.oracles.crud_answer import altered, breach, lost, objects_listed
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

NOT_UPDATABLE = "PROPERTY_VALIDATION_NOT_UPDATABLE"


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
        yield breach("$", expected, actual, "is the key looked for?", first, second)
    elif isinstance(answer, ApiError) and answer.code not in codes and not _beside(answer):
        yield breach("$.code", expected, answer.code, "", first, second)


@oracle("CRUD-ADD-008")
def lack_is_refused(add: Exchange, name: str) -> Iterator[Breach]:
    """An object without what is required is refused with the code that names it."""
    answer, expected = add.answer, f"PROPERTY_VALIDATION_CANNOT_BE_NULL of {name}"
    if isinstance(answer, Result):
        actual = f"a result: {shown(answer.value)}"
        yield breach("$", expected, actual, "is the object validated at all?", add)
    elif isinstance(answer, ApiError) and not _beside(answer):
        named = answer.args.get("PROP_NAME", "")
        if answer.code != "PROPERTY_VALIDATION_CANNOT_BE_NULL":
            yield breach("$.code", expected, answer.code, "", add)
        elif named.rpartition(":")[2] != name:
            yield breach("$.args.PROP_NAME", f"…::{name}", shown(named), "", add)


@oracle("CRUD-ADD-009")
def refused_add_stores_nothing(
    add: Exchange, listed: Exchange, key: str, value: Any, known: Collection[str]
) -> Iterator[Breach]:
    """After an add that was refused, no list holds an object with what only that add sent.

    `known` are the ids of those objects with the same value that may be there.
    """
    if not isinstance(add.answer, ApiError):
        return
    for index, found in enumerate(objects_listed(listed)):
        if str(found.get(key)) == str(value) and str(found.get("id")) not in known:
            expected = f"no object with the {key} {value!r}"
            hint = "is it stored before it is looked at?"
            yield breach(f"$.objects[{index}]", expected, shown(dict(found)), hint, add, listed)


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
    yield from lost(get, "the object", "did a refused update remove it?")
    yield from altered(expected, get, kind, lineage, "was a refused update carried out in part?")


def _beside(answer: ApiError) -> bool:
    """Whether it is the account that is refused, not the object, or nobody is there to refuse it.

    That every action of the schema exists is judged once, by its own oracle.
    """
    limited = ACCOUNTS_LIMIT.search(answer.code) or REFUSAL.search(answer.code)
    return bool(limited or answer.code in MISSING)


def _refused(exchange: Exchange, kind: str, name: str) -> Iterator[Breach]:
    expected = f"{NOT_UPDATABLE} for {kind}::{name}"
    answer = exchange.answer
    if isinstance(answer, Result):
        yield breach(f"$.{name}", expected, "accepted", "", exchange)
    elif isinstance(answer, ApiError):
        named = str(answer.args.get("PROP_NAME", ""))
        if ACCOUNTS_LIMIT.search(answer.code):
            return
        if answer.code != NOT_UPDATABLE:
            yield breach(f"$.{name}", expected, f"error {answer.code}", "", exchange)
        elif named != f"{kind}::{name}":
            yield breach("$.args.PROP_NAME", f"{kind}::{name}", shown(named), "", exchange)
