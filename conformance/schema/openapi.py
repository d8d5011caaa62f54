"""A schema as an OpenAPI 3.1 document, for generators and tools that know no Kaltura.

Every class is written out flat, with its inherited properties and a constant `objectType`, once for
answers and once for each way of sending it: no generator copes with inheritance as `allOf`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.schema.lineage import Lineage
from conformance.schema.model import ROOT_CLASSES
from conformance.schema.views import add_view, response_view, update_view

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from conformance.schema.model import Action, Param, Property, Schema, TypeRef

VERSION = "3.1.0"
API_PATH = "/api_v3"
MOST_SUBTYPES = 8
"""Alternatives in one place: some have a hundred, and no reader or generator is served by them."""
UNKNOWN = 2_000_000_000
"""An id above every one that a server has given so far."""
ERROR = "KalturaAPIException"
VIEWS: dict[str, Callable[[Lineage, str], tuple[Property, ...]]] = {
    "answer": response_view,
    "add": add_view,
    "update": update_view,
}
SUFFIX = {"answer": "", "add": ".add", "update": ".update"}

Json = dict[str, Any]


def openapi(
    schema: Schema,
    *,
    services: Collection[str] | None = None,
    subtypes: int | None = MOST_SUBTYPES,
) -> Json:
    """The document; of some services only, or with all subtypes in every slot (`None`)."""
    return _Writer(schema, subtypes).document(services)


def request_schema(schema: Schema, class_name: str, *, view: str, subtypes: int | None) -> Json:
    """The JSON Schema of what may be sent as an object of a class: with `$defs`, on its own."""
    writer = _Writer(schema, subtypes, place="#/$defs/")
    reference = writer.reference(class_name, view)
    return {**reference, "$defs": writer.components()}


class _Writer:
    """Writes one document; collects the classes that it comes across."""

    def __init__(
        self, schema: Schema, subtypes: int | None, *, place: str = "#/components/schemas/"
    ) -> None:
        self._schema = schema
        self._lineage = Lineage(schema)
        self._subtypes = subtypes
        self._place = place
        self._wanted: list[tuple[str, str]] = []
        self._known: set[tuple[str, str]] = set()

    def document(self, services: Collection[str] | None) -> Json:
        actions = [a for a in self._schema.actions if services is None or a.service in services]
        paths = {
            f"/service/{a.service}/action/{a.name}": {"post": self._operation(a)} for a in actions
        }
        return {
            "openapi": VERSION,
            "info": {
                "title": "Kaltura API v3",
                "version": self._schema.api_version or "unknown",
                "description": "Errors are answered with status 200 and a KalturaAPIException.",
            },
            "servers": [{"url": API_PATH}],
            "tags": [{"name": name} for name in dict.fromkeys(a.service for a in actions)],
            "paths": paths,
            "components": {
                "schemas": {**self.components(), ERROR: _error()},
                "securitySchemes": {"ks": {"type": "apiKey", "in": "query", "name": "ks"}},
            },
        }

    def components(self) -> Json:
        """Every class that was referred to, and those that they refer to."""
        written: Json = {}
        while self._wanted:
            name, view = self._wanted.pop()
            written[name + SUFFIX[view]] = self._class(name, view)
        return dict(sorted(written.items()))

    def reference(self, name: str, view: str) -> Json:
        """Where a class is written."""
        if (name, view) not in self._known:
            self._known.add((name, view))
            self._wanted.append((name, view))
        return {"$ref": f"{self._place}{name}{SUFFIX[view]}"}

    def _operation(self, action: Action) -> Json:
        needs: dict[str, list[Json]] = {
            "none": [],
            "optional": [{}, {"ks": []}],
            "always": [{"ks": []}],
        }
        operation: Json = {
            "operationId": action.id,
            "tags": [action.service],
            "description": action.description,
            "parameters": [
                {
                    "name": "format",
                    "in": "query",
                    "required": True,
                    "schema": {"type": "integer", "enum": [1]},
                    "description": "1 asks for JSON.",
                }
            ],
            "responses": {"200": self._answer(action)},
            "security": needs[action.session],
        }
        if action.deprecated:
            operation["deprecated"] = True
        body = self._body(action)
        if body is not None:
            operation["requestBody"] = body
        return operation

    def _body(self, action: Action) -> Json | None:
        """The parameters; with files, as a part called `json` beside them (CONTRACT WIRE-07)."""
        if not action.params:
            return None
        files = [p for p in action.params if p.type.kind == "file"]
        plain = self._members([p for p in action.params if p.type.kind != "file"], action)
        example = {p.name: self._example(p.type) for p in action.params if _is_exemplary(p)}
        if not files:
            content: Json = {"application/json": {"schema": plain, "example": example}}
            return {"required": "required" in plain, "content": content}
        binary = {"type": "string", "contentMediaType": "application/octet-stream"}
        parts: Json = {"json": plain, **{p.name: binary for p in files}}
        required = [p.name for p in files if not p.optional]
        required += ["json"] if "required" in plain else []
        schema: Json = {"type": "object", "properties": parts}
        if required:
            schema["required"] = required
        encoding = {"json": {"contentType": "application/json"}}
        content = {"multipart/form-data": {"schema": schema, "encoding": encoding}}
        return {"required": bool(required), "content": content}

    def _members(self, params: list[Param], action: Action) -> Json:
        view = "update" if action.name.startswith("update") else "add"
        members: Json = {"type": "object", "properties": {}, "additionalProperties": False}
        for param in params:
            told = {"description": param.description} if param.description else {}
            members["properties"][param.name] = {**self._type(param.type, view), **told}
        required = [
            p.name for p in params if not p.optional and p.type.kind not in {"array", "map"}
        ]
        return {**members, "required": required} if required else members

    def _example(self, ref: TypeRef) -> Any:
        """The least value of a type; an id that nothing has."""
        enum = self._schema.enums.get(ref.enum or "")
        if enum is not None and enum.constants:
            value = enum.constants[0].value
            return int(value) if enum.kind == "int" else value
        if ref.kind == "object":
            found = self._lineage.concrete(ref.name or "")
            return {"objectType": found[0]} if found else {}
        plain: Json = {"int": UNKNOWN, "bigint": UNKNOWN, "float": 1.0, "bool": False}
        return plain.get(ref.kind, "0_nosuchid")

    def _answer(self, action: Action) -> Json:
        described = {"description": "The result, or an error."}
        if action.result.kind == "file":
            return {**described, "content": {"*/*": {"schema": {}}}}
        result = self._type(action.result, "answer")
        either = {"anyOf": [result, {"$ref": f"{self._place}{ERROR}"}]}
        return {**described, "content": {"application/json": {"schema": either}}}

    def _class(self, name: str, view: str) -> Json:
        properties: Json = {"objectType": {"const": name}}
        for prop in VIEWS[view](self._lineage, name):
            properties[prop.name] = self._property(prop, view)
        described = self._schema.classes[name].description
        written: Json = {"type": "object", "properties": properties, "required": ["objectType"]}
        if view != "answer":
            written["additionalProperties"] = False
        return {**written, **({"description": described} if described else {})}

    def _property(self, prop: Property, view: str) -> Json:
        written = self._type(prop.type, view)
        if view == "answer":
            return written
        limits = (
            ("minLength", prop.min_length),
            ("maxLength", prop.max_length),
            ("minimum", prop.min_value),
            ("maximum", prop.max_value),
        )
        for keyword, limit in limits:
            if limit is not None:
                written[keyword] = int(limit) if limit == int(limit) else limit
        if prop.deprecated:
            written["deprecated"] = True
        return written

    def _type(self, ref: TypeRef, view: str) -> Json:
        kind = ref.kind
        if kind == "object":
            return self._slot(ref.name, view)
        if kind == "array":
            return {"type": "array", "items": self._slot(ref.element, view)}
        if kind == "map":
            # An empty map is written as a list (CONTRACT WIRE-45).
            either = ["object", "array"] if view == "answer" else "object"
            return {"type": either, "additionalProperties": self._slot(ref.element, view)}
        if kind == "file":
            return {"type": "string", "contentMediaType": "application/octet-stream"}
        if kind == "void":
            return {"type": "null"}
        return _loose(kind) if view == "answer" else self._scalar(ref)

    def _scalar(self, ref: TypeRef) -> Json:
        enum = self._schema.enums.get(ref.enum or "")
        if enum is not None and enum.constants:
            values = [int(c.value) if enum.kind == "int" else c.value for c in enum.constants]
            kind = "integer" if enum.kind == "int" else "string"
            return {"type": kind, "enum": list(dict.fromkeys(values))}
        plain: dict[str, Json] = {
            "int": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
            "bigint": {"type": "integer", "minimum": -(2**53), "maximum": 2**53},
            "float": {"type": "number"},
            "bool": {"type": "boolean"},
        }
        return dict(plain.get(ref.kind, {"type": "string"}))

    def _slot(self, declared: str | None, view: str) -> Json:
        """One of the concrete classes that an object declared so can be."""
        if declared is None or declared in ROOT_CLASSES:
            return {"type": "object"}
        found = self._lineage.concrete(declared)[: self._subtypes]
        if not found:
            return {"type": "object"}
        references = [self.reference(name, view) for name in found]
        return references[0] if len(references) == 1 else {"anyOf": references}


def _is_exemplary(param: Param) -> bool:
    return not param.optional and param.type.kind not in {"array", "map", "file"}


def _loose(kind: str) -> Json:
    """What a scalar of an answer may be in JSON: PHP writes what it holds (CONTRACT WIRE-47)."""
    if kind == "string":
        return {"type": ["string", "integer", "number", "boolean", "null", "array"]}
    return {"type": ["integer", "number", "string", "boolean", "null"]}


def _error() -> Json:
    return {
        "type": "object",
        "properties": {
            "objectType": {"const": ERROR},
            "code": {"type": "string"},
            "message": {"type": "string"},
            "args": {"type": ["object", "array"], "additionalProperties": {"type": "string"}},
        },
        "required": ["objectType", "code", "message", "args"],
    }
