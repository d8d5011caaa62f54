"""The server as a process: the line that it prints, a call over the network, a clean stop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request

TIMEOUT_SECONDS = 20


def test_serve_says_where_it_is_and_stops_on_sigterm() -> None:
    """One JSON line with the address and both accounts, then an answer, then exit 0."""
    command = [sys.executable, "-m", "conformance", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            target = f"{ready['url']}/api_v3/service/system/action/ping?format=1"
            with urllib.request.urlopen(target, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - loopback
                body = answer.read()
            process.send_signal(signal.SIGTERM)
            code = process.wait(TIMEOUT_SECONDS)
        finally:
            process.kill()

    assert set(ready) == {
        "url",
        "partner_id",
        "admin_secret",
        "user_secret",
        "other_partner_id",
        "other_admin_secret",
        "other_user_secret",
    }
    assert body == b"true"
    assert code == 0
