"""Conditions from what a sound server answers to the same call, at the place that a breach names.

Asked last, where the breach's own words make none. They say no more than differs there: an error
or none, a value or none, its type, a status, a content type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.plugin.places import lasts, paths_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.verdict.breach import Breach

KINDS = {dict: "dict", list: "list", str: "str", bool: "bool", int: "int", float: "float"}
LONGEST_LITERAL = 40
ENDINGS = ("error", "refused", "accepted", "a result", "$.code", "$.message")
HEADER = re.compile(r"[A-Za-z][A-Za-z-]*")


def contrasts(
    breach: Breach, name: str, seen: Any, sound: Any, *, at: Callable[[Any, str], Any], nonce: str
) -> Iterator[str]:
    """Conditions that the answer `sound` keeps and `seen` breaks. Both are as a program has them.

    What the breach does not speak of may differ between two sound servers, so it is passed over;
    so is what holds the `nonce` of the calls to the sound one, which no other calls have.
    """
    story = f"{breach.where} {breach.expected} {breach.actual}"
    whole = breach.where == "$"
    if whole or any(word in story for word in (str(seen.error), str(sound.error), *ENDINGS)):
        yield from _of_errors(name, seen, sound)
    if sound.error is None and seen.error is None:
        for path in paths_of(breach, seen.value):
            for claim in _of_place(name, path, at(seen, path), at(sound, path)):
                if nonce not in claim:
                    yield claim
    if seen.status != sound.status and str(seen.status) in story:
        yield f"{name}.status == {sound.status}"
    yield from _of_header(breach.where, name, seen, sound)
    kind, wanted = (_content_type(each) for each in (seen, sound))
    if kind != wanted and (kind in story or "content" in story.lower()):
        yield f'{name}.headers.get("content-type", "").startswith({wanted!r})'
    if whole and seen.value is None and sound.value is not None:
        yield f"{name}.value is not None"
    if whole and type(seen.value) is not type(sound.value) and type(sound.value) in KINDS:
        yield f"isinstance({name}.value, {KINDS[type(sound.value)]})"


def _of_errors(name: str, seen: Any, sound: Any) -> Iterator[str]:
    if seen.error == sound.error:
        return
    if sound.error is None:
        yield f"{name}.error is None"
    else:
        if seen.error is None:
            yield f"{name}.error is not None"
        yield f"{name}.error == {sound.error!r}"


def _of_header(header: str, name: str, seen: Any, sound: Any) -> Iterator[str]:
    if not HEADER.fullmatch(header):
        return
    held, wanted = seen.headers.get(header), sound.headers.get(header)
    if wanted is None and held is not None:
        yield f"{name}.headers.get({header!r}) is None"
    if wanted is not None and held is None:
        yield f"{name}.headers.get({header!r}) is not None"
    if wanted is not None and held != wanted and _is_everywhere(header, wanted):
        yield f"{name}.headers.get({header!r}) == {wanted!r}"


def _of_place(name: str, path: str, seen: Any, sound: Any) -> Iterator[str]:
    here = f'at({name}, "{path}")'
    if (seen is None) != (sound is None):
        yield f"{here} is None" if sound is None else f"{here} is not None"
        return
    if bool(seen) != bool(sound):
        yield here if sound else f"not {here}"
    if type(seen) is not type(sound) and type(sound) in KINDS:
        yield f"isinstance({here}, {KINDS[type(sound)]})"
    if isinstance(sound, list) and isinstance(seen, list) and len(seen) != len(sound):
        yield f"len({here}) == {len(sound)}"
    if isinstance(sound, str | int | float) and _is_everywhere(path, str(sound)):
        yield f"same({here}, {sound!r})"


def _is_everywhere(where: str, text: str) -> bool:
    return len(text) <= LONGEST_LITERAL and lasts(where, text)


def _content_type(answer: Any) -> str:
    return str(answer.headers.get("content-type", "")).partition(";")[0].strip().lower()
