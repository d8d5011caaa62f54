"""Faults of one encoding or format that may be broken in a single service."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tests.hunt.codec import Opaque, document, parameters
from tests.hunt.message import HttpRequest, entities, is_error
from tests.hunt.mutant import asking, before, bytewise
from tests.hunt.mutants.transport import of_form
from tests.hunt.mutants.wire import is_xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


def of_query(
    request: HttpRequest, change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]
) -> HttpRequest | None:
    """The request with another query; None where nothing changes."""
    url = urlsplit(request.target)
    pairs = parse_qsl(url.query, keep_blank_values=True)
    changed = change(pairs)
    if changed == pairs:
        return None
    target = urlunsplit(("", "", url.path, urlencode(changed), ""))
    return HttpRequest(request.method, target, request.headers, request.body)


@before(narrow=True)
def forms_have_no_depth(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Properties nested in a form are lost."""
    return of_form(request, lambda found: [p for p in found if ":" not in p[0] and "[" not in p[0]])


@before(narrow=True)
def forms_are_of_another_charset(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Forms are read as Latin-1."""
    return of_form(request, lambda found: [(k, v.encode().decode("latin-1")) for k, v in found])


@before(narrow=True)
def forms_have_blanks_for_pluses(request: HttpRequest, _world: World) -> HttpRequest | None:
    """A plus in a form's value becomes a blank."""
    return of_form(request, lambda found: [(k, v.replace("+", " ")) for k, v in found])


@before(narrow=True)
def forms_lose_arrays(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Arrays in a form keep only their first item."""
    return of_form(request, lambda found: [p for p in found if not re.search(r"[:\[][1-9]", p[0])])


@before(narrow=True)
def queries_lose_nested_values(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Nested properties in a query are lost."""
    return of_query(request, lambda found: [p for p in found if not set(p[0]) & set(":[")])


@before(narrow=True)
def queries_are_of_another_charset(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Queries are read as Latin-1."""
    return of_query(request, lambda found: [(k, v.encode().decode("latin-1")) for k, v in found])


@before(narrow=True)
def big_bodies_are_lost(request: HttpRequest, _world: World) -> HttpRequest | None:
    """A JSON body over 8 KB is not read."""
    kind = request.header("Content-Type").lower()
    if not kind.startswith("application/json") or len(request.body) < 8192:
        return None
    return HttpRequest(request.method, request.target, request.headers, b"{}")


@before(narrow=True)
def maps_are_no_arrays(request: HttpRequest, _world: World) -> HttpRequest | None:
    """In JSON an array may not be a map with numeric keys."""
    if not request.header("Content-Type").lower().startswith("application/json"):
        return None

    def without(node: Any, top: bool = True) -> Any:  # noqa: FBT001, FBT002
        if isinstance(node, dict):
            return {
                k: without(v, top=False)
                for k, v in node.items()
                if top or not (isinstance(v, dict) and v and all(n.isdigit() for n in v))
            }
        return [without(each, top=False) for each in node] if isinstance(node, list) else node

    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    outer, _ = parameters(request)
    if outer.get("service") == "multirequest" or without(body) == body:
        return None
    changed = json.dumps(without(body)).encode()
    return HttpRequest(request.method, request.target, request.headers, changed)


def rewritten(exchange: Exchange, change: Callable[[Any], None]) -> None:
    """Change the value in an answer's body."""
    try:
        read = document(exchange.answer.body)
    except Opaque:
        return
    was = json.dumps(read.value)
    change(read.value)
    if json.dumps(read.value) != was:
        exchange.answer.body = read.bytes()


def is_php(exchange: Exchange) -> bool:
    """Whether an answer is serialised PHP."""
    return bool(re.match(rb"[aO]:\d", exchange.answer.body))


@bytewise()
def xml_shows_the_word_null(exchange: Exchange, _world: World) -> None:
    """Empty elements in XML hold the word null."""
    if is_xml(exchange):
        body = exchange.answer.body
        exchange.answer.body = re.sub(rb"<(\w+)></\1>|<(\w+)/>", rb"<\1\2>null</\1\2>", body)


@bytewise()
def xml_loses_line_breaks(exchange: Exchange, _world: World) -> None:
    """Line breaks and double blanks in XML texts become single blanks."""
    if is_xml(exchange):
        exchange.answer.body = re.sub(rb"[ \n\t]{2,}|\n|\t", b" ", exchange.answer.body)


@bytewise()
def xml_texts_are_cut(exchange: Exchange, _world: World) -> None:
    """Texts in XML are cut at sixty characters."""
    if is_xml(exchange):
        body = exchange.answer.body
        exchange.answer.body = re.sub(rb">([^<&]{60})[^<]+<", rb">\1<", body)


@bytewise()
def xml_lists_have_no_total(exchange: Exchange, _world: World) -> None:
    """Lists in XML have a totalCount of 0."""
    if is_xml(exchange):
        body = exchange.answer.body
        exchange.answer.body = re.sub(rb"<totalCount>\d+<", b"<totalCount>0<", body)


@bytewise()
def xml_errors_lack_their_args(exchange: Exchange, _world: World) -> None:
    """Errors in XML have no args."""
    if is_xml(exchange):
        body = exchange.answer.body
        exchange.answer.body = re.sub(rb"<args>.*?</args>", b"<args></args>", body, flags=re.DOTALL)


@bytewise()
def xml_is_json_in_one_element(exchange: Exchange, _world: World) -> None:
    """Objects inside objects come as JSON in XML."""
    if not is_xml(exchange):
        return

    def nested(value: Any) -> None:
        for found in entities(value):
            for name, each in found.items():
                if isinstance(each, dict):
                    found[name] = json.dumps(each)

    rewritten(exchange, nested)


@bytewise()
def php_objects_lack_their_type(exchange: Exchange, _world: World) -> None:
    """Objects in serialised PHP have no objectType."""
    if is_php(exchange):
        rewritten(
            exchange,
            lambda value: [None for e in entities(value) if e.pop("objectType", None)] and None,
        )


@bytewise()
def php_lists_are_empty(exchange: Exchange, _world: World) -> None:
    """Lists in serialised PHP hold no objects."""

    def emptied(value: Any) -> None:
        if isinstance(value, dict) and isinstance(value.get("objects"), list):
            value["objects"] = []

    if is_php(exchange):
        rewritten(exchange, emptied)


@bytewise()
def php_lacks_a_property(exchange: Exchange, _world: World) -> None:
    """Serialised PHP lacks a property that JSON shows."""

    def less(value: Any) -> None:
        for found in entities(value):
            found.pop("createdAt", None)

    if is_php(exchange):
        rewritten(exchange, less)


@bytewise()
def jsonp_shows_no_objects(exchange: Exchange, _world: World) -> None:
    """JSONP shows no more of an object than id and name."""

    def less(value: Any) -> None:
        for found in entities(value):
            for name in [n for n in found if n not in ("id", "name", "objectType")]:
                del found[name]

    if exchange.answer.header("Content-Type").startswith("application/javascript"):
        rewritten(exchange, less)


@bytewise()
def gets_lack_a_property(exchange: Exchange, _world: World) -> None:
    """Answers to GET show no updatedAt."""

    def less(value: Any) -> None:
        for found in entities(value):
            found.pop("updatedAt", None)

    if exchange.request.method == "GET":
        rewritten(exchange, less)


@bytewise()
def forms_are_answered_otherwise(exchange: Exchange, _world: World) -> None:
    """Answers to a form lack the description and the name."""

    def less(value: Any) -> None:
        for found in entities(value):
            found.pop("description", None)
            found.pop("name", None)

    if "form-urlencoded" in exchange.request.header("Content-Type"):
        rewritten(exchange, less)


@bytewise(narrow=False)
def bad_callbacks_are_called(exchange: Exchange, _world: World) -> None:
    """JSONP calls a function of any name."""
    if exchange.answer.header("X-Kaltura").endswith("INVALID_FIELD_VALUE"):
        exchange.answer.set("Content-Type", "application/javascript")
        exchange.answer.body = b"alert(1)//(null);"


@bytewise(narrow=False)
def unknown_formats_are_not_said(exchange: Exchange, _world: World) -> None:
    """An unknown format is answered by nothing, without a header that says why."""
    if exchange.answer.header("X-Kaltura").endswith("UNKNOWN_RESPONSE_FORMAT"):
        exchange.answer.drop("X-Kaltura", "X-Kaltura-App")


@asking("*")
def nulls_are_empty_objects(call: Call, _world: World) -> None:
    """A null for a whole object is an empty object."""
    param = call.object_param()
    if param and param.name in call.params and call.params[param.name] is None:
        call.params[param.name] = {}


def first_missing(exchange: Exchange) -> Any:
    """A missing parameter's error, if the answer is one."""
    try:
        value = document(exchange.answer.body).value
    except Opaque:
        return None
    return value if is_error(value, "MISSING_MANDATORY_PARAMETER") else None


@bytewise()
def the_last_missing_parameter_is_named(exchange: Exchange, _world: World) -> None:
    """Of several missing parameters the last is named."""
    error = first_missing(exchange)
    spec = exchange.calls[0].spec if exchange.calls else None
    if error is None or spec is None or exchange.calls[0].slot is not None:
        return
    sent = exchange.calls[0].params
    gone = [
        p.name
        for p in spec.params
        if not p.optional and p.name not in sent and p.type.kind != "array"
    ]
    named = str(error["args"].get("PARAM_NAME")) if isinstance(error["args"], dict) else ""
    if named in gone and gone[-1] != named:
        old, new = f'"{named}"'.encode(), f'"{gone[-1]}"'.encode()
        body = exchange.answer.body
        exchange.answer.body = body.replace(old, new).replace(
            f'\\"{named}\\"'.encode(), f'\\"{gone[-1]}\\"'.encode()
        )
