"""Where in an answer a breach is, what stands there, and whether it may stand there again."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

    Source = Callable[[Any], str]
    """Writes a value as an expression of a program."""

CODE = re.compile(r"[A-Z][A-Z0-9_]{3,}")
FEWEST_LETTERS = 4
"""A shorter text is everywhere."""
PATH = re.compile(r"\$(?:\.[A-Za-z_]\w*|\[\d+\])*")
STEP = re.compile(rf": ({PATH.pattern})")
"""Where a breach says first which step of several it is about."""
UNIQUE = re.compile(r"\b\d_\w{6}|\d{5}|(\d\D*){7}")
"""An entry's id, or what holds so many digits that it is an id, a time or a KS."""
PASSING = re.compile(r"([iI]d|At|Date|Time)$")
"""A place whose value another server, or this one a little later, does not answer again."""


def place(breach: Breach) -> str:
    """The path in the answer that the breach is about; nothing where it is about something else."""
    if breach.where.startswith("$.error"):
        return ""
    found = PATH.match(breach.where) or STEP.search(breach.where)
    return found[found.lastindex or 0] if found else ""


def paths_of(breach: Breach, value: Any) -> Iterator[str]:
    """The places of an answer of that value that the breach may be about."""
    path = place(breach)
    return paths(path, value) if path else iter(())


def paths(path: str, value: Any) -> Iterator[str]:
    """The path in the answer; in a batch's, in each of its slots."""
    yield path
    if isinstance(value, list):
        yield from (f"$[{place}]{path.removeprefix('$')}" for place in range(len(value)))


def value_of(exchange: Exchange) -> Any:
    """The result that was answered, or None."""
    return exchange.answer.value if isinstance(exchange.answer, Result) else None


def lasts(where: str, text: str) -> bool:
    """Whether what stands at that place may stand there on another server too."""
    return UNIQUE.search(text) is None and PASSING.search(where) is None


def is_told(value: Any, *texts: str) -> bool:
    """Whether one of the texts shows the value."""
    return value is not None and any(
        str(value) == text.strip("'") or repr(value) == text for text in texts
    )


def is_meant(breach: Breach, shown: Exchange, where: str) -> bool:
    """Whether the answer holds at that path what the oracle saw there."""
    value = at_path(shown, where)
    if breach.actual == "absent" or value is None:
        return value is None
    told = breach.actual.rstrip("…")
    return str(value) == told.strip("'") or repr(value).startswith(told)


def literal(text: str) -> Any:
    """The value that a finding shows as Python writes it; None where it is prose or was cut."""
    if text.endswith("…"):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def at_path(exchange: Exchange, where: str) -> Any:
    """What a result or an error holds at a path such as `$.objects[0].name`; None for nothing."""
    answer = exchange.answer
    value: Any = answer.value if isinstance(answer, Result) else None
    if isinstance(answer, ApiError):
        value = answer.raw if isinstance(answer.raw, Mapping) else {"args": answer.args}
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", where):
        if name and isinstance(value, Mapping):
            value = value.get(name)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value
