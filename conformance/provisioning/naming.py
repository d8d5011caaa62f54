"""The mark that every object of a run carries, and names that nobody else uses."""

from __future__ import annotations

import itertools
import re
import secrets
from threading import Lock
from typing import Any

MARKER_LENGTH = 32


def marker_of(run_id: str) -> str:
    """`kc-` and the run's id, in letters that every server keeps."""
    return f"kc-{re.sub('[^a-z0-9]+', '-', run_id.lower()).strip('-')}"[:MARKER_LENGTH].rstrip("-")


class Names:
    """Draws names that are unique in the run and among shards of one run. Thread-safe.

    `tag` is the mark as it stands in tags: real servers are known to keep plain words only.
    """

    def __init__(self, run_id: str) -> None:
        self.marker = marker_of(run_id)
        self.tag = self.marker.replace("-", "")
        # Not drawn from the seed: a second run with it must not meet the first one's keys.
        self._nonce = secrets.token_hex(2)
        self._count = itertools.count(1)
        self._lock = Lock()

    @property
    def nonce(self) -> str:
        """What sets this run's names apart from another's with the same seed."""
        return self._nonce

    def unique(self) -> str:
        """A short word of letters and digits, never given twice."""
        with self._lock:
            return f"x{self._nonce}{next(self._count)}"

    def fill(self, value: Any) -> Any:
        """A recipe's value with `{marker}` and `{unique}` replaced, wherever they stand in it."""
        if isinstance(value, dict):
            return {key: self.fill(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if not isinstance(value, str) or "{" not in value:
            return value
        text = value.replace("{marker}", self.marker)
        return text.replace("{unique}", self.unique()) if "{unique}" in text else text

    def mark(self, name: str, drawn: Any, *, several_tags: bool) -> Any:
        """A drawn value that also carries the mark, where the property is one that can."""
        if name == "tags" and several_tags:
            return f"{self.tag}, {drawn}"
        if name in {"tags", "adminTags"}:
            return self.tag + str(drawn).split(", ")[0]
        if name in {"name", "systemName"}:
            given = f"{self.marker}-{self.unique()}"
            return f"{given} {drawn}" if name == "name" else given
        return drawn

    def unmarked(self, name: str, value: Any) -> Any:
        """What was drawn of a value that `mark` made."""
        if not isinstance(value, str):
            return value
        if name in {"tags", "adminTags"}:
            return value.removeprefix(self.tag).removeprefix(", ")
        if name in {"name", "systemName"} and value.startswith(self.marker):
            return value.partition(" ")[2]
        return value
