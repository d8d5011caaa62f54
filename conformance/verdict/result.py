"""How one check ended: a line of `results.jsonl`."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from conformance.verdict.breach import Breach
from conformance.verdict.run import CheckSet


class CheckResult(Struct, frozen=True, tag="check", tag_field="kind"):
    """One check's end: `attempts` counts how often its body ran, `shown` how often it failed."""

    check: str
    requirement: str
    subject: str
    outcome: str
    reason: str = ""
    breaches: tuple[Breach, ...] = ()
    exchanges: tuple[int, ...] = ()
    seconds: float = 0.0
    attempts: int = 1
    shown: int = 0
    service: str = ""
    """The service that the subject is or belongs to; empty for types, enums and the target."""
    began: float = 0.0
    """Seconds from the first check's start to this one's."""


class Header(Struct, frozen=True, tag="header", tag_field="kind"):
    """The first line: which plan the results belong to."""

    format: int
    suite: str
    schema_sha256: str
    profile_sha256: str
    seed: int
    plan: CheckSet


class Footer(Struct, frozen=True, tag="footer", tag_field="kind"):
    """The last line; a file without it was cut. `sha256` is over all lines before it."""

    counts: dict[str, int]
    sha256: str
    ended: Literal["complete", "interrupted", "time limit"]


Line = Header | CheckResult | Footer
