"""What an answer is from the outside: the format it was asked in, its media type, its XML tree.

Knows no requirement; the oracles of several areas ask here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from conformance.oracles.comparison import shown
from conformance.schema.model import STANDARD_ACTIONS
from conformance.wire.answer import ApiError, Result
from conformance.wire.request import Format

if TYPE_CHECKING:
    from conformance.schema.model import Action
    from conformance.wire.exchange import Exchange

MEDIA_TYPES = {
    Format.JSON: frozenset({"application/json"}),
    Format.XML: frozenset({"text/xml", "application/xml"}),
    Format.JSONP: frozenset(
        {"application/javascript", "text/javascript", "application/x-javascript"}
    ),
}
"""What each format calls itself (CONTRACT WIRE-41, OBSERVED 4); serialised PHP has no type."""

REDIRECTS = range(300, 400)
TOO_LARGE = frozenset({413, 414, 431})
"""A web server's own limits (OBSERVED 1), no word of the API."""


def asked_format(exchange: Exchange) -> Format | None:
    """The format that the request surely asked for, or None where that cannot be told.

    A raw body may hide a format, and two parameters change the answer's type.
    """
    form, params = exchange.form, exchange.call.params
    if {"format", "content-type"} & params.keys():
        return None
    if form.format is None:
        return Format.XML if form.raw_body is None else None
    if not isinstance(form.format, int) or form.format not in set(Format):
        return None
    return Format(form.format)


def media_type(exchange: Exchange) -> str:
    """The media type without parameters, in lower case; empty when there is none."""
    value = exchange.response.header("Content-Type") or ""
    return value.partition(";")[0].strip().lower()


def has_body(exchange: Exchange) -> bool:
    """Whether the method leaves room for a body in the answer."""
    return exchange.request.method.upper() not in {"HEAD", "OPTIONS"}


def is_document(exchange: Exchange) -> bool:
    """Whether the answer was read as a result or as an API error."""
    return isinstance(exchange.answer, Result | ApiError)


def is_standard(action: Action) -> bool:
    """Whether the action surely answers a value.

    Of the others some render pages, redirect, answer nothing or speak another system's protocol,
    whatever they declare (OBSERVED, systematic sweep).
    """
    return action.name in STANDARD_ACTIONS and action.result.kind != "file"


def is_core(action: Action) -> bool:
    """Whether the action is of no plugin: a plugin's wire id names it before an underscore."""
    return action.plugin is None and "_" not in action.service


def in_words(exchange: Exchange) -> str:
    """What was answered, in a few words."""
    answer = exchange.answer
    if isinstance(answer, ApiError):
        return f"error {answer.code}: {answer.message}"
    if isinstance(answer, Result):
        return f"a result: {shown(answer.value)}" if answer.value is not None else "null"
    return type(answer).__name__


def code_in_header(exchange: Exchange) -> str | None:
    """The error code that the `X-Kaltura` header names, or None (OBSERVED 2)."""
    value = exchange.response.header("X-Kaltura") or ""
    prefix, dash, code = value.partition("-")
    return code.strip() if dash and prefix == "error" else None


@lru_cache(maxsize=32)
def xml_root(body: bytes) -> etree._Element | None:
    """The root element of a body, or None when it is not well-formed XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return None
