"""Annotations for GitHub: workflow commands on standard output, ten at most as GitHub shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reporting.story import story_of, titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reporting.evidence import Evidence

MOST = 10


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`annotations.txt`: what GitHub reads from a job's output."""
    yield "annotations.txt", "".join(f"{line}\n" for line in commands(evidence)).encode()


def commands(evidence: Evidence) -> Iterator[str]:
    """A `::error` for each finding that stands; where there are more, the last says how many."""
    standing = [finding for finding in evidence.run.findings if finding.waived is None]
    shown = standing if len(standing) <= MOST else standing[: MOST - 1]
    for finding in shown:
        others = len(finding.subjects) - 1
        where = finding.subject + (f" and {others} more" if others > 0 else "")
        title = f"{finding.requirement} {finding.level} {where}"
        text = "\n".join(
            [
                titled(evidence, finding.requirement),
                *story_of(finding),
                f"replay     {finding.reproduce}",
            ]
        )
        yield f"::error title={_property(title)}::{_data(text)}"
    if len(shown) < len(standing):
        text = f"{len(standing) - len(shown)} more findings: see the report of the run"
        yield f"::error title=kaltura-conformance::{text}"


def _data(text: str) -> str:
    """Escaped so that no answer of a server can start a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
