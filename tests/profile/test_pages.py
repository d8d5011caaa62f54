"""The pages made from the profile's types are fresh and complete."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.profile import pages
from conformance.profile.document import leaves
from conformance.profile.loading import load_profile
from conformance.profile.location import profile_files
from conformance.profile.profile import Profile

CHECKOUT = Path(__file__).resolve().parent.parent.parent
"""The pages lie in the checkout; the package under test may be installed elsewhere."""
SCHEMA_PAGE = CHECKOUT / "docs" / "formats" / "profile.schema.json"
KEYS_PAGE = CHECKOUT / "profiles" / "README.md"

MEND = "run: python -m conformance.profile.pages"


def test_the_json_schema_is_fresh() -> None:
    """What editors are told is what the reader knows."""
    assert pages.json_schema() == SCHEMA_PAGE.read_text(encoding="utf-8"), MEND


def test_the_table_of_keys_is_fresh() -> None:
    """Every key, unit and default in the README is the reader's."""
    page = KEYS_PAGE.read_text(encoding="utf-8")

    assert pages.with_keys(page) == page, MEND


def test_the_readme_names_every_key() -> None:
    """No key is left out, whatever the table's maker thinks."""
    page = KEYS_PAGE.read_text(encoding="utf-8")
    names = {path[-1] for path in leaves(msgspec.to_builtins(Profile()))}
    names |= {field.encode_name for field in msgspec.structs.fields(Profile)}

    missing = {name for name in names if not re.search(rf"`[\[]*{re.escape(name)}[\]]*`", page)}

    assert set() == missing


def test_every_key_has_a_meaning() -> None:
    """An undescribed key helps nobody."""
    undescribed = [line for line in pages.keys().splitlines() if line.endswith("|  |")]

    assert undescribed == []


def test_the_readme_names_every_profile() -> None:
    """And what it is for."""
    page = KEYS_PAGE.read_text(encoding="utf-8")

    assert set() == {name for name in profile_files() if f"| `{name}` |" not in page}


def test_the_readme_s_example_is_a_profile(tmp_path: Path) -> None:
    """What people copy works."""
    page = KEYS_PAGE.read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    path = tmp_path / "mine.toml"
    path.write_text(example, encoding="utf-8")

    profile = load_profile(str(path), environ={}).profile

    assert profile.target.url == "https://kaltura.example"
    assert profile.actions.denied("media.delete")
    assert profile.actions.probe_only_because("stats.collect")


@pytest.mark.parametrize("name", profile_files())
def test_each_profile_s_first_line_names_the_schema(name: str) -> None:
    """Relative to the file, so that editors find it in a checkout."""
    path = CHECKOUT / "profiles" / f"{name}.toml"

    first = path.read_text(encoding="utf-8").splitlines()[0]

    assert first == "#:schema ../docs/formats/profile.schema.json"
    assert (path.parent / first.removeprefix("#:schema ")).resolve() == SCHEMA_PAGE


def test_the_json_schema_refuses_unknown_keys() -> None:
    """In every table that has fixed keys."""
    definitions: dict[str, Any] = json.loads(pages.json_schema())["$defs"]

    assert {False} == {each["additionalProperties"] for each in definitions.values()}
