"""The wire area's oracles: those over one special request here, the others gathered from beside.

`wire_document` and `wire_xml` judge any answer's body, `wire_headers` its headers, `wire_sameness`
two answers, `wire_profile` an answer that was asked for with a response profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.oracles.answers import MEDIA_TYPES, code_in_header, media_type, xml_root
from conformance.oracles.claim import oracle
from conformance.oracles.clocks import TIME_TOLERANCE_SECONDS, clocks
from conformance.oracles.equivalence import View, differences, readable
from conformance.oracles.normal_form import NotOfThisType, normal_form
from conformance.oracles.wire_document import (
    OK,
    answer_is_one_document,
    booleans_are_booleans,
    content_type_follows_format,
    json_is_the_bare_value,
    result_has_status_200,
    void_is_empty,
    well_typed_call_is_no_server_error,
)
from conformance.oracles.wire_headers import (
    answer_carries_expires_and_pragma,
    answer_to_a_session_is_not_stored,
    answer_to_a_write_names_its_session,
    any_origin_is_allowed,
    api_headers_are_exposed,
    fresh_answer_names_its_session,
    session_header_is_number_and_second,
)
from conformance.oracles.wire_profile import (
    excluded_fields_are_left_out,
    included_fields_are_all,
    stored_profile_counts,
    unknown_profile_changes_nothing,
)
from conformance.oracles.wire_sameness import (
    action_name_ignores_case,
    brackets_equal_colons,
    charset_hides_the_body,
    client_tag_changes_nothing,
    colon_keys_in_json_nest,
    form_equals_json,
    get_equals_post,
    index_path_equals_path,
    index_query_equals_path,
    json_part_equals_json,
    jsonp_equals_json,
    malformed_json_is_no_parameters,
    multipart_equals_json,
    numeric_text_is_the_number,
    numeric_text_names_the_format,
    other_methods_equal_post,
    parameter_name_keeps_case,
    parameters_may_name_the_action,
    path_beats_query,
    php_equals_json,
    query_beats_body,
    query_equals_json,
    service_name_ignores_case,
    text_is_read_alike_in_every_encoding,
    unknown_parameter_is_ignored,
    unknown_property_is_ignored,
    xml_equals_json,
)
from conformance.oracles.wire_xml import (
    xml_execution_time_is_seconds,
    xml_has_result_and_execution_time,
    xml_orders_properties_base_first,
    xml_writes_every_property,
)
from conformance.schema.model import TypeRef
from conformance.verdict.breach import Breach
from conformance.wire.request import Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema
    from conformance.wire.exchange import Exchange

__all__ = [
    "action_name_ignores_case",
    "allowed_methods_are_told",
    "answer_carries_expires_and_pragma",
    "answer_is_one_document",
    "answer_to_a_session_is_not_stored",
    "answer_to_a_write_names_its_session",
    "any_origin_is_allowed",
    "api_headers_are_exposed",
    "array_items_are_read",
    "bad_callback_has_an_empty_body",
    "bad_language_is_refused",
    "booleans_are_booleans",
    "brackets_equal_colons",
    "charset_hides_the_body",
    "client_tag_changes_nothing",
    "colon_keys_in_json_nest",
    "content_type_follows_format",
    "excluded_fields_are_left_out",
    "form_equals_json",
    "fresh_answer_names_its_session",
    "get_equals_post",
    "head_equals_get",
    "ignore_null_drops_empty_elements",
    "included_fields_are_all",
    "index_path_equals_path",
    "index_query_equals_path",
    "json_is_the_bare_value",
    "json_part_equals_json",
    "jsonp_equals_json",
    "jsonp_wraps_in_the_callback",
    "malformed_json_is_no_parameters",
    "multipart_equals_json",
    "numeric_text_is_the_number",
    "numeric_text_names_the_format",
    "other_methods_equal_post",
    "parameter_name_keeps_case",
    "parameters_may_name_the_action",
    "path_beats_query",
    "php_equals_json",
    "query_beats_body",
    "query_equals_json",
    "result_has_status_200",
    "service_name_ignores_case",
    "session_header_is_number_and_second",
    "small_time_counts_from_now",
    "stored_profile_counts",
    "text_is_read_alike_in_every_encoding",
    "text_survives_storage",
    "unknown_format_has_an_empty_body",
    "unknown_parameter_is_ignored",
    "unknown_profile_changes_nothing",
    "unknown_property_is_ignored",
    "void_is_empty",
    "well_typed_call_is_no_server_error",
    "writing_by_get_is_writing",
    "xml_equals_json",
    "xml_execution_time_is_seconds",
    "xml_has_result_and_execution_time",
    "xml_is_the_default_format",
    "xml_orders_properties_base_first",
    "xml_writes_every_property",
]


@oracle("WIRE-FORMAT-004")
def xml_is_the_default_format(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A call that names no format is answered in XML."""
    if not readable(baseline):
        return
    if (
        media_type(variant) not in MEDIA_TYPES[Format.XML]
        or xml_root(variant.response.body) is None
    ):
        yield _breach(
            variant,
            "$",
            "an XML document",
            f"{media_type(variant) or 'no type'}: {_start(variant)}",
        )
        return
    for difference in differences(baseline, variant, view):
        yield _breach(variant, difference.where, difference.first, difference.second)


@oracle("WIRE-FORMAT-005")
def unknown_format_has_an_empty_body(exchange: Exchange) -> Iterator[Breach]:
    """An unknown format is answered with status 200, no body, and a code in `X-Kaltura`."""
    yield from _dies(exchange, frozenset({"UNKNOWN_RESPONSE_FORMAT"}))


@oracle("WIRE-JSONP-001")
def jsonp_wraps_in_the_callback(exchange: Exchange, callback: str) -> Iterator[Breach]:
    """A JSONP answer is the JSON value as the one argument of a call of the asked function."""
    text = exchange.response.body.decode("utf-8", "replace").strip().removesuffix(";").rstrip()
    if not (text.startswith(f"{callback}(") and text.endswith(")")):
        yield _breach(exchange, "$", f"{callback}(…)", _start(exchange))


@oracle("WIRE-JSONP-002")
def bad_callback_has_an_empty_body(exchange: Exchange) -> Iterator[Breach]:
    """JSONP without a callback that is a name gets no body and a code in `X-Kaltura`."""
    yield from _dies(exchange, frozenset({"MANDATORY_PARAMETER_MISSING", "INVALID_FIELD_VALUE"}))


@oracle("WIRE-METHOD-003")
def head_equals_get(get: Exchange, head: Exchange) -> Iterator[Breach]:
    """HEAD answers the status and type of GET without a body."""
    for where, expected, actual in (
        ("HTTP status", str(get.response.status), str(head.response.status)),
        ("Content-Type", media_type(get), media_type(head)),
        ("$", "no body", "no body" if not head.response.body else _start(head)),
    ):
        if expected != actual:
            yield _breach(head, where, expected, actual)


@oracle("WIRE-METHOD-004")
def allowed_methods_are_told(exchange: Exchange) -> Iterator[Breach]:
    """OPTIONS is answered with status 200, no body, and leave for any origin to GET and POST."""
    response = exchange.response
    methods = (response.header("Access-Control-Allow-Methods") or "").upper()
    told = {name.strip() for name in methods.split(",")}
    if response.status != OK:
        yield _breach(exchange, "HTTP status", "200", str(response.status))
    if response.body:
        yield _breach(exchange, "$", "no body", _start(exchange))
    if not told >= {"GET", "POST"}:
        yield _breach(
            exchange,
            "Access-Control-Allow-Methods",
            "POST, GET, HEAD, OPTIONS",
            methods or "absent",
        )
    origin = response.header("Access-Control-Allow-Origin")
    if origin != "*":
        yield _breach(exchange, "Access-Control-Allow-Origin", "*", origin or "absent")


@oracle("WIRE-LANG-001")
def bad_language_is_refused(exchange: Exchange) -> Iterator[Breach]:
    """A language that is no language code is answered with INVALID_LANGUAGE_CODE."""
    error = exchange.error
    if error is None or error.code != "INVALID_LANGUAGE_CODE":
        actual = error.code if error else type(exchange.answer).__name__
        yield _breach(exchange, "$.code", "INVALID_LANGUAGE_CODE", actual)


@oracle("WIRE-XML-005")
def ignore_null_drops_empty_elements(
    json: Exchange, reduced: Exchange, schema: Schema, lineage: Lineage
) -> Iterator[Breach]:
    """With ignoreNull set to the text 1, XML leaves out what is null and keeps every value.

    Only JSON tells null (left out) from the empty text, so the objects of one list are compared.
    """
    for index, (whole, rest) in enumerate(zip(_objects(json), _objects(reduced), strict=False)):
        declared = lineage.properties(str(whole.get("objectType")))
        if whole.get("objectType") not in schema.classes or whole.get("id") != rest.get("id"):
            continue
        kept = [name for name in declared if name not in whole and rest.get(name) == ""]
        if kept:
            actual = "empty elements for " + ", ".join(kept[:5])
            yield _breach(reduced, f"$.objects[{index}]", "no element for a null property", actual)


@oracle("WIRE-TEXT-002")
def text_survives_storage(sent: str, reads: Sequence[tuple[Exchange, object]]) -> Iterator[Breach]:
    """Stored text of the Basic Multilingual Plane is read back unchanged in every format."""
    for exchange, read in reads:
        if read != sent:
            yield _breach(
                exchange,
                "$.name",
                ascii(sent),
                ascii(read),
                hint="a wrong character set on the way in, in the database or on the way out?",
            )


@oracle("WIRE-ENC-007")
def array_items_are_read(exchange: Exchange, element: str) -> Iterator[Breach]:
    """An item of an array is read in every encoding: one of an abstract class is refused in each.

    Refusals of the session come later than those of decoding (CONTRACT ERR-20).
    """
    error = exchange.error
    if error is None or error.code != "OBJECT_TYPE_ABSTRACT":
        actual = error.code if error else type(exchange.answer).__name__
        hint = f"was the array lost in {exchange.form.encoding} by {exchange.form.method}?"
        yield _breach(exchange, "$.code", "OBJECT_TYPE_ABSTRACT", actual, hint)
    elif error.args.get("OBJ_TYPE") != element:
        actual = error.args.get("OBJ_TYPE") or "absent"
        yield _breach(exchange, "$.args.OBJ_TYPE", element, actual)


@oracle("WIRE-METHOD-005")
def writing_by_get_is_writing(exchange: Exchange, name: str, expected: str) -> Iterator[Breach]:
    """An action that writes may be called by GET, and writes."""
    value = exchange.result.value if exchange.result else None
    told = value.get(name) if isinstance(value, Mapping) else None
    if told != expected:
        actual = exchange.error.code if exchange.error else repr(told)
        yield _breach(exchange, f"$.{name}", repr(expected), actual)


@oracle("WIRE-TIME-001")
def small_time_counts_from_now(exchange: Exchange, name: str, seconds: int) -> Iterator[Breach]:
    """A time near to zero is so many seconds from now; an account may not set the property."""
    value = exchange.result.value if exchange.result else None
    told = value.get(name) if isinstance(value, Mapping) else None
    if told is None or told == "":
        return
    try:
        second = int(normal_form(told, TypeRef(kind="int")))
    except NotOfThisType:
        return
    if all(abs(second - clock - seconds) > TIME_TOLERANCE_SECONDS for clock in clocks(exchange)):
        hint = "was it stored as it was sent?" if second == seconds else ""
        yield _breach(exchange, f"$.{name}", f"{seconds} seconds from now", str(second), hint)


def _dies(exchange: Exchange, codes: frozenset[str]) -> Iterator[Breach]:
    """The forms of an error that no format can carry (CONTRACT WIRE-40)."""
    if exchange.response.status != OK:
        yield _breach(exchange, "HTTP status", "200", str(exchange.response.status))
    if exchange.response.body:
        yield _breach(exchange, "$", "an empty body", _start(exchange))
    elif code_in_header(exchange) not in codes:
        actual = exchange.response.header("X-Kaltura") or "absent"
        yield _breach(exchange, "X-Kaltura", f"error- {' or '.join(sorted(codes))}", actual)


def _objects(exchange: Exchange) -> list[Mapping[str, Any]]:
    value = exchange.result.value if exchange.result else None
    items = value.get("objects") if isinstance(value, Mapping) else None
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _start(exchange: Exchange) -> str:
    text = exchange.response.body[:60].decode("utf-8", "replace")
    return repr(text) if text else "an empty body"


def _breach(exchange: Exchange, where: str, expected: str, actual: str, hint: str = "") -> Breach:
    return Breach(where, expected, actual, hint, exchanges=(exchange.number,))
