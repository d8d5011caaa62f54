"""What a breach says becomes a condition that the answers it was seen in break."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import pytest

from conformance.plugin.conditions import conditions
from conformance.plugin.staging import holds
from conformance.verdict.breach import Breach
from conformance.wire.exchange import Exchange
from conformance.wire.ks import build_v1, build_v2

Build = Callable[..., Exchange]
SECRET = "0123456789abcdef0123456789abcdef"
USERS_SECRET = "fedcba9876543210fedcba9876543210"
ERROR = {"objectType": "KalturaAPIException", "message": "No such thing", "code": "NO_THING"}


@pytest.mark.parametrize(
    ("breach", "wanted"),
    [
        (Breach("$.name", "'a'", "'b'"), "same(at(r1, \"$.name\"), 'a')"),
        (Breach("$.name", "'a'", "absent"), 'at(r1, "$.other") is not None'),
        (Breach("$.size", "3 or more", "2"), 'number(at(r1, "$.size")) >= number(3)'),
        (Breach("HTTP status", "500", "200"), "r1.status == 500"),
        (Breach("$", "THING_NOT_FOUND", "a result: {…"), 'r1.error == "THING_NOT_FOUND"'),
    ],
)
def test_a_breach_becomes_a_plain_condition(breach: Breach, wanted: str, exchange: Build) -> None:
    """The plainest that fits comes first, where the answer holds what the oracle saw."""
    seen = exchange(1, "get", {"id": "0_abcdefgh", "name": "b", "size": 2})
    if breach.actual == "absent":
        breach = Breach("$.other", "'a'", "absent")

    assert wanted in list(conditions(breach, [seen], {1: "r1"}, repr))[:3]


def program() -> dict[str, Any]:
    """The names that every program may have."""
    files = resources.files("conformance.plugin") / "files"
    names: dict[str, Any] = {"__name__": "reproduce"}
    text = (files / "reproduce.py.txt").read_text("utf-8")
    helpers = (files / "reproduce_helpers.py.txt").read_text("utf-8")
    text = text.replace("@HELPERS@", f"{helpers}\n\n").replace("@PHP@", "")
    for hole, value in (("@TRIES@", "1"), ("@VERIFY@", "True"), ("@CALLS@", "        pass")):
        text = text.replace(hole, value)
    text = text.replace("@CLAIM@", "True").replace("@STORY@", "''").replace("@USER@", "''")
    exec(compile(text, "reproduce.py", "exec"), names)  # noqa: S102 - our own text
    return {**names, "ADMIN_SECRET": SECRET, "USER_SECRET": USERS_SECRET}


NAMES = program()


def answers(*exchanges: Exchange) -> dict[str, Any]:
    """A program's names for these answers, each on its way for the second of its number."""
    made = {
        f"r{each.number}": NAMES["Answer"](
            each.response.status, {}, each.response.body, (each.number, each.number + 0.5)
        )
        for each in exchanges
    }
    return {**NAMES, **made}


def told(breach: Breach, *exchanges: Exchange) -> list[str]:
    """The conditions on them."""
    named = {each.number: f"r{each.number}" for each in exchanges}
    return list(conditions(breach, exchanges, named, repr))


def ks(build: Callable[..., str] = build_v2, seconds: int = 600, **said: Any) -> str:
    """One of the account's."""
    wanted = {"partner_id": 102, "secret": SECRET, "privileges": "edit:1,sview", **said}
    return build(expires_at=int(time.time()) + seconds, **wanted)


def pairs() -> dict[str, tuple[Breach, Any, Any]]:
    """By what is wrong: the breach, what was seen, and what a sound server answers at this time."""
    return {
        "an error's arguments are named otherwise": (
            Breach("$.args", "ID", "id"),
            {**ERROR, "args": {"id": "7"}},
            {**ERROR, "args": {"ID": "7"}},
        ),
        "an error's message keeps its placeholder": (
            Breach("$.message", "No thing 7", "No thing @ID@"),
            {**ERROR, "message": "No thing @ID@", "args": {"ID": "7"}},
            {**ERROR, "message": "No thing 7", "args": {"ID": "7"}},
        ),
        "a member of a batch fails": (
            Breach("$[1]", "the session with userId 'me'", "NO_THING"),
            [{}, ERROR],
            [{}, {"userId": "me"}],
        ),
        "a reference stands for another item": (
            Breach("$[1]", "'first'", "'second'"),
            [{"objects": [{"id": "first"}, {"id": "second"}]}, {**ERROR, "args": {"ID": "second"}}],
            [{"objects": [{"id": "first"}, {"id": "second"}]}, {**ERROR, "args": {"ID": "first"}}],
        ),
        "a session of version 2 lasts too long": (
            Breach("$ (expiry)", "600 seconds from now", "86400 seconds from now"),
            ks(seconds=86400),
            ks(),
        ),
        "a session of version 1 lasts too long": (
            Breach("$ (expiry)", "600 seconds from now", "86400 seconds from now"),
            ks(build_v1, seconds=86400),
            ks(build_v1),
        ),
        "a session may last less long": (
            Breach("$ (expiry)", "600 seconds from now or before", "86400 seconds from now"),
            ks(seconds=86400),
            ks(seconds=60),
        ),
        "a session is of another type": (
            Breach("$.ks (type)", "0: a user's", "2"),
            {"ks": ks(type=2)},
            {"ks": ks(type=0, secret=USERS_SECRET)},
        ),
        "a session lost a privilege": (
            Breach("$ (privileges)", "edit:1,sview", "'edit:1'"),
            ks(privileges="edit:1"),
            ks(),
        ),
        "a session is signed with another secret": (
            Breach("$", "a KS signed with the account's secret", "the KS is not of the secret"),
            ks(secret="another"),
            ks(),
        ),
    }


@pytest.mark.parametrize("wrong", pairs())
def test_a_condition_is_broken_by_what_was_seen_alone(wrong: str, exchange: Build) -> None:
    """And kept by what a sound server answers."""
    breach, seen, sound = pairs()[wrong]
    bad, good = exchange(1, "get", seen), exchange(1, "get", sound)

    claims = told(breach, bad)

    assert any(
        holds(each, answers(bad)) is False and holds(each, answers(good)) for each in claims
    ), claims


def test_served_bytes_are_told_by_their_digest(exchange: Build) -> None:
    """Their text is too long for a condition."""
    bad, good = exchange(1, "serve", "b"), exchange(1, "serve", "a")
    digests = [NAMES["digest"](answers(each)["r1"])[:12] for each in (good, bad)]
    wanted, held = (f"3 bytes, sha256 {digest}: b'…'" for digest in digests)

    claims = told(Breach("$", wanted, held), bad)

    assert any(
        holds(each, answers(bad)) is False and holds(each, answers(good)) for each in claims
    ), claims


def test_a_file_that_should_not_be_there_is_told_by_its_digest(exchange: Build) -> None:
    """A sound server answers an error, in whatever form."""
    bad, good = exchange(1, "serve", "b"), exchange(1, "serve", ERROR)
    digest = NAMES["digest"](answers(bad)["r1"])[:12]

    claims = told(Breach("$", "no file", f"3 bytes, sha256 {digest}: b'…'"), bad)

    assert any(
        holds(each, answers(bad)) is False and holds(each, answers(good)) for each in claims
    ), claims


@pytest.mark.parametrize(
    ("breach", "seen", "sound"),
    [
        (
            Breach("$.totalCount", "at least 1", "0"),
            {"totalCount": 0, "objects": [{"id": 7}]},
            {"totalCount": 1, "objects": [{"id": 7}]},
        ),
        (
            Breach("$.startDate", "3600 seconds from now", "3600", "was it stored as it was sent?"),
            {"startDate": 3600},
            {"startDate": int(time.time()) + 3600},
        ),
    ],
)
def test_a_number_is_held_against_what_is_there(
    breach: Breach, seen: object, sound: object, exchange: Build
) -> None:
    """Another server has other objects, and another time."""
    bad, good = exchange(1, "list", seen), exchange(1, "list", sound)

    assert any(
        holds(each, answers(bad)) is False and holds(each, answers(good))
        for each in told(breach, bad)
    )


def test_an_element_that_is_owed_is_looked_for(exchange: Build) -> None:
    """In the text: a program reads of a document no more than its result."""
    bad = exchange(1, "list", "<xml><result/></xml>")
    good = exchange(1, "list", "<xml><result/><executionTime>0</executionTime></xml>")

    claims = told(Breach("/", "xml with result and executionTime", "xml with result"), bad)

    assert any(
        holds(each, answers(bad)) is False and holds(each, answers(good)) for each in claims
    ), claims


def test_an_update_moves_a_time_on(exchange: Build) -> None:
    """From what was answered before it, whenever that is."""
    calls = [exchange(place, "get", {"updatedAt": at}) for place, at in ((1, 50), (2, 50))]
    moved = [exchange(place, "get", {"updatedAt": at}) for place, at in ((1, 70), (2, 71))]

    claims = told(Breach("$.updatedAt", "later than 50", "50"), *calls)

    assert any(
        holds(each, answers(*calls)) is False and holds(each, answers(*moved)) for each in claims
    ), claims


@pytest.mark.parametrize(
    ("value", "holds_it"), [("first", False), ("second", True), ("before all", False)]
)
def test_a_read_after_a_write_shows_that_or_a_later_one(
    value: str, *, holds_it: bool, exchange: Build
) -> None:
    """The first write ended before the second began, so it was over when the get was made."""

    def wrote(number: int, text: str) -> Exchange:
        entry: Mapping[str, str] = {"description": text}
        return exchange(number, "update", {"id": 1}, baseEntry=entry)

    calls = (wrote(1, "first"), wrote(2, "second"), exchange(3, "get", {"description": value}))
    expected = "the value of one of the last updates, the same in every get"

    first, *_ = told(Breach("$.description", expected, repr(value)), *calls)

    assert first.startswith("not outdated([r3]")
    assert holds(first, answers(*calls)) is holds_it


@pytest.mark.parametrize(
    ("expected", "seen", "sound"),
    [
        ("a1/7 once", (("a1", 7), ("a1", 7)), (("a1", 7), ("b2", 7))),
        ("b2 on one of the pages", (("a1", 7), ("c3", 7)), (("a1", 7), ("b2", 7))),
    ],
)
def test_an_object_stands_on_one_page(
    expected: str,
    seen: tuple[tuple[str, int], ...],
    sound: tuple[tuple[str, int], ...],
    exchange: Build,
) -> None:
    """By its id, or by both parts of one that has two."""

    def pages(told: tuple[tuple[str, int], ...]) -> list[Exchange]:
        return [
            exchange(place, "list", {"objects": [{"entryId": one, "categoryId": other}]})
            for place, (one, other) in enumerate(told, 1)
        ]

    first, *_ = told(Breach("$.objects", expected, "again or on none"), *pages(seen))

    assert holds(first, answers(*pages(seen))) is False
    assert holds(first, answers(*pages(sound))) is True
