"""Allure's own generator makes its pages of our results (`tox -e allure`, which needs node)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from conformance.reporting.formats import render
from conformance.reporting.writing import write

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.reporting.evidence import Evidence


@pytest.fixture
def allure() -> str:
    """The generator."""
    found = os.environ.get("KALTURA_CONFORMANCE_ALLURE") or shutil.which("allure")
    if not found or not shutil.which("node"):
        pytest.skip("no allure generator is installed (tox -e allure has it)")
    return found


def test_the_generator_reads_every_result(hostile: Evidence, tmp_path: Path, allure: str) -> None:
    """It counts what we count, and sorts failures into our categories."""
    pytest.importorskip("allure_commons", reason="Allure's library is not installed")
    (results,) = write(render(hostile, ["allure"]), tmp_path)
    pages = tmp_path / "pages"
    command = [allure, "generate", str(results), "--output", str(pages)]
    done = subprocess.run(  # noqa: S603 - a program that the tester installed
        [*command, "--config", str(results / "allurerc.mjs")],
        cwd=tmp_path,
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    (summary,) = pages.rglob("summary.json")
    stats = json.loads(summary.read_text())["stats"]
    (categories,) = pages.rglob("widgets/categories.json")

    assert (stats["total"], stats["failed"], stats["passed"]) == (8, 2, 2)
    assert (stats["broken"], stats["unknown"], stats["skipped"]) == (1, 1, 2)
    for name in ("A MUST is broken", "Waived", "Could not be judged", "The suite itself broke"):
        assert name in categories.read_text()
