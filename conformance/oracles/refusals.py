"""The errors that a check provokes: one thing is wrong with a call, and one answer is right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.internals import texts
from conformance.oracles.shape import shown
from conformance.oracles.templates import TAG
from conformance.schema.standard import key_params
from conformance.verdict.breach import Breach
from conformance.wire.answer import DieError, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.schema.model import Action, Param, Schema
    from conformance.wire.exchange import Exchange

NOT_FOUND = re.compile(
    r"NOT_FOUND|NOT_ASSIGNED|(?<!^SERVICE_)(?<!^ACTION_)DOES_NOT_EXISTS?|^UNKNOWN_"
    r"|^INVALID_(?!ENUM|PARAM|KS|FIELD).*(?:ID|TYPE)$"
)
"""The ways of saying that there is no such object (CONTRACT ERR-30)."""

LIMITS = {
    "MIN_LENGTH": "MIN_LEN",
    "MAX_LENGTH": "MAX_LEN",
    "MIN_VALUE": "MIN_VAL",
    "MAX_VALUE": "MAX_VAL",
}
"""By limit, the argument in which its refusal tells it (CONTRACT section 3.2; recorded)."""

UNFILLED = "N/A"
"""What a server writes for a placeholder that it forgot to fill (CONTRACT ERR-05)."""


@oracle("ERR-SERVICE-001")
def unknown_service_is_named(exchange: Exchange, service: str) -> Iterator[Breach]:
    """A service that does not exist is refused, with its name in lower case."""
    yield from refused(exchange, "SERVICE_DOES_NOT_EXISTS", SRV_NAME=service.lower())


@oracle("ERR-SERVICE-002")
def missing_service_is_refused(exchange: Exchange) -> Iterator[Breach]:
    """A call that names no service is refused."""
    yield from refused(exchange, "SERVICE_NOT_SPECIFIED")


@oracle("ERR-ACTION-001")
def unknown_action_is_named(exchange: Exchange, service: str, action: str) -> Iterator[Breach]:
    """An action that a service does not have is refused, with both names in lower case."""
    yield from refused(
        exchange,
        "ACTION_DOES_NOT_EXISTS",
        ACTION_NAME=action.lower(),
        SERVICE_NAME=service.lower(),
    )


@oracle("ERR-ACTION-002")
def missing_action_is_refused(exchange: Exchange) -> Iterator[Breach]:
    """A call that names a service and no action is refused."""
    yield from refused(exchange, "ACTION_NOT_SPECIFIED", "ACTION_DOES_NOT_EXISTS")


@oracle("ERR-LANG-001")
def unknown_language_is_refused(exchange: Exchange, language: str) -> Iterator[Breach]:
    """A language that is no language code is refused."""
    yield from refused(exchange, "INVALID_LANGUAGE_CODE", LANGUAGE_CODE=language)


@oracle("ERR-MISSING-001")
def missing_parameter_is_named(exchange: Exchange, parameter: str) -> Iterator[Breach]:
    """A call without a required parameter is refused, and the first one missing is named."""
    yield from refused(exchange, "MISSING_MANDATORY_PARAMETER", PARAM_NAME=parameter)


@oracle("ERR-ENUM-001")
def foreign_enum_value_is_refused(
    exchange: Exchange, parameter: str, *, enum: str, value: str
) -> Iterator[Breach]:
    """A parameter with a value that its enum does not have is refused."""
    yield from refused(
        exchange, "INVALID_ENUM_VALUE", ENUM_VAL=value, PARAM_NAME=parameter, ENUM_TYPE=enum
    )


@oracle("ERR-ENUM-002")
def foreign_enum_property_is_refused(
    exchange: Exchange, name: str, *, enum: str, value: str
) -> Iterator[Breach]:
    """A property with a value that its enum does not have is refused."""
    yield from refused(
        exchange, "INVALID_ENUM_VALUE", ENUM_VAL=value, PARAM_NAME=name, ENUM_TYPE=enum
    )


@oracle("ERR-ABSTRACT-001")
def abstract_type_is_refused(exchange: Exchange, declared: str) -> Iterator[Breach]:
    """An object of an abstract class is refused, and the class is named."""
    yield from refused(exchange, "OBJECT_TYPE_ABSTRACT", OBJ_TYPE=declared)


@oracle("ERR-OBJECT-001")
def scalar_is_no_object(exchange: Exchange, parameter: str) -> Iterator[Breach]:
    """A scalar in the place of an object is refused."""
    yield from refused(exchange, "PROPERTY_VALIDATION_WRONG_FORMAT", PROP_NAME=parameter)


@oracle("ERR-CHAR-001")
def control_character_is_refused(exchange: Exchange, name: str) -> Iterator[Breach]:
    """A text with a character that XML cannot carry is refused, and its member is named."""
    yield from refused(exchange, "INVALID_PARAMETER_CHAR", XML_FIELD=name)


@oracle("ERR-LIMIT-001")
def limit_of_a_property_is_enforced(
    exchange: Exchange, name: str, limit: str, bound: float | None = None
) -> Iterator[Breach]:
    """A value beyond a published limit is refused, and the refusal tells the limit.

    `limit` is one of MIN_LENGTH, MAX_LENGTH, MIN_VALUE, MAX_VALUE; `bound` is what it is, if known.
    """
    code = f"PROPERTY_VALIDATION_{limit}"
    yield from refused(exchange, code, PROP_NAME=name)
    error, told = exchange.error, LIMITS[limit]
    if error is None or bound is None:
        return
    if error.code == code and error.args.get("PROP_NAME") == name:
        said = error.args.get(told, "")
        if not _is_number(said, bound):
            yield _breach(exchange, f"$.args.{told}", f"{bound:g}", said or "absent")


def _is_number(text: str, number: float) -> bool:
    try:
        return float(text) == number
    except ValueError:
        return False


@oracle("ERR-LIMIT-002")
def value_at_a_limit_is_no_breach_of_it(
    exchange: Exchange, name: str, limit: str
) -> Iterator[Breach]:
    """A value at a published limit is not refused for it, whatever else the call is refused for."""
    error = exchange.error
    if error is None or error.code != f"PROPERTY_VALIDATION_{limit}":
        return
    # Rules of the action's own code are stricter and name the class too (CONTRACT CRUD-20).
    if error.args.get("PROP_NAME") == name:
        yield _breach(exchange, "$.code", "no word about a limit that is kept", error.code)


@oracle("ERR-ORDER-001")
def forged_session_is_refused_first(exchange: Exchange) -> Iterator[Breach]:
    """A forged KS is refused before the call is decoded or carried out."""
    if isinstance(exchange.answer, DieError) and exchange.answer.code == "INVALID_KS":
        return
    yield from refused(exchange, "INVALID_KS")


@oracle("ERR-ORDER-002")
def unknown_action_precedes_the_session(exchange: Exchange) -> Iterator[Breach]:
    """An unknown action is noticed before a forged KS."""
    yield from refused(exchange, "ACTION_DOES_NOT_EXISTS")


@oracle("ERR-ORDER-003")
def expired_session_is_noticed_after_decoding(
    exchange: Exchange, parameter: str
) -> Iterator[Breach]:
    """A missing parameter is noticed before an expired KS."""
    yield from refused(exchange, "MISSING_MANDATORY_PARAMETER", PARAM_NAME=parameter)


@oracle("ERR-ORDER-004")
def anonymous_call_is_decoded_first(exchange: Exchange, parameter: str) -> Iterator[Breach]:
    """A missing parameter is noticed before the missing KS."""
    yield from refused(exchange, "MISSING_MANDATORY_PARAMETER", PARAM_NAME=parameter)


@oracle("ERR-FOUND-001")
def unknown_id_is_refused(
    exchange: Exchange, *, known_codes: Sequence[str] = (), any_error: bool = False
) -> Iterator[Breach]:
    """An id that nothing has is refused with a code that says so.

    `known_codes` are right whatever they say (`null`: a null result is right too); `any_error`
    accepts every error, for actions that look at the rest of the call first.
    """
    error = exchange.error
    if error is None:
        nothing = isinstance(exchange.answer, Result) and exchange.answer.value in (None, "")
        if not (nothing and "null" in known_codes):
            yield _breach(exchange, "$", "an error: there is no such object", _what(exchange))
    elif not (any_error or error.code in known_codes or NOT_FOUND.search(error.code)):
        yield _breach(exchange, "$.code", "a code that says: not found", error.code)


@oracle("ERR-FOUND-002")
def unknown_id_is_echoed(exchange: Exchange, action: Action, schema: Schema) -> Iterator[Breach]:
    """The error for an unknown id carries that id, where it carries one argument."""
    error = exchange.error
    template = schema.errors.get(error.code) if error else None
    if error is None or template is None or not NOT_FOUND.search(error.code):
        return
    if len(template.parameters) != 1 or len(error.args) != 1:
        return
    ids = [str(exchange.call.params[p.name]) for p in key_params(action) if _was_sent(exchange, p)]
    (name, said), *_ = error.args.items()
    if not ids or said == UNFILLED or said in texts(exchange.call.params):
        return
    if not any(sent.casefold() in said.casefold() for sent in ids):
        yield _breach(exchange, f"$.args.{name}", " or ".join(ids), shown(said))


@oracle("ERR-FOUND-003")
def unknown_id_has_its_services_code(
    exchange: Exchange, known_codes: Sequence[str]
) -> Iterator[Breach]:
    """An error that does not find what was asked for has a code by which the service says so.

    One that names another object is about that: the entry of an asset may be gone, and not it.
    """
    error = exchange.error
    codes = [code for code in known_codes if code != "null"]
    if error is None or not codes or not NOT_FOUND.search(error.code):
        return
    if error.code not in codes and set(error.args.values()) & set(texts(exchange.call.params)):
        yield _breach(exchange, "$.code", " or ".join(codes), error.code)


def _was_sent(exchange: Exchange, parameter: Param) -> bool:
    """Whether a parameter was sent as the text that the server echoes: no number in other words."""
    value = exchange.call.params.get(parameter.name)
    if parameter.type.kind == "string":
        return isinstance(value, str) and value.isascii() and "<" not in value
    return isinstance(value, int) or (isinstance(value, str) and value.isdigit())


def refused(exchange: Exchange, *codes: str, **args: str) -> Iterator[Breach]:
    """Breaches unless the answer is an error with one of the codes and these arguments."""
    error = exchange.error
    if error is None or error.code not in codes:
        yield _breach(exchange, "$.code", " or ".join(codes), _what(exchange))
        return
    yield from _arguments(exchange, error.args, args)


def _arguments(
    exchange: Exchange, said: Mapping[str, str], expected: Mapping[str, str]
) -> Iterator[Breach]:
    for name, value in expected.items():
        actual = said.get(name)
        if actual is None or TAG.sub("", actual) != TAG.sub("", value):
            yield _breach(exchange, f"$.args.{name}", value, shown(actual))


def _what(exchange: Exchange) -> str:
    """An answer in a few words."""
    answer = exchange.answer
    if exchange.error is not None:
        return exchange.error.code
    if isinstance(answer, Result):
        return f"a result: {shown(answer.value)}"
    return f"{type(answer).__name__} (HTTP {exchange.response.status})"


def _breach(exchange: Exchange, where: str, expected: str, actual: str) -> Breach:
    return Breach(where, expected, actual, exchanges=(exchange.number,))
