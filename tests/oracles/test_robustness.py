"""Little is owed to a hostile request: each oracle accepts that little and rejects less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from conformance.generation.hostile import INJECTED
from conformance.oracles import robustness as oracle
from conformance.wire.decoding import decode
from conformance.wire.exchange import Received
from conformance.wire.request import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

    Judge = Callable[[Exchange, str], Iterable[Breach]]

ANSWERED: list[Judge] = [
    oracle.any_text_is_answered,
    oracle.any_number_is_answered,
    oracle.unreadable_body_is_answered,
    oracle.big_body_is_answered,
    oracle.long_url_is_answered,
    oracle.cut_upload_is_answered,
    oracle.wrong_kind_is_answered,
    oracle.drawn_call_is_answered,
]


def replied(exchange: Exchange, status: int, body: bytes, *headers: tuple[str, str]) -> Exchange:
    """The exchange with another reply."""
    received = Received(status, headers, body)
    return structs.replace(exchange, response=received, answer=decode(received, Form()))


@pytest.mark.parametrize("judge", ANSWERED)
def test_results_errors_and_refusals_at_the_door_are_answers(
    answered: Answered, refused: Refused, judge: Judge
) -> None:
    """A value, an API error of whatever code, and 4xx by the web server are all that is owed."""
    page = b"<html><h1>Request-URI Too Long</h1></html>"
    sound = [
        answered({"objectType": "KalturaThing"}),
        refused("INTERNAL_SERVERL_ERROR"),
        replied(answered(1), 414, page, ("Content-Type", "text/html")),
        replied(answered(1), 301, b"", ("Location", "https://x/")),
        replied(answered(1), 200, b"", ("X-Kaltura", "error- SOME_CODE")),
    ]

    assert [breach for exchange in sound for breach in judge(exchange, "x")] == []


@pytest.mark.parametrize("judge", ANSWERED)
@pytest.mark.parametrize(
    ("status", "body", "where"),
    [
        (500, b"", "HTTP status"),
        (502, b"<html></html>", "HTTP status"),
        (200, b"", "$"),
        (200, b"<b>Fatal</b>{}", "$"),
        (200, b'{"a":', "$"),
    ],
)
def test_breakdowns_and_torn_documents_are_no_answers(
    answered: Answered, judge: Judge, status: int, body: bytes, where: str
) -> None:
    """A 5xx status, an empty body, and what is no document of the asked format."""
    found = list(judge(replied(answered(1), status, body), "a quote of SQL"))

    assert found[0].where == where
    assert found[0].hint == "sent: a quote of SQL"


def test_hostile_value_is_no_internal_error(refused: Refused) -> None:
    """Not found is said by its own code."""
    judge = oracle.hostile_value_is_no_internal_error

    assert list(judge(refused("THING_NOT_FOUND"), "x")) == []
    assert [b.actual for b in judge(refused("INTERNAL_DATABASE_ERROR"), "x")] == [
        "INTERNAL_DATABASE_ERROR"
    ]


def test_hostile_id_names_nothing(answered: Answered, refused: Refused) -> None:
    """An error and a null name nothing; an object and the accounts' file are something."""
    judge = oracle.hostile_id_names_nothing
    accounts = b'"root:x:0:0:root:/root:/bin/bash"'

    assert list(judge(refused("THING_NOT_FOUND"), "x")) == []
    assert list(judge(answered(None), "x")) == []
    assert [b.actual for b in judge(answered({"objectType": "KalturaThing", "id": 5}), "x")] == [
        "KalturaThing 5"
    ]
    assert [b.where for b in judge(replied(answered(1), 200, accounts), "x")] == ["body"]


def test_hostile_request_shows_no_internals(answered: Answered, refused: Refused) -> None:
    """What the caller said may come back; what only the server knows may not."""
    judge = oracle.hostile_request_shows_no_internals
    said = refused("X", "no /opt/own/thing", params={"id": "/opt/own/thing"})
    told = refused("X", "in /opt/server/api.php on line 7")
    warned = replied(answered(1), 200, b"<b>Warning</b>: Undefined key {}")
    page = replied(answered(1), 403, b"Fatal error: /opt/x")

    assert list(judge(said, "x")) == []
    assert list(judge(page, "x")) == []
    assert {b.where for b in judge(told, "x")} == {"$.message"}
    assert [b.where for b in judge(warned, "x")] == ["body"]


def test_nothing_sent_becomes_a_header(answered: Answered) -> None:
    """The header that was smuggled in is not there."""
    judge = oracle.nothing_sent_becomes_a_header

    assert list(judge(answered(1), INJECTED, "x")) == []
    assert len(list(judge(replied(answered(1), 200, b"1", (INJECTED, "1")), INJECTED, "x"))) == 1


def test_server_works_afterwards(answered: Answered, refused: Refused) -> None:
    """The same code before and after; a call that was broken before says nothing."""
    judge = oracle.server_works_afterwards
    missing, internal = refused("THING_NOT_FOUND"), refused("INTERNAL_SERVERL_ERROR")
    torn = replied(answered(1), 200, b"{")

    assert list(judge(missing, missing, ["x"])) == []
    assert list(judge(answered({"id": 1}), answered({"id": 2}), ["x"])) == []
    assert list(judge(internal, missing, ["x"])) == []
    assert list(judge(torn, missing, ["x"])) == []
    assert [b.actual for b in judge(missing, internal, ["x"])] == ["INTERNAL_SERVERL_ERROR"]
    assert len(list(judge(missing, torn, ["x"]))) == 1
