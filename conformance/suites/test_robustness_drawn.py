"""Hostile requests that a second generator draws, held against the same rules as our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.generation.hostile import INJECTED
from conformance.oracles import robustness as oracle
from conformance.plugin.check import check
from conformance.plugin.subjects import target
from conformance.suites.drawn_subjects import (
    drawn_adds,
    drawn_number_services,
    drawn_services,
    drawn_text_services,
)
from conformance.suites.second_generator import (
    additions_judged,
    big_bodies_judged,
    broken_lines_judged,
    is_body,
    is_call,
    is_id,
    is_kind,
    is_odd_id,
    judged,
    long_urls_judged,
    trial,
    uploads_judged,
)
from conformance.suites.uploading import uploading_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange


@check(oracle.drawn_call_is_answered, over=drawn_services)
def test_drawn_call_is_answered_too(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask what is drawn within the document, in three phases."""
    yield from judged(context, subject, oracle.drawn_call_is_answered, is_call)


@check(oracle.drawn_call_is_answered, over=drawn_adds, writes=True)
def test_drawn_text_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add and update own objects with drawn names, descriptions and tags."""
    yield from additions_judged(context, subject, oracle.drawn_call_is_answered)


@check(oracle.wrong_kind_is_answered, over=drawn_services)
def test_drawn_kind_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask what is drawn against the document."""
    yield from judged(context, subject, oracle.wrong_kind_is_answered, is_kind)


@check(oracle.unreadable_body_is_answered, over=drawn_services)
def test_drawn_body_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send bodies that hold no parameters as usual, and by other methods than usual."""
    yield from judged(context, subject, oracle.unreadable_body_is_answered, is_body)


@check(oracle.any_text_is_answered, over=drawn_text_services)
def test_drawn_id_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for objects by drawn texts."""
    yield from judged(context, subject, oracle.any_text_is_answered, is_id)


@check(oracle.any_number_is_answered, over=drawn_number_services)
def test_drawn_number_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for objects by drawn numbers."""
    yield from judged(context, subject, oracle.any_number_is_answered, is_id)


@check(oracle.hostile_id_names_nothing, over=drawn_text_services)
def test_drawn_id_names_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look for objects in what was answered to drawn texts that are hostile."""
    yield from judged(context, subject, oracle.hostile_id_names_nothing, is_odd_id)


@check(oracle.hostile_request_shows_no_internals, over=drawn_services)
def test_drawn_request_shows_no_internals(context: Context, subject: Subject) -> Iterator[Breach]:
    """Search what was answered to all that was drawn."""
    yield from judged(context, subject, oracle.hostile_request_shows_no_internals)


@check(oracle.server_works_afterwards, over=drawn_services)
def test_server_works_after_drawn_requests(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare a plain call before with the same one after."""
    played = trial(context, subject.name)
    yield from oracle.server_works_afterwards(played.before, played.after, played.told)


@check(oracle.big_body_is_answered, over=target)
def test_drawn_big_body_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Send drawn calls with a text of up to two megabytes."""
    yield from big_bodies_judged(context, oracle.big_body_is_answered)


@check(oracle.long_url_is_answered, over=target)
def test_drawn_long_url_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Send drawn calls with a URL that grows until a usual web server refuses it."""
    yield from long_urls_judged(context, oracle.long_url_is_answered)


@check(oracle.cut_upload_is_answered, over=uploading_target)
def test_drawn_upload_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Send drawn files, most of which break off, for a token that does not exist."""
    yield from uploads_judged(context, oracle.cut_upload_is_answered)


@check(oracle.nothing_sent_becomes_a_header, over=target)
def test_no_drawn_line_becomes_a_header(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Break the line in drawn values that servers write into headers."""

    def judge(exchange: Exchange, what: str) -> Iterator[Breach]:
        yield from oracle.nothing_sent_becomes_a_header(exchange, INJECTED, what)

    yield from broken_lines_judged(context, judge)
