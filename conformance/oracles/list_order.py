"""What a server owes when a list is ordered (CONTRACT LIST-15, OBSERVED 30).

Only what no collation and no index can see otherwise is compared: numbers that differ, and texts
that differ in a letter or digit early on. Equal keys may come in any order.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import shown
from conformance.oracles.list_answer import breach, identities, identity, page_of, refused
from conformance.oracles.normal_form import NotOfThisType, normal_form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from conformance.schema.model import TypeRef
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

COMPARED_LETTERS = 4
"""Of a text: an index may sort by the first letters alone."""


@oracle("LIST-ORDER-001")
def list_ascends(
    listed: Exchange,
    values: Mapping[str, Any],
    names: Sequence[str],
    constant: str,
    ref: TypeRef,
) -> Iterator[Breach]:
    """Ordered by `+property`, no object comes before one with a smaller value."""
    yield from _ordered(listed, values, names, constant, ref, wrong=1)


@oracle("LIST-ORDER-002")
def list_descends(
    listed: Exchange,
    values: Mapping[str, Any],
    names: Sequence[str],
    constant: str,
    ref: TypeRef,
) -> Iterator[Breach]:
    """Ordered by `-property`, no object comes before one with a greater value."""
    yield from _ordered(listed, values, names, constant, ref, wrong=-1)


@oracle("LIST-ORDER-003")
def unknown_order_is_ignored(
    listed: Exchange, plain: Exchange, names: Sequence[str], members: Collection[str]
) -> Iterator[Breach]:
    """An ordering that the enum does not name changes nothing and is no error.

    Only the run's own objects, `members`, are looked for: others may come and go.
    """
    yield from refused(listed, "the same objects as without an ordering")
    page, same = page_of(listed), page_of(plain)
    if page is None or same is None:
        return
    found, expected = (set(identities(each, names)) & set(members) for each in (listed, plain))
    if found != expected:
        wanted, actual = (", ".join(sorted(each)) or "none" for each in (expected, found))
        yield breach("$.objects", wanted, actual, "", plain, listed)


@oracle("LIST-ORDER-004")
def later_orderings_break_ties(
    listed: Exchange,
    values: Mapping[str, Any],
    names: Sequence[str],
    constant: str,
    ref: TypeRef,
) -> Iterator[Breach]:
    """Of several orderings, a later one decides between objects that the earlier ones leave equal.

    `values` are of objects that the earlier orderings leave equal.
    """
    wrong = -1 if constant.startswith("-") else 1
    yield from _ordered(listed, values, names, constant, ref, wrong=wrong)


def compared(one: Any, other: Any, ref: TypeRef) -> int:
    """-1, 1, or 0 where the two may come in any order."""
    try:
        left, right = normal_form(one, ref), normal_form(other, ref)
    except NotOfThisType:
        return 0
    if left is None or right is None or ref.enum is not None:
        return 0
    if isinstance(left, str) and isinstance(right, str):
        return _text_order(left, right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return (left > right) - (left < right)
    return 0


def _text_order(one: str, other: str) -> int:
    pairs = zip(one[:COMPARED_LETTERS].lower(), other[:COMPARED_LETTERS].lower(), strict=False)
    for left, right in pairs:
        if not all(each.isascii() and each.isalnum() for each in (left, right)):
            return 0
        if left != right:
            return 1 if left > right else -1
    return 0


def _ordered(
    listed: Exchange,
    values: Mapping[str, Any],
    names: Sequence[str],
    constant: str,
    ref: TypeRef,
    *,
    wrong: int,
) -> Iterator[Breach]:
    yield from refused(listed, f"a list ordered by {constant}")
    page = page_of(listed)
    if page is None:
        return
    ours = [(i, k) for i, each in enumerate(page.objects) if (k := identity(each, names)) in values]
    for (_, one), (index, other) in pairwise(ours):
        if compared(values[one], values[other], ref) == wrong:
            after = f"{constant[1:]} {shown(values[other])} after {shown(values[one])}"
            hint = f"asked for {constant}; is the ordering ignored or turned round?"
            yield breach(f"$.objects[{index}]", f"ordered by {constant}", after, hint, listed)
