from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.product.judging import judged, told

if TYPE_CHECKING:
    from pathlib import Path

ANOTHER_PRODUCT = (
    "values.ints_are_texts",
    "values.bigints_are_texts",
    "values.floats_are_texts",
    "values.objects_have_newer_properties",
    "lists.index_lags_behind",
    "company.others_write_all_the_time",
    "network.answers_take_their_time",
)
"""JSON numbers as text, properties that the schema lacks, an index three seconds behind, other
clients at work, 50 milliseconds to an answer with jitter."""
PROFILE = """
extends = "reference"

[limits]
settle-seconds = 20
settle-poll-ms = 250
workers = 8
"""
"""What a user would say of such a server: how long its index may take."""
LONGEST_SECONDS = 3_600


def test_lives_and_lists_on_another_product_raise_nothing(tmp_path: Path) -> None:
    """A sample: the life of every service's objects."""
    run = judged(
        tmp_path, variations=ANOTHER_PRODUCT, profile=PROFILE, select=("crud",), seed=11, examples=2
    )

    assert told(run) == []
    assert run["verdict"] == "conformant"


@pytest.mark.slow
@pytest.mark.timeout(LONGEST_SECONDS)
def test_a_whole_run_on_another_product_raises_nothing(tmp_path: Path) -> None:
    """Every check, on a server that is sound and unlike ours."""
    run = judged(tmp_path, variations=ANOTHER_PRODUCT, profile=PROFILE, seed=11)

    assert told(run) == []
    assert run["verdict"] == "conformant"
