"""The session service: sessions are started, read and ended (CONTRACT 4)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from conformance.reference import ks
from conformance.reference.errors import ApiFault
from conformance.reference.generated import value_of
from conformance.reference.scalars import to_int, to_text
from conformance.reference.session import invalid_ks

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.ks import KsFields
    from conformance.reference.partners import Partner

_DAY = 86_400
_WIDGET_USER = "0"
_NOISE_BYTES = 16


def start(call: Call) -> str:
    """A KS for whoever knows a secret of the account (CONTRACT SESS-01…03)."""
    partner_id = to_int(call.arguments.get("partnerId"))
    partner = call.world.partners.get(partner_id)
    kind = to_int(call.arguments.get("type"))
    secret = to_text(call.arguments.get("secret"))
    if partner is None or secret not in _secrets(partner, kind):
        raise ApiFault("START_SESSION_ERROR", partner_id)
    fields = ks.KsFields(
        partner_id=partner_id,
        user_id=to_text(call.arguments.get("userId")),
        kind=kind,
        expires=call.world.now() + _seconds(call.arguments.get("expiry", _DAY)),
        privileges=to_text(call.arguments.get("privileges")),
    )
    return seal(call, fields)


def impersonate(call: Call) -> str:
    """Only the server's own processes may act for another account."""
    raise ApiFault("START_SESSION_ERROR", to_int(call.arguments.get("partnerId")))


def start_widget_session(call: Call) -> dict[str, Any]:
    """A session with a widget's few rights; no KS is needed (CONTRACT SESS-06)."""
    widget_id = to_text(call.arguments.get("widgetId"))
    number = widget_id.removeprefix("_")
    partner = call.world.partners.get(int(number)) if number.isdigit() else None
    kept = call.world.storage.get("KalturaWidget", widget_id)
    if kept is not None and not kept.deleted:
        partner = call.world.partners.get(kept.partner)
    elif not widget_id.startswith("_"):
        partner = None
    if partner is None:
        raise ApiFault("INVALID_WIDGET_ID", widget_id)
    fields = ks.KsFields(
        partner_id=partner.id,
        user_id=_WIDGET_USER,
        kind=0,
        expires=call.world.now() + _seconds(call.arguments.get("expiry", _DAY)),
        privileges="view:*,widget:1",
    )
    return {
        "partnerId": partner.id,
        "ks": seal(call, fields),
        "userId": 0,
        "objectType": call.action.result.name,
    }


def start_app_session(call: Call) -> dict[str, Any]:
    """A session for whoever knows an application token (CONTRACT SESS-20)."""
    token_id = to_text(call.arguments.get("id"))
    record = call.world.storage.get("KalturaAppToken", token_id)
    if record is None or record.deleted or record.partner != call.session.partner_id:
        raise ApiFault("APP_TOKEN_ID_NOT_FOUND", token_id)
    document = record.document
    name = to_text(document.get("hashType", "SHA1")).lower()
    plain = (call.session.text + to_text(document.get("token"))).encode()
    expected = hashlib.new(name, plain, usedforsecurity=False).hexdigest()
    if to_text(call.arguments.get("tokenHash")).lower() != expected:
        raise ApiFault("INVALID_APP_TOKEN_HASH")
    fields = ks.KsFields(
        partner_id=record.partner,
        user_id=to_text(document.get("sessionUserId", call.arguments.get("userId"))),
        kind=to_int(document.get("sessionType")),
        expires=call.world.now() + _seconds(document.get("sessionDuration", _DAY)),
        privileges=f"{to_text(document.get('sessionPrivileges'))},apptoken:{token_id}".lstrip(","),
    )
    return {**_info(call, fields), "ks": seal(call, fields), "objectType": call.action.result.name}


def end(call: Call) -> None:
    """The KS is of no use from now on; a widget's cannot be ended (CONTRACT SESS-07)."""
    if call.session.kind not in {"none", "widget"}:
        call.world.ended.add(call.session.text)


def get(call: Call) -> dict[str, Any]:
    """What a KS says: the caller's own, or another one of the account (CONTRACT SESS-08)."""
    text = to_text(call.arguments.get("session")) or call.session.text
    fields = ks.parse(text, call.world.partners.admin_secret)
    if fields is None:
        raise invalid_ks(text)
    if fields.partner_id != call.session.partner_id:
        raise ApiFault("PARTNER_ACCESS_FORBIDDEN", call.session.partner_id, fields.partner_id)
    return {**_info(call, fields), "objectType": call.action.result.name}


def seal(call: Call, fields: KsFields) -> str:
    """The KS text of the fields."""
    secret = call.world.partners.admin_secret(fields.partner_id) or ""
    return ks.build(fields, secret, noise=call.world.rng.randbytes(_NOISE_BYTES))


def _secrets(partner: Partner, kind: int) -> tuple[str, ...]:
    """The secrets that open a session of that kind."""
    return (partner.admin_secret,) if kind > 0 else (partner.admin_secret, partner.user_secret)


def _seconds(value: Any) -> int:
    """A lifetime, never longer than the account's maximum of a day."""
    return min(to_int(value), _DAY)


def _info(call: Call, fields: KsFields) -> dict[str, Any]:
    """The readable fields of a session; the numbers travel as text (OBSERVED 36)."""
    made = value_of(call.world, call.action.result)
    shown = {
        "sessionType": str(fields.kind),
        "partnerId": str(fields.partner_id),
        "userId": fields.user_id,
        "expiry": str(fields.expires),
        "privileges": fields.privileges,
    }
    known = call.world.decoder.properties(made["objectType"])
    return {key: value for key, value in shown.items() if key in known}
