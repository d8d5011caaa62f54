"""The page as bytes; `tests/browser` opens it."""

from __future__ import annotations

import base64
import json
import re
import runpy
import zlib
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from msgspec.structs import replace

from conformance.reporting.evidence import read_evidence
from conformance.reporting.page import LARGEST_PAGE, render
from conformance.verdict.run import SuiteFacts

if TYPE_CHECKING:
    from conformance.reporting.evidence import Evidence

BENCHMARK = Path(__file__).parent.parent.parent / "benchmarks" / "report.py"


def page(evidence: Evidence) -> str:
    ((name, content),) = render(evidence)
    assert name == "certificate.html"
    return content.decode()


def inside(text: str, name: str) -> Any:
    (packed,) = re.findall(f'<script type="text/plain" id="{name}">([^<]*)</script>', text)
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def test_the_first_screen_says_what_was_judged(hostile: Evidence) -> None:
    """Verdict, target, level, what was left out and why, waivers, the suite's own figures."""
    words = " ".join(html.fromstring(page(hostile)).text_content().split())

    for expected in (
        "Not conformant",
        "1 requirement broken, in 1 finding of level MUST.",
        "http://127.0.0.1:8080",
        "2026-11-23 06:10:00 UTC",
        "8 of 8 planned checks",
        "(level MUST; only crud; without media.flag)",
        "1 requirement: not selected",
        "1 action not called: denied: <i>it sends mail</i>",
        "1 checks broke in the suite itself",
        "LIST-PAGE-001 applied: known since May <b>",
        "98.0 % 49 of 50, measured 2026-11-20 with 0.1.0",
        "0.0 % 0 of 40 variations",
    ):
        assert expected in words


def test_what_was_not_measured_is_said(hostile: Evidence) -> None:
    """No figure stands for the suite's quality when nothing was proved."""
    suite = SuiteFacts("0.1.0", 180)
    words = page(replace(hostile, run=replace(hostile.run, suite=suite)))

    assert words.count("not measured") == 2


def test_no_answer_is_markup(hostile: Evidence) -> None:
    """There are our elements only, whatever the server said."""
    document = html.fromstring(page(hostile))

    assert [s.get("id") for s in document.iter("script")] == ["data", "calls", None]
    assert not list(document.iter("img", "iframe", "object", "b[onerror]"))
    assert not document.xpath("//@*[starts-with(name(), 'on')]")


def test_only_our_own_style_and_script_may_run(hostile: Evidence) -> None:
    """The policy names them by digest and allows nothing else, no network above all."""
    text = page(hostile)
    document = html.fromstring(text)
    (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>\n</body>", text, re.DOTALL)

    def digest(content: str) -> str:
        return f"'sha256-{base64.b64encode(sha256(content.encode()).digest()).decode()}'"

    assert allowed["default-src"] == "'none'"
    assert allowed["style-src"] == digest(style)
    assert allowed["script-src"] == digest(script)
    assert "innerHTML" not in script
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", text)
    assert not document.xpath("//@style")


def test_the_data_is_whole(hostile: Evidence) -> None:
    """Every result is in the columns; findings have their calls and their difference marked."""
    text = page(hostile)
    data, calls = inside(text, "data"), inside(text, "calls")
    columns = data["results"]

    assert {len(column) for column in columns.values()} == {len(hostile.results)}
    told = [
        (data["requirements"][r][0], data["subjects"][s], data["outcomes"][o])
        for r, s, o in zip(columns["r"], columns["s"], columns["o"], strict=True)
    ]
    assert told == [(e.requirement, e.subject, e.outcome) for e in hostile.results]
    first = data["findings"][0]
    assert first["calls"] == [0, 1]
    assert [piece for piece, marked in first["expected"] if marked] == ["b"]
    assert calls["0"]["answer"].startswith('{\n  "objectType"')
    assert calls["1"]["request"] == "(9 bytes that are no text)"


def test_a_large_run_is_a_small_page(tmp_path: Path) -> None:
    """However much evidence there is, the page stays below its size, and says what is not in it."""
    synthetic = runpy.run_path(str(BENCHMARK))["synthetic_run"]
    evidence = read_evidence(synthetic(tmp_path, results=20_000, findings=1000))
    text = page(evidence)
    data, calls = inside(text, "data"), inside(text, "calls")
    wanted = {str(n) for finding in data["findings"] for n in finding["calls"]}

    assert len(text.encode()) <= LARGEST_PAGE
    assert len(data["results"]["r"]) == 20_000
    assert 0 < len(calls) < len(wanted)


@pytest.mark.parametrize("outcome", ["conformant", "inconclusive"])
def test_every_verdict_has_its_page(hostile: Evidence, outcome: str) -> None:
    """Without findings there is something to say as well."""
    from conformance.verdict.run import Verdict  # noqa: PLC0415 - only here

    reasons = ("no check passed",) if outcome == "inconclusive" else ()
    run = replace(hostile.run, verdict=Verdict(outcome), findings=(), reasons=reasons)
    words = page(replace(hostile, run=run))

    assert f'class="verdict {outcome}"' in words
    expected = "No finding in 2 checks that passed." if not reasons else "no check passed."
    assert expected in words
