"""How error codes look that say one thing in many words (CONTRACT ERR-30)."""

from __future__ import annotations

import re

GONE = re.compile(
    r"NOT_FOUND|NOT_ASSIGNED|(?<!^SERVICE_)(?<!^ACTION_)DOES_NOT_EXISTS|^INVALID_.*(ID|TYPE)$"
)
"""How the code of an unknown object looks where no list of codes is known (CONTRACT ERR-30)."""

NULL = "null"
"""Stands among codes for a null result (CONTRACT section 5.2, storageProfile)."""

ACCOUNTS_LIMIT = re.compile(
    r"^(?!PROPERTY_VALIDATION_).*"
    r"(MAX_|LIMIT|QUOTA|EXCEED|LOCK|NOT_AVAILABLE|FEATURE_FORBIDDEN)"
)
"""Codes by which an account that is full, busy or without a feature is refused."""

MISSING = frozenset({"SERVICE_DOES_NOT_EXISTS", "ACTION_DOES_NOT_EXISTS"})

REFUSAL = re.compile(r"FORBIDDEN|UNAUTHORIZED")
"""Codes by which an account is refused an action at all."""
