"""What a list answered, read for the oracles of lists. Knows no requirement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles.normal_form import WHOLE
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.wire.exchange import Exchange


class Page(Struct, frozen=True):
    """The objects of one answer, and the total that it names; None where it names none."""

    objects: tuple[Mapping[str, Any], ...]
    total: int | None


def page_of(exchange: Exchange) -> Page | None:
    """The page that an exchange answered, or None where it answered no list."""
    answer = exchange.answer
    if not isinstance(answer, Result) or not isinstance(answer.value, dict):
        return None
    objects = answer.value.get("objects", [])
    if not isinstance(objects, list):
        return None
    found = tuple(each for each in objects if isinstance(each, Mapping))
    return Page(found, whole(answer.value.get("totalCount")))


def whole(value: Any) -> int | None:
    """A whole number, also one that came as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and WHOLE.fullmatch(value) else None


def identity(value: Mapping[str, Any], names: Sequence[str]) -> str:
    """What tells an object from the others of its service: its id, or its keys together."""
    return "/".join(str(value.get(name)) for name in names)


def identities(exchange: Exchange, names: Sequence[str]) -> tuple[str, ...]:
    """Who is on the page, in its order; nobody where no list was answered."""
    page = page_of(exchange)
    return () if page is None else tuple(identity(each, names) for each in page.objects)


def refused(exchange: Exchange, expected: str) -> tuple[Breach, ...]:
    """A breach if a list that had to be answered ended in an API error."""
    answer = exchange.answer
    if not isinstance(answer, ApiError):
        return ()
    actual = f"error {answer.code}: {answer.message}"
    return (breach("$", expected, actual, "", exchange),)


def breach(where: str, expected: str, actual: str, hint: str, *shown_by: Exchange) -> Breach:
    """A breach with the numbers of the exchanges that show it."""
    return Breach(where, expected, actual, hint, tuple(each.number for each in shown_by))
