"""What services and their actions owe, the standard ones above all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.schema.standard import (
    LIST_RESPONSE,
    entity_of,
    entity_param,
    list_element,
    standard_actions,
)
from conformance.verdict.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Param, Schema, Service

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
NUMBERS = {"int": r"-?\d*", "bigint": r"-?\d*", "float": r"-?\d*\.?\d*(?:[eE][+-]?\d+)?"}
KINSHIP = 3
"""Letters at the start that two words share at least to be one word in two forms (mix, mixing)."""


@oracle("SCHEMA-SERVICE-001")
def service_id_is_its_name_in_lower_case(schema: Schema, service: Service) -> Iterator[Breach]:
    """A service's id is its name in lower case, after its plugin's and an underscore if any."""
    name = service.name.lower()
    if service.plugin is None:
        if service.id != name:
            yield Breach(f"{service.id} id", f"'{name}'", f"'{service.id}'")
        return
    # A service may be attributed to another plugin than the one that its id is made of.
    plugins = {service.plugin.lower(), *(plugin.lower() for plugin in schema.plugins)}
    prefix, _, rest = service.id.partition("_")
    if rest != name or prefix not in plugins:
        expected = f"'{service.plugin.lower()}_{name}'"
        yield Breach(f"{service.id} id", expected, f"'{service.id}'")


@oracle("SCHEMA-PLUGIN-001")
def plugins_are_declared(schema: Schema) -> Iterator[Breach]:
    """Every plugin that a service, type, action or other plugin names is declared."""
    if not schema.plugins:
        return
    named = [
        *((service.id, service.plugin) for service in schema.services.values()),
        *((action.id, action.plugin) for action in schema.actions),
        *((found.name, found.plugin) for found in schema.classes.values()),
        *((found.name, found.plugin) for found in schema.enums.values()),
        *((p.name, other) for p in schema.plugins.values() for other in p.dependencies),
    ]
    for where, plugin in named:
        if plugin and plugin not in schema.plugins:
            yield Breach(where, "a declared plugin", f"'{plugin}'")


@oracle("SCHEMA-ACTION-001")
def file_answers_stay_out_of_multirequest(service: Service) -> Iterator[Breach]:
    """An action may be part of a multirequest exactly when it does not answer a file."""
    for action in service.actions.values():
        answers_file = action.result.kind == "file"
        if action.in_multirequest == answers_file:
            yield Breach(
                f"{action.id} enableInMultiRequest",
                "0, it answers a file" if answers_file else "1, it answers no file",
                "1" if action.in_multirequest else "0",
            )


@oracle("SCHEMA-ACTION-002")
def aliases_name_actions(schema: Schema, service: Service) -> Iterator[Breach]:
    """An alias names an action that the schema has."""
    for action in service.actions.values():
        if action.alias and not _names_action(schema, action.alias.casefold()):
            yield Breach(f"{action.id} actionAlias", "an action", f"'{action.alias}'")


def _names_action(schema: Schema, alias: str) -> bool:
    owner, _, name = alias.rpartition(".")
    return any(
        owner in {service.id.casefold(), service.name.casefold()}
        and any(action.casefold() == name for action in service.actions)
        for service in schema.services.values()
    )


@oracle("SCHEMA-ACTION-003")
def parameters_are_named_once(service: Service) -> Iterator[Breach]:
    """An action has no two parameters of one name."""
    for action in service.actions.values():
        names = [param.name for param in action.params]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Breach(f"{action.id}:{name}", "one parameter", str(names.count(name)))


@oracle("SCHEMA-ACTION-004")
def defaults_can_be_read(service: Service) -> Iterator[Breach]:
    """A parameter's documented default is null or a literal of its type."""
    for action in service.actions.values():
        for param in action.params:
            if param.default is not None and not _is_literal(param):
                yield Breach(
                    f"{action.id}:{param.name} default",
                    f"null or a literal of {param.type.name or param.type.kind}",
                    f"'{param.default}'",
                )


def _is_literal(param: Param) -> bool:
    default = param.default or ""
    if default == "null" or param.type.kind == "string":
        return True
    if param.type.kind == "bool":
        return default in {"true", "false", "1", "0", ""}
    number = NUMBERS.get(param.type.kind)
    return bool(number and re.fullmatch(number, default))


@oracle("SCHEMA-LIST-002")
def list_answers_a_list_response(lineage: Lineage, service: Service) -> Iterator[Breach]:
    """A `list` action answers a list response with `objects` of a class, or an array of a class."""
    action = service.actions.get("list")
    if action is None or (action.result.kind == "array" and action.result.element):
        return
    name = action.result.name
    if name is None or not lineage.is_a(name, LIST_RESPONSE):
        yield Breach(f"{action.id} result", f"a {LIST_RESPONSE}", name or action.result.kind)
        return
    objects = lineage.properties(name).get("objects")
    if objects is None or objects.type.kind != "array" or objects.type.element is None:
        actual = (objects.type.name or objects.type.kind) if objects else "absent"
        yield Breach(f"{name}.objects", "an array of a class", actual)


@oracle("SCHEMA-LIST-003")
def listed_objects_are_the_entity(lineage: Lineage, service: Service) -> Iterator[Breach]:
    """What `list` answers and what `get` and `add` answer are of one family."""
    listed = service.actions.get("list")
    element = list_element(lineage, listed.result) if listed else None
    if listed is None or element is None:
        return
    for name in ("get", "add"):
        action = service.actions.get(name)
        answered = action.result.name if action else None
        if answered is None or _related(lineage, answered, element):
            continue
        yield Breach(
            f"{listed.id} result", f"objects that are {answered}, as {name} answers", element
        )


@oracle("SCHEMA-LIST-004")
def list_filters_descend_from_filters(lineage: Lineage, service: Service) -> Iterator[Breach]:
    """The filter that a `list` action takes descends from filters only."""
    action = service.actions.get("list")
    for param in action.params if action else ():
        name = param.type.name
        if action is None or name is None or not name.endswith("Filter"):
            continue
        family = (name, *lineage.ancestors(name))
        if not family[-1].endswith("Filter"):
            yield Breach(f"{action.id}:{param.name}", "a filter by descent", " > ".join(family))


@oracle("SCHEMA-STANDARD-001")
def written_objects_can_be_read(
    schema: Schema, lineage: Lineage, service: Service
) -> Iterator[Breach]:
    """A service that adds, updates or deletes its own objects also gets or lists them."""
    if "get" in service.actions or "list" in service.actions:
        return
    entity = entity_of(schema, lineage, service.id)
    for name in standard_actions(service):
        action = service.actions[name]
        taken = entity_param(action)
        owns = taken is not None and entity is not None and taken.type.name == entity
        if owns or name == "update":
            yield Breach(
                service.id,
                "get or list",
                "standard actions " + ", ".join(standard_actions(service)),
            )
            return


@oracle("SCHEMA-STANDARD-002")
def action_answers_the_entity_it_takes(lineage: Lineage, service: Service) -> Iterator[Breach]:
    """The object that `add` or `update` answers is of one family with the one that it takes."""
    for name in ("add", "update"):
        action = service.actions.get(name)
        taken = entity_param(action) if action else None
        if action is None or taken is None or action.result.name is None or not taken.type.name:
            continue
        if not _related(lineage, taken.type.name, action.result.name):
            yield Breach(
                f"{action.id} result", f"{taken.type.name}, as it takes", action.result.name
            )


@oracle("SCHEMA-STANDARD-003")
def object_is_named_by_a_parameter(service: Service) -> Iterator[Breach]:
    """`get`, `update` and `delete` take a parameter that says which object is meant."""
    for name in ("get", "update", "delete"):
        action = service.actions.get(name)
        if action is not None and not action.params:
            yield Breach(f"{action.id} params", "at least the object's id", "none")


@oracle("SCHEMA-STANDARD-004")
def service_is_named_after_its_entity(
    schema: Schema, lineage: Lineage, service: Service
) -> Iterator[Breach]:
    """A service with standard actions shares a word of its name with the class of its objects."""
    entity = entity_of(schema, lineage, service.id)
    if entity is None:
        return
    own, other = _words(service.name), _words(entity.removeprefix("Kaltura"))
    if (
        not any(_kin(a, b) for a in own for b in other)
        and service.name.lower() not in entity.lower()
    ):
        yield Breach(f"{service.id} name", f"a word of {entity}", service.name)


def _related(lineage: Lineage, one: str, other: str) -> bool:
    return one == other or lineage.common_ancestor(one, other) in {one, other}


def _words(name: str) -> list[str]:
    return [word.lower() for word in WORD.findall(name)]


def _kin(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and len(shorter) >= min(KINSHIP, len(longer))
