"""What is asked of a server: one call, and the form in which it travels."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Any

from msgspec import Struct, field


class Encoding(StrEnum):
    """How parameters travel (CONTRACT WIRE-05, WIRE-07, WIRE-08)."""

    JSON = "json"
    FORM = "form"
    """Urlencoded with colon paths, in the body of a POST."""
    QUERY = "query"
    """Urlencoded with colon paths, in the URL."""
    MULTIPART = "multipart"
    """Form fields with colon paths, and files."""
    MULTIPART_JSON = "multipart-json"
    """One part named `json`, and files."""


class Format(IntEnum):
    """The answer formats that every server speaks (CONTRACT WIRE-40)."""

    JSON = 1
    XML = 2
    PHP = 3
    JSONP = 9


class Endpoint(StrEnum):
    """The equivalent URL forms (CONTRACT WIRE-01)."""

    PATH = "path"
    """`/api_v3/service/S/action/A`"""
    INDEX_PATH = "index-path"
    """`/api_v3/index.php/service/S/action/A`"""
    INDEX_QUERY = "index-query"
    """`/api_v3/index.php?service=S&action=A`"""
    BARE = "bare"
    """`/api_v3/`, with service and action among the parameters."""


class Upload(Struct, frozen=True):
    """A file part."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


class Form(Struct, frozen=True):
    """How a call travels; the default is what a modern client does."""

    encoding: Encoding = Encoding.JSON
    format: Format | int | str | None = Format.JSON
    method: str = "POST"
    endpoint: Endpoint = Endpoint.PATH
    headers: Mapping[str, str] = field(default_factory=dict)
    callback: str | None = None
    raw_body: bytes | None = None
    """Sent as it is instead of the encoded parameters, for hostile requests."""


class Call(Struct, frozen=True):
    """One call. `params` holds all but service, action, format, and the client's KS."""

    service: str
    action: str
    params: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """`service.action`."""
        return f"{self.service}.{self.action}"
