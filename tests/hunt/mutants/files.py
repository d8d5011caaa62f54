"""More faults of uploads: chunks, big files, and whose content is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import answering, around, asking, bytewise
from tests.hunt.mutants.upload import SERVES, TOKENS, UPLOAD
from tests.hunt.world import like, number

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World


@asking(UPLOAD, narrow=False)
def offsets_are_one_off(call: Call, _world: World) -> None:
    """Chunks are written one byte before their offset."""
    found = number(call.params.get("resumeAt"))
    if found and found > 0:
        call.params["resumeAt"] = int(found) - 1


@asking(UPLOAD, narrow=False)
def chunks_count_twice(call: Call, _world: World) -> None:
    """A chunk is written twice in a row."""
    if number(call.params.get("resumeAt")):
        for file in call.files:
            file.content += file.content


@asking(UPLOAD, narrow=False)
def zero_bytes_are_lost(call: Call, _world: World) -> None:
    """Zero bytes of a file are lost."""
    for file in call.files:
        file.content = file.content.replace(b"\0", b"")


@asking(UPLOAD, narrow=False)
def files_are_cut_at_a_kilobyte(call: Call, _world: World) -> None:
    """A file is stored up to its thousandth byte."""
    for file in call.files:
        file.content = file.content[:1000]


@answering("uploadToken.list", narrow=False)
def listed_tokens_are_pending(_call: Call, value: Any, _world: World) -> Any:
    """uploadToken.list shows every token as pending."""
    for found in entities(value):
        if "status" in found:
            found["status"] = like(found["status"], 0)
    return value


@answering(*TOKENS, narrow=False)
def file_names_are_in_lower_case(_call: Call, value: Any, _world: World) -> Any:
    """File names are in lower case and without blanks."""
    for found in entities(value):
        if isinstance(found.get("fileName"), str):
            found["fileName"] = found["fileName"].lower().replace(" ", "")
    return value


@around("setContent", "addContent", "updateContent", "addFromUploadedFile", narrow=False)
def content_is_that_of_the_token_before(call: Call, world: World) -> Any:
    """Content is taken from the token that was used before, where there is one."""
    found = [each for each in call.params.values() if isinstance(each, dict) and each.get("token")]
    for each in found:
        last = world.memory.get("token")
        world.memory["token"] = each["token"]
        if last is not None and not is_error(each):
            each["token"] = last
    return (yield)


@bytewise(*SERVES, narrow=False)
def served_files_end_in_a_line(exchange: Exchange, _world: World) -> None:
    """Served files end in a line break more."""
    if exchange.answer.status == 200 and exchange.answer.body:
        exchange.answer.body += b"\n"


@bytewise(*SERVES, narrow=False)
def missing_files_are_not_found(exchange: Exchange, _world: World) -> None:
    """A file action that ends in an error answers HTTP 404."""
    if exchange.answer.header("X-Kaltura").startswith("error"):
        exchange.answer.status = 404


@around(UPLOAD, narrow=False)
def uploads_answer_before_they_are_read(_call: Call, _world: World) -> Any:
    """upload answers the token as it was before."""
    value = yield
    if isinstance(value, dict) and not is_error(value):
        value["status"] = like(value.get("status"), 0)
        value.pop("uploadedFileSize", None)
    return value
