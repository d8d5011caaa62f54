"""Each format is read by somebody else's reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import haralyzer
import jsonschema
import junitparser
import pytest
from lxml import etree
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from conformance.exceptions import UsageError
from conformance.reporting.evidence import read_evidence
from conformance.reporting.formats import FORMATS, format_of, render
from conformance.verdict.result import CheckResult

if TYPE_CHECKING:
    from conformance.reporting.evidence import Evidence

CTRF = Path(__file__).parent / "ctrf" / "ctrf-schema-0.0.json"


def made(evidence: Evidence, name: str) -> dict[str, bytes]:
    return dict(render(evidence, [name]))


def text(evidence: Evidence, name: str) -> str:
    (content,) = made(evidence, name).values()
    return content.decode()


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_made_again_is_the_same(name: str, hostile_folder: str) -> None:
    """Everything comes from the files: nothing of now, of here, or of chance is in it."""
    first = made(read_evidence(hostile_folder), name)

    assert first
    assert made(read_evidence(hostile_folder), name) == first


def test_an_unknown_format_is_told_with_the_nearest() -> None:
    """A slip of the finger is guessed."""
    with pytest.raises(UsageError, match="Did you mean 'junit'"):
        format_of("junti")


class TestJunit:
    """Read by junitparser."""

    @pytest.fixture
    def cases(self, hostile: Evidence) -> dict[str, junitparser.TestCase]:
        suites = junitparser.JUnitXml.fromstring(made(hostile, "junit")["junit.xml"])
        return {f"{case.classname} {case.name}": case for suite in suites for case in suite}

    def test_it_counts_what_there_is(self, hostile: Evidence) -> None:
        """Totals and cases agree."""
        suites = junitparser.JUnitXml.fromstring(made(hostile, "junit")["junit.xml"])

        assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (8, 2, 1, 3)
        assert sum(suite.tests for suite in suites) == 8
        assert {suite.name for suite in suites} == {"crud", "list", "wire", "errors"}

    def test_a_breach_is_a_failure_with_its_story(
        self, cases: dict[str, junitparser.TestCase], hostile: Evidence
    ) -> None:
        """A real `<failure>`, whose text says how to see it again."""
        (failure,) = cases["CRUD-GET-001 media.add test_it"].result

        assert isinstance(failure, junitparser.Failure)
        assert failure.type == "CRUD-GET-001"
        assert "expected   'a, b'" in failure.text
        assert hostile.run.findings[0].reproduce in failure.text

    def test_what_the_suite_broke_is_an_error(self, cases: dict[str, junitparser.TestCase]) -> None:
        """It broke and we broke are different elements."""
        (error,) = cases["WIRE-DOC-001 target test_it"].result

        assert isinstance(error, junitparser.Error)

    def test_labels_are_properties(self, hostile: Evidence) -> None:
        """Requirement, level, outcome, waiver, finding."""
        root = etree.fromstring(made(hostile, "junit")["junit.xml"])
        (case,) = root.xpath("//testcase[@classname='LIST-PAGE-001']")
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}

        assert properties["requirement"] == "LIST-PAGE-001"
        assert properties["level"] == "MUST"
        assert properties["outcome"] == "waived"
        assert properties["waiver"] == "until 2030-01-01: known since May <b>"
        assert properties["finding"].startswith("f-")
        assert case.find("failure") is None
        assert case.find("skipped").get("message").startswith("waived: until 2030")

    def test_what_is_not_xml_is_replaced(self, hostile: Evidence) -> None:
        """A server that answers control characters does not break the document."""
        content = made(hostile, "junit")["junit.xml"]

        assert b"\x00" not in content
        assert b"\x1b" not in content
        assert "\ufffd".encode() in content


class TestCtrf:
    """Held against the format's own JSON Schema."""

    @pytest.fixture
    def document(self, hostile: Evidence) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(text(hostile, "ctrf"))
        return document

    def test_it_is_of_the_schema(self, document: dict[str, Any]) -> None:
        """Every key and every word is one that the format has."""
        schema = json.loads(CTRF.read_text())
        checker = jsonschema.Draft7Validator(
            schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
        )

        assert [error.message for error in checker.iter_errors(document)] == []

    def test_the_schema_refuses_what_is_not_of_it(self, document: dict[str, Any]) -> None:
        """The reader reads: a word of our own would be found."""
        document["results"]["tests"][0]["status"] = "inconclusive"

        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document, json.loads(CTRF.read_text()))

    def test_outcomes_keep_their_words(self, document: dict[str, Any]) -> None:
        """The format has five statuses; ours stand beside them."""
        tests = {test["name"]: test for test in document["results"]["tests"]}
        undecided = tests["CRUD-ADD-001 user test_it"]

        assert (undecided["status"], undecided["rawStatus"]) == ("other", "inconclusive")
        assert (undecided["flaky"], undecided["retries"]) == (True, 20)
        assert tests["CRUD-GET-001 media.add test_it"]["status"] == "failed"
        summary = document["results"]["summary"]
        assert (summary["tests"], summary["failed"], summary["other"]) == (8, 2, 3)


class TestHar:
    """Read by haralyzer."""

    def test_the_exchanges_of_the_findings_are_in_it(self, hostile: Evidence) -> None:
        """Each once, with the findings that it shows."""
        document = json.loads(text(hostile, "har"))
        pages = haralyzer.HarParser(document)

        first, second = document["log"]["entries"]
        assert pages.browser is not None
        assert first["request"]["method"] == "POST"
        assert json.loads(first["response"]["content"]["text"])["name"] == "a, c"
        assert hostile.run.findings[0].id in first["comment"]
        assert {"startedDateTime", "time", "cache", "timings"} <= second.keys()

    def test_bytes_survive(self, hostile: Evidence) -> None:
        """A request that is no text is still there."""
        document = json.loads(text(hostile, "har"))

        assert document["log"]["entries"][1]["request"]["bodySize"] == 9
        assert "binary" in document["log"]["entries"][1]["request"]["postData"]["text"]


class TestOpenMetrics:
    """Read by the Prometheus client."""

    def test_it_is_read_whole(self, hostile: Evidence) -> None:
        """Families, labels and the end mark, whatever the server's version is called."""
        content = text(hostile, "openmetrics")
        families = {f.name: f for f in text_string_to_metric_families(content)}

        assert content.endswith("# EOF\n")
        checks = families["kaltura_conformance_checks"].samples
        assert {s.labels["outcome"]: s.value for s in checks}["failed"] == 2
        verdicts = families["kaltura_conformance_verdict"].samples
        assert [s.labels["verdict"] for s in verdicts if s.value] == ["not conformant"]
        (facts,) = families["kaltura_conformance_run"].samples
        assert facts.labels["server_version"] == hostile.run.target.server_version
        times = families["kaltura_conformance_latency_seconds"].samples
        assert {s.labels["quantile"]: s.value for s in times}["0.99"] == 0.09


class TestBadge:
    """The endpoint's keys, and a picture that is XML."""

    def test_the_endpoint_has_its_keys(self, hostile: Evidence) -> None:
        """Version 1, label, message, colour."""
        document = json.loads(made(hostile, "badge")["badge.json"])

        assert document["schemaVersion"] == 1
        assert document["label"] == "Kaltura API"
        assert document["message"].startswith("not conformant")
        assert document["color"] == "red"
        assert document["isError"] is True

    def test_the_picture_holds_text_alone(self, hostile: Evidence) -> None:
        """A version is not markup."""
        picture = made(hostile, "badge")["badge.svg"]
        root = etree.fromstring(picture)

        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not list(root.iter("{*}script", "{*}img"))
        assert "not conformant" in "".join(root.itertext())


class TestAnnotations:
    """Workflow commands, and code quality."""

    def test_no_answer_starts_a_command(self, hostile: Evidence) -> None:
        """One line a finding that stands; what a server said stays inside of it."""
        lines = text(hostile, "annotations-github").removesuffix("\n").split("\n")

        assert len(lines) == sum(f.waived is None for f in hostile.run.findings)
        assert all(line.startswith("::error title=") for line in lines)
        assert "%0Aactual     'a, c'" in lines[0]
        assert "\r" not in "".join(lines)

    def test_there_are_ten_at_most(self, hostile: Evidence) -> None:
        """The platform shows no more; the last says how many there are."""
        from msgspec.structs import replace  # noqa: PLC0415 - only here

        many = replace(hostile, run=replace(hostile.run, findings=hostile.run.findings[:1] * 30))
        lines = text(many, "annotations-github").removesuffix("\n").split("\n")

        assert len(lines) == 10
        assert lines[-1].endswith("::21 more findings: see the report of the run")

    def test_code_quality_has_its_keys(self, hostile: Evidence) -> None:
        """An issue for each subject, with a fingerprint that is no other's."""
        issues = json.loads(text(hostile, "annotations-gitlab"))

        assert {issue["location"]["path"] for issue in issues} == {
            "api_v3/media.add",
            "api_v3/data.add",
        }
        assert len({issue["fingerprint"] for issue in issues}) == len(issues)
        for issue in issues:
            assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
            assert issue["location"]["lines"]["begin"] == 1
            assert {"description", "check_name"} <= issue.keys()


class TestMarkdown:
    """For people who read it on a job's page."""

    def test_it_says_what_matters(self, hostile: Evidence) -> None:
        """Verdict, findings, waivers with their reason."""
        content = text(hostile, "markdown")

        assert content.startswith("## ❌ Kaltura API: not conformant\n")
        assert "<b>CRUD-GET-001</b> MUST" in content
        assert "### 1 waived" in content
        assert "known since May &lt;b&gt;" in content
        assert hostile.run.findings[0].reproduce in content

    def test_no_answer_is_markup(self, hostile: Evidence) -> None:
        """Outside of code spans, which end where we end them, nothing of a server's is HTML."""
        content = text(hostile, "markdown")
        outside = re.sub(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", content)

        assert "<script" not in outside
        assert "<img" not in outside
        assert "\n::error" not in content


class TestAllure:
    """In Allure's own model; its generator is asked in `tox -e allure`."""

    @pytest.fixture
    def files(self, hostile: Evidence) -> dict[str, bytes]:
        pytest.importorskip("allure_commons", reason="Allure's library is not installed")
        return made(hostile, "allure")

    def test_every_check_is_a_result(self, files: dict[str, bytes], hostile: Evidence) -> None:
        """With the labels by which Allure groups."""
        results = [json.loads(c) for n, c in files.items() if n.endswith("-result.json")]
        (failed,) = [r for r in results if r["fullName"] == "CRUD-GET-001 media.add test_it"]
        labels = {label["name"]: label["value"] for label in failed["labels"]}

        assert len(results) == len(hostile.results)
        assert (labels["epic"], labels["feature"]) == ("crud", "CRUD-GET-001")
        assert (labels["story"], labels["severity"]) == ("media.add", "critical")
        assert failed["status"] == "failed"
        assert failed["statusDetails"]["message"].startswith("MUST CRUD-GET-001: ")

    def test_a_failure_has_its_calls(self, files: dict[str, bytes]) -> None:
        """Numbered steps; each attachment that is named is there."""
        results = [json.loads(c) for n, c in files.items() if n.endswith("-result.json")]
        (failed,) = [r for r in results if r["fullName"] == "CRUD-GET-001 data.add test_it"]
        named = [a["source"] for step in failed["steps"] for a in step["attachments"]]

        assert [step["name"].split()[0] for step in failed["steps"]] == ["1.", "2."]
        assert len(named) == 4
        assert {f"allure-results/{name}" for name in named} <= files.keys()
        assert not any(r.get("steps") for r in results if r["status"] == "passed")

    def test_history_follows_the_check(self, files: dict[str, bytes]) -> None:
        """The same check of two runs has one history; no two checks share one."""
        results = [json.loads(c) for n, c in files.items() if n.endswith("-result.json")]

        assert len({r["historyId"] for r in results}) == len(results)
        assert len({r["uuid"] for r in results}) == len(results)

    def test_the_companions_are_there(self, files: dict[str, bytes]) -> None:
        """Categories match what the messages say; the environment is one line a fact."""
        categories = json.loads(files["allure-results/categories.json"])
        must = next(c for c in categories if c["name"] == "A MUST is broken")
        environment = files["allure-results/environment.properties"].decode()
        settings = files["allure-results/allurerc.mjs"].decode()
        told = json.loads(settings.removeprefix("export default ").removesuffix(";\n"))

        assert re.fullmatch(must["messageRegex"], "MUST X\nand more")
        assert not re.match(must["messageRegex"], "SHOULD X, not a MUST Y")
        assert told == {"categories": categories}
        assert all(" = " in line for line in environment.splitlines())
        assert "verdict = not conformant" in environment
        assert json.loads(files["allure-results/executor.json"])["name"] == "kaltura-conformance"


def test_the_results_hold_every_outcome(hostile: Evidence) -> None:
    """What these tests look at leaves no outcome out but those that a run never writes."""
    outcomes = {each.outcome for each in hostile.results if isinstance(each, CheckResult)}

    assert outcomes == {
        "passed", "failed", "waived", "inconclusive", "broken", "not_applicable"
    }  # fmt: skip
