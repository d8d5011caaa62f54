"""A near miss breaks one rule, and the error that its label names is the one that comes."""

from __future__ import annotations

from fnmatch import fnmatchcase
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from conformance.generation.near_misses import NearMisses
from conformance.generation.spots import DECODED, Rule
from conformance.reference.application import Application
from conformance.reference.message import HttpRequest
from conformance.schema.lineage import Lineage
from conformance.schema.reader import parse_schema
from conformance.wire.ks import build_v2
from conformance.wire.multipart import multipart_body
from conformance.wire.request import Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.generation.near_misses import NearMiss

SCHEMA = parse_schema(
    files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes(), "own"
)
LINEAGE = Lineage(SCHEMA)
MISSES = NearMisses(SCHEMA, LINEAGE)
ACTIONS = {action.id: action for action in SCHEMA.actions}
REMAPPED = frozenset({"user.login", "user.resetPassword"})


@pytest.fixture(scope="module")
def ask() -> Callable[[NearMiss], dict[str, Any]]:
    """Asks the embedded server, without a socket, as its first account's admin."""
    application = Application(SCHEMA, clock=lambda: 1_700_000_000.0, rng=Random(1))
    partner = application.accounts[-1]
    ks = build_v2(
        partner_id=partner.id,
        secret=partner.admin_secret,
        user_id="tester",
        type=2,
        expires_at=1_700_009_000,
        privileges="disableentitlement",
    )

    def asked(miss: NearMiss) -> dict[str, Any]:
        service, _, action = miss.action.partition(".")
        body = msgspec.json.encode({"format": 1, "ks": ks, **miss.params})
        kind = "application/json"
        if miss.files:
            uploads = {name: Upload("a.txt", b"text", "text/plain") for name in miss.files}
            kind, body = multipart_body([("json", body.decode())], uploads)
        request = HttpRequest(
            "POST",
            f"/api_v3/service/{service}/action/{action}",
            headers=(("content-type", kind),),
            body=body,
        )
        answer = msgspec.json.decode(application.handle(request).body)
        return answer if isinstance(answer, dict) else {"code": None, "answer": answer}

    return asked


def labelled(miss: NearMiss, answer: dict[str, Any]) -> list[str]:
    """How an answer departs from what the label of a near miss says."""
    code = str(answer.get("code"))
    if not any(fnmatchcase(code, pattern) for pattern in miss.codes):
        return [f"{miss.action} {miss.where} ({miss.rule}): {code}, not {miss.codes}"]
    said = answer.get("args") or {}
    return [
        f"{miss.action} {miss.where}: {name} is {said.get(name)!r}, not {value!r}"
        for name, value in miss.args.items()
        if said.get(name) != value
    ]


@pytest.mark.parametrize("inside", [False, True])
def test_every_plain_near_miss_gets_its_error(
    ask: Callable[[NearMiss], dict[str, Any]], *, inside: bool
) -> None:
    """Over every action: the decoding rules are the same for all."""
    random = Random(11)

    found = [
        complaint
        for action in SCHEMA.actions
        if MISSES.possible(action)
        for _ in range(4)
        for miss in [MISSES.plain(action, random, inside=inside)]
        for complaint in labelled(miss, ask(miss))
    ]

    assert found == []


def test_every_drawn_near_miss_gets_its_error(ask: Callable[[NearMiss], dict[str, Any]]) -> None:
    """Inside whole drawn calls the one broken rule is still the one that is noticed."""
    for action in SCHEMA.actions:
        if not MISSES.possible(action):
            continue

        @settings(
            max_examples=4,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(MISSES.strategy(action))
        def holds(miss: NearMiss) -> None:
            assert labelled(miss, ask(miss)) == []

        holds()


def test_nothing_after_the_wrong_thing_is_given() -> None:
    """A server that does not see what is wrong misses the next parameter, and does nothing."""
    action = ACTIONS["media.update"]
    random = Random(3)

    for _ in range(40):
        miss = MISSES.plain(action, random)
        if miss.parameter == "entryId":
            assert "mediaEntry" not in miss.params


@pytest.mark.parametrize("rule", sorted(DECODED))
def test_every_rule_is_broken_somewhere(rule: Rule) -> None:
    """None of the rules is only a word."""
    wanted = frozenset({rule})
    possible = [a for a in SCHEMA.actions if MISSES.possible(a, wanted)]

    assert possible
    assert {MISSES.plain(a, Random(1), wanted).rule for a in possible} == {rule}


def test_rules_of_the_body_are_labelled_as_well(ask: Callable[[NearMiss], dict[str, Any]]) -> None:
    """A read-only property on add, an insert-only one on update, an id of nothing."""
    random = Random(2)
    read_only = MISSES.plain(ACTIONS["category.add"], random, frozenset({Rule.READ_ONLY}))
    unknown = MISSES.plain(ACTIONS["media.get"], random, frozenset({Rule.UNKNOWN_REFERENCE}))

    assert labelled(read_only, ask(read_only)) == []
    assert labelled(unknown, ask(unknown)) == []
    assert not MISSES.possible(ACTIONS["media.list"], frozenset({Rule.INSERT_ONLY}))
    assert MISSES.possible(ACTIONS["media.update"], frozenset({Rule.INSERT_ONLY}))


def test_a_stale_schema_spares_the_classes_of_other_plugins() -> None:
    """A server without the plugin reads such an object as one of the declared class."""
    stale = NearMisses(SCHEMA, LINEAGE, stale=True)
    random = Random(8)
    action = ACTIONS["baseentry.add"]
    wanted = frozenset({Rule.FOREIGN_ENUM_VALUE, Rule.CONTROL_CHARACTER})

    sent = {
        str(miss.params["entry"]["objectType"])
        for miss in (stale.plain(action, random, wanted, inside=True) for _ in range(300))
        if isinstance(miss.params.get("entry"), dict)
    }

    assert {SCHEMA.classes[name].plugin for name in sent} == {None}


def test_an_action_without_parameters_cannot_be_missed() -> None:
    """What is impossible is said."""
    with pytest.raises(LookupError):
        MISSES.strategy(ACTIONS["system.ping"])
    with pytest.raises(LookupError):
        MISSES.plain(ACTIONS["system.ping"], Random(1))
