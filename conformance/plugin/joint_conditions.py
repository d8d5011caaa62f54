"""Conditions on several answers: of sessions that met, of pages, of what stands twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from conformance.plugin.places import (
    FEWEST_LETTERS,
    at_path,
    is_meant,
    literal,
    paths_of,
    place,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.plugin.places import Source
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

PAGED = re.compile(r"(\S+) (once|on one of the pages)")
SLOT = re.compile(r"\$\[\d+\](?=$|\.)")
MEETING = re.compile(r"of the (last )?updates")
MOST_TWINS = 4
"""Places of other answers that hold what is expected; more say nothing new."""


def of_meetings(
    breach: Breach, shown: Sequence[Exchange], names: Mapping[int, str], source: Source
) -> Iterator[str]:
    """Of sessions that wrote and read at once: no get shows what was over before it began."""
    member = place(breach).removeprefix("$.")
    if not MEETING.search(breach.expected) or not member:
        return
    writes = {
        source(str(entity[member])): names[each.number]
        for each in shown
        if each.call.action == "update"
        for entity in each.call.params.values()
        if isinstance(entity, Mapping) and member in entity
    }
    told = ", ".join(f"{value}: {name}" for value, name in writes.items())
    gets = ", ".join(names[each.number] for each in shown if each.call.action == "get")
    yield f'not outdated([{gets}], "$.{member}", {{{told}}})'
    if "the same in every get" in breach.expected:
        after = [
            f'normal(at({names[each.number]}, "$.{member}"))'
            for each in shown
            if each.call.action == "get"
        ]
        yield f"len({{{', '.join(after)}}}) == 1"


def of_pages(
    breach: Breach, shown: Sequence[Exchange], names: Mapping[int, str], source: Source
) -> Iterator[str]:
    """Of an object that has to stand on one of several pages; one with two ids has a slash."""
    found = PAGED.fullmatch(breach.expected)
    if found is None:
        return
    parts = ", ".join(source(part) for part in found[1].split("/"))
    pages = ", ".join(names[each.number] for each in shown if each.call.action == "list")
    number = f"sum(showing(each, {parts}) for each in [{pages}])"
    yield f"{number} <= 1" if found[2] == "once" else f"{number} >= 1"


def of_twins(
    breach: Breach, shown: Sequence[Exchange], names: Mapping[int, str], source: Source
) -> Iterator[str]:
    """What is expected is what another place of the answers holds, which no literal may say."""
    wanted, last = literal(breach.expected), shown[-1]
    slot = SLOT.match(breach.where)
    if slot is not None and isinstance(at_path(last, f"{slot[0]}.args"), Mapping):
        # An error's arguments say what a member of a batch was asked for.
        told = f'(at({names[last.number]}, "{slot[0]}.args") or {{}}).values()'
        twins = (f"normal({twin})" for twin in _twins(wanted, shown, names, f"{slot[0]}."))
        yield from (f"{each} in {told}" for each in islice(twins, MOST_TWINS))
        if isinstance(wanted, str):
            yield f"{source(wanted)} in {told}"
        held = literal(breach.actual)
        if isinstance(held, str):
            yield f"{held!r} not in {told}"
    elif isinstance(wanted, str | int) and len(str(wanted)) >= FEWEST_LETTERS:
        for where in paths_of(breach, value_of(last)):
            if is_meant(breach, last, where):
                here = f'at({names[last.number]}, "{where}")'
                twins = (f"same({here}, {twin})" for twin in _twins(wanted, shown, names, where))
                yield from islice(twins, MOST_TWINS)


def _twins(
    wanted: Any, shown: Sequence[Exchange], names: Mapping[int, str], but: str
) -> Iterator[str]:
    """The places of answers that hold the value, all but those of the last that begin so."""
    for each in shown:
        for path, value in _leaves(value_of(each), "$"):
            if str(value) == str(wanted) and (each is not shown[-1] or not path.startswith(but)):
                yield f'at({names[each.number]}, "{path}")'


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """All texts and numbers of an answer, with the paths that a program may name."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            if re.fullmatch(r"[A-Za-z_]\w*", str(key)):
                yield from _leaves(held, f"{path}.{key}")
    elif isinstance(value, list):
        for place, held in enumerate(value):
            yield from _leaves(held, f"{path}[{place}]")
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield path, value
