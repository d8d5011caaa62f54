"""A few objects of one service that its list is judged by: made once a run, told apart by values.

A second look has a population of its own, shared by all checks that look a second time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from msgspec import Struct

from conformance.oracles.list_answer import identities, identity
from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.provisioning.made import Made
from conformance.schema.standard import entity_param
from conformance.suites.list_listing import Asking, Listing, asking, listing_of
from conformance.suites.list_orderings import constants_of
from conformance.wire.answer import ApiError
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.plugin.context import Context
    from conformance.provisioning.recipe import Recipe
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import TypeRef
    from conformance.verdict.breach import Breach

Wrong = TypeVar("Wrong")

SIZE = 4
FEWEST = 2
NEXT_SECOND = 1.1
"""Between two halves of a population, so that its times of creation have an order, and that what
is updated in between has two times that differ."""
UPDATED = "updatedAtGreaterThanOrEqual"
TOUCHED = ("description", "partnerData", "summary", "feedDescription", "text")
"""What is changed of a member that is updated: the first of these that the recipe says may be.
Names and tags tell members apart, and stay."""
PLACES = {"categoryentry": ("categoryId", "category"), "groupuser": ("groupId", "group_group")}
"""What hangs on two things of which one is shared: its property, and who makes it. Of the shared
one there are two, so that a filter by it divides the population."""
OWNED = frozenset({"media", "baseentry"})
"""Services to whose objects an admin was seen to give an owner."""
OWNERS = 2
RESTATED = frozenset({"startTime"})
"""Properties to which a recipe gives one value, though any small one would do."""
INITIALS = "bcdfghjklmnpqrstvwz"
"""Names begin with different ones, so that their order is the same in every collation."""
SHORT_SETTLE_SECONDS = 5.0
"""How long a list that no index serves is given: replicas may be behind (CONTRACT CRUD-04)."""


class Member(Struct, frozen=True):
    """An object, who it is, and what get answers for it (add, where there is no get)."""

    made: Made
    who: str
    shown: Mapping[str, Any]
    get: Exchange | None


class Population(Struct, frozen=True):
    """The objects of a service, and how its list is asked for them alone.

    `members` are those that the list has shown, `unseen` those that it has not. `asking` is the
    filter, `settled_at` the monotonic second after which nothing may lag behind.
    """

    listing: Listing
    asking: Asking
    members: tuple[Member, ...]
    unseen: tuple[Member, ...]
    first: Exchange
    settled_at: float

    @property
    def names(self) -> tuple[str, ...]:
        """The properties that tell the objects apart."""
        return self.listing.names

    @property
    def ids(self) -> frozenset[str]:
        """Who the members are."""
        return frozenset(member.who for member in self.members)

    def values(self, name: str) -> dict[str, Any]:
        """What each member holds, by member."""
        return {member.who: member.shown.get(name) for member in self.members}

    def type_of(self, context: Context, name: str) -> TypeRef | None:
        """The property's type, as all members' classes have it; None where one lacks it."""
        kinds = {str(m.shown.get("objectType") or m.made.type) for m in self.members}
        found = [context.lineage.properties(kind).get(name) for kind in kinds]
        return found[0].type if found and found[0] is not None and all(found) else None


@dataclass(slots=True)
class _Held:
    lock: Lock = field(default_factory=Lock)
    ended: Population | NotApplicable | Inconclusive | None = None
    exchanges: tuple[Exchange, ...] = ()


class Populations:
    """Every service's population, one for each look. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._runs: WeakKeyDictionary[Lineage, dict[tuple[str, int], _Held]] = WeakKeyDictionary()

    def of(self, context: Context, service: str) -> Population:
        """The service's population; Inconclusive or NotApplicable where there is none to judge."""
        with self._lock:
            run = self._runs.setdefault(context.lineage, {})
            held = run.setdefault((service, context.attempt), _Held())
        with held.lock:
            if held.ended is None:
                before = len(context.exchanges)
                try:
                    with context.sharing(f"population:{service}"):
                        held.ended = self._made(context, service)
                except (NotApplicable, Inconclusive) as end:
                    held.ended = end
                held.exchanges = tuple(context.exchanges[before:])
            else:
                context.exchanges.extend(held.exchanges)
        if isinstance(held.ended, Population):
            return held.ended
        raise type(held.ended)(*held.ended.args)

    def _made(self, context: Context, service: str) -> Population:
        listing = listing_of(context.schema, context.lineage, context.recipe(service))
        if listing is None:
            raise NotApplicable("its list cannot be asked for certain objects")
        members = _members(context, listing)
        everybody = asking(context, listing, members)
        if everybody is None:
            raise NotApplicable("its list cannot be asked for certain objects")
        born = time.monotonic()
        indexed = context.profile.quirks.why("indexed", service) is not None
        patience = context.settling.seconds
        if not indexed:
            patience = min(patience, SHORT_SETTLE_SECONDS)
        wanted = {member.who for member in members}

        def lacking(exchange: Exchange) -> Iterable[str]:
            return wanted.difference(identities(exchange, listing.names))

        first, missing = until(
            context, lambda: ask(context, listing, everybody), lacking, deadline=born + patience
        )
        _answered(context, first)
        seen = tuple(member for member in members if member.who not in missing)
        return Population(
            listing=listing,
            # What comes later than it may is no part of what is asked from now on.
            asking=(asking(context, listing, seen) if missing else None) or everybody,
            members=seen,
            unseen=tuple(member for member in members if member.who in missing),
            first=first,
            settled_at=born + patience if indexed else born,
        )


POPULATIONS = Populations()


def population(context: Context, service: str, *, at_least: int = FEWEST) -> Population:
    """The service's objects as its list has shown them; NotApplicable where it shows too few."""
    found = POPULATIONS.of(context, service)
    if len(found.members) < at_least:
        raise NotApplicable("its list does not show enough of the run's objects")
    return found


def ask(
    context: Context,
    listing: Listing,
    asked: Asking,
    more: Mapping[str, Any] | None = None,
    *,
    pager: Mapping[str, Any] | None = None,
    action: str = "list",
    beside: Mapping[str, Any] | None = None,
) -> Exchange:
    """List by the filter and more of it; without a pager, on a page that has room for all.

    `beside` are parameters beside the filter and the pager.
    """
    filtered = {name: v for name, v in {**asked.filter, **(more or {})}.items() if v is not None}
    params: dict[str, Any] = {str(listing.filter_param): filtered, **(beside or {})}
    offered = context.schema.services[listing.service].actions[action]
    if listing.pager_param is not None and offered.param(listing.pager_param) is not None:
        size = listing.roomy if asked.exact else context.profile.limits.max_page_size
        params[listing.pager_param] = {"pageSize": size} if pager is None else dict(pager)
    return context.call(
        listing.service, action, params, session=context.recipe(listing.service).session
    )


def until(
    context: Context,
    act: Callable[[], Exchange],
    judge: Callable[[Exchange], Iterable[Wrong]],
    *,
    deadline: float,
) -> tuple[Exchange, tuple[Wrong, ...]]:
    """Act until nothing is wrong or the deadline passes; the last exchange and what is wrong."""
    return context.settling.until(act, judge, deadline=deadline, final=_is_refused)


def settle(context: Context, people: Population) -> None:
    """Wait until no index and no replica may be behind, at most the profile's `settle-seconds`."""
    at_least = min(SHORT_SETTLE_SECONDS, context.profile.limits.settle_seconds)
    time.sleep(max(people.settled_at - time.monotonic(), at_least))


def _is_refused(exchange: Exchange) -> bool:
    return isinstance(exchange.answer, ApiError)


def judged(
    context: Context,
    people: Population,
    more: Mapping[str, Any],
    judge: Callable[[Exchange], Iterable[Breach]],
    *,
    pager: Mapping[str, Any] | None = None,
) -> tuple[Breach, ...]:
    """List the population and judge it, again as long as an index may be behind."""

    def act() -> Exchange:
        listed = ask(context, people.listing, people.asking, more, pager=pager)
        _answered(context, listed)
        return listed

    return until(context, act, judge, deadline=people.settled_at)[1]


def unchanged(context: Context, people: Population, name: str) -> bool:
    """Whether get still answers what it answered of that property when the objects were made."""
    for member in people.members:
        keys = member.made.keys.get("get")
        if keys is None or member.get is None or name not in member.shown:
            continue
        session = context.recipe(people.listing.service).session
        get = context.call(people.listing.service, "get", keys, session=session)
        value = get.result.value if get.result is not None else None
        if not isinstance(value, dict) or value.get(name) != member.shown[name]:
            return False
    return True


def _members(context: Context, listing: Listing) -> tuple[Member, ...]:
    recipe = context.recipe(listing.service)
    initials = context.random.sample(INITIALS, SIZE)
    numbers = sorted(context.random.sample(range(10, 1_000_000), SIZE))
    context.random.shuffle(numbers)
    places = context.random.sample(range(1, 10), SIZE)
    owners, shared = _owners(context, listing), _places(context, listing)
    is_touched = _may_be_touched(context, listing)
    orderings = constants_of(context.schema, listing)
    members: list[Member] = []
    for initial, number, place in zip(initials, numbers, places, strict=True):
        try:
            made = context.make(
                listing.service,
                properties={
                    **_told_apart(context, recipe, initial, number, place),
                    **({"userId": owners[len(members) % len(owners)]} if owners else {}),
                    **(shared[len(members) % len(shared)] if shared else {}),
                },
            )
        except (NotApplicable, Inconclusive):
            if len(members) < FEWEST:
                raise
            break
        members.append(member_of(context, listing, made))
        if len(members) == FEWEST and (is_touched or "+createdAt" in orderings):
            time.sleep(NEXT_SECOND)
            if is_touched:
                # Before the others are made: what shows those shows this as well.
                members[0] = _touched(context, listing, members[0])
    return tuple(members)


def _may_be_touched(context: Context, listing: Listing) -> bool:
    """Whether the list is known to select by the time of an update."""
    known = context.lineage.properties(listing.filter_class or "")
    selects = context.profile.quirks.selects(f"{listing.service}.list", UPDATED)
    learned = context.recipe(listing.service).grounds == "learned"
    return UPDATED in known and selects and not learned


def _touched(context: Context, listing: Listing, member: Member) -> Member:
    """The member after an update; as it was where nothing of it is known to be changed."""
    recipe, made = context.recipe(listing.service), member.made
    action = context.schema.services[listing.service].actions.get("update")
    holder = entity_param(action) if action is not None else None
    keys, known = made.keys.get("update"), context.lineage.properties(made.type or "")
    allowed = TOUCHED if recipe.update is None else recipe.update
    name = next((each for each in TOUCHED if each in allowed and each in known), None)
    if action is None or holder is None or keys is None or name is None or member.get is None:
        return member
    text = f"kc{context.provisioner.names.unique()}"
    params = {**keys, holder.name: {"objectType": made.type, name: text}}
    if any(not param.optional and param.name not in params for param in action.params):
        return member
    context.call(listing.service, "update", params, session=recipe.session)
    return member_of(context, listing, made)


def _places(context: Context, listing: Listing) -> tuple[dict[str, Any], ...]:
    """Two things for the population to hang on by turns; nothing where one is enough."""
    name, maker = PLACES.get(listing.service, ("", ""))
    if maker not in context.schema.services:
        return ()
    try:
        return tuple({name: context.make(maker).id} for _ in range(FEWEST))
    except (NotApplicable, Inconclusive):  # another check reports that they cannot be made
        return ()


def _owners(context: Context, listing: Listing) -> tuple[str, ...]:
    """Users for the population's entries, so that they differ by owner; nobody for other objects.

    An admin may name an entry's owner (recorded), who then exists.
    """
    if listing.service not in OWNED:
        return ()
    try:
        return tuple(str(context.make("user").id) for _ in range(OWNERS))
    except (NotApplicable, Inconclusive):  # another check reports that users cannot be made
        return ()


def member_of(context: Context, listing: Listing, made: Made) -> Member:
    """The object as a member: who it is, and what the service shows of it."""
    recipe = context.recipe(listing.service)
    keys, get = made.keys.get("get"), None
    shown = made.value if isinstance(made.value, dict) else dict(made.entity)
    if keys is not None:
        get = context.call(listing.service, "get", keys, session=recipe.session)
        if get.result is not None and isinstance(get.result.value, dict):
            shown = get.result.value
    # What the object hangs on may be no property that it shows.
    held = {**made.entity, **{n: v for n, v in made.sent.items() if not isinstance(v, dict)}}
    who = {**held, **{n: v for n, v in shown.items() if v is not None}}
    if recipe.id and made.id is not None:
        who[recipe.id] = made.id
    return Member(made, identity(who, listing.names), {**held, **shown}, get)


def _told_apart(
    context: Context, recipe: Recipe, initial: str, number: int, place: int
) -> dict[str, Any]:
    """Values that differ from one member to the next, for the properties that the recipe draws."""
    names = context.provisioner.names
    word = names.unique()
    own = {
        "name": f"{initial}{word} {names.tag}",
        "tags": f"{names.tag}, {word}t" if recipe.several_tags else f"{names.tag}{word}t",
        "referenceId": f"r{word}",
        "systemName": f"kc{word}",
        "partnerSortValue": number,
        "startTime": place,
    }
    drawn = set(recipe.properties or ()) - set(recipe.values) - set(recipe.avoid)
    drawn |= RESTATED.intersection(recipe.values)
    return {name: value for name, value in own.items() if name in drawn}


def _answered(context: Context, exchange: Exchange) -> None:
    """Raise where the account may not list at all, or nobody knows how it should."""
    error = exchange.error
    if error is None:
        return
    service = exchange.call.service.lower()
    recipe, profile = context.recipe(service), context.profile
    if profile.quirks.why("internal_errors", exchange.action) and "INTERNAL" in error.code:
        raise NotApplicable("known to answer an internal error")
    refused = any(word in error.code for word in ("FORBIDDEN", "UNAUTHORIZED", "NOT_AVAILABLE"))
    if refused and (recipe.gated or profile.actions.may_be_forbidden(exchange.action)):
        raise NotApplicable(f"the account may not list: {error.code}")
    if recipe.grounds == "learned" or recipe.gated:
        raise Inconclusive(f"the list was refused: {error.code}: {error.message}")
