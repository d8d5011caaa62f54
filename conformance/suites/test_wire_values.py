"""Texts, times and whole objects: what is read, kept and shown of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.oracles import wire as oracle
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subjects import target
from conformance.suites import probe
from conformance.suites.comparison import PLAIN, ask, compare
from conformance.suites.forms import BY_GET, BY_SCRIPT, IN_XML
from conformance.suites.guises import probes_of
from conformance.suites.wire_subjects import services_with
from conformance.wire.request import Encoding, Form, Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made
    from conformance.suites.comparison import Judge
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

BMP_TEXT = "Zażółć שלום 漢字 e\u0301 ñ Ж ☃"
"""Several scripts, a combining mark, right-to-left; nothing beyond U+FFFF, no markup (CRUD-13)."""
SOUGHT_TEXT = BMP_TEXT + " & 'a' \"b\" 1+1=2; #3, 100%"
"""What is only sought is no markup to be purified: it has what XML must not hold as it is, and
what means something else in forms and in addresses."""
FROM_NOW, AGO = 7_200, -3_600
"""Seconds; small enough to count from now (CONTRACT WIRE-24)."""
STORED_TEXT = BMP_TEXT + " 'a' \"b\" \\c 100% /d"


@check(oracle.text_is_read_alike_in_every_encoding, over=services_with(probe.textual))
def test_text_is_read_alike_in_every_encoding(
    context: Context, subject: Subject
) -> Iterable[Breach]:
    """Ask for an object by a name in many scripts, in each encoding and format."""
    for found in probes_of(context, subject, probe.textual):
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
    (found,) = probes_of(context, subject, probe.keeping)
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
