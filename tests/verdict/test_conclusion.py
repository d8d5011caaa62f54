from __future__ import annotations

import pytest
from msgspec import structs

from conformance.requirements.requirement import Level, Requirement
from conformance.verdict.breach import Breach
from conformance.verdict.conclusion import Conclusion, conclude
from conformance.verdict.finding import WaivedBy
from conformance.verdict.outcome import Outcome, roll_up
from conformance.verdict.result import CheckResult
from conformance.verdict.run import Verdict

RULES = {
    name: Requirement(
        id=name,
        area="list",
        level=level,
        statement="It is so.",
        source="CONTRACT LIST-01",
        applies_to="lists",
    )
    for name, level in (("LIST-A-001", Level.MUST), ("LIST-B-001", Level.SHOULD))
}


def result(
    outcome: str,
    *,
    subject: str = "media.list",
    rule: str = "LIST-A-001",
    breach: Breach | None = None,
) -> CheckResult:
    if breach is None and outcome in {"failed", "waived"}:
        breach = Breach("$.objects[3].tags", "'a'", "absent", exchanges=(7,))
    return CheckResult(
        check=f"{rule} {subject}",
        requirement=rule,
        subject=subject,
        outcome=outcome,
        breaches=(breach,) if breach else (),
    )


def concluded(*results: CheckResult, planned: int | None = None) -> Conclusion:
    return conclude(
        results,
        RULES,
        planned=len(results) if planned is None else planned,
        skipped=0,
        inconclusive_share=0.2,
        waiver=lambda _rule, _subject: WaivedBy("known since May", "2030-01-01"),
        run="reports/x",
    )


def test_all_passed_is_conformant() -> None:
    """A run whose checks all passed ends with 0."""
    end = concluded(result("passed"), result("not_applicable", subject="a.b"))

    assert (end.verdict, end.exit, end.findings) == (Verdict.CONFORMANT, 0, ())


@pytest.mark.parametrize(
    ("results", "planned", "reason"),
    [
        ([], 0, "no check passed"),
        ([result("not_applicable")], 1, "no check passed"),
        ([result("passed")], 2, "1 checks of the plan were not executed"),
        ([result("passed"), result("inconclusive")], 2, "1 of 2 judged checks"),
        ([result("passed")] * 9 + [result("broken")], 10, "broke in the suite itself"),
    ],
)
def test_what_was_not_judged_is_never_conformant(
    results: list[CheckResult], planned: int, reason: str
) -> None:
    """No path leads from a run that did not judge to exit 0."""
    end = concluded(*results, planned=planned)

    assert (end.verdict, end.exit) == (Verdict.INCONCLUSIVE, 4)
    assert reason in "; ".join(end.reasons)


def test_lost_connections_are_no_basis_for_a_verdict() -> None:
    """A target that loses one connection in ten is not called conformant."""
    end = conclude(
        [result("passed")],
        RULES,
        planned=1,
        skipped=0,
        inconclusive_share=0.2,
        unanswered_share=0.1,
        waiver=lambda _rule, _subject: None,
        run="reports/x",
    )

    assert (end.exit, end.reasons) == (4, ("10.0% of the requests got no answer",))


@pytest.mark.parametrize(
    ("served", "exit_code"), [("failed", 1), ("waived", 0), ("passed", 4), ("inconclusive", 4)]
)
def test_a_schema_read_in_part_is_no_basis_unless_it_is_told(served: str, exit_code: int) -> None:
    """Half a schema judged without a word about the other half is not conformant."""
    end = conclude(
        [result("passed")] * 9 + [result(served, rule="SCHEMA-SERVE-002")],
        {**RULES, "SCHEMA-SERVE-002": structs.replace(RULES["LIST-A-001"], id="SCHEMA-SERVE-002")},
        planned=10,
        skipped=0,
        inconclusive_share=0.2,
        unread=("schema:7: not well-formed",),
        waiver=lambda _rule, _subject: WaivedBy("known since May", "2030-01-01"),
        run="reports/x",
    )

    assert end.exit == exit_code
    assert any("1 places of the schema" in each for each in end.reasons) is (exit_code == 4)


def test_a_failure_outweighs_what_is_inconclusive() -> None:
    """One confirmed breach is enough, however much else could not be judged."""
    end = concluded(result("failed"), *[result("inconclusive")] * 9)

    assert (end.verdict, end.exit) == (Verdict.NOT_CONFORMANT, 1)


def test_a_waived_breach_stays_visible() -> None:
    """A waiver lets the run pass, and the finding says by whose leave."""
    end = concluded(result("passed"), result("waived"))

    assert end.exit == 0
    assert [f.waived.reason for f in end.findings if f.waived] == ["known since May"]


def test_one_root_cause_is_one_finding() -> None:
    """The same story told by several subjects is one finding that lists them."""
    end = concluded(
        result("failed", subject="media.list"),
        result("failed", subject="data.list", breach=Breach("$.objects[0].tags", "'b'", "absent")),
        result("failed", subject="user.list", breach=Breach("HTTP status", "200", "500")),
    )

    assert [f.subjects for f in end.findings] == [("media.list", "data.list"), ("user.list",)]


def test_the_worst_level_comes_first() -> None:
    """A MUST stands before a SHOULD."""
    end = concluded(result("failed", rule="LIST-B-001"), result("failed"))

    assert [f.level for f in end.findings] == ["MUST", "SHOULD"]


def test_a_finding_keeps_its_id_from_run_to_run() -> None:
    """The id depends on requirement, subject and place alone."""
    first, second = (concluded(result("failed")).findings[0].id for _ in range(2))

    assert first == second


def test_a_requirement_is_as_bad_as_its_worst_subject() -> None:
    """Roll-up is the maximum."""
    end = concluded(result("passed"), result("failed", subject="a.b"), result("waived"))

    assert [(r.id, r.outcome, r.passed, r.failed) for r in end.requirements] == [
        ("LIST-A-001", "failed", 1, 1)
    ]


def test_nothing_rolls_up_to_not_applicable() -> None:
    """The maximum of no outcomes is the least one."""
    assert roll_up([]) is Outcome.NOT_APPLICABLE


def test_an_unknown_word_is_no_outcome() -> None:
    """A file with a word that we do not know is not read as something else."""
    with pytest.raises(ValueError, match="fine"):
        Outcome.of("fine")


def test_each_service_names_its_own_code_for_one_cause() -> None:
    """A refusal that did not come is one story, whatever code and object each service has."""
    codes = ("ENTRY_ID_NOT_FOUND", "CATEGORY_NOT_FOUND or INVALID_OBJECT_ID")
    answers = ("a result: {'id': '0_a', 'name': 'x y'}", "a result: {'id': 7}")
    breaches = [Breach("$", code, told) for code, told in zip(codes, answers, strict=True)]
    end = concluded(*(result("failed", subject=f"s{n}", breach=b) for n, b in enumerate(breaches)))

    assert [finding.subjects for finding in end.findings] == [("s0", "s1")]


def test_another_code_in_the_answer_is_another_cause() -> None:
    """What the server said instead is what it did wrong."""
    told = ("error INTERNAL_SERVERL_ERROR", "error INVALID_KS", "a result: true")
    breaches = [Breach("$", "ENTRY_ID_NOT_FOUND", each) for each in told]
    end = concluded(*(result("failed", subject=f"s{n}", breach=b) for n, b in enumerate(breaches)))

    assert len(end.findings) == 3


def test_a_requirement_is_told_with_all_its_outcomes() -> None:
    """Reports need the sentence, the source and each count; they have nothing but this."""
    end = concluded(
        result("passed"), result("waived", subject="a"), result("inconclusive", subject="b")
    )
    (told,) = end.requirements

    assert (told.statement, told.source) == ("It is so.", "CONTRACT LIST-01")
    assert (told.passed, told.waived, told.inconclusive, told.not_applicable) == (1, 1, 1, 0)


def test_one_fault_in_ten_services_is_one_finding() -> None:
    """However each service calls an unknown object, and whatever its own objects hold."""
    codes = ("ENTRY_ID_NOT_FOUND", "INVALID_UI_CONF_ID", "INVALID_OBJECT_ID or METADATA_NOT_FOUND")
    results = [
        result(
            "failed",
            subject=f"service{number}",
            breach=Breach(
                "$", codes[number % 3], f"a result: {{'id': {number}, 'p{number}': [{number}…"
            ),
        )
        for number in range(10)
    ]

    (finding,) = concluded(*results).findings

    assert len(finding.subjects) == 10


def test_other_stories_stay_apart() -> None:
    """An object that is lost and one that comes back are two causes."""
    lost = result("failed", breach=Breach("$", "the object '1'", "error THING_NOT_FOUND"))
    back = result("failed", breach=Breach("$", "THING_NOT_FOUND", "a result: {'id': 1}"))

    assert len(concluded(lost, back).findings) == 2
