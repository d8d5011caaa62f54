"""How long a report of 50,000 results takes, and how large it is.

`python benchmarks/report.py [RESULTS]` makes a run of that many results, with 300 findings and
their exchanges, in a folder of its own, and prints a line for each format. `tests/browser` opens
the page of the same run and measures how long a filter takes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from random import Random

import msgspec

from conformance.reporting.evidence import read_evidence
from conformance.reporting.formats import FORMATS, render
from conformance.requirements.catalogue import read_catalogue
from conformance.verdict.breach import Breach
from conformance.verdict.conclusion import conclude
from conformance.verdict.percentiles import latency_of
from conformance.verdict.result import CheckResult, Footer, Header
from conformance.verdict.run import (
    CheckSet,
    Run,
    SchemaFacts,
    SelectionFacts,
    SuiteFacts,
    TargetFacts,
    TrafficFacts,
)
from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.record import exchange_to_record
from conformance.wire.request import Call, Form

RESULTS = 50_000
FINDINGS = 300
SERVICES = 150
ACTIONS = ("add", "get", "update", "delete", "list", "count", "clone")
CALLS = 4
OUTCOMES = ("passed",) * 90 + ("not_applicable",) * 8 + ("inconclusive",)


def synthetic_run(folder: Path, *, results: int = RESULTS, findings: int = FINDINGS) -> str:
    """Write a run of that size into the folder; the same numbers give the same files."""
    random = Random(f"{results} {findings}")  # noqa: S311 - shapes, not secrets
    folder.mkdir(parents=True, exist_ok=True)
    requirements = read_catalogue().requirements
    names = list(requirements)
    made = [_result(n, random, names, failed=n < findings) for n in range(results)]
    random.shuffle(made)
    plan = CheckSet(len(made), sha256(b"synthetic").hexdigest())
    conclusion = conclude(
        made,
        requirements,
        planned=len(made),
        skipped=0,
        inconclusive_share=0.1,
        waiver=lambda _requirement, _subject: None,
        run=str(folder),
    )
    run = Run(
        format=1,
        verdict=conclusion.verdict,
        exit=conclusion.exit,
        started="2026-01-02T03:04:05Z",
        seconds=240.0,
        seed=7,
        suite=SuiteFacts("0", len(requirements)),
        schema=SchemaFacts("22.19.0", "0" * 64, SERVICES, SERVICES * len(ACTIONS)),
        target=TargetFacts("http://127.0.0.1:8080", "22.19.0", 102),
        plan=plan,
        executed=plan,
        outcomes=conclusion.outcomes,
        traffic=TrafficFacts(findings * CALLS, findings * CALLS, 300.0, 0),
        requirements=conclusion.requirements,
        findings=conclusion.findings,
        coverage={"actions": {"called": 900, "answered": 880, "total": SERVICES * len(ACTIONS)}},
        leftovers=0,
        profile={"name": "reference"},
        reasons=conclusion.reasons,
        selection=SelectionFacts("MUST"),
        latency={
            f"service{n}.{action}": latency_of(random.lognormvariate(3, 1) for _ in range(20))
            for n in range(SERVICES)
            for action in ACTIONS
        },
    )
    header = Header(1, "0", "0" * 64, "0" * 64, 7, plan)
    text = b"".join(msgspec.json.encode(line) + b"\n" for line in (header, *made))
    footer = Footer(conclusion.outcomes, sha256(text).hexdigest(), "complete")
    (folder / "results.jsonl").write_bytes(text + msgspec.json.encode(footer) + b"\n")
    with (folder / "traffic.jsonl").open("wb") as traffic:
        for number in range(findings * CALLS):
            record = exchange_to_record(_exchange(number, random))
            traffic.write(msgspec.json.encode(record) + b"\n")
    (folder / "run.json").write_bytes(msgspec.json.encode(run))
    return str(folder)


def _result(number: int, random: Random, names: list[str], *, failed: bool) -> CheckResult:
    requirement = random.choice(names)
    service = f"service{random.randrange(SERVICES)}"
    subject = f"{service}.{random.choice(ACTIONS)}"
    outcome = "failed" if failed else random.choice(OUTCOMES)
    calls = tuple(range(number * CALLS, (number + 1) * CALLS)) if failed else ()
    breach = Breach(
        # A place of its own, so that each is a finding of its own.
        where=f"$.objects({'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]})",
        expected="'a, b'",
        actual=f"'a' since {'uvwxyz'[number % 6]}",
        hint="was the object replaced instead of patched?",
    )
    return CheckResult(
        check=f"{requirement} {subject} test_{number}",
        requirement=requirement,
        subject=subject,
        outcome=outcome,
        reason="the set-up failed: SERVICE_FORBIDDEN" if outcome == "inconclusive" else "",
        breaches=(breach,) if failed else (),
        exchanges=calls,
        seconds=round(random.expovariate(5), 4),
        service=service,
        began=number / 500,
    )


def _exchange(number: int, random: Random) -> Exchange:
    words = [f"{random.getrandbits(64):x}" for _ in range(40)]
    body = {"objectType": "KalturaThing", **{f"property{n}": word for n, word in enumerate(words)}}
    return Exchange(
        number=number,
        call=Call("thing", "get", {"id": number}),
        form=Form(),
        session="admin",
        request=SentRequest(
            "POST",
            "http://127.0.0.1:8080/api_v3/service/thing/action/get",
            (("Content-Type", "application/json"),),
            msgspec.json.encode({"id": number, "format": 1}),
        ),
        response=Received(200, (("Content-Type", "application/json"),), msgspec.json.encode(body)),
        answer=Result(body),
        started_at=1767323045.0 + number,
        elapsed_ms=12.5,
    )


def main() -> None:
    """Time each format, reading and rendering apart."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    with tempfile.TemporaryDirectory(prefix="kc-report-") as scratch:
        folder = synthetic_run(Path(scratch), results=wanted, findings=min(FINDINGS, wanted))
        started, worked = time.perf_counter(), time.process_time()
        evidence = read_evidence(folder)
        print(f"{wanted} results, {len(evidence.run.findings)} findings")
        print(f"{'reading':<20} {_told(started, worked)}")
        for name in FORMATS:
            started, worked = time.perf_counter(), time.process_time()
            sizes = [len(content) for _, content in render(evidence, [name])]
            times = _told(started, worked)
            print(f"{name:<20} {times} {sum(sizes) / 1000:10,.0f} kB {len(sizes):6} files")


def _told(started: float, worked: float) -> str:
    """Seconds since then by the clock, and those that this process had the processor."""
    seconds, own = time.perf_counter() - started, time.process_time() - worked
    return f"{seconds:6.2f} s, {own:6.2f} s of work"


if __name__ == "__main__":
    main()
