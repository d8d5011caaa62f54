"""A confirmed breach of a requirement by a subject, as a person acts on it."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct


class WaivedBy(Struct, frozen=True):
    """The waiver that accepts a finding."""

    reason: str
    expires: str
    issue: str | None = None
    owner: str | None = None


class Finding(Struct, frozen=True):
    """A breach that showed twice. One root cause is one finding: `subjects` lists them all.

    `minimal` are the fewest calls that show it, `script` the program that makes them, in the run's
    folder; empty where no program was found that shows it by itself.
    """

    id: str
    requirement: str
    level: str
    subject: str
    where: str
    expected: str
    actual: str
    hint: str
    calls: tuple[int, ...]
    reproduce: str
    subjects: tuple[str, ...] = ()
    waived: WaivedBy | None = None
    minimal: tuple[str, ...] = ()
    script: str = ""


def finding_id(requirement: str, subject: str, where: str) -> str:
    """A short name that stays the same from run to run: `f-` and 8 hex digits."""
    digest = sha256(f"{requirement}\x1f{subject}\x1f{where}".encode()).hexdigest()
    return f"f-{digest[:8]}"
