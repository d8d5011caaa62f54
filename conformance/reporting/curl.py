"""A recorded request as a line for a shell; where a secret was, a variable stands."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from conformance.wire.redaction import END, MARK

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange

LONGEST_BODY = 4000
"""Characters; more does not belong on a command line."""

OMITTED = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "host", "user-agent"}
)
"""Headers that curl sets itself, or that change nothing."""

_TOKEN = re.compile(rf"{re.escape(MARK)}[0-9a-f]+{re.escape(END)}")
_AFTER_KS = re.compile(r"\bks\W*\Z|session\W*\Z", re.IGNORECASE)


def curl_line(exchange: Exchange) -> str | None:
    """The line; None where the request holds bytes that a command line cannot."""
    request = exchange.request
    try:
        body = request.body.decode()
    except UnicodeDecodeError:
        return None
    if len(body) > LONGEST_BODY or "\0" in body + request.url:
        return None
    words = ["curl", "-sS"]
    if request.method != ("POST" if body else "GET"):
        words += ["-X", quoted(request.method)]
    for name, value in request.headers:
        if name.lower() not in OMITTED:
            words += ["-H", quoted(f"{name}: {value}")]
    if body:
        # An @ at the beginning would make curl read a file.
        words += ["--data-raw", quoted(body)]
    return " ".join([*words, quoted(request.url)])


def quoted(text: str) -> str:
    """The text as one word of a shell; `"$KS"` or `"$SECRET"` stand for what was redacted."""
    words: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        before = text[end : match.start()]
        words += [shlex.quote(before)] if before else []
        words.append('"$KS"' if _AFTER_KS.search(before) else '"$SECRET"')
        end = match.end()
    rest = text[end:]
    return "".join([*words, *([shlex.quote(rest)] if rest or not words else [])])
