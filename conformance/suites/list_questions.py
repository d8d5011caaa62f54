"""What is asked of the filters of a list: for each property, values that divide the population."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.oracles.list import MOVING
from conformance.oracles.list_answer import whole
from conformance.oracles.list_filter import Question, Term, question, read_term, unanswered
from conformance.suites.list_listing import FIRST_EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from conformance.plugin.context import Context
    from conformance.schema.model import TypeRef
    from conformance.suites.list_population import Population

PLAIN_STEMS = frozenset(
    {
        "id", "name", "systemName", "status", "type", "createdAt", "updatedAt", "userId", "tags",
        "referenceId", "partnerSortValue", "entryId", "mediaType", "objType", "fileName",
    }
)  # fmt: skip
"""Properties that are stored as they are shown, and that real servers were seen to filter by."""

NAMING_STEMS = frozenset(
    {"id", "name", "systemName", "referenceId", "tags", "userId", "categoryId", "parentId"}
)
"""Of these, a value that nobody has is easily made."""

STATE_STEMS = frozenset({"status", "mediaType", "objType", "creationMode", "moderationStatus"})
"""Of these, all objects of a population have mostly the same value, and the enum has others."""

GONE = ("DELETED", "PURGED")
"""Constants for what is gone: to ask for it lifts a filter of some servers (CONTRACT CRUD-17)."""

NOBODY_LIMIT = 16
NOBODYS_NUMBER = 2_100_000_000
"""No installation has counted so far; it fits into a signed int."""

OTHER_LIMIT = 6
"""How many of the other filter properties are asked."""

FAR_SECONDS = 3_600
WORD = re.compile(r"(?:^|(?<=[ ,]))[A-Za-z0-9]{4,}(?=$|[ ,])")
PLAIN_TEXT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]*")
NUMBERS = frozenset({"int", "bigint", "float"})


def questions(context: Context, people: Population, *operators: str) -> list[Question]:
    """Questions by these operators over the properties that every server stores as shown."""
    return [
        each
        for term in _terms(context, people)
        if term.operator in operators and term.stem in PLAIN_STEMS
        for each in _asked(context, people, term)
    ]


def other_questions(context: Context, people: Population) -> list[Question]:
    """Questions over the other properties, some of them drawn."""
    terms = [term for term in _terms(context, people) if term.stem not in PLAIN_STEMS]
    drawn = context.random.sample(terms, min(len(terms), OTHER_LIMIT * 3))
    found = [each for term in drawn for each in _asked(context, people, term)]
    return found[:OTHER_LIMIT]


def nobodys_questions(context: Context, people: Population) -> list[Question]:
    """Questions for what no object of the population has: ids and users first, others drawn."""
    found = [
        unanswered(term, asked, people.ids)
        for term in _terms(context, people)
        if term.operator in {"Equal", "In", "Like"}
        and (asked := _nobodys(context, people, term)) is not None
    ]
    context.random.shuffle(found)
    found.sort(key=lambda each: each.term.stem not in {"id", "userId"})
    return found[:NOBODY_LIMIT]


def relative_questions(context: Context, people: Population) -> list[Question]:
    """Questions by the time of creation, counted from now: an hour ago, and in an hour."""
    name, action = "createdAtGreaterThanOrEqual", f"{people.listing.service}.list"
    if not context.profile.quirks.selects(action, name):
        return []
    known = context.lineage.properties(people.listing.filter_class or "")
    ref, term = people.type_of(context, "createdAt"), read_term(name)
    values = people.values("createdAt")
    if name not in known or term is None or ref is None or not ref.is_time:
        return []
    if any((whole(value) or 0) < FIRST_EPOCH for value in values.values()):
        return []
    nobody: frozenset[str] = frozenset()
    return [
        Question(term, -24 * FAR_SECONDS, people.ids, nobody, values),
        Question(term, FAR_SECONDS, nobody, people.ids, values),
    ]


def loud_questions(context: Context, people: Population) -> list[Question]:
    """Questions for a name, and for a word of it, in capitals."""
    values = people.values("name")
    held = {who: str(name) for who, name in values.items() if _is_latin(name)}
    if not held:
        return []
    who = context.random.choice(sorted(held))
    words = WORD.findall(held[who])
    asked = {"nameEqual": held[who], "nameLike": words[0] if words else ""}
    found = []
    for term in _terms(context, people):
        text = asked.get(term.name, "")
        if text.upper() != text:
            # Of the others nothing is said: a database may find parts of words.
            strangers = frozenset(one for one, name in values.items() if not _has(name, text))
            found.append(Question(term, text.upper(), frozenset({who}), strangers, values))
    return found


def update_questions(context: Context, people: Population) -> list[Question]:
    """A question for the time at which an older object was updated.

    Times are cut down, if at all, so that object is found; of what is earlier nothing is said.
    """
    name = "updatedAtGreaterThanOrEqual"
    ref, values = people.type_of(context, "updatedAt"), people.values("updatedAt")
    term = next((each for each in _terms(context, people) if each.name == name), None)
    if term is None or ref is None or not ref.is_time:
        return []
    updated, created = _times(values), _times(people.values("createdAt"))
    later = [at for who, at in updated.items() if at > created.get(who, at) > FIRST_EPOCH]
    if not later:
        return []
    found = frozenset(who for who, at in updated.items() if at >= max(later))
    return [Question(term, max(later), found, frozenset(), values)]


def _times(values: Mapping[str, Any]) -> dict[str, int]:
    return {who: at for who, value in values.items() if (at := whole(value)) is not None}


def _is_latin(name: Any) -> bool:
    return isinstance(name, str) and bool(PLAIN_TEXT.fullmatch(name))


def _has(name: Any, text: str) -> bool:
    return text.casefold() in str(name or "").casefold()


def _nobodys(context: Context, people: Population, term: Term) -> str | int | None:
    """A value of the term's property that none of the objects has; None where there is no sure."""
    ref = people.type_of(context, term.stem)
    if ref is None:
        return None
    # The lists of one kind of entry set the type themselves, whatever is asked (CONTRACT LIST-18).
    of_all_types = term.stem == "type" and people.listing.service == "baseentry"
    if (term.stem in STATE_STEMS or of_all_types) and ref.enum is not None:
        held = {str(value) for value in people.values(term.stem).values()}
        enum = context.schema.enums.get(ref.enum)
        constants = enum.constants if enum else ()
        if not held <= {each.value for each in constants}:
            return None  # What is shown for one that the enum lacks may be kept as any other.
        others = [
            each.value
            for each in constants
            if each.value.isdigit() and each.value not in {*held, "0"}
            if not any(word in each.name for word in GONE)
        ]
        return context.random.choice(others) if others else None
    if term.stem not in NAMING_STEMS or ref.enum is not None:
        return None
    if term.operator == "In" and term.stem == "userId":
        return None  # Which users exist is looked up one by one; nobody has seen what none means.
    if ref.kind in NUMBERS:
        return NOBODYS_NUMBER + context.random.randrange(10_000_000)
    return f"kcnobody{context.provisioner.names.unique()}" if ref.kind == "string" else None


def _terms(context: Context, people: Population) -> Iterator[Term]:
    """Every filter property that is about a property of the objects, one that stays what it is.

    A time that moves is asked about from far enough. A server that offers more than it looks at
    drops the rest without a word, so only what is known to select is asked.
    """
    kind, action = people.listing.filter_class or "", f"{people.listing.service}.list"
    if context.recipe(people.listing.service).grounds == "learned":
        return
    for name in context.lineage.properties(kind):
        term = read_term(name)
        if term is None or term.stem in MOVING - {"updatedAt"}:
            continue
        selects = context.profile.quirks.selects(action, name)
        if selects and people.type_of(context, term.stem) is not None:
            yield term


def _asked(context: Context, people: Population, term: Term) -> Iterator[Question]:
    ref, values = people.type_of(context, term.stem), people.values(term.stem)
    if ref is None or ref.kind not in {*NUMBERS, "string"}:
        return
    if context.profile.quirks.why("filter_ignored", f"{people.listing.service}.list"):
        return
    for asked in _values(term, ref, values, context.random):
        found = question(term, asked, values, ref)
        if found.found or found.left_out:
            yield found


def _values(term: Term, ref: TypeRef, values: Mapping[str, Any], random: Random) -> Iterator[Any]:
    plain = term.operator.removesuffix("OrNull")
    if plain.startswith(("GreaterThan", "LessThan")):
        yield from _thresholds(plain, ref, values)
        return
    if ref.is_time:
        return
    if "Like" in plain:
        yield from _words(plain, values, random)
        return
    usable = sorted({str(value) for value in values.values() if _usable(value, ref, term.stem)})
    if not usable:
        return
    if plain in {"Equal", "NotEqual"}:
        yield random.choice(usable)
    elif plain in {"In", "NotIn"}:
        yield ",".join(random.sample(usable, max(1, min(2, len(usable) - 1))))
    elif plain == "StartsWith":
        yield random.choice(usable)[:3]


def _thresholds(plain: str, ref: TypeRef, values: Mapping[str, Any]) -> Iterator[int]:
    numbers = sorted({n for value in values.values() if (n := whole(value)) is not None and n > 0})
    if not numbers:
        return
    if not ref.is_time:
        # From the middle: some are found, some are not, and the border is among those asked.
        upper, lower = len(numbers) // 2, (len(numbers) - 1) // 2
        yield numbers[upper if plain.startswith("Greater") else lower]
        return
    if numbers[0] < FIRST_EPOCH:
        return
    if plain == "GreaterThanOrEqual":
        yield numbers[0]
    yield numbers[0] - FAR_SECONDS
    yield numbers[-1] + FAR_SECONDS


def _words(plain: str, values: Mapping[str, Any], random: Random) -> Iterator[str]:
    by_member = [words for value in values.values() if (words := WORD.findall(str(value or "")))]
    if not by_member:
        return
    random.shuffle(by_member)
    if plain == "Like":
        yield random.choice(by_member[0])
    elif plain == "MultiLikeOr":
        yield ",".join(dict.fromkeys(words[0] for words in by_member[:2]))
    elif plain == "MultiLikeAnd":
        yield ",".join(dict.fromkeys(by_member[0][:2]))
        if len(by_member) > 1:
            yield f"{by_member[0][0]},{by_member[1][0]}"


def _usable(value: Any, ref: TypeRef, stem: str) -> bool:
    """Whether a value can be asked for without a collation, a plugin or a zero in the way."""
    text = "" if value is None or isinstance(value, bool) else str(value)
    if ref.kind in NUMBERS:
        return whole(value) not in (None, 0)
    if ref.enum is not None:
        return bool(text) and text != "0" and "." not in text
    if stem in {"id", "entryId"}:
        return bool(text) and "," not in text and text != "0"
    return text != "0" and bool(PLAIN_TEXT.fullmatch(text))
