"""What changed between two runs, as one HTML page that needs nothing else."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from conformance.reporting.comparison import verdict
from conformance.verdict.comparison import Shift

if TYPE_CHECKING:
    from conformance.verdict.comparison import Comparison

TEMPLATE = "comparison.html.j2"


def page(found: Comparison, *, before: str, after: str) -> str:
    """The page. `before` and `after` name the runs; everything is escaped, whoever said it."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = resources.files("conformance.reporting") / "files" / TEMPLATE
    template = environment.from_string(source.read_text(encoding="utf-8"))
    shifts = [
        (shift, held)
        for shift in Shift
        if (held := [each for each in found.differences if each.shift is shift])
    ]
    return template.render(
        found=found, shifts=shifts, verdict=verdict(found), before=before, after=after
    )
