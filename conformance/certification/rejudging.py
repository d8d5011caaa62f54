"""Judges a run again from its record: the verdict has to follow from what was recorded.

Checks of the run as a whole are executed again over the recorded traffic. Of the others, every
question to an oracle was written down as it was asked; the oracle is asked again, about the
exchanges as they stand in the traffic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from conformance.certification.offline import Sent
from conformance.exceptions import UsageError
from conformance.oracles.claims import claims
from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.plugin.context import Context
from conformance.plugin.testimony import Testified, Unreadable, read
from conformance.reporting.reading import read_records
from conformance.wire.redaction import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.plugin.bench import Bench
    from conformance.plugin.plan import Check
    from conformance.verdict.breach import Breach
    from conformance.verdict.result import CheckResult


class Contradiction(Struct, frozen=True):
    """A result that the record does not bear out, or does not hold."""

    check: str
    told: str


class Rejudged(Struct, frozen=True):
    """How many checks were judged again, and why the others were not."""

    again: int
    not_again: Mapping[str, int]
    contradictions: tuple[Contradiction, ...]


def rejudge(
    bench: Bench, checks: list[Check], results: Mapping[str, CheckResult], folder: Path
) -> Rejudged:
    """Judge every check that passed once more. Raises UsageError for a record that is none."""
    testimony = _testimony(folder)
    again = 0
    not_again: Counter[str] = Counter()
    found: list[Contradiction] = []
    for check in checks:
        result = results[check.name]
        if result.outcome != "passed":
            not_again[result.outcome.replace("_", " ")] += 1
            continue
        if check.declaration.last:
            breaches, reason = _executed(bench, check)
        else:
            breaches, reason = _asked(bench, check, testimony.get(check.name, []))
        if breaches and _redacted(bench, testimony.get(check.name, [])):
            not_again["turns on a secret, which the record does not hold"] += 1
        elif breaches:
            found.append(Contradiction(check.name, _told(breaches[0])))
        elif reason:
            not_again[reason] += 1
        else:
            again += 1
    return Rejudged(again, dict(not_again), tuple(found))


def _testimony(folder: Path) -> dict[str, list[Testified]]:
    found: dict[str, list[Testified]] = {}
    for record in read_records(str(folder), "testimony.jsonl"):
        try:
            line = msgspec.convert(record, Testified)
        except msgspec.ValidationError as error:
            raise UsageError(str(error), place=str(folder / "testimony.jsonl")) from error
        found.setdefault(line.check, []).append(line)
    return found


def _executed(bench: Bench, check: Check) -> tuple[tuple[Breach, ...], str]:
    """A check of the whole run over the recorded traffic."""
    context = Context(bench, Random(0), attempt=0)  # noqa: S311 - nothing is drawn
    try:
        return tuple(check.body(context, check.subject)), ""
    except NotApplicable as reason:
        return (), f"not applicable to the record: {reason}"
    except (Inconclusive, Sent):
        return (), "needs more than the record"


def _asked(
    bench: Bench, check: Check, testimony: list[Testified]
) -> tuple[tuple[Breach, ...], str]:
    """The oracles of a check, asked again what they were asked."""
    if not testimony:
        return (), "no oracle was asked"
    known = {f"{o.__module__}:{o.__qualname__}": o for o in claims().values()}
    breaches: list[Breach] = []
    for line in testimony:
        if line.unrecordable:
            return (), "asked with what cannot be written down"
        oracle = known.get(line.oracle)
        if oracle is None:
            raise UsageError(f"no oracle {line.oracle}", place=check.name)
        breaches += oracle(*_read(bench, check, line.args), **_read(bench, check, line.kwargs))
    return tuple(breaches), ""


def _read(bench: Bench, check: Check, plain: Any) -> Any:
    def exchange(number: int) -> Any:
        held = bench.traffic.exchange(number)
        if held is None:
            raise Unreadable(f"there is no exchange {number}")
        return held

    try:
        return read(
            plain, exchange=exchange, schema=bench.scope.schema, lineage=bench.scope.lineage
        )
    except Unreadable as error:
        raise UsageError(str(error), place=f"testimony of {check.name}") from error


def _redacted(bench: Bench, testimony: list[Testified]) -> bool:
    """Whether a secret was taken out of what the oracles were asked about."""
    mark = MARK.encode()
    for line in testimony:
        if MARK in msgspec.json.encode(line).decode():
            return True
        numbers = _numbers([line.args, line.kwargs])
        held = (bench.traffic.exchange(number) for number in numbers)
        if any(each is not None and mark in each.response.body for each in held):
            return True
    return False


def _numbers(plain: Any) -> Iterator[int]:
    """The numbers of the exchanges that a question refers to."""
    pending = [plain]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            if node.get("$") == "exchange":
                yield node["n"]
            pending.extend(node.values())


def _told(breach: Breach) -> str:
    return f"{breach.where}: expected {breach.expected}, recorded {breach.actual}"


def misplaced(results: Mapping[str, CheckResult], checks: list[Check]) -> Iterator[str]:
    """What is wrong with a set of results for a plan: checks without one, results without check."""
    planned = {check.name for check in checks}
    missing = [name for name in planned if name not in results]
    foreign = [name for name in results if name not in planned]
    if missing:
        yield f"{len(missing)} checks of the plan have no result, first {min(missing)}"
    if foreign:
        yield f"{len(foreign)} results belong to no check of the plan, first {min(foreign)}"
