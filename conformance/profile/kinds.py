"""The kinds of value that a profile holds, each with a name and what makes it wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, urlsplit

from msgspec import Meta

from conformance.profile.pattern import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

Glob = Annotated[str, Meta(extra={"kind": "glob"})]
"""A glob over names: services, `service.action`, requirement ids, classes, `Class.property`."""

Reason = Annotated[str, Meta(extra={"kind": "reason"})]
"""Why, in words, with the rule or observation behind it. An empty text lifts an inherited entry."""

Notes = dict[Glob, Reason]
"""Names and why: what a profile knows of them. Tables merge along `extends`."""

Codes = dict[Glob, tuple[str, ...]]
"""Names and the error codes that are right for them, any one of them. An empty list lifts."""

Url = Annotated[str, Meta(extra={"kind": "url"})]
FileOrUrl = Annotated[str, Meta(extra={"kind": "file-or-url"})]
UserId = Annotated[str, Meta(extra={"kind": "user-id"})]
RequirementId = Annotated[str, Meta(extra={"kind": "requirement-id"})]
PartnerId = Annotated[int, Meta(ge=1, le=2**31 - 1)]

_USER_ID = re.compile(r"[A-Za-z0-9,!#$%&'*+?^_{}~.@`|-]{1,320}")
_REQUIREMENT_ID = re.compile(r"[A-Z]+-[A-Z0-9]+-[0-9]{3}")


def url_fault(value: str) -> str | None:
    """What is wrong with a URL, or None. A URL never carries a secret."""
    try:
        parts = urlsplit(value)
        port_fits = parts.port != 0
    except ValueError as error:
        return f"{value!r} is no URL ({error})"
    if parts.scheme not in {"http", "https"}:
        return f"{value!r} does not start with http:// or https://"
    if parts.username is not None or parts.password is not None:
        return "a URL with a user name or password in it"
    if not parts.hostname or not port_fits or re.search(r"\s", value):
        return f"{value!r} names no host"
    if any(name == "ks" for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "a URL with a KS in it"
    return None


def _file_or_url_fault(value: str) -> str | None:
    if not value.strip():
        return "an empty text is neither a file nor a URL"
    return url_fault(value) if "://" in value else None


def _user_id_fault(value: str) -> str | None:
    return None if _USER_ID.fullmatch(value) else f"{value!r} is no user id that the server accepts"


def _requirement_id_fault(value: str) -> str | None:
    return None if _REQUIREMENT_ID.fullmatch(value) else f"{value!r} is no requirement id"


FAULT_OF: dict[str, Callable[[str], str | None]] = {
    "glob": fault_of,
    "url": url_fault,
    "file-or-url": _file_or_url_fault,
    "user-id": _user_id_fault,
    "requirement-id": _requirement_id_fault,
}
"""By kind: what is wrong with a text, or None when it is right."""

HINT_FOR = {
    "glob": "A glob is made of letters, digits, '.', '_', ':', '-', '*', '?' and [...]",
    "url": "The server's root is wanted, for example https://kaltura.example",
    "user-id": "Use 1 to 320 of letters, digits and , ! # $ % & ' * + ? ^ _ { } ~ . @ - ` |",
    "requirement-id": "An id is written AREA-TOPIC-NNN; `list requirements` shows them",
}
"""By kind: what would be right."""
