"""How a service's list is asked for certain objects and no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles.list_answer import whole
from conformance.profile.pattern import nearest
from conformance.schema.standard import list_element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.plugin.context import Context
    from conformance.provisioning.recipe import Recipe
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema
    from conformance.suites.list_population import Member

MARGIN_SECONDS = 86_400
"""How far before the first object's creation a list by time starts."""
FIRST_EPOCH = 400_000_000
"""Smaller times are relative to now (CONTRACT WIRE-24)."""
LEFT_OUT = frozenset({"1", "3"})
"""Of moderation: to be approved, and rejected. Lists leave such entries out (CONTRACT LIST-17)."""


class Listing(Struct, frozen=True):
    """A service's list. `names` are the properties by which its objects are told apart.

    `roomy` is a page size that has room for a population. A service may have no filter or pager.
    """

    service: str
    element: str
    names: tuple[str, ...]
    filter_param: str | None
    filter_class: str | None
    pager_param: str | None
    roomy: int = 50


class Asking(Struct, frozen=True):
    """A filter for certain objects; `exact` when it can find no others."""

    filter: Mapping[str, Any]
    exact: bool


def listing_of(schema: Schema, lineage: Lineage, recipe: Recipe) -> Listing | None:
    """The list of the recipe's service, or None where it has none that can be asked."""
    service = schema.services[recipe.service]
    action = service.actions.get("list")
    if action is None or "list" in recipe.skip:
        return None
    element = list_element(lineage, action.result)
    if element is None:
        return None
    classes = {
        p.name: p.type.name for p in action.params if p.type.kind == "object" and p.type.name
    }
    filters = [name for name, kind in classes.items() if kind.endswith("Filter")]
    pagers = [name for name, kind in classes.items() if kind.endswith("Pager")]
    if not filters:
        return None
    concrete = lineage.concrete(classes[filters[0]])
    filter_class = concrete[0] if concrete else classes[filters[0]]
    names = _names(recipe, lineage.properties(element), lineage.properties(filter_class))
    if not names:
        return None
    return Listing(
        service=service.id,
        element=element,
        names=names,
        filter_param=filters[0],
        filter_class=filter_class,
        pager_param=pagers[0] if pagers else None,
    )


def _names(recipe: Recipe, shown: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[str, ...]:
    """The id where the filter can ask for several; else what the object hangs on."""
    if recipe.id and f"{recipe.id}In" in asked:
        return (recipe.id,)
    keys = tuple(name for need in recipe.needs if (name := need.property or need.param))
    if keys and all(name in shown for name in keys) and any(f"{n}In" in asked for n in keys):
        return keys
    return (recipe.id,) if recipe.id else ()


def asking(context: Context, listing: Listing, members: Sequence[Member]) -> Asking | None:
    """The filter that finds these objects; None where the list demands what cannot be told."""
    recipe, quirks = context.recipe(listing.service), context.profile.quirks
    action = f"{listing.service}.list"
    offered = context.lineage.properties(listing.filter_class or "")
    known = {name: prop for name, prop in offered.items() if quirks.selects(action, name)}
    asked: dict[str, Any] = {"objectType": listing.filter_class}
    for name, source in recipe.list_filter.items():
        asked |= _one_or_all(name, [member.shown.get(source) for member in members], offered)
    if quirks.why("hidden_by_default", listing.service) and "statusIn" in known:
        states = {str(m.shown["status"]) for m in members if m.shown.get("status") is not None}
        asked["statusIn"] = ",".join(sorted(states))
    if "moderationStatusIn" in offered:
        asked |= of_moderation(member.shown for member in members)
    exact = False
    for name in listing.names:
        values = [_held(member, name, listing) for member in members]
        if f"{name}In" in known and not any("," in value for value in values):
            asked[f"{name}In"] = ",".join(dict.fromkeys(values))
            exact = exact or len(set(values)) == len(values)
    if not exact and len(asked) == 1:
        if nearest(quirks.mandatory_filter, action):
            return None
        asked |= _recent(members, known)
    return Asking(asked, exact)


def of_moderation(shown: Iterable[Any]) -> dict[str, str]:
    """What a list of entries must ask besides, where an account's new ones wait to be approved.

    Without it a list leaves out what waits and what was rejected (CONTRACT LIST-17).
    """
    found = (each.get("moderationStatus") for each in shown if isinstance(each, Mapping))
    states = {str(each) for each in found if each is not None}
    return {"moderationStatusIn": ",".join(sorted(states))} if states & LEFT_OUT else {}


def _held(member: Member, name: str, listing: Listing) -> str:
    """What tells the member apart; of a single key, as `who` has it."""
    return member.who if len(listing.names) == 1 else str(member.shown.get(name))


def _one_or_all(name: str, values: list[Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """One value by the property itself, several by its sibling `…In`."""
    distinct = list(dict.fromkeys(str(value) for value in values if value is not None))
    several = f"{name.removesuffix('Equal')}In"
    if len(distinct) > 1 and several in known:
        return {several: ",".join(distinct)}
    return {name: distinct[0]} if distinct and name in known else {}


def _recent(members: Sequence[Member], known: Mapping[str, Any]) -> dict[str, Any]:
    """What was created since a day before the first of them."""
    name = "createdAtGreaterThanOrEqual"
    times = [whole(member.shown.get("createdAt")) for member in members]
    earliest = min((each for each in times if each is not None), default=0)
    if name not in known or earliest < FIRST_EPOCH:
        return {}
    return {name: earliest - MARGIN_SECONDS}
