"""Recorded exchanges with a real server, and how an answer of ours is compared with one.

Ids differ from server to server, so they are learned from answers and put into later requests; what
is compared is the kind of an answer: its format, its class, or its error with the arguments.
"""

from __future__ import annotations

import base64
import json
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from conformance.reference.message import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.reference.message import HttpReply

FILES = ("exchanges-22.19.0.jsonl", "sweep-22.19.0.jsonl")
_STRING_ID = re.compile(r"0_[0-9a-z]{8,32}(?![0-9a-z])")
_NUMBER_ID = re.compile(r'("(?:id|userRoleId|scheduleEventId|categoryId)": )("?)(\d+)("?)')
_CUT_TYPE = re.compile(r'"objectType":"(\w+)"}?$')


class Recorded(Struct, frozen=True):
    """One exchange: the request as it was sent and the answer as it came."""

    name: str
    request: dict[str, Any]
    response: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        """The answer's headers, names in lower case."""
        return {name.lower(): value for name, value in self.response["headers"]}

    @property
    def time(self) -> float:
        """When the answer was given."""
        return parsedate_to_datetime(self.headers["date"]).timestamp()

    @property
    def text(self) -> str:
        """The answer's body; a stand-in where it is no text."""
        return self.response.get("body") or ("?" if self.response.get("body_b64") else "")


class Ids:
    """Ids of the recorded server and those that stand for them here."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def learn(self, recorded: str, reply: HttpReply) -> None:
        """Note that two answers tell of the same object."""
        pattern = r'^\{.*?"id":"?(\w+)"?' if recorded.startswith("{") else r"<id>(\w+)</id>"
        theirs = re.search(pattern, recorded)
        ours = re.search(pattern, reply.body.decode("utf-8", "replace"))
        if theirs and ours:
            self._known[theirs[1]] = ours[1]

    def translate(self, text: str) -> str:
        """The text with recorded ids replaced by ours."""
        text = _STRING_ID.sub(lambda found: self._known.get(found[0], found[0]), text)

        def numbered(found: re.Match[str]) -> str:
            ours = self._known.get(found[3], found[3])
            number = ours if ours.isdigit() else found[3]
            return f"{found[1]}{found[2]}{number}{found[4]}"

        return _NUMBER_ID.sub(numbered, text)


def recordings(folder: Path) -> Iterator[Recorded]:
    """The exchanges in the order in which they were recorded."""
    for file in FILES:
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Recorded(row["name"], row["request"], row["response"])


def request_of(recorded: Recorded, ids: Ids) -> HttpRequest:
    """The recorded request with our ids."""
    sent = recorded.request
    if sent.get("body_b64"):
        body = base64.b64decode(sent["body_b64"])
    else:
        body = ids.translate(sent["body"] or "").encode("utf-8", "surrogatepass")
    parts = urlsplit(ids.translate(sent["path"]))
    headers = tuple((name.lower(), value) for name, value in sent["headers"].items())
    return HttpRequest(sent["method"], unquote(parts.path), parts.query, headers, body)


def kind_of(status: int, content_type: str, text: str) -> tuple[str, ...]:
    """What an answer is, without ids, numbers and values."""
    plain = content_type.split(";", maxsplit=1)[0]
    if status != 200:
        return (str(status),)
    if plain == "application/json":
        return _json_kind(text)
    if plain == "text/xml":
        return _xml_kind(text)
    return (plain, str(bool(text)))


def _json_kind(text: str) -> tuple[str, ...]:
    try:
        value = json.loads(text)
    except ValueError:
        return ("object", *_CUT_TYPE.findall(text))
    if isinstance(value, dict):
        if value.get("objectType") == "KalturaAPIException":
            return ("error", value["code"], _masked(json.dumps(value["args"], sort_keys=True)))
        return ("object", str(value.get("objectType")))
    if isinstance(value, list):
        return ("array", *(_json_kind(json.dumps(item))[0] for item in value[:5]))
    return (type(value).__name__,)


def _xml_kind(text: str) -> tuple[str, ...]:
    error = re.search(r"<result><error><code>(.*?)</code>", text)
    if error:
        args = re.findall(r"<name>(\w+)</name><value>(.*?)</value>", text)
        return ("error", error[1], _masked(str(args)))
    found = re.search(r"<result><objectType>(.*?)</objectType>", text)
    return ("object", found[1]) if found else ("value", str("<result><" in text))


def _masked(text: str) -> str:
    return re.sub(r"\b\d+\b", "N", _STRING_ID.sub("ID", text))
