"""What an upload was answered: the token in it, the refusal, and how a departure is told.

Sizes and statuses are read as numbers whatever they are written as: real servers answer the one as
text and the other as a number (OBSERVED 36).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.comparison import shown
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, DieError, FileContent, Malformed, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator

    from conformance.wire.exchange import Exchange


def number(value: Any) -> int | None:
    """A whole number however it is written; None for nothing at all, -1 for no number."""
    if value is None or value == "":
        return None
    try:
        return int(float(str(value)))
    except ValueError:
        return -1


def in_status(exchange: Exchange, token_id: str, status: int, called: str) -> Iterator[Breach]:
    """A breach where another token was answered, or one in another status."""
    token = yield from answered(exchange)
    if token is None:
        return
    if str(token.get("id")) != token_id:
        yield breach("$.id", repr(token_id), shown(token.get("id")), "", exchange)
    if number(token.get("status")) != status:
        yield breach("$.status", called, shown(token.get("status")), "", exchange)


def refused(exchange: Exchange, codes: Collection[str]) -> Iterator[Breach]:
    """A breach where anything but an error of one of these codes was answered."""
    answer = exchange.answer
    expected = " or ".join(sorted(codes))
    if isinstance(answer, ApiError):
        if answer.code not in codes:
            actual = f"{answer.code}: {answer.message}"
            yield breach("$.code", expected, actual, "", exchange)
    elif isinstance(answer, Result):
        yield breach(
            "$", f"the error {expected}", f"the result {shown(answer.value)}", "", exchange
        )
    elif isinstance(answer, DieError | FileContent):
        yield not_taken(exchange, f"the error {expected}")


def answered(exchange: Exchange) -> Generator[Breach, None, dict[str, Any] | None]:
    """The object that was answered, or a breach and None. A generator with a return value."""
    value = object_of(exchange)
    if value is None and not isinstance(exchange.answer, Malformed):
        yield not_taken(exchange)
    return value


def not_taken(exchange: Exchange, expected: str = "the object") -> Breach:
    """The breach of an answer that is not what was due."""
    answer = exchange.answer
    actual = shown(getattr(answer, "value", None))
    if isinstance(answer, ApiError):
        actual = f"error {answer.code}: {answer.message}"
    elif isinstance(answer, DieError):
        actual = f"an empty body, error {answer.code} in the header"
    elif isinstance(answer, FileContent):
        actual = f"a file of {answer.size} bytes"
    return breach("$", expected, actual, "", exchange)


def object_of(exchange: Exchange) -> dict[str, Any] | None:
    """The object that was answered, or None."""
    value = exchange.result.value if exchange.result is not None else None
    return value if isinstance(value, dict) else None


def plain(value: Any) -> Any:
    """A value by which two are compared: nothing and the empty text are one, `2` is `"2"`."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value in (None, "") else str(value)


def breach(where: str, expected: str, actual: str, hint: str, *exchanges: Exchange) -> Breach:
    """A breach with the numbers of the exchanges that show it."""
    numbers = tuple(exchange.number for exchange in exchanges)
    return Breach(where, expected, actual, hint, exchanges=numbers)
