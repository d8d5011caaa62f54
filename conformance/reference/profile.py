"""Response profiles: which properties of an answer are shown (CONTRACT PROF-01…03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.scalars import to_text

if TYPE_CHECKING:
    from conformance.reference.call import Call

_DETACHED = "KalturaDetachedResponseProfile"
_INCLUDE, _EXCLUDE = 1, 2
_PROFILE_FAMILY = "KalturaBaseResponseProfile"
_ENTRY = "KalturaBaseEntry"


def project(call: Call, value: Any) -> Any:
    """The result as the request's response profile wants it."""
    raw = call.invocation.params.get("responseProfile")
    if raw is None or value is None:
        return value
    wanted = _profile(call, raw)
    fields = frozenset(
        part.strip() for part in to_text(wanted.get("fields")).split(",") if part.strip()
    )
    if not fields:
        return value
    include = wanted.get("type") == _INCLUDE
    return _projected(call, value, fields, include=include)


def _profile(call: Call, raw: Any) -> dict[str, Any]:
    """The profile of the request: inline, or a stored one by system name or id."""
    if isinstance(raw, dict) and ("systemName" in raw or "id" in raw) and "fields" not in raw:
        return _stored(call, raw)
    name = _DETACHED if _DETACHED in call.world.schema.classes else "KalturaObject"
    return call.world.decoder.decode_object(name, raw, "responseProfile")


def _stored(call: Call, raw: dict[str, Any]) -> dict[str, Any]:
    """A stored profile; an unknown one is an empty one (CONTRACT PROF-02)."""
    for record in call.world.storage.all(_PROFILE_FAMILY):
        if record.partner not in {call.session.partner_id, 0}:
            continue
        if "systemName" in raw:
            if record.document.get("systemName") == to_text(raw["systemName"]):
                return record.document
        elif record.key == to_text(raw["id"]):
            return record.document
    return {}


def _projected(call: Call, value: Any, fields: frozenset[str], *, include: bool) -> Any:
    """An object, or the items of an array or list response, with the fields that are shown."""
    if isinstance(value, list):
        return [_projected(call, item, fields, include=include) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("objects"), list) and "totalCount" in value:
        return {**value, "objects": _projected(call, value["objects"], fields, include=include)}
    always = {"objectType", *_computed(call, value)}
    return {
        key: member for key, member in value.items() if key in always or (key in fields) is include
    }


def _computed(call: Call, value: dict[str, Any]) -> tuple[str, ...]:
    """What no profile steers: the type of an entry (recorded)."""
    lineage, name = call.world.lineage, str(value.get("objectType"))
    known = name in call.world.schema.classes and _ENTRY in call.world.schema.classes
    return ("type",) if known and lineage.is_a(name, _ENTRY) else ()
