"""Why a document cannot be read, told so that a person knows where to look."""

from __future__ import annotations

import re

EXCERPT = 120
_TAG = re.compile(r"<[^>]*>")
_PHP_MESSAGE = re.compile(
    rb"(?:<b>)?(?:Fatal error|Parse error|Warning|Notice|Deprecated|Strict Standards)(?:</b>)?: "
)


_OTHERS = (
    ((b"<!doctype html", b"<html"), "HTML"),
    ((b"<?xml", b"<xml"), "XML"),
    ((b'{"', b"[{", b"[]", b"{}"), "JSON"),
)


class UnreadableError(Exception):
    """A body that is not a sound document of the asked format; the text is the reason."""


def excerpt(body: bytes) -> str:
    """The beginning of a text on one line, without its markup."""
    text = _TAG.sub(" ", body[: EXCERPT * 6].decode("utf-8", "replace"))
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


def stray_text(body: bytes, *, document: re.Pattern[bytes], format_name: str) -> str | None:
    """The reason where something other than the document begins the body, or None.

    `document` matches the beginning of a sound one.
    """
    head = body.lstrip()[:2000]
    if document.match(head):
        return None
    if head.startswith(b"\xef\xbb\xbf"):
        return "text before the document: a byte order mark"
    if not _PHP_MESSAGE.search(head):
        lowered = head[:200].lower()
        for beginnings, other in _OTHERS:
            if lowered.startswith(beginnings):
                return f"{other} instead of {format_name}: '{excerpt(head)}'"
    return f"text before the document: '{excerpt(head)}'"
