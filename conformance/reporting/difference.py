"""Where two texts differ, as marked pieces for each side."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

LIKE_ENOUGH = 0.3
"""Below this share of common words (0..1) marks would cover nearly everything and tell nothing."""
LONGEST = 2000
"""Characters; longer texts are not compared, since the time grows with the square."""

Pieces = list[list[str | int]]
"""`[text, 1]` where the other side differs, `[text, 0]` where it is the same."""

_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)


def difference(expected: str, actual: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces; without marks where they have little in common."""
    plain: tuple[Pieces, Pieces] = ([[expected, 0]], [[actual, 0]])
    if max(len(expected), len(actual)) > LONGEST or expected == actual:
        return plain
    left, right = _TOKEN.findall(expected), _TOKEN.findall(actual)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    blocks = matcher.get_matching_blocks()
    common = [token for begin, _, size in blocks for token in left[begin : begin + size]]
    if 2 * _words(common) < LIKE_ENOUGH * (_words(left) + _words(right)):
        return plain
    before: Pieces = []
    after: Pieces = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        changed = int(tag != "equal")
        if i2 > i1:
            before.append(["".join(left[i1:i2]), changed])
        if j2 > j1:
            after.append(["".join(right[j1:j2]), changed])
    return before, after


def _words(tokens: list[str]) -> int:
    """The letters in words: that both texts have blanks and colons makes them no more alike."""
    return sum(len(token) for token in tokens if token.isalnum())
