"""The message of an error and the published template that it is made from (CONTRACT ERR-06)."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.schema.model import ErrorTemplate

PLACEHOLDER = re.compile(r"@(\w+)@")
TAG = re.compile(r"<[^<>]*>?")
BLANKS = re.compile(r"\s+")

AMBIGUOUS = frozenset(
    {
        "CANNOT_UPDATE_SCHEDULE_EVENT_FEATURE",
        "ENTRY_SERVER_NODE_NOT_FOUND",
        "FAILED_TO_INIT_OBJECT",
        "GENERATE_TRANSCODING_COMMAND_FAIL",
        "INTERNAL_SERVERL_ERROR",
        "INVALID_ENTRY_ID",
        "INVALID_ENTRY_TYPE",
        "INVALID_KS",
        "INVALID_USER_ID",
        "MISSING_KS",
        "PARTNER_NOT_SET",
        "REPORTS_QUERY_FAILURE",
        "RESPONSE_PROFILE_MAX_NESTING_LEVEL",
        "SERVER_NODE_NOT_FOUND",
        "THUMB_ASSET_ID_NOT_FOUND",
    }
)
"""Codes that have more templates than a schema can show, or a wrong one (CONTRACT ERR-34)."""


def is_sound(template: ErrorTemplate) -> bool:
    """Whether the template's placeholders are exactly its published parameters."""
    return set(PLACEHOLDER.findall(template.message)) == set(template.parameters)


def rendered(template: ErrorTemplate, args: Mapping[str, str]) -> str:
    """The template with every placeholder that has an argument replaced by it."""
    return PLACEHOLDER.sub(lambda match: args.get(match[1], match[0]), template.message)


def agree(message: str, expected: str) -> bool:
    """Whether two messages are the same but for markup, which the server strips, and blanks."""
    return _plain(message) == _plain(expected)


def _plain(text: str) -> str:
    return BLANKS.sub(" ", TAG.sub("", html.unescape(text))).strip()
