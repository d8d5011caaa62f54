"""From a breach to conditions that a sound server meets and the breach does not, as Python source.

Whatever a server or its schema wrote stands in a condition as a literal, never as source. Each is
short enough that a stranger can read it; the plainest come first. Whoever asks tries them on what
was recorded and on a new run, and takes the first that fails there as the breach does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.plugin.content_conditions import of_an_errors_parts, of_bytes, of_sessions
from conformance.plugin.joint_conditions import of_meetings, of_pages, of_twins
from conformance.plugin.places import (
    CODE,
    FEWEST_LETTERS,
    at_path,
    is_meant,
    is_told,
    lasts,
    literal,
    paths,
    paths_of,
    place,
    value_of,
)
from conformance.plugin.provenance import scalars
from conformance.wire.answer import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.plugin.places import Source
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

CODES = re.compile(r"[A-Z][A-Z0-9_]{3,}(?: or [A-Z][A-Z0-9_]{3,}|, [A-Z][A-Z0-9_]{3,})*")
LEAD = re.compile(r"^(the )?(error|code) ")
BOUND = re.compile(r"(-?\d+) or (later|earlier|more|less|fewer)|(at (?:least|most)) (-?\d+)")
NAMED = re.compile(r"(?:^|, )([\w-]+) \(")
"""An object as lists tell of it: its id, and in brackets what it holds."""
MEMBERS = re.compile(r"(with(?:out)? )?((?:\w+, )*\w+)(?: and more)?")
ORDER = re.compile(r"ordered by ([+-])(\w+)")
QUOTED = re.compile(r"'([^']+)'")
STATUS = frozenset({"status", "http status", "$.http", "$.status"})
WORDLIKE = re.compile(r"[\w.:\-/]+")
PROSE = frozenset({"absent", "accepted", "null", "empty", "present", "refused"})
OK = 200
"""What an API answers with, whatever the answer is."""
HEADER = re.compile(r"[A-Z][A-Za-z]*(-[A-Za-z]+)+")
TOKEN = re.compile(r"[\w*-]+")
"""What a header lists."""
NOTHING = frozenset({"absent", "empty", "empty or absent", "absent or empty", "null"})
MEMBER = re.compile(r"\$\.objects\[\d+\]\.(\w+)")
LATER = re.compile(r"later than \d+")
SECRETS = {
    "the admin secret": "ADMIN_SECRET",
    "the user secret": "USER_SECRET",
    "the other account's admin secret": "OTHER_ADMIN_SECRET",
}
"""What a breach calls an account's secret, and the name that a program has for it."""
NEW = ("that no object has yet", "an id of its own")


def conditions(
    breach: Breach, shown: Sequence[Exchange], names: Mapping[int, str], source: Source
) -> Iterator[str]:
    """Conditions in the order of their plainness. `source` writes a value as an expression."""
    last = shown[-1]
    name, first = names[last.number], names[shown[0].number]
    path = place(breach)
    paired = len(shown) > 1 and shown[0].action.lower() == last.action.lower()
    alike = [
        f'same(at({name}, "{where}"), at({first}, "{where}"))'
        for where in (paths(path, value_of(last)) if path and paired else ())
    ]
    if path and paired and is_told(at_path(shown[0], path), breach.expected, breach.actual):
        # Two answers were held against each other: what the one is, only the other tells.
        yield from alike
    yield from of_meetings(breach, shown, names, source)
    yield from of_pages(breach, shown, names, source)
    yield from _of_one(breach, last, name, source)
    yield from of_twins(breach, shown, names, source)
    if paired:
        if path and LATER.fullmatch(breach.expected):
            here, earlier = (f'number(at({each}, "{path}"))' for each in (name, first))
            yield f"{here} > {earlier}"
        if path and breach.expected.endswith(NEW):
            yield from (f"not {each}" for each in alike)
        yield from alike
        yield f"{name}.error == {first}.error"
        yield f"same({name}.value, {first}.value)"
        yield f"{name}.status == {first}.status"
        yield f"{name}.text == {first}.text"
    for each in reversed(shown[:-1]):
        yield from _of_one(breach, each, names[each.number], source)


def _of_one(breach: Breach, shown: Exchange, name: str, source: Source) -> Iterator[str]:
    """Conditions of one answer."""
    yield from _of_status(breach, shown, name)
    yield from _of_members(breach, shown, name, source)
    yield from _of_lists(breach, name, source)
    yield from _of_errors(breach, shown, name)
    yield from of_an_errors_parts(breach, shown, name, source)
    yield from of_bytes(breach, name)
    yield from of_sessions(breach, name)
    for where in paths_of(breach, value_of(shown)):
        yield from _of_values(breach, shown, name, where, source)
    yield from _of_headers(breach, shown, name)
    yield from _of_times(breach, name)
    yield from _of_text(breach, shown, name)
    if shown.response.status != OK:
        yield f"{name}.status != {shown.response.status}"


def _of_text(breach: Breach, shown: Exchange, name: str) -> Iterator[str]:
    """Of what must not be in the text of an answer, however it would be read."""
    empty = re.match(r"empty elements for ((?:\w+, )*\w+)", breach.actual)
    if empty:
        names = "|".join(re.findall(r"\w+", empty[1]))
        yield rf're.search(r"<({names})(></|\s*/>)", {name}.text) is None'
    named = SECRETS.get(breach.actual)
    if named is not None:
        yield f"{named} not in {name}.text"
    document = re.fullmatch(r"xml with (\w+(?: and \w+)*)", breach.expected)
    if document:
        elements = [f"<{each}" for each in document[1].split(" and ")]
        yield f"all(each in {name}.text for each in {elements!r})"
    told = literal(breach.actual)
    text = told if isinstance(told, str) else breach.actual
    if not breach.expected.startswith("no ") or len(text) < FEWEST_LETTERS:
        return
    if text in shown.response.body.decode("utf-8", "replace"):
        yield f"{text!r} not in {name}.text"
    for path in paths_of(breach, value_of(shown)):
        if text in str(at_path(shown, path)):
            yield f'{text!r} not in str(at({name}, "{path}"))'


def _of_times(breach: Breach, name: str) -> Iterator[str]:
    """Of an answer that is a time as a whole."""
    if "second" in breach.expected:
        yield f"abs(number({name}.value) - time.time()) < DAY"


def _of_status(breach: Breach, last: Exchange, name: str) -> Iterator[str]:
    if breach.where.lower() in STATUS or breach.actual == str(last.response.status):
        wanted = re.match(r"\d{3}", breach.expected)
        if wanted and wanted[0] != str(last.response.status):
            yield f"{name}.status == {wanted[0]}"


def _of_members(breach: Breach, shown: Exchange, name: str, source: Source) -> Iterator[str]:
    """Of the properties that an answer's objects have, and of objects that must not be there."""
    without = MEMBERS.fullmatch(breach.expected), MEMBERS.fullmatch(breach.actual)
    if without[0] and without[0][1]:
        names = set(re.findall(r"\w+", without[0][2]))
        yield f"all({names!r}.isdisjoint(each) for each in members({name}))"
    if without[1] and without[1][1] == "without ":
        names = set(re.findall(r"\w+", without[1][2]))
        yield f"all({names!r} <= set(each) for each in members({name}))"
    if breach.expected.startswith("no "):
        yield f"not objects({name})"
        for value in scalars(shown.call.params):
            told = source(value)
            if "(" in told:
                yield f"holding({name}, {told}) == 0"


def _of_lists(breach: Breach, name: str, source: Source) -> Iterator[str]:
    if not breach.where.startswith("$.objects"):
        return
    order = ORDER.search(breach.expected)
    if order:
        yield f'ordered({name}, "{order[2]}", "{order[1]}")'
    some = re.fullmatch(r"(\d+) objects?( at most)?", breach.expected)
    if some:
        yield f"len(objects({name})) {'<=' if some[2] else '=='} {some[1]}"
    for told in NAMED.finditer(breach.expected):
        yield f"holding({name}, {source(told[1])}) == 1"
    for told in NAMED.finditer(breach.actual):
        yield f"holding({name}, {source(told[1])}) == 0"
    nobody = re.fullmatch(r"no ([\w-]+)", breach.expected)
    if nobody:
        yield f"holding({name}, {source(nobody[1])}) == 0"
    wanted = QUOTED.search(breach.expected)
    if wanted is None:
        return
    identity = source(wanted[1])
    if breach.actual.startswith("the object"):
        yield f"holding({name}, {identity}) == 0"
    if breach.actual == "not in the list" or breach.actual.endswith("times"):
        yield f"holding({name}, {identity}) == 1"


def _of_errors(breach: Breach, last: Exchange, name: str) -> Iterator[str]:
    answer = last.answer
    told = LEAD.sub("", breach.expected).strip("'")
    coded = CODES.match(told) and not breach.where.startswith("$.args")
    wanted = CODE.findall(told) if coded else []
    if wanted and not (isinstance(answer, ApiError) and answer.code in wanted):
        yield (
            f"{name}.error in {set(wanted)!r}"
            if len(wanted) > 1
            else (f'{name}.error == "{wanted[0]}"')
        )
    if breach.actual.startswith(("a result", "accepted")):
        yield f"{name}.error is not None"
    if isinstance(answer, ApiError) and answer.code in breach.actual:
        if not wanted:
            yield f"{name}.error is None"
        yield f"{name}.error != {answer.code!r}"
    if breach.actual == "null":
        yield f"{name}.value is not None"


def _of_values(
    breach: Breach, last: Exchange, name: str, where: str, source: Source
) -> Iterator[str]:
    """Conditions of the value at a path."""
    here = f'at({name}, "{where}")'
    if not is_meant(breach, last, where):
        return
    value = at_path(last, where)
    if breach.expected in NOTHING or breach.expected.startswith("no "):
        yield f"{here} is None" if breach.expected.startswith("no ") else f"not {here}"
    yield from _of_expected(breach, here, where, name, source)
    found = BOUND.fullmatch(breach.expected)
    if re.fullmatch(r"(about )?\d{10}( or earlier)?", breach.expected):
        yield f"number({here}) < time.time() + DAY"
        yield f"abs(number({here}) - time.time()) < DAY"
    if found:
        number = int(found[1] or found[4])
        sign = ">=" if (found[2] or found[3]) in {"later", "more", "at least"} else "<="
        yield f"number({here}) {sign} number({source(number)})"
    if where == "$.totalCount" and breach.expected.startswith("at least"):
        yield f"number({here}) >= len(objects({name}))"
    soon = re.fullmatch(r"(-?\d+) seconds from now", breach.expected)
    if soon:
        yield f"abs(number({here}) - time.time() - {soon[1]}) < DAY"
    if breach.actual == "absent":
        yield f"{here} is not None"
    if isinstance(value, str | int | float) and value != "":
        told = source(value)
        if "(" in told or lasts(where, told):
            yield f"not same({here}, {told})"


def _of_expected(breach: Breach, here: str, where: str, name: str, source: Source) -> Iterator[str]:
    """The value is the one that the breach names."""
    wanted = literal(breach.expected)
    if wanted is None and WORDLIKE.fullmatch(breach.expected) and breach.expected not in PROSE:
        wanted = breach.expected
    if wanted is None:
        return
    told = source(wanted)
    yield f"same({here}, {told})"
    member = MEMBER.fullmatch(where)
    if member:
        # Of a list that a sound server leaves empty there is nothing to say.
        yield f'all(same(each.get("{member[1]}"), {told}) for each in objects({name}))'
    else:
        yield f"{here} is None or same({here}, {told})"


def _of_headers(breach: Breach, last: Exchange, name: str) -> Iterator[str]:
    if breach.actual == "absent" and HEADER.fullmatch(breach.where):
        yield f"{name}.headers.get({breach.where!r}) is not None"
    expected = [each.strip() for each in breach.expected.removeprefix("at least ").split(",")]
    if HEADER.fullmatch(breach.where) and all(map(TOKEN.fullmatch, expected)):
        held = f'{name}.headers.get({breach.where!r}, "")'
        yield f"all(each in {held} for each in {expected!r})"
    for header, value in last.response.headers:
        if header.lower() == breach.where.lower() or (
            value and value == breach.actual.strip("'\"")
        ):
            wanted = literal(breach.expected)
            if isinstance(wanted, str):
                yield f"{name}.headers.get({header!r}) == {wanted!r}"
            yield f"{name}.headers.get({header!r}) != {value!r}"
