"""The closing summary of a run, as text for a terminal or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.requirements.requirement import Requirement
    from conformance.verdict.finding import Finding
    from conformance.verdict.run import Run

FINDINGS_SHOWN = 25
SUBJECTS_SHOWN = 6


def summary(run: Run, requirements: Mapping[str, Requirement], *, folder: str) -> str:
    """Findings as titled blocks, then counts, reasons, paths and seed."""
    lines: list[str] = []
    for finding in run.findings[:FINDINGS_SHOWN]:
        lines += [*_block(finding, requirements), ""]
    if len(run.findings) > FINDINGS_SHOWN:
        lines += [
            f"… and {len(run.findings) - FINDINGS_SHOWN} more findings in {folder}/run.json",
            "",
        ]
    lines += _counts(run)
    lines += [f"  because    {reason}" for reason in run.reasons]
    lines.append(f"  evidence   {folder}")
    return "\n".join(lines)


def _block(finding: Finding, requirements: Mapping[str, Requirement]) -> Iterator[str]:
    statement = requirements[finding.requirement].statement
    yield f"{finding.requirement}  {statement}  {finding.level}  {finding.subject}"
    if finding.waived:
        yield f"  waived     until {finding.waived.expires}: {finding.waived.reason}"
    yield f"  at         {finding.where}"
    yield f"  expected   {finding.expected}"
    yield f"  actual     {finding.actual}"
    if finding.hint:
        yield f"  hint       {finding.hint}"
    others = [subject for subject in finding.subjects if subject != finding.subject]
    if others:
        shown = ", ".join(others[:SUBJECTS_SHOWN])
        more = f" and {len(others) - SUBJECTS_SHOWN} more" if len(others) > SUBJECTS_SHOWN else ""
        yield f"  also in    {shown}{more}"
    yield f"  replay     {finding.reproduce}"


def _objects(made: Mapping[str, Any]) -> Iterator[str]:
    """How many services made an object, and what had to be learned for it; of old runs nothing."""
    if not made:
        return
    yield f"  objects    of {made['made']} of the {made['total']} services with an add"
    for service, deeds in made["learned"].items():
        yield f"  learned    {service}: {'; '.join(deeds)}"


def _counts(run: Run) -> Iterator[str]:
    passed = sum(1 for r in run.requirements if r.outcome == "passed")
    outcomes = " · ".join(
        f"{count} {word.replace('_', ' ')}" for word, count in run.outcomes.items() if count
    )
    actions = run.coverage["actions"]
    yield f"{run.verdict.upper()}  {run.target.url}  partner {run.target.partner_id}"
    yield f"  server     {run.target.server_version}"
    yield (
        f"  schema     {run.schema.api_version}: {run.schema.services} services, "
        f"{run.schema.actions} actions"
    )
    yield f"  checks     {run.executed.checks} of {run.plan.checks}: {outcomes}"
    yield f"  rules      {passed} of {len(run.requirements)} requirements hold without reserve"
    yield (
        f"  actions    {actions['called']} called, {actions['answered']} answered "
        f"of {actions['total']}"
    )
    yield from _objects(run.coverage.get("lifecycles", {}).get("objects", {}))
    yield (
        f"  traffic    {run.traffic.requests} requests in {run.seconds:.1f} s "
        f"({run.traffic.requests_per_second:.0f}/s, {run.traffic.retries} retries)"
    )
    yield f"  left over  {run.leftovers} objects"
    yield f"  seed       {run.seed}"
