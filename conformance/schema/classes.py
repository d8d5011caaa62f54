"""Class and enum elements to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.schema.document import line_of
from conformance.schema.model import Class, Constant, Enum, Property

if TYPE_CHECKING:
    from lxml.etree import _Element

    from conformance.schema.attributes import Reading
    from conformance.schema.references import References

FLAGS = ("readOnly", "insertOnly", "writeOnly", "multiLingual")
RARE = frozenset(
    {
        *("requiresPermissions", "minLength", "maxLength", "minValue", "maxValue"),
        *("utf8truncate", "deprecated"),
    }
)


def read_enum(element: _Element, reading: Reading) -> Enum:
    """An enum with its constants, which may be none."""
    found = reading.attributes(element)
    kind = reading.required(element, found, "enumType")
    if kind not in {"int", "string"}:
        raise reading.error(element, f"enumType='{kind}'", "Choices: int, string")
    constants = []
    for child in element:
        if child.tag != "const":
            reading.oddities.note(child, "element <" + str(child.tag) + "> in <enum>")
            continue
        own = reading.attributes(child)
        with reading.leaving_out:
            constants.append(Constant(reading.required(child, own, "name"), own.get("value", "")))
    return Enum(
        name=reading.required(element, found, "name"),
        kind="int" if kind == "int" else "string",
        constants=tuple(constants),
        plugin=found.get("plugin"),
        deprecated=reading.flag(element, found, "deprecated"),
        line=line_of(element),
    )


def read_class(element: _Element, reading: Reading, references: References) -> Class:
    """A class with its own properties."""
    found = reading.attributes(element)
    base = found.get("base") or None
    if base:
        references.mention(element, base, "class", "base")
    properties: dict[str, Property] = {}
    for child in element:
        if child.tag != "property":
            reading.oddities.note(child, "element <" + str(child.tag) + "> in <class>")
            continue
        with reading.leaving_out:
            read = _property(child, reading, references)
            if read.name in properties:
                raise reading.error(
                    child, f"the property '{read.name}' of '{found.get('name')}' is declared twice"
                )
            properties[read.name] = read
    return Class(
        name=reading.required(element, found, "name"),
        base=base,
        abstract=reading.flag(element, found, "abstract"),
        properties=tuple(properties.values()),
        plugin=found.get("plugin"),
        requires_permissions=reading.names(found, "requiresPermissions"),
        deprecated=reading.flag(element, found, "deprecated"),
        description=found.get("description", ""),
        line=line_of(element),
    )


def _property(element: _Element, reading: Reading, references: References) -> Property:
    found = reading.attributes(element)
    reading.required(element, found, "type")
    values_enum = found.get("valuesEnumType") or None
    if values_enum:
        references.mention(element, values_enum, "enum", "valuesEnumType")
    read_only, insert_only, write_only, multilingual = reading.flags(element, found, FLAGS)
    plain = Property(
        name=reading.required(element, found, "name"),
        type=references.type_of(element, found),
        read_only=read_only,
        insert_only=insert_only,
        write_only=write_only,
        multilingual=multilingual,
        values_enum=values_enum,
        description=found.get("description", ""),
    )
    # Most properties have none of these, and a schema has thousands of properties.
    return plain if RARE.isdisjoint(found) else _limited(plain, element, found, reading)


def _limited(
    plain: Property, element: _Element, found: dict[str, str], reading: Reading
) -> Property:
    return replace(
        plain,
        requires_permissions=reading.names(found, "requiresPermissions"),
        min_length=reading.whole(element, found, "minLength"),
        max_length=reading.whole(element, found, "maxLength"),
        min_value=reading.number(element, found, "minValue"),
        max_value=reading.number(element, found, "maxValue"),
        utf8_truncate=reading.whole(element, found, "utf8truncate"),
        deprecated=reading.flag(element, found, "deprecated"),
    )
