"""What is no profile is told by place, value, choices and the likely mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.exceptions import ProfileError
from conformance.profile.loading import load_profile

if TYPE_CHECKING:
    from pathlib import Path

GLOB_HINT = "A glob is made of letters, digits, '.', '_', ':', '-', '*', '?' and [...]"
URL_HINT = "The server's root is wanted, for example https://kaltura.example"
SECRETS_HINT = (
    "Secrets never stand in a profile: set KALTURA_CONFORMANCE_ADMIN_SECRET or "
    "KALTURA_CONFORMANCE_ADMIN_SECRET_FILE, or give them on stdin"
)
WAIVER = 'requirement = "LIST-PAGE-002"\nreason = "the index is rebuilt"\nexpires = 2027-03-31\n'

BAD = [
    # keys
    ("[target]\nverison = '1'", ": [target] verison: unknown key. Did you mean 'version'?"),
    ("[tarqet]\nurl = 'x'", ": [tarqet]: unknown table. Did you mean 'target'?"),
    ("extend = 'ce'", ": extend: unknown key. Did you mean 'extends'?"),
    ("[limits]\nworkers_ = 4", ": [limits] workers_: unknown key. Did you mean 'workers'?"),
    (
        "[limits]\nread_timeout_seconds = 4",
        ": [limits] read_timeout_seconds: unknown key. Did you mean 'read-timeout-seconds'?",
    ),
    (
        "[quirks.notfound]\n'a.b' = ['X']",
        ": [quirks] notfound: unknown key. Did you mean 'not-found'?",
    ),
    (
        "[selection]\nareas = []",
        ": [selection] areas: unknown key. Choices: deselect, level, select",
    ),
    # secrets
    (
        "[target]\nadmin-secret = 'x'",
        f": [target] admin-secret: a secret in a profile. {SECRETS_HINT}",
    ),
    ("password = 'x'", f": password: a secret in a profile. {SECRETS_HINT}"),
    ("[target]\nks = 'djJ8'", f": [target] ks: a secret in a profile. {SECRETS_HINT}"),
    ("[secrets]\nadmin = 'x'", f": secrets: a secret in a profile. {SECRETS_HINT}"),
    # types
    ("[limits]\nworkers = 'four'", ": [limits] workers: expected a whole number, got 'four'"),
    ("[limits]\nworkers = 1.5", ": [limits] workers: expected a whole number, got 1.5"),
    ("[limits]\nworkers = true", ": [limits] workers: expected a whole number, got true"),
    ("[limits]\nrate = 'fast'", """: [limits] rate: expected a number or "none", got 'fast'"""),
    ("[limits]\nsettle-seconds = '9'", ": [limits] settle-seconds: expected a number, got '9'"),
    ("[limits]\nrate = nan", ": [limits] rate: expected a finite number, got nan"),
    ("[capabilities]\nwrites = 1", ": [capabilities] writes: expected true or false, got 1"),
    ("[capabilities]\nwrites = 'no'", ": [capabilities] writes: expected true or false, got 'no'"),
    ("[target]\nversion = 22", ": [target] version: expected a text, got 22"),
    ("[target]\nverify-tls = 0", ": [target] verify-tls: expected true or false or a text, got 0"),
    ("[selection]\nselect = 'list'", ": [selection] select: expected a list, got 'list'"),
    ("[selection]\nselect = [4]", ": [selection] select: expected a text, got 4"),
    ("target = 'ce'", ": target: expected a table, got 'ce'"),
    ("[actions]\ndeny = ['a.b']", ": [actions.deny]: expected a table, got a list"),
    ("[actions.deny]\n'a.b' = true", """: [actions.deny] "a.b": expected a text, got true"""),
    ("[quirks.not-found]\n'a.b' = 'X'", """: [quirks.not-found] "a.b": expected a list, got 'X'"""),
    (
        "[waivers]\nreason = 'x'",
        ": waivers: expected tables that each start with [[waivers]], got a table",
    ),
    # choices and ranges
    (
        "[selection]\nlevel = 'mst'",
        (
            """: [selection] level: expected "may" or "must" or "should", got 'mst'. """
            "Did you mean 'must'?"
        ),
    ),
    ("[limits]\nworkers = 0", ": [limits] workers: 0 is out of range. Allowed: 1 to 64"),
    ("[limits]\nrate = -1", ": [limits] rate: -1 is out of range. Allowed: 0.01 to 100000"),
    (
        "[target]\npartner-id = 0",
        ": [target] partner-id: 0 is out of range. Allowed: 1 to 2147483647",
    ),
    (
        "[limits]\nindex-window = 99999999999999999999",
        ": [limits] index-window: 99999999999999999999 is out of range. Allowed: 1 to 10000000",
    ),
    (
        "[quirks.page-size]\n'category.list' = 0",
        """: [quirks.page-size] "category.list": 0 is out of range. Allowed: 1 to 100000""",
    ),
    # URLs
    (
        "[target]\nurl = 'kaltura.example'",
        f": [target] url: 'kaltura.example' does not start with http:// or https://. {URL_HINT}",
    ),
    (
        "[target]\nurl = 'ftp://a.example'",
        f": [target] url: 'ftp://a.example' does not start with http:// or https://. {URL_HINT}",
    ),
    ("[target]\nurl = 'https:///x'", f": [target] url: 'https:///x' names no host. {URL_HINT}"),
    (
        "[target]\nurl = 'https://me:pass@kaltura.example'",
        f": [target] url: a URL with a user name or password in it. {URL_HINT}",
    ),
    (
        "[target]\nurl = 'https://kaltura.example/?ks=djJ8'",
        f": [target] url: a URL with a KS in it. {URL_HINT}",
    ),
    (
        "[target]\nschema = 'ftp://x/y'",
        ": [target] schema: 'ftp://x/y' does not start with http:// or https://",
    ),
    ("[target]\nschema = ' '", ": [target] schema: an empty text is neither a file nor a URL"),
    # globs, ids and dates
    (
        "[selection]\nselect = ['']",
        f": [selection] select: an empty pattern matches nothing. {GLOB_HINT}",
    ),
    (
        "[selection]\ndeselect = ['media.[a']",
        f": [selection] deselect: 'media.[a' has an unclosed '['. {GLOB_HINT}",
    ),
    (
        "[actions.deny]\n'media list' = 'x'",
        f": [actions.deny]: 'media list' can match no name. {GLOB_HINT}",
    ),
    (
        "[target]\nuser-id = 'a b'",
        (
            ": [target] user-id: 'a b' is no user id that the server accepts. "
            "Use 1 to 320 of letters, digits and , ! # $ % & ' * + ? ^ _ { } ~ . @ - ` |"
        ),
    ),
    (
        "[[waivers]]\n" + WAIVER.replace("LIST-PAGE-002", "list paging"),
        (
            ": [[waivers]] 1 requirement: 'list paging' is no requirement id. "
            "An id is written AREA-TOPIC-NNN; `list requirements` shows them"
        ),
    ),
    (
        "[[waivers]]\n" + WAIVER.replace("the index is rebuilt", "a bug"),
        ": [[waivers]] 1 reason: 'a bug' is too short. Write at least 10 characters",
    ),
    (
        "[[waivers]]\n" + WAIVER.replace("2027-03-31", "'next year'"),
        ": [[waivers]] 1 expires: expected a date such as 2027-01-31, got 'next year'",
    ),
    (
        "[[waivers]]\n" + WAIVER.replace("2027-03-31", "2027-03-31T00:00:00"),
        ": [[waivers]] 1 expires: expected a date such as 2027-01-31, got 2027-03-31T00:00:00",
    ),
    (
        f"[[waivers]]\n{WAIVER}[[waivers]]\n" + WAIVER.replace("expires = 2027-03-31\n", ""),
        ": [[waivers]] 2: 'expires' is missing. Needed: requirement, reason, expires",
    ),
    (
        f"[[waivers]]\n{WAIVER}untill = 2027-01-01",
        (
            ": [[waivers]] 1 untill: unknown key. "
            "Choices: expires, issue, owner, reason, requirement, subjects"
        ),
    ),
    # values that disagree
    (
        "[target]\npartner-id = 7\nother-partner-id = 7",
        (
            ": [target] other-partner-id: 7 is the first account as well. "
            "Isolation is judged between two different accounts"
        ),
    ),
    (
        "[limits]\npage-size = 600\nmax-page-size = 500",
        ": [limits] page-size: 600 is more than max-page-size, 500",
    ),
    # TOML
    (
        "[target\nurl = 1",
        ": line 1, column 8: not TOML: Expected ']' at the end of a table declaration",
    ),
    ("[target]\nurl =", ": at the end: not TOML: Invalid value"),
    (
        "[limits]\nworkers = 1\nworkers = 2",
        ": at the end: not TOML: Cannot overwrite a value",
    ),
    (
        "[[waivers]]\nexpires = 2027-02-30",
        ": line 2, column 11: not TOML: Invalid date or datetime",
    ),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_a_bad_profile_is_told_exactly(content: str, message: str, tmp_path: Path) -> None:
    """Each mistake has one message, which starts with the file."""
    path = tmp_path / "x.toml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ProfileError) as caught:
        load_profile(str(path), environ={})

    assert f"{path}{message}" == str(caught.value)


def test_a_profile_that_is_not_utf_8_is_told_by_line(tmp_path: Path) -> None:
    """The line of the first foreign byte is named."""
    path = tmp_path / "x.toml"
    path.write_bytes(b"# fine\ndescription = '\xff'")

    with pytest.raises(ProfileError) as caught:
        load_profile(str(path), environ={})

    assert f"{path}: line 2: not UTF-8 text" == str(caught.value)


def test_a_file_of_another_size_is_refused_unread(tmp_path: Path) -> None:
    """A megabyte of something is no profile."""
    path = tmp_path / "x.toml"
    path.write_bytes(b"#" * 1_000_001)

    with pytest.raises(ProfileError, match="1000001 bytes are too much for a profile"):
        load_profile(str(path), environ={})


def test_a_secret_s_value_is_not_repeated(tmp_path: Path) -> None:
    """The message for a secret in the wrong place does not spread it."""
    path = tmp_path / "x.toml"
    path.write_text("[target]\nadmin-secret = 'c0ffee'\n", encoding="utf-8")

    with pytest.raises(ProfileError) as caught:
        load_profile(str(path), environ={})

    assert "c0ffee" not in str(caught.value)


def test_an_empty_file_is_a_profile(tmp_path: Path) -> None:
    """Every key has a default."""
    path = tmp_path / "x.toml"
    path.write_text("", encoding="utf-8")

    assert load_profile(str(path), environ={}).profile.limits.workers == 4
