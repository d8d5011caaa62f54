"""How an object of a service comes to exist on a real server: what no schema tells, as data.

The recipes lie in `profiles/recipes/*.toml`, one table a service; their README explains the keys.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct, field

from conformance.exceptions import ProfileError
from conformance.profile import document
from conformance.profile.location import folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Grounds = Literal["recorded", "source", "contract", "learned"]
"""Where it comes from: seen on a real server, plain from the columns and validations of one, told
by CONTRACT, or left to learning."""
Manner = Literal["refused", "ignored", "unknown"]
"""What becomes of a property that must not be sent; `unknown` is never judged."""


class Need(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """A prerequisite: an object of `service`, and the property or parameter that takes its id.

    `fresh`: one of its own instead of the run's shared one, where a pair may exist only once.
    `of` names another property than the id; `made_with` what the prerequisite must hold.
    """

    service: str
    property: str | None = None
    param: str | None = None
    fresh: bool = False
    of: str | None = None
    made_with: dict[str, Any] = field(default_factory=dict)


class Recipe(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """One service's recipe. Every field has a default: an empty table is a service to learn."""

    service: str = ""
    grounds: Grounds = "learned"
    note: str = ""

    type: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    properties: tuple[str, ...] | None = None
    avoid: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
    update: tuple[str, ...] | None = None
    update_params: dict[str, Any] = field(default_factory=dict)
    unicode: tuple[str, ...] = ()
    several_tags: bool = False
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    edges: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)

    id: str = "id"
    keys: dict[str, str] = field(default_factory=dict)
    natural_keys: tuple[str, ...] = ()
    duplicate: tuple[str, ...] = ()
    required: str = ""
    not_found: dict[str, tuple[str, ...]] = field(default_factory=dict)

    skip: tuple[str, ...] = ()
    never: str = ""
    safe_on_own: tuple[str, ...] = ()
    session: str = "admin"
    gated: bool = False
    may_break: tuple[str, ...] = ()
    read_only_on_add: Manner = "unknown"
    read_only_on_update: Manner = "unknown"
    insert_only_on_update: Manner = "unknown"
    insert_only_probe: tuple[str, ...] = ()
    part_of_need: bool = False
    after_delete: Literal["gone", "kept"] = "gone"
    list_filter: dict[str, str] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Whether it is known that a real server takes and keeps what the recipe sends."""
        return self.grounds in {"recorded", "source"}

    def not_found_codes(self, action: str) -> tuple[str, ...]:
        """The codes of an unknown id; empty when none are known. `null` is a null result."""
        return self.not_found.get(action, ())


def learned_recipe(service: str) -> Recipe:
    """The recipe of a service that nobody wrote one for."""
    return Recipe(service=service)


@lru_cache(maxsize=1)
def read_recipes() -> Mapping[str, Recipe]:
    """Every recipe that comes with the suite, by service id. Raises ProfileError."""
    return read_recipe_folder(folder() / "recipes")


def read_recipe_folder(path: Path) -> Mapping[str, Recipe]:
    """The recipes of a folder's `*.toml`. Raises ProfileError, also for a doubled service."""
    if not path.is_dir():
        raise ProfileError("no such folder", place=str(path))
    found: dict[str, Recipe] = {}
    for file in sorted(path.glob("*.toml")):
        place = f"recipes/{file.name}"
        for service, table in document.read(file, place=place).items():
            if service in found:
                raise ProfileError("a second recipe of the service", place=f"{place}: [{service}]")
            found[service] = _recipe(service, table, place=f"{place}: [{service}]")
    return MappingProxyType(found)


def _recipe(service: str, table: Any, *, place: str) -> Recipe:
    if service != service.lower():
        raise ProfileError("services go by their wire id", place=place, hint="Lower case")
    try:
        recipe = msgspec.convert({**table, "service": service}, Recipe)
    except (msgspec.ValidationError, TypeError) as error:
        raise ProfileError(str(error), place=place) from error
    for need in recipe.needs:
        if (need.property is None) == (need.param is None):
            raise ProfileError(
                f"the need of {need.service} goes to a property or to a param", place=place
            )
    return recipe
