"""A signed statement: an in-toto Statement in a DSSE envelope, by Ed25519.

The formats are those of the in-toto Attestation Framework (Statement v1) and of DSSE v1.0.2, so
that other people's tools verify what we sign.
"""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class Signature(msgspec.Struct, frozen=True):
    """One signature, base64, and the id of the key that made it."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """The envelope as it is written."""

    payload_type: str
    payload: str
    signatures: tuple[Signature, ...]


def sealed(statement: Any, key: Ed25519PrivateKey) -> Envelope:
    """The statement in an envelope, signed."""
    payload = msgspec.json.encode(statement)
    made = key.sign(_authenticated(PAYLOAD_TYPE, payload))
    return Envelope(
        payload_type=PAYLOAD_TYPE,
        payload=base64.b64encode(payload).decode(),
        signatures=(Signature(key_id(key.public_key()), base64.b64encode(made).decode()),),
    )


def opened(envelope: Envelope, key: Ed25519PublicKey) -> bytes | None:
    """The statement's bytes, or None where no signature of the envelope is by this key.

    Raises UsageError for an envelope that holds no in-toto statement.
    """
    payload = contents(envelope)
    signed = _authenticated(envelope.payload_type, payload)
    for signature in envelope.signatures:
        try:
            key.verify(base64.b64decode(signature.sig), signed)
        except (InvalidSignature, binascii.Error):
            continue
        return payload
    return None


def contents(envelope: Envelope) -> bytes:
    """The statement's bytes, whoever signed them; UsageError where they are none."""
    if envelope.payload_type != PAYLOAD_TYPE:
        raise UsageError(
            f"holds '{envelope.payload_type}', not '{PAYLOAD_TYPE}'", place="payloadType"
        )
    try:
        return base64.b64decode(envelope.payload, validate=True)
    except binascii.Error as error:
        raise UsageError(f"is no base64: {error}", place="payload") from error


def key_id(key: Ed25519PublicKey) -> str:
    """SHA-256 of the key's SubjectPublicKeyInfo, in hex."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _authenticated(kind: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: what is signed is the type together with the payload."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)
