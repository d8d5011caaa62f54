"""The connection to the judged server: a client a thread, a KS for each kind of session."""

from __future__ import annotations

import itertools
import time
from threading import Lock, local
from typing import TYPE_CHECKING

from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.plugin.patience import Patience
from conformance.wire import ks as keys
from conformance.wire.client import Client
from conformance.wire.login import start_session
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.plugin.accounts import Account, Accounts
    from conformance.wire.exchange import Exchange
    from conformance.wire.pacing import Pace
    from conformance.wire.redaction import Redactor

SESSION_SECONDS = 86_400
"""The usual cap of a session (CONTRACT SESS-02); a longer run logs in again."""
RENEW_BEFORE_SECONDS = 3_600
FIXTURE_PRIVILEGES = "disableentitlement"
"""Keeps category privacy contexts of the account out of the way (CONTRACT LIST-24)."""


class Target:
    """Sends calls as one of the accounts. The observer sees every exchange, in any thread."""

    def __init__(
        self,
        url: str,
        accounts: Accounts,
        *,
        observer: Callable[[Exchange], None],
        redactor: Redactor,
        pace: Pace,
        connect_timeout_seconds: float,
        read_timeout_seconds: float,
        verify: bool | str,
    ) -> None:
        self.url = url
        self.accounts = accounts
        self._observer = observer
        self._redactor = redactor
        self._pace = pace
        self._connect_timeout_seconds = connect_timeout_seconds
        self._read_timeout_seconds = read_timeout_seconds
        self._verify = verify
        self._numbers = itertools.count()
        self._thread = local()
        self._clients: list[Client] = []
        self._sessions: dict[str, tuple[str, float]] = {}
        self._patience = Patience()
        self._lock = Lock()
        self._login_locks = {name: Lock() for name in ("admin", "user", "widget", "other-admin")}

    @property
    def client(self) -> Client:
        """This thread's client."""
        client: Client | None = getattr(self._thread, "client", None)
        if client is None:
            client = Client(
                self.url,
                pace=self._pace,
                connect_timeout_seconds=self._connect_timeout_seconds,
                read_timeout_seconds=self._read_timeout_seconds,
                observer=self._observer,
                numbers=self._numbers,
                verify=self._verify,
            )
            self._thread.client = client
            with self._lock:
                self._clients.append(client)
        return client

    def send(
        self,
        call: Call,
        *,
        session: str = "admin",
        form: Form | None = None,
        ks: str | None = None,
        expect_file: bool = False,
    ) -> Exchange:
        """Send a call with the KS of that session, or with the one given."""
        carried = ks if ks is not None else self.ks(session)
        return self._patience.ask(
            lambda: self.client.send(
                call,
                form=form or Form(),
                ks=carried,
                session=session if ks is None else "given",
                expect_file=expect_file,
            )
        )

    def ks(self, session: str) -> str | None:
        """The KS of `admin`, `user`, `widget` or `other-admin`; None for `none`.

        Raises NotApplicable where the target was given no such account.
        """
        if session == "none":
            return None
        if session not in self._login_locks:
            raise ValueError(session)
        with self._login_locks[session]:
            held = self._sessions.get(session)
            if held is None or held[1] < time.time():
                text = self._widget() if session == "widget" else self._login(session)
                self._redactor.learn(text)
                held = (text, time.time() + SESSION_SECONDS - RENEW_BEFORE_SECONDS)
                self._sessions[session] = held
        return held[0]

    @property
    def sessions(self) -> dict[str, str]:
        """The KSs of the run's own sessions, with what each is called."""
        return {text: name for name, (text, _) in self._sessions.items()}

    def wait(self) -> None:
        """Return when the next request may leave."""
        self._pace.wait()

    def account(self, session: str) -> Account:
        """Whose account a session belongs to; NotApplicable where the target was given none."""
        account = self.accounts.other if session == "other-admin" else self.accounts.own
        if account is None:
            raise NotApplicable("the profile names no second account")
        return account

    def build_ks(
        self,
        *,
        session: str = "admin",
        expires_in_seconds: int = SESSION_SECONDS,
        privileges: str = "",
        secret: str | None = None,
        user_id: str | None = None,
    ) -> str:
        """A KS v2 made here from the account's secret, never asked of the server (SESS-09)."""
        account = self.account(session)
        text = keys.build_v2(
            partner_id=account.partner_id,
            secret=secret or account.admin_secret,
            user_id=account.user_id if user_id is None else user_id,
            type=0 if session == "user" else 2,
            expires_at=int(time.time()) + expires_in_seconds,
            privileges=privileges,
        )
        self._redactor.learn(text)
        return text

    def start_session(self, *, session: str = "admin", privileges: str = "") -> str:
        """A fresh KS from the server's own `session.start`, for a check that will end it."""
        account = self.account(session)
        admin = session != "user"
        text = start_session(
            self.client,
            partner_id=account.partner_id,
            secret=account.admin_secret if admin else account.secret_of_users,
            user_id="" if admin else account.user_id,
            type=2 if admin else 0,
            expiry_seconds=SESSION_SECONDS,
            privileges=privileges,
        )
        self._redactor.learn(text)
        return text

    def close(self) -> None:
        """Close every thread's connections."""
        with self._lock:
            clients, self._clients = self._clients, []
        for client in clients:
            client.close()

    def _login(self, session: str) -> str:
        admin = session != "user"
        return self.start_session(session=session, privileges=FIXTURE_PRIVILEGES if admin else "")

    def _widget(self) -> str:
        params: Mapping[str, object] = {"widgetId": f"_{self.accounts.own.partner_id}"}
        exchange = self.client.send(Call("session", "startWidgetSession", params), session="none")
        result = exchange.result
        if result is None or not isinstance(result.value, dict) or not result.value.get("ks"):
            raise Inconclusive(f"no widget session: {exchange.answer}")
        return str(result.value["ks"])
