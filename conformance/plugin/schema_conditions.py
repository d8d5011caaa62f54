"""Conditions on the served schema: the place that a finding names stands there as it should.

A program reads the schema with the standard library, so a condition is one about elements by their
path: which names stand there, or that no element has just these attributes.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from lxml import etree

from conformance.wire.answer import Result
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.verdict.breach import Breach

SCHEMA_PATH = "/api_v3/api_schema.php"
BEYOND = 2**40
"""A number that no exchange of a run has."""
LINE = re.compile(r"(?:line |schema:)(\d+)")
OWNERS = (
    ("classes/class", "property", "name"),
    ("enums/enum", "const", "name"),
    ("services/service", "action", "id"),
    ("plugins/plugin", "dependency", "name"),
    ("errors/error", "parameter", "name"),
)
"""What a schema consists of, what that consists of, and what it is called by."""
SAFE = re.compile(r"[\w.:+\- ]+")
"""A name that may stand in a path; another one might end it."""
LISTED = re.compile(r"[+\-]\w+")
STRANGER = re.compile(r"(?:objects that are|a word of) (\w+)")
"""How a breach names the class of a service's answers that does not belong to it."""
UNSAID = frozenset({"description"})
END = "</xml>"


def schema_asked(url: str, served: bytes) -> Exchange:
    """The asking for the schema, with what it brought: a run itself need not hold it."""
    return Exchange(
        number=BEYOND,
        call=Call("", ""),
        form=Form(),
        session="none",
        request=SentRequest("GET", f"{url}{SCHEMA_PATH}", (), b""),
        response=Received(200, (("Content-Type", "text/xml"),), served),
        answer=Result(None),
        started_at=time.time(),
        elapsed_ms=0.0,
    )


def schema_conditions(
    breach: Breach, served: bytes, name: str, *, before: str | None
) -> Iterator[str]:
    """Conditions in the order of their plainness, on the answer of that name.

    `before` is the name of an earlier answer that the breach holds it against.
    """
    if before is not None:
        yield f"{name}.text == {before}.text"
    yield from _of_serving(breach, name)
    try:
        root = etree.fromstring(served, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return
    yield from _of_root(breach, name)
    for element in _meant(breach, root):
        yield from _of_element(breach, element, name)
    yield from _of_absence(breach, root, name)
    yield from _of_strangers(breach, name)


def _of_serving(breach: Breach, name: str) -> Iterator[str]:
    if breach.where == "status":
        yield f"{name}.status == 200"
    if breach.where == "Content-Type":
        yield f'"xml" in {name}.headers.get("content-type", "")'
    yield f"{name}.text.rstrip().endswith({END!r})"


def _of_root(breach: Breach, name: str) -> Iterator[str]:
    if breach.where == "apiVersion":
        yield f're.fullmatch(r"\\d+(\\.\\d+)*", tree({name}).get("apiVersion", ""))'
    if breach.where == "generatedDate":
        yield f'tree({name}).get("generatedDate", "").isdigit()'


def _meant(breach: Breach, root: etree._Element) -> Iterator[etree._Element]:
    """The elements that the breach is about: at its line, or by its name."""
    line = LINE.match(breach.where)
    if line:
        number = int(line[1])
        yield from (each for each in root.iter("*") if _line(each) == number)
        return
    owner_name, part_name, deeper = _named(breach.where)
    for path, part, key in OWNERS:
        for owner in root.iterfind(path):
            if owner_name not in {owner.get(key), owner.get("code")}:
                continue
            if not part_name:
                yield owner
            for inner in owner.iterfind(part):
                if inner.get("name") == part_name:
                    yield from _inside(inner, deeper)


def _line(element: etree._Element) -> int | None:
    found = element.sourceline
    return found if isinstance(found, int) else None


def _named(where: str) -> tuple[str, str, str]:
    """`service.action:param default` as service, action, and what of it is meant."""
    word, _, rest = where.partition(" ")
    name, _, param = word.partition(":")
    owner, _, part = name.partition(".")
    return owner, part, param or rest


def _inside(element: etree._Element, deeper: str) -> Iterator[etree._Element]:
    if deeper == "result":
        yield from element.iterfind("result")
    params = [each for each in element.iterfind("param") if each.get("name") == deeper]
    yield from params
    if not params and deeper != "result":
        yield element


def _of_element(breach: Breach, element: etree._Element, name: str) -> Iterator[str]:
    """The element does not stand there as it stands: once too often, too early, or so at all."""
    path = _path(element)
    own = element.get("name")
    if path is None:
        return
    if own is not None:
        names = f"names({name}, {path!r})"
        if "before" in breach.actual or "after" in breach.expected:
            base = str(element.get("base"))
            yield f"{own!r} not in {names} or {base!r} in {names}[: {names}.index({own!r})]"
        yield f"{names}.count({own!r}) <= 1"
        if breach.actual == "both":
            yield f'{own!r} not in names({name}, "enums/enum")'
    if element.tag == "error" and breach.expected.startswith("parameters "):
        placeholders = re.findall(r"\w+", breach.expected.removeprefix("parameters "))
        wanted = [each for each in placeholders if each != "none"]
        inner = f"{path}[@name='{own}']/parameter"
        yield f"{own!r} not in {names} or set(names({name}, {inner!r})) == set({wanted!r})"
    told = {str(k): str(v) for k, v in element.attrib.items() if k not in UNSAID}
    yield f"{told!r} not in attributes({name}, {path!r})"


def _of_absence(breach: Breach, root: etree._Element, name: str) -> Iterator[str]:
    """What ought to be there: a property, here or inherited; an order in its other direction."""
    owner, part, rest = _named(breach.where)
    if not SAFE.fullmatch(owner):
        return
    wanted = re.search(r"(?:property|parameter) (\w+)", breach.expected)
    missing = wanted[1] if wanted else part
    family = list(_family(root, owner))
    if breach.actual == "absent" and missing and all(map(SAFE.fullmatch, family)):
        paths = [f"classes/class[@name='{each}']/property" for each in family]
        found = " or ".join(f"{missing!r} in names({name}, {path!r})" for path in paths)
        known = f'names({name}, "classes/class")'
        yield f"{owner!r} not in {known} or {found}"
        # Of two declarations of a class a reader takes one, and that may be the one without it.
        yield from (f"{known}.count({each!r}) <= 1" for each in family)
    orders = f"enums/enum[@name='{owner}']/const"
    values = f"[each.get('value') for each in attributes({name}, {orders!r})]"
    both = LISTED.findall(breach.expected)
    if both:
        yield f"len({{{', '.join(map(repr, both))}}}.intersection({values})) != 1"
        yield f"{both[0][1:]!r} not in {values}"
    if breach.actual == "none of that name":
        yield f"{'+' + rest!r} not in {values} and {'-' + rest!r} not in {values}"
    if breach.actual == "none" and rest == "params":
        actions = f"services/service[@id='{owner}']/action"
        params = f"{actions}[@name='{part}']/param"
        yield f"{part!r} not in names({name}, {actions!r}) or names({name}, {params!r})"


def _of_strangers(breach: Breach, name: str) -> Iterator[str]:
    """An error that is not listed, and a class that a service should not answer."""
    owner, _, rest = _named(breach.where)
    if not SAFE.fullmatch(owner):
        return
    if breach.where.startswith("errors ") and breach.actual == "absent" and SAFE.fullmatch(rest):
        yield f"{rest!r} in names({name}, 'errors/error')"
    stranger = STRANGER.search(breach.expected)
    if stranger:
        results = f"services/service[@id='{owner}']/action/result"
        types = f"[each.get('type') for each in attributes({name}, {results!r})]"
        yield f"{stranger[1]!r} not in {types}"


def _family(root: etree._Element, name: str) -> Iterator[str]:
    """The class and what it descends from, as far as the schema tells; each once."""
    bases = {each.get("name"): each.get("base") for each in root.iterfind("classes/class")}
    seen: set[str] = set()
    at: str | None = name
    while at is not None and at in bases and at not in seen:
        seen.add(at)
        yield at
        at = bases[at]


def _path(element: etree._Element) -> str | None:
    """Where elements such as this one are found from the root, in the words of ElementTree."""
    steps = [str(element.tag)]
    for owner in element.iterancestors():
        if owner.getparent() is None:
            break
        key = "id" if owner.tag == "service" else "name"
        held = owner.get(key)
        if held is None:
            steps.append(str(owner.tag))
        elif SAFE.fullmatch(held):
            steps.append(f"{owner.tag}[@{key}='{held}']")
        else:
            return None
    return "/".join(reversed(steps))
