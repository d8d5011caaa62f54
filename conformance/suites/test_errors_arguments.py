"""Errors of what an action is given: provoked on every action that can be given it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import errors
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subjects import action_subject
from conformance.schema.standard import key_params
from conformance.suites.misuse import (
    CONTROL_TEXT,
    SCALAR,
    action_of,
    asked,
    before,
    callable_actions,
    class_of,
    concrete,
    foreign,
    has_foreign_values,
    is_decoded_as_usual,
    is_required,
    object_params,
    required,
    settable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.schema.model import Action, Param, Property
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

PROPERTIES_A_CLASS = 4
"""Enum properties tried for one object parameter; the draw differs from action to action."""
CLASSES_A_PARAMETER = 4
REFUSED_FOR_ANOTHER_REASON = ("FORBIDDEN", "NOT_AVAILABLE", "INVALID_KS", "MISSING_KS", "BLOCKED")
UNRELATED_CLASS = "KalturaConformanceNoSuchClass"
TWO_BYTES = "\u00e9"
LENGTH_OF_TWO_BYTES = 2


def _has_required(action: Action, _scope: Scope) -> bool:
    return bool(required(action))


@check(errors.missing_parameter_is_named, over=callable_actions(_has_required))
def test_missing_parameter_is_named(context: Context, subject: Subject) -> Iterator[Breach]:
    """Leave out each required parameter in turn, with everything before it given."""
    action = action_of(context, subject)
    for parameter in required(action):
        params, files = before(context, action, parameter)
        exchange = asked(context, action, params, files)
        yield from errors.missing_parameter_is_named(exchange, parameter.name)


@check(errors.anonymous_call_is_decoded_first, over=callable_actions(_has_required))
def test_anonymous_call_is_decoded_first(context: Context, subject: Subject) -> Iterator[Breach]:
    """Leave out both the KS and the first required parameter."""
    action = action_of(context, subject)
    exchange = asked(context, action, {}, session="none")
    yield from errors.anonymous_call_is_decoded_first(exchange, required(action)[0].name)


def services_with_a_parameter(scope: Scope) -> Iterator[Subject]:
    """One action of each service: the first that may be called and has a required parameter."""
    known: set[str] = set()
    for subject in callable_actions(_has_required)(scope):
        if subject.service not in known:
            known.add(str(subject.service))
            yield subject


@check(errors.expired_session_is_noticed_after_decoding, over=services_with_a_parameter)
def test_expired_session_is_noticed_after_decoding(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Leave out the first required parameter, with an expired KS."""
    action = action_of(context, subject)
    exchange = asked(context, action, {}, ks=context.expired_ks())
    yield from errors.expired_session_is_noticed_after_decoding(exchange, required(action)[0].name)


def decoded_actions(scope: Scope) -> Iterator[Subject]:
    """Every action, also those that must never be carried out: a forged KS carries out nothing."""
    for action in scope.schema.actions:
        if is_decoded_as_usual(action, scope.profile):
            yield action_subject(action)


@check(errors.forged_session_is_refused_first, over=decoded_actions)
def test_forged_session_is_refused_first(context: Context, subject: Subject) -> Iterator[Breach]:
    """Call with a forged KS and without a single parameter."""
    exchange = asked(context, action_of(context, subject), {}, ks=context.forged_ks())
    yield from errors.forged_session_is_refused_first(exchange)


def _has_enum_parameter(action: Action, scope: Scope) -> bool:
    return any(has_foreign_values(p.type, scope.schema) for p in action.params)


@check(errors.foreign_enum_value_is_refused, over=callable_actions(_has_enum_parameter))
def test_foreign_enum_value_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Give each enum parameter in turn a value that its enum does not have."""
    action = action_of(context, subject)
    for parameter in action.params:
        if not has_foreign_values(parameter.type, context.schema):
            continue
        enum = str(parameter.type.enum)
        value = foreign(enum, context.schema)
        params, files = before(context, action, parameter)
        exchange = asked(context, action, {**params, parameter.name: value}, files)
        yield from errors.foreign_enum_value_is_refused(
            exchange, parameter.name, enum=enum, value=str(value)
        )


def _has_object(action: Action, scope: Scope) -> bool:
    return bool(object_params(action, scope.schema))


@check(errors.foreign_enum_property_is_refused, over=callable_actions(_has_object))
def test_foreign_enum_property_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Give a few enum properties of each object a value that their enum does not have."""
    action = action_of(context, subject)
    for parameter in object_params(action, context.schema):
        params, files = before(context, action, parameter)
        for owner, chosen in _drawn(context, str(parameter.type.name), _is_enum):
            enum = str(chosen.type.enum)
            value = foreign(enum, context.schema)
            sent = {**params, parameter.name: {"objectType": owner, chosen.name: value}}
            exchange = asked(context, action, sent, files)
            yield from errors.foreign_enum_property_is_refused(
                exchange, chosen.name, enum=enum, value=str(value)
            )


def _is_enum(context: Context, candidate: Property) -> bool:
    return has_foreign_values(candidate.type, context.schema)


def _drawn(
    context: Context, declared: str, fits: Callable[[Context, Property], bool]
) -> list[tuple[str, Property]]:
    """A few properties of a class, or of the first one that its objects can be."""
    owner = concrete(declared, context.schema, context.lineage)
    found = [(owner, p) for p in settable(owner, context.lineage) if fits(context, p)]
    return context.random.sample(found, min(PROPERTIES_A_CLASS, len(found)))


def _has_abstract(action: Action, scope: Scope) -> bool:
    return any(class_of(p, scope.schema).abstract for p in object_params(action, scope.schema))


@check(errors.abstract_type_is_refused, over=callable_actions(_has_abstract))
def test_abstract_type_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send an object of an abstract class: unnamed, named, and under a name that nothing has."""
    action = action_of(context, subject)
    for parameter in object_params(action, context.schema):
        declared = class_of(parameter, context.schema)
        if not declared.abstract:
            continue
        params, files = before(context, action, parameter)
        for value in ({}, {"objectType": declared.name}, {"objectType": UNRELATED_CLASS}):
            exchange = asked(context, action, {**params, parameter.name: value}, files)
            yield from errors.abstract_type_is_refused(exchange, declared.name)


@check(errors.scalar_is_no_object, over=callable_actions(_has_object))
def test_scalar_is_no_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send a number in the place of each object."""
    action = action_of(context, subject)
    for parameter in object_params(action, context.schema):
        params, files = before(context, action, parameter)
        exchange = asked(context, action, {**params, parameter.name: SCALAR}, files)
        yield from errors.scalar_is_no_object(exchange, parameter.name)


def _has_text(action: Action, scope: Scope) -> bool:
    return any(_is_text_param(action, i) for i in range(len(action.params))) or _has_object(
        action, scope
    )


def _is_text_param(action: Action, index: int) -> bool:
    ref = action.params[index].type
    return ref.kind == "string" and ref.enum is None


@check(errors.control_character_is_refused, over=callable_actions(_has_text))
def test_control_character_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Put a control character into the first text parameter, and into one text of each object."""
    action = action_of(context, subject)
    texts = [p for i, p in enumerate(action.params) if _is_text_param(action, i)]
    for parameter in texts[:1]:
        params, files = before(context, action, parameter)
        exchange = asked(context, action, {**params, parameter.name: CONTROL_TEXT}, files)
        yield from errors.control_character_is_refused(exchange, parameter.name)
    for parameter in object_params(action, context.schema):
        params, files = before(context, action, parameter)
        for owner, chosen in _drawn(context, str(parameter.type.name), _is_text)[:1]:
            sent = {**params, parameter.name: {"objectType": owner, chosen.name: CONTROL_TEXT}}
            exchange = asked(context, action, sent, files)
            yield from errors.control_character_is_refused(exchange, chosen.name)


def _is_text(_context: Context, candidate: Property) -> bool:
    return candidate.type.kind == "string" and candidate.type.enum is None


def _has_limits(action: Action, scope: Scope) -> bool:
    return any(
        _overstepping(candidate)
        for parameter in object_params(action, scope.schema)
        for owner in scope.lineage.concrete(str(parameter.type.name))
        for candidate in settable(owner, scope.lineage)
    )


@check(errors.limit_of_a_property_is_enforced, over=callable_actions(_has_limits))
def test_limit_of_a_property_is_enforced(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send values just beyond the published limits."""
    action = action_of(context, subject)
    for parameter in object_params(action, context.schema):
        params, files = before(context, action, parameter)
        for owner, chosen in _limited(context, str(parameter.type.name)):
            for limit, value in _overstepping(chosen):
                sent = {**params, parameter.name: {"objectType": owner, chosen.name: value}}
                exchange = asked(context, action, sent, files)
                if _is_unknown(context, exchange, owner, parameter):
                    continue
                bound = _bound(chosen, limit)
                yield from errors.limit_of_a_property_is_enforced(
                    exchange, chosen.name, limit, bound
                )


@check(errors.value_at_a_limit_is_no_breach_of_it, over=callable_actions(_has_limits))
def test_value_at_a_limit_is_no_breach_of_it(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Send values at the published limits, without a KS: decoded, and then refused for that."""
    action = action_of(context, subject)
    if action.session == "none" or context.profile.actions.open_without_ks(action.id):
        raise NotApplicable("would be carried out without a KS")
    for parameter in object_params(action, context.schema):
        params, files = before(context, action, parameter)
        for owner, chosen in _limited(context, str(parameter.type.name)):
            for limit, value in _keeping(chosen):
                sent = {**params, parameter.name: {"objectType": owner, chosen.name: value}}
                exchange = asked(context, action, sent, files, session="none")
                yield from errors.value_at_a_limit_is_no_breach_of_it(exchange, chosen.name, limit)


def _bound(chosen: Property, limit: str) -> float:
    """What the schema says of a limit that it has."""
    bound = getattr(chosen, limit.lower())
    assert bound is not None
    return float(bound)


def _is_unknown(context: Context, exchange: Exchange, owner: str, parameter: Param) -> bool:
    """Whether the server has no such class: its plugin may be off (CONTRACT TRAP-03)."""
    error, declared = exchange.error, class_of(parameter, context.schema)
    return (
        error is not None
        and error.code == "OBJECT_TYPE_ABSTRACT"
        and error.args.get("OBJ_TYPE") == declared.name != owner
        and context.schema.classes[owner].plugin != declared.plugin
    )


def _limited(context: Context, declared: str) -> list[tuple[str, Property]]:
    """Properties with limits, each from one of the classes that have it."""
    found: dict[tuple[str, tuple[object, ...]], tuple[str, Property]] = {}
    for owner in context.lineage.concrete(declared):
        for candidate in settable(owner, context.lineage):
            limits = tuple(_overstepping(candidate))
            if limits:
                found.setdefault((candidate.name, limits), (owner, candidate))
    return list(found.values())[: 2 * CLASSES_A_PARAMETER]


def _overstepping(candidate: Property) -> list[tuple[str, str | int]]:
    """Each published limit of a property with a value just beyond it."""
    beyond: list[tuple[str, str | int]] = []
    if candidate.type.kind == "string":
        if candidate.min_length:
            beyond.append(("MIN_LENGTH", "x" * (candidate.min_length - 1)))
        if candidate.max_length is not None:
            beyond.append(("MAX_LENGTH", "x" * (candidate.max_length + 1)))
            # Fewer characters than allowed, and more bytes, which are what counts (OBSERVED 23).
            if candidate.max_length >= LENGTH_OF_TWO_BYTES:
                beyond.append(("MAX_LENGTH", TWO_BYTES * (candidate.max_length // 2 + 1)))
    elif candidate.type.kind in {"int", "bigint", "float"} and not candidate.type.is_time:
        if candidate.min_value is not None:
            beyond.append(("MIN_VALUE", int(candidate.min_value) - 1))
        if candidate.max_value is not None:
            beyond.append(("MAX_VALUE", int(candidate.max_value) + 1))
    return beyond


def _keeping(candidate: Property) -> list[tuple[str, str | int]]:
    """Each published limit of a property with the last value that keeps it."""
    if candidate.type.kind == "string":
        lengths = {"MIN_LENGTH": candidate.min_length, "MAX_LENGTH": candidate.max_length}
        return [(limit, "x" * length) for limit, length in lengths.items() if length]
    if candidate.type.kind not in {"int", "bigint", "float"} or candidate.type.is_time:
        return []
    values = {"MIN_VALUE": candidate.min_value, "MAX_VALUE": candidate.max_value}
    return [(limit, int(value)) for limit, value in values.items() if value is not None]


def _names_an_object(action: Action, scope: Scope) -> bool:
    keys = key_params(action)
    return (
        action.name in {"get", "update", "delete"}
        and bool(keys)
        and all(is_required(key) and key.name.casefold().endswith("id") for key in keys)
        and all(key.name != "partnerId" for key in keys)
        and not scope.profile.quirks.why("internal_errors", action.id)
    )


@check(errors.unknown_id_is_refused, over=callable_actions(_names_an_object))
def test_unknown_id_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for, change and delete an object that does not exist."""
    action = action_of(context, subject)
    params, files = before(context, action)
    exchange = asked(context, action, params, files)
    code = exchange.error.code if exchange.error else ""
    if any(reason in code for reason in REFUSED_FOR_ANOTHER_REASON):
        raise NotApplicable(f"refused for another reason: {code}")
    yield from errors.unknown_id_is_refused(
        exchange,
        known_codes=context.profile.quirks.not_found_codes(action.id),
        any_error=action.name == "update",
    )
