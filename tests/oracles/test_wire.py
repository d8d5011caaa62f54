"""Each wire oracle of one answer accepts what a sound server does, and names one departure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import wire
from conformance.schema.model import (
    Action,
    Param,
)
from conformance.wire.request import Form, Format
from tests.oracles.things import (
    ERROR_JSON,
    GET,
    GONE,
    IN_PHP,
    IN_XML,
    INT,
    LINEAGE,
    SCHEMA,
    SERVE,
    SOUND_HEADERS,
    THING,
    THING_JSON,
    THING_XML,
    answered,
    where,
)

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange

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
UNKNOWN = Form(format=77)


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


def test_every_oracle_of_the_area_is_offered() -> None:
    """The area's module is where the registry looks."""
    claimed = {
        value.requirement
        for value in vars(wire).values()
        if isinstance(getattr(value, "requirement", None), str)
    }

    assert len(claimed) == 61
    assert all(requirement.startswith("WIRE-") for requirement in claimed)
