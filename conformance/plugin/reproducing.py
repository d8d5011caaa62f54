"""Makes of each finding a program that stands alone, and runs it once more before it is reported.

The calls are those that the oracle names with all that made their objects; where these alone do not
show the breach, what else was done to the objects is added, and reduced again. The program is tried
as it will be written, so what is reported is what a stranger runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx
from msgspec import Struct, structs

from conformance.generation.reduction import Questions, reduced
from conformance.plugin.conditions import conditions, literal
from conformance.plugin.provenance import Provenance
from conformance.plugin.script import KS, Facts, Story, Writer
from conformance.wire.answer import Result
from conformance.wire.request import Format

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

MOST_FINDINGS = 25
MOST_SECONDS = 90.0
"""For all findings of a run together; the others keep their `replay` line."""
MOST_CALLS = 40
MOST_AROUND = 24
"""Calls beyond those that the oracle names."""
MOST_CONDITIONS = 6
MOST_QUESTIONS = 16
MOST_TRIES = 20
FEW_LOOKS = 2
"""A breach that was confirmed at once shows every time."""
PROGRAM_SECONDS = 120
SHOWS = 1
"""How a program ends that shows its breach."""


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
        *,
        verify: bool,
    ) -> None:
        self._bench = bench
        self._recording = recording
        self._results = results
        self._verify = verify
        self._deadline = time.monotonic() + MOST_SECONDS
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
        return tuple(
            self._told(finding, requirements[finding.requirement])
            if place < MOST_FINDINGS and not self._late
            else finding
            for place, finding in enumerate(findings)
        )

    @property
    def _late(self) -> bool:
        return time.monotonic() >= self._deadline

    def _told(self, finding: Finding, requirement: Requirement) -> Finding:
        """The finding with its program. What we fail at ourselves is written beside it."""
        try:
            return self._with_program(finding, requirement)
        except Exception:  # noqa: BLE001 - the run is judged; its findings stand without programs
            self._recording.not_reproduced(finding.id, traceback.format_exc())
            return finding

    def _with_program(self, finding: Finding, requirement: Requirement) -> Finding:
        title = f"{finding.requirement} on {finding.subject}: {requirement.statement}"
        found = self.of(finding, title)
        if found is None or not self._is_clean(found):
            return finding
        folder = self._recording.finding(finding.id, found.program, found.curl)
        if not self._shows_alone(folder / "reproduce.py"):
            self._recording.withdraw(finding.id)
            return finding
        return structs.replace(
            finding, minimal=found.calls, script=f"findings/{finding.id}/reproduce.py"
        )

    def _is_clean(self, found: Reproduced) -> bool:
        """Whether no secret stands in what would be written: no account's, no session's."""
        text = found.program + found.curl
        secrets = self._facts.accounts.secrets
        return not KS.search(text) and not any(secret in text for secret in secrets)

    def of(self, finding: Finding, title: str) -> Reproduced | None:
        """A program that shows the finding; None where none of those tried does."""
        told = self._recording.without_secrets
        for result, breach in self._breaches(finding):
            story = Story(
                title=title,
                where=told(breach.where),
                expected=told(breach.expected),
                actual=told(breach.actual),
                tries=MOST_TRIES if result.attempts > FEW_LOOKS else 1,
                verify=self._verify,
            )
            found = self._reproduced(breach, self._shown(result, breach), story)
            if found is not None or self._late:
                return found
        return None

    def _breaches(self, finding: Finding) -> Iterator[tuple[CheckResult, Breach]]:
        """What the finding was made of, the finding's own breach first; a few."""
        same = [
            (result, breach)
            for result in self._results
            if result.requirement == finding.requirement and result.subject == finding.subject
            for breach in result.breaches
        ]
        same.sort(key=lambda pair: (pair[1].where != finding.where, len(pair[1].exchanges)))
        yield from same[:2]

    def _shown(self, result: CheckResult, breach: Breach) -> tuple[Exchange, ...]:
        """The exchanges that the oracle names, else the last one of the check."""
        numbers = sorted(breach.exchanges) or list(result.exchanges[-1:])
        held = (self._bench.traffic.exchange(number) for number in numbers)
        return tuple(each for each in held if each is not None)

    def _reproduced(
        self, breach: Breach, shown: tuple[Exchange, ...], story: Story
    ) -> Reproduced | None:
        if not shown or any(each.form.format == Format.PHP for each in shown):
            return None  # a program that reads serialised PHP would be longer than its calls
        core = self._provenance.closure(shown)
        # Whether a call is to be refused depends on all that befell its object or its session.
        strict = self._provenance.closure((*core, *self._provenance.writes(core)))
        if any(each.call.action == "delete" for each in shown):
            strict = core  # the oracle names the call by which it has to be gone
        if len(strict) > MOST_CALLS:
            return None
        if not _sends(core, breach.expected):
            # What is expected was written by a call that the oracle does not name.
            core = strict
        for calls, of_code in ((strict, True), (core, False)):
            claim = self._claim(breach, shown, calls, story, of_code=of_code)
            if claim is not None:
                return self._written(calls, claim, story)
        more = self._provenance.closure(
            (*strict, *self._provenance.around(strict, most=MOST_AROUND))
        )
        if len(more) == len(strict) or len(more) > MOST_CALLS:
            return None
        for of_code in (True, False):
            claim = self._claim(breach, shown, more, story, of_code=of_code)
            if claim is not None:
                return self._reduced(strict, more, claim, breach, shown, story)
        return None

    def _claim(
        self,
        breach: Breach,
        shown: tuple[Exchange, ...],
        calls: Sequence[Exchange],
        story: Story,
        *,
        of_code: bool,
    ) -> str | None:
        """The first condition that these calls show broken, of those about errors or the others."""
        for claim in self._claims(breach, shown, calls, story):
            if self._late:
                return None
            if _of_error(claim) is of_code and self._shows(calls, claim, story):
                return claim
        return None

    def _reduced(
        self,
        core: Sequence[Exchange],
        more: Sequence[Exchange],
        claim: str,
        breach: Breach,
        shown: tuple[Exchange, ...],
        story: Story,
    ) -> Reproduced | None:
        """The program with as few calls beyond the core as still show the breach."""
        kept = {each.number for each in core}
        beyond = [each for each in more if each.number not in kept]
        place = list(self._claims(breach, shown, more, story)).index(claim)

        def whole(extra: Sequence[int]) -> tuple[Exchange, ...]:
            chosen = (each for each in beyond if each.number in extra)
            return self._provenance.closure((*core, *chosen))

        def said(extra: Sequence[int]) -> str:
            # The answers are numbered by their place, so the condition is written anew.
            return list(self._claims(breach, shown, whole(extra), story))[place]

        def holds(extra: tuple[int, ...]) -> bool:
            return not self._late and self._shows(whole(extra), said(extra), story)

        def leave_out(extra: Sequence[int], places: Collection[int]) -> tuple[int, ...]:
            return tuple(each for place, each in enumerate(extra) if place not in places)

        questions = Questions(holds, most=MOST_QUESTIONS)
        fewest = reduced([each.number for each in beyond], questions, leave_out=leave_out)
        return self._written(whole(fewest), said(fewest), story)

    def _claims(
        self,
        breach: Breach,
        shown: tuple[Exchange, ...],
        calls: Sequence[Exchange],
        story: Story,
    ) -> Iterator[str]:
        """The conditions that what was recorded does not meet."""
        writer = self._writer()
        writer.program(calls, "True", story)
        names = writer.names(calls)
        last = shown[-1]
        namespace = self._namespace(writer.program(calls, "True", story))
        namespace |= {names[each.number]: self._answer(namespace, each) for each in calls}
        namespace |= {"NONCE": self._facts.nonce, "server": self._server(namespace)}
        seen = {
            f"SEEN_{names[each.number]}": namespace["skeleton"](namespace[names[each.number]])
            for each in (shown[0], last)
        }

        def source(value: Any) -> str:
            return writer.value(value, before=last.number + 1)

        found = dict.fromkeys(conditions(breach, shown, names, source))
        count = 0
        for each in found:
            claim = each
            for mark, digest in seen.items():
                claim = claim.replace(mark, repr(digest)) if claim.endswith(mark) else claim
            if count < MOST_CONDITIONS and not _holds(claim, namespace):
                count += 1
                yield claim

    def _shows(self, calls: Sequence[Exchange], claim: str, story: Story) -> bool:
        """Whether the program shows the breach, run in this process."""
        namespace = self._namespace(self._writer().program(calls, claim, story))
        server = self._server(namespace)
        try:
            for _ in range(story.tries):
                if namespace["shown"](server) is not None:
                    return True
        except Exception:  # noqa: BLE001 - a program that fails shows nothing, whatever the reason
            return False
        finally:
            server.client.close()
        return False

    def _written(self, calls: Sequence[Exchange], claim: str, story: Story) -> Reproduced:
        writer = self._writer()
        return Reproduced(
            program=writer.program(calls, claim, story),
            curl=self._writer().curl(calls, story),
            calls=tuple(each.action if each.call.service else "request" for each in calls),
        )

    def _shows_alone(self, program: Path) -> bool:
        """Whether the program tells the breach when it runs by itself, as a stranger runs it."""
        accounts = self._bench.target.accounts
        secrets = {
            "KALTURA_CONFORMANCE_ADMIN_SECRET": accounts.own.admin_secret,
            "KALTURA_CONFORMANCE_USER_SECRET": accounts.own.user_secret or "",
        }
        if accounts.other is not None:
            secrets["KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET"] = accounts.other.admin_secret
            secrets["KALTURA_CONFORMANCE_OTHER_PARTNER_ID"] = str(accounts.other.partner_id)
        try:
            ended = subprocess.run(  # noqa: S603 - our own interpreter, and what we wrote
                [
                    sys.executable,
                    str(program),
                    self._bench.target.url,
                    str(accounts.own.partner_id),
                ],
                env={**os.environ, **secrets},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PROGRAM_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        # Python itself ends with 1 where it cannot read a program; it tells nothing then.
        return ended.returncode == SHOWS and bool(ended.stdout)

    def _writer(self) -> Writer:
        return Writer(self._facts, self._provenance, self._removals)

    def _namespace(self, program: str) -> dict[str, Any]:
        """The program's names, with the run's secrets for those of the environment."""
        namespace: dict[str, Any] = {"__name__": "reproduce"}
        exec(compile(program, "reproduce.py", "exec"), namespace)  # noqa: S102 - our own text
        accounts = self._facts.accounts
        namespace["ADMIN_SECRET"] = accounts.own.admin_secret
        namespace["USER_SECRET"] = accounts.own.secret_of_users
        if accounts.other is not None:
            namespace["OTHER_ADMIN_SECRET"] = accounts.other.admin_secret
            namespace["OTHER_PARTNER"] = accounts.other.partner_id
        return namespace

    def _server(self, namespace: Mapping[str, Any]) -> Any:
        target = self._bench.target
        return namespace["Server"](target.url, target.accounts.own.partner_id, target.wait)

    @staticmethod
    def _answer(namespace: Mapping[str, Any], exchange: Exchange) -> Any:
        received = exchange.response
        return namespace["Answer"](received.status, httpx.Headers(received.headers), received.body)


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


def _holds(claim: str, namespace: dict[str, Any]) -> bool:
    """Whether the condition holds of what was recorded; one that cannot be asked does."""
    try:
        return bool(eval(claim, namespace))  # noqa: S307 - our own text
    except Exception:  # noqa: BLE001 - whatever it trips over, it is no condition of this answer
        return True
