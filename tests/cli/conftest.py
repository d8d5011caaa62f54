"""Servers with faults, each a few lines; what one says is written byte by byte."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import struct
import threading
from typing import TYPE_CHECKING

import pytest

from conformance.plugin.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.embedded import Ready

    Reply = bytes | None
    """What a server says to a request; None for a connection that it lets hang."""

HTML = b"<!DOCTYPE html><html><body><h1>It works!</h1></body></html>"
SCHEMA = b"""<?xml version="1.0"?>
<xml apiVersion="1.0.0" generatedDate="1700000000">
<enums></enums>
<classes><class name="KalturaThing"><property name="id" type="int"/></class></classes>
<services><service id="thing" name="thing"><action name="get">
<param name="id" type="int"/><result type="KalturaThing"/></action></service></services>
<plugins></plugins><errors></errors><configurations></configurations>
</xml>"""
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<xml apiVersion="&d;"><services/></xml>"""


def http(
    body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/json"
) -> bytes:
    """A response with its true length, unless a header says another."""
    told = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close", *headers]
    if not any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in headers):
        told.append(f"Content-Length: {len(body)}")
    return "\r\n".join(told).encode() + b"\r\n\r\n" + body


def error(code: str, message: str) -> bytes:
    """An error of the API."""
    told = {"code": code, "message": message, "objectType": "KalturaAPIException", "args": []}
    return http(json.dumps(told).encode())


def with_schema(reply: Reply) -> Callable[[str], Reply]:
    """A server that is sound but for what it publishes as its schema."""

    def answer(path: str) -> Reply:
        return reply if "api_schema" in path else http(b'"22.19.0"')

    return answer


def with_login(reply: Reply) -> Callable[[str], Reply]:
    """A server that says this to who wants a session, and a sound schema to who asks for it."""

    def answer(path: str) -> Reply:
        if "api_schema" in path:
            return http(SCHEMA, kind="text/xml")
        return reply if "session" in path else http(b'"22.19.0"')

    return answer


def redirect(path: str) -> Reply:
    return http(b"", f"Location: {path}", status="302 Found", kind="text/html")


RESET = b"\0reset"
"""Not sent: the connection is reset."""

FAULTY: dict[str, Callable[[str], Reply]] = {
    "hangs": lambda _: None,
    "resets": lambda _: RESET,
    "closes at once": lambda _: b"",
    "speaks SSH": lambda _: b"SSH-2.0-OpenSSH_9.2p1\r\n",
    "says HTML": lambda _: http(HTML, kind="text/html"),
    "says 500": lambda _: http(b"", status="500 Internal Server Error", kind="text/html"),
    "says 503": lambda _: http(b"", "Retry-After: 0", status="503 Busy", kind="text/html"),
    "says 404": lambda _: http(HTML, status="404 Not Found", kind="text/html"),
    "redirects for ever": redirect,
    "says nothing": lambda _: http(b""),
    "hangs at the schema": with_schema(None),
    "resets at the schema": with_schema(RESET),
    "cuts the schema": with_schema(http(SCHEMA[:200], "Content-Length: 9999", kind="text/xml")),
    "publishes half a schema": with_schema(http(SCHEMA[:200], kind="text/xml")),
    "publishes HTML": with_schema(http(HTML, kind="text/html")),
    "publishes a notice": with_schema(http(b"Schema is being generated", kind="text/plain")),
    "publishes nothing": with_schema(http(b"", kind="text/xml")),
    "publishes JSON": with_schema(http(b"{}")),
    "publishes a bomb": with_schema(http(BOMB, kind="text/xml")),
    "publishes 404": with_schema(http(HTML, status="404 Not Found", kind="text/html")),
    "publishes 500": with_schema(http(b"", status="500 Internal Server Error")),
    "redirects the schema for ever": with_schema(redirect("/api_v3/api_schema.php")),
    "publishes false gzip": with_schema(http(SCHEMA, "Content-Encoding: gzip", kind="text/xml")),
    "cuts gzip": with_schema(
        http(gzip.compress(SCHEMA)[:-20], "Content-Encoding: gzip", kind="text/xml")
    ),
    "refuses": with_login(error("START_SESSION_ERROR", "Error while starting session [102]")),
    "blocks": with_login(error("SERVICE_FORBIDDEN_CONTENT_BLOCKED", "Content blocked")),
    "cuts the login": with_login(http(b'"djJ8MTAy', "Content-Length: 500")),
    "hangs at the login": with_login(None),
    "resets at the login": with_login(RESET),
    "logs in with HTML": with_login(http(HTML, kind="text/html")),
    "logs in with null": with_login(http(b"null")),
    "logs in with garbage": with_login(http(b"\xff\xfe{[", kind="application/json")),
    "logs in with 500": with_login(http(b"", status="500 Internal Server Error")),
    "sends the login elsewhere": with_login(redirect("https://login.example/")),
}
"""By what it does, what a server says to the path of a request."""


class FaultyServer:
    """Answers every connection with what its fault says, until it is stopped."""

    def __init__(self, fault: Callable[[str], Reply]) -> None:
        self._fault = fault
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._hung: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def stop(self) -> None:
        """Stop, and let go of what hangs."""
        self._stopped.set()
        self._thread.join()
        for connection in (*self._hung, self._listener):
            connection.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listener.accept()
                connection.settimeout(2)
                try:
                    self._answer(connection)
                except OSError:
                    connection.close()

    def _answer(self, connection: socket.socket) -> None:
        request = connection.recv(65536).split(b" ")
        reply = self._fault(request[1].decode() if len(request) > 1 else "")
        if reply is None:
            self._hung.append(connection)
            return
        if reply == RESET:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        else:
            connection.sendall(reply)
            # Closing with something unread would reset the connection under the reply.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        connection.close()


@pytest.fixture
def faulty() -> Iterator[Callable[[str], str]]:
    """A function that starts the server with that fault and gives its URL."""
    started: list[FaultyServer] = []

    def start(name: str) -> str:
        started.append(FaultyServer(FAULTY[name]))
        return started[-1].url

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def sound() -> Iterator[Ready]:
    """The embedded server, sound."""
    with EmbeddedServer() as ready:
        yield ready
