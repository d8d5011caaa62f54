"""Provokes breaches of the wire area: one call in many guises, and every answer of the run."""

from __future__ import annotations

import json
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.oracles import wire as oracle
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subjects import actions, target
from conformance.suites import probe
from conformance.suites.arrays import actions_with_arrays, call_with_an_array
from conformance.suites.comparison import PLAIN, ask, compare
from conformance.suites.misuse import action_of, asked
from conformance.suites.wire_subjects import services_with, usual_probe, writes
from conformance.wire.flattening import flatten
from conformance.wire.request import Encoding, Endpoint, Form, Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made
    from conformance.schema.model import Action, Service
    from conformance.suites.comparison import Judge
    from conformance.suites.probe import Grounds, Probe
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

    Finder = Callable[[Grounds, Service], tuple[Probe, ...]]

TOLD_PER_ACTION = 20
"""Breaches that one action's answers yield at most; more say nothing new."""

BY_GET = Form(method="GET", encoding=Encoding.QUERY)
IN_XML = Form(format=Format.XML)
CALLBACK = "conformance.callback_1"
BY_SCRIPT = Form(method="GET", encoding=Encoding.QUERY, format=Format.JSONP, callback=CALLBACK)
NO_BODY = Form(raw_body=b"")
BMP_TEXT = "Zażółć שלום 漢字 e\u0301 ñ Ж ☃"
"""Several scripts, a combining mark, right-to-left; nothing beyond U+FFFF, no markup (CRUD-13)."""
SOUGHT_TEXT = BMP_TEXT + " & 'a' \"b\" 1+1=2; #3, 100%"
"""What is only sought is no markup to be purified: it has what XML must not hold as it is, and
what means something else in forms and in addresses."""
FROM_NOW, AGO = 7_200, -3_600
"""Seconds; small enough to count from now (CONTRACT WIRE-24)."""
STORED_TEXT = BMP_TEXT + " 'a' \"b\" \\c 100% /d"


# Every answer of the run


def _every(
    context: Context, subject: Subject, judge: Callable[[Exchange, Action], Iterable[Breach]]
) -> Iterator[Breach]:
    action = context.schema.services[str(subject.service)].actions[str(subject.action)]
    seen = context.seen(subject.name)
    if not seen:
        raise NotApplicable("never asked in this run")
    return islice((b for exchange in seen for b in judge(exchange, action)), TOLD_PER_ACTION)


@check(oracle.answer_is_one_document, over=actions, last=True)
def test_answer_is_one_document(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.answer_is_one_document)


@check(oracle.content_type_follows_format, over=actions, last=True)
def test_content_type_follows_format(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.content_type_follows_format)


@check(oracle.result_has_status_200, over=actions, last=True)
def test_result_has_status_200(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.result_has_status_200)


@check(oracle.well_typed_call_is_no_server_error, over=actions, last=True)
def test_well_typed_call_is_no_server_error(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    judge = partial(
        oracle.well_typed_call_is_no_server_error, schema=context.schema, lineage=context.lineage
    )
    return _every(context, subject, judge)


@check(oracle.json_is_the_bare_value, over=actions, last=True)
def test_json_is_the_bare_value(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.json_is_the_bare_value)


@check(oracle.void_is_empty, over=actions, last=True)
def test_void_is_empty(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.void_is_empty)


@check(oracle.booleans_are_booleans, over=actions, last=True)
def test_booleans_are_booleans(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    judge = partial(oracle.booleans_are_booleans, schema=context.schema, lineage=context.lineage)
    return _every(context, subject, judge)


@check(oracle.xml_has_result_and_execution_time, over=actions, last=True)
def test_xml_has_result_and_execution_time(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.xml_has_result_and_execution_time)


@check(oracle.xml_execution_time_is_seconds, over=actions, last=True)
def test_xml_execution_time_is_seconds(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.xml_execution_time_is_seconds)


@check(oracle.xml_writes_every_property, over=actions, last=True)
def test_xml_writes_every_property(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    judge = partial(
        oracle.xml_writes_every_property, schema=context.schema, lineage=context.lineage
    )
    return _every(context, subject, judge)


@check(oracle.xml_orders_properties_base_first, over=actions, last=True)
def test_xml_orders_properties_base_first(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    judge = partial(
        oracle.xml_orders_properties_base_first, schema=context.schema, lineage=context.lineage
    )
    return _every(context, subject, judge)


@check(oracle.any_origin_is_allowed, over=actions, last=True)
def test_any_origin_is_allowed(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.any_origin_is_allowed)


@check(oracle.api_headers_are_exposed, over=actions, last=True)
def test_api_headers_are_exposed(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.api_headers_are_exposed)


@check(oracle.answer_to_a_session_is_not_stored, over=actions, last=True)
def test_answer_to_a_session_is_not_stored(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.answer_to_a_session_is_not_stored)


@check(oracle.answer_carries_expires_and_pragma, over=actions, last=True)
def test_answer_carries_expires_and_pragma(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.answer_carries_expires_and_pragma)


@check(oracle.session_header_is_number_and_second, over=actions, last=True)
def test_session_header_is_number_and_second(
    context: Context, subject: Subject
) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.session_header_is_number_and_second)


@check(oracle.fresh_answer_names_its_session, over=actions, last=True)
def test_fresh_answer_names_its_session(context: Context, subject: Subject) -> Iterable[Breach]:
    """Look at every answer of the action."""
    return _every(context, subject, oracle.fresh_answer_names_its_session)


@check(oracle.answer_to_a_write_names_its_session, over=writes, last=True)
def test_answer_to_a_write_names_its_session(
    context: Context, subject: Subject
) -> Iterable[Breach]:
    """Look at every answer of an action that writes."""
    return _every(context, subject, oracle.answer_to_a_write_names_its_session)


# One call in two guises


def _in_form(
    context: Context, subject: Subject, find: Finder, judge: Judge, form: Form
) -> Iterator[Breach]:
    """The service's probes, plain and in another form."""
    for each in _probes(context, subject, find):
        yield from compare(context, each, judge, partial(ask, context, each, form))


def _with(
    context: Context, subject: Subject, find: Finder, judge: Judge, **params: Any
) -> Iterator[Breach]:
    """The service's probes, plain and with more parameters."""
    for each in _probes(context, subject, find):
        more = each.having(**params)
        yield from compare(context, each, judge, partial(ask, context, more))


def _probes(context: Context, subject: Subject, find: Finder) -> tuple[Probe, ...]:
    return find(probe.grounds(context), context.schema.services[str(subject.service)])


@check(oracle.get_equals_post, over=services_with(probe.speaking))
def test_get_equals_post(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask by POST and by GET."""
    return _in_form(context, subject, probe.speaking, oracle.get_equals_post, BY_GET)


@check(oracle.other_methods_equal_post, over=target)
def test_other_methods_equal_post(context: Context, subject: Subject) -> Iterable[Breach]:  # noqa: ARG001
    """Ask one call by the other methods."""
    each = usual_probe(context)
    for method in ("PUT", "DELETE", "PATCH"):
        form = Form(method=method, encoding=Encoding.QUERY)
        yield from compare(
            context,
            each,
            oracle.other_methods_equal_post,
            partial(ask, context, each, form),
        )


@check(oracle.head_equals_get, over=services_with(probe.plain))
def test_head_equals_get(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask one call by GET and by HEAD."""
    head = Form(method="HEAD", encoding=Encoding.QUERY)
    for each in _probes(context, subject, probe.plain):
        yield from oracle.head_equals_get(ask(context, each, BY_GET), ask(context, each, head))


@check(oracle.allowed_methods_are_told, over=services_with(probe.plain))
def test_allowed_methods_are_told(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask the service by OPTIONS, as a browser does before it sends JSON."""
    form = Form(method="OPTIONS", encoding=Encoding.QUERY)
    for each in _probes(context, subject, probe.plain):
        yield from oracle.allowed_methods_are_told(
            ask(context, each.without_params(), form, session="none")
        )


@check(oracle.form_equals_json, over=services_with(probe.speaking))
def test_form_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send JSON, and a form with colon paths."""
    form = Form(encoding=Encoding.FORM)
    return _in_form(context, subject, probe.speaking, oracle.form_equals_json, form)


@check(oracle.query_equals_json, over=services_with(probe.speaking))
def test_query_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send JSON, and the query string of a POST."""
    form = Form(encoding=Encoding.QUERY)
    return _in_form(context, subject, probe.speaking, oracle.query_equals_json, form)


@check(oracle.multipart_equals_json, over=services_with(probe.speaking))
def test_multipart_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send JSON, and multipart fields."""
    form = Form(encoding=Encoding.MULTIPART)
    return _in_form(context, subject, probe.speaking, oracle.multipart_equals_json, form)


@check(oracle.json_part_equals_json, over=services_with(probe.speaking))
def test_json_part_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send JSON as the body, and as a field of a multipart body."""
    form = Form(encoding=Encoding.MULTIPART_JSON)
    return _in_form(context, subject, probe.speaking, oracle.json_part_equals_json, form)


@check(oracle.brackets_equal_colons, over=services_with(probe.nesting))
def test_brackets_equal_colons(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send nested JSON, and a form with brackets."""
    for each in _probes(context, subject, probe.nesting):
        flat = {_bracketed(path): text for path, text in flatten(each.params)}
        variant = partial(
            context.call, each.service, each.action, flat, form=Form(encoding=Encoding.FORM)
        )
        yield from compare(context, each, oracle.brackets_equal_colons, variant)


@check(oracle.colon_keys_in_json_nest, over=services_with(probe.nesting))
def test_colon_keys_in_json_nest(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send nested JSON, and flat JSON whose keys have colons."""
    for each in _probes(context, subject, probe.nesting):
        variant = partial(context.call, each.service, each.action, dict(flatten(each.params)))
        yield from compare(context, each, oracle.colon_keys_in_json_nest, variant)


@check(oracle.array_items_are_read, over=actions_with_arrays)
def test_array_items_are_read(context: Context, subject: Subject) -> Iterable[Breach]:
    """Put an item that has to be refused into an array, in every encoding, and send no KS."""
    action = action_of(context, subject)
    params, element = call_with_an_array(context, action)
    bracketed = {_bracketed(path): text for path, text in flatten(params)}
    for sent, form in (
        (params, PLAIN),
        (params, Form(encoding=Encoding.FORM)),
        (params, BY_GET),
        (params, Form(encoding=Encoding.MULTIPART)),
        (bracketed, Form(encoding=Encoding.FORM)),
    ):
        exchange = asked(context, action, sent, form=form, session="none")
        yield from oracle.array_items_are_read(exchange, element)


@check(oracle.writing_by_get_is_writing, over=target, writes=True)
def test_writing_by_get_is_writing(context: Context, subject: Subject) -> Iterable[Breach]:  # noqa: ARG001
    """Rename an object by GET, and get it by POST."""
    made = context.make("media")
    try:
        name = f"conformance {context.random.getrandbits(40):010x}"
        entity = {"objectType": "KalturaMediaEntry", "name": name}
        sent = {**made.keys["update"], "mediaEntry": entity}
        update = context.call("media", "update", sent, form=BY_GET)
        yield from oracle.writing_by_get_is_writing(update, "name", name)
        read = context.call("media", "get", made.keys["get"])
        yield from oracle.writing_by_get_is_writing(read, "name", name)
    finally:
        context.discard(made)


@check(oracle.xml_equals_json, over=services_with(probe.showing))
def test_xml_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for JSON and for XML."""
    return _in_form(context, subject, probe.showing, oracle.xml_equals_json, IN_XML)


@check(oracle.php_equals_json, over=services_with(probe.showing))
def test_php_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for JSON and for serialised PHP."""
    form = Form(format=Format.PHP)
    return _in_form(context, subject, probe.showing, oracle.php_equals_json, form)


@check(oracle.jsonp_equals_json, over=services_with(probe.showing))
def test_jsonp_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for JSON and for JSONP."""
    return _in_form(context, subject, probe.showing, oracle.jsonp_equals_json, BY_SCRIPT)


@check(oracle.xml_is_the_default_format, over=services_with(probe.plain))
def test_xml_is_the_default_format(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask without naming a format."""
    form = Form(format=None)
    return _in_form(context, subject, probe.plain, oracle.xml_is_the_default_format, form)


@check(oracle.unknown_format_has_an_empty_body, over=services_with(probe.plain))
def test_unknown_format_has_an_empty_body(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for a format that nobody has."""
    for each in _probes(context, subject, probe.plain):
        exchange = ask(context, each, Form(format=77))
        yield from oracle.unknown_format_has_an_empty_body(exchange)


@check(oracle.numeric_text_names_the_format, over=target)
def test_numeric_text_names_the_format(context: Context, subject: Subject) -> Iterable[Breach]:  # noqa: ARG001
    """Name the format by other texts of its number."""
    each = usual_probe(context)
    for text in ("1", "01", "1.0"):
        form = Form(method="GET", encoding=Encoding.QUERY, format=text)
        yield from compare(
            context,
            each,
            oracle.numeric_text_names_the_format,
            partial(ask, context, each, form),
        )


@check(oracle.jsonp_wraps_in_the_callback, over=services_with(probe.plain))
def test_jsonp_wraps_in_the_callback(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for JSONP with a callback of our own."""
    for each in _probes(context, subject, probe.plain):
        exchange = ask(context, each, BY_SCRIPT)
        yield from oracle.jsonp_wraps_in_the_callback(exchange, CALLBACK)


@check(oracle.bad_callback_has_an_empty_body, over=target)
def test_bad_callback_has_an_empty_body(context: Context, subject: Subject) -> Iterable[Breach]:  # noqa: ARG001
    """Ask for JSONP with a script for a callback, and without one.

    The call has a parameter of its own: such an error is cached for minutes (OBSERVED 11).
    """
    each = usual_probe(context).having(conformanceOnce=str(context.random.getrandbits(60)))
    for callback in ("alert(1)//", None):
        form = Form(method="GET", encoding=Encoding.QUERY, format=Format.JSONP, callback=callback)
        yield from oracle.bad_callback_has_an_empty_body(ask(context, each, form))


@check(oracle.service_name_ignores_case, over=services_with(probe.plain))
def test_service_name_ignores_case(context: Context, subject: Subject) -> Iterable[Breach]:
    """Write the service's id in capitals."""
    for each in _probes(context, subject, probe.plain):
        variant = partial(context.call, each.service.upper(), each.action, each.params)
        yield from compare(context, each, oracle.service_name_ignores_case, variant, fold=True)


@check(oracle.action_name_ignores_case, over=services_with(probe.plain))
def test_action_name_ignores_case(context: Context, subject: Subject) -> Iterable[Breach]:
    """Write the action's name in capitals."""
    for each in _probes(context, subject, probe.plain):
        variant = partial(context.call, each.service, each.action.upper(), each.params)
        yield from compare(context, each, oracle.action_name_ignores_case, variant, fold=True)


@check(oracle.parameter_name_keeps_case, over=services_with(probe.flat))
def test_parameter_name_keeps_case(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send nothing, and the parameter with its name in capitals."""
    for each in _probes(context, subject, probe.flat):
        loud = each.parameter.upper()
        action = context.schema.services[each.service].actions[each.action]
        if loud == each.parameter or action.param(loud) is not None:
            raise NotApplicable(f"{each.parameter} has no other case that is free")
        variant = partial(
            context.call, each.service, each.action, {loud: each.params[each.parameter]}
        )
        yield from compare(
            context, each.without_params(), oracle.parameter_name_keeps_case, variant
        )


@check(oracle.unknown_parameter_is_ignored, over=services_with(probe.showing))
def test_unknown_parameter_is_ignored(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send parameters that no action has."""
    return _with(
        context,
        subject,
        probe.showing,
        oracle.unknown_parameter_is_ignored,
        conformanceUnknown="7",
        conformanceNested={"inner": ["x"]},
    )


@check(oracle.client_tag_changes_nothing, over=services_with(probe.showing))
def test_client_tag_changes_nothing(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send what official clients send along."""
    return _with(
        context,
        subject,
        probe.showing,
        oracle.client_tag_changes_nothing,
        clientTag="conformance:1.0",
        apiVersion="1.0.0",
        kalsig="0123456789abcdef0123456789abcdef",
    )


@check(oracle.unknown_property_is_ignored, over=services_with(probe.nesting))
def test_unknown_property_is_ignored(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send a property that no class has."""
    for each in _probes(context, subject, probe.nesting):
        inner = {**each.params[each.nested], "conformanceUnknown": "7"}
        more = each.having(**{each.nested: inner})
        yield from compare(
            context, each, oracle.unknown_property_is_ignored, partial(ask, context, more)
        )


@check(oracle.index_query_equals_path, over=services_with(probe.plain))
def test_index_query_equals_path(context: Context, subject: Subject) -> Iterable[Breach]:
    """Name service and action in the query of index.php."""
    form = Form(endpoint=Endpoint.INDEX_QUERY)
    return _in_form(context, subject, probe.plain, oracle.index_query_equals_path, form)


@check(oracle.index_path_equals_path, over=services_with(probe.plain))
def test_index_path_equals_path(context: Context, subject: Subject) -> Iterable[Breach]:
    """Name service and action in the path behind index.php."""
    form = Form(endpoint=Endpoint.INDEX_PATH)
    return _in_form(context, subject, probe.plain, oracle.index_path_equals_path, form)


@check(oracle.parameters_may_name_the_action, over=services_with(probe.plain))
def test_parameters_may_name_the_action(context: Context, subject: Subject) -> Iterable[Breach]:
    """Name service and action among the parameters."""
    form = Form(endpoint=Endpoint.BARE)
    return _in_form(context, subject, probe.plain, oracle.parameters_may_name_the_action, form)


@check(oracle.query_beats_body, over=services_with(probe.flat))
def test_query_beats_body(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send one value in the query and another in the body."""
    for each in _probes(context, subject, probe.flat):
        value = quote(str(each.params[each.parameter]), safe="")
        path = f"{_path(each)}?{each.parameter}={value}"
        yield from compare(
            context, each, oracle.query_beats_body, partial(_raw, context, path, _other(each))
        )


@check(oracle.path_beats_query, over=services_with(probe.flat))
def test_path_beats_query(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send one value in the path and another in the query."""
    for each in _probes(context, subject, probe.flat):
        value = quote(str(each.params[each.parameter]), safe="")
        other = quote(str(_other(each).params[each.parameter]), safe="")
        path = f"{_path(each)}/{each.parameter}/{value}?{each.parameter}={other}"
        yield from compare(
            context, each, oracle.path_beats_query, partial(_raw, context, path, _other(each))
        )


@check(oracle.charset_hides_the_body, over=target)
def test_charset_hides_the_body(context: Context, subject: Subject) -> Iterable[Breach]:  # noqa: ARG001
    """Send nothing, and JSON whose type has a charset."""
    each = usual_probe(context)
    form = Form(headers={"Content-Type": "application/json; charset=utf-8"})
    yield from compare(
        context,
        each,
        oracle.charset_hides_the_body,
        lambda: ask(context, each, form, session="none"),
        baseline=lambda: ask(context, each, NO_BODY, session="none"),
    )


@check(oracle.malformed_json_is_no_parameters, over=services_with(probe.lacking))
def test_malformed_json_is_no_parameters(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send nothing, and JSON that breaks off."""
    for each in _probes(context, subject, probe.lacking):
        broken = Form(raw_body=json.dumps({each.parameter: "x"}).encode()[:-1])
        yield from compare(
            context,
            each,
            oracle.malformed_json_is_no_parameters,
            partial(ask, context, each, broken, session="none"),
            baseline=partial(ask, context, each, NO_BODY, session="none"),
        )


@check(oracle.numeric_text_is_the_number, over=services_with(probe.numeric))
def test_numeric_text_is_the_number(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send a number, the same as text, and the text with letters behind it."""
    for each in _probes(context, subject, probe.numeric):
        number = each.params[each.parameter]
        for text in (str(number), f"{number}abc"):
            other = each.having(**{each.parameter: text})
            yield from compare(
                context,
                each,
                oracle.numeric_text_is_the_number,
                partial(ask, context, other),
            )


@check(oracle.bad_language_is_refused, over=services_with(probe.plain))
def test_bad_language_is_refused(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask in a language that is none."""
    if "INVALID_LANGUAGE_CODE" not in context.schema.errors:
        raise NotApplicable("the server's release knows no such error")
    for each in _probes(context, subject, probe.plain):
        exchange = ask(context, each.having(language="!!"), PLAIN)
        if exchange.error is not None and exchange.error.code == "SERVICE_DOES_NOT_EXISTS":
            raise NotApplicable("the service is not there, which comes before the language")
        yield from oracle.bad_language_is_refused(exchange)


@check(oracle.ignore_null_drops_empty_elements, over=services_with(probe.live))
def test_ignore_null_drops_empty_elements(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for XML without nulls."""
    for each in _probes(context, subject, probe.live):
        reduced = ask(context, each.having(ignoreNull="1"), IN_XML)
        yield from oracle.ignore_null_drops_empty_elements(
            ask(context, each), reduced, context.schema, context.lineage
        )


@check(oracle.text_is_read_alike_in_every_encoding, over=services_with(probe.textual))
def test_text_is_read_alike_in_every_encoding(
    context: Context, subject: Subject
) -> Iterable[Breach]:
    """Ask for an object by a name in many scripts, in each encoding and format."""
    for found in _probes(context, subject, probe.textual):
        each = found.having(**{found.parameter: SOUGHT_TEXT})
        for form in (
            Form(encoding=Encoding.FORM),
            BY_GET,
            Form(encoding=Encoding.MULTIPART),
            Form(encoding=Encoding.MULTIPART_JSON, format=Format.XML),
            Form(format=Format.PHP),
            BY_SCRIPT,
        ):
            yield from compare(
                context,
                each,
                oracle.text_is_read_alike_in_every_encoding,
                partial(ask, context, each, form),
            )


@check(oracle.xml_equals_json, over=services_with(probe.keeping), writes=True)
def test_xml_of_an_object_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Make an object and get it in JSON and in XML."""
    return _kept(context, subject, oracle.xml_equals_json, IN_XML)


@check(oracle.php_equals_json, over=services_with(probe.keeping), writes=True)
def test_php_of_an_object_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Make an object and get it in JSON and as serialised PHP."""
    return _kept(context, subject, oracle.php_equals_json, Form(format=Format.PHP))


def _kept(context: Context, subject: Subject, judge: Judge, form: Form) -> list[Breach]:
    (found,) = _probes(context, subject, probe.keeping)
    try:
        made = context.make(found.service)
    except Inconclusive as reason:
        # What cannot be made is the crud area's to tell; errors and lists were compared anyway.
        raise NotApplicable(str(reason)) from reason
    try:
        if "get" not in made.keys:
            raise Inconclusive(f"{found.service}: nothing tells how to get the object")
        each = found.having(**made.keys["get"])
        return list(compare(context, each, judge, partial(ask, context, each, form)))
    finally:
        context.discard(made)


@check(oracle.small_time_counts_from_now, over=target, writes=True)
def test_small_time_counts_from_now(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Let an entry begin in two hours, and by an update an hour ago; get it after each."""
    made = context.make("media", properties={"startDate": FROM_NOW})
    try:
        yield from oracle.small_time_counts_from_now(made.exchange, "startDate", FROM_NOW)
        read = context.call("media", "get", made.keys["get"])
        yield from oracle.small_time_counts_from_now(read, "startDate", FROM_NOW)
        entity = {"objectType": "KalturaMediaEntry", "startDate": AGO}
        sent = {**made.keys["update"], "mediaEntry": entity}
        form = Form(encoding=Encoding.FORM, format=Format.XML)
        update = context.call("media", "update", sent, form=form)
        yield from oracle.small_time_counts_from_now(update, "startDate", AGO)
    finally:
        context.discard(made)


@check(oracle.text_survives_storage, over=target, writes=True)
def test_text_survives_storage(context: Context, subject: Subject) -> Iterable[Breach]:  # noqa: ARG001
    """Store a name in many scripts and read it in each format."""
    for service in ("baseentry", "media", "playlist", "accesscontrolprofile", "conversionprofile"):
        if service not in context.schema.services:
            continue
        try:
            made = context.make(service, properties={"name": STORED_TEXT})
        except (Inconclusive, NotApplicable):
            continue
        try:
            return _reads(context, service, made)
        finally:
            context.discard(made)
    raise Inconclusive("no object with a name could be made")


def _reads(context: Context, service: str, made: Made) -> list[Breach]:
    reads: list[tuple[Exchange, object]] = [(made.exchange, _name(made.exchange))]
    for form in (PLAIN, IN_XML, Form(format=Format.PHP), BY_SCRIPT):
        exchange = context.call(service, "get", made.keys["get"], form=form)
        if exchange.result is None:
            raise Inconclusive(f"{service}.get of a fresh object gave no result")
        reads.append((exchange, _name(exchange)))
    return list(oracle.text_survives_storage(STORED_TEXT, reads))


def _name(exchange: Exchange) -> object:
    value = exchange.result.value if exchange.result else None
    return value.get("name") if isinstance(value, dict) else None


def _bracketed(path: str) -> str:
    first, *rest = path.split(":")
    return first + "".join(f"[{step}]" for step in rest)


def _path(each: Probe) -> str:
    return f"/api_v3/service/{each.service}/action/{each.action}"


def _other(each: Probe) -> Probe:
    """The same call with another value."""
    return each.having(**{each.parameter: probe.OTHER_NUMBER if each.numeric else probe.OTHER_TEXT})


def _raw(context: Context, path: str, body: Probe) -> Exchange:
    """A POST of the probe's parameters to a path that has parameters too."""
    sent = {"format": 1, "ks": context.ks("admin"), **body.params}
    headers = {"Content-Type": "application/json"}
    return context.send_raw("POST", path, headers=headers, body=json.dumps(sent).encode())
