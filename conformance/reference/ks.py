"""The Kaltura Session text, both versions: built and read with the account's secret (SESS-09)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote_plus

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCK = 16
_DIGEST = 20
_V1_FIELDS = 5


class KsFields(Struct, frozen=True):
    """What a KS says. `kind` is 0 for a user and 2 for an admin; `expires` is an epoch."""

    partner_id: int
    user_id: str
    kind: int
    expires: int
    privileges: str = ""

    @property
    def privilege_map(self) -> dict[str, str]:
        """Privileges by name; a privilege without a value has an empty text."""
        pairs = (item.partition(":") for item in self.privileges.split(",") if item)
        return {name.strip(): value for name, _, value in pairs}


def build(fields: KsFields, secret: str, *, noise: bytes) -> str:
    """A version 2 KS; `noise` is 16 random bytes."""
    items = [
        ("all" if name == "*" else name, value or ("*" if name == "*" else ""))
        for name, value in fields.privilege_map.items()
    ]
    items += [("_e", str(fields.expires)), ("_t", str(fields.kind)), ("_u", fields.user_id)]
    body = noise + "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in items).encode()
    plain = hashlib.sha1(body, usedforsecurity=False).digest() + body
    plain += b"\0" * (-len(plain) % _BLOCK)
    encryptor = _cipher(secret).encryptor()
    sealed = encryptor.update(plain) + encryptor.finalize()
    return base64.urlsafe_b64encode(f"v2|{fields.partner_id}|".encode() + sealed).decode()


def parse(text: str, secret_of: Callable[[int], str | None]) -> KsFields | None:
    """The fields of a KS of either version, or None where it is not genuine."""
    try:
        raw = base64.b64decode(text.strip().replace("-", "+").replace("_", "/") + "==")
    except (binascii.Error, ValueError):
        return None
    if raw.startswith(b"v2|"):
        return _parse_v2(raw, secret_of)
    return _parse_v1(raw, secret_of)


def _parse_v2(raw: bytes, secret_of: Callable[[int], str | None]) -> KsFields | None:
    """Version 2: `v2|partner|` and an encrypted, hashed query string."""
    _, _, rest = raw.partition(b"|")
    number, bar, sealed = rest.partition(b"|")
    secret = secret_of(int(number)) if bar and number.isdigit() else None
    if secret is None or not sealed or len(sealed) % _BLOCK:
        return None
    decryptor = _cipher(secret).decryptor()
    plain = decryptor.update(sealed) + decryptor.finalize()
    digest, body = plain[:_DIGEST], plain[_DIGEST:].rstrip(b"\0")
    if not hmac.compare_digest(digest, hashlib.sha1(body, usedforsecurity=False).digest()):
        return None
    items = parse_qsl(body[_BLOCK:].decode("utf-8", "replace"), keep_blank_values=True)
    known = {key: value for key, value in items if key.startswith("_")}
    privileges = ",".join(
        f"{key}:{value}" if value else key for key, value in items if not key.startswith("_")
    )
    return KsFields(
        partner_id=int(number),
        user_id=known.get("_u", ""),
        kind=int(known.get("_t", "0")),
        expires=int(known.get("_e", "0")),
        privileges=privileges,
    )


def _parse_v1(raw: bytes, secret_of: Callable[[int], str | None]) -> KsFields | None:
    """Version 1: a hash, a bar, and `partner;partner;expiry;type;random;user;privileges`."""
    digest, bar, info = raw.decode("latin-1").partition("|")
    fields = info.split(";")
    if not bar or len(fields) < _V1_FIELDS or not fields[0].isdigit():
        return None
    secret = secret_of(int(fields[0]))
    if secret is None:
        return None
    expected = hashlib.sha1((secret + info).encode("latin-1"), usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(digest.encode("latin-1"), expected.encode()):
        return None
    expires, kind, _, *rest = fields[2:]
    return KsFields(
        partner_id=int(fields[0]),
        user_id=rest[0] if rest else "",
        kind=int(kind) if kind.isdigit() else 0,
        expires=int(expires) if expires.isdigit() else 0,
        privileges=rest[1] if len(rest) > 1 else "",
    )


def _cipher(secret: str) -> Cipher[modes.CBC]:
    """AES-128-CBC with the key and the zero vector that the format prescribes."""
    key = hashlib.sha1(secret.encode(), usedforsecurity=False).digest()[:_BLOCK]
    return Cipher(algorithms.AES(key), modes.CBC(b"\0" * _BLOCK))
