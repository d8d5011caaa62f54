"""The journeys of Kaltura's own tools, as a client makes them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from conformance.oracles import workflows as oracles
from conformance.oracles.upload import FULL, PARTIAL
from conformance.oracles.upload_content import CLOSED, NO_CONTENT
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subjects import target
from conformance.suites.journey import Ask, Interrupted, Journey, objects_of
from conformance.suites.list_listing import of_moderation
from conformance.suites.uploading import FILE_NAME, needs_uploads, picture, pieces, resource, upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.provisioning.made import Made
    from conformance.verdict.breach import Breach

EVERY_STATUS = "-2,-1,0,1,2,3,4,5,6,7"
PICTURE = 2
STATIC_PLAYLIST = 3
ENTRIES = 3


def _needs(context: Context, *actions: str) -> None:
    """NotApplicable where the schema lacks a step, or the profile forbids it."""
    for name in actions:
        service, _, action = name.partition(".")
        declared = context.schema.services.get(service)
        if declared is None or action not in declared.actions:
            raise NotApplicable(f"the schema has no {name}")
        if why := context.profile.actions.probe_only_because(name):
            raise NotApplicable(f"{name}: {why}")


def _word(context: Context) -> str:
    """A name that nothing else has."""
    return f"conformance{context.random.getrandbits(48):x}"


@check(oracles.contributor_publishes_a_picture, over=target, writes=True)
def test_contributor_publishes_a_picture(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """As a user, and as an administrator: token and entry, two chunks, content, a look at both."""
    needs_uploads(context, "uploadtoken", "media")
    _needs(context, "uploadtoken.upload", "media.addContent")
    for session in ("admin", "user"):
        if session == "user" and not context.profile.capabilities.user_sessions:
            continue
        journey = Journey(context, session=session)
        with suppress(Interrupted):
            _contribute(context, journey, session)
        yield from oracles.contributor_publishes_a_picture(journey.steps)


def _contribute(context: Context, journey: Journey, session: str) -> None:
    content, name = picture(context, 4000), _word(context)
    token = {"objectType": "KalturaUploadToken", "fileName": FILE_NAME, "fileSize": len(content)}
    media = {"objectType": "KalturaMediaEntry", "name": name, "mediaType": PICTURE}
    made, entry = journey.batch(
        Ask(what="make a token", behind="FILE-TOKEN-001", service="uploadtoken", action="add",
            params={"uploadToken": token}, expected={"status": 0, "fileName": FILE_NAME}),
        Ask(what="make an entry", behind="CRUD-ADD-001", service="media", action="add",
            params={"entry": media}, expected={"name": name, "mediaType": PICTURE}),
    )  # fmt: skip
    token_id, entry_id = str(made.get("id")), str(entry.get("id"))
    size = 0
    for position, piece in enumerate(pieces(content, 2)):
        size += len(piece.content)
        sent = upload(
            context, token_id, piece.content, session=session, resume=position > 0,
            finalChunk=piece.final, resumeAt=piece.position if position else -1,
        )  # fmt: skip
        wanted = {"status": FULL if piece.final else PARTIAL, "uploadedFileSize": size}
        journey.note(
            Ask(what=f"send chunk {position + 1}", behind="FILE-CHUNK-002", service="uploadtoken",
                action="upload", expected=wanted), sent,
        )  # fmt: skip
    same = {"id": entry_id, "name": name}
    journey.batch(
        Ask(what="add the content", behind="FILE-CONTENT-001", service="media", action="addContent",
            params={"entryId": entry_id, "resource": resource(token_id)}, expected=same),
        Ask(what="get the entry", behind="CRUD-GET-001", service="media", action="get",
            params={"entryId": "{1:result:id}"}, expected=same, unlike={"status": NO_CONTENT}),
        Ask(what="get the token", behind="FILE-CONTENT-002", service="uploadtoken", action="get",
            params={"uploadTokenId": token_id}, expected={"status": CLOSED}),
    )  # fmt: skip


@check(oracles.player_shows_an_entry, over=target, writes=True)
def test_player_shows_an_entry(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Start a widget's session, then get all that a player needs in one request."""
    _needs(context, "session.startWidgetSession", "baseentry.get", "uiconf.get")
    entry, config = context.make("media"), context.make("uiconf")
    journey = Journey(context, session="none")
    with suppress(Interrupted):
        started = journey.call(
            Ask(what="start a session", behind="SESS-WIDGET-001", service="session",
                action="startWidgetSession", params={"widgetId": f"_{context.partner_id}"},
                expected={"partnerId": context.partner_id})
        )  # fmt: skip
        ks = str(started.get("ks")) if isinstance(started, dict) else ""
        player = Journey(context, session="widget", ks=ks)
        player.steps = journey.steps
        _play(context, player, str(entry.id), config.id)
    yield from oracles.player_shows_an_entry(journey.steps)


def _play(context: Context, player: Journey, entry_id: str, config_id: Any) -> None:
    of_entry = {"entryIdEqual": entry_id}
    asks = [
        Ask(what="get the entry", behind="MULTI-ORDER-001", service="baseentry", action="get",
            params={"entryId": entry_id}, expected={"id": entry_id}, may_be_refused=True),
        Ask(what="get the player's set-up", behind="CRUD-GET-001", service="uiconf", action="get",
            params={"id": config_id}, expected={"id": config_id}, may_be_refused=True),
    ]  # fmt: skip
    lists = (
        ("flavorasset", "getByEntryId", {"entryId": entry_id}),
        (
            "cuepoint_cuepoint",
            "list",
            {"filter": {"objectType": "KalturaCuePointFilter", **of_entry}},
        ),
        (
            "caption_captionasset",
            "list",
            {"filter": {"objectType": "KalturaAssetFilter", **of_entry}},
        ),
    )
    for service, action, params in lists:
        if service in context.schema.services:
            asks.append(
                Ask(what=f"ask for {service}", behind="LIST-SHAPE-001", service=service,
                    action=action, params=params, may_be_refused=True)
            )  # fmt: skip
    player.batch(*asks)


@check(oracles.manager_pages_through_the_content, over=target, writes=True)
def test_manager_pages_through_the_content(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Log in, page through three entries of one's own, search one of them, tag all at once."""
    _needs(context, "media.list", "media.update")
    made = [context.make("media", properties={"name": _word(context)}) for _ in range(ENTRIES)]
    journey = Journey(context, ks=context.start_session())
    with suppress(Interrupted):
        _manage(journey, made, _word(context))
    yield from oracles.manager_pages_through_the_content(journey.steps)


def _manage(journey: Journey, made: Sequence[Made], tag: str) -> None:
    ids, name = [str(each.id) for each in made], str(made[0].entity["name"])
    own = {"objectType": "KalturaMediaEntryFilter", "statusIn": EVERY_STATUS, "idIn": ",".join(ids)}
    own |= of_moderation(each.value for each in made)
    listed = [
        journey.until(
            Ask(what=f"list page {page}", behind="LIST-PAGE-001", service="media", action="list",
                params={"filter": own, "pager": {"pageSize": 2, "pageIndex": page}},
                expected={"totalCount": ENTRIES}), total=ENTRIES,
        )
        for page in (1, 2)
    ]  # fmt: skip
    found = [str(each.get("id")) for value in listed for each in objects_of(value)]
    wanted = next((each for each in ids if each not in found), ids[0])
    named = {**own, "nameEqual": name}
    journey.until(
        Ask(what="search by name", behind="LIST-FILTER-001", service="media", action="list",
            params={"filter": named}, expected={"totalCount": 1}, holds=(ids[0],)), total=1,
    )  # fmt: skip
    tagged = {"objectType": "KalturaMediaEntry", "tags": tag}
    journey.batch(*(
        Ask(what=f"tag entry {number}", behind="CRUD-UPDATE-001", service="media", action="update",
            params={"entryId": each, "mediaEntry": tagged},
            expected={"id": each, "tags": tag})
        for number, each in enumerate(ids, 1)
    ))  # fmt: skip
    journey.batch(*(
        Ask(what=f"get entry {number}", behind="CRUD-UPDATE-001", service="media", action="get",
            params={"entryId": each}, expected={"id": each, "tags": tag})
        for number, each in enumerate([*ids, wanted], 1)
    ))  # fmt: skip


@check(oracles.manager_files_content_in_a_tree, over=target, writes=True)
def test_manager_files_content_in_a_tree(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Make a category inside another one, list it there, file an entry in it, list that."""
    _needs(context, "category.add", "category.list", "categoryentry.add", "categoryentry.list")
    parent, entry = context.make("category"), str(context.make("media").id)
    child = context.make("category", properties={"parentId": parent.id})
    journey = Journey(context)
    with suppress(Interrupted):
        journey.call(
            Ask(what="get the inner category", behind="CRUD-GET-002", service="category",
                action="get", params={"id": child.id},
                expected={"id": child.id, "parentId": parent.id})
        )  # fmt: skip
        inside = {"objectType": "KalturaCategoryFilter", "parentIdEqual": parent.id}
        journey.until(
            Ask(what="list what is inside", behind="LIST-FILTER-001", service="category",
                action="list", params={"filter": inside}, expected={"totalCount": 1},
                holds=(str(child.id),)), total=1,
        )  # fmt: skip
        filed = {"objectType": "KalturaCategoryEntry", "categoryId": child.id, "entryId": entry}
        journey.call(
            Ask(what="file the entry", behind="CRUD-ADD-001", service="categoryentry", action="add",
                params={"categoryEntry": filed},
                expected={"categoryId": child.id, "entryId": entry})
        )  # fmt: skip
        there = {"objectType": "KalturaCategoryEntryFilter", "categoryIdEqual": child.id}
        journey.until(
            Ask(what="list what is filed", behind="LIST-FILTER-001", service="categoryentry",
                action="list", params={"filter": there}, holds=(entry,))
        )  # fmt: skip
    yield from oracles.manager_files_content_in_a_tree(journey.steps)


@check(oracles.playlist_becomes_a_feed, over=target, writes=True)
def test_playlist_becomes_a_feed(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Make a playlist of two entries and a feed of the playlist; count it, ask to convert it."""
    _needs(context, "playlist.add", "syndicationfeed.add", "syndicationfeed.getEntryCount")
    content = ",".join(str(context.make("media").id) for _ in range(2))
    playlist = context.make(
        "playlist", properties={"playlistType": STATIC_PLAYLIST, "playlistContent": content}
    )
    feed = context.make("syndicationfeed", properties={"playlistId": str(playlist.id)})
    journey = Journey(context)
    with suppress(Interrupted):
        _syndicate(context, journey, str(playlist.id), content, str(feed.id))
    yield from oracles.playlist_becomes_a_feed(journey.steps)


def _syndicate(context: Context, journey: Journey, playlist: str, content: str, feed: str) -> None:
    journey.batch(
        Ask(what="get the playlist", behind="CRUD-GET-002", service="playlist", action="get",
            params={"id": playlist}, expected={"id": playlist, "playlistContent": content}),
        Ask(what="get the feed", behind="CRUD-GET-002", service="syndicationfeed", action="get",
            params={"id": feed}, expected={"id": feed, "playlistId": playlist}),
        Ask(what="count the feed", behind="ACT-FEED-001", service="syndicationfeed",
            action="getEntryCount", params={"feedId": feed}),
    )  # fmt: skip
    if "requestConversion" in context.schema.services["syndicationfeed"].actions:
        journey.call(
            Ask(what="ask for conversions", behind="ACT-FEED-002", service="syndicationfeed",
                action="requestConversion", params={"feedId": feed})
        )  # fmt: skip


@check(oracles.account_is_set_up, over=target, writes=True)
def test_account_is_set_up(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Make profiles, a role and a user; get all in one request; make an entry under them."""
    _needs(context, "accesscontrolprofile.get", "conversionprofile.get", "userrole.get", "user.get")
    access, conversion = context.make("accesscontrolprofile"), context.make("conversionprofile")
    role, person = context.make("userrole"), context.make("user")
    journey = Journey(context)
    with suppress(Interrupted):
        journey.batch(
            Ask(what="get the access control", behind="CRUD-GET-001", action="get",
                service="accesscontrolprofile", params={"id": access.id},
                expected={"id": access.id, "name": access.entity.get("name")}),
            Ask(what="get the conversion profile", behind="CRUD-GET-001", action="get",
                service="conversionprofile", params={"id": conversion.id},
                expected={"id": conversion.id, "name": conversion.entity.get("name")}),
            Ask(what="get the role", behind="CRUD-GET-001", service="userrole", action="get",
                params={"userRoleId": role.id}, expected={"id": role.id}),
            Ask(what="get the user", behind="CRUD-GET-001", service="user", action="get",
                params={"userId": person.id}, expected={"id": person.id}),
        )  # fmt: skip
        ruled = {"accessControlId": access.id, "conversionProfileId": conversion.id}
        entry = {"objectType": "KalturaMediaEntry", "name": _word(context), "mediaType": 1, **ruled}
        made = journey.call(
            Ask(what="make an entry under them", behind="CRUD-ADD-001", service="media",
                action="add", params={"entry": entry}, expected=ruled)
        )  # fmt: skip
        journey.call(
            Ask(what="get the entry", behind="CRUD-GET-002", service="media", action="get",
                params={"entryId": str(made.get("id"))}, expected=ruled)
        )  # fmt: skip
    yield from oracles.account_is_set_up(journey.steps)
