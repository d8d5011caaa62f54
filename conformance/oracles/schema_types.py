"""What classes, properties, enums and errors of a schema owe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.schema_places import typed_places
from conformance.schema.model import ROOT_CLASSES
from conformance.schema.views import TWIN_PREFIX, is_twin
from conformance.verdict.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Class, Property, Schema

TYPE_NAME = re.compile(r"Kaltura[A-Za-z0-9]+")
WHOLE = re.compile(r"-?\d+")
SIGNED = re.compile(r"[+-]\w+")
CODE = re.compile(r"[A-Z0-9_]+")
PLACEHOLDER = re.compile(r"@([A-Za-z0-9_]+)@")
COMPUTED_ORDERS = frozenset({"recent", "weight"})
"""Orders of entries that are worked out and stand in no property (CONTRACT LIST-16)."""
SEVERAL_TEMPLATES = frozenset(
    {
        "CANNOT_UPDATE_SCHEDULE_EVENT_FEATURE",
        "FAILED_TO_INIT_OBJECT",
        "GENERATE_TRANSCODING_COMMAND_FAIL",
        "REPORTS_QUERY_FAILURE",
    }
)
"""Codes whose template is known to disagree with its parameters (CONTRACT ERR-34)."""
OF_THE_FRAMEWORK = (
    "SERVICE_DOES_NOT_EXISTS",
    "ACTION_DOES_NOT_EXISTS",
    "MISSING_MANDATORY_PARAMETER",
    "INVALID_KS",
    "SERVICE_FORBIDDEN",
    "INVALID_ENUM_VALUE",
    "OBJECT_TYPE_ABSTRACT",
    "PROPERTY_VALIDATION_WRONG_FORMAT",
    "PROPERTY_VALIDATION_NOT_UPDATABLE",
)
"""Codes that every service may answer with, whatever it is about (CONTRACT section 3.2)."""
TWIN_ELEMENT = "KalturaMultiLingualString"


def _properties(schema: Schema) -> Iterator[tuple[Class, Property, str]]:
    for declared in schema.classes.values():
        for prop in declared.properties:
            yield declared, prop, f"{declared.name}.{prop.name}"


@oracle("SCHEMA-TYPE-001")
def types_are_named_by_the_pattern(schema: Schema) -> Iterator[Breach]:
    """A class or enum is named `Kaltura` and letters and digits, and no name means both."""
    for name in (*schema.classes, *schema.enums):
        if not TYPE_NAME.fullmatch(name):
            yield Breach(name, "Kaltura and then letters and digits", f"'{name}'")
    for name in schema.classes:
        if name in schema.enums:
            yield Breach(name, "a class or an enum", "both")


@oracle("SCHEMA-TYPE-002")
def bases_come_before_their_children(schema: Schema) -> Iterator[Breach]:
    """A class stands behind the class that it extends."""
    seen: set[str] = set(ROOT_CLASSES)
    for declared in schema.classes.values():
        if declared.base and declared.base not in seen:
            yield Breach(declared.name, f"after its base {declared.base}", "before it")
        seen.add(declared.name)


@oracle("SCHEMA-TYPE-003")
def arrays_name_their_elements(schema: Schema) -> Iterator[Breach]:
    """An array or map says which class its items are."""
    for where, type_ref in typed_places(schema):
        if type_ref.kind in {"array", "map"} and type_ref.element is None:
            yield Breach(where, "an arrayType", f"{type_ref.kind} without one")


@oracle("SCHEMA-TYPE-004")
def times_are_whole_numbers(schema: Schema) -> Iterator[Breach]:
    """What is marked as a time is of an integer type."""
    for where, type_ref in typed_places(schema):
        if type_ref.is_time and type_ref.kind not in {"int", "bigint"}:
            yield Breach(where, "int with isTime", type_ref.name or type_ref.kind)


@oracle("SCHEMA-TYPE-005")
def inherited_properties_are_not_redeclared(schema: Schema, lineage: Lineage) -> Iterator[Breach]:
    """A class does not declare a property again that it inherits, with another type."""
    for declared, prop, where in _properties(schema):
        for ancestor in lineage.ancestors(declared.name):
            inherited = next(
                (p for p in schema.classes[ancestor].properties if p.name == prop.name), None
            )
            if inherited is not None and inherited.type != prop.type:
                yield Breach(where, f"the type that {ancestor} gives it", str(prop.type.kind))


@oracle("SCHEMA-PROP-001")
def read_only_excludes_writing(schema: Schema) -> Iterator[Breach]:
    """A read-only property is not insert-only or write-only as well."""
    for _, prop, where in _properties(schema):
        if prop.read_only and (prop.insert_only or prop.write_only):
            other = "insertOnly" if prop.insert_only else "writeOnly"
            yield Breach(where, "one of the flags", f"readOnly and {other}")


@oracle("SCHEMA-PROP-002")
def limits_leave_room(schema: Schema) -> Iterator[Breach]:
    """A property's limits can be kept: no minimum above its maximum, no length below zero."""
    for _, prop, where in _properties(schema):
        for low, high, what in (
            (prop.min_length, prop.max_length, "length"),
            (prop.min_value, prop.max_value, "value"),
        ):
            if low is not None and high is not None and low > high:
                yield Breach(where, f"a {what} that satisfies both limits", f"{low:g} to {high:g}")
        for length in (prop.min_length, prop.max_length, prop.utf8_truncate):
            if length is not None and length < 0:
                yield Breach(where, "a length of 0 or more", str(length))


@oracle("SCHEMA-PROP-003")
def multilingual_strings_have_twins(schema: Schema) -> Iterator[Breach]:
    """A multi-lingual string comes with its array twin, and a twin with its string."""
    for declared, prop, where in _properties(schema):
        if not prop.multilingual:
            continue
        own = {p.name: p for p in declared.properties}
        if is_twin(prop):
            if prop.type.kind != "array" or prop.type.element != TWIN_ELEMENT:
                yield Breach(where, f"an array of {TWIN_ELEMENT}", prop.type.kind)
            if prop.name.removeprefix(TWIN_PREFIX) not in own:
                yield Breach(where, "the string that it is the twin of", "absent")
        elif prop.type.kind != "string":
            yield Breach(where, "a string", prop.type.kind)
        elif TWIN_PREFIX + prop.name not in own:
            yield Breach(where, f"a property {TWIN_PREFIX}{prop.name} beside it", "absent")


@oracle("SCHEMA-ENUM-001")
def enums_match_their_members(schema: Schema) -> Iterator[Breach]:
    """What is drawn from an enum has the type that the enum is stored as."""
    for where, type_ref in typed_places(schema):
        enum = schema.enums.get(type_ref.enum or "")
        if enum is not None and type_ref.kind != enum.kind:
            yield Breach(where, f"{enum.kind}, as {enum.name} is stored", type_ref.kind)


@oracle("SCHEMA-ENUM-002")
def int_enums_hold_whole_numbers(schema: Schema) -> Iterator[Breach]:
    """Every constant of an int enum is a whole number."""
    for enum in schema.enums.values():
        for constant in enum.constants if enum.kind == "int" else ():
            if not WHOLE.fullmatch(constant.value):
                yield Breach(
                    f"{enum.name}.{constant.name}", "a whole number", f"'{constant.value}'"
                )


@oracle("SCHEMA-ENUM-003")
def constants_are_named_once(schema: Schema) -> Iterator[Breach]:
    """An enum has no two constants of one name."""
    for enum in schema.enums.values():
        names = [constant.name for constant in enum.constants]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Breach(f"{enum.name}.{name}", "one constant", f"{names.count(name)}")


@oracle("SCHEMA-ENUM-004")
def value_lists_are_strings(schema: Schema) -> Iterator[Breach]:
    """A property that lists values of an enum is a string."""
    for _, prop, where in _properties(schema):
        if prop.values_enum and prop.type.kind != "string":
            yield Breach(where, "string", prop.type.kind)


@oracle("SCHEMA-ORDER-001")
def order_by_values_are_signed(schema: Schema) -> Iterator[Breach]:
    """The orders of a class are strings of a sign and a name."""
    for enum in schema.enums.values():
        if enum.name.removesuffix("OrderBy") not in schema.classes:
            continue
        if enum.kind != "string":
            yield Breach(enum.name, "stored as string", enum.kind)
        for constant in enum.constants:
            if not SIGNED.fullmatch(constant.value):
                yield Breach(
                    f"{enum.name}.{constant.name}", "+name or -name", f"'{constant.value}'"
                )


@oracle("SCHEMA-ORDER-002")
def order_by_names_properties_both_ways(schema: Schema, lineage: Lineage) -> Iterator[Breach]:
    """An order is that of a property of the class, and can be asked rising and falling."""
    for enum in schema.enums.values():
        ordered = enum.name.removesuffix("OrderBy")
        if ordered not in schema.classes:
            continue
        values = {constant.value for constant in enum.constants if constant.value}
        for name in sorted({value[1:] for value in values}):
            if not {f"+{name}", f"-{name}"} <= values:
                yield Breach(f"{enum.name} {name}", f"+{name} and -{name}", "one of them")
            if name not in lineage.properties(ordered) and name not in COMPUTED_ORDERS:
                yield Breach(f"{enum.name} {name}", f"a property of {ordered}", "none of that name")


@oracle("SCHEMA-LIST-001")
def list_response_counts(lineage: Lineage) -> Iterator[Breach]:
    """Every list response has an integer `totalCount`."""
    for name in ("KalturaListResponse", *lineage.descendants("KalturaListResponse")):
        count = lineage.properties(name).get("totalCount")
        if count is None:
            if lineage.concrete(name):
                yield Breach(f"{name}.totalCount", "an int", "absent")
        elif count.type.kind not in {"int", "bigint"}:
            yield Breach(f"{name}.totalCount", "an int", count.type.kind)


@oracle("SCHEMA-FILTER-001")
def filters_can_order(schema: Schema, lineage: Lineage) -> Iterator[Breach]:
    """Every filter has a string `orderBy`."""
    for name in ("KalturaFilter", *lineage.descendants("KalturaFilter")):
        if name not in schema.classes:
            continue
        order = lineage.properties(name).get("orderBy")
        if order is None or order.type.kind != "string":
            yield Breach(f"{name}.orderBy", "a string", order.type.kind if order else "absent")


@oracle("SCHEMA-ERROR-001")
def error_placeholders_are_parameters(schema: Schema) -> Iterator[Breach]:
    """The placeholders of an error's message are its parameters, in whatever order."""
    for error in schema.errors.values():
        if error.code in SEVERAL_TEMPLATES:
            continue
        placeholders = set(PLACEHOLDER.findall(error.message))
        if placeholders != set(error.parameters):
            yield Breach(
                error.code,
                "parameters " + (", ".join(sorted(placeholders)) or "none"),
                ", ".join(error.parameters) or "none",
            )


@oracle("SCHEMA-ERROR-002")
def error_codes_are_tokens(schema: Schema) -> Iterator[Breach]:
    """An error's code is of capitals, digits and underscores, and the error is named by it."""
    for error in schema.errors.values():
        # One real code ends in a blank (CONTRACT ERR-07).
        if not CODE.fullmatch(error.code.rstrip()):
            yield Breach(error.code, "capitals, digits and underscores", f"'{error.code}'")
        if error.name.rstrip() != error.code.rstrip():
            yield Breach(error.code, "the code as its name", f"'{error.name}'")


@oracle("SCHEMA-ERROR-003")
def errors_of_the_framework_are_published(schema: Schema) -> Iterator[Breach]:
    """A schema that publishes errors of the framework publishes all that any service may answer.

    One without any of them is a part of a schema, or of a generator that does not tell of them.
    """
    missing = [code for code in OF_THE_FRAMEWORK if code not in schema.errors]
    if len(missing) < len(OF_THE_FRAMEWORK):
        for code in missing:
            yield Breach(f"errors {code}", "the error with its message", "absent")
