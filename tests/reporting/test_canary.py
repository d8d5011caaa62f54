"""Secrets that were planted in a run are in none of its files and reports, in whatever wrapping."""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote_to_bytes

from conformance.plugin.embedded import EmbeddedServer
from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options
from conformance.reporting.evidence import read_evidence
from conformance.reporting.formats import FORMATS, render
from conformance.reporting.writing import write
from conformance.wire.ks import build_v2
from conformance.wire.redaction import Redactor

from .hostile import exchange, write_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

SECRET = "c4n4ry5ecretOfTheAccount00000001"
PASSWORD = "C4nary-pa55word!"
DEPTH = 3

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,}={0,2}")


def unwrapped(content: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """The content, and all that is found in it by undoing base64, deflate, gzip and escapes."""
    yield content
    if not depth:
        return
    for inflate in (zlib.decompress, gzip.decompress):
        with suppress(zlib.error, OSError, EOFError):
            yield from unwrapped(inflate(content), depth - 1)
    plain = unquote_to_bytes(content).replace(b"\\/", b"/")
    if plain != content:
        yield from unwrapped(plain, depth - 1)
    for match in _BASE64.finditer(content):
        text = match[0].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            part = text[start:]
            with suppress(ValueError):
                decoded = base64.b64decode(part + b"=" * (-len(part) % 4))
                yield from unwrapped(decoded, depth - 1) if start == 0 else (decoded,)


def leaks(folder: Path, secrets: tuple[bytes, ...]) -> set[str]:
    """The files in which a secret is found."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file()
        for layer in unwrapped(path.read_bytes())
        if any(secret in layer for secret in secrets)
    }


def planted() -> tuple[bytes, bytes, str]:
    """An answer and a request full of secrets, and a KS."""
    ks = build_v2(
        partner_id=102,
        secret=SECRET,
        user_id="u",
        type=2,
        expires_at=2_000_000_000,
        random=bytes(16),
    )
    wrapped = base64.b64encode(SECRET.encode()).decode()
    answer = (
        f'{{"objectType": "KalturaPartner", "adminSecret": "{SECRET}", "password": "{PASSWORD}", '
        f'"description": "see {SECRET} and {quote(SECRET)} and {wrapped}", '
        f'"url": "http://127.0.0.1/p/102/playManifest?ks={quote_plus(ks)}"}}'
    )
    sent = f'{{"ks": "{ks}", "secret": "{SECRET}", "user": {{"password": "{PASSWORD}"}}}}'
    return answer.encode(), sent.encode(), ks


def recorded(folder: Path, redactor: Redactor) -> Path:
    """A run with secrets in what was sent, answered and found, and all its reports."""
    answer, sent, ks = planted()
    made = write_run(
        folder,
        redactor,
        exchange(0, answer, ks=ks, sent=sent),
        exchange(1, answer, ks=ks, sent=f"ks={quote_plus(ks)}&secret={SECRET}".encode()),
        said=f"; it tells {SECRET} and {ks}",
    )
    write(render(read_evidence(made), FORMATS), folder)
    return folder


def test_what_was_planted_is_found_nowhere(tmp_path: Path) -> None:
    """Account secrets, passwords and sessions, as they are and wrapped twice."""
    _, _, ks = planted()
    folder = recorded(tmp_path, Redactor([SECRET]))
    secrets = (SECRET.encode(), PASSWORD.encode(), ks[8:60].encode(), b"v2|102|")

    assert len(list(folder.rglob("*"))) > len(FORMATS) + 3
    assert leaks(folder, secrets) == set()


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """Without knowing the secret it leaks, and then every wrapping is looked into."""
    folder = recorded(tmp_path, Redactor())
    found = leaks(folder, (SECRET.encode(),))

    assert {
        "certificate.html", "findings.har", "traffic.jsonl", "run.json", "junit.xml", "ctrf.json",
        "summary.md", "annotations.txt",
    } <= found  # fmt: skip
    assert any(name.startswith("allure-results/") for name in found)


def test_a_run_against_a_server_leaks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the environment to the last report, with findings whose calls hold sessions."""
    faults = ("errors.error_answers_with_status_500", "crud.delete_leaves_the_object")
    with EmbeddedServer(faults=faults) as server:
        monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", server.admin_secret)
        monkeypatch.setenv("KALTURA_CONFORMANCE_USER_SECRET", server.user_secret)
        monkeypatch.setenv("KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET", server.other_admin_secret)
        options = {
            "target": server.url,
            "partner_id": server.partner_id,
            "other_partner_id": server.other_partner_id,
            "select": ("SESS-START-*", "session.*", "CRUD-DELETE-002", "apptoken.*"),
            "output": str(tmp_path / "run"),
            "record": "all",
            "seed": 7,
            "examples": 1,
        }
        run = judge(from_options(options, quiet=True))
    folder = tmp_path / "run"
    write(render(read_evidence(str(folder)), FORMATS), folder)
    secrets = (
        *(server.admin_secret, server.user_secret, server.other_admin_secret),
        *(f"v2|{number}|" for number in (server.partner_id, server.other_partner_id)),
    )

    assert len(run.findings) > 1
    assert leaks(folder, tuple(secret.encode() for secret in secrets)) == set()
