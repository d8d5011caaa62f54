"""What was measured of the suite itself: whether it notices faults, and whether it cries wolf.

`prove --record FILE` measures it; what comes with the suite stands in every run's summary.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from pathlib import Path


class Detection(Struct, frozen=True):
    """Seeded faults: how many were found by the requirement that they break."""

    found: int
    faults: int
    measured: str
    suite: str


class FalseAlarms(Struct, frozen=True):
    """Benign variations: how many of them raised a finding although nothing was wrong."""

    alarmed: int
    variations: int
    measured: str
    suite: str


class Quality(Struct, frozen=True, forbid_unknown_fields=True):
    """Each part with its day and the suite's version; None for what was not measured."""

    detection: Detection | None = None
    false_alarms: FalseAlarms | None = None


def shipped_quality() -> Quality | None:
    """The figures that come with the suite, or None where it comes with none."""
    shipped = files("conformance.verdict").joinpath("quality.json")
    return _decode(shipped.read_bytes(), str(shipped)) if shipped.is_file() else None


def record_quality(path: Path, part: Detection | FalseAlarms) -> None:
    """Put one part into the file and keep the other; UsageError where it holds something else."""
    held = _decode(path.read_bytes(), str(path)) if path.exists() else Quality()
    key = "detection" if isinstance(part, Detection) else "false_alarms"
    text = msgspec.json.encode(msgspec.structs.replace(held, **{key: part}))
    path.write_bytes(msgspec.json.format(text, indent=2) + b"\n")


def _decode(content: bytes, place: str) -> Quality:
    try:
        return msgspec.json.decode(content, type=Quality)
    except msgspec.DecodeError as error:
        raise UsageError(f"no quality figures: {error}", place=place) from error
