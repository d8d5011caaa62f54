"""The parameters by which an action names an object: one id, or several keys together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.schema.standard import id_param, key_params

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.provisioning.recipe import Recipe
    from conformance.schema.model import Action, Service

ADDRESSING = ("get", "update", "delete")


def addresses(
    service: Service,
    recipe: Recipe,
    *,
    value: Any,
    sent: Mapping[str, Any],
    entity: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:
    """By action, the parameters that name an object; without those actions that cannot."""
    found = {}
    for name in ADDRESSING:
        action = service.actions.get(name)
        if action is None or name in recipe.skip:
            continue
        params = _address(action, recipe, value, sent, entity)
        if params is not None:
            found[name] = params
    return found


def identity(recipe: Recipe, value: Any, sent: Mapping[str, Any], entity: Mapping[str, Any]) -> Any:
    """The id of an object: what its recipe says, None where only a composite key names it."""
    if not isinstance(value, dict):
        return value
    if not recipe.id:
        return None
    return value.get(recipe.id, entity.get(recipe.id, sent.get(recipe.id)))


def _address(
    action: Action, recipe: Recipe, value: Any, sent: Mapping[str, Any], entity: Mapping[str, Any]
) -> dict[str, Any] | None:
    known = value if isinstance(value, dict) else {}
    single = id_param(action)
    params: dict[str, Any] = {}
    for param in (single,) if single else key_params(action):
        source = recipe.keys.get(param.name)
        if source is None and single is not None and recipe.id:
            found = identity(recipe, value, sent, entity)
        else:
            name = source or param.name
            found = next((m[name] for m in (known, entity, sent) if m.get(name) is not None), None)
        if found is None:
            return None
        params[param.name] = found
    return params or None
