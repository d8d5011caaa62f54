"""Exchanges as a run holds them, made without a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = "'\"\\\n\"\"\"'''; raise SystemExit(9) #@CLAIM@ $(touch x) `touch x`"
"""What a header of every answer says."""


def recorded(
    number: int, action: str, answer: object, *, service: str = "data", **params: object
) -> Exchange:
    body = json.dumps({"ks": "", **params}).encode()
    received = Received(200, (("Content-Type", HOSTILE),), json.dumps(answer).encode())
    return Exchange(
        number=number,
        call=Call(service, action, params),
        form=Form(),
        session="admin",
        request=SentRequest("POST", "http://127.0.0.1/", (), body),
        response=received,
        answer=decode(received, Form()),
        started_at=0.0,
        elapsed_ms=1.0,
    )


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    """Makes exchanges by number, action and answer, with the parameters that were sent."""
    return recorded
