"""The OpenAPI document is valid, flat, and says what the schema says."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.main import invoke
from conformance.schema.openapi import MOST_SUBTYPES, openapi, request_schema
from conformance.schema.reader import parse_schema, read_schema

SCHEMA = parse_schema(
    files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes(), "own"
)
DOCUMENT = openapi(SCHEMA)
DATA = Path(
    os.environ.get("KALTURA_CONFORMANCE_DATA")
    or Path(__file__).resolve().parents[3] / "shared/data"
)
REAL = DATA / "KalturaClient-22.19.0.xml"


def complaints(document: dict[str, Any]) -> list[str]:
    """What the validator has against a document."""
    validator = pytest.importorskip("openapi_spec_validator").OpenAPIV31SpecValidator
    return [error.message for error in validator(document).iter_errors()]


def test_the_document_is_valid() -> None:
    """By the validator that everybody uses."""
    assert complaints(DOCUMENT) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_document_of_a_real_server_is_valid() -> None:
    """146 services in one document."""
    if not REAL.exists():
        pytest.skip(f"{REAL.name} is not at hand: set KALTURA_CONFORMANCE_DATA")
    document = openapi(read_schema(str(REAL)))

    assert len(document["paths"]) == 1004
    assert complaints(document) == []


def test_every_action_is_a_path() -> None:
    """Under its wire id."""
    assert set(DOCUMENT["paths"]) == {
        f"/service/{a.service}/action/{a.name}" for a in SCHEMA.actions
    }


def test_classes_are_flat_and_named_by_a_constant() -> None:
    """With what they inherit; what may be sent differs from what is answered."""
    schemas = DOCUMENT["components"]["schemas"]
    answered, added = schemas["KalturaMediaEntry"], schemas["KalturaMediaEntry.add"]

    assert answered["properties"]["objectType"] == {"const": "KalturaMediaEntry"}
    assert "createdAt" in answered["properties"]
    assert "createdAt" not in added["properties"]
    assert "name" in added["properties"]
    assert not any("allOf" in schema for schema in schemas.values())


def test_no_place_offers_more_than_eight_classes() -> None:
    """Readers and generators choke on a hundred alternatives; `None` lifts the limit."""

    def widest(value: Any) -> int:
        members = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
        own = len(value.get("anyOf", ())) if isinstance(value, dict) else 0
        return max([own, *(widest(member) for member in members)])

    assert widest(DOCUMENT) == MOST_SUBTYPES
    assert widest(request_schema(SCHEMA, "KalturaPlaylist", view="add", subtypes=None)) >= 2


def test_files_travel_beside_a_json_part() -> None:
    """As a multipart body."""
    body = DOCUMENT["paths"]["/service/uploadtoken/action/upload"]["post"]["requestBody"]
    parts = body["content"]["multipart/form-data"]["schema"]

    assert set(parts["properties"]) == {"json", "fileData"}
    assert set(parts["required"]) == {"json", "fileData"}


def test_sessions_are_as_the_schema_says() -> None:
    """A ping needs none, a list needs one."""
    paths = DOCUMENT["paths"]

    assert paths["/service/system/action/ping"]["post"]["security"] == []
    assert paths["/service/media/action/list"]["post"]["security"] == [{"ks": []}]


def test_the_command_writes_the_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To stdout or to a file, whole or of some services; an unknown service is a usage error."""
    target = tmp_path / "api.json"

    codes = [
        invoke(["schema", "openapi", "--service", "system"]),
        invoke(["schema", "openapi", "--output", str(target)]),
        invoke(["schema", "openapi", "--service", "mediaa"]),
        invoke(["schema", "openapi", "--output", str(tmp_path / "no" / "folder")]),
    ]
    said = capsys.readouterr()

    assert codes == [0, 0, 2, 2]
    assert all(path.startswith("/service/system/") for path in json.loads(said.out)["paths"])
    assert json.loads(target.read_text())["paths"].keys() == DOCUMENT["paths"].keys()
    assert "Did you mean 'media'" in said.err
    assert "cannot be written" in said.err
