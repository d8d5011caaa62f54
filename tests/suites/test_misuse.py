"""What stands for an object in a call that goes wrong elsewhere."""

from __future__ import annotations

from conformance.schema.lineage import Lineage
from conformance.schema.model import Class, Property, Schema, TypeRef
from conformance.suites.arrays import keyed, refusable
from conformance.suites.misuse import concrete


def classes(*found: Class) -> tuple[Schema, Lineage]:
    """A schema of these classes."""
    schema = Schema(
        api_version="1",
        sha256="",
        source="",
        services={},
        classes={each.name: each for each in found},
        enums={},
        errors={},
        plugins={},
    )
    return schema, Lineage(schema)


BASE = Class("KalturaRuleAction", None, abstract=True, properties=())
OF_PLUGIN = Class(
    "KalturaAAction", "KalturaRuleAction", abstract=False, properties=(), plugin="drm"
)
CORE = Class("KalturaZAction", "KalturaRuleAction", abstract=False, properties=())


def array_of(name: str, element: str) -> Property:
    """A property that is an array."""
    return Property(name, TypeRef(kind="array", element=element))


def holding(name: str, *properties: Property) -> Class:
    """A class with these properties."""
    return Class(name, None, abstract=False, properties=properties)


def test_class_of_the_core_stands_for_an_abstract_one() -> None:
    """A plugin may be switched off; where it has the only class, that has to do."""
    assert concrete("KalturaRuleAction", *classes(BASE, OF_PLUGIN, CORE)) == "KalturaZAction"
    assert concrete("KalturaRuleAction", *classes(BASE, OF_PLUGIN)) == "KalturaAAction"


def test_array_of_an_abstract_class_is_found_at_any_depth() -> None:
    """Also inside of another array, but in no class of a plugin."""
    rule = holding("KalturaRule", array_of("actions", "KalturaRuleAction"))
    profile = holding("KalturaProfile", array_of("rules", "KalturaRule"))
    plain = holding("KalturaPlain", Property("name", TypeRef(kind="string")))
    made = classes(BASE, CORE, rule, profile, plain)

    found = refusable("KalturaProfile", *made)

    assert found is not None
    assert found.element == "KalturaRuleAction"
    assert found.value["rules"][0]["actions"] == [
        {"objectType": "KalturaZAction"},
        {"objectType": "KalturaRuleAction"},
    ]
    assert refusable("KalturaPlain", *made) is None
    assert refusable("KalturaAAction", *classes(BASE, OF_PLUGIN)) is None


def test_arrays_are_keyed_by_their_places() -> None:
    """At any depth; what is no array stays as it is."""
    assert keyed({"rules": [{"ids": [7, 8]}], "name": "a"}) == {
        "rules": {"0": {"ids": {"0": 7, "1": 8}}},
        "name": "a",
    }
