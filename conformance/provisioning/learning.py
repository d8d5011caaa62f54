"""What an error says about how an object must be made: one mending an error, or none.

Nothing here calls the target: a mending is a value, and the provisioner carries it out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from conformance.provisioning.draft import Draft
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema
    from conformance.wire.answer import ApiError

FORBIDDEN = frozenset(
    {
        "SERVICE_FORBIDDEN",
        "SERVICE_FORBIDDEN_CONTENT_BLOCKED",
        "FEATURE_FORBIDDEN",
        "PLUGIN_NOT_AVAILABLE_FOR_PARTNER",
        "SERVICE_DOES_NOT_EXISTS",
        "ACTION_DOES_NOT_EXISTS",
        "PROPERTY_VALIDATION_NO_USAGE_PERMISSION",
    }
)
"""The account may not, or the server does not have it: no mending helps."""
TRANSIENT = frozenset({"CATEGORIES_LOCKED", "LOCK_TIMED_OUT", "ACTION_BLOCKED"})
"""The same call may succeed a moment later (CONTRACT TRAP-15, TRAP-17)."""

UNWANTED = frozenset(
    {
        "PROPERTY_VALIDATION_NOT_UPDATABLE",
        "PROPERTY_VALIDATION_ADMIN_PROPERTY",
        "PROPERTY_VALIDATION_NO_INSERT_PERMISSION",
        "PROPERTY_VALIDATION_ENTRY_STATUS",
        "UNSAFE_HTML_TAGS",
    }
)
TAKEN = re.compile(r"ALREADY_EXISTS|^DUPLICATE_|_DUPLICATE_|_EXISTS$")
UNKNOWN = re.compile(r"NOT_FOUND|NOT_EXIST|^INVALID_(.+_)?ID$")
ALIASES = {"entry": ("media", "baseentry", "data"), "object": ("media", "baseentry"), "feed": ()}
"""Reference names that are no service's name."""

Deed = Literal["drop", "fill", "set", "refer", "type", "redraw", "bare"]


class Mending(Struct, frozen=True):
    """One change to a draft. `value` is what `set` puts at the `place`."""

    deed: Deed
    name: str = ""
    place: Literal["entity", "params"] = "entity"
    value: Any = None

    def __str__(self) -> str:
        """What was learned, as told in a report."""
        told = {
            "drop": f"{self.name} left out",
            "fill": f"{self.name} is demanded",
            "set": f"{self.name} set to {self.value!r}",
            "refer": f"{self.name} must be the id of a {self.value}",
            "type": f"the object must be a {self.value}",
            "redraw": "names drawn again",
            "bare": "only what is demanded is sent",
        }
        return told[self.deed]


class Learning:
    """Reads errors against one schema. Knows no target and keeps nothing."""

    def __init__(self, schema: Schema, lineage: Lineage) -> None:
        self._schema = schema
        self._lineage = lineage
        self._services = {
            service.name.casefold(): service.id
            for service in reversed(tuple(schema.services.values()))
            if "add" in service.actions
        }

    def referred(self, name: str) -> str | None:
        """The service whose id a property or parameter of that name holds, or None."""
        stem = re.sub(r"(?i)ids?$", "", name)
        if not stem or stem == name:
            return None
        for alias in ALIASES.get(stem.casefold(), ()):
            service = self._schema.services.get(alias)
            if service is not None and "add" in service.actions:
                return alias
        return self._services.get(stem.casefold())

    def mend(self, error: ApiError, action: Action, draft: Draft) -> Mending | None:
        """The change that the error asks for; None where it asks for nothing that we understand."""
        found: Mending | None = None
        match error.code:
            case "PROPERTY_VALIDATION_CANNOT_BE_NULL":
                found = self._demanded(_property(error), draft)
            case "MISSING_MANDATORY_PARAMETER" | "PROPERTY_VALIDATION_WRONG_FORMAT":
                found = self._parameter(error, action, draft)
            case "PROPERTY_VALIDATION_MIN_LENGTH" | "PROPERTY_VALIDATION_MAX_LENGTH":
                found = _resized(error, draft)
            case "PROPERTY_VALIDATION_MIN_VALUE" | "PROPERTY_VALIDATION_MAX_VALUE":
                found = _bounded(error, draft)
            case "INVALID_ENUM_VALUE" | "INVALID_FIELD_VALUE" | "INVALID_PARAMETER_CHAR":
                found = _offending(error, draft)
            case "OBJECT_TYPE_ABSTRACT":
                found = self._other_type(action, draft)
            case code if code in UNWANTED:
                found = _drop(_property(error), draft)
            case code if TAKEN.search(code):
                found = Mending("redraw")
            case code if UNKNOWN.search(code):
                found = self._reference(error, draft)
            case _:
                pass
        return found or (Mending("bare") if draft.drawn else None)

    def _demanded(self, name: str, draft: Draft) -> Mending | None:
        """Of alternatives such as `a/b` the first that can be written and is not there yet."""
        writable = self._lineage.properties(draft.type) if draft.type else {}
        for option in re.split(r"[/,]\s*|\s+(?:or|and)\s+", name):
            prop = writable.get(option)
            if prop is None or prop.read_only or option in draft.entity:
                continue
            service = self.referred(option)
            return Mending("refer", option, value=service) if service else Mending("fill", option)
        return None

    def _parameter(self, error: ApiError, action: Action, draft: Draft) -> Mending | None:
        name = next(iter(error.args.values()), "")
        param = action.param(name)
        if param is None or name in draft.params or param.type.kind == "file":
            return None
        service = self.referred(name)
        if service:
            return Mending("refer", name, "params", service)
        return Mending("fill", name, "params")

    def _other_type(self, action: Action, draft: Draft) -> Mending | None:
        declared = next((p.type.name for p in action.params if p.name == draft.holder), None)
        classes = self._lineage.concrete(declared or "")
        after = classes.index(draft.type) + 1 if draft.type in classes else 0
        return Mending("type", value=classes[after]) if after < len(classes) else None

    def _reference(self, error: ApiError, draft: Draft) -> Mending | None:
        """What is no object's id: the value that the error echoes, else one named like the code."""
        echoed = {str(value) for value in error.args.values()}
        folded = error.code.replace("_", "").casefold()
        for place, values in (("params", draft.params), ("entity", draft.entity)):
            for name, value in values.items():
                service = self.referred(name)
                named = service is not None and name[:-2].casefold() in folded
                if str(value) in echoed or named:
                    if service:
                        return Mending("refer", name, place, service)  # type: ignore[arg-type]
                    return Mending("drop", name) if place == "entity" else None
        missing = [p for p in ("entryId", "userId", "categoryId") if p not in draft.entity]
        for name in missing:
            known = self._lineage.properties(draft.type) if draft.type else {}
            if name in known and name[:-2] in folded and self.referred(name):
                return Mending("refer", name, value=self.referred(name))
        return None


def _property(error: ApiError) -> str:
    """The property that the error names, without the class before it."""
    named = error.args.get("PROP_NAME") or next(iter(error.args.values()), "")
    return named.rpartition("::")[2]


def _drop(name: str, draft: Draft) -> Mending | None:
    return Mending("drop", name) if name in draft.entity else None


def _offending(error: ApiError, draft: Draft) -> Mending | None:
    names = [error.args.get(key, "") for key in ("PARAM_NAME", "FIELD_NAME", "XML_FIELD")]
    name = next((n for n in names if n), "")
    if name in draft.entity:
        return Mending("drop", name)
    return Mending("fill", name) if error.code == "INVALID_FIELD_VALUE" and name else None


def _resized(error: ApiError, draft: Draft) -> Mending | None:
    name, value = _property(error), draft.entity.get(_property(error))
    least = _number(error, "MIN_LEN")
    most = _number(error, "MAX_LEN")
    if least is not None and name:
        return Mending("set", name, value=str(value or "").ljust(least, "a"))
    if most is not None and isinstance(value, str):
        return Mending("set", name, value=value.encode()[:most].decode(errors="ignore"))
    return None


def _bounded(error: ApiError, draft: Draft) -> Mending | None:
    bound = _number(error, "MIN_VAL", "MIN_VALUE", "MAX_VAL", "MAX_VALUE")
    name = _property(error)
    return Mending("set", name, value=bound) if bound is not None and name in draft.entity else None


def _number(error: ApiError, *names: str) -> int | None:
    for name in names:
        text = error.args.get(name, "")
        if re.fullmatch(r"-?\d+(\.0*)?", text):
            return int(float(text))
    return None
