"""Calls with one thing wrong: what goes before the wrong thing, and what is wrong about it.

Parameters are decoded in the order in which they are declared (CONTRACT ERR-20), so everything
required before the wrong one is given, and nothing after it: such a call is never carried out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.generation import placeholders
from conformance.generation.placeholders import concrete_class, is_required, object_params
from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.plugin.subjects import action_subject
from conformance.wire.request import Form, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.profile.profile import Profile
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Class, Param, Property, Schema, TypeRef
    from conformance.wire.exchange import Exchange

__all__ = [
    "CONTROL_TEXT",
    "SCALAR",
    "action_of",
    "asked",
    "before",
    "callable_actions",
    "class_of",
    "concrete",
    "foreign",
    "has_foreign_values",
    "is_decoded_as_usual",
    "is_required",
    "object_params",
    "placeholder",
    "required",
    "settable",
]

FOREIGN_INT = 987654
FOREIGN_TEXT = "conformance_foreign_value"
"""Without a dot: `plugin.Value` asks for a plugin first (CONTRACT TRAP-21)."""

CONTROL_TEXT = "conformance\u0001probe"
SCALAR = 5
UNDECODED_ENUMS = frozenset({"KalturaNullableBoolean"})
"""Enums whose values are read as something else before they are compared (CONTRACT WIRE-23)."""


def action_of(context: Context, subject: Subject) -> Action:
    """The action that the subject is about."""
    return context.schema.services[str(subject.service)].actions[str(subject.action)]


def asked(
    context: Context,
    action: Action,
    params: dict[str, Any],
    files: dict[str, Upload] | None = None,
    *,
    session: str = "admin",
    ks: str | None = None,
    form: Form | None = None,
) -> Exchange:
    """One call; not applicable when the action is not there, which another check judges."""
    exchange = context.call(
        action.service, action.name, params, session=session, ks=ks, files=files or None, form=form
    )
    code = exchange.error.code if exchange.error else ""
    if code in {"SERVICE_DOES_NOT_EXISTS", "ACTION_DOES_NOT_EXISTS"}:
        raise NotApplicable(f"{action.id} is not there: {code}")
    if code == "ACTION_BLOCKED":
        raise Inconclusive(f"{action.id} is limited in rate")
    return exchange


def required(action: Action) -> tuple[Param, ...]:
    """The parameters that a call must have."""
    return tuple(p for p in action.params if is_required(p))


def before(
    context: Context, action: Action, parameter: Param | None = None
) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Well-typed values for what is required before a parameter, or for all that is required."""
    params: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    for earlier in action.params:
        if earlier == parameter:
            break
        if not is_required(earlier):
            continue
        if earlier.type.kind == "file":
            files[earlier.name] = Upload("probe.txt", b"conformance probe", "text/plain")
        elif earlier.name == "partnerId":
            params[earlier.name] = context.partner_id
        else:
            params[earlier.name] = placeholder(
                earlier.type, context.schema, context.lineage, context.random
            )
    return params, files


def placeholder(ref: TypeRef, schema: Schema, lineage: Lineage, random: Random) -> Any:
    """The least well-typed value of a type; NotApplicable where no class can be declared so."""
    try:
        return placeholders.placeholder(ref, schema, lineage, random)
    except LookupError as error:
        raise NotApplicable(str(error)) from error


def concrete(name: str, schema: Schema, lineage: Lineage) -> str:
    """A class that an object of the declared class can be; NotApplicable when there is none."""
    try:
        return concrete_class(name, schema, lineage)
    except LookupError as error:
        raise NotApplicable(str(error)) from error


def foreign(enum: str, schema: Schema) -> int | str:
    """A value that the enum surely does not have."""
    return FOREIGN_INT if schema.enums[enum].kind == "int" else FOREIGN_TEXT


def has_foreign_values(ref: TypeRef, schema: Schema) -> bool:
    """Whether the type is an enum whose values are checked."""
    return ref.enum is not None and ref.enum in schema.enums and ref.enum not in UNDECODED_ENUMS


def class_of(parameter: Param, schema: Schema) -> Class:
    """The declared class of an object parameter."""
    return schema.classes[str(parameter.type.name)]


def settable(name: str, lineage: Lineage) -> Iterator[Property]:
    """The properties of a class that a caller may send."""
    for candidate in lineage.properties(name).values():
        if not (candidate.read_only or candidate.insert_only or candidate.requires_permissions):
            yield candidate


def is_decoded_as_usual(action: Action, profile: Profile) -> bool:
    """Whether the action's errors are not hidden or replaced on purpose (CONTRACT ERR-09)."""
    return profile.quirks.why("remapped_errors", action.id) is None


def callable_actions(
    condition: Callable[[Action, Scope], bool],
) -> Callable[[Scope], Iterator[Subject]]:
    """Every action that may be called and fulfils the condition, as a check's subjects."""

    def subjects(scope: Scope) -> Iterator[Subject]:
        for action in scope.schema.actions:
            if scope.profile.actions.denied(action.id):
                continue
            if is_decoded_as_usual(action, scope.profile) and condition(action, scope):
                yield action_subject(action)

    return subjects
