"""The exported OpenAPI document of a few actions, cut down to what may be drawn at random.

A generator that knows nothing of the server draws any value that the document allows, so the
document allows only what may be sent: plain values one object deep. What hangs below them (advanced
searches, operators, resources) is well-typed long before it makes sense, and what real servers
answer then is no matter of robustness. Answers and sessions are left out: we judge, and we log in.

Hostile values come in by formats, of which `hostile_strategies` has the strategies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.generation.hostile import NUMBERS
from conformance.schema.openapi import openapi
from conformance.schema.standard import key_params

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from random import Random

    from conformance.schema.model import Action, Schema

    Json = dict[str, Any]

SUBTYPES = 3
MOST_PROPERTIES = 12
PLACE = "#/components/schemas/"
JSON = "application/json"
MULTIPART = "multipart/form-data"

ODD_TEXT = "conformance-odd-text"
"""The format of texts that no id is made of."""
HUMAN_TEXT = "conformance-human-text"
"""The format of texts that people write, with all that breaks queries, pages and templates."""
LONG_TEXT = "conformance-long-text"
"""The format of texts that make a URL too long."""
BIG_TEXT = "conformance-big-text"
"""The format of texts that make a body big."""
BROKEN_LINE = "conformance-broken-line"
"""The format of values that break the line of a header."""

PAGER = "KalturaFilterPager"
PAGE = {
    "pageSize": {"type": "integer", "minimum": 1, "maximum": 5},
    "pageIndex": {"type": "integer", "minimum": 1, "maximum": 3},
}
"""Pages of few objects: what hostile requests list is not what they are about."""


def drawable(
    schema: Schema,
    actions: Sequence[Action],
    *,
    query: Mapping[str, str] | None = None,
    key: str = ODD_TEXT,
    only: Collection[str] | None = None,
    texts: str | None = None,
    choice: Random | None = None,
) -> Json:
    """The document of some actions of one service.

    `query` are texts that may stand in the URL as well, with their formats; `key` is the format of
    the texts that name an object. With `only`, objects have no other properties; `texts` is the
    format of those that are free texts. Of many properties `choice` takes some: mutations of big
    objects take seconds.
    """
    services = {action.service for action in actions}
    written = openapi(schema, services=services, subtypes=SUBTYPES)
    paths: Json = {}
    for action in actions:
        path = f"/service/{action.service}/action/{action.name}"
        operation = written["paths"][path]["post"]
        paths[path] = {"post": _operation(operation, action, query or {}, key)}
    components = written["components"]["schemas"]
    wanted = {
        name: _flat(name, components[name], only, texts, choice)
        for name in sorted(set(_referred(paths)))
        if name in components
    }
    return {
        "openapi": written["openapi"],
        "info": written["info"],
        "servers": written["servers"],
        "paths": paths,
        "components": {"schemas": wanted},
    }


def _operation(operation: Json, action: Action, query: Mapping[str, str], key: str) -> Json:
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": len(query) == 1,
            "schema": {"type": "string", "format": form},
        }
        for name, form in query.items()
    ]
    kept: Json = {
        "operationId": operation["operationId"],
        "parameters": parameters,
        "responses": {"200": {"description": "Whatever is answered; it is judged elsewhere."}},
    }
    body = operation.get("requestBody")
    if body is not None:
        content = body["content"]
        if JSON in content:
            members = content[JSON]["schema"]
        else:
            parts = content[MULTIPART]["schema"]
            parts |= {"required": sorted(parts["properties"]), "additionalProperties": False}
            members = parts["properties"]["json"]
        named = {param.name for param in key_params(action)}
        members["properties"] = {
            name: _key(value, key) if name in named else value
            for name, value in members["properties"].items()
        }
        kept["requestBody"] = {**body, "required": True}
    return kept


def _key(written: Json, key: str) -> Json:
    """The schema of a parameter that names an object: an odd text, or a number of any size."""
    if written.get("type") == "string" and "enum" not in written:
        return {**written, "format": key}
    if written.get("type") == "integer" and "enum" not in written:
        return {"enum": list(NUMBERS)}
    return written


def _flat(
    name: str,
    component: Json,
    only: Collection[str] | None,
    texts: str | None,
    choice: Random | None,
) -> Json:
    """A class with its plain properties alone."""
    properties: Json = {}
    for prop, written in component.get("properties", {}).items():
        if prop != "objectType" and (_is_deep(written) or (only is not None and prop not in only)):
            continue
        free = texts is not None and written.get("type") == "string" and "enum" not in written
        properties[prop] = {"type": "string", "format": texts} if free else written
    if name.partition(".")[0] == PAGER:
        properties |= PAGE
    if choice is not None and len(properties) > MOST_PROPERTIES:
        kept = {"objectType", *choice.sample(sorted(properties), MOST_PROPERTIES)}
        properties = {prop: written for prop, written in properties.items() if prop in kept}
    return {**component, "properties": properties}


def _is_deep(written: Json) -> bool:
    return "$ref" in written or "anyOf" in written or written.get("type") in {"array", "object"}


def _referred(written: Any) -> Iterator[str]:
    """The classes that the parameters themselves name; those inside them are cut off."""
    if isinstance(written, dict):
        if str(written.get("$ref", "")).startswith(PLACE):
            yield str(written["$ref"]).removeprefix(PLACE)
        for value in written.values():
            yield from _referred(value)
    elif isinstance(written, list):
        for value in written:
            yield from _referred(value)
