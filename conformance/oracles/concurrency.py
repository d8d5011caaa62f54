"""What a server owes several sessions that act at once.

Only what CONTRACT says: a write is stored, a get reads what is stored, an object is one's own. Of
two updates that meet, either may win; that both keep what the other wrote is nowhere promised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import changes, shown
from conformance.oracles.linearizability import Operation, explainable
from conformance.verdict.breach import Breach
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange


@oracle("CRUD-CONCURRENT-001")
def last_write_is_one_of_those_that_met(
    before: str, writes: Mapping[str, Exchange], after: Sequence[Exchange], name: str
) -> Iterator[Breach]:
    """After updates that met, every session reads one and the same of them."""
    operations = [*_written(writes), *_read(after, name)]
    if explainable(operations, before):
        return
    seen = sorted({each.value for each in operations if each.kind == "read"})
    yield Breach(
        f"$.{name}",
        "the value of one of the last updates, the same in every get",
        " and ".join(map(shown, seen)),
        "was an update lost, or mixed with another one?",
        tuple(each.number for each in (*writes.values(), *after)),
    )


@oracle("CRUD-CONCURRENT-002")
def reads_keep_to_an_order_of_the_writes(
    before: str, writes: Mapping[str, Exchange], reads: Sequence[Exchange], name: str
) -> Iterator[Breach]:
    """What is read while others write can be explained by some order of the writes."""
    operations = [*_written(writes), *_read(reads, name)]
    if explainable(operations, before):
        return
    known = {before, *writes}
    foreign = sorted({e.value for e in operations if e.kind == "read"} - known)
    actual = f"{shown(foreign[0])}, which nobody wrote" if foreign else "a value that was over"
    yield Breach(
        f"$.{name}",
        "reads that fit some order of the updates",
        actual,
        "is an earlier state shown after a later one?",
        tuple(each.number for each in (*writes.values(), *reads)),
    )


@oracle("CRUD-CONCURRENT-003")
def objects_made_at_once_are_kept_apart(
    sent: Sequence[Mapping[str, Any]],
    births: Sequence[Exchange],
    gets: Sequence[Exchange],
    id_property: str,
    kind: str,
    lineage: Lineage,
) -> Iterator[Breach]:
    """Objects that are added at once get ids of their own, and each keeps what it was sent."""
    first: dict[str, Exchange] = {}
    for birth in births:
        identity = _property(birth, id_property)
        earlier = first.setdefault(str(identity), birth)
        if identity is not None and earlier is not birth:
            numbers = (earlier.number, birth.number)
            yield Breach(f"$.{id_property}", "an id of its own", shown(identity), "", numbers)
    for wanted, birth, get in zip(sent, births, gets, strict=True):
        if get.error is not None:
            numbers = (birth.number, get.number)
            yield Breach("$", "the object that was added", f"error {get.error.code}", "", numbers)
        elif get.result is not None and isinstance(get.result.value, dict):
            for change in changes(wanted, get.result.value, kind, lineage):
                hint = "is it mixed with one that was made at the same time?"
                numbers = (birth.number, get.number)
                yield Breach(change.path, change.expected, change.actual, hint, numbers)


def _written(writes: Mapping[str, Exchange]) -> Iterator[Operation]:
    for value, exchange in writes.items():
        yield Operation("write", value, *_span(exchange))


def _read(reads: Sequence[Exchange], name: str) -> Iterator[Operation]:
    for exchange in reads:
        if isinstance(exchange.answer, Result) and isinstance(exchange.answer.value, dict):
            value = exchange.answer.value.get(name)
            yield Operation("read", "" if value is None else str(value), *_span(exchange))


def _span(exchange: Exchange) -> tuple[float, float]:
    """From when the request left to when its answer was there, by the suite's clock."""
    return exchange.started_at, exchange.started_at + exchange.elapsed_ms / 1000


def _property(exchange: Exchange, name: str) -> Any:
    value = exchange.result.value if exchange.result is not None else None
    return value.get(name) if isinstance(value, dict) else None
