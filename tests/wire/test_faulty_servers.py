from __future__ import annotations

import gzip
import socket
import struct
import time
import zlib
from typing import TYPE_CHECKING

import pytest

from conformance.wire.answer import Malformed, NoAnswer, Result
from conformance.wire.client import Client
from conformance.wire.request import Call, Form

from .servers import read_request, response

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.wire.answer import Answer

    from .servers import RawServer

    Serve = Callable[[Callable[[socket.socket], None]], RawServer]

PING = Call("system", "ping")
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def always(data: bytes) -> Callable[[socket.socket], None]:
    """Answers one request a connection with `data`, then closes."""

    def handler(connection: socket.socket) -> None:
        if read_request(connection):
            connection.sendall(data)

    return handler


def ask(server: RawServer, **options: float) -> Answer:
    """The answer to one call, with short bounds."""
    bounds = {"read_timeout_seconds": 0.3, "deadline_seconds": 2.0} | options
    with Client(server.url, sleep=lambda _: None, **bounds) as client:  # type: ignore[arg-type]
        return client.send(PING).answer


def hang(connection: socket.socket) -> None:
    """Never answers."""
    read_request(connection)
    connection.recv(1)


def reset(connection: socket.socket) -> None:
    """Closes with a reset instead of an answer."""
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip_headers(connection: socket.socket) -> None:
    """Sends a header that never ends, a byte at a time."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.02)


def drip_body(connection: socket.socket) -> None:
    """Sends a body that never ends, a byte at a time."""
    read_request(connection)
    connection.sendall(response(b'"', length=100_000))
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.02)


def stall(connection: socket.socket) -> None:
    """Announces more than it sends, and keeps the connection."""
    read_request(connection)
    connection.sendall(response(b'{"a":1}', length=50))
    connection.recv(1)


def test_a_server_that_hangs_gives_no_answer(serve: Serve) -> None:
    """The read timeout ends it."""
    answer = ask(serve(hang), read_timeout_seconds=0.1)

    assert isinstance(answer, NoAnswer)
    assert answer.kind == "timeout"


def test_a_reset_of_a_fresh_connection_gives_no_answer(serve: Serve) -> None:
    """It is not tried again: the request may have had its effect."""
    server = serve(reset)

    answer = ask(server)

    assert isinstance(answer, NoAnswer)
    assert answer.kind == "reset"
    assert server.connections == 1


def test_nobody_listening_gives_no_answer() -> None:
    """Connection refused."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}") as client:
        answer = client.send(PING).answer

    assert isinstance(answer, NoAnswer)
    assert answer.kind == "connect"


def test_a_closed_kept_connection_is_replaced_once(serve: Serve) -> None:
    """Servers close idle connections; one fresh one is tried, and it is counted."""
    requests = []

    def handler(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.sendall(response(b"true"))
        read_request(connection)

    server = serve(handler)
    with Client(server.url) as client:
        first, second = client.send(PING), client.send(PING)

    assert (first.answer, first.retries) == (Result(value=True), 0)
    assert (second.answer, second.retries) == (Result(value=True), 1)
    assert server.connections == 2


def test_connections_are_kept(serve: Serve) -> None:
    """Ten calls need one connection."""

    def handler(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(response(b"true"))

    server = serve(handler)
    with Client(server.url) as client:
        answers = [client.send(PING).answer for _ in range(10)]

    assert answers == [Result(value=True)] * 10
    assert server.connections == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (response(b'{"a":', length=50), "body cut after 5 bytes"),
        (CHUNKED + b'5\r\n{"a":', "body cut after"),
        (CHUNKED + b"5\r\ntrue \r\n", "body cut after 5 bytes"),
        (response(b'{"a":1}', length=4), "body cut: 4 bytes"),
        (response(b"<html><h1>Bad Gateway</h1>", status="502 Bad Gateway"), "HTML instead"),
        (response(b"", status="500 Internal Server Error"), "an empty body (status 500)"),
        (response(gzip.compress(b"true")[:-6], "Content-Encoding: gzip"), "compressed data ends"),
        (response(b"true", "Content-Encoding: gzip"), "not gzip"),
        (response(b"true", "Content-Encoding: br"), "encoding 'br', which was not asked for"),
    ],
)
def test_an_answer_that_began_and_is_not_sound_is_malformed(
    serve: Serve, data: bytes, says: str
) -> None:
    """Cut, mislabelled or of another kind: the server answered, and answered wrong."""
    answer = ask(serve(always(data)))

    assert isinstance(answer, Malformed)
    assert says in answer.reason


def test_a_kept_connection_that_dies_within_the_answers_head_is_not_replaced(serve: Serve) -> None:
    """An answer had begun, so the request had arrived."""
    heads = []

    def handler(connection: socket.socket) -> None:
        heads.append(read_request(connection))
        connection.sendall(response(b"true"))
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-")

    server = serve(handler)
    with Client(server.url) as client:
        client.send(PING)
        exchange = client.send(PING)

    assert isinstance(exchange.answer, NoAnswer)
    assert (exchange.answer.kind, exchange.retries, len(heads)) == ("protocol", 0, 1)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"true")),
        ("deflate", zlib.compress(b"true")),
        ("deflate", zlib.compress(b"true")[2:-4]),
        ("identity", b"true"),
    ],
)
def test_compression_is_undone(serve: Serve, encoding: str, body: bytes) -> None:
    """With and without the header that `deflate` should have."""
    answer = ask(serve(always(response(body, f"Content-Encoding: {encoding}"))))

    assert answer == Result(value=True)


def test_a_body_without_a_length_ends_with_the_connection(serve: Serve) -> None:
    """As HTTP/1.0 does it; nothing is missing."""
    answer = ask(serve(always(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\ntrue")))

    assert answer == Result(value=True)


def test_a_body_that_stalls_is_cut(serve: Serve) -> None:
    """A length that is never reached looks like this on a kept connection."""
    answer = ask(serve(stall), stall_timeout_seconds=0.1, read_timeout_seconds=5)

    assert answer == Malformed("body cut after 7 bytes: nothing more came")


@pytest.mark.parametrize("handler", [drip_headers, drip_body])
def test_a_dripping_server_meets_the_deadline(
    serve: Serve, handler: Callable[[socket.socket], None]
) -> None:
    """Each byte renews a read timeout, but not the deadline of the exchange."""
    start = time.monotonic()

    answer = ask(serve(handler), deadline_seconds=0.3)

    assert isinstance(answer, NoAnswer)
    assert answer.kind == "timeout"
    assert time.monotonic() - start < 1.5


def test_a_huge_body_is_not_read_to_its_end(serve: Serve) -> None:
    """The bound is on what is kept in memory."""
    answer = ask(serve(always(response(b"1" * 300_000))), max_body_bytes=100_000)

    assert answer == Malformed("a body of more than 100000 bytes")


def test_a_bomb_is_not_blown_up(serve: Serve) -> None:
    """Ten megabytes of zeros fit into ten kilobytes."""
    bomb = gzip.compress(bytes(10_000_000))

    answer = ask(serve(always(response(bomb, "Content-Encoding: gzip"))), max_body_bytes=100_000)

    assert answer == Malformed("a body that decompresses to 100000 bytes or more")


def test_what_is_not_http_is_a_protocol_failure(serve: Serve) -> None:
    """Another service listens there."""
    answer = ask(serve(always(b"SSH-2.0-OpenSSH_9.2\r\n")))

    assert isinstance(answer, NoAnswer)
    assert answer.kind == "protocol"


def test_a_head_request_waits_for_no_body(serve: Serve) -> None:
    """Its Content-Length is that of the body which a GET would bring."""
    server = serve(always(response(b"", length=4)))

    with Client(server.url, read_timeout_seconds=0.3) as client:
        exchange = client.send(PING, form=Form(method="HEAD"))

    assert exchange.response.status == 200
    assert not isinstance(exchange.answer, NoAnswer | Malformed)


def test_proxies_of_the_environment_are_ignored(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The target is asked, not what stands in HTTP_PROXY."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert ask(serve(always(response(b"true")))) == Result(value=True)
