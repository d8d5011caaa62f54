"""A summary in Markdown, for a pull request, a wiki, or a job's page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reporting.story import titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reporting.evidence import Evidence
    from conformance.verdict.finding import Finding

FINDINGS_TOLD = 50
SUBJECTS_TOLD = 8
SIGNS = {"conformant": "✅", "not conformant": "❌", "inconclusive": "⚠️"}
LONGEST_VALUE = 300


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`summary.md`."""
    yield "summary.md", markdown(evidence).encode()


def markdown(evidence: Evidence) -> str:
    """Verdict, facts, then each finding folded."""
    run = evidence.run
    counts = ", ".join(
        f"{count} {word.replace('_', ' ')}" for word, count in run.outcomes.items() if count
    )
    actions = run.coverage["actions"]
    facts = {
        "target": f"{_html(run.target.url)}, partner {run.target.partner_id}, "
        f"server {_html(run.target.server_version)}",
        "schema": f"{_html(run.schema.api_version)}: {run.schema.services} services, "
        f"{run.schema.actions} actions",
        "checks": f"{run.executed.checks} of {run.plan.checks}: {counts}",
        "actions": f"{actions['called']} of {actions['total']} called",
        "when": f"{run.started}, {run.seconds:.0f} s, seed {run.seed}, suite {run.suite.version}",
    }
    lines = [f"## {SIGNS[run.verdict]} Kaltura API: {run.verdict}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in facts.items()]
    lines += ["", *(f"- because {_html(reason)}" for reason in run.reasons)]
    standing = [finding for finding in run.findings if finding.waived is None]
    waived = [finding for finding in run.findings if finding.waived is not None]
    if standing:
        lines += ["", f"### {len(standing)} findings", ""]
        lines += [line for f in standing[:FINDINGS_TOLD] for line in _finding(evidence, f)]
    if len(standing) > FINDINGS_TOLD:
        lines += ["", f"… and {len(standing) - FINDINGS_TOLD} more."]
    if waived:
        lines += ["", f"### {len(waived)} waived", ""]
        lines += [line for f in waived[:FINDINGS_TOLD] for line in _finding(evidence, f)]
    return "\n".join(lines).rstrip() + "\n"


def _finding(evidence: Evidence, finding: Finding) -> Iterator[str]:
    title = _html(titled(evidence, finding.requirement))
    names = finding.subjects or (finding.subject,)
    more = f" and {len(names) - SUBJECTS_TOLD} more" if len(names) > SUBJECTS_TOLD else ""
    yield "<details>"
    yield (
        f"<summary><b>{finding.requirement}</b> {finding.level} · {title} "
        f"<code>{_html(finding.subject)}</code></summary>"
    )
    yield ""
    yield f"- at {_code(finding.where)}"
    yield f"- expected {_code(finding.expected)}"
    yield f"- actual {_code(finding.actual)}"
    if finding.hint:
        yield f"- hint: {_html(finding.hint)}"
    yield f"- in {', '.join(_code(name) for name in names[:SUBJECTS_TOLD])}{more}"
    if finding.waived:
        yield f"- waived until {finding.waived.expires}: {_html(finding.waived.reason)}"
    yield f"- again: {_code(finding.reproduce)}"
    yield ""
    yield "</details>"
    yield ""


def _code(text: str) -> str:
    """A code span that the text cannot leave, on one line."""
    flat = " ".join(text.split()) or " "
    if len(flat) > LONGEST_VALUE:
        flat = f"{flat[:LONGEST_VALUE]}…"
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _html(text: str) -> str:
    """Text in which nothing is markup: servers choose some of these words."""
    flat = " ".join(text.split())
    escaped = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~@#])", r"\\\1", escaped)
