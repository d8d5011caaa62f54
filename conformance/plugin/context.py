"""What a check's body is given: the target as seen from one check."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Any, NoReturn

from conformance.plugin.check import Inconclusive, NotApplicable
from conformance.provisioning.failure import ProvisioningFailed
from conformance.wire.answer import NoAnswer
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.plugin.accounts import Account, Accounts
    from conformance.plugin.bench import Bench
    from conformance.plugin.memory import Memory
    from conformance.plugin.settling import Settling
    from conformance.profile.profile import Profile
    from conformance.provisioning.lifecycle import Lifecycle
    from conformance.provisioning.made import Made
    from conformance.provisioning.provisioner import Provisioner
    from conformance.provisioning.recipe import Recipe
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema
    from conformance.wire.exchange import Exchange
    from conformance.wire.request import Upload

LONG_AGO_SECONDS = 30 * 86_400
"""More than the clocks of two machines may differ by."""


class Context:
    """One attempt of one check. Keeps the exchanges it caused; shares nothing with other checks.

    `resent` is what a second look at recorded exchanges has to judge instead of the run's.
    """

    def __init__(
        self,
        bench: Bench,
        random: Random,
        *,
        attempt: int,
        resent: tuple[Exchange, ...] | None = None,
    ) -> None:
        self._bench = bench
        self._resent = resent
        self.random = random
        self.attempt = attempt
        self.exchanges: list[Exchange] = []

    @contextmanager
    def sharing(self, name: str) -> Iterator[None]:
        """While it lasts, inputs are drawn as for every check that shares what is played.

        Which of them comes first depends on the workers; what it sends must not.
        """
        own = self.random
        self.random = Random(f"{self._bench.seed}:shared:{name}:{self.attempt}")  # noqa: S311 - inputs, not secrets
        try:
            yield
        finally:
            self.random = own

    @property
    def schema(self) -> Schema:
        """The target's schema."""
        return self._bench.scope.schema

    @property
    def lineage(self) -> Lineage:
        """The schema's inheritance."""
        return self._bench.scope.lineage

    @property
    def profile(self) -> Profile:
        """The resolved profile."""
        return self._bench.scope.profile

    @property
    def seed(self) -> int:
        """The run's seed, for what all looks of a check have to choose alike."""
        return self._bench.seed

    @property
    def memory(self) -> Memory:
        """What failed in earlier runs of the target."""
        return self._bench.memory

    @property
    def partner_id(self) -> int:
        """The judged account."""
        return self._bench.target.accounts.own.partner_id

    @property
    def provisioner(self) -> Provisioner:
        """What makes and removes the run's objects, for checks whose adds are what is judged."""
        return self._bench.provisioner

    @property
    def settling(self) -> Settling:
        """The run's patience with an index that lags."""
        return self._bench.settling

    @property
    def accounts(self) -> Accounts:
        """The accounts with their secrets, which only checks of login and isolation need."""
        return self._bench.target.accounts

    @property
    def account(self) -> Account:
        """The judged account."""
        return self.accounts.own

    @property
    def other_account(self) -> Account | None:
        """The second account, or None where the target was given none."""
        return self.accounts.other

    def account_of(self, session: str) -> Account:
        """Whose account a session belongs to; NotApplicable where the target was given none."""
        return self._bench.target.account(session)

    def call(
        self,
        service: str,
        action: str,
        params: Mapping[str, Any] | None = None,
        *,
        session: str = "admin",
        form: Form | None = None,
        files: Mapping[str, Upload] | None = None,
        ks: str | None = None,
    ) -> Exchange:
        """Make one call and record it; Inconclusive when there is no answer to judge."""
        declared = self.schema.services.get(service.lower())
        offered = declared.actions.get(action) if declared else None
        exchange = self._bench.target.send(
            Call(service, action, params or {}, files or {}),
            session=session,
            form=form,
            ks=ks,
            expect_file=offered is not None and offered.result.kind == "file",
        )
        return self._note(exchange)

    def send_raw(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        form: Form | None = None,
    ) -> Exchange:
        """Send a request that no well-behaved client would make."""
        client = self._bench.target.client
        exchange = client.send_raw(
            method, path, headers=headers or {}, body=body, form=form or Form()
        )
        return self._note(exchange)

    def seen(self, action: str) -> tuple[Exchange, ...]:
        """Every exchange so far with `service.action`; on a second look, the new ones."""
        if self._resent is not None:
            return self._resent
        return self._bench.traffic.seen(action)

    def ks(self, session: str) -> str | None:
        """The KS that the session's calls carry."""
        return self._bench.target.ks(session)

    def build_ks(
        self,
        *,
        session: str = "admin",
        expires_in_seconds: int = 86_400,
        privileges: str = "",
        secret: str | None = None,
        user_id: str | None = None,
    ) -> str:
        """A KS made here, never asked of the server."""
        return self._bench.target.build_ks(
            session=session,
            expires_in_seconds=expires_in_seconds,
            privileges=privileges,
            secret=secret,
            user_id=user_id,
        )

    def expired_ks(self, session: str = "admin") -> str:
        """A well-signed KS whose time is over, by any clock."""
        return self.build_ks(session=session, expires_in_seconds=-LONG_AGO_SECONDS)

    def forged_ks(self, session: str = "admin") -> str:
        """A KS of the right form, signed with a secret that nobody has; different at each call."""
        return self.build_ks(session=session, secret=secrets.token_hex(16))

    def start_session(self, *, session: str = "admin", privileges: str = "") -> str:
        """A KS of this check's own, which it may end."""
        return self._bench.target.start_session(session=session, privileges=privileges)

    def make(self, service: str, *, properties: Mapping[str, Any] | None = None) -> Made:
        """A fresh object of the service; Inconclusive or NotApplicable if none can be had."""
        try:
            made = self._bench.provisioner.make(service, properties=properties, random=self.random)
        except ProvisioningFailed as failure:
            self._give_up(failure)
        self.exchanges.append(made.exchange)
        return made

    def refusal_of_add(self, service: str) -> ProvisioningFailed | None:
        """Make an object of the service; why none could be made, or None when it could."""
        try:
            made = self._bench.provisioner.make(service, random=self.random)
        except ProvisioningFailed as failure:
            self.exchanges.extend(failure.exchanges)
            return failure
        self.exchanges.append(made.exchange)
        return None

    def recipe(self, service: str) -> Recipe:
        """How objects of the service come to exist."""
        return self._bench.provisioner.recipe(service)

    def discard(self, made: Made) -> None:
        """Remove an object that `make` made."""
        self._bench.provisioner.discard(made)

    def lifecycles(self, service: str, *, rests: bool = False) -> tuple[Lifecycle, ...]:
        """The run's shared lives of the service's objects; on a second look, a fresh one.

        A check of times wants one that `rests` before it is changed.
        """
        try:
            lives = self._bench.lifecycles.of(
                service, random=self.random, fresh=self.attempt > 0, rests=rests
            )
        except ProvisioningFailed as failure:
            self._give_up(failure)
        for life in lives:
            self.exchanges.extend(life.exchanges)
        return lives

    def _note(self, exchange: Exchange) -> Exchange:
        self.exchanges.append(exchange)
        if isinstance(exchange.answer, NoAnswer):
            raise Inconclusive(
                f"{exchange.action}: no answer ({exchange.answer.kind}: {exchange.answer.detail})"
            )
        return exchange

    def _give_up(self, failure: ProvisioningFailed) -> NoReturn:
        self.exchanges.extend(failure.exchanges)
        if failure.kind == "not-made" or (failure.kind == "forbidden" and failure.expected):
            raise NotApplicable(str(failure)) from failure
        raise Inconclusive(str(failure)) from failure
