"""Each wire oracle accepts what a sound server does and names what a broken one does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import structs

from conformance.oracles import wire
from conformance.oracles.equivalence import View, differences
from conformance.schema.lineage import Lineage
from conformance.schema.model import (
    Action,
    Class,
    Enum,
    Param,
    Property,
    Schema,
    TypeRef,
)
from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form, Format

TEXT, INT, BOOL = TypeRef(kind="string"), TypeRef(kind="int"), TypeRef(kind="bool")
THING = TypeRef(kind="object", name="KalturaThing")
THINGS = TypeRef(kind="array", element="KalturaThing")
SCHEMA = Schema(
    api_version="1",
    sha256="",
    source="",
    services={},
    classes={
        "KalturaBase": Class(
            "KalturaBase", None, abstract=True, properties=(Property("id", TEXT),)
        ),
        "KalturaThing": Class(
            "KalturaThing",
            "KalturaBase",
            abstract=False,
            properties=(
                Property("name", TEXT),
                Property("size", INT),
                Property("on", BOOL),
                Property("parts", THINGS),
                Property("secret", TEXT, write_only=True),
                Property("guarded", TEXT, requires_permissions=("read",)),
            ),
        ),
    },
    enums={"KalturaKind": Enum("KalturaKind", "int", ())},
    errors={},
    plugins={},
)
LINEAGE = Lineage(SCHEMA)
GET = Action("thing", "get", params=(), result=THING)
GONE = Action("thing", "delete", params=(), result=TypeRef(kind="void"))
SERVE = Action("thing", "serve", params=(), result=TypeRef(kind="file"))
VIEW = View(type=THING, schema=SCHEMA, lineage=LINEAGE)
TYPES = {
    Format.JSON: "application/json",
    Format.XML: "text/xml;charset=UTF-8",
    Format.PHP: "text/html; charset=UTF-8",
    Format.JSONP: "application/javascript",
}
SOUND_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Server, Content-Length, X-Kaltura, X-Kaltura-Session",
    "Cache-Control": "no-store, no-cache, must-revalidate",
    "Expires": "Sun, 19 Nov 2000 08:52:00 GMT",
    "Pragma": "no-cache",
    "X-Kaltura-Session": "73028753, 1795413176",
}
THING_XML = (
    "<xml><result><objectType>KalturaThing</objectType><relatedObjects></relatedObjects>"
    "<id>1</id><name>a</name><size>2</size><on>1</on><parts></parts></result>"
    "<executionTime>0.01</executionTime></xml>"
)
THING_JSON = '{"id":"1","name":"a","size":"2","on":true,"objectType":"KalturaThing"}'
ERROR_JSON = (
    '{"code":"X_NOT_FOUND","message":"X \\"7\\"",'
    '"objectType":"KalturaAPIException","args":{"ID":"7"}}'
)


def answered(
    body: str | bytes,
    *,
    form: Form | None = None,
    status: int = 200,
    headers: dict[str, str | None] | None = None,
    session: str = "admin",
    params: dict[str, Any] | None = None,
    number: int = 7,
) -> Exchange:
    """An exchange with a sound server's headers, but for those given."""
    form = form or Form()
    content = body.encode() if isinstance(body, str) else body
    sound = {**SOUND_HEADERS, "Content-Type": TYPES.get(form.format, "text/html")}
    kept = {name: value for name, value in (sound | (headers or {})).items() if value is not None}
    received = Received(status, tuple(kept.items()), content)
    return Exchange(
        number=number,
        call=Call("thing", "get", params or {}),
        form=form,
        session=session,
        request=SentRequest(form.method, "", (), b""),
        response=received,
        answer=decode(received, form),
        started_at=0.0,
        elapsed_ms=1.0,
    )


IN_XML, IN_PHP = Form(format=Format.XML), Form(format=Format.PHP)


def where(breaches: Any) -> list[str]:
    return [breach.where for breach in breaches]


ONE_ANSWER = [
    pytest.param(wire.answer_is_one_document, answered(THING_JSON), [], id="json"),
    pytest.param(wire.answer_is_one_document, answered(THING_XML, form=IN_XML), [], id="xml"),
    pytest.param(wire.answer_is_one_document, answered("\n{}\n"), [], id="blanks around"),
    pytest.param(
        wire.answer_is_one_document,
        answered('<b>Warning</b>: x in /a.php on line 1\n{"id":"1"}'),
        ["$"],
        id="a warning before",
    ),
    pytest.param(wire.answer_is_one_document, answered('{"id":'), ["$"], id="cut"),
    pytest.param(wire.answer_is_one_document, answered(""), ["$"], id="empty"),
    pytest.param(wire.answer_is_one_document, answered("{}{}"), ["$"], id="two documents"),
    pytest.param(wire.answer_is_one_document, answered(b"\xef\xbb\xbf{}"), ["$"], id="BOM"),
    pytest.param(wire.answer_is_one_document, answered(b'"\xe9"'), ["$"], id="Latin-1"),
    pytest.param(wire.answer_is_one_document, answered(THING_XML), ["$"], id="xml for json"),
    pytest.param(
        wire.answer_is_one_document,
        answered("<html></html>", headers={"Content-Type": "text/html"}),
        ["$"],
        id="a page",
    ),
    pytest.param(
        wire.answer_is_one_document,
        answered("", headers={"X-Kaltura": "error- X_NOT_FOUND"}),
        ["$"],
        id="an error in the header only",
    ),
    pytest.param(wire.answer_is_one_document, answered("", status=500), [], id="5xx is not its"),
    pytest.param(
        wire.answer_is_one_document, answered(THING_JSON, params={"format": 2}), [], id="unsure"
    ),
    pytest.param(wire.content_type_follows_format, answered(THING_JSON), [], id="json type"),
    pytest.param(
        wire.content_type_follows_format,
        answered("{}", headers={"Content-Type": "application/json; charset=utf-8"}),
        [],
        id="charset",
    ),
    pytest.param(
        wire.content_type_follows_format,
        answered("{}", headers={"Content-Type": "text/html"}),
        ["Content-Type"],
        id="json as html",
    ),
    pytest.param(
        wire.content_type_follows_format,
        answered(THING_XML, form=IN_XML, headers={"Content-Type": None}),
        ["Content-Type"],
        id="no type",
    ),
    pytest.param(
        wire.content_type_follows_format,
        answered("N;", form=IN_PHP, headers={"Content-Type": None}),
        [],
        id="php has none",
    ),
    pytest.param(wire.result_has_status_200, answered("{}"), [], id="200"),
    pytest.param(wire.result_has_status_200, answered("{}", status=201), ["HTTP status"], id="201"),
    pytest.param(wire.json_is_the_bare_value, answered(THING_JSON), [], id="bare"),
    pytest.param(
        wire.json_is_the_bare_value,
        answered('{"result":{"id":"1"},"executionTime":0.1}'),
        ["$"],
        id="envelope",
    ),
    pytest.param(
        wire.xml_has_result_and_execution_time,
        answered(THING_XML, form=IN_XML),
        [],
        id="envelope ok",
    ),
    pytest.param(
        wire.xml_has_result_and_execution_time,
        answered("<xml><result>1</result></xml>", form=IN_XML),
        ["/"],
        id="no executionTime",
    ),
    pytest.param(
        wire.xml_execution_time_is_seconds, answered(THING_XML, form=IN_XML), [], id="seconds"
    ),
    pytest.param(
        wire.xml_execution_time_is_seconds,
        answered("<xml><result>1</result><executionTime>-1</executionTime></xml>", form=IN_XML),
        ["/xml/executionTime"],
        id="negative",
    ),
    pytest.param(
        wire.xml_execution_time_is_seconds,
        answered("<xml><result>1</result><executionTime>soon</executionTime></xml>", form=IN_XML),
        ["/xml/executionTime"],
        id="no number",
    ),
    pytest.param(wire.any_origin_is_allowed, answered("{}"), [], id="any origin"),
    pytest.param(
        wire.any_origin_is_allowed,
        answered(ERROR_JSON, headers={"Access-Control-Allow-Origin": None}),
        ["Access-Control-Allow-Origin"],
        id="no origin",
    ),
    pytest.param(
        wire.any_origin_is_allowed,
        answered("{}", headers={"Access-Control-Allow-Origin": "http://a"}),
        ["Access-Control-Allow-Origin"],
        id="one origin",
    ),
    pytest.param(wire.api_headers_are_exposed, answered("{}"), [], id="exposed"),
    pytest.param(
        wire.api_headers_are_exposed,
        answered("{}", headers={"Access-Control-Expose-Headers": "Date"}),
        ["Access-Control-Expose-Headers"],
        id="not exposed",
    ),
    pytest.param(wire.answer_to_a_session_is_not_stored, answered("{}"), [], id="not stored"),
    pytest.param(
        wire.answer_to_a_session_is_not_stored,
        answered("{}", headers={"Cache-Control": "public, max-age=60"}),
        ["Cache-Control"],
        id="stored",
    ),
    pytest.param(
        wire.answer_to_a_session_is_not_stored,
        answered("{}", headers={"Cache-Control": "public, max-age=60"}, session="none"),
        [],
        id="nobody's answer",
    ),
    pytest.param(wire.answer_carries_expires_and_pragma, answered("{}"), [], id="old caches"),
    pytest.param(
        wire.answer_carries_expires_and_pragma,
        answered("{}", headers={"Pragma": None}),
        ["Pragma"],
        id="no pragma",
    ),
    pytest.param(wire.session_header_is_number_and_second, answered("{}"), [], id="session"),
    pytest.param(
        wire.session_header_is_number_and_second,
        answered("{}", headers={"X-Kaltura-Session": "1, 1795413176, 2, 1795413176"}),
        [],
        id="session twice",
    ),
    pytest.param(
        wire.session_header_is_number_and_second,
        answered("{}", headers={"X-Kaltura-Session": "web-7"}),
        ["X-Kaltura-Session"],
        id="session is a name",
    ),
    pytest.param(wire.answer_to_a_write_names_its_session, answered("{}"), [], id="a read"),
    pytest.param(wire.fresh_answer_names_its_session, answered("{}"), [], id="fresh"),
    pytest.param(
        wire.fresh_answer_names_its_session,
        answered("{}", headers={"X-Kaltura-Session": None, "X-Kaltura": "cached-dispatcher,k,0.1"}),
        [],
        id="cached",
    ),
    pytest.param(
        wire.fresh_answer_names_its_session,
        answered("{}", headers={"X-Kaltura-Session": None}),
        ["X-Kaltura-Session"],
        id="fresh without session",
    ),
]


@pytest.mark.parametrize(("judge", "exchange", "expected"), ONE_ANSWER)
def test_oracle_of_one_answer(judge: Any, exchange: Exchange, expected: list[str]) -> None:
    """The oracle names the place of the breach, or nothing for a sound answer."""
    assert where(judge(exchange, GET)) == expected


@pytest.mark.parametrize(
    "judge", sorted({p.values[0] for p in ONE_ANSWER}, key=lambda o: o.__name__)
)
def test_a_served_file_is_not_judged(judge: Any) -> None:
    """What an action serves as a file has no document and no API headers."""
    file = answered(b"\x00", status=206, headers=dict.fromkeys(SOUND_HEADERS))

    assert list(judge(file, SERVE)) == []


def test_what_an_admin_writes_has_a_number() -> None:
    """A write of an admin owes the header; a read, an error or a visitor's write does not."""
    nameless = {"X-Kaltura-Session": None}

    def judge(action: Action, **more: Any) -> list[str]:
        exchange = answered(more.pop("body", "null"), headers=nameless, **more)
        return where(wire.answer_to_a_write_names_its_session(exchange, action))

    assert judge(GONE) == ["X-Kaltura-Session"]
    assert judge(GET) == []
    assert judge(GONE, session="widget") == []
    assert judge(GONE, body=ERROR_JSON) == []
    assert where(wire.answer_to_a_write_names_its_session(answered("null"), GONE)) == []


def test_a_void_answer_is_empty() -> None:
    """Null and the empty element are void, a value is not."""
    void_xml = "<xml><result></result><executionTime>0</executionTime></xml>"

    assert where(wire.void_is_empty(answered("null"), GONE)) == []
    assert where(wire.void_is_empty(answered(void_xml, form=IN_XML), GONE)) == []
    assert where(wire.void_is_empty(answered("true"), GONE)) == ["$"]
    assert where(wire.void_is_empty(answered('""'), GONE)) == ["$"]
    assert where(wire.void_is_empty(answered(ERROR_JSON), GONE)) == []


def test_a_plugins_own_void_actions_may_answer() -> None:
    """Another system's protocol may answer what is declared void."""
    hook = Action("sip_pexip", "handleCall", params=(), result=TypeRef(kind="void"))

    assert list(wire.void_is_empty(answered('{"action":"reject"}'), hook)) == []


@pytest.mark.parametrize("value", ["true", "false", "1", "0", '"1"', "null"])
def test_loose_booleans_are_accepted_in_json(value: str) -> None:
    """Stored 0 and 1 are booleans too."""
    body = f'{{"on":{value},"objectType":"KalturaThing"}}'

    assert list(wire.booleans_are_booleans(answered(body), GET, SCHEMA, LINEAGE)) == []


@pytest.mark.parametrize("value", ['"true"', '"no"', "2", "[]"])
def test_other_booleans_are_breaches_in_json(value: str) -> None:
    """The text true is no boolean."""
    body = f'{{"parts":[{{"on":{value},"objectType":"KalturaThing"}}],"objectType":"KalturaThing"}}'

    found = where(wire.booleans_are_booleans(answered(body), GET, SCHEMA, LINEAGE))
    assert found == ["$.parts[0].on"]


def test_a_written_out_boolean_is_a_breach_in_xml() -> None:
    """XML knows 1 and 0."""
    sound = answered(THING_XML, form=IN_XML)
    broken = answered(THING_XML.replace("<on>1<", "<on>true<"), form=IN_XML)

    assert list(wire.booleans_are_booleans(sound, GET, SCHEMA, LINEAGE)) == []
    assert where(wire.booleans_are_booleans(broken, GET, SCHEMA, LINEAGE)) == ["$.on"]


def test_a_boolean_result_is_judged_too() -> None:
    """The declared result may itself be a boolean."""
    ping = Action("system", "ping", params=(), result=BOOL)

    assert list(wire.booleans_are_booleans(answered("true"), ping, SCHEMA, LINEAGE)) == []
    assert where(wire.booleans_are_booleans(answered('"true"'), ping, SCHEMA, LINEAGE)) == ["$"]


def test_a_property_without_an_element_is_a_breach() -> None:
    """Null is an empty element; write-only and guarded properties are not owed."""
    sound = answered(THING_XML, form=IN_XML)
    broken = answered(THING_XML.replace("<parts></parts>", ""), form=IN_XML)
    reduced = answered(broken.response.body, form=IN_XML, params={"ignoreNull": "1"})

    assert list(wire.xml_writes_every_property(sound, GET, SCHEMA, LINEAGE)) == []
    assert where(wire.xml_writes_every_property(broken, GET, SCHEMA, LINEAGE)) == ["/xml/result"]
    assert list(wire.xml_writes_every_property(reduced, GET, SCHEMA, LINEAGE)) == []


def test_properties_run_from_base_to_derived() -> None:
    """Elements that the schema does not know may stand anywhere."""
    sound = answered(THING_XML, form=IN_XML)
    broken = answered(
        THING_XML.replace("<id>1</id>", "").replace("</parts>", "</parts><id>1</id>"), form=IN_XML
    )

    assert list(wire.xml_orders_properties_base_first(sound, GET, SCHEMA, LINEAGE)) == []
    assert where(wire.xml_orders_properties_base_first(broken, GET, SCHEMA, LINEAGE)) == [
        "/xml/result"
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["HTTP status"]),
        ({"size": 1, "zzz": [1]}, ["HTTP status"]),
        ({"size": "abc"}, []),
        ({"size": [1]}, []),
        ({"ks": ["a"]}, []),
        ({"thing": {"name": [1]}}, []),
        ({"thing": {"name__null": ""}}, []),
        ({"thing": {"objectType": "KalturaThing", "name": "x"}}, ["HTTP status"]),
    ],
)
def test_only_well_typed_calls_are_owed_an_answer(
    params: dict[str, Any], expected: list[str]
) -> None:
    """PHP fails on some ill-typed values, which is nobody's contract."""
    action = structs.replace(
        GET, params=(Param("size", INT, optional=True), Param("thing", THING, optional=True))
    )
    exchange = answered("", status=500, params=params)

    found = wire.well_typed_call_is_no_server_error(exchange, action, SCHEMA, LINEAGE)
    assert where(found) == expected


def test_json_xml_and_php_of_one_object_are_equal() -> None:
    """Nulls, number forms, booleans and unknown properties make no difference."""
    json = answered(THING_JSON.replace('"id"', '"newer":[1],"id"'))
    xml = answered(THING_XML, form=IN_XML)
    php = answered(
        'O:12:"KalturaThing":5:{s:2:"id";i:1;s:4:"name";s:1:"a";s:4:"size";i:2;s:2:"on";b:1;'
        's:5:"parts";N;}',
        form=IN_PHP,
    )

    assert list(differences(json, xml, VIEW)) == []
    assert list(differences(json, php, VIEW)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<size>2<", "<size>3<", ["$.size"]),
        ("<name>a<", "<name><", ["$.name"]),
        ("<on>1<", "<on>0<", ["$.on"]),
        ("<objectType>KalturaThing<", "<objectType>KalturaBase<", ["$.name", "$.objectType"]),
        ("<parts></parts>", "<parts><item><id>1</id></item></parts>", ["$.parts"]),
    ],
)
def test_another_value_is_a_difference(old: str, new: str, expected: list[str]) -> None:
    """Each changed value is named by its path."""
    xml = answered(THING_XML.replace(old, new), form=IN_XML)
    found = where(differences(answered(THING_JSON), xml, VIEW))

    assert [path for path in found if path in expected] == expected


def test_volatile_paths_are_no_difference() -> None:
    """What changed between two equal calls says nothing, nor does what lies below it."""
    other = answered(THING_JSON.replace('"a"', '"b"').replace('"2"', '"3"'))
    view = structs.replace(VIEW, volatile=frozenset({"$.name"}))

    assert where(differences(answered(THING_JSON), other, view)) == ["$.size"]


def test_errors_are_compared_by_code_message_and_arguments() -> None:
    """Case counts unless it is folded."""
    loud = answered(ERROR_JSON.replace('"7"}', '"A"}'))
    quiet = answered(ERROR_JSON.replace('"7"}', '"a"}'))

    assert where(differences(loud, quiet, VIEW)) == ["$.args.ID"]
    assert list(differences(loud, quiet, structs.replace(VIEW, fold=True))) == []
    assert where(differences(loud, answered("null"), VIEW)) != []


SAMENESS = sorted(
    {
        value
        for name, value in vars(wire).items()
        if getattr(value, "__module__", "") == "conformance.oracles.wire_sameness"
        and hasattr(value, "requirement")
    },
    key=lambda judge: judge.requirement,
)


@pytest.mark.parametrize("judge", SAMENESS, ids=lambda judge: judge.requirement)
def test_two_guises_of_one_call_have_to_say_the_same(judge: Any) -> None:
    """Equal answers are accepted, another error is named with both exchanges."""
    first = answered(ERROR_JSON, number=1)
    same = answered(ERROR_JSON, number=2)
    other = answered(ERROR_JSON.replace("X_NOT_FOUND", "MISSING_KS"), number=3)

    assert list(judge(first, same, VIEW)) == []
    (breach,) = judge(first, other, VIEW)
    assert (breach.where, breach.exchanges) == ("$.error", (1, 3))


@pytest.mark.parametrize("judge", SAMENESS, ids=lambda judge: judge.requirement)
def test_nothing_is_compared_with_an_unreadable_answer(judge: Any) -> None:
    """Where the plain call has no readable answer, another requirement is broken."""
    assert list(judge(answered("<html>"), answered(ERROR_JSON), VIEW)) == []
    assert list(judge(answered(ERROR_JSON), answered("<html>"), VIEW)) != []


def test_a_call_without_a_format_is_answered_in_xml() -> None:
    """JSON by default is a breach, and so are other values."""
    plain = answered(THING_JSON)
    default = Form(format=None)
    xml = answered(THING_XML, form=default, headers={"Content-Type": "text/xml"})
    json = answered(THING_JSON, form=default, headers={"Content-Type": "application/json"})
    other = answered(
        THING_XML.replace("<size>2", "<size>3"), form=default, headers={"Content-Type": "text/xml"}
    )

    assert list(wire.xml_is_the_default_format(plain, xml, VIEW)) == []
    assert where(wire.xml_is_the_default_format(plain, json, VIEW)) == ["$"]
    assert where(wire.xml_is_the_default_format(plain, other, VIEW)) == ["$.size"]


UNKNOWN = Form(format=77)


def test_an_unknown_format_is_answered_by_a_header() -> None:
    """A body, a status or a missing code is a breach."""
    code = {"X-Kaltura": "error- UNKNOWN_RESPONSE_FORMAT"}
    judge = wire.unknown_format_has_an_empty_body

    assert where(judge(answered("", form=UNKNOWN, headers=code))) == []
    assert where(judge(answered("{}", form=UNKNOWN, headers=code))) == ["$"]
    assert where(judge(answered("", form=UNKNOWN))) == ["X-Kaltura"]
    assert where(judge(answered("", form=UNKNOWN, headers=code, status=400))) == ["HTTP status"]


def test_a_bad_callback_is_answered_by_a_header() -> None:
    """The callback must not come back as a script."""
    form = Form(format=Format.JSONP, callback="alert(1)//")
    judge = wire.bad_callback_has_an_empty_body
    missing = {"X-Kaltura": "error- MANDATORY_PARAMETER_MISSING"}

    assert where(judge(answered("", form=form, headers=missing))) == []
    assert where(judge(answered("alert(1)//({})", form=form))) == ["$"]


def test_jsonp_is_a_call_of_the_callback() -> None:
    """A semicolon may close it."""
    form = Form(format=Format.JSONP, callback="cb")
    judge = wire.jsonp_wraps_in_the_callback

    assert where(judge(answered("cb({});", form=form), "cb")) == []
    assert where(judge(answered("cb({})", form=form), "cb")) == []
    assert where(judge(answered("{}", form=form), "cb")) == ["$"]
    assert where(judge(answered("other({});", form=form), "cb")) == ["$"]


def test_head_answers_as_get_does() -> None:
    """Status and type are the same, the body is left out."""
    head = Form(method="HEAD")
    get = answered("{}")

    assert where(wire.head_equals_get(get, answered("", form=head))) == []
    assert where(wire.head_equals_get(get, answered("", form=head, status=405))) == ["HTTP status"]


def test_options_tells_the_methods() -> None:
    """A browser needs status 200, the methods and the origin."""
    form = Form(method="OPTIONS")
    methods = {"Access-Control-Allow-Methods": "POST, GET, HEAD, OPTIONS"}
    judge = wire.allowed_methods_are_told

    assert where(judge(answered("", form=form, headers=methods))) == []
    assert where(judge(answered("", form=form))) == ["Access-Control-Allow-Methods"]
    assert where(judge(answered("{}", form=form, headers=methods, status=404))) == [
        "HTTP status",
        "$",
    ]


def test_a_bad_language_has_its_own_error() -> None:
    """Ignoring the language is a breach."""
    refused = answered(ERROR_JSON.replace("X_NOT_FOUND", "INVALID_LANGUAGE_CODE"))

    assert list(wire.bad_language_is_refused(refused)) == []
    assert where(wire.bad_language_is_refused(answered("true"))) == ["$.code"]


def test_ignore_null_leaves_out_nulls_only() -> None:
    """An empty text stays, a null property goes."""
    json = answered('{"objects":[{"id":"1","name":"","objectType":"KalturaThing"}]}')
    item = "<objectType>KalturaThing</objectType><id>1</id><name></name>"
    full = f"<xml><result><objects><item>{item}<size></size></item></objects></result></xml>"
    reduced = full.replace("<size></size>", "")
    judge = wire.ignore_null_drops_empty_elements

    assert where(judge(json, answered(reduced, form=IN_XML), SCHEMA, LINEAGE)) == []
    assert where(judge(json, answered(full, form=IN_XML), SCHEMA, LINEAGE)) == ["$.objects[0]"]


def test_stored_text_comes_back() -> None:
    """Question marks for letters are a breach."""
    exchange = answered("{}")

    assert where(wire.text_survives_storage("שלום", [(exchange, "שלום")])) == []
    assert where(wire.text_survives_storage("שלום", [(exchange, "????")])) == ["$.name"]


def test_every_oracle_of_the_area_is_offered() -> None:
    """The area's module is where the registry looks."""
    claimed = {
        value.requirement
        for value in vars(wire).values()
        if isinstance(getattr(value, "requirement", None), str)
    }

    assert len(claimed) == 61
    assert all(requirement.startswith("WIRE-") for requirement in claimed)


def test_small_time_counts_from_now() -> None:
    """By our clock or the server's; a property that is not shown, or no time, is not judged."""
    now = 1795413176

    def judged(value: Any, *, at: float = now, second: int | None = None) -> bool:
        told = None if second is None else f"7, {second}"
        body = json.dumps({"objectType": "KalturaThing", "startDate": value})
        made = answered(body, headers={"X-Kaltura-Session": told})
        made = structs.replace(made, started_at=at)
        return bool(list(wire.small_time_counts_from_now(made, "startDate", 7200)))

    assert not judged(now + 7200)
    assert not judged(str(now + 7201))
    assert not judged(None)
    assert not judged(now + 7200, at=0.0, second=now)
    assert judged(7200)
    assert judged(now)


def refusal(code: str, **args: str) -> Exchange:
    """An error with arguments."""
    error = {"code": code, "message": "m", "objectType": "KalturaAPIException", "args": args}
    return answered(json.dumps(error))


def test_items_of_arrays_are_known_by_their_refusal() -> None:
    """The class is refused by name; any later refusal means that nobody saw it."""
    judge = wire.array_items_are_read

    assert (
        where(judge(refusal("OBJECT_TYPE_ABSTRACT", OBJ_TYPE="KalturaBase"), "KalturaBase")) == []
    )
    assert where(judge(refusal("OBJECT_TYPE_ABSTRACT", OBJ_TYPE="KalturaX"), "KalturaBase")) == [
        "$.args.OBJ_TYPE"
    ]
    assert where(judge(refusal("SERVICE_FORBIDDEN"), "KalturaBase")) == ["$.code"]
    assert where(judge(answered("null"), "KalturaBase")) == ["$.code"]


def test_writing_by_get_is_known_by_what_was_written() -> None:
    """The new name, and nothing else."""
    judge = wire.writing_by_get_is_writing

    assert where(judge(answered('{"name": "new"}'), "name", "new")) == []
    assert where(judge(answered('{"name": "old"}'), "name", "new")) == ["$.name"]
    assert where(judge(refusal("SERVICE_FORBIDDEN"), "name", "new")) == ["$.name"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text/xml", []),
        ("text/xml;charset=UTF-8", []),
        ('text/xml; charset="utf-8"', []),
        ("text/xml;charset=ISO-8859-1", ["Content-Type"]),
        ("text/html;charset=latin1", ["Content-Type", "Content-Type"]),
    ],
)
def test_charset_is_utf_8_where_it_is_named(kind: str, expected: list[str]) -> None:
    """What the answer says of its letters is true."""
    made = answered(THING_XML, form=IN_XML, headers={"Content-Type": kind})

    assert where(wire.content_type_follows_format(made, GET)) == expected
