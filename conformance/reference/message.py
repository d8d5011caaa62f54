"""What comes in and goes out over HTTP, as plain values: the server's core never sees a socket."""

from __future__ import annotations

from msgspec import Struct

Headers = tuple[tuple[str, str], ...]


class HttpRequest(Struct, frozen=True):
    """One request. `path` is decoded and has no query; header names are lower case.

    `client` and `port` are the other end of the connection; the port is 0 where there is none.
    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    client: str = "127.0.0.1"
    port: int = 0

    def header(self, name: str) -> str:
        """The first header of that lower-case name, or an empty text."""
        return next((value for key, value in self.headers if key == name), "")


class HttpReply(Struct, frozen=True):
    """One reply. `headers` keep their order and may repeat."""

    status: int
    headers: Headers
    body: bytes


class Upload(Struct, frozen=True):
    """One uploaded file of a multipart body."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


class FileAnswer(Struct, frozen=True):
    """The result of an action that serves a file."""

    content: bytes
    content_type: str = "application/octet-stream"
    filename: str = ""


class Body(Struct, frozen=True):
    """A serialised result: its bytes, its content type, and headers that belong to it."""

    content: bytes
    content_type: str
    headers: Headers = ()
