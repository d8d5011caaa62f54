"""Faults of the pages of lists, and of their totals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.faults import alteration
from conformance.reference.faults.list_question import paged
from conformance.reference.faults.registry import fault
from conformance.reference.listing import LARGEST_SIZE, page_of

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Record

_SMALL_PAGE = 20


@fault("LIST-PAGE-001")
def default_page_is_larger(behaviour: Behaviour) -> Behaviour:
    """Without a pager, a page has room for 500."""
    return paged(behaviour, lambda pager: {"pageSize": LARGEST_SIZE, **pager})


@fault("LIST-PAGE-001")
def default_page_is_smaller(behaviour: Behaviour) -> Behaviour:
    """Without a pager, a page has room for 20."""
    return paged(behaviour, lambda pager: {"pageSize": _SMALL_PAGE, **pager})


@fault("LIST-PAGE-002")
def pages_are_one_short(behaviour: Behaviour) -> Behaviour:
    """A page holds one object less than was asked for."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        found = behaviour.page(call, records)
        return found[:-1] if 1 < len(found) == page_of(call)[0] else found

    return replace(behaviour, page=page)


@fault("LIST-PAGE-003")
def last_page_repeats_for_ever(behaviour: Behaviour) -> Behaviour:
    """A page past the end holds the last objects."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        return behaviour.page(call, records) or records[-page_of(call)[0] :]

    return replace(behaviour, page=page)


@fault("LIST-PAGE-004")
def pages_overlap(behaviour: Behaviour) -> Behaviour:
    """Every page but the first begins with the last object of the one before."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        size, index = page_of(call)
        return records[max(0, (index - 1) * size - 1) :][:size]

    return replace(behaviour, page=page)


@fault("LIST-PAGE-005")
def pages_skip_objects(behaviour: Behaviour) -> Behaviour:
    """One object between two pages is on neither."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        size, index = page_of(call)
        return records[(index - 1) * (size + 1) :][:size]

    return replace(behaviour, page=page)


@fault("LIST-PAGE-006")
def page_size_zero_is_an_empty_page(behaviour: Behaviour) -> Behaviour:
    """A page size of 0 or less means no objects."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        return [] if _pager(call).get("pageSize", 1) <= 0 else behaviour.page(call, records)

    return replace(behaviour, page=page)


@fault("LIST-PAGE-007")
def page_index_counts_from_zero(behaviour: Behaviour) -> Behaviour:
    """Page 0 is empty."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        return [] if _pager(call).get("pageIndex", 1) < 1 else behaviour.page(call, records)

    return replace(behaviour, page=page)


@fault("LIST-PAGE-008")
def large_pages_are_refused(behaviour: Behaviour) -> Behaviour:
    """A page size above 500 is an error."""

    def page(call: Call, records: list[Record]) -> list[Record]:
        if _pager(call).get("pageSize", 1) > LARGEST_SIZE:
            raise ApiFault("INTERNAL_SERVERL_ERROR")
        return behaviour.page(call, records)

    return replace(behaviour, page=page)


@fault("LIST-TOTAL-001")
def total_is_of_the_page(behaviour: Behaviour) -> Behaviour:
    """totalCount is the number of objects on the page."""
    return alteration.answer(
        behaviour, "list", lambda _call, value: {**value, "totalCount": len(value["objects"])}
    )


@fault("LIST-TOTAL-002")
def total_is_one_too_many(behaviour: Behaviour) -> Behaviour:
    """totalCount counts one object more than there is."""
    return alteration.answer(
        behaviour, "list", lambda _call, value: {**value, "totalCount": value["totalCount"] + 1}
    )


@fault("LIST-TOTAL-002")
def total_is_sometimes_zero(behaviour: Behaviour) -> Behaviour:
    """In one list of ten, totalCount is 0."""
    return alteration.answer(
        behaviour,
        "list",
        lambda _call, value: {**value, "totalCount": 0},
        when=alteration.one_in(10),
    )


@fault("LIST-TOTAL-003")
def total_is_zero_for_profiles(behaviour: Behaviour) -> Behaviour:
    """accessControl.list says that there is nothing, and shows it."""
    return alteration.answer(
        behaviour,
        "list",
        lambda _call, value: {**value, "totalCount": 0},
        when=alteration.in_services("accesscontrol", "uiconf"),
    )


def _pager(call: Call) -> dict[str, Any]:
    """The pager as it was sent, or an empty one."""
    for param in call.action.params:
        value = call.arguments.get(param.name)
        if (param.type.name or "").endswith("Pager") and isinstance(value, dict):
            return value
    return {}
