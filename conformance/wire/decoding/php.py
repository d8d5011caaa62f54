"""Answers in PHP's serialisation: a small strict reader (CONTRACT WIRE-40).

Types read: `N b i d s a O`. References and custom serialisations are refused: no server
of the protocol writes them.
"""

from __future__ import annotations

import math
import re
from typing import Any

from conformance.wire.decoding.unreadable import UnreadableError, excerpt, stray_text

MAX_DEPTH = 200
_BEGINNING = re.compile(rb"(?:N;|b:[01];|i:-?\d|d:|s:\d+:|a:\d+:|O:\d+:)")
_SCALAR = re.compile(rb"N;|b:(?P<bool>[01]);|i:(?P<int>[+-]?\d{1,20});|d:(?P<float>[^;]{1,40});")
_SIZED = re.compile(rb"(?P<type>[saO]):(?P<size>\d{1,10}):")
_COUNT = re.compile(rb":(?P<count>\d{1,10}):\{")


def read_php(body: bytes) -> Any:
    """The value; an array keyed 0, 1, 2… is a list, an object a mapping with `objectType`."""
    reader = _Reader(body)
    try:
        value = reader.value(0)
        rest = body[reader.at :].strip()
    except UnreadableError as error:
        reason = stray_text(body, document=_BEGINNING, format_name="serialised PHP")
        raise UnreadableError(reason or str(error)) from error
    if rest:
        raise UnreadableError(f"text after the document: '{excerpt(rest)}'")
    return value


class _Reader:
    """One pass over the bytes; lengths count bytes, not characters."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = len(body) - len(body.lstrip())

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise UnreadableError(f"serialised PHP nested deeper than {MAX_DEPTH}")
        if scalar := _SCALAR.match(self.body, self.at):
            self.at = scalar.end()
            return _scalar(scalar)
        sized = _SIZED.match(self.body, self.at)
        if sized is None:
            raise self._problem("a value")
        self.at = sized.end()
        size = int(sized["size"])
        if sized["type"] == b"s":
            text = self._quoted(size)
            self._expect(b";")
            return text
        if sized["type"] == b"O":
            return self._object(size, depth)
        self._expect(b"{")
        return _list_or_mapping(self._members(size, depth))

    def _object(self, name_size: int, depth: int) -> dict[str, Any]:
        name = self._quoted(name_size)
        count = _COUNT.match(self.body, self.at)
        if count is None:
            raise self._problem("the number of an object's properties")
        self.at = count.end()
        members = self._members(int(count["count"]), depth)
        return {"objectType": name, **{str(key): value for key, value in members.items()}}

    def _members(self, count: int, depth: int) -> dict[int | str, Any]:
        members: dict[int | str, Any] = {}
        for _ in range(count):
            key = self.value(depth + 1)
            if isinstance(key, bool) or not isinstance(key, int | str):
                raise self._problem("a key")
            if key in members:
                raise UnreadableError(f"the key '{key}' twice in one array")
            members[key] = self.value(depth + 1)
        self._expect(b"}")
        return members

    def _quoted(self, size: int) -> str:
        self._expect(b'"')
        content = self.body[self.at : self.at + size]
        self.at += size
        self._expect(b'"')
        return content.decode("utf-8", "replace")

    def _expect(self, token: bytes) -> None:
        if self.body[self.at : self.at + len(token)] != token:
            raise self._problem(f"'{token.decode()}'")
        self.at += len(token)

    def _problem(self, expected: str) -> UnreadableError:
        if self.at >= len(self.body):
            return UnreadableError(f"body cut: {len(self.body)} bytes end before {expected}")
        found = excerpt(self.body[self.at : self.at + 40])
        return UnreadableError(
            f"not serialised PHP: {expected} expected at byte {self.at}: '{found}'"
        )


def _scalar(match: re.Match[bytes]) -> Any:
    if match["bool"] is not None:
        return match["bool"] == b"1"
    if match["int"] is not None:
        return int(match["int"])
    if match["float"] is None:
        return None
    try:
        number = float(match["float"])
    except ValueError as error:
        raise UnreadableError(
            f"not serialised PHP: the number '{excerpt(match['float'])}'"
        ) from error
    if not math.isfinite(number):
        raise UnreadableError(f"not serialised PHP: the number '{excerpt(match['float'])}'")
    return number


def _list_or_mapping(members: dict[int | str, Any]) -> Any:
    if list(members) == list(range(len(members))):
        return list(members.values())
    return {str(key): value for key, value in members.items()}
