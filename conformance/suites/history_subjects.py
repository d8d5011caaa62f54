"""Of which services histories are played, and what of them may be judged on this target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.generation.histories import Abilities
from conformance.plugin.subject import Subject
from conformance.provisioning.recipe import read_recipes
from conformance.schema.model import STANDARD_ACTIONS
from conformance.schema.standard import extending_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.generation.histories import Rule
    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.provisioning.recipe import Recipe

CLONED = frozenset({"uiconf", "userrole"})
"""Services whose clone copies the one row that an object is (api_v3/services of 22.19.0)."""
BASES = ("baseentry", "cuepoint_cuepoint")
"""Base services that take what any of their relatives made, for every action (CONTRACT INH-07)."""
FREED = frozenset({"user"})
"""Services whose deleted objects give up their key for certain (CONTRACT 5.2)."""


def services_with_histories(scope: Scope) -> Iterator[Subject]:
    """Every service that is known to make, show and remove objects."""
    for service in scope.schema.services.values():
        recipe = read_recipes().get(service.id)
        if recipe is None or recipe.grounds == "learned" or recipe.never or "get" in recipe.skip:
            continue
        played = [name for name in STANDARD_ACTIONS if name in service.actions]
        left_alone = any(
            scope.profile.actions.probe_only_because(f"{service.id}.{name}") for name in played
        )
        # What cannot be removed would stay on somebody's account.
        if service.offers("add", "get", "delete") and not left_alone:
            yield Subject(kind="service", name=service.id, service=service.id)


def services_with_lists(scope: Scope) -> Iterator[Subject]:
    """Those of them that list their objects."""
    for subject in services_with_histories(scope):
        recipe = read_recipes()[subject.name]
        if "list" in scope.schema.services[subject.name].actions and "list" not in recipe.skip:
            yield subject


def services_that_give_ids(scope: Scope) -> Iterator[Subject]:
    """Those of them whose ids are the server's to give."""
    for subject in services_with_histories(scope):
        if id_is_given(read_recipes()[subject.name]):
            yield subject


def services_that_free_keys(scope: Scope) -> Iterator[Subject]:
    """Those of them whose deleted objects give up their key for certain."""
    for subject in services_with_histories(scope):
        if subject.name in FREED:
            yield subject


def abilities_of(context: Context, service: str) -> Abilities:
    """What a history of the service may consist of."""
    offered, recipe = context.schema.services[service].actions, context.recipe(service)
    actions = context.profile.actions
    rules: set[Rule] = {"add"}
    known: tuple[Rule, ...] = ("get", "update", "delete", "list", "count")
    for rule in known:
        if rule in offered and rule not in recipe.skip and not actions.denied(f"{service}.{rule}"):
            rules.add(rule)
    if recipe.update == ():
        rules.discard("update")
    if service in CLONED and "clone" in offered:
        rules.add("clone")
    if "delete" in rules and (is_buried(context, service) or service in FREED):
        rules.add("recreate")
    return Abilities(frozenset(rules), related=bool(related_services(context, service)))


def related_services(context: Context, service: str) -> tuple[str, ...]:
    """Base services that take the service's objects as their own (CONTRACT INH-07)."""
    pairs = [p for p in extending_pairs(context.schema, context.lineage) if p.base in BASES]
    return tuple(
        pair.base
        for pair in pairs
        if pair.extending == service
        and not any(
            context.profile.actions.probe_only_because(f"{pair.base}.{name}")
            for name in pair.actions
        )
    )


def codes_of(context: Context, service: str) -> Mapping[str, frozenset[str]]:
    """By action, the codes of an unknown object; under `add`, those of a double."""
    recipe, quirks = context.recipe(service), context.profile.quirks
    found = {
        action: frozenset(
            (*recipe.not_found_codes(action), *quirks.not_found_codes(f"{service}.{action}"))
        )
        for action in ("get", "update", "delete")
    }
    return {**found, "add": frozenset(recipe.duplicate)}


def is_buried(context: Context, service: str) -> bool:
    """Whether a deleted object is gone (CONTRACT CRUD-16)."""
    recipe = context.recipe(service)
    kept = context.profile.quirks.why("kept_after_delete", service)
    return recipe.after_delete == "gone" and not kept and not recipe.part_of_need


def frees_keys(service: str) -> bool:
    """Whether a deleted object gives up its key for certain."""
    return service in FREED


def id_is_given(recipe: Recipe) -> bool:
    """Whether the server gives the id; a user's is the client's choice."""
    chosen = {*recipe.values, *recipe.natural_keys, *(need.property for need in recipe.needs)}
    return bool(recipe.id) and recipe.id not in chosen and recipe.id == "id"


def list_is_complete(context: Context, service: str) -> bool:
    """Whether it is known that a list shows every such object that it is asked for."""
    recipe = context.recipe(service)
    return recipe.grounds == "recorded" or not recipe.gated


def key_values(context: Context, recipe: Recipe) -> dict[str, Any]:
    """Values for the keys that an object is known to take, so that they can be used again."""
    names, found = context.provisioner.names, {}
    for name in recipe.natural_keys:
        if name in recipe.values:
            found[name] = names.fill(recipe.values[name])
        elif name in (recipe.properties or ()):
            found[name] = f"{names.marker}-{names.unique()}"
    return found
