"""What failed is kept for the next run, by target and service, and only as long as it is of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis.database import DirectoryBasedExampleDatabase

from conformance.generation.histories import Abilities, Step, Way
from conformance.plugin.memory import MOST_RECALLED, Memory
from conformance.plugin.settings import from_options

if TYPE_CHECKING:
    from pathlib import Path

ABILITIES = Abilities(frozenset({"add", "get", "update", "delete"}))
SHORT = (Step("add", "a"), Step("get", "a"))
LONG = (
    Step("add", "a", seed=7, values=(("name", "a"), ("width", 1))),
    Step("update", "a", way=Way(second=True), values=(("name", "b"),)),
    Step("get", "a", way=Way(batch=True, carriage="xml")),
)


def memory(
    folder: Path | None, target: str = "https://one.example", *, recalls: bool = True
) -> Memory:
    return Memory(folder, target, recalls=recalls)


def test_what_is_noted_is_recalled_the_shortest_first(tmp_path: Path) -> None:
    """Steps, ways and values come back as they were."""
    memory(tmp_path).note("media", LONG)
    memory(tmp_path).note("media", SHORT)
    memory(tmp_path).note("media", SHORT)

    assert memory(tmp_path).recalled("media", ABILITIES) == (SHORT, LONG)


def test_what_is_dropped_is_forgotten(tmp_path: Path) -> None:
    """It does not fail any more."""
    memory(tmp_path).note("media", SHORT)
    memory(tmp_path).drop("media", SHORT)

    assert memory(tmp_path).recalled("media", ABILITIES) == ()


def test_targets_and_services_are_kept_apart(tmp_path: Path) -> None:
    """What failed there says nothing of here."""
    memory(tmp_path).note("media", SHORT)

    assert memory(tmp_path).recalled("user", ABILITIES) == ()
    assert memory(tmp_path, "https://two.example").recalled("media", ABILITIES) == ()


def test_without_recalling_it_is_noted_all_the_same(tmp_path: Path) -> None:
    """So a run with a seed of its own sends what the seed says, and is of use to the next."""
    memory(tmp_path, recalls=False).note("media", SHORT)

    assert memory(tmp_path, recalls=False).recalled("media", ABILITIES) == ()
    assert memory(tmp_path).recalled("media", ABILITIES) == (SHORT,)


def test_without_a_folder_nothing_is_kept() -> None:
    """And nothing fails."""
    memory(None).note("media", SHORT)
    memory(None).drop("media", SHORT)

    assert memory(None).recalled("media", ABILITIES) == ()


@pytest.mark.parametrize(
    "held",
    [
        b"no json",
        b'[{"rule":"fly"}]',
        b"[]",
        b'[{"rule":"get","who":"a"}]',
        b'[{"rule":"add","who":"a"},{"rule":"clone","who":"b","of":"a"}]',
    ],
)
def test_what_cannot_be_played_is_dropped(tmp_path: Path, held: bytes) -> None:
    """Of another version, not sound, or beyond what the service still offers."""
    database = DirectoryBasedExampleDatabase(tmp_path)
    memory(tmp_path).note("media", SHORT)
    (key,) = (k for k in database.fetch(b".hypothesis-keys") if b"media" in k)
    database.save(key, held)

    assert memory(tmp_path).recalled("media", ABILITIES) == (SHORT,)
    assert len(list(database.fetch(key))) == 1


def test_few_are_recalled(tmp_path: Path) -> None:
    """A run is no slower for a target that fails everywhere."""
    for seed in range(9):
        memory(tmp_path).note("media", (Step("add", "a", seed=seed), Step("get", "a")))

    assert len(memory(tmp_path).recalled("media", ABILITIES)) == MOST_RECALLED


def test_a_folder_that_cannot_be_written_or_read_is_no_reason_to_fail(tmp_path: Path) -> None:
    """A cache is what one can do without."""
    file = tmp_path / "file"
    file.write_text("no folder")

    memory(file / "histories").note("media", SHORT)

    assert memory(file / "histories").recalled("media", ABILITIES) == ()


def test_who_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any run notes, one without a seed recalls; planted faults and certifications do neither."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "kaltura-conformance" / "histories"
    profile = tmp_path / "profile.toml"
    profile.write_text("[generation]\nremember = false\n")

    usual, seeded = from_options({}), from_options({"seed": 7})
    assert (usual.memory, usual.recalls) == (folder, True)
    assert (seeded.memory, seeded.recalls) == (folder, False)
    assert from_options({"profile": str(profile)}).memory is None
    assert from_options({}, testimony=True).memory is None
    assert from_options({}, faults=("crud.get_fails",)).memory is None
