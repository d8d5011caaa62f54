"""Faults of the wire: what is read of a request, and how an answer is written."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.errors import ApiFault, is_error
from conformance.reference.faults import alteration
from conformance.reference.faults.registry import fault
from conformance.reference.message import HttpReply
from conformance.reference.request import group, read_body, read_form, read_json
from conformance.reference.scalars import to_int, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.message import Body, HttpRequest
    from conformance.reference.request import Invocation, Params
    from conformance.reference.storage import Document
    from conformance.reference.world import World
    from conformance.schema.model import Action

JSON, XML, PHP, JSONP = "application/json", "text/xml", "text/html", "application/javascript"
KEPT = frozenset({"service", "action", "format", "ks", "callback"})
"""What a broken reader still reads, so that the fault shows in one place only."""
OF_EVERY_CALL = KEPT | {
    "p",
    "partnerId",
    "clientTag",
    "apiVersion",
    "kalsig",
    "language",
    "responseProfile",
    "ignoreNull",
    "content-type",
}
EMPTY_ELEMENT = re.compile(rb"<(?!result|objects|args|relatedObjects)(\w+)></\1>")


# How an answer is written


@fault("WIRE-DOC-001")
def json_carries_a_warning_before_the_document(behaviour: Behaviour) -> Behaviour:
    """One JSON object in ten has a PHP warning before it."""
    now_and_then = alteration.one_in(10)

    def change(content: bytes) -> bytes:
        if not content.startswith(b"{") or not now_and_then(content):
            return content
        return b"<br />\n<b>Warning</b>: Undefined variable\n" + content

    return _written(behaviour, JSON, change)


@fault("WIRE-DOC-001")
def xml_is_cut(behaviour: Behaviour) -> Behaviour:
    """XML answers lack their last bytes."""
    return _written(behaviour, XML, lambda content: content[:-9])


@fault("WIRE-TYPE-001")
def json_is_declared_as_html(behaviour: Behaviour) -> Behaviour:
    """JSON answers have the content type text/html."""

    def change(_invocation: Invocation, _value: Any, made: Body) -> Body:
        return structs.replace(made, content_type=PHP) if made.content_type == JSON else made

    return alteration.body(behaviour, change)


@fault("WIRE-TYPE-001")
def xml_names_another_charset(behaviour: Behaviour) -> Behaviour:
    """XML says that it is Latin-1."""

    def change(_invocation: Invocation, _value: Any, made: Body) -> Body:
        if not made.content_type.startswith(XML):
            return made
        return structs.replace(made, content_type=f"{XML};charset=ISO-8859-1")

    return alteration.body(behaviour, change)


@fault("WIRE-STATUS-001")
def result_has_status_201(behaviour: Behaviour) -> Behaviour:
    """What an add created comes with status 201."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        created = b"objectType" in made.body and b"KalturaAPIException" not in made.body
        return structs.replace(made, status=201) if created else made

    return alteration.reply(behaviour, change)


@fault("WIRE-STATUS-002")
def list_breaks_down_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One list in ten ends with status 500 and an empty body."""
    now_and_then = alteration.one_in(10)

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return HttpReply(500, made.headers, b"") if now_and_then(made) else made

    return alteration.reply(
        behaviour, change, when=lambda request: request.path.lower().endswith("/action/list")
    )


@fault("WIRE-JSON-001")
def json_has_an_envelope(behaviour: Behaviour) -> Behaviour:
    """JSON objects are wrapped as XML results are."""

    def change(_invocation: Invocation, value: Any, made: Body) -> Body:
        if made.content_type != JSON or is_error(value) or not isinstance(value, dict):
            return made
        content = b'{"result":' + made.content + b',"executionTime":0.01}'
        return structs.replace(made, content=content)

    return alteration.body(behaviour, change)


@fault("WIRE-VOID-001")
def delete_answers_true(behaviour: Behaviour) -> Behaviour:
    """A void delete answers true."""
    return alteration.answer(
        behaviour, "delete", lambda _call, value: True if value is None else value
    )


@fault("WIRE-BOOL-001")
def json_booleans_are_text(behaviour: Behaviour) -> Behaviour:
    """Booleans of JSON objects are the texts true and false."""
    return _written(
        behaviour, JSON, lambda content: re.sub(rb":(true|false)\b", rb':"\1"', content)
    )


@fault("WIRE-XML-001")
def xml_lacks_the_execution_time(behaviour: Behaviour) -> Behaviour:
    """XML answers have no executionTime."""
    pattern = re.compile(rb"<executionTime>.*?</executionTime>")
    return _written(behaviour, XML, lambda content: pattern.sub(b"", content))


@fault("WIRE-XML-002")
def xml_execution_time_has_a_unit(behaviour: Behaviour) -> Behaviour:
    """The executionTime is written with its unit."""
    return _written(
        behaviour,
        XML,
        lambda content: content.replace(b"</executionTime>", b" s</executionTime>"),
    )


@fault("WIRE-XML-003")
def xml_leaves_out_nulls(behaviour: Behaviour) -> Behaviour:
    """XML has no element for what is empty."""
    return _written(behaviour, XML, lambda content: EMPTY_ELEMENT.sub(b"", content))


@fault("WIRE-XML-005")
def ignore_null_is_not_read(behaviour: Behaviour) -> Behaviour:
    """XML keeps its empty elements whatever is asked."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        params = {name: each for name, each in invocation.params.items() if name != "ignoreNull"}
        return _changed(invocation, params)

    return _read(behaviour, change)


@fault("WIRE-FORMAT-001")
def xml_counts_differently(behaviour: Behaviour) -> Behaviour:
    """A list's totalCount in XML has one digit more."""
    return _written(
        behaviour, XML, lambda content: content.replace(b"<totalCount>", b"<totalCount>1")
    )


@fault("WIRE-FORMAT-002")
def php_counts_differently(behaviour: Behaviour) -> Behaviour:
    """A list's totalCount in serialised PHP has one digit more."""
    return _written(
        behaviour,
        PHP,
        lambda content: content.replace(b's:10:"totalCount";i:', b's:10:"totalCount";i:1'),
    )


@fault("WIRE-FORMAT-003")
def jsonp_counts_differently(behaviour: Behaviour) -> Behaviour:
    """A list's totalCount in JSONP has one digit more."""
    return _written(
        behaviour, JSONP, lambda content: content.replace(b'"totalCount":', b'"totalCount":1')
    )


@fault("WIRE-JSONP-001")
def jsonp_is_bare_json(behaviour: Behaviour) -> Behaviour:
    """JSONP answers are not wrapped in the callback."""

    def change(content: bytes) -> bytes:
        return content.partition(b"(")[2].rstrip(b";\n").removesuffix(b")")

    return _written(behaviour, JSONP, change)


@fault("WIRE-HEAD-001")
def cross_origin_header_is_absent(behaviour: Behaviour) -> Behaviour:
    """No answer allows other origins."""
    return _with_header(behaviour, "Access-Control-Allow-Origin", None)


@fault("WIRE-HEAD-003")
def answers_may_be_stored(behaviour: Behaviour) -> Behaviour:
    """Every answer may be kept by shared caches."""
    return _with_header(behaviour, "Cache-Control", "public, max-age=300")


@fault("WIRE-HEAD-005")
def session_header_names_a_host(behaviour: Behaviour) -> Behaviour:
    """X-Kaltura-Session holds a host name."""
    return _with_header(behaviour, "X-Kaltura-Session", "web-7")


@fault("WIRE-HEAD-002")
def api_headers_are_kept_to_the_server(behaviour: Behaviour) -> Behaviour:
    """No answer lets scripts of other origins read the API's own headers."""
    return _with_header(behaviour, "Access-Control-Expose-Headers", None)


@fault("WIRE-HEAD-004")
def old_caches_are_not_told(behaviour: Behaviour) -> Behaviour:
    """No answer has a Pragma."""
    return _with_header(behaviour, "Pragma", None)


@fault("WIRE-HEAD-007")
def session_header_is_absent(behaviour: Behaviour) -> Behaviour:
    """No answer has X-Kaltura-Session."""
    return _with_header(behaviour, "X-Kaltura-Session", None)


# What is read of a request


@fault("WIRE-METHOD-001")
def get_ignores_its_parameters(behaviour: Behaviour) -> Behaviour:
    """A call by GET has no parameters of its own."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        return _reduced(invocation) if request.method == "GET" else invocation

    return _read(behaviour, change)


@fault("WIRE-METHOD-003")
def head_is_refused(behaviour: Behaviour) -> Behaviour:
    """HEAD is answered with status 405."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        return structs.replace(made, status=405)

    return alteration.reply(behaviour, change, when=lambda request: request.method == "HEAD")


@fault("WIRE-METHOD-004")
def options_tells_no_methods(behaviour: Behaviour) -> Behaviour:
    """OPTIONS tells no methods."""

    def change(made: HttpReply) -> HttpReply:
        headers = tuple(pair for pair in made.headers if pair[0] != "Access-Control-Allow-Methods")
        return structs.replace(made, headers=headers)

    sound = behaviour.preflight
    return replace(behaviour, preflight=lambda: change(sound()))


@fault("WIRE-ENC-001")
def form_does_not_nest(behaviour: Behaviour) -> Behaviour:
    """Nested parameters of an urlencoded form are lost."""
    return _unnested(behaviour, "application/x-www-form-urlencoded")


@fault("WIRE-ENC-002")
def post_ignores_its_query(behaviour: Behaviour) -> Behaviour:
    """A POST without a body has no parameters of its own."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        queried = request.method == "POST" and not request.body
        return _reduced(invocation) if queried else invocation

    return _read(behaviour, change)


@fault("WIRE-ENC-003")
def multipart_does_not_nest(behaviour: Behaviour) -> Behaviour:
    """Nested parameters of a multipart body are lost."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        is_plain = b'name="json"' not in request.body
        return _flat(invocation) if _is(request, "multipart/form-data") and is_plain else invocation

    return _read(behaviour, change)


@fault("WIRE-ENC-004")
def json_part_does_not_nest(behaviour: Behaviour) -> Behaviour:
    """Nested parameters of a part named json are lost."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        has_part = b'name="json"' in request.body
        return _flat(invocation) if _is(request, "multipart/form-data") and has_part else invocation

    return _read(behaviour, change)


@fault("WIRE-ENC-005")
def brackets_are_not_read(behaviour: Behaviour) -> Behaviour:
    """Bracket notation is taken for a plain name."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        return _flat(invocation) if b"%5B" in request.body else invocation

    return _read(behaviour, change)


@fault("WIRE-ENC-006")
def colons_in_json_are_not_read(behaviour: Behaviour) -> Behaviour:
    """A JSON key with colons is taken for a plain name."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        has_colons = _is(request, JSON) and any(":" in key for key in read_json(request.body))
        return _flat(invocation) if has_colons else invocation

    return _read(behaviour, change)


@fault("WIRE-FORMAT-004")
def json_is_the_default_format(behaviour: Behaviour) -> Behaviour:
    """A call without a format is answered in JSON."""
    return _read(behaviour, lambda _request, call: _changed(call, {"format": 1, **call.params}))


@fault("WIRE-FORMAT-005")
def unknown_format_is_json(behaviour: Behaviour) -> Behaviour:
    """A format that nobody knows is taken for JSON."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        if invocation.text("format") in {"1", "2", "3", "9", ""}:
            return invocation
        return _changed(invocation, {**invocation.params, "format": 1})

    return _read(behaviour, change)


@fault("WIRE-JSONP-002")
def any_callback_is_taken(behaviour: Behaviour) -> Behaviour:
    """A callback is cleaned instead of refused."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        name = re.sub(r"[^0-9A-Za-z_.]", "", invocation.text("callback")) or "callback"
        return _changed(invocation, {**invocation.params, "callback": name})

    return _read(behaviour, change)


@fault("WIRE-NAME-001")
def service_name_has_a_case(behaviour: Behaviour) -> Behaviour:
    """A service id in capitals is unknown."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        if not invocation.service.isupper():
            return invocation
        return structs.replace(invocation, service=f"{invocation.service}?")

    return _read(behaviour, change)


@fault("WIRE-NAME-002")
def action_name_has_a_case(behaviour: Behaviour) -> Behaviour:
    """An action name in capitals is unknown."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        if not invocation.action.isupper():
            return invocation
        return structs.replace(invocation, action=f"{invocation.action}?")

    return _read(behaviour, change)


@fault("WIRE-NAME-003")
def parameter_names_have_no_case(behaviour: Behaviour) -> Behaviour:
    """A parameter is found by its name in any case."""

    def change(action: Action, params: Params) -> Params:
        declared = {param.name.lower(): param.name for param in action.params}
        return {declared.get(name.lower(), name): value for name, value in params.items()}

    return _sent(behaviour, change)


@fault("WIRE-IGNORE-001")
def unknown_parameter_is_refused(behaviour: Behaviour) -> Behaviour:
    """A parameter that the action does not have is an error."""

    def change(action: Action, params: Params) -> Params:
        for name in params:
            if action.param(name) is None and name not in OF_EVERY_CALL:
                raise ApiFault("INVALID_PARAMETER_CHAR", name)
        return params

    return _sent(behaviour, change)


@fault("WIRE-IGNORE-002")
def old_client_is_refused(behaviour: Behaviour) -> Behaviour:
    """A client of an old version is an error."""

    def change(_action: Action, params: Params) -> Params:
        if to_text(params.get("apiVersion")).startswith("1."):
            raise ApiFault("INVALID_PARAMETER_CHAR", "apiVersion")
        return params

    return _sent(behaviour, change)


@fault("WIRE-IGNORE-003")
def unknown_property_is_refused(behaviour: Behaviour) -> Behaviour:
    """A property that the class does not have is an error."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        for param in action.params:
            value = invocation.params.get(param.name)
            if param.type.kind == "object" and isinstance(value, dict):
                declared = {"objectType", *world.decoder.properties(str(param.type.name))}
                for name in value:
                    if name.startswith("conformance") and name not in declared:
                        raise ApiFault("INVALID_PARAMETER_CHAR", name)
        return sound(world, action, invocation)

    return replace(behaviour, decode_arguments=decode)


@fault("WIRE-URL-001")
def index_does_not_read_its_query(behaviour: Behaviour) -> Behaviour:
    """index.php finds no service in its query."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        is_index = request.path.endswith("/index.php")
        return structs.replace(invocation, service="") if is_index else invocation

    return _read(behaviour, change)


@fault("WIRE-PRECEDENCE-001")
def body_beats_query(behaviour: Behaviour) -> Behaviour:
    """Of two values the one in the body wins."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        if not request.query or not request.body:
            return invocation
        sent = {k: v for k, v in group(read_body(request)[0]).items() if k not in KEPT}
        return _changed(invocation, {**invocation.params, **sent})

    return _read(behaviour, change)


@fault("WIRE-PRECEDENCE-002")
def query_beats_path(behaviour: Behaviour) -> Behaviour:
    """Of two values the one in the query wins."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        sent = {k: v for k, v in group(read_form(request.query)).items() if k not in KEPT}
        return _changed(invocation, {**invocation.params, **sent})

    return _read(behaviour, change)


@fault("WIRE-BODY-002")
def malformed_json_is_an_error(behaviour: Behaviour) -> Behaviour:
    """JSON that cannot be read makes the whole request unreadable."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        broken = _is(request, JSON) and request.body not in {b"", b"{}"}
        if broken and not read_json(request.body):
            return structs.replace(invocation, service="")
        return invocation

    return _read(behaviour, change)


@fault("WIRE-CAST-001")
def text_is_no_number(behaviour: Behaviour) -> Behaviour:
    """An int given as text with letters behind it is 0."""

    def change(action: Action, params: Params) -> Params:
        numbers = {param.name for param in action.params if param.type.kind == "int"}
        return {
            name: 0 if name in numbers and isinstance(value, str) and not value.isdigit() else value
            for name, value in params.items()
        }

    return _sent(behaviour, change)


@fault("WIRE-LANG-001")
def language_is_not_read(behaviour: Behaviour) -> Behaviour:
    """Any language is taken."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        params = {name: each for name, each in invocation.params.items() if name != "language"}
        return _changed(invocation, params)

    return _read(behaviour, change)


@fault("WIRE-BODY-001")
def charset_is_no_matter(behaviour: Behaviour) -> Behaviour:
    """JSON is read whatever stands behind its content type."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        if not _is(request, f"{JSON};"):
            return invocation
        params = {**group(read_json(request.body)), **invocation.params}
        return _changed(invocation, params)

    return _read(behaviour, change)


@fault("WIRE-FORMAT-006")
def format_is_compared_as_text(behaviour: Behaviour) -> Behaviour:
    """The format 01 is not the format 1."""

    def change(_request: HttpRequest, invocation: Invocation) -> Invocation:
        if invocation.text("format") != "01":
            return invocation
        return _changed(invocation, {**invocation.params, "format": 77})

    return _read(behaviour, change)


@fault("WIRE-TEXT-001")
def form_is_read_as_latin(behaviour: Behaviour) -> Behaviour:
    """The text of an urlencoded form is read as Latin-1."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        if not _is(request, "application/x-www-form-urlencoded"):
            return invocation
        params = {
            name: value.encode("utf-8", "replace").decode("latin-1")
            if isinstance(value, str)
            else value
            for name, value in invocation.params.items()
        }
        return _changed(invocation, params)

    return _read(behaviour, change)


@fault("WIRE-TEXT-001")
def form_loses_plus_signs(behaviour: Behaviour) -> Behaviour:
    """A plus sign of an urlencoded form is a blank even where it was encoded."""

    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        if not _is(request, "application/x-www-form-urlencoded"):
            return invocation
        params = {
            name: value.replace("+", " ") if isinstance(value, str) and name not in KEPT else value
            for name, value in invocation.params.items()
        }
        return _changed(invocation, params)

    return _read(behaviour, change)


@fault("WIRE-TEXT-002")
def names_are_stored_in_latin(behaviour: Behaviour) -> Behaviour:
    """Letters that Latin-1 does not have are stored as question marks."""

    def change(_call: Call, document: Document) -> Document:
        name = document.get("name")
        if isinstance(name, str):
            document["name"] = name.encode("latin-1", "replace").decode("latin-1")
        return document

    return alteration.kept(behaviour, change)


def _written(behaviour: Behaviour, kind: str, change: Callable[[bytes], bytes]) -> Behaviour:
    """Change the bytes of answers of one media type."""

    def changed(_invocation: Invocation, _value: Any, made: Body) -> Body:
        if not made.content_type.startswith(kind):
            return made
        return structs.replace(made, content=change(made.content))

    return alteration.body(behaviour, changed)


def _with_header(behaviour: Behaviour, name: str, value: str | None) -> Behaviour:
    """Replace a header of every reply, or leave it out."""

    def change(_request: HttpRequest, made: HttpReply) -> HttpReply:
        headers = tuple(pair for pair in made.headers if pair[0] != name)
        added = () if value is None else ((name, value),)
        return structs.replace(made, headers=headers + added)

    return alteration.reply(behaviour, change)


def _read(
    behaviour: Behaviour, change: Callable[[HttpRequest, Invocation], Invocation]
) -> Behaviour:
    """Change what is read of a request."""
    sound = behaviour.read_request
    return replace(behaviour, read_request=lambda request: change(request, sound(request)))


def _sent(behaviour: Behaviour, change: Callable[[Action, Params], Params]) -> Behaviour:
    """Change the parameters just before they are decoded."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        return sound(world, action, _changed(invocation, change(action, invocation.params)))

    return replace(behaviour, decode_arguments=decode)


def _unnested(behaviour: Behaviour, content_type: str) -> Behaviour:
    def change(request: HttpRequest, invocation: Invocation) -> Invocation:
        return _flat(invocation) if _is(request, content_type) else invocation

    return _read(behaviour, change)


def _changed(invocation: Invocation, params: Params) -> Invocation:
    return structs.replace(invocation, params=params)


def _reduced(invocation: Invocation) -> Invocation:
    """Without parameters of the action's own."""
    return _changed(invocation, {k: v for k, v in invocation.params.items() if k in KEPT})


def _flat(invocation: Invocation) -> Invocation:
    """Without nested parameters."""
    params = {k: v for k, v in invocation.params.items() if not isinstance(v, dict | list)}
    return _changed(invocation, params)


def _is(request: HttpRequest, content_type: str) -> bool:
    return request.header("content-type").lower().startswith(content_type)


@fault("WIRE-ENC-007")
def forms_lose_arrays_in_arrays(behaviour: Behaviour) -> Behaviour:
    """Of an array in an array, a form's items are lost."""
    sound = behaviour.read_request

    def without(value: Any, depth: int) -> Any:
        if not isinstance(value, dict):
            return value
        is_array = bool(value) and all(key.isdigit() for key in value)
        if is_array and depth:
            return {}
        return {key: without(each, depth + is_array) for key, each in value.items()}

    def read(request: HttpRequest) -> Invocation:
        invocation = sound(request)
        if request.header("content-type").strip().lower() == JSON:
            return invocation
        grouped = group(invocation.params)
        # A batch's members are numbered too, and are no array.
        params = {k: v if k.isdigit() else without(v, 0) for k, v in grouped.items()}
        return structs.replace(invocation, params=params)

    return replace(behaviour, read_request=read)


@fault("WIRE-METHOD-005")
def get_writes_nothing(behaviour: Behaviour) -> Behaviour:
    """An update by GET answers the object as it is."""
    sound = behaviour.update

    def act(call: Call) -> Any:
        if call.invocation.http.method == "GET":
            return call.behaviour.get(call)
        return sound(call)

    return alteration.instead(behaviour, "update", act)


@fault("WIRE-TEXT-001")
def xml_does_not_escape(behaviour: Behaviour) -> Behaviour:
    """An ampersand in a text stands in XML as it is."""
    return _written(behaviour, XML, lambda content: content.replace(b"&amp;", b"&"))


@fault("WIRE-TIME-001")
def small_times_are_stored_as_they_are(behaviour: Behaviour) -> Behaviour:
    """A relative time is taken for one soon after the beginning of time."""

    def change(call: Call, document: Document) -> Document:
        entity = next((v for v in call.arguments.values() if isinstance(v, dict)), {})
        raw = [v for v in call.invocation.params.values() if isinstance(v, dict)]
        sent = next((to_int(each["startDate"]) for each in raw if "startDate" in each), None)
        if sent is None or "startDate" not in entity:
            return document
        return {**document, "startDate": sent}

    return alteration.kept(behaviour, change)


# Response profiles


@fault("WIRE-PROFILE-001")
def one_service_ignores_profiles(behaviour: Behaviour) -> Behaviour:
    """One service answers everything, whatever the profile includes."""
    return _profiling(behaviour, lambda call: call.action.service == "category")


@fault("WIRE-PROFILE-001")
def get_ignores_profiles(behaviour: Behaviour) -> Behaviour:
    """Lists look at the profile, gets do not."""
    return _profiling(behaviour, lambda call: call.action.name == "get")


@fault("WIRE-PROFILE-002")
def excluding_is_including(behaviour: Behaviour) -> Behaviour:
    """A profile that excludes is read as one that includes."""
    return _with_profile(
        behaviour, lambda raw: {**raw, "type": 1} if str(raw.get("type")) == "2" else raw
    )


@fault("WIRE-PROFILE-003")
def stored_profiles_are_not_found(behaviour: Behaviour) -> Behaviour:
    """A profile that is named by its system name is not looked for."""
    return _with_profile(behaviour, lambda raw: {} if "systemName" in raw else raw)


@fault("WIRE-PROFILE-004")
def unknown_profile_is_an_error(behaviour: Behaviour) -> Behaviour:
    """A profile that does not exist is refused."""
    sound = behaviour.profile

    def profile(call: Call, value: Any) -> Any:
        raw = call.invocation.params.get("responseProfile")
        shown = sound(call, value)
        if isinstance(raw, dict) and ("id" in raw or "systemName" in raw) and shown == value:
            raise ApiFault("RESPONSE_PROFILE_ID_NOT_FOUND", to_text(raw.get("id")))
        return shown

    return replace(behaviour, profile=profile)


def _profiling(behaviour: Behaviour, ignores: Callable[[Call], bool]) -> Behaviour:
    sound = behaviour.profile
    return replace(
        behaviour, profile=lambda call, value: value if ignores(call) else sound(call, value)
    )


def _with_profile(behaviour: Behaviour, change: Callable[[Params], Params]) -> Behaviour:
    """The request's response profile is read otherwise."""
    sound = behaviour.profile

    def profile(call: Call, value: Any) -> Any:
        raw = call.invocation.params.get("responseProfile")
        if not isinstance(raw, dict):
            return sound(call, value)
        params = {**call.invocation.params, "responseProfile": change(raw)}
        return sound(
            replace(call, invocation=structs.replace(call.invocation, params=params)), value
        )

    return replace(behaviour, profile=profile)
