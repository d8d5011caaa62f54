"""Faults of the protocol: bytes, headers, formats, encodings, ways to ask."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tests.hunt.codec import Opaque, document, parameters
from tests.hunt.message import HttpRequest, is_error
from tests.hunt.mutant import answering, around, asking, before, bytewise

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World

FORM = "application/x-www-form-urlencoded"


def is_json(exchange: Exchange) -> bool:
    """Whether an answer is JSON."""
    return exchange.answer.header("Content-Type").startswith("application/json")


def is_xml(exchange: Exchange) -> bool:
    """Whether an answer is XML of the API."""
    return b"<xml>" in exchange.answer.body[:80]


@bytewise()
def php_warnings_come_first(exchange: Exchange, _world: World) -> None:
    """A PHP warning stands before the body."""
    warning = (
        b"<br />\n<b>Warning</b>:  Undefined array key 1 in <b>/opt/a.php</b> on line <b>9</b>"
    )
    exchange.answer.body = warning + b"<br />\n" + exchange.answer.body


@bytewise()
def php_notices_come_last(exchange: Exchange, _world: World) -> None:
    """A PHP notice stands after the body."""
    exchange.answer.body += b"\n<br />\n<b>Notice</b>:  Undefined variable: x in <b>/opt/a.php</b>"


@bytewise()
def bodies_begin_with_a_bom(exchange: Exchange, _world: World) -> None:
    """The body begins with a byte order mark."""
    exchange.answer.body = b"\xef\xbb\xbf" + exchange.answer.body


@bytewise()
def bodies_are_cut(exchange: Exchange, _world: World) -> None:
    """The body is cut at nine tenths."""
    exchange.answer.body = exchange.answer.body[: len(exchange.answer.body) * 9 // 10]


@bytewise()
def bodies_are_empty(exchange: Exchange, _world: World) -> None:
    """The body is empty."""
    exchange.answer.body = b""


@bytewise()
def bodies_are_html(exchange: Exchange, _world: World) -> None:
    """The body is an error page of a gateway, with HTTP 200."""
    exchange.answer.body = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
    exchange.answer.set("Content-Type", "text/html")


@bytewise()
def gateways_time_out(exchange: Exchange, _world: World) -> None:
    """The answer is HTTP 504."""
    exchange.answer.status = 504
    exchange.answer.body = b"<html><body><h1>504 Gateway Time-out</h1></body></html>"
    exchange.answer.set("Content-Type", "text/html")


@bytewise()
def connections_are_cut(exchange: Exchange, _world: World) -> None:
    """The connection is cut before the answer."""
    exchange.answer.status = 0


@bytewise()
def successes_are_http_201(exchange: Exchange, _world: World) -> None:
    """Answers to add are sent with HTTP 201."""
    if any(call.action == "add" for call in exchange.calls):
        exchange.answer.status = 201


@bytewise()
def voids_are_http_204(exchange: Exchange, _world: World) -> None:
    """Void answers are sent with HTTP 204 and no body."""
    if exchange.answer.body == b"null" or b"<result></result>" in exchange.answer.body:
        exchange.answer.status, exchange.answer.body = 204, b""


@bytewise()
def json_keys_are_doubled(exchange: Exchange, _world: World) -> None:
    """Objects hold a key twice."""
    if is_json(exchange) and exchange.answer.body.startswith(b'{"'):
        exchange.answer.body = b'{"objectType":"KalturaObject",' + exchange.answer.body[1:]


@bytewise()
def json_has_trailing_commas(exchange: Exchange, _world: World) -> None:
    """JSON objects end in a comma."""
    if is_json(exchange) and exchange.answer.body.endswith(b'"}'):
        exchange.answer.body = exchange.answer.body[:-1] + b",}"


@bytewise()
def json_holds_raw_control_characters(exchange: Exchange, _world: World) -> None:
    """Line ends in JSON texts are not escaped."""
    if is_json(exchange):
        exchange.answer.body = exchange.answer.body.replace(b"\\n", b"\n")


@bytewise()
def json_is_latin_1(exchange: Exchange, _world: World) -> None:
    """JSON is encoded as Latin-1."""
    if is_json(exchange):
        try:
            value = json.loads(exchange.answer.body)
        except ValueError:
            return
        text = json.dumps(value, ensure_ascii=False)
        if not text.isascii():
            exchange.answer.body = text.encode("latin-1", "replace")


@bytewise()
def json_is_doubly_encoded(exchange: Exchange, _world: World) -> None:
    """JSON is encoded twice."""
    if is_json(exchange):
        exchange.answer.body = json.dumps(exchange.answer.body.decode()).encode()


@bytewise()
def json_ends_in_rubbish(exchange: Exchange, _world: World) -> None:
    """A second document follows the first."""
    if is_json(exchange):
        exchange.answer.body += b"null"


@bytewise()
def json_numbers_are_not_numbers(exchange: Exchange, _world: World) -> None:
    """Zeros are written as NaN."""
    if is_json(exchange):
        exchange.answer.body = re.sub(rb'":0([,}])', rb'":NaN\1', exchange.answer.body)


@bytewise()
def types_are_text_html(exchange: Exchange, _world: World) -> None:
    """The content type is text/html."""
    exchange.answer.set("Content-Type", "text/html; charset=UTF-8")


@bytewise()
def types_are_missing(exchange: Exchange, _world: World) -> None:
    """The content type is missing."""
    exchange.answer.drop("Content-Type")


@bytewise()
def json_has_the_type_of_xml(exchange: Exchange, _world: World) -> None:
    """JSON is sent as text/xml."""
    if is_json(exchange):
        exchange.answer.set("Content-Type", "text/xml")


@bytewise()
def xml_has_the_type_of_json(exchange: Exchange, _world: World) -> None:
    """XML is sent as application/json."""
    if is_xml(exchange):
        exchange.answer.set("Content-Type", "application/json")


@bytewise()
def xml_is_declared_latin_1(exchange: Exchange, _world: World) -> None:
    """XML is declared as Latin-1 though it is UTF-8."""
    if is_xml(exchange):
        body = exchange.answer.body
        exchange.answer.body = re.sub(rb'encoding="[^"]*"', b'encoding="iso-8859-1"', body, count=1)


@bytewise()
def cors_is_missing(exchange: Exchange, _world: World) -> None:
    """Access-Control-Allow-Origin is missing."""
    exchange.answer.drop("Access-Control-Allow-Origin")


@bytewise()
def cors_names_another_origin(exchange: Exchange, _world: World) -> None:
    """Access-Control-Allow-Origin names one site."""
    exchange.answer.set("Access-Control-Allow-Origin", "https://kmc.example")


@bytewise()
def exposed_headers_are_missing(exchange: Exchange, _world: World) -> None:
    """Access-Control-Expose-Headers is missing."""
    exchange.answer.drop("Access-Control-Expose-Headers")


@bytewise()
def answers_may_be_cached(exchange: Exchange, _world: World) -> None:
    """Answers may be cached by anybody for a day."""
    exchange.answer.drop("Expires", "Pragma")
    exchange.answer.set("Cache-Control", "public, max-age=86400")


@bytewise()
def cache_headers_are_missing(exchange: Exchange, _world: World) -> None:
    """No header forbids to cache."""
    exchange.answer.drop("Expires", "Pragma", "Cache-Control")


@bytewise()
def session_headers_are_missing(exchange: Exchange, _world: World) -> None:
    """X-Kaltura-Session is missing."""
    exchange.answer.drop("X-Kaltura-Session")


@bytewise()
def gzip_is_not_said(exchange: Exchange, _world: World) -> None:
    """Bodies are compressed without saying so."""
    if not exchange.answer.header("Content-Encoding"):
        exchange.answer.body = gzip.compress(exchange.answer.body, mtime=0)


@bytewise()
def gzip_is_said_but_not_done(exchange: Exchange, _world: World) -> None:
    """Bodies are said to be compressed and are not."""
    exchange.answer.set("Content-Encoding", "gzip")


@bytewise()
def xml_is_not_escaped(exchange: Exchange, _world: World) -> None:
    """Ampersands in XML are not escaped."""
    if is_xml(exchange):
        exchange.answer.body = exchange.answer.body.replace(b"&amp;", b"&")


@bytewise()
def xml_lacks_null_elements(exchange: Exchange, _world: World) -> None:
    """XML leaves properties without a value out."""
    if is_xml(exchange):
        exchange.answer.body = re.sub(rb"<(?!result|objects)(\w+)></\1>", b"", exchange.answer.body)


@bytewise()
def xml_lacks_the_execution_time(exchange: Exchange, _world: World) -> None:
    """XML lacks executionTime."""
    if is_xml(exchange):
        body = exchange.answer.body
        exchange.answer.body = re.sub(rb"<executionTime>[^<]*</executionTime>", b"", body)


@bytewise()
def xml_booleans_are_words(exchange: Exchange, world: World) -> None:
    """Booleans in XML are true and false."""
    pattern = world.memory.get("pattern")
    if pattern is None:
        kinds = world.schema.classes.values()
        names = {p.name for c in kinds for p in c.properties if p.type.kind == "bool"}
        choice = "|".join(sorted(names)).encode()
        pattern = world.memory["pattern"] = re.compile(rb"<(" + choice + rb")>([01])</")
    if is_xml(exchange):
        exchange.answer.body = pattern.sub(
            lambda m: b"<" + m[1] + b">" + (b"true" if m[2] == b"1" else b"false") + b"</",
            exchange.answer.body,
        )


@bytewise()
def xml_items_are_named_by_class(exchange: Exchange, _world: World) -> None:
    """Items of arrays in XML are not called item."""
    if is_xml(exchange):
        body = exchange.answer.body.replace(b"<item>", b"<entry>")
        exchange.answer.body = body.replace(b"</item>", b"</entry>")


@bytewise()
def xml_has_another_root(exchange: Exchange, _world: World) -> None:
    """The root of XML is called response."""
    if is_xml(exchange):
        body = exchange.answer.body.replace(b"<xml>", b"<response>")
        exchange.answer.body = body.replace(b"</xml>", b"</response>")


@bytewise()
def xml_types_come_last(exchange: Exchange, _world: World) -> None:
    """Objects in XML lack their objectType."""
    if is_xml(exchange) and b"<error>" not in exchange.answer.body:
        body = exchange.answer.body
        exchange.answer.body = re.sub(rb"<objectType>\w+</objectType>", b"", body)


@bytewise()
def xml_texts_lose_markup(exchange: Exchange, _world: World) -> None:
    """Escaped markup in XML texts is lost."""
    if is_xml(exchange):
        exchange.answer.body = re.sub(rb"&(lt|gt|amp|quot);", b"", exchange.answer.body)


def is_jsonp(exchange: Exchange) -> bool:
    """Whether an answer is JSONP."""
    return "javascript" in exchange.answer.header("Content-Type")


@bytewise(narrow=False)
def jsonp_lacks_the_callback(exchange: Exchange, _world: World) -> None:
    """JSONP lacks its callback."""
    if is_jsonp(exchange):
        found = re.match(rb"^[\w.]+\((.*)\);?\s*$", exchange.answer.body, re.DOTALL)
        exchange.answer.body = found[1] if found else exchange.answer.body


@bytewise(narrow=False)
def jsonp_calls_another_function(exchange: Exchange, _world: World) -> None:
    """JSONP calls a function of another name."""
    if is_jsonp(exchange):
        exchange.answer.body = re.sub(rb"^[\w.]+\(", b"callback(", exchange.answer.body)


@bytewise(narrow=False)
def jsonp_has_the_type_of_json(exchange: Exchange, _world: World) -> None:
    """JSONP is sent as application/json."""
    if is_jsonp(exchange):
        exchange.answer.set("Content-Type", "application/json")


@bytewise(narrow=False)
def preflights_are_refused(exchange: Exchange, _world: World) -> None:
    """OPTIONS is refused."""
    if exchange.request.method == "OPTIONS":
        exchange.answer.status = 405


@bytewise(narrow=False)
def preflights_name_no_methods(exchange: Exchange, _world: World) -> None:
    """OPTIONS does not say which methods are allowed."""
    if exchange.request.method == "OPTIONS":
        exchange.answer.drop("Access-Control-Allow-Methods", "Access-Control-Allow-Headers")


@bytewise(narrow=False)
def gets_are_refused(exchange: Exchange, _world: World) -> None:
    """GET is refused."""
    if exchange.request.method == "GET":
        exchange.answer.status, exchange.answer.body = 405, b"Method Not Allowed"


@before("*")
def the_query_is_ignored(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Parameters in the query are ignored in a POST."""
    url = urlsplit(request.target)
    if request.method != "POST" or not url.query:
        return None
    return HttpRequest("POST", url.path, request.headers, request.body)


@before("*")
def the_body_wins_over_the_query(request: HttpRequest, _world: World) -> HttpRequest | None:
    """The body wins over the query."""
    url = urlsplit(request.target)
    if request.header("Content-Type").lower() != "application/json" or not url.query:
        return None
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    pairs = [(k, v) for k, v in parse_qsl(url.query, keep_blank_values=True) if k not in body]
    target = urlunsplit(("", "", url.path, urlencode(pairs), ""))
    if target == request.target:
        return None
    return HttpRequest(request.method, target, request.headers, request.body)


def with_form(request: HttpRequest, pairs: list[tuple[str, str]]) -> HttpRequest:
    """The request with another form."""
    body = urlencode(pairs).encode()
    headers = [(k, v) for k, v in request.headers if k.lower() != "content-length"]
    headers.append(("Content-Length", str(len(body))))
    return HttpRequest(request.method, request.target, headers, body)


def form_of(request: HttpRequest) -> list[tuple[str, str]]:
    """The pairs of a form; none where the body is none."""
    if not request.header("Content-Type").lower().startswith(FORM):
        return []
    return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)


@before("*")
def forms_lose_nested_properties(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Nested properties of a form are lost."""
    pairs = form_of(request)
    kept = [(k, v) for k, v in pairs if ":" not in k and "[" not in k]
    return with_form(request, kept) if kept != pairs else None


@before("*")
def forms_lose_deep_properties(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Properties of a form that are nested twice are lost."""
    pairs = form_of(request)
    kept = [(k, v) for k, v in pairs if k.count(":") < 2]
    return with_form(request, kept) if kept != pairs else None


@before("*")
def forms_are_latin_1(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Forms are read as Latin-1."""
    pairs = form_of(request)
    read = [(k, v.encode().decode("latin-1")) for k, v in pairs]
    return with_form(request, read) if read != pairs else None


@before("*")
def forms_lose_plus_signs(request: HttpRequest, _world: World) -> HttpRequest | None:
    """An encoded plus in a form becomes a blank."""
    pairs = form_of(request)
    read = [(k, v.replace("+", " ")) for k, v in pairs]
    return with_form(request, read) if read != pairs else None


@before("*")
def forms_know_no_colons(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Only brackets nest in a form; colons do not."""
    pairs = form_of(request)
    kept = [(k, v) for k, v in pairs if ":" not in k]
    return with_form(request, kept) if kept != pairs else None


@before("*")
def forms_know_no_brackets(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Only colons nest in a form; brackets do not."""
    pairs = form_of(request)
    kept = [(k, v) for k, v in pairs if "[" not in k]
    return with_form(request, kept) if kept != pairs else None


@before("*")
def forms_are_refused(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Forms are not read."""
    pairs = form_of(request)
    return with_form(request, []) if pairs else None


@before("*")
def multipart_fields_are_lost(request: HttpRequest, _world: World) -> HttpRequest | None:
    """The json part of a multipart body is not read."""
    if b'name="json"' not in request.body:
        return None
    body = request.body.replace(b'name="json"', b'name="jzon"')
    return HttpRequest(request.method, request.target, request.headers, body)


@before("*")
def json_with_a_charset_is_read(request: HttpRequest, _world: World) -> HttpRequest | None:
    """A JSON body is read although its content type has a charset."""
    kind = request.header("Content-Type")
    if not kind.lower().startswith("application/json;"):
        return None
    headers = [(k, v) for k, v in request.headers if k.lower() != "content-type"]
    headers.append(("Content-Type", "application/json"))
    return HttpRequest(request.method, request.target, headers, request.body)


@bytewise()
def bad_json_is_an_error(exchange: Exchange, _world: World) -> None:
    """JSON that cannot be read is answered with HTTP 400."""
    request = exchange.request
    if request.header("Content-Type").lower() == "application/json" and request.body:
        try:
            json.loads(request.body)
        except ValueError:
            exchange.answer.status, exchange.answer.body = 400, b'{"error":"bad json"}'


@around("*")
def names_are_case_sensitive(call: Call, world: World) -> Any:
    """Names of services in another case are not known."""
    asked = str(call.outer.get("service", "")) if call.slot is None else call.service
    known = world.schema.services.get(asked.lower())
    value = yield
    if known and asked not in (known.id, known.name):
        return world.error("SERVICE_DOES_NOT_EXISTS", SRV_NAME=asked)
    return value


@around("*")
def action_names_are_case_sensitive(call: Call, world: World) -> Any:
    """Names of actions in another case are not known."""
    asked = str(call.outer.get("action", "")) if call.slot is None else call.action
    odd = call.spec is not None and asked != call.spec.name
    service = call.service
    value = yield
    if odd and asked:
        return world.error("ACTION_DOES_NOT_EXISTS", ACTION_NAME=asked, SERVICE_NAME=service)
    return value


@around("*")
def unknown_parameters_are_errors(call: Call, world: World) -> Any:
    """A parameter that is not known is an error."""
    known = {p.name for p in call.spec.params} if call.spec else set()
    common = {
        "service",
        "action",
        "format",
        "ks",
        "clientTag",
        "apiVersion",
        "partnerId",
        "p",
        "language",
        "responseProfile",
        "kalsig",
        "callback",
        "ignoreNull",
        "content-type",
    }
    odd = [n for n in call.params if n not in known | common and not n.isdigit()]
    spec = call.spec
    value = yield
    if spec and odd and not is_error(value):
        return world.error("INVALID_PARAMETER_CHAR", XML_FIELD=odd[0])
    return value


@around("add", "update")
def unknown_properties_are_errors(call: Call, world: World) -> Any:
    """A property that is not known is an error."""
    param = call.object_param()
    known: set[str] = set()
    if param:
        family = (param.type.name or "", *world.lineage.descendants(param.type.name or ""))
        known = {n for kind in family for n in world.lineage.properties(kind)}
    names = [n.removesuffix("__null") for n in call.object if n != "objectType"]
    odd = [n for n in names if n not in known]
    value = yield
    if odd and not is_error(value):
        return world.error("PROPERTY_VALIDATION_NOT_UPDATABLE", PROP_NAME=odd[0])
    return value


@before("*")
def the_default_format_is_json(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Without a format answers are JSON."""
    params, _ = parameters(request)
    if "format" in params:
        return None
    target = request.target + ("&" if "?" in request.target else "?") + "format=1"
    return HttpRequest(request.method, target, request.headers, request.body)


@before("*")
def all_formats_are_json(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Whatever is asked for, answers are JSON."""
    url = urlsplit(request.target)
    pairs = [(k, v) for k, v in parse_qsl(url.query, keep_blank_values=True) if k != "format"]
    target = urlunsplit(("", "", url.path, urlencode([*pairs, ("format", "1")]), ""))
    return HttpRequest(request.method, target, request.headers, request.body)


@bytewise()
def unknown_formats_are_answered(exchange: Exchange, _world: World) -> None:
    """An unknown format is answered with an error in JSON."""
    if "UNKNOWN_RESPONSE_FORMAT" in exchange.answer.header("X-Kaltura"):
        exchange.answer.drop("X-Kaltura", "X-Kaltura-App")
        exchange.answer.body = b'{"code":"UNKNOWN_RESPONSE_FORMAT"}'


@bytewise()
def xml_lacks_a_property(exchange: Exchange, _world: World) -> None:
    """XML lacks a property that JSON shows."""
    if is_xml(exchange):
        body = exchange.answer.body
        exchange.answer.body = re.sub(rb"<name>[^<]*</name>(?!<value>)", b"", body)


@bytewise()
def xml_numbers_have_separators(exchange: Exchange, _world: World) -> None:
    """Large numbers in XML have thousands separators."""
    if is_xml(exchange):
        exchange.answer.body = re.sub(
            rb">(\d{10})</(createdAt|updatedAt)",
            lambda m: f">{int(m[1]):,}</".encode() + m[2],
            exchange.answer.body,
        )


@bytewise(narrow=False)
def php_answers_are_json(exchange: Exchange, _world: World) -> None:
    """Serialised PHP is broken: lengths of texts are one too low."""
    if re.match(rb"^[aOsibNd][:;]", exchange.answer.body):
        exchange.answer.body = re.sub(
            rb"s:(\d+):", lambda m: f"s:{max(0, int(m[1]) - 1)}:".encode(), exchange.answer.body
        )


@bytewise(narrow=False)
def bad_languages_are_accepted(exchange: Exchange, _world: World) -> None:
    """An invalid language is accepted."""
    if b"INVALID_LANGUAGE_CODE" in exchange.answer.body:
        exchange.answer.body = b"true" if is_json(exchange) else exchange.answer.body


@asking("*")
def false_is_true(call: Call, _world: World) -> None:
    """The text false counts as true."""
    for place in (call.params, call.object):
        for name, each in place.items():
            if isinstance(each, str) and each.lower() == "false":
                place[name] = True


@around("*")
def wrong_scalars_are_errors(call: Call, world: World) -> Any:
    """A text where a number is due is an error."""
    param = call.object_param()
    known = world.lineage.properties(str(param.type.name)) if param else {}
    odd = [
        n
        for n, v in call.object.items()
        if n in known
        and known[n].type.kind == "int"
        and isinstance(v, str)
        and not re.fullmatch(r"-?\d+", v)
    ]
    value = yield
    if odd and not is_error(value):
        return world.error("PROPERTY_VALIDATION_NUMERIC_VALUE", PROP_NAME=odd[0])
    return value


@answering("*")
def client_tags_are_echoed(call: Call, value: Any, _world: World) -> Any:
    """A client tag changes the result: every object is named by it."""
    tag = call.outer.get("clientTag")
    if tag and isinstance(value, dict) and "name" in value:
        value["name"] = f"{value['name']} ({tag})"
    return value


@asking("*")
def ignore_null_is_ignored(call: Call, _world: World) -> None:
    """ignoreNull has no effect."""
    call.params.pop("ignoreNull", None)
    call.outer.pop("ignoreNull", None)


@bytewise(narrow=False)
def get_and_post_differ(exchange: Exchange, _world: World) -> None:
    """Answers to GET lack a property."""
    if exchange.request.method == "GET":
        try:
            read = document(exchange.answer.body)
        except Opaque:
            return
        if isinstance(read.value, dict) and not is_error(read.value):
            for name in [n for n in read.value if n not in ("objectType", "id")][:1]:
                del read.value[name]
            exchange.answer.body = read.bytes()


@before("*")
def paths_are_not_read(request: HttpRequest, _world: World) -> HttpRequest | None:
    """Parameters in the path beyond service and action are not read."""
    url = urlsplit(request.target)
    found = re.match(r"^(.*?/service/[^/]+/action/[^/]+)/.+", url.path)
    if not found:
        return None
    target = urlunsplit(("", "", found[1], url.query, ""))
    return HttpRequest(request.method, target, request.headers, request.body)
