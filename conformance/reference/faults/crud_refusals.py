"""Faults of what only the server may write: it is taken, or refused in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.objects import (
    NOT_UPDATABLE,
    dropping,
)
from conformance.reference.faults.registry import fault

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call


@fault("CRUD-READONLY-001")
def add_accepts_read_only_properties(behaviour: Behaviour) -> Behaviour:
    """Read-only properties on add are dropped without a word."""
    return dropping(behaviour, "add", lambda prop: prop.read_only)


@fault("CRUD-READONLY-001")
def refusal_names_the_declared_class(behaviour: Behaviour) -> Behaviour:
    """What may not be written is named with the class of the parameter, not that of the object."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        named = error["args"]["PROP_NAME"].replace("KalturaAnnotation::", "KalturaCuePoint::")
        message = error["message"].replace(error["args"]["PROP_NAME"], named)
        return {**error, "message": message, "args": {**error["args"], "PROP_NAME": named}}

    return alteration.error(behaviour, change, code=NOT_UPDATABLE)


@fault("CRUD-READONLY-002")
def update_accepts_read_only_properties(behaviour: Behaviour) -> Behaviour:
    """Read-only properties in an update are dropped without a word."""
    return dropping(behaviour, "update", lambda prop: prop.read_only)


@fault("CRUD-READONLY-002")
def read_only_is_refused_as_forbidden_in_one_service(behaviour: Behaviour) -> Behaviour:
    """media.update with a read-only property answers another code."""

    def act(call: Call) -> Any:
        try:
            return behaviour.update(call)
        except ApiFault as refusal:
            if refusal.code == NOT_UPDATABLE:
                raise ApiFault("PROPERTY_VALIDATION_NO_UPDATE_PERMISSION", "x") from refusal
            raise

    return alteration.instead(behaviour, "update", act, when=alteration.in_services("media"))


@fault("CRUD-INSERTONLY-001")
def update_accepts_insert_only_properties(behaviour: Behaviour) -> Behaviour:
    """Insert-only properties in an update are dropped without a word."""
    return dropping(behaviour, "update", lambda prop: prop.insert_only)
