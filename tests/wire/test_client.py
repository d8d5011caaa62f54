from __future__ import annotations

import gzip
import itertools
import json
import subprocess
import sys
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import httpx
import pytest

from conformance.exceptions import LoginRefused, TargetUnreachable
from conformance.wire.answer import ApiError, FileContent, Malformed, NoAnswer, Result
from conformance.wire.client import Client
from conformance.wire.ks import build_v2
from conformance.wire.login import start_session
from conformance.wire.pacing import Pace
from conformance.wire.request import Call, Encoding, Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.wire.exchange import Exchange

PING = Call("system", "ping")


def client_of(
    handler: Callable[[httpx.Request], httpx.Response], **options: object
) -> tuple[Client, list[float]]:
    """A client whose server is a function, and the waits that it made."""
    waits: list[float] = []
    client = Client(
        "http://h/api_v3",
        transport=httpx.MockTransport(handler),
        sleep=waits.append,
        **options,  # type: ignore[arg-type]
    )
    return client, waits


def test_an_exchange_keeps_everything() -> None:
    """Request and response as they travelled, the decoded answer, number, session and times."""
    seen: list[Exchange] = []
    client, _ = client_of(
        lambda request: httpx.Response(
            200, headers={"X-Me": "h"}, json=json.loads(request.content)
        ),
        observer=seen.append,
        numbers=itertools.count(7),
    )

    exchange = client.send(Call("Media", "get", {"entryId": "1"}), ks="k", session="admin")

    assert seen == [exchange]
    assert exchange.number == 7
    assert exchange.session == "admin"
    assert exchange.action == "media.get"
    assert exchange.request.url == "http://h/api_v3/service/Media/action/get"
    assert ("Content-Type", "application/json") in exchange.request.headers
    assert dict(exchange.request.headers)["User-Agent"].startswith("kaltura-conformance/")
    assert exchange.answer == Result({"format": 1, "ks": "k", "entryId": "1"})
    assert exchange.response.header("x-me") == "h"
    assert abs(exchange.started_at - time.time()) < 60
    assert exchange.elapsed_ms > 0
    assert exchange.retries == 0


def test_headers_of_the_form_replace_our_own() -> None:
    """A check may ask for another encoding, or say who it is."""
    client, _ = client_of(lambda request: httpx.Response(200, json=dict(request.headers)))
    form = Form(headers={"accept-encoding": "identity", "X-Kaltura-Remote-Addr": "1.2.3.4"})

    answer = client.send(PING, form=form).answer

    assert isinstance(answer, Result)
    assert answer.value["accept-encoding"] == "identity"
    assert answer.value["x-kaltura-remote-addr"] == "1.2.3.4"


def test_a_raw_request_is_no_call() -> None:
    """OPTIONS, unknown paths and the like; its path may be under the API or anywhere."""
    urls: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        urls.append(f"{request.method} {request.url}")
        return httpx.Response(200)

    client, _ = client_of(handler)

    exchange = client.send_raw("OPTIONS", "service/system/action/ping", headers={"Origin": "x"})
    client.send_raw("GET", "/other?a=1")

    assert urls == ["OPTIONS http://h/api_v3/service/system/action/ping", "GET http://h/other?a=1"]
    assert exchange.call == Call("", "")
    assert exchange.answer == FileContent("", 0)


def test_a_redirect_is_recorded_and_not_followed() -> None:
    """Not even to the same host: what answers there is another question."""
    asked: list[httpx.URL] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(302, headers={"Location": str(request.url)})

    client, _ = client_of(handler)

    answer = client.send(PING).answer

    assert answer == FileContent("", 0, "http://h/api_v3/service/system/action/ping")
    assert len(asked) == 1


def test_busy_servers_are_asked_again_when_they_said() -> None:
    """Retry-After in seconds, as a date, absent (twice as long each time), and absurd."""
    answers = iter(
        [
            httpx.Response(503, headers={"Retry-After": "3"}),
            httpx.Response(429, headers={"Retry-After": formatdate(time.time() + 20, usegmt=True)}),
            httpx.Response(503),
            httpx.Response(503, headers={"Retry-After": "99999"}),
            httpx.Response(200, json=True),
        ]
    )
    client, waits = client_of(lambda _: next(answers))

    exchange = client.send(PING)

    assert exchange.answer == Result(value=True)
    assert exchange.retries == 4
    assert waits == pytest.approx([3.0, 20.0, 2.0, 30.0], abs=1.5)


def test_a_server_that_stays_busy_gives_no_answer() -> None:
    """After the last retry; the response is kept as evidence."""
    client, waits = client_of(lambda _: httpx.Response(429), max_retries=2)

    exchange = client.send(PING)

    assert exchange.answer == NoAnswer("busy", "status 429 after 2 retries")
    assert exchange.response.status == 429
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize("nonsense", ["soon", "-5", "", "Mon, 99 Nov 2026 99:00:00 GMT"])
def test_a_nonsensical_retry_after_is_as_none(nonsense: str) -> None:
    """A bad header must not break the client."""
    client, waits = client_of(
        lambda _: httpx.Response(503, headers={"Retry-After": nonsense}), max_retries=1
    )

    client.send(PING)

    assert waits == [0.5]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("refused"), "connect"),
        (httpx.ConnectTimeout("slow"), "connect"),
        (httpx.ReadTimeout("slow"), "timeout"),
        (httpx.ReadError("reset"), "reset"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "reset"),
        (httpx.RemoteProtocolError("illegal status line"), "protocol"),
    ],
)
def test_failures_of_the_network_are_values(error: httpx.TransportError, kind: str) -> None:
    """A fresh connection that fails is not tried again."""
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise error

    client, _ = client_of(handler)

    exchange = client.send(PING)

    assert exchange.answer == NoAnswer(kind, str(error))
    assert (exchange.response.status, exchange.retries, len(asked)) == (0, 0, 1)


@pytest.mark.parametrize(
    "form",
    [
        Form(headers={"X-Bad": "a\r\nb"}),
        Form(headers={"X-Bad": "\ud800"}),
        Form(Encoding.QUERY, method="GET", headers={"Bad Name": "x"}),
    ],
)
def test_a_request_that_cannot_be_sent_is_no_exception(form: Form) -> None:
    """Hostile headers are a check's right; HTTP's refusal is a protocol failure."""
    with Client("http://127.0.0.1:9", connect_timeout_seconds=1) as client:
        answer = client.send(PING, form=form).answer

    assert isinstance(answer, NoAnswer)
    assert answer.kind in {"protocol", "connect"}


def test_a_url_beyond_all_bounds_is_no_exception() -> None:
    """The URL library refuses it before any server could."""
    client, _ = client_of(lambda _: httpx.Response(200, json=1))

    answer = client.send(Call("x", "y", {"a": "b" * 70_000}), form=Form(method="GET")).answer

    assert isinstance(answer, NoAnswer)
    assert answer.kind == "protocol"


def test_a_pace_counts_retries_too() -> None:
    """The limit is on what the server has to bear."""
    turns: list[float] = []
    pace = Pace(1000, clock=lambda: 0.0, sleep=turns.append)
    client, _ = client_of(lambda _: httpx.Response(503), pace=pace, max_retries=2)

    client.send(PING)

    assert len(turns) == 2


def test_login_returns_the_ks_and_never_the_secret() -> None:
    """A refused login says the server's code and hides what was sent."""
    sent: list[dict[str, object]] = []
    error = {"code": "START_SESSION_ERROR", "message": "no s3cr3t", "args": []}

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(200, json="djJ8" if sent[-1]["secret"] == "right" else error)

    client, _ = client_of(handler)

    assert start_session(client, partner_id=102, secret="right", user_id="u") == "djJ8"
    assert sent[0] == {
        "format": 1, "secret": "right", "userId": "u", "type": 2, "partnerId": 102,
        "expiry": 86400, "privileges": "",
    }  # fmt: skip
    with pytest.raises(LoginRefused, match="START_SESSION_ERROR") as refused:
        start_session(client, partner_id=102, secret="s3cr3t")
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (httpx.Response(200, text="<html>Welcome</html>"), "HTML instead of JSON"),
        (httpx.Response(301, headers={"Location": "https://h/"}), "redirects to https://h/"),
        (httpx.Response(200, json=""), "no KS"),
        (httpx.Response(200, json={"a": 1}), "no KS"),
        (httpx.Response(503), "busy"),
    ],
)
def test_a_login_without_a_usable_answer_says_what_came(
    response: httpx.Response, says: str
) -> None:
    """The user has to find out what is at that URL."""
    client, _ = client_of(lambda _: response, max_retries=0)

    with pytest.raises(TargetUnreachable, match=says):
        start_session(client, partner_id=102, secret="x")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: b"<br />\n<b>Warning</b>: session in <b>x.php</b>\n" + body,
        gzip.compress,
        lambda body: body + b"}}",
    ],
)
def test_a_broken_login_that_holds_the_account_s_ks_lets_the_run_begin(
    spoil: Callable[[bytes], bytes],
) -> None:
    """What broke it is to be judged; without a run nobody would hear of it."""
    ks = build_v2(partner_id=102, secret="s" * 32, user_id="", type=2, expires_at=2_000_000_000)
    body = spoil(json.dumps(ks).encode())
    client, _ = client_of(lambda _: httpx.Response(200, content=body))

    assert start_session(client, partner_id=102, secret="x") == ks
    with pytest.raises(TargetUnreachable):
        start_session(client, partner_id=103, secret="x")


def test_a_login_that_is_broken_once_is_asked_for_again() -> None:
    """One answer in ten that is spoilt shall be a finding, not the end of the run."""
    answers = iter([b"<html>", b'"djJ8"'])
    client, _ = client_of(lambda _: httpx.Response(200, content=next(answers)))

    assert start_session(client, partner_id=102, secret="x") == "djJ8"


def test_a_damaged_error_still_refuses_the_login() -> None:
    """The login does not depend on the error's shape."""
    client, _ = client_of(lambda _: httpx.Response(200, json={"code": "C", "message": "m"}))

    assert isinstance(client.send(PING).answer, ApiError)
    with pytest.raises(LoginRefused, match="C: m"):
        start_session(client, partner_id=102, secret="x")


def test_a_body_shorter_than_announced_is_malformed() -> None:
    """An answer began, so this is not a failure to answer."""
    client, _ = client_of(
        lambda _: httpx.Response(200, headers={"Content-Length": "20"}, content=b'{"a":1}')
    )

    answer = client.send(PING).answer

    assert answer == Malformed("body cut after 7 bytes: 13 more were announced")


def test_only_the_client_and_its_transport_load_httpx() -> None:
    """Commands that send nothing must start fast."""
    modules = (
        "answer, compression, decoding, encoding, exchange, ks, pacing, record, recording,"
        " redaction, request"
    )
    program = f"from conformance.wire import {modules}; import sys; print('httpx' in sys.modules)"

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"
