from __future__ import annotations

import pytest

from conformance.reference.scalars import (
    cut_bytes,
    has_illegal_character,
    loosely_equal,
    to_bool,
    to_int,
    to_text,
)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("12abc", 12), ("abc", 0), (1.9, 1), (True, 1), ([1], 1), ([], 0), (None, 0), ("-7", -7)],
)
def test_an_integer_is_the_numeric_prefix(sent: object, expected: int) -> None:
    """Whatever is sent for an integer is cast (WIRE-20)."""
    assert expected == to_int(sent)


def test_an_integer_saturates_at_64_bits() -> None:
    """A number beyond 64 bits becomes the largest one."""
    assert to_int("99999999999999999999999") == 2**63 - 1


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("false", False), ("FALSE", False), ("", False), ("0", False), ("no", True), (0, False)],
)
def test_only_a_few_texts_are_false(sent: object, expected: bool) -> None:  # noqa: FBT001 - a row
    """`no` is true; `false` is not (WIRE-20)."""
    assert expected is to_bool(sent)


def test_an_array_has_a_text_of_its_own() -> None:
    """An array where a string is expected reads `Array` (WIRE-32)."""
    assert to_text(["x"]) == "Array"


def test_numeric_texts_are_equal_by_number() -> None:
    """`1.0` and ` 1` equal `1`, `1abc` does not (WIRE-22)."""
    assert [loosely_equal(text, "1") for text in ("1.0", " 1", "01", "1abc", "")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_control_characters_are_illegal_but_for_white_space() -> None:
    """XML 1.0 cannot carry U+0001; it can carry tab, line feed and DEL."""
    assert has_illegal_character("a\x01b")
    assert not has_illegal_character("a\tb\nc\x7f")


def test_texts_are_cut_between_characters() -> None:
    """A cut never leaves half a character."""
    assert cut_bytes("éé", 3) == "é"
