"""Two runs are compared by requirement and subject, and told what explains a failure."""

from __future__ import annotations

import pytest

from conformance.requirements.requirement import Level, Requirement
from conformance.schema.change import Change, additive, breaking
from conformance.verdict.breach import Breach
from conformance.verdict.comparison import Difference, Shift, Side, TypeShift, compare
from conformance.verdict.result import CheckResult

REQUIREMENT = Requirement(
    id="LIST-PAGE-001",
    area="list",
    level=Level.MUST,
    statement="It is.",
    source="",
    applies_to="",
)
CATALOGUE = {REQUIREMENT.id: REQUIREMENT}


def result(outcome: str, subject: str = "media.list", check: str = "a") -> CheckResult:
    breaches = (Breach("$.objects[0].tags", "three", "two"),) if outcome == "failed" else ()
    return CheckResult(
        check=check,
        requirement=REQUIREMENT.id,
        subject=subject,
        outcome=outcome,
        breaches=breaches,
        reason="busy" if outcome == "inconclusive" else "",
    )


def side(*results: CheckResult, types: dict[str, dict[str, int]] | None = None) -> Side:
    return Side(results=results, types=types or {}, latency={})


def only(before: Side, after: Side) -> Difference:
    (found,) = compare(before, after, CATALOGUE).differences
    return found


@pytest.mark.parametrize(
    ("before", "after", "shift"),
    [
        ("passed", "failed", Shift.NEWLY_FAILING),
        ("inconclusive", "failed", Shift.NEWLY_FAILING),
        ("waived", "failed", Shift.NEWLY_FAILING),
        ("failed", "failed", Shift.STILL_FAILING),
        ("failed", "passed", Shift.FIXED),
        ("failed", "waived", Shift.FIXED),
        ("passed", "inconclusive", Shift.NO_LONGER_JUDGED),
        ("failed", "not_applicable", Shift.NO_LONGER_JUDGED),
        ("not_applicable", "passed", Shift.NEWLY_JUDGED),
        ("broken", "passed", Shift.NEWLY_JUDGED),
    ],
)
def test_each_pair_of_outcomes_is_a_shift(before: str, after: str, shift: Shift) -> None:
    """And the outcomes are told with it."""
    found = only(side(result(before)), side(result(after)))

    assert (found.shift, found.before, found.after) == (shift, before, after)


@pytest.mark.parametrize("outcome", ["passed", "waived", "not_applicable", "inconclusive"])
def test_what_stayed_is_no_difference(outcome: str) -> None:
    """Nobody reads what did not change."""
    found = compare(side(result(outcome)), side(result(outcome)), CATALOGUE)

    assert found.differences == ()


def test_a_new_subject_that_fails_fails_newly() -> None:
    """A service that came with the release is judged as any other."""
    found = only(side(), side(result("failed")))

    assert (found.shift, found.before) == (Shift.NEWLY_FAILING, "absent")


def test_a_removed_subject_is_no_longer_judged() -> None:
    """Its failures are not fixed by that."""
    found = only(side(result("failed")), side())

    assert (found.shift, found.after) == (Shift.NO_LONGER_JUDGED, "absent")


def test_the_worst_of_several_checks_counts() -> None:
    """One requirement may have several checks of a subject."""
    before = side(result("passed", check="a"), result("passed", check="b"))
    after = side(result("failed", check="a"), result("passed", check="b"))

    assert only(before, after).shift is Shift.NEWLY_FAILING


def test_a_failure_says_what_was_seen() -> None:
    """The newer breach, or the older where it is fixed."""
    failing, passing = side(result("failed")), side(result("passed"))

    assert only(passing, failing).actual == "two"
    assert only(failing, passing).actual == "two"


def test_the_most_urgent_comes_first() -> None:
    """What fails anew, before what is fixed."""
    before = side(result("failed", "data.list"), result("passed", "media.list"))
    after = side(result("passed", "data.list"), result("failed", "media.list"))

    found = compare(before, after, CATALOGUE)

    assert [each.shift for each in found.differences] == [Shift.NEWLY_FAILING, Shift.FIXED]
    assert found.regressed


def test_a_fixed_failure_is_no_regression() -> None:
    """Nor is one that stands as before."""
    before = side(result("failed", "data.list"), result("failed", "media.list"))
    after = side(result("passed", "data.list"), result("failed", "media.list"))

    assert not compare(before, after, CATALOGUE).regressed


def test_changes_of_the_schema_explain_their_subject() -> None:
    """Those that touch the service or action; what is new explains no failure."""
    gone = breaking("parameter removed", "media.list(pager)")
    changes = (gone, breaking("action removed", "data.get"), additive("action added", "media.x"))

    found = compare(side(result("passed")), side(result("failed")), CATALOGUE, schema=changes)

    assert found.differences[0].explained == (gone,)


@pytest.mark.parametrize(
    ("change", "explains"),
    [
        (breaking("property removed", "KalturaMediaEntry.tags"), True),
        (breaking("property removed", "KalturaMediaEntry.name"), False),  # the breach tells of tags
        (breaking("property removed", "KalturaCategory.tags"), False),  # media has no categories
        (breaking("class removed", "KalturaMediaEntry"), False),
        (additive("property added", "KalturaMediaEntry.tags"), False),
    ],
)
def test_a_change_of_a_class_explains_what_speaks_of_it(change: Change, *, explains: bool) -> None:
    """Of all the properties of a service's classes only that which is judged explains anything."""
    found = compare(
        side(result("passed")),
        side(result("failed")),
        CATALOGUE,
        schema=(change,),
        classes={"media": {"KalturaMediaEntry"}},
    )

    assert found.differences[0].explained == ((change,) if explains else ())


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"integer": 9}, {"string": 9}, [TypeShift("A.b", ("integer",), ("string",))]),
        ({"integer": 9, "null": 2}, {"integer": 3, "string": 6}, ["integer", "string"]),
        ({"integer": 9}, {"number": 9}, []),  # 0 is written without a fraction
        ({"string": 9}, {"string": 9, "null": 9}, []),
        ({"string": 9, "integer": 9}, {"string": 9}, []),  # what no longer shows may be chance
        ({"string": 2}, {"integer": 9}, []),  # too few to tell
    ],
)
def test_a_type_that_was_not_seen_before_is_told(
    before: dict[str, int], after: dict[str, int], told: list[object]
) -> None:
    """Both runs conform, and still a strict client notices."""
    found = compare(side(types={"A.b": before}), side(types={"A.b": after}), CATALOGUE).types

    if told and isinstance(told[0], str):
        assert [list(each.after) for each in found] == [told]
    else:
        assert list(found) == told
