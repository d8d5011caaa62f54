"""Rows of tried combinations made into figures, by scope and by area."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FOUND = 1


def was_exercised(row: dict[str, Any]) -> bool:
    """Whether the suite met the fault: an exchange was altered, or a hidden one was found."""
    return bool(row["altered"]) or row["exit"] == FOUND


def rate(rows: Iterable[dict[str, Any]]) -> str:
    """Found of exercised, and of all."""
    every = list(rows)
    exercised = [row for row in every if was_exercised(row)]
    found = [row for row in exercised if row["exit"] == FOUND]
    share = 100 * len(found) / len(exercised) if exercised else 0.0
    return f"{len(found):4} of {len(exercised):4} exercised ({share:5.1f} %), {len(every):4} tried"


def grouped(rows: list[dict[str, Any]], key: Callable[[dict[str, Any]], str]) -> list[str]:
    """One line a group."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return [f"  {name:28} {rate(groups[name])}" for name in sorted(groups)]


def summary(rows: list[dict[str, Any]]) -> str:
    """The report as text: faults first, then variations."""
    benign = [row for row in rows if row.get("benign")]
    faults = [row for row in rows if not row.get("benign") and row["mutant"]]
    lines = [f"faults: {rate(faults)}", "by schema and scope"]
    lines += grouped(faults, lambda row: f"{row['schema']} {row['kind']}")
    lines += ["by area", *grouped(faults, lambda row: str(row["area"])), "missed"]
    for row in faults:
        if was_exercised(row) and row["exit"] != FOUND:
            lines.append(
                f"  {row['mutant']} @ {row['scope']} ({row['schema']}): exit {row['exit']}, "
                f"{row['altered']} altered, uncertain {row['inconclusive'] or 'none'}"
            )
    lines.append("troubles of the hunt itself")
    lines += [f"  {r['mutant']} @ {r['scope']}: {r['troubles'][0]}" for r in rows if r["troubles"]]
    lines.append("not exercised")
    lines += [
        f"  {r['mutant']} @ {r['scope']} ({r['schema']}): exit {r['exit']}"
        for r in faults
        if not was_exercised(r)
    ]
    if benign:
        alarms = [row for row in benign if row["exit"] != 0]
        lines.append(f"variations: {len(alarms)} alarms in {len(benign)}")
        lines += [
            f"  {r['mutant']}: exit {r['exit']} {r.get('findings') or r.get('text', '')}"
            for r in alarms
        ]
    return "\n".join(lines)
