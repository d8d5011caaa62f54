"""The embedded server as a process of its own: judge and judged share no memory."""

from __future__ import annotations

import subprocess
import sys
from select import select
from typing import TYPE_CHECKING

import msgspec

from conformance.exceptions import TargetUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

READY_SECONDS = 30.0
STOP_SECONDS = 5.0


class Ready(msgspec.Struct, frozen=True):
    """What `serve` prints when it can be asked: where it is, and its throwaway accounts."""

    url: str
    partner_id: int
    admin_secret: str
    user_secret: str
    other_partner_id: int
    other_admin_secret: str
    other_user_secret: str


class EmbeddedServer:
    """A `serve` process; use as a context manager."""

    def __init__(
        self,
        *,
        schema: str | None = None,
        faults: Sequence[str] = (),
        variations: Sequence[str] = (),
    ) -> None:
        command = [sys.executable, "-m", "conformance", "serve", "--port", "0"]
        if schema:
            command += ["--schema", schema]
        for fault in faults:
            command += ["--fault", fault]
        for variation in variations:
            command += ["--variation", variation]
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Ready:
        """Start it and wait until it says where it is; TargetUnreachable if it does not."""
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        self._process = process
        stdout = process.stdout
        if stdout is None:
            raise TargetUnreachable("the embedded server has no output", place="serve")
        readable, _, _ = select([stdout], [], [], READY_SECONDS)
        line = stdout.readline() if readable else b""
        try:
            return msgspec.json.decode(line, type=Ready)
        except msgspec.DecodeError:
            self.stop()
            raise TargetUnreachable(
                f"the embedded server did not start (exit {process.returncode})", place="serve"
            ) from None

    def stop(self) -> None:
        """End it: politely, then by force."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
        self._process = None

    def __enter__(self) -> Ready:
        """Start."""
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        """Stop."""
        self.stop()
