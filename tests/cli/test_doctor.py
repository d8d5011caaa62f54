"""`doctor` and `init`, against sound, faulty and absent servers."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import tomllib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conformance.cli.main import invoke
from conformance.plugin.embedded import EmbeddedServer
from conformance.profile.loading import load_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.plugin.embedded import Ready

NAMES = [
    "name", "connection", "version", "ping", "clock", "schema", "login as admin",
    "login as user", "login as other-admin", "own session", "reading", "writing uploadtoken",
    "writing baseentry", "writing category", "removing",
]  # fmt: skip


@pytest.fixture
def account(sound: Ready, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The options that lead to the sound server, its secrets in the environment."""
    monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", sound.admin_secret)
    monkeypatch.setenv("KALTURA_CONFORMANCE_USER_SECRET", sound.user_secret)
    monkeypatch.setenv("KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET", sound.other_admin_secret)
    other = str(sound.other_partner_id)
    mine = ("--target", sound.url, "--partner-id", str(sound.partner_id))
    return (*mine, "--other-partner-id", other)


def test_a_sound_server_passes_every_step(
    account: tuple[str, ...], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """In order, and nothing is left on the server."""
    assert invoke(("doctor", *account, "--format", "json")) == 0
    steps = json.loads(capfdbinary.readouterr().out)
    assert [step["name"] for step in steps] == NAMES
    assert {step["name"]: step["told"] for step in steps if step["state"] != "good"} == {}


def test_nothing_is_made_when_only_reading(
    account: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """`--read-only` is kept."""
    assert invoke(("doctor", *account, "--read-only")) == 0
    told = capsys.readouterr().out
    assert "not tried: the profile is read-only" in told
    assert "one was made" not in told


@pytest.mark.parametrize(
    ("fault", "step", "told", "code"),
    [
        ("says 500", "version", "does not tell a version", 3),
        ("says HTML", "version", "Is that the URL of a Kaltura API?", 3),
        ("resets", "version", "no answer", 3),
        ("publishes HTML", "schema", "Let the server generate its clients again", 2),
        ("publishes nothing", "schema", "name a file by --schema", 2),
        ("refuses", "login as admin", "START_SESSION_ERROR", 3),
        ("logs in with null", "login as admin", "partner 102", 3),
    ],
)
def test_the_first_step_that_fails_is_the_last(
    faulty: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: str,
    step: str,
    told: str,
    code: int,
) -> None:
    """What failed is named, with what to mend, and the exit code is that of `run`."""
    monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", "5ecret" * 5)

    assert invoke(("doctor", "--target", faulty(fault), "--partner-id", "102")) == code
    printed = capsys.readouterr().out
    lines = [line for line in printed.splitlines() if not line.startswith(" ")]
    assert told in printed
    assert lines[-1].startswith(f"no  {step} ")
    assert "5ecret5ecret" not in "\n".join(lines)
    assert sum(line.startswith("no") for line in lines) == 1


@pytest.mark.parametrize("told", ["Did you", "is no host that is known here"])
def test_a_host_that_is_unknown_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], told: str
) -> None:
    """Before anything is asked of anybody."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Did you mean another host? It is not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", "5ecret" * 5)

    assert invoke(("doctor", "--target", "http://kaltura.example", "--partner-id", "1")) == 3
    assert told in capsys.readouterr().out


def test_a_closed_port_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The port is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", "5ecret" * 5)

    assert invoke(("doctor", "--target", f"http://127.0.0.1:{port}", "--partner-id", "1")) == 3
    assert f"port {port} of 127.0.0.1" in capsys.readouterr().out


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server that shakes hands with a certificate of its own for nine days; URL and file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    stopped = threading.Event()

    def shake_hands() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
                connection.settimeout(2)
            except OSError:
                continue
            with connection, suppress(OSError):
                context.wrap_socket(connection, server_side=True).close()

    thread = threading.Thread(target=shake_hands)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}", str(path)
    stopped.set()
    thread.join()
    listener.close()


def test_a_certificate_that_nobody_signed_is_told(
    tls: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the way out."""
    monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", "5ecret" * 5)

    assert invoke(("doctor", "--target", tls[0], "--partner-id", "1")) == 3
    told = capsys.readouterr().out
    assert "the certificate is not to be trusted: self-signed certificate" in told
    assert "verify-tls" in told


def test_a_certificate_that_ends_soon_is_remarked(
    tls: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Trusted by the profile's file, and counted in days."""
    monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", "5ecret" * 5)
    profile = tmp_path / "p.toml"
    profile.write_text(f'extends = "ce"\n[target]\nverify-tls = "{tls[1]}"\n')
    options = ("--profile", str(profile), "--target", tls[0], "--partner-id", "1")

    assert invoke(("doctor", *options)) == 3
    assert "8 days" in capsys.readouterr().out


def test_init_writes_a_profile_that_is_read_again(
    account: tuple[str, ...], sound: Ready, tmp_path: Path
) -> None:
    """With what the target can do, and no secret."""
    path = tmp_path / "mine.toml"

    assert invoke(("init", *account, "--output", str(path))) == 0
    text = path.read_text()
    profile = load_profile(str(path), environ={}).profile
    assert (profile.target.url, profile.target.partner_id) == (sound.url, sound.partner_id)
    assert profile.target.other_partner_id == sound.other_partner_id
    assert profile.capabilities.writes
    assert profile.capabilities.local_sessions
    assert not any(s in text for s in (sound.admin_secret, sound.other_admin_secret))
    assert invoke(("init", *account, "--output", str(path))) == 2
    assert path.read_text() == text


def test_init_switches_off_what_does_not_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that adds nothing is not to be written to; the reason stands beside it."""
    with EmbeddedServer(faults=("wire.json_has_an_envelope",)) as server:
        monkeypatch.setenv("KALTURA_CONFORMANCE_ADMIN_SECRET", server.admin_secret)
        options = ("--target", server.url, "--partner-id", str(server.partner_id))
        code = invoke(("init", *options, "--read-only", "--output", "-"))
    document = tomllib.loads(capsys.readouterr().out)

    assert code == 0
    assert document["capabilities"]["writes"] is False
    assert document["extends"] == "ce"


def test_init_needs_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    """The embedded one needs no profile of its own."""
    assert invoke(("init",)) == 2
    assert "Say --target URL" in capsys.readouterr().err
