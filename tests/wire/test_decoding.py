from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.answer import ApiError, DieError, FileContent, Malformed, Result
from conformance.wire.decoding import decode
from conformance.wire.decoding.error import error_of
from conformance.wire.decoding.xml import execution_time
from conformance.wire.exchange import Received
from conformance.wire.request import Form, Format

from .servers import received

XML = Form(format=Format.XML)
PHP = Form(format=Format.PHP)
JSONP = Form(format=Format.JSONP, callback="cb")
ERROR = {
    "code": "ENTRY_ID_NOT_FOUND",
    "message": 'Entry id "1" not found',
    "objectType": "KalturaAPIException",
    "args": {"ENTRY_ID": "1"},
}
API_ERROR = ApiError("ENTRY_ID_NOT_FOUND", 'Entry id "1" not found', {"ENTRY_ID": "1"}, ERROR)
ERROR_XML = (
    "<error><code>ENTRY_ID_NOT_FOUND</code><message>Entry id &quot;1&quot; not found</message>"
    "<objectType>KalturaAPIException</objectType><args><item><objectType>KalturaApiExceptionArg"
    "</objectType><name>ENTRY_ID</name><value>1</value></item></args></error>"
)
WARNING = b"<br />\n<b>Warning</b>:  Undefined array key 3 in <b>/opt/x.php</b> on line 7<br />\n"


def xml(result: str) -> bytes:
    """A whole XML answer around `result`."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><xml><result>{result}</result>'
        "<executionTime>0.01</executionTime></xml>"
    ).encode()


def reason(body: bytes, form: Form) -> str:
    """Why the body cannot be read."""
    answer = decode(received(body), form)
    assert isinstance(answer, Malformed)
    return answer.reason


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"true", True),
        (b"null", None),
        (b'"text"', "text"),
        (b"1795413176", 1795413176),
        (b"[]", []),
        (b' {"a":{"b":[1,2.5]},"c":"\\u00e4\\/"}\n', {"a": {"b": [1, 2.5]}, "c": "ä/"}),
    ],
)
def test_json_is_the_whole_document(body: bytes, value: Any) -> None:
    """There is no envelope, and void is null (WIRE-42)."""
    assert decode(received(body), Form()) == Result(value)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"a":1', "body cut"),
        (b'{"a":"tex', "body cut"),
        (b'{"a":1}{"b":2}', "text after the document: '{\"b\":2}'"),
        (b'{"a":1}' + WARNING, "text after the document: 'Warning : Undefined array key 3"),
        (WARNING + b'{"a":1}', "text before the document: 'Warning : Undefined array key 3"),
        (b"Notice: x\n[1]", "text before the document: 'Notice: x [1]'"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"<!DOCTYPE html><html><h1>Bad Gateway</h1>", "HTML instead of JSON: 'Bad Gateway'"),
        (xml("1"), "XML instead of JSON"),
        (b'{"a":NaN}', "not JSON"),
        (b'{"a":1,"a":2}', "the key 'a' twice"),
        (b'{"a":[{"b":1,"c":2,"b":1}]}', "the key 'b' twice"),
        (b'{"a":"\\ud800"}', "not JSON"),
        (b'{"a":"\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"ping", "text before the document: 'ping'"),
    ],
)
def test_unsound_json_is_malformed_and_says_why(body: bytes, says: str) -> None:
    """The reason names what a person would look for."""
    told = reason(body, Form())

    assert says in told
    assert len(told) < 200


@pytest.mark.parametrize(
    ("result", "value"),
    [
        ("", ""),
        ("1", "1"),
        ("a &amp; b", "a & b"),
        ("<item>1</item><item>2</item>", ["1", "2"]),
        ("<objectType>K</objectType><relatedObjects></relatedObjects><n>1</n>",
         {"objectType": "K", "relatedObjects": "", "n": "1"}),
        ("<a><item><b>1</b></item></a>", {"a": [{"b": "1"}]}),
        ("<item><itemKey>x</itemKey><v>1</v></item><item><itemKey>y</itemKey><v>2</v></item>",
         {"x": {"v": "1"}, "y": {"v": "2"}}),
        ("\n <n>1</n>\n ", {"n": "1"}),
    ],
)  # fmt: skip
def test_xml_tells_leaf_list_map_and_object_apart_by_their_children(
    result: str, value: Any
) -> None:
    """Every leaf is text; emptiness says nothing of the kind (WIRE-43 to WIRE-45)."""
    assert decode(received(xml(result)), XML) == Result(value)


def test_xml_needs_no_declaration() -> None:
    """The fast path of session.start leaves it out (WIRE-56)."""
    body = b"<xml><result>djJ8</result><executionTime>4.5E-5</executionTime></xml>"

    assert decode(received(body), XML) == Result("djJ8")
    assert execution_time(body) == "4.5E-5"


def test_an_xml_error_looks_like_a_json_error() -> None:
    """Its arguments become a mapping, alone and in a slot of a multirequest (ERR-03)."""
    assert decode(received(xml(ERROR_XML)), XML) == API_ERROR
    slots = decode(received(xml(f"<item>{ERROR_XML}</item><item>1</item>")), XML)
    assert slots == Result([ERROR, "1"])


def test_an_xml_error_without_arguments_has_an_empty_list() -> None:
    """As JSON has it (ERR-02)."""
    body = xml("<error><code>C</code><message>m</message><objectType>KalturaAPIException"
               "</objectType><args></args></error>")  # fmt: skip

    answer = decode(received(body), XML)

    assert isinstance(answer, ApiError)
    assert (answer.code, answer.args, answer.raw["args"]) == ("C", {}, [])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (xml("<a>1</a>")[:-20], "body cut"),
        (xml("<a>1</a>")[:60], "body cut"),
        (WARNING + xml("1"), "text before the document: 'Warning"),
        (xml("1") + WARNING, "text after the document: 'Warning"),
        (xml("<a>1</a>Warning: x"), "text inside the document: 'Warning: x'"),
        (xml("<a>1</a><a>2</a>"), "the element 'a' twice"),
        (b"<xml><executionTime>1</executionTime></xml>", "no 'result'"),
        (b"<rss/>", "root element is 'rss'"),
        (b"<!DOCTYPE html><html><body>Oops</body></html>", "HTML instead of XML: 'Oops'"),
        (b"<!DOCTYPE x [<!ENTITY e 'b'>]><xml><result>&e;</result></xml>", "document type"),
        (b'{"a":1}', "JSON instead of XML"),
        (xml("\x01"), "not XML"),
    ],
)
def test_unsound_xml_is_malformed_and_says_why(body: bytes, says: str) -> None:
    """The reason names what a person would look for."""
    assert says in reason(body, XML)


def test_xml_entities_are_never_expanded() -> None:
    """Neither a file nor the network is touched, nor a bomb blown up."""
    bomb = b'<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><result>&b;</result></xml>'

    assert "document type" in reason(bomb, XML)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"N;", None),
        (b"b:1;", True),
        (b"i:-7;", -7),
        (b"d:0.5;", 0.5),
        ('s:3:"äb";'.encode(), "äb"),
        (b"a:0:{}", []),
        (b'a:2:{i:0;b:1;i:1;s:1:"x";}', [True, "x"]),
        (b'a:1:{s:1:"k";N;}', {"k": None}),
        (b"a:1:{i:5;i:1;}", {"5": 1}),
        (b'O:8:"KalturaX":1:{s:2:"id";s:1:"a";}', {"objectType": "KalturaX", "id": "a"}),
    ],
)
def test_serialised_php_is_read(body: bytes, value: Any) -> None:
    """Lengths count bytes; a gapless array from 0 is a list."""
    assert decode(received(body), PHP) == Result(value)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'a:2:{i:0;s:1:"x";', "body cut"),
        (b's:9:"abc";', "body cut"),
        (b's:1:"abc";', "expected at byte"),
        (b"i:1;i:2;", "text after the document"),
        (b'{"a":1}', "JSON instead of serialised PHP"),
        (b"d:INF;", "the number 'INF'"),
        (b"a:1:{N;N;}", "a key expected"),
        (b"a:2:{i:0;N;i:0;N;}", "the key '0' twice"),
        (b"a:1:{i:0;" * 300, "nested deeper"),
        (b"R:1;", "text before the document: 'R:1;'"),
        (b"a:1:{i:0;R:1;}", "a value expected"),
        (WARNING + b"i:1;", "text before the document: 'Warning"),
    ],
)
def test_unsound_php_is_malformed_and_says_why(body: bytes, says: str) -> None:
    """References and lies about lengths are refused."""
    assert says in reason(body, PHP)


@pytest.mark.parametrize("body", [b'cb({"a":1});', b'cb({"a":1})', b' cb( {"a":1} ) ;\n'])
def test_jsonp_is_a_call_of_the_asked_callback(body: bytes) -> None:
    """A semicolon may close it or not."""
    assert decode(received(body), JSONP) == Result({"a": 1})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"other(1);", "calls 'other' instead of 'cb'"),
        (b'cb({"a":1}', "no whole call"),
        (b"1", "text before the document: '1'"),
        (b'{"a":1}', "JSON instead of JSONP"),
        (b"cb({x});", "not JSON"),
    ],
)
def test_unsound_jsonp_is_malformed_and_says_why(body: bytes, says: str) -> None:
    """A foreign callback is as wrong as none."""
    assert says in reason(body, JSONP)


def test_an_error_is_an_error_in_every_format() -> None:
    """It is recognised by its type (ERR-02)."""
    body = json.dumps(ERROR).encode()
    php = (
        b'a:4:{s:4:"code";s:18:"ENTRY_ID_NOT_FOUND";s:7:"message";s:22:"Entry id "1" not found";'
        b's:10:"objectType";s:19:"KalturaAPIException";s:4:"args";a:1:{s:8:"ENTRY_ID";s:1:"1";}}'
    )

    assert decode(received(body), Form()) == API_ERROR
    assert decode(received(b"cb(" + body + b")"), JSONP) == API_ERROR
    assert decode(received(php), PHP) == API_ERROR


@pytest.mark.parametrize(
    "damaged",
    [
        {"objectType": "KalturaAPIException"},
        {"code": "C", "message": "m", "args": []},
        {"code": "C", "message": "m"},
        {"code": "C", "objectType": "KalturaApiException", "args": {}},
    ],
)
def test_a_damaged_error_is_still_an_error(damaged: dict[str, Any]) -> None:
    """Else its damage would be judged as a result of the wrong type."""
    error = error_of(damaged)

    assert error is not None
    assert error.raw == damaged


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "code",
        {"objectType": "KalturaAccessControlMessage", "code": "C", "message": "m"},
        {"objectType": "KalturaRule", "code": "C", "message": "m", "description": "d"},
        {"message": "m", "args": []},
    ],
)
def test_a_data_class_with_a_code_is_no_error(value: Any) -> None:
    """Two classes of the real schema have a code and a message."""
    assert error_of(value) is None


@pytest.mark.parametrize(
    ("asked", "body", "value"),
    [
        (None, xml("1"), "1"),
        (1, b"1", 1),
        ("01", b"1", 1),
        ("1.0", b"1", 1),
        ("2", xml("1"), "1"),
        (Format.PHP, b"i:1;", 1),
    ],
)
def test_the_format_is_read_as_the_server_reads_it(asked: Any, body: bytes, value: Any) -> None:
    """XML where none is asked; `01` and `1.0` are 1 (OBSERVED 10)."""
    assert decode(received(body), Form(format=asked)) == Result(value)


def test_an_unknown_format_is_read_by_its_content_type() -> None:
    """A plugin may add formats; an answer in one is no breach by itself."""
    page = Received(200, (("Content-Type", "text/html"),), b"<html>")

    assert decode(received(b"1"), Form(format=77)) == Result(1)
    assert decode(page, Form(format="html")) == FileContent("text/html", 6)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("error- UNKNOWN_RESPONSE_FORMAT", "UNKNOWN_RESPONSE_FORMAT"),
        ("error-SERVICE_FORBIDDEN", "SERVICE_FORBIDDEN"),
        ("error-6", "6"),
    ],
)
def test_an_empty_body_with_an_error_header_is_a_die_error(header: str, code: str) -> None:
    """With and without a blank (OBSERVED 2), whatever the status."""
    headers = (("x-kaltura", "cache-key,abc"), ("x-kaltura", header))

    assert decode(Received(404, headers, b""), Form()) == DieError(code)


def test_an_error_header_beside_a_body_is_no_die_error() -> None:
    """SERVICE_FORBIDDEN has both; the body says more."""
    answer = decode(received(json.dumps(ERROR).encode(), ("X-Kaltura", "error-X")), Form())

    assert answer == API_ERROR


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_empty_body_is_malformed(status: int) -> None:
    """Neither result nor error."""
    answer = decode(received(b"", status=status), Form())

    assert answer == Malformed(f"an empty body (status {status})")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_methods_that_answer_without_a_body_are_not_malformed(method: str) -> None:
    """There is nothing in them to read."""
    answer = decode(received(b""), Form(method=method))

    assert answer == FileContent("application/json", 0)


def test_a_redirect_is_content_elsewhere() -> None:
    """File actions may answer with one (WIRE-51)."""
    answer = decode(Received(302, (("Location", "http://cdn/x"),), b"<html>"), Form())

    assert answer == FileContent("", 6, "http://cdn/x")


def test_media_is_file_content() -> None:
    """Bytes with a content type of media are no answer in the asked format."""
    png = Received(200, (("Content-Type", "image/png"),), b"\x89PNG")

    assert decode(png, Form()) == FileContent("image/png", 4)


def test_an_expected_file_is_a_file_unless_it_is_an_error() -> None:
    """The body of a text file may even be JSON."""
    error = received(json.dumps(ERROR).encode())

    assert decode(received(b'{"a":1}'), Form(), expect_file=True) == FileContent(
        "application/json", 7
    )
    assert decode(received(b""), Form(), expect_file=True) == FileContent("application/json", 0)
    assert decode(error, Form(), expect_file=True) == API_ERROR
    failed = decode(received(b"oops", status=500), Form(), expect_file=True)
    assert failed == Malformed("status 500 instead of a file")


@given(
    body=st.binary(max_size=60)
    | st.text(alphabet='{}[]",:a1<>/xml resultitemNbisdaO;', max_size=60).map(str.encode),
    asked=st.sampled_from([1, 2, 3, 9, None, "x"]),
    expect_file=st.booleans(),
)
def test_decoding_never_raises(body: bytes, asked: Any, *, expect_file: bool) -> None:
    """Whatever a server sends becomes an answer."""
    answer = decode(received(body), Form(format=asked, callback="a"), expect_file=expect_file)

    assert isinstance(answer, Result | ApiError | FileContent | DieError | Malformed)
