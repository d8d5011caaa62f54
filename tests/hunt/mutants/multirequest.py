"""Faults of multirequests and response profiles."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.hunt.codec import Opaque, calls_of, document, encoded
from tests.hunt.message import entities, is_error
from tests.hunt.mutant import around, asking, before, bytewise

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hunt.message import Call, HttpRequest
    from tests.hunt.mutant import Exchange
    from tests.hunt.world import World

TOKEN = re.compile(r"\{(\d+):result([^}]*)\}")


def slots(exchange: Exchange, change: Callable[[list[Any]], Any]) -> None:
    """Change the list of answers of a multirequest."""
    if not exchange.calls or exchange.calls[0].slot is None:
        return
    try:
        read = document(exchange.answer.body)
    except Opaque:
        return
    if isinstance(read.value, list):
        was = json.dumps(read.value)
        read.value = change(read.value)
        if json.dumps(read.value) != was:
            exchange.answer.body = read.bytes()


@bytewise(narrow=False)
def slots_are_reversed(exchange: Exchange, _world: World) -> None:
    """Answers come in reverse order."""
    slots(exchange, lambda found: found[::-1])


@bytewise(narrow=False)
def the_last_slot_is_missing(exchange: Exchange, _world: World) -> None:
    """The last answer is missing."""
    slots(exchange, lambda found: found[:-1] if len(found) > 1 else found)


@bytewise(narrow=False)
def the_first_slot_is_twice(exchange: Exchange, _world: World) -> None:
    """The first answer comes twice."""
    slots(exchange, lambda found: [*found[:1], *found])


@bytewise(narrow=False)
def the_first_error_ends_it(exchange: Exchange, _world: World) -> None:
    """Nothing is answered after the first error."""

    def cut(found: list[Any]) -> list[Any]:
        ends = [i for i, each in enumerate(found) if is_error(each)]
        return found[: ends[0] + 1] if ends else found

    slots(exchange, cut)


@bytewise(narrow=False)
def an_error_is_the_whole_answer(exchange: Exchange, _world: World) -> None:
    """One error is the answer to the whole request."""

    def first(found: list[Any]) -> Any:
        return next((each for each in found if is_error(each)), found)

    slots(exchange, first)


@bytewise(narrow=False)
def errors_in_slots_are_null(exchange: Exchange, _world: World) -> None:
    """Errors in slots are null."""
    slots(exchange, lambda found: [None if is_error(each) else each for each in found])


@bytewise(narrow=False)
def void_slots_are_dropped(exchange: Exchange, _world: World) -> None:
    """Void answers take no slot."""
    slots(exchange, lambda found: [e for e in found if e not in (None, "")] or found)


@bytewise(narrow=False)
def slots_are_keyed(exchange: Exchange, _world: World) -> None:
    """Answers come keyed by number."""
    slots(exchange, lambda found: {f"r{i}": each for i, each in enumerate(found, 1)})


@bytewise(narrow=False)
def slots_are_in_envelopes(exchange: Exchange, _world: World) -> None:
    """Each answer comes in an envelope."""
    slots(exchange, lambda found: [{"result": each} for each in found])


@bytewise(narrow=False)
def one_answer_has_no_list(exchange: Exchange, _world: World) -> None:
    """The answer to a single member is not in a list."""
    slots(exchange, lambda found: found[0] if len(found) == 1 else found)


@bytewise(narrow=False)
def slots_are_shifted(exchange: Exchange, _world: World) -> None:
    """Answers are one slot off."""
    slots(exchange, lambda found: [*found[-1:], *found[:-1]])


@bytewise(narrow=False)
def empty_multirequests_are_null(exchange: Exchange, _world: World) -> None:
    """A multirequest without members answers null."""
    if exchange.answer.body == b"[]":
        exchange.answer.body = b"null"


def tokens(node: Any, change: Callable[[re.Match[str]], str]) -> None:
    """Change the references in a member, in place."""
    keys: Any = (
        list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    )
    for key in keys:
        if isinstance(node[key], str):
            node[key] = TOKEN.sub(change, node[key])
        else:
            tokens(node[key], change)


@asking("*")
def references_are_not_resolved(call: Call, _world: World) -> None:
    """References to other answers are not resolved."""
    if call.slot is not None:
        tokens(call.params, lambda m: f"{m[0][1:-1]}")


@asking("*")
def references_are_one_off(call: Call, _world: World) -> None:
    """References point to the answer after."""
    if call.slot is not None:
        tokens(call.params, lambda m: f"{{{int(m[1]) + 1}:result{m[2]}}}")


@asking("*")
def references_are_always_to_the_first(call: Call, _world: World) -> None:
    """References always point to the first answer."""
    if call.slot is not None:
        tokens(call.params, lambda m: f"{{1:result{m[2]}}}")


@asking("*")
def references_into_lists_fail(call: Call, _world: World) -> None:
    """References into lists are not resolved."""
    if call.slot is not None:
        tokens(call.params, lambda m: "" if ":objects" in m[2] else m[0])


@asking("*")
def nested_references_are_not_resolved(call: Call, _world: World) -> None:
    """References inside objects are not resolved."""
    if call.slot is not None:
        for each in call.params.values():
            if isinstance(each, dict | list):
                tokens(each, lambda m: m[0][1:-1])


@asking("*")
def references_lose_their_surroundings(call: Call, _world: World) -> None:
    """Text around a reference is lost."""

    def bare(node: Any) -> None:
        for key in list(node) if isinstance(node, dict) else []:
            if isinstance(node[key], str) and (found := TOKEN.search(node[key])):
                node[key] = found[0]
            else:
                bare(node[key])

    if call.slot is not None:
        bare(call.params)


@asking("*")
def the_common_session_is_not_inherited(call: Call, _world: World) -> None:
    """Members do not inherit the session."""
    if call.slot is not None and "ks" not in call.params:
        call.params["ks"] = ""


@asking("*")
def the_common_session_wins(call: Call, _world: World) -> None:
    """The common session wins over a member's."""
    if call.slot is not None and call.outer.get("ks"):
        call.params.pop("ks", None)


@before("*")
def only_ten_members_run(request: HttpRequest, world: World) -> HttpRequest | None:
    """Only the first two members are run."""
    calls, outer = calls_of(request, world.schema)
    if len(calls) <= 2:
        return None
    for call in calls[2:]:
        outer.pop(str(call.slot))
    return encoded(request, calls[:2], outer)


@before("*")
def members_run_in_reverse(request: HttpRequest, world: World) -> HttpRequest | None:
    """Members are run in reverse order."""
    calls, outer = calls_of(request, world.schema)
    if len(calls) < 2:
        return None
    names = [call.slot for call in calls]
    for call, slot in zip(calls, reversed(names), strict=True):
        call.slot = slot
    return encoded(request, calls, outer)


@before("*")
def gaps_are_skipped(request: HttpRequest, world: World) -> HttpRequest | None:
    """Members after a gap in the numbering are run too."""
    calls, outer = calls_of(request, world.schema)
    members = [outer[k] for k in sorted((k for k in outer if k.isdigit()), key=int)]
    whole = [m for m in members if isinstance(m, dict) and "service" in m and "action" in m]
    if str(outer.get("service", "")).lower() != "multirequest" or len(whole) == len(calls):
        return None
    kept = {k: v for k, v in outer.items() if not k.isdigit()}
    kept |= {str(i): m for i, m in enumerate(whole, 1)}
    body = json.dumps(kept).encode()
    drop = ("content-type", "content-length")
    headers = [(k, v) for k, v in request.headers if k.lower() not in drop]
    headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    changed = type(request)("POST", "/api_v3/service/multirequest", headers, body)
    return changed if calls else None


PROFILED = ("get", "list", "add", "update")


@asking(*PROFILED)
def response_profiles_are_ignored(call: Call, _world: World) -> None:
    """A response profile is ignored."""
    call.params.pop("responseProfile", None)


def inline(call: Call) -> dict[str, Any]:
    """The response profile of a call; empty where there is none."""
    found = call.params.get("responseProfile")
    return found if isinstance(found, dict) else {}


@asking(*PROFILED)
def profiles_exclude_what_they_include(call: Call, _world: World) -> None:
    """A profile's fields are excluded where they should be included, and the other way round."""
    if inline(call).get("type") is not None:
        inline(call)["type"] = 2 if str(inline(call)["type"]) == "1" else 1


@asking(*PROFILED)
def profiles_know_one_field(call: Call, _world: World) -> None:
    """Only the first field of a profile counts."""
    if inline(call).get("fields"):
        inline(call)["fields"] = str(inline(call)["fields"]).split(",")[0]


@asking(*PROFILED)
def related_profiles_are_ignored(call: Call, _world: World) -> None:
    """Related profiles are ignored."""
    inline(call).pop("relatedProfiles", None)


@around(*PROFILED)
def profiles_hide_the_type(call: Call, _world: World) -> Any:
    """With a profile objects have no objectType."""
    profiled = bool(inline(call))
    value = yield
    for found in entities(value) if profiled else []:
        found.pop("objectType", None)
    return value


@around(*PROFILED)
def unknown_profiles_are_errors(call: Call, world: World) -> Any:
    """An unknown stored profile is an error."""
    named = inline(call).get("systemName") or inline(call).get("id")
    value = yield
    if named and not is_error(value) and len(value if isinstance(value, dict) else {}) > 6:
        return world.error("RESPONSE_PROFILE_ID_NOT_FOUND", ID=str(named))
    return value


@asking(*PROFILED)
def stored_profiles_are_ignored(call: Call, _world: World) -> None:
    """A stored response profile is ignored; an inline one is not."""
    if inline(call).get("systemName") or inline(call).get("id"):
        call.params.pop("responseProfile")
