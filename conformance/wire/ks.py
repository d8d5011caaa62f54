"""Kaltura sessions (KS) made and read without a server (CONTRACT SESS-09)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from msgspec import Struct

from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCK = 16
DIGEST = 20
V1_FIELDS = 7
EXPIRY, TYPE, USER = "_e", "_t", "_u"


class KsError(UsageError):
    """A text that is no KS, or not one of the account's secret."""


class KsInfo(Struct, frozen=True):
    """What a KS says. `expires_at` is in epoch seconds; `type` 0 is a user's, 2 an admin's."""

    version: int
    partner_id: int
    user_id: str
    type: int
    expires_at: int
    privileges: str


def build_v2(
    *,
    partner_id: int,
    secret: str,
    user_id: str = "",
    type: int = 0,  # noqa: A002 - the protocol's word
    expires_at: int,
    privileges: str = "",
    random: bytes | None = None,
) -> str:
    """A KS of version 2; `random` is 16 bytes, drawn by the system where none are given."""
    fields: dict[str, str] = {}
    for privilege in filter(None, (part.strip() for part in privileges.split(","))):
        name, _, value = ("all:*" if privilege == "*" else privilege).partition(":")
        fields[name] = value
    fields |= {EXPIRY: str(expires_at), TYPE: str(type), USER: user_id}
    body = _random(random) + urlencode(fields).encode()
    signed = hashlib.sha1(body).digest() + body  # noqa: S324 - the protocol's digest
    padded = signed + bytes(-len(signed) % BLOCK)
    cipher = _cipher(secret).encryptor()
    sealed = cipher.update(padded) + cipher.finalize()
    return base64.urlsafe_b64encode(f"v2|{partner_id}|".encode() + sealed).decode()


def build_v1(
    *,
    partner_id: int,
    secret: str,
    user_id: str = "",
    type: int = 0,  # noqa: A002 - the protocol's word
    expires_at: int,
    privileges: str = "",
    random: bytes | None = None,
) -> str:
    """A KS of version 1; a user id with a semicolon cannot be said in it."""
    if ";" in user_id + privileges:
        raise KsError(f"a KS of version 1 cannot hold a semicolon: {user_id + privileges!r}")
    noise = int.from_bytes(_random(random)[:4], "big")
    info = f"{partner_id};{partner_id};{expires_at};{type};{noise};{user_id};{privileges};;"
    return base64.b64encode(f"{_v1_digest(secret, info)}|{info}".encode()).decode()


def parse(text: str, secrets: Mapping[int, str]) -> KsInfo:
    """What the KS says, checked with the secret of its partner; `secrets` maps ids to them.

    Raises KsError for a text that is no KS, a partner without a secret, and a wrong digest.
    """
    try:
        raw = base64.b64decode(text.strip().translate(_URL_TO_PLAIN), validate=True)
    except (binascii.Error, ValueError) as error:
        raise KsError("not a KS: not base64") from error
    version, _, rest = raw.partition(b"|")
    if version == b"v2":
        return _parse_v2(rest, secrets)
    return _parse_v1(version, rest, secrets)


def _parse_v2(rest: bytes, secrets: Mapping[int, str]) -> KsInfo:
    partner, _, sealed = rest.partition(b"|")
    partner_id = _number(partner, "partner id")
    if not sealed or len(sealed) % BLOCK:
        raise KsError(f"not a KS: {len(sealed)} encrypted bytes are not whole blocks of {BLOCK}")
    cipher = _cipher(_secret(partner_id, secrets)).decryptor()
    opened = (cipher.update(sealed) + cipher.finalize()).rstrip(b"\0")
    digest, body = opened[:DIGEST], opened[DIGEST:]
    if not hmac.compare_digest(digest, hashlib.sha1(body).digest()):  # noqa: S324 - as above
        raise KsError(f"the KS is not of the secret given for partner {partner_id}")
    pairs = parse_qsl(body[BLOCK:].decode("utf-8", "replace"), keep_blank_values=True)
    fields = dict(pairs)
    return KsInfo(
        version=2,
        partner_id=partner_id,
        user_id=fields.get(USER, ""),
        type=_number(fields.get(TYPE, ""), "type"),
        expires_at=_number(fields.get(EXPIRY, ""), "expiry"),
        privileges=",".join(
            f"{name}:{value}" if value else name
            for name, value in pairs
            if name not in {EXPIRY, TYPE, USER}
        ),
    )


def _parse_v1(digest: bytes, rest: bytes, secrets: Mapping[int, str]) -> KsInfo:
    info = rest.decode("utf-8", "replace")
    fields = info.split(";")
    if len(fields) < V1_FIELDS:
        raise KsError("not a KS: neither version 2 nor the fields of version 1")
    partner_id = _number(fields[0], "partner id")
    expected = _v1_digest(_secret(partner_id, secrets), info)
    if not hmac.compare_digest(digest, expected.encode()):
        raise KsError(f"the KS is not of the secret given for partner {partner_id}")
    return KsInfo(
        version=1,
        partner_id=partner_id,
        user_id=fields[5],
        type=_number(fields[3], "type"),
        expires_at=_number(fields[2], "expiry"),
        privileges=fields[6],
    )


def _secret(partner_id: int, secrets: Mapping[int, str]) -> str:
    if partner_id not in secrets:
        raise KsError(f"no secret is known for partner {partner_id}")
    return secrets[partner_id]


def _number(text: str | bytes, what: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise KsError(f"not a KS: its {what} is no number") from error


def _random(given: bytes | None) -> bytes:
    if given is None:
        return os.urandom(BLOCK)
    if len(given) != BLOCK:
        raise KsError(f"a KS takes {BLOCK} random bytes, not {len(given)}")
    return given


def _cipher(secret: str) -> Cipher[CBC]:
    key = hashlib.sha1(secret.encode()).digest()[:BLOCK]  # noqa: S324 - the protocol's key
    return Cipher(AES(key), CBC(bytes(BLOCK)))


def _v1_digest(secret: str, info: str) -> str:
    return hashlib.sha1(f"{secret}{info}".encode()).hexdigest()  # noqa: S324 - the protocol's


_URL_TO_PLAIN = str.maketrans("-_", "+/")
