"""The same seed, schema and profile give the same requests, whatever the number of workers."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options
from conformance.reporting.reading import read_records

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)
"""Three runs."""

SELECTED = ("CRUD-HISTORY-*", "CRUD-UPDATE-001", "ERR-SERVICE-001")
IDENTITY = re.compile(r"^id$|Ids?$|[iI]d(Equal|In|NotIn)$")
TIME = re.compile(r"Date|At(Greater|Less|$)|expiry|[tT]ime$")
OWN = (
    (re.compile(r"\u2039redacted:\w+\u203a"), "KS"),
    (re.compile(r"kc-?20\d\d-?\d\d-?\d\dt?[\w-]*?(?=-x[0-9a-f]{4}\d|[^\w-]|$)"), "MARK"),
    (re.compile(r"x[0-9a-f]{4}\d+"), "NAME"),
    (re.compile(r"\b\d_\w{8,}\b"), "ID"),
)
"""What is each run's own: sessions, marks, names and ids."""
IDS = range(1_000, 10_000)
"""The numbers that the embedded server gives."""


def normal(value: Any, name: str = "") -> Any:
    """A parameter without what is each run's own."""
    if isinstance(value, dict):
        return {key: normal(each, key) for key, each in sorted(value.items())}
    if isinstance(value, list):
        return [normal(each, name) for each in value]
    if IDENTITY.search(name) or TIME.search(name):
        return "*"
    if isinstance(value, str):
        for pattern, word in OWN:
            value = pattern.sub(word, value)
        return "*" if re.fullmatch(r"[\d,]{4,}", value) else value
    return "*" if isinstance(value, int) and value in IDS else value


def requests_of(folder: Path, *, workers: int, seed: int) -> Counter[str]:
    """The requests of a run, however often each was sent."""
    options = {"select": SELECTED, "seed": seed, "workers": workers, "record": "all"}
    run = judge(from_options({**options, "output": str(folder)}, quiet=True))
    assert run.exit == 0
    return Counter(
        json.dumps([r["service"], r["action"], r["session"], r.get("form"), normal(r["params"])])
        for r in read_records(str(folder), "traffic.jsonl")
        if "request" in r
    )


def test_one_worker_and_eight_send_the_same(tmp_path: Path) -> None:
    """Ids, times and sessions aside; another seed sends something else."""
    one = requests_of(tmp_path / "one", workers=1, seed=7)
    eight = requests_of(tmp_path / "eight", workers=8, seed=7)
    other = requests_of(tmp_path / "other", workers=8, seed=8)

    assert one == eight
    assert one != other
    assert one.total() > 1_000
