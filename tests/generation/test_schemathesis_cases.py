"""Schemathesis draws from our document: three phases, the same requests for the same seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files

import pytest
from openapi_spec_validator import validate

from conformance.generation.drawable import BIG_TEXT, BROKEN_LINE, drawable
from conformance.generation.hostile import INJECTED, NUMBERS
from conformance.generation.schemathesis_cases import (
    METHODS,
    drawn_bodies,
    drawn_queries,
    drawn_requests,
    drawn_texts,
    drawn_uploads,
    is_installed,
)
from conformance.schema.reader import parse_schema

pytest.importorskip("schemathesis")

SCHEMA = parse_schema(
    files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes(), "own"
)
ACTIONS = {action.id: action for action in SCHEMA.actions}
OF_MEDIA = (ACTIONS["media.get"], ACTIONS["media.list"])
DIGEST = """
from tests.generation.test_schemathesis_cases import OF_MEDIA, SCHEMA, drawn_requests
print(drawn_requests(SCHEMA, OF_MEDIA, seed=9, most=40))
"""


def test_every_phase_and_every_aim_is_drawn() -> None:
    """Examples, coverage and fuzzing; calls, values of other kinds, and bodies that are neither."""
    drawn = [
        each for seed in range(6) for each in drawn_requests(SCHEMA, OF_MEDIA, seed=seed, most=24)
    ]

    assert {each.phase for each in drawn} == {"examples", "coverage", "fuzzing"}
    assert {each.aim for each in drawn} == {"call", "kind", "body"}
    assert {each.action for each in drawn} == {"media.get", "media.list"}
    assert {each.method for each in drawn} > {"POST"}
    assert {each.method for each in drawn} <= METHODS


@pytest.mark.parametrize("most", [1, 7, 24, 100])
def test_no_more_is_drawn_than_was_asked_for(most: int) -> None:
    """The budget of a service; a small one is used up."""
    found = drawn_requests(SCHEMA, OF_MEDIA, seed=3, most=most)

    assert len(found) <= most
    assert len(found) >= min(most, 12) * 3 // 4


def test_bodies_that_may_be_unreadable_come_last() -> None:
    """So that the plain call afterwards is the next one on the connection."""
    aims = [each.aim == "body" for each in drawn_requests(SCHEMA, OF_MEDIA, seed=1, most=24)]

    assert aims == sorted(aims)
    assert any(aims)


def test_bodies_are_raw_broken_and_called_otherwise() -> None:
    """No object, no JSON, no text at all, and other content types."""
    drawn = [
        each for seed in range(8) for each in drawn_requests(SCHEMA, OF_MEDIA, seed=seed, most=24)
    ]
    bodies = [each for each in drawn if each.aim == "body"]

    assert any(each.content in {b"null", b"[null, null]", b"[1,2]"} for each in bodies)
    assert any(not _is_json(each.content) for each in bodies)
    assert len({each.content_type for each in bodies}) > 2
    assert all(each.params is None for each in bodies)


def test_hostile_texts_and_numbers_come_in_by_the_document() -> None:
    """As ids of a get; the rest of the call is what the document says."""
    numbers, texts = set(), set()
    for seed in range(12):
        for name, key, found in (
            ("category.get", "id", numbers),
            ("media.get", "entryId", texts),
        ):
            drawn = drawn_requests(SCHEMA, (ACTIONS[name],), seed=seed, most=12)
            found.update(each.params[key] for each in drawn if each.aim == "call" and each.params)

    assert numbers & set(NUMBERS)
    assert any("'" in text for text in texts)
    assert len(texts) > 20


def test_texts_urls_bodies_and_uploads_are_drawn_for_the_target() -> None:
    """Broken lines in the URL, megabytes in the body, files that break off."""
    get = ACTIONS["baseentry.get"]
    lines = drawn_queries(SCHEMA, get, seed=1, most=6, query={"callback": BROKEN_LINE})
    bodies = drawn_bodies(SCHEMA, get, seed=1, most=8)
    uploads = drawn_uploads(SCHEMA, ACTIONS["uploadtoken.upload"], seed=1, most=12)
    texts = drawn_texts(SCHEMA, ACTIONS["media.add"], seed=1, most=6, only=("name", "tags"))

    assert all(INJECTED in dict(each.query)["callback"] for each in lines)
    assert max(len(str(each.params)) for each in bodies) > 100_000
    assert any(each.cut < 1000 and each.file_part == "fileData" for each in uploads)
    given = [each.params["entry"] for each in texts if each.params]
    assert {name for entity in given for name in entity} == {"objectType", "name", "tags"}


def test_what_is_drawn_from_is_a_valid_document() -> None:
    """Plain values one object deep, within OpenAPI."""
    document = drawable(SCHEMA, OF_MEDIA, query={"clientTag": BIG_TEXT})

    validate(document)
    classes = document["components"]["schemas"].values()
    assert classes
    assert not any("$ref" in json.dumps(each) for each in classes)


def test_the_same_seed_gives_the_same_requests_in_another_process() -> None:
    """Whatever the seed of the interpreter's hashes; another seed gives others."""
    told = {
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(told) == 1
    assert told != {f"{drawn_requests(SCHEMA, OF_MEDIA, seed=10, most=40)}\n"}


def test_whether_it_is_there_is_known_without_loading_it() -> None:
    """The extra is optional."""
    assert is_installed()


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True
