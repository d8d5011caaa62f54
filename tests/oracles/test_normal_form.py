from __future__ import annotations

from typing import Any

import pytest

from conformance.oracles.normal_form import NotOfThisType, normal_form
from conformance.schema.model import TypeRef

INT = TypeRef("int")
BOOL = TypeRef("bool")
TEXT = TypeRef("string")
STATUS = TypeRef("int", enum="KalturaThingStatus")
ARRAY = TypeRef("array", element="KalturaThing")
MAP = TypeRef("map", element="KalturaThing")


@pytest.mark.parametrize(
    ("value", "ref", "expected"),
    [
        (2, INT, 2),
        ("2", INT, 2),
        ("1.0E+20", INT, 10**20),
        (True, INT, 1),
        (2.0, TypeRef("bigint"), 2),
        ("1.5", TypeRef("float"), 1.5),
        (1, BOOL, True),
        ("0", BOOL, False),
        (True, STATUS, "1"),
        (2, STATUS, "2"),
        (5, TEXT, "5"),
        ({"0": 1, "2": 3}, ARRAY, [1, 3]),
        ([], MAP, {}),
        (None, ARRAY, []),
        (None, INT, None),
    ],
)
def test_equal_values_have_one_form(value: Any, ref: TypeRef, expected: Any) -> None:
    """What a server may write for one value is one value."""
    assert normal_form(value, ref) == expected


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        ("two", INT),
        ("", INT),
        (1.5, INT),
        ("yes", BOOL),
        ([1], TEXT),
        ({"objectType": "X"}, INT),
        ("x", ARRAY),
        ({"a": 1}, ARRAY),
        ({"0": 1, "1": 2}, ARRAY),
        ({}, ARRAY),
        ("x", TypeRef("object", name="KalturaThing")),
        ("1,5", TypeRef("float")),
    ],
)
def test_another_kind_has_no_form(value: Any, ref: TypeRef) -> None:
    """A value of another kind cannot be read."""
    with pytest.raises(NotOfThisType):
        normal_form(value, ref)


def test_empty_text_is_null_in_xml() -> None:
    """XML writes null as an empty element."""
    assert normal_form("", INT, lexical=True) is None


def test_empty_text_stays_a_text_in_xml() -> None:
    """Whether an empty text was null cannot be told, so it stays."""
    assert normal_form("", TEXT, lexical=True) == ""
