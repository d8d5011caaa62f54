"""A model back to XML, for the tests of reading. The product itself never writes a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.schema.model import (
        Action,
        Class,
        Enum,
        ErrorTemplate,
        Plugin,
        Property,
        Schema,
        Service,
        TypeRef,
    )


def written(schema: Schema) -> bytes:
    """The file that the reader makes this schema of, but for line numbers and digest."""
    date = {} if schema.generated_at is None else {"generatedDate": str(schema.generated_at)}
    lines = [
        _open("xml", apiVersion=schema.api_version, **date),
        *_section("enums", map(_enum, schema.enums.values())),
        *_section("classes", map(_class, schema.classes.values())),
        *_section("services", map(_service, schema.services.values())),
        *_section("plugins", map(_plugin, schema.plugins.values())),
        *_section("errors", map(_error, schema.errors.values())),
        "</xml>",
    ]
    return "\n".join(lines).encode()


def _section(name: str, parts: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"<{name}>"
    for part in parts:
        yield from part
    yield f"</{name}>"


def _open(tag: str, **attributes: str | None) -> str:
    text = "".join(f" {k}={quoteattr(v)}" for k, v in attributes.items() if v is not None)
    return f"<{tag}{text}>"


def _empty(tag: str, **attributes: str | None) -> str:
    return f"{_open(tag, **attributes)[:-1]}/>"


def _one(flag: bool) -> str | None:  # noqa: FBT001 - a field of the model
    return "1" if flag else None


def _bit(flag: bool) -> str:  # noqa: FBT001 - as above
    return "1" if flag else "0"


def _number(value: float | None) -> str | None:
    return None if value is None else repr(value)


def _type(type_ref: TypeRef) -> dict[str, str | None]:
    return {
        "type": type_ref.name or (None if type_ref.kind == "void" else type_ref.kind),
        "arrayType": type_ref.element,
        "enumType": type_ref.enum,
        "isTime": _one(type_ref.is_time),
    }


def _enum(enum: Enum) -> Iterator[str]:
    yield _open(
        "enum",
        name=enum.name,
        enumType=enum.kind,
        plugin=enum.plugin,
        deprecated=_one(enum.deprecated),
    )
    yield from (_empty("const", name=c.name, value=c.value) for c in enum.constants)
    yield "</enum>"


def _class(found: Class) -> Iterator[str]:
    yield _open(
        "class",
        name=found.name,
        base=found.base,
        abstract=_one(found.abstract),
        plugin=found.plugin,
        requiresPermissions=",".join(found.requires_permissions) or None,
        deprecated=_one(found.deprecated),
        description=found.description,
    )
    yield from map(_property, found.properties)
    yield "</class>"


def _property(prop: Property) -> str:
    return _empty(
        "property",
        name=prop.name,
        **_type(prop.type),
        readOnly=_bit(prop.read_only),
        insertOnly=_bit(prop.insert_only),
        writeOnly=_bit(prop.write_only),
        multiLingual=_bit(prop.multilingual),
        valuesEnumType=prop.values_enum,
        requiresPermissions=",".join(prop.requires_permissions) or None,
        minLength=_number(prop.min_length),
        maxLength=_number(prop.max_length),
        minValue=_number(prop.min_value),
        maxValue=_number(prop.max_value),
        utf8truncate=_number(prop.utf8_truncate),
        deprecated=_one(prop.deprecated),
        description=prop.description,
    )


def _service(service: Service) -> Iterator[str]:
    yield _open(
        "service",
        id=service.id,
        name=service.name,
        plugin=service.plugin,
        deprecated=_one(service.deprecated),
        description=service.description,
    )
    for action in service.actions.values():
        yield from _action(action)
    yield "</service>"


def _action(action: Action) -> Iterator[str]:
    yield _open(
        "action",
        name=action.name,
        enableInMultiRequest=_bit(action.in_multirequest),
        sessionRequired=action.session,
        actionAlias=action.alias,
        plugin=action.plugin,
        beta=_one(action.beta),
        deprecated=_one(action.deprecated),
        description=action.description,
    )
    for param in action.params:
        yield _empty(
            "param",
            name=param.name,
            **_type(param.type),
            optional=_bit(param.optional),
            default=param.default,
            description=param.description,
        )
    yield _empty("result", **_type(action.result))
    yield from (_empty("throws", name=name) for name in action.throws)
    yield "</action>"


def _plugin(plugin: Plugin) -> Iterator[str]:
    yield _open("plugin", name=plugin.name)
    yield from (_empty("dependency", pluginName=n) for n in plugin.dependencies)
    yield from (_empty("pluginService", name=n) for n in plugin.services)
    yield "</plugin>"


def _error(error: ErrorTemplate) -> Iterator[str]:
    yield _open("error", name=error.name, code=error.code, message=error.message)
    yield from (_empty("parameter", name=n) for n in error.parameters)
    yield "</error>"
