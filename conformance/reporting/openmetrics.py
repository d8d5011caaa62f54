"""OpenMetrics text, for a scrape or a push gateway: how conformance goes over time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from conformance.verdict.run import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Sample = tuple[Mapping[str, str], float]

    from conformance.reporting.evidence import Evidence

PREFIX = "kaltura_conformance"
QUANTILES = (("0.5", "p50"), ("0.9", "p90"), ("0.99", "p99"), ("1", "max"))


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`metrics.txt`."""
    lines = [line for family in _families(evidence) for line in family]
    text = "\n".join([*lines, "# EOF", ""])
    yield "metrics.txt", text.encode()


def _families(evidence: Evidence) -> Iterator[list[str]]:
    run = evidence.run
    facts = {
        "target": run.target.url,
        "server_version": run.target.server_version,
        "schema_version": run.schema.api_version,
        "suite_version": run.suite.version,
    }
    yield _info("run", "What was judged, and by which suite.", facts)
    verdicts = [({"verdict": each}, int(each == run.verdict)) for each in Verdict]
    yield _gauge("verdict", "1 at the verdict of the run.", verdicts)
    checks = [({"outcome": word}, count) for word, count in run.outcomes.items()]
    yield _gauge("checks", "Checks by outcome.", checks)
    findings = Counter(
        (finding.level, "yes" if finding.waived else "no") for finding in run.findings
    )
    yield _gauge(
        "findings",
        "Findings by level; waived ones apart.",
        [
            ({"level": level, "waived": waived}, findings[level, waived])
            for level in ("MUST", "SHOULD", "MAY")
            for waived in ("no", "yes")
        ],
    )
    yield _gauge(
        "requirement_failed_checks",
        "Failed checks of a requirement.",
        [({"requirement": r.id, "level": r.level}, r.failed) for r in run.requirements],
    )
    actions = run.coverage["actions"]
    kinds = ("called", "answered", "total")
    yield _gauge(
        "actions", "Actions of the schema.", [({"kind": kind}, actions[kind]) for kind in kinds]
    )
    yield _gauge("requests", "Requests that were sent.", [({}, run.traffic.requests)])
    yield _gauge("duration_seconds", "How long the run took.", [({}, run.seconds)])
    yield _gauge(
        "start_timestamp_seconds",
        "When the run began, in epoch seconds.",
        [({}, datetime.fromisoformat(run.started).timestamp())],
    )
    yield _gauge(
        "latency_seconds",
        "Time to an action's answer, by quantile.",
        [
            ({"action": action, "quantile": quantile}, round(getattr(times, name) / 1000, 6))
            for action, times in run.latency.items()
            for quantile, name in QUANTILES
        ],
    )


def _gauge(name: str, text: str, samples: Iterable[Sample]) -> list[str]:
    full = f"{PREFIX}_{name}"
    head = [f"# TYPE {full} gauge"]
    if name.endswith("_seconds"):
        head.append(f"# UNIT {full} seconds")
    head.append(f"# HELP {full} {text}")
    return [*head, *(f"{full}{_labels(labels)} {value}" for labels, value in samples)]


def _info(name: str, text: str, labels: Mapping[str, str]) -> list[str]:
    full = f"{PREFIX}_{name}"
    return [f"# TYPE {full} info", f"# HELP {full} {text}", f"{full}_info{_labels(labels)} 1"]


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
