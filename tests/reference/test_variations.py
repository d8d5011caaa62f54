"""Benign variations: each is another sound server, and a sample of them goes unnoticed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from conformance.exceptions import UsageError
from conformance.reference.behaviour import SOUND
from conformance.reference.variations import all_variations, vary_with

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.reference.conftest import Caller

LEAST = 40
SAMPLE = (
    "values.ints_are_texts",
    "company.others_write_all_the_time",
    "objects.events_count_their_updates,objects.deleted_permissions_stay,errors.old_code_breaks",
)
JUDGE = """
import sys
from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options

options = {"select": ("crud",), "seed": 7, "examples": 5, "output": sys.argv[2]}
run = judge(from_options(options, quiet=True, variations=tuple(sys.argv[1].split(","))))
print(run.exit, *(finding.requirement for finding in run.findings))
"""


def test_there_are_many() -> None:
    """Sound servers differ in more than forty ways."""
    assert len(all_variations()) >= LEAST


@pytest.mark.parametrize("variation_id", sorted(all_variations()))
def test_a_variation_changes_a_step_and_names_its_rule(variation_id: str) -> None:
    """Each makes another behaviour, names the rule that allows it and describes itself."""
    variation = all_variations()[variation_id]

    assert vary_with(SOUND, [variation_id]) != SOUND
    assert variation.rule
    assert variation.description.endswith(".")


def test_an_unknown_variation_is_a_usage_error() -> None:
    """With the nearest names."""
    with pytest.raises(UsageError, match=r"Did you mean 'values\.ints_are_texts'"):
        vary_with(SOUND, ["values.ints_are_text"])


@pytest.mark.parametrize("variation_id", sorted(all_variations()))
def test_an_object_still_has_a_life(variation_id: str, make_caller: Callable[..., Caller]) -> None:
    """Whatever varies, what is added can be read, found by its id, and removed."""
    server = make_caller(variations=[variation_id])
    made: Any = server.as_admin("data", "add", dataEntry={"name": "n", "tags": "a, b"})
    got = server.as_admin("data", "get", entryId=made["id"])
    found = server.as_admin("data", "list", filter={"idEqual": made["id"]})

    assert (got["id"], got["name"], got["tags"]) == (made["id"], "n", "a, b")
    assert [each["id"] for each in found["objects"]] == [made["id"]]
    assert server.as_admin("data", "delete", entryId=made["id"]) is None
    assert server.as_admin("data", "get", entryId=made["id"])["code"] == "ENTRY_ID_NOT_FOUND"


def test_an_index_lags_behind(make_caller: Callable[..., Caller]) -> None:
    """A list shows a new object three seconds later, a list by its id at once."""
    server = make_caller(variations=["lists.index_lags_behind"])
    made: Any = server.as_admin("data", "add", dataEntry={"name": "late"})

    def total(**wanted: str) -> int:
        return int(server.as_admin("data", "list", filter=wanted)["totalCount"])

    assert (total(nameEqual="late"), total(idEqual=made["id"])) == (0, 1)
    server.clock.time += 4
    assert total(nameEqual="late") == 1


def test_an_index_counts_what_is_deleted(make_caller: Callable[..., Caller]) -> None:
    """The total still holds a deleted object, the page does not."""
    server = make_caller(variations=["lists.index_still_counts_what_is_deleted"])
    made: Any = server.as_admin("data", "add", dataEntry={"name": "gone"})
    server.as_admin("data", "delete", entryId=made["id"])

    listed = server.as_admin("data", "list", filter={"nameEqual": "gone"})

    assert (listed["totalCount"], listed["objects"]) == (1, [])


def test_one_of_two_indexes_lags_behind(make_caller: Callable[..., Caller]) -> None:
    """One list in two knows of the new object, until three seconds have passed."""
    server = make_caller(variations=["lists.one_of_two_indexes_lags_behind"])
    server.as_admin("data", "add", dataEntry={"name": "late"})

    def totals() -> set[int]:
        asked = {"filter": {"nameEqual": "late"}}
        return {int(server.as_admin("data", "list", **asked)["totalCount"]) for _ in range(4)}

    assert totals() == {0, 1}
    server.clock.time += 4
    assert totals() == {1}


def test_an_event_counts_its_updates(make_caller: Callable[..., Caller]) -> None:
    """The sequence that was not sent is another one after each update, and in every get."""
    server = make_caller(variations=["objects.events_count_their_updates"])
    event = {"objectType": "KalturaRecordScheduleEvent", "startDate": 2_000_000_000}
    event |= {"endDate": 2_000_003_600, "recurrenceType": 0}
    made: Any = server.as_admin("schedule_scheduleevent", "add", scheduleEvent=event)
    change = {"objectType": "KalturaRecordScheduleEvent", "summary": "s"}
    key = {"scheduleEventId": made["id"]}

    changed = server.as_admin("schedule_scheduleevent", "update", **key, scheduleEvent=change)

    assert changed["sequence"] == made["sequence"] + 10
    got = server.as_admin("schedule_scheduleevent", "get", **key)
    assert got["sequence"] == changed["sequence"]


def test_a_deleted_permission_stays(make_caller: Callable[..., Caller]) -> None:
    """It is read, updated and deleted again; only its status tells."""
    server = make_caller(variations=["objects.deleted_permissions_stay"])
    permission = {"objectType": "KalturaPermission", "name": "KC_STAYS"}
    server.as_admin("permission", "add", permission=permission)
    server.as_admin("permission", "delete", permissionName="KC_STAYS")

    got = server.as_admin("permission", "get", permissionName="KC_STAYS")

    assert (got["name"], got["status"]) == ("KC_STAYS", 3)
    again = server.as_admin("permission", "delete", permissionName="KC_STAYS")
    assert again["name"] == "KC_STAYS"
    added = server.as_admin("permission", "add", permission=permission)
    assert added["code"] == "PERMISSION_ALREADY_EXISTS"


def test_a_role_is_cloned_under_a_name_of_its_own(make_caller: Callable[..., Caller]) -> None:
    """The answer holds all of the name, the column a hundred bytes."""
    server = make_caller(variations=["objects.clones_of_roles_have_names_of_their_own"])
    role = {"name": "r" * 80, "permissionNames": "KMC_ACCESS"}
    made: Any = server.as_admin("userRole", "add", userRole=role)

    cloned = server.as_admin("userRole", "clone", userRoleId=made["id"])

    got = server.as_admin("userRole", "get", userRoleId=cloned["id"])
    assert len(cloned["name"]) > len(got["name"]) == 100
    assert cloned["name"].startswith(got["name"])


def test_old_code_breaks(make_caller: Callable[..., Caller]) -> None:
    """What is refused for its own sake still is; the rest breaks."""
    server = make_caller(variations=["errors.old_code_breaks"])

    def code(**mix: object) -> str:
        return str(server.as_admin("mixing", "add", mixEntry=mix)["code"])

    assert code(name="n", editorType=1) == "INTERNAL_SERVERL_ERROR"
    assert code(editorType=1) == "PROPERTY_VALIDATION_CANNOT_BE_NULL"


def test_a_bad_session_may_be_told_of_another(make_caller: Callable[..., Caller]) -> None:
    """All KSs that cannot be read share one place in the cache."""
    server = make_caller(variations=["sessions.anonymous_answers_are_cached"])
    first, second = (server.value("media", "list", ks=text) for text in ("bad1", "bad2"))

    assert first["args"]["KSID"] == second["args"]["KSID"] == "bad1"


@pytest.mark.parametrize("variation_ids", SAMPLE)
def test_the_suite_does_not_notice(variation_ids: str, tmp_path: Path) -> None:
    """A few variations, judged for the life of objects, have no finding."""
    program = [sys.executable, "-c", JUDGE, variation_ids, str(tmp_path / "run")]
    done = subprocess.run(program, capture_output=True, text=True, check=False)  # noqa: S603 - ours

    assert (done.returncode, done.stdout.split()) == (0, ["0"]), done.stderr
