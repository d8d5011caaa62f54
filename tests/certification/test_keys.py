"""Keys come from files or the environment, are never overwritten, and never quoted."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from conformance.certification.envelope import key_id
from conformance.certification.keys import VARIABLE, public_key, signing_key, write_new_key
from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A new key."""
    path = tmp_path / "key"
    write_new_key(path)
    return path


def test_a_new_key_is_its_owner_s_alone(made: Path) -> None:
    """And its public half fits."""
    private = signing_key({}, str(made))

    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert key_id(public_key(made.with_name("key.pub"))) == key_id(private.public_key())


def test_a_key_is_not_overwritten(made: Path) -> None:
    """Whoever signed with it would be lost."""
    with pytest.raises(UsageError, match="not overwritten"):
        write_new_key(made)


@pytest.mark.parametrize("way", ["file", "variable", "variable's file"])
def test_a_key_is_found_three_ways(made: Path, way: str) -> None:
    """By an option that names a file, in the variable, and in the file that it names."""
    given = {
        "variable": {VARIABLE: made.read_text()},
        "variable's file": {f"{VARIABLE}_FILE": str(made)},
    }

    assert signing_key(given.get(way, {}), str(made) if way == "file" else None)


def test_without_a_key_it_is_said_how_to_make_one() -> None:
    """Before anything is judged."""
    with pytest.raises(UsageError, match="--new-key"):
        signing_key({}, None)


def test_what_is_no_key_is_not_quoted() -> None:
    """It may be one, badly pasted."""
    with pytest.raises(UsageError) as caught:
        signing_key({VARIABLE: "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCI"}, None)

    assert "MC4CAQAwBQ" not in str(caught.value)


def test_a_key_of_another_kind_is_refused() -> None:
    """RSA signs too, but not what others expect of us."""
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    with pytest.raises(UsageError, match="another kind than Ed25519"):
        signing_key({VARIABLE: pem}, None)


def test_a_private_key_is_no_public_one(made: Path) -> None:
    """Nobody should hand it around."""
    with pytest.raises(UsageError, match="no public key"):
        public_key(made)
