"""Whether whole journeys end well: one step after the other, each with what it has to show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles.claim import oracle
from conformance.oracles.codes import ACCOUNTS_LIMIT, MISSING
from conformance.oracles.comparison import shown
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, DieError, FileContent, Malformed
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


REFUSED = re.compile(r"FORBIDDEN|DOES_NOT_EXIST")
"""Codes of what an account may not do, or of a plugin that was switched off (TRAP-03)."""


class Step(Struct, frozen=True):
    """One step. `behind` is the requirement that such a step rests on.

    `expected` are properties of the answer, `holds` the ids that a list has to hold, `unlike`
    maps a property to the value that it must have no longer. With `may_be_refused` the account's
    rights may end the journey here.
    """

    what: str
    behind: str
    exchange: Exchange
    expected: Mapping[str, Any] = {}
    holds: tuple[str, ...] = ()
    unlike: Mapping[str, Any] = {}
    may_be_refused: bool = False


@oracle("FLOW-CONTRIBUTE-001")
def contributor_publishes_a_picture(steps: Sequence[Step]) -> Iterator[Breach]:
    """A contributor uploads a picture in chunks, makes an entry of it, and finds it there."""
    yield from _broken(steps)


@oracle("FLOW-PLAY-001")
def player_shows_an_entry(steps: Sequence[Step]) -> Iterator[Breach]:
    """A player gets everything that it shows of an entry in one request of a widget's session."""
    yield from _broken(steps)


@oracle("FLOW-CONSOLE-001")
def manager_pages_through_the_content(steps: Sequence[Step]) -> Iterator[Breach]:
    """A manager logs in, pages through content, searches it, and tags all of it at once."""
    yield from _broken(steps)


@oracle("FLOW-CONSOLE-002")
def manager_files_content_in_a_tree(steps: Sequence[Step]) -> Iterator[Breach]:
    """A manager builds a tree of categories and files an entry in it."""
    yield from _broken(steps)


@oracle("FLOW-SYNDICATE-001")
def playlist_becomes_a_feed(steps: Sequence[Step]) -> Iterator[Breach]:
    """A playlist of entries becomes a feed that is counted and converted."""
    yield from _broken(steps)


@oracle("FLOW-ACCOUNT-001")
def account_is_set_up(steps: Sequence[Step]) -> Iterator[Breach]:
    """An account is set up with profiles, a role and a user, and entries follow the set-up."""
    yield from _broken(steps)


def is_limit(step: Step) -> bool:
    """Whether the account's limits or rights, or a plugin that is not there, end the journey."""
    answer = step.exchange.answer
    if not isinstance(answer, ApiError):
        return False
    lacks = "FORBIDDEN" in answer.code or answer.code in MISSING
    refused = step.may_be_refused and lacks
    return refused or ACCOUNTS_LIMIT.search(answer.code) is not None


def is_broken(step: Step) -> bool:
    """Whether a step has no result to go on with."""
    return isinstance(step.exchange.answer, ApiError | DieError | FileContent | Malformed)


def _broken(steps: Sequence[Step]) -> Iterator[Breach]:
    """The first step that fails; what comes after it would only follow from it."""
    for position, step in enumerate(steps, 1):
        found = () if is_limit(step) else tuple(_departures(step, position))
        yield from found
        if found or is_broken(step):
            return


def _departures(step: Step, position: int) -> Iterator[Breach]:
    answer = step.exchange.answer
    if isinstance(answer, ApiError):
        yield _breach(step, position, "", "a result", f"error {answer.code}: {answer.message}")
        return
    if is_broken(step):
        told = getattr(answer, "reason", None) or getattr(answer, "code", None) or "a file"
        yield _breach(step, position, "", "a result", str(told))
        return
    value = step.exchange.result.value if step.exchange.result is not None else None
    properties = value if isinstance(value, dict) else {}
    for name, wanted in step.expected.items():
        if not _same(properties.get(name), wanted):
            yield _breach(step, position, f".{name}", shown(wanted), shown(properties.get(name)))
    for name, refused in step.unlike.items():
        if _same(properties.get(name), refused):
            yield _breach(step, position, f".{name}", f"not {refused!r}", shown(refused))
    held = _ids(value)
    for missing in (each for each in step.holds if each not in held):
        yield _breach(step, position, ".objects", f"{missing} among them", shown(held))


def _ids(value: Any) -> list[str]:
    """The ids, or entries' and categories' ids, in a list response or an array."""
    objects = value.get("objects") if isinstance(value, dict) else value
    items = objects if isinstance(objects, list) else []
    found = (each.get("id", each.get("entryId")) for each in items if isinstance(each, dict))
    return [str(each) for each in found if each is not None]


def _same(found: Any, wanted: Any) -> bool:
    if found in (None, "") and wanted in (None, ""):
        return True
    if isinstance(wanted, bool):
        return found in (wanted, int(wanted), str(int(wanted)))
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return str(found) == str(wanted)


def _breach(step: Step, position: int, where: str, expected: str, actual: str) -> Breach:
    return Breach(
        where=f"step {position}, {step.what}: ${where}",
        expected=expected,
        actual=actual,
        hint=f"behind it: {step.behind}",
        exchanges=(step.exchange.number,),
    )
