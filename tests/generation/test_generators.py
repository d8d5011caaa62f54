from __future__ import annotations

import time
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.generation.domain import constants, domain_of
from conformance.generation.plain import PlainGenerator, plain_object
from conformance.generation.plainest import plainest_of
from conformance.generation.rules import Range, ValueRules
from conformance.generation.strategies import from_property, from_type, objects
from conformance.schema.lineage import Lineage
from conformance.schema.model import Property, TypeRef
from conformance.schema.reader import parse_schema
from conformance.schema.views import add_view, update_view

if TYPE_CHECKING:
    from conformance.generation.rules import View
    from conformance.schema.model import Schema


def _schema() -> Schema:
    content = files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes()
    return parse_schema(content, "embedded")


SCHEMA = _schema()
LINEAGE = Lineage(SCHEMA)
CONCRETE = tuple(sorted(c.name for c in SCHEMA.classes.values() if not c.abstract))
VIEWS: tuple[View, ...] = ("add", "update", "filter")
WORD = TypeRef("string")


def offences(value: dict[str, Any], view: View, depth: int = 3) -> list[str]:
    """Everything about an object that the rules forbid."""
    kind = value["objectType"]
    properties = LINEAGE.properties(kind)
    found = [f"{kind} is abstract"] if SCHEMA.classes[kind].abstract else []
    found += ["too deep"] if depth < 1 else []
    for name, each in value.items():
        if name == "objectType":
            continue
        prop = properties[name]
        if prop.read_only or (view == "update" and prop.insert_only):
            found.append(f"{name} must not be sent")
        if name.startswith("multiLingual_"):
            found.append(f"{name} is a twin")
        found += _ill_valued(prop, each)
        inner = each if isinstance(each, list) else [each]
        for one in inner:
            if isinstance(one, dict):
                found += offences(one, view, depth - 1)
    return found


def _ill_valued(prop: Property, value: Any) -> list[str]:
    if prop.type.enum is not None:
        allowed = constants(SCHEMA.enums[prop.type.enum])
        return [] if value in allowed else [f"{prop.name}={value!r} is no constant"]
    if isinstance(value, list):
        return [] if len(value) <= 3 else [f"{prop.name} has {len(value)} items"]
    if isinstance(value, str):
        return _ill_text(prop, value)
    if prop.type.is_time and not 320_000_000 < value < 2**31:
        return [f"{prop.name}={value} is no absolute time"]
    return []


def _ill_text(prop: Property, text: str) -> list[str]:
    found = []
    if text != text.strip() or "  " in text or any(mark in text for mark in "<>&\t\n"):
        found.append(f"{prop.name}={text!r} would be altered")
    if any(ord(letter) > 0xFFFF for letter in text):
        found.append(f"{prop.name}={text!r} leaves the Basic Multilingual Plane")
    most = [limit for limit in (prop.max_length, prop.utf8_truncate) if limit is not None]
    if most and len(text.encode()) > min(most):
        found.append(f"{prop.name} is longer than {min(most)} bytes")
    if prop.min_length is not None and len(text.encode()) < prop.min_length:
        found.append(f"{prop.name} is shorter than {prop.min_length} bytes")
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_plain_objects_of_every_class_obey_the_rules(view: View) -> None:
    """Neither generator sends what a view forbids, nor a value that a server would alter."""
    generator = PlainGenerator(SCHEMA, LINEAGE)
    random = Random(3)

    found = [
        o for kind in CONCRETE for o in offences(generator.object(kind, random, view=view), view)
    ]

    assert found == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), kind=st.sampled_from(CONCRETE), view=st.sampled_from(VIEWS))
def test_strategies_obey_the_same_rules(data: st.DataObject, kind: str, view: View) -> None:
    """What Hypothesis draws is of the same kind as what the plain generator draws."""
    value = data.draw(objects(SCHEMA, LINEAGE, kind, view=view))

    assert offences(value, view) == []


def test_the_same_seed_gives_the_same_object() -> None:
    """A failing seed can be replayed."""
    one, other = (plain_object(SCHEMA, LINEAGE, "KalturaMediaEntry", Random(9)) for _ in range(2))

    assert one == other
    assert one != plain_object(SCHEMA, LINEAGE, "KalturaMediaEntry", Random(10))


def test_every_property_is_drawn_sooner_or_later() -> None:
    """Sparse means that all combinations come, not that some property never does."""
    generator = PlainGenerator(SCHEMA, LINEAGE)
    random = Random(4)
    expected = {p.name for p in add_view(LINEAGE, "KalturaCategory") if not p.deprecated}

    drawn = set().union(*(generator.object("KalturaCategory", random) for _ in range(60)))

    assert drawn - {"objectType"} == expected


def test_an_update_sends_no_insert_only_property() -> None:
    """The update view is the add view without what may be set only once."""
    generator = PlainGenerator(SCHEMA, LINEAGE)
    random = Random(4)
    allowed = {p.name for p in update_view(LINEAGE, "KalturaMediaEntry")} | {"objectType"}

    drawn = set().union(
        *(generator.object("KalturaMediaEntry", random, view="update") for _ in range(60))
    )

    assert drawn <= allowed


def test_only_always_and_never_are_kept() -> None:
    """A recipe's lists decide what is sent."""
    rules = ValueRules(
        only=frozenset({"name", "tags", "description"}),
        always=frozenset({"name"}),
        never=frozenset({"tags"}),
    )
    generator = PlainGenerator(SCHEMA, LINEAGE)
    random = Random(4)

    drawn = [generator.object("KalturaMediaEntry", random, rules=rules) for _ in range(40)]

    assert all("name" in value for value in drawn)
    assert set().union(*drawn) == {"objectType", "name", "description"}


@given(data=st.data())
@settings(max_examples=60)
def test_limits_hold_in_bytes(data: st.DataObject) -> None:
    """Letters of three bytes count as three."""
    prop = Property(name="name", type=WORD, min_length=3, max_length=7)

    text = data.draw(from_property(prop, schema=SCHEMA, lineage=LINEAGE))

    assert 3 <= len(text.encode()) <= 7


@given(data=st.data())
@settings(max_examples=40)
def test_a_given_range_and_the_schema_s_limits_both_hold(data: st.DataObject) -> None:
    """The narrower of the two counts."""
    prop = Property(name="priority", type=TypeRef("int"), max_value=9)
    rules = ValueRules(ranges=(Range("priority", 5, 100),))

    assert 5 <= data.draw(from_property(prop, schema=SCHEMA, lineage=LINEAGE, values=rules)) <= 9


def test_a_nullable_boolean_is_0_or_1() -> None:
    """-1 means that nothing was sent, so it is never drawn."""
    assert set(constants(SCHEMA.enums["KalturaNullableBoolean"])) == {0, 1}


def test_values_of_plugins_are_drawn_only_if_asked() -> None:
    """`plugin.CONST` needs the plugin on the target."""
    enum = next(
        e for e in SCHEMA.enums.values() if any("." in constant.value for constant in e.constants)
    )

    assert not any("." in str(value) for value in constants(enum))
    assert any("." in str(value) for value in constants(enum, plugin_values=True))


def test_a_file_has_no_values() -> None:
    """What cannot be drawn is said, not guessed."""
    with pytest.raises(LookupError):
        from_type(TypeRef("file"), schema=SCHEMA, lineage=LINEAGE)


def test_the_plain_generator_is_quick() -> None:
    """The bulk tier needs thousands a second; a tenth of the goal is asked, for busy machines."""
    generator = PlainGenerator(SCHEMA, LINEAGE)
    random = Random(1)
    rules = ValueRules(depth=1)
    started = time.perf_counter()

    for _ in range(500):
        generator.object("KalturaMediaEntry", random, rules=rules)

    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize("number", [0, 1, 30])
def test_plainest_values_are_as_valid_as_drawn_ones(number: int) -> None:
    """What a failing input is made of once it is small breaks no rule of its own."""
    offending = []
    for kind in CONCRETE:
        for prop in add_view(LINEAGE, kind):
            domain = domain_of(prop, schema=SCHEMA, lineage=LINEAGE, rules=ValueRules())
            value = plainest_of(domain, prop, number)
            if value is not None:
                offending += [(kind, each) for each in _ill_valued(prop, value)]

    assert offending == []
