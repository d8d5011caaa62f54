from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.reference.conftest import Caller


@pytest.fixture
def entry(server: Caller) -> dict[str, Any]:
    """A data entry with a few properties."""
    made: dict[str, Any] = server.as_admin(
        "data",
        "add",
        dataEntry={"name": "first", "tags": "a", "description": "d", "dataContent": "c"},
    )
    return made


def test_add_answers_what_was_sent_with_an_identity(server: Caller, entry: dict[str, Any]) -> None:
    """Sent properties, id, account and times (CRUD-03)."""
    assert (entry["name"], entry["tags"], entry["dataContent"]) == ("first", "a", "c")
    assert entry["id"].startswith("0_")
    assert entry["partnerId"] == server.own.id
    assert entry["createdAt"] == entry["updatedAt"] == server.clock()


def test_get_after_add_is_equal(server: Caller, entry: dict[str, Any]) -> None:
    """Reads see writes at once (CRUD-04)."""
    assert entry == server.as_admin("data", "get", entryId=entry["id"])


def test_update_keeps_what_was_not_sent(server: Caller, entry: dict[str, Any]) -> None:
    """Update is partial, and moves `updatedAt` (CRUD-05, CRUD-12)."""
    server.clock.time += 5

    server.as_admin("data", "update", entryId=entry["id"], documentEntry={"name": "second"})

    expected = {**entry, "name": "second", "updatedAt": entry["updatedAt"] + 5}
    assert expected == server.as_admin("data", "get", entryId=entry["id"])


def test_a_deleted_object_is_not_there(server: Caller, entry: dict[str, Any]) -> None:
    """Delete is not idempotent (CRUD-16)."""
    assert server.as_admin("data", "delete", entryId=entry["id"]) is None

    error = server.as_admin("data", "delete", entryId=entry["id"])
    assert (error["code"], error["args"]) == ("ENTRY_ID_NOT_FOUND", {"ENTRY_ID": entry["id"]})


def test_another_account_does_not_see_it(server: Caller, entry: dict[str, Any]) -> None:
    """Isolation answers not found, never forbidden (SESS-14)."""
    error = server.value("data", "get", {"entryId": entry["id"]}, ks=server.stranger)

    assert error["code"] == "ENTRY_ID_NOT_FOUND"


def test_base_and_extending_service_share_an_entry(server: Caller, entry: dict[str, Any]) -> None:
    """The base service answers the stored class; a sibling does not know it (INH-02, INH-08)."""
    assert entry == server.as_admin("baseEntry", "get", entryId=entry["id"])
    assert server.as_admin("media", "get", entryId=entry["id"])["code"] == "ENTRY_ID_NOT_FOUND"


def test_read_only_and_insert_only_properties_are_refused_on_update(server: Caller) -> None:
    """The class is the resolved one (CRUD-09, CRUD-10)."""
    made = server.as_admin("media", "add", entry={"name": "m", "mediaType": 1})

    for name, value in (("partnerId", 1), ("mediaType", 2)):
        error = server.as_admin("media", "update", entryId=made["id"], mediaEntry={name: value})

        assert error["code"] == "PROPERTY_VALIDATION_NOT_UPDATABLE"
        assert error["args"] == {"PROP_NAME": f"KalturaMediaEntry::{name}"}


def test_a_natural_key_is_unique(server: Caller) -> None:
    """A second user of the same id is refused (CRUD-18)."""
    server.as_admin("user", "add", user={"id": "u1"})

    assert server.as_admin("user", "add", user={"id": "u1"})["code"] == "DUPLICATE_USER_BY_ID"


def test_write_only_properties_are_not_answered(server: Caller) -> None:
    """A password goes in and never comes out (WIRE-48)."""
    made = server.as_admin("user", "add", user={"id": "u2", "password": "secret"})

    assert made["id"] == "u2"
    assert "password" not in made


def test_a_database_file_survives_a_restart(make_caller: Any, tmp_path: Any) -> None:
    """Objects and accounts are the same after a second start."""
    file = tmp_path / "objects.db"
    before = make_caller(database=file)
    made = before.as_admin("data", "add", dataEntry={"name": "kept"})
    before.application.world.storage.close()

    after = make_caller(database=file)

    assert before.own == after.own
    assert made == after.as_admin("data", "get", entryId=made["id"])
