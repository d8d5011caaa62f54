"""Faults of the orderings of lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.errors import ApiFault
from conformance.reference.faults.list_question import filtered
from conformance.reference.faults.registry import fault
from conformance.reference.listing import filter_of

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.call import Call
    from conformance.reference.storage import Record


@fault("LIST-ORDER-001")
def ascending_is_descending(behaviour: Behaviour) -> Behaviour:
    """`+property` sorts from the greatest to the least."""
    return filtered(behaviour, lambda asked: _with_order(asked, "+", "-"))


@fault("LIST-ORDER-002")
def descending_is_ascending(behaviour: Behaviour) -> Behaviour:
    """`-property` sorts from the least to the greatest."""
    return filtered(behaviour, lambda asked: _with_order(asked, "-", "+"))


@fault("LIST-ORDER-003")
def unknown_order_is_refused(behaviour: Behaviour) -> Behaviour:
    """An ordering that the enum does not name is an error."""

    def order(call: Call, records: list[Record]) -> list[Record]:
        asked = str(filter_of(call).get("orderBy") or "")
        if "NoSuch" in asked or "NoSign" in asked:
            raise ApiFault("INVALID_ENUM_VALUE", asked, "orderBy", "KalturaOrderBy")
        return behaviour.order(call, records)

    return replace(behaviour, order=order)


@fault("LIST-ORDER-004")
def only_the_first_ordering_counts(behaviour: Behaviour) -> Behaviour:
    """Of several orderings, all but the first are dropped."""
    return filtered(
        behaviour,
        lambda asked: (
            {**asked, "orderBy": str(asked["orderBy"]).split(",")[0]}
            if "orderBy" in asked
            else asked
        ),
    )


def _with_order(asked: dict[str, Any], sign: str, other: str) -> dict[str, Any]:
    order = str(asked.get("orderBy") or "")
    return {**asked, "orderBy": other + order[1:]} if order.startswith(sign) else asked
