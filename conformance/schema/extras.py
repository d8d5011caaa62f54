"""The smaller sections to the model: plugins, errors and configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.schema.document import line_of
from conformance.schema.model import ErrorTemplate, Plugin, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from conformance.schema.attributes import Reading
    from conformance.schema.references import References


def read_plugin(element: _Element, reading: Reading) -> Plugin:
    """A plugin with what it needs and what it serves."""
    dependencies: list[str] = []
    services: list[str] = []
    for child in element:
        if child.tag == "dependency":
            dependencies.append(reading.required(child, reading.attributes(child), "pluginName"))
        elif child.tag == "pluginService":
            services.append(reading.required(child, reading.attributes(child), "name"))
        else:
            reading.oddities.note(child, "element <" + str(child.tag) + "> in <plugin>")
    name = reading.required(element, reading.attributes(element), "name")
    return Plugin(name, tuple(dependencies), tuple(services))


def read_error(element: _Element, reading: Reading) -> ErrorTemplate:
    """A published error. A server's message may be empty; its code may not."""
    found = reading.attributes(element)
    parameters: list[str] = []
    for child in element:
        if child.tag != "parameter":
            reading.oddities.note(child, "element <" + str(child.tag) + "> in <error>")
            continue
        parameters.append(reading.required(child, reading.attributes(child), "name"))
    return ErrorTemplate(
        name=reading.required(element, found, "name"),
        code=reading.required(element, found, "code"),
        message=found.get("message", ""),
        parameters=tuple(parameters),
        line=line_of(element),
    )


def read_settings(element: _Element, reading: Reading, references: References) -> Iterator[Setting]:
    """The settings of one group (`client` or `request`), each an element of its own name."""
    reading.attributes(element)
    for child in element:
        found = reading.attributes(child, "setting")
        reading.required(child, found, "type")
        yield Setting(
            group=str(element.tag),
            name=str(child.tag),
            type=references.type_of(child, found),
            alias=found.get("alias") or None,
            volatile=reading.flag(child, found, "volatile"),
            description=found.get("description", ""),
        )
