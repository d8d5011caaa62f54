"""What changed between two runs, as text or Markdown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from conformance.schema.change import Impact
from conformance.verdict.comparison import Shift

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.change import Change
    from conformance.verdict.comparison import Comparison, Difference

FEW = 20
"""Rows of each kind that are shown; JSON has all."""
SUBJECTS_SHOWN = 6


def text(found: Comparison) -> Iterator[str]:
    """For a terminal: a block a requirement, what fails anew first; then what may explain it."""
    for shift, held in _by_shift(found):
        yield f"{shift.upper()}  {len(held)}"
        groups = _by_requirement(held)
        for group in groups[:FEW]:
            yield from _block(group)
        yield from _more(len(groups) - FEW, "requirements")
        yield ""
    title = f"SCHEMA  {_counted(found.schema)}"
    yield from _section(title, [_changed(change) for change in found.schema])
    shifted = [f"{t.place}  {_kinds(t.before)} -> {_kinds(t.after)}" for t in found.types]
    yield from _section(f"TYPES OF ANSWERS  {len(shifted)}", shifted)
    slower = [
        f"{s.action}  {s.before_ms:g} ms -> {s.after_ms:g} ms (medians)" for s in found.slower
    ]
    yield from _section(f"SLOWER  {len(slower)}", slower)
    yield verdict(found)


def _section(title: str, rows: list[str]) -> Iterator[str]:
    """A title and its rows, cut where they are many; nothing where there are none."""
    if not rows:
        return
    yield title
    yield from (f"  {row}" for row in rows[:FEW])
    yield from _more(len(rows) - FEW)
    yield ""


def _changed(change: Change) -> str:
    return f"{change.impact:<10} {change.place}  {change.what}{_sides(change)}"


def markdown(found: Comparison) -> Iterator[str]:
    """For a pull request or a step's summary."""
    yield f"### {verdict(found)}"
    for shift, held in _by_shift(found):
        yield ""
        yield f"#### {shift.capitalize()} ({len(held)})"
        yield ""
        yield "| requirement | level | subjects | before | after | where | actual |"
        yield "|---|---|---|---|---|---|---|"
        groups = _by_requirement(held)
        for group in groups[:FEW]:
            first = group[0]
            cells = (
                first.requirement,
                first.level,
                _subjects(group),
                first.before,
                first.after,
                first.where,
                first.actual or first.reason,
            )
            yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
        yield from _more(len(groups) - FEW, "requirements")
    if found.schema:
        yield ""
        yield f"#### Schema: {_counted(found.schema)}"
        yield ""
        yield "| impact | place | what | before | after |"
        yield "|---|---|---|---|---|"
        for change in found.schema[:FEW]:
            sides = (change.before, change.after)
            told = (str(change.impact), change.place, change.what, *sides)
            yield f"| {' | '.join(_cell(cell) for cell in told)} |"
        yield from _more(len(found.schema) - FEW)
    if found.types:
        yield ""
        yield f"#### Types of answers ({len(found.types)})"
        yield ""
        for shifted in found.types[:FEW]:
            yield f"* `{shifted.place}`: {_kinds(shifted.before)} → {_kinds(shifted.after)}"
        yield from _more(len(found.types) - FEW)
    if found.slower:
        yield ""
        yield f"#### Slower ({len(found.slower)})"
        yield ""
        for slow in found.slower[:FEW]:
            yield f"* `{slow.action}`: {slow.before_ms:g} ms → {slow.after_ms:g} ms (medians)"
        yield from _more(len(found.slower) - FEW)


def verdict(found: Comparison) -> str:
    """One sentence: whether anything fails anew, and the counts."""
    counts = Counter(each.shift for each in found.differences)
    told = ", ".join(f"{counts[shift]} {shift}" for shift in Shift)
    return f"{'REGRESSED' if found.regressed else 'NOTHING NEW FAILS'}: {told}"


def _by_shift(found: Comparison) -> Iterator[tuple[Shift, list[Difference]]]:
    for shift in Shift:
        held = [each for each in found.differences if each.shift is shift]
        if held:
            yield shift, held


def _by_requirement(held: list[Difference]) -> list[list[Difference]]:
    """What a person acts on: a requirement with its subjects, not a row for each."""
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for each in held:
        groups.setdefault((each.requirement, each.before, each.after), []).append(each)
    return list(groups.values())


def _subjects(group: list[Difference]) -> str:
    shown = ", ".join(each.subject for each in group[:SUBJECTS_SHOWN])
    more = len(group) - SUBJECTS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _block(group: list[Difference]) -> Iterator[str]:
    first = group[0]
    yield f"  {first.requirement}  {first.level}  {first.subject}  {first.before} -> {first.after}"
    if first.where:
        yield f"    at         {first.where}"
        yield f"    expected   {first.expected}"
        yield f"    actual     {first.actual}"
    if first.reason:
        yield f"    because    {first.reason}"
    if len(group) > 1:
        yield f"    also in    {_subjects(group[1:])}"
    explained = dict.fromkeys(change for each in group for change in each.explained)
    for change in list(explained)[:3]:
        yield f"    schema     {change.what}: {change.place}{_sides(change)}"


def _more(count: int, what: str = "") -> Iterator[str]:
    if count > 0:
        yield f"  … and {count} more {what}".rstrip()


def _counted(changes: tuple[Change, ...]) -> str:
    counts = Counter(change.impact for change in changes)
    return ", ".join(f"{counts[impact]} {impact}" for impact in Impact if counts[impact])


def _sides(change: Change) -> str:
    sides = [" ".join(side.split()) for side in (change.before, change.after) if side]
    return f" ({' -> '.join(sides)})" if sides else ""


def _kinds(kinds: tuple[str, ...]) -> str:
    return " or ".join(kinds)


def _cell(content: str) -> str:
    """One line that no table is broken by, and no page either: answers may hold anything."""
    plain = " ".join(content.split()).replace("&", "&amp;").replace("<", "&lt;")
    return plain.replace("\\", "\\\\").replace("|", "\\|")
