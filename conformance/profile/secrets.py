"""The accounts' secrets: from the environment, from files, or from stdin. Never from a profile.

No secret shows in a repr, a message or a run's files.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.exceptions import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "KALTURA_CONFORMANCE_"

NAMES = {
    "admin": "ADMIN_SECRET",
    "user": "USER_SECRET",
    "other_admin": "OTHER_ADMIN_SECRET",
}
"""The secrets by field, and how their variables end."""

MOST_BYTES = 4096
"""A secret is 32 characters; what is much longer is the wrong file."""


class Secrets(Struct, frozen=True, kw_only=True):
    """What opens sessions: of the account, as admin and as user, and of the second account."""

    admin: str | None = None
    user: str | None = None
    other_admin: str | None = None

    def __repr__(self) -> str:
        """Which secrets there are, without them."""
        given = ", ".join(f"{name}=…" for name in NAMES if getattr(self, name) is not None)
        return f"Secrets({given})"

    __str__ = __repr__

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What rich shows in place of the fields: the same."""
        return [(name, "…") for name in NAMES if getattr(self, name) is not None]

    def values(self) -> tuple[str, ...]:
        """Every secret there is, for redaction."""
        return tuple(value for name in NAMES if (value := getattr(self, name)) is not None)


def from_environment(
    environ: Mapping[str, str], *, warn: Callable[[str], None] = lambda _: None
) -> Secrets:
    """The secrets that the environment holds or names the files of.

    `warn` is told of files that others can read. Raises UsageError for an empty or unreadable one,
    and where both a secret and its file are given.
    """
    found = {name: _from_variable(f"{PREFIX}{end}", environ, warn) for name, end in NAMES.items()}
    return Secrets(**found)


def from_text(text: str, *, place: str = "stdin") -> Secrets:
    """The secrets in a JSON object, or in lines of KEY=VALUE.

    Keys are the variables' names, or their ends in any spelling: `admin-secret`, `ADMIN_SECRET`.
    Raises UsageError.
    """
    pairs = _pairs(text, place)
    known = {_plain(end): name for name, end in NAMES.items()}
    found: dict[str, str] = {}
    for key, value in pairs.items():
        name = known.get(_plain(key.removeprefix(PREFIX)))
        if name is None:
            spellings = [end.lower().replace("_", "-") for end in NAMES.values()]
            hint = did_you_mean(key, spellings)
            raise UsageError(f"unknown key {key!r}", place=place, hint=hint)
        if not isinstance(value, str):
            raise UsageError(f"{key!r} is not a text", place=place)
        found[name] = _clean(value, f"{place}: {key}")
    if not found:
        raise UsageError("no secret in it", place=place, hint="Write admin-secret=… or JSON")
    return Secrets(**found)


def combined(first: Secrets, second: Secrets) -> Secrets:
    """Each secret of the first, and where it has none, of the second."""
    return Secrets(**{name: getattr(first, name) or getattr(second, name) for name in NAMES})


def _from_variable(
    variable: str, environ: Mapping[str, str], warn: Callable[[str], None]
) -> str | None:
    by_file = f"{variable}_FILE"
    if variable in environ and by_file in environ:
        hint = "Unset one of them"
        raise UsageError(f"{by_file} is set as well", place=variable, hint=hint)
    if variable in environ:
        return _clean(environ[variable], variable)
    if by_file in environ:
        return _from_file(environ[by_file], by_file, warn)
    return None


def _from_file(name: str, variable: str, warn: Callable[[str], None]) -> str:
    if not name.strip():
        raise UsageError("is set but empty", place=variable)
    path = Path(name).expanduser()
    try:
        mode = path.stat().st_mode
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode()
    except OSError as error:
        raise UsageError(
            f"{name} cannot be read ({error.strerror or error})", place=variable
        ) from error
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not text", place=variable) from None
    if len(content) > MOST_BYTES:
        raise UsageError(f"{name} is too long for a secret", place=variable)
    if mode & stat.S_IROTH:
        warn(f"{variable}: {name} can be read by everybody. chmod 600 mends it")
    return _clean(text, f"{variable}: {name}")


def _clean(value: str, place: str) -> str:
    """The secret without the line end that editors add."""
    secret = value.rstrip("\r\n")
    if not secret.strip():
        raise UsageError("the secret is empty", place=place)
    if "\n" in secret or "\x00" in secret:
        raise UsageError("the secret is more than one line", place=place)
    return secret


def _pairs(text: str, place: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            # The decoder's own message could show a part of what it read.
            raise UsageError("starts like JSON and is none", place=place) from None
        return dict(document)
    pairs: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        key, equals, value = stripped.partition("=")
        if not equals:
            raise UsageError(f"line {number} is not KEY=VALUE", place=place)
        pairs[key.strip()] = value.strip()
    return pairs


def _plain(key: str) -> str:
    return key.replace("-", "").replace("_", "").casefold()
