"""A reverse proxy on loopback that applies a fault (or several) and counts what was altered."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.hunt.codec import Opaque, calls_of, document, encoded
from tests.hunt.message import Call, HttpAnswer, HttpRequest

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

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


@dataclass
class Step:
    """A fault at work on one call, between the question and the answer."""

    mutant: Mutant
    call: Call
    generator: Generator[None, Any, Any]


class Proxy:
    """Stands in front of a server; `url` is where. Stop it when done."""

    def __init__(self, world: World, mutants: Sequence[Mutant], scope: Scope) -> None:
        self.world, self.scope = world, scope
        self.faults = [(mutant, world.apart()) for mutant in mutants]
        self.altered_by = dict.fromkeys((mutant.name for mutant in mutants), 0)
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
        close = answer.is_old or answer.header("Connection").lower() == "close"
        handler.protocol_version = "HTTP/1.0" if answer.is_old else "HTTP/1.1"
        handler.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                handler.send_header(name, value)
        length = answer.header("Content-Length") if handler.command == "HEAD" else ""
        if not answer.is_old:
            handler.send_header("Content-Length", length or str(len(answer.body)))
        if close:
            handler.send_header("Connection", "close")
            handler.close_connection = True
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(answer.body)

    def exchange(self, request: HttpRequest, handler: Any) -> HttpAnswer | None:
        """Pass a request on, with the fault at work. None: cut the connection."""
        self.exchanges += 1
        of_schema = request.target.startswith("/api_v3/api_schema")
        faults = [(m, w) for m, w in self.faults if (m.area == "schema") == of_schema]
        if not faults:
            return self.forward(request, handler)
        by: set[str] = set()
        with self.world.lock:
            request, chosen, calls, steps = self._asked(request, faults, by)
        answer = self.forward(request, handler)
        with self.world.lock:
            self._answer(answer, calls, steps, by)
            for mutant, world, some in chosen:
                if mutant.bytewise and (some or of_schema):
                    self._bytewise(mutant, world, Seen(request, some and calls, answer), by)
            self.altered += bool(by)
            for name in by:
                self.altered_by[name] += 1
        if answer.delay_seconds:
            time.sleep(answer.delay_seconds)
        return None if answer.status == 0 else answer

    def _asked(
        self, request: HttpRequest, faults: list[tuple[Mutant, World]], by: set[str]
    ) -> tuple[HttpRequest, list[tuple[Mutant, World, list[Call]]], list[Call], list[Step]]:
        """The request as it goes on, which fault is at work on which calls, and all calls."""
        for mutant, world in faults:
            changed = self._before(mutant, world, request)
            if changed is not None:
                by.add(mutant.name)
                request = changed
        calls, outer = calls_of(request, self.world.schema)
        self.world.ended |= {c.ks for c in calls if (c.service, c.action) == ("session", "end")}
        chosen = [(m, w, [c for c in calls if self._chosen(m, c)]) for m, w in faults]
        steps: list[Step] = []
        for mutant, world, some in chosen:
            if mutant.around and request.method != "OPTIONS":  # a preflight calls nothing
                steps += self._ask(mutant, world, some, by)
        if by.intersection(m.name for m, _ in faults if m.around):
            request = encoded(request, calls, outer)
        return request, chosen, calls, steps

    def _chosen(self, mutant: Mutant, call: Call) -> bool:
        service = call.service or COMMON_SERVICE
        return mutant.touches(service, call.action) and self.scope.selects(service)

    def _before(self, mutant: Mutant, world: World, request: HttpRequest) -> HttpRequest | None:
        if mutant.before is None:
            return None
        calls, _ = calls_of(request, world.schema)
        if not any(self._chosen(mutant, call) for call in calls):
            return None
        return mutant.before(request, world)

    def _ask(self, mutant: Mutant, world: World, chosen: list[Call], by: set[str]) -> list[Step]:
        steps = []
        for call in chosen:
            before = call.frozen()
            assert mutant.around is not None
            step = mutant.around(call, world)
            try:
                next(step)
            except StopIteration:
                continue
            except Exception as error:  # noqa: BLE001 - told in the report, and the run is void
                self._trouble(mutant, error)
                continue
            if before != call.frozen():
                by.add(mutant.name)
            steps.append(Step(mutant, call, step))
        return steps

    def _answer(
        self, answer: HttpAnswer, calls: list[Call], steps: list[Step], by: set[str]
    ) -> None:
        if not steps:
            return
        try:
            read = document(answer.body)
        except Opaque:
            return
        first = before = json.dumps(read.value)
        for step in steps:
            if step.call.slot is None:
                read.value = self._resumed(step, read.value)
            elif isinstance(read.value, list):
                place = next(i for i, each in enumerate(calls) if each is step.call)
                if place < len(read.value):
                    read.value[place] = self._resumed(step, read.value[place])
            after = json.dumps(read.value)
            if after != before:
                by.add(step.mutant.name)
            before = after
        if before != first:
            if read.form == "xml" and not any(
                "ignoreNull" in {**c.outer, **c.params} for c in calls
            ):
                read.value = self.world.completed(read.value)
            answer.body = read.bytes()

    def _bytewise(self, mutant: Mutant, world: World, seen: Seen, by: set[str]) -> None:
        before = replace(seen.answer, headers=list(seen.answer.headers))
        try:
            assert mutant.bytewise is not None
            mutant.bytewise(seen, world)
        except Exception as error:  # noqa: BLE001 - as in `_ask`
            self._trouble(mutant, error)
        if before != seen.answer:
            by.add(mutant.name)

    def _resumed(self, step: Step, value: Any) -> Any:
        try:
            step.generator.send(value)
        except StopIteration as end:
            return end.value
        except Exception as error:  # noqa: BLE001 - as in `_ask`
            self._trouble(step.mutant, error)
            return value
        step.generator.close()
        raise AssertionError("a mutant yields once")

    def _trouble(self, mutant: Mutant, error: Exception) -> None:
        self.troubles.append(f"{mutant.name}: {error!r}")

    def forward(self, request: HttpRequest, handler: Any) -> HttpAnswer:
        """What the server itself answers."""
        # A fault may have changed the body; with its old length the server waits for the rest.
        left = HOP_BY_HOP | {"content-length"}
        headers = [(k, v) for k, v in request.headers if k.lower() not in left]
        if request.body or request.header("Content-Length"):
            headers.append(("Content-Length", str(len(request.body))))
        for last in (False, True):
            connection = handler.upstream
            if connection is None:
                connection = http.client.HTTPConnection(
                    self.world.host, self.world.port, timeout=60
                )
                connection.connect()
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                handler.upstream = connection
            try:
                connection.putrequest(
                    request.method, request.target, skip_host=True, skip_accept_encoding=True
                )
                for name, value in headers:
                    connection.putheader(name, value)
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
