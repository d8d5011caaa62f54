"""A history that fails is told with its smallest inputs, and the next run tries it first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.generation.histories import Abilities
from conformance.plugin.judging import judge
from conformance.plugin.memory import Memory
from conformance.plugin.settings import from_options
from conformance.reporting.reading import read_records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.verdict.run import Run

pytestmark = pytest.mark.timeout(300)

OTHERS = (
    "schema", "wire", "errors", "session", "access", "list", "inheritance", "actions",
    "multirequest", "upload", "workflows", "robustness", "CRUD-[!H]*",
)  # fmt: skip
FAULT = "histories.session_remembers_what_it_got"
EVERYTHING = Abilities(frozenset({"add", "get", "update", "list", "clone", "delete"}))


def run_of(folder: Path, memory: Path, *, seed: int, faults: Sequence[str] = ()) -> Run:
    """A run over the histories of one service, which remembers in `memory`."""
    options: dict[str, Any] = {
        "select": ("uiconf",),
        "deselect": OTHERS,
        "seed": seed,
        "record": "all",
        "output": str(folder),
    }
    settings = from_options(options, quiet=True, faults=tuple(faults), reproduce=False)
    return judge(replace(settings, memory=memory, recalls=True))


def calls_of(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """What the run asked of the service, in its order."""
    return [
        (record["action"], record["params"])
        for record in read_records(str(folder), "traffic.jsonl")
        if "request" in record and record["service"] == "uiconf"
    ]


def test_a_failing_history_is_the_first_of_the_next_run(tmp_path: Path) -> None:
    """Four calls show it again, whatever that run's seed; once they show nothing it is dropped."""
    memory = tmp_path / "memory"

    found = run_of(tmp_path / "one", memory, seed=7, faults=[FAULT])
    (finding,) = (each for each in found.findings if each.requirement == "CRUD-HISTORY-001")
    _, _, told = finding.hint.partition("shrunk to ")
    (remembered,) = Memory(memory, "embedded", recalls=True).recalled("uiconf", EVERYTHING)

    assert told == f"{len(remembered)} calls: {'; '.join(map(str, remembered))}"
    assert [step.rule for step in remembered] == ["add", "get", "update", "get"]
    assert [len(step.values or ()) for step in remembered] == [0, 0, 1, 0]

    again = run_of(tmp_path / "two", memory, seed=8, faults=[FAULT])
    first = calls_of(tmp_path / "two")[:4]
    (sent,) = (params["uiConf"] for action, params in first if action == "update")

    assert "CRUD-HISTORY-001" in {finding.requirement for finding in again.findings}
    assert [action for action, _ in first] == ["add", "get", "update", "get"]
    ((name, value),) = remembered[2].values or ()
    assert set(sent) == {"objectType", name}
    assert str(sent[name]).endswith(str(value))

    sound = run_of(tmp_path / "three", memory, seed=9)

    assert (sound.exit, sound.findings) == (0, ())
    assert [action for action, _ in calls_of(tmp_path / "three")[:4]] == [
        "add",
        "get",
        "update",
        "get",
    ]
    assert Memory(memory, "embedded", recalls=True).recalled("uiconf", EVERYTHING) == ()
