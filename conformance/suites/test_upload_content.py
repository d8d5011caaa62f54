"""What becomes of an uploaded file: content of an entry or an asset, and served again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles import upload as token_oracles
from conformance.oracles import upload_content as oracles
from conformance.oracles.codes import GONE
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.subject import Subject
from conformance.schema.standard import entity_param, key_params
from conformance.suites.misuse import action_of, asked, before, callable_actions
from conformance.suites.uploading import (
    FILE_NAME,
    FORMS,
    UNKNOWN_TOKEN,
    add_content,
    full_token,
    got,
    image_entry,
    needs_uploads,
    new_token,
    picture,
    pieces,
    resource,
    send_piece,
    upload,
)
from conformance.wire.answer import ApiError, FileContent
from conformance.wire.request import Form, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.provisioning.made import Made
    from conformance.schema.model import Action
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

SUBTITLES = "1\n00:00:01,000 --> 00:00:02,000\nconformance {number}\n\n"
TEXT = 'conformance {number} "quoted" \\ it\'s 100%\n\ttabbed; no more'
"""No markup: it goes in as a property, which an account may have purified (CONTRACT CRUD-13)."""
MARKED_UP = "conformance {number} <b>bold</b> & plain"
"""Of an account that has it purified or refused, nothing is asked."""
REPLICA_SECONDS = 5.0
"""How long what was written may be unknown to some of a server's machines (CONTRACT CRUD-04)."""
SERVINGS = 4
"""A file is asked for so often: what is wrong now and then shows only then."""
UPLOADS = 5
"""So many uploads are looked at, byte for byte, for the same reason."""


class Shelf(Struct, frozen=True):
    """A service that keeps a file for each object and serves it."""

    service: str
    key: str


SHELVES = (
    Shelf("caption_captionasset", "captionAssetId"),
    Shelf("attachment_attachmentasset", "attachmentAssetId"),
    Shelf("fileasset", "id"),
)


def entries(scope: Scope) -> Iterator[Subject]:
    """The media service, where it takes content from tokens."""
    services = scope.schema.services
    if (
        "uploadtoken" in services
        and "media" in services
        and "addContent" in services["media"].actions
    ):
        yield Subject(kind="service", name="media", service="media")


def data_entries(scope: Scope) -> Iterator[Subject]:
    """The service of entries that are texts, where it serves them."""
    service = scope.schema.services.get("data")
    if service is not None and service.offers("add", "serve"):
        yield Subject(kind="service", name="data", service="data")


def shelves(scope: Scope) -> Iterator[Subject]:
    """The services that keep a file for each of their objects."""
    for shelf in SHELVES:
        service = scope.schema.services.get(shelf.service)
        if service is not None and service.offers("add", "setContent", "serve"):
            yield Subject(kind="service", name=service.id, service=service.id)


@check(oracles.content_is_taken, over=entries, writes=True)
def test_content_is_taken(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Give an entry the file of a full token; get the entry as well."""
    for _ in range(2):
        entry = image_entry(context)
        attached = add_content(context, entry, full_token(context, picture(context)))
        yield from oracles.content_is_taken(attached, entry)
        if attached.result is not None:
            read = context.call("media", "get", {"entryId": entry})
            yield from oracles.content_is_taken(read, entry)


@check(oracles.used_token_is_closed, over=entries, writes=True)
def test_used_token_is_closed(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Get a token whose file an entry has taken."""
    for _ in range(2):
        token = full_token(context, picture(context))
        _taken(add_content(context, image_entry(context), token))
        yield from oracles.used_token_is_closed(got(context, token))


@check(token_oracles.full_token_takes_no_more, over=entries, writes=True)
def test_closed_token_takes_no_more(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a file to a token whose file an entry has taken."""
    for form in FORMS[:2]:
        token = full_token(context, picture(context))
        _taken(add_content(context, image_entry(context), token))
        sent = upload(context, token, picture(context), form=form)
        yield from token_oracles.full_token_takes_no_more(sent)


@check(oracles.content_is_added_once, over=entries, writes=True)
def test_content_is_added_once(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Add content to an entry again: from the same token, and from a fresh one."""
    entry, token = image_entry(context), full_token(context, picture(context))
    _taken(add_content(context, entry, token))
    for source in (token, full_token(context, picture(context))):
        yield from oracles.content_is_added_once(add_content(context, entry, source))


@check(oracles.content_of_an_unknown_token_is_refused, over=entries, writes=True)
def test_content_of_an_unknown_token_is_refused(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Add the content of a token that does not exist, and of one that was deleted."""
    gone = new_token(context)
    context.call("uploadtoken", "delete", {"uploadTokenId": gone})
    entry = image_entry(context)
    for token in (UNKNOWN_TOKEN, gone):
        attached = add_content(context, entry, token)
        yield from oracles.content_of_an_unknown_token_is_refused(attached)


@check(oracles.used_token_gives_no_second_content, over=entries, writes=True)
def test_used_token_gives_no_second_content(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Give the file of one token to two entries."""
    token = full_token(context, picture(context))
    _taken(add_content(context, image_entry(context), token))
    attached = add_content(context, image_entry(context), token)
    yield from oracles.used_token_gives_no_second_content(attached)


@check(oracles.token_may_be_filled_later, over=entries, writes=True)
def test_token_may_be_filled_later(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Attach an empty token to an entry, then fill the token, then get the entry."""
    entry, token = image_entry(context), new_token(context)
    attached = add_content(context, entry, token)
    sent = upload(context, token, picture(context))
    read = context.call("media", "get", {"entryId": entry})
    yield from oracles.token_may_be_filled_later(attached, sent, read, entry)


def _taken(attached: Exchange) -> None:
    """Inconclusive where content was not taken, which is judged elsewhere."""
    if attached.result is None:
        raise Inconclusive(f"{attached.action} gave no entry its content")


@check(oracles.served_bytes_are_those_given, over=data_entries, writes=True)
def test_text_of_an_entry_is_served(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Store a text with its entry and have it served, by POST and by GET."""
    for method, pattern in (("POST", TEXT), ("GET", TEXT), ("POST", MARKED_UP)):
        text = pattern.replace("{number}", str(context.random.getrandbits(32)))
        try:
            made = context.make("data", properties={"dataContent": text})
        except (NotApplicable, Inconclusive):
            if pattern is MARKED_UP:
                continue
            raise
        if made.entity.get("dataContent") != text or (pattern is MARKED_UP and _is_altered(made)):
            continue
        for _ in range(SERVINGS):
            serve = context.call("data", "serve", {"entryId": made.id}, form=Form(method=method))
            _unless_redirected(serve)
            yield from oracles.served_bytes_are_those_given(
                serve, text.encode(), must_be_served=True
            )


def _is_altered(made: Made) -> bool:
    """Whether the account stores a text otherwise than it was sent: then it says so on add."""
    value = made.value if isinstance(made.value, dict) else {}
    return bool(value.get("dataContent") != made.entity["dataContent"])


@check(oracles.served_bytes_are_those_given, over=shelves, writes=True)
def test_uploaded_file_is_served(context: Context, subject: Subject) -> Iterator[Breach]:
    """Give an object a text, and others the files of tokens; have all of them served."""
    needs_uploads(context, "uploadtoken")
    shelf = next(each for each in SHELVES if each.service == subject.name)
    number = str(context.random.getrandbits(32))
    text = SUBTITLES.replace("{number}", number).encode()
    is_text = shelf.service.startswith("caption")
    written = {"objectType": "KalturaStringResource", "content": text.decode()}
    files = [text if is_text else picture(context) for _ in range(UPLOADS)]
    uploaded = [(file, resource(full_token(context, file))) for file in files]
    for content, source in ((text, written), *uploaded):
        made = context.make(shelf.service)
        stored = context.call(
            shelf.service, "setContent", {"id": made.id, "contentResource": source}
        )
        if stored.result is None:
            raise Inconclusive(f"{stored.action} took no content")
        for _ in range(SERVINGS):
            serve = context.call(shelf.service, "serve", {shelf.key: made.id})
            _unless_redirected(serve)
            yield from oracles.served_bytes_are_those_given(serve, content, must_be_served=False)


@check(oracles.newest_content_is_served, over=data_entries, writes=True)
def test_newest_text_of_an_entry_is_served(context: Context, subject: Subject) -> Iterator[Breach]:
    """Store a text with its entry, have it served, store another one, and have that served."""
    first, second = (text.decode() for text in _texts(context, TEXT))
    made = context.make("data", properties={"dataContent": first})
    update = context.schema.services[subject.name].actions.get("update")
    holder = entity_param(update) if update is not None else None
    if holder is None or "update" not in made.keys:
        raise NotApplicable("its text cannot be changed")
    earlier = _served(context, "data", {"entryId": made.id})
    entity = {"objectType": made.type, "dataContent": second}
    stored = context.call("data", "update", {**made.keys["update"], holder.name: entity})
    if stored.result is None:
        raise Inconclusive(f"{stored.action} took no content")
    before = (earlier, stored)
    yield from _until_served(context, "data", {"entryId": made.id}, second.encode(), before)[1]


@check(oracles.newest_content_is_served, over=shelves, writes=True)
def test_newest_file_is_served(context: Context, subject: Subject) -> Iterator[Breach]:
    """Give an object a text, have it served, give it another one, and have that served."""
    shelf = next(each for each in SHELVES if each.service == subject.name)
    made = context.make(shelf.service)
    earlier: list[Exchange] = []
    for content in _texts(context, SUBTITLES):
        source = {"objectType": "KalturaStringResource", "content": content.decode()}
        stored = context.call(
            shelf.service, "setContent", {"id": made.id, "contentResource": source}
        )
        if stored.result is None:
            raise Inconclusive(f"{stored.action} took no content")
        earlier.append(stored)
        serve, breaches = _until_served(
            context, shelf.service, {shelf.key: made.id}, content, earlier
        )
        earlier.append(serve)
        yield from breaches


def _texts(context: Context, pattern: str) -> tuple[bytes, bytes]:
    """Two texts of which neither is like the other."""
    number = context.random.getrandbits(32)
    first, second = (pattern.replace("{number}", str(each)) for each in (number, number + 1))
    return first.encode(), second.encode()


def _until_served(
    context: Context,
    service: str,
    named: dict[str, Any],
    content: bytes,
    earlier: Sequence[Exchange],
) -> tuple[Exchange, tuple[Breach, ...]]:
    """The object's file and what is wrong with it, after the time that a replica may take."""
    patience = min(context.settling.seconds, REPLICA_SECONDS)
    return context.settling.until(
        lambda: _served(context, service, named),
        lambda serve: oracles.newest_content_is_served(serve, content, earlier),
        deadline=time.monotonic() + patience,
    )


def _served(context: Context, service: str, named: dict[str, Any]) -> Exchange:
    """The object's file; NotApplicable where it is elsewhere."""
    serve = context.call(service, "serve", named)
    _unless_redirected(serve)
    return serve


@check(oracles.chunks_are_in_their_places, over=shelves, writes=True)
def test_chunks_are_in_their_places(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send a file in chunks, the first of those in between last, and have it served."""
    needs_uploads(context, "uploadtoken")
    shelf = next(each for each in SHELVES if each.service == subject.name)
    number = str(context.random.getrandbits(32))
    # Every line differs, so that no two chunks are alike.
    lines = (SUBTITLES.replace("{number}", f"{number} {line}") for line in range(40))
    content = "".join(lines).encode()
    token, (first, *between, final) = new_token(context), pieces(content, 5)
    order = [*between[1:], between[0]]
    send_piece(context, token, first, resume=False)
    for piece in (*order, final):
        send_piece(context, token, piece, resume=True)
    made = context.make(shelf.service)
    stored = context.call(
        shelf.service, "setContent", {"id": made.id, "contentResource": resource(token)}
    )
    if stored.result is None:
        raise Inconclusive(f"{stored.action} took no content")
    serve = context.call(shelf.service, "serve", {shelf.key: made.id})
    _unless_redirected(serve)
    yield from oracles.chunks_are_in_their_places(serve, content)


def _unless_redirected(serve: Exchange) -> None:
    """NotApplicable where the file lies elsewhere: nothing outside the target is asked."""
    if isinstance(serve.answer, FileContent) and serve.answer.location is not None:
        raise NotApplicable("served by a redirect to storage")


def _serves_by_id(action: Action, scope: Scope) -> bool:
    """File actions that name one object, which an ordinary account may ask for."""
    if action.result.kind != "file" or not key_params(action):
        return False
    actions = scope.profile.actions
    return not (actions.may_be_forbidden(action.id) or actions.probe_only_because(action.id))


@check(oracles.error_of_a_file_is_in_the_header, over=callable_actions(_serves_by_id))
def test_error_of_a_file_is_in_the_header(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask for the file of an object that does not exist."""
    action = action_of(context, subject)
    for _ in range(2):
        serve = asked(context, action, before(context, action)[0])
        yield from oracles.error_of_a_file_is_in_the_header(serve, _unknown_codes(context, serve))


@check(oracles.nothing_is_served_for_what_is_not_there, over=callable_actions(_serves_by_id))
def test_nothing_is_served_for_what_is_not_there(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Ask for the file of an object that does not exist."""
    action = action_of(context, subject)
    if action.name not in {"serve", "getVolumeMap"} or action.service in {"schema", "report"}:
        raise NotApplicable("serves something else than an object's own file")
    serve = asked(context, action, before(context, action)[0])
    yield from oracles.nothing_is_served_for_what_is_not_there(serve)


def _unknown_codes(context: Context, serve: Exchange) -> frozenset[str]:
    """The answered code, if it is one for an object that is not there."""
    codes = set(context.profile.quirks.not_found_codes(serve.action))
    answer = serve.answer
    if isinstance(answer, ApiError) and GONE.search(answer.code) and "SERVICE" not in answer.code:
        codes.add(answer.code)
    return frozenset(codes - {"ACTION_DOES_NOT_EXISTS", "SERVICE_DOES_NOT_EXISTS"})


def image_takers(scope: Scope) -> Iterator[Subject]:
    """The service of thumbnails, where it takes an image."""
    service = scope.schema.services.get("thumbasset")
    if service is not None and service.offers("addFromImage"):
        yield Subject(kind="service", name=service.id, service=service.id)


@check(oracles.image_becomes_a_thumbnail, over=image_takers, writes=True)
def test_image_becomes_a_thumbnail(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send an image straight to an entry, in each form."""
    needs_uploads(context, "media")
    for form in FORMS:
        content, entry = picture(context), str(context.make("media").id)
        files = {"fileData": Upload(FILE_NAME, content, "image/png")}
        sent: dict[str, Any] = {"entryId": entry}
        added = context.call(subject.name, "addFromImage", sent, form=form, files=files)
        yield from oracles.image_becomes_a_thumbnail(added, entry, len(content))
