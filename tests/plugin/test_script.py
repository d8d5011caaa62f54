"""What a server or its schema writes stands in a program as text, never as source."""

from __future__ import annotations

import json
import subprocess

import pytest

from conformance.plugin.accounts import Account, Accounts
from conformance.plugin.conditions import conditions
from conformance.plugin.provenance import Provenance
from conformance.plugin.script import Facts, Story, Writer
from conformance.verdict.breach import Breach
from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

SECRET = "0123456789abcdef0123456789abcdef"
HOSTILE = "'\"\\\n\"\"\"'''; raise SystemExit(9) #@CLAIM@ $(touch x) `touch x`"
OWN = Account(102, SECRET)


def exchange(
    number: int, action: str, answer: object, *, service: str = "data", **params: object
) -> Exchange:
    body = json.dumps({"ks": "", **params}).encode()
    received = Received(200, (("Content-Type", HOSTILE),), json.dumps(answer).encode())
    return Exchange(
        number=number,
        call=Call(service, action, params),
        form=Form(),
        session="admin",
        request=SentRequest("POST", "http://127.0.0.1/", (), body),
        response=received,
        answer=decode(received, Form()),
        started_at=0.0,
        elapsed_ms=1.0,
    )


def written(*exchanges: Exchange, claim: str = "False") -> tuple[str, str]:
    facts = Facts(accounts=Accounts(OWN), sessions={}, nonce="ab12", started=0.0)
    writer = Writer(facts, Provenance(exchanges), {})
    story = Story(title=HOSTILE, where=HOSTILE, expected=HOSTILE, actual=HOSTILE)
    return writer.program(exchanges, claim, story), writer.curl(exchanges, story)


def test_hostile_texts_stay_texts() -> None:
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


def test_ids_names_and_secrets_become_expressions() -> None:
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
def test_a_breach_becomes_a_plain_condition(breach: Breach, wanted: str) -> None:
    """The plainest that fits comes first, where the answer holds what the oracle saw."""
    seen = exchange(1, "get", {"id": "0_abcdefgh", "name": "b", "size": 2})
    if breach.actual == "absent":
        breach = Breach("$.other", "'a'", "absent")

    assert wanted in list(conditions(breach, [seen], {1: "r1"}, repr))[:3]
