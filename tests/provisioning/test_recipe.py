from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.exceptions import ProfileError
from conformance.provisioning.recipe import Recipe, learned_recipe, read_recipe_folder, read_recipes
from conformance.schema.lineage import Lineage
from conformance.schema.standard import entity_param
from conformance.schema.views import add_view, update_view

from .targets import EmbeddedTarget, provisioner

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.schema.model import Schema


def test_every_service_with_add_has_a_recipe(real_schema: Schema) -> None:
    """No service of the real schema is forgotten, and no recipe is for a service without add."""
    with_add = {s.id for s in real_schema.services.values() if "add" in s.actions}

    assert set(read_recipes()) == with_add
    assert len(with_add) == 80


def test_recipes_name_what_the_schema_knows(real_schema: Schema) -> None:
    """Each property and parameter in a recipe is one that the real add, or update, takes."""
    lineage = Lineage(real_schema)

    unknown = [
        f"{recipe.service}: {name}"
        for recipe in read_recipes().values()
        for name in _unknown(recipe, real_schema, lineage)
    ]

    assert unknown == []


def _unknown(recipe: Recipe, schema: Schema, lineage: Lineage) -> set[str]:
    action = schema.services[recipe.service].actions["add"]
    holder = entity_param(action)
    params = {*recipe.params, *(need.param for need in recipe.needs if need.param)}
    unknown = {name for name in params if action.param(name) is None}
    if holder is None:
        return unknown
    kind = recipe.type or str(holder.type.name)
    added = {*recipe.values, *(recipe.properties or ())}
    added |= {need.property for need in recipe.needs if need.property}
    unknown |= added - {prop.name for prop in add_view(lineage, kind)}
    return unknown | set(recipe.update or ()) - {p.name for p in update_view(lineage, kind)}


def test_recipes_work_from_the_file_on(tmp_path: Path) -> None:
    """A table becomes a recipe of the service that it is named by."""
    (tmp_path / "a.toml").write_text(
        '[thing]\nproperties = ["name"]\nread-only-on-add = "refused"\n'
    )

    recipe = read_recipe_folder(tmp_path)["thing"]

    assert (recipe.service, recipe.properties, recipe.read_only_on_add) == (
        "thing",
        ("name",),
        "refused",
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[thing]\nproperteis = []\n", "recipes/a.toml: [thing]"),
        ('[thing]\nread-only-on-add = "maybe"\n', "recipes/a.toml: [thing]"),
        ('[thing]\nneeds = [{ service = "media" }]\n', "recipes/a.toml: [thing]"),
        ("[Thing]\n", "recipes/a.toml: [Thing]"),
        ("thing = 5\n", "recipes/a.toml: [thing]"),
    ],
)
def test_a_wrong_recipe_is_refused_at_its_place(tmp_path: Path, text: str, place: str) -> None:
    """A misspelt key, a wrong value, or a need without a target ends with file and table."""
    (tmp_path / "a.toml").write_text(text)

    with pytest.raises(ProfileError) as caught:
        read_recipe_folder(tmp_path)

    assert caught.value.place == place


def test_a_service_in_two_files_is_refused(tmp_path: Path) -> None:
    """Two recipes of one service would hide each other."""
    (tmp_path / "a.toml").write_text("[thing]\n")
    (tmp_path / "b.toml").write_text("[thing]\n")

    with pytest.raises(ProfileError, match="second recipe"):
        read_recipe_folder(tmp_path)


def test_a_service_without_a_recipe_is_never_judged_on_refusals() -> None:
    """Where nothing is known, nothing is taken for granted."""
    recipe = learned_recipe("thing")

    assert recipe.grounds == "learned"
    assert {recipe.read_only_on_add, recipe.insert_only_on_update} == {"unknown"}


def test_a_name_is_no_longer_than_its_column(real_schema: Schema) -> None:
    """What a server would cut off is not sent, so that what comes back is what was sent."""
    ours = provisioner(real_schema, EmbeddedTarget(real_schema))

    made = [ours.make("shortlink_shortlink") for _ in range(20)]

    assert all(len(each.entity["name"].encode()) <= 63 for each in made)
    assert len({each.entity["name"] for each in made}) == 20
