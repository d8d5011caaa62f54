"""From a response to an answer: what kind of answer it is, before the format's own reader."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.wire.answer import (
    Answer,
    ApiError,
    DieError,
    FileContent,
    Malformed,
    Result,
)
from conformance.wire.decoding.error import error_of
from conformance.wire.decoding.json import read_json
from conformance.wire.decoding.jsonp import read_jsonp
from conformance.wire.decoding.php import read_php
from conformance.wire.decoding.unreadable import UnreadableError
from conformance.wire.decoding.xml import read_xml
from conformance.wire.request import Format

if TYPE_CHECKING:
    from conformance.wire.exchange import Received
    from conformance.wire.request import Form

REDIRECTS = range(300, 400)
SERVER_ERROR = 500
_DIE = re.compile(r"error-\s*(?P<code>\S.*?)\s*\Z")
_MEDIA = re.compile(
    r"(?:image|video|audio|font)/|application/(?:octet-stream|pdf|zip|x-|vnd\.)", re.IGNORECASE
)


def decode(received: Received, form: Form, *, expect_file: bool = False) -> Answer:
    """What the server said, read in the format that `form` asked for; never raises.

    With `expect_file` a body is a file unless it reads as an API error (CONTRACT WIRE-51).
    """
    content_type = received.header("Content-Type") or ""
    file = FileContent(content_type, len(received.body), received.header("Location"))
    if received.status in REDIRECTS:
        return file
    if not received.body:
        return _without_body(received, form, file, expect_file=expect_file)
    answer = _read(received.body, form, content_type)
    if expect_file and not isinstance(answer, ApiError):
        if received.status >= SERVER_ERROR:
            return Malformed(f"status {received.status} instead of a file")
        return file
    if isinstance(answer, Malformed) and _MEDIA.match(content_type):
        return file
    return answer


def asked_format(form: Form) -> Format | None:
    """The format that the server serves by, or None where it knows no such; XML is its default."""
    if form.format is None:
        return Format.XML
    try:
        number = float(form.format)
    except ValueError:
        return None
    return Format(int(number)) if number in set(Format) else None


def die_code(received: Received) -> str | None:
    """The code in an `X-Kaltura` header such as `error- UNKNOWN_RESPONSE_FORMAT`, or None."""
    for name, value in received.headers:
        if name.casefold() == "x-kaltura" and (found := _DIE.match(value.strip())):
            return found["code"]
    return None


def _without_body(
    received: Received, form: Form, file: FileContent, *, expect_file: bool
) -> Answer:
    if code := die_code(received):
        return DieError(code)
    bodyless = form.method.upper() in {"HEAD", "OPTIONS"} or expect_file
    other_type = _MEDIA.match(file.content_type) or file.content_type.startswith("text/plain")
    if (bodyless or other_type) and received.status < SERVER_ERROR:
        return file
    return Malformed(f"an empty body (status {received.status})")


def _read(body: bytes, form: Form, content_type: str) -> Answer:
    """A result, an error, or why there is neither."""
    asked = asked_format(form)
    try:
        if asked is None:
            return _read_unknown(body, content_type)
        value = _value(body, asked, form.callback)
    except UnreadableError as problem:
        return Malformed(str(problem))
    except RecursionError:
        return Malformed("nested too deep")
    return error_of(value) or Result(value)


def _value(body: bytes, asked: Format, callback: str | None) -> Any:
    if asked is Format.JSON:
        return read_json(body)
    if asked is Format.XML:
        return read_xml(body)
    if asked is Format.PHP:
        return read_php(body)
    return read_jsonp(body, callback)


def _read_unknown(body: bytes, content_type: str) -> Answer:
    """A format that a plugin may add is read by its content type, else taken as a file."""
    if "json" in content_type:
        value = read_json(body)
    elif "xml" in content_type:
        value = read_xml(body)
    else:
        return FileContent(content_type, len(body))
    return error_of(value) or Result(value)
