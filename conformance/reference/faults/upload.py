"""Faults of files: lost, altered, in the wrong hands, or told of in the wrong way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from conformance.reference import uploads
from conformance.reference.entities import ENTRY_FAMILY
from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.alteration import in_actions, one_in
from conformance.reference.faults.registry import fault
from conformance.reference.message import FileAnswer, Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.request import Invocation
    from conformance.reference.world import World
    from conformance.schema.model import Action

UPLOAD = "uploadtoken.upload"
ADD_CONTENT = "media.addContent"
FULL, CLOSED = 2, 3


def sending(behaviour: Behaviour, change: Callable[[dict[str, Any]], None]) -> Behaviour:
    """Change the arguments of every upload to a token."""

    def changed(action: Action, decoded: dict[str, Any]) -> dict[str, Any]:
        if action.id == UPLOAD:
            change(decoded)
        return decoded

    return alteration.arguments(behaviour, changed)


def sent(behaviour: Behaviour, change: Callable[[dict[str, Any]], None]) -> Behaviour:
    """Change what every upload to a token answers."""

    def changed(_call: Call, value: Any) -> Any:
        if isinstance(value, dict):
            change(value)
        return value

    return alteration.answer(behaviour, "other", changed, when=in_actions(UPLOAD))


def recoded(behaviour: Behaviour, actions: tuple[str, ...], codes: dict[str, str]) -> Behaviour:
    """Refuse some actions with other codes than a sound server does."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if call.action.id in actions and refusal.code in codes:
                raise ApiFault(codes[refusal.code]) from refusal
            raise

    return replace(behaviour, other=other)


@fault("FILE-TOKEN-001")
def token_is_born_full(behaviour: Behaviour) -> Behaviour:
    """A new token says that it is full."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "status": FULL}

    return alteration.answer(behaviour, "add", change, when=in_actions("uploadtoken.add"))


@fault("FILE-TOKEN-002")
def nobody_asks_for_the_size(behaviour: Behaviour) -> Behaviour:
    """A token finalizes itself without knowing when."""

    def change(action: Action, decoded: dict[str, Any]) -> dict[str, Any]:
        if action.id == "uploadtoken.add":
            decoded.get("uploadToken", {}).pop("autoFinalize", None)
        return decoded

    return alteration.arguments(behaviour, change)


@fault("FILE-UPLOAD-001")
def upload_is_never_over(behaviour: Behaviour) -> Behaviour:
    """A whole file leaves its token partial."""
    return sending(behaviour, lambda sent: sent.update(finalChunk=bool(sent.get("resume"))))


@fault("FILE-UPLOAD-001")
def upload_fails_now_and_then(behaviour: Behaviour) -> Behaviour:
    """One upload in ten is refused."""

    def refuse(_call: Call) -> Any:
        raise ApiFault("UPLOAD_ERROR")

    seldom = one_in(10)
    return alteration.instead(
        behaviour, "other", refuse, when=lambda call: call.action.id == UPLOAD and seldom(call)
    )


@fault("FILE-UPLOAD-002")
def last_line_end_is_lost(behaviour: Behaviour) -> Behaviour:
    """A file loses a line end at its end."""

    def change(decoded: dict[str, Any]) -> None:
        file = decoded.get("fileData")
        if isinstance(file, Upload):
            content = file.content.removesuffix(b"\r\n")
            decoded["fileData"] = msgspec.structs.replace(file, content=content)

    return sending(behaviour, change)


@fault("FILE-UPLOAD-003")
def file_part_names_the_token(behaviour: Behaviour) -> Behaviour:
    """The name of the file part replaces the token's own."""
    return sent(behaviour, lambda value: value.update(fileName="conformance.png"))


@fault("FILE-UPLOAD-004")
def get_forgets_the_size(behaviour: Behaviour) -> Behaviour:
    """get does not tell how much is there."""

    def change(_call: Call, value: Any) -> Any:
        value.pop("uploadedFileSize", None)
        return value

    return alteration.answer(behaviour, "get", change, when=in_actions("uploadtoken.get"))


@fault("FILE-UPLOAD-005")
def listed_tokens_are_pending(behaviour: Behaviour) -> Behaviour:
    """list shows every token as pending."""

    def change(_call: Call, value: Any) -> Any:
        for token in value.get("objects", ()):
            token["status"] = 0
        return value

    return alteration.answer(behaviour, "list", change, when=in_actions("uploadtoken.list"))


@fault("FILE-CHUNK-001")
def every_chunk_is_the_last(behaviour: Behaviour) -> Behaviour:
    """finalChunk is ignored: every first chunk makes the token full."""

    def change(decoded: dict[str, Any]) -> None:
        if not decoded.get("resume"):
            decoded["finalChunk"] = True

    return sending(behaviour, change)


@fault("FILE-CHUNK-002")
def chunks_are_appended(behaviour: Behaviour) -> Behaviour:
    """Every chunk is appended, wherever it belongs."""
    return sending(behaviour, lambda decoded: decoded.update(resumeAt=-1))


@fault("FILE-CHUNK-003")
def empty_chunk_ends_nothing(behaviour: Behaviour) -> Behaviour:
    """A final chunk without bytes is not taken for one."""

    def change(decoded: dict[str, Any]) -> None:
        file = decoded.get("fileData")
        if isinstance(file, Upload) and not file.content:
            decoded["finalChunk"] = False

    return sending(behaviour, change)


@fault("FILE-CHUNK-004")
def resumed_chunk_is_the_last(behaviour: Behaviour) -> Behaviour:
    """Every resumed chunk makes the token full."""

    def change(decoded: dict[str, Any]) -> None:
        if decoded.get("resume"):
            decoded["finalChunk"] = True

    return sending(behaviour, change)


@fault("FILE-CHUNK-005")
def chunks_are_joined_as_they_came(behaviour: Behaviour) -> Behaviour:
    """The chunks of a whole file are joined in the order in which they came; the size is right."""
    came: dict[str, dict[int, bytes]] = {}
    sound = behaviour.other

    def act(call: Call) -> Any:
        answer, arguments = sound(call), call.arguments
        token, file = str(arguments.get("uploadTokenId")), arguments.get("fileData")
        if not arguments.get("resume") or token not in came:
            came[token] = {}
        if isinstance(file, Upload):
            offset = int(arguments.get("resumeAt") or 0) if arguments.get("resume") else 0
            came[token].setdefault(offset, file.content)
        if arguments.get("finalChunk", True) and -1 not in came[token]:
            place = f"{uploads.TOKEN_FAMILY}/{token}"
            call.world.storage.put_content(place, b"".join(came[token].values()), "")
        return answer

    return alteration.instead(behaviour, "other", act, when=in_actions(UPLOAD))


@fault("FILE-ERROR-001")
def unknown_token_has_another_code(behaviour: Behaviour) -> Behaviour:
    """An upload to an unknown token says that the object's id is invalid."""
    return recoded(behaviour, (UPLOAD,), {"UPLOAD_TOKEN_NOT_FOUND": "INVALID_OBJECT_ID"})


@fault("FILE-ERROR-002")
def full_token_is_filled_again(behaviour: Behaviour) -> Behaviour:
    """A second file is taken, though it is thrown away."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if refusal.code != "UPLOAD_TOKEN_INVALID_STATUS_FOR_UPLOAD":
                raise
            return {"objectType": "KalturaUploadToken", "status": FULL}

    return replace(behaviour, other=other)


@fault("FILE-ERROR-003")
def upload_may_begin_in_the_middle(behaviour: Behaviour) -> Behaviour:
    """A resumed chunk is taken as the first one."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if refusal.code != "UPLOAD_TOKEN_CANNOT_RESUME":
                raise
            return {"objectType": "KalturaUploadToken", "status": 1}

    return replace(behaviour, other=other)


@fault("FILE-ERROR-004")
def text_is_taken_for_no_file(behaviour: Behaviour) -> Behaviour:
    """A text in the place of a file is said to be missing."""

    def change(error: dict[str, Any]) -> dict[str, Any]:
        return {**error, "code": "MISSING_MANDATORY_PARAMETER"}

    return alteration.error(behaviour, change, code="UPLOAD_ERROR")


@fault("FILE-ERROR-005")
def missing_file_is_a_failed_upload(behaviour: Behaviour) -> Behaviour:
    """A file that was not sent is said to have failed on its way."""
    sound = behaviour.decode_arguments

    def decode(world: World, action: Action, invocation: Invocation) -> dict[str, Any]:
        try:
            return sound(world, action, invocation)
        except ApiFault as refusal:
            files = {param.name for param in action.params if param.type.kind == "file"}
            if refusal.code == "MISSING_MANDATORY_PARAMETER" and files & set(refusal.values):
                raise ApiFault("UPLOAD_ERROR") from refusal
            raise

    return replace(behaviour, decode_arguments=decode)


@fault("FILE-ERROR-006")
def refused_upload_leaves_its_name(behaviour: Behaviour) -> Behaviour:
    """An upload that is refused for the token's status changes its file name all the same."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if refusal.code == "UPLOAD_TOKEN_INVALID_STATUS_FOR_UPLOAD":
                token = str(call.arguments.get("uploadTokenId"))
                record = call.world.storage.get(uploads.TOKEN_FAMILY, token)
                file = call.arguments.get("fileData")
                if record is not None and isinstance(file, Upload):
                    record.document["fileName"] = file.filename
            raise

    return replace(behaviour, other=other)


@fault("FILE-ERROR-007")
def announced_size_is_ignored(behaviour: Behaviour) -> Behaviour:
    """Nobody compares the size with the announced one."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if refusal.code != "UPLOAD_TOKEN_CANNOT_MATCH_EXPECTED_SIZE":
                raise
            return {"objectType": "KalturaUploadToken", "status": FULL}

    return replace(behaviour, other=other)


def _as_admin(behaviour: Behaviour, step: str, action: str) -> Behaviour:
    """Carry out one step as the account's administrator, whoever asks."""
    sound: Callable[[Call], Any] = getattr(behaviour, step)

    def changed(call: Call) -> Any:
        if call.action.id != action:
            return sound(call)
        session = msgspec.structs.replace(call.session, kind="admin")
        return sound(replace(call, session=session))

    steps: dict[str, Any] = {step: changed}
    return replace(behaviour, **steps)


@fault("FILE-OWN-001")
def user_lists_all_tokens(behaviour: Behaviour) -> Behaviour:
    """A user lists the tokens of everybody."""
    return _as_admin(behaviour, "list", "uploadtoken.list")


@fault("FILE-OWN-002")
def user_gets_any_token(behaviour: Behaviour) -> Behaviour:
    """A user gets the token of anybody."""
    return _as_admin(behaviour, "get", "uploadtoken.get")


@fault("FILE-CONTENT-001")
def content_changes_no_status(behaviour: Behaviour) -> Behaviour:
    """An entry that got its content still says that it has none."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "status": 7} if isinstance(value, dict) else value

    return alteration.answer(behaviour, "other", change, when=in_actions(ADD_CONTENT))


@fault("FILE-CONTENT-002")
def used_token_stays_full(behaviour: Behaviour) -> Behaviour:
    """A token whose file was taken says that it is full."""

    def change(_call: Call, value: Any) -> Any:
        closed = isinstance(value, dict) and value.get("status") == CLOSED
        return {**value, "status": FULL} if closed else value

    return alteration.answer(behaviour, "get", change, when=in_actions("uploadtoken.get"))


def _again(call: Call) -> Any:
    """The entry, as if it had taken the content."""
    record = call.world.storage.get(ENTRY_FAMILY, str(call.arguments.get("entryId")))
    return call.behaviour.show(call, record, None) if record is not None else None


def _taking(behaviour: Behaviour, code: str) -> Behaviour:
    """Answer the entry where a sound server refuses content with this code."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if call.action.id != ADD_CONTENT or refusal.code != code:
                raise
            return _again(call)

    return replace(behaviour, other=other)


@fault("FILE-CONTENT-003")
def content_is_added_again(behaviour: Behaviour) -> Behaviour:
    """An entry takes content a second time."""
    return _taking(behaviour, "ENTRY_ALREADY_WITH_CONTENT")


@fault("FILE-CONTENT-004")
def unknown_token_is_content(behaviour: Behaviour) -> Behaviour:
    """An entry takes the content of an unknown token."""
    return _taking(behaviour, "UPLOAD_TOKEN_NOT_FOUND")


@fault("FILE-CONTENT-005")
def token_is_content_twice(behaviour: Behaviour) -> Behaviour:
    """Two entries take the file of one token."""
    return _taking(behaviour, "UPLOAD_TOKEN_INVALID_STATUS_FOR_ADD_ENTRY")


@fault("FILE-CONTENT-006")
def empty_token_is_no_content(behaviour: Behaviour) -> Behaviour:
    """A token without a file cannot be attached."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        resource = call.arguments.get("resource")
        if call.action.id == ADD_CONTENT and isinstance(resource, dict):
            token = call.world.storage.get(uploads.TOKEN_FAMILY, str(resource.get("token")))
            if token is not None and not token.document.get("uploadedFileSize"):
                raise ApiFault("UPLOADED_FILE_NOT_FOUND_BY_TOKEN")
        return sound(call)

    return replace(behaviour, other=other)


def _serving(behaviour: Behaviour, change: Callable[[bytes], bytes]) -> Behaviour:
    """Change the bytes of every file that is served."""

    def changed(_call: Call, value: Any) -> Any:
        if not isinstance(value, FileAnswer):
            return value
        return msgspec.structs.replace(value, content=change(value.content))

    return alteration.answer(behaviour, "other", changed)


@fault("FILE-SERVE-001")
def served_file_is_trimmed(behaviour: Behaviour) -> Behaviour:
    """A served file lacks its last byte."""
    return _serving(behaviour, lambda content: content[:-1])


@fault("FILE-SERVE-001")
def served_text_is_escaped(behaviour: Behaviour) -> Behaviour:
    """A served file has its ampersands escaped."""
    return _serving(behaviour, lambda content: content.replace(b"&", b"&amp;"))


@fault("FILE-SERVE-004")
def first_content_is_served_for_ever(behaviour: Behaviour) -> Behaviour:
    """A file is kept from when it was served first."""
    kept: dict[str, FileAnswer] = {}

    def changed(call: Call, value: Any) -> Any:
        if not isinstance(value, FileAnswer) or call.action.name != "serve":
            return value
        named = next(
            (str(each) for each in call.arguments.values() if isinstance(each, str | int)), ""
        )
        return kept.setdefault(f"{call.action.id} {named}", value)

    return alteration.answer(behaviour, "other", changed)


def _unserved(behaviour: Behaviour, tell: Callable[[Call, ApiFault], Any]) -> Behaviour:
    """Answer something else than an error in the header."""
    sound = behaviour.other

    def other(call: Call) -> Any:
        try:
            return sound(call)
        except ApiFault as refusal:
            if call.action.result.kind != "file":
                raise
            return tell(call, refusal)

    return replace(behaviour, other=other)


@fault("FILE-SERVE-002")
def error_of_a_file_is_a_document(behaviour: Behaviour) -> Behaviour:
    """A file action tells its error in the body."""
    return _unserved(
        behaviour, lambda call, refusal: call.behaviour.describe_fault(call.world, refusal)
    )


@fault("FILE-SERVE-003")
def something_is_always_served(behaviour: Behaviour) -> Behaviour:
    """A file action serves some bytes where it has no file."""
    return _unserved(behaviour, lambda _call, _refusal: FileAnswer(b"nothing", "text/plain"))


@fault("FILE-DIRECT-001")
def image_loses_its_entry(behaviour: Behaviour) -> Behaviour:
    """A thumbnail made from an image belongs to no entry."""

    def change(_call: Call, value: Any) -> Any:
        return {**value, "entryId": ""}

    return alteration.answer(behaviour, "other", change, when=in_actions("thumbasset.addFromImage"))
