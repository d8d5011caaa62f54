"""Planted stateful faults are met and made as small as the benchmark's table states beforehand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)

BENCHMARKS = Path(__file__).resolve().parent.parent.parent / "benchmarks"
FAULTS = (
    "second_update_is_not_shown",
    "clone_shares_the_row",
    "remade_object_is_the_old_one",
    "id_is_given_again",
    "base_update_leaves_a_stale_copy",
)
"""One of each shape; the benchmark itself goes over all of them."""


@pytest.fixture(scope="module")
def benchmark() -> Any:
    """The benchmark, as a module."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("histories", BENCHMARKS / "histories.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_met_and_made_minimal(benchmark: Any, fault: str) -> None:
    """Calls, values, and each value the plainest of its property."""
    least = benchmark.TABLE[fault]

    found, minimal = benchmark.look_for(fault, way="machine", seed=5, most=60)

    assert minimal, f"{least.told}, found: {'; '.join(map(str, found.steps))}"
    assert found.histories <= 60
