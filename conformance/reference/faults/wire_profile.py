"""Faults of response profiles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.errors import ApiFault
from conformance.reference.faults.registry import fault
from conformance.reference.scalars import to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.request import Params


@fault("WIRE-PROFILE-001")
def one_service_ignores_profiles(behaviour: Behaviour) -> Behaviour:
    """One service answers everything, whatever the profile includes."""
    return _profiling(behaviour, lambda call: call.action.service == "category")


@fault("WIRE-PROFILE-001")
def get_ignores_profiles(behaviour: Behaviour) -> Behaviour:
    """Lists look at the profile, gets do not."""
    return _profiling(behaviour, lambda call: call.action.name == "get")


@fault("WIRE-PROFILE-002")
def excluding_is_including(behaviour: Behaviour) -> Behaviour:
    """A profile that excludes is read as one that includes."""
    return _with_profile(
        behaviour, lambda raw: {**raw, "type": 1} if str(raw.get("type")) == "2" else raw
    )


@fault("WIRE-PROFILE-003")
def stored_profiles_are_not_found(behaviour: Behaviour) -> Behaviour:
    """A profile that is named by its system name is not looked for."""
    return _with_profile(behaviour, lambda raw: {} if "systemName" in raw else raw)


@fault("WIRE-PROFILE-004")
def unknown_profile_is_an_error(behaviour: Behaviour) -> Behaviour:
    """A profile that does not exist is refused."""
    sound = behaviour.profile

    def profile(call: Call, value: Any) -> Any:
        raw = call.invocation.params.get("responseProfile")
        shown = sound(call, value)
        if isinstance(raw, dict) and ("id" in raw or "systemName" in raw) and shown == value:
            raise ApiFault("RESPONSE_PROFILE_ID_NOT_FOUND", to_text(raw.get("id")))
        return shown

    return replace(behaviour, profile=profile)


def _profiling(behaviour: Behaviour, ignores: Callable[[Call], bool]) -> Behaviour:
    sound = behaviour.profile
    return replace(
        behaviour, profile=lambda call, value: value if ignores(call) else sound(call, value)
    )


def _with_profile(behaviour: Behaviour, change: Callable[[Params], Params]) -> Behaviour:
    """The request's response profile is read otherwise."""
    sound = behaviour.profile

    def profile(call: Call, value: Any) -> Any:
        raw = call.invocation.params.get("responseProfile")
        if not isinstance(raw, dict):
            return sound(call, value)
        params = {**call.invocation.params, "responseProfile": change(raw)}
        return sound(
            replace(call, invocation=structs.replace(call.invocation, params=params)), value
        )

    return replace(behaviour, profile=profile)
