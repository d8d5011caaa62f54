"""A badge: JSON for a badge service's endpoint, and a picture that needs none."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import msgspec

from conformance.reporting.xml_text import xml_text
from conformance.verdict.run import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reporting.evidence import Evidence

LABEL = "Kaltura API"
COLOURS = {
    Verdict.CONFORMANT: ("brightgreen", "#2c6e49"),
    Verdict.NOT_CONFORMANT: ("red", "#a4262c"),
    Verdict.INCONCLUSIVE: ("yellow", "#7a5c00"),
}
"""The service's name of the colour, and ours: dark enough for white letters."""
LONGEST_VERSION = 40
LETTER = 6.7
"""Width of a letter in pixels, generously, at 11 px."""


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`badge.json` and `badge.svg`."""
    run = evidence.run
    named, colour = COLOURS[run.verdict]
    version = " ".join(xml_text(run.schema.api_version).split())[:LONGEST_VERSION]
    message = f"{run.verdict} {version}".rstrip()
    endpoint = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": message,
        "color": named,
        "isError": run.verdict != Verdict.CONFORMANT,
    }
    yield "badge.json", msgspec.json.encode(endpoint) + b"\n"
    yield "badge.svg", _picture(LABEL, message, colour).encode()


def _picture(label: str, message: str, colour: str) -> str:
    left, right = (round(len(text) * LETTER) + 12 for text in (label, message))
    text = escape(message)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" '
        f'role="img" aria-label="{label}: {text}"><title>{label}: {text}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" text-anchor="middle" '
        'font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2:.1f}" y="14">{label}</text>'
        f'<text x="{left + right / 2:.1f}" y="14">{text}</text></g></svg>\n'
    )
