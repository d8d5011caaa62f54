"""The fixture that starts faulty servers and stops them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .servers import RawServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], RawServer]]:
    """A function that starts a server with the given handler of a connection."""
    servers: list[RawServer] = []

    def start(handler: Callable[[socket.socket], None]) -> RawServer:
        servers.append(RawServer(handler))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
