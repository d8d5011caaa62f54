"""Secrets come from the environment, from files or from stdin, and show nowhere."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from conformance.exceptions import UsageError
from conformance.profile.secrets import Secrets, combined, from_environment, from_text

if TYPE_CHECKING:
    from pathlib import Path

ADMIN = "KALTURA_CONFORMANCE_ADMIN_SECRET"
USER = "KALTURA_CONFORMANCE_USER_SECRET"
OTHER = "KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET"


def test_each_secret_has_a_variable() -> None:
    """And what is not set is None."""
    environ = {ADMIN: "aaa", OTHER: "ooo", "KALTURA_CONFORMANCE_X": "x"}

    assert Secrets(admin="aaa", other_admin="ooo") == from_environment(environ)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    """Without the line end that an editor adds."""
    path = tmp_path / "secret"
    path.write_bytes(b"uuu\r\n")
    path.chmod(0o600)
    told: list[str] = []

    secrets = from_environment({f"{USER}_FILE": str(path)}, warn=told.append)

    assert Secrets(user="uuu") == secrets
    assert not told


def test_a_file_that_everybody_can_read_is_warned_about(tmp_path: Path) -> None:
    """It is used all the same."""
    path = tmp_path / "secret"
    path.write_text("uuu", encoding="utf-8")
    path.chmod(0o644)
    told: list[str] = []

    assert Secrets(user="uuu") == from_environment({f"{USER}_FILE": str(path)}, warn=told.append)
    assert [f"{USER}_FILE: {path} can be read by everybody. chmod 600 mends it"] == told


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({ADMIN: ""}, f"{ADMIN}: the secret is empty"),
        ({ADMIN: " \n"}, f"{ADMIN}: the secret is empty"),
        ({ADMIN: "a\nb"}, f"{ADMIN}: the secret is more than one line"),
        ({f"{ADMIN}_FILE": ""}, f"{ADMIN}_FILE: is set but empty"),
        (
            {f"{ADMIN}_FILE": "/nowhere/s"},
            f"{ADMIN}_FILE: /nowhere/s cannot be read (No such file or directory)",
        ),
        ({f"{ADMIN}_FILE": "/"}, f"{ADMIN}_FILE: / cannot be read (Is a directory)"),
        (
            {ADMIN: "a", f"{ADMIN}_FILE": "/x"},
            f"{ADMIN}: {ADMIN}_FILE is set as well. Unset one of them",
        ),
    ],
)
def test_a_secret_that_cannot_be_used_is_told(environ: dict[str, str], message: str) -> None:
    """By the variable that has to be mended."""
    with pytest.raises(UsageError) as caught:
        from_environment(environ)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\n", "the secret is empty"),
        (b"a\nb\n", "the secret is more than one line"),
        (b"\xff\xfe", "is not text"),
        (b"x" * 5000, "is too long for a secret"),
    ],
)
def test_a_file_that_holds_no_secret_is_told(content: bytes, problem: str, tmp_path: Path) -> None:
    """Without what it holds."""
    path = tmp_path / "secret"
    path.write_bytes(content)

    with pytest.raises(UsageError, match=problem):
        from_environment({f"{ADMIN}_FILE": str(path)})


@pytest.mark.parametrize(
    "text",
    [
        '{"admin-secret": "aaa", "other_admin_secret": "ooo"}',
        "admin-secret=aaa\nother-admin-secret=ooo\n",
        f"# a comment\n\n{ADMIN}=aaa\n  {OTHER} = ooo  \n",
        "ADMIN_SECRET=aaa\nOTHER_ADMIN_SECRET=ooo",
    ],
)
def test_stdin_may_be_json_or_lines(text: str) -> None:
    """Keys in the spelling of the variables or of the profile."""
    assert Secrets(admin="aaa", other_admin="ooo") == from_text(text)


def test_a_secret_on_a_line_may_hold_an_equals_sign() -> None:
    """Only the first one parts."""
    assert Secrets(admin="a=b=") == from_text("admin-secret=a=b=")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "stdin: no secret in it. Write admin-secret=… or JSON"),
        ("{}", "stdin: no secret in it. Write admin-secret=… or JSON"),
        ("c0ffee", "stdin: line 1 is not KEY=VALUE"),
        ('{"admin-secret": "c0ffee"', "stdin: starts like JSON and is none"),
        ('{"admin-secret": 7}', "stdin: 'admin-secret' is not a text"),
        ("admin-secret=", "stdin: admin-secret: the secret is empty"),
        ("admin-secrt=c0ffee", "stdin: unknown key 'admin-secrt'. Did you mean "),
    ],
)
def test_stdin_that_holds_no_secret_is_told(text: str, message: str) -> None:
    """Without what it holds."""
    with pytest.raises(UsageError) as caught:
        from_text(text)

    assert str(caught.value).startswith(message)
    assert "c0ffee" not in str(caught.value)


def test_secrets_show_in_no_repr() -> None:
    """Python's, rich's and a formatted one."""
    secrets = Secrets(admin="c0ffee", user="c0ffee")
    console = Console(file=io.StringIO(), width=80)
    console.print(secrets)
    assert isinstance(console.file, io.StringIO)

    shown = f"{secrets} {secrets!r} {[secrets]} {console.file.getvalue()}"

    assert "c0ffee" not in shown
    assert repr(secrets) == "Secrets(admin=…, user=…)"


def test_every_secret_is_known_to_redaction() -> None:
    """Those there are."""
    assert Secrets(admin="a", other_admin="o").values() == ("a", "o")


def test_what_stdin_gives_comes_before_the_environment() -> None:
    """Each secret by itself."""
    both = combined(Secrets(admin="in"), Secrets(admin="env", user="env"))

    assert Secrets(admin="in", user="env") == both


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_is_not_ours_is_told(tmp_path: Path) -> None:
    """As what it is, not as an empty secret."""
    path = tmp_path / "secret"
    path.write_text("x", encoding="utf-8")
    path.chmod(0)

    with pytest.raises(UsageError, match="Permission denied"):
        from_environment({f"{ADMIN}_FILE": str(path)})
