"""How a call names its service, its action and its parameters, and what it may leave unnamed."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.oracles import wire as oracle
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subjects import target
from conformance.suites import probe
from conformance.suites.comparison import PLAIN, ask, compare
from conformance.suites.forms import IN_XML
from conformance.suites.guises import in_form, probes_of
from conformance.suites.wire_subjects import services_with, usual_probe
from conformance.wire.request import Endpoint, Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.schema.model import Service
    from conformance.suites.comparison import Judge
    from conformance.suites.probe import Grounds, Probe
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

    Finder = Callable[[Grounds, Service], tuple[Probe, ...]]

NO_BODY = Form(raw_body=b"")


def _with(
    context: Context, subject: Subject, find: Finder, judge: Judge, **params: Any
) -> Iterator[Breach]:
    """The service's probes, plain and with more parameters."""
    for each in probes_of(context, subject, find):
        more = each.having(**params)
        yield from compare(context, each, judge, partial(ask, context, more))


@check(oracle.service_name_ignores_case, over=services_with(probe.plain))
def test_service_name_ignores_case(context: Context, subject: Subject) -> Iterable[Breach]:
    """Write the service's id in capitals."""
    for each in probes_of(context, subject, probe.plain):
        variant = partial(context.call, each.service.upper(), each.action, each.params)
        yield from compare(context, each, oracle.service_name_ignores_case, variant, fold=True)


@check(oracle.action_name_ignores_case, over=services_with(probe.plain))
def test_action_name_ignores_case(context: Context, subject: Subject) -> Iterable[Breach]:
    """Write the action's name in capitals."""
    for each in probes_of(context, subject, probe.plain):
        variant = partial(context.call, each.service, each.action.upper(), each.params)
        yield from compare(context, each, oracle.action_name_ignores_case, variant, fold=True)


@check(oracle.parameter_name_keeps_case, over=services_with(probe.flat))
def test_parameter_name_keeps_case(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send nothing, and the parameter with its name in capitals."""
    for each in probes_of(context, subject, probe.flat):
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
    for each in probes_of(context, subject, probe.nesting):
        inner = {**each.params[each.nested], "conformanceUnknown": "7"}
        more = each.having(**{each.nested: inner})
        yield from compare(
            context, each, oracle.unknown_property_is_ignored, partial(ask, context, more)
        )


@check(oracle.index_query_equals_path, over=services_with(probe.plain))
def test_index_query_equals_path(context: Context, subject: Subject) -> Iterable[Breach]:
    """Name service and action in the query of index.php."""
    form = Form(endpoint=Endpoint.INDEX_QUERY)
    return in_form(context, subject, probe.plain, oracle.index_query_equals_path, form)


@check(oracle.index_path_equals_path, over=services_with(probe.plain))
def test_index_path_equals_path(context: Context, subject: Subject) -> Iterable[Breach]:
    """Name service and action in the path behind index.php."""
    form = Form(endpoint=Endpoint.INDEX_PATH)
    return in_form(context, subject, probe.plain, oracle.index_path_equals_path, form)


@check(oracle.parameters_may_name_the_action, over=services_with(probe.plain))
def test_parameters_may_name_the_action(context: Context, subject: Subject) -> Iterable[Breach]:
    """Name service and action among the parameters."""
    form = Form(endpoint=Endpoint.BARE)
    return in_form(context, subject, probe.plain, oracle.parameters_may_name_the_action, form)


@check(oracle.query_beats_body, over=services_with(probe.flat))
def test_query_beats_body(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send one value in the query and another in the body."""
    for each in probes_of(context, subject, probe.flat):
        value = quote(str(each.params[each.parameter]), safe="")
        path = f"{_path(each)}?{each.parameter}={value}"
        yield from compare(
            context, each, oracle.query_beats_body, partial(_raw, context, path, _other(each))
        )


@check(oracle.path_beats_query, over=services_with(probe.flat))
def test_path_beats_query(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send one value in the path and another in the query."""
    for each in probes_of(context, subject, probe.flat):
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
    for each in probes_of(context, subject, probe.lacking):
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
    for each in probes_of(context, subject, probe.numeric):
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
    for each in probes_of(context, subject, probe.plain):
        exchange = ask(context, each.having(language="!!"), PLAIN)
        if exchange.error is not None and exchange.error.code == "SERVICE_DOES_NOT_EXISTS":
            raise NotApplicable("the service is not there, which comes before the language")
        yield from oracle.bad_language_is_refused(exchange)


@check(oracle.ignore_null_drops_empty_elements, over=services_with(probe.live))
def test_ignore_null_drops_empty_elements(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for XML without nulls."""
    for each in probes_of(context, subject, probe.live):
        reduced = ask(context, each.having(ignoreNull="1"), IN_XML)
        yield from oracle.ignore_null_drops_empty_elements(
            ask(context, each), reduced, context.schema, context.lineage
        )


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
