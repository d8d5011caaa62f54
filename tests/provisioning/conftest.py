"""The schemas that objects are made of."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from conformance.schema.reader import parse_schema

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.schema.model import Schema


@pytest.fixture(scope="session")
def embedded_schema() -> Schema:
    """The schema that comes with the embedded server."""
    content = files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes()
    return parse_schema(content, "embedded")


@pytest.fixture(scope="session")
def real_schema(data_folder: Path) -> Schema:
    """The schema of a real server."""
    file = data_folder / "KalturaClient-22.19.0.xml"
    return parse_schema(file.read_bytes(), file.name)
