"""Adds that must go out exactly as they are: of another class, or by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.provisioning.address import addresses
from conformance.provisioning.failure import ProvisioningFailed
from conformance.wire.answer import ApiError, NoAnswer, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.plugin.context import Context
    from conformance.provisioning.made import Made
    from conformance.wire.exchange import Exchange


def add_as(
    context: Context,
    service: str,
    kind: str | None,
    values: Mapping[str, Any] | None = None,
    *,
    drawn: Mapping[str, Any] | None = None,
) -> tuple[Made | None, Exchange]:
    """Add once, as `kind` says (None: without an `objectType`); the object, if one was made.

    `drawn` goes out in the place of what would be drawn. Nothing is mended and nothing learned, so
    that no other check's objects come out differently; the ledger is kept. Raises NotApplicable
    where a prerequisite cannot be had.
    """
    provisioner = context.provisioner
    try:
        adding = provisioner.adding(service, properties=values, random=context.random)
    except ProvisioningFailed as failure:
        context.exchanges.extend(failure.exchanges)
        raise NotApplicable(str(failure)) from failure
    entity = dict(adding.draft.entity)
    if drawn is not None:
        fixed = {n: value for n, value in entity.items() if n not in adding.draft.drawn}
        marked = provisioner.drafting.marked(drawn, context.recipe(service))
        entity = {**marked, **fixed}
    if kind in context.schema.classes:
        known = context.lineage.properties(str(kind))
        entity = {name: value for name, value in entity.items() if name in known}
    made, exchange = adding.send(structs.replace(adding.draft, type=kind, entity=entity))
    context.exchanges.append(exchange)
    if isinstance(exchange.answer, NoAnswer):
        raise Inconclusive(f"{exchange.action}: no answer ({exchange.answer.detail})")
    return made, exchange


def draft_of(context: Context, service: str) -> dict[str, Any]:
    """The parameters with which an object of the service would be added; nothing is sent."""
    provisioner = context.provisioner
    try:
        return dict(provisioner.adding(service, random=context.random).draft.sent)
    except ProvisioningFailed as failure:
        context.exchanges.extend(failure.exchanges)
        raise NotApplicable(str(failure)) from failure


def add_by(
    context: Context, session: str, service: str, params: Mapping[str, Any]
) -> tuple[Any, Exchange]:
    """Add as that session; the object's id, None where it was refused. The ledger is kept."""
    provisioner = context.provisioner
    ledger = provisioner.ledger
    number = ledger.intent(service, "add", marker=provisioner.names.marker)
    exchange = context.call(service, "add", params, session=session)
    answer = exchange.answer
    if isinstance(answer, ApiError):
        ledger.refused(number)
    if not isinstance(answer, Result) or not isinstance(answer.value, dict):
        return None, exchange
    keys = addresses(
        context.schema.services[service],
        context.recipe(service),
        value=answer.value,
        sent=params,
        entity={},
    )
    ledger.created(number, id=answer.value.get("id"), delete_params=keys.get("delete"))
    return answer.value.get("id"), exchange
