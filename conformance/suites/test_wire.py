"""One call by several methods and in several encodings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.oracles import wire as oracle
from conformance.plugin.check import check
from conformance.plugin.subjects import target
from conformance.suites import probe
from conformance.suites.arrays import actions_with_arrays, call_with_an_array, keyed
from conformance.suites.comparison import PLAIN, ask, compare
from conformance.suites.forms import BY_GET
from conformance.suites.guises import in_form, probes_of
from conformance.suites.misuse import action_of, asked
from conformance.suites.wire_subjects import services_with, usual_probe
from conformance.wire.flattening import flatten
from conformance.wire.request import Encoding, Form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach


@check(oracle.get_equals_post, over=services_with(probe.speaking))
def test_get_equals_post(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask by POST and by GET."""
    return in_form(context, subject, probe.speaking, oracle.get_equals_post, BY_GET)


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
    for each in probes_of(context, subject, probe.plain):
        yield from oracle.head_equals_get(ask(context, each, BY_GET), ask(context, each, head))


@check(oracle.allowed_methods_are_told, over=services_with(probe.plain))
def test_allowed_methods_are_told(context: Context, subject: Subject) -> Iterable[Breach]:
    """Ask the service by OPTIONS, as a browser does before it sends JSON."""
    form = Form(method="OPTIONS", encoding=Encoding.QUERY)
    for each in probes_of(context, subject, probe.plain):
        yield from oracle.allowed_methods_are_told(
            ask(context, each.without_params(), form, session="none")
        )


@check(oracle.form_equals_json, over=services_with(probe.speaking))
def test_form_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send JSON, and a form with colon paths."""
    form = Form(encoding=Encoding.FORM)
    return in_form(context, subject, probe.speaking, oracle.form_equals_json, form)


@check(oracle.query_equals_json, over=services_with(probe.speaking))
def test_query_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send JSON, and the query string of a POST."""
    form = Form(encoding=Encoding.QUERY)
    return in_form(context, subject, probe.speaking, oracle.query_equals_json, form)


@check(oracle.multipart_equals_json, over=services_with(probe.speaking))
def test_multipart_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send JSON, and multipart fields."""
    form = Form(encoding=Encoding.MULTIPART)
    return in_form(context, subject, probe.speaking, oracle.multipart_equals_json, form)


@check(oracle.json_part_equals_json, over=services_with(probe.speaking))
def test_json_part_equals_json(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send JSON as the body, and as a field of a multipart body."""
    form = Form(encoding=Encoding.MULTIPART_JSON)
    return in_form(context, subject, probe.speaking, oracle.json_part_equals_json, form)


@check(oracle.brackets_equal_colons, over=services_with(probe.nesting))
def test_brackets_equal_colons(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send nested JSON, and a form with brackets."""
    for each in probes_of(context, subject, probe.nesting):
        flat = {_bracketed(path): text for path, text in flatten(each.params)}
        variant = partial(
            context.call, each.service, each.action, flat, form=Form(encoding=Encoding.FORM)
        )
        yield from compare(context, each, oracle.brackets_equal_colons, variant)


@check(oracle.colon_keys_in_json_nest, over=services_with(probe.nesting))
def test_colon_keys_in_json_nest(context: Context, subject: Subject) -> Iterable[Breach]:
    """Send nested JSON, and flat JSON whose keys have colons."""
    for each in probes_of(context, subject, probe.nesting):
        variant = partial(context.call, each.service, each.action, dict(flatten(each.params)))
        yield from compare(context, each, oracle.colon_keys_in_json_nest, variant)


@check(oracle.array_items_are_read, over=actions_with_arrays)
def test_array_items_are_read(context: Context, subject: Subject) -> Iterable[Breach]:
    """Put an item that has to be refused second into an array, in every encoding, without a KS."""
    action = action_of(context, subject)
    params, element = call_with_an_array(context, action)
    bracketed = {_bracketed(path): text for path, text in flatten(params)}
    for sent, form in (
        (params, PLAIN),
        (params, Form(encoding=Encoding.FORM)),
        (params, BY_GET),
        (params, Form(encoding=Encoding.MULTIPART)),
        (bracketed, Form(encoding=Encoding.FORM)),
        (keyed(params), PLAIN),
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


def _bracketed(path: str) -> str:
    first, *rest = path.split(":")
    return first + "".join(f"[{step}]" for step in rest)
