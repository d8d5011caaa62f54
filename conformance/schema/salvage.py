"""What can be read of a schema that is not sound: whoever judges its server has to start somewhere.

What cannot be read is left out, and then, until nothing changes, whatever names what is not there:
a property, an action, a class. So less is judged, and nothing by a guess.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.schema.model import ROOT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from conformance.schema.model import Action, Class, Property, Service, TypeRef


def sound_classes(classes: Mapping[str, Class], enums: Collection[str]) -> dict[str, Class]:
    """The classes whose bases are there and lead somewhere, with the properties whose types are."""
    kept = dict(classes)
    while True:
        # A root stands on nothing; a class stands once its base does. A circle never does.
        standing: set[str] = set(ROOT_CLASSES)
        waiting = set(kept)
        while ready := {n for n in waiting if kept[n].base is None or kept[n].base in standing}:
            standing |= ready
            waiting -= ready
        sound = {
            name: _with_sound_properties(kept[name], standing, enums)
            for name in kept
            if name not in waiting
        }
        if sound == kept:
            return sound
        kept = sound


def sound_service(service: Service, classes: Collection[str], enums: Collection[str]) -> Service:
    """The service with the actions whose every type is there."""
    actions = {
        action.name: action
        for action in service.actions.values()
        if _action_stands(action, classes, enums)
    }
    if len(actions) == len(service.actions):
        return service
    return replace(service, actions=MappingProxyType(actions))


def _with_sound_properties(
    declared: Class, classes: Collection[str], enums: Collection[str]
) -> Class:
    sound = tuple(each for each in declared.properties if _property_stands(each, classes, enums))
    return (
        declared if len(sound) == len(declared.properties) else replace(declared, properties=sound)
    )


def _property_stands(declared: Property, classes: Collection[str], enums: Collection[str]) -> bool:
    listed = declared.values_enum
    return (listed is None or listed in enums) and _type_stands(declared.type, classes, enums)


def _action_stands(action: Action, classes: Collection[str], enums: Collection[str]) -> bool:
    if not all(_type_stands(param.type, classes, enums) for param in action.params):
        return False
    # A result alone may be an enum's bare name (CONTRACT SCHEMA-11).
    return action.result.name in enums or _type_stands(action.result, classes, enums)


def _type_stands(written: TypeRef, classes: Collection[str], enums: Collection[str]) -> bool:
    named = (name for name in (written.name, written.element) if name)
    return all(name in classes or name in ROOT_CLASSES for name in named) and (
        written.enum is None or written.enum in enums
    )
