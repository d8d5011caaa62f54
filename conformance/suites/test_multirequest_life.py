"""Lives an object's whole life in one batch, whose members name it by references to its add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles import multirequest as oracle
from conformance.oracles.slots import slot
from conformance.plugin.check import NotApplicable, check
from conformance.provisioning.address import addresses
from conformance.provisioning.recipe import read_recipes
from conformance.schema.standard import entity_param, id_param
from conformance.suites.batch import member, send
from conformance.suites.history_subjects import services_with_histories
from conformance.suites.making import draft_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.provisioning.recipe import Recipe
    from conformance.schema.model import Action, Service
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

TEXTS = ("description", "summary", "partnerData", "name")
"""What is written of an object, the first of these that its recipe says may be."""


def services_with_one_id(scope: Scope) -> Iterator[Subject]:
    """Services of which a real server was seen to make, show and remove objects by one id."""
    for subject in services_with_histories(scope):
        service, recipe = scope.schema.services[subject.name], read_recipes()[subject.name]
        named = all(id_param(service.actions[name]) for name in ("get", "delete"))
        if named and recipe.id and recipe.proven and "delete" not in recipe.skip:
            yield subject


@check(oracle.batch_holds_a_life, over=services_with_one_id, writes=True)
def test_batch_holds_a_life(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object, get it, write its id into a text of it, get and delete it, in one batch.

    In between a user asks for it; what comes then is the batch's own again.
    """
    service, recipe = context.schema.services[subject.name], context.recipe(subject.name)
    reference = f"{{1:result:{recipe.id}}}"
    gets = _named(service.actions["get"], reference)
    lived = [member(service.id, "add", **draft_of(context, service.id)), gets]
    written = _written(service, recipe)
    mark = f"kc{context.random.getrandbits(32):x}"
    if written is not None:
        kind, text = written
        told = {"objectType": recipe.type or kind, text: f"{mark} of {reference}"}
        update = service.actions["update"]
        writes = _named(update, reference, **{str(_holder(update)): told})
        lived += [writes, gets, {**gets, "ks": context.ks("user")}, writes, gets]
    lived.append(_named(service.actions["delete"], reference))
    batch = _sent(context, service, recipe, lived)
    name = written[1] if written else None
    yield from oracle.batch_holds_a_life(batch, identity=recipe.id, text=name, mark=mark)


def _named(action: Action, reference: str, **more: Any) -> dict[str, Any]:
    """A call of the action about the object that the reference names."""
    named = id_param(action)
    if named is None:
        raise NotApplicable(f"{action.id} names its object by several keys")
    return member(action.service, action.name, **{named.name: reference}, **more)


def _holder(action: Action) -> str | None:
    param = entity_param(action)
    return param.name if param else None


def _written(service: Service, recipe: Recipe) -> tuple[str, str] | None:
    """The class that update takes, and the text that is written; None where nothing is known."""
    action = service.actions.get("update")
    if action is None or "update" in recipe.skip or recipe.update_params or recipe.update is None:
        return None
    param, left = entity_param(action), {*recipe.avoid, *recipe.not_compared, *recipe.values}
    text = next((name for name in TEXTS if name in recipe.update and name not in left), None)
    if param is None or param.type.name is None or text is None or id_param(action) is None:
        return None
    return param.type.name, text


def _sent(
    context: Context, service: Service, recipe: Recipe, members: list[dict[str, Any]]
) -> Exchange:
    """The batch, with the ledger kept. NotApplicable where the account may not add."""
    ledger = context.provisioner.ledger
    number = ledger.intent(service.id, "add", marker=context.provisioner.names.marker)
    batch = send(context, members, session=recipe.session)
    first = slot(batch, 1)
    if first.error is not None:
        ledger.refused(number)
        raise NotApplicable(f"{service.id}.add is refused in a batch: {first.error.code}")
    value = first.result.value if first.result else None
    if not isinstance(value, dict) or value.get(recipe.id) is None:
        raise NotApplicable("add told no id to refer to")
    keys = addresses(service, recipe, value=value, sent={}, entity={})
    ledger.created(number, id=value[recipe.id], delete_params=keys.get("delete"))
    if slot(batch, len(members)).result is not None:
        ledger.removed(number)
    return batch
