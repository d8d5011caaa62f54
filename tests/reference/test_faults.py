from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from conformance.exceptions import CatalogueError, UsageError
from conformance.reference import faults
from conformance.reference.behaviour import SOUND
from conformance.reference.faults import all_faults, break_with
from conformance.reference.faults.registry import fault, faults_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
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


@fault("LIST-PAGE-001")
def every_page_is_empty(behaviour: Behaviour) -> Behaviour:
    """No page holds an object."""
    return behaviour


def module(name: str, *changes: Callable[[Behaviour], Behaviour]) -> ModuleType:
    """A module of faults with these."""
    made = ModuleType(f"{faults.__name__}.{name}")
    vars(made).update({change.__name__: change for change in changes})
    return made


@pytest.mark.parametrize("name", ["list", "list_page"])
def test_an_area_may_have_several_modules(name: str) -> None:
    """A fault is called by its area, whichever of the area's modules it stands in."""
    found = faults_of(module(name, every_page_is_empty))

    assert [each.id for each in found] == ["list.every_page_is_empty"]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["list", "list_page"], "two faults are called 'list.every_page_is_empty'"),
        (["lists"], r"'lists\.every_page_is_empty' is a fault of no area\. Did you mean 'list'"),
    ],
)
def test_no_fault_is_lost(names: list[str], problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that hides another, and one that stands in no area's module, are errors."""
    modules = [module(name, every_page_is_empty) for name in names]
    monkeypatch.setattr(faults, "_modules", lambda: modules)

    with pytest.raises(CatalogueError, match=problem):
        all_faults.__wrapped__()


def test_delete_leaves_the_object(make_caller: Callable[..., Caller]) -> None:
    """The fault shows: what was deleted can still be read."""
    server = make_caller(faults=["crud.delete_leaves_the_object"])
    made: Any = server.as_admin("data", "add", dataEntry={"name": "n"})

    assert server.as_admin("data", "delete", entryId=made["id"]) is None

    assert made == server.as_admin("data", "get", entryId=made["id"])
