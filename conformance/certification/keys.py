"""Signing keys: Ed25519 in PEM, from a file or the environment. Never an option's value."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "KALTURA_CONFORMANCE_SIGNING_KEY"
MOST_BYTES = 16_384


def write_new_key(path: Path) -> Path:
    """Make a key, readable by its owner alone, and its public half beside it; the latter's path.

    Raises UsageError where there is a file already: a key is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = path.with_name(f"{path.name}.pub")
    _write(path, private, mode=0o600)
    _write(public, public_pem(key.public_key()), mode=0o644)
    return public


def public_pem(key: Ed25519PublicKey) -> bytes:
    """The public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signing_key(environ: Mapping[str, str], file: str | None) -> Ed25519PrivateKey:
    """The key in the file, else in the variable, or in the file that `…_FILE` names.

    Raises UsageError where there is none, or no Ed25519 key.
    """
    named = file or environ.get(f"{VARIABLE}_FILE")
    if named:
        return _private(_read(Path(named)), named)
    if environ.get(VARIABLE):
        return _private(environ[VARIABLE].encode(), VARIABLE)
    raise UsageError(
        "no key to sign with",
        place=VARIABLE,
        hint="Make one with `certify --new-key FILE`, and name it by --signing-key FILE, "
        f"{VARIABLE}_FILE or {VARIABLE}",
    )


def public_key(path: Path) -> Ed25519PublicKey:
    """The public key in a PEM file; UsageError where it is none."""
    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError("no public key in PEM", place=str(path)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError("a key of another kind than Ed25519", place=str(path))
    return key


def _private(content: bytes, place: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # Not the library's own words: they might quote the key.
        raise UsageError("no private key in PEM, or one with a password", place=place) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("a key of another kind than Ed25519", place=place)
    return key


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", place=str(path)) from error


def _write(path: Path, content: bytes, *, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise UsageError(
            "there is a file already; keys are not overwritten", place=str(path)
        ) from error
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", place=str(path)) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
