"""What an answer about one object holds of what is expected, for the oracles of crud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.codes import ACCOUNTS_LIMIT
from conformance.oracles.comparison import changes, shown
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange


def altered(
    expected: Mapping[str, Any],
    exchange: Exchange,
    kind: str,
    lineage: Lineage,
    hint: str,
    *others: Exchange,
) -> Iterator[Breach]:
    """A breach for each property that is answered otherwise, or not at all."""
    value = object_of(exchange)
    if value is None:
        return
    for change in changes(_within(expected, value, kind, lineage), value, kind, lineage):
        yield breach(change.path, change.expected, change.actual, hint, *others, exchange)


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


def not_accepted(exchange: Exchange, hint: str) -> Iterator[Breach]:
    """A breach where a call was refused, but not because the account is full or busy."""
    answer = exchange.answer
    if isinstance(answer, ApiError) and not ACCOUNTS_LIMIT.search(answer.code):
        yield breach("$", "a result", f"error {answer.code}: {answer.message}", hint, exchange)


def lost(exchange: Exchange, expected: str, hint: str) -> Iterator[Breach]:
    """A breach where an object that was there before is not answered any more."""
    if isinstance(exchange.answer, ApiError):
        yield breach("$", expected, f"error {exchange.answer.code}", hint, exchange)
    yield from no_object(exchange, expected, hint)


def no_object(
    exchange: Exchange, expected: str, hint: str, *, null_too: bool = True
) -> Iterator[Breach]:
    """A breach where the result is no object; `null_too` says whether null is a breach as well."""
    answer = exchange.answer
    if not isinstance(answer, Result) or isinstance(answer.value, dict):
        return
    if answer.value is not None or null_too:
        actual = "null" if answer.value is None else shown(answer.value)
        yield breach("$", expected, actual, hint, exchange)


def object_of(exchange: Exchange) -> Mapping[str, Any] | None:
    """The object that an exchange answered, or None."""
    answer = exchange.answer
    if isinstance(answer, Result) and isinstance(answer.value, dict):
        return answer.value
    return None


def objects_listed(exchange: Exchange) -> Iterator[Mapping[str, Any]]:
    """The objects of an answered list."""
    for found in (object_of(exchange) or {}).get("objects") or ():
        if isinstance(found, dict):
            yield found


def seconds_of(value: Mapping[str, Any] | None, name: str) -> int | None:
    """The time that the property holds, in epoch seconds, or None."""
    found = None if value is None else value.get(name)
    try:
        return None if found in (None, "") else int(found)
    except (TypeError, ValueError, OverflowError):
        return None


def breach(where: str, expected: str, actual: str, hint: str, *shown_by: Exchange) -> Breach:
    """A departure with the exchanges that show it."""
    return Breach(where, expected, actual, hint, tuple(e.number for e in shown_by))
