"""The only road to the network: one request out, one response in, within a deadline."""

from __future__ import annotations

import ssl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpcore
import httpx
from msgspec import Struct

from conformance.wire.answer import Malformed, NoAnswer
from conformance.wire.compression import CompressionError, decompressed
from conformance.wire.connections import Connections
from conformance.wire.exchange import Received

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.wire.exchange import SentRequest

KEEP_ALIVE_SECONDS = 4.0
"""Below the 5 s after which a usual server closes an idle connection."""
BODYLESS = frozenset({204, 304})
NOTHING = Received(0, (), b"")


class Limits(Struct, frozen=True):
    """How long an exchange may take, and how much it may bring."""

    connect_timeout_seconds: float = 10
    read_timeout_seconds: float = 60
    stall_timeout_seconds: float = 30
    """How long a body that began may pause."""
    deadline_seconds: float = 120
    max_body_bytes: int = 32 * 1024 * 1024


class Fetched(Struct, frozen=True):
    """What came back. `failure` says why there is nothing, or nothing whole, to decode."""

    received: Received
    failure: NoAnswer | Malformed | None = None
    stale: bool = False
    """Whether a kept connection was closed before any byte of an answer."""


def fetch(transport: httpx.BaseTransport, sent: SentRequest, limits: Limits) -> Fetched:
    """Send `sent` once; whatever happens on the way is a value, never an exception."""
    before = _counts(transport)
    deadline = time.monotonic() + limits.deadline_seconds
    try:
        request = _request(sent, limits, deadline)
        response = transport.handle_request(request)
    except (httpx.TransportError, httpx.InvalidURL, ValueError) as error:
        after = _counts(transport)
        answer = _no_answer(error, began=after.received > before.received)
        reused = after.opened == before.opened > 0
        return Fetched(NOTHING, answer, stale=reused and answer.kind == "reset")
    # httpcore looks the timeout up again before it reads the body.
    request.extensions["timeout"]["read"] = min(
        limits.read_timeout_seconds, limits.stall_timeout_seconds
    )
    return _receive(response, request.method, limits, deadline)


def _request(sent: SentRequest, limits: Limits, deadline: float) -> httpx.Request:
    """The request for httpx; `deadline` is for `DeadlineTransport`, other transports ignore it."""
    timeout = {
        "connect": limits.connect_timeout_seconds,
        "read": limits.read_timeout_seconds,
        "write": limits.read_timeout_seconds,
        "pool": limits.connect_timeout_seconds,
    }
    headers = [(name.encode(), value.encode()) for name, value in sent.headers]
    extensions = {"timeout": timeout, "deadline": deadline}
    content = sent.body or None
    return httpx.Request(
        sent.method, sent.url, headers=headers, content=content, extensions=extensions
    )


def _receive(response: httpx.Response, method: str, limits: Limits, deadline: float) -> Fetched:
    """Read the body; a body that ends too early is an answer, and a malformed one."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
    )
    chunks: list[bytes] = []
    size = 0
    failure: NoAnswer | Malformed | None = None
    try:
        for chunk in response.stream:  # type: ignore[union-attr]
            chunks.append(chunk)
            size += len(chunk)
            if size > limits.max_body_bytes:
                failure = Malformed(f"a body of more than {limits.max_body_bytes} bytes")
                break
            if time.monotonic() > deadline:
                failure = _too_slow(limits, size)
                break
    except httpx.TimeoutException:
        late = time.monotonic() >= deadline
        failure = _too_slow(limits, size) if late else _cut(size, "nothing more came")
    except httpx.TransportError as error:
        failure = _cut(size, str(error) or type(error).__name__)
    finally:
        response.close()
    received = Received(response.status_code, headers, b"".join(chunks))
    return _whole(received, method, limits, failure)


def _whole(
    received: Received, method: str, limits: Limits, failure: NoAnswer | Malformed | None
) -> Fetched:
    """The response with its length checked and its body decompressed."""
    size = len(received.body)
    announced = received.header("Content-Length")
    bodyless = method == "HEAD" or received.status in BODYLESS
    if failure is None and announced and announced.isdecimal() and not bodyless:
        missing = int(announced) - size
        if missing > 0:
            failure = _cut(size, f"{missing} more were announced")
    encoding = received.header("Content-Encoding")
    if failure is None and encoding and size:
        try:
            body = decompressed(received.body, encoding, limits.max_body_bytes)
        except CompressionError as error:
            return Fetched(received, Malformed(str(error)))
        received = Received(received.status, received.headers, body)
    return Fetched(received, failure)


def _cut(size: int, why: str) -> Malformed:
    return Malformed(f"body cut after {size} bytes: {why}")


def _too_slow(limits: Limits, size: int) -> NoAnswer:
    return NoAnswer(
        "timeout", f"not whole after {limits.deadline_seconds:g} s; {size} bytes had come"
    )


def _no_answer(error: Exception, *, began: bool) -> NoAnswer:
    detail = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return NoAnswer("connect", detail)
    if isinstance(error, httpx.TimeoutException):
        return NoAnswer("timeout", detail)
    disconnected = isinstance(error, httpx.NetworkError) or "disconnected without" in detail
    if disconnected and not began:
        return NoAnswer("reset", detail)
    return NoAnswer("protocol", detail)


class Counts(Struct, frozen=True):
    """What went through a transport so far."""

    opened: int = 0
    received: int = 0


def _counts(transport: httpx.BaseTransport) -> Counts:
    return transport.counts if isinstance(transport, DeadlineTransport) else Counts()


class DeadlineTransport(httpx.BaseTransport):
    """httpcore's pool with deadlines. No proxy of the environment, no redirect, no retry."""

    def __init__(self, *, verify: bool | str = True) -> None:
        """`verify` is whether to check certificates, or the file to check them by."""
        self._backend = Connections()
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(verify),
            max_connections=4,
            max_keepalive_connections=4,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
            network_backend=self._backend,
        )

    @property
    def counts(self) -> Counts:
        """Connections opened and bytes received so far."""
        return Counts(self._backend.opened, self._backend.received)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; the extension `deadline` is a time of `time.monotonic`."""
        self._backend.deadline = request.extensions.get("deadline")
        raw = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _httpx_errors():
            response = self._pool.handle_request(raw)
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response.stream),  # type: ignore[arg-type]
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """A response's body, its errors in httpx's words."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _httpx_errors():
            yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """Each of httpcore's errors as httpx's of the same name."""
    try:
        yield
    except _HTTPCORE_ERRORS as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


_HTTPCORE_ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def _ssl_context(verify: bool | str) -> ssl.SSLContext:  # noqa: FBT001 - httpx's own option
    if isinstance(verify, str):
        return ssl.create_default_context(cafile=verify)
    return httpx.create_ssl_context(verify=verify, trust_env=False)
