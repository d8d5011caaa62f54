"""What no well-behaved client sends: texts, numbers and bodies of which attacks are made, and bugs.

Every one is labelled, drawn with a mark of its own so that nothing can be called so by chance, and
made to be refused or to find nothing. What is owed to them is little: an answer (DESIGN section 6).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

INJECTED = "X-Conformance-Injected"
"""A header that no server sends by itself."""
NOTHING = "conformanceNothing"
"""A parameter that no action declares, to hang structures on: arrays in the place of declared
scalars break PHP 8 in places that are known (OBSERVED, HTTP 500) and are asked for separately."""
LONG = 10_000
BRACKETS = 100
COLONS = 500
DEEP = 600
"""PHP reads JSON to a depth of 512 (OBSERVED 8)."""
WIDE = 5_000
MANY_INPUTS = 12_000
"""More than `max_input_vars` lets through (OBSERVED 9)."""
BIG_BYTES = 2_000_000
LONG_URL = 9_000
"""Apache refuses a longer line than 8,190 bytes (OBSERVED 1)."""

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class HostileText(Struct, frozen=True):
    """A text for the place of an id."""

    label: str
    text: str


class HostileBody(Struct, frozen=True):
    """A request body as it goes over the wire, with its headers. It carries no KS."""

    label: str
    content: bytes
    content_type: str | None = JSON
    headers: tuple[tuple[str, str], ...] = ()


_TEXTS: Mapping[str, Callable[[str], str]] = {
    "a quote of SQL": lambda mark: f"0_{mark}' OR '1'='1",
    "a comment of SQL": lambda mark: f'0_{mark}") OR 1=1 -- ',
    "a wildcard": lambda mark: f"%{mark}_*?",
    "a script": lambda mark: f"0_{mark}<script>alert(1)</script>",
    "entities": lambda mark: f"0_{mark}&lt;&#0;&nosuch;]]>",
    "a path": lambda mark: f"../../../../../../etc/passwd%00{mark}",
    "templates": lambda mark: f"{{{{7*7}}}}${{7*7}}#{{7*7}}{mark}",
    "conversions": lambda mark: f"%s%n%x%p%999999d{mark}",
    "a shell's words": lambda mark: f"0_{mark};id|id`id`$(id)",
    "a batch's token": lambda mark: f"{{1:result:id}}{mark}",
    "a header": lambda mark: f"0_{mark}\r\n{INJECTED}: 1\r\n\r\n",
    "serialised PHP": lambda mark: f'O:8:"stdClass":1:{{s:1:"{mark[0]}";i:1;}}{mark}',
    "an operator of a document store": lambda mark: f'{{"$ne":"{mark}"}}',
    "a long text": lambda mark: f"0_{mark}" + "x" * LONG,
    "letters beyond the first plane": lambda mark: f"0_{mark}\U0001f600\U0001d518\U0010fffd",
    "marks and directions": lambda mark: f"0_{mark}\u202e\u200b\u2066e\u0301\u0301\ufeff\u061c",
    "letters of odd case": lambda mark: f"0_{mark}İıßŉﬃǅ\uff10\uff3f",
    "blanks": lambda mark: f" \t\u00a0\u2003 0_{mark} \n\v".replace("\v", "\u2028"),
    "control characters": lambda mark: f"0_{mark}\x00\x07\x0b\x1b\x1f",
    "characters that are none": lambda mark: f"0_{mark}\ufffe\uffff",
    "deletes and breaks": lambda mark: f"0_{mark}\x7f\x85\u2028\u2029",
}

NUMBERS = (
    -1,
    0,
    2**31,
    2**32 - 1,
    2**53 + 1,
    2**63 - 1,
    2**63,
    2**64,
    10**30,
    -(10**30),
    1e20,
    1e300,
    -1e-300,
    1.9,
)
"""Read as some number or other, never refused for what they are (OBSERVED 20)."""


def _mark(random: Random) -> str:
    return f"kc{random.getrandbits(48):012x}"


def hostile_texts(
    random: Random, *, choice: Random | None = None, most: int | None = None
) -> tuple[HostileText, ...]:
    """Texts, each with a fresh mark; `most` of them as `choice` picks, else all."""
    labels = list(_TEXTS)
    if most is not None:
        labels = (choice or random).sample(labels, min(most, len(labels)))
    return tuple(HostileText(label, _TEXTS[label](_mark(random))) for label in labels)


def hostile_bodies(
    parameter: str, random: Random, *, choice: Random | None = None, most: int | None = None
) -> tuple[HostileBody, ...]:
    """Bodies that a reader of parameters cannot read, or reads in an odd way, around one parameter.

    None is longer than a few kilobytes.
    """
    every = (
        *_json_bodies(parameter),
        *_form_bodies(parameter),
        *_foreign_bodies(parameter, random),
    )
    if most is None:
        return every
    return tuple((choice or random).sample(every, min(most, len(every))))


def _json_bodies(parameter: str) -> tuple[HostileBody, ...]:
    name = json.dumps(parameter).encode()
    return (
        HostileBody("JSON that breaks off", b"{" + name + b':"x'),
        HostileBody("JSON with something behind it", b"{" + name + b':"x"}x'),
        HostileBody("JSON with a comma too many", b"{" + name + b':"x",}'),
        HostileBody("JSON in single quotes", b"{'" + parameter.encode() + b"':'x'}"),
        HostileBody("a JSON list", b"[1,2]"),
        HostileBody("a JSON text", b'"x"'),
        HostileBody("a JSON null", b"null"),
        HostileBody("JSON behind a byte order mark", b"\xef\xbb\xbf{" + name + b':"x"}'),
        HostileBody("JSON in UTF-16", ("{" + json.dumps(parameter) + ':"x"}').encode("utf-16")),
        HostileBody("JSON with bytes that are no UTF-8", b"{" + name + b':"\xff\xfe\xc0\xaf"}'),
        HostileBody("JSON with half a surrogate pair", b"{" + name + b':"\\ud800"}'),
        HostileBody("JSON with bare control bytes", b"{" + name + b':"\x00\x01\x1b"}'),
        HostileBody("JSON with a key twice", b"{" + name + b':"a",' + name + b':"b"}'),
        HostileBody("JSON with nameless and odd keys", b'{"":1,":":2,"::":3,"\\u0000":4,"-":5}'),
        HostileBody(
            "JSON nested beyond all reading",
            b'{"' + NOTHING.encode() + b'":' + b"[" * DEEP + b"]" * DEEP + b"}",
        ),
        HostileBody("JSON that is no number", b"{" + name + b":NaN}"),
    )


def _form_bodies(parameter: str) -> tuple[HostileBody, ...]:
    name = parameter.encode()
    return (
        HostileBody("a form with broken escapes", name + b"=%zz%&%=%%&&==&=1", FORM),
        HostileBody("a form with bytes that are no UTF-8", name + b"=%ff%fe%c0%af\xff", FORM),
        HostileBody("a form with a key twice", name + b"=a&" + name + b"=b", FORM),
        HostileBody("a form of deep brackets", NOTHING.encode() + b"[a]" * BRACKETS + b"=1", FORM),
        HostileBody("a form of open brackets", NOTHING.encode() + b"[[]]][=1&[=2&]=3", FORM),
        HostileBody("a form of deep colons", NOTHING.encode() + b":a" * COLONS + b"=1", FORM),
        HostileBody("a form that is JSON", b'{"' + name + b'":"x"}', FORM),
        HostileBody("a form with NUL bytes", name + b"=%00%00a\x00", FORM),
    )


def _foreign_bodies(parameter: str, random: Random) -> tuple[HostileBody, ...]:
    plain = json.dumps({parameter: "x"}).encode()
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    )
    return (
        HostileBody("JSON called text", plain, "text/plain"),
        HostileBody("JSON called nothing", plain, None),
        HostileBody("JSON called in an odd way", plain, 'application/json;;charset="utf-7'),
        HostileBody("JSON called vendor's", plain, "application/vnd.api+json"),
        HostileBody("XML with a foreign entity", entity, "text/xml"),
        HostileBody("a picture", b"\x89PNG\r\n\x1a\n" + random.randbytes(64), "image/png"),
        HostileBody("noise called JSON", random.randbytes(256)),
    )


def big_bodies(parameter: str) -> tuple[HostileBody, ...]:
    """Long, wide and many-membered bodies: what a server may also refuse for their size."""
    wide = {f"{NOTHING}{number}": number for number in range(WIDE)}
    return (
        HostileBody("a long text in JSON", _json({parameter: "x" * BIG_BYTES})),
        HostileBody("a long text that is not declared", _json({NOTHING: "y" * BIG_BYTES})),
        HostileBody("a wide object", _json({NOTHING: wide, parameter: "x"})),
        HostileBody("many parameters in JSON", _json({**wide, parameter: "x"})),
        HostileBody("a long list", _json({NOTHING: list(range(10 * WIDE))})),
        HostileBody(
            "many parameters in a form",
            "&".join(f"p{number}=1" for number in range(MANY_INPUTS)).encode(),
            FORM,
        ),
    )


def wrong_kinds(random: Random) -> tuple[tuple[str, Any], ...]:
    """Values of another kind than any scalar parameter's, with their labels."""
    return (
        ("a list", [random.randint(1, 9)]),
        ("an empty list", []),
        ("an object", {"objectType": "KalturaFilterPager", "pageSize": 1}),
        ("lists in lists", [[[]], {"a": [None]}]),
        ("null", None),
        ("true", True),
    )


def cut_upload(fields: Mapping[str, str], file_part: str, random: Random) -> HostileBody:
    """A multipart body that ends in the middle of its file, as a lost connection leaves it."""
    boundary = f"conformance-{_mark(random)}"
    pieces = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{file_part}"; '
        'filename="conformance.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'
    )
    content = b"".join([*pieces, head.encode(), random.randbytes(512)])
    return HostileBody(
        "an upload that breaks off", content, f"multipart/form-data; boundary={boundary}"
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
