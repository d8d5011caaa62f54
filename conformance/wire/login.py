"""Opening a session on the target; without one nothing can be judged."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from conformance.exceptions import LoginRefused, TargetUnreachable
from conformance.wire.answer import ApiError, FileContent, Malformed, NoAnswer, Result
from conformance.wire.compression import CompressionError, decompressed
from conformance.wire.request import Call

if TYPE_CHECKING:
    from conformance.wire.client import Client
    from conformance.wire.exchange import Exchange

PLACE = "session.start"
ATTEMPTS = 3
"""One answer in ten that is spoilt shall be a finding, not the end of the run."""
MOST_BYTES = 1_000_000
_KS = re.compile(rb"djJ8[A-Za-z0-9+/_=-]{24,}")
"""A KS of version 2 begins with `v2|` in base64."""


def start_session(
    client: Client,
    *,
    partner_id: int,
    secret: str,
    user_id: str = "",
    type: int = 2,  # noqa: A002 - the protocol's word
    expiry_seconds: int = 86400,
    privileges: str = "",
) -> str:
    """The KS; `type` 2 is an admin's, 0 a user's (CONTRACT SESS-01).

    Raises LoginRefused where the server answers with an error, and TargetUnreachable where
    it gives no usable answer. Neither text holds the secret.
    """
    params = {
        "secret": secret,
        "userId": user_id,
        "type": type,
        "partnerId": partner_id,
        "expiry": expiry_seconds,
        "privileges": privileges,
    }
    for attempt in range(1, ATTEMPTS + 1):
        exchange = client.send(Call("session", "start", params), session="none")
        if attempt == ATTEMPTS or not isinstance(exchange.answer, Malformed):
            break
    return _ks_of(exchange, client.base_url, partner_id, secret)


def _ks_of(exchange: Exchange, url: str, partner_id: int, secret: str) -> str:
    match exchange.answer:
        case Result(value=str(ks)) if ks:
            return ks
        case ApiError(code=code, message=message):
            raise LoginRefused(
                f"{code}: {message}".replace(secret, "…") if secret else f"{code}: {message}",
                place=PLACE,
                hint=f"Is the secret that of partner {partner_id}?",
            )
        case NoAnswer(kind=kind, detail=detail):
            raise TargetUnreachable(f"no answer ({kind}: {detail})", place=url)
        case FileContent(location=str(location)):
            raise TargetUnreachable(
                f"redirects to {location}", place=url, hint="Is that the URL to use?"
            )
        case Malformed(reason=reason):
            found = _ks_within(exchange.response.body, partner_id)
            if found is not None:
                return found
            raise TargetUnreachable(reason, place=PLACE, hint="Is the URL that of a Kaltura API?")
        case _:
            raise TargetUnreachable("the answer holds no KS", place=PLACE)


def _ks_within(body: bytes, partner_id: int) -> str | None:
    """The account's KS in an answer that is otherwise broken: what broke it is to be judged."""
    try:
        plain = decompressed(body, "gzip", MOST_BYTES)
    except CompressionError:
        plain = body
    for found in _KS.findall(plain):
        try:
            head = base64.b64decode(found[:32].translate(_STANDARD))
        except binascii.Error:
            continue
        if head.startswith(b"v2|%d|" % partner_id):
            return str(found.decode())
    return None


_STANDARD = bytes.maketrans(b"-_", b"+/")
