"""Connections whose every step ends by a deadline.

httpx bounds each read; a server that drips bytes would never meet that bound. The streams
here bound every read by what is left of the exchange's deadline as well.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import ssl


class Connections(httpcore.NetworkBackend):
    """Opens the connections of one pool, counts them, and holds the deadline of the moment."""

    def __init__(self) -> None:
        """No connection and no deadline yet."""
        self._inner = httpcore.SyncBackend()
        self.opened = 0
        self.received = 0
        self.deadline: float | None = None

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        """Connect, as httpcore's own backend does."""
        self.opened += 1
        return _Stream(self._inner.connect_tcp(*args, **options), self)

    def left(self, timeout: float | None) -> float | None:
        """The timeout of one step: its own, or what the deadline leaves of it."""
        if self.deadline is None:
            return timeout
        left = max(self.deadline - time.monotonic(), 0.001)
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends by the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, backend: Connections) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._backend.left(timeout))
        self._backend.received += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        return _Stream(inner, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
