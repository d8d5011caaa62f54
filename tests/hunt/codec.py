"""Bytes to calls and values, and back: JSON, XML and form, each without the judge's own wire."""

from __future__ import annotations

import json
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from lxml import etree

from tests.hunt import php
from tests.hunt.message import ERROR, MULTIREQUEST, Call, FilePart, HttpRequest

if TYPE_CHECKING:
    from conformance.schema.model import Schema

ROOTS = ("api_v3", "api", "index.php")
BOUNDARY = "hunt-boundary-5d1f"


class Opaque(Exception):
    """A body that is not decoded."""


def merged(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    """Two parameter trees in one; the second wins (CONTRACT WIRE-04)."""
    result = dict(low)
    for key, value in high.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = merged(old, value) if both else value
    return result


def expanded(flat: dict[str, Any]) -> dict[str, Any]:
    """Colon and bracket paths made into a tree (CONTRACT WIRE-08)."""
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        path = [part for part in re.split(r"[:\[]", key.replace("]", "")) if part]
        if not path:
            continue
        place = tree
        for part in path[:-1]:
            nested = place.get(part)
            if not isinstance(nested, dict):
                nested = place[part] = {}
            place = nested
        last = path[-1]
        old = place.get(last)
        both = isinstance(old, dict) and isinstance(value, dict)
        place[last] = merged(old, value) if both else value
    return tree


def parts_of(request: HttpRequest) -> tuple[dict[str, Any], list[FilePart]]:
    """The body's parameters and files."""
    kind = request.header("Content-Type")
    low = kind.lower()
    if not request.body:
        return {}, []
    if low == "application/json":
        try:
            found = json.loads(request.body)
        except ValueError:
            return {}, []
        return (expanded(found) if isinstance(found, dict) else {}), []
    if low.startswith("multipart/form-data"):
        return _multipart(kind, request.body)
    if low.startswith("application/x-www-form-urlencoded"):
        pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        return expanded(dict(pairs)), []
    return {}, []


def _multipart(kind: str, body: bytes) -> tuple[dict[str, Any], list[FilePart]]:
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body
    )
    fields: dict[str, Any] = {}
    files: list[FilePart] = []
    if not message.is_multipart():
        raise Opaque
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition") or "")
        content = part.get_payload(decode=True) or b""
        if not isinstance(content, bytes):
            raise Opaque
        file_name = part.get_filename()
        if file_name is None:
            fields[name] = content.decode("utf-8", "replace")
        else:
            files.append(FilePart(name, file_name, part.get_content_type(), content))
    if "json" in fields:
        try:
            decoded = json.loads(fields["json"])
        except ValueError:
            decoded = None
        if isinstance(decoded, dict):
            return expanded(decoded), files
    return expanded(fields), files


def parameters(request: HttpRequest) -> tuple[dict[str, Any], list[FilePart]]:
    """All parameters of a request, path over query over body, and its files."""
    url = urlsplit(request.target)
    body, files = parts_of(request)
    query = expanded(dict(parse_qsl(url.query, keep_blank_values=True)))
    segments = [unquote(s) for s in url.path.split("/") if s and s not in ROOTS]
    path = expanded(dict(zip(segments[::2], segments[1::2], strict=False)))
    if segments[:1] == ["service"] and segments[1:2] == [MULTIREQUEST]:
        path["service"] = MULTIREQUEST
    return merged(merged(body, query), path), files


def calls_of(request: HttpRequest, schema: Schema) -> tuple[list[Call], dict[str, Any]]:
    """The calls in a request, and its outer parameters."""
    outer, files = parameters(request)
    service = str(outer.get("service", ""))
    if service.lower() != MULTIREQUEST:
        action = str(outer.get("action", ""))
        call = Call(service.lower(), action, outer, outer, None, None, files)
        return [_known(call, schema)], outer
    calls = []
    for slot in sorted((k for k in outer if k.isdigit()), key=int):
        member = outer[slot]
        if not isinstance(member, dict) or "service" not in member or "action" not in member:
            break
        own = [f for f in files if f.name.startswith(f"{slot}:")]
        call = Call(str(member["service"]).lower(), str(member["action"]), member, outer, slot)
        call.files = own
        calls.append(_known(call, schema))
    return calls, outer


def _known(call: Call, schema: Schema) -> Call:
    service = schema.services.get(call.service)
    if service is not None:
        low = call.action.lower()
        call.spec = next((a for n, a in service.actions.items() if n.lower() == low), None)
        if call.spec is not None:
            call.action = call.spec.name
    return call


def encoded(request: HttpRequest, calls: list[Call], outer: dict[str, Any]) -> HttpRequest:
    """A request that makes these calls, as a JSON POST (or multipart where there are files)."""
    query = {k: str(outer[k]) for k in ("format", "callback", "content-type") if k in outer}
    if len(calls) == 1 and calls[0].slot is None:
        call = calls[0]
        params = {k: v for k, v in call.params.items() if k not in ("service", "action")}
        if "ks" not in params and outer.get("ks"):
            params["ks"] = outer["ks"]
        path = f"/api_v3/service/{call.service}/action/{call.action}"
    else:
        members = {
            str(c.slot): {**c.params, "service": c.service, "action": c.action} for c in calls
        }
        kept = {k: v for k, v in outer.items() if k not in ("service", "action", *members)}
        params = {**kept, **members}
        path = f"/api_v3/service/{MULTIREQUEST}"
    params = {k: v for k, v in params.items() if k not in query}
    target = path + (f"?{urlencode(query)}" if query else "")
    files = [file for call in calls for file in call.files]
    body = json.dumps(params).encode()
    kind = "application/json"
    if files:
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        body = _multipart_body(body, files)
    drop = ("content-type", "content-length", "transfer-encoding")
    headers = [(k, v) for k, v in request.headers if k.lower() not in drop]
    headers += [("Content-Type", kind), ("Content-Length", str(len(body)))]
    return HttpRequest("POST", target, headers, body)


def _multipart_body(params: bytes, files: list[FilePart]) -> bytes:
    dash = f"--{BOUNDARY}\r\n".encode()
    out = [dash, b'Content-Disposition: form-data; name="json"\r\n\r\n', params, b"\r\n"]
    for file in files:
        head = f'Content-Disposition: form-data; name="{file.name}"; filename="{file.file_name}"'
        out += [dash, head.encode(), f"\r\nContent-Type: {file.content_type}\r\n\r\n".encode()]
        out += [file.content, b"\r\n"]
    out.append(f"--{BOUNDARY}--\r\n".encode())
    return b"".join(out)


class Document:
    """An answer's value, with what is needed to write it again in the same form."""

    def __init__(self, value: Any, *, form: str, before: str = "", after: str = "") -> None:
        self.value = value
        self.form = form
        self.before = before
        self.after = after

    def bytes(self) -> bytes:
        """The value in the form that it came in."""
        if self.form == "php":
            return php.write(self.value)
        if self.form == "json":
            return (self.before + json.dumps(self.value) + self.after).encode()
        return (self.before + f"<result>{xml_of(self.value)}</result>" + self.after).encode()


def document(body: bytes) -> Document:
    """The value in a body, by what the body looks like. Raises Opaque."""
    if re.match(rb"^([aibdsO]:|N;)", body):
        try:
            return Document(php.read(body), form="php")
        except ValueError as error:
            raise Opaque from error
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Opaque from error
    if text.startswith("<"):
        return _xml_document(text)
    jsonp = re.match(r"^([A-Za-z_.][\w.]*)\((.*)\);?\s*$", text, re.DOTALL)
    try:
        if jsonp:
            return Document(json.loads(jsonp[2]), form="json", before=f"{jsonp[1]}(", after=");")
        return Document(json.loads(text), form="json")
    except ValueError as error:
        raise Opaque from error


def _xml_document(text: str) -> Document:
    found = re.match(r"^(<\?xml[^>]*\?>\s*)?<xml>", text)
    if not found:
        raise Opaque
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as error:
        raise Opaque from error
    result = root.find("result")
    if result is None:
        raise Opaque
    time = root.findtext("executionTime", "0")
    after = f"<executionTime>{time}</executionTime></xml>"
    return Document(value_of(result), form="xml", before=found[0], after=after)


def value_of(node: Any) -> Any:
    """An element as a value: items as a list, children as an object, else text."""
    children = list(node)
    if not children:
        return node.text or ""
    if len(children) == 1 and children[0].tag == "error":
        return _error_of(children[0])
    if all(child.tag == "item" for child in children):
        return [value_of(child) for child in children]
    return {child.tag: value_of(child) for child in children}


def _error_of(node: Any) -> dict[str, Any]:
    error = {child.tag: value_of(child) for child in node if child.tag != "args"}
    items = node.findall("args/item")
    error["args"] = {i.findtext("name", ""): i.findtext("value", "") for i in items} or []
    return error


def escaped(text: str) -> str:
    """Text as XML holds it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def xml_of(value: Any) -> str:
    """A value as the inside of an element."""
    if value is None:
        return ""
    if value is True or value is False:
        return "1" if value else "0"
    if isinstance(value, dict):
        if value.get("objectType") == ERROR:
            return f"<error>{_xml_error(value)}</error>"
        return "".join(f"<{k}>{xml_of(v)}</{k}>" for k, v in value.items())
    if isinstance(value, list):
        return "".join(f"<item>{xml_of(v)}</item>" for v in value)
    return escaped(str(value))


def _xml_error(error: dict[str, Any]) -> str:
    parts = []
    for key, value in error.items():
        if key == "args" and isinstance(value, dict):
            kind = "<objectType>KalturaApiExceptionArg</objectType>"
            items = "".join(
                f"<item>{kind}<name>{k}</name><value>{xml_of(v)}</value></item>"
                for k, v in value.items()
            )
            parts.append(f"<args>{items}</args>")
        else:
            parts.append(f"<{key}>{xml_of(value)}</{key}>")
    return "".join(parts)
