"""Text that XML can hold: servers answer anything, control characters among it."""

from __future__ import annotations

import re

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text with what XML cannot hold replaced. Markup is the writer's to escape."""
    return _NO_XML.sub("\ufffd", text)
