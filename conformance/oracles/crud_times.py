"""When an object was added and changed, by what it says and by the clocks at hand (CRUD-14)."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import shown
from conformance.oracles.crud_answer import breach, object_of, seconds_of
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

CLOCK_TOLERANCE_SECONDS = 2
CLOCKS_APART_SECONDS = 120
"""How far a database's clock may be from the web server's, whose Date header is all we see."""


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
        created = seconds_of(object_of(shown_by), "createdAt")
        if created is not None and abs(created - now) > tolerance:
            hint = "is the time taken from the request, or not in seconds?"
            yield breach("$.createdAt", f"about {now:.0f}", str(created), hint, add, shown_by)
            return


@oracle("CRUD-TIME-002")
def created_at_never_changes(before: Exchange, after: Exchange) -> Iterator[Breach]:
    """createdAt stays what it was, whatever is updated."""
    first, later = seconds_of(object_of(before), "createdAt"), object_of(after)
    if first is None or later is None:
        return
    if first != seconds_of(later, "createdAt"):
        yield breach("$.createdAt", str(first), shown(later.get("createdAt")), "", before, after)


@oracle("CRUD-TIME-003")
def updated_at_never_goes_back(before: Exchange, after: Exchange) -> Iterator[Breach]:
    """updatedAt is not before createdAt, and an update does not move it back."""
    created = seconds_of(object_of(after), "createdAt")
    first, second = (seconds_of(object_of(e), "updatedAt") for e in (before, after))
    if second is None:
        return
    if created is not None and second < created - CLOCK_TOLERANCE_SECONDS:
        yield breach("$.updatedAt", f"{created} or later", str(second), "", after)
    # The second of the two nodes that answered may be a little behind the first.
    if first is not None and second < first - CLOCK_TOLERANCE_SECONDS:
        yield breach("$.updatedAt", f"{first} or later", str(second), "", before, after)


@oracle("CRUD-TIME-004")
def updated_at_has_been(read: Exchange, *, skew_seconds: float) -> Iterator[Breach]:
    """updatedAt is a time that has been, by the server's own clock."""
    updated, now = seconds_of(object_of(read), "updatedAt"), server_time(read)
    if updated is None or now is None:
        return
    if updated > now + max(skew_seconds, CLOCKS_APART_SECONDS):
        yield breach("$.updatedAt", f"{now:.0f} or earlier", str(updated), "", read)


@oracle("CRUD-TIME-005")
def update_moves_updated_at(
    before: Exchange, update: Exchange, after: Exchange
) -> Iterator[Breach]:
    """An update of a text, in a later second than the last write, moves updatedAt on."""
    first, second = (seconds_of(object_of(read), "updatedAt") for read in (before, after))
    if not isinstance(update.answer, Result) or first is None or second is None:
        return
    if second == first:
        hint = "is it set when the object is added only?"
        yield breach("$.updatedAt", f"later than {first}", str(second), hint,
                      before, update, after)  # fmt: skip


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
