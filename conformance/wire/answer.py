"""What a server answered, as one value whatever the format was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

ERROR_TYPE = "KalturaAPIException"
"""The `objectType` of every API error (CONTRACT ERR-02)."""


class Result(Struct, frozen=True, tag="result"):
    """A value: null for void, a bare scalar, a list, or an object as a mapping.

    From XML every leaf is text (`""` for both null and the empty string, WIRE-43);
    a reader normalises by the schema's type.
    """

    value: Any


class ApiError(Struct, frozen=True, tag="error"):
    """An API error. `args` maps placeholder to text; the raw shape stays in `raw`."""

    code: str
    message: str
    args: Mapping[str, str]
    raw: Any = None


class FileContent(Struct, frozen=True, tag="file"):
    """Bytes that are not a serialised value, or a redirect to them (WIRE-51)."""

    content_type: str
    size: int
    location: str | None = None


class DieError(Struct, frozen=True, tag="die"):
    """An empty body with the error in the `X-Kaltura` header (WIRE-40, WIRE-51)."""

    code: str


class Malformed(Struct, frozen=True, tag="malformed"):
    """An answer that cannot be read in the asked format, and why."""

    reason: str


class NoAnswer(Struct, frozen=True, tag="none"):
    """The connection failed or the deadline passed.

    `kind` is one of `connect`, `timeout`, `reset`, `protocol`, `busy`.

    `busy` is 429 or 503 to the last retry. None of these is an answer to judge.
    """

    kind: str
    detail: str


Answer = Result | ApiError | FileContent | DieError | Malformed | NoAnswer
