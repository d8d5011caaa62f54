"""A request that a second generator drew, before it is given a session."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from conformance.wire.encoding import JSON_TYPE, json_text, urlencoded

WHOLE = 1000
SHOWN = 240
"""Characters of a request that people are shown."""

Aim = Literal["call", "kind", "body"]
"""What a drawn request is: a call within the document; one with values of another kind, or with
parameters that are not declared; one whose body holds no parameters as usual, or that is sent in
another way."""


class DrawnRequest(Struct, frozen=True):
    """One request. `params` is None where the body, in `content`, is no set of parameters.

    With a `file_part`, the parameters travel as a part of a form beside the file. Of a body only so
    many thousandths are sent as `cut` says.
    """

    phase: str
    action: str
    aim: Aim
    method: str = "POST"
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str | None = JSON_TYPE
    params: dict[str, Any] | None = None
    content: bytes = b""
    file_part: str | None = None
    file: bytes = b""
    cut: int = WHOLE
    label: str = ""

    @property
    def written(self) -> str:
        """The request in words, for people."""
        asked = f" with {urlencoded(self.query)}" if self.query else ""
        broken = f", cut after {self.cut / 10:.0f} %" if self.cut < WHOLE else ""
        if self.params is not None:
            file = f" and a file of {len(self.file)} bytes" if self.file_part else ""
            return f"{_short(json_text(self.params).decode())}{file}{broken}{_short(asked)}"
        kind = self.content_type or "no type"
        told = f"{self.label or 'a body'} of {kind}, {self.content[:SHOWN]!r}"
        return f"{self.method} with {_short(told)}{broken}{_short(asked)}"


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
