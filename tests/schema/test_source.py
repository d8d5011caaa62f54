"""A schema comes from a file or a URL, and nothing that the other side does hangs or floods us."""

from __future__ import annotations

import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from conformance.exceptions import SchemaError
from conformance.schema import document, source
from conformance.schema.reader import read_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = b'<xml apiVersion="1.0"><services/></xml>'


class Server(BaseHTTPRequestHandler):
    """Answers each path in its own way."""

    def do_GET(self) -> None:
        """Serve the schema, redirect for ever, fail, flood or drip."""
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/none" else 200)
        self.end_headers()
        if self.path == "/schema":
            self.wfile.write(SCHEMA)
        elif self.path == "/flood":
            self._write(b"x" * 4096, pause_seconds=0, times=64)
        elif self.path == "/drip":
            self._write(b" ", pause_seconds=0.05, times=100)

    def _write(self, part: bytes, *, pause_seconds: float, times: int) -> None:
        for _ in range(times):
            try:
                self.wfile.write(part)
            except OSError:
                return  # the client has seen enough
            time.sleep(pause_seconds)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """A server of our own on the loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_schema_is_read_from_a_url(server_url: str) -> None:
    schema = read_schema(f"{server_url}/schema")

    assert schema.api_version == "1.0"
    assert schema.source == f"{server_url}/schema"


def test_schema_is_read_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "s.xml"
    path.write_bytes(SCHEMA)

    assert read_schema(path) == read_schema(str(path))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("loop", "more than 5 redirects"),
        ("none", "HTTP status 404 instead of a schema"),
        ("drip", "not complete after 0.3 seconds"),
        ("flood", "the answer is more than the 100,000 bytes"),
    ],
)
def test_server_that_misbehaves_gets_one_error(
    server_url: str, path: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (source, document):
        monkeypatch.setattr(module, "LARGEST_BYTES", 100_000)

    with pytest.raises(SchemaError, match=message) as caught:
        read_schema(f"{server_url}/{path}", timeout_seconds=0.3 if path == "drip" else 5.0)

    assert caught.value.place == f"{server_url}/{path}"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/schema", "http://[::1", "http://", "http://127.0.0.1:99999/"],
)
def test_url_without_a_server_gets_one_error(url: str) -> None:
    with pytest.raises(SchemaError) as caught:
        read_schema(url, timeout_seconds=2.0)

    assert str(caught.value).startswith(url)


@pytest.mark.parametrize(
    ("name", "message"),
    [("gone.xml", "cannot be read: No such file"), (".", "a folder, not a file")],
)
def test_path_without_a_file_gets_one_error(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        read_schema(tmp_path / name)


def test_name_with_a_null_byte_gets_one_error() -> None:
    with pytest.raises(SchemaError, match="cannot be read"):
        read_schema("a\0b")


def test_too_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (source, document):
        monkeypatch.setattr(module, "LARGEST_BYTES", 10)
    path = tmp_path / "big.xml"
    path.write_bytes(SCHEMA)

    with pytest.raises(SchemaError, match=f"{len(SCHEMA)} bytes is more than"):
        read_schema(path)


def test_reading_a_file_does_not_import_httpx() -> None:
    program = "import sys, conformance.schema.reader; sys.exit('httpx' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], check=False)  # noqa: S603 - our own text

    assert done.returncode == 0
