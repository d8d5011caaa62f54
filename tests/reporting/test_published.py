"""The published schemas are those of the files."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from conformance.reporting.formats import FORMATS
from conformance.verdict.pages import PAGES, json_schema

ROOT = Path(__file__).parent.parent.parent
FORMATS_FOLDER = ROOT / "docs" / "formats"


def published(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((FORMATS_FOLDER / name).read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", PAGES)
def test_a_published_schema_is_fresh(name: str) -> None:
    """`python -m conformance.verdict.pages` would change nothing."""
    assert (FORMATS_FOLDER / name).read_text(encoding="utf-8") == json_schema(name)


def test_a_run_is_of_its_schema(hostile_folder: str) -> None:
    """What a run writes is what is published."""
    document = json.loads((Path(hostile_folder) / "run.json").read_text(encoding="utf-8"))

    assert [e.message for e in published("run.schema.json").iter_errors(document)] == []
    del document["findings"]
    assert not published("run.schema.json").is_valid(document)


def test_each_line_of_the_results_is_of_its_schema(hostile_folder: str) -> None:
    """Header, checks and footer."""
    lines = (Path(hostile_folder) / "results.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    validator = published("results.schema.json")
    documents = [json.loads(line) for line in lines]

    assert [e.message for each in documents for e in validator.iter_errors(each)] == []
    assert not validator.is_valid({**documents[1], "outcome": 3})
    assert [each["kind"] for each in documents] == ["header", *["check"] * 8, "footer"]


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_explained(name: str) -> None:
    """The page beside the runs has a line for each, with the files that it makes."""
    page = (ROOT / "reports" / "README.md").read_text(encoding="utf-8")
    (line,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]

    assert all(made in line for made in FORMATS[name].makes.split(", "))
