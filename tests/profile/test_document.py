"""Merging tables."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.profile.document import leaves, merged

scalars = st.integers() | st.text(max_size=3) | st.booleans() | st.lists(st.integers(), max_size=2)
# As in a profile, a key always holds the same sort of thing: `t…` a table, `v…` a value.
tables: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(st.sampled_from(["v1", "v2", "v3"]), scalars, max_size=3),
    lambda inner: st.builds(
        lambda values, below: values | below,
        st.dictionaries(st.sampled_from(["v1", "v2", "v3"]), scalars, max_size=3),
        st.dictionaries(st.sampled_from(["t1", "t2"]), inner, max_size=2),
    ),
    max_leaves=6,
)


@given(tables, tables, tables)
def test_merging_is_associative(a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]) -> None:
    """It does not matter whether a chain is climbed from its base or from its end."""
    assert merged(merged(a, b), c) == merged(a, merged(b, c))


@given(tables)
def test_an_empty_table_changes_nothing(table: dict[str, Any]) -> None:
    """On either side."""
    assert merged({}, table) == merged(table, {}) == table


@given(tables, tables)
def test_every_value_comes_from_one_of_the_two(a: dict[str, Any], b: dict[str, Any]) -> None:
    """The later one where both have it."""
    assert leaves(merged(a, b)) == leaves(a) | leaves(b)


@given(tables, tables)
def test_merging_leaves_its_tables_alone(a: dict[str, Any], b: dict[str, Any]) -> None:
    """Both can be used again."""
    before = repr((a, b))

    merged(a, b)

    assert before == repr((a, b))
