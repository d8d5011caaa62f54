"""An exchange as a line of `traffic.jsonl`, and back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from conformance.wire.answer import Answer, ApiError, Result
from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Encoding, Endpoint, Form, Format, Upload

AnyAnswer: Any = Answer
MAX_DEPTH = 120
TOO_DEEP = "\u2026"


def exchange_to_record(exchange: Exchange) -> dict[str, Any]:
    """A mapping that JSON can hold; what has its default is left out.

    Results and errors are in the body already, so of the answer only the other kinds are
    kept, and those of serialised PHP, whose lengths redaction makes untrue.
    """
    call, request, response = exchange.call, exchange.request, exchange.response
    record: dict[str, Any] = {
        "n": exchange.number,
        "service": call.service,
        "action": call.action,
        "params": _plain(call.params),
        "session": exchange.session,
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": [list(pair) for pair in request.headers],
            **_bytes_out("body", request.body),
        },
        "response": {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            **_bytes_out("body", response.body),
        },
        "started_at": exchange.started_at,
        "elapsed_ms": round(exchange.elapsed_ms, 3),
    }
    if call.files:
        record["files"] = {
            name: {
                "name": upload.name,
                "content_type": upload.content_type,
                **_bytes_out("content", upload.content),
            }
            for name, upload in call.files.items()
        }
    if form := _form_out(exchange.form):
        record["form"] = form
    if not isinstance(exchange.answer, Result | ApiError) or exchange.form.format == Format.PHP:
        record["answer"] = msgspec.to_builtins(exchange.answer, enc_hook=_plain)
    if exchange.retries:
        record["retries"] = exchange.retries
    return record


def exchange_from_record(record: Mapping[str, Any]) -> Exchange:
    """The exchange of a record. Raises KeyError and ValueError for what is none."""
    form = _form_in(record.get("form", {}))
    request, received = record["request"], record["response"]
    response = Received(
        received["status"], _pairs_in(received["headers"]), _bytes_in("body", received)
    )
    answer: Answer = (
        msgspec.convert(record["answer"], AnyAnswer)
        if "answer" in record
        else decode(response, form)
    )
    files = {
        name: Upload(upload["name"], _bytes_in("content", upload), upload["content_type"])
        for name, upload in record.get("files", {}).items()
    }
    return Exchange(
        number=record["n"],
        call=Call(record["service"], record["action"], record["params"], files),
        form=form,
        session=record["session"],
        request=SentRequest(
            request["method"],
            request["url"],
            _pairs_in(request["headers"]),
            _bytes_in("body", request),
        ),
        response=response,
        answer=answer,
        started_at=record["started_at"],
        elapsed_ms=record["elapsed_ms"],
        retries=record.get("retries", 0),
    )


def _form_out(form: Form) -> dict[str, Any]:
    """The members of a form that differ from the default's."""
    out: dict[str, Any] = {}
    default = Form()
    for name in ("encoding", "format", "method", "endpoint", "callback"):
        if (value := getattr(form, name)) != getattr(default, name):
            out[name] = value.value if isinstance(value, Encoding | Endpoint | Format) else value
    if form.headers:
        out["headers"] = dict(form.headers)
    if form.raw_body is not None:
        out |= _bytes_out("raw_body", form.raw_body)
    return out


def _form_in(form: Mapping[str, Any]) -> Form:
    asked = form.get("format", Format.JSON)
    if isinstance(asked, int) and asked in set(Format):
        asked = Format(asked)
    raw = "raw_body" in form or "raw_body_b64" in form
    return Form(
        encoding=Encoding(form.get("encoding", Encoding.JSON)),
        format=asked,
        method=form.get("method", "POST"),
        endpoint=Endpoint(form.get("endpoint", Endpoint.PATH)),
        headers=form.get("headers", {}),
        callback=form.get("callback"),
        raw_body=_bytes_in("raw_body", form) if raw else None,
    )


def _bytes_out(name: str, content: bytes) -> dict[str, str]:
    """As text where it is UTF-8, else as base64 under another name."""
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}_b64": base64.b64encode(content).decode()}


def _bytes_in(name: str, holder: Mapping[str, Any]) -> bytes:
    if f"{name}_b64" in holder:
        return base64.b64decode(holder[f"{name}_b64"])
    return str(holder[name]).encode()


def _pairs_in(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in pairs)


def _plain(value: Any, depth: int = 0) -> Any:
    """A value whose every part JSON can hold; the body has what lies too deep."""
    if depth > MAX_DEPTH:
        return TOO_DEEP
    if isinstance(value, Mapping):
        return {str(key): _plain(member, depth + 1) for key, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(member, depth + 1) for member in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)
