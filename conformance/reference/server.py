"""The edge: a bare ASGI application on uvicorn, and the line that says it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import uvicorn

from conformance.reference.message import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from conformance.reference.application import Application
    from conformance.reference.message import HttpReply

Scope = dict[str, Any]


class Edge:
    """The ASGI face of an application. Calls are quick, so the event loop runs them itself."""

    def __init__(self, application: Application) -> None:
        """Keep the application."""
        self._application = application

    async def __call__(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        request = _request(scope, body)
        behaviour = self._application.behaviour
        if behaviour.hang_up(request):
            await _hang_up(receive)
            return
        seconds = behaviour.delay(request)
        if seconds:
            await asyncio.sleep(seconds)
        reply = self._application.handle(request)
        headers = _headers(reply)
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it, 40 ms a call.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """The base URL of a bound socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(application: Application, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; say on stdout when ready."""
    config = uvicorn.Config(
        Edge(application),
        log_level="error",
        access_log=False,
        lifespan="off",
        server_header=False,
        date_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    asyncio.run(_run(server, listener, ready_line(application, url_of(listener))))


def ready_line(application: Application, url: str) -> str:
    """One line of JSON: where the server is, and the secrets of its throwaway accounts."""
    own, other = application.accounts[:2]
    return json.dumps(
        {
            "url": url,
            "partner_id": own.id,
            "admin_secret": own.admin_secret,
            "user_secret": own.user_secret,
            "other_partner_id": other.id,
            "other_admin_secret": other.admin_secret,
            "other_user_secret": other.user_secret,
        }
    )


class _Server(uvicorn.Server):
    """Uvicorn, but for its way to raise the signal again after a clean stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT, and end with success."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def _run(server: uvicorn.Server, listener: socket.socket, line: str) -> None:
    """Run the server and print the line once it listens."""
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    if server.started:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    await task


def _request(scope: Scope, body: bytes) -> HttpRequest:
    """The request as a plain value."""
    client = scope.get("client") or ("127.0.0.1", 0)
    return HttpRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]),
        body=body,
        client=client[0],
        port=client[1],
    )


def _headers(reply: HttpReply) -> list[tuple[bytes, bytes]]:
    """The headers as bytes, with the date and the length where the reply does not say its own."""
    given = {name.lower() for name, _ in reply.headers}
    pairs = list(reply.headers)
    if "date" not in given:
        pairs.append(("Date", formatdate(usegmt=True)))
    if "transfer-encoding" not in given:
        pairs.append(("Content-Length", str(len(reply.body))))
    return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in pairs]


async def _hang_up(receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    """Drop the connection without a byte of an answer."""
    # ASGI has no word for it; uvicorn's `receive` is bound to the cycle that holds the transport.
    cycle: Any = receive.__self__  # type: ignore[attr-defined]
    cycle.transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
