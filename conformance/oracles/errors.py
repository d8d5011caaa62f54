"""What holds of every error that a server answers, whatever call it answers.

The errors that a check provokes on purpose are judged in `refusals`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.internals import leaks_in_body, leaks_in_message, texts
from conformance.oracles.refusals import (
    abstract_type_is_refused,
    anonymous_call_is_decoded_first,
    control_character_is_refused,
    expired_session_is_noticed_after_decoding,
    foreign_enum_property_is_refused,
    foreign_enum_value_is_refused,
    forged_session_is_refused_first,
    limit_of_a_property_is_enforced,
    missing_action_is_refused,
    missing_parameter_is_named,
    missing_service_is_refused,
    scalar_is_no_object,
    unknown_action_is_named,
    unknown_action_precedes_the_session,
    unknown_id_has_its_services_code,
    unknown_id_is_echoed,
    unknown_id_is_refused,
    unknown_language_is_refused,
    unknown_service_is_named,
    value_at_a_limit_is_no_breach_of_it,
)
from conformance.oracles.shape import shown
from conformance.oracles.templates import AMBIGUOUS, agree, is_sound, rendered
from conformance.verdict.breach import Breach
from conformance.wire.answer import ERROR_TYPE, ApiError, Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.schema.model import Action, Schema
    from conformance.wire.exchange import Exchange

__all__ = [
    "abstract_type_is_refused",
    "anonymous_call_is_decoded_first",
    "code_is_a_token",
    "code_is_no_sentence",
    "control_character_is_refused",
    "error_has_its_arguments",
    "error_has_its_four_members",
    "error_is_http_200",
    "error_says_what_is_true",
    "error_shows_no_internals",
    "expired_session_is_noticed_after_decoding",
    "foreign_enum_property_is_refused",
    "foreign_enum_value_is_refused",
    "forged_session_is_refused_first",
    "limit_of_a_property_is_enforced",
    "message_is_the_template",
    "missing_action_is_refused",
    "missing_parameter_is_named",
    "missing_service_is_refused",
    "plain_read_does_not_break",
    "scalar_is_no_object",
    "unknown_action_is_named",
    "unknown_action_precedes_the_session",
    "unknown_id_has_its_services_code",
    "unknown_id_is_echoed",
    "unknown_id_is_refused",
    "unknown_language_is_refused",
    "unknown_service_is_named",
    "value_at_a_limit_is_no_breach_of_it",
]

TOKEN = re.compile(r"[A-Z][A-Z0-9_]*")
OK = 200
DEEPEST = 500

INTERNAL_CODES = frozenset(
    {"INTERNAL_SERVERL_ERROR", "INTERNAL_SERVER_ERROR", "INTERNAL_DATABASE_ERROR"}
)
NAMELESS = "->"
"""What a few services say of themselves before they know their name."""

PLAIN_FILTERS = frozenset({"objectType", "idEqual", "idIn", "statusEqual", "statusIn", "orderBy"})


@oracle("ERR-HTTP-001")
def error_is_http_200(exchange: Exchange) -> Iterator[Breach]:
    """An API error travels with HTTP status 200."""
    status = exchange.response.status
    if exchange.error is not None and status != OK:
        hint = "an API error is no HTTP error"
        yield Breach("HTTP status", "200", str(status), hint, (exchange.number,))


@oracle("ERR-SHAPE-001")
def error_has_its_four_members(exchange: Exchange) -> Iterator[Breach]:
    """An error has code, message, objectType and args, each of its own kind."""
    error = exchange.error
    if error is None:
        return
    raw: Mapping[str, object] = error.raw if isinstance(error.raw, Mapping) else {}
    if not isinstance(raw.get("code"), str) or not error.code:
        yield _breach(exchange, "$.code", "a text", shown(raw.get("code")))
    message = raw.get("message")
    if not isinstance(message, str):
        yield _breach(exchange, "$.message", "a text", shown(message))
    elif not message and TOKEN.fullmatch(error.code):
        yield _breach(exchange, "$.message", "a text that says something", "empty")
    if raw.get("objectType") != ERROR_TYPE:
        yield _breach(exchange, "$.objectType", ERROR_TYPE, shown(raw.get("objectType")))
    yield from _arguments_are_texts(exchange, raw)


def _arguments_are_texts(exchange: Exchange, raw: Mapping[str, object]) -> Iterator[Breach]:
    if "args" not in raw:
        yield _breach(exchange, "$.args", "the arguments, or an empty list", "absent")
        return
    args = raw["args"]
    if args == []:
        return
    if not isinstance(args, Mapping):
        yield _breach(exchange, "$.args", "an object, or an empty list", shown(args))
        return
    for name, value in args.items():
        if not isinstance(value, str):
            yield _breach(exchange, f"$.args.{name}", "a text", shown(value))


@oracle("ERR-CODE-001")
def code_is_a_token(exchange: Exchange, schema: Schema) -> Iterator[Breach]:
    """A code is one upper-case token, or published as it is.

    A whole sentence in the place of a code is a known defect of a few actions (CONTRACT ERR-07) and
    judged elsewhere: codes with blanks are left alone here.
    """
    error = exchange.error
    if error is None or TOKEN.fullmatch(error.code) or error.code in schema.errors:
        return
    if error.code and " " not in error.code.strip():
        yield _breach(exchange, "$.code", "an upper-case token", shown(error.code))


@oracle("ERR-CODE-002")
def code_is_no_sentence(exchange: Exchange, schema: Schema) -> Iterator[Breach]:
    """A code is one word, for programs to compare; the sentence for people is the message."""
    error = exchange.error
    if error is not None and " " in error.code and error.code not in schema.errors:
        yield _breach(exchange, "$.code", "one upper-case token", shown(error.code))


@oracle("ERR-ARGS-001")
def error_has_its_arguments(
    exchange: Exchange, schema: Schema, *, skipped: Callable[[str], bool] = lambda _code: False
) -> Iterator[Breach]:
    """An error's arguments are named as its published parameters."""
    error = exchange.error
    template = schema.errors.get(error.code) if error else None
    if error is None or template is None or not is_sound(template):
        return
    if error.code in AMBIGUOUS or skipped(error.code):
        return
    if set(error.args) != set(template.parameters):
        expected = ", ".join(template.parameters) or "no argument"
        actual = ", ".join(error.args) or "no argument"
        yield _breach(exchange, "$.args", expected, actual, hint=f"the arguments of {error.code}")


@oracle("ERR-MSG-001")
def message_is_the_template(
    exchange: Exchange, schema: Schema, *, skipped: Callable[[str], bool] = lambda _code: False
) -> Iterator[Breach]:
    """An error's message is its published template with the arguments filled in."""
    error = exchange.error
    template = schema.errors.get(error.code) if error else None
    if error is None or template is None or not is_sound(template):
        return
    if error.code in AMBIGUOUS or skipped(error.code):
        return
    if set(error.args) != set(template.parameters):
        return
    expected = rendered(template, error.args)
    if not agree(error.message, expected):
        yield _breach(exchange, "$.message", expected, error.message)


@oracle("ERR-LEAK-001")
def error_shows_no_internals(exchange: Exchange) -> Iterator[Breach]:
    """No answer shows diagnostics, and no error paths, source lines or queries of the server."""
    sent = "\n".join(texts(exchange.call.params))
    # What a result quotes is somebody's data: a job's log, an entry's description.
    if isinstance(exchange.answer, ApiError | Malformed):
        for what, text in leaks_in_body(exchange.response.body):
            if text not in sent:
                yield _breach(exchange, "body", f"no trace of {what}", shown(text))
    error = exchange.error
    if error is None:
        return
    for where, said in (("$.message", error.message), ("$.args", "\n".join(error.args.values()))):
        for what, text in leaks_in_message(said, sent):
            yield _breach(exchange, where, f"no trace of {what}", shown(text))


@oracle("ERR-TRUTH-001")
def error_says_what_is_true(exchange: Exchange, action: Action, schema: Schema) -> Iterator[Breach]:
    """An error's arguments are true of the call that it answers."""
    error = exchange.error
    if error is None or exchange.form.raw_body is not None or exchange.form.headers:
        return
    judge = _TRUTHS.get(error.code)
    if judge is not None and error.args:
        yield from judge(exchange, action, schema)


def _forbids_this_action(exchange: Exchange, action: Action, _schema: Schema) -> Iterator[Breach]:
    said = exchange.error.args.get("SERVICE", NAMELESS) if exchange.error else NAMELESS
    service, _, name = said.casefold().partition("->")
    own = action.service.casefold()
    by_own_name = service == own or own.endswith(f"_{service}") or action.alias is not None
    if said != NAMELESS and not (by_own_name and name == action.name.casefold()):
        yield _breach(exchange, "$.args.SERVICE", f"{action.service}->{action.name}", shown(said))


def _parameter_is_missing(exchange: Exchange, action: Action, _schema: Schema) -> Iterator[Breach]:
    """Some actions call a blank text missing, or an optional parameter that they need after all."""
    name = exchange.error.args.get("PARAM_NAME", "") if exchange.error else ""
    parameter = action.param(name)
    if parameter is None or parameter.type.kind == "file" or nests_too_deep(exchange):
        return
    if not _is_blank(exchange.call.params.get(name)):
        yield _breach(exchange, "$.args.PARAM_NAME", "a parameter that was not sent", shown(name))


def _is_blank(value: object) -> bool:
    """Whether PHP takes a value for none at all."""
    return not value or (isinstance(value, str) and value.strip() in {"", "0"})


def nests_too_deep(exchange: Exchange) -> bool:
    """Whether the body may nest deeper than a server reads: it then sees nothing (OBSERVED 8)."""
    body = exchange.request.body
    return body.count(b"[") + body.count(b"{") > DEEPEST


def _value_is_foreign(exchange: Exchange, _action: Action, schema: Schema) -> Iterator[Breach]:
    """A constant that was sent may be refused where it makes no sense, as a schedule event does."""
    args = exchange.error.args if exchange.error else {}
    enum = schema.enums.get(args.get("ENUM_TYPE", ""))
    value = args.get("ENUM_VAL", "")
    if enum is None or value in map(_as_enum_text, texts(exchange.call.params)):
        return
    if any(constant.value == value for constant in enum.constants):
        yield _breach(exchange, "$.args.ENUM_VAL", f"no value of {enum.name}", shown(value))


def _as_enum_text(text: str) -> str:
    return {"true": "1", "false": "0"}.get(text.casefold(), text)


def _class_is_abstract(exchange: Exchange, _action: Action, schema: Schema) -> Iterator[Breach]:
    name = exchange.error.args.get("OBJ_TYPE", "") if exchange.error else ""
    known = schema.classes.get(name)
    if known is not None and not known.abstract:
        yield _breach(exchange, "$.args.OBJ_TYPE", "an abstract class", shown(name))


def _object_is_no_object(exchange: Exchange, action: Action, _schema: Schema) -> Iterator[Breach]:
    name = exchange.error.args.get("PROP_NAME", "") if exchange.error else ""
    parameter = action.param(name)
    if parameter is None or parameter.type.kind != "object":
        return
    if isinstance(exchange.call.params.get(name), Mapping):
        yield _breach(exchange, "$.args.PROP_NAME", "a parameter that is no object", shown(name))


_TRUTHS = {
    "SERVICE_FORBIDDEN": _forbids_this_action,
    "MISSING_MANDATORY_PARAMETER": _parameter_is_missing,
    "INVALID_ENUM_VALUE": _value_is_foreign,
    "OBJECT_TYPE_ABSTRACT": _class_is_abstract,
    "PROPERTY_VALIDATION_WRONG_FORMAT": _object_is_no_object,
}


@oracle("ERR-INTERNAL-001")
def plain_read_does_not_break(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """A plain read is not answered by an internal error."""
    error = exchange.error
    if error is None or error.code not in INTERNAL_CODES or action.name not in {"get", "list"}:
        return
    if all(map(_is_plain, exchange.call.params.values())):
        hint = "the message says nothing; the server's log does"
        yield _breach(exchange, "$.code", "a result, or an error that says why", error.code, hint)


def _is_plain(value: object) -> bool:
    """Whether a parameter is a scalar, a pager, or a filter of the simplest kind."""
    if not isinstance(value, Mapping):
        return isinstance(value, str | int)
    names = set(value) - {"pageSize", "pageIndex"}
    return names <= PLAIN_FILTERS and all(isinstance(item, str | int) for item in value.values())


def _breach(exchange: Exchange, where: str, expected: str, actual: str, hint: str = "") -> Breach:
    return Breach(where, expected, actual, hint, (exchange.number,))
