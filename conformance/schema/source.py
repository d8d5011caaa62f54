"""Where a schema comes from: a file, or a server's URL. Bounded in size, time and redirects."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.exceptions import SchemaError
from conformance.schema.document import LARGEST_BYTES, too_large

if TYPE_CHECKING:
    import httpx

LONGEST_REDIRECT_CHAIN = 5


def fetch(source: str | Path, *, timeout_seconds: float = 30.0, verify: bool | str = True) -> bytes:
    """The bytes at a path or an http(s) URL; SchemaError where there are none, or too many."""
    if isinstance(source, str) and is_url(source):
        return _download(source, timeout_seconds, verify=verify)
    return _read(Path(source))


def is_url(source: str) -> bool:
    """Whether a source is to be fetched; whether the URL is sound shows in fetching."""
    return source.lower().startswith(("http://", "https://"))


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SchemaError("a folder, not a file", place=str(path))
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SchemaError(f"cannot be read: {reason}", place=str(path)) from error
    if len(content) > LARGEST_BYTES:
        raise too_large(str(path), path.stat().st_size)
    return content


def _download(url: str, timeout_seconds: float, *, verify: bool | str) -> bytes:
    import ssl  # noqa: PLC0415 - as httpx

    import httpx  # noqa: PLC0415 - 270 ms that no other command should pay

    trusted = ssl.create_default_context(cafile=verify) if isinstance(verify, str) else verify
    # Not by `trust_env`: a proxy of the machine has no part in judging a named target.
    try:
        with (
            httpx.Client(
                follow_redirects=True,
                max_redirects=LONGEST_REDIRECT_CHAIN,
                timeout=timeout_seconds,
                trust_env=False,
                verify=trusted,
            ) as client,
            client.stream("GET", url) as response,
        ):
            return _body(response, url, time.monotonic() + timeout_seconds, timeout_seconds)
    except httpx.TooManyRedirects as error:
        raise SchemaError(f"more than {LONGEST_REDIRECT_CHAIN} redirects", place=url) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        detail = str(error) or type(error).__name__
        raise SchemaError(f"cannot be fetched: {detail}", place=url) from error


def _body(response: httpx.Response, url: str, deadline: float, timeout_seconds: float) -> bytes:
    # Another success than 200 is a breach to be judged (SCHEMA-SERVE-001), not an obstacle.
    if not response.is_success:
        raise SchemaError(
            f"HTTP status {response.status_code} instead of a schema",
            place=url,
            hint="The schema is served at /api_v3/api_schema.php",
        )
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > LARGEST_BYTES:
            raise too_large(url, None)
        # A server that drips a byte a second never trips a read timeout.
        if time.monotonic() > deadline:
            raise SchemaError(f"not complete after {timeout_seconds:g} seconds", place=url)
        parts.append(part)
    return b"".join(parts)
