"""Sends calls and keeps what came of them: one exchange a call, whatever the server does."""

from __future__ import annotations

import itertools
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

from conformance import __version__
from conformance.wire.answer import Answer, NoAnswer
from conformance.wire.decoding import decode
from conformance.wire.encoding import API_PATH, encode, root_of
from conformance.wire.exchange import Exchange, SentRequest
from conformance.wire.request import Call, Form
from conformance.wire.transport import DeadlineTransport, Fetched, Limits, fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    import httpx

    from conformance.wire.pacing import Pace

DEFAULT_FORM = Form()
BUSY = frozenset({429, 503})
MAX_WAIT_SECONDS = 30.0
FIRST_WAIT_SECONDS = 0.5
OWN_HEADERS = (
    ("Accept", "*/*"),
    ("Accept-Encoding", "gzip, deflate"),
    ("User-Agent", f"kaltura-conformance/{__version__}"),
)


class Client:
    """One server's client, for one thread. `numbers` may be shared by the clients of a run."""

    def __init__(
        self,
        base_url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        pace: Pace | None = None,
        connect_timeout_seconds: float = 10,
        read_timeout_seconds: float = 60,
        stall_timeout_seconds: float = 30,
        deadline_seconds: float = 120,
        observer: Callable[[Exchange], None] | None = None,
        numbers: Iterator[int] | None = None,
        max_body_bytes: int = 32 * 1024 * 1024,
        verify: bool | str = True,
        max_retries: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Connect to nothing yet. `base_url` may end with `/api_v3` or have a path before it."""
        self.base_url = root_of(base_url)
        self._transport = transport or DeadlineTransport(verify=verify)
        self._pace = pace
        self._limits = Limits(
            connect_timeout_seconds=connect_timeout_seconds,
            read_timeout_seconds=read_timeout_seconds,
            stall_timeout_seconds=stall_timeout_seconds,
            deadline_seconds=deadline_seconds,
            max_body_bytes=max_body_bytes,
        )
        self._observer = observer
        self._numbers = itertools.count() if numbers is None else numbers
        self._max_retries = max_retries
        self._sleep = sleep

    def send(
        self,
        call: Call,
        *,
        form: Form = DEFAULT_FORM,
        ks: str | None = None,
        session: str = "none",
        expect_file: bool = False,
    ) -> Exchange:
        """Send `call` and say what came of it; no failure of network or server raises.

        `session` is a name for the record. `expect_file` says that the result is a file,
        which only the caller's schema knows.
        """
        sent = encode(call, form, base_url=self.base_url, ks=ks)
        return self._exchange(call, form, session, sent, expect_file=expect_file)

    def send_raw(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        form: Form = DEFAULT_FORM,
        session: str = "none",
        expect_file: bool = False,
    ) -> Exchange:
        """Send a request that is no call: `path` is under the server's root, query included.

        The answer is decoded by the format of `form`.
        """
        if not path.startswith("/"):
            path = f"{API_PATH}/{path}"
        sent = SentRequest(method, f"{self.base_url}{path}", tuple((headers or {}).items()), body)
        form = Form(form.encoding, form.format, method, form.endpoint, callback=form.callback)
        return self._exchange(Call("", ""), form, session, sent, expect_file=expect_file)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _exchange(
        self, call: Call, form: Form, session: str, sent: SentRequest, *, expect_file: bool
    ) -> Exchange:
        given = {name.casefold() for name, _ in sent.headers}
        own = tuple(pair for pair in OWN_HEADERS if pair[0].casefold() not in given)
        sent = SentRequest(sent.method, sent.url, own + sent.headers, sent.body)
        number = next(self._numbers)
        started_at, fetched, elapsed_ms, retries = self._attempts(sent)
        exchange = Exchange(
            number=number,
            call=call,
            form=form,
            session=session,
            request=sent,
            response=fetched.received,
            answer=_answer(fetched, form, retries, expect_file=expect_file),
            started_at=started_at,
            elapsed_ms=elapsed_ms,
            retries=retries,
        )
        if self._observer is not None:
            self._observer(exchange)
        return exchange

    def _attempts(self, sent: SentRequest) -> tuple[float, Fetched, float, int]:
        """When the last attempt began, what it brought, its duration, and the number of repeats."""
        retries = 0
        replaced = False
        while True:
            if self._pace is not None:
                self._pace.wait()
            started_at, start = time.time(), time.perf_counter()
            fetched = fetch(self._transport, sent, self._limits)
            elapsed_ms = (time.perf_counter() - start) * 1000
            if fetched.stale and not replaced:
                # A server may close an idle connection at any moment.
                replaced = True
            elif fetched.received.status in BUSY and retries < self._max_retries:
                self._sleep(_wait_seconds(fetched, retries))
            else:
                return started_at, fetched, elapsed_ms, retries
            retries += 1


def _answer(fetched: Fetched, form: Form, retries: int, *, expect_file: bool) -> Answer:
    if fetched.failure is not None:
        return fetched.failure
    if fetched.received.status in BUSY:
        return NoAnswer("busy", f"status {fetched.received.status} after {retries} retries")
    return decode(fetched.received, form, expect_file=expect_file)


def _wait_seconds(fetched: Fetched, retries: int) -> float:
    """What `Retry-After` asks for, in seconds or as a date, else twice as long each time."""
    asked = (fetched.received.header("Retry-After") or "").strip()
    seconds = FIRST_WAIT_SECONDS * 2.0**retries
    if asked.isdecimal():
        seconds = float(asked)
    elif asked:
        try:
            date = parsedate_to_datetime(asked)
        except ValueError:
            return min(seconds, MAX_WAIT_SECONDS)
        seconds = date.replace(tzinfo=date.tzinfo or UTC).timestamp() - time.time()
    return min(max(seconds, 0.0), MAX_WAIT_SECONDS)
