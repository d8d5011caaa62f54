"""The forms in which a secret may appear in traffic, and the patterns of those not known."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote, quote_plus

KS_LENGTH = 16
"""A `ks` shorter than this is no session, and worth reading in a report."""
BASE64_SHORTEST = 8
"""A core of base64 shorter than this would match by chance."""

SECRET_NAME = re.compile(
    r"(?:[A-Za-z0-9_]*(?:password|secret|private_?key|api_?key|access_?token)|tokenHash|ks)",
    re.IGNORECASE,
)
"""Parameters and properties whose values are secrets."""


def forms_of(secret: str) -> set[str]:
    """`secret` as it is, URL-encoded, JSON-escaped, and in base64 at each alignment."""
    in_json = json.dumps(secret)[1:-1]
    forms = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret, ensure_ascii=False)[1:-1],
        in_json,
        in_json.replace("/", "\\/"),
    }
    forms |= {re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), form) for form in set(forms)}
    return forms | base64_cores(secret.encode("utf-8", "surrogatepass"))


def is_ks(text: str) -> bool:
    """Whether all of `text` looks like a KS."""
    return any(pattern.fullmatch(text) for _, pattern in KS)


def base64_cores(secret: bytes) -> set[str]:
    """What base64 makes of `secret` whatever stands before and behind it, if long enough."""
    cores: set[str] = set()
    for before in range(3):
        first = -(-before * 8 // 6)
        last = (before + len(secret)) * 8 // 6
        for encoded in (base64.b64encode, base64.urlsafe_b64encode):
            core = encoded(bytes(before) + secret).decode()[first:last]
            if len(core) >= BASE64_SHORTEST:
                cores |= {core, core.replace("/", "\\/"), quote(core, safe="")}
    return cores


def _cores_of_a_ks() -> tuple[str, ...]:
    """The known beginning of a KS of version 2 inside other base64, at each alignment."""
    beginning = b"djJ8"
    cores = []
    for before in range(3):
        first = -(-before * 8 // 6)
        last = (before + len(beginning)) * 8 // 6
        cores.append(base64.b64encode(bytes(before) + beginning).decode()[first:last])
    return tuple(cores)


_REST = r"(?:[A-Za-z0-9+_-]|\\?/|%2[BbFf])"
_PADDING = r"(?:=|%3[Dd]){0,2}"
KS_IN_BASE64 = _cores_of_a_ks()
KS = (
    (("djJ8",), re.compile(rf"djJ8{_REST}{{24,}}{_PADDING}")),
    (
        KS_IN_BASE64,
        re.compile(rf"(?:{'|'.join(map(re.escape, KS_IN_BASE64))})[A-Za-z0-9+/_=-]{{40,}}"),
    ),
    (
        (),
        re.compile(
            rf"[MNOYZ][A-Za-z0-9]{{3}}(?:[MNOYZ][A-Za-z0-9]{{3}}){{12}}[MNOYZ]{_REST}{{12,}}{_PADDING}"
        ),
    ),
)
"""What a KS of version 2 looks like (it begins with `v2|`), the same inside other base64, and
version 1 (it begins with 40 hexadecimal digits); before each, texts of which one must occur.
"""

ENDINGS = tuple(
    name + mark
    for name in ("password", "secret", "key", "token", "hash", "ks")
    for mark in ('"', "=", ">", "]=", "%5d=", "\\")
)
"""One of these, in lower case, is wherever one of `VALUES` matches."""

_NAME = SECRET_NAME.pattern
VALUES = (
    re.compile(
        rf'(?P<before>(?P<escape>\\*)"(?:[^"\\]*:)?{_NAME}(?P=escape)"\s*:\s*(?P=escape)")'
        r'(?P<value>(?:[^"\\]|\\.)*)',
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<before>(?:^|[?&:\[]|%3A|%5B){_NAME}(?:\]|%5D)?=)(?P<value>[^&\s\"'<>]*)",
        re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(rf"(?P<before><(?P<tag>{_NAME})>)(?P<value>[^<]*)(?=</(?P=tag)>)", re.IGNORECASE),
    re.compile(rf'(?P<before>s:\d+:"{_NAME}";s:\d+:")(?P<value>[^"]*)', re.IGNORECASE),
    re.compile(
        rf'(?P<before>name="(?:[^"]*:)?{_NAME}"\r\n(?:[^\r\n]+\r\n)*\r\n)(?P<value>[^\r\n]*)',
        re.IGNORECASE,
    ),
)
"""The value behind a secret's name in JSON, forms and URLs, XML, serialised PHP, and multipart."""

APP_TOKEN = (
    re.compile(r'(?P<before>"token"\s*:\s*")(?P<value>(?:[^"\\]|\\.)*)'),
    re.compile(r"(?P<before><token>)(?P<value>[^<]*)"),
    re.compile(r'(?P<before>s:5:"token";s:\d+:")(?P<value>[^"]*)'),
)
"""The secret of an app token: the name alone is not enough, upload tokens have it too."""
