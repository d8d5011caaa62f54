"""Small faulty servers: what a socket says is written byte by byte in the test."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from conformance.wire.exchange import Received

if TYPE_CHECKING:
    from collections.abc import Callable


class RawServer:
    """Accepts connections and hands each to a function, until the test ends."""

    def __init__(self, handler: Callable[[socket.socket], None]) -> None:
        self.handler = handler
        self.connections = 0
        self.stopped = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.1)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            connection.settimeout(2)
            with connection, contextlib.suppress(OSError):
                self.handler(connection)

    def stop(self) -> None:
        """Stop accepting, and wait for the handler that runs."""
        self.stopped.set()
        self.thread.join()
        self.listener.close()


def read_request(connection: socket.socket) -> bytes:
    """One whole request, or nothing where the client has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (received := connection.recv(65536)):
            return b""
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line.split(b":") for line in head.lower().split(b"\r\n")[1:]]
    length = next(
        (int(value) for name, value in lines_of_two(lines) if name == b"content-length"), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def lines_of_two(lines: list[list[bytes]]) -> list[tuple[bytes, bytes]]:
    """The header lines that are a name and one value."""
    return [(line[0], line[1]) for line in lines if len(line) == 2]


def response(
    body: bytes, *headers: str, status: str = "200 OK", length: int | None = None
) -> bytes:
    """A JSON response as bytes; `length` overrides the announced one."""
    announced = len(body) if length is None else length
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {announced}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def received(body: bytes, *headers: tuple[str, str], status: int = 200) -> Received:
    """A response as the decoders get it, JSON by its content type."""
    return Received(status, (*headers, ("Content-Type", "application/json")), body)
