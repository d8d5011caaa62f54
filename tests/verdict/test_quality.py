"""The suite's own quality figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from conformance.cli.main import invoke
from conformance.exceptions import UsageError
from conformance.verdict.quality import (
    Detection,
    FalseAlarms,
    Quality,
    record_quality,
    shipped_quality,
)

if TYPE_CHECKING:
    from pathlib import Path

FOUND = Detection(49, 50, "2026-11-20", "0.1.0")
ALARMS = FalseAlarms(1, 40, "2026-11-21", "0.1.0")


def test_each_measurement_keeps_the_other(tmp_path: Path) -> None:
    """Faults and variations are proved at different times."""
    path = tmp_path / "quality.json"
    record_quality(path, FOUND)
    record_quality(path, ALARMS)

    assert msgspec.json.decode(path.read_bytes(), type=Quality) == Quality(FOUND, ALARMS)


def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    """A slip in the name costs nobody a file."""
    path = tmp_path / "run.json"
    path.write_text('{"verdict": "conformant"}')

    with pytest.raises(UsageError, match="no quality figures"):
        record_quality(path, FOUND)
    assert path.read_text() == '{"verdict": "conformant"}'


def test_what_is_shipped_is_readable_or_absent() -> None:
    """A file that comes with the suite holds figures of the suite."""
    shipped = shipped_quality()

    assert shipped is None or shipped.detection or shipped.false_alarms


def test_a_part_is_no_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only what was proved whole is recorded."""
    path = tmp_path / "quality.json"
    fault = "errors.error_answers_with_status_500"

    assert invoke(("prove", "--fault", fault, "--record", str(path))) == 2
    assert "is no score" in capsys.readouterr().err
    assert not path.exists()
