"""One answer in several formats, and which of them is chosen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.oracles import wire as oracle
from conformance.plugin.check import check
from conformance.plugin.subjects import target
from conformance.suites import probe
from conformance.suites.comparison import ask, compare
from conformance.suites.forms import BY_SCRIPT, CALLBACK, IN_XML
from conformance.suites.guises import in_form, probes_of
from conformance.suites.wire_subjects import services_with, usual_probe
from conformance.wire.request import Encoding, Form, Format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach


@check(oracle.xml_equals_json, over=services_with(probe.showing))
def test_xml_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for JSON and for XML."""
    return in_form(context, subject, probe.showing, oracle.xml_equals_json, IN_XML)


@check(oracle.php_equals_json, over=services_with(probe.showing))
def test_php_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for JSON and for serialised PHP."""
    form = Form(format=Format.PHP)
    return in_form(context, subject, probe.showing, oracle.php_equals_json, form)


@check(oracle.jsonp_equals_json, over=services_with(probe.showing))
def test_jsonp_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for JSON and for JSONP."""
    return in_form(context, subject, probe.showing, oracle.jsonp_equals_json, BY_SCRIPT)


@check(oracle.xml_is_the_default_format, over=services_with(probe.plain))
def test_xml_is_the_default_format(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask without naming a format."""
    form = Form(format=None)
    return in_form(context, subject, probe.plain, oracle.xml_is_the_default_format, form)


@check(oracle.unknown_format_has_an_empty_body, over=services_with(probe.plain))
def test_unknown_format_has_an_empty_body(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask for a format that nobody has."""
    for each in probes_of(context, subject, probe.plain):
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
    for each in probes_of(context, subject, probe.plain):
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
