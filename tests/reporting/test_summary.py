from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.reporting.summary import FINDINGS_SHOWN, summary

if TYPE_CHECKING:
    from conformance.verdict.finding import Finding
    from conformance.verdict.run import Run


def test_a_finding_is_a_block_to_act_on(run: Run) -> None:
    """Requirement, place, expectation, observation, hint, other subjects, and how to replay."""
    block = summary(run, folder="reports/x").split("\n\n")[0].splitlines()

    assert block[0].startswith("CRUD-UPDATE-002  ")
    assert block[0].endswith("MUST  playlist")
    assert block[1:] == [
        "  at         $.tags",
        "  expected   'a, b'",
        "  actual     absent",
        "  hint       was the object replaced instead of patched?",
        "  also in    media, data",
        "  replay     kaltura-conformance replay reports/x f-7c1e03aa",
    ]


def test_the_close_says_what_was_judged(run: Run) -> None:
    """Verdict, target, schema, checks, actions, traffic, leftovers, seed, folder."""
    close = summary(run, folder="reports/x").split("\n\n")[-1]

    for text in (
        "NOT CONFORMANT  http://127.0.0.1:8080  partner 102",
        "22.19.0: 146 services, 1004 actions",
        "10 of 10: 9 passed · 1 failed",
        "5 called, 4 answered of 1004",
        "40 requests in 12.5 s (3/s, 1 retries)",
        "2 objects",
        "seed       7",
        "reports/x",
    ):
        assert text in close


def test_a_waiver_is_told_with_its_reason(run: Run, waived: Finding) -> None:
    """What is accepted stays visible."""
    text = summary(replace(run, findings=(waived,)), folder="reports/x")

    assert "  waived     until 2030-01-01: known since May" in text


def test_a_flood_of_findings_is_cut_and_counted(run: Run, finding: Finding) -> None:
    """A person reads the first ones; the file has them all."""
    many = replace(run, findings=(finding,) * (FINDINGS_SHOWN + 3))

    assert "… and 3 more findings in reports/x/run.json" in summary(many, folder="reports/x")


def test_why_a_run_is_inconclusive_is_told(run: Run) -> None:
    """A verdict without findings gives its reasons."""
    unsure = replace(run, findings=(), reasons=("3 checks of the plan were not executed",))

    assert "because    3 checks of the plan were not executed" in summary(
        unsure, folder="reports/x"
    )


def test_the_close_tells_what_was_learned(run: Run) -> None:
    """How many services made an object, and what had to be found out for one."""
    objects = {"made": 2, "total": 3, "not_made": {"c": "no"},
               "learned": {"b": ["name is demanded", "tags left out"]}}  # fmt: skip
    learned = replace(run, coverage={**run.coverage, "lifecycles": {"objects": objects}})

    lines = summary(learned, folder="reports/x").splitlines()

    assert "  objects    of 2 of the 3 services with an add" in lines
    assert "  learned    b: name is demanded; tags left out" in lines


def test_a_narrow_terminal_breaks_no_word_but_wraps(run: Run, finding: Finding) -> None:
    """Values are indented where they go on; the replay line stays whole, to be copied."""
    long = replace(finding, actual="a result: " + "word " * 60)
    told = summary(replace(run, findings=(long,)), folder="reports/x", width=80)
    block = told.split("\n\n")[0].splitlines()

    assert block[:2] == [
        "CRUD-UPDATE-002  update writes only what is in the request.  MUST  playlist",
        "  at         $.tags",
    ]
    assert max(len(line) for line in block[:-1]) <= 80
    assert sum(line.startswith(" " * 13 + "word") for line in block) == 4


def test_a_long_statement_has_a_line_of_its_own(run: Run) -> None:
    """The title then names requirement, level and subject."""
    wordy = replace(run.requirements[0], statement="It holds " + "and holds " * 10 + "on.")
    block = summary(replace(run, requirements=(wordy,)), folder="x", width=80).splitlines()

    assert block[0] == "CRUD-UPDATE-002  MUST  playlist"
    assert block[1].startswith("  It holds and holds")


def test_no_answer_commands_the_terminal(run: Run, finding: Finding) -> None:
    """Control characters of a server are shown as what they are not."""
    hostile = replace(finding, actual="\x1b]0;owned\x07\x9b31m red")

    told = summary(replace(run, findings=(hostile,)), folder="x")

    assert not {"\x1b", "\x07", "\x9b"} & set(told)
    assert "]0;owned" in told
