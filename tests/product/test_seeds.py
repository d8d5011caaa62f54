from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.product.judging import judged, told

HERE = Path(__file__).parent.parent.parent
SCHEMA = "KalturaClient-22.19.0.xml"
SEEDS = int(os.environ.get("KALTURA_CONFORMANCE_SEEDS", "20"))
LONGEST_SECONDS = 1_800
FEWEST_MADE = 59
"""Services of the real schema with objects; the others are the installation's own or would do harm
(docs/coverage.md)."""
FEWEST_LIVES = 50
FEWEST_ANSWERED = 900


def _schema() -> str | None:
    """The real schema where there is one, else None: the embedded server's own."""
    configured = os.environ.get("KALTURA_CONFORMANCE_DATA")
    folder = Path(configured) if configured else HERE.parent / "shared" / "data"
    return str(folder / SCHEMA) if (folder / SCHEMA).is_file() else None


@pytest.mark.slow
@pytest.mark.timeout(LONGEST_SECONDS)
@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_no_seed_finds_anything(seed: int, tmp_path: Path) -> None:
    """The sound server is conformant, whatever is drawn, and the run covers what it can."""
    schema = _schema()

    run = judged(tmp_path, seed=seed, **({"schema": schema} if schema else {}))

    assert told(run) == []
    assert run["verdict"] == "conformant"
    if schema is not None:
        coverage = run["coverage"]
        objects = coverage["lifecycles"]["objects"]
        assert objects["made"] >= FEWEST_MADE, objects["not_made"]
        assert coverage["lifecycles"]["completed"] >= FEWEST_LIVES
        assert coverage["actions"]["answered"] >= FEWEST_ANSWERED
