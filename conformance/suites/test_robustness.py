"""Hostile requests: each service is asked a few, the target all, and something plain afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from conformance.generation.hostile import (
    INJECTED,
    LONG_URL,
    big_bodies,
    cut_upload,
    hostile_bodies,
    hostile_texts,
)
from conformance.oracles import robustness as oracle
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subjects import target
from conformance.suites import probe
from conformance.suites.drawing import drawn_lists, list_services
from conformance.suites.hostility import (
    kinds,
    number_services,
    ordeal,
    path_of,
    permitted,
    text_services,
    tried_services,
    usual,
    with_body,
    with_params,
)
from conformance.suites.reading import NONCE
from conformance.suites.uploading import SERVICE, UNKNOWN_TOKEN, needs_uploads, uploading_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach

LINE_BREAKS = ("\r\n", "\n", "\r")
USUAL_TEXTUAL = ("baseentry", "media", "uploadtoken", "data", "playlist")
"""Services whose get takes a text, and that nearly every product has."""


@check(oracle.any_text_is_answered, over=text_services)
def test_any_text_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for objects by odd texts."""
    for said in ordeal(context, subject.name).texts:
        yield from oracle.any_text_is_answered(said.exchange, said.what)


@check(oracle.any_text_is_answered, over=target)
def test_every_text_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Ask one service for objects by every odd text that we know."""
    permitted(context)
    ground, offered = probe.grounds(context), context.schema.services
    names = [name for name in USUAL_TEXTUAL if name in offered] or list(offered)
    asked = next((found[0] for n in names if (found := probe.textual(ground, offered[n]))), None)
    if asked is None:
        raise NotApplicable("no service's get takes a text")
    for each in hostile_texts(context.random):
        exchange = with_params(context, asked, {**asked.params, asked.parameter: each.text})
        yield from oracle.any_text_is_answered(exchange, each.label)


@check(oracle.any_number_is_answered, over=number_services)
def test_any_number_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for objects by odd numbers."""
    for said in ordeal(context, subject.name).numbers:
        yield from oracle.any_number_is_answered(said.exchange, said.what)


@check(oracle.unreadable_body_is_answered, over=tried_services)
def test_unreadable_body_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send bodies that cannot be read."""
    for said in ordeal(context, subject.name).bodies:
        yield from oracle.unreadable_body_is_answered(said.exchange, said.what)


@check(oracle.unreadable_body_is_answered, over=target)
def test_every_unreadable_body_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Send every unreadable body that we know."""
    asked = usual(context)
    for body in hostile_bodies(asked.parameter or "id", context.random):
        said = with_body(context, asked, body)
        yield from oracle.unreadable_body_is_answered(said.exchange, said.what)


@check(oracle.hostile_value_is_no_internal_error, over=tried_services)
def test_hostile_value_is_no_internal_error(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at what was answered to odd texts and numbers."""
    for said in ordeal(context, subject.name).values:
        yield from oracle.hostile_value_is_no_internal_error(said.exchange, said.what)


@check(oracle.hostile_id_names_nothing, over=text_services)
def test_hostile_id_names_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look for objects in what was answered to odd texts."""
    for said in ordeal(context, subject.name).texts:
        yield from oracle.hostile_id_names_nothing(said.exchange, said.what)


@check(oracle.hostile_request_shows_no_internals, over=tried_services)
def test_hostile_request_shows_no_internals(context: Context, subject: Subject) -> Iterator[Breach]:
    """Search what was answered to all that was sent."""
    for said in ordeal(context, subject.name).every:
        yield from oracle.hostile_request_shows_no_internals(said.exchange, said.what)


@check(oracle.server_works_afterwards, over=tried_services)
def test_server_works_afterwards(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare a plain call before with the same one after."""
    played = ordeal(context, subject.name)
    sent = [said.what for said in played.every]
    yield from oracle.server_works_afterwards(played.before, played.after, sent)


@check(oracle.wrong_kind_is_answered, over=tried_services)
def test_wrong_kind_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send lists, objects and nulls for scalars."""
    for said in kinds(context, subject.name):
        yield from oracle.wrong_kind_is_answered(said.exchange, said.what)


@check(oracle.big_body_is_answered, over=target)
def test_big_body_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Send a text of two megabytes, an object of thousands of members, and the like."""
    asked = usual(context)
    for body in big_bodies(asked.parameter or "id"):
        said = with_body(context, asked, body)
        yield from oracle.big_body_is_answered(said.exchange, said.what)


@check(oracle.long_url_is_answered, over=target)
def test_long_url_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Ask by a URL that grows until a usual web server refuses it."""
    asked = usual(context)
    for length in (LONG_URL // 4, LONG_URL, 2 * LONG_URL):
        query = f"?format=1&{NONCE}={context.random.getrandbits(48):x}"
        exchange = context.send_raw("GET", f"{path_of(asked)}{query}{'y' * length}")
        yield from oracle.long_url_is_answered(exchange, f"a URL of {length} characters")


@check(oracle.cut_upload_is_answered, over=uploading_target)
def test_cut_upload_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Break off in the middle of a file, for a token that does not exist."""
    permitted(context)
    needs_uploads(context)
    fields = {"uploadTokenId": UNKNOWN_TOKEN, "format": "1", "ks": str(context.ks("admin"))}
    body = cut_upload(fields, "fileData", context.random)
    exchange = context.send_raw(
        "POST",
        f"/api_v3/service/{SERVICE}/action/upload?format=1",
        headers={"Content-Type": str(body.content_type)},
        body=body.content,
    )
    yield from oracle.cut_upload_is_answered(exchange, body.label)


@check(oracle.nothing_sent_becomes_a_header, over=target)
def test_nothing_sent_becomes_a_header(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Break the line in the values that servers write into headers."""
    asked = usual(context)
    for name, opening in (("content-type", "text/plain"), ("callback", "a"), ("clientTag", "a")):
        for line_break in LINE_BREAKS:
            value = quote(f"{opening}{line_break}{INJECTED}: 1{line_break}{line_break}")
            nonce = f"{NONCE}={context.random.getrandbits(48):x}"
            path = f"{path_of(asked)}?format=1&{nonce}&{name}={value}"
            exchange = context.send_raw("GET", path)
            what = f"{name} with a line break"
            yield from oracle.nothing_sent_becomes_a_header(exchange, INJECTED, what)


@check(oracle.drawn_call_is_answered, over=list_services)
def test_drawn_call_is_answered(context: Context, subject: Subject) -> Iterator[Breach]:
    """List by filters of many properties, drawn from the schema."""
    permitted(context)
    for said in drawn_lists(context, subject.name):
        yield from oracle.drawn_call_is_answered(said.exchange, said.what)
