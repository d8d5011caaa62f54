"""Which services have a life to judge, and what of it may be judged on this target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.errors import INTERNAL_CODES
from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.plugin.subject import Subject
from conformance.provisioning.life import stored
from conformance.provisioning.recipe import Recipe, read_recipes
from conformance.schema.model import STANDARD_ACTIONS
from conformance.schema.views import update_view

ENTRY = "KalturaBaseEntry"
NOTHING = "null"
"""In a profile's codes of an unknown id: the action may answer nothing."""
TEXTS = ("name", "title", "description", "summary", "text")
ACCENTED = 'Zo\u00eb\'s "Caf\u00e9 \u00dcber" 100%'

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.provisioning.lifecycle import Attempt, Lifecycle, Update
    from conformance.provisioning.made import Made
    from conformance.wire.exchange import Exchange


def _services(scope: Scope, *offered: str) -> Iterator[Subject]:
    """Services that offer these actions, none of whose standard actions must be left alone."""
    for service in scope.schema.services.values():
        safe = _known(service.id).safe_on_own
        played = [n for n in STANDARD_ACTIONS if n in service.actions and n not in safe]
        left_alone = any(
            scope.profile.actions.probe_only_because(f"{service.id}.{name}") for name in played
        )
        if service.offers(*offered) and not left_alone:
            yield Subject(kind="service", name=service.id, service=service.id)


def services_that_add(scope: Scope) -> Iterator[Subject]:
    """Every service that can make an object."""
    yield from _services(scope, "add")


def services_that_get(scope: Scope) -> Iterator[Subject]:
    """Every service that can make an object and show it."""
    yield from _services(scope, "add", "get")


def services_that_update(scope: Scope) -> Iterator[Subject]:
    """Every service that can make an object and change it."""
    yield from _services(scope, "add", "update")


def services_that_delete(scope: Scope) -> Iterator[Subject]:
    """Every service that can make an object and remove it."""
    yield from _services(scope, "add", "delete")


def services_with_text(scope: Scope) -> Iterator[Subject]:
    """Services whose objects are known to take a name, a title or a description."""
    for subject in _services(scope, "add", "get"):
        if _texts(subject.name):
            yield subject


def services_that_double(scope: Scope) -> Iterator[Subject]:
    """Services that give ids, and whose objects have no key that could be taken."""
    for subject in _services(scope, "add", "delete"):
        recipe = _known(subject.name)
        if recipe.proven and not recipe.natural_keys and recipe.id and not recipe.gated:
            yield subject


def services_with_booleans(scope: Scope) -> Iterator[Subject]:
    """Services whose objects are known to keep a boolean as an update sends it."""
    for subject in _services(scope, "add", "get", "update"):
        if booleans(scope, subject.name):
            yield subject


def booleans(scope: Scope | Context, service: str) -> tuple[str, ...]:
    """Boolean properties that a real server is known to keep as an update sends them."""
    recipe = _known(service)
    result = scope.schema.services[service].actions["get"].result.name or ""
    known = scope.lineage.properties(recipe.type or result)
    return tuple(
        name
        for name in recipe.update or ()
        if name in known and known[name].type.kind == "bool" and name not in recipe.not_compared
    )


def services_that_clear(scope: Scope) -> Iterator[Subject]:
    """Services that are known to take updates of a description."""
    for subject in _services(scope, "add", "get", "update"):
        recipe = _known(subject.name)
        if recipe.grounds != "learned" and "description" in (recipe.update or ()):
            yield subject


def services_of_tagged_entries(scope: Scope) -> Iterator[Subject]:
    """Services of entries that are known to take updates of tags."""
    for subject in _services(scope, "add", "get", "update"):
        recipe = _known(subject.name)
        declared = scope.schema.services[subject.name].actions["get"].result.name or ""
        known = recipe.grounds == "recorded" and "tags" in (recipe.update or ())
        if known and scope.lineage.is_a(declared, ENTRY):
            yield subject


def services_with_keys(scope: Scope) -> Iterator[Subject]:
    """Services for which it is known how they refuse the same thing again."""
    for subject in _services(scope, "add"):
        recipe = _known(subject.name)
        # Without a key of its own, what makes a double may be left out of the object.
        keyed = recipe.grounds != "learned" and bool(recipe.natural_keys or not recipe.id)
        if (keyed or recipe.grounds == "recorded") and recipe.duplicate and not recipe.gated:
            yield subject


def services_with_documents(scope: Scope) -> Iterator[Subject]:
    """Services whose objects are known to take a document beside, and to answer it."""
    for subject in _services(scope, "add", "get"):
        if _known(subject.name).documents:
            yield subject


def services_that_refuse(scope: Scope) -> Iterator[Subject]:
    """Services that are known to refuse some adds, and whose list can be asked what there is."""
    keyed = {subject.name for subject in services_with_keys(scope)}
    for subject in _services(scope, "add", "list"):
        recipe = _known(subject.name)
        sure = recipe.grounds == "recorded" and recipe.read_only_on_add == "refused"
        if "list" not in recipe.skip and (subject.name in keyed or (sure and not recipe.gated)):
            yield subject


def services_of_described_entries(scope: Scope) -> Iterator[Subject]:
    """Services of entries that are known to take a description."""
    for subject in _services(scope, "add", "get"):
        recipe = _known(subject.name)
        declared = scope.schema.services[subject.name].actions["get"].result.name or ""
        known = recipe.grounds == "recorded" and "description" in (recipe.properties or ())
        if known and scope.lineage.is_a(declared, ENTRY):
            yield subject


def services_that_require(scope: Scope) -> Iterator[Subject]:
    """Services of which it is known what they ask for first."""
    for subject in _services(scope, "add"):
        if _known(subject.name).required:
            yield subject


def remove_double(context: Context, made: Made, double: Exchange) -> None:
    """Delete what a server added that should have refused it."""
    value = double.result.value if double.result is not None else None
    keys = made.keys.get("delete")
    if not isinstance(value, dict) or keys is None or value.get("id") in (None, made.id):
        return
    own = {name: value["id"] if key == made.id else key for name, key in keys.items()}
    context.call(made.service, "delete", own)


def _known(service: str) -> Recipe:
    """What is known of a service's objects; of a learned one nothing is."""
    return read_recipes().get(service, Recipe())


def _texts(service: str) -> tuple[str, ...]:
    recipe = _known(service)
    if recipe.grounds == "learned" or recipe.never:
        return ()
    left = {*recipe.natural_keys, *recipe.avoid, *recipe.not_compared, *recipe.values}
    return tuple(name for name in TEXTS if name in (recipe.properties or ()) and name not in left)


def written_texts(context: Context, service: str) -> dict[str, str]:
    """Texts that a client may write, each of its own and within the bytes of narrow columns.

    Letters of Latin-1 only: they fit into a table of either character set.
    """
    number = f"{context.random.getrandbits(32):x}"
    return dict.fromkeys(_texts(service), f"{ACCENTED} {number}")


def lives(context: Context, subject: Subject, *, rests: bool = False) -> tuple[Lifecycle, ...]:
    """The lives of the service's objects; Inconclusive when there is none to judge.

    On a second look at times, one that `rests` before it is changed.
    """
    held = context.lifecycles(subject.name, rests=rests)
    if not held:
        raise Inconclusive("no life was played")
    return held


def is_recorded(life: Lifecycle) -> bool:
    """Whether recordings show the service at work for an ordinary account."""
    return life.recipe.grounds == "recorded" and not life.recipe.gated


def writable(context: Context, life: Lifecycle) -> dict[str, Any]:
    """What clients may write of an object, as it was last answered before the empty update.

    Only where recordings show the service: elsewhere some of it may follow from other things.
    """
    if not is_recorded(life) or life.kind is None:
        return {}
    before = stored(life.updated)
    names = {prop.name for prop in update_view(context.lineage, life.kind)}
    names -= set(life.recipe.not_compared)
    return {name: value for name, value in before.items() if name in names}


def numbers_kept(context: Context, life: Lifecycle, update: Update) -> dict[str, Any]:
    """The numbers and switches that an update did not send, as they were before it.

    Texts may follow from others, as a full name does; times may be moved by the server.
    """
    if not is_recorded(life) or life.kind is None:
        return {}
    before, skipped = stored(update.before), {*update.sent, *life.recipe.not_compared}
    return {
        prop.name: before[prop.name]
        for prop in update_view(context.lineage, life.kind)
        if prop.name in before
        and prop.name not in skipped
        and prop.type.kind in {"int", "bigint", "float", "bool"}
        and not prop.type.is_time
    }


def may_be_refused(context: Context, exchange: Exchange) -> bool:
    """Whether the account was refused an action that the profile says it may lack."""
    error = exchange.error
    if error is None or "FORBIDDEN" not in error.code:
        return False
    return context.profile.actions.may_be_forbidden(exchange.action) is not None


def never_worked(context: Context, recipe: Recipe, exchange: Exchange) -> bool:
    """Whether the server broke in code that nobody has seen at work, and that never was in the run.

    What the code refuses before it does its work tells nothing.
    """
    error = exchange.error
    if error is None or error.code not in INTERNAL_CODES:
        return False
    seen = context.seen(exchange.action)
    return exchange.call.action in recipe.may_break and not any(each.result for each in seen)


def is_missing(exchange: Exchange) -> bool:
    """Whether the server does not know the service or the action."""
    code = exchange.error.code if exchange.error else ""
    return code in {"SERVICE_DOES_NOT_EXISTS", "ACTION_DOES_NOT_EXISTS"}


def answers_object(context: Context, service: str, action: str) -> bool:
    """Whether the schema says that the action answers an object, and servers are known to."""
    declared = context.schema.services[service].actions.get(action)
    if declared is None or NOTHING in context.profile.quirks.not_found_codes(declared.id):
        return False
    return declared.result.kind == "object"


def chosen_id(life: Lifecycle) -> bool:
    """Whether the object's id is what the client sent, as a user's is."""
    return life.id_property in life.made.sent or life.id_property in life.made.entity


def bystanding(life: Lifecycle) -> tuple[str, ...]:
    """The properties of the other object that an update of this one must leave alone."""
    if life.bystander is None:
        return ()
    return tuple(n for n in life.bystander.entity if n not in life.recipe.not_compared)


def judged_attempt(
    context: Context, attempt: Attempt | None, quirk: str, action: str, life: Lifecycle
) -> Attempt | None:
    """The attempt, unless the profile knows that the target does not refuse it."""
    if attempt is None:
        return None
    name = f"{life.service}.{action}"
    if context.profile.quirks.why(quirk, f"{name}:{attempt.name}", name):
        return None
    return attempt


def not_found(context: Context, life: Lifecycle, action: str) -> frozenset[str]:
    """The codes of an unknown id, by recipe and profile.

    Raises NotApplicable where the object stays readable after its deletion (CONTRACT CRUD-16), or
    where nobody has told whether it does.
    """
    quirks = context.profile.quirks
    if life.recipe.grounds == "learned":
        raise NotApplicable("nobody has seen what becomes of such an object")
    kept = quirks.why("kept_after_delete", life.service)
    if kept or life.recipe.after_delete == "kept":
        raise NotApplicable(kept or "the object stays readable after its deletion")
    codes = quirks.not_found_codes(f"{life.service}.{action}")
    return frozenset((*codes, *life.recipe.not_found_codes(action)))
