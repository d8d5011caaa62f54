"""The summary of a run: `run.json`, key by key as scripts read it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct, field

from conformance.verdict.finding import Finding
from conformance.verdict.percentiles import Latency
from conformance.verdict.quality import Quality

FORMAT = 1
"""The version of the files of a run."""


class Verdict(StrEnum):
    """What a run says of its target."""

    CONFORMANT = "conformant"
    NOT_CONFORMANT = "not conformant"
    INCONCLUSIVE = "inconclusive"


class SuiteFacts(Struct, frozen=True):
    """Which suite judged."""

    version: str
    requirements: int
    quality: Quality | None = None
    """What was measured of the suite itself; None where nothing was."""


class SchemaFacts(Struct, frozen=True):
    """Which schema the checks were derived from."""

    api_version: str
    sha256: str
    services: int
    actions: int
    unsound: tuple[str, ...] = ()
    """What could not be read of it, where a server publishes an unsound one."""


class TargetFacts(Struct, frozen=True):
    """Which server was judged, and as which account."""

    url: str
    server_version: str
    partner_id: int


class CheckSet(Struct, frozen=True):
    """A set of checks: how many, and the digest of their names in order."""

    checks: int
    sha256: str


class TrafficFacts(Struct, frozen=True):
    """What went over the wire. A multirequest is one request with several calls."""

    requests: int
    calls: int
    requests_per_second: float
    retries: int
    unanswered: int = 0
    """Requests whose connection was lost or timed out; they are judged by nobody."""


class RequirementResult(Struct, frozen=True):
    """How a requirement fared over all its subjects."""

    id: str
    area: str
    level: str
    outcome: str
    passed: int
    failed: int
    waived: int = 0
    inconclusive: int = 0
    not_applicable: int = 0
    statement: str = ""
    source: str = ""


class Unjudged(Struct, frozen=True):
    """A requirement of the catalogue that had no check in this run, and why."""

    id: str
    area: str
    level: str
    statement: str
    reason: str


class SelectionFacts(Struct, frozen=True):
    """What was asked for: the least level, patterns, and whether nothing might be written."""

    level: str
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    read_only: bool = False


class WaiverFacts(Struct, frozen=True):
    """A waiver of the profile, and what became of it."""

    requirement: str
    subjects: tuple[str, ...]
    reason: str
    expires: str
    state: Literal["applied", "expired", "not needed"]
    issue: str | None = None
    owner: str | None = None


class Run(Struct, frozen=True):
    """`run.json`."""

    format: int
    verdict: Verdict
    exit: int
    started: str
    seconds: float
    seed: int
    suite: SuiteFacts
    schema: SchemaFacts
    target: TargetFacts
    plan: CheckSet
    executed: CheckSet
    outcomes: dict[str, int]
    traffic: TrafficFacts
    requirements: tuple[RequirementResult, ...]
    findings: tuple[Finding, ...]
    coverage: dict[str, Any]
    leftovers: int
    profile: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    """Why the verdict is what it is, where findings do not say it."""
    selection: SelectionFacts | None = None
    unjudged: tuple[Unjudged, ...] = ()
    waivers: tuple[WaiverFacts, ...] = ()
    latency: dict[str, Latency] = field(default_factory=dict)
    """By action, of the requests that got an answer."""
