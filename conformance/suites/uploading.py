"""Makes upload tokens and fills them, in every form in which a client would."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.plugin.subject import Subject
from conformance.suites.making import add_by
from conformance.suites.pictures import png
from conformance.wire.request import Encoding, Form, Format, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.wire.exchange import Exchange

SERVICE = "uploadtoken"
RESOURCE = "KalturaUploadedFileTokenResource"
FILE_NAME = "conformance.png"
UNKNOWN_TOKEN = "0_conformancenosuchtoken"  # noqa: S105 - an id that nothing has

FORMS = (
    Form(encoding=Encoding.MULTIPART),
    Form(encoding=Encoding.MULTIPART_JSON),
    Form(encoding=Encoding.MULTIPART, format=Format.XML),
)
"""A file travels as a part of a form; the rest as fields or as JSON (CONTRACT WIRE-07)."""

BUSY = frozenset({"ACTION_BLOCKED", "MAX_ALLOWED_CHUNK_COUNT_EXCEEDED"})
BARRED = "UPLOAD_TOKEN_FILE_TYPE_RESTRICTED_FOR_UPLOAD"
"""Of an account that takes only some types of files, as its installation lists them (FILE-04)."""


class Piece(Struct, frozen=True):
    """One chunk and where it belongs; `position` -1 appends."""

    content: bytes
    position: int
    final: bool


def uploading_target(scope: Scope) -> Iterator[Subject]:
    """The service of upload tokens, where the target has it."""
    service = scope.schema.services.get(SERVICE)
    if service is not None and "upload" in service.actions:
        yield Subject(kind="service", name=service.id, service=service.id)


def needs_uploads(context: Context, *services: str) -> None:
    """NotApplicable where files must not be sent, or where these services are not there."""
    if not context.profile.capabilities.uploads:
        raise NotApplicable("the profile says that no files may be sent")
    for name in services:
        if name not in context.schema.services:
            raise NotApplicable(f"the schema has no service {name}")


def picture(context: Context, about: int = 1500) -> bytes:
    """A picture that the profile's limit allows."""
    return png(context.random, min(about, context.profile.limits.max_upload_bytes))


def new_token(context: Context, *, session: str = "admin", **properties: Any) -> str:
    """The id of a token that is made now. Inconclusive when there is none, judged elsewhere."""
    token, exchange = token_added(context, session=session, **properties)
    if token is None:
        code = exchange.error.code if exchange.error else "no error"
        raise Inconclusive(f"no upload token: {code}")
    return token


def token_added(
    context: Context, *, session: str = "admin", **properties: Any
) -> tuple[str | None, Exchange]:
    """A token made now, and the answer to its add."""
    needs_uploads(context, SERVICE)
    entity = {"objectType": "KalturaUploadToken", **properties}
    found, exchange = add_by(context, session, SERVICE, {"uploadToken": entity})
    return (None if found is None else str(found)), exchange


def upload(
    context: Context,
    token: str,
    content: bytes,
    *,
    form: Form = FORMS[0],
    session: str = "admin",
    name: str = FILE_NAME,
    **params: Any,
) -> Exchange:
    """Send bytes to a token; `params` are resume, finalChunk and resumeAt."""
    file = Upload(name, content, "image/png")
    sent = {"uploadTokenId": token, **params}
    exchange = context.call(
        SERVICE, "upload", sent, form=form, session=session, files={"fileData": file}
    )
    unless_busy(exchange)
    return exchange


def unless_busy(exchange: Exchange) -> None:
    """Inconclusive when the server is only too busy, NotApplicable where such files are barred."""
    if exchange.error is not None and exchange.error.code in BUSY:
        raise Inconclusive(f"{exchange.action}: {exchange.error.code}")
    if exchange.error is not None and exchange.error.code == BARRED:
        raise NotApplicable("the account takes files of other types only")


def send_piece(
    context: Context, token: str, piece: Piece, *, resume: bool, form: Form = FORMS[0]
) -> Exchange:
    """Send one chunk."""
    return upload(
        context, token, piece.content, form=form,
        resume=resume, finalChunk=piece.final, resumeAt=piece.position if resume else -1,
    )  # fmt: skip


def pieces(content: bytes, count: int) -> tuple[Piece, ...]:
    """The content in so many chunks, the last of them final."""
    cuts = [len(content) * number // count for number in range(count + 1)]
    return tuple(
        Piece(content[start:end], start, end == len(content)) for start, end in pairwise(cuts)
    )


def got(context: Context, token: str, *, session: str = "admin") -> Exchange:
    """The token as it is now."""
    return context.call(SERVICE, "get", {"uploadTokenId": token}, session=session)


def resource(token: str) -> dict[str, Any]:
    """A token as a source of content."""
    return {"objectType": RESOURCE, "token": token}


def full_token(context: Context, content: bytes, *, session: str = "admin") -> str:
    """A token that holds these bytes. Inconclusive when it takes none: judged elsewhere."""
    token = new_token(context, session=session)
    sent = upload(context, token, content, session=session)
    if sent.result is None:
        raise Inconclusive("an upload token took no file")
    return token


def image_entry(context: Context) -> str:
    """The id of a fresh entry for a picture, without content."""
    return str(context.make("media", properties={"mediaType": 2}).id)


def add_content(context: Context, entry_id: str, token: str) -> Exchange:
    """Give an entry the file of a token."""
    params = {"entryId": entry_id, "resource": resource(token)}
    exchange = context.call("media", "addContent", params)
    unless_busy(exchange)
    return exchange
