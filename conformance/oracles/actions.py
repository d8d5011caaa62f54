"""Whether an action's answer is what the schema declares, judged on every answer of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.clocks import TIME_TOLERANCE_SECONDS, clocks
from conformance.oracles.normal_form import NotOfThisType, normal_form
from conformance.oracles.shape import Misfit, MisfitKind, Walk, shown
from conformance.schema.model import TypeRef
from conformance.verdict.breach import Breach
from conformance.wire.answer import Result
from conformance.wire.request import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Action, Schema
    from conformance.wire.exchange import Exchange

LIST_ROOT = "KalturaListResponse"
REFUSALS_OF_A_CALL = frozenset({"SERVICE_NOT_SPECIFIED", "ACTION_NOT_SPECIFIED", "INVALID_KS"})
REFUSALS_OF_A_PARAMETER = frozenset(
    {"MISSING_MANDATORY_PARAMETER", "INVALID_ENUM_VALUE", "PROPERTY_VALIDATION_WRONG_FORMAT"}
)
TRUE = (True, 1, "1", "true")
"""Booleans are written so in JSON and in XML (CONTRACT WIRE-46)."""
DIGIT = re.compile(r"\d")
CLOCKS_APART_SECONDS = 60

SHOWN_MISFITS = 5
"""Of one answer; a list of 500 would only repeat the same story."""


def nothing_is_loose(_kind: str, _member: str) -> bool:
    """No member of the schema is known to differ from it."""
    return False


class Book:
    """What an answer is held against: the schema, its lineage and the members known to differ."""

    def __init__(
        self,
        schema: Schema,
        lineage: Lineage,
        *,
        loose: Callable[[str, str], bool] = nothing_is_loose,
    ) -> None:
        self.schema = schema
        self.lineage = lineage
        self.loose = loose
        self._walked: dict[tuple[int, int], tuple[Misfit, ...]] = {}

    def misfits(self, exchange: Exchange, action: Action) -> tuple[Misfit, ...]:
        """Every disagreement of an answer with the declared type; walked once, asked for often."""
        key = (exchange.number, hash(exchange.response.body))
        known = self._walked.get(key)
        if known is None:
            known = self._walked[key] = tuple(self._walk(exchange, action))
        return known

    def _walk(self, exchange: Exchange, action: Action) -> Iterator[Misfit]:
        if not isinstance(exchange.answer, Result) or exchange.answer.value is None:
            return
        walk = Walk(
            self.schema,
            self.lineage,
            lexical=is_lexical(exchange),
            nulls=exchange.form.format in {Format.JSON, Format.JSONP},
            multilingual=exchange.call.params.get("language") == "multi",
            loose=self.loose,
        )
        yield from walk.misfits(exchange.answer.value, action.result)

    def is_list(self, ref: TypeRef) -> bool:
        """Whether a result type is a list response."""
        name = ref.name or ""
        return name in self.schema.classes and self.lineage.is_a(name, LIST_ROOT)


def misfits(exchange: Exchange, action: Action, book: Book, kind: MisfitKind) -> Iterator[Breach]:
    """The disagreements of one kind between an answer and the declared type."""
    of_this_kind = (misfit for misfit in book.misfits(exchange, action) if misfit.kind == kind)
    for misfit in islice(of_this_kind, SHOWN_MISFITS):
        yield Breach(misfit.where, misfit.expected, misfit.actual, misfit.hint, (exchange.number,))


def is_lexical(exchange: Exchange) -> bool:
    """Whether the answer's leaves are text: XML, which is also the default (CONTRACT WIRE-40)."""
    return exchange.form.format in {Format.XML, None}


@oracle("ACT-EXISTS-001")
def action_exists(exchange: Exchange) -> Iterator[Breach]:
    """Every action of the schema exists on the server."""
    error = exchange.error
    if error is not None and error.code in {"SERVICE_DOES_NOT_EXISTS", "ACTION_DOES_NOT_EXISTS"}:
        hint = "was the schema made on another release, or with other plugins?"
        yield Breach("$.code", "an answer of the action", error.code, hint, (exchange.number,))


@oracle("ACT-READ-001")
def well_formed_call_is_understood(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """A call with every required parameter, each of its type, is not refused as malformed."""
    error = exchange.error
    if error is None:
        return
    known = {"MISSING_MANDATORY_PARAMETER": "PARAM_NAME", "INVALID_ENUM_VALUE": "PARAM_NAME"}
    named = error.args.get(known.get(error.code, "PROP_NAME"), "")
    blamed = error.code in REFUSALS_OF_A_PARAMETER and action.param(named) is not None
    if blamed or error.code in REFUSALS_OF_A_CALL:
        yield Breach(
            "$.code", "a result, or an error of the action", error.code, "", (exchange.number,)
        )


@oracle("ACT-TYPE-001")
def value_is_of_its_declared_kind(
    exchange: Exchange, action: Action, book: Book
) -> Iterator[Breach]:
    """A result and every known member of it is of the kind that the schema declares."""
    yield from misfits(exchange, action, book, "kind")


@oracle("ACT-CLASS-001")
def object_is_of_its_declared_class(
    exchange: Exchange, action: Action, book: Book
) -> Iterator[Breach]:
    """Every object names its class, which is the declared one or a concrete subclass."""
    yield from misfits(exchange, action, book, "class")


@oracle("ACT-ENUM-001")
def enum_value_is_in_its_enum(exchange: Exchange, action: Action, book: Book) -> Iterator[Breach]:
    """An enum's value is one of its constants, a plugin's `plugin.Value`, or unset."""
    yield from misfits(exchange, action, book, "enum")


@oracle("ACT-ENUM-002")
def unset_enum_is_left_out(exchange: Exchange, action: Action, book: Book) -> Iterator[Breach]:
    """An enum that is unset is left out, and no empty text or 0 stands in its place."""
    yield from misfits(exchange, action, book, "unset")


@oracle("ACT-SECRET-001")
def write_only_stays_hidden(exchange: Exchange, action: Action, book: Book) -> Iterator[Breach]:
    """A write-only property is never returned."""
    yield from misfits(exchange, action, book, "write-only")


@oracle("ACT-NULL-001")
def null_is_left_out(exchange: Exchange, action: Action, book: Book) -> Iterator[Breach]:
    """JSON leaves out a property that is null."""
    yield from misfits(exchange, action, book, "null")


@oracle("ACT-NAME-001")
def property_keeps_its_spelling(exchange: Exchange, action: Action, book: Book) -> Iterator[Breach]:
    """A property is spelt as the schema spells it."""
    yield from misfits(exchange, action, book, "name")


@oracle("ACT-NAME-002")
def property_has_a_name(exchange: Exchange, action: Action, book: Book) -> Iterator[Breach]:
    """A property's name is a name, without control characters."""
    yield from misfits(exchange, action, book, "odd-name")


@oracle("ACT-TIME-001")
def time_is_in_seconds(exchange: Exchange, action: Action, book: Book) -> Iterator[Breach]:
    """A time is in seconds since the epoch."""
    yield from misfits(exchange, action, book, "time")


@oracle("ACT-RESULT-001")
def declared_object_is_there(exchange: Exchange, action: Action) -> Iterator[Breach]:
    """An action that declares an object or a list answers one, or says why not."""
    if not isinstance(exchange.answer, Result):
        return
    value = exchange.answer.value
    empty_text = is_lexical(exchange) and value == ""
    absent = value is None or (empty_text and action.result.kind == "object")
    if action.result.kind in {"object", "array"} and absent:
        declared = action.result.name or f"array of {action.result.element}"
        yield Breach("$", declared, "null", "", (exchange.number,))


@oracle("ACT-LIST-001")
def list_has_count_and_objects(exchange: Exchange, action: Action, book: Book) -> Iterator[Breach]:
    """A list response has its total, which is no negative number, and its objects."""
    if not isinstance(exchange.answer, Result) or not book.is_list(action.result):
        return
    value = exchange.answer.value
    if not isinstance(value, Mapping) or "responseProfile" in exchange.call.params:
        return
    try:
        total = normal_form(value.get("totalCount"), TypeRef(kind="int"))
    except NotOfThisType:
        return
    if total is None or total < 0:
        actual = shown(value.get("totalCount"))
        yield Breach("$.totalCount", "a number from 0 up", actual, "", (exchange.number,))
    if "objects" not in value and not book.loose("objects", action.id):
        yield Breach("$.objects", "a list", "absent", "", (exchange.number,))


@oracle("ACT-SYSTEM-001")
def ping_is_true(exchange: Exchange) -> Iterator[Breach]:
    """system.ping answers true."""
    value = exchange.result.value if exchange.result else exchange.answer
    if value not in TRUE or isinstance(value, float):
        yield Breach("$", "true", _told(exchange), "", (exchange.number,))


@oracle("ACT-SYSTEM-002")
def time_is_now(exchanges: Sequence[Exchange]) -> Iterator[Breach]:
    """system.getTime answers the present second, and never one long before the last answer."""
    latest: int | None = None
    for exchange in exchanges:
        try:
            second = normal_form(
                exchange.result.value if exchange.result else exchange.answer,
                TypeRef(kind="int"),
                lexical=is_lexical(exchange),
            )
        except NotOfThisType:
            second = None
        if second is None:
            yield Breach("$", "the epoch second", _told(exchange), "", (exchange.number,))
            continue
        if all(abs(second - clock) > TIME_TOLERANCE_SECONDS for clock in clocks(exchange)):
            hint = "are these milliseconds, or another time zone's seconds?"
            yield Breach("$", "the present second", str(second), hint, (exchange.number,))
        # The machines behind one address have clocks of their own.
        if latest is not None and second < latest - CLOCKS_APART_SECONDS:
            yield Breach("$", f"{latest} or later", str(second), "", (exchange.number,))
        latest = second if latest is None else max(latest, second)


@oracle("ACT-SYSTEM-003")
def version_is_a_text(exchanges: Sequence[Exchange]) -> Iterator[Breach]:
    """system.getVersion answers a text with a number in it."""
    for exchange in exchanges:
        value = exchange.result.value if exchange.result else exchange.answer
        if not isinstance(value, str) or not DIGIT.search(value):
            yield Breach("$", "the server's version", _told(exchange), "", (exchange.number,))


def _told(exchange: Exchange) -> str:
    if exchange.error is not None:
        return f"error {exchange.error.code}"
    return shown(exchange.result.value) if exchange.result else type(exchange.answer).__name__
