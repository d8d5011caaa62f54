"""How values are typed, and what objects hold besides what the schema declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.variations import walking
from conformance.reference.variations.registry import variation

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.world import World
    from conformance.schema.model import Property

_NULLABLE_BOOLEAN = "KalturaNullableBoolean"
_LARGEST_EXACT = 2**53
# Which values these have decides what else holds of an object.
_TELLING = frozenset(
    {"status", "type", "mediaType", "objectType", "metadataObjectType", "eventType", "format"}
)


@variation("CONTRACT WIRE-49")
def objects_have_newer_properties(behaviour: Behaviour) -> Behaviour:
    """Every object has scalar properties that the schema does not know."""
    extra = {"newerText": "from a newer server", "newerNumber": 7, "newerFlag": True}
    return walking.objects(behaviour, lambda _world, value: {**value, **extra})


@variation("CONTRACT WIRE-49, INH-01")
def objects_hold_objects_of_unknown_classes(behaviour: Behaviour) -> Behaviour:
    """Every object has properties that hold objects of a plugin's classes."""
    thing = {"fooLevel": 3, "fooNames": [], "objectType": "KalturaFooPluginThing"}
    extra = {"fooThing": thing, "fooThings": [thing, thing], "fooMap": {"a": thing}}
    return walking.objects(behaviour, lambda _world, value: {**value, **extra})


@variation("CONTRACT WIRE-49")
def unknown_properties_come_first(behaviour: Behaviour) -> Behaviour:
    """Unknown properties stand before the known ones."""
    return walking.objects(
        behaviour, lambda _world, value: {"aaaNewer": "x", "internalId": 12, **value}
    )


@variation("CONTRACT WIRE-50")
def unknown_property_is_null(behaviour: Behaviour) -> Behaviour:
    """JSON holds a null where the text in the database was no UTF-8."""
    return walking.documents(
        behaviour,
        walking.JSON,
        lambda content: content.replace(b'{"id":', b'{"brokenText":null,"id":'),
    )


@variation("CONTRACT WIRE-47")
def ints_are_texts(behaviour: Behaviour) -> Behaviour:
    """Every int is a numeric string."""

    def change(prop: Property, value: Any) -> Any:
        return str(value) if prop.type.kind == "int" and type(value) is int else value

    return walking.properties(behaviour, change)


@variation("CONTRACT WIRE-47; OBSERVED 36")
def bigints_are_texts(behaviour: Behaviour) -> Behaviour:
    """Every bigint is a numeric string."""

    def change(prop: Property, value: Any) -> Any:
        return str(value) if prop.type.kind == "bigint" and type(value) is int else value

    return walking.properties(behaviour, change)


@variation("CONTRACT WIRE-47; OBSERVED 36")
def string_enums_are_numbers(behaviour: Behaviour) -> Behaviour:
    """Every numeric value of a string enum is a number."""

    def change(prop: Property, value: Any) -> Any:
        is_enum = prop.type.kind == "string" and prop.type.enum is not None
        return int(value) if is_enum and _is_whole(value) else value

    return walking.properties(behaviour, change)


@variation("CONTRACT WIRE-47")
def string_enums_are_texts(behaviour: Behaviour) -> Behaviour:
    """Every value of a string enum is a text, numeric or not."""

    def change(prop: Property, value: Any) -> Any:
        is_enum = prop.type.kind == "string" and prop.type.enum is not None
        return str(value) if is_enum and type(value) is int else value

    return walking.properties(behaviour, change)


@variation("CONTRACT WIRE-47; OBSERVED 36")
def nullable_booleans_are_booleans(behaviour: Behaviour) -> Behaviour:
    """KalturaNullableBoolean is true or false in place of 1 or 0."""

    def change(prop: Property, value: Any) -> Any:
        return value == 1 if prop.type.enum == _NULLABLE_BOOLEAN and value in (0, 1) else value

    return walking.properties(behaviour, change)


@variation("OBSERVED 36")
def one_boolean_is_a_number(behaviour: Behaviour) -> Behaviour:
    """The boolean `useCdn` of a uiConf is 1 or 0."""

    def change(prop: Property, value: Any) -> Any:
        return int(value) if prop.name == "useCdn" and type(value) is bool else value

    return walking.properties(behaviour, change)


@variation("CONTRACT WIRE-47; OBSERVED 36")
def numeric_texts_are_numbers(behaviour: Behaviour) -> Behaviour:
    """A text that is a whole number is a number."""

    def change(prop: Property, value: Any) -> Any:
        is_text = prop.type.kind == "string" and prop.type.enum is None
        return int(value) if is_text and _is_whole(value) else value

    return walking.properties(behaviour, change)


@variation("CONTRACT WIRE-47")
def whole_floats_have_a_fraction(behaviour: Behaviour) -> Behaviour:
    """A whole number of a float property is written with its fraction, 1.0."""

    def change(prop: Property, value: Any) -> Any:
        return float(value) if prop.type.kind == "float" and type(value) is int else value

    return walking.properties(behaviour, change)


@variation("CONTRACT WIRE-47")
def floats_are_texts(behaviour: Behaviour) -> Behaviour:
    """A number of a float property is a numeric string."""

    def change(prop: Property, value: Any) -> Any:
        is_number = type(value) in {int, float}
        return str(value) if prop.type.kind == "float" and is_number else value

    return walking.properties(behaviour, change)


@variation("CONTRACT SCHEMA-29, TRAP-03")
def read_only_enums_have_values_of_plugins(behaviour: Behaviour) -> Behaviour:
    """What only the server sets has a value that a plugin brought, `foo.BAR`."""

    def change(prop: Property, value: Any) -> Any:
        is_enum = prop.type.kind == "string" and prop.type.enum is not None
        is_free = is_enum and prop.read_only and prop.name not in _TELLING
        return "foo.BAR" if is_free and value not in (None, "") else value

    return walking.properties(behaviour, change)


@variation("OBSERVED 37")
def unset_enums_are_empty(behaviour: Behaviour) -> Behaviour:
    """A flavor's format is an empty text and a role's status 0, which their enums lack."""

    def change(_world: World, value: dict[str, Any]) -> dict[str, Any]:
        if value["objectType"] == "KalturaUserRole" and value.get("status") is not None:
            return {**value, "status": 0}
        if value["objectType"] == "KalturaFlavorParams" and "format" not in value:
            return {**value, "format": ""}
        return value

    return walking.objects(behaviour, change)


@variation("CONTRACT WIRE-44; OBSERVED 35")
def related_objects_are_in_every_object(behaviour: Behaviour) -> Behaviour:
    """Every object has `relatedObjects`, empty, in JSON as well."""

    def change(_world: World, value: dict[str, Any]) -> dict[str, Any]:
        return {**value, "relatedObjects": value.get("relatedObjects", [])}

    return walking.objects(behaviour, change)


def _is_whole(value: Any) -> bool:
    """Whether a text is a whole number exactly as a number would be written."""
    if type(value) is not str or not value.removeprefix("-").isascii():
        return False
    if not value.removeprefix("-").isdigit():
        return False
    return str(int(value)) == value and abs(int(value)) < _LARGEST_EXACT
