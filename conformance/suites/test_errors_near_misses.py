"""The errors area once more, where nobody looks by hand: in subtypes, and in what objects hold.

Each check draws other places in each run; the label says which error has to come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.generation.spots import Rule
from conformance.oracles import errors
from conformance.plugin.check import check
from conformance.suites.near_misses import actions_with, missed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach

COUNT = 2
"""Near misses of each kind for one action."""
LIMITS = {
    Rule.TOO_LONG: "MAX_LENGTH",
    Rule.TOO_SHORT: "MIN_LENGTH",
    Rule.TOO_SMALL: "MIN_VALUE",
    Rule.TOO_GREAT: "MAX_VALUE",
}


@check(
    errors.foreign_enum_property_is_refused,
    over=actions_with(Rule.FOREIGN_ENUM_VALUE, inside=True),
)
def test_any_foreign_enum_property_is_refused(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Give enum properties, also of subtypes and of objects inside, foreign values."""
    rule = Rule.FOREIGN_ENUM_VALUE
    for miss, exchange in missed(context, subject, rule, count=COUNT, inside=True):
        yield from errors.foreign_enum_property_is_refused(
            exchange,
            miss.args["PARAM_NAME"],
            enum=miss.args["ENUM_TYPE"],
            value=miss.args["ENUM_VAL"],
        )


@check(errors.control_character_is_refused, over=actions_with(Rule.CONTROL_CHARACTER))
def test_any_control_character_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Put any character that XML cannot carry into any text, of parameters and of objects."""
    for miss, exchange in missed(context, subject, Rule.CONTROL_CHARACTER, count=COUNT):
        yield from errors.control_character_is_refused(exchange, miss.args["XML_FIELD"])


@check(errors.abstract_type_is_refused, over=actions_with(Rule.ABSTRACT_CLASS, inside=True))
def test_any_abstract_type_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Send objects of abstract classes where other objects hold them."""
    for miss, exchange in missed(context, subject, Rule.ABSTRACT_CLASS, count=1, inside=True):
        yield from errors.abstract_type_is_refused(exchange, miss.args["OBJ_TYPE"])


@check(errors.limit_of_a_property_is_enforced, over=actions_with(*LIMITS, inside=True))
def test_any_limit_is_enforced(context: Context, subject: Subject) -> Iterator[Breach]:
    """Go beyond limits, also by letters that take two bytes, and in objects inside."""
    for miss, exchange in missed(context, subject, *LIMITS, count=COUNT, inside=True):
        yield from errors.limit_of_a_property_is_enforced(
            exchange, miss.args["PROP_NAME"], LIMITS[miss.rule]
        )
