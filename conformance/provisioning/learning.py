"""What an error says about how an object must be made: one mending an error, or none.

Nothing here calls the target: a mending is a value, and the provisioner carries it out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

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
DEMANDS = "_REQUIRED"
"""How codes end that demand a reference and name it only in themselves."""
CLASS = re.compile(r"\w+::")
NAME = re.compile(r"[A-Za-z_]\w*")
SHORTEST_STEM = 4
"""Of fewer letters a name may end like many services' names by chance."""
ALIASES = {"entry": ("media", "baseentry", "data"), "object": ("media", "baseentry"), "feed": ()}
"""Reference names that are no service's name."""

Deed = Literal["drop", "fill", "set", "refer", "type", "redraw", "bare"]
Place = Literal["entity", "params"]


class Mending(Struct, frozen=True):
    """One change to a draft. `value` is what `set` puts at the `place`."""

    deed: Deed
    name: str = ""
    place: Place = "entity"
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

    def referred(self, name: str, asking: str = "") -> str | None:
        """The service whose id a property or parameter of that name holds, or None.

        An `eventId` is a `scheduleEvent`'s where only one service is named so, be it only among
        those of the plugin of the service `asking`.
        """
        stem = re.sub(r"(?i)ids?$", "", name).casefold()
        if not stem or stem == name.casefold():
            return None
        for alias in ALIASES.get(stem, ()):
            service = self._schema.services.get(alias)
            if service is not None and "add" in service.actions:
                return alias
        return self._services.get(stem) or self._ending(stem, asking)

    def _ending(self, stem: str, asking: str) -> str | None:
        """The one other service whose name ends so."""
        if len(stem) < SHORTEST_STEM:
            return None
        ending = (id_ for name, id_ in self._services.items() if name.endswith(stem))
        found = [id_ for id_ in ending if id_ != asking]
        plugin = asking.rpartition("_")[0]
        near = [id_ for id_ in found if plugin and id_.rpartition("_")[0] == plugin]
        return next((few[0] for few in (near, found) if len(few) == 1), None)

    def mend(self, error: ApiError, action: Action, draft: Draft) -> Mending | None:
        """The change that the error asks for; None where it asks for nothing that we understand."""
        found: Mending | None = None
        match error.code:
            case "PROPERTY_VALIDATION_CANNOT_BE_NULL":
                found = self._demanded(_properties(error), action, draft)
            case "MISSING_MANDATORY_PARAMETER" | "PROPERTY_VALIDATION_WRONG_FORMAT":
                found = self._parameter(error, action, draft)
            case "PROPERTY_VALIDATION_MIN_LENGTH" | "PROPERTY_VALIDATION_MAX_LENGTH":
                found = _resized(error, draft)
            case "PROPERTY_VALIDATION_MIN_VALUE" | "PROPERTY_VALIDATION_MAX_VALUE":
                found = _bounded(error, draft)
            case "INVALID_ENUM_VALUE" | "INVALID_FIELD_VALUE" | "INVALID_PARAMETER_CHAR":
                found = _offending(error, action, draft)
            case "OBJECT_TYPE_ABSTRACT":
                found = self._other_type(error, action, draft)
            case code if code in UNWANTED:
                found = _drop(_property(error), draft)
            case code if TAKEN.search(code):
                found = Mending("redraw")
            case code if UNKNOWN.search(code) or code.endswith(DEMANDS):
                found = self._reference(error, action, draft)
            case _:
                pass
        return found or (Mending("bare") if draft.drawn else None)

    def _demanded(self, options: tuple[str, ...], action: Action, draft: Draft) -> Mending | None:
        """Of alternatives the first that can be sent and is not there yet."""
        writable = self._lineage.properties(draft.type) if draft.type else {}
        for option in options:
            prop = writable.get(option)
            service = self.referred(option, action.service)
            if prop is not None and not prop.read_only and option not in draft.entity:
                return self._wanted(option, "entity", service)
            # A few adds take beside the object what the object itself has no room for.
            if action.param(option) is not None and option not in draft.params:
                return self._wanted(option, "params", service)
        return None

    @staticmethod
    def _wanted(name: str, place: Place, service: str | None) -> Mending:
        if service:
            return Mending("refer", name, place, service)
        return Mending("fill", name, place)

    def _parameter(self, error: ApiError, action: Action, draft: Draft) -> Mending | None:
        name = error.args.get("PARAM_NAME") or _property(error)
        param = action.param(name)
        if param is None:
            return _drop(name, draft)
        if name in draft.params or name == draft.holder or param.type.kind == "file":
            return None
        return self._wanted(name, "params", self.referred(name, action.service))

    def _other_type(self, error: ApiError, action: Action, draft: Draft) -> Mending | None:
        """Another class for the object; or the property left out that holds an abstract one."""
        named = error.args.get("OBJ_TYPE", "")
        declared = next((p.type.name for p in action.params if p.name == draft.holder), None) or ""
        if named in self._schema.classes and not self._lineage.is_a(draft.type or declared, named):
            known = self._lineage.properties(draft.type) if draft.type else {}
            for name in draft.entity:
                inside = known[name].type.name or known[name].type.element if name in known else ""
                if inside and self._lineage.is_a(named, inside):
                    return Mending("drop", name)
        classes = self._lineage.concrete(declared)
        after = classes.index(draft.type) + 1 if draft.type in classes else 0
        return Mending("type", value=classes[after]) if after < len(classes) else None

    def _reference(self, error: ApiError, action: Action, draft: Draft) -> Mending | None:
        """What is no object's id: the value that the error echoes, else one named like the code."""
        echoed = {str(value) for value in error.args.values()}
        folded = error.code.replace("_", "").casefold()
        places: tuple[tuple[Place, Mapping[str, Any]], ...] = (
            ("params", draft.params),
            ("entity", draft.entity),
        )
        for place, values in places:
            for name, value in values.items():
                service = self.referred(name, action.service)
                named = service is not None and _stem(name) in folded
                if str(value) in echoed or named:
                    if service:
                        return Mending("refer", name, place, service)
                    return Mending("drop", name) if place == "entity" else None
        return self._named_by_code(error, action, draft)

    def _named_by_code(self, error: ApiError, action: Action, draft: Draft) -> Mending | None:
        """A reference that is not there, and that the code speaks of."""
        folded = error.code.replace("_", "").casefold()
        known = self._lineage.properties(draft.type) if draft.type else {}
        for name, prop in known.items():
            service = self.referred(name, action.service)
            if service is None or prop.read_only or name in draft.entity:
                continue
            if len(_stem(name)) >= SHORTEST_STEM and _stem(name) in folded:
                return Mending("refer", name, value=service)
        return None


def _stem(name: str) -> str:
    """What a reference is called without its `Id`."""
    return re.sub(r"(?i)ids?$", "", name).casefold()


def _properties(error: ApiError) -> tuple[str, ...]:
    """The properties that the error names, alternatives in its order.

    Real servers name one with its class or without, and alternatives with `/` between them; what
    stands after a name is prose.
    """
    named = error.args.get("PROP_NAME") or next(iter(error.args.values()), "")
    parts = re.split(r"[/,]|\s(?:or|and)\s", CLASS.sub("", named))
    return tuple(found[0] for part in parts if (found := NAME.match(part.strip())))


def _property(error: ApiError) -> str:
    """The property that the error names, without the class before it."""
    return next(iter(_properties(error)), "")


def _drop(name: str, draft: Draft) -> Mending | None:
    return Mending("drop", name) if name in draft.entity else None


def _offending(error: ApiError, action: Action, draft: Draft) -> Mending | None:
    """What the error calls wrong is left out, or drawn where an add cannot do without it."""
    names = [error.args.get(key, "") for key in ("PARAM_NAME", "FIELD_NAME", "XML_FIELD")]
    name = next((n for n in names if n), "").rpartition(":")[2]
    if name in draft.entity:
        return Mending("drop", name)
    param = action.param(name)
    if param is not None:
        return Mending("fill" if not param.optional else "drop", name, "params")
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
