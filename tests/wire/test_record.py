from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.wire.answer import ApiError, DieError, FileContent, Malformed, NoAnswer, Result
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.record import exchange_from_record, exchange_to_record
from conformance.wire.request import Call, Encoding, Endpoint, Form, Format, Upload

if TYPE_CHECKING:
    from conformance.wire.answer import Answer

JSON_HEADERS = (("Content-Type", "application/json"),)


def exchange_of(answer: Answer, *, body: bytes = b"", form: Form | None = None) -> Exchange:
    """An exchange with everything in it."""
    return Exchange(
        number=3,
        call=Call("media", "add", {"a": [1, {"b": None}]}, {"f": Upload("n", b"\xff\x00")}),
        form=form or Form(),
        session="admin",
        request=SentRequest("POST", "http://h/x", (("A", "1"), ("A", "2")), b"\xff"),
        response=Received(200, JSON_HEADERS, body),
        answer=answer,
        started_at=1795413176.5,
        elapsed_ms=1.25,
        retries=2,
    )


ERROR = {"code": "C", "message": "m", "objectType": "KalturaAPIException", "args": {"A": "1"}}


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (Result({"ä": 1}), '{"ä":1}'.encode()),
        (Result(None), b"null"),
        (ApiError("C", "m", {"A": "1"}, ERROR), json.dumps(ERROR).encode()),
        (FileContent("image/png", 3, "http://x"), b"\x89PN"),
        (DieError("X"), b""),
        (Malformed("body cut after 1 bytes"), b"1"),
        (NoAnswer("reset", "gone"), b""),
    ],
)
def test_an_exchange_is_read_back_from_json(answer: Answer, body: bytes) -> None:
    """Even where the answer cannot be told from the body, as with a cut one."""
    exchange = exchange_of(answer, body=body)

    line = json.dumps(exchange_to_record(exchange))

    assert exchange_from_record(json.loads(line)) == exchange


@pytest.mark.parametrize(
    "form",
    [
        Form(Encoding.QUERY, Format.XML, "GET", Endpoint.BARE, {"X": "1"}, "cb", b"\xffraw"),
        Form(format=None),
        Form(format="abc", raw_body=b""),
        Form(format=77),
    ],
)
def test_every_form_is_read_back(form: Form) -> None:
    """The form says how to replay the call."""
    exchange = exchange_of(NoAnswer("reset", ""), form=form)

    assert exchange_from_record(json.loads(json.dumps(exchange_to_record(exchange)))) == exchange


def test_a_serialised_answer_is_kept_beside_its_body() -> None:
    """Redaction changes lengths that this format states, so its body may be unreadable."""
    exchange = exchange_of(Result("abc"), body=b's:9:"abc";', form=Form(format=Format.PHP))

    assert exchange_from_record(exchange_to_record(exchange)).answer == Result("abc")


def test_what_json_cannot_hold_is_written_readably() -> None:
    """A check may send lone surrogates, bytes and tuples."""
    call = Call("x", "y", {"s": "\ud800", "b": b"\xff", "t": (1,), "o": object})
    exchange = Exchange(
        0, call, Form(), "none", SentRequest("GET", "", (), b""), Received(0, (), b""),
        NoAnswer("reset", ""), 0.0, 0.0,
    )  # fmt: skip

    params = exchange_to_record(exchange)["params"]

    assert params["s"] == "\\ud800"
    assert params["b"] == "\\xff"
    assert params["t"] == [1]
    assert json.dumps(params).encode()
