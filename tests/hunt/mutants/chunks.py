"""Faults of uploads in parts, and of what becomes of a token."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking
from tests.hunt.mutants.upload import TOKENS, UPLOAD
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World

CONSUMES = ("addContent", "setContent", "updateContent")


def says(value: Any) -> bool:
    """Whether a parameter is true."""
    return str(value).lower() in ("1", "true")


@around(UPLOAD, narrow=False)
def empty_final_chunks_fail(call: Call, world: World) -> Any:
    """An empty chunk at the end is an error."""
    empty = says(call.params.get("resume")) and not any(f.content for f in call.files)
    value = yield
    return world.error("UPLOAD_ERROR") if empty and not is_error(value) else value


@around(UPLOAD, narrow=False)
def chunks_must_come_in_order(call: Call, world: World) -> Any:
    """A chunk that begins elsewhere than where the last ended is an error."""
    token, at = call.id, number(call.params.get("resumeAt"))
    size = sum(len(f.content) for f in call.files)
    end = world.memory.get(token, 0)
    value = yield
    if is_error(value):
        return value
    if at is not None and at >= 0 and says(call.params.get("resume")) and at != end:
        return world.error("UPLOAD_TOKEN_CANNOT_RESUME")
    world.memory[token] = end + size
    return value


@asking(UPLOAD, narrow=False)
def chunks_sent_again_are_appended(call: Call, world: World) -> None:
    """A chunk that is sent again is appended."""
    at, key = number(call.params.get("resumeAt")), (call.id, str(call.params.get("resumeAt")))
    if at is not None and at >= 0:
        if key in world.memory:
            call.params["resumeAt"] = -1
        world.memory[key] = True


@asking(UPLOAD, narrow=False)
def appended_chunks_come_first(call: Call, _world: World) -> None:
    """A chunk without an offset is written at the beginning."""
    if says(call.params.get("resume")) and (number(call.params.get("resumeAt")) or -1) == -1:
        call.params["resumeAt"] = 0


@asking(UPLOAD, narrow=False)
def resuming_nothing_is_starting(call: Call, world: World) -> None:
    """A resumed chunk is taken although nothing was uploaded before."""
    if says(call.params.get("resume")) and call.id not in world.memory:
        call.params["resume"] = False
        call.params.pop("resumeAt", None)
    world.memory[call.id] = True


@around(*CONSUMES)
def content_is_added_twice(call: Call, world: World) -> Any:
    """Content is added to an entry that has some."""
    service, key, ks = call.service, call.id, call.ks
    value = yield
    if is_error(value, "ENTRY_ALREADY_WITH_CONTENT"):
        return world.ask(service, "get", {"entryId": key}, ks)
    return value


@around(*CONSUMES)
def used_tokens_are_used_again(call: Call, world: World) -> Any:
    """A token whose content was taken is taken again."""
    service, key, ks, spec = call.service, call.id, call.ks, call.spec
    value = yield
    code = str(value.get("code", "")) if is_error(value) else ""
    if code.startswith("UPLOAD_TOKEN_INVALID_STATUS") and spec is not None:
        offers = world.schema.services[service].actions
        if "get" in offers:
            return world.ask(service, "get", {offers["get"].params[0].name: key}, ks)
    return value


@answering(*TOKENS, narrow=False)
def file_names_lose_accents(_call: Call, value: Any, _world: World) -> Any:
    """File names lose letters beyond ASCII."""
    for found in entities(value):
        if isinstance(found.get("fileName"), str):
            found["fileName"] = found["fileName"].encode("ascii", "ignore").decode()
    return value


@asking(UPLOAD, narrow=False)
def files_are_cut_at_64_kilobytes(call: Call, _world: World) -> None:
    """A file is stored up to its 65,536th byte."""
    for file in call.files:
        file.content = file.content[:65536]


@around("uploadToken.add", narrow=False)
def sizes_are_not_needed(call: Call, _world: World) -> Any:
    """A token that finishes by itself needs no size."""
    if says(call.object.get("autoFinalize")) and not call.object.get("fileSize"):
        call.object.pop("autoFinalize")
    return (yield)


@answering("uploadToken.get", "uploadToken.list", narrow=False)
def used_tokens_stay_full(_call: Call, value: Any, _world: World) -> Any:
    """A token whose content was taken stays fully uploaded."""
    for found in entities(value):
        if str(found.get("status")) == "3":
            found["status"] = like(found["status"], 2)
    return value


@around(UPLOAD, "uploadToken.delete", "uploadToken.get", narrow=False)
def deleted_tokens_take_uploads(call: Call, world: World) -> Any:
    """A deleted token takes an upload."""
    action, key = call.action, call.id
    value = yield
    if action == "get" and not is_error(value):
        world.memory["any"] = copy.deepcopy(value)
    if action == "delete" and not is_error(value):
        world.memory[key] = True
    if action == "upload" and is_error(value) and key in world.memory and "any" in world.memory:
        return {**world.memory["any"], "id": key, "status": 2}
    return value
