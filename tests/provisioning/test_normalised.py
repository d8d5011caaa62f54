"""A property that the profile knows to be stored otherwise is not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.provisioning.normalised import without_normalised
from conformance.provisioning.recipe import read_recipes
from conformance.schema.lineage import Lineage

if TYPE_CHECKING:
    from conformance.schema.model import Schema


@pytest.mark.parametrize(
    ("pattern", "service", "name", "elsewhere"),
    [
        ("KalturaPlaylist.description", "playlist", "description", "media"),
        ("KalturaMediaEntry.mediaType", "baseentry", "mediaType", "category"),
        ("kalturacategory.name", "category", "name", "playlist"),
    ],
)
def test_the_services_whose_objects_have_it_leave_it_out(
    pattern: str, service: str, name: str, elsewhere: str, embedded_schema: Schema
) -> None:
    """And no other service does, nor is anything else left out."""
    before = read_recipes()

    after = without_normalised(before, embedded_schema, Lineage(embedded_schema), (pattern,))

    assert set(after[service].not_compared) == {*before[service].not_compared, name}
    assert after[elsewhere].not_compared == before[elsewhere].not_compared


def test_a_base_class_names_it_for_all_below(embedded_schema: Schema) -> None:
    """So does a glob, and a service without a recipe is no exception."""
    lineage = Lineage(embedded_schema)

    after = without_normalised({}, embedded_schema, lineage, ("KalturaBaseEntry.tags", "*.code"))

    for service in ("media", "data", "playlist"):
        assert "tags" in after[service].not_compared
    assert "tags" not in getattr(after.get("category"), "not_compared", ())


def test_without_such_knowledge_recipes_stay_as_they_are(embedded_schema: Schema) -> None:
    """Nothing is made anew."""
    recipes = read_recipes()

    assert without_normalised(recipes, embedded_schema, Lineage(embedded_schema), ()) is recipes
