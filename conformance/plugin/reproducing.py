"""Makes of each finding a program that stands alone, and runs it once more before it is reported.

The calls are those that the oracle names with all that made their objects; where these alone do not
show the breach, what else was done to the objects is added, and reduced again. A condition is taken
that the judged server breaks and a sound one keeps. The program is run as it was written on both,
so what is reported is what a stranger runs. Where none is found, why is written in its place.
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

import httpx
from msgspec import Struct, structs

from conformance.generation.reduction import Questions, reduced
from conformance.plugin.places import PASSING, literal
from conformance.plugin.provenance import Provenance
from conformance.plugin.schema_conditions import SCHEMA_PATH, schema_asked
from conformance.plugin.script import KS, SEEN, Facts, Story, Writer
from conformance.plugin.staging import SoundServers, Stage, judged
from conformance.plugin.trial import FEW_TRIES, MOST_TRIES, Case, Trial
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from conformance.plugin.bench import Bench
    from conformance.plugin.recording import Recording
    from conformance.requirements.requirement import Requirement
    from conformance.verdict.breach import Breach
    from conformance.verdict.finding import Finding
    from conformance.verdict.result import CheckResult
    from conformance.wire.exchange import Exchange

MOST_FINDINGS = 60
MOST_SECONDS = 120.0
"""For all findings of a run together, the first of each requirement before the second of any."""
SECONDS_A_FINDING = 30.0
MOST_AROUND = 24
"""Calls beyond those that the oracle names."""
MOST_QUESTIONS = 16
AT_ONCE = 2.0
"""A server whose lists may be later than that, in seconds, is asked until they are not."""
INDEXED = re.compile(r"list|count|search", re.IGNORECASE)
FEW_LOOKS = 2
"""A breach that was confirmed at once shows every time."""
SHOWS, SHOWS_NOTHING = 1, 0
"""How a program ends."""


class NoProgram(Exception):
    """There is no program that shows the finding; the text says why."""


class Reproduced(Struct, frozen=True):
    """A finding's program, the same as curl lines, and the calls that it makes."""

    program: str
    curl: str
    calls: tuple[str, ...]


class Reproducer:
    """Reproduces the findings of one run while its target still answers."""

    def __init__(
        self,
        bench: Bench,
        recording: Recording,
        results: Sequence[CheckResult],
        sound: SoundServers,
        *,
        own_schema: bool,
        verify: bool,
    ) -> None:
        self._bench = bench
        self._recording = recording
        self._results = results
        self._sound = sound
        self._own_schema = own_schema
        self._verify = verify
        self._judged = judged(bench.target)
        self._deadline = time.monotonic() + MOST_SECONDS
        self._until = self._deadline
        exchanges = bench.traffic.all()
        self._provenance = Provenance(exchanges)
        self._removals = {
            str(value): each
            for each in exchanges
            if each.call.action == "delete" and isinstance(each.answer, Result)
            for value in each.call.params.values()
        }
        self._facts = Facts(
            accounts=bench.target.accounts,
            sessions=bench.target.sessions,
            nonce=bench.provisioner.names.nonce,
            started=exchanges[0].started_at if exchanges else time.time(),
        )

    def all(
        self, findings: Sequence[Finding], requirements: Mapping[str, Requirement]
    ) -> tuple[Finding, ...]:
        """The findings, those with a program that shows them told where it is."""
        told = list(findings)
        for turn, place in enumerate(_in_turn(findings)):
            finding = findings[place]
            if turn >= MOST_FINDINGS or time.monotonic() >= self._deadline:
                why = f"not tried: {turn} findings of this run had their turn before"
                self._recording.not_reproduced(finding.id, why)
            else:
                told[place] = self._told(finding, requirements[finding.requirement])
        return tuple(told)

    @property
    def _late(self) -> bool:
        return time.monotonic() >= self._until

    def _told(self, finding: Finding, requirement: Requirement) -> Finding:
        """The finding with its program. What we fail at ourselves is written beside it."""
        self._until = min(self._deadline, time.monotonic() + SECONDS_A_FINDING)
        try:
            return self._with_program(finding, requirement)
        except NoProgram as why:
            self._recording.not_reproduced(finding.id, str(why))
        except Exception:  # noqa: BLE001 - the run is judged; its findings stand without programs
            self._recording.not_reproduced(finding.id, traceback.format_exc())
        return finding

    def _with_program(self, finding: Finding, requirement: Requirement) -> Finding:
        title = f"{finding.requirement} on {finding.subject}: {requirement.statement}"
        reasons: dict[str, None] = {}
        for case in self._cases(finding, requirement.area, title):
            try:
                found = self._reproduced(case)
                self._check_clean(found)
                folder = self._recording.finding(finding.id, found.program, found.curl)
                self._check_alone(folder / "reproduce.py", case.sound)
            except NoProgram as why:
                self._recording.withdraw(finding.id)
                reasons[str(why)] = None
                if self._late:
                    break
                continue
            return structs.replace(
                finding, minimal=found.calls, script=f"findings/{finding.id}/reproduce.py"
            )
        raise NoProgram("; ".join(reasons) or "its check's exchanges are not held any more")

    def _check_clean(self, found: Reproduced) -> None:
        """No secret may stand in what is written: no account's, no session's."""
        text = found.program + found.curl
        if KS.search(text) or any(secret in text for secret in self._facts.accounts.secrets):
            raise NoProgram("its calls hold a secret that no expression stands for")

    def _check_alone(self, program: Path, sound: Stage) -> None:
        """The program has to tell the breach by itself, and on a sound server its absence."""
        code, said = self._judged.ended(program)
        # Python itself ends with 1 where it cannot read a program; it tells nothing then.
        if code != SHOWS or not said:
            raise NoProgram(f"by itself, its program does not show it: it ends with {code}, {said}")
        code, said = sound.ended(program)
        if code != SHOWS_NOTHING:
            raise NoProgram(f"on a sound server, its program ends with {code}: {said}")

    def _cases(self, finding: Finding, area: str, title: str) -> Iterator[Case]:
        """What the finding was made of, the finding's own breach first; a few."""
        told = self._recording.without_secrets
        about_schema = area == "schema"
        own = about_schema or self._own_schema
        sound = self._sound.stage(None if own else str(self._recording.folder / "schema.xml"))
        if sound is None:
            raise NoProgram("no sound server with this schema starts, so none can be compared with")
        for result, breach in self._breaches(finding):
            story = Story(
                title=title,
                where=told(breach.where),
                expected=told(breach.expected),
                actual=told(breach.actual),
                tries=MOST_TRIES if result.attempts > FEW_LOOKS else FEW_TRIES,
                verify=self._verify,
                paced=PASSING.search(breach.where) is not None,
            )
            shown = self._held(sorted(breach.exchanges) or result.exchanges[-1:])
            met = _together(shown)
            if met:  # a race is lost now and then
                story = structs.replace(story, together=met, tries=MOST_TRIES)
            schema = None
            if about_schema and (not shown or shown[-1].request.url.endswith(SCHEMA_PATH)):
                served = (self._recording.folder / "schema.xml").read_bytes()
                shown = shown or (schema_asked(self._bench.target.url, served),)
                schema = shown[-1].response.body
            last = max(breach.exchanges, default=max(result.exchanges, default=0))
            check = self._held([number for number in result.exchanges if number <= last])
            if shown:
                yield Case(breach, shown, check, story, sound, schema)

    def _breaches(self, finding: Finding) -> Iterator[tuple[CheckResult, Breach]]:
        same = [
            (result, breach)
            for result in self._results
            if result.requirement == finding.requirement and result.subject == finding.subject
            for breach in result.breaches
        ]
        same.sort(key=lambda pair: (pair[1].where != finding.where, len(pair[1].exchanges)))
        yield from same[:2]

    def _held(self, numbers: Sequence[int]) -> tuple[Exchange, ...]:
        held = (self._bench.traffic.exchange(number) for number in numbers)
        return tuple(each for each in held if each is not None)

    def _reproduced(self, case: Case) -> Reproduced:
        """The shortest of the programs that show it; NoProgram says what became of the others."""
        trial = Trial(self, case)
        core = self._provenance.closure(case.shown)
        # Whether a call is to be refused depends on all that befell its object or its session.
        strict = self._provenance.closure((*core, *self._provenance.writes(core)))
        if any(each.call.action == "delete" for each in case.shown):
            strict = core  # the oracle names the call by which it has to be gone
        if not _sends(core, case.breach.expected):
            # What is expected was written by a call that the oracle does not name.
            core = strict
        for calls, wanted in ((strict, _of_error), (core, _of_value), (strict, _any), (core, _any)):
            claim = trial.claim(calls, wanted)
            if claim is not None:
                return self._written(calls, claim, trial.story(calls, claim))
        whole = self._provenance.closure((*core, *case.check))
        around = (*strict, *self._provenance.around(strict, most=MOST_AROUND))
        for calls in (whole, self._provenance.closure(around)):
            claim = trial.claim(calls, _any)
            if claim is not None:
                kept = self._reduced(core, calls, claim, trial)
                return self._written(*kept, trial.story(*kept))
        raise NoProgram(trial.why)

    def _reduced(
        self, core: Sequence[Exchange], more: Sequence[Exchange], claim: str, trial: Trial
    ) -> tuple[tuple[Exchange, ...], str]:
        """As few calls beyond the core as still show the breach, and the condition on them."""
        kept = {each.number for each in core}
        beyond = [each for each in more if each.number not in kept]
        place = trial.candidates(more).index(claim)

        def whole(extra: Sequence[int]) -> tuple[Exchange, ...]:
            chosen = (each for each in beyond if each.number in extra)
            return self._provenance.closure((*core, *chosen))

        def said(extra: Sequence[int]) -> str | None:
            # The answers are numbered by their place, so the condition is written anew.
            candidates = trial.candidates(whole(extra))
            return candidates[place] if place < len(candidates) else None

        def shows(extra: tuple[int, ...]) -> bool:
            wanted = said(extra)
            return (
                not self._late
                and wanted is not None
                and trial.claim(whole(extra), lambda each: each == wanted) is not None
            )

        def leave_out(extra: Sequence[int], places: Collection[int]) -> tuple[int, ...]:
            return tuple(each for place, each in enumerate(extra) if place not in places)

        questions = Questions(shows, most=MOST_QUESTIONS)
        fewest = reduced([each.number for each in beyond], questions, leave_out=leave_out)
        return (whole(fewest), said(fewest) or claim) if fewest else (tuple(more), claim)

    def _written(self, calls: Sequence[Exchange], claim: str, story: Story) -> Reproduced:
        late = self._bench.scope.profile.limits.settle_seconds
        if late > AT_ONCE and INDEXED.search(calls[-1].call.action):
            story = structs.replace(story, patience_seconds=ceil(late))
        return Reproduced(
            program=self.writer().program(calls, claim, story),
            curl=self.writer().curl(calls, story),
            calls=tuple(each.action if each.call.service else "request" for each in calls),
        )

    def writer(self) -> Writer:
        """Writes calls as they were made in this run."""
        return Writer(self._facts, self._provenance, self._removals)

    def recorded(self, calls: Sequence[Exchange], story: Story) -> dict[str, Any]:
        """The names of the program of these calls, with the answers that the run recorded."""
        names = self._judged.names(self.writer().program(calls, "True", story))
        names["server"].client.close()
        answers = self.writer().names(calls)
        names |= {answers[each.number]: _answer(names, each) for each in calls}
        return {**names, "NONCE": self._facts.nonce}

    def played(self, calls: Sequence[Exchange], story: Story) -> dict[str, Any] | None:
        """The names of the program after its calls were made anew on the judged server."""
        return (
            None if self._late else self._judged.answers(self.writer().program(calls, SEEN, story))
        )


def _in_turn(findings: Sequence[Finding]) -> list[int]:
    """The findings' places, the first of each requirement before the second of any."""
    seen: dict[str, int] = {}
    ranked = []
    for place, finding in enumerate(findings):
        seen[finding.requirement] = seen.get(finding.requirement, 0) + 1
        ranked.append((seen[finding.requirement], place))
    return [place for _, place in sorted(ranked)]


def _answer(names: Mapping[str, Any], exchange: Exchange) -> Any:
    received = exchange.response
    span = (exchange.started_at, _ended(exchange))
    return names["Answer"](received.status, httpx.Headers(received.headers), received.body, span)


def _ended(exchange: Exchange) -> float:
    return exchange.started_at + exchange.elapsed_ms / 1000


def _together(exchanges: Sequence[Exchange]) -> frozenset[int]:
    """The numbers of those that were on their way while another one was."""
    return frozenset(
        each.number
        for each in exchanges
        if any(
            other is not each
            and other.started_at < _ended(each)
            and each.started_at < _ended(other)
            for other in exchanges
        )
    )


def _sends(calls: Sequence[Exchange], expected: str) -> bool:
    """Whether one of the calls sends what is expected; so it is taken of what is no value."""
    value = literal(expected)
    return value is None or any(_holds_value(each.call.params, value) for each in calls)


def _holds_value(held: Any, value: Any) -> bool:
    if isinstance(held, Mapping):
        return any(_holds_value(each, value) for each in held.values())
    if isinstance(held, list | tuple):
        return any(_holds_value(each, value) for each in held)
    return bool(str(held) == str(value))


def _of_error(claim: str) -> bool:
    """Whether the condition is about an error, or about there being none."""
    return any(sign in claim for sign in (".error", '"$.args', '"$.code', '"$.message'))


def _of_value(claim: str) -> bool:
    return not _of_error(claim)


def _any(_: str) -> bool:
    return True
