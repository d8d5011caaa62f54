"""The certificate page: one HTML file with its data inside, which needs no network.

The first screen is written here; the rest is drawn in the browser from columns of data that are
deflated, since fifty thousand results would be ten megabytes of table rows.
"""

from __future__ import annotations

import base64
import zlib
from collections import Counter, defaultdict
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
from jinja2 import BaseLoader, Environment, StrictUndefined

from conformance.reporting.difference import difference
from conformance.reporting.history import shown_call
from conformance.verdict.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.reporting.evidence import Evidence
    from conformance.verdict.finding import Finding
    from conformance.verdict.run import RequirementResult, Run

FILES = files("conformance.reporting").joinpath("files")
LARGEST_PAGE = 980_000
"""Bytes. Requests and answers that do not fit in are told by their number alone."""
EVIDENCE_CHARACTERS = 2_500_000
"""Of requests and answers, before they are deflated."""
SUBJECTS_KEPT = 400
COMPRESSION = 6
CALLS_BEGIN = '<script type="text/plain" id="calls">'
REASONS_TOLD = 6
LEVEL_WORDS = {
    "MUST": "MUST",
    "SHOULD": "MUST and SHOULD",
    "MAY": "MUST, SHOULD and MAY",
}
DIMENSIONS = (
    ("actions", "called", "Actions called"),
    ("actions", "answered", "Actions that answered"),
    ("lifecycles", "completed", "Lives of objects completed"),
    ("types", "met", "Types met in answers"),
    ("enums", "met", "Enum values met"),
    ("errors", "met", "Declared errors met"),
)


def render(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """`certificate.html`."""
    style, script = (_text(name) for name in ("page.css", "page.js"))
    environment = Environment(
        loader=_NoOther(), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["n"] = _number
    context = {
        "run": evidence.run,
        "ended": evidence.ended,
        "style": style,
        "style_hash": _hash(style),
        "script": script,
        "script_hash": _hash(script),
        **_first_screen(evidence),
    }
    template = environment.from_string(_text("page.html.j2"))
    bare = template.render(data=_packed(_data(evidence)), calls="", **context)
    calls = _calls(evidence, LARGEST_PAGE - len(bare.encode()))
    # The last place is the right one: nothing that a server said comes after it.
    before, mark, after = bare.rpartition(CALLS_BEGIN)
    yield "certificate.html", f"{before}{mark}{calls}{after}".encode()


class _NoOther(BaseLoader):
    """The page includes nothing."""


def _text(name: str) -> str:
    return FILES.joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What the page's content security policy allows, and nothing else."""
    return base64.b64encode(sha256(text.encode()).digest()).decode()


def _number(value: float) -> str:
    return f"{value:,}"


def _packed(data: Any) -> str:
    return base64.b64encode(zlib.compress(msgspec.json.encode(data), COMPRESSION)).decode()


def _first_screen(evidence: Evidence) -> dict[str, Any]:
    run = evidence.run
    standing = [finding for finding in run.findings if finding.waived is None]
    judged = [outcome for outcome in reversed(Outcome) if outcome > Outcome.SKIPPED]
    counts = [(outcome.word, run.outcomes.get(outcome.word, 0)) for outcome in judged]
    level = run.selection.level if run.selection else ""
    return {
        "headline": _headline(run, standing),
        "broken_requirements": len({finding.requirement for finding in standing}),
        "standing": len(standing),
        "counts": [(word, count) for word, count in counts if count],
        "judged": sum(count for _, count in counts),
        "level": LEVEL_WORDS.get(level, "not recorded"),
        "when": run.started.replace("T", " ").removesuffix("Z") + " UTC",
        "undecided": _undecided(evidence),
        "unjudged": _unjudged(run),
        "not_called": _not_called(run),
        "coverage": list(_coverage(run)),
    }


def _headline(run: Run, standing: Sequence[Finding]) -> str:
    passed = run.outcomes.get("passed", 0)
    if standing:
        musts = sum(finding.level == "MUST" for finding in standing)
        broken = len({finding.requirement for finding in standing})
        return (
            f"{_counted(broken, 'requirement')} broken, in {_counted(len(standing), 'finding')}"
            f"{f', {musts:,} of level MUST' if musts < len(standing) else ' of level MUST'}."
        )
    if run.reasons:
        return f"Nothing was found, yet too much stayed open: {'; '.join(run.reasons)}."
    return f"No finding in {passed:,} checks that passed."


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _undecided(evidence: Evidence) -> list[tuple[str, int]]:
    reasons = Counter(
        result.reason.partition(": ")[0] if result.shown else result.reason
        for result in evidence.results
        if result.outcome in {"inconclusive", "broken"}
    )
    return reasons.most_common(REASONS_TOLD)


def _unjudged(run: Run) -> list[tuple[str, list[Any]]]:
    by_reason: dict[str, list[Any]] = defaultdict(list)
    for each in run.unjudged:
        by_reason[each.reason].append(each)
    return sorted(by_reason.items(), key=lambda pair: -len(pair[1]))


def _not_called(run: Run) -> list[tuple[str, list[str]]]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for action, reason in run.coverage["actions"].get("not_called", {}).items():
        by_reason[reason].append(action)
    return sorted(by_reason.items(), key=lambda pair: -len(pair[1]))


def _coverage(run: Run) -> Iterator[dict[str, Any]]:
    for key, part, title in DIMENSIONS:
        held = run.coverage.get(key, {})
        total, got = held.get("total", 0), held.get(part, 0)
        yield {"title": title, "got": got, "total": total, "share": got / total if total else 0.0}


def _data(evidence: Evidence) -> dict[str, Any]:
    run = evidence.run
    known = {each.id: each for each in run.requirements}
    requirements = _Index(list(known))
    subjects = _Index()
    services = _Index([""])
    reasons = _Index([""])
    service_of: dict[int, int] = {}
    columns: dict[str, list[int]] = {name: [] for name in ("r", "s", "o", "ms", "why")}
    for result in evidence.results:
        subject = subjects.of(result.subject)
        service_of[subject] = services.of(result.service)
        columns["r"].append(requirements.of(result.requirement))
        columns["s"].append(subject)
        columns["o"].append(Outcome.of(result.outcome))
        columns["ms"].append(round(result.seconds * 1000))
        columns["why"].append(reasons.of(result.reason))
    findings = [_finding(finding) for finding in run.findings]
    for finding in run.findings:
        requirements.of(finding.requirement)
    return {
        "requirements": [_requirement(each, known.get(each)) for each in requirements],
        "subjects": list(subjects),
        "services": list(services),
        "serviceOf": [service_of[index] for index in range(len(service_of))],
        "outcomes": [outcome.word for outcome in Outcome],
        "reasons": list(reasons),
        "results": columns,
        "findings": findings,
        "latency": [
            [action, times.requests, times.p50, times.p90, times.p99, times.max]
            for action, times in run.latency.items()
        ],
    }


def _requirement(name: str, known: RequirementResult | None) -> list[str]:
    if known is None:
        return [name, "other", "", "", ""]
    return [name, known.area, known.level, known.statement, known.source]


def _finding(finding: Finding) -> dict[str, Any]:
    expected, actual = difference(finding.expected, finding.actual)
    others = [name for name in finding.subjects if name != finding.subject]
    return {
        "id": finding.id,
        "requirement": finding.requirement,
        "level": finding.level,
        "subjects": [finding.subject, *others][:SUBJECTS_KEPT],
        "more": max(0, len(others) + 1 - SUBJECTS_KEPT),
        "where": finding.where,
        "expected": expected,
        "actual": actual,
        "hint": finding.hint,
        "calls": sorted(set(finding.calls)),
        "replay": finding.reproduce,
        "waived": msgspec.to_builtins(finding.waived),
    }


def _calls(evidence: Evidence, bytes_left: int) -> str:
    """The exchanges of the findings by number, packed, as many as there is room for.

    The gravest findings come first.
    """
    shown = _shown_calls(evidence)
    while True:
        packed = _packed(shown)
        if len(packed) <= bytes_left or not shown:
            return packed
        kept = int(0.95 * len(shown) * max(0, bytes_left) / len(packed))
        shown = dict(list(shown.items())[:kept])


def _shown_calls(evidence: Evidence) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    left = EVIDENCE_CHARACTERS
    for finding in evidence.run.findings:
        for exchange in evidence.history(finding):
            if str(exchange.number) in shown:
                continue
            call = shown_call(exchange)
            left -= len(call.request) + len(call.answer) + len(call.curl or "")
            if left < 0:
                return shown
            shown[str(exchange.number)] = call
    return shown


class _Index:
    """Texts by the number under which the columns name them."""

    def __init__(self, given: Sequence[str] = ()) -> None:
        self._numbers = {text: number for number, text in enumerate(given)}

    def of(self, text: str) -> int:
        """The text's number, a new one if need be."""
        return self._numbers.setdefault(text, len(self._numbers))

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)
