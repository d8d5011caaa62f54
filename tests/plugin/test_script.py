"""What a server or its schema writes stands in a program as text, never as source."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from conformance.plugin.accounts import Account, Accounts
from conformance.plugin.conditions import conditions
from conformance.plugin.provenance import Provenance
from conformance.plugin.script import Facts, Story, Writer
from conformance.verdict.breach import Breach
from conformance.wire.ks import build_v2

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.wire.exchange import Exchange

SECRET = "0123456789abcdef0123456789abcdef"
HOSTILE = "'\"\\\n\"\"\"'''; raise SystemExit(9) #@CLAIM@ $(touch x) `touch x`"
OWN = Account(102, SECRET)


def written(
    *exchanges: Exchange, claim: str = "False", together: frozenset[int] = frozenset()
) -> tuple[str, str]:
    facts = Facts(accounts=Accounts(OWN), sessions={}, nonce="ab12", started=0.0)
    writer = Writer(facts, Provenance(exchanges), {})
    story = Story(title=HOSTILE, where=HOSTILE, expected=HOSTILE, actual=HOSTILE, together=together)
    return writer.program(exchanges, claim, story), writer.curl(exchanges, story)


def test_hostile_texts_stay_texts(exchange: Callable[..., Exchange]) -> None:
    """In the calls, the head, the story and the shell lines."""
    error = {"code": HOSTILE, "message": "", "objectType": "KalturaAPIException", "args": []}
    sent = exchange(1, HOSTILE, error, service=HOSTILE, name=HOSTILE)
    breach = Breach("$", HOSTILE, f"error {HOSTILE}", exchanges=(1,))
    claims = list(conditions(breach, [sent], {1: "r1"}, repr))

    for claim in [*claims, "False"]:
        program, curl = written(sent, claim=claim)
        compile(program, "reproduce.py", "exec")
        namespace: dict[str, object] = {"__name__": "reproduce"}
        exec(program, namespace)  # noqa: S102 - that is what is tested
    assert claims
    checked = subprocess.run(
        ["/bin/bash", "-n"], input=curl, text=True, capture_output=True, check=False
    )
    assert checked.stderr == ""


def test_a_hostile_place_is_no_source(exchange: Callable[..., Exchange]) -> None:
    """Of a session, where a breach says that it should be signed."""
    seen = exchange(1, "start", {HOSTILE: "x"})
    breach = Breach(f"$.{HOSTILE}", "a KS signed with the account's secret", "another")

    claims = list(conditions(breach, [seen], {1: "r1"}, repr))

    assert [each for each in claims if "SystemExit" in each and "said(" in each] == []


def test_ids_names_and_secrets_become_expressions(exchange: Callable[..., Exchange]) -> None:
    """What differs from run to run is no literal."""
    add = exchange(1, "add", {"id": "0_abcdefgh"}, name="kc-1-xab127 n", partnerId=102)
    get = exchange(2, "get", {"id": "0_abcdefgh"}, entryId="0_abcdefgh", secret=SECRET)

    program, curl = written(add, get)

    assert "0_abcdefgh" not in program
    assert "'entryId': str(at(r1, \"$.id\"))" in program
    assert "'kc-1-x' + NONCE + '7 n'" in program
    assert "'partnerId': server.partner" in program
    assert SECRET not in program + curl
    assert "$(jq -r '.id' <<<\"$R1\")" in curl


def test_calls_that_met_are_made_at_once(exchange: Callable[..., Exchange]) -> None:
    """Each session's in their order; what comes after them comes after all."""
    add = exchange(1, "add", {"id": "0_abcdefgh"})
    calls = [exchange(place, "update", {}, entryId="0_abcdefgh") for place in (2, 3)]
    get = exchange(4, "get", {"id": "0_abcdefgh"}, entryId="0_abcdefgh")

    program, _ = written(add, *calls, get, together=frozenset({2, 3}))

    assert "r2, r3 = together(" in program
    assert program.count("lambda: server.call(") == len(calls)
    assert program.index("r1 = ") < program.index("together(\n") < program.index("r4 = ")


def test_calls_that_need_each_other_are_made_in_turn(exchange: Callable[..., Exchange]) -> None:
    """One of them names what another one made, whatever the clock said."""
    add = exchange(1, "add", {"id": "0_abcdefgh"})
    get = exchange(2, "get", {"id": "0_abcdefgh"}, entryId="0_abcdefgh")

    program, _ = written(add, get, together=frozenset({1, 2}))

    assert "= together(" not in program


def test_sessions_that_say_the_same_stay_several(exchange: Callable[..., Exchange]) -> None:
    """What one session wrote, another one may read late."""
    sessions = [build_v2(partner_id=102, secret=SECRET, expires_at=86400) for _ in range(2)]
    calls = [exchange(place, "list", {}, service="session", session=ks)
             for place, ks in enumerate((*sessions, sessions[0]), 1)]  # fmt: skip

    program, _ = written(*calls)

    assert program.count("server.made_ks(0, '', 86400, '')") == len((calls[0], calls[2]))
    assert program.count("server.made_ks(0, '', 86400, '', session=2)") == len(calls[1:2])
