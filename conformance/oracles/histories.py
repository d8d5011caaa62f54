"""What a server owes over many calls: a model of the objects, held against every step.

The model knows only what CONTRACT says holds: what was written last, who was deleted, who lives.
What a refused or an unknown step leaves behind is not known, and not judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from conformance.oracles.claim import oracle
from conformance.oracles.codes import GONE, MISSING, NULL, REFUSAL
from conformance.oracles.comparison import changes, shown
from conformance.oracles.list_answer import identity, page_of, whole
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, Result
from conformance.wire.exchange import Exchange
from conformance.wire.request import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.lineage import Lineage

Deed = Literal["add", "get", "update", "delete", "list", "count", "clone"]


class Event(Struct, frozen=True, kw_only=True):
    """One call of a history and its answer. `who` names the object by a letter of the history's.

    `sent` is what the call wrote and reads must show. `of` is the deleted object whose key an add
    takes up, or the original of a clone; `asked` are the objects that a list or count asks for.
    """

    deed: Deed
    exchange: Exchange
    who: str = ""
    of: str = ""
    sent: Mapping[str, Any] = {}
    asked: tuple[str, ...] = ()


class Played(Struct, frozen=True, kw_only=True):
    """A history as it went. `ids` are the objects' ids, `listed` how lists tell them apart.

    `names` are the properties by which they do. `kind` is the class that was sent, `codes` the
    codes of an unknown object by action. `buried`: deleted objects are gone for certain; `freed`:
    so are their keys; `given`: ids are the server's to give; `complete`: a list that asks for
    objects shows them all.
    """

    service: str
    kind: str
    id_property: str
    events: tuple[Event, ...] = ()
    ids: Mapping[str, str] = {}
    listed: Mapping[str, str] = {}
    names: tuple[str, ...] = ()
    codes: Mapping[str, frozenset[str]] = {}
    buried: bool = True
    freed: bool = False
    given: bool = True
    complete: bool = True


class Departure(Struct, frozen=True):
    """A breach of one of the rules below, before it is told which."""

    rule: Literal["values", "life", "lists", "ids", "keys"]
    breach: Breach


class _Object(Struct):
    """What is known of one object. `written` has the last written values, with their calls."""

    birth: Exchange
    living: bool | None = True
    end: Exchange | None = None
    written: dict[str, tuple[Any, Exchange]] = field(default_factory=dict)


@oracle("CRUD-HISTORY-001")
def reads_show_the_last_write(played: Played, lineage: Lineage) -> Iterator[Breach]:
    """Whatever came before, get answers what the last accepted write left, to every session."""
    yield from (each.breach for each in departures(played, lineage) if each.rule == "values")


@oracle("CRUD-HISTORY-002")
def living_stay_and_deleted_go(played: Played, lineage: Lineage) -> Iterator[Breach]:
    """An object is there from its add to its delete, and never after, whatever befalls others."""
    yield from (each.breach for each in departures(played, lineage) if each.rule == "life")


@oracle("CRUD-HISTORY-003")
def lists_follow_every_write(played: Played, lineage: Lineage) -> Iterator[Breach]:
    """A list or count of certain objects holds those that live, once each, as they are."""
    yield from (each.breach for each in departures(played, lineage) if each.rule == "lists")


@oracle("CRUD-HISTORY-004")
def every_birth_has_its_own_id(played: Played, lineage: Lineage) -> Iterator[Breach]:
    """No object, not even a clone or one that was made anew, gets an id that was given before."""
    yield from (each.breach for each in departures(played, lineage) if each.rule == "ids")


@oracle("CRUD-HISTORY-005")
def key_of_a_deleted_object_is_free(played: Played, lineage: Lineage) -> Iterator[Breach]:
    """The key of a deleted object can be given to a new one."""
    yield from (each.breach for each in departures(played, lineage) if each.rule == "keys")


def departures(played: Played, lineage: Lineage) -> Iterator[Departure]:
    """Every departure from the model, the first one of each object."""
    model = _Model(played, lineage)
    for event in played.events:
        yield from model.take(event)


class _Model:
    """The objects as they have to be after the events so far."""

    def __init__(self, played: Played, lineage: Lineage) -> None:
        self._played = played
        self._lineage = lineage
        self._objects: dict[str, _Object] = {}
        self._given: dict[str, Exchange] = {}

    def take(self, event: Event) -> Iterator[Departure]:
        """The departures that an event shows; the model is then as the event left it."""
        if event.deed in {"add", "clone"}:
            found = list(self._birth(event))
        elif event.deed == "list":
            found = list(self._list(event))
        elif event.deed == "count":
            found = list(self._count(event))
        else:
            found = list(self._one(event))
            if found:
                # Whatever it is now, more of the same would only repeat the story.
                self._objects.pop(event.who, None)
        yield from found

    def _one(self, event: Event) -> Iterator[Departure]:
        held = self._objects.get(event.who)
        if held is None or held.living is None:
            return
        if not held.living:
            yield from self._buried(event, held)
        elif event.deed == "get":
            yield from self._get(event, held)
        elif event.deed == "update":
            yield from self._update(event, held)
        else:
            yield from self._delete(event, held)

    def _birth(self, event: Event) -> Iterator[Departure]:
        answer = event.exchange.answer
        if isinstance(answer, ApiError):
            yield from self._refused_key(event, answer)
            return
        if not isinstance(answer, Result) or answer.value is None:
            return
        value = answer.value
        if self._played.given and isinstance(value, Mapping):
            found = value.get(self._played.id_property)
            earlier = self._given.get(str(found)) if found is not None else None
            if earlier is not None:
                yield self._departure(
                    "ids",
                    f"$.{self._played.id_property}",
                    "an id that no object had before",
                    shown(found),
                    "is the old object answered instead of a new one?",
                    earlier,
                    event.exchange,
                )
                return
            if found is not None:
                self._given[str(found)] = event.exchange
        written = {name: (value, event.exchange) for name, value in event.sent.items()}
        self._objects[event.who] = _Object(event.exchange, written=written)

    def _refused_key(self, event: Event, answer: ApiError) -> Iterator[Departure]:
        """An add that was refused although only a deleted object had its key."""
        former = self._objects.get(event.of)
        if not self._played.freed or former is None or former.end is None:
            return
        if answer.code in self._played.codes.get("add", frozenset()):
            yield self._departure(
                "keys",
                "$",
                "the object that was added",
                f"error {answer.code}",
                "does a deleted object still hold its key?",
                former.birth,
                former.end,
                event.exchange,
            )

    def _get(self, event: Event, held: _Object) -> Iterator[Departure]:
        answer = event.exchange.answer
        yield from self._missing(event, held)
        if not isinstance(answer, Result) or not isinstance(answer.value, Mapping):
            return
        value = answer.value
        wanted, found = self._played.ids.get(event.who), value.get(self._played.id_property)
        if wanted is not None and found is not None and str(found) != wanted:
            yield self._departure(
                "life",
                f"$.{self._played.id_property}",
                wanted,
                shown(found),
                "another object was answered",
                held.birth,
                event.exchange,
            )
            return
        yield from self._values(value, held, event.exchange, "values", "$")

    def _values(
        self,
        value: Mapping[str, Any],
        held: _Object,
        exchange: Exchange,
        rule: Literal["values", "lists"],
        path: str,
    ) -> Iterator[Departure]:
        expected = {name: each for name, (each, _) in held.written.items()}
        if exchange.form.format == Format.XML:
            # Whole objects and lists look different there (CONTRACT WIRE-43); scalars do not.
            expected = {
                n: each for n, each in expected.items() if not isinstance(each, dict | list)
            }
        if rule == "lists":
            # A list may show less of an object than get does.
            expected = {name: each for name, each in expected.items() if name in value}
        for change in changes(expected, value, self._played.kind, self._lineage, path=path):
            name = change.path.removeprefix(f"{path}.").partition(".")[0].partition("[")[0]
            hint = "is an earlier state, or another object's, shown?"
            write = held.written[name][1]
            yield self._departure(
                rule, change.path, change.expected, change.actual, hint, write, exchange
            )

    def _update(self, event: Event, held: _Object) -> Iterator[Departure]:
        yield from self._missing(event, held)
        if isinstance(event.exchange.answer, Result):
            held.written |= {name: (v, event.exchange) for name, v in event.sent.items()}
        else:
            for name in event.sent:
                held.written.pop(name, None)

    def _delete(self, event: Event, held: _Object) -> Iterator[Departure]:
        yield from self._missing(event, held)
        held.living = False if isinstance(event.exchange.answer, Result) else None
        held.end = event.exchange

    def _missing(self, event: Event, held: _Object) -> Iterator[Departure]:
        """A breach where a living object is answered as unknown, or get answers nothing."""
        answer = event.exchange.answer
        actual = None
        if isinstance(answer, ApiError) and self._says_gone(answer, event.deed):
            actual = f"error {answer.code}"
        elif event.deed == "get" and isinstance(answer, Result) and answer.value is None:
            actual = "null"
        if actual is not None:
            yield self._departure(
                "life",
                "$",
                f"the object '{self._played.ids.get(event.who, event.who)}'",
                actual,
                "it was added, and nothing removed it but what happened to others",
                held.birth,
                event.exchange,
            )

    def _says_gone(self, answer: ApiError, action: str) -> bool:
        known = self._played.codes.get(action, frozenset())
        if answer.code in MISSING or REFUSAL.search(answer.code):
            return False
        return answer.code in known or bool(GONE.search(answer.code))

    def _buried(self, event: Event, held: _Object) -> Iterator[Departure]:
        """A breach where a deleted object still answers."""
        answer = event.exchange.answer
        codes = self._played.codes.get(event.deed, frozenset())
        if not self._played.buried or not isinstance(answer, Result) or held.end is None:
            return
        if answer.value is None and (NULL in codes or event.deed == "get"):
            return
        yield self._departure(
            "life",
            "$",
            " or ".join(sorted(codes)) or "a code of an unknown object",
            f"a result: {shown(answer.value)}",
            "does a deleted object come back?",
            held.birth,
            held.end,
            event.exchange,
        )

    def _list(self, event: Event) -> Iterator[Departure]:
        page = page_of(event.exchange)
        if page is None:
            return
        places: dict[str, list[int]] = {}
        for place, each in enumerate(page.objects):
            places.setdefault(identity(each, self._played.names), []).append(place)
        for who in event.asked:
            held = self._objects.get(who)
            if held is None or held.living is None or who not in self._played.listed:
                continue
            at = places.get(self._played.listed[who], [])
            found = list(self._listed(event, who, held, at))
            if not found and at and held.living:
                here = f"$.objects[{at[0]}]"
                value = page.objects[at[0]]
                found = list(self._values(value, held, event.exchange, "lists", here))
            if found:
                self._objects.pop(who, None)
            yield from found

    def _listed(self, event: Event, who: str, held: _Object, at: list[int]) -> Iterator[Departure]:
        name = self._played.ids.get(who, who)
        if held.living and not at and self._played.complete:
            actual, hint = "not in the list", "is the list an earlier one?"
            yield self._departure(
                "lists",
                "$.objects",
                f"the object '{name}'",
                actual,
                hint,
                held.birth,
                event.exchange,
            )
        elif held.living and len(at) > 1:
            actual = f"{len(at)} times"
            yield self._departure(
                "lists", "$.objects", f"the object '{name}' once", actual, "", held.birth,
                event.exchange,
            )  # fmt: skip
        elif not held.living and at and self._played.buried and held.end is not None:
            yield self._departure(
                "lists",
                f"$.objects[{at[0]}]",
                f"no '{name}': it was deleted",
                f"the object '{name}'",
                "is the list an earlier one?",
                held.birth,
                held.end,
                event.exchange,
            )

    def _count(self, event: Event) -> Iterator[Departure]:
        answer = event.exchange.answer
        number = whole(answer.value) if isinstance(answer, Result) else None
        held = [self._objects.get(who) for who in event.asked]
        if number is None or not self._played.complete or not self._played.buried:
            return
        if any(each is None or each.living is None for each in held):
            return
        living = sum(bool(each and each.living) for each in held)
        if number != living:
            writes = [write for each in held if each for write in (each.birth, each.end) if write]
            yield self._departure(
                "lists", "$", str(living), str(number), "is the number kept beside the objects?",
                *writes, event.exchange,
            )  # fmt: skip
            for who in event.asked:
                self._objects.pop(who, None)

    @staticmethod
    def _departure(
        rule: Literal["values", "life", "lists", "ids", "keys"],
        where: str,
        expected: str,
        actual: str,
        hint: str,
        *shown_by: Exchange,
    ) -> Departure:
        numbers = tuple(dict.fromkeys(each.number for each in shown_by))
        return Departure(rule, Breach(where, expected, actual, hint, numbers))
