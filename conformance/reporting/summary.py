"""The closing summary of a run, as text for a terminal or a log."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from conformance.reporting.story import subjects_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.verdict.finding import Finding
    from conformance.verdict.run import RequirementResult, Run

FINDINGS_SHOWN = 25
SUBJECTS_SHOWN = 6
CALLS_SHOWN = 8
VALUE_SHOWN = 400
"""Characters of an expectation or an observation; `run.json` has the whole."""
LABEL = 13
NARROWEST, WIDEST = 60, 110
USUAL = 100

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What would let an answer of a server command the terminal."""


def summary(run: Run, *, folder: str, width: int = USUAL) -> str:
    """Findings as titled blocks, then counts, reasons, paths and seed; `width` in columns.

    Replay lines are never broken: they are there to be copied.
    """
    columns = min(max(width, NARROWEST), WIDEST)
    known = {each.id: each for each in run.requirements}
    lines: list[str] = []
    for finding in run.findings[:FINDINGS_SHOWN]:
        lines += [*_block(finding, known, columns, folder), ""]
    if len(run.findings) > FINDINGS_SHOWN:
        lines += [
            f"… and {len(run.findings) - FINDINGS_SHOWN} more findings in {folder}/run.json",
            "",
        ]
    lines.append(f"{run.verdict.upper()}  {run.target.url}  partner {run.target.partner_id}")
    for name, value in _counts(run):
        lines += _row(name, value, columns)
    for reason in run.reasons:
        lines += _row("because", reason, columns)
    lines.append(f"  evidence   {folder}")
    return "\n".join(lines)


def _block(
    finding: Finding, known: Mapping[str, RequirementResult], width: int, folder: str
) -> Iterator[str]:
    held = known.get(finding.requirement)
    statement = held.statement if held else ""
    title = f"{finding.requirement}  {statement}  {finding.level}  {finding.subject}"
    if statement and len(title) <= width:
        yield title
    else:
        yield f"{finding.requirement}  {finding.level}  {finding.subject}"
        yield from textwrap.wrap(statement, width - 2, initial_indent="  ", subsequent_indent="  ")
    if finding.waived:
        reason = f"until {finding.waived.expires}: {finding.waived.reason}"
        yield from _row("waived", reason, width)
    yield from _row("at", finding.where, width)
    yield from _row("expected", _short(finding.expected), width)
    yield from _row("actual", _short(finding.actual), width)
    if finding.hint:
        yield from _row("hint", finding.hint, width)
    others = [subject for subject in finding.subjects if subject != finding.subject]
    if others:
        yield from _row("also in", subjects_in_words(others, SUBJECTS_SHOWN), width)
    if finding.minimal:
        calls = ", ".join(finding.minimal[:CALLS_SHOWN])
        rest = len(finding.minimal) - CALLS_SHOWN
        more = f" and {rest} more" if rest > 0 else ""
        shrunk = f"{len(finding.minimal)} calls: {calls}{more}"
        yield from _row("shrunk to", shrunk, width)
        yield f"  reproduce  {folder}/{finding.script}"
    yield f"  replay     {finding.reproduce}"


def _row(name: str, value: str, width: int) -> list[str]:
    """A labelled line, its value indented where it goes on."""
    safe = _CONTROL.sub("\ufffd", " ".join(value.split()))
    told = textwrap.wrap(safe, max(20, width - LABEL), break_on_hyphens=False)
    first, *rest = told or [""]
    return [f"  {name:<{LABEL - 2}}{first}".rstrip(), *(" " * LABEL + line for line in rest)]


def _short(text: str) -> str:
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}…"


def _objects(made: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How many services made an object, and what had to be learned for it; of old runs nothing."""
    if not made:
        return
    yield "objects", f"of {made['made']} of the {made['total']} services with an add"
    for service, deeds in made["learned"].items():
        yield "learned", f"{service}: {'; '.join(deeds)}"


def _counts(run: Run) -> Iterator[tuple[str, str]]:
    passed = sum(1 for r in run.requirements if r.outcome == "passed")
    outcomes = " · ".join(
        f"{count:,} {word.replace('_', ' ')}" for word, count in run.outcomes.items() if count
    )
    per_second = f"{run.traffic.requests_per_second:.0f}/s, {run.traffic.retries} retries"
    actions = run.coverage["actions"]
    yield "server", run.target.server_version
    yield (
        "schema",
        f"{run.schema.api_version}: {run.schema.services} services, {run.schema.actions} actions"
        + (", as far as it could be read" if run.schema.unsound else ""),
    )
    yield "checks", f"{run.executed.checks:,} of {run.plan.checks:,}: {outcomes}"
    yield "rules", f"{passed} of {len(run.requirements)} requirements hold without reserve"
    yield (
        "actions",
        f"{actions['called']} called, {actions['answered']} answered of {actions['total']}",
    )
    yield from _objects(run.coverage.get("lifecycles", {}).get("objects", {}))
    yield (
        "traffic",
        f"{run.traffic.requests:,} requests in {run.seconds:.1f} s ({per_second})",
    )
    yield "left over", f"{run.leftovers} objects"
    yield "seed", str(run.seed)
