"""Parts of a schema in words, line by line, for `schema show`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from conformance.exceptions import UsageError, did_you_mean
from conformance.schema.change import Impact
from conformance.schema.lineage import Lineage
from conformance.schema.standard import entity_of, standard_actions
from conformance.schema.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.schema.change import Change
    from conformance.schema.model import (
        Action,
        Class,
        Enum,
        ErrorTemplate,
        Property,
        Schema,
        Service,
    )

ALL_FIVE = 5

Part = TypeVar("Part")


def summary(schema: Schema) -> Iterator[str]:
    """What a schema holds, in numbers."""
    abstract = sum(found.abstract for found in schema.classes.values())
    full = sum(len(standard_actions(s)) == ALL_FIVE for s in schema.services.values())
    rows = (
        ("source", schema.source),
        ("API version", schema.api_version or "not said"),
        ("sha256", schema.sha256),
        ("services", f"{len(schema.services)}, {full} with all five standard actions"),
        ("actions", str(len(schema.actions))),
        ("classes", f"{len(schema.classes)}, {abstract} abstract"),
        ("enums", str(len(schema.enums))),
        ("errors", str(len(schema.errors))),
        ("plugins", str(len(schema.plugins))),
        ("oddities", str(len(schema.oddities))),
    )
    yield from (f"{name:<12} {value}" for name, value in rows)
    for oddity in schema.oddities:
        yield f"  line {oddity.line} <{oddity.element}>: {oddity.what}"


def describe(schema: Schema, name: str) -> Iterator[str]:
    """All about what has that name, in any letter case; UsageError with near names if none."""
    lineage = Lineage(schema)
    service, _, action = name.rpartition(".")
    if found_service := _find(schema.services, name, *_by_name(schema, name)):
        return _service(schema, lineage, found_service)
    if (owner := _find(schema.services, service, *_by_name(schema, service))) and (
        found_action := _find(owner.actions, action)
    ):
        return _action(found_action)
    if found_class := _find(schema.classes, name, f"Kaltura{name}"):
        return _class(lineage, found_class)
    if found_enum := _find(schema.enums, name, f"Kaltura{name}"):
        return _enum(found_enum)
    if found_error := _find(schema.errors, name):
        return _error(found_error)
    known = [*schema.services, *schema.classes, *schema.enums, *schema.errors]
    if owner:
        known = [a.id for a in owner.actions.values()]
    elif "." in name:
        known = [a.id for a in schema.actions]
    raise UsageError(
        f"the schema has nothing called '{name}'",
        place=schema.source,
        hint=did_you_mean(name, known),
    )


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Changes a line each, and their number by impact."""
    place_width = max((len(change.place) for change in changes), default=0)
    what_width = max((len(change.what) for change in changes), default=0)
    for change in changes:
        line = f"{change.impact:<10}  {change.place:<{place_width}}  {change.what:<{what_width}}"
        yield f"{line}  {_sides(change)}".rstrip()
    counts = Counter(change.impact for change in changes)
    yield ", ".join(f"{counts[impact]} {impact}" for impact in Impact)


def _sides(change: Change) -> str:
    """Before and after, in one line even where an error's message has several."""
    sides = (" ".join(side.split()) for side in (change.before, change.after))
    return " -> ".join(side for side in sides if side)


def _find(parts: Mapping[str, Part], *names: str) -> Part | None:
    """The part with the first of the names that there is: as written, else in any letter case."""
    for name in names:
        if name in parts:
            return parts[name]
    folded = {key.casefold(): part for key, part in parts.items()}
    return next((folded[n.casefold()] for n in names if n.casefold() in folded), None)


def _by_name(schema: Schema, name: str) -> Iterable[str]:
    """The ids of services whose documented name it is."""
    return (s.id for s in schema.services.values() if s.name.casefold() == name.casefold())


def _service(schema: Schema, lineage: Lineage, service: Service) -> Iterator[str]:
    yield f"service {service.id}" + _notes(service.name, service.plugin, service.deprecated)
    entity = entity_of(schema, lineage, service.id)
    if entity:
        yield f"  objects   {entity}"
    yield "  standard  " + (", ".join(standard_actions(service)) or "none")
    for action in service.actions.values():
        yield f"  {_signature(action)}"


def _signature(action: Action) -> str:
    params = ", ".join(
        f"{words(p.type)} {p.name}" + ("?" if p.optional else "") for p in action.params
    )
    return f"{action.name}({params}): {words(action.result)}"


def _action(action: Action) -> Iterator[str]:
    yield f"action {action.id}" + _notes(action.alias, action.plugin, action.deprecated)
    for param in action.params:
        default = f" = {param.default}" if param.optional and param.default is not None else ""
        need = "optional" if param.optional else "required"
        yield f"  {need}  {param.name}: {words(param.type)}{default}"
    yield f"  answers   {words(action.result)}"
    yield f"  session   {action.session}"
    yield "  in multirequest  " + ("yes" if action.in_multirequest else "no")
    if action.throws:
        yield "  throws    " + ", ".join(action.throws)


def _class(lineage: Lineage, found: Class) -> Iterator[str]:
    kind = "abstract class" if found.abstract else "class"
    yield f"{kind} {found.name}" + _notes(None, found.plugin, found.deprecated)
    line = lineage.ancestors(found.name)
    if line:
        yield "  extends   " + " > ".join(line)
    below = lineage.descendants(found.name)
    if below:
        concrete = [name for name in lineage.concrete(found.name) if name != found.name]
        yield f"  below     {len(below)}, {len(concrete)} concrete"
    own = {prop.name for prop in found.properties}
    for prop in lineage.properties(found.name).values():
        yield f"  {'' if prop.name in own else '^ '}{prop.name}: {words(prop.type)}{_flags(prop)}"


def _flags(prop: Property) -> str:
    limits = (
        ("minLength", prop.min_length),
        ("maxLength", prop.max_length),
        ("minValue", prop.min_value),
        ("maxValue", prop.max_value),
        ("cut at", prop.utf8_truncate),
    )
    words = [
        *(["read-only"] if prop.read_only else []),
        *(["insert-only"] if prop.insert_only else []),
        *(["write-only"] if prop.write_only else []),
        *(["multi-lingual"] if prop.multilingual else []),
        *([f"values of {prop.values_enum}"] if prop.values_enum else []),
        *(f"{name} {value:g}" for name, value in limits if value is not None),
        *([f"needs {'/'.join(prop.requires_permissions)}"] if prop.requires_permissions else []),
    ]
    return f"  [{', '.join(words)}]" if words else ""


def _enum(enum: Enum) -> Iterator[str]:
    yield f"{enum.kind} enum {enum.name}" + _notes(None, enum.plugin, enum.deprecated)
    counts = Counter(constant.value for constant in enum.constants)
    for constant in enum.constants:
        again = "  (a value with several names)" if counts[constant.value] > 1 else ""
        yield f"  {constant.name} = {constant.value}{again}"


def _error(error: ErrorTemplate) -> Iterator[str]:
    yield f"error {error.code}"
    yield f"  message     {error.message}"
    yield "  parameters  " + (", ".join(error.parameters) or "none")


def _notes(alias: str | None, plugin: str | None, deprecated: bool) -> str:  # noqa: FBT001 - a field
    notes = [
        *([alias] if alias else []),
        *([f"plugin {plugin}"] if plugin else []),
        *(["deprecated"] if deprecated else []),
    ]
    return f"  ({', '.join(notes)})" if notes else ""
