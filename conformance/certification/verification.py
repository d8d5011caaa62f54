"""Whether a certificate holds, step by step; the first that fails says what was tampered with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from conformance.certification.envelope import Envelope, contents, key_id, opened
from conformance.certification.offline import offline_bench, offline_scope
from conformance.certification.provenance import suite_identity
from conformance.certification.rejudging import Rejudged, misplaced, rejudge
from conformance.certification.statement import FILES, Statement, file_digest, read_statement
from conformance.exceptions import ConformanceError, UsageError
from conformance.plugin.plan import digest
from conformance.plugin.planning import checks_in
from conformance.plugin.settings import selects
from conformance.profile.selection import Selection
from conformance.reporting.reading import read_results, read_run
from conformance.verdict.conclusion import conclude
from conformance.verdict.run import Run, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from conformance.plugin.plan import Check
    from conformance.plugin.scope import Scope
    from conformance.verdict.finding import WaivedBy
    from conformance.verdict.result import CheckResult


class Refused(ConformanceError):
    """A certificate that does not hold."""

    exit_code = 1


class Verified(Struct, frozen=True):
    """A certificate that holds: of which run, signed by which key, how much was judged again."""

    run: Run
    key: str
    source: str
    rejudged: Rejudged


def read_envelope(path: Path) -> Envelope:
    """The envelope in a file; UsageError where it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Envelope)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", place=str(path)) from error
    except msgspec.DecodeError as error:
        raise UsageError(f"no certificate: {error}", place=str(path)) from error


def verify(
    certificate: Path, key: Ed25519PublicKey, *, narrate: Callable[[str], None] = lambda _text: None
) -> Verified:
    """Check a certificate against the run's files in its folder, without any server.

    Raises Refused with the step that failed, and UsageError for files that cannot be read.
    """
    folder = certificate.parent
    envelope = read_envelope(certificate)
    contents(envelope)
    payload = opened(envelope, key)
    if payload is None:
        raise Refused(
            "the signature is not by this key, or not over this statement",
            place=certificate.name,
            hint=f"The key's id is {key_id(key)}",
        )
    narrate("signature")
    statement = read_statement(payload)
    _same_suite(statement)
    _same_files(statement, folder)
    narrate("files")
    run = read_run(str(folder))
    _conformant(statement, run)
    scope = offline_scope(folder)
    checks = _same_plan(statement, run, scope)
    narrate("plan")
    results = _results(folder, run, checks)
    _same_conclusion(run, scope, results, checks)
    narrate("verdict")
    today = datetime.fromisoformat(run.started).date()
    bench = offline_bench(folder, run, scope, today=today)
    rejudged = rejudge(bench, checks, results, folder)
    if rejudged.contradictions:
        first = rejudged.contradictions[0]
        more = len(rejudged.contradictions) - 1
        raise Refused(
            f"the record does not bear out that it passed: {first.told}"
            + (f" (and {more} more)" if more else ""),
            place=first.check,
        )
    suite = statement.described("suite")
    return Verified(run, key_id(key), suite.annotations.get("source", ""), rejudged)


def _same_suite(statement: Statement) -> None:
    stated, own = statement.described("suite"), suite_identity()
    version = stated.annotations.get("version", "")
    if version != own.version:
        raise Refused(
            f"certified by version {version}; this is {own.version}",
            place="suite",
            hint=f"Verify it with version {version}",
        )
    if stated.digest.get("sha256") != own.sha256:
        raise Refused(
            f"certified by another build of version {version} "
            f"({stated.annotations.get('source', 'of unknown origin')})",
            place="suite",
            hint=f"This is {own.source}",
        )


def _same_files(statement: Statement, folder: Path) -> None:
    for name in FILES:
        stated = statement.described(name).digest.get("sha256")
        found = file_digest(folder / name)
        if stated != found:
            raise Refused(
                f"not the file that was certified: sha256 {found}, certified {stated}", place=name
            )


def _conformant(statement: Statement, run: Run) -> None:
    if (run.verdict, run.exit) != (Verdict.CONFORMANT, 0):
        raise Refused(f"the run's verdict is {run.verdict}, exit {run.exit}", place="run.json")
    if statement.subject[0].digest.get("sha256") != run.schema.sha256:
        raise Refused("the statement is about another schema than the run", place="subject")
    passed = tuple(each.id for each in run.requirements if each.outcome == "passed")
    if statement.predicate.passed_tests != passed:
        raise Refused("the statement names other requirements than the run", place="passedTests")


def _same_plan(statement: Statement, run: Run, scope: Scope) -> list[Check]:
    if scope.schema.sha256 != run.schema.sha256:
        raise Refused("not the schema that the run was planned from", place="schema.xml")
    if (
        scope.profile.read_only
        or scope.profile.selection.select
        or scope.profile.selection.deselect
    ):
        raise Refused("the plan leaves checks out", place="profile.json")
    selection = Selection.of(scope.profile.selection)
    checks = checks_in(scope, lambda check: selects(check, scope.profile, selection))
    made = digest(checks)
    for place, other in (
        ("run.json", run.plan.sha256),
        ("certificate", statement.described("plan").digest.get("sha256")),
    ):
        if made.sha256 != other:
            raise Refused(
                f"another plan than schema and profile give: {made.checks} checks, "
                f"sha256 {made.sha256}, stated {other}",
                place=place,
            )
    if run.executed != run.plan:
        raise Refused("not all of the plan was executed", place="run.json")
    return checks


def _results(folder: Path, run: Run, checks: list[Check]) -> dict[str, CheckResult]:
    header, lines, footer = read_results(str(folder))
    if header.plan != run.plan:
        raise Refused("the results are those of another plan", place="results.jsonl")
    if footer.ended != "complete":
        raise Refused(f"the run ended by {footer.ended}", place="results.jsonl")
    results: dict[str, CheckResult] = {}
    for result in lines:
        if result.check in results:
            raise Refused("has two results", place=result.check)
        results[result.check] = result
    for wrong in misplaced(results, checks):
        raise Refused(wrong, place="results.jsonl")
    return results


def _same_conclusion(
    run: Run, scope: Scope, results: dict[str, CheckResult], checks: list[Check]
) -> None:
    """The verdict follows from the results, whatever the summary says."""
    end = conclude(
        [results[check.name] for check in checks],
        scope.catalogue.requirements,
        planned=len(checks),
        skipped=run.outcomes.get("skipped", 0),
        inconclusive_share=scope.profile.limits.max_inconclusive_percent / 100,
        unanswered_share=run.traffic.unanswered / max(1, run.traffic.requests),
        waiver=_waivers(run),
        run="",
    )
    outcomes = {word: count for word, count in end.outcomes.items() if count}
    stated = {word: count for word, count in run.outcomes.items() if count}
    if outcomes != stated:
        raise Refused(f"the results add up to {outcomes}, it says {stated}", place="run.json")
    failed = [result for result in results.values() if result.outcome == "failed"]
    if failed:
        raise Refused("a check failed in a run that is called conformant", place=failed[0].check)
    if end.verdict is not Verdict.CONFORMANT:
        raise Refused(f"the results amount to: {end.verdict}", place="results.jsonl")


def _waivers(run: Run) -> Callable[[str, str], WaivedBy | None]:
    """The waivers that the run says it went by."""
    held = {
        (finding.requirement, subject): finding.waived
        for finding in run.findings
        for subject in finding.subjects
    }
    return lambda requirement, subject: held.get((requirement, subject))
