"""Objects with an array in them whose item is refused: so it shows that the item was read at all.

An abstract class is refused while a call is decoded (CONTRACT INH-05), so nothing is carried out.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.plugin.check import NotApplicable
from conformance.plugin.subjects import action_subject
from conformance.suites.misuse import (
    before,
    class_of,
    is_decoded_as_usual,
    object_params,
    settable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema

DEEPEST = 2


class Refusable(Struct, frozen=True):
    """An object's value, and the abstract class that stands in one of its arrays."""

    value: dict[str, Any]
    element: str


def refusable(name: str, schema: Schema, lineage: Lineage, *, depth: int = 0) -> Refusable | None:
    """A value of the class with an item of an abstract class in an array of it, at any depth.

    Classes of plugins are left alone: theirs may be switched off (CONTRACT TRAP-03).
    """
    declared = schema.classes.get(name)
    if declared is None or declared.abstract or declared.plugin is not None or depth > DEEPEST:
        return None
    arrays = [
        (prop.name, str(prop.type.element))
        for prop in settable(name, lineage)
        if prop.type.kind == "array" and prop.type.element in schema.classes
    ]
    for prop, element in arrays:
        item = schema.classes[element]
        if item.abstract and item.plugin is None:
            items = [*_accepted(element, schema, lineage), {"objectType": element}]
            return Refusable({"objectType": name, prop: items}, element)
    for prop, element in arrays:
        inner = refusable(element, schema, lineage, depth=depth + 1)
        if inner is not None:
            return Refusable({"objectType": name, prop: [inner.value]}, inner.element)
    return None


def _accepted(element: str, schema: Schema, lineage: Lineage) -> list[dict[str, Any]]:
    """An item before the refused one, so that it shows whether more than the first is read."""
    own = (each for each in lineage.concrete(element) if schema.classes[each].plugin is None)
    return [{"objectType": each} for each in islice(own, 1)]


def keyed(value: Any) -> Any:
    """The value with each array as an object whose keys are numbers (CONTRACT WIRE-09)."""
    if isinstance(value, dict):
        return {name: keyed(each) for name, each in value.items()}
    if isinstance(value, list):
        return {str(number): keyed(each) for number, each in enumerate(value)}
    return value


def actions_with_arrays(scope: Scope) -> Iterator[Subject]:
    """The adds and updates of core services that take such an object."""
    for action in scope.schema.actions:
        usual = action.name in {"add", "update"} and "_" not in action.service
        if not usual or scope.profile.actions.probe_only_because(action.id):
            continue
        if is_decoded_as_usual(action, scope.profile) and _found(
            action, scope.schema, scope.lineage
        ):
            yield action_subject(action)


def call_with_an_array(context: Context, action: Action) -> tuple[dict[str, Any], str]:
    """The parameters of such a call, and the class that has to be refused."""
    found = _found(action, context.schema, context.lineage)
    if found is None:
        raise NotApplicable("takes no object with an array of an abstract class")
    name, value = found
    parameter = action.param(name)
    params, _files = before(context, action, parameter)
    return {**params, name: value.value}, value.element


def _found(action: Action, schema: Schema, lineage: Lineage) -> tuple[str, Refusable] | None:
    for parameter in object_params(action, schema):
        found = refusable(class_of(parameter, schema).name, schema, lineage)
        if found is not None:
            return parameter.name, found
    return None
