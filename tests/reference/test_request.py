from __future__ import annotations

import pytest

from conformance.reference.message import HttpRequest, Upload
from conformance.reference.request import read_request

JSON = (("content-type", "application/json"),)
FORM = (("content-type", "application/x-www-form-urlencoded"),)


def test_path_wins_over_query_and_query_over_body() -> None:
    """The order of CONTRACT WIRE-04."""
    request = HttpRequest(
        "POST",
        "/api_v3/service/a/action/b/x/path",
        "x=query&y=query",
        JSON,
        b'{"x":"b","y":"b","z":"b"}',
    )

    params = read_request(request).params

    assert (params["x"], params["y"], params["z"]) == ("path", "query", "b")


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "text/plain", "", "application/jsonx"]
)
def test_json_is_read_under_its_exact_content_type_only(content_type: str) -> None:
    """Any suffix hides the body (WIRE-05)."""
    headers = (("content-type", content_type),)
    request = HttpRequest("POST", "/api_v3/service/a/action/b", "", headers, b'{"x": 1}')

    assert "x" not in read_request(request).params


@pytest.mark.parametrize(
    "body",
    [b'{"x": ', b"[1]", b"null", b'\xef\xbb\xbf{"x":1}', b'{"x":"\\ud800"}', b'{"x":"\xff"}'],
)
def test_a_body_that_is_no_json_object_counts_as_empty(body: bytes) -> None:
    """It is never an error (WIRE-06)."""
    request = HttpRequest("POST", "/api_v3/service/a/action/b", "", JSON, body)

    assert "x" not in read_request(request).params


def test_json_deeper_than_512_counts_as_empty() -> None:
    """PHP gives up at that depth."""
    body = b'{"x":' * 513 + b"1" + b"}" * 513
    request = HttpRequest("POST", "/api_v3/service/a/action/b", "", JSON, body)

    assert "x" not in read_request(request).params


def test_colons_and_brackets_nest_alike() -> None:
    """Both notations of CONTRACT WIRE-08 give the same object."""
    colon = HttpRequest("POST", "/api_v3/", "", FORM, b"entry:name=n&entry:tags:0:value=t")
    bracket = HttpRequest("POST", "/api_v3/", "", FORM, b"entry[name]=n&entry[tags][0][value]=t")

    expected = {"name": "n", "tags": {"0": {"value": "t"}}}
    assert read_request(colon).params["entry"] == expected
    assert read_request(bracket).params["entry"] == expected


def test_empty_path_segments_shift_the_pairs() -> None:
    """`/service//action/` asks for the service `action` (WIRE-02)."""
    assert read_request(HttpRequest("GET", "/api_v3/service//action/")).service == "action"


def test_the_json_part_of_a_multipart_body_replaces_the_others() -> None:
    """File parts stay (WIRE-07)."""
    body = (
        b'--B\r\nContent-Disposition: form-data; name="other"\r\n\r\nlost\r\n'
        b'--B\r\nContent-Disposition: form-data; name="json"\r\n\r\n{"x": 1}\r\n'
        b'--B\r\nContent-Disposition: form-data; name="fileData"; filename="f.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nline\r\n\r\n\r\n--B--\r\n"
    )
    headers = (("content-type", "multipart/form-data; boundary=B"),)

    invocation = read_request(HttpRequest("POST", "/api_v3/", "", headers, body))

    assert invocation.params == {"x": 1}
    assert invocation.files == {"fileData": Upload("f.txt", b"line\r\n\r\n", "text/plain")}
