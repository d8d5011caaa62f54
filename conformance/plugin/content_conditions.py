"""Conditions on what an answer carries: an error's parts, a file's bytes, a session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.plugin.places import CODE, PATH, literal, value_of
from conformance.wire.answer import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.plugin.places import Source
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

DIGEST = re.compile(r"sha256 ([0-9a-f]{12})\b")
"""How a breach tells of bytes which they are."""
ARGUMENTS = re.compile(r"[A-Za-z_]\w*(, [A-Za-z_]\w*)*")
SESSION = re.compile(r"(\$(?:\.\w+)*) \((expiry|type|user|partner|privileges)\)")
LEAST_SLACK_SECONDS = 60
NO_ARGUMENT = "no argument"
LONGEST_MESSAGE = 200


def of_an_errors_parts(breach: Breach, shown: Exchange, name: str, source: Source) -> Iterator[str]:
    """Of an error's message and arguments; and of an error inside of a batch's answer."""
    answer = shown.answer
    if isinstance(answer, ApiError):
        another = f"{name}.error != {answer.code!r}"
        told = (breach.expected, breach.actual)
        if breach.where == "$.args" and all(map(ARGUMENTS.fullmatch, told)):
            wanted = set() if breach.expected == NO_ARGUMENT else set(breach.expected.split(", "))
            held = f'set(at({name}, "$.args") or ())'
            yield f"{another} or {held} == set({sorted(wanted)!r})"
        if breach.where == "$.message" and len(breach.expected) <= LONGEST_MESSAGE:
            yield f'{another} or at({name}, "$.message") == {source(breach.expected)}'
    for place, member in enumerate(_slots(shown)):
        code = member.get("code") if isinstance(member, Mapping) else None
        here = f'at({name}, "$[{place}].code")'
        wanted = literal(breach.expected)
        if isinstance(code, str) and code in breach.actual and CODE.fullmatch(code):
            if isinstance(wanted, str) and CODE.fullmatch(wanted):
                yield f"{here} == {wanted!r}"
            yield f"{here} != {code!r}"


def _slots(exchange: Exchange) -> Sequence[Any]:
    value = value_of(exchange)
    return value if isinstance(value, list) else ()


def of_bytes(breach: Breach, name: str) -> Iterator[str]:
    """Of a file that is served: its bytes are too many for a condition, so their digest is."""
    wanted, held = DIGEST.search(breach.expected), DIGEST.search(breach.actual)
    if wanted and held:
        yield f'{name}.status != 200 or digest({name}).startswith("{wanted[1]}")'
    elif held and breach.expected == "no file":
        yield f'not digest({name}).startswith("{held[1]}")'


def of_sessions(breach: Breach, name: str) -> Iterator[str]:
    """Of a KS in an answer, by what it says itself."""
    found = SESSION.fullmatch(breach.where)
    path, part = (found[1], found[2]) if found else (breach.where, None)
    if PATH.fullmatch(path) is None:
        return  # A server may have written it, and the condition is source.
    told = f'said(at({name}, "{path}"), ADMIN_SECRET, USER_SECRET)'
    if part == "expiry":
        seconds = int((re.match(r"\d+", breach.expected) or ["0"])[0])
        lasts = f'int({told}["expiry"]) - time.time()'
        slack = max(LEAST_SLACK_SECONDS, seconds // 10)
        if breach.expected.endswith("or before"):
            yield f"{lasts} < {seconds + slack}"
        else:
            yield f"abs({lasts} - {seconds}) < {slack}"
    elif part == "privileges":
        wanted = re.findall(r"[\w:*.-]+", breach.expected.partition(" among ")[0])
        yield f'set({told}["privileges"]) >= {set(wanted)!r}'
    elif part is not None:
        wanted_value = literal(breach.expected.partition(":")[0])
        yield f'{told}["{part}"].casefold() == {str(wanted_value)!r}'
    elif "signed" in breach.expected or "a KS of" in breach.expected:
        yield f'{told}["signed"]'
