"""The slots of a batch: what it answers for each member, seen as an exchange of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.oracles.refusals import NOT_FOUND
from conformance.wire.answer import Answer, ApiError, Malformed, Result
from conformance.wire.decoding.error import error_of
from conformance.wire.request import Call, Format

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange


def slots(batch: Exchange) -> tuple[Any, ...] | None:
    """The items that a batch answers, or None when the answer is no list."""
    if not isinstance(batch.answer, Result):
        return None
    value = batch.answer.value
    if isinstance(value, list | tuple):
        return tuple(value)
    is_empty_xml = value == "" and batch.form.format in {Format.XML, None}
    return () if is_empty_xml else None


def slot(batch: Exchange, position: int) -> Exchange:
    """The slot at a 1-based position, as an exchange with the member's own call and answer."""
    held = slots(batch)
    answer: Answer
    if held is None:
        answer = batch.answer
        if isinstance(answer, Result):
            answer = Malformed("the batch answered no list")
    elif position > len(held):
        answer = Malformed(f"the batch answered {len(held)} items, none for member {position}")
    else:
        answer = error_of(held[position - 1]) or Result(held[position - 1])
    return structs.replace(batch, call=_member_call(batch, position), answer=answer)


def members(batch: Exchange) -> tuple[Mapping[str, Any], ...]:
    """The members that were sent, in the order of their numbers."""
    numbered = {
        int(key): value
        for key, value in batch.call.params.items()
        if key.isdigit() and isinstance(value, Mapping)
    }
    return tuple(numbered[number] for number in sorted(numbered))


def echo_of(exchange: Exchange) -> str | None:
    """The id that an answer speaks of: the argument of a not-found error, or the object's own."""
    answer = exchange.answer
    if isinstance(answer, ApiError) and NOT_FOUND.search(answer.code) and answer.args:
        return list(answer.args.values())[-1]
    if isinstance(answer, Result) and isinstance(answer.value, Mapping):
        return str(answer.value.get("id", ""))
    return None


def _member_call(batch: Exchange, position: int) -> Call:
    sent = members(batch)
    if position > len(sent):
        return Call("", "")
    params = {k: v for k, v in sent[position - 1].items() if k not in {"service", "action", "ks"}}
    member = sent[position - 1]
    return Call(str(member.get("service", "")), str(member.get("action", "")), params)
