"""Who is calling: from the KS of a request to a session, and what makes a session unusable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from conformance.reference import ks
from conformance.reference.errors import ApiFault
from conformance.reference.scalars import to_int, to_text

if TYPE_CHECKING:
    from conformance.reference.request import Invocation
    from conformance.reference.world import World
    from conformance.schema.model import Action

Kind = Literal["none", "widget", "user", "admin"]

_REMEMBERED = 10_000
_GLOBAL_PARTNER = 0


class Session(Struct, frozen=True):
    """The caller. `partner_id` is 0 and `text` empty where there is no KS."""

    kind: Kind = "none"
    partner_id: int = _GLOBAL_PARTNER
    user_id: str = ""
    expires: int = 0
    text: str = ""
    privileges: str = ""
    privilege_map: dict[str, str] = {}

    @property
    def is_admin(self) -> bool:
        """Whether it is an admin session."""
        return self.kind == "admin"


ANONYMOUS = Session()


def authenticate(world: World, invocation: Invocation) -> Session:
    """The session of the request's KS; a KS that is not genuine is refused (stage S3)."""
    raw = invocation.params.get("ks")
    if raw is None or raw == "":
        return ANONYMOUS
    text = to_text(raw).strip()
    known = world.sessions.get(text)
    if known is None:
        fields = ks.parse(text, world.partners.admin_secret)
        if fields is None:
            raise invalid_ks(to_text(raw))
        known = session_of(fields, text)
        if len(world.sessions) >= _REMEMBERED:
            world.sessions.clear()
        world.sessions[text] = known
    return known


def session_of(fields: ks.KsFields, text: str) -> Session:
    """The session that a KS stands for."""
    privileges = fields.privilege_map
    kind: Kind = "admin" if fields.kind > 0 else "widget" if "widget" in privileges else "user"
    return Session(
        kind=kind,
        partner_id=fields.partner_id,
        user_id=fields.user_id,
        expires=fields.expires,
        text=text,
        privileges=fields.privileges,
        privilege_map=privileges,
    )


def check_session(world: World, session: Session, invocation: Invocation) -> None:
    """Refuse a genuine KS that may not be used now (stage S6, CONTRACT ERR-22)."""
    if session.kind == "none":
        return
    if session.expires <= world.clock():
        raise invalid_ks("EXPIRED")
    if session.text in world.ended:
        raise invalid_ks("LOGOUT")
    if session.privilege_map:
        _check_restrictions(world, session, invocation)


def check_partner(world: World, session: Session, action: Action, invocation: Invocation) -> None:
    """Refuse a request for another or an unknown account (CONTRACT SESS-05, SESS-14)."""
    raw: Any = invocation.params.get("p", invocation.params.get("partnerId"))
    if raw is None or raw == "":
        return
    text = to_text(raw)
    if not text.lstrip("-").isdigit():
        raise forbidden(world, action)
    asked = int(text)
    if asked == _GLOBAL_PARTNER:
        return
    if world.partners.get(asked) is None:
        raise ApiFault("SERVICE_FORBIDDEN_CONTENT_BLOCKED")
    if session.kind != "none" and asked != session.partner_id and action.id != "session.start":
        raise forbidden(world, action)


def forbidden(world: World, action: Action) -> ApiFault:
    """The refusal of an action that the session's role lacks."""
    service = world.schema.services[action.service]
    spelling = service.id if service.plugin else service.name
    return ApiFault(
        "SERVICE_FORBIDDEN", f"{spelling}->{action.name}", header="error-SERVICE_FORBIDDEN"
    )


def invalid_ks(reason: str) -> ApiFault:
    """The refusal of a KS; the reason travels in KSID."""
    return ApiFault("INVALID_KS", reason, "-1", "INVALID_STR")


def _check_restrictions(world: World, session: Session, invocation: Invocation) -> None:
    """Privileges that narrow where, how often and in which role a KS may be used."""
    privileges = session.privilege_map
    limit = privileges.get("actionslimit")
    if limit is not None:
        used = world.uses[session.text] = world.uses.get(session.text, 0) + 1
        if used > to_int(limit):
            raise invalid_ks("EXCEEDED_ACTIONS_LIMIT")
    allowed = privileges.get("iprestrict")
    if allowed is not None and invocation.http.client not in allowed.split("/"):
        raise invalid_ks("EXCEEDED_RESTRICTED_IP")
    place = privileges.get("urirestrict")
    if place is not None and not _within(invocation.http.path, place):
        raise invalid_ks("EXCEEDED_RESTRICTED_URI")
    role = privileges.get("setrole")
    if role is not None and world.storage.get("KalturaUserRole", role) is None:
        raise ApiFault("INVALID_OBJECT_ID")


def _within(path: str, places: str) -> bool:
    """Whether a path is one of the places; `*` at the end stands for anything."""
    return any(
        path.startswith(place[:-1]) if place.endswith("*") else path == place
        for place in places.split("|")
    )
