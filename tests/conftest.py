"""What several rooms' tests share: where the recorded data lies."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine is says nothing of the product; `benchmarks/` measures that.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# What failed in a test is nobody's next run to try.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="kc-cache-")

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with the real schema and the recordings; the test is skipped without it."""
    configured = os.environ.get("KALTURA_CONFORMANCE_DATA")
    folder = Path(configured) if configured else HERE.parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no recorded data in {folder} (set KALTURA_CONFORMANCE_DATA)")
    return folder
