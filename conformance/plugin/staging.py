"""Where a program is tried: on the judged server, and on a sound one, where it must show nothing.

The sound one is the embedded server, with the schema of the judged one. A condition that is broken
there as well says nothing of a server, so none of those is written into a program.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from conformance.exceptions import TargetUnreachable
from conformance.plugin.accounts import Account, Accounts
from conformance.plugin.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conformance.plugin.target import Target

PROGRAM_SECONDS = 120


class Stage:
    """A server with its accounts; `wait` keeps to its pace."""

    def __init__(
        self, url: str, accounts: Accounts, wait: Callable[[], None] | None = None
    ) -> None:
        self._url = url
        self._accounts = accounts
        self._wait = wait

    def names(self, program: str) -> dict[str, Any]:
        """The program's names, with the secrets of this server for those of the environment."""
        names: dict[str, Any] = {"__name__": "reproduce"}
        exec(compile(program, "reproduce.py", "exec"), names)  # noqa: S102 - our own text
        own, other = self._accounts.own, self._accounts.other
        names["ADMIN_SECRET"] = own.admin_secret
        names["USER_SECRET"] = own.secret_of_users
        if other is not None:
            names["OTHER_ADMIN_SECRET"] = other.admin_secret
            names["OTHER_PARTNER"] = other.partner_id
        names["server"] = names["Server"](self._url, own.partner_id, self._wait)
        return names

    def answers(self, program: str) -> dict[str, Any] | None:
        """All names after the program's calls were made once, answers too; None if they failed.

        The program's condition is `SEEN`.
        """
        names = self.names(program)
        seen: dict[str, Any] = {}
        names["_seen"] = lambda held: seen.update(held) or True
        try:
            names["shown"](names["server"])
        except Exception:  # noqa: BLE001 - whatever a strange answer makes it trip over
            return None
        finally:
            names["server"].client.close()
        return {**names, **seen} if seen else None

    def ended(self, program: Path) -> tuple[int, str]:
        """How the program ends when it runs by itself, as a stranger runs it, and what it tells."""
        own, other = self._accounts.own, self._accounts.other
        secrets = {
            "KALTURA_CONFORMANCE_ADMIN_SECRET": own.admin_secret,
            "KALTURA_CONFORMANCE_USER_SECRET": own.user_secret or "",
        }
        if other is not None:
            secrets["KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET"] = other.admin_secret
            secrets["KALTURA_CONFORMANCE_OTHER_PARTNER_ID"] = str(other.partner_id)
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, and what we wrote
                [sys.executable, str(program), self._url, str(own.partner_id)],
                env={**os.environ, **secrets},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PROGRAM_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return -1, f"does not end within {PROGRAM_SECONDS} s"
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace").strip()


def judged(target: Target) -> Stage:
    """The server that the run judges."""
    return Stage(target.url, target.accounts, target.wait)


class SoundServers:
    """Embedded servers without a fault, started when first asked for; use as a context manager."""

    def __init__(self, user_id: str) -> None:
        self._user_id = user_id
        self._stack = ExitStack()
        self._stages: dict[str | None, Stage | None] = {}

    def stage(self, schema: str | None) -> Stage | None:
        """The one with that schema, or with its own; None where it does not start."""
        if schema not in self._stages:
            self._stages[schema] = self._started(schema)
        return self._stages[schema]

    def _started(self, schema: str | None) -> Stage | None:
        try:
            ready = self._stack.enter_context(EmbeddedServer(schema=schema))
        except TargetUnreachable:
            return None
        own = Account(ready.partner_id, ready.admin_secret, ready.user_secret, self._user_id)
        other = Account(ready.other_partner_id, ready.other_admin_secret, None, self._user_id)
        return Stage(ready.url, Accounts(own, other))

    def __enter__(self) -> Self:
        """Nothing is started yet."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Stop them."""
        self._stack.close()


def holds(claim: str, names: Mapping[str, Any]) -> bool | None:
    """Whether the condition holds of these answers; None where it cannot be asked of them."""
    try:
        return bool(eval(claim, dict(names)))  # noqa: S307 - our own text
    except Exception:  # noqa: BLE001 - whatever it trips over, it says nothing of these answers
        return None
