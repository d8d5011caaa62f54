"""How a check's ends are told apart, and how a breach gets its second look."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.exceptions import TargetUnreachable
from conformance.oracles.claim import oracle
from conformance.plugin.check import Inconclusive, NotApplicable, check
from conformance.plugin.execution import NOTHING_ASKED, SECOND_LOOKS, Execution, in_breadth
from conformance.plugin.plan import Check
from conformance.plugin.subjects import TARGET, target
from conformance.plugin.traffic import Traffic
from conformance.requirements.requirement import Level, Requirement
from conformance.verdict.breach import Breach
from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.verdict.finding import WaivedBy
    from conformance.verdict.result import CheckResult

RULE = Requirement(
    id="LIST-A-001",
    area="list",
    level=Level.MUST,
    statement="It is so.",
    source="CONTRACT LIST-01",
    applies_to="the target",
)
BREACH = Breach("$", "this", "that", exchanges=(3,))


@oracle("LIST-A-001")
def it_is_so(*, shown: bool) -> Iterable[Breach]:
    """It is so."""
    if shown:
        yield BREACH


class FakeBench:
    """A bench without a target: what is sent again answers as before."""

    def __init__(self, *, waiver: WaivedBy | None = None, resendable: bool = True) -> None:
        self.seed = 7
        self.traffic = Traffic()
        self.sent_again = 0
        self._waiver = waiver
        self._resendable = resendable

    def waiver_for(self, _check: Check) -> WaivedBy | None:
        return self._waiver

    def may_send_again(self, _exchange: Exchange) -> bool:
        return self._resendable

    def send_again(self, exchange: Exchange) -> Exchange:
        self.sent_again += 1
        return exchange


def planned(body: Callable[..., Any], *, last: bool = False, name: str = "test_it") -> Check:
    declared = check(it_is_so, over=target, last=last)(body)
    return Check(RULE, TARGET, declared, declared.__check__, name)


def executed(*checks: Check, bench: Any = None, deadline: float | None = None) -> list[CheckResult]:
    execution = Execution(bench or FakeBench(), checks, workers=2, deadline=deadline)
    execution.start()
    results = [execution.result_of(each) for each in checks]
    execution.stop()
    return results


def failing(*looks: int) -> Callable[..., list[Breach]]:
    """A body that shows the breach at these looks (from 0), and at no other."""
    count = itertools.count()
    return lambda _context, _subject: list(it_is_so(shown=next(count) in looks))


def raising(error: Exception) -> Callable[..., list[Breach]]:
    def body(_context: object, _subject: object) -> list[Breach]:
        raise error

    return body


def exchange(number: int) -> Exchange:
    return Exchange(
        number=number,
        call=Call("media", "list"),
        form=Form(),
        session="admin",
        request=SentRequest("POST", "http://127.0.0.1/", (), b""),
        response=Received(200, (), b"{}"),
        answer=Result({}),
        started_at=0.0,
        elapsed_ms=1.0,
    )


def test_no_breach_is_passed() -> None:
    """A body whose oracle returns nothing passes, in one look."""
    (result,) = executed(planned(failing()))

    assert (result.outcome, result.attempts, result.shown) == ("passed", 1, 0)


def test_what_asks_no_oracle_has_not_passed() -> None:
    """A body that found nothing to hold against its rule has judged nothing."""
    (result,) = executed(planned(lambda _context, _subject: []))

    assert (result.outcome, result.reason) == ("not_applicable", NOTHING_ASKED)


def test_what_was_asked_is_told_to_who_wants_to_know() -> None:
    """So that the same can be asked again."""
    check = planned(failing())
    execution = Execution(FakeBench(), [check], workers=1, deadline=None)
    told: list[object] = []
    execution.on_asked = lambda _check, asked: told.extend(each.kwargs for each in asked)
    execution.start()
    execution.result_of(check)
    execution.stop()

    assert told == [{"shown": False}]


def test_what_shows_twice_failed() -> None:
    """A breach that shows again is confirmed at the second look."""
    (result,) = executed(planned(failing(0, 1)))

    assert (result.outcome, result.attempts, result.shown) == ("failed", 2, 2)


def test_what_shows_once_in_ten_is_looked_for() -> None:
    """A fault in one call of ten is met again."""
    (result,) = executed(planned(failing(0, 10)))

    assert (result.outcome, result.attempts) == ("failed", 11)


def test_what_shows_once_is_inconclusive_and_says_so() -> None:
    """Flaky is not failed, and the reason says how often out of how many."""
    (result,) = executed(planned(failing(0)))

    assert result.outcome == "inconclusive"
    assert f"showed once in {SECOND_LOOKS + 1} looks" in result.reason
    assert result.breaches == (BREACH,)


def calling(requests: int, *looks: int) -> Callable[..., list[Breach]]:
    """A body that makes so many requests a look, and shows the breach at these looks."""
    count = itertools.count()

    def body(context: Any, _subject: object) -> list[Breach]:
        context.exchanges.extend(exchange(number) for number in range(requests))
        return list(it_is_so(shown=next(count) in looks))

    return body


@pytest.mark.parametrize(
    ("requests", "among", "looks"),
    [(1, 1, 10), (3, 1, 8), (8, 1, 3), (12, 1, 2), (13, 1, 1), (1, 3, 3), (6, 2, 4), (1, 6, 1)],
)
def test_what_few_subjects_are_asked_is_asked_several_times(
    requests: int, among: int, looks: int
) -> None:
    """No other service asks it again, so the check itself does, as far as few requests suffice."""
    (result,) = executed(replace(planned(calling(requests)), among=among))

    assert (result.outcome, result.attempts) == ("passed", looks)
    assert len(result.exchanges) == requests


def test_a_run_with_a_time_limit_asks_other_rules_first() -> None:
    """What time there is goes into breadth."""
    (result,) = executed(planned(calling(1)), deadline=time.monotonic() + 60)

    assert (result.outcome, result.attempts) == ("passed", 1)


def test_a_later_look_may_be_the_first_that_fails() -> None:
    """It is confirmed like any other."""
    (result,) = executed(planned(calling(2, 4, 11)))

    assert (result.outcome, result.attempts, result.shown) == ("failed", 12, 2)


def test_a_later_look_that_decides_nothing_takes_nothing_away() -> None:
    """A lost connection in a repetition is no doubt about the first look; our own fault is."""
    answers = {Inconclusive: "passed", ZeroDivisionError: "broken"}
    for error, outcome in answers.items():
        count = itertools.count()
        passing = calling(4)

        def body(
            context: Any,
            subject: object,
            *,
            count: Any = count,
            passing: Any = passing,
            error: Any = error,
        ) -> list[Breach]:
            if next(count) == 2:
                raise error("in between")
            return passing(context, subject)  # type: ignore[no-any-return]

        (result,) = executed(planned(body))

        assert result.outcome == outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotApplicable("no such thing"), "not_applicable"),
        (Inconclusive("no object"), "inconclusive"),
        (TargetUnreachable("gone"), "inconclusive"),
        (ZeroDivisionError("ours"), "broken"),
    ],
)
def test_ends_are_told_apart(error: Exception, outcome: str) -> None:
    """What the target did, what could not be judged, and what we broke are different words."""
    (result,) = executed(planned(raising(error)))

    assert result.outcome == outcome
    assert str(error) in result.reason


def test_after_the_deadline_nothing_starts() -> None:
    """A check that was not executed has no attempts, so that it cannot count as judged."""
    (result,) = executed(planned(failing()), deadline=0.0)

    assert (result.outcome, result.reason, result.attempts) == ("inconclusive", "time limit", 0)


def test_last_checks_run_after_all_others() -> None:
    """What judges the whole run sees the whole run."""
    order: list[str] = []

    def note(name: str) -> Callable[..., list[Breach]]:
        return lambda _context, _subject: order.append(name) or []  # type: ignore[func-returns-value]

    checks = [
        planned(note("first"), name="test_first"),
        planned(note("second"), name="test_second"),
        planned(note("last"), last=True, name="test_last"),
    ]
    executed(*checks)

    assert order[-1] == "last"
    assert sorted(order) == ["first", "last", "second"]


def test_two_answers_that_show_it_confirm_a_passive_breach() -> None:
    """A breach in two recorded answers needs no new request."""
    bench = FakeBench()
    both = [
        Breach("$", "this", "that", exchanges=(3,)),
        Breach("$", "this", "that", exchanges=(4,)),
    ]

    (result,) = executed(planned(lambda _c, _s: both, last=True), bench=bench)

    assert (result.outcome, bench.sent_again) == ("failed", 0)


def test_one_answer_that_shows_it_is_asked_for_again() -> None:
    """A breach in a single recorded answer is confirmed by sending its request again."""
    bench = FakeBench()
    bench.traffic.add(exchange(3))

    (result,) = executed(planned(failing(0, 3), last=True), bench=bench)

    assert (result.outcome, bench.sent_again) == ("failed", 3)


def test_a_single_answer_that_cannot_be_asked_again_is_inconclusive() -> None:
    """Nothing is written twice only to look again."""
    bench = FakeBench(resendable=False)
    bench.traffic.add(exchange(3))

    (result,) = executed(planned(failing(0), last=True), bench=bench)

    assert (result.outcome, bench.sent_again) == ("inconclusive", 0)


def test_in_breadth_every_requirement_comes_before_its_second_subject() -> None:
    """So that a run that is cut short has seen something of each rule."""
    rules = [structs.replace(RULE, id=f"LIST-A-00{number}") for number in (1, 2)]
    checks = [
        replace(planned(failing(), name=f"test_{rule.id}_{number}"), requirement=rule)
        for rule in rules
        for number in range(3)
    ]

    found = [check.requirement.id for check in in_breadth(checks)]

    assert found == ["LIST-A-001", "LIST-A-002"] * 3
