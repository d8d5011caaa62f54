"""Service elements with their actions to the model."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.schema.document import line_of
from conformance.schema.model import Action, Param, Service, SessionNeed, TypeRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from conformance.schema.attributes import Reading
    from conformance.schema.references import References

VOID = TypeRef("void")

SESSION_NEEDS: Mapping[str, SessionNeed] = {
    "always": "always",
    "optional": "optional",
    "none": "none",
}


def read_service(element: _Element, reading: Reading, references: References) -> Service:
    """A service with its actions by name; a name that is doubled in any letter case is refused.

    Servers look names up without regard to case: of two that differ by it, one cannot be called.
    """
    found = reading.attributes(element)
    service_id = reading.required(element, found, "id")
    actions: dict[str, Action] = {}
    folded: set[str] = set()
    for child in element:
        if child.tag != "action":
            reading.oddities.note(child, "element <" + str(child.tag) + "> in <service>")
            continue
        with reading.leaving_out:
            action = _action(child, service_id, reading, references)
            if action.name.casefold() in folded:
                raise reading.error(
                    child, f"the action '{action.name}' of '{service_id}' is declared twice"
                )
            folded.add(action.name.casefold())
            actions[action.name] = action
    return Service(
        id=service_id,
        name=reading.required(element, found, "name"),
        actions=MappingProxyType(actions),
        plugin=found.get("plugin"),
        deprecated=reading.flag(element, found, "deprecated"),
        description=found.get("description", ""),
        line=line_of(element),
    )


def _action(element: _Element, service: str, reading: Reading, references: References) -> Action:
    found = reading.attributes(element)
    params: list[Param] = []
    throws: list[str] = []
    result: TypeRef | None = None
    for child in element:
        if child.tag == "param":
            params.append(_param(child, reading, references))
        elif child.tag == "throws":
            throws.append(reading.required(child, reading.attributes(child), "name"))
        elif child.tag == "result" and result is None:
            result = references.type_of(child, reading.attributes(child))
        else:
            reading.oddities.note(child, "element <" + str(child.tag) + "> in <action>")
    return Action(
        service=service,
        name=reading.required(element, found, "name"),
        params=tuple(params),
        result=result or VOID,
        throws=tuple(throws),
        session=_session(element, found, reading),
        in_multirequest=reading.flag(element, found, "enableInMultiRequest", default=True),
        alias=found.get("actionAlias") or None,
        plugin=found.get("plugin"),
        beta=reading.flag(element, found, "beta"),
        deprecated=reading.flag(element, found, "deprecated"),
        description=found.get("description", ""),
        line=line_of(element),
    )


def _session(element: _Element, found: Mapping[str, str], reading: Reading) -> SessionNeed:
    written = found.get("sessionRequired", "always")
    need = SESSION_NEEDS.get(written)
    if need is None:
        reading.oddities.note(element, f"sessionRequired='{written}'")
        return "always"
    return need


def _param(element: _Element, reading: Reading, references: References) -> Param:
    found = reading.attributes(element)
    reading.required(element, found, "type")
    return Param(
        name=reading.required(element, found, "name"),
        type=references.type_of(element, found),
        optional=reading.flag(element, found, "optional"),
        default=found.get("default"),
        description=found.get("description", ""),
    )
