"""Values that easily get lost are kept as they were written: texts, arrays, booleans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.comparison import shown
from conformance.oracles.crud_answer import altered, breach, object_of
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.schema.lineage import Lineage
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

TRUE, FALSE = frozenset({"true", "1"}), frozenset({"false", "0", "none", ""})
"""How booleans look in the formats; XML and PHP have no other word for false than nothing."""


@oracle("CRUD-TEXT-001")
def text_is_kept_as_written(
    sent: Mapping[str, Any], read: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """A text with accents, capitals and quotes is kept as it was written."""
    hint = "a wrong character set, or an escaping that is not undone?"
    yield from altered(sent, read, kind, lineage, hint)


@oracle("CRUD-TEXT-002")
def long_text_is_kept(
    sent: Mapping[str, Any], read: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """A text of several lines with tabs and backslashes, and a long one, are kept as written."""
    hint = "are lines joined, or is the text cut?"
    yield from altered(sent, read, kind, lineage, hint)


@oracle("CRUD-TEXT-003")
def odd_text_is_kept(sent: Mapping[str, str], update: Exchange, get: Exchange) -> Iterator[Breach]:
    """A text that looks like a number, a word of programs or an escape is kept as written."""
    value = object_of(get)
    if not isinstance(update.answer, Result) or value is None:
        return
    hint = f"was it taken for what it looks like, or misread in {update.form.encoding}?"
    for name, text in sent.items():
        if value.get(name) != text:
            yield breach(f"$.{name}", shown(text), shown(value.get(name)), hint, update, get)


@oracle("CRUD-ARRAY-002")
def array_is_kept(
    sent: Mapping[str, Any], answer: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """An array of objects comes back as it was sent: all items, in their order and classes."""
    yield from altered(sent, answer, kind, lineage, "was an item lost, or its class?")


@oracle("CRUD-ARRAY-001")
def array_is_replaced(
    sent: Mapping[str, Any], update: Exchange, get: Exchange, kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """An update with an array leaves exactly that one, whatever was there before."""
    if not isinstance(update.answer, Result):
        return
    hint = "was the new array put to the old one, or left out?"
    yield from altered(sent, get, kind, lineage, hint, update)


@oracle("CRUD-BOOL-001")
def text_is_true_or_false(
    update: Exchange, get: Exchange, name: str, *, expected: bool
) -> Iterator[Breach]:
    """A text in a boolean property is false if it is 0 or false, in any case, and else true."""
    value = object_of(get)
    if not isinstance(update.answer, Result) or value is None:
        return
    answered = value.get(name)
    if str(answered).casefold() not in (TRUE if expected else FALSE):
        hint = "was a text of another spelling not understood?"
        yield breach(f"$.{name}", str(expected).lower(), shown(answered), hint, update, get)
