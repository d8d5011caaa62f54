"""Whatever is drawn is valid by a JSON Schema that another room makes of the same model."""

from __future__ import annotations

import os
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.statistics import collector

from conformance.generation.plain import PlainGenerator
from conformance.generation.rules import Known, ValueRules
from conformance.generation.strategies import Strategies, view_of
from conformance.schema.lineage import Lineage
from conformance.schema.openapi import request_schema
from conformance.schema.reader import parse_schema, read_schema

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.generation.rules import View
    from conformance.schema.model import Schema

jsonschema_rs = pytest.importorskip("jsonschema_rs")

DATA = Path(
    os.environ.get("KALTURA_CONFORMANCE_DATA")
    or Path(__file__).resolve().parents[3] / "shared/data"
)
REAL = DATA / "KalturaClient-22.19.0.xml"
OWN = files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes()
SAMPLE = 120
"""Classes of the real schema that are looked at each time; the slow proof looks at all of them."""


@lru_cache(maxsize=2)
def schema_of(which: str) -> Schema:
    """The embedded server's schema, or that of a real server where it is at hand."""
    if which == "own":
        return parse_schema(OWN, "own")
    if not REAL.exists():
        pytest.skip(f"{REAL.name} is not at hand: set KALTURA_CONFORMANCE_DATA")
    return read_schema(str(REAL))


def validator_of(schema: Schema, name: str, view: View) -> Any:
    """What says whether a value may be sent as an object of the class."""
    written = "update" if view == "update" else "add"
    document = request_schema(schema, name, view=written, subtypes=None)
    return jsonschema_rs.Draft202012Validator(document)


def concrete(schema: Schema) -> list[str]:
    """The classes of which there can be objects."""
    return sorted(c.name for c in schema.classes.values() if not c.abstract)


@pytest.mark.parametrize("which", ["own", "real"])
@pytest.mark.parametrize("view", ["add", "update", "filter"])
def test_plain_objects_are_valid(which: str, view: View) -> None:
    """Every class's objects out of the plain generator, of whatever view."""
    schema = schema_of(which)
    generator = PlainGenerator(schema, Lineage(schema))
    random = Random(5)
    names = concrete(schema)
    chosen = names if which == "own" else random.sample(names, SAMPLE)

    for name in chosen:
        validator = validator_of(schema, name, view)
        for _ in range(3):
            value = generator.object(name, random, view=view)
            assert [e.message for e in validator.iter_errors(value)] == [], value


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("view", ["add", "update"])
def test_drawn_objects_of_the_whole_real_schema_are_valid(view: View) -> None:
    """Every concrete class of a real server's schema."""
    _judge(schema_of("real"), concrete(schema_of("real")), view, examples=8)


@pytest.mark.parametrize("which", ["own", "real"])
@pytest.mark.parametrize("view", ["add", "update", "filter"])
def test_drawn_objects_are_valid(which: str, view: View) -> None:
    """Objects out of the strategies; of the real schema a sample."""
    schema = schema_of(which)
    names = Random(6).sample(concrete(schema), SAMPLE if which == "own" else SAMPLE // 2)

    _judge(schema, names, view, examples=10)


def _judge(schema: Schema, names: list[str], view: View, *, examples: int) -> None:
    strategies = Strategies(schema, Lineage(schema))
    for name in names:
        _hold(strategies.object(name, view=view), validator_of(schema, name, view), examples)


def _hold(drawn: SearchStrategy[dict[str, Any]], validator: Any, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn)
    def holds(value: dict[str, Any]) -> None:
        assert [e.message for e in validator.iter_errors(value)] == []

    holds()


def test_calls_hold_what_is_required_and_nothing_undeclared() -> None:
    """A drawn call has every required parameter that is no file, and only declared ones."""
    schema = schema_of("own")
    strategies = Strategies(schema, Lineage(schema))

    @settings(max_examples=300, deadline=None, database=None)
    @given(data=st.data(), action=st.sampled_from(schema.actions))
    def holds(data: st.DataObject, action: Any) -> None:
        call = data.draw(strategies.call(action))
        declared = {p.name for p in action.params if p.type.kind != "file"}
        required = {p.name for p in action.params if not p.optional and p.type.kind != "file"}

        assert required <= set(call) <= declared

    holds()


def test_the_view_of_an_action_follows_its_name() -> None:
    """An update sends no insert-only property, a list asks by a filter."""
    actions = {action.id: action for action in schema_of("own").actions}

    assert view_of(actions["media.update"]) == "update"
    assert view_of(actions["media.list"]) == "filter"
    assert view_of(actions["media.add"]) == "add"


def test_known_values_are_drawn_everywhere() -> None:
    """Ids of objects that live stand in the place of invented ones, also inside of objects."""
    schema = schema_of("own")
    rules = ValueRules(known=(Known("categoryId", (7, 8)),), always=frozenset({"categoryId"}))
    strategies = Strategies(schema, Lineage(schema))
    drawn = set()

    @settings(max_examples=30, deadline=None, database=None)
    @given(strategies.object("KalturaCategoryEntry", values=rules))
    def holds(value: dict[str, Any]) -> None:
        drawn.add(value["categoryId"])

    holds()

    assert drawn == {7, 8}


def test_edges_are_at_the_limits_and_within() -> None:
    """With edges, the longest and the shortest text that is allowed are drawn, in bytes."""
    schema = schema_of("own")
    lineage = Lineage(schema)
    limit = 100
    rules = ValueRules(edges=True, always=frozenset({"userId"}), only=frozenset({"userId"}))
    generator = PlainGenerator(schema, lineage)
    random = Random(2)

    plain = {
        len(generator.object("KalturaMediaEntry", random, rules=rules)["userId"].encode())
        for _ in range(200)
    }

    assert lineage.properties("KalturaMediaEntry")["userId"].max_length == limit
    assert {1, limit - 1, limit} <= plain
    assert max(plain) == limit

    strategies = Strategies(schema, lineage)

    @settings(max_examples=100, deadline=None, database=None)
    @given(strategies.object("KalturaMediaEntry", values=rules))
    def holds(value: dict[str, Any]) -> None:
        assert 1 <= len(value["userId"].encode()) <= limit

    holds()


def test_nothing_is_rejected_and_little_overruns() -> None:
    """The strategies never filter, and seldom run out of choices."""
    schema = schema_of("own")
    strategies = Strategies(schema, Lineage(schema))
    seen: Counter[str] = Counter()

    def note(statistics: Any) -> None:
        seen.update(case["status"] for case in statistics["generate-phase"]["test-cases"])

    for action in schema.actions[:120]:

        @settings(
            max_examples=20,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategies.call(action))
        def draws(_call: dict[str, Any]) -> None:
            pass

        with collector.with_value(note):
            draws()

    assert seen["invalid"] == 0
    assert seen["overrun"] <= 0.05 * sum(seen.values())
