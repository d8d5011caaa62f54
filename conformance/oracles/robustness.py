"""What is owed to a request that no well-behaved client sends: little, and that firmly.

An answer in the asked format, or a refusal at the door with a 4xx status; no breakdown, nothing of
the server's inside, nothing that the caller may not have, and a server that works afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from conformance.oracles.answers import REDIRECTS, asked_format
from conformance.oracles.claim import oracle
from conformance.oracles.errors import INTERNAL_CODES
from conformance.oracles.internals import leaks_in_body, leaks_in_message, texts
from conformance.oracles.shape import shown
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, DieError, Malformed, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.wire.exchange import Exchange

AT_THE_DOOR = range(400, 500)
"""What a web server or a filter before the API says by itself: too long, too big, not liked."""
SERVER_ERROR = 500
ACCOUNTS_FILE = re.compile(rb"\broot:[^:\s]{0,40}:0:0:")
"""The first line of `/etc/passwd`, whatever shell and password field it has."""


@oracle("ROBUST-TEXT-001")
def any_text_is_answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A text of whatever content in the place of an id is answered like any other."""
    yield from _answered(exchange, what)


@oracle("ROBUST-NUMBER-001")
def any_number_is_answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A number of whatever size and sign in the place of an id is answered like any other."""
    yield from _answered(exchange, what)


@oracle("ROBUST-BODY-001")
def unreadable_body_is_answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A body that cannot be read, or that calls itself something else, is answered nevertheless."""
    yield from _answered(exchange, what)


@oracle("ROBUST-SIZE-001")
def big_body_is_answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A long, wide or many-membered body is answered, or refused for its size."""
    yield from _answered(exchange, what)


@oracle("ROBUST-URL-001")
def long_url_is_answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A long URL is answered, or refused for its length."""
    yield from _answered(exchange, what)


@oracle("ROBUST-UPLOAD-001")
def cut_upload_is_answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """An upload that breaks off in its file is answered."""
    yield from _answered(exchange, what)


@oracle("ROBUST-KIND-001")
def wrong_kind_is_answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A value of another kind than its parameter's is answered."""
    yield from _answered(exchange, what)


@oracle("ROBUST-INTERNAL-001")
def hostile_value_is_no_internal_error(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A text or number in the place of an id is not answered by an internal error."""
    error = exchange.error
    if error is not None and error.code in INTERNAL_CODES:
        yield _breach(exchange, "$.code", "no such object, or why not", error.code, what)


@oracle("ROBUST-INJECT-001")
def hostile_id_names_nothing(exchange: Exchange, what: str) -> Iterator[Breach]:
    """An id with the syntax of a query, a path or a program names no object and no file."""
    answer = exchange.answer
    if isinstance(answer, Result) and isinstance(answer.value, Mapping):
        told = f"{answer.value.get('objectType')} {answer.value.get('id', '')}".strip()
        yield _breach(exchange, "$", "an error: there is no such object", told, what)
    if found := ACCOUNTS_FILE.search(exchange.response.body):
        yield _breach(exchange, "body", "no file of the server", shown(found[0].decode()), what)


@oracle("ROBUST-LEAK-001")
def hostile_request_shows_no_internals(exchange: Exchange, what: str) -> Iterator[Breach]:
    """The answer to a hostile request shows no diagnostics, paths, source lines or queries."""
    sent = _sent(exchange)
    if exchange.response.status in AT_THE_DOOR or exchange.response.status in REDIRECTS:
        return
    for kind, text in leaks_in_body(exchange.response.body):
        if text not in sent:
            yield _breach(exchange, "body", f"no trace of {kind}", shown(text), what)
    error = exchange.error
    if error is None:
        return
    for where, said in (("$.message", error.message), ("$.args", "\n".join(error.args.values()))):
        for kind, text in leaks_in_message(said, sent):
            yield _breach(exchange, where, f"no trace of {kind}", shown(text), what)


@oracle("ROBUST-HEADER-001")
def nothing_sent_becomes_a_header(exchange: Exchange, header: str, what: str) -> Iterator[Breach]:
    """A line break in a value starts no header of the answer."""
    value = exchange.response.header(header)
    if value is not None:
        yield _breach(exchange, f"header {header}", "absent", shown(value), what)


@oracle("ROBUST-ALIVE-001")
def server_works_afterwards(
    before: Exchange, after: Exchange, sent: Sequence[str]
) -> Iterator[Breach]:
    """After hostile requests a plain call is answered as it was before them."""
    expected, actual = _gist(before), _gist(after)
    if not isinstance(before.answer, Result | ApiError) or expected in INTERNAL_CODES:
        return
    if actual != expected:
        yield Breach(
            where="$",
            expected=f"{expected}, as before",
            actual=actual,
            hint="after " + ", ".join(sent),
            exchanges=(before.number, after.number),
        )


@oracle("ROBUST-FUZZ-001")
def drawn_call_is_answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A call that a generator draws out of the published schema is answered.

    Nothing of the server's inside is in the answer.
    """
    yield from _answered(exchange, what)
    yield from hostile_request_shows_no_internals(exchange, what)


def _answered(exchange: Exchange, what: str) -> Iterator[Breach]:
    """A breach unless there is a document of the asked format, or a refusal at the door."""
    status, answer = exchange.response.status, exchange.answer
    if status in AT_THE_DOOR or status in REDIRECTS:
        return
    if status >= SERVER_ERROR:
        yield _breach(exchange, "HTTP status", "200, or 4xx from the door", str(status), what)
    elif isinstance(answer, Malformed) and asked_format(exchange) is not None:
        expected = f"one {asked_format(exchange).name} document"  # type: ignore[union-attr]
        yield _breach(exchange, "$", expected, answer.reason, what)
    elif isinstance(answer, ApiError) and not answer.code:
        yield _breach(exchange, "$.code", "a text", "empty", what)


def _gist(exchange: Exchange) -> str:
    """An answer in one word."""
    answer = exchange.answer
    if isinstance(answer, ApiError | DieError):
        return answer.code
    if isinstance(answer, Malformed):
        return answer.reason
    return type(answer).__name__.lower()


def _sent(exchange: Exchange) -> str:
    """Everything that the caller said, in the ways in which a server may say it back."""
    body = exchange.request.body.decode("utf-8", "replace")
    url = exchange.request.url
    spoken = (body, body.replace("\\/", "/"), unquote_plus(body), url, unquote_plus(url))
    return "\n".join((*spoken, *texts(exchange.call.params)))


def _breach(exchange: Exchange, where: str, expected: str, actual: str, what: str) -> Breach:
    return Breach(where, expected, actual, f"sent: {what}", (exchange.number,))
