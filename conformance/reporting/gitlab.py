"""Annotations for GitLab: a code-quality report, which merge requests show."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from conformance.reporting.story import titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reporting.evidence import Evidence

SEVERITY = {"MUST": "critical", "SHOULD": "minor", "MAY": "info"}


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`gl-code-quality-report.json`.

    GitLab wants a place in the repository; a server has none, so a subject's name stands there.
    """
    issues = [
        {
            "description": (
                f"{finding.requirement}: {titled(evidence, finding.requirement)} "
                f"At {finding.where} of {subject}"
            ),
            "check_name": finding.requirement,
            "fingerprint": sha256(f"{finding.requirement}\x1f{subject}".encode()).hexdigest(),
            "severity": SEVERITY[finding.level],
            "categories": ["Compatibility"],
            "location": {"path": f"api_v3/{subject}", "lines": {"begin": 1}},
        }
        for finding in evidence.run.findings
        if finding.waived is None
        for subject in finding.subjects or (finding.subject,)
    ]
    first = {issue["fingerprint"]: issue for issue in reversed(issues)}
    unique = [issue for issue in issues if first[issue["fingerprint"]] is issue]
    yield "gl-code-quality-report.json", msgspec.json.format(msgspec.json.encode(unique)) + b"\n"
