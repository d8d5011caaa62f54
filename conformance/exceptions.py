"""What goes wrong outside the target's contract, and the exit code each ends a command with.

ConformanceError
├── UsageError            2  a flag, profile, schema or run folder that cannot be used
│   ├── SchemaError          at a line and element of a schema
│   ├── ProfileError         at a key of a profile
│   └── CatalogueError       in the requirement catalogue
├── TargetError           3  the target cannot be judged at all
│   ├── TargetUnreachable
│   └── LoginRefused
└── EmptySelection        5  no check is left to run
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConformanceError(Exception):
    """Something that ends a command, told as place, problem and hint."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problem: str, *, place: str = "", hint: str = "") -> None:
        """Keep the facts; the text is made from them."""
        super().__init__(problem)
        self.problem = problem
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        """`place: problem. hint`, as a person reads it."""
        text = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{text}. {self.hint}" if self.hint else text


class UsageError(ConformanceError):
    """What was given cannot be used; nothing was judged."""


class SchemaError(UsageError):
    """A schema that cannot be read; the place is `source:line <element>`."""


class ProfileError(UsageError):
    """A profile that cannot be used; the place is `file: [table] key`."""


class CatalogueError(UsageError):
    """The requirement catalogue contradicts itself or the code that claims it."""


class TargetError(ConformanceError):
    """The target cannot be judged at all."""

    exit_code = 3


class TargetUnreachable(TargetError):
    """No usable answer from the target."""


class LoginRefused(TargetError):
    """The target answers but does not accept the account's secret."""


class EmptySelection(ConformanceError):
    """The selection holds no check."""

    exit_code = 5


def did_you_mean(value: str, choices: Iterable[str]) -> str:
    """A hint that names the nearest choice, or lists them all when they are few.

    Returns an empty text where neither would help.
    """
    known = sorted(choices)
    near = get_close_matches(value, known, n=3, cutoff=0.6)
    if not near:
        by_folded = {choice.casefold(): choice for choice in known}
        near = [by_folded[value.casefold()]] if value.casefold() in by_folded else []
    if near:
        return "Did you mean " + " or ".join(f"'{name}'" for name in near) + "?"
    if 0 < len(known) <= 12:  # noqa: PLR2004 - more would not be read
        return "Choices: " + ", ".join(known)
    return ""
