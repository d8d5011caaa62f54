"""Calls of additional actions with objects that exist: what each parameter is called with."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from conformance.plugin.subjects import action_subject
from conformance.profile.pattern import matches_any
from conformance.provisioning.address import addresses
from conformance.provisioning.failure import ProvisioningFailed
from conformance.schema.model import STANDARD_ACTIONS
from conformance.schema.standard import key_params
from conformance.suites.misuse import asked, is_decoded_as_usual, is_required, placeholder
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made
    from conformance.schema.model import Action, Param
    from conformance.wire.exchange import Exchange
    from conformance.wire.request import Form

READING = re.compile(r"(get|list|count|is|search|check|has|find)(?=[A-Z]|$)")
"""The first word of an action that changes nothing."""
PLURAL = re.compile(r"Ids$|^ids$")


class Arguments(Struct, frozen=True):
    """`arguments.toml`, which explains its tables."""

    objects: dict[str, str]
    properties: dict[str, str]
    values: dict[str, Any]
    safe: dict[str, list[str]]
    elsewhere: dict[str, list[str]]
    kept: dict[str, list[str]]
    status: dict[str, int]
    profiled: dict[str, list[str]]


class Called(Struct, frozen=True):
    """The parameters of a call, and by parameter the ids of own objects of the service in them."""

    params: dict[str, Any]
    own: dict[str, str]


@lru_cache(maxsize=1)
def read_arguments() -> Arguments:
    """The tables that come with the suite."""
    text = files("conformance.suites").joinpath("arguments.toml").read_bytes()
    return msgspec.toml.decode(text, type=Arguments)


def reading_actions(scope: Scope | Context) -> Iterator[Subject]:
    """Additional actions that read the server's own data and answer no file."""
    elsewhere = read_arguments().elsewhere["actions"]
    for action in _callable(scope):
        if not READING.match(action.name) or matches_any(elsewhere, action.id):
            continue
        quirks = scope.profile.quirks
        if not any(quirks.why(table, action.id) for table in ("internal_errors", "bare_answers")):
            yield action_subject(action)


def safe_actions(scope: Scope) -> Iterator[Subject]:
    """Additional actions that change nothing but a fresh object of the run's own."""
    safe = frozenset(read_arguments().safe["actions"])
    for action in _callable(scope):
        if action.id in safe:
            yield action_subject(action)


def _callable(scope: Scope | Context) -> Iterator[Action]:
    for action in scope.schema.actions:
        takes_file = any(param.type.kind == "file" for param in action.params)
        if action.name in STANDARD_ACTIONS or action.result.kind == "file" or takes_file:
            continue
        if scope.profile.actions.may_be_forbidden(action.id):
            continue
        if scope.profile.actions.probe_only_because(action.id):
            continue
        if is_decoded_as_usual(action, scope.profile) and action.service != "session":
            yield action


def arguments(context: Context, action: Action, *, fresh: bool = False) -> Called:
    """Plausible values for what is required; `fresh` takes objects that nobody else uses.

    What cannot be had is asked for with an id of nothing.
    """
    tables = read_arguments()
    params: dict[str, Any] = {}
    own: dict[str, str] = {}
    for param in filter(is_required, action.params):
        fixed = tables.values.get(f"{action.service}.{param.name}")
        named = None if fixed is not None else _object_of(context, action, param, fresh=fresh)
        if fixed is not None:
            params[param.name] = context.provisioner.names.fill(fixed)
        elif named is not None:
            value = _property_of(named, action, param)
            params[param.name] = str(value) if PLURAL.search(param.name) else value
            if named.service == action.service:
                own[param.name] = str(value)
        elif param.name == "partnerId":
            params[param.name] = context.partner_id
        else:
            ref, schema, lineage = param.type, context.schema, context.lineage
            params[param.name] = placeholder(ref, schema, lineage, context.random)
    return Called(params, own)


def _property_of(made: Made, action: Action, param: Param) -> Any:
    name = read_arguments().properties.get(f"{action.service}.{param.name}")
    found = made.property(name) if name is not None else None
    return made.id if found is None else found


def _object_of(context: Context, action: Action, param: Param, *, fresh: bool) -> Made | None:
    """The object that a parameter names, or None where it names none or none can be had."""
    service = _service_of(context, action, param)
    if service is None or param.type.kind not in {"string", "int", "bigint"}:
        return None
    provisioner = context.provisioner
    try:
        made = provisioner.make(service, random=context.random) if fresh else None
        found = made or provisioner.fixture(service)
    except ProvisioningFailed as failure:
        context.exchanges.extend(failure.exchanges)
        return None
    if made is not None:
        context.exchanges.append(made.exchange)
    return found if found.id is not None else None


def _service_of(context: Context, action: Action, param: Param) -> str | None:
    offered = context.schema.services
    own = offered[action.service]
    get = own.actions.get("get")
    keys = key_params(get) if get is not None else ()
    is_own = param.name == "id" or (len(keys) == 1 and param.name == keys[0].name)
    if is_own and "add" in own.actions:
        return own.id
    named = f"{action.service}.{param.name}"
    if named in read_arguments().properties:
        return own.id if "add" in own.actions else None
    found = read_arguments().objects.get(param.name)
    return found if found in offered else None


def called(
    context: Context, action: Action, params: dict[str, Any], *, form: Form | None = None
) -> Exchange:
    """One call; what it makes goes into the ledger like everything else."""
    if action.name != "clone" and not action.name.startswith("addFrom"):
        if form is None:
            return asked(context, action, params)
        return context.call(action.service, action.name, params, form=form)
    provisioner = context.provisioner
    ledger = provisioner.ledger
    number = ledger.intent(action.service, action.name, marker=provisioner.names.marker)
    exchange = context.call(action.service, action.name, params, form=form)
    answer = exchange.answer
    if isinstance(answer, ApiError):
        ledger.refused(number)
    if isinstance(answer, Result) and isinstance(answer.value, dict):
        service, recipe = context.schema.services[action.service], context.recipe(action.service)
        keys = addresses(service, recipe, value=answer.value, sent=params, entity={})
        ledger.created(number, id=answer.value.get("id"), delete_params=keys.get("delete"))
    return exchange
