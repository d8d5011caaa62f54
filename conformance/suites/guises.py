"""The probes of a service, each asked plainly and in another guise."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.suites import probe
from conformance.suites.comparison import ask, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.schema.model import Service
    from conformance.suites.comparison import Judge
    from conformance.suites.probe import Grounds, Probe
    from conformance.verdict.breach import Breach
    from conformance.wire.request import Form

    Finder = Callable[[Grounds, Service], tuple[Probe, ...]]


def probes_of(context: Context, subject: Subject, find: Finder) -> tuple[Probe, ...]:
    """The probes of the subject's service, of the kind that is sought."""
    return find(probe.grounds(context), context.schema.services[str(subject.service)])


def in_form(
    context: Context, subject: Subject, find: Finder, judge: Judge, form: Form
) -> Iterator[Breach]:
    """The service's probes, plain and in another form."""
    for each in probes_of(context, subject, find):
        yield from compare(context, each, judge, partial(ask, context, each, form))
