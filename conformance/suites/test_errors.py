"""Errors judged wherever one was answered, and those of calls that name nothing there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import errors
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subjects import action_subject, actions, services, target
from conformance.suites.misuse import (
    action_of,
    asked,
    is_decoded_as_usual,
)
from conformance.wire.request import Endpoint, Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange


def seen(context: Context, subject: Subject) -> tuple[Exchange, ...]:
    """What the run has heard of an action; not applicable when it was never called."""
    exchanges = context.seen(subject.name)
    if not exchanges:
        raise NotApplicable("not called")
    return exchanges


def single_object_actions(scope: Scope) -> Iterator[Subject]:
    """The get, update and delete actions."""
    for action in scope.schema.actions:
        if action.name in {"get", "update", "delete"}:
            yield action_subject(action)


@check(errors.error_is_http_200, over=actions, last=True)
def test_error_is_http_200(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every answer of the action."""
    for exchange in seen(context, subject):
        yield from errors.error_is_http_200(exchange)


@check(errors.error_has_its_four_members, over=actions, last=True)
def test_error_has_its_four_members(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every error of the action."""
    for exchange in seen(context, subject):
        yield from errors.error_has_its_four_members(exchange)


@check(errors.code_is_a_token, over=actions, last=True)
def test_code_is_a_token(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every error of the action."""
    for exchange in seen(context, subject):
        yield from errors.code_is_a_token(exchange, context.schema)


@check(errors.code_is_no_sentence, over=actions, last=True)
def test_code_is_no_sentence(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every error of the action."""
    if why := context.profile.quirks.why("odd_codes", subject.name):
        raise NotApplicable(why)
    for exchange in seen(context, subject):
        yield from errors.code_is_no_sentence(exchange, context.schema)


def skipped_codes(context: Context) -> Callable[[str], bool]:
    """The codes whose template the profile does not trust."""
    return lambda code: context.profile.quirks.why("template_skip", code) is not None


@check(errors.error_has_its_arguments, over=actions, last=True)
def test_error_has_its_arguments(context: Context, subject: Subject) -> Iterator[Breach]:
    """Compare the arguments of every error of the action with the published parameters."""
    skipped = skipped_codes(context)
    for exchange in seen(context, subject):
        yield from errors.error_has_its_arguments(exchange, context.schema, skipped=skipped)


@check(errors.message_is_the_template, over=actions, last=True)
def test_message_is_the_template(context: Context, subject: Subject) -> Iterator[Breach]:
    """Fill the published template of every error of the action with its arguments."""
    skipped = skipped_codes(context)
    for exchange in seen(context, subject):
        yield from errors.message_is_the_template(exchange, context.schema, skipped=skipped)


@check(errors.error_shows_no_internals, over=actions, last=True)
def test_error_shows_no_internals(context: Context, subject: Subject) -> Iterator[Breach]:
    """Search every answer of the action."""
    for exchange in seen(context, subject):
        yield from errors.error_shows_no_internals(exchange)


@check(errors.error_says_what_is_true, over=actions, last=True)
def test_error_says_what_is_true(context: Context, subject: Subject) -> Iterator[Breach]:
    """Hold the arguments of every error of the action against its call."""
    action = action_of(context, subject)
    if not is_decoded_as_usual(action, context.profile):
        raise NotApplicable("errors are replaced on purpose")
    for exchange in seen(context, subject):
        yield from errors.error_says_what_is_true(exchange, action, context.schema)


@check(errors.plain_read_does_not_break, over=single_object_actions, last=True)
def test_plain_get_does_not_break(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every answer of a get."""
    yield from _plain_reads(context, subject)


def lists(scope: Scope) -> Iterator[Subject]:
    """The list actions."""
    return (action_subject(a) for a in scope.schema.actions if a.name == "list")


@check(errors.plain_read_does_not_break, over=lists, last=True)
def test_plain_list_does_not_break(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every answer of a list."""
    yield from _plain_reads(context, subject)


def _plain_reads(context: Context, subject: Subject) -> Iterator[Breach]:
    if why := context.profile.quirks.why("internal_errors", subject.name):
        raise NotApplicable(why)
    action = action_of(context, subject)
    for exchange in seen(context, subject):
        yield from errors.plain_read_does_not_break(exchange, action)


@check(errors.unknown_id_is_echoed, over=single_object_actions, last=True)
def test_unknown_id_is_echoed(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look for the id in every not-found error of the action."""
    action = action_of(context, subject)
    for exchange in seen(context, subject):
        yield from errors.unknown_id_is_echoed(exchange, action, context.schema)


def named_objects(scope: Scope) -> Iterator[Subject]:
    """The gets and deletes of core services whose refusal of an unknown id the profile knows.

    A plugin's release is its own: others may say it in other words (CONTRACT ERR-30).
    """
    for action in scope.schema.actions:
        named = action.name in {"get", "delete"} and "_" not in action.service
        if named and action.plugin is None and scope.profile.quirks.not_found_codes(action.id):
            yield action_subject(action)


@check(errors.unknown_id_has_its_services_code, over=named_objects, last=True)
def test_unknown_id_has_its_services_code(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at every not-found error of the action."""
    codes = context.profile.quirks.not_found_codes(subject.name)
    for exchange in seen(context, subject):
        yield from errors.unknown_id_has_its_services_code(exchange, codes)


@check(errors.unknown_service_is_named, over=target)
def test_unknown_service_is_named(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Call a service that no server has, also with the prefix of a plugin."""
    mark = f"{context.random.getrandbits(32):08x}"
    for service in (f"conformanceNoSuch{mark}", f"conformance_noSuch{mark}"):
        exchange = context.call(service, "list")
        yield from errors.unknown_service_is_named(exchange, service)


@check(errors.missing_service_is_refused, over=target)
def test_missing_service_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Call nothing at all, with and without a KS."""
    for session in ("admin", "none"):
        exchange = context.call("", "", session=session, form=Form(endpoint=Endpoint.BARE))
        yield from errors.missing_service_is_refused(exchange)


@check(errors.unknown_language_is_refused, over=target)
def test_unknown_language_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001 - the shape of every check
    """Ask in a language that is none."""
    exchange = context.call("system", "getTime", {"language": "!!"})
    yield from errors.unknown_language_is_refused(exchange, "!!")


@check(errors.unknown_action_is_named, over=services)
def test_unknown_action_is_named(context: Context, subject: Subject) -> Iterator[Breach]:
    """Call an action that no service has."""
    action = f"conformanceNoSuch{context.random.getrandbits(32):08x}"
    exchange = context.call(str(subject.service), action)
    _unless_absent(context, exchange)
    yield from errors.unknown_action_is_named(exchange, str(subject.service), action)


@check(errors.unknown_action_precedes_the_session, over=services)
def test_unknown_action_precedes_the_session(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Call an action that no service has, with a forged KS."""
    action = f"conformanceNoSuch{context.random.getrandbits(32):08x}"
    exchange = context.call(str(subject.service), action, ks=context.forged_ks())
    _unless_absent(context, exchange)
    yield from errors.unknown_action_precedes_the_session(exchange)


@check(errors.missing_action_is_refused, over=services)
def test_missing_action_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Name the service and no action."""
    exchange = context.call(str(subject.service), "", form=Form(endpoint=Endpoint.BARE))
    _unless_absent(context, exchange)
    yield from errors.missing_action_is_refused(exchange)


def _unless_absent(context: Context, exchange: Exchange) -> None:
    """Not applicable when the whole service is absent, which another check judges.

    Whether it is, an action of the schema tells: a forged KS carries out nothing.
    """
    if exchange.error is not None and exchange.error.code == "SERVICE_DOES_NOT_EXISTS":
        service = context.schema.services[exchange.call.service.lower()]
        known = next(iter(service.actions.values()), None)
        if known is None:
            raise NotApplicable("the schema names no action of the service")
        asked(context, known, {}, ks=context.forged_ks())
