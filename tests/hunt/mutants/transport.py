"""More faults of the protocol: what encodings and formats spoil in the values that they carry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode

from tests.hunt.message import HttpRequest
from tests.hunt.mutant import asking, before, bytewise
from tests.hunt.mutants.errors import the_error
from tests.hunt.mutants.wire import FORM, is_xml

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


def of_form(
    request: HttpRequest, change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]
) -> HttpRequest | None:
    """The request with another form as its body; None where it has none."""
    if not request.header("Content-Type").lower().startswith(FORM):
        return None
    pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    changed = change(pairs)
    if changed == pairs:
        return None
    return HttpRequest(request.method, request.target, request.headers, urlencode(changed).encode())


@before()
def forms_are_decoded_twice(request: HttpRequest, _world: World) -> HttpRequest | None:
    """The values of a form are decoded twice."""
    return of_form(request, lambda pairs: [(k, unquote(v)) for k, v in pairs])


@before()
def forms_lose_empty_values(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Empty values of a form are dropped."""
    return of_form(request, lambda pairs: [(k, v) for k, v in pairs if v])


@before()
def forms_keep_the_first_of_two(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Of two equal keys of a form the first wins."""
    return of_form(request, lambda pairs: list(dict(reversed(pairs)).items())[::-1])


@before()
def escapes_in_json_are_lost(request: HttpRequest, _world: World) -> HttpRequest | None:
    r"""Escaped characters (\u00e9) in a JSON body are dropped."""
    if not request.header("Content-Type").lower().startswith("application/json"):
        return None
    body = re.sub(rb"(?<!\\)\\u00[89a-f][0-9a-f]", b"", request.body, flags=re.IGNORECASE)
    if body == request.body:
        return None
    return HttpRequest(request.method, request.target, request.headers, body)


@bytewise()
def xml_is_escaped_twice(exchange: Exchange, _world: World) -> None:
    """Markup in XML texts is escaped twice."""
    if is_xml(exchange):
        exchange.answer.body = re.sub(rb"&(amp|lt|gt|quot);", rb"&amp;\1;", exchange.answer.body)


@bytewise()
def xml_lacks_accents(exchange: Exchange, _world: World) -> None:
    """XML lacks letters beyond ASCII."""
    if is_xml(exchange):
        exchange.answer.body = re.sub(rb"[\x80-\xff]+", b"", exchange.answer.body)


@bytewise()
def xml_lists_lack_the_last(exchange: Exchange, _world: World) -> None:
    """Lists in XML lack their last object."""
    body = exchange.answer.body
    if is_xml(exchange) and body.count(b"<item>") > 1 and b"<objects>" in body:
        before_it, _, after = body.rpartition(b"<item>")
        exchange.answer.body = before_it + after.partition(b"</item>")[2]


@bytewise()
def xml_zeros_are_empty(exchange: Exchange, _world: World) -> None:
    """Zeros in XML are empty elements."""
    if is_xml(exchange):
        exchange.answer.body = re.sub(rb"<(\w+)>0</\1>", rb"<\1></\1>", exchange.answer.body)


@bytewise()
def php_counts_characters(exchange: Exchange, _world: World) -> None:
    """Lengths in serialised PHP count characters instead of bytes."""
    if re.match(rb"(a|O|s|i|b|N)[:;]", exchange.answer.body):
        text = exchange.answer.body.decode("utf-8", "replace")

        def counted(found: re.Match[str]) -> str:
            return f's:{len(found[2])}:"{found[2]}";'

        exchange.answer.body = re.sub(r's:(\d+):"([^"]*)";', counted, text).encode()


@bytewise()
def jsonp_is_called_twice(exchange: Exchange, _world: World) -> None:
    """JSONP calls its function twice."""
    if exchange.answer.header("Content-Type").startswith("application/javascript"):
        exchange.answer.body += exchange.answer.body


@bytewise()
def errors_may_be_kept(exchange: Exchange, _world: World) -> None:
    """Errors may be cached by anybody for a day."""
    if the_error(exchange) is not None:
        exchange.answer.drop("Pragma", "Expires")
        exchange.answer.set("Cache-Control", "public, max-age=86400")


@bytewise()
def errors_lack_cors(exchange: Exchange, _world: World) -> None:
    """Errors lack Access-Control-Allow-Origin."""
    if the_error(exchange) is not None:
        exchange.answer.drop("Access-Control-Allow-Origin")


@bytewise()
def errors_have_the_type_of_html(exchange: Exchange, _world: World) -> None:
    """Errors are sent as text/html."""
    if the_error(exchange) is not None:
        exchange.answer.set("Content-Type", "text/html; charset=utf-8")


@asking("add", "update")
def true_is_read_as_one_only(call: Call, _world: World) -> None:
    """Of texts for a bool only 1 counts as true."""
    for name, each in list(call.object.items()):
        if isinstance(each, str) and each.lower() == "true":
            call.object[name] = False


@bytewise(narrow=False)
def gets_are_stale(exchange: Exchange, world: World) -> None:
    """GET of an equal URL is answered as it was the first time, session or not."""
    if exchange.request.method != "GET" or not exchange.calls:
        return
    first = world.memory.setdefault(exchange.request.target, exchange.answer.body)
    exchange.answer.body = first


@bytewise(narrow=False)
def session_headers_are_words(exchange: Exchange, _world: World) -> None:
    """X-Kaltura-Session holds a word where its number is due."""
    if exchange.answer.header("X-Kaltura-Session"):
        exchange.answer.set("X-Kaltura-Session", "none")
