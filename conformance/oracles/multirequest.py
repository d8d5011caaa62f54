"""Batches: each member is answered in its place, and as if it had been asked alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.equivalence import View, differences, readable
from conformance.oracles.refusals import NOT_FOUND, refused
from conformance.oracles.shape import Walk, shown
from conformance.oracles.slots import echo_of, members, slot, slots
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, Malformed, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.schema.model import TypeRef
    from conformance.wire.exchange import Exchange

UNGRANTED = re.compile("FORBIDDEN|INVALID_KS|ADMIN_PROPERTY|INTERNAL")
SHOWN = 5
MISFITS = frozenset({"kind", "class", "name"})
"""What a slot must not get wrong; finer things are judged on calls made alone."""


@oracle("MULTI-SHAPE-001")
def every_member_has_its_slot(batch: Exchange) -> Iterator[Breach]:
    """A batch answers a list with one item for each of its members."""
    held, expected = slots(batch), len(members(batch))
    if held is None:
        yield _breach(batch, "$", f"a list of {expected} items", _what(batch))
    elif len(held) != expected:
        yield _breach(batch, "$", f"{expected} items", f"{len(held)} items")


@oracle("MULTI-ORDER-001")
def slots_are_in_order(batch: Exchange, expected: Sequence[str]) -> Iterator[Breach]:
    """The answers stand in the order of the members' numbers.

    `expected` are the services that the members named, which nobody has: each refusal names its.
    """
    for position, name in enumerate(expected, 1):
        error = slot(batch, position).error
        said = error.args.get("SRV_NAME", "") if error else ""
        if said.casefold() != name.casefold():
            actual = said or _what(slot(batch, position))
            yield _breach(batch, f"$[{position - 1}].args.SRV_NAME", name.lower(), actual)


@oracle("MULTI-FAIL-001")
def failing_member_stops_no_other(
    batch: Exchange, *, failing: Sequence[int], sound: Sequence[int]
) -> Iterator[Breach]:
    """A failing member leaves its error in its slot, and the others are carried out."""
    for position in failing:
        if not isinstance(slot(batch, position).answer, ApiError):
            actual = _what(slot(batch, position))
            yield _breach(batch, f"$[{position - 1}]", "the member's error", actual)
    for position in sound:
        result = slot(batch, position).result
        if result is None or result.value in (None, ""):
            actual = _what(slot(batch, position))
            yield _breach(batch, f"$[{position - 1}]", "the member's result", actual)


@oracle("MULTI-SAME-001")
def member_equals_the_call_alone(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A member of a batch is answered as the same call is when it is made alone."""
    yield from _same(baseline, variant, view, "a member of a batch")


@oracle("MULTI-SAME-002")
def drawn_batch_equals_its_calls(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A batch of any calls of any services answers what its calls answer one by one."""
    yield from _same(baseline, variant, view, "a member of a drawn batch")


@oracle("MULTI-ENC-001")
def batch_is_read_alike_in_every_encoding(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A batch means the same as JSON, form, query and multipart body."""
    guise = f"a member of a batch as {variant.form.encoding}"
    yield from _same(baseline, variant, view, guise)


@oracle("MULTI-FORMAT-001")
def batch_is_answered_alike_in_every_format(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A batch is answered with the same values as JSON, XML, serialised PHP and JSONP."""
    yield from _same(baseline, variant, view, "a member of a batch in another format")


@oracle("MULTI-URL-001")
def batch_is_found_at_every_endpoint(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A batch may be sent to any form of the endpoint, with or without an action's name."""
    yield from _same(baseline, variant, view, "a batch at another form of the endpoint")


@oracle("MULTI-PROFILE-001")
def common_response_profile_is_no_members(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A response profile of the whole batch does not change its members' answers."""
    yield from _same(baseline, variant, view, "a member of a batch with a response profile")


@oracle("MULTI-PROFILE-002")
def members_response_profile_counts(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A response profile of a member changes its answer as it does that of the call alone."""
    yield from _same(baseline, variant, view, "a member with a response profile")


@oracle("MULTI-TYPE-001")
def slot_is_of_its_actions_type(batch_slot: Exchange, ref: TypeRef, walk: Walk) -> Iterator[Breach]:
    """What a slot holds is an error with its four members, or of the action's declared type."""
    answer = batch_slot.answer
    if isinstance(answer, ApiError):
        raw = answer.raw if isinstance(answer.raw, Mapping) else {}
        missing = [name for name in ("code", "message", "objectType", "args") if name not in raw]
        if missing:
            yield _breach(batch_slot, "$", f"an error with {', '.join(missing)}", shown(list(raw)))
    elif isinstance(answer, Result) and answer.value is not None:
        found = (misfit for misfit in walk.misfits(answer.value, ref) if misfit.kind in MISFITS)
        for misfit in islice(found, SHOWN):
            yield _breach(batch_slot, misfit.where, misfit.expected, misfit.actual)


@oracle("MULTI-REF-001")
def reference_is_the_value(batch: Exchange, position: int, expected: str) -> Iterator[Breach]:
    """A reference to an earlier result stands for the value at its path."""
    yield from _echoes(batch, position, expected)


@oracle("MULTI-REF-002")
def reference_reaches_into_arrays(
    batch: Exchange, position: int, expected: str
) -> Iterator[Breach]:
    """A reference's path may go through an array, by the number of an item."""
    yield from _echoes(batch, position, expected)


@oracle("MULTI-REF-003")
def text_around_a_reference_stays(
    batch: Exchange, position: int, expected: str
) -> Iterator[Breach]:
    """The text around a reference is kept."""
    yield from _echoes(batch, position, expected)


@oracle("MULTI-REF-004")
def reference_to_an_error_is_no_stop(batch: Exchange, position: int) -> Iterator[Breach]:
    """A member that refers to a failed one is carried out all the same."""
    yield from _stands_for_nothing(batch, position)


@oracle("MULTI-REF-005")
def reference_to_a_later_result_is_nothing(batch: Exchange, position: int) -> Iterator[Breach]:
    """A reference to a result that is not there yet stands for nothing, or for itself."""
    yield from _stands_for_nothing(batch, position)


@oracle("MULTI-REF-006")
def reference_counts_positions(batch: Exchange, position: int, expected: str) -> Iterator[Breach]:
    """References count positions from 1, whatever the members' numbers begin with."""
    yield from _echoes(batch, position, expected)


@oracle("MULTI-REF-007")
def reference_collects_a_list(batch: Exchange, position: int, expected: str) -> Iterator[Breach]:
    """A reference through `_all` joins one property of all items by commas."""
    said = echo_of(slot(batch, position))
    if said is None or said.rstrip(",") != expected:
        actual = shown(said) if said is not None else _what(slot(batch, position))
        yield _breach(batch, f"$[{position - 1}]", repr(expected), actual)


@oracle("MULTI-REF-008")
def reference_may_be_a_session(batch: Exchange, position: int, user: str) -> Iterator[Breach]:
    """A member's KS may be the one that an earlier member started."""
    yield from _session_of(batch, position, "userId", user)


@oracle("MULTI-REF-009")
def reference_names_its_member(batch: Exchange, position: int, expected: str) -> Iterator[Breach]:
    """Of several results, a reference stands for that of the member whose position it names."""
    yield from _echoes(batch, position, expected)


@oracle("MULTI-REF-010")
def nested_reference_is_the_value(
    batch: Exchange, position: int, expected: str
) -> Iterator[Breach]:
    """A reference inside a member's object stands for the value: a filter finds what it names."""
    found = slot(batch, position)
    value = found.result.value if found.result else None
    objects = value.get("objects") if isinstance(value, Mapping) else None
    if not isinstance(objects, list):
        yield _breach(batch, f"$[{position - 1}]", f"the object {expected}", _what(found))
        return
    ids = [str(each.get("id")) for each in objects if isinstance(each, Mapping)]
    if ids != [expected]:
        yield _breach(batch, f"$[{position - 1}].objects", f"the object {expected}", shown(ids))


@oracle("MULTI-NUM-001")
def numbers_may_begin_with_0(batch: Exchange, expected: Sequence[str]) -> Iterator[Breach]:
    """The members' numbers may begin with 0, and are read in order."""
    yield from slots_are_in_order(batch, expected)
    yield from _count(batch, len(expected))


@oracle("MULTI-NUM-002")
def gap_ends_the_batch(batch: Exchange, count: int) -> Iterator[Breach]:
    """A batch ends at the first number that is missing."""
    yield from _count(batch, count)


@oracle("MULTI-NUM-003")
def nameless_member_ends_the_batch(batch: Exchange, count: int) -> Iterator[Breach]:
    """A batch ends at the first member without a service or an action."""
    yield from _count(batch, count)


@oracle("MULTI-KS-001")
def members_inherit_the_session(batch: Exchange, position: int, mark: str) -> Iterator[Breach]:
    """A member without a KS has the batch's."""
    yield from _session_of(batch, position, "privileges", mark)


@oracle("MULTI-KS-002")
def members_own_session_wins(batch: Exchange, position: int, mark: str) -> Iterator[Breach]:
    """A member with a KS of its own acts by it, and the others by the batch's."""
    yield from _session_of(batch, position, "privileges", mark)


@oracle("MULTI-KS-003")
def bad_session_is_refused_in_every_slot(batch_slot: Exchange, ksid: str = "") -> Iterator[Breach]:
    """A KS that is forged or over is refused for each member that has no other."""
    yield from refused(batch_slot, "INVALID_KS", **({"KSID": ksid} if ksid else {}))


@oracle("MULTI-KS-004")
def batch_without_a_session_gives_nothing(batch_slot: Exchange) -> Iterator[Breach]:
    """A member that needs a session gives nothing in a batch without one."""
    if isinstance(batch_slot.answer, Result):
        yield _breach(batch_slot, "$", "SERVICE_FORBIDDEN or the like", _what(batch_slot))


@oracle("MULTI-PARTNER-001")
def members_inherit_the_account(batch_slot: Exchange) -> Iterator[Breach]:
    """A member without an account has the batch's: one that does not exist is refused for each."""
    if isinstance(batch_slot.answer, Result):
        yield _breach(batch_slot, "$", "SERVICE_FORBIDDEN_CONTENT_BLOCKED", _what(batch_slot))


@oracle("MULTI-VOID-001")
def void_member_is_null(batch_slot: Exchange) -> Iterator[Breach]:
    """A member without a result has null in its slot."""
    answer = batch_slot.answer
    if not isinstance(answer, Result) or answer.value not in (None, ""):
        yield _breach(batch_slot, "$", "null", _what(batch_slot))


@oracle("MULTI-NEST-001")
def batch_in_a_batch_is_refused(batch_slot: Exchange) -> Iterator[Breach]:
    """A batch is no service that a batch could call."""
    yield from refused(batch_slot, "SERVICE_DOES_NOT_EXISTS", SRV_NAME="multirequest")


@oracle("MULTI-EMPTY-001")
def empty_batch_is_an_empty_list(batch: Exchange) -> Iterator[Breach]:
    """A batch without members answers an empty list."""
    if slots(batch) != ():
        yield _breach(batch, "$", "an empty list", _what(batch))


@oracle("MULTI-SIZE-001")
def long_batch_is_answered_whole(batch: Exchange, expected: Sequence[str]) -> Iterator[Breach]:
    """A batch of many members is answered whole."""
    yield from _count(batch, len(expected))
    yield from islice(slots_are_in_order(batch, expected), SHOWN)


@oracle("MULTI-SEQ-001")
def members_run_one_after_the_other(
    batch: Exchange, *, before: str, after: str
) -> Iterator[Breach]:
    """A member finds what those before it have left: a get before and one after an update."""
    if not isinstance(slot(batch, 2).answer, Result):
        return
    for position, expected in ((1, before), (3, after)):
        found = slot(batch, position)
        value = found.result.value if found.result else None
        if not isinstance(value, Mapping):
            yield _breach(batch, f"$[{position - 1}]", "the object", _what(found))
        elif value.get("name") != expected:
            where = f"$[{position - 1}].name"
            yield _breach(batch, where, repr(expected), shown(value.get("name")))


@oracle("MULTI-LIFE-001")
def batch_holds_a_life(
    batch: Exchange, *, identity: str, text: str | None, mark: str
) -> Iterator[Breach]:
    """In one batch an object can be added, got, updated and deleted, named by references.

    `identity` is the property with the id that the first member told. The update, if there is a
    `text`, wrote `mark`, ` of ` and the id into it. What the account was refused is no breach,
    unless it was granted before: a member with a KS of its own must not leave it to the next.
    """
    first = slot(batch, 1).result
    added = first.value.get(identity) if first and _is_object(first) else None
    if added is None:
        return
    is_updated = False
    granted: set[str] = set()
    for position, asked in enumerate(members(batch)[1:], 2):
        if "ks" in asked:
            continue
        found = slot(batch, position)
        where, error = f"$[{position - 1}]", found.error
        if error is not None:
            lent = found.call.action in granted and UNGRANTED.search(error.code)
            if NOT_FOUND.search(error.code) or lent:
                yield _breach(batch, where, f"the object {added}", error.code)
            continue
        granted.add(found.call.action)
        if found.call.action == "get":
            yield from _holds(batch, position, identity, str(added))
            if is_updated and text is not None:
                yield from _holds(batch, position, text, f"{mark} of {added}")
        elif not isinstance(found.answer, Result):
            yield _breach(batch, where, f"an answer about the object {added}", _what(found))
        is_updated = is_updated or found.call.action == "update"


def _holds(batch: Exchange, position: int, name: str, expected: str) -> Iterator[Breach]:
    """The slot holds an object with that value."""
    found, where = slot(batch, position), f"$[{position - 1}]"
    if not _is_object(found.result):
        yield _breach(batch, where, f"the object with {name} {expected!r}", _what(found))
        return
    value = (found.result.value if found.result else {}).get(name)
    if str(value) != expected:
        yield _breach(batch, f"{where}.{name}", repr(expected), shown(value))


@oracle("MULTI-FILE-001")
def file_reaches_its_member(batch: Exchange, position: int, size: int) -> Iterator[Breach]:
    """A file part that is named by number and parameter reaches that member."""
    found = slot(batch, position).result
    said = found.value.get("uploadedFileSize") if found and _is_object(found) else None
    if said is None or str(said).partition(".")[0] != str(size):
        actual = shown(said) if said is not None else _what(slot(batch, position))
        yield _breach(batch, f"$[{position - 1}].uploadedFileSize", str(size), actual)


def _same(baseline: Exchange, variant: Exchange, view: View, guise: str) -> Iterator[Breach]:
    """A breach for each place where the slot departs from the call alone."""
    if not readable(baseline):
        return
    if isinstance(variant.answer, Malformed):
        expected = "what the call alone answers"
        yield _breach(variant, "$", expected, variant.answer.reason)
        return
    for difference in islice(differences(baseline, variant, view), SHOWN):
        yield Breach(
            where=difference.where,
            expected=difference.first,
            actual=difference.second,
            hint=f"{guise} differs from the call alone",
            exchanges=(baseline.number, variant.number),
        )


def _echoes(batch: Exchange, position: int, expected: str) -> Iterator[Breach]:
    said = echo_of(slot(batch, position))
    if said != expected:
        actual = shown(said) if said is not None else _what(slot(batch, position))
        yield _breach(batch, f"$[{position - 1}]", repr(expected), actual)


def _stands_for_nothing(batch: Exchange, position: int) -> Iterator[Breach]:
    """The member got nothing or the reference itself as its id, and says that there is no such."""
    found = slot(batch, position)
    said = echo_of(found)
    if not isinstance(found.answer, ApiError):
        yield _breach(batch, f"$[{position - 1}]", "the member's own error", _what(found))
    elif said and not said.startswith("{"):
        yield _breach(batch, f"$[{position - 1}]", "an empty id, or the reference", repr(said))


def _session_of(batch: Exchange, position: int, name: str, expected: str) -> Iterator[Breach]:
    found = slot(batch, position)
    if not _is_object(found.result):
        where = f"$[{position - 1}]"
        yield _breach(batch, where, f"the session with {name} {expected!r}", _what(found))
        return
    said = str((found.result.value if found.result else {}).get(name) or "")
    if said.casefold() != expected.casefold():
        yield _breach(batch, f"$[{position - 1}].{name}", repr(expected), repr(said))


def _count(batch: Exchange, expected: int) -> Iterator[Breach]:
    held = slots(batch)
    if held is None or len(held) != expected:
        actual = _what(batch) if held is None else f"{len(held)} items"
        yield _breach(batch, "$", f"{expected} items", actual)


def _is_object(result: Result | None) -> bool:
    return result is not None and isinstance(result.value, Mapping)


def _what(exchange: Exchange) -> str:
    """An answer in a few words."""
    answer = exchange.answer
    if isinstance(answer, ApiError):
        return answer.code
    if isinstance(answer, Result):
        return f"a result: {shown(answer.value)}"
    if isinstance(answer, Malformed):
        return answer.reason
    return f"{type(answer).__name__} (HTTP {exchange.response.status})"


def _breach(exchange: Exchange, where: str, expected: str, actual: str) -> Breach:
    return Breach(where, expected, actual, exchanges=(exchange.number,))
