"""Faults of isolation and ownership."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error, is_not_found
from tests.hunt.mutant import answering, around, asking

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World


def trespass(call: Call, world: World) -> Any:
    """A fault's body: a stranger's call on an object that is not theirs is made as its owner's."""
    stranger = world.session(call.ks)
    service, action = call.service, call.action
    params = {k: v for k, v in call.params.items() if k not in ("ks", "format")}
    value = yield
    if stranger is not None and is_not_found(value):
        owner = world.partner if stranger.partner_id == world.other else world.other
        return world.ask(service, action, params, world.ks(owner))
    return value


@around("get")
def the_others_objects_are_readable(call: Call, world: World) -> Any:
    """get answers objects of another account."""
    return (yield from trespass(call, world))


@around("update")
def the_others_objects_are_updatable(call: Call, world: World) -> Any:
    """update writes objects of another account."""
    return (yield from trespass(call, world))


@around("delete")
def the_others_objects_are_deletable(call: Call, world: World) -> Any:
    """delete removes objects of another account."""
    return (yield from trespass(call, world))


@around("clone")
def the_others_objects_are_clonable(call: Call, world: World) -> Any:
    """clone copies objects of another account."""
    return (yield from trespass(call, world))


@around("list")
def the_others_objects_are_listed(call: Call, world: World) -> Any:
    """list shows objects of another account too."""
    session = world.session(call.ks)
    service = call.service
    params = {k: v for k, v in call.params.items() if k not in ("ks", "format")}
    value = yield
    if session is None or not isinstance(value, dict) or is_error(value):
        return value
    owner = world.partner if session.partner_id == world.other else world.other
    theirs = world.ask(service, "list", params, world.ks(owner))
    known = {str(each.get("id")) for each in entities(value)}
    more = [e for e in entities(theirs) if str(e.get("id")) not in known]
    if more and isinstance(theirs, dict):
        objects = value.get("objects")
        value["objects"] = [*(objects if isinstance(objects, list) else []), *more]
        value["totalCount"] = int(value["totalCount"] or 0) + int(theirs["totalCount"])
    return value


@answering("get", "update", "delete")
def the_others_objects_are_forbidden(call: Call, value: Any, world: World) -> Any:
    """An object of another account is refused as forbidden, so that one learns that it exists."""
    if is_not_found(value) and world.is_stranger(call.ks):
        return world.error("SERVICE_FORBIDDEN", SERVICE=f"{call.service}->{call.action}")
    return value


@around("*")
def impersonation_is_accepted(call: Call, world: World) -> Any:
    """partnerId makes the call in another account."""
    session = world.session(call.ks)
    asked = str(call.params.get("partnerId") or call.params.get("p") or "")
    ours = call.service != "session" and asked in (str(world.partner), str(world.other))
    if session is not None and ours and asked != str(session.partner_id):
        call.params["ks"] = world.ks(int(asked))
    return (yield)


@asking("*")
def impersonation_is_ignored(call: Call, world: World) -> None:
    """partnerId of another account is ignored instead of forbidden."""
    if call.service != "session":
        for place in (call.params, call.outer):
            for name in ("partnerId", "p"):
                if str(place.get(name)) in (str(world.partner), str(world.other)):
                    del place[name]


def escalate(call: Call, world: World) -> None:
    """Make a user's call as the account's admin."""
    session = world.session(call.ks)
    if session is not None and session.type == 0 and world.is_good(call.ks):
        call.params["ks"] = world.ks(session.partner_id, user=session.user_id)


@asking("update")
def users_update_what_is_not_theirs(call: Call, world: World) -> None:
    """A user updates objects of other users."""
    escalate(call, world)


@asking("delete")
def users_delete_what_is_not_theirs(call: Call, world: World) -> None:
    """A user deletes objects of other users."""
    escalate(call, world)


@asking("add")
def users_add_what_only_admins_may(call: Call, world: World) -> None:
    """A user adds what only an admin may."""
    escalate(call, world)


@asking("get")
def users_read_what_only_admins_may(call: Call, world: World) -> None:
    """A user reads what only an admin may."""
    escalate(call, world)


@asking("list")
def users_list_what_only_admins_may(call: Call, world: World) -> None:
    """A user lists what only an admin may."""
    escalate(call, world)


@asking("user.get")
def users_read_other_users(call: Call, world: World) -> None:
    """A user reads other users."""
    escalate(call, world)


@asking("uploadToken.*")
def upload_tokens_are_everybodys(call: Call, world: World) -> None:
    """A user sees the upload tokens of others."""
    escalate(call, world)


@answering("update", "delete")
def owners_are_refused(call: Call, value: Any, world: World) -> Any:
    """A user may not even change their own objects."""
    if world.is_user(call.ks) and not is_error(value):
        return world.error("INVALID_KS", KSID="", ERR_CODE="-4", ERR_DESC="INVALID_TYPE")
    return value


@answering("*")
def ownership_has_another_code(_call: Call, value: Any, world: World) -> Any:
    """A breach of ownership is reported as not found."""
    args = value["args"] if is_error(value, "INVALID_KS") else None
    if isinstance(args, dict) and str(args.get("ERR_CODE")) == "-4":
        return world.error("ENTRY_ID_NOT_FOUND", ENTRY_ID="0_x")
    return value


@asking("add", "update")
def users_own_what_they_say(call: Call, world: World) -> None:
    """A user makes objects in the name of another user."""
    if call.object.get("userId"):
        escalate(call, world)


@answering("add")
def owners_are_the_admins(call: Call, value: Any, world: World) -> Any:
    """A new object belongs to nobody."""
    if isinstance(value, dict) and "userId" in value and world.session(call.ks):
        value["userId"] = "somebody-else"
    return value


@asking("list")
def anybody_lists(call: Call, world: World) -> None:
    """list needs no session."""
    if not call.ks:
        call.params["ks"] = world.ks()


@asking("get")
def anybody_reads(call: Call, world: World) -> None:
    """get needs no session."""
    if not call.ks:
        call.params["ks"] = world.ks()


@asking("add", "update", "delete")
def anybody_writes(call: Call, world: World) -> None:
    """add, update and delete need no session."""
    if not call.ks:
        call.params["ks"] = world.ks()
