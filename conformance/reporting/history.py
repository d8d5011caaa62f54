"""An exchange as a person reads it: what was called, what was sent, what came back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.reporting.curl import curl_line
from conformance.wire.answer import ApiError, FileContent, Malformed, NoAnswer

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange

LONGEST_REQUEST = 3000
LONGEST_ANSWER = 5000
"""Characters shown; the whole stands in `traffic.jsonl`."""


class ShownCall(Struct, frozen=True):
    """One call of a finding's history."""

    number: int
    action: str
    session: str
    method: str
    url: str
    request: str
    status: int
    says: str
    """The answer in a few words: `result`, an error's code, `no answer (timeout)`."""
    answer: str
    elapsed_ms: float
    curl: str | None


def shown_call(exchange: Exchange) -> ShownCall:
    """The exchange, laid out and cut to what a person reads."""
    request, response = exchange.request, exchange.response
    return ShownCall(
        number=exchange.number,
        action=exchange.action,
        session=exchange.session,
        method=request.method,
        url=request.url,
        request=_laid_out(request.body, LONGEST_REQUEST),
        status=response.status,
        says=answer_in_words(exchange),
        answer=_laid_out(response.body, LONGEST_ANSWER),
        elapsed_ms=round(exchange.elapsed_ms, 1),
        curl=curl_line(exchange),
    )


def answer_in_words(exchange: Exchange) -> str:
    """What kind of answer it was."""
    answer = exchange.answer
    if isinstance(answer, ApiError):
        return answer.code
    if isinstance(answer, NoAnswer):
        return f"no answer ({answer.kind})"
    if isinstance(answer, Malformed):
        return f"malformed: {answer.reason}"
    if isinstance(answer, FileContent):
        return f"file, {answer.size} bytes"
    return "result" if exchange.result else type(answer).__name__.lower()


def _laid_out(content: bytes, longest: int) -> str:
    """JSON indented, other text as it is, bytes by their number; cut at `longest` characters."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"({len(content)} bytes that are no text)"
    if text[:1] in {"{", "["} and len(text) < 20 * longest:
        text = _indented(text)
    if len(text) > longest:
        return f"{text[:longest]}\n… {len(text) - longest} more characters in traffic.jsonl"
    return text


def _indented(text: str) -> str:
    try:
        laid_out = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
    # Half a surrogate pair, which JSON can escape, is no text.
    return laid_out.encode("utf-8", "backslashreplace").decode()
