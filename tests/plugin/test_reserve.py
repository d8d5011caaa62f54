"""What a verdict leaves open, requirement by requirement."""

from __future__ import annotations

from msgspec.structs import replace

from conformance.plugin.reserve import unjudged
from conformance.requirements.requirement import Level, Requirement
from conformance.verdict.result import CheckResult

RULE = Requirement("LIST-A-001", "list", Level.MUST, "It is so.", "CONTRACT LIST-01", "lists")
RULES = {
    each.id: each
    for each in (
        RULE,
        replace(RULE, id="LIST-B-001"),
        replace(RULE, id="LIST-C-001", not_tested="it would cost a year"),
        replace(RULE, id="LIST-D-001"),
        replace(RULE, id="LIST-E-001"),
    )
}


def test_each_requirement_without_a_result_has_its_reason() -> None:
    """Judged ones are left out; a run that was stopped is no fault of the schema."""
    results = [CheckResult("LIST-A-001 media", "LIST-A-001", "media", "passed")]
    told = unjudged(RULES, results, planned={"LIST-A-001", "LIST-B-001"}, skipped={"LIST-D-001": 3})

    assert {each.id: each.reason for each in told} == {
        "LIST-B-001": "not reached before the run ended",
        "LIST-C-001": "no check exists: it would cost a year",
        "LIST-D-001": "not selected",
        "LIST-E-001": "nothing in the schema that it applies to",
    }
