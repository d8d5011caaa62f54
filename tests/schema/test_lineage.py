"""Inheritance, views and standard actions, on a small family and on the real schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.schema.lineage import Lineage
from conformance.schema.model import Action, Param, Service, TypeRef
from conformance.schema.reader import parse_schema, read_schema
from conformance.schema.standard import (
    Pair,
    classes_of,
    counts_what_it_lists,
    entity_of,
    entity_param,
    extending_pairs,
    id_param,
    key_params,
    standard_actions,
)
from conformance.schema.views import add_view, filter_view, response_view, update_view

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.schema.model import Schema

FAMILY = b"""<xml apiVersion="1"><classes>
<class name="KalturaObject" abstract="1">
<property name="relatedObjects" type="map" arrayType="KalturaObject" readOnly="1"/></class>
<class name="KalturaEntry" abstract="1" base="KalturaObject">
<property name="id" type="string" readOnly="1"/>
<property name="name" type="string" multiLingual="1"/>
<property name="multiLingual_name" type="array" arrayType="KalturaObject" multiLingual="1"/>
<property name="kind" type="int" insertOnly="1"/>
</class>
<class name="KalturaMedia" base="KalturaEntry">
<property name="secret" type="string" writeOnly="1"/></class>
<class name="KalturaVideo" base="KalturaMedia"><property name="kind" type="bigint"/></class>
<class name="KalturaOther"/>
</classes></xml>"""


@pytest.fixture
def family() -> Lineage:
    """Two entries, one of them the other's child, and a stranger."""
    return Lineage(parse_schema(FAMILY, "family"))


@pytest.fixture(scope="module")
def real(data_folder: Path) -> tuple[Schema, Lineage]:
    """The real schema."""
    schema = read_schema(data_folder / "KalturaClient-22.19.0.xml")
    return schema, Lineage(schema)


def names(properties: tuple[object, ...]) -> list[str]:
    return [prop.name for prop in properties]  # type: ignore[attr-defined]


def test_ancestors_are_told_nearest_first_without_the_root(family: Lineage) -> None:
    assert family.ancestors("KalturaVideo") == ("KalturaMedia", "KalturaEntry")
    assert family.ancestors("KalturaEntry") == ()


def test_every_class_is_itself_its_bases_and_the_roots(family: Lineage) -> None:
    assert family.is_a("KalturaVideo", "KalturaVideo")
    assert family.is_a("KalturaVideo", "KalturaEntry")
    assert family.is_a("KalturaOther", "KalturaObject")
    assert family.is_a("KalturaOther", "KalturaObjectBase")
    assert not family.is_a("KalturaEntry", "KalturaVideo")
    assert not family.is_a("KalturaGone", "KalturaEntry")


def test_concrete_leaves_out_what_is_abstract(family: Lineage) -> None:
    assert family.concrete("KalturaEntry") == ("KalturaMedia", "KalturaVideo")
    assert family.concrete("KalturaVideo") == ("KalturaVideo",)
    assert family.concrete("KalturaGone") == ()


def test_everything_descends_from_a_root(family: Lineage) -> None:
    everything = ("KalturaEntry", "KalturaMedia", "KalturaVideo", "KalturaOther")

    assert family.descendants("KalturaObject") == everything
    assert family.descendants("KalturaObjectBase") == everything


def test_properties_go_from_base_to_derived_and_the_nearest_wins(family: Lineage) -> None:
    properties = family.properties("KalturaVideo")

    assert list(properties) == ["id", "name", "multiLingual_name", "kind", "secret"]
    assert properties["kind"].type.kind == "bigint"


def test_root_properties_stand_apart(family: Lineage) -> None:
    assert list(family.root_properties()) == ["relatedObjects"]
    assert "relatedObjects" not in family.properties("KalturaOther")


def test_common_ancestor_is_the_nearest_or_none(family: Lineage) -> None:
    assert family.common_ancestor("KalturaVideo", "KalturaMedia") == "KalturaMedia"
    assert family.common_ancestor("KalturaMedia", "KalturaEntry") == "KalturaEntry"
    assert family.common_ancestor("KalturaVideo", "KalturaOther") is None


def test_views_follow_the_flags_and_leave_out_twins(family: Lineage) -> None:
    assert names(add_view(family, "KalturaMedia")) == ["name", "kind", "secret"]
    assert names(update_view(family, "KalturaMedia")) == ["name", "secret"]
    assert names(filter_view(family, "KalturaMedia")) == ["name", "kind", "secret"]
    assert names(response_view(family, "KalturaMedia")) == ["id", "name", "kind"]


@pytest.mark.parametrize(
    ("service", "entity"),
    [
        ("media", "KalturaMediaEntry"),
        ("annotation_annotation", "KalturaAnnotation"),
        ("mediainfo", "KalturaMediaInfo"),
        ("beacon_beacon", "KalturaBeacon"),
        ("businessprocessnotification_businessprocesscase", "KalturaBusinessProcessCase"),
        ("poll_poll", None),
        ("system", None),
        ("nothing", None),
    ],
)
def test_entity_is_what_add_get_or_list_speak_of(
    real: tuple[Schema, Lineage], service: str, entity: str | None
) -> None:
    assert entity_of(*real, service) == entity


@pytest.mark.parametrize(
    ("action", "keys", "one"),
    [
        ("baseentry.get", ["entryId"], "entryId"),
        ("interactivity_interactivity.update", ["entryId"], "entryId"),
        ("categoryuser.get", ["categoryId", "userId"], None),
        ("partner.get", ["id"], "id"),
        ("user.get", ["userId"], "userId"),
        ("permission.delete", ["permissionName"], "permissionName"),
        ("partner.update", [], None),
        ("session.get", [], None),
        ("thumbasset.update", ["id"], "id"),
    ],
)
def test_key_is_read_from_the_schema(
    real: tuple[Schema, Lineage], action: str, keys: list[str], one: str | None
) -> None:
    service, _, name = action.partition(".")
    found = real[0].services[service].actions[name]
    param = id_param(found)

    assert [p.name for p in key_params(found)] == keys
    assert (param.name if param else None) == one


@pytest.mark.parametrize(
    ("action", "name"),
    [("flavorasset.add", "flavorAsset"), ("emailingestionprofile.add", "EmailIP")],
)
def test_entity_parameter_is_found_by_its_type(
    real: tuple[Schema, Lineage], action: str, name: str
) -> None:
    service, _, verb = action.partition(".")
    found = entity_param(real[0].services[service].actions[verb])

    assert found is not None
    assert found.name == name


def test_standard_actions_come_in_their_own_order(real: tuple[Schema, Lineage]) -> None:
    services = real[0].services.values()

    assert standard_actions(real[0].services["uploadtoken"]) == ("add", "get", "delete", "list")
    assert sum(len(standard_actions(service)) == 5 for service in services) == 61


def test_extending_services_are_paired_with_their_bases(real: tuple[Schema, Lineage]) -> None:
    pairs = extending_pairs(*real)
    five = ("add", "get", "update", "delete", "list")

    assert Pair("baseentry", "media", five) in pairs
    assert Pair("media", "livestream", five) in pairs
    assert Pair("cuepoint_cuepoint", "annotation_annotation", five) in pairs
    assert Pair("baseentry", "document", ("get", "update", "delete", "list")) in pairs
    assert not any(pair.base == pair.extending for pair in pairs)
    assert len(pairs) == 29


def test_deepest_real_class_has_thirteen_ancestors(real: tuple[Schema, Lineage]) -> None:
    schema, lineage = real

    assert max(len(lineage.ancestors(name)) for name in schema.classes) == 13


@pytest.mark.parametrize(
    ("counted", "listed", "sound"),
    [
        ("KalturaThingFilter", "KalturaThingFilter", True),
        ("KalturaOtherFilter", "KalturaThingFilter", False),
        (None, "KalturaThingFilter", False),
    ],
)
def test_a_count_is_compared_with_a_list_of_the_same_filter(
    *, counted: str | None, listed: str, sound: bool
) -> None:
    """A filter of another class restricts by itself, as that of mixing.count does."""
    wanted = {"count": counted, "list": listed}
    actions = {
        name: Action(
            "thing",
            name,
            params=(Param("filter", TypeRef("object", name=kind), optional=True),),
            result=TypeRef("int"),
        )
        for name, kind in wanted.items()
        if kind is not None
    }

    assert counts_what_it_lists(Service("thing", "thing", actions=actions)) is sound


def test_the_classes_of_a_service_are_those_it_takes_and_answers(
    real: tuple[Schema, Lineage],
) -> None:
    """With all above and below them, and without those of other services."""
    schema, lineage = real

    found = classes_of(lineage, schema.services["media"])

    assert {"KalturaMediaEntry", "KalturaBaseEntry", "KalturaLiveStreamEntry"} <= found
    assert {"KalturaMediaEntryFilter", "KalturaFilter"} <= found
    assert not {"KalturaCategory", "KalturaSyndicationFeedEntryCount"} & found
