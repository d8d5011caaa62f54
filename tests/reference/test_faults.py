from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.exceptions import UsageError
from conformance.reference.behaviour import SOUND
from conformance.reference.faults import all_faults, break_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference.conftest import Caller


@pytest.mark.parametrize("fault_id", sorted(all_faults()))
def test_a_fault_changes_a_step_and_tells_what(fault_id: str) -> None:
    """Each makes another behaviour, names a requirement and describes itself."""
    fault = all_faults()[fault_id]

    assert break_with(SOUND, [fault_id]) != SOUND
    assert fault.requirement
    assert fault.description.endswith(".")


def test_an_unknown_fault_is_a_usage_error() -> None:
    """With the nearest names."""
    with pytest.raises(UsageError, match=r"Did you mean 'crud\.delete_leaves_the_object'"):
        break_with(SOUND, ["crud.delete_leaves_the_objekt"])


def test_delete_leaves_the_object(make_caller: Callable[..., Caller]) -> None:
    """The fault shows: what was deleted can still be read."""
    server = make_caller(faults=["crud.delete_leaves_the_object"])
    made: Any = server.as_admin("data", "add", dataEntry={"name": "n"})

    assert server.as_admin("data", "delete", entryId=made["id"]) is None

    assert made == server.as_admin("data", "get", entryId=made["id"])
