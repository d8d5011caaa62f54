"""The folder of a run against a hostile server, written as a run writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.plugin.recording import Recording
from conformance.requirements.catalogue import read_catalogue
from conformance.verdict.breach import Breach
from conformance.verdict.conclusion import conclude
from conformance.verdict.finding import WaivedBy
from conformance.verdict.percentiles import Latency
from conformance.verdict.quality import Detection, FalseAlarms, Quality
from conformance.verdict.result import CheckResult, Header
from conformance.verdict.run import (
    CheckSet,
    Run,
    SchemaFacts,
    SelectionFacts,
    SuiteFacts,
    TargetFacts,
    TrafficFacts,
    Unjudged,
    WaiverFacts,
)
from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.redaction import Redactor
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=alert(1)> "
    "]]> &amp; \x00\x1b[31m `code` ``` | *b* \n::error::owned\r\n\u2028 \U0001f600 {{ 7*7 }}"
)
"""What a server may answer to whoever shows it to people."""
WAIVER = WaivedBy(
    reason="known since May <b>", expires="2030-01-01", issue="https://issues.example/7", owner="me"
)
SUBJECT = "media.add"


def exchange(number: int, body: bytes, *, ks: str = "", sent: bytes | None = None) -> Exchange:
    """One exchange whose answer is that body."""
    response = Received(200, (("Content-Type", "application/json"),), body)
    return Exchange(
        number=number,
        call=Call("media", "add", {"ks": ks}),
        form=Form(),
        session="admin",
        request=SentRequest(
            "POST",
            f"http://127.0.0.1:8080/api_v3/service/media/action/add?ks={ks}",
            (("Content-Type", "application/json"),),
            sent if sent is not None else f'{{"ks": "{ks}", "name": "it\'s"}}'.encode(),
        ),
        response=response,
        answer=decode(response, Form()),
        started_at=1795414200.0 + number,
        elapsed_ms=12.5,
    )


def result(outcome: str, requirement: str, subject: str, **more: object) -> CheckResult:
    """One line of the results."""
    made = {
        "check": f"{requirement} {subject} test_it",
        "requirement": requirement,
        "subject": subject,
        "outcome": outcome,
        "service": subject.partition(".")[0],
        "seconds": 0.25,
        "began": 1.5,
    }
    return CheckResult(**(made | more))  # type: ignore[arg-type]


def results(said: str = "") -> tuple[CheckResult, ...]:
    """One of every outcome, with what a hostile server said."""
    breach = Breach(
        "$.name", f"'a, b' {HOSTILE}", f"'a, c' {HOSTILE}{said}", f"hint {HOSTILE}", (0, 1)
    )
    return (
        result("failed", "CRUD-GET-001", SUBJECT, breaches=(breach,), exchanges=(0, 1), shown=2),
        result("failed", "CRUD-GET-001", "data.add", breaches=(breach,), exchanges=(0,), shown=2),
        result("waived", "LIST-PAGE-001", "media.list", breaches=(breach,), exchanges=(1,)),
        result("inconclusive", "CRUD-ADD-001", "user", reason=HOSTILE, attempts=21, shown=1),
        result("broken", "WIRE-DOC-001", "target", reason="KeyError: 'x'", service=""),
        result("not_applicable", "CRUD-ADD-001", "system", reason="it has no add"),
        result("passed", "ERR-HTTP-001", "media.get"),
        result("passed", "ERR-HTTP-001", "KalturaMediaEntry", service=""),
    )


def write_run(folder: Path, redactor: Redactor, *exchanges: Exchange, said: str = "") -> str:
    """Write a run's folder as a run does, from `results(said)` and these exchanges."""
    requirements = read_catalogue().requirements
    made = results(said)
    plan = CheckSet(len(made), "2" * 64)
    end = conclude(
        made,
        requirements,
        planned=len(made),
        skipped=3,
        inconclusive_share=0.5,
        waiver=lambda _requirement, _subject: WAIVER,
        run=str(folder),
    )
    run = Run(
        format=1,
        verdict=end.verdict,
        exit=end.exit,
        started="2026-11-23T06:10:00Z",
        seconds=12.5,
        seed=7,
        suite=SuiteFacts(
            "0.1.0",
            len(requirements),
            Quality(
                Detection(49, 50, "2026-11-20", "0.1.0"),
                FalseAlarms(0, 40, "2026-11-20", "0.1.0"),
            ),
        ),
        schema=SchemaFacts(HOSTILE, "0" * 64, 146, 1004),
        target=TargetFacts("http://127.0.0.1:8080", HOSTILE, 102),
        plan=plan,
        executed=plan,
        outcomes=end.outcomes,
        traffic=TrafficFacts(40, 44, 3.2, 1),
        requirements=end.requirements,
        findings=end.findings,
        coverage={
            "actions": {
                "called": 5,
                "answered": 4,
                "total": 1004,
                "not_called": {"media.flag": "denied: <i>it sends mail</i>"},
            },
            "lifecycles": {"completed": 1, "total": 61, "services": ["media"]},
            "types": {"met": 3, "total": 900},
            "enums": {"met": 3, "total": 5000},
            "errors": {"met": 3, "total": 700, "codes": {}},
        },
        leftovers=2,
        profile={"name": "ce", "sha256": "1" * 64, "schema": "", "embedded": "no"},
        reasons=end.reasons,
        selection=SelectionFacts("MUST", ("crud",), ("media.flag",)),
        unjudged=(Unjudged("LIST-PAGE-009", "list", "MUST", "A page holds…", "not selected"),),
        waivers=(
            WaiverFacts(
                "LIST-PAGE-001", ("*",), WAIVER.reason, WAIVER.expires, "applied", WAIVER.issue
            ),
        ),
        latency={"media.add": Latency(7, 12.5, 40.0, 90.0, 250.0)},
    )
    recording = Recording(folder, redactor, record_all=False)
    recording.header(Header(1, "0.1.0", "0" * 64, "1" * 64, 7, plan))
    by_number = {each.number: each for each in exchanges}
    for each in made:
        recording.result(each, [by_number[n] for n in each.exchanges if n in by_number])
    recording.finish(run, counts=end.outcomes, ended="complete")
    return str(folder)


def write_hostile_run(folder: Path) -> str:
    """A run whose every text tries to break out."""
    return write_run(
        folder,
        Redactor(),
        exchange(0, b'{"objectType": "KalturaMediaEntry", "name": "a, c"}'),
        exchange(1, HOSTILE.encode(), sent=b"\xff\xfe\x00binary"),
    )
