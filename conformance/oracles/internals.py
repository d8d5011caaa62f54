"""What must never reach a caller: the server's own files, code and queries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_ANY_BODY = (
    ("a PHP diagnostic", re.compile(
        r"<b>(?:Warning|Notice|Deprecated|Fatal error|Parse error|Strict Standards)</b>:"
        r"|PHP (?:Warning|Notice|Deprecated|Fatal error|Parse error):"
        r"|(?:Warning|Notice|Deprecated|Fatal error|Parse error): "
        r"[^\n]{1,400}? in /[^\s]{1,200}\.php"
    )),
    ("a stack trace", re.compile(
        r"Stack trace:\s*(?:\\n)?#\d|#\d+ /[^\s]{1,200}\.php\(\d+\)"
        r"|Traceback \(most recent call last\)"
    )),
)  # fmt: skip
"""In every answer, whatever it carries."""

IN_MESSAGES = (
    *IN_ANY_BODY,
    ("a line of source", re.compile(
        r"\.(?:php|inc|class)\b[^\n]{0,20}\bon line \d+|\.php(?::\d+|\(\d+\))"
    )),
    ("a path of the server", re.compile(
        r"(?<![\w/:.])/(?:opt|var|usr|home|srv|etc|tmp|root|mnt|web|www|data)/[\w.-]+(?:/[\w.-]+)*"
    )),
    ("a database's words", re.compile(
        r"SQLSTATE\[|PDOException|mysqli?_|You have an error in your SQL syntax"
        r"|\bSELECT\s[^\n]{1,400}?\sFROM\s|\bINSERT\s+INTO\s+\S+\s*\(|\bUPDATE\s+\S+\s+SET\s"
    )),
)  # fmt: skip
"""In the message and arguments of an error, except where the caller sent the same text."""


def leaks_in_body(body: bytes) -> Iterator[tuple[str, str]]:
    """What a body gives away: what it is, and the text."""
    text = body.decode("utf-8", "replace").replace("\\/", "/")
    for what, pattern in IN_ANY_BODY:
        if found := pattern.search(text):
            yield what, found[0]


def leaks_in_message(text: str, sent: str) -> Iterator[tuple[str, str]]:
    """What a message gives away that the caller did not say first."""
    for what, pattern in IN_MESSAGES:
        for found in pattern.finditer(text):
            if found[0] not in sent:
                yield what, found[0]


def texts(value: Any) -> Iterator[str]:
    """Every text inside parameters, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif hasattr(value, "items"):
        for key, item in value.items():
            yield str(key)
            yield from texts(item)
    elif value is not None:
        yield str(value)
