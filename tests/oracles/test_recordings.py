"""Single answers of a real server, held against the oracles: its known deviations, nothing more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.oracles import actions, errors
from conformance.oracles.actions import Book
from conformance.schema.lineage import Lineage
from conformance.schema.reader import read_schema
from conformance.wire.answer import ApiError, Result
from conformance.wire.recording import exchange_from_recording, read_recordings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.oracles.claim import Oracle
    from conformance.schema.model import Action, Schema
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "known-deviations.md"
ROW = re.compile(r"\| `(?P<id>[A-Z]+-[A-Z]+-\d{3})` \| (?P<file>\w+) \| (?P<numbers>[\d, ]+) \|")

Sighting = tuple[str, str, int]


def of_any_answer(exchange: Exchange, schema: Schema) -> Iterator[tuple[str, Breach]]:
    """What the oracles say that need no action."""
    yield from told(errors.error_is_http_200, exchange)
    yield from told(errors.error_has_its_four_members, exchange)
    yield from told(errors.error_shows_no_internals, exchange)
    for oracle in (
        errors.code_is_a_token,
        errors.code_is_no_sentence,
        errors.error_has_its_arguments,
        errors.message_is_the_template,
    ):
        yield from told(oracle, exchange, schema)


def of_an_action(
    exchange: Exchange, action: Action, schema: Schema, book: Book
) -> Iterator[tuple[str, Breach]]:
    """What the oracles say that know the action."""
    yield from told(errors.error_says_what_is_true, exchange, action, schema)
    yield from told(errors.plain_read_does_not_break, exchange, action)
    yield from told(actions.action_exists, exchange)
    yield from told(actions.declared_object_is_there, exchange, action)
    if action.name in {"get", "update", "delete"}:
        yield from told(errors.unknown_id_is_echoed, exchange, action, schema)
    for oracle in (
        actions.value_is_of_its_declared_kind,
        actions.object_is_of_its_declared_class,
        actions.enum_value_is_in_its_enum,
        actions.unset_enum_is_left_out,
        actions.write_only_stays_hidden,
        actions.null_is_left_out,
        actions.property_keeps_its_spelling,
        actions.property_has_a_name,
        actions.time_is_in_seconds,
        actions.list_has_count_and_objects,
    ):
        yield from told(oracle, exchange, action, book)


def told(oracle: Oracle[...], *observed: object) -> Iterator[tuple[str, Breach]]:
    """The breaches of one oracle, with the requirement that it speaks for."""
    for breach in oracle(*observed):
        yield oracle.requirement, breach


def documented() -> set[Sighting]:
    """The deviations that the document lists."""
    found = set()
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        if row:
            numbers = row["numbers"].split(",")
            found |= {(row["id"], row["file"], int(number)) for number in numbers}
    return found


@pytest.fixture(scope="module")
def schema(data_folder: Path) -> Schema:
    """The schema of the recorded server."""
    return read_schema(data_folder / "KalturaClient-22.19.0.xml")


@pytest.fixture(scope="module")
def exchanges(data_folder: Path) -> list[tuple[str, Exchange]]:
    """Every recorded exchange with the name of its file."""
    return [
        (file, exchange_from_recording(recording))
        for file in ("exchanges", "sweep")
        for recording in read_recordings(data_folder / f"{file}-22.19.0.jsonl")
    ]


def test_real_answers_depart_only_as_documented(
    schema: Schema, exchanges: list[tuple[str, Exchange]]
) -> None:
    """Nothing is told of a real server but its documented deviations, and all of those are."""
    offered = {(a.service, a.name.casefold()): a for a in schema.actions}
    lineage = Lineage(schema)
    sightings: set[Sighting] = set()

    for file, exchange in exchanges:
        breaches = list(of_any_answer(exchange, schema))
        action = offered.get((exchange.call.service.lower(), exchange.call.action.casefold()))
        if action is not None:
            breaches += of_an_action(exchange, action, schema, Book(schema, lineage))
        sightings |= {(requirement, file, exchange.number) for requirement, _ in breaches}

    assert sightings == documented()


def test_recordings_are_mostly_judged(exchanges: list[tuple[str, Exchange]]) -> None:
    """Silence is not from answers that could not be read."""
    judged = [e for _, e in exchanges if isinstance(e.answer, Result | ApiError)]

    assert len(exchanges) == 3756
    assert len(judged) > 3600
