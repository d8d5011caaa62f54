"""From a breach to conditions that a sound server meets and the breach does not, as Python source.

Whatever a server or its schema wrote stands in a condition as a literal, never as source. Each is
short enough that a stranger can read it; the plainest come first. Whoever asks tries them on what
was recorded and on a new run, and takes the first that fails there as the breach does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from conformance.plugin.provenance import scalars
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

    Source = Callable[[Any], str]

CODES = re.compile(r"[A-Z][A-Z0-9_]{3,}(?: or [A-Z][A-Z0-9_]{3,}|, [A-Z][A-Z0-9_]{3,})*")
LEAD = re.compile(r"^(the )?(error|code) ")
CODE = re.compile(r"[A-Z][A-Z0-9_]{3,}")
BOUND = re.compile(r"(-?\d+) or (later|earlier|more|less|fewer)|(at (?:least|most)) (-?\d+)")
NAMED = re.compile(r"(?:^|, )([\w-]+) \(")
"""An object as lists tell of it: its id, and in brackets what it holds."""
FEWEST_LETTERS = 4
"""A shorter text is everywhere."""
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
PATH = re.compile(r"\$(?:\.[A-Za-z_]\w*|\[\d+\])*")
STEP = re.compile(rf": ({PATH.pattern})")
"""Where a breach says first which step of several it is about."""
NOTHING = frozenset({"absent", "empty", "empty or absent", "absent or empty", "null"})
MEMBER = re.compile(r"\$\.objects\[\d+\]\.(\w+)")
UNIQUE = re.compile(r"\b\d_\w{6}|\d{5}|(\d\D*){7}")
"""An entry's id, or what holds so many digits that it is an id, a time or a KS."""
PASSING = re.compile(r"([iI]d|At|Date|Time)$")
"""A place whose value another server, or this one a little later, does not answer again."""
LATER = re.compile(r"later than \d+")
DIGEST = re.compile(r"sha256 ([0-9a-f]{12})\b")
"""How a breach tells of bytes which they are."""
ARGUMENTS = re.compile(r"[A-Za-z_]\w*(, [A-Za-z_]\w*)*")
SECRETS = {
    "the admin secret": "ADMIN_SECRET",
    "the user secret": "USER_SECRET",
    "the other account's admin secret": "OTHER_ADMIN_SECRET",
}
"""What a breach calls an account's secret, and the name that a program has for it."""
SESSION = re.compile(r"(\$(?:\.\w+)*) \((expiry|type|user|partner|privileges)\)")
LEAST_SLACK_SECONDS = 60
PAGED = re.compile(r"(\S+) (once|on one of the pages)")
NEW = ("that no object has yet", "an id of its own")
SLOT = re.compile(r"\$\[\d+\](?=$|\.)")
MEETING = re.compile(r"of the (last )?updates")
NO_ARGUMENT = "no argument"
LONGEST_MESSAGE = 200
MOST_TWINS = 4
"""Places of other answers that hold what is expected; more say nothing new."""


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
        for where in (_paths(path, _value(last)) if path and paired else ())
    ]
    if path and paired and _told(_at(shown[0], path), breach.expected, breach.actual):
        # Two answers were held against each other: what the one is, only the other tells.
        yield from alike
    yield from _of_meetings(breach, shown, names, source)
    yield from _of_pages(breach, shown, names, source)
    yield from _of_one(breach, last, name, source)
    yield from _of_twins(breach, shown, names, source)
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


def place(breach: Breach) -> str:
    """The path in the answer that the breach is about; nothing where it is about something else."""
    if breach.where.startswith("$.error"):
        return ""
    found = PATH.match(breach.where) or STEP.search(breach.where)
    return found[found.lastindex or 0] if found else ""


def paths_of(breach: Breach, value: Any) -> Iterator[str]:
    """The places of an answer of that value that the breach may be about."""
    path = place(breach)
    return _paths(path, value) if path else iter(())


def _of_one(breach: Breach, shown: Exchange, name: str, source: Source) -> Iterator[str]:
    """Conditions of one answer."""
    yield from _of_status(breach, shown, name)
    yield from _of_members(breach, shown, name, source)
    yield from _of_lists(breach, name, source)
    yield from _of_errors(breach, shown, name)
    yield from _of_an_errors_parts(breach, shown, name, source)
    yield from _of_bytes(breach, name)
    yield from _of_sessions(breach, name)
    for where in paths_of(breach, _value(shown)):
        yield from _of_values(breach, shown, name, where, source)
    yield from _of_headers(breach, shown, name)
    yield from _of_times(breach, name)
    yield from _of_text(breach, shown, name)
    if shown.response.status != OK:
        yield f"{name}.status != {shown.response.status}"


def _paths(path: str, value: Any) -> Iterator[str]:
    """The path in the answer; in a batch's, in each of its slots."""
    yield path
    if isinstance(value, list):
        yield from (f"$[{place}]{path.removeprefix('$')}" for place in range(len(value)))


def _value(exchange: Exchange) -> Any:
    return exchange.answer.value if isinstance(exchange.answer, Result) else None


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
    for path in paths_of(breach, _value(shown)):
        if text in str(_at(shown, path)):
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


def _of_meetings(
    breach: Breach, shown: Sequence[Exchange], names: Mapping[int, str], source: Source
) -> Iterator[str]:
    """Of sessions that wrote and read at once: no get shows what was over before it began."""
    member = place(breach).removeprefix("$.")
    if not MEETING.search(breach.expected) or not member:
        return
    writes = {
        source(str(entity[member])): names[each.number]
        for each in shown
        if each.call.action == "update"
        for entity in each.call.params.values()
        if isinstance(entity, Mapping) and member in entity
    }
    told = ", ".join(f"{value}: {name}" for value, name in writes.items())
    gets = ", ".join(names[each.number] for each in shown if each.call.action == "get")
    yield f'not outdated([{gets}], "$.{member}", {{{told}}})'
    if "the same in every get" in breach.expected:
        after = [
            f'normal(at({names[each.number]}, "$.{member}"))'
            for each in shown
            if each.call.action == "get"
        ]
        yield f"len({{{', '.join(after)}}}) == 1"


def _of_pages(
    breach: Breach, shown: Sequence[Exchange], names: Mapping[int, str], source: Source
) -> Iterator[str]:
    """Of an object that has to stand on one of several pages; one with two ids has a slash."""
    found = PAGED.fullmatch(breach.expected)
    if found is None:
        return
    parts = ", ".join(source(part) for part in found[1].split("/"))
    pages = ", ".join(names[each.number] for each in shown if each.call.action == "list")
    number = f"sum(showing(each, {parts}) for each in [{pages}])"
    yield f"{number} <= 1" if found[2] == "once" else f"{number} >= 1"


def _of_an_errors_parts(
    breach: Breach, shown: Exchange, name: str, source: Source
) -> Iterator[str]:
    """Of an error's message and arguments; and of an error inside of a batch's answer."""
    answer = shown.answer
    if isinstance(answer, ApiError):
        another = f"{name}.error != {answer.code!r}"
        told = (breach.expected, breach.actual)
        if breach.where == "$.args" and all(map(ARGUMENTS.fullmatch, told)):
            wanted = set() if breach.expected == NO_ARGUMENT else set(breach.expected.split(", "))
            held = f'set(at({name}, "$.args") or ())'
            yield f"{another} or {held} == {wanted or 'set()'}"
        if breach.where == "$.message" and len(breach.expected) <= LONGEST_MESSAGE:
            yield f'{another} or at({name}, "$.message") == {source(breach.expected)}'
    for place, member in enumerate(_slots(shown)):
        code = member.get("code") if isinstance(member, Mapping) else None
        here = f'at({name}, "$[{place}].code")'
        wanted = literal(breach.expected)
        if isinstance(code, str) and code in breach.actual and CODE.fullmatch(code):
            if isinstance(wanted, str) and CODE.fullmatch(wanted):
                yield f"{here} == {wanted!r}"
            yield f"{here} != {code!r}"


def _slots(exchange: Exchange) -> Sequence[Any]:
    value = _value(exchange)
    return value if isinstance(value, list) else ()


def _of_bytes(breach: Breach, name: str) -> Iterator[str]:
    """Of a file that is served: its bytes are too many for a condition, so their digest is."""
    wanted, held = DIGEST.search(breach.expected), DIGEST.search(breach.actual)
    if wanted and held:
        yield f'{name}.status != 200 or digest({name}).startswith("{wanted[1]}")'


def _of_sessions(breach: Breach, name: str) -> Iterator[str]:
    """Of a KS in an answer, by what it says itself."""
    found = SESSION.fullmatch(breach.where)
    path, part = (found[1], found[2]) if found else (breach.where, None)
    told = f'said(at({name}, "{path}"), ADMIN_SECRET, USER_SECRET)'
    if part == "expiry":
        seconds = int((re.match(r"\d+", breach.expected) or ["0"])[0])
        lasts = f'int({told}["expiry"]) - time.time()'
        slack = max(LEAST_SLACK_SECONDS, seconds // 10)
        if breach.expected.endswith("or before"):
            yield f"{lasts} < {seconds + slack}"
        else:
            yield f"abs({lasts} - {seconds}) < {slack}"
    elif part == "privileges":
        wanted = re.findall(r"[\w:*.-]+", breach.expected.partition(" among ")[0])
        yield f'set({told}["privileges"]) >= {set(wanted)!r}'
    elif part is not None:
        wanted_value = literal(breach.expected.partition(":")[0])
        yield f'{told}["{part}"].casefold() == {str(wanted_value)!r}'
    elif "signed" in breach.expected or "a KS of" in breach.expected:
        yield f'{told}["signed"]'


def _of_twins(
    breach: Breach, shown: Sequence[Exchange], names: Mapping[int, str], source: Source
) -> Iterator[str]:
    """What is expected is what another place of the answers holds, which no literal may say."""
    wanted, last = literal(breach.expected), shown[-1]
    slot = SLOT.match(breach.where)
    if slot is not None and isinstance(_at(last, f"{slot[0]}.args"), Mapping):
        # An error's arguments say what a member of a batch was asked for.
        told = f'(at({names[last.number]}, "{slot[0]}.args") or {{}}).values()'
        twins = (f"normal({twin})" for twin in _twins(wanted, shown, names, f"{slot[0]}."))
        yield from (f"{each} in {told}" for each in islice(twins, MOST_TWINS))
        if isinstance(wanted, str):
            yield f"{source(wanted)} in {told}"
        held = literal(breach.actual)
        if isinstance(held, str):
            yield f"{held!r} not in {told}"
    elif isinstance(wanted, str | int) and len(str(wanted)) >= FEWEST_LETTERS:
        for where in paths_of(breach, _value(last)):
            if _is_meant(breach, last, where):
                here = f'at({names[last.number]}, "{where}")'
                twins = (f"same({here}, {twin})" for twin in _twins(wanted, shown, names, where))
                yield from islice(twins, MOST_TWINS)


def _twins(
    wanted: Any, shown: Sequence[Exchange], names: Mapping[int, str], but: str
) -> Iterator[str]:
    """The places of answers that hold the value, all but those of the last that begin so."""
    for each in shown:
        for path, value in _leaves(_value(each), "$"):
            if str(value) == str(wanted) and (each is not shown[-1] or not path.startswith(but)):
                yield f'at({names[each.number]}, "{path}")'


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """All texts and numbers of an answer, with the paths that a program may name."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            if re.fullmatch(r"[A-Za-z_]\w*", str(key)):
                yield from _leaves(held, f"{path}.{key}")
    elif isinstance(value, list):
        for place, held in enumerate(value):
            yield from _leaves(held, f"{path}[{place}]")
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield path, value


def _of_values(
    breach: Breach, last: Exchange, name: str, where: str, source: Source
) -> Iterator[str]:
    """Conditions of the value at a path."""
    here = f'at({name}, "{where}")'
    if not _is_meant(breach, last, where):
        return
    value = _at(last, where)
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


def lasts(where: str, text: str) -> bool:
    """Whether what stands at that place may stand there on another server too."""
    return UNIQUE.search(text) is None and PASSING.search(where) is None


def _told(value: Any, *texts: str) -> bool:
    """Whether one of the texts shows the value."""
    return value is not None and any(
        str(value) == text.strip("'") or repr(value) == text for text in texts
    )


def _is_meant(breach: Breach, shown: Exchange, where: str) -> bool:
    """Whether the answer holds at that path what the oracle saw there."""
    value = _at(shown, where)
    if breach.actual == "absent" or value is None:
        return value is None
    told = breach.actual.rstrip("…")
    return str(value) == told.strip("'") or repr(value).startswith(told)


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


def literal(text: str) -> Any:
    """The value that a finding shows as Python writes it; None where it is prose or was cut."""
    if text.endswith("…"):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def _at(exchange: Exchange, where: str) -> Any:
    answer = exchange.answer
    value: Any = answer.value if isinstance(answer, Result) else None
    if isinstance(answer, ApiError):
        value = answer.raw if isinstance(answer.raw, Mapping) else {"args": answer.args}
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", where):
        if name and isinstance(value, Mapping):
            value = value.get(name)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value
