"""What every answer of the run owes on the wire, whatever it was asked for."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from conformance.oracles import wire as oracle
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subjects import actions
from conformance.suites.wire_subjects import writes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.schema.model import Action
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

TOLD_PER_ACTION = 20
"""Breaches that one action's answers yield at most; more say nothing new."""


def _every(
    context: Context, subject: Subject, judge: Callable[[Exchange, Action], Iterable[Breach]]
) -> Iterator[Breach]:
    action = context.schema.services[str(subject.service)].actions[str(subject.action)]
    seen = context.seen(subject.name)
    if not seen:
        raise NotApplicable("never asked in this run")
    return islice((b for exchange in seen for b in judge(exchange, action)), TOLD_PER_ACTION)


@check(oracle.answer_is_one_document, over=actions, last=True)
def test_answer_is_one_document(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.answer_is_one_document)


@check(oracle.content_type_follows_format, over=actions, last=True)
def test_content_type_follows_format(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.content_type_follows_format)


@check(oracle.result_has_status_200, over=actions, last=True)
def test_result_has_status_200(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.result_has_status_200)


@check(oracle.well_typed_call_is_no_server_error, over=actions, last=True)
def test_well_typed_call_is_no_server_error(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    judge = partial(
        oracle.well_typed_call_is_no_server_error, schema=context.schema, lineage=context.lineage
    )
    return _every(context, subject, judge)


@check(oracle.json_is_the_bare_value, over=actions, last=True)
def test_json_is_the_bare_value(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.json_is_the_bare_value)


@check(oracle.void_is_empty, over=actions, last=True)
def test_void_is_empty(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.void_is_empty)


@check(oracle.booleans_are_booleans, over=actions, last=True)
def test_booleans_are_booleans(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    judge = partial(oracle.booleans_are_booleans, schema=context.schema, lineage=context.lineage)
    return _every(context, subject, judge)


@check(oracle.xml_has_result_and_execution_time, over=actions, last=True)
def test_xml_has_result_and_execution_time(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.xml_has_result_and_execution_time)


@check(oracle.xml_execution_time_is_seconds, over=actions, last=True)
def test_xml_execution_time_is_seconds(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.xml_execution_time_is_seconds)


@check(oracle.xml_writes_every_property, over=actions, last=True)
def test_xml_writes_every_property(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    judge = partial(
        oracle.xml_writes_every_property, schema=context.schema, lineage=context.lineage
    )
    return _every(context, subject, judge)


@check(oracle.xml_orders_properties_base_first, over=actions, last=True)
def test_xml_orders_properties_base_first(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    judge = partial(
        oracle.xml_orders_properties_base_first, schema=context.schema, lineage=context.lineage
    )
    return _every(context, subject, judge)


@check(oracle.any_origin_is_allowed, over=actions, last=True)
def test_any_origin_is_allowed(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.any_origin_is_allowed)


@check(oracle.api_headers_are_exposed, over=actions, last=True)
def test_api_headers_are_exposed(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.api_headers_are_exposed)


@check(oracle.answer_to_a_session_is_not_stored, over=actions, last=True)
def test_answer_to_a_session_is_not_stored(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.answer_to_a_session_is_not_stored)


@check(oracle.answer_carries_expires_and_pragma, over=actions, last=True)
def test_answer_carries_expires_and_pragma(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.answer_carries_expires_and_pragma)


@check(oracle.session_header_is_number_and_second, over=actions, last=True)
def test_session_header_is_number_and_second(
    context: Context, subject: Subject
) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.session_header_is_number_and_second)


@check(oracle.fresh_answer_names_its_session, over=actions, last=True)
def test_fresh_answer_names_its_session(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.fresh_answer_names_its_session)


@check(oracle.answer_to_a_write_names_its_session, over=writes, last=True)
def test_answer_to_a_write_names_its_session(
    context: Context, subject: Subject
) -> Iterable[Breach]:
    """Look at every answer of an action that writes."""
    return _every(context, subject, oracle.answer_to_a_write_names_its_session)
