from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.reference.conftest import Caller


def upload(server: Caller, token: str, content: bytes, **params: Any) -> Any:
    fields = {"ks": server.admin, "format": 1, "uploadTokenId": token, **params}
    body = (
        b'--B\r\nContent-Disposition: form-data; name="json"\r\n\r\n'
        + json.dumps(fields).encode()
        + b'\r\n--B\r\nContent-Disposition: form-data; name="fileData"; filename="f.txt"\r\n\r\n'
        + content
        + b"\r\n--B--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=B"}
    reply = server.send("/api_v3/service/uploadToken/action/upload", headers=headers, body=body)
    return json.loads(reply.body)


def new_token(server: Caller) -> str:
    return str(server.as_admin("uploadToken", "add")["id"])


def test_a_file_in_one_piece_fills_the_token(server: Caller) -> None:
    """Status 2, with size and name (FILE-02)."""
    token = new_token(server)

    uploaded = upload(server, token, b"12345")

    assert (uploaded["status"], uploaded["uploadedFileSize"], uploaded["fileName"]) == (
        2,
        5,
        "f.txt",
    )


def test_chunks_may_come_out_of_order(server: Caller) -> None:
    """Each at its offset; the last one ends it (FILE-03)."""
    token = new_token(server)

    upload(server, token, b"ab", finalChunk=False)
    upload(server, token, b"ef", resume=True, resumeAt=4, finalChunk=False)
    uploaded = upload(server, token, b"cd", resume=True, resumeAt=2, finalChunk=True)

    assert (uploaded["status"], uploaded["uploadedFileSize"]) == (2, 6)
    assert server.application.world.storage.content(f"KalturaUploadToken/{token}") == (
        b"abcdef",
        "",
    )


def test_an_unknown_token_is_refused(server: Caller) -> None:
    """Without arguments (ERR-31)."""
    error = upload(server, "0_nosuch", b"x")

    assert (error["code"], error["args"]) == ("UPLOAD_TOKEN_NOT_FOUND", [])


def test_a_text_is_no_upload(server: Caller) -> None:
    """A file parameter wants a file part (WIRE-31)."""
    params = {"uploadTokenId": new_token(server)}

    missing = server.as_admin("uploadToken", "upload", **params)
    wrong = server.as_admin("uploadToken", "upload", **params, fileData="x")

    assert (missing["code"], wrong["code"]) == ("MISSING_MANDATORY_PARAMETER", "UPLOAD_ERROR")


def test_content_makes_an_entry_ready_once(server: Caller) -> None:
    """The token is consumed; a second content is refused (FILE-06)."""
    entry = server.as_admin("media", "add", entry={"name": "m", "mediaType": 2})
    token = new_token(server)
    upload(server, token, b"12345")
    resource = {"objectType": "KalturaUploadedFileTokenResource", "token": token}

    filled = server.as_admin("media", "addContent", entryId=entry["id"], resource=resource)
    again = server.as_admin("media", "addContent", entryId=entry["id"], resource=resource)

    assert filled["status"] == 2
    assert again["code"] == "ENTRY_ALREADY_WITH_CONTENT"
    assert server.as_admin("uploadToken", "get", uploadTokenId=token)["status"] == 3


def test_a_token_that_finalizes_itself_needs_a_size(server: Caller) -> None:
    """Nothing else could tell it that the file is whole (FILE-01)."""
    bare = server.as_admin("uploadToken", "add", uploadToken={"autoFinalize": 1})
    sized = server.as_admin("uploadToken", "add", uploadToken={"autoFinalize": 1, "fileSize": 5})

    assert (bare["code"], sized["status"]) == ("UPLOAD_TOKEN_MISSING_FILE_SIZE", 0)


def test_a_token_may_be_attached_before_its_file(server: Caller) -> None:
    """The entry waits and has the content after the upload (FILE-06)."""
    entry = server.as_admin("media", "add", entry={"name": "m", "mediaType": 2})
    token = new_token(server)
    resource = {"objectType": "KalturaUploadedFileTokenResource", "token": token}

    waiting = server.as_admin("media", "addContent", entryId=entry["id"], resource=resource)
    uploaded = upload(server, token, b"12345")
    ready = server.as_admin("media", "get", entryId=entry["id"])

    assert (waiting["status"], ready["status"]) == (0, 2)
    assert uploaded["attachedObjectId"] == entry["id"]
    assert server.as_admin("uploadToken", "get", uploadTokenId=token)["status"] == 3


def test_a_used_token_gives_no_second_content(server: Caller) -> None:
    """Its file is with the first entry (FILE-06)."""
    entries = [server.as_admin("media", "add", entry={"name": n, "mediaType": 2}) for n in "ab"]
    token = new_token(server)
    upload(server, token, b"12345")
    resource = {"objectType": "KalturaUploadedFileTokenResource", "token": token}

    first, second = (
        server.as_admin("media", "addContent", entryId=entry["id"], resource=resource)
        for entry in entries
    )

    assert first["status"] == 2
    assert second["code"] == "UPLOAD_TOKEN_INVALID_STATUS_FOR_ADD_ENTRY"


def test_an_error_of_a_file_stands_in_the_header(server: Caller) -> None:
    """The body is empty (WIRE-51)."""
    reply = server.send(
        f"/api_v3/service/data/action/serve?ks={server.admin}&entryId=0_nosuch&format=1"
    )
    told = dict(reply.headers)

    assert (reply.status, reply.body) == (200, b"")
    assert told["X-Kaltura"] == "error- ENTRY_ID_NOT_FOUND"
    assert "ENTRY_ID_NOT_FOUND" in told["X-Kaltura-App"]
