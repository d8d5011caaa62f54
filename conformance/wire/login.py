"""Opening a session on the target; without one nothing can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.exceptions import LoginRefused, TargetUnreachable
from conformance.wire.answer import ApiError, FileContent, Malformed, NoAnswer, Result
from conformance.wire.request import Call

if TYPE_CHECKING:
    from conformance.wire.client import Client

PLACE = "session.start"


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
    exchange = client.send(Call("session", "start", params), session="none")
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
            raise TargetUnreachable(f"no answer ({kind}: {detail})", place=client.base_url)
        case FileContent(location=str(location)):
            raise TargetUnreachable(
                f"redirects to {location}", place=client.base_url, hint="Is that the URL to use?"
            )
        case Malformed(reason=reason):
            raise TargetUnreachable(reason, place=PLACE, hint="Is the URL that of a Kaltura API?")
        case _:
            raise TargetUnreachable("the answer holds no KS", place=PLACE)
