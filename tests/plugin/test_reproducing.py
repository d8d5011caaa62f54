"""Every finding has a program that shows it alone, and shows nothing on a sound server."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance.plugin.embedded import EmbeddedServer
from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options
from conformance.reference.faults import all_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.plugin.embedded import Ready

pytestmark = pytest.mark.timeout(600)
"""Each test is a run, and what was found made again as often as it takes to be short."""

FAULTS = (
    ("crud.delete_leaves_the_object", ("add", "delete")),
    ("crud.update_forgets_what_was_not_sent", ("add", "update", "get")),
    ("session.one_service_takes_ended_sessions", ("start", "end")),
    ("errors.unknown_object_is_null", ()),
    ("histories.second_update_is_not_shown", ("add", "update", "update", "get")),
)
"""Faults of different kinds, and the actions without which they cannot show."""


@pytest.fixture(scope="module")
def sound() -> Iterator[Ready]:
    """A sound server."""
    with EmbeddedServer() as ready:
        yield ready


def ended(program: Path, server: Ready) -> subprocess.CompletedProcess[str]:
    secrets = {
        "KALTURA_CONFORMANCE_ADMIN_SECRET": server.admin_secret,
        "KALTURA_CONFORMANCE_USER_SECRET": server.user_secret,
    }
    return subprocess.run(  # noqa: S603 - our own interpreter, and what the run wrote
        [sys.executable, str(program), server.url, str(server.partner_id)],
        env={**os.environ, **secrets},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("fault", "needed"), FAULTS, ids=[fault for fault, _ in FAULTS])
def test_a_program_shows_the_fault_and_nothing_on_a_sound_server(
    tmp_path: Path, sound: Ready, fault: str, needed: Sequence[str]
) -> None:
    """Exit 1 where the fault is, exit 0 where it is not; the run itself has seen the former."""
    requirement = all_faults()[fault].requirement
    options = {"select": (requirement, "CRUD-GET-001"), "seed": 1}
    options["output"] = str(tmp_path / "run")
    run = judge(from_options(options, quiet=True, faults=(fault,)))
    finding = next(each for each in run.findings if each.requirement == requirement)
    program = tmp_path / "run" / finding.script

    assert finding.script, "no program shows it"
    actions = [call.rpartition(".")[2] for call in finding.minimal]
    assert all(actions.count(each) >= needed.count(each) for each in needed)
    with EmbeddedServer(faults=(fault,)) as broken:
        shown = ended(program, broken)
    assert (shown.returncode, bool(shown.stdout)) == (1, True), shown.stderr
    absent = ended(program, sound)
    assert absent.returncode == 0, absent.stdout + absent.stderr


def test_what_is_written_holds_no_secret(tmp_path: Path) -> None:
    """Neither the program nor the curl lines; both say where one goes."""
    fault = "session.one_service_takes_ended_sessions"
    options = {"select": (all_faults()[fault].requirement,), "output": str(tmp_path / "run")}
    run = judge(from_options({**options, "seed": 1}, quiet=True, faults=(fault,)))
    folder = (tmp_path / "run" / run.findings[0].script).parent
    program, curl = ((folder / name).read_text() for name in ("reproduce.py", "curl.sh"))

    assert "djJ8" not in program + curl
    assert "KALTURA_CONFORMANCE_ADMIN_SECRET" in program
    assert "$KS" in curl


def test_without_a_server_a_program_says_so(tmp_path: Path) -> None:
    """Exit 2: neither the breach nor its absence was seen."""
    fault = "crud.delete_leaves_the_object"
    options = {"select": (all_faults()[fault].requirement,), "output": str(tmp_path / "run")}
    run = judge(from_options({**options, "seed": 1}, quiet=True, faults=(fault,)))
    with EmbeddedServer() as ready:
        pass

    ending = ended(tmp_path / "run" / run.findings[0].script, ready)

    assert ending.returncode == 2
    assert ending.stderr.startswith("not made")
