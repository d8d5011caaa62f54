"""How much of a bare httpx client's speed is left after encoding, decoding and recording.

Both talk to the same trivial server on loopback, in turns, in this one process:
    python benchmarks/wire.py [--requests 3000] [--rounds 3]
Prints one JSON line; `ratio` is the suite's requests per second over the bare client's.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import time
from typing import TYPE_CHECKING

import httpx

from conformance.wire.answer import Result
from conformance.wire.client import Client
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY = {f"property{index}": f"value {index}" for index in range(40)} | {
    "id": "0_abcdefgh",
    "objectType": "KalturaMediaEntry",
}
BODY = json.dumps(ENTRY).encode()
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Me: 127.0.0.1\r\n"
    b"Access-Control-Allow-Origin: *\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)
PARAMS = {"entryId": "0_abcdefgh", "version": -1}


def serve(listener: socket.socket) -> None:
    """Answer every request with the same entry, one connection at a time, until killed."""
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answer_all(connection)


def answer_all(connection: socket.socket) -> None:
    """Answer until the peer closes; a request is whole when its announced body has come."""
    pending = b""
    while True:
        head, found, rest = pending.partition(b"\r\n\r\n")
        if found:
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            )
            if len(rest) >= length:
                pending = rest[length:]
                connection.sendall(RESPONSE)
                continue
        received = connection.recv(65536)
        if not received:
            return
        pending += received


def rate(action: Callable[[], None], requests: int) -> float:
    """Requests per second of one round."""
    start = time.perf_counter()
    for _ in range(requests):
        action()
    return requests / (time.perf_counter() - start)


def main() -> None:
    """Measure both clients in turns and print the best round of each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=3000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = multiprocessing.get_context("fork").Process(
        target=serve, args=(listener,), daemon=True
    )
    server.start()
    bare_rates, suite_rates = [], []
    try:
        for _ in range(given.rounds):
            with httpx.Client(trust_env=False) as bare:
                target = f"{url}/api_v3/service/media/action/get"
                bare_rates.append(
                    rate(lambda: bare.post(target, json=PARAMS).raise_for_status(), given.requests)  # noqa: B023
                )
            with Client(url) as client:
                call = Call("media", "get", PARAMS)

                def ask() -> None:
                    assert isinstance(client.send(call, ks="x" * 120).answer, Result)  # noqa: B023

                suite_rates.append(rate(ask, given.requests))
    finally:
        server.terminate()
        server.join()
    best_bare, best_suite = max(bare_rates), max(suite_rates)
    print(
        json.dumps(
            {
                "bare_per_second": round(best_bare),
                "suite_per_second": round(best_suite),
                "ratio": round(best_suite / best_bare, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
