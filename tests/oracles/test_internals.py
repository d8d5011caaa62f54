from __future__ import annotations

import pytest

from conformance.oracles.internals import leaks_in_body, leaks_in_message


@pytest.mark.parametrize(
    "text",
    [
        "failed in /opt/kaltura/app/alpha/lib/entry.php",
        "failed at entry.php:120",
        "SQLSTATE[42S02]: Base table not found",
        "SELECT id FROM entry WHERE id = 1",
        "Stack trace: #0 x",
    ],
)
def test_internals_in_a_message_are_found(text: str) -> None:
    """Paths, source lines, queries and traces are found."""
    assert list(leaks_in_message(text, sent=""))


@pytest.mark.parametrize(
    "text",
    [
        'The url "http://host/opt/x" is not reachable',
        "Missing mandatory parameter related object type Equal \\ In",
        'The property "KalturaMediaEntry::id" cannot be updated',
        "Select one from the list",
        'Unknown format "text/html"',
    ],
)
def test_ordinary_messages_are_left_alone(text: str) -> None:
    """Words with slashes and keywords in prose are no internals."""
    assert list(leaks_in_message(text, sent="")) == []


def test_what_the_caller_sent_is_no_leak() -> None:
    """A path that comes back was the caller's."""
    assert list(leaks_in_message('no file "/etc/passwd"', sent="/etc/passwd")) == []


def test_diagnostics_in_a_body_are_found() -> None:
    """A PHP warning in front of the document is found, an entry that talks of one is not."""
    body = b"<br />\n<b>Warning</b>: Undefined index in <b>/opt/x.php</b> on line <b>3</b>\n{}"

    assert list(leaks_in_body(body))
    assert list(leaks_in_body(b'{"name":"Warning: wet floor"}')) == []
