"""Faults of batches: places, references, and what members have from their batch."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.reference.errors import ApiFault, is_error
from conformance.reference.faults.registry import fault
from conformance.reference.rendering import JSON, format_of
from conformance.reference.request import group
from conformance.reference.session import ANONYMOUS, Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import Body, HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.world import World

    Params = dict[str, Any]
    Rewrite = Callable[[Params], Params]
    Texts = Callable[[str, int], str]

NAME = "multirequest"
DAY = 86_400
AT_MOST = 50
TOKEN = re.compile(r"\{(\d+):result")


@fault("MULTI-SHAPE-001")
def last_answer_is_lost(behaviour: Behaviour) -> Behaviour:
    """A batch answers all members but the last."""
    return _answering(behaviour, lambda _invocation, found: found[:-1])


@fault("MULTI-ORDER-001")
def last_two_answers_change_places(behaviour: Behaviour) -> Behaviour:
    """The last two answers of a batch stand in each other's place."""
    return _answering(behaviour, lambda _invocation, found: found[:-2] + found[:-3:-1])


@fault("MULTI-FAIL-001")
def first_failure_stops_the_batch(behaviour: Behaviour) -> Behaviour:
    """After the first failing member, all others answer nothing."""

    def change(_invocation: Invocation, found: list[Any]) -> list[Any]:
        failed = next((place for place, each in enumerate(found) if is_error(each)), len(found))
        return found[: failed + 1] + [None] * (len(found) - failed - 1)

    return _answering(behaviour, change)


@fault("MULTI-SAME-001")
def errors_of_members_are_shortened(behaviour: Behaviour) -> Behaviour:
    """The error of a member says less than that of the call alone."""

    def change(_invocation: Invocation, found: list[Any]) -> list[Any]:
        return [{**each, "message": each["code"]} if is_error(each) else each for each in found]

    return _answering(behaviour, change)


@fault("MULTI-SAME-002")
def third_member_has_the_seconds_answer(behaviour: Behaviour) -> Behaviour:
    """The third of several members is answered as the second one."""
    return _answering(behaviour, lambda _invocation, found: found[:2] + found[1:2] + found[3:])


@fault("MULTI-ENC-001")
def forms_lose_nested_parameters(behaviour: Behaviour) -> Behaviour:
    """In a batch that is no JSON body, members lose all parameters."""

    def change(invocation: Invocation) -> Params:
        if invocation.http.header("content-type").strip().lower() == "application/json":
            return invocation.params
        return _each_member(invocation.params, lambda member, _number: _names_of(member))

    return _reading(behaviour, change)


@fault("MULTI-FORMAT-001")
def errors_vanish_outside_json(behaviour: Behaviour) -> Behaviour:
    """In every format but JSON, failed members are answered by nothing."""

    def change(invocation: Invocation, found: list[Any]) -> list[Any]:
        if format_of(invocation) == JSON:
            return found
        return [None if is_error(each) else each for each in found]

    return _answering(behaviour, change)


@fault("MULTI-URL-001")
def batch_needs_the_short_path(behaviour: Behaviour) -> Behaviour:
    """Under index.php there are no batches."""
    sound = behaviour.read_request

    def read(request: HttpRequest) -> Invocation:
        invocation = sound(request)
        if _is_batch(invocation) and "index.php" in request.path:
            return structs.replace(invocation, service="multirequests")
        return invocation

    return replace(behaviour, read_request=read)


@fault("MULTI-TYPE-001")
def objects_of_members_have_no_type(behaviour: Behaviour) -> Behaviour:
    """Objects in a batch do not name their class."""

    def change(_invocation: Invocation, found: list[Any]) -> list[Any]:
        return [
            {key: value for key, value in each.items() if key != "objectType"}
            if isinstance(each, dict) and not is_error(each)
            else each
            for each in found
        ]

    return _answering(behaviour, change)


@fault("MULTI-REF-001")
def references_stay_text(behaviour: Behaviour) -> Behaviour:
    """References are not filled in."""
    return _saying(behaviour, lambda text, _number: TOKEN.sub(r"{\1:outcome", text))


@fault("MULTI-REF-002")
def items_are_counted_from_1(behaviour: Behaviour) -> Behaviour:
    """The item 0 of an array is the one after the first."""
    return _saying(behaviour, lambda text, _number: text.replace(":objects:0:", ":objects:1:"))


@fault("MULTI-REF-003")
def text_around_references_is_lost(behaviour: Behaviour) -> Behaviour:
    """Of a text with a reference only the reference is left."""
    return _saying(
        behaviour, lambda text, _number: re.sub(r"^.*(\{\d+:result[^}]*\}).*$", r"\1", text)
    )


@fault("MULTI-REF-004")
def dependants_of_a_failed_member_are_dropped(behaviour: Behaviour) -> Behaviour:
    """A member that refers to a failed one has no answer."""

    def change(invocation: Invocation, found: list[Any]) -> list[Any]:
        failed = {str(place) for place, each in enumerate(found, 1) if is_error(each)}
        members = _members(invocation.params)
        return [
            each
            for each, (_number, member) in zip(found, members, strict=False)
            if failed.isdisjoint(TOKEN.findall(str(member)))
        ]

    return _answering(behaviour, change)


@fault("MULTI-REF-005")
def later_references_have_a_value(behaviour: Behaviour) -> Behaviour:
    """A reference to a later member stands for its number."""

    def say(text: str, number: int) -> str:
        found = TOKEN.search(text)
        return found[1] if found and int(found[1]) >= number else text

    return _saying(behaviour, say)


@fault("MULTI-REF-006")
def references_count_members_numbers(behaviour: Behaviour) -> Behaviour:
    """In a batch that begins with 0, references count from 0 as well."""

    def change(invocation: Invocation) -> Params:
        if "0" not in invocation.params:
            return invocation.params
        return _each_text(
            invocation.params,
            lambda text, _number: TOKEN.sub(lambda m: f"{{{int(m[1]) + 1}:result", text),
        )

    return _reading(behaviour, change)


@fault("MULTI-REF-007")
def all_is_the_first(behaviour: Behaviour) -> Behaviour:
    """A reference to one property of all items is that of the first."""
    return _saying(behaviour, lambda text, _number: text.replace(":_all:", ":0:"))


@fault("MULTI-REF-008")
def session_of_a_member_is_no_reference(behaviour: Behaviour) -> Behaviour:
    """A reference in a member's KS is dropped with the KS."""

    def rewrite(member: Params, _number: int) -> Params:
        is_reference = TOKEN.search(str(member.get("ks", ""))) is not None
        return {k: v for k, v in member.items() if not (is_reference and k == "ks")}

    return _reading(behaviour, lambda invocation: _each_member(invocation.params, rewrite))


@fault("MULTI-REF-009")
def references_are_one_too_low(behaviour: Behaviour) -> Behaviour:
    """A reference to any but the first result is one to the result before."""

    def lower(match: re.Match[str]) -> str:
        return f"{{{max(1, int(match[1]) - 1)}:result"

    return _saying(behaviour, lambda text, _number: TOKEN.sub(lower, text))


@fault("MULTI-REF-010")
def references_in_objects_stay_text(behaviour: Behaviour) -> Behaviour:
    """References inside a member's objects are not filled in."""

    def rewrite(value: Any, *, inside: bool) -> Any:
        if isinstance(value, dict):
            return {key: rewrite(each, inside=True) for key, each in value.items()}
        if isinstance(value, str) and inside:
            return TOKEN.sub(r"{\1:outcome", value)
        return value

    def change(member: Params, _number: int) -> Params:
        nested = group(member)
        return {key: rewrite(value, inside=False) for key, value in nested.items()}

    return _reading(behaviour, lambda invocation: _each_member(invocation.params, change))


@fault("MULTI-NUM-001")
def member_0_is_left_out(behaviour: Behaviour) -> Behaviour:
    """Batches begin with 1."""
    return _reading(
        behaviour, lambda invocation: {k: v for k, v in invocation.params.items() if k != "0"}
    )


@fault("MULTI-NUM-002")
def gaps_are_closed(behaviour: Behaviour) -> Behaviour:
    """Members after a gap move up."""
    return _reading(behaviour, lambda invocation: _renumbered(invocation.params, lambda _m: True))


@fault("MULTI-NUM-003")
def nameless_members_are_passed_over(behaviour: Behaviour) -> Behaviour:
    """Members without a service or an action are left out, and the next ones move up."""

    def has_names(member: Params) -> bool:
        return bool(member.get("service") and member.get("action"))

    return _reading(behaviour, lambda invocation: _renumbered(invocation.params, has_names))


@fault("MULTI-KS-001")
def session_is_the_first_members(behaviour: Behaviour) -> Behaviour:
    """The batch's KS is the first member's only."""

    def change(invocation: Invocation) -> Params:
        common = invocation.params.get("ks", "")

        def rewrite(member: Params, number: int) -> Params:
            return {"ks": common if number == 1 else "", **member}

        return _each_member(invocation.params, rewrite)

    return _reading(behaviour, change)


@fault("MULTI-KS-002")
def session_of_a_member_is_ignored(behaviour: Behaviour) -> Behaviour:
    """A member's own KS is ignored where the batch has one."""

    def change(invocation: Invocation) -> Params:
        has_one = bool(invocation.params.get("ks"))

        def rewrite(member: Params, _number: int) -> Params:
            return {k: v for k, v in member.items() if not (has_one and k == "ks")}

        return _each_member(invocation.params, rewrite)

    return _reading(behaviour, change)


@fault("MULTI-KS-003")
def forged_session_in_a_batch_is_none(behaviour: Behaviour) -> Behaviour:
    """In a batch, a forged KS counts as none."""
    sound = behaviour.authenticate

    def authenticate(world: World, invocation: Invocation) -> Session:
        try:
            return sound(world, invocation)
        except ApiFault:
            if not invocation.in_multirequest:
                raise
            return ANONYMOUS

    return replace(behaviour, authenticate=authenticate)


@fault("MULTI-KS-004")
def batch_without_a_session_is_an_admins(behaviour: Behaviour) -> Behaviour:
    """In a batch, who has no KS is an admin."""
    sound = behaviour.authenticate

    def authenticate(world: World, invocation: Invocation) -> Session:
        session = sound(world, invocation)
        if session.kind != "none" or not invocation.in_multirequest:
            return session
        first = next(iter(world.partners.by_id))
        return Session(kind="admin", partner_id=first, expires=world.now() + DAY)

    return replace(behaviour, authenticate=authenticate)


@fault("MULTI-PARTNER-001")
def account_of_a_batch_is_ignored(behaviour: Behaviour) -> Behaviour:
    """The account beside the members is ignored."""
    return _reading(
        behaviour,
        lambda invocation: {k: v for k, v in invocation.params.items() if k != "partnerId"},
    )


@fault("MULTI-PROFILE-001")
def common_profile_is_every_members(behaviour: Behaviour) -> Behaviour:
    """A response profile beside the members is applied to each of them."""

    def change(invocation: Invocation) -> Params:
        profile = invocation.params.get("responseProfile")
        if profile is None:
            return invocation.params
        return _each_member(invocation.params, lambda m, _n: {"responseProfile": profile, **m})

    return _reading(behaviour, change)


@fault("MULTI-PROFILE-002")
def profile_of_a_member_is_ignored(behaviour: Behaviour) -> Behaviour:
    """A member's response profile is ignored."""

    def rewrite(member: Params, _number: int) -> Params:
        return {k: v for k, v in member.items() if k != "responseProfile"}

    return _reading(behaviour, lambda invocation: _each_member(invocation.params, rewrite))


@fault("MULTI-VOID-001")
def void_members_answer_true(behaviour: Behaviour) -> Behaviour:
    """A member without a result answers true."""
    return _answering(
        behaviour, lambda _invocation, found: [each is None or each for each in found]
    )


@fault("MULTI-NEST-001")
def batches_in_batches_answer_nothing(behaviour: Behaviour) -> Behaviour:
    """A batch in a batch answers an empty list."""

    def change(invocation: Invocation, found: list[Any]) -> list[Any]:
        members = _members(invocation.params)
        return [
            [] if str(member.get("service")).lower() == NAME else each
            for each, (_number, member) in zip(found, members, strict=False)
        ]

    return _answering(behaviour, change)


@fault("MULTI-EMPTY-001")
def empty_batch_is_null(behaviour: Behaviour) -> Behaviour:
    """A batch without members answers null."""
    return _answering(behaviour, lambda _invocation, found: found or None)


@fault("MULTI-SIZE-001")
def long_batches_are_cut(behaviour: Behaviour) -> Behaviour:
    """Of a long batch fifty members are answered."""
    return _answering(behaviour, lambda _invocation, found: found[:AT_MOST])


@fault("MULTI-SEQ-001")
def equal_members_are_asked_once(behaviour: Behaviour) -> Behaviour:
    """A member that was asked before in the same batch has the earlier answer."""

    def change(invocation: Invocation, found: list[Any]) -> list[Any]:
        known: dict[str, Any] = {}
        members = _members(invocation.params)
        return [
            known.setdefault(repr(member), each)
            for each, (_number, member) in zip(found, members, strict=False)
        ]

    return _answering(behaviour, change)


@fault("MULTI-LIFE-001")
def references_to_an_add_stay_text(behaviour: Behaviour) -> Behaviour:
    """References to what a member of the same batch added are not filled in."""

    def change(invocation: Invocation) -> Params:
        found = {number for number, member in _members(invocation.params) if _adds(member)}

        def say(match: re.Match[str]) -> str:
            return f"{{{match[1]}:outcome" if int(match[1]) in found else match[0]

        return _each_text(invocation.params, lambda text, _number: TOKEN.sub(say, text))

    return _reading(behaviour, change)


@fault("MULTI-FILE-001")
def files_reach_no_member(behaviour: Behaviour) -> Behaviour:
    """The files of a batch are lost."""
    sound = behaviour.read_request

    def read(request: HttpRequest) -> Invocation:
        invocation = sound(request)
        return structs.replace(invocation, files={}) if _is_batch(invocation) else invocation

    return replace(behaviour, read_request=read)


def _adds(member: Params) -> bool:
    return str(member.get("action", "")).lower() == "add"


def _answering(behaviour: Behaviour, change: Callable[[Invocation, list[Any]], Any]) -> Behaviour:
    """The list that a batch answers, changed before it is written."""
    sound = behaviour.serialise

    def serialise(world: World, invocation: Invocation, value: Any) -> Body:
        if _is_batch(invocation) and isinstance(value, list):
            return sound(world, invocation, change(invocation, deepcopy(value)))
        return sound(world, invocation, value)

    return replace(behaviour, serialise=serialise)


def _reading(behaviour: Behaviour, change: Callable[[Invocation], Params]) -> Behaviour:
    """The parameters of a batch, changed as they are read."""
    sound = behaviour.read_request

    def read(request: HttpRequest) -> Invocation:
        invocation = sound(request)
        if not _is_batch(invocation):
            return invocation
        return structs.replace(invocation, params=change(invocation))

    return replace(behaviour, read_request=read)


def _saying(behaviour: Behaviour, say: Texts) -> Behaviour:
    """The texts of a batch's members, changed as they are read."""
    return _reading(behaviour, lambda invocation: _each_text(invocation.params, say))


def _each_text(params: Params, say: Texts) -> Params:
    def rewrite(value: Any, number: int) -> Any:
        if isinstance(value, dict):
            return {key: rewrite(each, number) for key, each in value.items()}
        return say(value, number) if isinstance(value, str) else value

    return _each_member(params, rewrite)


def _each_member(params: Params, rewrite: Callable[[Params, int], Params]) -> Params:
    changed = {str(number): rewrite(member, number) for number, member in _members(params)}
    return {**params, **changed}


def _renumbered(params: Params, keep: Callable[[Params], bool]) -> Params:
    kept = [member for _number, member in _members(params) if keep(member)]
    common = {key: value for key, value in params.items() if not key.isdigit()}
    return {**common, **{str(number): member for number, member in enumerate(kept, 1)}}


def _members(params: Params) -> list[tuple[int, Params]]:
    """The members with their numbers, in order."""
    numbered = [(int(k), v) for k, v in params.items() if k.isdigit() and isinstance(v, dict)]
    return sorted(numbered, key=lambda pair: pair[0])


def _names_of(member: Params) -> Params:
    return {key: value for key, value in member.items() if key in {"service", "action", "ks"}}


def _is_batch(invocation: Invocation) -> bool:
    return invocation.service.lower() == NAME
