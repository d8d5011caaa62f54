"""A finding's calls as a program that stands alone, and as curl lines. Sends nothing itself.

What differs from run to run is an expression there: ids, sessions, secrets, names.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from importlib import resources
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec import Struct

from conformance.exceptions import UsageError
from conformance.plugin.accounts import Accounts
from conformance.wire import ks as keys
from conformance.wire.request import Encoding, Endpoint, Form, Format
from conformance.wire.secret_forms import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.plugin.provenance import Provenance
    from conformance.wire.exchange import Exchange

SEEN = "_seen(locals())"
"""Stands for the condition of a program whose answers are to be looked at."""
OPEN, SHUT = "\ue000", "\ue001"
"""Around the number of an expression inside a text; no request holds them."""
HOLE = re.compile(f"{OPEN}(\\d+){SHUT}")
KS = re.compile(
    r"djJ8[A-Za-z0-9_=%-]{30,}"
    r"|[MNOYZ][A-Za-z0-9]{3}(?:[MNOYZ][A-Za-z0-9]{3}){12}[MNOYZ][A-Za-z0-9+/_=%-]{12,}"
)
"""A session of version 2, and one of version 1: it begins with 40 hexadecimal digits."""
HASH = re.compile(r"[0-9a-f]{64}")
SHORT_LIVED = re.compile(r"made_ks\(\d, [^,]*, \d{1,2},|'expiry': \d{1,2}\b")
A_MOMENT = 0.5
"""Seconds; a call that comes later waited for something."""
A_LATER_SECOND = 2
"""Times are in whole seconds, so longer gaps show no more."""
FEW_LETTERS = 4
"""As many as one byte or two take; a session that differs in more is another one."""
LONGEST_LINE = 100
PLAIN_HEADERS = frozenset({"content-type", "accept", "user-agent", "accept-encoding"})
USUAL_HEADERS = ("accept: */*", "accept-encoding: gzip", "user-agent: kaltura-conformance/")
LEFT_OUT = frozenset({"host", "content-length", "connection"})
TEMPLATE = resources.files("conformance.plugin") / "files" / "reproduce.py.txt"
HELPERS = resources.files("conformance.plugin") / "files" / "reproduce_helpers.py.txt"
NAMED = re.compile(r"[A-Za-z_]\w*")
DEFINED = re.compile(r"def (\w+)")
READS_PHP = """    try:
        if re.match(r"[abdisNO][:;]", text):
            return php(text)
    except (LookupError, ValueError):
        return None
"""


class Facts(Struct, frozen=True):
    """What of a run the calls depend on: accounts, its sessions by KS, and its names' nonce."""

    accounts: Accounts
    sessions: Mapping[str, str]
    nonce: str
    started: float


class Story(Struct, frozen=True):
    """What the head of a script tells."""

    title: str
    where: str
    expected: str
    actual: str
    tries: int = 1
    verify: bool = True
    paced: bool = False
    """Whether times are at stake, so that seconds have to pass between the calls as they did."""
    together: frozenset[int] = frozenset()
    """Numbers of the exchanges that were made at once, each session's in their order."""
    patience_seconds: int = 0
    """How long a list may be late; within it the last call is made again and again."""


class Writer:
    """Writes calls as source; `removals` are the calls that removed what some of them made."""

    def __init__(
        self, facts: Facts, provenance: Provenance, removals: Mapping[str, Exchange]
    ) -> None:
        self._facts = facts
        self._provenance = provenance
        self._removals = removals
        self._expressions: list[str] = []
        self._names: dict[int, str] = {}
        self._alike: dict[str, list[str]] = {}
        """By what a KS says, those of the run that say it, in the order of their use."""
        self._partners = {facts.accounts.own.partner_id: "server.partner"}
        self._secrets = {
            facts.accounts.own.partner_id: facts.accounts.own.admin_secret,
        }
        self._words = {facts.accounts.own.admin_secret: "ADMIN_SECRET"}
        if facts.accounts.own.user_secret:
            self._words.setdefault(facts.accounts.own.user_secret, "USER_SECRET")
        other = facts.accounts.other
        if other is not None:
            self._partners[other.partner_id] = "OTHER_PARTNER"
            self._secrets[other.partner_id] = other.admin_secret
            self._words[other.admin_secret] = "OTHER_ADMIN_SECRET"

    def names(self, exchanges: Sequence[Exchange]) -> dict[int, str]:
        """By number, how the answers are called: `r1`, `r2`, in the order of the calls."""
        return {each.number: f"r{place}" for place, each in enumerate(exchanges, 1)}

    def program(self, exchanges: Sequence[Exchange], claim: str, story: Story) -> str:
        """The whole program. `claim` is what holds on a sound server, as an expression."""
        self._names = self.names(exchanges)
        lines: list[str] = []
        last: list[str] = []
        at_once = [each for each in exchanges if each.number in story.together]
        met = self._at_once(at_once) if at_once else []
        parts = [
            (each, met if at_once and each is at_once[0] else self._call(each))
            for each in exchanges
            if not met or each not in at_once[1:]
        ]
        brief = any(SHORT_LIVED.search(line) for _, part in parts for line in part)
        for place, (each, last) in enumerate(parts):
            gap = _gap(parts[place - 1][0], each) if place else 0
            if gap > A_MOMENT and brief:
                lines.append(
                    f"time.sleep({ceil(gap)})  # a session that lasts no longer is at stake"
                )
            elif gap > A_MOMENT and story.paced:
                lines.append(f"time.sleep({min(ceil(gap), A_LATER_SECOND)})  # times are at stake")
            lines += last
        if story.patience_seconds and claim != SEEN:
            lines += [
                f"late = time.monotonic() + {story.patience_seconds}",
                f"while not ({claim}) and time.monotonic() < late:",
                "    time.sleep(0.5)  # an index may be behind",
                *(f"    {line}" for line in last),
            ]
        told = f"{story.where}: expected {story.expected}, got {story.actual}"
        text = TEMPLATE.read_text(encoding="utf-8")
        serialised = any(each.form.format == Format.PHP for each in exchanges)
        needed = "\n".join((*lines, claim, "php" if serialised else ""))
        # Whoever looks at the answers before there is a condition may ask anything of them.
        helpers = _helpers(None if claim in {"True", SEEN} else needed)
        filled = {
            "@TITLE@": _prose(story.title),
            "@WHERE@": _prose(story.where),
            "@EXPECTED@": _prose(story.expected),
            "@ACTUAL@": _prose(story.actual),
            "@TRIES@": str(story.tries),
            "@VERIFY@": str(story.verify),
            "@USER@": repr(self._facts.accounts.own.user_id),
            "@READS@": "JSON, JSONP, PHP or XML" if serialised else "JSON, JSONP or XML",
            "@PHP@": READS_PHP if serialised else "",
            "@HELPERS@": helpers,
            "@CALLS@": "\n".join(f"        {line}" for line in lines),
            "@CLAIM@": claim,
            "@STORY@": repr(_prose(told)),
        }
        return re.sub("|".join(filled), lambda match: filled[match[0]], text)

    def value(self, value: Any, *, before: int) -> str:
        """A value as an expression, for a call or a claim after the exchange of that number."""
        return self._source(self._holed(value, before=before))

    def curl(self, exchanges: Sequence[Exchange], story: Story) -> str:
        """The calls as shell lines, with `$URL` and `$KS`, and `$R1` for the id of call 1."""
        self._names = self.names(exchanges)
        lines = [
            f"# {_prose(story.title)}",
            f"# at {_prose(story.where)}",
            f"# expected {_prose(story.expected)}",
            f"# got {_prose(story.actual)}",
            "# URL is the server's, KS an administrator's session, NONCE four letters of your own;",
            "# needs curl and jq. A call that travels in an odd way stands in reproduce.py alone.",
        ]
        for each in exchanges:
            name = self._names[each.number].upper()
            lines.append(f'{name}=$({self._curl(each)}); echo "${name}"')
        return "\n".join(lines) + "\n"

    def _at_once(self, exchanges: Sequence[Exchange]) -> list[str]:
        """The calls of several sessions at the same time; nothing if one needs another's answer."""
        sessions: dict[str, list[Exchange]] = {}
        for each in sorted(exchanges, key=lambda each: each.started_at):
            sessions.setdefault(_carried(each), []).append(each)
        acts: list[str] = []
        removals: list[str] = []
        for calls in sessions.values():
            acts.append("    [")
            for each in calls:
                name = self._names[each.number]
                first, *rest = self._sent(each)
                lines = [first.replace(f"{name} = ", "lambda: ", 1), *rest]
                acts += [f"        {line}" for line in (*lines[:-1], f"{lines[-1]},")]
                removals += self._removal(each, name)
            acts.append("    ],")
        names = [self._names[each.number] for calls in sessions.values() for each in calls]
        if any(re.search(rf"\b(?:{'|'.join(names)})\b", line) for line in acts):
            return []
        return [f"{', '.join(names)} = together(", *acts, ")", *removals]

    def _call(self, exchange: Exchange) -> list[str]:
        return self._sent(exchange) + self._removal(exchange, self._names[exchange.number])

    def _sent(self, exchange: Exchange) -> list[str]:
        name = self._names[exchange.number]
        call, before = exchange.call, exchange.number
        if _is_plain(exchange):
            ks = self._ks_of(exchange)
            params = self.value(dict(call.params), before=before)
            carried = f", {ks}" if ks else ""
            lines = [f"{name} = server.call({call.service!r}, {call.action!r}, {params}{carried})"]
            if len(lines[0]) > LONGEST_LINE:
                lines = [
                    f"{name} = server.call(",
                    f"    {call.service!r},",
                    f"    {call.action!r},",
                    *(f"    {line}" for line in self._spread(dict(call.params), before)),
                    *([f"    {ks},"] if ks else []),
                    ")",
                ]
        else:
            request = exchange.request
            path = self._source(self._text(_path(request.url), before, raw=True, escaped=True))
            body = request.body.decode("utf-8", "surrogateescape")
            escaped = exchange.form.encoding in {Encoding.FORM, Encoding.QUERY}
            text = self._source(self._text(body, before, raw=True, escaped=escaped))
            headers = [each for each in request.headers if _is_said(*each)]
            lines = [
                f"{name} = server.send(",
                f"    {request.method!r}, {path}, {headers!r},",
                f"    {text},",
                ")",
            ]
        return lines

    def _spread(self, params: Mapping[str, Any], before: int) -> list[str]:
        """Parameters on several lines, those of an object each on its own."""
        lines = ["{"]
        for key, held in params.items():
            if isinstance(held, Mapping):
                lines.append(f"    {key!r}: {{")
                lines += [
                    f"        {inner!r}: {self._member(inner, each, before)},"
                    for inner, each in held.items()
                ]
                lines.append("    },")
            else:
                lines.append(f"    {key!r}: {self._member(key, held, before)},")
        return [*lines, "},"]

    def _member(self, name: str, value: Any, before: int) -> str:
        return self._source(self._hidden(str(name), self._holed(value, before=before)))

    def _removal(self, exchange: Exchange, name: str) -> list[str]:
        """How what the call made is removed at the end."""
        value = exchange.result.value if exchange.result is not None else None
        found = value.get("id") if isinstance(value, dict) else None
        removal = self._removals.get(str(found)) if found is not None else None
        if removal is None or self._provenance.origin(found, before=removal.number) is None:
            return []
        if self._provenance.origin(found, before=removal.number).exchange is not exchange:  # type: ignore[union-attr]
            return []
        params = self.value(dict(removal.call.params), before=removal.number)
        service, admin = removal.call.service, 'server.session("admin")'
        call = f"server.call({service!r}, {removal.call.action!r}, {params}, {admin})"
        return [f"if {name}.error is None:", f"    added.append(lambda: {call})"]

    def _ks_of(self, exchange: Exchange) -> str:
        """The expression for the KS that a plain call carries."""
        if exchange.session in {"none", ""}:
            return ""
        text = _carried(exchange)
        if not text:
            return ""
        return self._source(self._holed(text, before=exchange.number))

    def _holed(self, value: Any, *, before: int) -> Any:
        """The value with holes where it differs from run to run."""
        if isinstance(value, Mapping):
            return {
                str(k): self._hidden(str(k), self._holed(each, before=before))
                for k, each in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._holed(each, before=before) for each in value]
        if isinstance(value, bool) or value is None or isinstance(value, float):
            return value
        if isinstance(value, int):
            return self._number(value, before)
        return self._text(str(value), before) if isinstance(value, str) else str(value)

    def _hidden(self, name: str, value: Any) -> Any:
        """The value, unless it is a secret that no expression stands for."""
        secret = SECRET_NAME.fullmatch(name) is not None and isinstance(value, str)
        return "(a secret)" if secret and value and not HOLE.search(value) else value

    def _number(self, value: int, before: int) -> Any:
        if value in self._partners:
            return self._hole(self._partners[value])
        made = self._made(str(value), before)
        return value if made is None else self._hole(f"int({made})")

    def _text(self, text: str, before: int, *, raw: bool = False, escaped: bool = False) -> str:
        """The text with its holes; a raw one is no single value, and may be escaped for a URL."""
        made = None if raw else self._made(text, before)
        if made is not None:
            return self._hole(made)
        if text in self._words:
            return self._hole(self._words[text])
        hashed = self._provenance.hashed(text, before=before) if HASH.fullmatch(text) else None
        if hashed is not None:
            parts = "".join(self._text(part, before) for part in hashed)
            return self._hole(f"hashlib.sha256(({self._source(parts)}).encode()).hexdigest()")
        for word, expression in self._words.items():
            if word in text:
                text = text.replace(word, self._hole(expression))
        text = KS.sub(lambda match: self._session(match[0], before, escaped=escaped), text)
        pattern = r"(?<![\w-])[A-Za-z0-9_\-]{3,}(?![\w-])"
        text = re.sub(pattern, lambda match: self._word(match[0], before), text)
        own = f"x{self._facts.nonce}"
        for told, expression in ((own, "NONCE"), (own.upper(), "NONCE.upper()")):
            if told in text:
                text = text.replace(told, told[0] + self._hole(expression))
        return text

    def _word(self, word: str, before: int) -> str:
        """A word inside a text: an id that was made before, or as it is."""
        made = self._made(word, before)
        return word if made is None else self._hole(made)

    def _made(self, token: str, before: int) -> str | None:
        """The expression for an id that an earlier call of the program brought."""
        if f"x{self._facts.nonce}" in token:
            return None
        origin = self._provenance.origin(token, before=before)
        name = self._names.get(origin.exchange.number) if origin is not None else None
        return None if origin is None or name is None else f'str(at({name}, "{origin.path}"))'

    def _session(self, text: str, before: int, *, escaped: bool) -> str:
        """A KS as what opens such a session."""
        ks = unquote(text)
        kind = self._facts.sessions.get(ks)
        made = self._made(ks, before)
        if kind is not None:
            expression = f'server.session("{kind}")'
        elif made is not None:
            expression = made
        else:
            expression = self._built(ks)
        return self._hole(f"quote_plus({expression})" if escaped else expression)

    def _built(self, ks: str) -> str:
        try:
            info = keys.parse(ks, self._secrets)
        except UsageError:
            return self._tampered(ks) or 'server.made_ks(2, "", 86400, "", secret="nobody\'s")'
        left = int(info.expires_at - self._facts.started)
        left = round(left, -2) if abs(left) > 100 else left  # noqa: PLR2004 - seconds
        kind = f"{info.type}, {info.user_id!r}, {left}, {info.privileges!r}"
        alike = self._alike.setdefault(kind, [])
        if ks not in alike:
            alike.append(ks)
        which = alike.index(ks) + 1
        return f"server.made_ks({kind}{f', session={which}' if which > 1 else ''})"

    def _tampered(self, ks: str) -> str | None:
        """A KS that is no good as a good one of the run, cut, lengthened or changed."""
        for good in self._provenance.sessions:
            if good == ks or not self._is_good(good):
                continue
            made = self._kept(good)
            if len(ks) < len(good) and good.startswith(ks[:-FEW_LETTERS]):
                return f"{made}[:-{len(good) - len(ks)}]"
            if ks.startswith(good):
                return f"{made} + {ks[len(good) :]!r}"
            places = [place for place, pair in enumerate(zip(good, ks)) if pair[0] != pair[1]]  # noqa: B905 - only asked where they are of one length
            if len(good) == len(ks) and len(places) <= FEW_LETTERS:
                for place in places:
                    made = f"changed({made}, {place})"
                return made
        return None

    def _is_good(self, ks: str) -> bool:
        if ks in self._facts.sessions:
            return True
        try:
            keys.parse(ks, self._secrets)
        except UsageError:
            return False
        return True

    def _kept(self, ks: str) -> str:
        """What opens a session like a good one, the same each time that it is asked."""
        kind = self._facts.sessions.get(ks)
        return f'server.session("{kind}")' if kind is not None else self._built(ks)

    def _hole(self, expression: str) -> str:
        self._expressions.append(expression)
        return f"{OPEN}{len(self._expressions) - 1}{SHUT}"

    def _source(self, value: Any) -> str:
        """A value with holes as Python source."""
        if isinstance(value, dict):
            inner = (f"{key!r}: {self._source(each)}" for key, each in value.items())
            return "{" + ", ".join(inner) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._source, value)) + "]"
        if not isinstance(value, str):
            return repr(value)
        parts = HOLE.split(value)
        if len(parts) == 1:
            return repr(value)
        if len(parts) == 3 and not parts[0] and not parts[2]:  # noqa: PLR2004 - one hole and nothing around
            return self._expressions[int(parts[1])]
        shown = [
            self._expressions[int(part)] if place % 2 else repr(part)
            for place, part in enumerate(parts)
            if place % 2 or part
        ]
        return " + ".join(shown)

    def _curl(self, exchange: Exchange) -> str:
        call, before = exchange.call, exchange.number
        if not _is_plain(exchange):
            path = _path(exchange.request.url).partition("?")[0]
            return f"echo {shlex.quote(f'see reproduce.py: {exchange.request.method} {path}')}"
        body = {"format": 1, **({"ks": "$KS"} if exchange.session != "none" else {})}
        body |= self._holed(dict(call.params), before=before)
        text = (
            json.dumps(body, ensure_ascii=False).replace("'", "'\\''").replace("$KS", "'\"$KS\"'")
        )

        def shell(match: re.Match[str]) -> str:
            expression = self._expressions[int(match[1])]
            named = re.search(r'at\((r\d+), "\$\.?(\w*)"\)', expression)
            if named:
                key = f".{named[2]}" if named[2] else "."
                return f"'\"$(jq -r '{key}' <<<\"${named[1].upper()}\")\"'"
            return "'\"$NONCE\"'" if expression == "NONCE" else "'\"$PARTNER_ID\"'" if (
                "partner" in expression.lower()) else "'\"$KS\"'"  # fmt: skip

        text = HOLE.sub(shell, text)
        path = shlex.quote(f"/api_v3/service/{call.service}/action/{call.action}")
        return f"curl -s \"$URL\"{path} -H 'Content-Type: application/json' -d '{text}'"


def _helpers(source: str | None) -> str:
    """The functions that the source needs, and those that these need; all, where there is none."""
    found = re.split(r"\n\n\n(?=def )", HELPERS.read_text(encoding="utf-8").strip())
    named = {DEFINED.match(each)[1]: each for each in found}  # type: ignore[index]
    needed: set[str] = set(named) if source is None else set()
    waiting = [source or ""]
    while waiting:
        for word in set(NAMED.findall(waiting.pop())):
            if word in named and word not in needed:
                needed.add(word)
                waiting.append(named[word])
    return "".join(f"{text}\n\n\n" for name, text in named.items() if name in needed)


def _gap(before: Exchange, after: Exchange) -> float:
    """Seconds from one's answer to the other's request."""
    return after.started_at - before.started_at - before.elapsed_ms / 1000


def _is_said(name: str, value: str) -> bool:
    """Whether the header is more than what any client of ours sends."""
    usual = f"{name.lower()}: {value}".startswith(USUAL_HEADERS)
    return name.lower() not in LEFT_OUT and not usual


def _is_plain(exchange: Exchange) -> bool:
    """Whether the call travelled as most clients' do, so that it reads as a call."""
    form, call = exchange.form, exchange.call
    usual = form.encoding is Encoding.JSON and form.endpoint is Endpoint.PATH
    return (
        bool(call.service)
        and usual
        and form == Form()
        and not call.files
        and all(name.lower() in PLAIN_HEADERS for name, _ in exchange.request.headers)
    )


def _carried(exchange: Exchange) -> str:
    """The KS in a plain call's body."""
    try:
        body = json.loads(exchange.request.body)
    except ValueError:
        return ""
    held = body.get("ks") if isinstance(body, dict) else None
    return held if isinstance(held, str) and "ks" not in exchange.call.params else ""


def _path(url: str) -> str:
    """The URL without its scheme and host."""
    rest = url.partition("://")[2]
    slash = rest.find("/")
    return rest[slash:] if slash >= 0 else "/"


def _prose(text: str) -> str:
    """A text that may stand in a docstring or a comment."""
    return " ".join(text.replace("\\", "/").replace('"""', "'''").replace("@", "(at)").split())
