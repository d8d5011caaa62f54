"""One request with its response and timing: the evidence that everything else is judged by."""

from __future__ import annotations

from msgspec import Struct

from conformance.wire.answer import Answer, ApiError, Result
from conformance.wire.request import Call, Form


class SentRequest(Struct, frozen=True):
    """The request as it went out."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Received(Struct, frozen=True):
    """The response as it came in, decompressed. Status 0 where none came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name (any case), or None."""
        folded = name.casefold()
        return next((value for key, value in self.headers if key.casefold() == folded), None)


class Exchange(Struct, frozen=True):
    """One exchange. `number` counts from 0 in a run; `session` says whose KS it carried."""

    number: int
    call: Call
    form: Form
    session: str
    request: SentRequest
    response: Received
    answer: Answer
    started_at: float
    """Epoch seconds by the suite's clock."""
    elapsed_ms: float
    retries: int = 0

    @property
    def action(self) -> str:
        """`service.action` with the wire id in lower case for the service."""
        return f"{self.call.service.lower()}.{self.call.action}"

    @property
    def error(self) -> ApiError | None:
        """The API error, or None."""
        return self.answer if isinstance(self.answer, ApiError) else None

    @property
    def result(self) -> Result | None:
        """The result, or None; a void result is `Result(None)`."""
        return self.answer if isinstance(self.answer, Result) else None
