"""Who makes an object, of which class, and through which service of the family it is then used."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from conformance.plugin.subject import Subject
from conformance.provisioning.recipe import read_recipes
from conformance.schema.model import STANDARD_ACTIONS
from conformance.schema.standard import entity_of, entity_param, extending_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.plugin.scope import Scope
    from conformance.schema.model import Service

ENTRY = "KalturaBaseEntry"
"""The one family whose services refuse each other's objects for certain (CONTRACT INH-08)."""

FILTERED = (
    ("baseentry", "KalturaMediaEntry", "KalturaDataEntry"),
    ("cuepoint_cuepoint", "KalturaAnnotation", "KalturaAdCuePoint"),
)
"""Service, the class of the filter, and a class that it leaves out (CONTRACT INH-13)."""


class Kinship(Struct, frozen=True):
    """An object of class `kind`, made by one service and used through another, or the same."""

    maker: str
    kind: str
    visitor: str

    @property
    def name(self) -> str:
        """Such as `media:KalturaMediaEntry/baseentry`."""
        return f"{self.maker}:{self.kind}/{self.visitor}"

    @classmethod
    def of(cls, name: str) -> Kinship:
        """The kinship of that name."""
        maker, _, rest = name.partition(":")
        kind, _, visitor = rest.partition("/")
        return cls(maker, kind, visitor)


@cache
def variants() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """By service and class: what the class needs to be taken."""
    text = files("conformance.suites").joinpath("variants.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, dict[str, dict[str, Any]]])


def kinships(scope: Scope) -> Iterator[Subject]:
    """Every object that a family's services share, made by each of them (INH-02, INH-07)."""
    for kin in _kinships(scope):
        yield Subject(kind="service", name=kin.name, service=kin.maker, type=kin.kind)


def adoptions(scope: Scope) -> Iterator[Subject]:
    """Those whose maker declares a more general class than it is sent."""
    for kin in _kinships(scope):
        if _declared(scope.schema.services[kin.maker]) != kin.kind:
            yield Subject(kind="service", name=kin.name, service=kin.maker, type=kin.kind)


def lenient_services(scope: Scope) -> Iterator[Subject]:
    """Every service that is known to take objects of exactly the class that it declares."""
    for service in scope.schema.services.values():
        recipe = read_recipes().get(service.id)
        if recipe is None or recipe.grounds == "learned" or recipe.gated or recipe.never:
            continue
        declared = _declared(service)
        if declared is None or scope.schema.classes[declared].abstract:
            continue
        removed = "delete" in service.actions or recipe.part_of_need
        if recipe.type in {None, declared} and removed and _may_be_played(scope, service):
            yield Subject(kind="service", name=service.id, service=service.id, type=declared)


def entry_services(scope: Scope) -> Iterator[Subject]:
    """Every service of one kind of entries."""
    for service, kind in entry_kinds(scope).items():
        if "get" in scope.schema.services[service].actions:
            yield Subject(kind="service", name=service, service=service, type=kind)


def base_lists(scope: Scope) -> Iterator[Subject]:
    """Base services whose list takes the filter of a subclass, with an object to leave out."""
    for service, wanted, unwanted in FILTERED:
        schema = scope.schema
        known = all(name in schema.classes for name in (wanted, unwanted, f"{wanted}Filter"))
        if known and service in schema.services and "list" in schema.services[service].actions:
            name = Kinship(service, wanted, service).name
            yield Subject(kind="service", name=name, service=service, parameter=unwanted)


def media_lists(scope: Scope) -> Iterator[Subject]:
    """The base service of entries, where its list can be asked for a type of media."""
    service = scope.schema.services.get("baseentry")
    asked = scope.lineage.properties("KalturaMediaEntryFilter")
    if service is not None and service.offers("add", "list") and "mediaTypeEqual" in asked:
        yield Subject(kind="service", name=service.id, service=service.id)


def entry_kinds(scope: Scope) -> dict[str, str]:
    """The services of the entry family below its base, with their classes."""
    found = {}
    for pair in extending_pairs(scope.schema, scope.lineage):
        kind = entity_of(scope.schema, scope.lineage, pair.extending)
        base = entity_of(scope.schema, scope.lineage, pair.base)
        if kind and base == ENTRY and _may_be_played(scope, scope.schema.services[pair.extending]):
            found[pair.extending] = kind
    return found


def _kinships(scope: Scope) -> Iterator[Kinship]:
    schema, lineage = scope.schema, scope.lineage
    found: dict[Kinship, None] = {}
    for pair in extending_pairs(schema, lineage):
        kind = str(entity_of(schema, lineage, pair.extending))
        found[Kinship(pair.extending, kind, pair.base)] = None
        if kind in variants().get(pair.base, {}):
            found[Kinship(pair.base, kind, pair.extending)] = None
    for service in schema.services:
        for kind in _own_variants(scope, service):
            found[Kinship(service, kind, service)] = None
    for kin in found:
        services = (schema.services[kin.maker], schema.services[kin.visitor])
        offered = services[0].offers("add", "get") and services[1].offers("get")
        if (
            offered
            and kin.kind in schema.classes
            and all(_may_be_played(scope, s) for s in services)
        ):
            yield kin


def _own_variants(scope: Scope, service: str) -> Iterator[str]:
    """Classes besides the declared one that the service alone makes and shows."""
    declared = _declared(scope.schema.services[service])
    recipe = read_recipes().get(service)
    known = list(variants().get(service, {}))
    if recipe is not None and recipe.type and not recipe.never:
        known.append(recipe.type)
    for kind in dict.fromkeys(known):
        if declared and kind != declared and scope.lineage.is_a(kind, declared):
            yield kind


def _declared(service: Service) -> str | None:
    """The class that the service's add declares."""
    action = service.actions.get("add")
    holder = entity_param(action) if action is not None else None
    return holder.type.name if holder is not None else None


def _may_be_played(scope: Scope, service: Service) -> bool:
    played = [name for name in STANDARD_ACTIONS if name in service.actions]
    actions = scope.profile.actions
    return not any(actions.probe_only_because(f"{service.id}.{name}") for name in played)
