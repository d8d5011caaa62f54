"""Upload tokens: made, filled in one piece and in chunks, refused, and seen by their owner only."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.oracles import upload as oracles
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.suites.list_population import SHORT_SETTLE_SECONDS, until
from conformance.suites.misuse import action_of, asked, before, callable_actions, is_required
from conformance.suites.uploading import (
    FILE_NAME,
    FORMS,
    SERVICE,
    UNKNOWN_TOKEN,
    full_token,
    got,
    new_token,
    picture,
    pieces,
    send_piece,
    token_added,
    upload,
    uploading_target,
)
from conformance.wire.request import Encoding, Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.schema.model import Action
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

TEXT_FORMS = (
    Form(encoding=Encoding.MULTIPART),
    Form(encoding=Encoding.MULTIPART_JSON),
    Form(encoding=Encoding.FORM),
    Form(encoding=Encoding.JSON),
)
OWN_NAME = "Conformance-Own-Name.png"
ROUNDS = 4
"""So often that what fails now and then fails here."""


@check(oracles.new_token_is_pending, over=uploading_target, writes=True)
def test_new_token_is_pending(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Make tokens that know much and little of the file that will come."""
    known: tuple[dict[str, Any], ...] = (
        {},
        {"fileName": FILE_NAME},
        {"fileName": FILE_NAME, "fileSize": 1500},
    )
    for properties in known * ROUNDS:
        _token, exchange = token_added(context, **properties)
        yield from oracles.new_token_is_pending(exchange)


@check(oracles.finalizing_itself_needs_a_size, over=uploading_target, writes=True)
def test_finalizing_itself_needs_a_size(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Make a token with autoFinalize and without fileSize."""
    _token, exchange = token_added(context, autoFinalize=1)
    yield from oracles.finalizing_itself_needs_a_size(exchange)


@check(oracles.one_piece_fills_the_token, over=uploading_target, writes=True)
def test_one_piece_fills_the_token(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a picture in one piece, in each form; with the announced size and without."""
    for number, form in enumerate(FORMS * ROUNDS):
        content = picture(context)
        announced: dict[str, Any] = {"fileSize": len(content)} if number % 2 == 0 else {}
        token = new_token(context, **announced)
        sent = upload(context, token, content, form=form)
        yield from oracles.one_piece_fills_the_token(sent, token)


@check(oracles.size_is_what_was_sent, over=uploading_target, writes=True)
def test_size_is_what_was_sent(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send contents of several sizes, and of bytes that no text has."""
    contents = (picture(context, 70_000), b"\r\n\0\xff--conformance\r\n", picture(context, 80_000))
    for form, content in zip(FORMS * ROUNDS, contents * ROUNDS, strict=True):
        sent = upload(context, new_token(context), content, form=form)
        yield from oracles.size_is_what_was_sent(sent, len(content))


@check(oracles.file_name_is_known, over=uploading_target, writes=True)
def test_file_name_is_known(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a named file to a token without a name and to one that has its own."""
    for form in FORMS[:2]:
        sent = upload(context, new_token(context), picture(context), form=form)
        yield from oracles.file_name_is_known(sent, FILE_NAME)
        token = new_token(context, fileName=OWN_NAME)
        sent = upload(context, token, picture(context), form=form)
        yield from oracles.file_name_is_known(sent, OWN_NAME)


@check(oracles.get_shows_the_upload, over=uploading_target, writes=True)
def test_get_shows_the_upload(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Get a token after the whole file and after its first chunk."""
    for form in FORMS[:2]:
        for final in (True, False):
            token = new_token(context)
            sent = upload(context, token, picture(context), form=form, finalChunk=final)
            yield from oracles.get_shows_the_upload(sent, got(context, token))


@check(oracles.list_shows_the_upload, over=uploading_target, writes=True)
def test_list_shows_the_upload(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """List a token after the whole file and after its first chunk."""
    kinds = context.lineage.properties("KalturaUploadTokenFilter")
    if "list" not in context.schema.services[SERVICE].actions or "idEqual" not in kinds:
        raise NotApplicable("the target lists no tokens by their id")
    for final in (True, False):
        token = new_token(context)
        sent = upload(context, token, picture(context), finalChunk=final)
        yield from until(
            context,
            partial(_listed, context, token),
            partial(oracles.list_shows_the_upload, sent),
            deadline=time.monotonic() + SHORT_SETTLE_SECONDS,
        )[1]


def _listed(context: Context, token: str) -> Exchange:
    asked = {"objectType": "KalturaUploadTokenFilter", "idEqual": token}
    return context.call(SERVICE, "list", {"filter": asked})


@check(oracles.first_chunk_leaves_the_token_partial, over=uploading_target, writes=True)
def test_first_chunk_leaves_the_token_partial(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Send the first of two chunks, in each form."""
    for form in FORMS:
        token, content = new_token(context), picture(context)
        sent = upload(context, token, content, form=form, resume=False, finalChunk=False)
        yield from oracles.first_chunk_leaves_the_token_partial(sent, token, len(content))


@check(oracles.chunks_make_the_whole, over=uploading_target, writes=True)
def test_resumed_upload_makes_the_whole(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send two chunks in order, the second at its offset or appended, in each form."""
    for number, form in enumerate(FORMS * 2 * ROUNDS):
        token, content = new_token(context), picture(context, 3000)
        first, second = pieces(content, 2)
        send_piece(context, token, first, resume=False, form=form)
        place = second.position if number % len(FORMS) else -1
        last = upload(
            context, token, second.content, form=form,
            resume=True, finalChunk=True, resumeAt=place,
        )  # fmt: skip
        yield from oracles.chunks_make_the_whole(last, token, len(content))


@check(oracles.chunks_make_the_whole, over=uploading_target, writes=True)
def test_chunks_out_of_order_make_the_whole(
    context: Context,
    subject: Subject,  # noqa: ARG001
) -> Iterator[Breach]:
    """Send the chunks in between in a drawn order, one of them twice, and the final one last."""
    for form in FORMS[:2]:
        token, content = new_token(context), picture(context, 6000)
        first, *between, final = pieces(content, 5)
        context.random.shuffle(between)
        send_piece(context, token, first, resume=False, form=form)
        for piece in (max(between, key=lambda piece: piece.position), *between):
            send_piece(context, token, piece, resume=True, form=form)
        last = send_piece(context, token, final, resume=True, form=form)
        yield from oracles.chunks_make_the_whole(last, token, len(content))


@check(oracles.chunk_in_between_is_taken, over=uploading_target, writes=True)
def test_chunk_in_between_is_taken(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send chunks that are neither the first nor the final one, in order and ahead of it."""
    for form, ahead in zip(FORMS, (False, True, False), strict=True):
        token = new_token(context)
        first, second, third, _final = pieces(picture(context, 4000), 4)
        send_piece(context, token, first, resume=False, form=form)
        sent = send_piece(context, token, third if ahead else second, resume=True, form=form)
        yield from oracles.chunk_in_between_is_taken(sent, token)


@check(oracles.empty_last_chunk_ends_the_upload, over=uploading_target, writes=True)
def test_empty_last_chunk_ends_the_upload(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """End an upload with a chunk of no bytes."""
    token, content = new_token(context), picture(context)
    upload(context, token, content, resume=False, finalChunk=False)
    last = upload(context, token, b"", resume=True, finalChunk=True, resumeAt=len(content))
    yield from oracles.empty_last_chunk_ends_the_upload(last, token)


@check(oracles.unknown_token_is_refused, over=uploading_target, writes=True)
def test_unknown_token_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a file to a token that does not exist, and to one that was deleted."""
    gone = new_token(context)
    context.call(SERVICE, "delete", {"uploadTokenId": gone})
    for form in FORMS:
        for token in (UNKNOWN_TOKEN, gone):
            sent = upload(context, token, picture(context), form=form)
            yield from oracles.unknown_token_is_refused(sent)


@check(oracles.full_token_takes_no_more, over=uploading_target, writes=True)
def test_full_token_takes_no_more(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a second file to a token that is full."""
    for form in FORMS[:2]:
        token = full_token(context, picture(context))
        yield from oracles.full_token_takes_no_more(
            upload(context, token, picture(context), form=form)
        )


@check(oracles.resuming_needs_a_beginning, over=uploading_target, writes=True)
def test_resuming_needs_a_beginning(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a second chunk to a token that has no first one."""
    for form in FORMS[:2]:
        sent = upload(
            context, new_token(context), picture(context), form=form,
            resume=True, finalChunk=False, resumeAt=100,
        )  # fmt: skip
        yield from oracles.resuming_needs_a_beginning(sent)


@check(oracles.text_is_no_file, over=uploading_target, writes=True)
def test_text_is_no_file(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send the file's parameter as a text, in each form."""
    token = new_token(context)
    for form in TEXT_FORMS:
        sent = {"uploadTokenId": token, "fileData": "conformance"}
        yield from oracles.text_is_no_file(context.call(SERVICE, "upload", sent, form=form))


def _takes_a_file(action: Action, scope: Scope) -> bool:
    files = any(param.type.kind == "file" and is_required(param) for param in action.params)
    return files and not scope.profile.actions.may_be_forbidden(action.id)


@check(oracles.absent_file_is_missed, over=callable_actions(_takes_a_file))
def test_absent_file_is_missed(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send everything that is required before the file, and no file."""
    action = action_of(context, subject)
    file = next(param for param in action.params if param.type.kind == "file")
    params, _files = before(context, action, file)
    yield from oracles.absent_file_is_missed(asked(context, action, params), file.name)
    form = Form(encoding=Encoding.MULTIPART_JSON)
    again = context.call(action.service, action.name, params, form=form)
    yield from oracles.absent_file_is_missed(again, file.name)


@check(oracles.refused_upload_changes_nothing, over=uploading_target, writes=True)
def test_refused_upload_changes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a second, bigger file to a full token and get it before and after."""
    token = full_token(context, picture(context))
    earlier = got(context, token)
    refused = upload(context, token, picture(context, 5000), name="conformance-other.png")
    yield from oracles.refused_upload_changes_nothing(earlier, refused, got(context, token))


@check(oracles.wrong_size_is_noticed, over=uploading_target, writes=True)
def test_wrong_size_is_noticed(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Send a file that is smaller than announced; a server may wait for the rest of it."""
    content = picture(context)
    token = new_token(context, fileSize=len(content) + 100)
    yield from oracles.wrong_size_is_noticed(upload(context, token, content))


@check(oracles.user_sees_own_tokens_only, over=uploading_target, writes=True)
def test_user_sees_own_tokens_only(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """List, as a user, a token of that user's and one of the administrator's."""
    if not context.profile.capabilities.user_sessions:
        raise NotApplicable("the profile says that no user's session is used")
    strange, own = new_token(context), new_token(context, session="user")
    sought = {"objectType": "KalturaUploadTokenFilter", "idIn": f"{own},{strange}"}
    for params in ({"filter": sought}, {}):
        listed = context.call(SERVICE, "list", params, session="user")
        found = own if params else _first_id(listed) or own
        yield from oracles.user_sees_own_tokens_only(listed, found, {strange})


def _first_id(listed: Exchange) -> str | None:
    """The first id of a list: without a filter the user's own may be on a later page."""
    value = listed.result.value if listed.result else None
    objects = value.get("objects") if isinstance(value, dict) else None
    if not isinstance(objects, list) or not objects or not isinstance(objects[0], dict):
        return None
    return str(objects[0].get("id"))


@check(oracles.token_of_another_is_not_found, over=uploading_target, writes=True)
def test_token_of_another_is_not_found(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Get and fill, as a user, a token of the administrator's."""
    if not context.profile.capabilities.user_sessions:
        raise NotApplicable("the profile says that no user's session is used")
    strange = new_token(context)
    if got(context, strange).result is None:
        raise Inconclusive("the administrator cannot get the token either")
    yield from oracles.token_of_another_is_not_found(got(context, strange, session="user"))
    sent = upload(context, strange, picture(context), session="user")
    yield from oracles.token_of_another_is_not_found(sent)
