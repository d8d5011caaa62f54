"""The formats of reports: each a module that makes files of a run's evidence."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.exceptions import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.reporting.evidence import Evidence


class Format(Struct, frozen=True):
    """A format: its module in this room, what it makes, and for whom."""

    module: str
    makes: str
    text: str
    to_stdout: bool = False
    """Read from a job's output, so that is where it goes unless a folder is named."""


FORMATS: Mapping[str, Format] = {
    "html": Format("page", "certificate.html", "one page for people; needs no network"),
    "junit": Format("junit", "junit.xml", "for continuous integration"),
    "ctrf": Format("ctrf", "ctrf.json", "the common test report format"),
    "markdown": Format("markdown", "summary.md", "for a pull request or a job's page"),
    "har": Format("har", "findings.har", "the exchanges of the findings"),
    "allure": Format("allure", "allure-results/", "for Allure's generator"),
    "openmetrics": Format("openmetrics", "metrics.txt", "for a scrape or a push gateway"),
    "badge": Format("badge", "badge.json, badge.svg", "the verdict in a few letters"),
    "annotations-github": Format("github", "annotations.txt", "workflow commands", to_stdout=True),
    "annotations-gitlab": Format("gitlab", "gl-code-quality-report.json", "code quality"),
}


def format_of(name: str) -> Format:
    """The format of that name; UsageError with the nearest names if there is none."""
    if name not in FORMATS:
        raise UsageError(f"no format '{name}'", hint=did_you_mean(name, FORMATS))
    return FORMATS[name]


def render(evidence: Evidence, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The files of these formats, as paths below the reports' folder and contents."""
    for name in dict.fromkeys(names):
        yield from import_module(f"conformance.reporting.{format_of(name).module}").render(evidence)
