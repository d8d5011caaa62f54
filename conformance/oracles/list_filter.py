"""What the properties of a filter mean, by their names' suffixes (CONTRACT LIST-08…14).

A filter divides the objects that we know: those that it must find, those that it must not, and
those of which nothing is said, because collations, tokens or rounding decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import shown
from conformance.oracles.list_answer import breach, identities, page_of, refused
from conformance.oracles.normal_form import NotOfThisType, normal_form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from conformance.schema.model import TypeRef
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

ROUNDING_SECONDS = 900
"""Some installations cut times down to speed up their caches (CONTRACT TRAP-11)."""

Verdict = bool | None
"""Whether an object is found: yes, no, or it cannot be said."""

Test = Callable[[Any, Any, "TypeRef"], Verdict]
"""Of an object's value, what is asked, and the type of both."""


class Term(Struct, frozen=True):
    """A filter's property read by its name: `tagsMultiLikeOr` is `tags`, `MultiLikeOr`."""

    name: str
    stem: str
    operator: str


class Question(Struct, frozen=True):
    """What is asked of a filter, and of which objects it is known whether they are found.

    `values` are what these objects hold, for people to read.
    """

    term: Term
    asked: Any
    found: frozenset[str]
    left_out: frozenset[str]
    values: Mapping[str, Any]


def read_term(name: str) -> Term | None:
    """The term of a filter property, by its longest suffix; None for a name without one."""
    for operator in OPERATORS:
        if name.endswith(operator) and len(name) > len(operator):
            return Term(name, name[: -len(operator)], operator)
    return None


def question(term: Term, asked: Any, values: Mapping[str, Any], ref: TypeRef) -> Question:
    """The question, with every object put where it belongs."""
    verdicts = {one: satisfies(term.operator, value, asked, ref) for one, value in values.items()}
    return Question(
        term,
        asked,
        frozenset(one for one, verdict in verdicts.items() if verdict is True),
        frozenset(one for one, verdict in verdicts.items() if verdict is False),
        values,
    )


def unanswered(term: Term, asked: Any, everybody: Collection[str]) -> Question:
    """A question for a value that none of the objects has."""
    return Question(term, asked, frozenset(), frozenset(everybody), {})


def satisfies(operator: str, value: Any, asked: Any, ref: TypeRef) -> Verdict:
    """Whether an object with this value is found; None where that cannot be said."""
    plain = operator.removesuffix("OrNull")
    if value in (None, ""):
        if plain != operator:
            return True if value is None else None
        return False if plain in FINDS_NO_NULL else None
    test = OPERATORS.get(plain)
    return None if test is None else test(value, asked, ref)


@oracle("LIST-FILTER-001")
def equal_finds_that_value(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…Equal` finds the objects with that value, and no others."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-002")
def not_equal_leaves_that_value_out(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…NotEqual` finds the objects with another value, and no others."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-003")
def in_finds_each_value(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…In` finds the objects with one of the values between commas, and no others."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-004")
def not_in_leaves_each_value_out(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…NotIn` finds the objects with none of the values, and no others."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-005")
def greater_finds_what_is_greater(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…GreaterThan(OrEqual)` finds what is greater, with the value itself only for `OrEqual`."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-006")
def less_finds_what_is_less(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…LessThan(OrEqual)` finds what is less, with the value itself only for `OrEqual`."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-007")
def like_finds_a_word(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…Like` finds the objects with that word in the text, and no others."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-008")
def multi_like_or_finds_any_word(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…MultiLikeOr` finds the objects with at least one of the words, and no others."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-009")
def multi_like_and_finds_all_words(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """`…MultiLikeAnd` finds the objects with all of the words, and no others."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-010")
def other_filters_do_as_they_are_called(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """Every other property of a filter finds what its suffix says, and nothing else."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-011")
def filters_combine_with_and(
    listed: Exchange, asked: Sequence[Question], names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """With several properties, a filter finds what each of them finds."""
    told = " and ".join(f"{each.term.name} {shown(each.asked)}" for each in asked)
    found = frozenset.intersection(*(each.found for each in asked))
    left_out = frozenset.union(*(each.left_out for each in asked))
    yield from _shown(listed, names, found, left_out, told, all_shown=all_shown)


@oracle("LIST-FILTER-012")
def empty_filters_change_nothing(
    listed: Exchange, name: str, expected: Collection[str], names: Sequence[str],
    *, all_shown: bool = True,
) -> Iterator[Breach]:  # fmt: skip
    """A filter property that is the empty text restricts nothing."""
    told = f"{name} empty"
    yield from _unchanged(listed, names, frozenset(expected), told, all_shown=all_shown)


@oracle("LIST-FILTER-013")
def unknown_filters_change_nothing(
    listed: Exchange, name: str, expected: Collection[str], names: Sequence[str],
    *, all_shown: bool = True,
) -> Iterator[Breach]:  # fmt: skip
    """A property that the filter does not have is ignored."""
    told = f"the unknown {name}"
    yield from _unchanged(listed, names, frozenset(expected), told, all_shown=all_shown)


@oracle("LIST-FILTER-014")
def relative_times_count_from_now(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """A small number for a time is so many seconds from now."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-015")
def filters_go_by_their_declared_type(
    listed: Exchange, told: str, expected: Collection[str], names: Sequence[str],
    *, all_shown: bool = True,
) -> Iterator[Breach]:  # fmt: skip
    """A filter without `objectType`, or with an unknown one, is of the declared class."""
    yield from _unchanged(listed, names, frozenset(expected), told, all_shown=all_shown)


@oracle("LIST-FILTER-016")
def nobodys_value_finds_nothing(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """A filter for a value that no object has finds none."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-017")
def free_text_finds_a_word(
    listed: Exchange, word: str, found: Collection[str], left_out: Collection[str],
    names: Sequence[str], *, all_shown: bool = True,
) -> Iterator[Breach]:  # fmt: skip
    """`freeText` finds the entries with that word in name or tags, and none without it."""
    told = f"freeText {shown(word)}"
    yield from _shown(
        listed, names, frozenset(found), frozenset(left_out), told, all_shown=all_shown
    )


@oracle("LIST-FILTER-018")
def names_are_sought_without_case(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """A name's Latin letters are found in either case."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


@oracle("LIST-FILTER-019")
def updated_objects_are_found_by_their_update(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool = True
) -> Iterator[Breach]:
    """A filter by the time of an update finds what was updated since."""
    yield from _divided(listed, asked, names, all_shown=all_shown)


def _unchanged(
    listed: Exchange, names: Sequence[str], expected: frozenset[str], told: str, *, all_shown: bool
) -> Iterator[Breach]:
    """What the rest of the filter finds, and nothing else where it can find no others."""
    others = frozenset(identities(listed, names)) - expected if all_shown else frozenset()
    yield from _shown(listed, names, expected, others, told, all_shown=all_shown)


def _divided(
    listed: Exchange, asked: Question, names: Sequence[str], *, all_shown: bool
) -> Iterator[Breach]:
    told = f"{asked.term.name} {shown(asked.asked)}"
    yield from _shown(
        listed, names, asked.found, asked.left_out, told, all_shown=all_shown, values=asked.values
    )


def _shown(
    listed: Exchange,
    names: Sequence[str],
    found: frozenset[str],
    left_out: frozenset[str],
    told: str,
    *,
    all_shown: bool,
    values: Mapping[str, Any] | None = None,
) -> Iterator[Breach]:
    yield from refused(listed, f"a list by {told}")
    page = page_of(listed)
    if page is None:
        return
    there = set(identities(listed, names))
    complete = all_shown or (page.total is not None and page.total <= len(page.objects))
    if complete and (missing := sorted(found - there)):
        expected = f"{', '.join(_told(missing, values))} by {told}"
        yield breach("$.objects", expected, "absent", "", listed)
    if wrong := sorted(left_out & there):
        actual = f"{', '.join(_told(wrong, values))} as well"
        yield breach("$.objects", f"only what {told} finds", actual, "", listed)


def _told(ids: Sequence[str], values: Mapping[str, Any] | None) -> list[str]:
    return [f"{one} ({shown(values[one])})" if values and one in values else one for one in ids]


def _equal(value: Any, asked: Any, ref: TypeRef) -> Verdict:
    one, other = _plain(value, ref), _plain(asked, ref)
    if one is None or other is None:
        return None
    if one == other:
        return True
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    unclear = not (one.isascii() and other.isascii()) or (
        one.casefold().strip() == other.casefold().strip()
    )
    return None if unclear else False


def _in(value: Any, asked: Any, ref: TypeRef) -> Verdict:
    return _any(_equal(value, each, ref) for each in str(asked).split(","))


def _greater(value: Any, asked: Any, ref: TypeRef) -> Verdict:
    return _beyond(value, asked, ref, sign=1, itself=False)


def _greater_or_equal(value: Any, asked: Any, ref: TypeRef) -> Verdict:
    return _beyond(value, asked, ref, sign=1, itself=True)


def _less(value: Any, asked: Any, ref: TypeRef) -> Verdict:
    return _beyond(value, asked, ref, sign=-1, itself=False)


def _less_or_equal(value: Any, asked: Any, ref: TypeRef) -> Verdict:
    return _beyond(value, asked, ref, sign=-1, itself=True)


def _beyond(value: Any, asked: Any, ref: TypeRef, *, sign: int, itself: bool) -> Verdict:
    one, other = _plain(value, ref), _plain(asked, ref)
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return None
    ahead = (one - other) * sign
    if ref.is_time and abs(ahead) <= ROUNDING_SECONDS:
        # Times are cut down, if at all: what is later than asked is found all the same.
        return True if sign > 0 and itself and ahead >= 0 else None
    return ahead > 0 or (itself and ahead == 0)


def _like(value: Any, asked: Any, _ref: TypeRef) -> Verdict:
    text, word = str(value).casefold(), str(asked).casefold().strip()
    if re.search(rf"(?:^|[ ,]){re.escape(word)}(?:$|[ ,])", text):
        return True
    # A database finds parts of words, an index whole words.
    return None if word in text else False


def _like_any(value: Any, asked: Any, ref: TypeRef) -> Verdict:
    return _any(_like(value, each, ref) for each in str(asked).split(","))


def _like_all(value: Any, asked: Any, ref: TypeRef) -> Verdict:
    return _no(_any(_no(_like(value, each, ref)) for each in str(asked).split(",")))


def _starts(value: Any, asked: Any, _ref: TypeRef) -> Verdict:
    return str(value).casefold().startswith(str(asked).casefold())


def _ends(value: Any, asked: Any, _ref: TypeRef) -> Verdict:
    return str(value).casefold().endswith(str(asked).casefold())


def _any(verdicts: Iterable[Verdict]) -> Verdict:
    held = list(verdicts)
    if True in held:
        return True
    return None if None in held else False


def _no(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def _negated(test: Test) -> Test:
    return lambda value, asked, ref: _no(test(value, asked, ref))


def _unsaid(_value: Any, _asked: Any, _ref: TypeRef) -> Verdict:
    return None


def _plain(value: Any, ref: TypeRef) -> Any:
    try:
        return normal_form(value, ref)
    except NotOfThisType:
        return None


FINDS_NO_NULL = frozenset({"Equal", "In", "Like", "MultiLikeOr", "MultiLikeAnd"})
"""Operators that surely pass over an object that holds nothing."""

_TESTS: dict[str, Test] = {
    "Equal": _equal,
    "NotEqual": _negated(_equal),
    "In": _in,
    "NotIn": _negated(_in),
    "LessThan": _less,
    "LessThanOrEqual": _less_or_equal,
    "GreaterThan": _greater,
    "GreaterThanOrEqual": _greater_or_equal,
    "Like": _like,
    "MultiLikeOr": _like_any,
    "MultiLikeAnd": _like_all,
    "StartsWith": _starts,
    "EndsWith": _ends,
    "MatchOr": _unsaid,
    "MatchAnd": _unsaid,
    "NotContains": _unsaid,
    "Empty": _unsaid,
    "BitAnd": _unsaid,
    "BitOr": _unsaid,
}
_OR_NULL = {
    f"{name}OrNull": _TESTS[name]
    for name in ("Equal", "In", "LessThan", "LessThanOrEqual", "GreaterThan", "GreaterThanOrEqual")
}
OPERATORS = dict(sorted((_TESTS | _OR_NULL).items(), key=lambda item: -len(item[0])))
"""Every suffix with a meaning, the longest first (CONTRACT LIST-11)."""
