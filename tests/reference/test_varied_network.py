"""The network's variations need a socket: what a client sees of them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_SECONDS = 20
PING = "/api_v3/service/system/action/ping?format=1"
MORE_THAN_ONE_LOSS = 120


@contextmanager
def connection_to(variation: str) -> Iterator[HTTPConnection]:
    """A connection to a server of that variation."""
    command = [sys.executable, "-m", "conformance", "serve", "--variation", variation]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            assert process.stdout is not None
            place = urlsplit(json.loads(process.stdout.readline())["url"])
            connection = HTTPConnection(str(place.hostname), place.port, timeout=TIMEOUT_SECONDS)
            yield connection
            connection.close()
        finally:
            process.kill()


def test_a_kept_connection_is_lost_and_a_fresh_one_is_not() -> None:
    """Now and then a request on a kept connection is not answered; asked anew it is."""
    lost = 0
    with connection_to("network.kept_connections_are_lost") as connection:
        for _ in range(MORE_THAN_ONE_LOSS):
            connection.request("GET", PING)
            try:
                answer = connection.getresponse()
            except (RemoteDisconnected, ConnectionResetError):
                lost += 1
                connection.close()
                connection.request("GET", PING)
                answer = connection.getresponse()
            assert answer.read() == b"true"

    assert lost > 1


def test_an_answer_in_chunks_has_no_length() -> None:
    """The body is whole, and its length is not announced."""
    with connection_to("network.answers_come_in_chunks") as connection:
        connection.request("GET", PING)
        answer = connection.getresponse()
        body = answer.read()

    assert answer.getheader("Transfer-Encoding") == "chunked"
    assert answer.getheader("Content-Length") is None
    assert body == b"true"


def test_a_connection_is_closed_behind_the_answer() -> None:
    """The answer says so, once."""
    with connection_to("network.connections_are_not_kept") as connection:
        connection.request("GET", PING)
        answer = connection.getresponse()
        answer.read()

    assert answer.getheader("Connection") == "close"
    assert answer.will_close
