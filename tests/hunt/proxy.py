"""A reverse proxy on loopback that applies one fault and counts what it altered."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.hunt.codec import Opaque, calls_of, document, encoded
from tests.hunt.message import Call, HttpAnswer, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.hunt.mutant import Mutant, Scope
    from tests.hunt.world import World

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade"}
COMMON_SERVICE = "(no call)"


@dataclass
class Seen:
    """One exchange as a fault of the bytes sees it."""

    request: HttpRequest
    calls: list[Call]
    answer: HttpAnswer


class Proxy:
    """Stands in front of a server; `url` is where. Stop it when done."""

    def __init__(self, world: World, mutant: Mutant | None, scope: Scope) -> None:
        self.world, self.mutant, self.scope = world, mutant, scope
        self.altered = 0
        self.exchanges = 0
        self.troubles: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536
            upstream: http.client.HTTPConnection | None = None

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (ConnectionError, TimeoutError):
                    self.close_connection = True

            def finish(self) -> None:
                if self.upstream is not None:
                    self.upstream.close()
                outer.world.hang_up()
                super().finish()

            def serve(self) -> None:
                outer.serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = serve  # noqa: N815
            do_HEAD = do_OPTIONS = serve  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Say nothing: the report is what counts."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128
            disable_nagle_algorithm = True

            def handle_error(self, *_: Any) -> None:
                """A client that went away is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler: Any) -> None:
        """Answer one request."""
        handler.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = HttpRequest(
            handler.command, handler.path, list(handler.headers.items()), _body(handler)
        )
        answer = self.exchange(request, handler)
        if answer is None:
            handler.close_connection = True
            return
        close = answer.header("Connection").lower() == "close"
        handler.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                handler.send_header(name, value)
        length = answer.header("Content-Length") if handler.command == "HEAD" else ""
        handler.send_header("Content-Length", length or str(len(answer.body)))
        if close:
            handler.send_header("Connection", "close")
            handler.close_connection = True
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(answer.body)

    def exchange(self, request: HttpRequest, handler: Any) -> HttpAnswer | None:
        """Pass a request on, with the fault at work. None: cut the connection."""
        mutant, world = self.mutant, self.world
        self.exchanges += 1
        altered = False
        if mutant is None or request.target.startswith("/api_v3/api_schema") != (
            mutant.area == "schema"
        ):
            return self.forward(request, handler)
        calls, outer = calls_of(request, world.schema)
        with world.lock:
            chosen = [c for c in calls if self._chosen(mutant, c)]
            if mutant.before and (chosen or mutant.area == "schema"):
                changed_request = mutant.before(request, world)
                if changed_request is not None:
                    request, altered = changed_request, True
            steps, changed = self._ask(chosen) if mutant.around else ([], False)
        if changed:
            request, altered = encoded(request, calls, outer), True
        answer = self.forward(request, handler)
        with world.lock:
            if steps and self._answer(answer, calls, steps):
                altered = True
            if mutant.bytewise and (chosen or mutant.area == "schema"):
                before = (answer.status, list(answer.headers), answer.body)
                try:
                    mutant.bytewise(Seen(request, calls, answer), world)
                except Exception as error:  # noqa: BLE001 - as in `_ask`
                    self._trouble(error)
                after = (answer.status, answer.headers, answer.body)
                altered = altered or before != after or answer.delay_seconds > 0
            self.altered += altered
        if answer.delay_seconds:
            time.sleep(answer.delay_seconds)
        return None if answer.status == 0 else answer

    def _chosen(self, mutant: Mutant, call: Call) -> bool:
        service = call.service or COMMON_SERVICE
        return mutant.touches(service, call.action) and self.scope.selects(service)

    def _ask(self, chosen: list[Call]) -> tuple[list[tuple[Call, Generator[Any, Any, Any]]], bool]:
        mutant = self.mutant
        assert mutant is not None
        assert mutant.around is not None
        steps, changed = [], False
        for call in chosen:
            before = call.frozen()
            step = mutant.around(call, self.world)
            try:
                next(step)
            except StopIteration:
                continue
            except Exception as error:  # noqa: BLE001 - told in the report, and the run is void
                self._trouble(error)
                continue
            changed = changed or before != call.frozen()
            steps.append((call, step))
        return steps, changed

    def _answer(
        self, answer: HttpAnswer, calls: list[Call], steps: list[tuple[Call, Any]]
    ) -> bool:
        try:
            read = document(answer.body)
        except Opaque:
            return False
        before = json.dumps(read.value)
        for call, step in steps:
            if call.slot is None:
                read.value = self._resumed(step, read.value)
            elif isinstance(read.value, list):
                place = next(i for i, each in enumerate(calls) if each is call)
                if place < len(read.value):
                    read.value[place] = self._resumed(step, read.value[place])
        if json.dumps(read.value) == before:
            return False
        answer.body = read.bytes()
        return True

    def _resumed(self, step: Any, value: Any) -> Any:
        try:
            step.send(value)
        except StopIteration as end:
            return end.value
        except Exception as error:  # noqa: BLE001 - as in `_ask`
            self._trouble(error)
            return value
        step.close()
        raise AssertionError("a mutant yields once")

    def _trouble(self, error: Exception) -> None:
        assert self.mutant is not None
        self.troubles.append(f"{self.mutant.name}: {error!r}")

    def forward(self, request: HttpRequest, handler: Any) -> HttpAnswer:
        """What the server itself answers."""
        headers = [(k, v) for k, v in request.headers if k.lower() not in HOP_BY_HOP]
        for last in (False, True):
            connection = handler.upstream
            if connection is None:
                connection = http.client.HTTPConnection(self.world.host, self.world.port, timeout=60)
                connection.connect()
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                handler.upstream = connection
            try:
                connection.putrequest(
                    request.method, request.target, skip_host=True, skip_accept_encoding=True
                )
                for name, value in headers:
                    connection.putheader(name, value)
                if request.body and not request.header("Content-Length"):
                    connection.putheader("Content-Length", str(len(request.body)))
                connection.endheaders(request.body or None)
                got = connection.getresponse()
                answer = HttpAnswer(got.status, got.getheaders(), got.read())
            except (OSError, http.client.HTTPException):
                handler.upstream = None
                connection.close()
                if last:
                    raise
            else:
                if got.will_close:
                    handler.upstream = None
                return answer
        raise AssertionError("the loop returns or raises")


def _body(handler: Any) -> bytes:
    length = handler.headers.get("Content-Length")
    if length:
        return bytes(handler.rfile.read(int(length)))
    if handler.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return b""
    parts = []
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        parts.append(handler.rfile.read(size))
        handler.rfile.readline()
    handler.rfile.readline()
    return b"".join(parts)


