"""The digest of a resolved profile, and its text."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from conformance.profile.loading import load_profile
from conformance.profile.location import profile_files
from conformance.profile.options import with_options
from conformance.profile.profile import Profile
from conformance.profile.resolved import digest_of, origins_of, resolve
from conformance.profile.text import show

if TYPE_CHECKING:
    from pathlib import Path

WAIVED = """
[[waivers]]
requirement = "LIST-PAGE-002"
subjects = ["media.*"]
reason = "the \\"index\\" is rebuilt\\\\"
expires = 2027-03-31
[actions.deny]
"a.b" = "x"
"c-d" = "line\\nend \\u007f ü"
"""


def test_the_digest_does_not_depend_on_how_the_files_are_written(tmp_path: Path) -> None:
    """One file or a chain, in any order of keys, with or without words about it."""
    one = tmp_path / "one.toml"
    one.write_text("[limits]\nworkers = 8\nexamples = 5\n", encoding="utf-8")
    base = tmp_path / "base.toml"
    base.write_text("description = 'x'\n[limits]\nexamples = 5\nworkers = 1\n", encoding="utf-8")
    over = tmp_path / "over.toml"
    over.write_text("extends = './base.toml'\n[limits]\nworkers = 8\n", encoding="utf-8")

    digests = {load_profile(str(path), environ={}).digest for path in (one, over)}

    assert len(digests) == 1


def test_the_digest_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    """Two machines with different checkouts run the same plan."""
    digests = set()
    for name in ("here", "there"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "x.toml").write_text("[target]\nschema = 'x.xml'\n", encoding="utf-8")
        digests.add(load_profile(str(folder / "x.toml"), environ={}).digest)

    assert len(digests) == 1


def test_every_value_that_can_change_a_verdict_changes_the_digest() -> None:
    """A quirk, a limit, a waiver."""
    tables: tuple[dict[str, Any], ...] = (
        {},
        {"limits": {"examples": 21}},
        {"quirks": {"indexed": {"media": "why"}}},
        {"selection": {"level": "may"}},
        {"capabilities": {"writes": False}},
    )

    digests = {resolve(table, origins_of(table, "x")).digest for table in tables}

    assert len(tables) == len(digests)


def test_the_digest_of_the_defaults_is_a_sha_256() -> None:
    """64 hexadecimal digits, the same each time."""
    assert len(bytes.fromhex(digest_of(Profile()))) == 32
    assert digest_of(Profile()) == digest_of(Profile())


@pytest.mark.parametrize("name", profile_files())
def test_the_text_can_be_read_back(name: str, tmp_path: Path) -> None:
    """What is shown is the profile, to the last quirk."""
    resolved = load_profile(name, environ={})
    path = tmp_path / "shown.toml"
    path.write_text(show(resolved), encoding="utf-8")

    again = load_profile(str(path), environ={})

    assert resolved.profile == again.profile
    assert resolved.digest == again.digest


def test_the_text_escapes_what_toml_does(tmp_path: Path) -> None:
    """Quotes, backslashes, line ends and control characters, and dates stay dates."""
    path = tmp_path / "x.toml"
    path.write_text(WAIVED, encoding="utf-8")
    resolved = load_profile(str(path), environ={})

    shown = tomllib.loads(show(resolved))

    assert shown["actions"]["deny"] == resolved.profile.actions.deny
    assert date(2027, 3, 31) == shown["waivers"][0]["expires"]
    assert resolved.profile.waivers[0].reason == shown["waivers"][0]["reason"]


def test_the_text_says_where_a_value_comes_from() -> None:
    """A file, an option, or the default."""
    resolved = with_options(load_profile("smoke", environ={}), {"workers": 7})

    lines = show(resolved).splitlines()

    assert "workers = 7  # --workers" in lines
    assert "examples = 3  # profiles/smoke.toml" in lines
    assert "settle-poll-ms = 250  # profiles/ce.toml" in lines
    assert "clock-skew-seconds = 5.0  # default" in lines
