"""Decoding of an action's arguments by the schema: stage S5 of CONTRACT ERR-20.

Wrong scalars are cast, unknown properties dropped, wrong `objectType`s replaced by the declared
class; what is refused is listed in CONTRACT 3.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.reference.errors import UNFILLED, ApiFault
from conformance.reference.scalars import (
    cut_bytes,
    has_illegal_character,
    loosely_equal,
    to_bool,
    to_float,
    to_int,
    to_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.reference.message import Upload
    from conformance.reference.rules import Rules
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Param, Property, Schema, TypeRef

NULLABLE_BOOLEAN = "KalturaNullableBoolean"
NULL_SUFFIX = "__null"
RELATIVE_LIMIT = 315_360_000
"""Times nearer to zero than this many seconds are relative to now (CONTRACT WIRE-24)."""


class Clear:
    """Stands where a property is to be cleared (CONTRACT WIRE-25)."""

    def __repr__(self) -> str:
        """A name for messages."""
        return "CLEAR"


CLEAR: Final = Clear()

Arguments = dict[str, Any]


class Decoder:
    """Decodes arguments by one schema; look-ups of classes and enums are kept."""

    def __init__(
        self, schema: Schema, lineage: Lineage, rules: Rules, clock: Callable[[], float]
    ) -> None:
        """Keep what decoding needs; nothing is read until it is asked for."""
        self._schema = schema
        self._lineage = lineage
        self._rules = rules
        self._clock = clock
        self._properties: dict[str, Mapping[str, Property]] = {}
        self._constants: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}

    def decode(self, action: Action, params: Arguments, files: Mapping[str, Upload]) -> Arguments:
        """The arguments of a call, in the order of declaration; the first fault wins."""
        relative = action.id not in self._rules.absolute_times
        arguments: Arguments = {}
        for param in action.params:
            if param.type.kind == "file":
                value = self._file(param, params, files)
            else:
                value = self._param(param, params, relative=relative)
            if value is not None:
                arguments[param.name] = value
        return arguments

    def decode_object(self, name: str, value: Any, label: str) -> Arguments:
        """One object of a declared class, such as a response profile."""
        if not isinstance(value, (dict, list)):
            raise ApiFault("PROPERTY_VALIDATION_WRONG_FORMAT", label, "array")
        return self._object(name, value, label, relative=True)

    def properties(self, name: str) -> Mapping[str, Property]:
        """The properties of a class, base to derived."""
        known = self._properties.get(name)
        if known is None:
            known = self._properties[name] = self._lineage.properties(name)
        return known

    def _file(self, param: Param, params: Arguments, files: Mapping[str, Upload]) -> Upload | None:
        """An uploaded file; a text in its place is no upload (CONTRACT WIRE-31)."""
        if param.name in files:
            return files[param.name]
        if param.name in params:
            raise ApiFault("UPLOAD_ERROR")
        if not param.optional:
            raise ApiFault("MISSING_MANDATORY_PARAMETER", param.name)
        return None

    def _param(self, param: Param, params: Arguments, *, relative: bool) -> Any:
        """One argument, or None where an optional one is absent."""
        kind = param.type.kind
        value = params.get(param.name)
        if kind in {"array", "map"}:
            if value is None:
                return [] if kind == "array" else {}
            if not isinstance(value, (list, dict)):
                raise ApiFault("PROPERTY_VALIDATION_WRONG_FORMAT", param.name, "array")
            return self._array(param.type, value, param.name, relative=relative)
        absent = value is None if kind == "object" else param.name not in params
        if absent:
            if not param.optional:
                raise ApiFault("MISSING_MANDATORY_PARAMETER", param.name)
            return _default(param)
        if kind == "object":
            if not isinstance(value, (dict, list)):
                raise ApiFault("PROPERTY_VALIDATION_WRONG_FORMAT", param.name, "array")
            return self._object(param.type.name or "", value, param.name, relative=relative)
        return self._scalar(param.type, value, param.name)

    def _object(self, declared: str, value: Any, label: str, *, relative: bool) -> Arguments:
        """An object of the declared class or of the strict subclass that it names."""
        members: dict[Any, Any] = value if isinstance(value, dict) else {}
        name = self._class_of(declared, members.get("objectType"))
        properties = self.properties(name)
        decoded: Arguments = {"objectType": name}
        for key, raw in members.items():
            text = str(key)
            prop = properties.get(text)
            if prop is not None:
                value = self._property(prop, raw, label, relative=relative)
                if value is not None:
                    decoded[prop.name] = value
            elif text.endswith(NULL_SUFFIX):
                self._clear(properties.get(text.removesuffix(NULL_SUFFIX)), raw, decoded)
        return decoded

    def _class_of(self, declared: str, asked: Any) -> str:
        """The class that a request resolves to (CONTRACT INH-04, INH-05)."""
        if isinstance(asked, (list, dict)):
            raise ApiFault("INTERNAL_SERVERL_ERROR")
        name = declared
        if isinstance(asked, str) and asked in self._schema.classes:
            name = asked if self._lineage.is_a(asked, declared) else declared
        known = self._schema.classes.get(name)
        if known is not None and known.abstract:
            raise ApiFault("OBJECT_TYPE_ABSTRACT", name)
        return name

    def _clear(self, prop: Property | None, raw: Any, decoded: Arguments) -> None:
        """Honour a null marker; a multi-lingual string takes the marker's own value."""
        if prop is None:
            return
        if prop.multilingual and prop.name != "tags":
            decoded[prop.name] = to_text(raw)
        elif prop.type.kind == "array":
            decoded[prop.name] = []
        else:
            decoded[prop.name] = CLEAR

    def _property(self, prop: Property, raw: Any, label: str, *, relative: bool) -> Any:
        """One property's value; None where what was sent counts as nothing."""
        kind = prop.type.kind
        if prop.multilingual:
            _check_language(prop, raw, label)
        if kind == "object":
            if not isinstance(raw, (dict, list)):
                return None
            return self._object(prop.type.name or "", raw, prop.name, relative=relative)
        if kind in {"array", "map"}:
            if not isinstance(raw, (dict, list)):
                return None
            return self._array(prop.type, raw, prop.name, relative=relative)
        if prop.type.is_time:
            return self._time(raw, relative=relative)
        value = self._scalar(prop.type, raw, prop.name)
        return _within_limits(prop, value)

    def _array(self, type_: TypeRef, raw: Any, label: str, *, relative: bool) -> Any:
        """The items of an array in the order of their numeric keys, or a map by its keys."""
        element = type_.element or ""
        if isinstance(raw, dict) and set(raw) == {"-"}:
            return [] if type_.kind == "array" else {}
        if type_.kind == "map":
            pairs = raw.items() if isinstance(raw, dict) else enumerate(raw)
            return {str(k): self._item(element, v, label, relative=relative) for k, v in pairs}
        items = raw
        if isinstance(raw, dict):
            items = [raw[key] for key in sorted(raw, key=to_int) if key != "objectType"]
        return [self._item(element, item, label, relative=relative) for item in items]

    def _item(self, element: str, raw: Any, label: str, *, relative: bool) -> Any:
        """One item: an object of the element's class."""
        if element not in self._schema.classes:
            return raw
        if not isinstance(raw, (dict, list)):
            raise ApiFault("PROPERTY_VALIDATION_WRONG_FORMAT", label, "array")
        return self._object(element, raw, label, relative=relative)

    def _time(self, raw: Any, *, relative: bool) -> int:
        """Epoch seconds; small numbers are relative to now, nothing is 0."""
        if raw is None or raw == "":
            return 0
        seconds = to_int(raw)
        if relative and abs(seconds) < RELATIVE_LIMIT:
            return int(self._clock()) + seconds
        return seconds

    def _scalar(self, type_: TypeRef, raw: Any, label: str) -> Any:
        """A scalar by its kind and enum."""
        if type_.enum is not None:
            return self._enum(type_, raw, label)
        kind = type_.kind
        if kind == "string":
            text = to_text(raw)
            if has_illegal_character(text):
                raise ApiFault("INVALID_PARAMETER_CHAR", label)
            return text
        if kind == "bool":
            return to_bool(raw)
        if kind == "float":
            number = to_float(raw)
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        return to_int(raw)

    def _enum(self, type_: TypeRef, raw: Any, label: str) -> Any:
        """A value that loosely equals one of the enum's constants (CONTRACT WIRE-22)."""
        if isinstance(raw, (list, dict)):
            raise ApiFault("INTERNAL_SERVERL_ERROR")
        name = type_.enum or ""
        if name == NULLABLE_BOOLEAN:
            return self._nullable_boolean(raw, label)
        text = _enum_text(raw)
        constants, exact = self._enum_constants(name)
        known = text in exact or any(loosely_equal(text, constant) for constant in constants)
        if constants and (not known or (raw is None and "0" not in exact)):
            raise ApiFault(
                "INVALID_ENUM_VALUE", UNFILLED if raw is None else to_text(raw), label, name
            )
        if type_.kind == "int" or (
            name in self._rules.numeric_enums and text.lstrip("-").isdigit()
        ):
            return to_int(text)
        return text

    def _nullable_boolean(self, raw: Any, label: str) -> bool | None:
        """True, False, or None for "no value" (CONTRACT WIRE-23)."""
        if raw is None or raw == "":
            return False
        text = _enum_text(raw)
        if not any(loosely_equal(text, constant) for constant in ("-1", "0", "1")):
            raise ApiFault("INVALID_ENUM_VALUE", to_text(raw), label, NULLABLE_BOOLEAN)
        number = to_int(text)
        return None if number < 0 else bool(number)

    def _enum_constants(self, name: str) -> tuple[tuple[str, ...], frozenset[str]]:
        """An enum's values, in order and as a set."""
        known = self._constants.get(name)
        if known is None:
            enum = self._schema.enums.get(name)
            values = tuple(constant.value for constant in enum.constants) if enum else ()
            known = self._constants[name] = (values, frozenset(values))
        return known


def _enum_text(raw: Any) -> str:
    """A value as enums read it: the texts `true` and `false` stand for 1 and 0."""
    text = "0" if raw is False else to_text(raw)
    return {"true": "1", "false": "0"}.get(text, text)


def _check_language(prop: Property, raw: Any, label: str) -> None:
    """A multi-lingual string takes a plain text only (OBSERVED 25)."""
    if raw is None:
        raise ApiFault("WRONG_REQUEST_LANGUAGE", UNFILLED)
    if isinstance(raw, (list, dict)):
        raise ApiFault("PROPERTY_VALIDATION_WRONG_FORMAT", f"{label}:{prop.name}", "array")


def _within_limits(prop: Property, value: Any) -> Any:
    """The value if it keeps the published limits; lengths count bytes (CONTRACT CRUD-20)."""
    if isinstance(value, str):
        size = len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
        if prop.min_length is not None and size < prop.min_length:
            raise ApiFault("PROPERTY_VALIDATION_MIN_LENGTH", prop.name, prop.min_length)
        if prop.max_length is not None and size > prop.max_length:
            raise ApiFault("PROPERTY_VALIDATION_MAX_LENGTH", prop.name, prop.max_length)
        return cut_bytes(value, prop.utf8_truncate) if prop.utf8_truncate else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if prop.min_value is not None and value < prop.min_value:
            raise ApiFault("PROPERTY_VALIDATION_MIN_VALUE", prop.name, to_text(prop.min_value))
        if prop.max_value is not None and value > prop.max_value:
            raise ApiFault("PROPERTY_VALIDATION_MAX_VALUE", prop.name, to_text(prop.max_value))
    return value


def _default(param: Param) -> Any:
    """The documented default of an absent optional parameter, where it says something."""
    text = param.default
    if text is None or text == "null" or param.type.enum is not None:
        return None
    if param.type.kind == "bool":
        return to_bool(text)
    if param.type.kind in {"int", "bigint"}:
        return to_int(text)
    return text if param.type.kind == "string" and text else None
