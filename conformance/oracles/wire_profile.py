"""Oracles of the wire area over response profiles: which properties of an object are answered.

Some properties are computed beside the mapping that a profile steers (CONTRACT PROF-03), so no
single one is judged: a profile that counts leaves out, or keeps, most of what it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.equivalence import View, differences, readable
from conformance.verdict.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from conformance.wire.exchange import Exchange

UNASKED = frozenset({"objectType", "relatedObjects"})
"""Members that no profile names."""
ENOUGH = 4
"""Of so few properties most may be computed."""

Item = Mapping[str, Any]


@oracle("WIRE-PROFILE-001")
def included_fields_are_all(
    whole: Exchange, reduced: Exchange, fields: Collection[str]
) -> Iterator[Breach]:
    """A profile that includes fields is answered with these, the class, and hardly more."""
    for where, before, after in _pairs(whole, reduced):
        missing = [name for name in fields if name in before and name not in after]
        if missing:
            expected = f"{', '.join(fields)}, as asked for"
            yield _breach(where, expected, f"without {', '.join(missing)}", whole, reduced)
        if not after.get("objectType"):
            yield _breach(f"{where}.objectType", "the class", "absent", whole, reduced)
        others = _known(before) - set(fields)
        kept = others & after.keys()
        if len(others) >= ENOUGH and 2 * len(kept) > len(others):
            expected, actual = f"{', '.join(fields)} alone", _some(kept)
            yield _breach(where, expected, f"also {actual}", whole, reduced)


@oracle("WIRE-PROFILE-002")
def excluded_fields_are_left_out(
    whole: Exchange, reduced: Exchange, fields: Collection[str]
) -> Iterator[Breach]:
    """A profile that excludes fields is answered without them, and with all others."""
    for where, before, after in _pairs(whole, reduced):
        named = set(fields) & _known(before)
        kept = named & after.keys()
        if 2 * len(kept) > len(named):
            yield _breach(where, f"without {_some(named)}", f"with {_some(kept)}", whole, reduced)
        others = _known(before) - set(fields)
        lost = others - after.keys()
        if 2 * len(lost) > len(others):
            yield _breach(where, _some(others), f"without {_some(lost)}", whole, reduced)


@oracle("WIRE-PROFILE-003")
def stored_profile_counts(
    whole: Exchange, reduced: Exchange, fields: Collection[str]
) -> Iterator[Breach]:
    """A stored profile, named by id or system name, is applied as if it were sent."""
    yield from included_fields_are_all(whole, reduced, fields)


@oracle("WIRE-PROFILE-004")
def unknown_profile_changes_nothing(
    baseline: Exchange, variant: Exchange, view: View
) -> Iterator[Breach]:
    """A profile that does not exist is no error, and leaves out nothing."""
    if not readable(baseline):
        return
    for difference in differences(baseline, variant, view):
        yield Breach(
            where=difference.where,
            expected=difference.first,
            actual=difference.second,
            hint="a profile that does not exist counts as none",
            exchanges=(baseline.number, variant.number),
        )


def profiled_objects(exchange: Exchange) -> list[Item]:
    """The objects that a profile is applied to: a list's, or the one that was answered."""
    value = exchange.result.value if exchange.result else None
    if not isinstance(value, Mapping):
        return []
    if "objects" in value and "totalCount" in value:
        items = value["objects"]
        return [each for each in items if isinstance(each, Mapping)] if _is_list(items) else []
    return [value]


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _pairs(whole: Exchange, reduced: Exchange) -> Iterator[tuple[str, Item, Item]]:
    """The objects of both answers that are surely the same one, or that stand alone."""
    before, after = profiled_objects(whole), profiled_objects(reduced)
    if before and not after:
        yield "$", before[0], {}
        return
    for index, (one, other) in enumerate(zip(before, after, strict=False)):
        # Others add and remove meanwhile; without its id an object is known by its place.
        if other.get("id", one.get("id")) == one.get("id"):
            yield f"$[{index}]", one, other


def _known(item: Item) -> set[str]:
    return set(item) - UNASKED


def _some(names: Collection[str]) -> str:
    shown = sorted(names)[:ENOUGH]
    return ", ".join(shown) + (" and more" if len(names) > ENOUGH else "")


def _breach(where: str, expected: str, actual: str, whole: Exchange, reduced: Exchange) -> Breach:
    hint = "is the response profile looked at?"
    return Breach(where, expected, actual, hint, (whole.number, reduced.number))
